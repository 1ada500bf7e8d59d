package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// CreatePost keeps a draft in the caller's name.
func (s *Service) CreatePost(ctx context.Context, c Call, w advocacy.WorkspaceID, d PostDraft) (*PostView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		if err := d.guard(tx.Now()); err != nil {
			return nil, "", err
		}
		source, err := s.shareSource(ctx, tx, c, w, d.Item)
		if err != nil {
			return nil, "", err
		}
		view, err := s.createPost(ctx, tx, c, w, d, madeFrom{item: source})
		if err != nil {
			return nil, "", err
		}
		return view, string(view.Post.ID), nil
	}, s.postAgain(w))
}

func (s *Service) postAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*PostView, error) {
	return func(ctx context.Context, tx Tx, id string) (*PostView, error) {
		return s.viewPost(ctx, tx, w, advocacy.PostID(id))
	}
}

// guard refuses what is wrong with a draft whatever it says.
func (d PostDraft) guard(now time.Time) error {
	if err := advocacy.GuardPublishTime("publish_time", d.PublishTime, d.Zone, now); err != nil {
		return err
	}
	return check.RefuseLine("note", d.Note)
}

// madeFrom is what a new post is made from: the item's revision in force for a share,
// another post for a copy, both for a copy of a share, nothing for own words.
type madeFrom struct {
	item *advocacy.Revision
	post *copied
}

// createPost keeps a draft.
func (s *Service) createPost(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, d PostDraft, from madeFrom) (*PostView, error) {
	content, err := s.draftContent(ctx, tx, w, d, from.item)
	if err != nil {
		return nil, err
	}
	p := &advocacy.Post{
		Workspace: w, ID: advocacy.PostID(s.NewID()), Author: c.Actor.Person, Key: c.Actor.Key, Item: d.Item,
		PublishTime: d.PublishTime, Zone: d.Zone, Note: d.Note, State: advocacy.PostDraft,
		CreateTime: tx.Now(), UpdateTime: tx.Now(),
	}
	by := voice{author: p.Author, item: p.Item}
	if from.item != nil {
		by.shared = from.item.Number
	}
	made, err := s.renderPost(ctx, tx, w, by, content, d.Accounts)
	if err != nil {
		return nil, err
	}
	rev := &advocacy.Revision{
		Subject: p.Subject(), Number: 1, Content: content, Targets: d.Accounts, Editor: c.Actor.Person, Key: c.Actor.Key,
		Contributors: []advocacy.PersonID{c.Actor.Person}, CreateTime: tx.Now(),
	}
	if from.item != nil {
		rev.ItemRevision = from.item.Number
		rev.Contributors = join(rev.Contributors, from.item.Contributors)
		rev.Suggesters = from.item.Suggesters // guard: whose words an item shows does not sign them for another
	}
	if from.post != nil {
		from.post.bequeath(p, rev)
	}
	return s.keepPost(ctx, tx, c, p, rev, made)
}

// keepPost writes a new post with its first revision.
func (s *Service) keepPost(ctx context.Context, tx Tx, c Call, p *advocacy.Post, rev *advocacy.Revision, made rendered) (*PostView, error) {
	rev.Manifest = made.manifest.Canonical()
	rev.Digest = advocacy.DigestOf(rev.Manifest)
	p.Head = rev.Number
	if err := tx.AddPost(ctx, p); err != nil {
		return nil, err
	}
	if err := tx.AddRevision(ctx, rev); err != nil {
		return nil, err
	}
	err := s.record(ctx, tx, c, p.Workspace, fact{
		action: "post.created", subject: p.Subject().Name(), parent: p.Subject().Name(),
		detail: map[string]any{
			"revision": rev.Number, "digest": rev.Digest, "library_item": p.Item,
			"copied_from": p.CopiedFrom, "objectors": p.Objectors, "contributors": rev.Contributors,
		},
	})
	return &PostView{Post: p, Head: rev, Manifest: made.manifest, Findings: made.findings, rules: made.rules}, err
}

// shareSource returns the revision in force of the item a post is made from, nil for
// own words. An item the caller may not share is not found.
func (s *Service) shareSource(ctx context.Context, r Reader, c Call, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.Revision, error) {
	if id == "" {
		return nil, nil
	}
	item, err := s.visibleItem(ctx, r, c, w, id)
	if err != nil {
		return nil, err
	}
	return inForce(ctx, r, item)
}

func inForce(ctx context.Context, r Reader, item *advocacy.LibraryItem) (*advocacy.Revision, error) {
	if item.InForce == 0 || item.Withdrawn {
		return nil, advocacy.Refuse("ITEM_NOT_SHARABLE", "this item is not in force")
	}
	revision, err := r.Revision(ctx, item.Subject(), item.InForce)
	if err == nil && item.Announcement { // guard: an announcement is for reading
		err = announcement()
	}
	return revision, err
}

// announcement refuses to share what is for reading alone.
func announcement() error {
	return advocacy.Refuse("ITEM_ANNOUNCEMENT", "this is an announcement, which is for reading and not for sharing")
}

// draftContent checks what was written; a share that says nothing of its own begins
// with the item's words.
func (s *Service) draftContent(ctx context.Context, r Reader, w advocacy.WorkspaceID, d PostDraft, source *advocacy.Revision) (advocacy.Content, error) {
	c := d.Content
	if source != nil && c.Text == "" && len(c.Media) == 0 && c.Link == "" && c.Card.None() && len(c.Variants) == 0 {
		return contentIn(source.Content, c.Language, d.Alternative)
	}
	return s.settlePost(ctx, r, w, c)
}

func join(a, b []advocacy.PersonID) []advocacy.PersonID {
	out := slices.Clone(a)
	for _, p := range b {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// PreviewPost renders a post without keeping it, and says who would have to sign.
func (s *Service) PreviewPost(ctx context.Context, c Call, w advocacy.WorkspaceID, d PostDraft) (*Preview, error) {
	made, err := s.sketch(ctx, c, w, d)
	if err != nil {
		return nil, err
	}
	about := asked{
		subject: advocacy.PostSubject(w, ""), origin: made.origin, content: made.content, manifest: made.manifest,
		post: &advocacy.Post{Workspace: w, Author: c.Actor.Person, Item: d.Item, PublishTime: d.PublishTime},
		anew: true, author: c.Actor.Person, rules: made.rules, findings: made.findings,
	}
	if made.author != nil {
		about.members = map[advocacy.PersonID]*advocacy.Member{c.Actor.Person: made.author}
	}
	if made.from != nil {
		about.shared = made.from.revision.Number
	}
	if err := s.lookAtLinks(ctx, w, made.content, made.manifest); err != nil {
		return nil, err
	}
	routed, err := s.route(ctx, s.Store, about)
	if err != nil {
		return nil, err
	}
	digest := advocacy.DigestOf(made.manifest.Canonical())
	plan, err := s.rejectedElsewhere(ctx, s.Store, w, digest, routed.Plan)
	if err != nil {
		return nil, err
	}
	timing, err := s.timing(ctx, c, w, made)
	if err != nil {
		return nil, err
	}
	repeated, err := s.repeats(ctx, c, w, made, timing.crowds)
	if err != nil {
		return nil, err
	}
	takes, err := usual(ctx, s.Store, w, plan)
	if err != nil {
		return nil, err
	}
	links, err := s.linkFindings(ctx, w, made)
	out := &Preview{
		Content: made.content, Manifest: made.manifest, Digest: digest, Origin: made.origin,
		Findings: slices.Concat(made.findings, timing.findings, links, repeated), Plan: plan, Usual: takes, Unmet: routed.Unmet, Crowds: timing.crowds, Slot: timing.slot,
	}
	if made.from != nil {
		out.Edit = advocacy.EditOf(made.manifest, made.from.manifest)
		if out.Edit != advocacy.Unedited {
			out.Changes = diff.Manifests(made.from.manifest, made.manifest)
		}
	}
	return out, err
}

// UpdatePost changes a post. What the world would see makes a new revision.
func (s *Service) UpdatePost(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID, d PostChange) (*PostView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		if err := s.updatePost(ctx, tx, c, w, id, d); err != nil {
			return nil, "", err
		}
		view, err := s.viewPost(ctx, tx, w, id)
		return view, string(id), err
	}, s.postAgain(w))
}

func (s *Service) updatePost(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, id advocacy.PostID, d PostChange) error {
	p, head, state, err := s.lockPost(ctx, tx, c, w, id)
	if err != nil {
		return err
	}
	if err := p.GuardEdit(c.Actor, state, d.StartNewRound); err != nil {
		return err
	}
	if err := stale(d.Version, p.Version); err != nil {
		return err
	}
	before := *p
	moved := d.PublishTime != nil && !d.PublishTime.Equal(p.PublishTime)
	set(&p.PublishTime, d.PublishTime)
	set(&p.Zone, d.Zone)
	set(&p.Note, d.Note)
	if moved || p.Zone != before.Zone {
		if err := p.GuardMove(c.Actor); err != nil {
			return err
		}
	}
	if moved {
		if err := s.guardTime(ctx, tx, p, head); err != nil {
			return err
		}
	}
	if err := check.RefuseLine("note", p.Note); err != nil {
		return err
	}
	if moved || p.Zone != before.Zone || p.Note != before.Note {
		err := s.record(ctx, tx, c, w, fact{
			action: "post.updated", subject: p.Subject().Name(), parent: p.Subject().Name(),
			detail: map[string]any{"publish_time": p.PublishTime, "time_zone": p.Zone, "note": p.Note},
		})
		if err != nil {
			return err
		}
	}
	if d.Content != nil || d.Accounts != nil {
		changed, err := s.revise(ctx, tx, c, p, head, d)
		if err != nil {
			return err
		}
		moved = moved && !changed
	}
	if moved {
		return s.reschedule(ctx, tx, c, p, state)
	}
	return s.project(ctx, tx, p)
}

// guardTime refuses a new time at which the post would not go out.
func (s *Service) guardTime(ctx context.Context, tx Tx, p *advocacy.Post, head *advocacy.Revision) error {
	err := advocacy.GuardPublishTime("publish_time", p.PublishTime, p.Zone, tx.Now())
	if err != nil || p.PublishTime.IsZero() {
		return err
	}
	space, err := tx.Workspace(ctx, p.Workspace)
	if err != nil {
		return err
	}
	sharing := space.Sharing
	// Whether it is somebody with own hours is looked at here.
	sharing.OwnHours = true
	if err := guardChosenTime(ctx, tx, sharing, p, head.Targets); err != nil { // guard: a free time is chosen
		return err
	}
	if p.Item == "" {
		return nil
	}
	item, err := tx.ItemForShare(ctx, p.Workspace, p.Item)
	if err != nil {
		return err
	}
	return guardWindow(item, p.PublishTime)
}

// revise adds a revision when the bytes differ, ends the review of the old one and
// cancels what was scheduled of it. It reports whether there is a new revision.
func (s *Service) revise(ctx context.Context, tx Tx, c Call, p *advocacy.Post, head *advocacy.Revision, d PostChange) (bool, error) {
	next := *head
	set(&next.Content, d.Content)
	set(&next.Targets, d.Accounts)
	content, err := s.settlePost(ctx, tx, p.Workspace, next.Content)
	if err != nil {
		return false, err
	}
	made, err := s.renderPost(ctx, tx, p.Workspace, voice{author: p.Author, item: p.Item, shared: head.ItemRevision}, content, next.Targets)
	if err != nil {
		return false, err
	}
	next.Content, next.Manifest = content, made.manifest.Canonical()
	next.Digest = advocacy.DigestOf(next.Manifest)
	// What nobody is shown yet, such as a draft without accounts, is in no bytes, and is kept.
	if next.Digest == head.Digest && slices.Equal(next.Targets, head.Targets) && sameWords(next.Content, head.Content) { // guard: no words are lost
		return false, nil
	}
	next.Number, next.Editor, next.Key, next.CreateTime = head.Number+1, c.Actor.Person, c.Actor.Key, tx.Now()
	next.Contributors = join(head.Contributors, []advocacy.PersonID{c.Actor.Person})
	if d.suggester != "" {
		next.Suggesters = join(head.Suggesters, []advocacy.PersonID{d.suggester})
	}
	if err := tx.AddRevision(ctx, &next); err != nil {
		return false, err
	}
	p.Head = next.Number
	if err := s.endReview(ctx, tx, c, p.Subject(), p.Round, advocacy.ReviewSuperseded); err != nil {
		return false, err
	}
	if err := s.cancelUnsent(ctx, tx, c, p, network.Say(advocacy.AnswerNewRevision)); err != nil { // guard: edit cancels what was scheduled
		return false, err
	}
	return true, s.record(ctx, tx, c, p.Workspace, fact{
		action: "post.revised", subject: p.Subject().RevisionName(next.Number), parent: p.Subject().Name(),
		detail: map[string]any{"revision": next.Number, "digest": next.Digest, "previous": head.Digest},
	})
}

// lockPost locks the post and returns it with its head and the state derived from
// facts. What the caller may not see is not found.
func (s *Service) lockPost(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, *advocacy.Revision, advocacy.PostState, error) {
	p, err := tx.PostForUpdate(ctx, w, id)
	if err != nil {
		return nil, nil, "", err
	}
	if !c.seesPost(p) {
		return nil, nil, "", postMissing(id)
	}
	head, err := tx.Revision(ctx, p.Subject(), p.Head)
	if err != nil {
		return nil, nil, "", err
	}
	state, err := s.stateOf(ctx, tx, p)
	return p, head, state, err
}

func (c Call) seesPost(p *advocacy.Post) bool {
	return c.Actor.Kind == advocacy.System || p.MayWrite(c.Actor.Person) || c.may(mayReadAllPosts)
}

func postMissing(id advocacy.PostID) error {
	return advocacy.Missing("POST_NOT_FOUND", "there is no post %q that you may see", id)
}

// stateOf derives where a post stands from its newest review and its publications.
func (s *Service) stateOf(ctx context.Context, r Reader, p *advocacy.Post) (advocacy.PostState, error) {
	review, err := s.headReview(ctx, r, p.Subject(), p.Round, p.Head)
	if err != nil {
		return "", err
	}
	if review == nil {
		return advocacy.StateOf(p, nil, nil), nil
	}
	publications, err := r.PublicationsOf(ctx, p.Workspace, p.ID)
	return advocacy.StateOf(p, review, publications), err
}

// headReview returns the newest round when it is about the head, nil otherwise.
func (s *Service) headReview(ctx context.Context, r Reader, sub advocacy.Subject, round, head int) (*advocacy.Review, error) {
	if round == 0 {
		return nil, nil
	}
	review, err := r.Review(ctx, sub, round)
	if err != nil {
		return nil, err
	}
	if review.Revision != head {
		return nil, nil
	}
	return review, nil
}

// project writes the post with the projection of its derived state.
func (s *Service) project(ctx context.Context, tx Tx, p *advocacy.Post) error {
	state, err := s.stateOf(ctx, tx, p)
	if err != nil {
		return err
	}
	p.State, p.UpdateTime = state, tx.Now()
	return tx.SavePost(ctx, p)
}

// projectRound is project for who holds the newest round and all publications as the
// transaction has them. A round that is not the newest, or not about the head, says
// nothing of where the post stands; then what does is read.
func (s *Service) projectRound(ctx context.Context, tx Tx, p *advocacy.Post, review *advocacy.Review, publications []advocacy.Publication) error {
	if review.Round != p.Round || review.Revision != p.Head {
		return s.project(ctx, tx, p)
	}
	p.State, p.UpdateTime = advocacy.StateOf(p, review, publications), tx.Now()
	return tx.SavePost(ctx, p)
}

// Post returns a post with everything the caller is shown of it.
func (s *Service) Post(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID) (*PostView, error) {
	p, of, err := s.Store.PostWithHead(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if !c.seesPost(p) {
		return nil, postMissing(id)
	}
	return s.fillPost(ctx, s.Store, p, of)
}

func (s *Service) viewPost(ctx context.Context, r Reader, w advocacy.WorkspaceID, id advocacy.PostID) (*PostView, error) {
	p, of, err := r.PostWithHead(ctx, w, id)
	if err != nil {
		return nil, err
	}
	return s.fillPost(ctx, r, p, of)
}

// fillPost shows a post as it was read, with its newest round, or without one that is read then.
func (s *Service) fillPost(ctx context.Context, r Reader, p *advocacy.Post, of *Reading) (*PostView, error) {
	view, err := s.headView(ctx, r, p, of.Revision)
	if err != nil {
		return nil, err
	}
	if p.Round > 0 {
		if of.Review == nil {
			if of.Review, err = r.Review(ctx, p.Subject(), p.Round); err != nil {
				return nil, err
			}
		}
		view.Review = of.Review
		if view.Publications, err = r.PublicationsOf(ctx, p.Workspace, p.ID); err != nil {
			return nil, err
		}
	}
	return view, s.completePost(ctx, r, view)
}

// headView shows a post's head and nothing of what became of it.
func (s *Service) headView(ctx context.Context, r Reader, p *advocacy.Post, head *advocacy.Revision) (*PostView, error) {
	manifest, err := advocacy.ParseManifest(head.Manifest)
	if err != nil {
		return nil, err
	}
	rules, err := s.rules(ctx, r, p.Workspace)
	if err != nil {
		return nil, err
	}
	found := s.findings(rules.sight, head.Content, manifest)
	return &PostView{Post: p, Head: head, Manifest: manifest, Findings: found, rules: rules}, nil
}

// completePost derives the rest of a view that holds the head, the newest round and all
// publications.
func (s *Service) completePost(ctx context.Context, r Reader, view *PostView) (err error) {
	p := view.Post
	headReview := view.Review
	if headReview != nil && headReview.Revision != p.Head {
		headReview = nil
	}
	p.State = advocacy.StateOf(p, headReview, view.Publications)
	view.Publications = slices.DeleteFunc(view.Publications, func(x advocacy.Publication) bool { return x.Revision != p.Head })
	view.Held, err = held(ctx, r, view)
	return err
}

// shown is what the head shows.
func (v *PostView) shown() (advocacy.Manifest, error) { return advocacy.ParseManifest(v.Head.Manifest) }

// firstDue is when the first of what waits was or is due, the other time when that is earlier.
func (v *PostView) firstDue(first time.Time) time.Time {
	for i := range v.Publications {
		if x := &v.Publications[i]; x.State == advocacy.Scheduled || x.State == advocacy.Claimed {
			first = earliest(x.DueTime, first)
		}
	}
	return first
}

// held tells whether a hold stops the head, or would if it were due.
func held(ctx context.Context, r Reader, view *PostView) (bool, error) {
	p := view.Post
	holds, _, err := r.Holds(ctx, HoldQuery{Workspace: p.Workspace, Active: true, Page: Page{Size: maximumContributions}})
	if err != nil {
		return false, err
	}
	b, err := bearing(ctx, r, holds, p, view.shown)
	if err != nil {
		return false, err
	}
	probe := advocacy.Publication{Workspace: p.Workspace, Post: p.ID}
	for i := range holds {
		stopped := holds[i].Stops(&probe, b)
		for j := range view.Publications {
			stopped = stopped || holds[i].Stops(&view.Publications[j], b)
		}
		if stopped {
			return true, nil
		}
	}
	return false, nil
}

// Posts lists posts: the caller's own and those the caller may write too, or everybody's
// for who may read all. Each view holds the post and its head only.
func (s *Service) Posts(ctx context.Context, c Call, q PostQuery) ([]PostView, string, error) {
	if own := c.Actor.Person; !c.may(mayReadAllPosts) && q.CoAuthor != own { // guard: a list shows what may be seen
		if q.Author != "" && q.Author != own {
			return nil, "", nil
		}
		q.Author = own
	}
	posts, next, err := s.Store.Posts(ctx, q)
	if err != nil || len(posts) == 0 {
		return nil, "", err
	}
	numbers := make(map[string]int, len(posts))
	for _, p := range posts {
		numbers[string(p.ID)] = p.Head
	}
	heads, err := s.Store.RevisionsByNumber(ctx, q.Workspace, advocacy.SubjectPost, numbers)
	if err != nil {
		return nil, "", err
	}
	views := make([]PostView, len(posts))
	for i := range posts {
		views[i] = PostView{Post: &posts[i], Head: heads[string(posts[i].ID)]}
	}
	return views, next, nil
}

// Revision returns one revision of a post or item the caller may see.
func (s *Service) Revision(ctx context.Context, c Call, sub advocacy.Subject, n int) (*advocacy.Revision, error) {
	if err := s.seeSubject(ctx, c, sub, n); err != nil {
		return nil, err
	}
	return s.Store.Revision(ctx, sub, n)
}

// Revisions lists the revisions of a post or item the caller may see.
func (s *Service) Revisions(ctx context.Context, c Call, sub advocacy.Subject, p Page) ([]advocacy.Revision, string, error) {
	if err := s.seeSubject(ctx, c, sub, 0); err != nil {
		return nil, "", err
	}
	return s.Store.Revisions(ctx, sub, p)
}

// seeSubject refuses who may not see the post or item. Of an item, who may not change
// items sees only the revision in force.
func (s *Service) seeSubject(ctx context.Context, c Call, sub advocacy.Subject, revision int) error {
	if sub.Kind == advocacy.SubjectPost {
		p, err := s.Store.Post(ctx, sub.Workspace, advocacy.PostID(sub.ID))
		if err != nil {
			return err
		}
		if !c.seesPost(p) {
			return postMissing(p.ID)
		}
		return nil
	}
	item, err := s.visibleItem(ctx, s.Store, c, sub.Workspace, advocacy.ItemID(sub.ID))
	if err != nil {
		return err
	}
	if !c.worksOnItems() && revision != item.InForce {
		return advocacy.Missing("REVISION_NOT_FOUND", "there is no such revision that you may see")
	}
	return nil
}

func earliest(times ...time.Time) time.Time {
	var first time.Time
	for _, t := range times {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
