package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/protoadapt"
)

// errorDomain is the domain of every ErrorInfo, here as in the server.
const errorDomain = "imprimatur.dev"

// statusClientClosed is the status nobody reads: the client has gone.
const statusClientClosed = 499

// refusal is an answer that is no success.
type refusal struct {
	status *status.Status
	http   int
}

// newRefusal is a refusal of the gateway's own, in the words and details of the server's.
func newRefusal(c codes.Code, httpStatus int, reason, message string, details ...protoadapt.MessageV1) *refusal {
	info := &errdetails.ErrorInfo{Reason: reason, Domain: errorDomain}
	st, err := status.New(c, message).WithDetails(append([]protoadapt.MessageV1{info}, details...)...)
	if err != nil {
		st = status.New(c, message)
	}
	return &refusal{st, httpStatus}
}

// invalid refuses input that can never succeed; field is "" when none is to blame.
func invalid(reason, field, format string, args ...any) *refusal {
	message := fmt.Sprintf(format, args...)
	if field == "" {
		return newRefusal(codes.InvalidArgument, http.StatusBadRequest, reason, message)
	}
	return newRefusal(codes.InvalidArgument, http.StatusBadRequest, reason, field+": "+message,
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: field, Description: message, Reason: reason},
		}})
}

func tooLarge(reason string, limit int) *refusal {
	return newRefusal(codes.InvalidArgument, http.StatusRequestEntityTooLarge, reason,
		fmt.Sprintf("the body may weigh %d MB at most", limit>>20))
}

func methodNotAllowed() *refusal {
	return newRefusal(codes.Unimplemented, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED",
		"this path does not know the method; the header Allow says which it knows")
}

// handleError answers a call that failed.
func handleError(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	if md, ok := runtime.ServerMetadataFromContext(ctx); ok {
		for _, id := range md.HeaderMD.Get("x-request-id") {
			w.Header().Set("X-Request-Id", id)
		}
	}
	refusalOf(r, err).write(w, r)
}

// refusalOf explains an error. The server's own errors have details and pass as they are.
// Whatever has none was made on the way here, by the library or by gRPC, in words that are
// not meant for clients.
func refusalOf(r *http.Request, err error) *refusal {
	if e, ok := errors.AsType[*runtime.HTTPStatusError](err); ok {
		return invalid("INVALID_PATH", "", "%v", e.Err)
	}
	st := status.Convert(err)
	if len(st.Proto().GetDetails()) > 0 {
		return &refusal{st, runtime.HTTPStatusFromCode(st.Code())}
	}
	switch st.Code() {
	case codes.InvalidArgument:
		return explain(r, st.Message())
	case codes.Canceled:
		return newRefusal(codes.Canceled, statusClientClosed, "CALL_CANCELLED", "the call was cancelled")
	case codes.DeadlineExceeded:
		return newRefusal(codes.DeadlineExceeded, http.StatusGatewayTimeout, "DEADLINE_EXCEEDED",
			"the call took too long; it may have had its effect: repeat it with the same requestId")
	case codes.Unavailable:
		return newRefusal(codes.Unavailable, http.StatusServiceUnavailable, "UNAVAILABLE",
			"the service is starting or stopping; try again")
	case codes.ResourceExhausted:
		return newRefusal(codes.ResourceExhausted, http.StatusRequestEntityTooLarge, "MESSAGE_TOO_LARGE",
			"the message is too large")
	case codes.Unimplemented:
		return newRefusal(codes.Unimplemented, http.StatusNotImplemented, "METHOD_NOT_IMPLEMENTED",
			"the service does not know this method")
	}
	return newRefusal(codes.Internal, http.StatusInternalServerError, "INTERNAL", "internal error")
}

// answer is the form of an error on the wire.
type answer struct {
	Error body `json:"error"`
}

type body struct {
	Code    int               `json:"code"`
	Status  string            `json:"status"`
	Message string            `json:"message"`
	Details []json.RawMessage `json:"details,omitempty"`
}

// localize adds what to tell people, unless the server did.
func (f *refusal) localize(r *http.Request) {
	words, ok := r.Context().Value(wordsKey{}).(wording)
	if !ok {
		return
	}
	reason := ""
	for _, detail := range f.status.Details() {
		switch d := detail.(type) {
		case *errdetails.LocalizedMessage:
			return
		case *errdetails.ErrorInfo:
			reason = d.GetReason()
		}
	}
	language, text := words(r.Header.Get("Accept-Language"), reason)
	if text == "" {
		return
	}
	if st, err := f.status.WithDetails(&errdetails.LocalizedMessage{Locale: language, Message: text}); err == nil {
		f.status = st
	}
}

// text is the refusal as it is sent.
func (f *refusal) text() []byte {
	b := body{Code: f.http, Status: code.Code(f.status.Code()).String(), Message: f.status.Message()}
	for _, d := range f.status.Proto().GetDetails() {
		// A type this program does not know cannot be shown.
		if text, err := protojson.Marshal(d); err == nil {
			b.Details = append(b.Details, text)
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer{b}); err != nil {
		return []byte(`{"error":{"code":500,"status":"INTERNAL","message":"internal error"}}` + "\n")
	}
	return text.Bytes()
}

// write sends the refusal.
func (f *refusal) write(w http.ResponseWriter, r *http.Request) {
	f.localize(r)
	text := f.text()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	f.advise(h)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(f.http)
	// The client is gone if this fails.
	_, _ = w.Write(text)
}

// advise sets the headers that say what to do about it.
func (f *refusal) advise(h http.Header) {
	if f.status.Code() == codes.Unauthenticated {
		h.Set("WWW-Authenticate", `Bearer realm="imprimatur"`)
	}
	if pause := f.pause(); pause > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(pause.Seconds()))))
	}
}

// pause is how long the client should wait before it tries again, 0 when nobody knows.
func (f *refusal) pause() time.Duration {
	for _, d := range f.status.Details() {
		if retry, ok := d.(*errdetails.RetryInfo); ok {
			return retry.GetRetryDelay().AsDuration()
		}
	}
	if f.status.Code() == codes.Unavailable {
		return time.Second
	}
	return 0
}
