package workflow

import (
	"context"
	"reflect"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// SuggestionReader reads suggested edits.
type SuggestionReader interface {
	Suggestion(ctx context.Context, s advocacy.Subject, id advocacy.SuggestionID) (*advocacy.Suggestion, error)
	Suggestions(ctx context.Context, s advocacy.Subject, p Page) ([]advocacy.Suggestion, string, error)
}

// SuggestionWriter writes suggested edits. Who writes holds the post or item.
type SuggestionWriter interface {
	AddSuggestion(ctx context.Context, g *advocacy.Suggestion) error
	// SaveSuggestion writes State, Accepted, Resolver, Reason, ResolveTime and raises Version;
	// Conflict when it moved.
	SaveSuggestion(ctx context.Context, g *advocacy.Suggestion) error
}

// SuggestionDraft is what a client suggests.
type SuggestionDraft struct {
	// Digest is what was on the screen.
	Digest   advocacy.Digest
	Text     string
	Variants []advocacy.Variant
	Note     string
}

// SuggestEdit proposes other words for the head of a post or item.
func (s *Service) SuggestEdit(ctx context.Context, c Call, sub advocacy.Subject, d SuggestionDraft) (*advocacy.Suggestion, error) {
	return act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (*advocacy.Suggestion, string, error) {
		g, err := s.suggestEdit(ctx, tx, c, sub, d)
		if err != nil {
			return nil, "", err
		}
		return g, string(g.ID), nil
	}, s.suggestionAgain(sub))
}

func (s *Service) suggestionAgain(sub advocacy.Subject) func(context.Context, Tx, string) (*advocacy.Suggestion, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Suggestion, error) {
		return tx.Suggestion(ctx, sub, advocacy.SuggestionID(id))
	}
}

func (s *Service) suggestEdit(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, d SuggestionDraft) (*advocacy.Suggestion, error) {
	f, err := s.lockForum(ctx, tx, c, sub)
	if err != nil {
		return nil, err
	}
	if err := f.who.GuardSuggest(f.head, d.Digest); err != nil {
		return nil, err
	}
	content := f.head.Content
	content.Text, content.Variants = d.Text, d.Variants
	if err := check.Refuse("suggestion", content); err != nil {
		return nil, err
	}
	if err := check.RefuseLine("suggestion.note", d.Note); err != nil {
		return nil, err
	}
	if d.Text == f.head.Content.Text && sameVariants(d.Variants, f.head.Content.Variants) {
		return nil, advocacy.InvalidField("suggestion.text", "NOTHING_CHANGED", "these are the words as they are; suggest other ones")
	}
	g := &advocacy.Suggestion{
		Subject: sub, ID: advocacy.SuggestionID(s.NewID()), Revision: f.head.Number, Digest: f.head.Digest, Content: content, Note: d.Note,
		Person: c.Actor.Person, State: advocacy.SuggestionOpen, CreateTime: tx.Now(),
	}
	if err := tx.AddSuggestion(ctx, g); err != nil {
		return nil, err
	}
	return g, s.record(ctx, tx, c, sub.Workspace, fact{
		action: "suggestion.made", subject: g.Name(), parent: sub.Name(),
		detail: map[string]any{"revision": g.Revision, "digest": g.Digest, "text": d.Text, "variants": len(d.Variants), "note": d.Note},
	})
}

func sameVariants(a, b []advocacy.Variant) bool {
	return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b))
}

// AcceptSuggestion makes a revision of exactly the suggested words. It is no assent: who
// submits still names what it shows.
func (s *Service) AcceptSuggestion(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.SuggestionID, version int64) (*advocacy.Suggestion, error) {
	take := s.takeForPost
	if sub.Kind == advocacy.SubjectItem {
		take = s.takeForItem
	}
	return s.endSuggestion(ctx, c, sub, id, version, func(ctx context.Context, tx Tx, _ *forum, g *advocacy.Suggestion) error {
		changed, err := take(ctx, tx, c, g)
		if err == nil && !changed {
			err = advocacy.Refuse("NOTHING_CHANGED", "these words would show nothing that is not shown already; decline the suggestion")
		}
		return err
	})
}

// takeForPost makes the suggested words the head of a post, and tells whether they show
// anything else.
func (s *Service) takeForPost(ctx context.Context, tx Tx, c Call, g *advocacy.Suggestion) (bool, error) {
	p, head, state, err := s.lockPost(ctx, tx, c, g.Subject.Workspace, advocacy.PostID(g.Subject.ID))
	if err != nil {
		return false, err
	}
	if err := p.GuardEdit(c.Actor, state, false); err != nil {
		return false, err
	}
	if err := g.Accept(c.Actor.Person, head, tx.Now()); err != nil {
		return false, err
	}
	changed, err := s.revise(ctx, tx, c, p, head, PostChange{Content: &g.Content, suggester: g.Person})
	if err != nil || !changed {
		return false, err
	}
	return true, s.project(ctx, tx, p)
}

// takeForItem is takeForPost for an item.
func (s *Service) takeForItem(ctx context.Context, tx Tx, c Call, g *advocacy.Suggestion) (bool, error) {
	if !c.may(mayUpdateItems) { // guard: only who may change items takes words for one
		return false, advocacy.Deny("NOT_A_CONTRIBUTOR", "only who may change library items takes words for one")
	}
	item, err := tx.ItemForUpdate(ctx, g.Subject.Workspace, advocacy.ItemID(g.Subject.ID))
	if err != nil {
		return false, err
	}
	head, err := tx.Revision(ctx, g.Subject, item.Head)
	if err != nil {
		return false, err
	}
	if err := g.Accept(c.Actor.Person, head, tx.Now()); err != nil {
		return false, err
	}
	err = s.updateItem(ctx, tx, c, item, ItemChange{Content: &g.Content, suggester: g.Person})
	return item.Head != head.Number, err
}

// DeclineSuggestion ends a suggestion without taking it.
func (s *Service) DeclineSuggestion(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.SuggestionID, reason string) (*advocacy.Suggestion, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return s.endSuggestion(ctx, c, sub, id, 0, func(_ context.Context, tx Tx, f *forum, g *advocacy.Suggestion) error {
		p := c.Actor.Person
		edits := p == f.owner || slices.Contains(f.coAuthors, p)
		if sub.Kind == advocacy.SubjectItem {
			edits = c.may(mayUpdateItems)
		}
		return g.Decline(p, edits, reason, tx.Now())
	})
}

// endSuggestion resolves a suggestion about a post or item that is held.
func (s *Service) endSuggestion(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.SuggestionID, version int64, end func(context.Context, Tx, *forum, *advocacy.Suggestion) error) (*advocacy.Suggestion, error) {
	return act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (*advocacy.Suggestion, string, error) {
		f, err := s.lockForum(ctx, tx, c, sub)
		if err != nil {
			return nil, "", err
		}
		g, err := tx.Suggestion(ctx, sub, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(version, g.Version); err != nil {
			return nil, "", err
		}
		if err := end(ctx, tx, f, g); err != nil {
			return nil, "", err
		}
		if err := tx.SaveSuggestion(ctx, g); err != nil {
			return nil, "", err
		}
		return g, string(g.ID), s.record(ctx, tx, c, sub.Workspace, fact{
			action: "suggestion." + string(g.State), subject: g.Name(), parent: sub.Name(),
			detail: map[string]any{"accepted_revision": g.Accepted, "suggester": g.Person, "reason": g.Reason},
		})
	}, s.suggestionAgain(sub))
}

// Suggestion returns a suggested edit as it stands beside the newest revision.
func (s *Service) Suggestion(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.SuggestionID) (*advocacy.Suggestion, int, error) {
	head, err := s.seenHead(ctx, c, sub)
	if err != nil {
		return nil, 0, err
	}
	g, err := s.Store.Suggestion(ctx, sub, id)
	return g, head, err
}

// Suggestions lists the suggested edits of a post or item, and says which revision is the
// newest.
func (s *Service) Suggestions(ctx context.Context, c Call, sub advocacy.Subject, page Page) ([]advocacy.Suggestion, int, string, error) {
	head, err := s.seenHead(ctx, c, sub)
	if err != nil {
		return nil, 0, "", err
	}
	all, next, err := s.Store.Suggestions(ctx, sub, page)
	return all, head, next, err
}

// seenHead is the number of the newest revision of what the caller may see while it is
// being written.
func (s *Service) seenHead(ctx context.Context, c Call, sub advocacy.Subject) (int, error) {
	if sub.Kind == advocacy.SubjectPost {
		p, err := s.Store.Post(ctx, sub.Workspace, advocacy.PostID(sub.ID))
		if err != nil {
			return 0, err
		}
		if !c.seesPost(p) {
			return 0, postMissing(p.ID)
		}
		return p.Head, nil
	}
	item, err := s.Store.Item(ctx, sub.Workspace, advocacy.ItemID(sub.ID))
	if err != nil {
		return 0, err
	}
	if !c.worksOnItems() {
		return 0, advocacy.Missing("ITEM_NOT_FOUND", "there is no library item %q whose suggestions you may see", item.ID)
	}
	return item.Head, nil
}
