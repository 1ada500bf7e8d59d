package workflow

import (
	"context"
	"maps"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
)

// DiffBase says what a revision is compared with: a number, or one of the aliases when
// that is 0.
type DiffBase struct {
	Number int
	Alias  DiffAlias
}

// DiffAlias names a revision by what it is to the caller or to the one compared.
type DiffAlias string

const (
	// BasePrevious is the revision before.
	BasePrevious DiffAlias = "previous"
	// BaseMyLastDecision is the revision the caller last decided on.
	BaseMyLastDecision DiffAlias = "my_last_decision"
	// BaseLibraryItem is the revision of the library item a share was made from; for an item
	// itself, the one in force.
	BaseLibraryItem DiffAlias = "library_item"
)

// RevisionDiff is what changed between two revisions.
type RevisionDiff struct {
	Base, Head *advocacy.Revision
	Targets    []diff.Target
	// Reach says what changed in how far a library item may go.
	Reach []diff.Field
}

// DiffRevision compares a revision with another that the caller may see.
func (s *Service) DiffRevision(ctx context.Context, c Call, sub advocacy.Subject, number int, base DiffBase) (*RevisionDiff, error) {
	head, err := s.Revision(ctx, c, sub, number)
	if err != nil {
		return nil, err
	}
	of, n, err := s.diffBase(ctx, c, head, base)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, advocacy.Missing("BASE_NOT_FOUND", "there is no such revision to compare with")
	}
	out := &RevisionDiff{Head: head}
	if of == sub {
		out.Base, err = s.Revision(ctx, c, of, n)
	} else {
		out.Base, err = s.Store.Revision(ctx, of, n) // who sees a share sees what it was made from
	}
	if err != nil {
		return nil, err
	}
	older, err := advocacy.ParseManifest(out.Base.Manifest)
	if err != nil {
		return nil, err
	}
	newer, err := advocacy.ParseManifest(head.Manifest)
	if err != nil {
		return nil, err
	}
	out.Targets, out.Reach = diff.Manifests(older, newer), diff.Reach(older, newer)
	return out, nil
}

// diffBase finds the revision to compare with; 0 when there is none.
func (s *Service) diffBase(ctx context.Context, c Call, head *advocacy.Revision, base DiffBase) (advocacy.Subject, int, error) {
	sub := head.Subject
	switch {
	case base.Number != 0:
		return sub, base.Number, nil
	case base.Alias == BasePrevious:
		return sub, head.Number - 1, nil
	case base.Alias == BaseMyLastDecision:
		n, err := s.lastDecidedOn(ctx, sub, c.Actor.Person)
		return sub, n, err
	case sub.Kind == advocacy.SubjectItem:
		item, err := s.Store.Item(ctx, sub.Workspace, advocacy.ItemID(sub.ID))
		if err != nil {
			return sub, 0, err
		}
		return sub, item.InForce, nil
	default:
		p, err := s.Store.Post(ctx, sub.Workspace, advocacy.PostID(sub.ID))
		if err != nil || p.Item == "" {
			return sub, 0, err
		}
		return advocacy.ItemSubject(sub.Workspace, p.Item), head.ItemRevision, nil
	}
}

// lastDecidedOn is the revision of a subject that a person last approved or objected to, under any
// membership.
func (s *Service) lastDecidedOn(ctx context.Context, sub advocacy.Subject, p advocacy.PersonID) (int, error) {
	decisions, err := s.Store.Decisions(ctx, sub)
	if err != nil {
		return 0, err
	}
	own, err := s.memberships(ctx, sub.Workspace, p)
	if err != nil {
		return 0, err
	}
	for _, d := range slices.Backward(decisions) {
		if slices.Contains(own, d.Person) && (d.Verdict == advocacy.Approve || d.Verdict.Negative()) {
			review, err := s.Store.Review(ctx, sub, d.Round)
			if err != nil {
				return 0, err
			}
			return review.Revision, nil
		}
	}
	return 0, nil
}

// memberships are a person's own and those that were merged into it, one after the other.
func (s *Service) memberships(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID) ([]advocacy.PersonID, error) {
	own, fresh := []advocacy.PersonID{p}, []advocacy.PersonID{p}
	for len(fresh) > 0 {
		merged, err := s.Store.MergedMembers(ctx, w, fresh)
		if err != nil {
			return nil, err
		}
		fresh = slices.Sorted(maps.Keys(merged))
		own = append(own, fresh...)
	}
	return own, nil
}
