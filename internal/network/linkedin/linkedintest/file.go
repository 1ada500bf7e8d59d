package linkedintest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// begin says where a file goes, or puts the parts of a video together.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) {
	kind := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/rest/"), "s")
	var want struct {
		Begin struct {
			Owner string `json:"owner"`
			Size  int64  `json:"fileSizeBytes"`
		} `json:"initializeUploadRequest"`
		End struct {
			Video string   `json:"video"`
			Token *string  `json:"uploadToken"`
			Parts []string `json:"uploadedPartIds"`
		} `json:"finalizeUploadRequest"`
	}
	if json.NewDecoder(r.Body).Decode(&want) != nil {
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "Unreadable")
		return
	}
	if r.URL.Query().Get("action") == "finalizeUpload" {
		s.finish(w, want.End.Video, want.End.Parts)
		return
	}
	if !speaks(s.ownerOf(r), want.Begin.Owner) || kind == "video" && want.Begin.Size <= 0 {
		refuse(w, http.StatusForbidden, "ACCESS_DENIED", "Not enough permissions to access: "+kind+"s.ACTION-initializeUpload")
		return
	}
	s.begun++
	f := &File{ID: s.urn(kind), Owner: want.Begin.Owner, size: want.Begin.Size}
	s.files = append(s.files, f)
	base := s.URL
	if s.PutAt != "" {
		base = s.PutAt
	}
	at := func(first int64) string {
		return fmt.Sprintf("%s/dms-uploads/%s/%d", base, url.QueryEscape(f.ID), first)
	}
	value := map[string]any{kind: f.ID}
	if kind == "video" {
		parts := []map[string]any{}
		for first := int64(0); first < f.size; first += s.PartSize {
			parts = append(parts, map[string]any{"uploadUrl": at(first), "firstByte": first, "lastByte": min(first+s.PartSize, f.size) - 1})
		}
		value["uploadInstructions"], value["uploadToken"] = parts, ""
	} else {
		value["uploadUrl"], value["uploadUrlExpiresAt"] = at(0), 1764100000000
	}
	answerJSON(w, http.StatusOK, map[string]any{"value": value})
}

func (s *Server) fileOf(id string) *File {
	i := slices.IndexFunc(s.files, func(f *File) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return s.files[i]
}

// put takes bytes.
func (s *Server) put(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	f := s.fileOf(r.PathValue("urn"))
	switch {
	case err != nil || f == nil || r.PathValue("first") != fmt.Sprint(len(f.Bytes)):
		w.WriteHeader(http.StatusBadRequest)
		return
	case s.PutFails > 0:
		s.PutFails--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case s.PutGone > 0:
		s.PutGone--
		w.WriteHeader(http.StatusForbidden)
		return
	}
	f.Bytes, f.Parts = append(f.Bytes, data...), f.Parts+1
	f.ready = f.size == 0 && s.Working == 0 && !s.FileFails
	w.Header().Set("ETag", tag(f, f.Parts))
	w.WriteHeader(http.StatusCreated)
}

func tag(f *File, n int) string { return fmt.Sprintf("/ambry-video/%s/%d", f.ID, n) }

// finish puts a video together of the parts that are named.
func (s *Server) finish(w http.ResponseWriter, id string, parts []string) {
	f := s.fileOf(id)
	whole := f != nil && int64(len(f.Bytes)) == f.size && len(parts) == f.Parts
	for i, p := range parts {
		whole = whole && p == tag(f, i+1)
	}
	if !whole {
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "The parts are not those of the video")
		return
	}
	f.ready = s.Working == 0 && !s.FileFails
	answerJSON(w, http.StatusOK, map[string]any{})
}

// file tells how a file is.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	f := s.fileOf(r.PathValue("urn"))
	status := "AVAILABLE"
	switch {
	case f == nil:
		refuse(w, http.StatusNotFound, "NOT_FOUND", "Could not find entity")
		return
	case s.Unasked && strings.HasPrefix(f.Owner, person):
		refuse(w, http.StatusForbidden, "ACCESS_DENIED", "Not enough permissions to access: images.GET")
		return
	case s.FileFails:
		status = "PROCESSING_FAILED"
	case f.asked+1 < s.Working:
		f.asked++
		status = "PROCESSING"
	default:
		f.ready = true
	}
	answerJSON(w, http.StatusOK, map[string]any{"id": f.ID, "owner": f.Owner, "status": status})
}
