package workflow

import (
	"context"
	"fmt"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// source is the revision of a library item that a share is made from, with the decisions
// on the item. A transaction that read it holds the item, and so everything here,
// against change.
type source struct {
	item      *advocacy.LibraryItem
	revision  *advocacy.Revision
	manifest  advocacy.Manifest
	decisions []advocacy.Decision
	// rules are those by which it is judged what stands behind a share.
	rules *rules
}

// sourceIn is the source with nothing read but the revision, nil without one.
func sourceIn(r *advocacy.Revision) (*source, error) {
	if r == nil {
		return nil, nil
	}
	manifest, err := advocacy.ParseManifest(r.Manifest)
	return &source{revision: r, manifest: manifest}, err
}

func readSource(ctx context.Context, r Reader, item *advocacy.LibraryItem, number int) (*source, error) {
	revision, err := r.Revision(ctx, item.Subject(), number)
	if err != nil {
		return nil, err
	}
	from, err := sourceIn(revision)
	if err != nil {
		return nil, err
	}
	from.item = item
	from.decisions, err = r.Decisions(ctx, item.Subject())
	return from, err
}

// origin compares what a post would show with what the source shows; without a source
// the words are the author's own. Personal words in which a machine saw something that a
// person has to look at, that lead elsewhere, or that name somebody, are an edit like any other.
func (f *source) origin(m advocacy.Manifest, found []advocacy.Finding) advocacy.Origin {
	if f == nil {
		return advocacy.OriginOriginal
	}
	origin := advocacy.OriginOf(m, f.manifest)
	doubt := func(f advocacy.Finding) bool { return f.Severity != advocacy.Advice }
	if origin == advocacy.OriginLibraryPersonalised && (slices.ContainsFunc(found, doubt) || saysMore(m, f.manifest)) { // guard: personal words are harmless
		return advocacy.OriginLibraryEdited
	}
	return origin
}

// guardLocked refuses other words for an item that is shared as it is. What the service tells of
// the author is no word of the author's: alone, it is told and signed.
func (f *source) guardLocked(origin advocacy.Origin, alone bool) error {
	if f == nil || f.manifest.Editing.Mode != advocacy.EditLocked || alone || origin == advocacy.OriginLibrary { // guard: a locked item is shared as it is
		return nil
	}
	return advocacy.Refuse("ITEM_LOCKED", "this library item is shared as it is; take its own words, or write a post of your own")
}

// elsewhere finds the accounts on networks that the source is not for: in whatever words, what
// was made from it goes only where it was signed for.
func (f *source) elsewhere(m advocacy.Manifest) []advocacy.Finding {
	if f == nil {
		return nil
	}
	var out []advocacy.Finding
	allowed := networksOf(f.manifest)
	for i, t := range m.Targets {
		if !slices.Contains(allowed, t.Rendering.Network) { // guard: an item goes where it was signed for
			out = append(out, advocacy.Finding{
				Code: "NETWORK_NOT_ALLOWED", Severity: advocacy.Blocks, Field: fmt.Sprintf("social_accounts[%d]", i), Network: t.Rendering.Network,
			})
		}
	}
	return out
}

// meantFor tells whether somebody is of the audience that the source was signed for.
func (f *source) meantFor(m *advocacy.Member) bool { return f.manifest.Audience.Includes(m.Traits()) }

// chain names the human decisions behind the revision in force.
func (f *source) chain() *advocacy.LibraryChain {
	chain := &advocacy.LibraryChain{
		Item: f.item.ID, Revision: f.revision.Number, Round: f.item.InForceRound, Digest: f.revision.Digest,
	}
	for _, d := range f.decisions {
		if d.Round == chain.Round && d.Digest == chain.Digest && d.Verdict == advocacy.Approve {
			chain.Decisions = append(chain.Decisions, d.ID)
		}
	}
	return chain
}

// libraryStanding tells whether the item behind an unedited share is in force now, and for its
// author. In a transaction the item is held against change.
func (s *Service) libraryStanding(ctx context.Context, r Reader, cs *advocacy.Case, head *advocacy.Revision, by *rules) (advocacy.LibraryStanding, error) {
	review, chain := cs.Review, cs.Review.Library
	if chain == nil {
		return advocacy.LibraryStanding{}, nil
	}
	get := r.Item
	if tx, ok := r.(Tx); ok {
		get = tx.ItemForShare
	}
	item, err := get(ctx, review.Subject.Workspace, chain.Item)
	if err != nil {
		return advocacy.LibraryStanding{}, err
	}
	from, err := readSource(ctx, r, item, chain.Revision)
	if err != nil {
		return advocacy.LibraryStanding{}, err
	}
	from.rules = by
	manifest, err := advocacy.ParseManifest(head.Manifest)
	if err != nil {
		return advocacy.LibraryStanding{}, err
	}
	out, err := s.standing(ctx, r, cs, manifest, from)
	if err != nil {
		return out, err
	}
	out.Untold, err = s.leavesOut(ctx, r, cs, head.Content, manifest) // guard: who said it since has it told
	return out, err
}

// itemGone tells whether the item that a round's share was made from was withdrawn since: an edited
// one, or one whose plan does not ask for the item's own signatures, as on an expedited route. In a
// transaction the item is held against change.
func itemGone(ctx context.Context, r Reader, p *advocacy.Post, review *advocacy.Review) (bool, error) {
	if review.Origin != advocacy.OriginLibraryEdited && (review.Library == nil || standsOnItem(review.Plan)) { // guard: nobody's signature outlasts the item
		return false, nil
	}
	get := r.Item
	if tx, ok := r.(Tx); ok {
		get = tx.ItemForShare
	}
	item, err := get(ctx, p.Workspace, p.Item)
	return err == nil && item.Withdrawn, err
}

// standsOnItem tells whether a plan asks for the signatures of the library item.
func standsOnItem(p advocacy.Plan) bool {
	return slices.ContainsFunc(p.Requirements, func(r advocacy.Requirement) bool { return r.Kind == advocacy.RequireLibrary })
}

// standing is libraryStanding for who has read the source.
func (s *Service) standing(ctx context.Context, r Reader, cs *advocacy.Case, shows advocacy.Manifest, from *source) (advocacy.LibraryStanding, error) {
	review, chain := cs.Review, cs.Review.Library
	if chain == nil {
		return advocacy.LibraryStanding{}, nil
	}
	item := from.item
	if item.InForce != chain.Revision || item.InForceRound != chain.Round { // guard: item in force
		return advocacy.LibraryStanding{}, nil
	}
	if open, err := s.windowOpen(ctx, r, review, item); err != nil || !open { // guard: within the window
		return advocacy.LibraryStanding{}, err
	}
	signed, err := s.itemSigned(ctx, r, from)
	return advocacy.LibraryStanding{
		InForce: signed && from.revision.Digest == chain.Digest,
		Matches: advocacy.OriginOf(shows, from.manifest) == review.Origin, // guard: unedited, or within its bounds
		Meant:   from.meantFor(cs.Members[review.Assent.Person]),
	}, err
}

// windowOpen tells whether an item may be shared now, or will be when the share goes out that
// a round is about: a window that was moved to later does not end what waits for a time in it.
func (s *Service) windowOpen(ctx context.Context, r Reader, review *advocacy.Review, item *advocacy.LibraryItem) (bool, error) {
	now := s.now(r)
	if !now.Before(item.Share.Start) {
		return item.Sharable(now), nil
	}
	post, err := r.Post(ctx, review.Subject.Workspace, advocacy.PostID(review.Subject.ID))
	return err == nil && item.Sharable(post.PublishTime), err
}

// itemSigned counts the human decisions behind an item revision, as they were taken.
func (s *Service) itemSigned(ctx context.Context, r Reader, from *source) (bool, error) {
	review, err := r.Review(ctx, from.item.Subject(), from.item.InForceRound)
	if err != nil {
		return false, err
	}
	head := from.revision
	cs := &advocacy.Case{
		Review: review, Head: head.Number, HeadDigest: head.Digest, Contributors: head.Contributors, Suggesters: head.Suggesters, Settled: true, Now: s.now(r),
	}
	if under(review) != beside(from.rules.policy) { // guard: an item with a forbidden term stands behind nothing
		cs.Found = s.findings(from.rules.sight, head.Content, from.manifest)
	}
	for _, d := range from.decisions {
		if d.Round <= review.Round {
			cs.Decisions = append(cs.Decisions, d)
		}
	}
	return review.State == advocacy.ReviewApproved && review.Digest == head.Digest && cs.Tally().Satisfied, nil
}
