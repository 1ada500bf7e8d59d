package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// worksOnItems tells whether the caller sees the library as a desk, with drafts and
// rounds, rather than as a shelf of what can be shared.
func (c Call) worksOnItems() bool {
	return c.Actor.Kind == advocacy.System || c.may(mayUpdateItems) || c.may(mayDecide) || c.may(mayReadAllPosts)
}

// CreateItem keeps a draft of a library item.
func (s *Service) CreateItem(ctx context.Context, c Call, w advocacy.WorkspaceID, d ItemDraft) (*ItemView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*ItemView, string, error) {
		view, err := s.createItem(ctx, tx, c, w, d)
		if err != nil {
			return nil, "", err
		}
		return view, string(view.Item.ID), nil
	}, s.itemAgain(c, w))
}

func (s *Service) createItem(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, d ItemDraft) (*ItemView, error) {
	item := &advocacy.LibraryItem{
		Workspace: w, ID: advocacy.ItemID(s.NewID()), Title: d.Title, Topic: d.Topic, Author: c.Actor.Person, Owner: c.Actor.Person, Head: 1,
		Share: d.Share, Zone: d.Zone, Note: d.Note, Pin: d.Pin, Feature: d.Feature.Tidy(), Labels: sortedSet(d.Labels), Campaign: d.Campaign, Spread: d.Spread,
		State: advocacy.ItemDraft, CreateTime: tx.Now(), UpdateTime: tx.Now(),
	}
	writers, detail := []advocacy.PersonID{c.Actor.Person}, map[string]any{"title": item.Title, "revision": 1}
	if p := d.proposal; p != nil {
		item.ID, item.Proposer, detail["proposal"] = p.Item, p.Proposer, p.Name()
		if p.Proposer != "" { // guard: who proposed it wrote some of it
			writers = join(writers, []advocacy.PersonID{p.Proposer})
		}
	}
	if err := s.guardItem(ctx, tx, item); err != nil {
		return nil, err
	}
	rev := &advocacy.Revision{
		Subject: item.Subject(), Number: 1, Content: d.Content, Networks: d.Networks, Editor: c.Actor.Person, Key: c.Actor.Key,
		Contributors: writers, CreateTime: tx.Now(),
	}
	editing, err := editingOf(ctx, tx, w, d.Editing)
	if err != nil {
		return nil, err
	}
	made, err := s.drawUp(ctx, tx, rev, d.Reach, editing)
	if err != nil {
		return nil, err
	}
	detail["digest"] = rev.Digest
	if err := tx.AddItem(ctx, item); err != nil {
		return nil, err
	}
	if len(item.Labels) > 0 {
		if err := tx.PutLabels(ctx, item); err != nil {
			return nil, err
		}
	}
	if err := addItemRevision(ctx, tx, rev, made.manifest); err != nil {
		return nil, err
	}
	if err := stopAtEnd(ctx, tx, item); err != nil {
		return nil, err
	}
	if err := s.indexItem(ctx, tx, item); err != nil {
		return nil, err
	}
	view := &ItemView{Item: item, Revision: rev, Manifest: made.manifest, Findings: made.findings, Availability: item.Availability(tx.Now())}
	return view, s.record(ctx, tx, c, w, fact{
		action: "library_item.created", subject: item.Subject().Name(), parent: item.Subject().Name(), detail: detail,
	})
}

// sortedSet is each word once, in order.
func sortedSet(words []string) []string { return slices.Compact(slices.Sorted(slices.Values(words))) }

// drawUp checks what a revision of an item says, and renders it into the bytes that are signed.
func (s *Service) drawUp(
	ctx context.Context, r Reader, rev *advocacy.Revision, reach advocacy.Reach, editing advocacy.Editing,
) (rendered, error) {
	w := rev.Subject.Workspace
	var err error
	if rev.Content, err = s.settleItem(ctx, r, w, rev.Content); err != nil {
		return rendered{}, err
	}
	made, err := s.renderItem(ctx, r, w, rev.Content, rev.Networks)
	if err != nil {
		return rendered{}, err
	}
	for _, t := range reach.Audience.Traits() {
		if err := check.RefuseLine("audience", t.Value); err != nil {
			return rendered{}, err
		}
	}
	reach.Audience = reach.Audience.Tidy()
	made.manifest.Reach = reach // guard: how far it may go is signed
	made.manifest.Editing, err = settleEditing(editing, made.manifest.Targets)
	if err != nil {
		return rendered{}, err
	}
	rev.Manifest = made.manifest.Canonical()
	rev.Digest = advocacy.DigestOf(rev.Manifest)
	return made, nil
}

// settleEditing writes the words of an edit policy as networks show them, and checks that they
// are shown.
func settleEditing(e advocacy.Editing, shown []advocacy.Target) (advocacy.Editing, error) {
	e.Spans = slices.Clone(e.Spans)
	for i := range e.Spans {
		e.Spans[i].Text = network.CleanText(e.Spans[i].Text)
	}
	return e, e.Guard(shown) // guard: what may be changed is there
}

// addItemRevision keeps a revision of an item, and in rows of its own what lists ask for.
func addItemRevision(ctx context.Context, tx Tx, rev *advocacy.Revision, m advocacy.Manifest) error {
	if err := tx.AddRevision(ctx, rev); err != nil {
		return err
	}
	return tx.AddReach(ctx, rev.Subject, rev.Number, m.Reach)
}

func (s *Service) itemAgain(c Call, w advocacy.WorkspaceID) func(context.Context, Tx, string) (*ItemView, error) {
	return func(ctx context.Context, tx Tx, id string) (*ItemView, error) {
		item, err := tx.Item(ctx, w, advocacy.ItemID(id))
		if err != nil {
			return nil, err
		}
		return s.fillItem(ctx, tx, c, item)
	}
}

func (s *Service) guardItem(ctx context.Context, r Reader, item *advocacy.LibraryItem) error {
	if err := check.RefuseLine("title", item.Title); err != nil {
		return err
	}
	if err := check.RefuseLine("note", item.Note); err != nil {
		return err
	}
	for _, word := range append(slices.Clone(item.Labels), item.Campaign) {
		if err := check.RefuseLine("labels", word); err != nil {
			return err
		}
	}
	if err := shelve(ctx, r, item); err != nil {
		return err
	}
	start, end := item.Share.Start, item.Share.End
	if !start.IsZero() || !end.IsZero() {
		if err := advocacy.GuardZone("time_zone", item.Zone); err != nil {
			return err
		}
	}
	if !start.IsZero() && !end.IsZero() && !start.Before(end) {
		return advocacy.InvalidField("share_end_time", "WINDOW_EMPTY", "the share window ends before it begins")
	}
	return nil
}

// UpdateItem changes an item. What the world would see makes a new revision with a
// review of its own; the one in force stays in force meanwhile.
func (s *Service) UpdateItem(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ItemID, d ItemChange) (*ItemView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*ItemView, string, error) {
		item, err := tx.ItemForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := s.updateItem(ctx, tx, c, item, d); err != nil {
			return nil, "", err
		}
		view, err := s.fillItem(ctx, tx, c, item)
		return view, string(id), err
	}, s.itemAgain(c, w))
}

func (s *Service) updateItem(ctx context.Context, tx Tx, c Call, item *advocacy.LibraryItem, d ItemChange) error {
	if item.Withdrawn {
		return advocacy.Refuse("ITEM_WITHDRAWN", "the item was withdrawn; make a new one")
	}
	if err := stale(d.Version, item.Version); err != nil {
		return err
	}
	window, shelf := item.Share, item.Topic
	d.apply(item)
	if d.Labels != nil {
		if err := tx.PutLabels(ctx, item); err != nil {
			return err
		}
	}
	if err := s.guardItem(ctx, tx, item); err != nil {
		return err
	}
	if err := s.reviseItem(ctx, tx, c, item, d); err != nil {
		return err
	}
	err := s.record(ctx, tx, c, item.Workspace, fact{
		action: "library_item.updated", subject: item.Subject().Name(), parent: item.Subject().Name(),
		detail: map[string]any{
			"title": item.Title, "topic": item.Topic, "share": item.Share, "head": item.Head,
			"pin": item.Pin, "featured": item.Feature.Place, "featured_end": item.Feature.End, "labels": item.Labels, "campaign": item.Campaign, "spread": item.Spread,
		},
	})
	if err != nil {
		return err
	}
	if item.Topic != shelf { // guard: what rules ask of a topic is asked of what waits
		if err := s.reassessLater(ctx, tx, item.Workspace); err != nil {
			return err
		}
	}
	if err := s.projectItem(ctx, tx, item); err != nil || item.Share.Equal(window) { // guard: another window stops what waits outside of it
		return err
	}
	if err := s.stopShares(ctx, tx, item); err != nil {
		return err
	}
	return stopAtEnd(ctx, tx, item)
}

// revises tells whether the change is one of what is signed.
func (d *ItemChange) revises() bool {
	return d.Content != nil || d.Networks != nil || d.Audience != nil || d.Announcement != nil || d.Editing != nil
}

// apply writes what a change names of what is not signed with an item.
func (d ItemChange) apply(item *advocacy.LibraryItem) {
	set(&item.Title, d.Title)
	set(&item.Topic, d.Topic)
	set(&item.Share.Start, d.ShareStart)
	set(&item.Share.End, d.ShareEnd)
	set(&item.Zone, d.Zone)
	set(&item.Note, d.Note)
	set(&item.Pin, d.Pin)
	set(&item.Feature.Place, d.FeaturePlace)
	set(&item.Feature.End, d.FeatureEnd)
	item.Feature = item.Feature.Tidy()
	set(&item.Campaign, d.Campaign)
	set(&item.Spread, d.Spread)
	if d.Labels != nil {
		item.Labels = sortedSet(*d.Labels)
	}
}

// redraft is the head of an item and what a change makes of it, nil for the same.
type redraft struct {
	head, next *advocacy.Revision
	manifest   advocacy.Manifest
}

// redraftItem draws up what a change would make of what an item says. Words for where nobody
// may share it yet are in no bytes, and are another revision all the same.
func (s *Service) redraftItem(ctx context.Context, r Reader, item *advocacy.LibraryItem, d ItemChange) (redraft, error) {
	if !d.revises() {
		return redraft{}, nil
	}
	head, err := r.Revision(ctx, item.Subject(), item.Head)
	if err != nil {
		return redraft{}, err
	}
	shows, err := advocacy.ParseManifest(head.Manifest)
	if err != nil {
		return redraft{}, err
	}
	next, reach, editing := *head, shows.Reach, shows.Editing
	set(&next.Content, d.Content)
	set(&next.Networks, d.Networks)
	set(&reach.Audience, d.Audience)
	set(&reach.Announcement, d.Announcement)
	set(&editing, d.Editing)
	made, err := s.drawUp(ctx, r, &next, reach, editing)
	if err != nil || next.Digest == head.Digest && sameWords(next.Content, head.Content) {
		return redraft{}, err
	}
	return redraft{head: head, next: &next, manifest: made.manifest}, nil
}

func (s *Service) reviseItem(ctx context.Context, tx Tx, c Call, item *advocacy.LibraryItem, d ItemChange) error {
	change, err := s.redraftItem(ctx, tx, item, d)
	if err != nil || change.next == nil {
		return err
	}
	head, next := change.head, change.next
	next.Number, next.Editor, next.Key, next.CreateTime = head.Number+1, c.Actor.Person, c.Actor.Key, tx.Now()
	next.Contributors = join(head.Contributors, []advocacy.PersonID{c.Actor.Person})
	if d.suggester != "" {
		next.Suggesters = join(head.Suggesters, []advocacy.PersonID{d.suggester})
	}
	if err := addItemRevision(ctx, tx, next, change.manifest); err != nil {
		return err
	}
	item.Head = next.Number
	if item.Round != item.InForceRound {
		if err := s.endReview(ctx, tx, c, item.Subject(), item.Round, advocacy.ReviewSuperseded); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, c, item.Workspace, fact{
		action: "library_item.revised", subject: item.Subject().RevisionName(next.Number), parent: item.Subject().Name(),
		detail: map[string]any{"revision": next.Number, "digest": next.Digest, "previous": head.Digest},
	})
}

// SubmitItem opens a review of the item's head.
func (s *Service) SubmitItem(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ItemID, d Submit) (*ItemView, error) {
	if err := s.lookToPin(ctx, c, advocacy.ItemSubject(w, id)); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*ItemView, string, error) {
		item, err := tx.ItemForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, item.Version); err != nil {
			return nil, "", err
		}
		if err := s.submitItem(ctx, tx, c, item, d.Digest); err != nil {
			return nil, "", err
		}
		view, err := s.fillItem(ctx, tx, c, item)
		return view, string(id), err
	}, s.itemAgain(c, w))
}

func (s *Service) submitItem(ctx context.Context, tx Tx, c Call, item *advocacy.LibraryItem, shown advocacy.Digest) error {
	head, err := tx.Revision(ctx, item.Subject(), item.Head)
	if err != nil {
		return err
	}
	current, err := s.headReview(ctx, tx, item.Subject(), item.Round, item.Head)
	if err != nil {
		return err
	}
	if err := item.GuardSubmitItem(head, advocacy.ItemStateOf(item, current), shown); err != nil {
		return err
	}
	manifest, err := advocacy.ParseManifest(head.Manifest)
	if err != nil {
		return err
	}
	if len(manifest.Targets) == 0 {
		return advocacy.Refuse("NO_TARGETS", "choose at least one network before you submit")
	}
	rules, err := s.rules(ctx, tx, item.Workspace)
	if err != nil {
		return err
	}
	found := s.findings(rules.sight, head.Content, manifest)
	if err := blocked(found); err != nil {
		return err
	}
	keep := item.InForceRound != 0 && item.InForceRound == item.Round
	item.Round++
	review := &advocacy.Review{
		Subject: item.Subject(), Round: item.Round, Revision: head.Number, Digest: head.Digest, Origin: advocacy.OriginOriginal,
		Assent: advocacy.Assent{Person: c.Actor.Person, Key: c.Actor.Key, Digest: shown, Time: tx.Now()},
	}
	shows := turn{title: item.Title, manifest: manifest, rules: rules, findings: found, item: item, keepPrevious: keep}
	if err := s.openReview(ctx, tx, c, review, head, nil, shows); err != nil {
		return err
	}
	return s.projectItem(ctx, tx, item)
}

// projectItem writes the item with the projection of its derived state, and what it is found
// by.
func (s *Service) projectItem(ctx context.Context, tx Tx, item *advocacy.LibraryItem) error {
	review, err := s.headReview(ctx, tx, item.Subject(), item.Round, item.Head)
	if err != nil {
		return err
	}
	item.State, item.UpdateTime = advocacy.ItemStateOf(item, review), tx.Now()
	if err := tx.SaveItem(ctx, item); err != nil {
		return err
	}
	return s.indexItem(ctx, tx, item)
}

// WithdrawItem takes an item out of the library for good. Shares that were not sent do
// not go out any more: the gate asks whether the item is in force.
func (s *Service) WithdrawItem(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ItemID, reason string) (*ItemView, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*ItemView, string, error) {
		item, err := tx.ItemForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if item.Withdrawn {
			return nil, "", advocacy.Refuse("ITEM_WITHDRAWN", "the item was withdrawn already")
		}
		if err := s.withdrawItem(ctx, tx, c, item, reason); err != nil {
			return nil, "", err
		}
		view, err := s.fillItem(ctx, tx, c, item)
		return view, string(id), err
	}, s.itemAgain(c, w))
}

// withdrawItem takes a locked item out of the library, with what was not sent of it.
func (s *Service) withdrawItem(ctx context.Context, tx Tx, c Call, item *advocacy.LibraryItem, reason string) error {
	// The round in force ends too: nothing said later of an item that is gone may open
	// its review again.
	for _, round := range []int{item.InForceRound, item.Round} {
		if err := s.endReview(ctx, tx, c, item.Subject(), round, advocacy.ReviewWithdrawn); err != nil {
			return err
		}
	}
	item.Withdrawn = true
	err := s.record(ctx, tx, c, item.Workspace, fact{
		action: "library_item.withdrawn", subject: item.Subject().Name(), parent: item.Subject().Name(), detail: map[string]any{"reason": reason},
	})
	if err != nil {
		return err
	}
	if err := s.projectItem(ctx, tx, item); err != nil {
		return err
	}
	return s.stopShares(ctx, tx, item)
}

// visibleItem returns an item the caller finds, as advocacy.Viewer.Finds says.
func (s *Service) visibleItem(ctx context.Context, r Reader, c Call, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.LibraryItem, error) {
	item, err := r.Item(ctx, w, id)
	if err != nil || c.worksOnItems() {
		return item, err
	}
	topic, err := r.Topic(ctx, w, item.Topic)
	if err != nil {
		return nil, err
	}
	v := advocacy.Viewer{Person: c.Actor.Person}
	if topic.Closed || !item.Audience.Everybody() {
		if v, err = s.viewer(ctx, r, c, w, false); err != nil {
			return nil, err
		}
	}
	if !v.Finds(item, topic, s.now(r)) { // guard: what is not on the caller's shelf
		return nil, advocacy.Missing("ITEM_NOT_FOUND", "there is no library item %q that you may see", id)
	}
	return item, nil
}

// Item returns an item as the caller may see it.
func (s *Service) Item(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ItemID) (*ItemView, error) {
	item, err := s.visibleItem(ctx, s.Store, c, w, id)
	if err != nil {
		return nil, err
	}
	return s.fillItem(ctx, s.Store, c, item)
}

func (s *Service) fillItem(ctx context.Context, r Reader, c Call, item *advocacy.LibraryItem) (*ItemView, error) {
	number := item.Head
	if !c.worksOnItems() {
		number = item.InForce
	}
	rev, err := r.Revision(ctx, item.Subject(), number)
	if err != nil {
		return nil, err
	}
	view, err := viewItem(item, rev, s.now(r))
	if err != nil {
		return nil, err
	}
	rules, err := s.rules(ctx, r, item.Workspace)
	if err != nil {
		return nil, err
	}
	view.Findings = s.findings(rules.sight, view.Revision.Content, view.Manifest)
	if item.Round > 0 && c.worksOnItems() {
		view.Review, err = r.Review(ctx, item.Subject(), item.Round)
	}
	return view, err
}

// viewItem shows a revision of an item. An announcement is not sharable, though it is shown.
func viewItem(item *advocacy.LibraryItem, rev *advocacy.Revision, now time.Time) (*ItemView, error) {
	manifest, err := advocacy.ParseManifest(rev.Manifest)
	return &ItemView{
		Item: item, Revision: rev, Manifest: manifest,
		Sharable: item.Sharable(now) && !item.Announcement, Availability: item.Availability(now),
	}, err
}

// Items lists library items: for who does not work on items, what can be shared now.
func (s *Service) Items(ctx context.Context, c Call, q ItemQuery) ([]ItemView, string, error) {
	items, next, err := s.Store.Items(ctx, s.shelf(c, q))
	if err != nil || len(items) == 0 {
		return nil, "", err
	}
	views, err := s.itemViews(ctx, c, items)
	return views, next, err
}

// shelf narrows a query to what the caller may see of the library.
func (s *Service) shelf(c Call, q ItemQuery) ItemQuery {
	q.Now, q.Head = s.Now(), true
	if !c.worksOnItems() {
		q.Viewer, q.SharableAt, q.State, q.Head = c.Actor.Person, q.Now, "", false
	}
	return q
}

// itemViews shows items of one workspace with their heads, or what is in force for who does
// not work on items.
func (s *Service) itemViews(ctx context.Context, c Call, items []advocacy.LibraryItem) ([]ItemView, error) {
	numbers := make(map[string]int, len(items))
	for i := range items {
		numbers[string(items[i].ID)] = items[i].Head
		if !c.worksOnItems() {
			numbers[string(items[i].ID)] = items[i].InForce
		}
	}
	revisions, err := s.Store.RevisionsByNumber(ctx, items[0].Workspace, advocacy.SubjectItem, numbers)
	if err != nil {
		return nil, err
	}
	views := make([]ItemView, len(items))
	for i := range items {
		view, err := viewItem(&items[i], revisions[string(items[i].ID)], s.Now())
		if err != nil {
			return nil, err
		}
		views[i] = *view
	}
	return views, nil
}

// ShareItem makes a post that shows exactly what the item shows, and submits it, in one
// transaction. The item's own human decisions stand behind it.
func (s *Service) ShareItem(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ItemID, d Share) (*PostView, error) {
	if err := s.lookAtShare(ctx, c, w, id); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		view, err := s.shareItem(ctx, tx, c, w, id, d)
		if err != nil {
			return nil, "", err
		}
		return view, string(view.Post.ID), nil
	}, s.postAgain(w))
}

func (s *Service) shareItem(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, id advocacy.ItemID, d Share) (*PostView, error) {
	item, err := s.visibleItem(ctx, tx, c, w, id)
	if err != nil {
		return nil, err
	}
	if !item.Sharable(tx.Now()) {
		return nil, advocacy.Refuse("ITEM_NOT_SHARABLE", "this item cannot be shared now: it was withdrawn, or its share window is closed")
	}
	draft := PostDraft{
		Content: advocacy.Content{Language: d.Language}, Accounts: d.Accounts, Item: id, Alternative: d.Alternative,
		PublishTime: d.PublishTime, Zone: d.Zone,
	}
	if err := draft.guard(tx.Now()); err != nil {
		return nil, err
	}
	source, err := inForce(ctx, tx, item)
	if err != nil {
		return nil, err
	}
	view, err := s.createPost(ctx, tx, c, w, draft, madeFrom{item: source})
	if err != nil {
		return nil, err
	}
	if view.Head.Digest != d.Digest {
		return nil, advocacy.Clash("REVISION_CHANGED", "the item changed since you saw it; look again before you share").
			With("digest", string(view.Head.Digest)).With("revision", item.Subject().RevisionName(item.InForce))
	}
	if err := s.submitPost(ctx, tx, c, view, advocacy.PostDraft, Submit{Digest: d.Digest}); err != nil {
		return nil, err
	}
	return view, s.completePost(ctx, tx, view)
}
