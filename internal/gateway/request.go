package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/api/openapi"
)

const (
	// callTime is the longest a call may take; a client can only ask for less.
	callTime = 30 * time.Second
	// uploadTime is the same for a file, whose speed is the client's, and for looking through one
	// that is large.
	uploadTime = 2 * time.Minute
	// watchTime is the same for a stream of changes, which the server ends before.
	watchTime = 20 * time.Minute
	// readMargin lets the time of the call end before that of reading its body.
	readMargin = 5 * time.Second
)

// kept are the only headers of a request that anything behind this door sees. The library
// passes Authorization on by itself; Content-Type and Grpc-Timeout are for the library.
var kept = []string{"Authorization", "X-Request-Id", "Accept-Language", "Traceparent", "Content-Type", "Grpc-Timeout"}

// incoming says which of the kept headers become metadata.
func incoming(key string) (string, bool) {
	switch textproto.CanonicalMIMEHeaderKey(key) {
	case "X-Request-Id", "Accept-Language", "Traceparent":
		return strings.ToLower(key), true
	}
	return "", false
}

// outgoing says which metadata of an answer become headers.
func outgoing(key string) (string, bool) {
	if strings.EqualFold(key, "x-request-id") {
		return "X-Request-Id", true
	}
	return "", false
}

// gateway is the handler: it refuses what is not worth a call and hands the rest to the mux.
type gateway struct {
	mux   *runtime.ServeMux
	media imprimaturv1.MediaServiceClient
	words wording
}

// wording is Options.Words.
type wording func(accept, reason string) (language, words string)

// wordsKey finds it in the context of a request.
type wordsKey struct{}

// ServeHTTP answers one request.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	r = r.WithContext(context.WithValue(r.Context(), wordsKey{}, g.words))
	if r.URL.Path == "/openapi.json" {
		describe(w, r)
		return
	}
	limit := callTime
	switch {
	case isUpload(r), isAppend(r), isComplete(r):
		limit = uploadTime
	case isWatch(r):
		limit = watchTime
		w = watchWriter{w}
	case isPicture(r):
		p := &pictureWriter{ResponseWriter: w, media: g.media}
		defer p.finish(r)
		w = p
	}
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	// A body that drips in must not outlive its call. Where the connection has no deadlines,
	// as in a test, the server's own limits hold alone.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(limit + readMargin))
	clean, refusal := admit(r.WithContext(ctx), w)
	if refusal != nil {
		refusal.write(w, r)
		return
	}
	g.mux.ServeHTTP(w, clean)
}

// secure says what a browser may do with an answer: nothing but read it.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// admit returns the request as the library shall see it, or why there will be no call.
func admit(r *http.Request, w http.ResponseWriter) (*http.Request, *refusal) {
	header := make(http.Header, len(kept))
	for _, k := range kept {
		if v, ok := r.Header[k]; ok {
			header[k] = v
		}
	}
	r.Header = header
	if r.Method == http.MethodHead {
		// The server keeps the body back; everything else of a HEAD is a GET.
		r.Method = http.MethodGet
	}
	if refusal := checkText(r.URL); refusal != nil {
		return nil, refusal
	}
	if query := r.URL.Query(); isPicture(r) && (query.Has("offset") || query.Has("length")) { // guard: an answer with a tag is the whole file
		return nil, invalid("INVALID_PARAMETER", "offset", "ask for a part of a file with the header Range")
	}
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		r.Body = http.NoBody
		return r, nil
	}
	switch {
	case isUpload(r):
		return r, admitUpload(r, w)
	case isAppend(r):
		return r, admitAppend(r, w)
	}
	return r, admitBody(r, w)
}

// checkText refuses what is not UTF-8, which no message can carry, and escapes that could
// make one name look like another: the library unescapes a segment twice, and no name of
// ours has a slash or a percent sign in it.
func checkText(u *url.URL) *refusal {
	if escaped := strings.ToLower(u.EscapedPath()); strings.Contains(escaped, "%2f") || strings.Contains(escaped, "%25") {
		return invalid("INVALID_PATH", "", "the path has an escaped slash or percent sign; no name has one")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return invalid("INVALID_QUERY", "", "the query cannot be read: %v", err)
	}
	if !utf8.ValidString(u.Path) {
		return invalid("INVALID_UTF8", "", "the path is not UTF-8")
	}
	for name, values := range query {
		if !utf8.ValidString(name) || !utf8.ValidString(strings.Join(values, "")) {
			return invalid("INVALID_UTF8", strings.ToValidUTF8(name, "?"), "the query is not UTF-8")
		}
	}
	return nil
}

// admitBody reads the whole body, so that its size is known before anybody parses it.
func admitBody(r *http.Request, w http.ResponseWriter) *refusal {
	if r.ContentLength > MaxBody {
		return tooLarge("BODY_TOO_LARGE", MaxBody)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return tooLarge("BODY_TOO_LARGE", MaxBody)
	}
	if err != nil {
		return newRefusal(codes.Canceled, statusClientClosed, "CALL_CANCELLED", "the body did not arrive")
	}
	if len(body) > 0 && !isJSON(r.Header.Get("Content-Type")) {
		return newRefusal(codes.InvalidArgument, http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE",
			"send the body as JSON, with the header Content-Type: application/json")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	*r = *r.WithContext(context.WithValue(r.Context(), bodyKey{}, body))
	return nil
}

// bodyKey finds the body in the context, to say where in it a mistake is.
type bodyKey struct{}

func isJSON(contentType string) bool {
	kind, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	return err == nil && kind == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8"))
}

// documentTag changes with the document.
var documentTag = func() string {
	sum := sha256.Sum256(openapi.Document)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}()

// describe hands out the description of the interface.
func describe(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		methodNotAllowed().write(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", documentTag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(openapi.Document))
}
