package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// CheckPost says what a machine sees in a post, those findings first that weigh most. It
// finds what a draft, a preview and a submission of the same find, since they ask the same
// function.
func (s *Service) CheckPost(ctx context.Context, c Call, w advocacy.WorkspaceID, d PostDraft) ([]advocacy.Finding, error) {
	source, err := s.shareSource(ctx, s.Store, c, w, d.Item)
	if err != nil {
		return nil, err
	}
	content, err := s.draftContent(ctx, s.Store, w, d, source)
	if err != nil {
		return nil, err
	}
	made, err := s.renderPost(ctx, s.Store, w, c.Actor.Person, content, d.Accounts)
	weight := []advocacy.Severity{advocacy.Blocks, advocacy.NeedsReview, advocacy.Advice}
	slices.SortStableFunc(made.findings, func(a, b advocacy.Finding) int {
		return slices.Index(weight, a.Severity) - slices.Index(weight, b.Severity)
	})
	return made.findings, err
}
