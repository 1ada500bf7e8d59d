package grpcapi

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// postService answers for posts and for the revisions of posts and library items.
type postService struct {
	imprimaturv1.UnimplementedPostServiceServer
	*Server
}

func (s postService) GetPost(ctx context.Context, req *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	id, err := v.readPost("name", req.GetName())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.Post(ctx, v.call, v.workspace, id)
	return shown(p, err, v.showPost)
}

func (s postService) ListPosts(ctx context.Context, req *imprimaturv1.ListPostsRequest) (*imprimaturv1.ListPostsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.PostQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"author":       l.memberTerm(&q.Author),
		"co_author":    l.memberTerm(&q.CoAuthor),
		"state":        enumTerm(postStates, &q.State, "IN_REVIEW"),
		"library_item": nameTerm(v.readItem, &q.Item, form(inItems)),
		"shared":       trueTerm(func() { q.Shared = true }),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	posts, next, err := s.Flow.Posts(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListPostsResponse{
		Posts:         each(posts, func(p workflow.PostView) *imprimaturv1.Post { return v.showPost(&p) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s postService) ExplainPost(ctx context.Context, req *imprimaturv1.ExplainPostRequest) (*imprimaturv1.PostExplanation, error) {
	v := enter(ctx, req)
	id, err := v.readPost("name", req.GetName())
	if err != nil {
		return nil, err
	}
	e, err := s.Flow.ExplainPost(ctx, v.call, v.workspace, id)
	return shown(e, err, v.explainedPost)
}

func (s postService) PreviewPost(ctx context.Context, req *imprimaturv1.PreviewPostRequest) (*imprimaturv1.PreviewPostResponse, error) {
	v := enter(ctx, req)
	draft, err := v.readPostDraft(req.GetPost())
	if err != nil {
		return nil, err
	}
	draft.Alternative = req.GetAlternative()
	p, err := s.Flow.PreviewPost(ctx, v.call, v.workspace, draft)
	return shown(p, err, v.showPreview)
}

func (s postService) CheckPost(ctx context.Context, req *imprimaturv1.CheckPostRequest) (*imprimaturv1.CheckPostResponse, error) {
	v := enter(ctx, req)
	draft, err := v.readPostDraft(req.GetPost())
	if err != nil {
		return nil, err
	}
	draft.Alternative = req.GetAlternative()
	checked, err := s.Flow.CheckPost(ctx, v.call, v.workspace, draft, words[advocacy.Network](req.GetNetworks()))
	return shown(checked, err, v.checkedOf)
}

func (s postService) CreatePost(ctx context.Context, req *imprimaturv1.CreatePostRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	draft, err := v.readPostDraft(req.GetPost())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.CreatePost(ctx, v.call, v.workspace, draft)
	return shown(p, err, v.showPost)
}

func (s postService) UpdatePost(ctx context.Context, req *imprimaturv1.UpdatePostRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	sent := req.GetPost()
	id, err := v.readPost("post.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "content", "social_accounts", "publish_time", "time_zone", "note")
	if err != nil {
		return nil, err
	}
	change, err := v.readPostChange(sent, named)
	if err != nil {
		return nil, err
	}
	change.StartNewRound = req.GetStartNewRound()
	change.Content, err = v.readContentChange("post.content", named, sent.GetContent(), func() (*advocacy.Revision, error) {
		view, err := s.Flow.Post(ctx, v.call, v.workspace, id)
		if err != nil {
			return nil, err
		}
		return view.Head, nil
	})
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.UpdatePost(ctx, v.call, v.workspace, id, change)
	return shown(p, err, v.showPost)
}

func (s postService) SubmitPost(ctx context.Context, req *imprimaturv1.SubmitPostRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	id, err := v.readPost("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	submit := workflow.Submit{Digest: advocacy.Digest(req.GetDigest()), Version: version, Expedited: req.GetExpedited(), Reason: req.GetExpediteReason()}
	p, err := s.Flow.SubmitPost(ctx, v.call, v.workspace, id, submit)
	return shown(p, err, v.showPost)
}

func (s postService) CopyPost(ctx context.Context, req *imprimaturv1.CopyPostRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	id, err := v.readPost("name", req.GetName())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.CopyPost(ctx, v.call, v.workspace, id)
	return shown(p, err, v.showPost)
}

func (s postService) AddCoAuthor(ctx context.Context, req *imprimaturv1.AddCoAuthorRequest) (*imprimaturv1.Post, error) {
	return changeCoAuthors(ctx, req, s.Flow.AddCoAuthor)
}

func (s postService) RemoveCoAuthor(ctx context.Context, req *imprimaturv1.RemoveCoAuthorRequest) (*imprimaturv1.Post, error) {
	return changeCoAuthors(ctx, req, s.Flow.RemoveCoAuthor)
}

// coAuthorRequest is a request about who writes a post.
type coAuthorRequest interface {
	proto.Message
	GetName() string
	GetMember() string
	GetEtag() string
}

// changeCoAuthors carries out a change of who writes a post.
func changeCoAuthors(ctx context.Context, req coAuthorRequest, change func(
	context.Context, workflow.Call, advocacy.WorkspaceID, advocacy.PostID, advocacy.PersonID, int64,
) (*workflow.PostView, error)) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	id, err := v.readPost("name", req.GetName())
	if err != nil {
		return nil, err
	}
	who, err := v.readMember("member", req.GetMember())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	p, err := change(ctx, v.call, v.workspace, id, who, version)
	return shown(p, err, v.showPost)
}

func (s postService) WithdrawPost(ctx context.Context, req *imprimaturv1.WithdrawPostRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	id, err := v.readPost("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.WithdrawPost(ctx, v.call, v.workspace, id, version, req.GetReason())
	return shown(p, err, v.showPost)
}

func (s postService) RecallPost(ctx context.Context, req *imprimaturv1.RecallPostRequest) (*imprimaturv1.Post, error) {
	v := enter(ctx, req)
	id, err := v.readPost("name", req.GetName())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.RecallPost(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(p, err, v.showPost)
}

func (s postService) GetRevision(ctx context.Context, req *imprimaturv1.GetRevisionRequest) (*imprimaturv1.Revision, error) {
	v := enter(ctx, req)
	subject, number, err := v.readNumbered("name", req.GetName(), inRevisions)
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.Revision(ctx, v.call, subject, number)
	if err != nil {
		return nil, err
	}
	out, err := v.revisionOf(r)
	if err != nil {
		return nil, err
	}
	out.Manifest = r.Manifest
	return out, nil
}

func (s postService) ListRevisions(ctx context.Context, req *imprimaturv1.ListRevisionsRequest) (*imprimaturv1.ListRevisionsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	subject, _, err := v.readSubject("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	revisions, next, err := s.Flow.Revisions(ctx, v.call, subject, l.page)
	if err != nil {
		return nil, err
	}
	out := &imprimaturv1.ListRevisionsResponse{NextPageToken: l.next(next)}
	for i := range revisions {
		r, err := v.revisionOf(&revisions[i])
		if err != nil {
			return nil, err
		}
		out.Revisions = append(out.Revisions, r)
	}
	return out, nil
}
