package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// suggestionService answers for suggested edits.
type suggestionService struct {
	imprimaturv1.UnimplementedSuggestionServiceServer
	*Server
}

func (s suggestionService) CreateSuggestion(ctx context.Context, req *imprimaturv1.CreateSuggestionRequest) (*imprimaturv1.Suggestion, error) {
	v := enter(ctx, req)
	subject, _, err := v.readSubject("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	variants, err := readEach("suggestion.variants", req.GetSuggestion().GetVariants(), v.readVariant)
	if err != nil {
		return nil, err
	}
	g, err := s.Flow.SuggestEdit(ctx, v.call, subject, workflow.SuggestionDraft{
		Digest: advocacy.Digest(req.GetDigest()), Text: req.GetSuggestion().GetText(), Variants: variants, Note: req.GetSuggestion().GetNote(),
	})
	return shown(g, err, v.suggestionOf)
}

func (s suggestionService) GetSuggestion(ctx context.Context, req *imprimaturv1.GetSuggestionRequest) (*imprimaturv1.Suggestion, error) {
	v := enter(ctx, req)
	subject, id, err := v.readSuggestion("name", req.GetName())
	if err != nil {
		return nil, err
	}
	g, head, err := s.Flow.Suggestion(ctx, v.call, subject, id)
	if err != nil {
		return nil, err
	}
	return v.suggestionAt(g, head), nil
}

func (s suggestionService) ListSuggestions(
	ctx context.Context, req *imprimaturv1.ListSuggestionsRequest,
) (*imprimaturv1.ListSuggestionsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	subject, _, err := v.readSubject("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	all, head, next, err := s.Flow.Suggestions(ctx, v.call, subject, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListSuggestionsResponse{
		Suggestions:   each(all, func(g advocacy.Suggestion) *imprimaturv1.Suggestion { return v.suggestionAt(&g, head) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s suggestionService) AcceptSuggestion(ctx context.Context, req *imprimaturv1.AcceptSuggestionRequest) (*imprimaturv1.Suggestion, error) {
	v := enter(ctx, req)
	subject, id, err := v.readSuggestion("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	g, err := s.Flow.AcceptSuggestion(ctx, v.call, subject, id, version)
	return shown(g, err, v.suggestionOf)
}

func (s suggestionService) DeclineSuggestion(ctx context.Context, req *imprimaturv1.DeclineSuggestionRequest) (*imprimaturv1.Suggestion, error) {
	v := enter(ctx, req)
	subject, id, err := v.readSuggestion("name", req.GetName())
	if err != nil {
		return nil, err
	}
	g, err := s.Flow.DeclineSuggestion(ctx, v.call, subject, id, req.GetReason())
	return shown(g, err, v.suggestionOf)
}

func (n names) readSuggestion(field, name string) (advocacy.Subject, advocacy.SuggestionID, error) {
	subject, ids, err := n.readSubject(field, name, inSuggestions)
	if err != nil {
		return advocacy.Subject{}, "", err
	}
	return subject, advocacy.SuggestionID(ids[0]), nil
}

// suggestionOf writes a suggestion that was just made or resolved.
func (n names) suggestionOf(g *advocacy.Suggestion) *imprimaturv1.Suggestion {
	return n.suggestionAt(g, g.Revision)
}

// suggestionAt writes a suggestion beside the newest revision.
func (n names) suggestionAt(g *advocacy.Suggestion, head int) *imprimaturv1.Suggestion {
	content := n.content(g.Content)
	return &imprimaturv1.Suggestion{
		Name:             n.of(g.Subject, inSuggestions, string(g.ID)),
		Revision:         n.revision(g.Subject, g.Revision),
		Text:             content.GetText(),
		Variants:         content.GetVariants(),
		Note:             g.Note,
		State:            suggestionStates.proto(g.StateAt(head)),
		Member:           n.member(g.Person),
		AcceptedRevision: n.revision(g.Subject, g.Accepted),
		Resolver:         n.member(g.Resolver),
		Reason:           g.Reason,
		Etag:             etagOf(g.Version),
		CreateTime:       stamp(g.CreateTime),
		ResolveTime:      stamp(g.ResolveTime),
	}
}
