package xtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// begin names a file that will be given.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) {
	var want struct {
		Type     string `json:"media_type"`
		Size     int    `json:"total_bytes"`
		Category string `json:"media_category"`
	}
	video := "video/mp4"
	if json.NewDecoder(r.Body).Decode(&want) != nil || want.Size <= 0 || want.Category != "tweet_image" && want.Category != "tweet_video" ||
		(want.Type == video) != (want.Category == "tweet_video") {
		refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "One or more parameters to your request was invalid.")
		return
	}
	s.begun++
	f := &File{ID: s.next(), Owner: s.ownerOf(r), Category: want.Category, size: want.Size}
	s.files = append(s.files, f)
	answerJSON(w, http.StatusOK, map[string]any{"data": map[string]any{"id": f.ID, "media_key": "3_" + f.ID, "expires_after_secs": 86400}})
}

func (s *Server) fileOf(id string) *File {
	i := slices.IndexFunc(s.files, func(f *File) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return s.files[i]
}

// mine is a file of whoever asks; nil was answered.
func (s *Server) mine(w http.ResponseWriter, r *http.Request, id string) *File {
	f := s.fileOf(id)
	if f == nil || f.Owner != s.ownerOf(r) {
		refuse(w, http.StatusNotFound, kindOf("resource-not-found"), "Not Found Error", "Not Found")
		return nil
	}
	return f
}

// part takes bytes.
func (s *Server) part(w http.ResponseWriter, r *http.Request) {
	f := s.mine(w, r, r.PathValue("id"))
	if f == nil {
		return
	}
	data, index, err := partOf(r)
	if err != nil || index != strconv.Itoa(f.Parts) || f.Parts > 999 {
		refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "One or more parameters to your request was invalid.")
		return
	}
	switch {
	case s.PartFails > 0:
		s.PartFails--
		refuse(w, http.StatusServiceUnavailable, "about:blank", "Service Unavailable", "Service Unavailable")
		return
	case s.PartGone > 0:
		s.PartGone--
		refuse(w, http.StatusNotFound, kindOf("resource-not-found"), "Not Found Error", "Not Found")
		return
	}
	f.Bytes, f.Parts = append(f.Bytes, data...), f.Parts+1
	answerJSON(w, http.StatusOK, map[string]any{"data": map[string]any{"expires_at": 1764100000}})
}

// partOf reads a piece: of a form, or of JSON with its bytes in base64.
func partOf(r *http.Request) (data []byte, index string, err error) {
	if r.Header.Get("Content-Type") == "application/json" {
		var part struct {
			Index json.Number `json:"segment_index"`
			Media []byte      `json:"media"`
		}
		err := json.NewDecoder(r.Body).Decode(&part)
		return part.Media, part.Index.String(), err
	}
	from, _, err := r.FormFile("media")
	if err != nil {
		return nil, "", err
	}
	defer from.Close()
	data, err = io.ReadAll(from)
	return data, r.FormValue("segment_index"), err
}

// finish takes a file as whole.
func (s *Server) finish(w http.ResponseWriter, r *http.Request) {
	f := s.mine(w, r, r.PathValue("id"))
	if f == nil {
		return
	}
	if len(f.Bytes) != f.size {
		refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "Segments do not add up to provided total file size.")
		return
	}
	f.done = true
	s.tellFile(w, f)
}

// tellFile tells how a file is.
func (s *Server) tellFile(w http.ResponseWriter, f *File) {
	told := map[string]any{"id": f.ID, "media_key": "3_" + f.ID, "size": f.size, "expires_after_secs": 86400}
	switch {
	case s.FileFails:
		told["processing_info"] = map[string]any{"state": "failed", "progress_percent": 5}
	case f.asked < s.Working:
		f.asked++
		told["processing_info"] = map[string]any{"state": "in_progress", "check_after_secs": s.CheckAfter}
	default:
		f.ready = true
		if f.Category == "tweet_video" {
			told["processing_info"] = map[string]any{"state": "succeeded", "progress_percent": 100}
		}
	}
	if s.Swapped {
		told["id"] = "7"
	}
	answerJSON(w, http.StatusOK, map[string]any{"data": told})
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	f := s.mine(w, r, r.URL.Query().Get("media_id"))
	if f == nil {
		return
	}
	if r.URL.Query().Get("command") != "STATUS" || !f.done {
		refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "One or more parameters to your request was invalid.")
		return
	}
	s.tellFile(w, f)
}

// describe keeps the words of a picture.
func (s *Server) describe(w http.ResponseWriter, r *http.Request) {
	var want struct {
		ID       string `json:"id"`
		Metadata struct {
			AltText struct {
				Text string `json:"text"`
			} `json:"alt_text"`
		} `json:"metadata"`
	}
	_ = json.NewDecoder(r.Body).Decode(&want)
	f := s.mine(w, r, want.ID)
	if f == nil {
		return
	}
	if text := want.Metadata.AltText.Text; s.Wordless || f.Category != "tweet_image" || text == "" || len([]rune(text)) > 1000 {
		refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "alt_text is invalid.")
		return
	}
	f.AltText = want.Metadata.AltText.Text
	answerJSON(w, http.StatusOK, map[string]any{"data": map[string]any{"id": f.ID}})
}
