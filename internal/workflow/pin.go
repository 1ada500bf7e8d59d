package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// lookToPin looks where the links of a subject's newest revision lead before it is submitted,
// outside every transaction. What is not there, or not for the caller to see, is left to the
// transaction that follows to refuse.
func (s *Service) lookToPin(ctx context.Context, c Call, sub advocacy.Subject) error {
	if s.Links == nil {
		return nil
	}
	head, err := s.headOf(ctx, s.Store, sub)
	if err != nil {
		return theirs(err)
	}
	manifest, err := advocacy.ParseManifest(head.Manifest)
	if err != nil {
		return err
	}
	links := linksOfDraft(head.Content, manifest)
	if len(links) == 0 { // guard: nothing is asked about what has no link
		return nil
	}
	if err := s.seeSubject(ctx, c, sub, -1); err != nil {
		return theirs(err)
	}
	return s.lookAt(ctx, sub.Workspace, links, linkLife/2)
}

// pinned is where the links of what is submitted lead. An unedited share has the pins of the
// round that signed its item: that is where somebody saw them lead.
func (s *Service) pinned(ctx context.Context, tx Tx, review *advocacy.Review, head *advocacy.Revision, shown advocacy.Manifest) ([]advocacy.LinkPin, error) {
	if s.Links == nil || review.Library != nil {
		return nil, nil
	}
	links := linksOfDraft(head.Content, shown)
	links = links[:min(len(links), maximumLinks)]
	kept, err := tx.LinkChecks(ctx, review.Subject.Workspace, links)
	var pins []advocacy.LinkPin
	for _, link := range links {
		pin := advocacy.LinkPin{URL: link}
		if at := lookOf(kept, link); at >= 0 {
			pin.Target = kept[at].Target
		}
		pins = append(pins, pin)
	}
	return pins, err
}

// lookOf is which of some looks is at a link, -1 for none.
func lookOf(found []advocacy.LinkCheck, link string) int {
	return slices.IndexFunc(found, func(c advocacy.LinkCheck) bool { return c.URL == link })
}

// linkPatience is for how long after its time something rests that has a link which fell silent.
const linkPatience = 2 * time.Minute

// LookAgain looks once more where the links of a publication lead that is about to be sent,
// outside every transaction, and notes it on the round that signed them when one leads
// elsewhere: its signatures count no more, so the gate that follows lets nothing out and the round
// opens for its approvers. A library item whose link leads elsewhere is in force no more until it
// is signed again. It tells whether to look once more in a moment, since nothing can be told of a
// link at present; a site that stays silent, or was when it was signed, stops nothing, and that is on
// record.
func (s *Service) LookAgain(ctx context.Context, x *advocacy.Publication) (later bool, err error) {
	review, err := s.pinning(ctx, x)
	if err != nil || review == nil || len(review.Pins) == 0 {
		return false, err
	}
	links := make([]string, len(review.Pins))
	for i, p := range review.Pins {
		links[i] = p.URL
	}
	life := min(sendLife, s.Now().Sub(review.OpenTime)) // guard: what was looked at to be pinned is looked at again
	if err := s.lookAt(ctx, x.Workspace, links, life); err != nil {
		return false, err
	}
	found, err := s.Store.LinkChecks(ctx, x.Workspace, links)
	if err != nil {
		return false, err
	}
	if len(repin(slices.Clone(review.Pins), found, s.Now())) > 0 {
		return false, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			return s.noteMoved(ctx, tx, review.Subject, review.Round, found)
		})
	}
	var unseen []string
	fell := false
	for _, p := range review.Pins {
		if at := lookOf(found, p.URL); at < 0 || found[at].Silent() {
			unseen, fell = append(unseen, p.URL), fell || p.Target != ""
		}
	}
	switch {
	case fell && s.Now().Sub(x.DueTime) < linkPatience: // guard: nobody sends at once what has fallen silent
		return true, nil
	case len(unseen) > 0:
		return false, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return s.noteUnseen(ctx, tx, x, unseen) })
	}
	return false, nil
}

// pinning is the round that says where the links of a publication led: its own, or the one that
// signed its item; nil when it is not in force.
func (s *Service) pinning(ctx context.Context, x *advocacy.Publication) (*advocacy.Review, error) {
	if s.Links == nil {
		return nil, nil
	}
	review, err := s.Store.Review(ctx, advocacy.PostSubject(x.Workspace, x.Post), x.Round)
	if err == nil && review.Library != nil { // guard: a share leads where its item led
		chain := review.Library
		review, err = s.Store.Review(ctx, advocacy.ItemSubject(x.Workspace, chain.Item), chain.Round)
	}
	if err != nil || review.State != advocacy.ReviewApproved {
		return nil, err
	}
	return review, nil
}

// repin moves the pins of links that were found to lead elsewhere, and returns those.
func repin(pins []advocacy.LinkPin, found []advocacy.LinkCheck, now time.Time) []advocacy.LinkPin {
	var moved []advocacy.LinkPin
	for i, p := range pins {
		at := lookOf(found, p.URL)
		if at < 0 || !p.Moved(found[at].Target) {
			continue
		}
		pins[i] = advocacy.LinkPin{URL: p.URL, Target: found[at].Target, Former: p.Target, ChangeTime: now}
		moved = append(moved, pins[i])
	}
	return moved
}

// noteMoved notes on a round in force that links it signed lead elsewhere. A post's is counted again
// by the gate; an item's at once, and its shares with it.
func (s *Service) noteMoved(ctx context.Context, tx Tx, sub advocacy.Subject, round int, found []advocacy.LinkCheck) error {
	c := SystemCall(sub.Workspace)
	u, err := s.lockUnderReview(ctx, tx, c, sub, round)
	if err != nil || u.Review.State != advocacy.ReviewApproved || u.item != nil && u.item.InForceRound != round {
		return err
	}
	moved := repin(u.Review.Pins, found, tx.Now()) // guard: a link that leads elsewhere is noted
	if len(moved) == 0 {
		return nil
	}
	if err := tx.SaveReview(ctx, u.Review); err != nil {
		return err
	}
	err = s.record(ctx, tx, c, sub.Workspace, fact{
		action: "review.links_changed", subject: sub.ReviewName(round), parent: sub.Name(),
		detail: map[string]any{"digest": u.Review.Digest, "links": moved},
	})
	if err != nil || u.item == nil {
		return err
	}
	return s.outOfForce(ctx, tx, c, u.item, nil)
}

// noteUnseen notes that nothing could be told of links of what is about to be sent.
func (s *Service) noteUnseen(ctx context.Context, tx Tx, x *advocacy.Publication, unseen []string) error {
	return s.record(ctx, tx, SystemCall(x.Workspace), x.Workspace, fact{
		action: "publication.links_unseen", subject: x.Name(), parent: advocacy.PostSubject(x.Workspace, x.Post).Name(),
		detail: map[string]any{"links": unseen},
	})
}
