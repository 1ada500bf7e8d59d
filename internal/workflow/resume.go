package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// resumeMost is how many publications can be resumed at once, and resumeGap how long after
// another each of those goes out that are sent.
const (
	resumeMost = 25
	resumeGap  = 20 * time.Second
)

// ResumeAction is what a person says becomes of a publication that passed its time while a hold
// stopped it.
type ResumeAction string

const (
	// ResumeSend: it goes out now, through the gate.
	ResumeSend ResumeAction = "send"
	// ResumeReschedule: it goes out at another time.
	ResumeReschedule ResumeAction = "reschedule"
	// ResumeDrop: it does not go out any more.
	ResumeDrop ResumeAction = "drop"
)

// ResumeActions lists them.
func ResumeActions() []ResumeAction { return []ResumeAction{ResumeSend, ResumeReschedule, ResumeDrop} }

// Resumption is a person's word on one publication.
type Resumption struct {
	Post        advocacy.PostID
	Publication advocacy.PublicationID
	// Version is the one the person saw.
	Version int64
	Action  ResumeAction
	// Time is when it goes out, of a ResumeReschedule alone.
	Time time.Time
	// Reason is required of a ResumeDrop.
	Reason string
}

// Resumed is what became of a Resumption: the publication as it is now, or why nothing was done.
type Resumed struct {
	Publication *advocacy.Publication
	Refusal     *advocacy.Error
}

// HeldQuery selects what a hold keeps, or kept and nobody has decided since.
type HeldQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Hold      advocacy.HoldID
}

// mostLookedAt is how many of the publications that are scheduled are looked at in one call, so
// many at a time.
const mostLookedAt, lookedAtOnce = 1000, 200

// HeldPublications lists the publications that passed their time under a hold and wait for a person's
// word, the oldest first. A page can have fewer than was asked for and be followed by another one.
func (s *Service) HeldPublications(ctx context.Context, c Call, q HeldQuery) ([]advocacy.Publication, string, error) {
	if err := c.mayAnswerHolds(); err != nil {
		return nil, "", err
	}
	h, err := s.Store.Hold(ctx, q.Workspace, q.Hold)
	if err != nil {
		return nil, "", err
	}
	var out []advocacy.Publication
	next, err := s.eachHeld(ctx, h, q.After, func(x advocacy.Publication) bool {
		if h.PastDue(&x, s.Now()) {
			out = append(out, x)
		}
		return len(out) < q.Size
	})
	return out, next, err
}

// mayAnswerHolds refuses whoever may not see everybody's posts.
func (c Call) mayAnswerHolds() error {
	if c.may(mayReadAllPosts) { // guard: what others wrote is decided by who may see it
		return nil
	}
	return advocacy.Deny("PERMISSION_DENIED", "what a hold kept is of all posts, so seeing it needs %s", mayReadAllPosts).
		With("permission", string(mayReadAllPosts))
}

// Waiting is how much waits of what a hold is about.
type Waiting struct {
	// PastDue passed its time and waits for a person's word, NotDue goes out by itself.
	PastDue, NotDue int
	// Partial: there is more than was looked at.
	Partial bool
}

// Waiting counts what waits of what a hold is about.
func (s *Service) Waiting(ctx context.Context, h *advocacy.Hold) (Waiting, error) {
	var out Waiting
	now := s.Now()
	next, err := s.eachHeld(ctx, h, "", func(x advocacy.Publication) bool {
		if h.PastDue(&x, now) {
			out.PastDue++
		} else {
			out.NotDue++
		}
		return true
	})
	out.Partial = next != ""
	return out, err
}

// eachHeld calls see with each publication that is scheduled and that a hold covers, the oldest
// first, until that returns false. It returns after which one to go on, empty at the end.
func (s *Service) eachHeld(ctx context.Context, h *advocacy.Hold, after string, see func(advocacy.Publication) bool) (string, error) {
	page := Page{Size: lookedAtOnce, After: after, Oldest: true}
	for range mostLookedAt / lookedAtOnce {
		found, next, err := s.Store.Publications(ctx, PublicationQuery{Workspace: h.Workspace, State: advocacy.Scheduled, Page: page})
		if err != nil {
			return "", err
		}
		for i := range found {
			covered, err := s.covers(ctx, s.Store, h, &found[i])
			if err != nil {
				return "", err
			}
			if covered && !see(found[i]) {
				return string(found[i].ID), nil
			}
		}
		if page.After = next; next == "" {
			return "", nil
		}
	}
	return page.After, nil
}

// covers tells whether a publication is among what a hold is about.
func (s *Service) covers(ctx context.Context, r Reader, h *advocacy.Hold, x *advocacy.Publication) (bool, error) {
	p, err := r.Post(ctx, x.Workspace, x.Post)
	if err != nil {
		return false, err
	}
	b, err := s.Bearing(ctx, r, []advocacy.Hold{*h}, p, x.Revision)
	return err == nil && h.Covers(x, b), err
}

// ResumePublications carries out a person's word on publications that passed their time while a hold
// stopped them. Each is one transaction, under the same guards as one alone, so what is refused of
// one leaves the others. Repeating the call finishes it.
func (s *Service) ResumePublications(ctx context.Context, c Call, w advocacy.WorkspaceID, hold advocacy.HoldID, items []Resumption) ([]Resumed, error) {
	if c.Actor.Kind != advocacy.Human { // guard: a person says what becomes of it
		return nil, advocacy.Deny("MACHINE_CANNOT_DECIDE", "only a person can say what becomes of what a hold kept")
	}
	if err := c.mayAnswerHolds(); err != nil {
		return nil, err
	}
	if err := guardResumptions(items); err != nil {
		return nil, err
	}
	if _, err := s.Store.Hold(ctx, w, hold); err != nil {
		return nil, err
	}
	out := make([]Resumed, len(items))
	sends := 0
	for i, item := range items {
		r := resuming{Resumption: item, hold: hold, after: time.Duration(sends) * resumeGap} // guard: what is sent after a hold leaves one by one
		if item.Action == ResumeSend {
			sends++
		}
		var err error
		if out[i], err = s.resumeOne(ctx, c, w, i, &r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func guardResumptions(items []Resumption) error {
	if len(items) == 0 || len(items) > resumeMost { // guard: never all at once
		return advocacy.InvalidField("items", "RESUME_SIZE", "resume between 1 and %d publications at once", resumeMost)
	}
	for i, item := range items {
		field := fmt.Sprintf("items[%d]", i)
		same := func(o Resumption) bool { return o.Publication == item.Publication }
		switch {
		case !slices.Contains(ResumeActions(), item.Action):
			return advocacy.InvalidField(field+".action", "RESUME_ACTION_UNKNOWN", "%q is not among what can become of it", item.Action)
		case slices.IndexFunc(items, same) != i:
			return advocacy.InvalidField(field+".publication", "RESUME_DUPLICATE", "a publication can be named once")
		case item.Time.IsZero() == (item.Action == ResumeReschedule):
			return advocacy.InvalidField(field+".time", "RESUME_TIME", "a time is needed to reschedule, and for nothing else")
		case item.Reason == "" && item.Action == ResumeDrop:
			return advocacy.InvalidField(field+".reason", "REASON_REQUIRED", "say why it is dropped")
		}
		if err := check.RefuseLine(field+".reason", item.Reason); err != nil {
			return err
		}
	}
	return nil
}

// resuming is a Resumption of a hold's, sent so long after the first one.
type resuming struct {
	Resumption
	hold  advocacy.HoldID
	after time.Duration
}

// resumedAs is what is remembered of an item of a call.
type resumedAs struct {
	Reason  string            `json:"reason,omitempty"`
	Message string            `json:"message,omitempty"`
	Meta    map[string]string `json:"meta,omitempty"`
}

// resumeOne resumes one publication, once for each call and place in it. A refusal is remembered
// too: what was refused is not done by a repetition of the call.
func (s *Service) resumeOne(ctx context.Context, c Call, w advocacy.WorkspaceID, place int, r *resuming) (Resumed, error) {
	once := c
	if once.RequestID != "" {
		once.RequestID = fmt.Sprintf("%s/%d", c.RequestID, place)
	}
	again := func(ctx context.Context, tx Tx, result string) (Resumed, error) {
		var was resumedAs
		if err := json.Unmarshal([]byte(result), &was); err != nil {
			return Resumed{}, fmt.Errorf("resumed as: %w", err)
		}
		if was.Reason != "" {
			return Resumed{Refusal: &advocacy.Error{Reason: was.Reason, Message: was.Message, Meta: was.Meta}}, nil
		}
		x, err := tx.Publication(ctx, w, r.Publication)
		return Resumed{Publication: x}, err
	}
	out, err := act(ctx, s, once, w, func(ctx context.Context, tx Tx) (Resumed, string, error) {
		x, err := s.resume(ctx, tx, c, w, r)
		return Resumed{Publication: x}, "{}", err
	}, again)
	refusal, refused := errors.AsType[*advocacy.Error](err)
	if !refused || refusal.Kind == advocacy.Internal || refusal.Kind == advocacy.Unavailable || refusal.Reason == "REQUEST_ID_REUSED" {
		return out, err
	}
	return act(ctx, s, once, w, func(context.Context, Tx) (Resumed, string, error) {
		was, err := json.Marshal(resumedAs{refusal.Reason, refusal.Message, refusal.Meta})
		return Resumed{Refusal: refusal}, string(was), err
	}, again)
}

// resume carries out a person's word in a transaction.
func (s *Service) resume(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, r *resuming) (*advocacy.Publication, error) {
	p, err := tx.PostForUpdate(ctx, w, r.Post)
	if err != nil {
		return nil, err
	}
	x, err := tx.PublicationForUpdate(ctx, w, r.Publication)
	if err != nil {
		return nil, err
	}
	if x.Post != p.ID {
		return nil, publicationMissing(x.ID)
	}
	if err := stale(r.Version, x.Version); err != nil {
		return nil, err
	}
	from, err := s.keptBy(ctx, tx, p, x, r)
	if err != nil {
		return nil, err
	}
	if r.Action == ResumeDrop {
		if err := s.Cancel(ctx, tx, c, x, advocacy.Worded(r.Reason)); err != nil {
			return nil, err
		}
		return x, s.project(ctx, tx, p)
	}
	due, err := s.resumeTime(ctx, tx, p, x, r, from)
	if err != nil {
		return nil, err
	}
	return s.moveTo(ctx, tx, c, p, x, r, due)
}

// keptBy refuses what the hold does not keep, and what another one keeps from being sent now. It
// returns since when no hold has.
func (s *Service) keptBy(ctx context.Context, tx Tx, p *advocacy.Post, x *advocacy.Publication, r *resuming) (time.Time, error) {
	holds, err := tx.HoldsSinceForShare(ctx, x.Workspace, x.DueTime)
	if err != nil {
		return time.Time{}, err
	}
	b, err := s.Bearing(ctx, tx, holds, p, x.Revision)
	if err != nil {
		return time.Time{}, err
	}
	from, kept, stopped := tx.Now(), false, false
	for i := range holds {
		h := &holds[i]
		if !h.Covers(x, b) {
			continue
		}
		kept = kept || h.ID == r.hold && h.PastDue(x, tx.Now())
		stopped = stopped || h.Active()
		if h.ReleaseTime.After(from) {
			from = h.ReleaseTime
		}
	}
	if x.State != advocacy.Scheduled || !kept { // guard: a hold's word is about what it kept
		return from, advocacy.Refuse("PUBLICATION_NOT_HELD", "this publication does not wait because of this hold; it is %s", x.State)
	}
	if stopped && r.Action == ResumeSend {
		return from, advocacy.Refuse("PUBLICATION_HELD", "a hold stops this publication; lift it first, choose a time, or drop it")
	}
	return from, nil
}

// resumeTime is when what is resumed goes out, no sooner than an instant. A person's time is
// refused when it is not free; what is sent after others goes out at once where it would otherwise
// come after its window.
func (s *Service) resumeTime(ctx context.Context, tx Tx, p *advocacy.Post, x *advocacy.Publication, r *resuming, from time.Time) (time.Time, error) {
	space, err := tx.Workspace(ctx, p.Workspace)
	if err != nil {
		return from, err
	}
	due := from.Add(r.after)
	if p.Item != "" && p.PublishTime.IsZero() {
		item, err := tx.Item(ctx, p.Workspace, p.Item)
		if err != nil {
			return from, err
		}
		due = due.Add(space.Sharing.OfItem(item).Spread(p.ID))
	}
	if r.Action == ResumeReschedule {
		due = r.Time
		if err := advocacy.GuardPublishTime("time", due, "UTC", from); err != nil {
			return due, err
		}
		if due.Before(from) {
			due = from
		}
	} else if !x.EndTime.IsZero() && !due.Before(x.EndTime) {
		due = from
	}
	if !x.EndTime.IsZero() && !due.Before(x.EndTime) {
		return due, advocacy.InvalidField("time", "PUBLISH_TIME_OUTSIDE_WINDOW", "the item may not be shared at that time; choose one within its share window")
	}
	sharing := space.Sharing
	// Whether it is somebody with own hours is looked at here.
	sharing.OwnHours = true
	slot, err := planner{tx, tx.AccountsForUpdate, sharing, p, []advocacy.AccountID{x.Account}}.slot(ctx, due)
	if err != nil {
		return due, err
	}
	return due, slot.Guard()
}

// moveTo gives a publication a new time. The time that was chosen for the post stays on record;
// when it is long past, the gate asks the rules as of the new one.
func (s *Service) moveTo(ctx context.Context, tx Tx, c Call, p *advocacy.Post, x *advocacy.Publication, r *resuming, due time.Time) (*advocacy.Publication, error) {
	x.DueTime, x.Wait, x.LeaseTime, x.UpdateTime = due, "", time.Time{}, tx.Now()
	if err := tx.SavePublication(ctx, x); err != nil {
		return nil, err
	}
	if err := enqueuePublish(ctx, tx, x); err != nil {
		return nil, err
	}
	hold := advocacy.Hold{Workspace: x.Workspace, ID: r.hold}
	err := s.record(ctx, tx, c, x.Workspace, fact{
		action: "publication.resumed", subject: x.Name(), parent: p.Subject().Name(),
		detail: map[string]any{"hold": holdName(&hold), "resume": r.Action, "due": due, "reason": r.Reason},
	})
	if err != nil {
		return nil, err
	}
	return x, s.project(ctx, tx, p)
}
