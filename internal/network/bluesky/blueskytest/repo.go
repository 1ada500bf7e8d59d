package blueskytest

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (s *Server) latestCommit(w http.ResponseWriter, r *http.Request) {
	kept := s.repos[r.URL.Query().Get("did")]
	if kept == nil {
		refuse(w, http.StatusBadRequest, "RepoNotFound", "Could not find repo for DID")
		return
	}
	answerJSON(w, http.StatusOK, map[string]string{"cid": kept.commit, "rev": "3m6gwtxyzr22a"})
}

// getRecord tells a record to anybody.
func (s *Server) getRecord(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	account, key := query.Get("repo"), query.Get("rkey")
	kept := s.repos[account]
	if kept == nil || query.Get("collection") != "app.bsky.feed.post" {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "Could not locate record")
		return
	}
	found, there := kept.records[key]
	if there && s.Lag > 0 && key == kept.newest {
		s.Lag--
		there = false
	}
	if !there {
		refuse(w, http.StatusBadRequest, "RecordNotFound", "Could not locate record: "+uri(account, key))
		return
	}
	value, _ := decoded(found.Value).(map[string]any)
	if s.Shows != nil {
		value["text"] = s.Shows(found.Text)
	}
	answerJSON(w, http.StatusOK, map[string]any{"uri": found.URI, "cid": found.CID, "value": value})
}

// decoded is a copy of a record as it is read again: TextDecoder takes a byte order mark away from
// the beginning of each string.
func decoded(value any) any {
	switch v := value.(type) {
	case string:
		return strings.TrimPrefix(v, "\ufeff")
	case []any:
		all := make([]any, len(v))
		for i, x := range v {
			all[i] = decoded(x)
		}
		return all
	case map[string]any:
		all := make(map[string]any, len(v))
		for name, x := range v {
			all[name] = decoded(x)
		}
		return all
	default:
		return v
	}
}

// uploadBlob names a file by its bytes; nobody sees it until a record names it.
func (s *Server) uploadBlob(w http.ResponseWriter, r *http.Request) {
	account := s.owner(w, r)
	if account == "" {
		return
	}
	data, err := io.ReadAll(r.Body)
	if err != nil || len(data) == 0 {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "A request body was expected but none was provided")
		return
	}
	s.uploads++
	if s.Recodes {
		data = append(data, " again"...)
	}
	f := File{CID: named(0x55, data), Type: r.Header.Get("Content-Type"), Bytes: data}
	s.files[account+f.CID] = f
	answerJSON(w, http.StatusOK, map[string]any{"blob": map[string]any{
		"$type": "blob", "ref": map[string]string{"$link": f.CID}, "mimeType": f.Type, "size": len(data),
	}})
}

// put is a request to write a record.
type put struct {
	Repo       string          `json:"repo"`
	Collection string          `json:"collection"`
	Key        string          `json:"rkey"`
	Validate   bool            `json:"validate"`
	Record     map[string]any  `json:"record"`
	SwapRecord json.RawMessage `json:"swapRecord"`
	SwapCommit string          `json:"swapCommit"`
	host       string
}

// problem is why something was not done.
type problem struct {
	code          int
	name, message string
}

// putRecord writes a record.
func (s *Server) putRecord(w http.ResponseWriter, r *http.Request) {
	account := s.owner(w, r)
	if account == "" || s.refuses(w) {
		return
	}
	var asked put
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "Input must be an object")
		return
	}
	if asked.Repo != account {
		refuse(w, http.StatusUnauthorized, "AuthMissing", "Authentication Required")
		return
	}
	if s.Mode == Late {
		s.late = append(s.late, func() { s.write(account, asked) })
		s.wait(r, nil)
		return
	}
	if s.Rivals > 0 {
		s.Rivals--
		s.commit(s.repos[account])
	}
	asked.host = r.Host
	made, fresh, wrong := s.write(account, asked)
	if wrong != nil {
		refuse(w, wrong.code, wrong.name, wrong.message)
		return
	}
	s.answer(w, r, made, fresh)
}

// wait answers nothing until something arrives or somebody gives up.
func (s *Server) wait(r *http.Request, arrived <-chan struct{}) {
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-arrived:
	case <-r.Context().Done():
	case <-s.end:
	}
}

// refuses answers in the modes that write nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	switch s.Mode {
	case Away:
		w.WriteHeader(http.StatusBadGateway)
	case Moved:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Busy:
		w.Header().Set("RateLimit-Reset", strconv.FormatInt(Reset.Unix(), 10))
		refuse(w, http.StatusTooManyRequests, "RateLimitExceeded", "Rate Limit Exceeded")
	case Invalid:
		refuse(w, http.StatusBadRequest, "InvalidRequest", "Invalid app.bsky.feed.post record:\u202e Record/text must not be longer")
	case Forgetful:
		refuse(w, http.StatusBadRequest, "BlobNotFound", "Could not find blob")
	case TakenDown:
		refuse(w, http.StatusUnauthorized, "AccountTakedown", "Account has been taken down")
	default:
		return false
	}
	return true
}

var keyForm = regexp.MustCompile(`^[2-7a-j][2-7a-z]{12}$`)

// write carries a request out, and tells whether that made a commit.
func (s *Server) write(account string, asked put) (Record, bool, *problem) {
	kept := s.repos[account]
	if wrong := s.valid(account, asked); wrong != nil {
		return Record{}, false, wrong
	}
	data, _ := json.Marshal(asked.Record)
	current, there := kept.records[asked.Key]
	switch {
	case there && current.CID == named(0x71, data):
		return current, false, nil
	case asked.SwapCommit != "" && asked.SwapCommit != kept.commit:
		return Record{}, false, &problem{http.StatusBadRequest, "InvalidSwap", "Commit was at " + kept.commit}
	case there && string(asked.SwapRecord) == "null":
		return Record{}, false, &problem{http.StatusBadRequest, "InvalidSwap", "Record was at " + current.CID}
	}
	made := s.add(account, asked.Key, asked.Record)
	made.Host = asked.host
	kept.records[asked.Key] = made
	return made, true, nil
}

// valid judges a record by its lexicon.
func (s *Server) valid(account string, asked put) *problem {
	invalid := func(message string) *problem { return &problem{http.StatusBadRequest, "InvalidRequest", message} }
	text, written := asked.Record["text"].(string)
	_, dated := asked.Record["createdAt"].(string)
	switch {
	case asked.Collection != "app.bsky.feed.post" || asked.Record["$type"] != asked.Collection || !asked.Validate:
		return invalid("Invalid $type")
	case !keyForm.MatchString(asked.Key):
		return invalid("Invalid record key")
	case !written || !dated:
		return invalid("Record must have the properties \"text\" and \"createdAt\"")
	case len(text) > 3000:
		return invalid("Record/text must not be longer than 3000 bytes")
	}
	if !aliveWithin(text, asked.Record["facets"]) {
		return invalid("Record/facets is not within the text")
	}
	for _, b := range blobs(asked.Record) {
		f, there := s.files[account+b.cid]
		switch {
		case !there:
			return &problem{http.StatusBadRequest, "BlobNotFound", "Could not find blob: " + b.cid}
		case f.Type != b.kind:
			return &problem{http.StatusBadRequest, "InvalidMimeType", "Referenced Mimetype does not match stored blob"}
		case float64(len(f.Bytes)) != b.size:
			return &problem{http.StatusBadRequest, "InvalidSize", "Referenced Size does not match stored blob"}
		}
	}
	return nil
}

// aliveWithin tells whether each facet begins and ends between characters of the text.
func aliveWithin(text string, facets any) bool {
	all, _ := facets.([]any)
	for _, x := range all {
		facet, _ := x.(map[string]any)
		index, _ := facet["index"].(map[string]any)
		start, _ := index["byteStart"].(float64)
		end, _ := index["byteEnd"].(float64)
		from, to := int(start), int(end)
		if from < 0 || from >= to || to > len(text) || !utf8.ValidString(text[:from]) || !utf8.ValidString(text[from:to]) {
			return false
		}
	}
	return true
}

// answer tells of a record that was written.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, made Record, fresh bool) {
	told := map[string]any{"uri": made.URI, "cid": made.CID, "validationStatus": "valid"}
	if fresh {
		told["commit"] = map[string]string{"cid": s.repos[made.Account].commit, "rev": "3m6gwtxyzr22a"}
	}
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		refuse(w, http.StatusInternalServerError, "InternalServerError", "Internal Server Error")
	case Silent:
		s.wait(r, nil)
	case Slow:
		arrived := make(chan struct{})
		s.late = append(s.late, func() { close(arrived) })
		go func() {
			select {
			case s.slow <- struct{}{}:
			case <-s.end:
			}
		}()
		s.wait(r, arrived)
		answerJSON(w, http.StatusOK, told)
	case Garbage:
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Stranger:
		told["uri"] = uri(OtherAccount, made.Key)
		answerJSON(w, http.StatusOK, told)
	default:
		answerJSON(w, http.StatusOK, told)
	}
}

func (s *Server) deleteRecord(w http.ResponseWriter, r *http.Request) {
	account := s.owner(w, r)
	if account == "" {
		return
	}
	var asked put
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Repo != account {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "Input must have the property \"repo\"")
		return
	}
	if _, there := s.repos[account].records[asked.Key]; there {
		delete(s.repos[account].records, asked.Key)
		s.commit(s.repos[account])
	}
	answerJSON(w, http.StatusOK, map[string]any{})
}

// blob is a file as a record names it.
type blob struct {
	cid, kind string
	size      float64
}

// blobs are the files a record names, in its order.
func blobs(value any) []blob {
	switch v := value.(type) {
	case []any:
		var all []blob
		for _, x := range v {
			all = append(all, blobs(x)...)
		}
		return all
	case map[string]any:
		if v["$type"] == "blob" {
			ref, _ := v["ref"].(map[string]any)
			cid, _ := ref["$link"].(string)
			kind, _ := v["mimeType"].(string)
			size, _ := v["size"].(float64)
			return []blob{{cid, kind, size}}
		}
		var all []blob
		for _, name := range []string{"embed", "images", "image", "video"} {
			all = append(all, blobs(v[name])...)
		}
		return all
	default:
		return nil
	}
}
