package gateway

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// uploadPath is the route of a method without an annotation: its body is not JSON.
	uploadPath = "/v1/{parent=workspaces/*}/media:upload"
	// uploadChunk is how much goes into one message of the stream.
	uploadChunk = 256 << 10
)

func isUpload(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/media:upload")
}

// isComplete tells whether a request has a file looked through.
func isComplete(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, ":complete")
}

// admitUpload refuses a file that is too large or wrapped up, before any of it is read.
func admitUpload(r *http.Request, w http.ResponseWriter) *refusal {
	if r.ContentLength > MaxUpload {
		return tooLarge("MEDIA_TOO_LARGE", MaxUpload)
	}
	if refusal := admitBytes(r); refusal != nil {
		return refusal
	}
	r.Body = http.MaxBytesReader(w, r.Body, MaxUpload)
	return nil
}

// admitBytes refuses a body that is something around the bytes.
func admitBytes(r *http.Request) *refusal {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	family, _, _ := strings.Cut(kind, "/")
	known := kind == "" || kind == "application/octet-stream" || family == "image" || advocacy.MediaKindOf(kind) != ""
	if !known {
		return newRefusal(codes.InvalidArgument, http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE",
			"send the bytes of the file as the body itself, with its own type or application/octet-stream")
	}
	return nil
}

// uploader streams the body of a request to the media service.
type uploader struct {
	mux   *runtime.ServeMux
	media imprimaturv1.MediaServiceClient
}

type uploadStream = grpc.ClientStreamingClient[imprimaturv1.UploadMediaRequest, imprimaturv1.Media]

func (u *uploader) serve(w http.ResponseWriter, r *http.Request, params map[string]string) {
	_, codec := runtime.MarshalerForRequest(u.mux, r)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	ctx, err := runtime.AnnotateContext(ctx, u.mux, r, imprimaturv1.MediaService_UploadMedia_FullMethodName,
		runtime.WithHTTPPathPattern(uploadPath))
	if err != nil {
		handleError(r.Context(), u.mux, codec, w, r, err)
		return
	}
	media, md, err := u.upload(ctx, &imprimaturv1.UploadMediaRequest{Parent: params["parent"], FileName: r.URL.Query().Get("fileName")}, r.Body)
	ctx = runtime.NewServerMetadataContext(ctx, md)
	switch {
	case isTooLarge(err):
		tooLarge("MEDIA_TOO_LARGE", MaxUpload).write(w, r)
	case err != nil:
		handleError(ctx, u.mux, codec, w, r, err)
	default:
		runtime.ForwardResponseMessage(ctx, u.mux, codec, w, r, media)
	}
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

func (u *uploader) upload(ctx context.Context, first *imprimaturv1.UploadMediaRequest, body io.Reader) (*imprimaturv1.Media, runtime.ServerMetadata, error) {
	var md runtime.ServerMetadata
	stream, err := u.media.UploadMedia(ctx)
	if err != nil {
		return nil, md, err
	}
	if err := send(stream, first, body); err != nil {
		return nil, md, err
	}
	media, err := stream.CloseAndRecv()
	if header, headerErr := stream.Header(); headerErr == nil {
		md.HeaderMD = header
	}
	return media, md, err
}

// send sends the body in parts, the first with what is said of the file. When the server has made up its mind
// before the end, its answer is what the caller receives.
func send(stream uploadStream, part *imprimaturv1.UploadMediaRequest, body io.Reader) error {
	for {
		// gRPC may look at a message after it was sent, so each has its own bytes.
		buffer := make([]byte, uploadChunk)
		n, readErr := io.ReadFull(body, buffer)
		if readErr != nil && !errors.Is(readErr, io.EOF) && !errors.Is(readErr, io.ErrUnexpectedEOF) {
			if isTooLarge(readErr) {
				return readErr
			}
			return status.FromContextError(context.Canceled).Err()
		}
		part.Data = buffer[:n]
		if err := stream.Send(part); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if readErr != nil {
			return nil
		}
		part = &imprimaturv1.UploadMediaRequest{}
	}
}
