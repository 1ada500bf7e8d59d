package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// handler answers one request of somebody who is signed in. What it returns as an error is shown
// in the service's own words; it must not have written anything by then.
type handler func(v *visitor) error

// route is one address of the pages: what it answers, and which changing calls of the public API
// it may make, such as "PostService/SubmitPost". Reading needs no mention.
type route struct {
	pattern string
	calls   []string
	serve   handler
}

var (
	// errNobody says that nobody is signed in to the workspace.
	errNobody = errors.New("nobody is signed in")
	// errMissing says that the address is of nothing.
	errMissing = errors.New("there is nothing here")
)

// maxPost is the largest form a page takes: a text for each of many accounts.
const maxPost = 1 << 20

// visitor is one request of somebody who is signed in to a workspace.
type visitor struct {
	site  *site
	w     http.ResponseWriter
	r     *http.Request
	token string
	// ctx carries the session and the language to the API.
	ctx  context.Context
	conn grpc.ClientConnInterface
	// workspace is the id of the workspace the address names.
	workspace string
	language  string
	me        *imprimaturv1.Session
	zone      *time.Location
	space     *imprimaturv1.Workspace
	members   map[string]*imprimaturv1.Member
	accounts  map[string]*imprimaturv1.SocialAccount
	// wordings are beginnings of posts by their names.
	wordings map[string]string
}

// handle serves a route for whoever is signed in to its workspace; others are asked to sign in
// first, and come back.
func (s *site) handle(mux *http.ServeMux, t route) {
	mux.HandleFunc(t.pattern, func(w http.ResponseWriter, r *http.Request) {
		if t.form() {
			r.Body = http.MaxBytesReader(w, r.Body, maxPost)
		}
		p := s.page(r, "notice")
		v := &visitor{
			site: s, w: w, r: r, conn: door{s.API, &t}, workspace: r.PathValue("workspace"), language: p.Language,
			members: make(map[string]*imprimaturv1.Member), accounts: make(map[string]*imprimaturv1.SocialAccount),
		}
		err := v.enter()
		if err == nil && !t.plain() {
			err = v.meet()
		}
		if err == nil {
			err = t.serve(v)
		}
		switch {
		case err == nil:
		case r.Context().Err() != nil: // nobody waits for the answer
		case errors.Is(err, errNobody), status.Code(err) == codes.Unauthenticated:
			v.leave()
		case errors.Is(err, errMissing):
			s.missing(w, r)
		default:
			s.refuse(w, r, v.page("refusal", ""), err)
		}
	})
}

// form tells whether a route takes a small form rather than a file, which says its own limit.
func (t *route) form() bool {
	return strings.HasPrefix(t.pattern, "POST ") && !strings.HasSuffix(t.pattern, "/media") && !strings.HasSuffix(t.pattern, "/imports") &&
		!strings.HasSuffix(t.pattern, "/uploads/{upload}")
}

// plain tells whether a route answers with a file, for which nobody needs to be known by name: the one
// call it makes asks who is there.
func (t *route) plain() bool { return strings.HasSuffix(t.pattern, "/media/{media}") }

// enter finds the session that the visitor brings.
func (v *visitor) enter() error {
	v.token = cookie(v.r, sessionCookie+v.workspace)
	if !wellFormed(v.token) {
		return errNobody
	}
	v.ctx = v.site.speaking(v.r, v.token, v.language)
	return nil
}

// meet finds out who asks, and where.
func (v *visitor) meet() error {
	ctx := v.ctx
	err := together(func() (err error) {
		v.me, err = imprimaturv1.NewSessionServiceClient(v.conn).GetSession(ctx, &imprimaturv1.GetSessionRequest{Name: v.name("sessions", "current")})
		return err
	}, func() (err error) {
		v.space, err = imprimaturv1.NewWorkspaceServiceClient(v.conn).GetWorkspace(ctx, &imprimaturv1.GetWorkspaceRequest{Name: v.parent()})
		return err
	})
	if err != nil {
		return err
	}
	// Who chose no language is spoken to in his or her own.
	if own := v.me.GetLanguage(); own != "" && chosenLanguage(v.r) == "" {
		v.language = catalogue.Match(own, v.language)
		v.ctx = v.site.speaking(v.r, v.token, v.language)
	}
	if v.zone, err = time.LoadLocation(v.space.GetTimeZone()); err != nil {
		v.zone = time.UTC
	}
	return nil
}

// together makes calls that need nothing of each other at the same time, and returns the first error.
func together(calls ...func() error) error {
	var all errgroup.Group
	for _, call := range calls {
		all.Go(call)
	}
	return all.Wait()
}

// leave sends somebody whose session has ended, or who has none, to sign in and back here.
func (v *visitor) leave() {
	if cookie(v.r, sessionCookie+v.workspace) != "" {
		v.site.setCookie(v.w, sessionCookie+v.workspace, "", "/", 0)
	}
	to := "/sign-in"
	if v.r.Method == http.MethodGet {
		to += "?next=" + url.QueryEscape(v.r.URL.RequestURI())
	}
	redirect(v.w, v.r, to)
}

// wellFormed tells whether something can be a session's token.
func wellFormed(token string) bool {
	return token != "" && len(token) <= maxToken && !strings.ContainsFunc(token, func(c rune) bool { return c < '!' || c > '~' })
}

// speaking is a request's context with who asks and in which language.
func (s *site) speaking(r *http.Request, token, language string) context.Context {
	ctx := metadata.AppendToOutgoingContext(r.Context(), "accept-language", language)
	if token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	return ctx
}

// parent is the workspace's resource name.
func (v *visitor) parent() string { return "workspaces/" + v.workspace }

// name is the resource name of something in the workspace, from pairs of a collection and an id.
func (v *visitor) name(parts ...string) string { return v.parent() + "/" + strings.Join(parts, "/") }

// named is the resource name of what the address names: the values of the given parts of the
// pattern, each behind its collection, as in named("posts", "post").
func (v *visitor) named(pairs ...string) string {
	name := v.parent()
	for i := 0; i+1 < len(pairs); i += 2 {
		name += "/" + pairs[i] + "/" + v.r.PathValue(pairs[i+1])
	}
	return name
}

// at is the address of a page of the workspace.
func (v *visitor) at(path string) string { return "/w/" + v.workspace + path }

// may tells whether the visitor holds a permission.
func (v *visitor) may(permission string) bool {
	return slices.Contains(v.me.GetPermissions(), permission)
}

// form is a field of the form, without the space around it.
func (v *visitor) form(field string) string { return strings.TrimSpace(v.r.PostFormValue(field)) }

// text is a text of the form as it was written, with the line ends people mean.
func (v *visitor) text(field string) string {
	return strings.ReplaceAll(v.r.PostFormValue(field), "\r\n", "\n")
}

// requestID is the form's own: sent twice, a form acts once.
func (v *visitor) requestID() string { return v.form("request_id") }

// shown is the page's part of the address that a form stood on, for going back there.
func (v *visitor) back(otherwise string) string {
	if back := v.r.PostFormValue("back"); v.inside(back) {
		return back
	}
	return v.at(otherwise)
}

// inside tells whether an address is one of the workspace's own pages.
func (v *visitor) inside(address string) bool {
	return local(address) && strings.HasPrefix(address, v.at("/"))
}

// said is a sentence about what was just done.
type said struct {
	Key  string            `json:"k"`
	Args map[string]string `json:"a,omitempty"`
}

// done leads to the next page, which says what was done: a message of the catalogue whose key
// begins with "web.said.", with pairs of names and values.
func (v *visitor) done(to, key string, pairs ...string) error {
	data, err := json.Marshal(said{Key: key, Args: arguments(pairs)})
	if err != nil {
		return err
	}
	v.site.setCookie(v.w, saidCookie, base64.RawURLEncoding.EncodeToString(data), "/", time.Minute)
	redirect(v.w, v.r, to)
	return nil
}

// heard takes the sentence that the page before left, nil when there is none.
func (s *site) heard(w http.ResponseWriter, r *http.Request) *said {
	value := cookie(r, saidCookie)
	if value == "" {
		return nil
	}
	s.setCookie(w, saidCookie, "", "/", 0)
	data, err := base64.RawURLEncoding.DecodeString(value)
	var one said
	if err != nil || json.Unmarshal(data, &one) != nil || !strings.HasPrefix(one.Key, "web.said.") {
		return nil
	}
	return &one
}

// member finds a person by resource name; somebody who cannot be read is nobody.
func (v *visitor) member(name string) *imprimaturv1.Member {
	m, known := v.members[name]
	if !known && name != "" {
		m, _ = imprimaturv1.NewMemberServiceClient(v.conn).GetMember(v.ctx, &imprimaturv1.GetMemberRequest{Name: name})
		v.members[name] = m
	}
	return m
}

// account finds a social account by resource name; one that cannot be read is none.
func (v *visitor) account(name string) *imprimaturv1.SocialAccount {
	a, known := v.accounts[name]
	if !known && name != "" {
		a, _ = imprimaturv1.NewSocialAccountServiceClient(v.conn).GetSocialAccount(v.ctx, &imprimaturv1.GetSocialAccountRequest{Name: name})
		v.accounts[name] = a
	}
	return a
}

// arguments reads pairs of names and values.
func arguments(pairs []string) map[string]string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return args
}
