package wall

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Files opens what entries show.
type Files interface {
	Open(ctx context.Context, w advocacy.WorkspaceID, digest string) (io.ReadSeeker, error)
}

// Site is what a wall says about its workspace.
type Site struct {
	// Name is the company's, as the public knows it.
	Name string
	// Language is the BCP 47 tag of the page's own words, English or French; Zone is the
	// time zone its times are told in, UTC when nil.
	Language string
	Zone     *time.Location
}

// HandlerOptions say where a Handler finds things.
type HandlerOptions struct {
	Store Store
	Files Files
	// BaseURL is the scheme and host the public reaches the service by.
	BaseURL string
	// Site describes a workspace; NotFound when it has no wall.
	Site func(ctx context.Context, w advocacy.WorkspaceID) (Site, error)
	// Default is where /wall leads, empty for a page that explains.
	Default advocacy.WorkspaceID
	// PageSize is the number of entries of a page and a feed, 20 when zero.
	PageSize int
	// Log receives what went wrong inside; nowhere when nil.
	Log *slog.Logger
}

// Handler serves the walls of all workspaces, for GET and HEAD, under /wall:
//
//	/wall                              the default workspace's, or an explanation
//	/wall/{workspace}                  the newest entries, older ones by ?before=
//	/wall/{workspace}/{publication}    one entry
//	/wall/{workspace}/feed.atom        the same entries as Atom
//	/wall/{workspace}/media/{hex}      a file some visible entry shows
//	/wall/wall.css                     the style
//
// It needs no session and sets no cookie.
type Handler struct {
	o    HandlerOptions
	base string
}

const defaultPageSize = 20

// NewHandler returns a handler.
func NewHandler(o HandlerOptions) *Handler {
	if o.PageSize <= 0 {
		o.PageSize = defaultPageSize
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Handler{o: o, base: strings.TrimRight(o.BaseURL, "/")}
}

// errGone is an entry that was taken back.
var errGone = errors.New("the entry was taken back")

// visit is one request to one wall.
type visit struct {
	*Handler
	w         http.ResponseWriter
	r         *http.Request
	workspace advocacy.WorkspaceID
	site      Site
	words     *words
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	// The data block of an entry's metadata is not executed, so no script is allowed.
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	v := &visit{Handler: h, w: w, r: r, words: wordsFor("")}
	var err error
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		err = errMethod
	} else {
		err = v.route()
	}
	if err != nil {
		v.fail(err)
	}
}

var errMethod = errors.New("only GET and HEAD are served")

// route serves the path below /wall. It is read strictly: what is not one of the six
// forms is not found.
func (v *visit) route() error {
	rest, ok := strings.CutPrefix(v.r.URL.Path, root)
	parts := strings.Split(rest, "/")
	if !ok || parts[0] != "" {
		return missing()
	}
	switch {
	case len(parts) == 1:
		return v.front()
	case len(parts) == 2 && parts[1] == "":
		return v.redirect(root)
	case len(parts) == 2 && parts[1] == styleName:
		return v.style()
	}
	if err := v.enter(parts[1]); err != nil {
		return err
	}
	switch {
	case len(parts) == 2:
		return v.page()
	case len(parts) == 3 && parts[2] == "":
		return v.redirect(wallPath(v.workspace))
	case len(parts) == 3 && parts[2] == "feed.atom":
		return v.feed()
	case len(parts) == 3:
		return v.entry(parts[2])
	case len(parts) == 4 && parts[2] == "media":
		return v.media(parts[3])
	}
	return missing()
}

func missing() error { return advocacy.Missing("PAGE_NOT_FOUND", "there is no such page") }

// enter finds the workspace a path names.
func (v *visit) enter(name string) error {
	if !plain(name) {
		return missing()
	}
	site, err := v.o.Site(v.r.Context(), advocacy.WorkspaceID(name))
	if err != nil {
		return err
	}
	v.workspace, v.site, v.words = advocacy.WorkspaceID(name), site, wordsFor(site.Language)
	return nil
}

// front leads to the default wall, or says that the address is not complete.
func (v *visit) front() error {
	if v.o.Default == "" {
		return v.notice(http.StatusNotFound, v.words.FrontTitle, v.words.Front)
	}
	if err := v.enter(string(v.o.Default)); err != nil {
		return err
	}
	return v.redirect(wallPath(v.workspace))
}

func (v *visit) redirect(path string) error {
	v.w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(v.w, v.r, path, http.StatusFound)
	return nil
}

// media serves a file, as long as some visible entry shows it. Readers keep it for
// good, since its name is its digest; caches between us and them ask again after a
// minute, so that a recall reaches everybody.
func (v *visit) media(name string) error {
	blob := advocacy.Digest("sha256:" + name)
	if !blob.Valid() {
		return missing()
	}
	shown, err := v.o.Store.ShowsBlob(v.r.Context(), v.workspace, string(blob))
	if err != nil {
		return err
	}
	if !shown {
		return missing()
	}
	file, err := v.o.Files.Open(v.r.Context(), v.workspace, string(blob))
	if err != nil {
		return err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	// The type is read from the bytes, never believed.
	kind := advocacy.SniffMedia(head[:n])
	if kind == "" { // guard: nothing is served but what is accepted
		return missing()
	}
	header := v.w.Header()
	header.Set("Content-Type", kind)
	if advocacy.MediaKindOf(kind) == advocacy.KindDocument { // guard: a document is handed out, not opened
		header.Set("Content-Disposition", "attachment")
	}
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Cache-Control", "public, max-age=31536000, s-maxage=60, immutable")
	header.Set("ETag", `"`+name+`"`)
	http.ServeContent(v.w, v.r, "", time.Time{}, file)
	return nil
}

// send answers with a page or a feed. Every reader asks again each time: what was taken
// back must not be shown from a cache.
//
// There is no If-Modified-Since here on purpose: taking back an old entry changes the
// page and not the date of its newest entry.
func (v *visit) send(kind string, body []byte) error {
	header := v.w.Header()
	header.Set("Content-Type", kind)
	header.Set("Cache-Control", "no-cache")
	header.Set("ETag", etag(body))
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// fail answers with a page in words.
func (v *visit) fail(err error) {
	w := v.words
	switch {
	case errors.Is(err, errGone):
		err = v.notice(http.StatusGone, w.GoneTitle, w.Gone)
	case errors.Is(err, errMethod):
		err = v.notice(http.StatusMethodNotAllowed, w.MethodTitle, w.Method)
	case advocacy.KindOf(err) == advocacy.NotFound, advocacy.KindOf(err) == advocacy.Invalid:
		err = v.notice(http.StatusNotFound, w.MissingTitle, w.Missing)
	case advocacy.KindOf(err) == advocacy.Unavailable:
		v.w.Header().Set("Retry-After", "5")
		err = v.notice(http.StatusServiceUnavailable, w.BusyTitle, w.Busy)
	default:
		v.o.Log.ErrorContext(v.r.Context(), "wall page", "path", v.r.URL.Path, "error", err)
		err = v.notice(http.StatusInternalServerError, w.BrokenTitle, w.Broken)
	}
	if err != nil {
		v.o.Log.ErrorContext(v.r.Context(), "wall notice", "error", err)
		http.Error(v.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}
