package containertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// make takes a container that nobody sees.
func (s *Server) make(w http.ResponseWriter, r *http.Request) {
	c := &container{
		account: r.PathValue("id"), kind: r.FormValue("media_type"), text: r.FormValue(s.style.text), item: r.FormValue("is_carousel_item") == "true",
		time: s.now(), works: s.Works, state: s.State, why: s.Why,
	}
	if c.account != s.owners[bearer(r)] {
		refuse(w, http.StatusBadRequest, 100, 33, "Unsupported post request. Object does not exist")
		return
	}
	picture, video := r.FormValue("image_url"), r.FormValue("video_url")
	if video != "" && (c.kind != s.style.video || picture != "" || c.item) {
		refuse(w, http.StatusBadRequest, 100, 2207023, "The media type is unknown")
		return
	}
	if u := picture + video; u != "" {
		file := Picture{URL: u, AltText: r.FormValue("alt_text"), Video: video != ""}
		if s.Fetches && !s.fetch(&file) {
			c.state, c.why = "ERROR", "FAILED_DOWNLOADING_IMAGE 2207052"
		}
		c.pictures = append(c.pictures, file)
	}
	if c.kind == "CAROUSEL" {
		for name := range strings.SplitSeq(r.FormValue("children"), ",") {
			child := s.container(name)
			if child == nil || !child.item || child.account != c.account || s.stateOf(child) != "FINISHED" {
				refuse(w, http.StatusBadRequest, 100, 2207028, "The carousel is invalid")
				return
			}
			c.pictures = append(c.pictures, child.pictures...)
		}
	}
	text := c.kind == "TEXT" && c.text != "" && s.style.deletes
	if !text && len(c.pictures) == 0 || c.kind == "TEXT" && len(c.pictures) > 0 || c.kind == "CAROUSEL" && len(c.pictures) < 2 {
		refuse(w, http.StatusBadRequest, 100, 0, "Invalid parameter")
		return
	}
	s.counts.Made++
	c.id = s.id()
	s.containers = append(s.containers, c)
	if s.MakeFails > 0 {
		s.MakeFails--
		refuse(w, http.StatusInternalServerError, 2, 0, "Service temporarily unavailable")
		return
	}
	answerJSON(w, map[string]string{"id": c.id})
}

// fetch fetches a file from where it is said to be, without a session, and tells whether it is there.
func (s *Server) fetch(p *Picture) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	p.Bytes, err = io.ReadAll(answer.Body)
	kind := "image/"
	if p.Video {
		kind = "video/"
	}
	return err == nil && answer.StatusCode == http.StatusOK && strings.HasPrefix(answer.Header.Get("Content-Type"), kind)
}

func (s *Server) container(id string) *container {
	i := slices.IndexFunc(s.containers, func(c *container) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return s.containers[i]
}

// stateOf is what became of a container.
func (s *Server) stateOf(c *container) string {
	switch {
	case c.shown:
		return "PUBLISHED"
	case c.state != "":
		return c.state
	case s.now().Sub(c.time) > 24*time.Hour:
		return "EXPIRED"
	case c.works > 0:
		return "IN_PROGRESS"
	}
	return "FINISHED"
}

// publish shows a container.
func (s *Server) publish(w http.ResponseWriter, r *http.Request) {
	s.counts.Shown++
	c := s.container(r.FormValue("creation_id"))
	if c == nil || c.item || c.account != r.PathValue("id") || c.account != s.owners[bearer(r)] {
		refuse(w, http.StatusBadRequest, 100, 33, "Unsupported post request. Object does not exist")
		return
	}
	if s.refuses(w) {
		return
	}
	if state := s.stateOf(c); state != "FINISHED" && state != "PUBLISHED" {
		refuse(w, http.StatusBadRequest, s.style.tooEarly[0], s.style.tooEarly[1], "The requested resource does not exist")
		return
	}
	if s.used(c.account) >= s.Total {
		refuse(w, http.StatusForbidden, 4, 2207042, "You reached the maximum number of posts")
		return
	}
	c.shown = true
	s.asked[c.account] = append(s.asked[c.account], s.now())
	s.tell(w, r, s.add(&Post{Account: c.account, Text: c.text, Pictures: c.pictures}))
}

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	switch s.Mode {
	case Away:
		w.WriteHeader(http.StatusServiceUnavailable)
	case Moved:
		w.Header().Set("Location", "/"+s.style.version+"/"+Account+"/"+s.style.publish)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Busy:
		w.Header().Set("X-Business-Use-Case-Usage", fmt.Sprintf(`{%q:[{"type":"threads","call_count":100,"estimated_time_to_regain_access":%d}]}`, Account, Wait))
		refuse(w, http.StatusBadRequest, 32, 0, "(#32) Request limit reached")
	case Full:
		refuse(w, http.StatusForbidden, 4, 0, "(#4) Application request limit reached")
	case Enough:
		refuse(w, http.StatusForbidden, 4, 2207042, "You reached the maximum number of posts")
	case Expired:
		refuse(w, http.StatusUnauthorized, 190, 460, "Error validating access token: the session was invalidated\u202e")
	case Denied:
		refuse(w, http.StatusForbidden, 10, 0, "Application does not have permission for this action")
	case Blocked:
		refuse(w, http.StatusForbidden, 4, 2207051, "We restrict certain activity to protect our community")
	case Invalid:
		refuse(w, http.StatusBadRequest, 100, 0, "Invalid parameter")
	case Early:
		refuse(w, http.StatusBadRequest, s.style.tooEarly[0], s.style.tooEarly[1], "The requested resource does not exist")
	case Old:
		refuse(w, http.StatusBadRequest, 100, 2207008, "The media builder is expired or does not exist")
	default:
		return false
	}
	return true
}

// tell answers the request for a post that was made.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, p *Post) {
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Broken:
		refuse(w, http.StatusInternalServerError, 2, 0, "Service temporarily unavailable, please retry later")
	case Unsure:
		refuse(w, http.StatusBadRequest, 1, 99, "An unknown error occurred")
	case Faulty:
		refuse(w, http.StatusBadRequest, 100, 2207032, "Create media failed")
	case Fleeting:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":{"message":"Try again","code":100,"is_transient":true}}`)
	case Garbage:
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Nameless:
		answerJSON(w, map[string]string{})
	case Liar:
		refuse(w, http.StatusBadRequest, s.style.tooEarly[0], s.style.tooEarly[1], "The requested resource does not exist")
	default:
		answerJSON(w, map[string]string{"id": p.ID})
	}
}

func (s *Server) shape(p *Post) map[string]any {
	text := p.Text
	if s.Shows != nil {
		text = s.Shows(text)
	}
	shown := map[string]any{"id": p.ID, "timestamp": p.Time.Format("2006-01-02T15:04:05-0700"), "permalink": s.style.profile + "C" + p.ID}
	if text != "" {
		shown[s.style.text] = text
	}
	return shown
}

// listed tells what an account shows, the newest first.
func (s *Server) listed(w http.ResponseWriter, r *http.Request) {
	account := r.PathValue("id")
	if s.NoReading || account != s.owners[bearer(r)] {
		refuse(w, http.StatusForbidden, 10, 0, "Application does not have permission for this action")
		return
	}
	since, _ := strconv.ParseInt(r.FormValue("since"), 10, 64)
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	skip, _ := strconv.Atoi(r.FormValue("after"))
	data, next, seen := []map[string]any{}, false, 0
	for i, p := range slices.Backward(s.posts) {
		if p.Deleted || p.Account != account || p.Time.Unix() < since || s.Lag > 0 && i == len(s.posts)-1 {
			continue
		}
		seen++
		switch {
		case seen <= skip:
		case len(data) < min(limit, 100):
			data = append(data, s.shape(p))
		default:
			next = true
		}
	}
	s.Lag = max(s.Lag-1, 0)
	paging := map[string]any{"cursors": map[string]string{"after": strconv.Itoa(skip + len(data))}}
	if next {
		paging["next"] = s.URL
	}
	answerJSON(w, map[string]any{"data": data, "paging": paging})
}

// find is a post of who asks, nil when there is none or it may not be seen, which are told alike.
func (s *Server) find(w http.ResponseWriter, r *http.Request) *Post {
	i := slices.IndexFunc(s.posts, func(p *Post) bool {
		return p.ID == r.PathValue("id") && !p.Deleted && p.Account == s.owners[bearer(r)] && !s.NoReading
	})
	if i < 0 {
		refuse(w, http.StatusBadRequest, 100, 33, "Unsupported request. Object does not exist, cannot be loaded due to missing permissions")
		return nil
	}
	return s.posts[i]
}

// show tells what became of a container, or what a post says.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	if c := s.container(r.PathValue("id")); c != nil && c.account == s.owners[bearer(r)] {
		s.counts.Asked++
		state := s.stateOf(c)
		c.works = max(c.works-1, 0)
		answerJSON(w, map[string]string{"id": c.id, s.style.status: state, s.style.why: c.why})
		return
	}
	if p := s.find(w, r); p != nil {
		answerJSON(w, s.shape(p))
	}
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	if !s.style.deletes {
		refuse(w, http.StatusBadRequest, 100, 33, "Unsupported delete request")
		return
	}
	if p := s.find(w, r); p != nil {
		p.Deleted = !s.Kept
		answerJSON(w, map[string]any{"success": !s.Kept, "deleted_id": p.ID})
	}
}
