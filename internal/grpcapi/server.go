package grpcapi

import (
	"context"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	"google.golang.org/protobuf/proto"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// Server answers the calls the chain admits. Its handlers read names, call a use case
// and write the answer; they decide nothing.
type Server struct {
	Flow *workflow.Service
	// Accept checks an uploaded file; a picture is re-encoded.
	Accept func(data []byte) (workflow.Accepted, error)
	// Inspect checks a large file where it lies.
	Inspect func(file io.ReaderAt, size int64) (workflow.Accepted, error)
	// Crop cuts a part out of a kept picture.
	Crop func(data []byte, a advocacy.Area) (workflow.Accepted, error)
	// Health says whether the service is up; nil says that it always is.
	Health *health.Server
	// Stopping is closed when the service is to stop, for the calls that would not end by
	// themselves; nil is never.
	Stopping <-chan struct{}

	watches watches
}

// Register gives a server made by NewGRPCServer all services, and those that gRPC
// clients use to find out whether it is up and what it speaks.
func (s *Server) Register(g *grpc.Server) {
	imprimaturv1.RegisterAbsenceServiceServer(g, absenceService{Server: s})
	imprimaturv1.RegisterApiKeyServiceServer(g, keyService{Server: s})
	imprimaturv1.RegisterAuditServiceServer(g, auditService{Server: s})
	imprimaturv1.RegisterDiscussionServiceServer(g, discussionService{Server: s})
	imprimaturv1.RegisterCalendarServiceServer(g, calendarService{Server: s})
	imprimaturv1.RegisterDelegationServiceServer(g, delegationService{Server: s})
	imprimaturv1.RegisterFeedServiceServer(g, feedService{Server: s})
	imprimaturv1.RegisterRegisteredHandleServiceServer(g, handleService{Server: s})
	imprimaturv1.RegisterGuidelineServiceServer(g, guidelineService{Server: s})
	imprimaturv1.RegisterRecallServiceServer(g, recallService{Server: s})
	imprimaturv1.RegisterCaseServiceServer(g, caseService{Server: s})
	imprimaturv1.RegisterHoldServiceServer(g, holdService{Server: s})
	imprimaturv1.RegisterDisclosureServiceServer(g, disclosureService{Server: s})
	imprimaturv1.RegisterLexiconServiceServer(g, lexiconService{Server: s})
	imprimaturv1.RegisterLibraryServiceServer(g, libraryService{Server: s})
	imprimaturv1.RegisterLinkServiceServer(g, linkService{Server: s})
	imprimaturv1.RegisterMediaServiceServer(g, mediaService{Server: s})
	imprimaturv1.RegisterMemberServiceServer(g, memberService{Server: s})
	imprimaturv1.RegisterPostServiceServer(g, postService{Server: s})
	imprimaturv1.RegisterProposalServiceServer(g, proposalService{Server: s})
	imprimaturv1.RegisterPublicationServiceServer(g, publicationService{Server: s})
	imprimaturv1.RegisterReminderServiceServer(g, reminderService{Server: s})
	imprimaturv1.RegisterReviewServiceServer(g, reviewService{Server: s})
	imprimaturv1.RegisterRoutingPolicyServiceServer(g, policyService{Server: s})
	imprimaturv1.RegisterSessionServiceServer(g, sessionService{Server: s})
	imprimaturv1.RegisterSocialAccountServiceServer(g, accountService{Server: s})
	imprimaturv1.RegisterSuggestionServiceServer(g, suggestionService{Server: s})
	imprimaturv1.RegisterTopicServiceServer(g, topicService{Server: s})
	imprimaturv1.RegisterTrainingServiceServer(g, trainingService{Server: s})
	imprimaturv1.RegisterUploadServiceServer(g, uploadService{Server: s})
	imprimaturv1.RegisterWorkspaceServiceServer(g, workspaceService{Server: s})
	up := s.Health
	if up == nil {
		up = health.NewServer()
	}
	healthv1.RegisterHealthServer(g, up)
	reflection.Register(g)
}

// visit is what a handler knows of its call.
type visit struct {
	*trip
	names
	call workflow.Call
}

// enter opens a handler's visit.
func enter(ctx context.Context, req proto.Message) visit {
	t := tripOf(ctx)
	return visit{trip: t, names: t.names(), call: callOf(ctx, req)}
}

// shown converts a use case's answer, or passes its error on.
func shown[From, To any](answer From, err error, write func(From) To) (To, error) {
	if err != nil {
		var none To
		return none, err
	}
	return write(answer), nil
}
