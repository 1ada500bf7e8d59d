package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// discussionService answers for what people say about posts and items.
type discussionService struct {
	imprimaturv1.UnimplementedDiscussionServiceServer
	*Server
}

func (s discussionService) CreateThread(ctx context.Context, req *imprimaturv1.CreateThreadRequest) (*imprimaturv1.Thread, error) {
	v := enter(ctx, req)
	subject, _, err := v.readSubject("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	draft, err := v.readThreadDraft(subject, req)
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.OpenThread(ctx, v.call, subject, draft)
	return shown(t, err, v.threadOf)
}

func (s discussionService) GetThread(ctx context.Context, req *imprimaturv1.GetThreadRequest) (*imprimaturv1.Thread, error) {
	v := enter(ctx, req)
	subject, id, err := v.readThread("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.Thread(ctx, v.call, subject, id)
	return shown(t, err, v.threadOf)
}

func (s discussionService) ListThreads(ctx context.Context, req *imprimaturv1.ListThreadsRequest) (*imprimaturv1.ListThreadsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.ThreadQuery{Page: l.page}
	if q.Subject, _, err = v.readSubject("parent", req.GetParent()); err != nil {
		return nil, err
	}
	err = terms{
		"state":    enumTerm(threadStates, &q.State, "OPEN"),
		"blocking": trueTerm(func() { q.Blocking = true }),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	threads, next, err := s.Flow.Threads(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListThreadsResponse{
		Threads:       each(threads, func(t advocacy.Thread) *imprimaturv1.Thread { return v.threadOf(&t) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s discussionService) ResolveThread(ctx context.Context, req *imprimaturv1.ResolveThreadRequest) (*imprimaturv1.Thread, error) {
	return turnThread(ctx, req, s.Flow.ResolveThread)
}

func (s discussionService) ReopenThread(ctx context.Context, req *imprimaturv1.ReopenThreadRequest) (*imprimaturv1.Thread, error) {
	return turnThread(ctx, req, s.Flow.ReopenThread)
}

// turnRequest is what the requests that move a discussion have in common.
type turnRequest interface {
	proto.Message
	GetName() string
	GetEtag() string
}

func turnThread(
	ctx context.Context, req turnRequest,
	turn func(context.Context, workflow.Call, advocacy.Subject, advocacy.ThreadID, int64) (*advocacy.Thread, error),
) (*imprimaturv1.Thread, error) {
	v := enter(ctx, req)
	subject, id, err := v.readThread("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	t, err := turn(ctx, v.call, subject, id, version)
	return shown(t, err, v.threadOf)
}

func (s discussionService) CreateComment(ctx context.Context, req *imprimaturv1.CreateCommentRequest) (*imprimaturv1.Comment, error) {
	v := enter(ctx, req)
	subject, thread, err := v.readThread("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	mentions, err := readEach("mentions", req.GetMentions(), v.readMember)
	if err != nil {
		return nil, err
	}
	c, err := s.Flow.AddComment(ctx, v.call, subject, thread, workflow.CommentDraft{Text: req.GetComment().GetText(), Mentions: mentions})
	return shown(c, err, v.commentOf)
}

func (s discussionService) GetComment(ctx context.Context, req *imprimaturv1.GetCommentRequest) (*imprimaturv1.Comment, error) {
	v := enter(ctx, req)
	subject, ids, err := v.readSubject("name", req.GetName(), inThreads, inComments)
	if err != nil {
		return nil, err
	}
	c, err := s.Flow.Comment(ctx, v.call, subject, advocacy.ThreadID(ids[0]), advocacy.CommentID(ids[1]))
	return shown(c, err, v.commentOf)
}

func (s discussionService) ListComments(ctx context.Context, req *imprimaturv1.ListCommentsRequest) (*imprimaturv1.ListCommentsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	subject, thread, err := v.readThread("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	comments, next, err := s.Flow.Comments(ctx, v.call, subject, thread, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListCommentsResponse{
		Comments:      each(comments, func(c advocacy.Comment) *imprimaturv1.Comment { return v.commentOf(&c) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s discussionService) ListMentions(ctx context.Context, req *imprimaturv1.ListMentionsRequest) (*imprimaturv1.ListMentionsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	mentions, next, err := s.Flow.Mentions(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListMentionsResponse{
		Mentions:      each(mentions, v.mentionOf),
		NextPageToken: l.next(next),
	}, nil
}
