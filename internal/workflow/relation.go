package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// stated is the relation that the author once stated, where readers of a personal account are to
// be told of it though nothing else is chosen: in words that name the company, an item's own
// among them, and in a share with words of the author's own. plain is how a share that its item's
// approvers signed relates to it without what is told, empty for all else.
func (s *Service) stated(
	ctx context.Context, r Reader, w advocacy.WorkspaceID, by voice, content advocacy.Content, made *rendered,
) (relation advocacy.Disclosure, plain advocacy.Origin, err error) {
	relation = made.author.Relation
	switch {
	case relation == advocacy.DisclosureNone || !made.personal:
		return advocacy.DisclosureNone, "", nil
	case content.Disclosure != advocacy.DisclosureNone: // guard: what is chosen in the post is told
		return advocacy.DisclosureNone, "", nil
	case by.shared == 0:
		return made.rules.toldIn(content, relation), "", nil
	}
	revision, err := r.Revision(ctx, advocacy.ItemSubject(w, by.item), by.shared)
	if err != nil {
		return advocacy.DisclosureNone, "", err
	}
	from, err := sourceIn(revision)
	if err != nil {
		return advocacy.DisclosureNone, "", err
	}
	if plain = from.origin(made.manifest, made.findings); plain == advocacy.OriginLibraryEdited {
		return relation, "", nil
	}
	return made.rules.toldIn(content, relation), plain, nil // guard: who stated a relation has it told in shares
}

// toldIn is a stated relation where a text names the company, and none elsewhere.
func (by sight) toldIn(c advocacy.Content, relation advocacy.Disclosure) advocacy.Disclosure {
	if len(by.lexicon.Undisclosed(c)) == 0 { // guard: what is not about the company is nobody's statement
		return advocacy.DisclosureNone
	}
	return relation
}

// toldToo says of a share that shows its item's words that its author's relation is told with
// them, and so that somebody signs it: what the item's approvers signed does not have it.
func (by sight) toldToo(made *rendered) []advocacy.Finding {
	if made.plain == "" {
		return nil
	}
	found := advocacy.Finding{Code: "RELATION_TOLD", Severity: advocacy.Advice, Field: "content.disclosure"}
	if told := by.tellings(made.manifest); len(told) > 0 {
		found.Args = map[string]string{advocacy.ArgRule: told[0].Rule}
	}
	return []advocacy.Finding{found}
}

// alone tells whether a share shows what its item does but for the relation of its author that the
// service tells: whoever shares it wrote nothing of his or her own.
func (s *Service) alone(from advocacy.Manifest, content advocacy.Content, m advocacy.Manifest) bool {
	if content.Disclosure != advocacy.DisclosureNone { // what the author chose is the author's
		return false
	}
	plain, told := m, false
	plain.Targets = slices.Clone(m.Targets)
	for i := range plain.Targets {
		t := &plain.Targets[i]
		adapter := s.Networks[t.Rendering.Network]
		if t.Rendering.Disclosure == advocacy.DisclosureNone || adapter == nil {
			continue
		}
		shown, language := content.For(t.Account)
		t.Rendering, _ = renderTarget(adapter, shown, language, network.Disclosures{}, t.Place)
		told = true
	}
	return told && advocacy.OriginOf(plain, from) == advocacy.OriginLibrary // guard: words of one's own are no item's
}

// unwritten tells whether what goes out is in its item's words, with its author's relation or without.
func (s *Service) unwritten(ctx context.Context, tx Tx, r *release) (bool, error) {
	if r.review.Origin != advocacy.OriginLibraryEdited || r.head.ItemRevision == 0 {
		return r.review.Origin == advocacy.OriginLibrary, nil
	}
	revision, err := tx.Revision(ctx, advocacy.ItemSubject(r.post.Workspace, r.post.Item), r.head.ItemRevision)
	if err != nil {
		return false, err
	}
	from, err := sourceIn(revision)
	return err == nil && s.alone(from.manifest, r.head.Content, r.manifest), err
}

// leavesOut tells whether readers of a share that rests on its item's signatures would not be told
// what its author states to be to the company. Which words are about the company is told by the
// names that were known when it was submitted: a name that is added later changes nothing signed.
func (s *Service) leavesOut(ctx context.Context, r Reader, cs *advocacy.Case, content advocacy.Content, shows advocacy.Manifest) (bool, error) {
	review := cs.Review
	author := cs.Members[review.Assent.Person]
	if review.Library == nil || author == nil || author.Relation == advocacy.DisclosureNone || content.Disclosure != advocacy.DisclosureNone {
		return false, nil
	}
	w := review.Subject.Workspace
	lexicon, err := s.lexicon(ctx, r, w, review.Lexicon)
	if err != nil {
		return false, err
	}
	if by := (sight{lexicon: lexicon}); by.toldIn(content, author.Relation) == advocacy.DisclosureNone {
		return false, nil
	}
	accounts, err := r.AccountsByID(ctx, w, accountsOf(shows))
	return slices.ContainsFunc(shows.Targets, func(t advocacy.Target) bool {
		a := accounts[t.Account]
		return a != nil && a.Personal && t.Rendering.Disclosure == advocacy.DisclosureNone
	}), err
}

// stands adds to the case of a round that is opened what stands behind a share, and refuses one
// that was saved before its author stated what readers are told.
func (s *Service) stands(ctx context.Context, tx Tx, cs *advocacy.Case, head *advocacy.Revision, shows advocacy.Manifest, from *source) (err error) {
	if cs.Library, err = s.standing(ctx, tx, cs, shows, from); err != nil {
		return err
	}
	untold, err := s.leavesOut(ctx, tx, cs, head.Content, shows)
	if err == nil && untold { // guard: what was saved before is saved again
		err = blocked([]advocacy.Finding{notTold(advocacy.Blocks)})
	}
	return err
}

// notTold says that readers are not told what the author states to be to the company.
func notTold(severity advocacy.Severity) advocacy.Finding {
	return advocacy.Finding{Code: advocacy.BlockRelation, Severity: severity, Field: "content.disclosure"}
}
