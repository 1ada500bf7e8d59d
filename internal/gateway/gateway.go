package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// MaxBody is the most a JSON body may weigh.
	MaxBody = 4 << 20
	// MaxUpload is the most a file may weigh that is sent at once.
	MaxUpload = advocacy.LargestPicture
	// MaxPart is the most a part of an upload may weigh.
	MaxPart = 2 << 20
	// maxAnswer bounds what is taken from our own server; a picture comes in one piece.
	maxAnswer = 64 << 20
)

// Options says whom the gateway calls.
type Options struct {
	// Conn leads to the gRPC server, its whole chain included.
	Conn grpc.ClientConnInterface
	// Words returns what to tell people of a reason in the language that suits an
	// Accept-Language header, and that language; "" when there are no words. The gateway's
	// own refusals carry them, as the server's do.
	Words func(accept, reason string) (language, words string)
}

// registration adds the routes of one service to the mux.
type registration func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error

// service pairs the two halves of the generated code of a service.
func service[C any](
	client func(grpc.ClientConnInterface) C,
	register func(context.Context, *runtime.ServeMux, C) error,
) registration {
	return func(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
		return register(ctx, mux, client(conn))
	}
}

// services are all there are; a test compares them with the protos.
var services = []registration{
	service(imprimaturv1.NewAbsenceServiceClient, imprimaturv1.RegisterAbsenceServiceHandlerClient),
	service(imprimaturv1.NewApiKeyServiceClient, imprimaturv1.RegisterApiKeyServiceHandlerClient),
	service(imprimaturv1.NewAuditServiceClient, imprimaturv1.RegisterAuditServiceHandlerClient),
	service(imprimaturv1.NewDiscussionServiceClient, imprimaturv1.RegisterDiscussionServiceHandlerClient),
	service(imprimaturv1.NewCalendarServiceClient, imprimaturv1.RegisterCalendarServiceHandlerClient),
	service(imprimaturv1.NewDelegationServiceClient, imprimaturv1.RegisterDelegationServiceHandlerClient),
	service(imprimaturv1.NewFeedServiceClient, imprimaturv1.RegisterFeedServiceHandlerClient),
	service(imprimaturv1.NewRegisteredHandleServiceClient, imprimaturv1.RegisterRegisteredHandleServiceHandlerClient),
	service(imprimaturv1.NewGuidelineServiceClient, imprimaturv1.RegisterGuidelineServiceHandlerClient),
	service(imprimaturv1.NewRecallServiceClient, imprimaturv1.RegisterRecallServiceHandlerClient),
	service(imprimaturv1.NewCaseServiceClient, imprimaturv1.RegisterCaseServiceHandlerClient),
	service(imprimaturv1.NewHoldServiceClient, imprimaturv1.RegisterHoldServiceHandlerClient),
	service(imprimaturv1.NewDisclosureServiceClient, imprimaturv1.RegisterDisclosureServiceHandlerClient),
	service(imprimaturv1.NewLexiconServiceClient, imprimaturv1.RegisterLexiconServiceHandlerClient),
	service(imprimaturv1.NewLibraryServiceClient, imprimaturv1.RegisterLibraryServiceHandlerClient),
	service(imprimaturv1.NewLinkServiceClient, imprimaturv1.RegisterLinkServiceHandlerClient),
	service(imprimaturv1.NewMediaServiceClient, imprimaturv1.RegisterMediaServiceHandlerClient),
	service(imprimaturv1.NewMemberServiceClient, imprimaturv1.RegisterMemberServiceHandlerClient),
	service(imprimaturv1.NewPostServiceClient, imprimaturv1.RegisterPostServiceHandlerClient),
	service(imprimaturv1.NewProposalServiceClient, imprimaturv1.RegisterProposalServiceHandlerClient),
	service(imprimaturv1.NewPublicationServiceClient, imprimaturv1.RegisterPublicationServiceHandlerClient),
	service(imprimaturv1.NewReminderServiceClient, imprimaturv1.RegisterReminderServiceHandlerClient),
	service(imprimaturv1.NewReviewServiceClient, imprimaturv1.RegisterReviewServiceHandlerClient),
	service(imprimaturv1.NewRoutingPolicyServiceClient, imprimaturv1.RegisterRoutingPolicyServiceHandlerClient),
	service(imprimaturv1.NewSessionServiceClient, imprimaturv1.RegisterSessionServiceHandlerClient),
	service(imprimaturv1.NewSocialAccountServiceClient, imprimaturv1.RegisterSocialAccountServiceHandlerClient),
	service(imprimaturv1.NewSuggestionServiceClient, imprimaturv1.RegisterSuggestionServiceHandlerClient),
	service(imprimaturv1.NewTopicServiceClient, imprimaturv1.RegisterTopicServiceHandlerClient),
	service(imprimaturv1.NewTrainingServiceClient, imprimaturv1.RegisterTrainingServiceHandlerClient),
	service(imprimaturv1.NewUploadServiceClient, imprimaturv1.RegisterUploadServiceHandlerClient),
	service(imprimaturv1.NewWorkspaceServiceClient, imprimaturv1.RegisterWorkspaceServiceHandlerClient),
}

// New returns the handler of everything below /v1/ and of /openapi.json; any other path is
// answered with NOT_FOUND. It belongs behind an http.Server with time limits, mounted
// without a change of the path. Of the address of the caller only r.RemoteAddr counts:
// whoever believes a proxy sets it before.
func New(ctx context.Context, o Options) (http.Handler, error) {
	if o.Conn == nil {
		return nil, errors.New("gateway: Conn is required")
	}
	if o.Words == nil {
		return nil, errors.New("gateway: Words is required")
	}
	routes, err := newRouteTable()
	if err != nil {
		return nil, err
	}
	strictQueries()
	conn := roomy{o.Conn}
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &lines{runtime.HTTPBodyMarshaler{Marshaler: newCodec()}}),
		runtime.WithIncomingHeaderMatcher(incoming),
		runtime.WithOutgoingHeaderMatcher(outgoing),
		runtime.WithOutgoingTrailerMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithUnescapingMode(runtime.UnescapingModeAllExceptReserved),
		runtime.WithWriteContentLength(),
		runtime.WithErrorHandler(handleError),
		runtime.WithStreamErrorHandler(streamError),
		runtime.WithDisableChunkedEncoding(),
		runtime.WithRoutingErrorHandler(routes.handleRoutingError),
		runtime.WithForwardResponseOption(dressPicture),
	)
	for _, register := range services {
		if err := register(ctx, mux, conn); err != nil {
			return nil, fmt.Errorf("gateway: %w", err)
		}
	}
	up := &uploader{mux: mux, media: imprimaturv1.NewMediaServiceClient(conn)}
	if err := mux.HandlePath(http.MethodPost, uploadPath, up.serve); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	next := &appender{mux: mux, uploads: imprimaturv1.NewUploadServiceClient(conn)}
	if err := mux.HandlePath(http.MethodPut, appendPath, next.serve); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	return &gateway{mux: mux, media: imprimaturv1.NewMediaServiceClient(conn), words: o.Words}, nil
}

// roomy lets a whole picture through, which is more than gRPC's client takes by default.
type roomy struct{ grpc.ClientConnInterface }

// Invoke calls a unary method.
func (c roomy) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	return c.ClientConnInterface.Invoke(ctx, method, args, reply, append(opts, grpc.MaxCallRecvMsgSize(maxAnswer))...)
}
