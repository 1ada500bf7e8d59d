package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

const (
	// sessionCookie is followed by the workspace's id: somebody may be signed in to several. No
	// script reads it, and other sites' forms do not carry it.
	sessionCookie = "imprimatur-session-"
	// languageCookie and themeCookie keep what somebody chose for this browser.
	languageCookie = "imprimatur-language"
	themeCookie    = "imprimatur-theme"
	// saidCookie carries one sentence to the page that comes after a change.
	saidCookie = "imprimatur-said"
	// choiceLife is how long a browser keeps a choice.
	choiceLife = 365 * 24 * time.Hour
	// maxToken is more than a session's token has.
	maxToken = 200
)

// setCookie sets a cookie, or removes it when there is nothing in it; a life of 0 lasts as long as
// the browser's own session.
func (s *site) setCookie(w http.ResponseWriter, name, value, path string, life time.Duration) {
	c := &http.Cookie{
		Name: name, Value: value, Path: path, MaxAge: int(life / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.PublicURL, "https://"),
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// cookie reads a cookie, "" when there is none.
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// workspaces lists those this browser is signed in to, by id.
func workspaces(r *http.Request) []string {
	var ids []string
	for _, c := range r.Cookies() {
		if id, found := strings.CutPrefix(c.Name, sessionCookie); found && id != "" && c.Value != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// enter keeps a session in this browser and leads to its workspace's first page.
func (s *site) enter(w http.ResponseWriter, r *http.Request, session *imprimaturv1.Session) {
	workspace := workspaceOf(session.GetName())
	life := max(time.Until(session.GetExpireTime().AsTime()), time.Second)
	s.setCookie(w, sessionCookie+workspace, session.GetToken(), "/", life)
	to := "/w/" + workspace
	if next := r.PostFormValue("next"); strings.HasPrefix(next, to+"/") && local(next) {
		to = next
	}
	redirect(w, r, to)
}

// local tells whether an address stays on this service.
func local(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\\r\n\t")
}

// workspaceOf returns the id of the workspace that a resource is in.
func workspaceOf(name string) string {
	_, rest, _ := strings.Cut(name, "/")
	id, _, _ := strings.Cut(rest, "/")
	return id
}

// redirect leads to another page, which is then asked for with GET.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// signIn shows the page that a one-time link opens. It uses nothing up: mail scanners open
// every link.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	s.askToSignIn(w, r, http.StatusOK, r.URL.Query().Get("next"), false)
}

// signingIn is what the page of signing in is given.
type signingIn struct {
	// Next is where to go afterwards, Refused says that a link did not work.
	Next    string
	Refused bool
}

func (s *site) askToSignIn(w http.ResponseWriter, r *http.Request, code int, next string, refused bool) {
	if !local(next) {
		next = ""
	}
	p := s.page(r, "sign-in")
	p.Path, p.Data = "/sign-in", signingIn{Next: next, Refused: refused}
	s.show(w, r, code, p)
}

// useLink signs somebody in with the secret of a one-time link, which the page took from behind
// the # of its address, or a person pasted.
func (s *site) useLink(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	secret := strings.TrimSpace(r.PostFormValue("secret"))
	if _, after, whole := strings.Cut(secret, "#"); whole {
		secret = after
	}
	next := r.PostFormValue("next")
	if secret == "" || len(secret) > maxToken {
		s.askToSignIn(w, r, http.StatusUnprocessableEntity, next, true)
		return
	}
	p := s.page(r, "sign-in")
	conn := door{s.API, &route{pattern: "POST /sign-in", calls: []string{"SessionService/CreateSession"}}}
	session, err := imprimaturv1.NewSessionServiceClient(conn).CreateSession(s.speaking(r, "", p.Language), &imprimaturv1.CreateSessionRequest{LinkSecret: secret})
	switch status.Code(err) {
	case codes.OK:
		s.enter(w, r, session)
	case codes.NotFound, codes.InvalidArgument:
		s.askToSignIn(w, r, http.StatusUnprocessableEntity, next, true)
	default:
		s.refuse(w, r, p, err)
	}
}

// signOut ends the session at the service, so that it is of no use to anybody, and forgets it.
func signOut(v *visitor) error {
	_, err := imprimaturv1.NewSessionServiceClient(v.conn).DeleteSession(v.ctx, &imprimaturv1.DeleteSessionRequest{Name: v.name("sessions", "current")})
	if err != nil && status.Code(err) != codes.Unauthenticated {
		return err
	}
	v.site.setCookie(v.w, sessionCookie+v.workspace, "", "/", 0)
	redirect(v.w, v.r, "/")
	return nil
}

// prefer keeps the language and the theme somebody chose in this browser.
func (s *site) prefer(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if language := r.PostFormValue("language"); language == "en" || language == "fr" {
		s.setCookie(w, languageCookie, language, "/", choiceLife)
	}
	switch theme := r.PostFormValue("theme"); theme {
	case "light", "dark":
		s.setCookie(w, themeCookie, theme, "/", choiceLife)
	case "system":
		s.setCookie(w, themeCookie, "", "/", 0)
	}
	back := r.PostFormValue("back")
	if !local(back) {
		back = "/"
	}
	redirect(w, r, back)
}
