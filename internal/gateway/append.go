package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// appendPath is the second route of AppendUpload: the part is the body itself.
const appendPath = "/v1/{name=workspaces/*/uploads/*}:append"

func isAppend(r *http.Request) bool {
	return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, ":append")
}

// admitAppend refuses a part that is too large or wrapped up, before any of it is read.
func admitAppend(r *http.Request, w http.ResponseWriter) *refusal {
	if r.ContentLength > MaxPart {
		return tooLarge("UPLOAD_PART_SIZE", MaxPart)
	}
	if refusal := admitBytes(r); refusal != nil {
		return refusal
	}
	r.Body = http.MaxBytesReader(w, r.Body, MaxPart)
	return nil
}

// appender passes the body of a request on as the next part of an upload.
type appender struct {
	mux     *runtime.ServeMux
	uploads imprimaturv1.UploadServiceClient
}

func (a *appender) serve(w http.ResponseWriter, r *http.Request, params map[string]string) {
	_, codec := runtime.MarshalerForRequest(a.mux, r)
	ctx, err := runtime.AnnotateContext(r.Context(), a.mux, r, imprimaturv1.UploadService_AppendUpload_FullMethodName,
		runtime.WithHTTPPathPattern(appendPath))
	if err != nil {
		handleError(r.Context(), a.mux, codec, w, r, err)
		return
	}
	upload, md, err := a.pass(ctx, r, params["name"])
	ctx = runtime.NewServerMetadataContext(ctx, md)
	query, isQuery := errors.AsType[badQuery](err)
	switch {
	case isQuery:
		explain(r, query.Error()).write(w, r)
	case isTooLarge(err):
		tooLarge("UPLOAD_PART_SIZE", MaxPart).write(w, r)
	case err != nil:
		handleError(ctx, a.mux, codec, w, r, err)
	default:
		runtime.ForwardResponseMessage(ctx, a.mux, codec, w, r, upload)
	}
}

// badQuery is what the library says of a query it cannot read.
type badQuery struct{ error }

// bodyAndPath are the fields that the query of an append cannot set.
var bodyAndPath = utilities.NewDoubleArray([][]string{{"name"}, {"data"}})

func (a *appender) pass(ctx context.Context, r *http.Request, name string) (*imprimaturv1.Upload, runtime.ServerMetadata, error) {
	var md runtime.ServerMetadata
	part := &imprimaturv1.AppendUploadRequest{Name: name}
	if err := runtime.PopulateQueryParameters(part, r.URL.Query(), bodyAndPath); err != nil {
		return nil, md, badQuery{err}
	}
	var err error
	if part.Data, err = io.ReadAll(r.Body); err != nil {
		if isTooLarge(err) {
			return nil, md, err
		}
		return nil, md, status.FromContextError(context.Canceled).Err()
	}
	upload, err := a.uploads.AppendUpload(ctx, part, grpc.Header(&md.HeaderMD))
	return upload, md, err
}
