package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// lateGrace is how long after the chosen time the last signature may come for the post
// still to go out by itself. Later, the author chooses a new time.
const lateGrace = lateGraceMinutes * time.Minute

// release is an approved round and what its publications are made of.
type release struct {
	post     *advocacy.Post
	review   *advocacy.Review
	head     *advocacy.Revision
	manifest advocacy.Manifest
	// decisions are those of the post, item what it shares, nil to be read when needed.
	decisions []advocacy.Decision
	item      *advocacy.LibraryItem
	// had are the publications the post has already.
	had []advocacy.Publication
	// sharing is how often, when and what people share.
	sharing advocacy.Sharing
	// present: the author is calling, and is told of a time that is not free.
	present bool
}

// authorize schedules a publication for each target of an approved post that has not had
// this revision, enqueues the work in the same transaction, and returns what it made. A
// time that was missed is not made up for silently.
func (s *Service) authorize(ctx context.Context, tx Tx, c Call, r *release) ([]advocacy.Publication, error) {
	p, review := r.post, r.review
	if r.head.Number != review.Revision {
		return nil, fmt.Errorf("authorize: round %d is about revision %d, the head is %d", review.Round, review.Revision, r.head.Number)
	}
	if err := recountLater(ctx, tx, r); err != nil {
		return nil, err
	}
	end, err := r.end(ctx, tx)
	if err != nil {
		return nil, err
	}
	due, err := s.dueTime(ctx, tx, c, r, end)
	if err != nil || due.IsZero() {
		return nil, err
	}
	authorization, err := r.authorization()
	if err != nil {
		return nil, err
	}
	var made []advocacy.Publication
	for _, target := range r.manifest.Targets {
		if r.reached(target.Account) { // guard: nothing goes out twice
			continue
		}
		x := advocacy.Publication{
			Workspace: p.Workspace, ID: advocacy.PublicationID(s.NewID()), Post: p.ID, Revision: r.head.Number,
			Round: review.Round, Digest: review.Digest, Account: target.Account, Network: target.Rendering.Network,
			State: advocacy.Scheduled, Authorization: authorization, DueTime: due, EndTime: end,
			Likeness:   advocacy.Likeness(target.Rendering),
			CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := s.schedule(ctx, tx, c, &x); err != nil {
			return nil, err
		}
		if err := r.keepSketch(ctx, tx, target.Rendering); err != nil {
			return nil, err
		}
		made = append(made, x)
	}
	return made, nil
}

// keepSketch keeps how a text is found by those who would nearly repeat it.
func (r *release) keepSketch(ctx context.Context, tx Tx, shown advocacy.Rendering) error {
	sketch := advocacy.SketchOf(shown)
	if sketch.Likeness == "" {
		return nil
	}
	return tx.KeepSketch(ctx, r.post.Workspace, sketch)
}

func (r *release) planner(tx Tx) planner {
	return planner{tx, tx.AccountsForUpdate, r.sharing, r.post, r.head.Targets}
}

// dueTime is when what was approved goes out; zero when its author has to choose another time,
// and the record says why. A time that somebody chose is kept or left, and never moved; what
// goes out as soon as it is signed goes at the first time that is free from then on.
func (s *Service) dueTime(ctx context.Context, tx Tx, c Call, r *release, end time.Time) (time.Time, error) {
	p, due := r.post, r.post.PublishTime
	chosen, passed := !due.IsZero(), due.Before(tx.Now())
	if chosen && tx.Now().Sub(due) > lateGrace {
		return time.Time{}, s.leaveTime(ctx, tx, c, p, map[string]any{"publish_time": due})
	}
	if passed {
		due = tx.Now()
	}
	slot, err := r.planner(tx).slot(ctx, due)
	switch {
	case err != nil:
		return time.Time{}, err
	case r.present && !slot.Free():
		return due, slot.Guard()
	case slot.Free(), !passed && !slot.Full: // the hours were looked at when it was chosen
		return s.spread(ctx, tx, r, due, end)
	}
	detail := map[string]any{"due": due, "outside_hours": slot.Outside, "limit_reached": slot.Full, "free_time": slot.Time}
	if chosen || !end.IsZero() && !slot.Time.Before(end) { // guard: a chosen time is not moved
		return time.Time{}, s.leaveTime(ctx, tx, c, p, detail)
	}
	if due, err = s.spread(ctx, tx, r, slot.Time, end); err != nil {
		return time.Time{}, err
	}
	return due, s.record(ctx, tx, c, p.Workspace, fact{
		action: "post.deferred", subject: p.Subject().Name(), parent: p.Subject().Name(), detail: detail,
	})
}

// spread puts a share in its item's words that nobody chose a time for somewhat later than it could
// go out, if that is a time at which it may. Many to which a relation is added are signed at one moment.
func (s *Service) spread(ctx context.Context, tx Tx, r *release, due, end time.Time) (time.Time, error) {
	if r.post.Item == "" || !r.post.PublishTime.IsZero() {
		return due, nil
	}
	item, err := r.shares(ctx, tx)
	if err != nil {
		return due, err
	}
	later := due.Add(r.sharing.OfItem(item).Spread(r.post.ID))
	if later.Equal(due) || !end.IsZero() && !later.Before(end) {
		return due, nil
	}
	if unwritten, err := s.unwritten(ctx, tx, r); err != nil || !unwritten {
		return due, err
	}
	slot, err := r.planner(tx).slot(ctx, later)
	if err != nil || !slot.Free() { // guard: nothing is spread out of the hours
		return due, err
	}
	return later, nil
}

// leaveTime notes that an approved post is not scheduled by itself, and tells its author.
func (s *Service) leaveTime(ctx context.Context, tx Tx, c Call, p *advocacy.Post, why map[string]any) error {
	name := p.Subject().Name()
	err := tx.AddReminders(ctx, advocacy.Reminder{
		Workspace: p.Workspace, ID: advocacy.ReminderID(s.NewID()), Person: p.Author, Code: advocacy.RemindTimeMissed, Subject: name,
		Dedup:   fmt.Sprintf("%s %s %d", advocacy.RemindTimeMissed, name, p.PublishTime.Unix()),
		DueTime: tx.Now(), CreateTime: tx.Now(),
	})
	if err != nil {
		return err
	}
	return s.record(ctx, tx, c, p.Workspace, fact{
		action: "post.time_missed", subject: name, parent: name, detail: why,
	})
}

// reached tells whether an account has a publication of the revision that was not stopped
// at home: what it shows, refused, or gave back when it was recalled is not sent anew.
func (r *release) reached(account advocacy.AccountID) bool {
	return slices.ContainsFunc(r.had, func(x advocacy.Publication) bool {
		return x.Account == account && x.Revision == r.review.Revision && x.State != advocacy.Cancelled && x.State != advocacy.Expired
	})
}

// end is until when a share may go out: the end of the item's window.
func (r *release) end(ctx context.Context, tx Tx) (time.Time, error) {
	if r.review.Library == nil {
		return time.Time{}, nil
	}
	item, err := r.shares(ctx, tx)
	if err != nil {
		return time.Time{}, err
	}
	return item.Share.End, nil
}

// shares is the item that is shared, held until commit.
func (r *release) shares(ctx context.Context, tx Tx) (*advocacy.LibraryItem, error) {
	if r.item != nil {
		return r.item, nil
	}
	id := r.post.Item
	if r.review.Library != nil {
		id = r.review.Library.Item
	}
	var err error
	r.item, err = tx.ItemForShare(ctx, r.post.Workspace, id)
	return r.item, err
}

// authorization is the digest of what allowed it: the round, its plan, the decisions that
// stood, the policy revision and the library chain.
func (r *release) authorization() (advocacy.Digest, error) {
	review := r.review
	var names []string
	for i := range r.decisions {
		if r.decisions[i].Round == review.Round {
			names = append(names, r.decisions[i].Name())
		}
	}
	data, err := json.Marshal(map[string]any{
		"review": review.Subject.ReviewName(review.Round), "digest": review.Digest, "plan": review.Plan,
		"decisions": names, "policy": review.Policy, "library": review.Library,
	})
	if err != nil {
		return "", fmt.Errorf("authorization: %w", err)
	}
	return advocacy.DigestOf(data), nil
}

func (s *Service) schedule(ctx context.Context, tx Tx, c Call, x *advocacy.Publication) error {
	if err := tx.AddPublication(ctx, x); err != nil {
		return err
	}
	if err := enqueuePublish(ctx, tx, x); err != nil {
		return err
	}
	return s.record(ctx, tx, c, x.Workspace, fact{
		action: "publication.scheduled", subject: x.Name(), parent: advocacy.PostSubject(x.Workspace, x.Post).Name(),
		detail: map[string]any{"digest": x.Digest, "account": x.Account, "due": x.DueTime, "authorization": x.Authorization},
	})
}

func enqueuePublish(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	return enqueue(ctx, tx, advocacy.Job{
		Kind: JobPublish, Queue: string(x.Network), RunTime: x.DueTime, Unique: fmt.Sprintf("%s@%d", x.ID, x.DueTime.UnixMicro()),
	}, PublicationJob{Workspace: x.Workspace, Publication: x.ID})
}

// cancelUnsent cancels every publication of the post whose request has not begun.
func (s *Service) cancelUnsent(ctx context.Context, tx Tx, c Call, p *advocacy.Post, why advocacy.Answer) error {
	publications, err := tx.PublicationsOf(ctx, p.Workspace, p.ID)
	if err != nil {
		return err
	}
	for i := range publications {
		if !publications[i].Unsent() {
			continue
		}
		x, err := tx.PublicationForUpdate(ctx, p.Workspace, publications[i].ID)
		if err != nil {
			return err
		}
		if !x.Unsent() {
			continue
		}
		if err := s.Cancel(ctx, tx, c, x, why); err != nil {
			return err
		}
	}
	return nil
}

// Cancel ends a publication whose request has not begun; the gate calls it too.
func (s *Service) Cancel(ctx context.Context, tx Tx, c Call, x *advocacy.Publication, why advocacy.Answer) error {
	before := x.State
	if err := x.Apply(advocacy.EventCancel); err != nil {
		return err
	}
	x.Answer, x.Wait, x.UpdateTime = why, "", tx.Now()
	x.Epoch++ // a worker that claimed it can write nothing any more
	action := "publication.cancelled"
	if x.State == advocacy.Unknown {
		action = "publication.lost"
		if err := s.stoppedInDoubt(ctx, tx, x); err != nil {
			return err
		}
	}
	if err := s.endHandoff(ctx, tx, x, before); err != nil {
		return err
	}
	if err := tx.SavePublication(ctx, x); err != nil {
		return err
	}
	if err := s.askAboutUnknown(ctx, tx, x, before); err != nil {
		return err
	}
	return s.record(ctx, tx, c, x.Workspace, fact{
		action: action, subject: x.Name(), parent: advocacy.PostSubject(x.Workspace, x.Post).Name(),
		detail: coded(map[string]any{"reason": why.Text}, why),
	})
}

// Quoted is what a record says of an answer: the English, and the code where it has one.
func Quoted(a advocacy.Answer) map[string]any { return coded(map[string]any{"answer": a.Text}, a) }

func coded(detail map[string]any, a advocacy.Answer) map[string]any {
	if a.Code != "" { // guard: the record says which answer it was
		detail["answer_code"] = a.Code
	}
	return detail
}

// FirstLook is the pause before a publication whose end is not known is looked for. It is
// late on purpose: networks show a post some time after they took it.
const FirstLook = 30 * time.Second

// stoppedInDoubt says why what was stopped may be out, and asks the network soon, or waits for
// the person who was given it.
func (s *Service) stoppedInDoubt(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	if s.byHand(x.Network) != nil {
		x.Wait = advocacy.BlockUnconfirmed
		return nil
	}
	if x.Wait != advocacy.BlockRestored {
		x.Wait = advocacy.BlockUnknownSend
	}
	return s.Follow(ctx, tx, x, advocacy.Job{Kind: JobLook, RunTime: tx.Now().Add(FirstLook)})
}

// reschedule keeps the post with its new time. The time is among what the rules look at, so
// a round that is not over is counted again: it may ask more people, and keeps what was
// signed. What waits moves, and an approved post whose time was missed is scheduled.
func (s *Service) reschedule(ctx context.Context, tx Tx, c Call, p *advocacy.Post, state advocacy.PostState) error {
	approved := state == advocacy.PostScheduled || state == advocacy.PostApproved
	if approved {
		if err := s.cancelUnsent(ctx, tx, c, p, network.Say(advocacy.AnswerOtherTime)); err != nil {
			return err
		}
	}
	if err := s.project(ctx, tx, p); err != nil {
		return err
	}
	if !approved && state != advocacy.PostInReview && state != advocacy.PostUnroutable {
		return nil
	}
	u, err := s.lockUnderReview(ctx, tx, c, p.Subject(), p.Round)
	if err != nil {
		return err
	}
	if err := s.recount(ctx, tx, c, u); err != nil { // guard: another time is routed again
		return err
	}
	if !approved || u.Review.State != advocacy.ReviewApproved {
		return nil
	}
	return s.scheduleAnew(ctx, tx, c, u)
}

// scheduleAnew schedules what everybody signed at the post's time.
func (s *Service) scheduleAnew(ctx context.Context, tx Tx, c Call, u *underReview) error {
	r := &release{post: u.post, review: u.Review, head: u.Revision, decisions: u.decisions, sharing: u.sharing, present: true}
	var err error
	if r.manifest, err = advocacy.ParseManifest(u.Revision.Manifest); err != nil {
		return err
	}
	if r.had, err = tx.PublicationsOf(ctx, u.post.Workspace, u.post.ID); err != nil {
		return err
	}
	if _, err = s.authorize(ctx, tx, c, r); err != nil {
		return err
	}
	return s.project(ctx, tx, u.post)
}
