package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/download"
)

// These end the path of an answer that is bytes.
const (
	verbDownload  = ":download"
	verbThumbnail = ":thumbnail"
)

// isPicture tells whether the answer to a request is bytes.
func isPicture(r *http.Request) bool {
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	return read && (strings.HasSuffix(r.URL.Path, verbDownload) || strings.HasSuffix(r.URL.Path, verbThumbnail))
}

// dressPicture sets the headers of an answer that is bytes, not JSON. A file is named by the
// digest of its bytes, so neither it nor what is made of it ever changes.
func dressPicture(ctx context.Context, w http.ResponseWriter, m proto.Message) error {
	picture, ok := m.(*httpbody.HttpBody)
	if !ok {
		return nil
	}
	h := w.Header()
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	download.Dress(h, picture)
	if p, ok := w.(*pictureWriter); ok {
		p.picture = picture
		p.caller, _ = metadata.FromOutgoingContext(ctx)
	}
	return nil
}

// pictureWriter holds bytes back until it is known how much of them the client asked for.
// What is no picture, such as a refusal, passes.
type pictureWriter struct {
	http.ResponseWriter
	media   imprimaturv1.MediaServiceClient
	picture *httpbody.HttpBody
	// caller is who asked, to ask for the rest of a large file.
	caller metadata.MD
}

// WriteHeader sends the headers of what is no picture.
func (p *pictureWriter) WriteHeader(code int) {
	if p.picture == nil {
		p.ResponseWriter.WriteHeader(code)
	}
}

// Write sends what is no picture.
func (p *pictureWriter) Write(data []byte) (int, error) {
	if p.picture == nil {
		return p.ResponseWriter.Write(data)
	}
	return len(data), nil
}

// Unwrap lets http.ResponseController reach the connection.
func (p *pictureWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// finish sends the bytes, if there are any: all of them, the part that was asked for, or word
// that the client has them already.
func (p *pictureWriter) finish(r *http.Request) {
	if p.picture == nil {
		return
	}
	p.Header().Del("Content-Length")
	file := download.Open(metadata.NewOutgoingContext(r.Context(), p.caller), p.media, p.picture)
	download.Serve(&rangeWriter{ResponseWriter: p.ResponseWriter, request: r}, r, tagOf(r, p.picture.GetData()), file)
}

// tagOf is the digest of the bytes, which the name of what is kept says already.
func tagOf(r *http.Request, data []byte) string {
	if name, whole := strings.CutSuffix(path.Base(r.URL.Path), verbDownload); whole {
		return name
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// rangeWriter answers for a part that is not there as every refusal is answered.
type rangeWriter struct {
	http.ResponseWriter
	request *http.Request
	refused bool
}

// WriteHeader sends the headers, or the whole refusal.
func (w *rangeWriter) WriteHeader(code int) {
	if code != http.StatusRequestedRangeNotSatisfiable {
		w.ResponseWriter.WriteHeader(code)
		return
	}
	w.refused = true
	h := w.Header()
	h.Del("Content-Disposition")
	h.Set("Cache-Control", "no-store")
	newRefusal(codes.OutOfRange, code, "RANGE_NOT_SATISFIABLE",
		"the file has no such part; the header Content-Range says how long it is").write(w.ResponseWriter, w.request)
}

// Write sends what the refusal did not.
func (w *rangeWriter) Write(data []byte) (int, error) {
	if w.refused {
		return len(data), nil
	}
	return w.ResponseWriter.Write(data)
}
