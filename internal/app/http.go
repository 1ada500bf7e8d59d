package app

import (
	"context"
	"crypto/hmac"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/gateway"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/web"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// handler is everything on the one port: gRPC by its content type, REST below /v1, the
// wall, the pages.
func (s *Service) handler(ctx context.Context, server *grpc.Server, conn grpc.ClientConnInterface, m *meter, chooser web.Chooser) (http.Handler, error) {
	rest, err := gateway.New(ctx, gateway.Options{Conn: conn, Words: wordsFor})
	if err != nil {
		return nil, err
	}
	newsroom, err := s.newsroom(ctx)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/", rest)
	mux.Handle("/openapi.json", rest)
	mux.Handle("/wall", newsroom)
	mux.Handle("/wall/", newsroom)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /blobs/{workspace}/{blob}/{seal}", s.blob)
	options := web.Options{
		PublicURL: s.publicURL(), Wall: "/wall", Health: "/healthz", Chooser: chooser, Logger: s.Logger,
		API: conn,
	}
	if s.Config.Metrics == "on" {
		mux.Handle("GET /metrics", m.handler())
		options.Metrics = "/metrics"
	}
	mux.Handle("/", web.New(options))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			if r.URL.RawPath != "" {
				http.NotFound(w, r) // a method has one spelling, and no escapes in it
				return
			}
			server.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}), nil
}

// newsroom is the public wall. /wall leads to the configured workspace or, when there is
// only one, to that.
func (s *Service) newsroom(ctx context.Context) (http.Handler, error) {
	only := advocacy.WorkspaceID(s.Config.WallWorkspace)
	if only == "" {
		all, _, err := s.Store.Workspaces(ctx, workflow.Page{Size: 2})
		if err != nil {
			return nil, err
		}
		if len(all) == 1 {
			only = all[0].ID
		}
	}
	return wall.NewHandler(wall.HandlerOptions{
		Store: s.Store, Files: files{s.Flow}, BaseURL: s.publicURL(), Default: only, Log: s.Logger, Site: s.site,
	}), nil
}

func (s *Service) site(ctx context.Context, w advocacy.WorkspaceID) (wall.Site, error) {
	space, err := s.Store.Workspace(ctx, w)
	if err != nil {
		return wall.Site{}, err
	}
	zone, err := time.LoadLocation(space.Zone)
	if err != nil {
		zone = time.UTC
	}
	return wall.Site{Name: space.DisplayName, Language: space.Language, Zone: zone}, nil
}

// healthz says whether the service can answer: that it reaches its database.
func (s *Service) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.Store.Ping(ctx); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// blob serves a file to whoever holds its sealed address: the receiver of a webhook
// has no session.
func (s *Service) blob(w http.ResponseWriter, r *http.Request) {
	space := advocacy.WorkspaceID(r.PathValue("workspace"))
	digest := advocacy.Digest("sha256:" + r.PathValue("blob"))
	seal := s.mediaSeal(space, string(digest))
	if !digest.Valid() || !hmac.Equal([]byte(seal), []byte(r.PathValue("seal"))) {
		http.NotFound(w, r)
		return
	}
	m, file, err := s.Flow.OpenMedia(r.Context(), space, string(digest))
	switch {
	case advocacy.KindOf(err) == advocacy.NotFound:
		http.NotFound(w, r)
		return
	case err != nil:
		s.Logger.ErrorContext(r.Context(), "blob", "blob", digest, "error", err)
		http.Error(w, "the file cannot be read", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", m.ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Disposition", "inline")
	if advocacy.MediaKindOf(m.ContentType) == advocacy.KindDocument {
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	// The name of the bytes is their digest, so it is their tag too: a receiver may ask for a
	// part, go on after a cut, or ask whether it has them.
	h.Set("ETag", `"`+digest.Hex()+`"`)
	http.ServeContent(w, r, "", time.Time{}, file)
}
