// Package wordpresstest is a site that speaks WordPress' REST API as its documentation tells, with a
// ledger of its own, and misbehaves when told to. It shares nothing with the connector it tests: what
// it shows, and not what we keep, says what was published.
//
// What it does has these sources:
//
//   - developer.wordpress.org/rest-api/reference: posts, media, users and application passwords, which may say who they are (Endless);
//     rest-api/frequently-asked-questions: a site that answers nobody without a password (Closed); rest-api/using-the-rest-api/discovery
//     and routes: the index, which names what is there (Bare), and plain permalinks (Plainly);
//   - WordPress/WordPress, wp-includes, rest-api/endpoints/class-wp-rest-posts-controller.php: 201 with the post, its status
//     (Moderated), rest_cannot_publish and rest_cannot_create (Barred), and rest_after_insert_post, after which a plugin may
//     still end the request with its own error (Plugin), rest_trash_not_supported (Trashless); class-wp-rest-attachments-controller.php: files;
//   - wp-includes/rest-api/class-wp-rest-request.php: rest_invalid_param (Invalid);
//   - wp-includes/post.php, wp_unique_post_slug and wp_trash_post; wp-includes/user.php,
//     wp_authenticate_application_password: incorrect_password (Ended), wp_is_application_passwords_available (Without);
//     wp-includes/kses.php: contents of authors without unfiltered_html (Filters);
//   - wp-includes/load.php, wp_maintenance: 503 during an update (Resting), wp_populate_basic_auth_from_authorization_header:
//     a header that not every web server passes on (Deaf).
//
// Cut, Broken, Silent, Garbage, Fine, Stranger, Wall, Moved, Away, Busy, Large, Mixes, Lag, Drops, Keeps, UUID and Shows are
// documented nowhere: any server, or what stands before it, may do so.
package wordpresstest

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mode is how the site answers the request for a post.
type Mode string

// The modes. All but Honest stay until they are changed.
const (
	// Honest does what is documented.
	Honest Mode = ""
	// Cut publishes and ends the connection without an answer.
	Cut Mode = "cut"
	// Broken publishes and answers 500, as after a fatal error of PHP.
	Broken Mode = "broken"
	// Plugin publishes and answers 400 with the error of a plugin that ran afterwards.
	Plugin Mode = "plugin"
	// Silent publishes and never answers.
	Silent Mode = "silent"
	// Garbage publishes and answers 201 with something else.
	Garbage Mode = "garbage"
	// Fine publishes and answers 200, which is not what is documented.
	Fine Mode = "fine"
	// Stranger publishes and answers as somebody else.
	Stranger Mode = "stranger"
	// Moderated keeps the post as pending, and answers 201.
	Moderated Mode = "moderated"
	// Wall publishes nothing, and answers 403 with a page, as a firewall does.
	Wall Mode = "firewall"
	// Resting publishes nothing, and answers 503, as during an update.
	Resting Mode = "resting"
	// Moved answers 301.
	Moved Mode = "moved"
	// Busy answers 429 with Retry-After.
	Busy Mode = "busy"
	// Invalid answers that a parameter is none.
	Invalid Mode = "invalid"
	// Large answers 413, as a web server does.
	Large Mode = "large"
	// Barred answers that the user may not publish.
	Barred Mode = "barred"
	// Ended answers that the password is none.
	Ended Mode = "ended"
)

// Who there is: an author with an application password, another one, and somebody who may not publish.
// A credential is the name, a colon and the password.
const (
	Author      = 7
	OtherAuthor = 8
	Password    = "abcdEFGH1234ijklMNOP5678"
	Credential  = "herald:" + Password
	OtherPass   = "zyxwVUTS4321rqpoNMLK8765"
	Other       = "omar:" + OtherPass
	WeakPass    = "weakWEAK1234weakWEAK5678"
	Weak        = "nora:" + WeakPass
)

var (
	logins  = map[string]string{"herald": Password, "omar": OtherPass, "nora": WeakPass}
	numbers = map[string]int64{"herald": Author, "omar": OtherAuthor, "nora": 9}
)

// RetryAfter is how many seconds a Busy site wants to be left alone.
const RetryAfter = 7

// Post is one entry of the ledger.
type Post struct {
	ID      int64
	Author  int64
	Slug    string
	Status  string
	Title   string
	Content string
	Excerpt string
	Secret  string
	// Desired is the slug of a post that is in the trash.
	Desired string
}

// Text is what readers see of a post: its title and its paragraphs.
func (p Post) Text() string {
	text := breaks.ReplaceAllString(p.Content, "\n")
	text = ends.ReplaceAllString(text, "\n\n")
	text = html.UnescapeString(tags.ReplaceAllString(text, ""))
	return strings.TrimSpace(html.UnescapeString(p.Title) + "\n\n" + strings.TrimSpace(rows.ReplaceAllString(text, "\n\n")))
}

var (
	breaks = regexp.MustCompile(`<br ?/?>`)
	ends   = regexp.MustCompile(`</p>`)
	tags   = regexp.MustCompile(`(?s)<[^>]*>`)
	rows   = regexp.MustCompile(`\n\s*\n`)
)

// File is what somebody uploaded.
type File struct {
	ID     int64
	Author int64
	Slug   string
	Name   string
	Type   string
	Words  string
	Bytes  []byte
}

// Server is one site. Its fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode
	// Without is a site without application passwords, Bare one whose index names no wp/v2, Plainly one
	// with plain permalinks, Closed one that answers nobody without a password, Deaf one whose web
	// server does not pass the header Authorization on, Away one that sends on to another address.
	Without, Bare, Plainly, Closed, Deaf, Away bool
	// Trashless is a site that keeps no trash.
	Trashless bool
	// Filters writes contents anew, as for authors without unfiltered_html.
	Filters bool
	// Mixes is a site whose lists are of all authors, whoever is asked for.
	Mixes bool
	// Lag is how many lists do not show the newest post yet.
	Lag int
	// Drops is how many uploads are kept and answered 500.
	Drops int
	// Keeps is how many deletions of pictures are answered 500.
	Keeps int
	// Endless is the status with which it refuses to say which application password it was asked with,
	// 0 for none; UUID replaces what it calls it.
	Endless int
	UUID    string
	// Shows replaces a content that is told; nil for the content.
	Shows func(string) string

	mu    sync.Mutex
	next  int64
	posts []Post
	files []File
	asked int
	// made are the users of further application passwords, ended those passwords that were revoked.
	made  map[string]string
	ended []string
	end   chan struct{}
}

// New starts a site that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts a site.
func Start() *Server {
	s := &Server{next: 40, end: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /wp-json/{$}", s.index)
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request, int64){
		"GET /wp-json/wp/v2/users/me":                                  s.whoAmI,
		"GET /wp-json/wp/v2/users/me/application-passwords/introspect": s.introspect, "DELETE /wp-json/wp/v2/users/me/application-passwords/{uuid}": s.revoke,
		"GET /wp-json/wp/v2/posts": s.list, "POST /wp-json/wp/v2/posts": s.create,
		"GET /wp-json/wp/v2/posts/{id}": s.show, "DELETE /wp-json/wp/v2/posts/{id}": s.remove,
		"GET /wp-json/wp/v2/media": s.listFiles, "POST /wp-json/wp/v2/media": s.upload, "DELETE /wp-json/wp/v2/media/{id}": s.removeFile,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.as(w, r, answer) })
	}
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Server.Start()
	return s
}

// Stop ends the site.
func (s *Server) Stop() {
	close(s.end)
	s.Close()
}

// Do changes the site.
func (s *Server) Do(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Visible returns what the site shows to everybody, the oldest first.
func (s *Server) Visible() []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.posts), func(p Post) bool { return p.Status != "publish" || p.Secret != "" })
}

// Uploaded returns the files that the site has.
func (s *Server) Uploaded() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.files)
}

// Asked is how many posts were asked for.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Write publishes a post by other hands, and returns its name.
func (s *Server) Write(p Post) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strconv.FormatInt(s.add(p).ID, 10)
}

// Edit changes a post by other hands.
func (s *Server) Edit(id string, change func(*Post)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.posts {
		if strconv.FormatInt(s.posts[i].ID, 10) == id {
			change(&s.posts[i])
		}
	}
}

func answerJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// refuse answers as WP_Error does.
func refuse(w http.ResponseWriter, status int, code, message string) {
	answerJSON(w, status, map[string]any{"code": code, "message": message, "data": map[string]any{"status": status}})
}

// as answers as the user whose application password a request carries.
func (s *Server) as(w http.ResponseWriter, r *http.Request, answer func(http.ResponseWriter, *http.Request, int64)) {
	user, password, given := r.BasicAuth()
	s.mu.Lock()
	plain, deaf := s.Plainly, s.Deaf
	known := (logins[user] == password || s.made[password] == user) && !slices.Contains(s.ended, password)
	s.mu.Unlock()
	switch {
	case plain:
		http.NotFound(w, r)
	case deaf || !given:
		refuse(w, http.StatusUnauthorized, "rest_not_logged_in", "You are not currently logged in.")
	case logins[user] == "":
		refuse(w, http.StatusUnauthorized, "invalid_username", "Unknown username. Check again or try your email address.")
	case !known:
		refuse(w, http.StatusUnauthorized, "incorrect_password", "The provided password is an invalid application password.")
	default:
		answer(w, r, numbers[user])
	}
}

// index tells what the site speaks, to whoever asks.
func (s *Server) index(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.Plainly:
		http.NotFound(w, r)
		return
	case s.Closed:
		refuse(w, http.StatusUnauthorized, "rest_login_required", "REST API restricted to authenticated users.")
		return
	case s.Away:
		http.Redirect(w, r, "https://www.example.com/wp-json/", http.StatusMovedPermanently)
		return
	}
	namespaces, ways := []string{"oembed/1.0", "wp/v2"}, any([]string{})
	if s.Bare {
		namespaces = namespaces[:1]
	}
	if !s.Without {
		ways = map[string]any{"application-passwords": map[string]any{"endpoints": map[string]string{"authorization": s.URL + "/wp-admin/authorize-application.php"}}}
	}
	answerJSON(w, http.StatusOK, map[string]any{"name": "News", "url": s.URL, "home": s.URL, "namespaces": namespaces, "authentication": ways})
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request, author int64) {
	user, _, _ := r.BasicAuth()
	may := map[string]any{"read": true, "level_0": true, "edit_posts": true, "delete_posts": true}
	if author != numbers["nora"] {
		for _, c := range []string{"publish_posts", "edit_published_posts", "delete_published_posts"} {
			may[c] = true
		}
		may["upload_files"] = 1
	}
	who := map[string]any{"id": author, "name": user, "slug": user}
	if r.URL.Query().Get("context") == "edit" {
		who["username"], who["capabilities"] = user, may
	}
	answerJSON(w, http.StatusOK, who)
}

// create makes a post. Of a taken slug it makes another.
func (s *Server) create(w http.ResponseWriter, r *http.Request, author int64) {
	var asked struct {
		Title   string `json:"title"`
		Content string `json:"content"`
		Slug    string `json:"slug"`
		Status  string `json:"status"`
	}
	if json.NewDecoder(r.Body).Decode(&asked) != nil {
		refuse(w, http.StatusBadRequest, "rest_invalid_json", "Invalid JSON body passed.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.refuses(w) {
		return
	}
	switch {
	case asked.Title == "" && asked.Content == "":
		refuse(w, http.StatusBadRequest, "empty_content", "Content, title, and excerpt are empty.")
		return
	case asked.Status != "publish":
		asked.Status = "draft"
	case s.Mode == Moderated:
		asked.Status = "pending"
	}
	if s.Filters {
		asked.Content = filter(asked.Content)
	}
	s.tell(w, r, s.add(Post{Author: author, Slug: asked.Slug, Status: asked.Status, Title: asked.Title, Content: asked.Content}))
}

// filter writes a content as kses.php does for authors.
func filter(content string) string {
	content = strings.NewReplacer("<br>", "<br />", "/>", " />", "&#x5B;", "&#x5b;", "&quot;", "&#034;").Replace(content)
	return strings.ReplaceAll(content, "  />", " />")
}

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	switch s.Mode {
	case Wall:
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<html>Request blocked.</html>")
	case Resting:
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "<h1>Briefly unavailable for scheduled maintenance. Check back in a minute.</h1>")
	case Moved:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusMovedPermanently)
	case Busy:
		w.Header().Set("Retry-After", strconv.Itoa(RetryAfter))
		w.WriteHeader(http.StatusTooManyRequests)
	case Invalid:
		refuse(w, http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): status\u202e "+Password[:5])
	case Large:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	case Barred:
		refuse(w, http.StatusForbidden, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type.")
	case Ended:
		refuse(w, http.StatusUnauthorized, "incorrect_password", "The provided password is an invalid application password.")
	default:
		return false
	}
	return true
}

// add keeps a post under a slug of its own.
func (s *Server) add(p Post) Post {
	s.next++
	p.ID, p.Slug = s.next, s.free(p.Slug)
	s.posts = append(s.posts, p)
	return p
}

// free is the slug, or the first one made of it that is not taken.
func (s *Server) free(slug string) string {
	for i := 1; ; i++ {
		name := slug
		if i > 1 {
			name = fmt.Sprintf("%s-%d", slug, i)
		}
		if !slices.ContainsFunc(s.posts, func(p Post) bool { return p.Slug == name }) {
			return name
		}
	}
}

// tell answers the request for a post that exists.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, p Post) {
	made := s.shape(p)
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		refuse(w, http.StatusInternalServerError, "internal_server_error", "There has been a critical error on this website.")
	case Plugin:
		refuse(w, http.StatusBadRequest, "acf_rest_failed", "Failed to update the fields.")
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Garbage:
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Fine:
		answerJSON(w, http.StatusOK, made)
	case Stranger:
		made["author"] = OtherAuthor
		answerJSON(w, http.StatusCreated, made)
	default:
		answerJSON(w, http.StatusCreated, made)
	}
}

func (s *Server) shape(p Post) map[string]any {
	content := p.Content
	if s.Shows != nil {
		content = s.Shows(content)
	}
	return map[string]any{
		"id": p.ID, "author": p.Author, "slug": p.Slug, "status": p.Status, "type": "post", "password": p.Secret,
		"date_gmt": time.Date(2025, 11, 25, 8, 0, 0, 0, time.UTC).Format("2006-01-02T15:04:05"), "link": s.URL + "/2025/11/25/" + p.Slug + "/",
		"title":   map[string]any{"raw": p.Title, "rendered": p.Title},
		"content": map[string]any{"raw": content, "rendered": content, "protected": p.Secret != ""},
		"excerpt": map[string]any{"raw": p.Excerpt, "rendered": "<p>…</p>"},
	}
}

// list tells posts by their slugs and states.
func (s *Server) list(w http.ResponseWriter, r *http.Request, _ int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	wanted, states := strings.Split(query.Get("slug"), ","), strings.Split(query.Get("status"), ",")
	found := []map[string]any{}
	for i, p := range s.posts {
		late := s.Lag > 0 && i == len(s.posts)-1
		mine := s.Mixes || query.Get("author") == "" || query.Get("author") == strconv.FormatInt(p.Author, 10)
		if !late && mine && slices.Contains(states, p.Status) && slices.Contains(wanted, p.Slug) {
			found = append(found, s.shape(p))
		}
	}
	if len(s.posts) > 0 {
		s.Lag = max(s.Lag-1, 0)
	}
	answerJSON(w, http.StatusOK, found)
}

// find returns a post that the author may edit, or answers that there is none.
func (s *Server) find(w http.ResponseWriter, r *http.Request, author int64) *Post {
	i := slices.IndexFunc(s.posts, func(p Post) bool { return strconv.FormatInt(p.ID, 10) == r.PathValue("id") })
	switch {
	case i < 0:
		refuse(w, http.StatusNotFound, "rest_post_invalid_id", "Invalid post ID.")
	case s.posts[i].Author != author && author != Author:
		refuse(w, http.StatusForbidden, "rest_forbidden_context", "Sorry, you are not allowed to edit this post.")
	default:
		return &s.posts[i]
	}
	return nil
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, author int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.find(w, r, author); p != nil {
		answerJSON(w, http.StatusOK, s.shape(*p))
	}
}

// remove moves a post to the trash, where its slug is another, or deletes it for good.
func (s *Server) remove(w http.ResponseWriter, r *http.Request, author int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(w, r, author)
	switch good := r.URL.Query().Get("force") == "true"; {
	case p == nil:
	case good:
		before := s.shape(*p)
		s.posts = slices.DeleteFunc(s.posts, func(x Post) bool { return x.ID == p.ID })
		answerJSON(w, http.StatusOK, map[string]any{"deleted": true, "previous": before})
	case s.Trashless:
		refuse(w, http.StatusNotImplemented, "rest_trash_not_supported", "The post does not support trashing. Set 'force=true' to delete.")
	case p.Status == "trash":
		refuse(w, http.StatusGone, "rest_already_trashed", "The post has already been deleted.")
	default:
		p.Status, p.Desired, p.Slug = "trash", p.Slug, p.Slug+"__trashed"
		answerJSON(w, http.StatusOK, s.shape(*p))
	}
}

// upload keeps a file with its words.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, author int64) {
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		refuse(w, http.StatusBadRequest, "rest_upload_no_data", "No data supplied.")
		return
	}
	from, head, err := r.FormFile("file")
	if err != nil || head.Filename == "" {
		refuse(w, http.StatusBadRequest, "rest_upload_no_data", "No data supplied.")
		return
	}
	data, _ := io.ReadAll(from)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	f := File{
		ID: s.next, Author: author, Slug: r.FormValue("slug"), Name: head.Filename, Type: head.Header.Get("Content-Type"),
		Words: r.FormValue("alt_text"), Bytes: data,
	}
	s.files = append(s.files, f)
	if s.Drops > 0 {
		s.Drops--
		refuse(w, http.StatusInternalServerError, "internal_server_error", "There has been a critical error on this website.")
		return
	}
	answerJSON(w, http.StatusCreated, s.fileShape(f))
}

func (s *Server) fileShape(f File) map[string]any {
	return map[string]any{
		"id": f.ID, "author": f.Author, "slug": f.Slug, "status": "inherit", "type": "attachment", "media_type": "image", "mime_type": f.Type,
		"alt_text": f.Words, "source_url": s.URL + "/wp-content/uploads/2025/11/" + f.Name,
	}
}

func (s *Server) listFiles(w http.ResponseWriter, r *http.Request, _ int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []map[string]any{}
	for _, f := range s.files {
		if f.Slug == r.URL.Query().Get("slug") {
			found = append(found, s.fileShape(f))
		}
	}
	answerJSON(w, http.StatusOK, found)
}

// removeFile deletes a file for good: for files there is no trash.
func (s *Server) removeFile(w http.ResponseWriter, r *http.Request, _ int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.files, func(f File) bool { return strconv.FormatInt(f.ID, 10) == r.PathValue("id") })
	switch {
	case i < 0:
		refuse(w, http.StatusNotFound, "rest_post_invalid_id", "Invalid post ID.")
	case s.Keeps > 0:
		s.Keeps--
		refuse(w, http.StatusInternalServerError, "rest_cannot_delete", "The post cannot be deleted.")
	case r.URL.Query().Get("force") != "true":
		refuse(w, http.StatusNotImplemented, "rest_trash_not_supported", "The post does not support trashing. Set 'force=true' to delete.")
	default:
		before := s.fileShape(s.files[i])
		s.files = slices.Delete(s.files, i, i+1)
		answerJSON(w, http.StatusOK, map[string]any{"deleted": true, "previous": before})
	}
}
