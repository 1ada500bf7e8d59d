package linkedintest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// longest is how many units of UTF-16 a commentary has at most, with its backslashes.
const longest = 3000

// asked is a post as somebody asks for it.
type asked struct {
	Author         string         `json:"author"`
	Commentary     string         `json:"commentary"`
	Visibility     string         `json:"visibility"`
	Distribution   map[string]any `json:"distribution"`
	LifecycleState string         `json:"lifecycleState"`
	Content        map[string]any `json:"content"`
}

// create makes a post.
func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var want asked
	if err := json.NewDecoder(r.Body).Decode(&want); err != nil || want.Visibility != "PUBLIC" || want.LifecycleState != "PUBLISHED" ||
		want.Distribution["feedDistribution"] != "MAIN_FEED" {
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "Unpermitted fields present in REQUEST_BODY")
		return
	}
	s.creates++
	if !speaks(s.ownerOf(r), want.Author) {
		refuse(w, http.StatusForbidden, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPostsExternal.CREATE")
		return
	}
	if s.refuses(w) || s.wrong(w, want) {
		return
	}
	made := &Post{Author: want.Author, Commentary: want.Commentary, Text: Read(want.Commentary), Content: want.Content}
	for _, id := range named(want.Content) {
		i := slices.IndexFunc(s.files, func(f *File) bool { return f.ID == id && f.Owner == want.Author })
		switch {
		case i < 0:
			refuse(w, http.StatusBadRequest, "INVALID_URN", "No such file "+id)
			return
		case !s.files[i].ready:
			refuse(w, http.StatusBadRequest, "MEDIA_ASSET_WAITING_UPLOAD", "Media asset is waiting for its upload")
			return
		}
		made.Files = append(made.Files, *s.files[i])
	}
	s.tell(w, r, s.add(made))
}

// named are the files a content names.
func named(content map[string]any) []string {
	var all []string
	id := func(v any, key string) {
		if m, is := v.(map[string]any); is && m[key] != nil {
			all = append(all, fmt.Sprint(m[key]))
		}
	}
	id(content["media"], "id")
	id(content["article"], "thumbnail")
	if several, is := content["multiImage"].(map[string]any); is {
		images, _ := several["images"].([]any)
		for _, image := range images {
			id(image, "id")
		}
	}
	return all
}

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	copied := func(urn string) {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]any{
			"errorDetailType": "com.linkedin.common.error.BadRequest", "message": "Content is a duplicate of " + urn,
			"errorDetails": map[string]any{"inputErrors": []any{map[string]any{
				"description": "Duplicate post is detected", "input": map[string]any{}, "code": "DUPLICATE_POST",
			}}}, "status": http.StatusUnprocessableEntity,
		})
	}
	switch s.Mode {
	case Away:
		refuse(w, http.StatusServiceUnavailable, "", "Service Unavailable")
	case Moved:
		w.Header().Set("Location", "/rest/posts")
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Busy:
		refuse(w, http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.")
	case Spent:
		refuse(w, http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.")
	case Retired:
		refuse(w, http.StatusUpgradeRequired, "NONEXISTENT_VERSION", "Requested version 20250801 is not active")
	case Expired:
		refuse(w, http.StatusUnauthorized, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired")
	case Revoked:
		refuse(w, http.StatusBadRequest, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user")
	case Denied:
		refuse(w, http.StatusForbidden, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPostsExternal.CREATE")
	case Invalid:
		refuse(w, http.StatusUnprocessableEntity, "INVALID", "ERROR :: /commentary :: refused\u202e "+Token[:3])
	case Copy:
		copied(s.add(&Post{Author: person + OtherMember, Text: "Somebody was here."}).ID)
	case Ghost:
		copied(s.urn("share"))
	case Cousin:
		copied(person + Member)
	case Conflict, Conflicting:
		if s.Mode == Conflict {
			s.Mode = Honest
		}
		refuse(w, http.StatusConflict, "CONFLICT", "Conflict with another request")
	case Unready:
		refuse(w, http.StatusBadRequest, "MEDIA_ASSET_WAITING_UPLOAD", "Media asset is waiting for its upload")
	case Unworkable:
		refuse(w, http.StatusBadRequest, "MEDIA_ASSET_PROCESSING_FAILED", "Media asset could not be processed")
	default:
		return false
	}
	return true
}

// wrong answers what LinkedIn does not take.
func (s *Server) wrong(w http.ResponseWriter, want asked) bool {
	several, _ := want.Content["multiImage"].(map[string]any)
	images, _ := several["images"].([]any)
	article, linked := want.Content["article"].(map[string]any)
	i := slices.IndexFunc(s.posts, func(p *Post) bool { return p.Author == want.Author && p.Commentary == want.Commentary && !p.Deleted })
	switch {
	case len(utf16.Encode([]rune(want.Commentary))) > longest:
		refuse(w, http.StatusBadRequest, "FIELD_LENGTH_TOO_LONG", "ERROR :: /commentary :: field is too long")
	case want.Commentary == "" && len(want.Content) == 0:
		refuse(w, http.StatusUnprocessableEntity, "EMPTY", "A post has a commentary or a content")
	case len(want.Content) > 1 || several != nil && (len(images) < 2 || len(images) > 20) || linked && (article["title"] == nil || article["source"] == nil):
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "ERROR :: /content :: is not one of its kinds")
	case s.Duplicates && i >= 0:
		answerJSON(w, http.StatusUnprocessableEntity, map[string]any{"message": "Content is a duplicate of " + s.posts[i].ID, "status": http.StatusUnprocessableEntity})
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
	kind := "share"
	if media, is := p.Content["media"].(map[string]any); is && strings.HasPrefix(fmt.Sprint(media["id"]), "urn:li:video:") {
		kind = "ugcPost"
	}
	p.ID, p.Time = s.urn(kind), now().UTC()
	s.posts = append(s.posts, p)
	return p
}

// tell answers the request for a post that was made.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, p *Post) {
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		refuse(w, http.StatusInternalServerError, "", "Internal Server Error")
	case Silent, Slow:
		s.mu.Unlock()
		defer s.mu.Lock()
		if s.wait(r) {
			w.Header().Set("X-Restli-Id", p.ID)
			w.WriteHeader(http.StatusCreated)
		}
	case Garbage:
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Misnamed:
		w.Header().Set("X-Restli-Id", "urn:li:sponsoredContent:1")
		w.WriteHeader(http.StatusCreated)
	default:
		w.Header().Set("X-Restli-Id", p.ID)
		if s.Mode == Polite {
			return
		}
		w.WriteHeader(http.StatusCreated)
	}
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

func (s *Server) shape(p *Post) map[string]any {
	text := p.Text
	if s.Shows != nil {
		text = s.Shows(text)
	}
	shown := map[string]any{
		"id": p.ID, "author": p.Author, "commentary": written(text), "visibility": "PUBLIC", "lifecycleState": "PUBLISHED",
		"createdAt": p.Time.UnixMilli(), "publishedAt": p.Time.UnixMilli(), "lastModifiedAt": p.Time.UnixMilli(),
	}
	media, is := p.Content["media"].(map[string]any)
	switch {
	case s.Wordless && is:
		shown["content"] = map[string]any{"media": map[string]any{"id": media["id"]}}
	case len(p.Content) > 0:
		shown["content"] = p.Content
	}
	return shown
}

// list tells the posts of an author, the newest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	author := q.Get("author")
	if q.Get("q") != "author" || r.Header.Get("X-RestLi-Method") != "FINDER" || q.Get("sortBy") != "LAST_MODIFIED" {
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "No such finder")
		return
	}
	if s.NoReading || !strings.HasPrefix(author, organization) || !speaks(s.ownerOf(r), author) {
		refuse(w, http.StatusForbidden, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPostsExternal.FINDER-author")
		return
	}
	count, _ := strconv.Atoi(q.Get("count"))
	start, _ := strconv.Atoi(q.Get("start"))
	page := []map[string]any{}
	for i, p := range slices.Backward(s.posts) {
		if p.Deleted || p.Author != author || s.Lag > 0 && i == len(s.posts)-1 {
			continue
		}
		if start--; start < 0 && len(page) < min(count, 100) {
			page = append(page, s.shape(p))
		}
	}
	s.Lag = max(s.Lag-1, 0)
	answerJSON(w, http.StatusOK, map[string]any{"elements": page, "paging": map[string]any{"count": count, "links": []any{}}})
}

func (s *Server) find(id string) *Post {
	i := slices.IndexFunc(s.posts, func(p *Post) bool { return p.ID == id && !p.Deleted })
	if i < 0 {
		return nil
	}
	return s.posts[i]
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	p := s.find(r.PathValue("urn"))
	switch {
	case p != nil && strings.HasPrefix(p.Author, person):
		refuse(w, http.StatusForbidden, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPostsExternal.GET")
	case p == nil:
		refuse(w, http.StatusNotFound, "NOT_FOUND", "Could not find entity")
	default:
		answerJSON(w, http.StatusOK, s.shape(p))
	}
}

// remove answers 204 whether there was a post or not.
func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	p := s.find(r.PathValue("urn"))
	if p != nil && !speaks(s.ownerOf(r), p.Author) {
		refuse(w, http.StatusForbidden, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPostsExternal.DELETE")
		return
	}
	if p != nil {
		p.Deleted = true
	}
	w.WriteHeader(http.StatusNoContent)
}

// special are the characters of little text that mean something.
const special = "|{}@[]()<>#*_~\\"

// Read is what readers see of little text: a hashtag is one as it is; any other special character
// that no backslash stands before ends the text there.
func Read(little string) string {
	var out strings.Builder
	letters := []rune(little)
	for at := 0; at < len(letters); at++ {
		c := letters[at]
		next := rune(0)
		if at+1 < len(letters) {
			next = letters[at+1]
		}
		switch {
		case c == '\\' && next != 0 && strings.ContainsRune(special, next):
			at++
			out.WriteRune(next)
		case c == '#' && (unicode.IsLetter(next) || unicode.IsDigit(next) || unicode.IsMark(next)):
			out.WriteRune(c)
		case strings.ContainsRune(special, c):
			return out.String()
		default:
			out.WriteRune(c)
		}
	}
	return out.String()
}

// written is a text as the server tells it: hashtags are templates, and what is special has a
// backslash.
func written(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		if tag := tagAt(text[at:]); tag != "" {
			out.WriteString(`{hashtag|\#|` + tag + `}`)
			at += 1 + len(tag)
			continue
		}
		c, size := utf8.DecodeRuneInString(text[at:])
		if strings.ContainsRune(special, c) {
			out.WriteByte('\\')
		}
		out.WriteString(text[at : at+size])
		at += size
	}
	return out.String()
}

// tagAt is the hashtag a text begins with, without its sign.
func tagAt(text string) string {
	rest, signed := strings.CutPrefix(text, "#")
	end := strings.IndexFunc(rest, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if end < 0 {
		end = len(rest)
	}
	if !signed {
		return ""
	}
	return rest[:end]
}
