package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"google.golang.org/grpc"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// Options say what the page tells and where it leads.
type Options struct {
	// PublicURL is where people reach the service, without a slash at the end.
	PublicURL string
	// Language is spoken to visitors whose browser asks for none of ours.
	Language string
	// Wall, Health and Metrics are addresses on this service, such as "/wall"; an empty
	// one is not shown.
	Wall    string
	Health  string
	Metrics string
	// Chooser lets visitors be anybody it lists. Only a demo has one; nil otherwise.
	Chooser Chooser
	// API is the public API, the only thing the pages ask. Without it there are only those for
	// people who are not signed in.
	API    grpc.ClientConnInterface
	Logger *slog.Logger
}

// Chooser lists people one can be without proof, and signs visitors in as them.
type Chooser interface {
	// People lists them in the order they are shown.
	People(ctx context.Context) ([]*imprimaturv1.Member, error)
	// SignIn returns a fresh session, with its token, of the member with the resource
	// name, or nil when it is nobody of People.
	SignIn(ctx context.Context, member string) (*imprimaturv1.Session, error)
}

// site is the handler of the page.
type site struct {
	Options
	host   string
	assets assets
	pages  pages
}

// New returns the handler of /, /sign-in, /preferences, /favicon.svg and /assets/; with an API of
// /connect and of each workspace's pages below /w/; with a Chooser of /demo/sign-in. What it does
// not know it answers with a page that says so.
func New(o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &site{Options: o, assets: ownAssets(), pages: ownPages()}
	if u, err := url.Parse(o.PublicURL); err == nil {
		s.host = u.Host
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.front)
	mux.HandleFunc("GET /sign-in", s.signIn)
	mux.HandleFunc("POST /preferences", s.prefer)
	mux.HandleFunc("GET /favicon.svg", s.favicon)
	mux.HandleFunc("GET /assets/{name}", s.asset)
	if o.Chooser != nil {
		mux.HandleFunc("POST /demo/sign-in", s.choose)
		mux.HandleFunc("GET /design", s.design)
	}
	if o.API != nil {
		mux.HandleFunc("POST /sign-in", s.useLink)
		mux.HandleFunc("GET /connect/callback", s.callback)
		mux.HandleFunc("GET /connect", s.connect)
		mux.HandleFunc("POST /connect", s.complete)
		for _, t := range routes() {
			s.handle(mux, t)
		}
	}
	mux.HandleFunc("/", s.missing)
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

// routes lists what is below a workspace, from the file of each page.
func routes() []route {
	return slices.Concat(houseRoutes, libraryRoutes, postRoutes, composeRoutes, uploadRoutes, calendarRoutes, queueRoutes, publicationRoutes,
		holdRoutes, recallRoutes, deskRoutes, policyRoutes, trainingRoutes, peopleRoutes, accountRoutes, settingRoutes, auditRoutes)
}

// policy allows this origin's own files and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// front says what this is, and how to begin; who is signed in already goes on.
func (s *site) front(w http.ResponseWriter, r *http.Request) {
	p := s.page(r, "front")
	if s.Chooser == nil {
		open := workspaces(r)
		if len(open) == 1 {
			redirect(w, r, "/w/"+open[0])
			return
		}
		p.Data = open
	} else {
		members, err := s.Chooser.People(r.Context())
		if err != nil {
			s.failed(w, r, err)
			return
		}
		p.Data = people(p.Language, members)
	}
	s.show(w, r, http.StatusOK, p)
}

func (s *site) missing(w http.ResponseWriter, r *http.Request) {
	s.notice(w, r, http.StatusNotFound, "web.missing.title", "web.missing.text")
}

// failed shows that something of ours broke; the cause goes to the log only.
func (s *site) failed(w http.ResponseWriter, r *http.Request, err error) {
	s.Logger.ErrorContext(r.Context(), "page", "path", r.URL.Path, "error", err)
	s.notice(w, r, http.StatusInternalServerError, "web.failed.title", "error.INTERNAL")
}

// notice shows a heading and a sentence.
func (s *site) notice(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	p := s.page(r, "notice")
	p.Title, p.Text = p.T(title), p.T(text)
	s.show(w, r, status, p)
}
