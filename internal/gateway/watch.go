package gateway

import (
	"context"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// isWatch tells whether a request opens a stream of changes.
func isWatch(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, ":watch")
}

// lines writes a stream as lines of JSON.
type lines struct{ runtime.HTTPBodyMarshaler }

// StreamContentType is how a stream is announced.
func (*lines) StreamContentType(any) string { return "application/x-ndjson" }

// Delimiter ends a line.
func (*lines) Delimiter() []byte { return []byte("\n") }

// Marshal writes the failure that ends a stream as every failure is written. The library
// hands it over as a map of its own.
func (l *lines) Marshal(v any) ([]byte, error) {
	if chunk, ok := v.(map[string]proto.Message); ok {
		if failure, ok := chunk["error"].(*rpcstatus.Status); ok {
			st := status.FromProto(failure)
			text := (&refusal{st, runtime.HTTPStatusFromCode(st.Code())}).text()
			return text[:len(text)-1], nil // the line ends by the delimiter
		}
	}
	return l.HTTPBodyMarshaler.Marshal(v)
}

// streamError explains an error that ends a stream.
func streamError(_ context.Context, err error) *status.Status {
	if st := status.Convert(err); st.Code() == codes.InvalidArgument {
		return st // of the server: what the gateway refuses opens no stream
	}
	return refusalOf(nil, err).status
}

// watchWriter says what to do about a stream that was refused at once.
type watchWriter struct{ http.ResponseWriter }

// WriteHeader sends the headers.
func (w watchWriter) WriteHeader(code int) {
	switch code {
	case http.StatusUnauthorized:
		newRefusal(codes.Unauthenticated, code, "", "").advise(w.Header())
	case http.StatusServiceUnavailable:
		newRefusal(codes.Unavailable, code, "", "").advise(w.Header())
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController flush.
func (w watchWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
