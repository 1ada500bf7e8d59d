package xtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// asked is a post as somebody asks for it.
type asked struct {
	Text  string `json:"text"`
	Paid  bool   `json:"paid_partnership"`
	Media *struct {
		IDs []string `json:"media_ids"`
	} `json:"media"`
}

// create makes a post.
func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var want asked
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if decoder.Decode(&want) != nil || want.Text == "" && want.Media == nil {
		refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "One or more parameters to your request was invalid.")
		return
	}
	s.creates++
	author := s.ownerOf(r)
	if s.refuses(w) {
		return
	}
	copied := func(p *Post) bool { return p.Author == author && p.Text == want.Text && !p.Deleted }
	if s.Duplicates && slices.ContainsFunc(s.posts, copied) {
		refuse(w, http.StatusForbidden, "about:blank", "Forbidden", duplicated)
		return
	}
	made := &Post{Author: author, Text: want.Text, Paid: want.Paid}
	if want.Media != nil {
		for _, id := range want.Media.IDs {
			f := s.fileOf(id)
			if f == nil || f.Owner != author || !f.ready {
				refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "Your media IDs are invalid.")
				return
			}
			made.Files = append(made.Files, *f)
		}
		videos := slices.ContainsFunc(made.Files, func(f File) bool { return f.Category == "tweet_video" })
		if len(made.Files) > 4 || videos && len(made.Files) > 1 {
			refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "There can be a maximum of 4 items.")
			return
		}
	}
	s.tell(w, r, s.add(made))
}

const duplicated = "You are not allowed to create a Tweet with duplicate content."

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	blank := func(code int, title, detail string) { refuse(w, code, "about:blank", title, detail) }
	switch s.Mode {
	case Away:
		blank(http.StatusServiceUnavailable, "Service Unavailable", "Service Unavailable")
	case Moved:
		w.Header().Set("Location", "/2/tweets")
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Busy:
		w.Header().Set("x-rate-limit-remaining", "0")
		w.Header().Set("x-rate-limit-reset", strconv.Itoa(Reset))
		w.Header().Set("x-user-limit-24hour-remaining", "3")
		w.Header().Set("x-user-limit-24hour-reset", strconv.Itoa(FullReset))
		blank(http.StatusTooManyRequests, "Too Many Requests", "Too Many Requests")
	case Full:
		w.Header().Set("x-rate-limit-remaining", "7")
		w.Header().Set("x-rate-limit-reset", strconv.Itoa(Reset))
		w.Header().Set("x-app-limit-24hour-remaining", "0")
		w.Header().Set("x-app-limit-24hour-reset", strconv.Itoa(FullReset))
		blank(http.StatusTooManyRequests, "Too Many Requests", "Too Many Requests")
	case Capped:
		refuse(w, http.StatusTooManyRequests, kindOf("usage-capped"), "UsageCapExceeded", "Usage cap exceeded: Monthly product cap")
	case Unpaid:
		blank(http.StatusPaymentRequired, "CreditsDepleted", "Your enrolled account does not have any credits to fulfill this request.")
	case Expired:
		blank(http.StatusUnauthorized, "Unauthorized", "Unauthorized")
	case Suspended:
		blank(http.StatusForbidden, "Forbidden", "Your account is suspended and is not permitted to access this feature.")
	case Unenrolled:
		refuse(w, http.StatusForbidden, kindOf("client-forbidden"), "Client Forbidden", "This client is not enrolled.")
	case Subset:
		answerJSON(w, http.StatusForbidden, map[string]any{"errors": []any{map[string]any{"code": 453, "message": "Upgrade."}},
			"title": "Forbidden", "type": "about:blank", "detail": "You currently have access to a subset of X API v2 endpoints."})
	case Denied:
		blank(http.StatusForbidden, "Forbidden", "You are not permitted to perform this action.\u202e")
	case Invalid:
		answerJSON(w, http.StatusBadRequest, map[string]any{"errors": []any{map[string]any{"message": "The Tweet contains an invalid URL.\u202e"}},
			"title": "Invalid Request", "type": kindOf("invalid-request"), "detail": "One or more parameters to your request was invalid."})
	case Copy:
		blank(http.StatusForbidden, "Forbidden", duplicated)
	case OldCopy:
		answerJSON(w, http.StatusForbidden, map[string]any{"errors": []any{map[string]any{"code": 187, "message": "Status is a duplicate."}}})
	default:
		return false
	}
	return true
}

func (s *Server) add(p *Post) *Post {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	p.ID, p.Time = s.next(), now().UTC()
	p.Versions = []string{p.ID}
	s.posts = append(s.posts, p)
	return p
}

// tell answers the request for a post that was made.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, p *Post) {
	made := map[string]any{"data": map[string]any{"id": p.ID, "text": p.Text, "edit_history_tweet_ids": p.Versions}}
	code := http.StatusCreated
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		refuse(w, http.StatusInternalServerError, "about:blank", "Internal Server Error", "Internal Server Error")
		return
	case Silent, Slow:
		s.mu.Unlock()
		defer s.mu.Lock()
		if !s.wait(r) {
			return
		}
	case Garbage:
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
		return
	case Misnamed:
		made = map[string]any{"data": map[string]any{"id": "7_" + p.ID, "text": p.Text}}
	case Polite:
		code = http.StatusOK
	}
	answerJSON(w, code, made)
}

// wait holds an answer back, and tells whether it is given.
func (s *Server) wait(r *http.Request) bool {
	s.mu.Lock()
	slow := s.Mode == Slow
	s.mu.Unlock()
	if slow {
		s.slow <- struct{}{}
		<-s.arrive
		return true
	}
	select {
	case <-r.Context().Done():
	case <-s.end:
	}
	return false
}

var (
	// addresses are what X puts links of its own in the place of, as far as this server knows them.
	addresses = regexp.MustCompile(`https?://[^\s<>"«»()]*[A-Za-z0-9/_=]|\bacme\.com\b`)
	signs     = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// words are a text as the server tells it, with what it did to the links in it.
func (s *Server) words(p *Post, text string) map[string]any {
	urls := []map[string]any{}
	wrapped := addresses.ReplaceAllStringFunc(text, func(link string) string {
		short := fmt.Sprintf("https://t.co/%010d", len(urls))
		if !strings.Contains(link, "://") {
			link = "http://" + strings.ToLower(link)
		}
		urls = append(urls, map[string]any{"url": short, "expanded_url": link, "display_url": "…"})
		return short
	})
	if len(p.Files) > 0 {
		short := fmt.Sprintf("https://t.co/%010d", len(urls))
		link := map[string]any{"url": short, "expanded_url": fmt.Sprintf("https://x.com/%s/status/%s/photo/1", handles[p.Author], p.Versions[0])}
		if len(p.Files)%2 == 0 {
			link["media_key"] = "3_" + p.Files[0].ID
		}
		urls = append(urls, link)
		wrapped = strings.TrimSpace(wrapped + " " + short)
	}
	if !s.Plain {
		wrapped = signs.Replace(wrapped)
	}
	return map[string]any{"text": wrapped, "entities": map[string]any{"urls": urls}}
}

// shape is a post as it is told to who asks. The documentation has the names of fields in
// tweet.fields, X's own SDK in post.fields.
func (s *Server) shape(r *http.Request, p *Post) map[string]any {
	text := p.Text
	if s.Shows != nil {
		text = s.Shows(text)
	}
	shown := s.words(p, text)
	if s.Notes {
		shown["note_tweet"] = s.words(p, text)
		shown["text"] = "The beginning…"
	}
	shown["id"], shown["author_id"], shown["edit_history_tweet_ids"] = p.ID, p.Author, p.Versions
	if q := r.URL.Query(); strings.Contains(q.Get("tweet.fields")+q.Get("post.fields"), "created_at") {
		shown["created_at"] = p.Time.Format("2006-01-02T15:04:05.000Z")
	}
	if len(p.Files) > 0 {
		keys := []string{}
		for _, f := range p.Files {
			keys = append(keys, "3_"+f.ID)
		}
		shown["attachments"] = map[string]any{"media_keys": keys}
	}
	return shown
}

// includes are the files of posts.
func (s *Server) includes(posts ...*Post) map[string]any {
	media := []map[string]any{}
	for _, p := range posts {
		for _, f := range slices.Backward(p.Files) { // in no order of use
			told := map[string]any{"media_key": "3_" + f.ID, "type": "photo"}
			if f.AltText != "" && !s.Silently {
				told["alt_text"] = f.AltText
			}
			media = append(media, told)
		}
	}
	return map[string]any{"media": media}
}

// list tells the posts of an account, the newest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	first, err := time.Parse("2006-01-02T15:04:05Z", cmp.Or(q.Get("start_time"), "2006-03-21T00:00:00Z"))
	most, _ := strconv.Atoi(cmp.Or(q.Get("max_results"), "10"))
	if err != nil || most < 5 || most > 100 {
		refuse(w, http.StatusBadRequest, kindOf("invalid-request"), "Invalid Request", "One or more parameters to your request was invalid.")
		return
	}
	if s.NoReading {
		refuse(w, http.StatusForbidden, kindOf("client-forbidden"), "Client Forbidden", "Your plan does not read.")
		return
	}
	skip, _ := strconv.Atoi(q.Get("pagination_token"))
	page, told, meta := []map[string]any{}, []*Post{}, map[string]any{}
	passed := 0
	for i, p := range slices.Backward(s.posts) {
		if p.Deleted || !p.last() || p.Author != r.PathValue("id") || p.Time.Before(first) || s.Lag > 0 && i == len(s.posts)-1 {
			continue
		}
		if passed++; passed <= skip {
			continue
		}
		if len(page) == most {
			meta["next_token"] = strconv.Itoa(skip + most)
			break
		}
		page, told = append(page, s.shape(r, p)), append(told, p)
	}
	s.Lag = max(s.Lag-1, 0)
	meta["result_count"] = len(page)
	answer := map[string]any{"data": page, "includes": s.includes(told...), "meta": meta}
	if len(page) == 0 {
		delete(answer, "data")
	}
	if s.Partial {
		answer["errors"] = []any{map[string]any{"type": kindOf("not-authorized-for-resource"), "title": "Authorization Error"}}
	}
	answerJSON(w, http.StatusOK, answer)
}

func (s *Server) find(id string) *Post {
	i := slices.IndexFunc(s.posts, func(p *Post) bool { return p.ID == id && !p.Deleted })
	if i < 0 {
		return nil
	}
	return s.posts[i]
}

// show answers 200 also for a post that is not there, with a problem in its place.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	p := s.find(r.PathValue("id"))
	switch {
	case s.NoReading:
		answerJSON(w, http.StatusOK, map[string]any{"errors": []any{map[string]any{"type": kindOf("not-authorized-for-resource"), "title": "Authorization Error"}}})
	case p == nil:
		answerJSON(w, http.StatusOK, map[string]any{"errors": []any{map[string]any{
			"type": kindOf("resource-not-found"), "title": "Not Found Error", "detail": "Could not find tweet with id: [" + r.PathValue("id") + "].",
		}}})
	default:
		answerJSON(w, http.StatusOK, map[string]any{"data": s.shape(r, p), "includes": s.includes(p)})
	}
}

// drop deletes a post and all it was edited to.
func (s *Server) drop(p *Post) {
	for _, other := range s.posts {
		other.Deleted = other.Deleted || slices.Contains(p.Versions, other.ID)
	}
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	p := s.find(r.PathValue("id"))
	switch {
	case p == nil:
		refuse(w, http.StatusNotFound, kindOf("resource-not-found"), "Not Found Error", "Not Found")
	case p.Author != s.ownerOf(r):
		refuse(w, http.StatusForbidden, "about:blank", "Forbidden", "You are not authorized to delete this Tweet.")
	default:
		s.drop(p)
		answerJSON(w, http.StatusOK, map[string]any{"data": map[string]bool{"deleted": true}})
	}
}
