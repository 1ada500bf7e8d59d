package workflow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// keptPosts are posts that passed their time under a freeze, which is lifted, in their order.
func keptPosts(t *testing.T, h *workflowtest.House, texts ...string) (*advocacy.Hold, []advocacy.Publication) {
	t.Helper()
	held, _ := hold(t, h, advocacy.HoldWorkspace, "")
	for _, text := range texts {
		h.Approved(t, text, h.Ledger)
		h.Clock.Advance(time.Minute)
	}
	release(t, h, held)
	found := kept(t, h, held)
	if len(found) != len(texts) {
		t.Fatalf("%d are kept, want %d", len(found), len(texts))
	}
	return held, found
}

// TestLiftSendsNothingLate: what passed its time under a hold waits for a person however long, and
// what is not due goes out in its time.
func TestLiftSendsNothingLate(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	held, _ := hold(t, h, advocacy.HoldWorkspace, "")
	late := h.Approved(t, "Late.", h.Ledger)
	early, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "In time."}, Accounts: []advocacy.AccountID{h.Ledger},
		PublishTime: h.Clock.Now().Add(2 * time.Hour), Zone: "Europe/Paris",
	})
	ok(t, err)
	h.Submit(t, early)
	h.Sign(t, h.Legal, early, "legal")
	h.Sign(t, h.PR, early, "pr")
	h.Work(t)
	h.Clock.Advance(time.Hour)
	released, err := h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, held.ID, "over")
	ok(t, err)
	waiting, err := h.Flow.Waiting(t.Context(), released)
	ok(t, err)
	if want := (workflow.Waiting{PastDue: 1, NotDue: 1}); waiting != want {
		t.Errorf("%+v waits, want %+v", waiting, want)
	}
	h.Work(t) // before the job of the release, and after
	ok(t, h.Worker.Released(t.Context(), []byte(`{"workspace":"acme"}`)))
	for range 40 {
		h.Clock.Advance(2 * time.Hour)
		h.Work(t)
	}
	sent(t, l, "In time.")
	waitsFor(t, h, late, advocacy.BlockHeldPastDue)
	if found := kept(t, h, held); len(found) != 1 || found[0].Post != late.Post.ID {
		t.Errorf("kept are %+v", found)
	}
	told, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, late.Post.ID)
	ok(t, err)
	if b := told.Targets[0].Blockers; len(b) != 1 || b[0].Code != advocacy.BlockHeldPastDue || b[0].Subject != string(held.ID) {
		t.Errorf("its author is told %+v", b)
	}
	if h.Post(t, late.Post.ID).Held {
		t.Error("nothing holds it any more")
	}
}

// TestResume: what is sent leaves one by one in the order of the items, what is rescheduled in its
// time, and what is dropped never; each is on record.
func TestResume(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	held, x := keptPosts(t, h, "One.", "Two.", "Three.", "Four.")
	later := resumption(x[1], workflow.ResumeReschedule)
	later.Time = h.Clock.Now().Add(time.Hour)
	drop := resumption(x[2], workflow.ResumeDrop)
	drop.Reason = "Old news."
	done := resume(t, h, held, resumption(x[3], workflow.ResumeSend), later, drop, resumption(x[0], workflow.ResumeSend))
	var states []advocacy.PublicationState
	for _, d := range done {
		states = append(states, d.Publication.State)
	}
	if want := []advocacy.PublicationState{advocacy.Scheduled, advocacy.Scheduled, advocacy.Cancelled, advocacy.Scheduled}; !slices.Equal(states, want) {
		t.Fatalf("they are %v, want %v", states, want)
	}
	if len(kept(t, h, held)) != 0 {
		t.Error("something is kept that somebody decided on")
	}
	h.Work(t)
	sent(t, l, "Four.")
	h.Clock.Advance(time.Minute)
	h.Work(t)
	sent(t, l, "Four.", "One.")
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sent(t, l, "Four.", "One.", "Two.")
	if x := done[2].Publication; x.Answer.Text != "Old news." {
		t.Errorf("it was dropped for %q", x.Answer.Text)
	}
	for i, want := range []string{"publication.resumed", "publication.resumed", "publication.cancelled", "publication.resumed"} {
		if life := advocacy.PostSubject(h.W, x[i].Post).Name(); happened(t, h, life, want) != 1 {
			t.Errorf("%s is not in the life of %d", want, i)
		}
	}
}

// TestResumeGoesThroughTheGate: a person's word after a hold stands in for nothing else.
func TestResumeGoesThroughTheGate(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	held, x := keptPosts(t, h, "One.", "Two.")
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Legal, workflow.MemberChange{Roles: &[]advocacy.Role{advocacy.RoleEmployee}})
	ok(t, err)
	resume(t, h, held, resumption(x[0], workflow.ResumeSend))
	again, _ := hold(t, h, advocacy.HoldPost, string(x[1].Post))
	h.Work(t)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sent(t, l)
	// A hold that came after is one more.
	release(t, h, again)
	if found := kept(t, h, again); len(found) != 1 || found[0].ID != x[1].ID {
		t.Errorf("kept are %+v", found)
	}
}

// TestResumeAsksTheRulesAnew: a time that was chosen long ago says nothing of when it goes out.
func TestResumeAsksTheRulesAnew(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	policy := routing.Builtin()
	at := h.Clock.Now().Add(time.Hour)
	policy.Rules = append(policy.Rules, routing.Rule{
		ID: "later", When: `post.publish_time > timestamp("` + at.Add(90*time.Minute).UTC().Format(time.RFC3339) + `")`, Reason: "A quiet time.",
		Require: []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 2)},
	})
	h.Govern(t, policy)
	var posts []*workflow.PostView
	for _, text := range []string{"Soon.", "Late."} {
		v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
			Content: advocacy.Content{Language: "en", Text: text}, Accounts: []advocacy.AccountID{h.Ledger}, PublishTime: at, Zone: "Europe/Paris",
		})
		ok(t, err)
		h.Submit(t, v)
		h.Sign(t, h.Legal, v, "legal")
		h.Sign(t, h.PR, v, "pr")
		posts = append(posts, v)
	}
	held, _ := hold(t, h, advocacy.HoldWorkspace, "")
	h.Clock.Advance(2 * time.Hour)
	release(t, h, held)
	for i, x := range kept(t, h, held) {
		r := resumption(x, workflow.ResumeSend)
		if i == 1 {
			r.Action, r.Time = workflow.ResumeReschedule, h.Clock.Now().Add(time.Hour)
		}
		resume(t, h, held, r)
	}
	h.Work(t)
	sent(t, l, "Soon.")
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	sent(t, l, "Soon.")
	state(t, h, posts[1], advocacy.PostInReview)
}

// TestResumeRefuses: by item what one of them cannot, as a whole what is no order.
func TestResumeRefuses(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	elsewhere, _ := hold(t, h, advocacy.HoldNetwork, "wall")
	held, x := keptPosts(t, h, "One.", "Two.")
	second, _ := hold(t, h, advocacy.HoldPost, string(x[1].Post))
	item := func(x advocacy.Publication, action workflow.ResumeAction, change func(*workflow.Resumption)) workflow.Resumption {
		r := resumption(x, action)
		change(&r)
		return r
	}
	as := func(*workflow.Resumption) {}
	for reason, tt := range map[string]struct {
		hold *advocacy.Hold
		item workflow.Resumption
	}{
		"PUBLICATION_NOT_HELD":  {elsewhere, item(x[0], workflow.ResumeSend, as)},
		"PUBLICATION_HELD":      {held, item(x[1], workflow.ResumeSend, as)},
		"ETAG_STALE":            {held, item(x[0], workflow.ResumeSend, func(r *workflow.Resumption) { r.Version += 5 })},
		"PUBLISH_TIME_PAST":     {held, item(x[0], workflow.ResumeReschedule, func(r *workflow.Resumption) { r.Time = h.Clock.Now().Add(-time.Hour) })},
		"PUBLICATION_NOT_FOUND": {held, item(x[0], workflow.ResumeSend, func(r *workflow.Resumption) { r.Post = x[1].Post })},
	} {
		done := resume(t, h, tt.hold, tt.item)
		if done[0].Refusal == nil || done[0].Refusal.Reason != reason || done[0].Publication != nil {
			t.Errorf("%s: %+v", reason, done[0])
		}
	}
	drop := func(r *workflow.Resumption) { r.Reason = "x" }
	for reason, items := range map[string][]workflow.Resumption{
		"RESUME_SIZE":           nil,
		"RESUME_DUPLICATE":      {item(x[0], workflow.ResumeSend, as), item(x[0], workflow.ResumeDrop, drop)},
		"RESUME_TIME":           {item(x[0], workflow.ResumeReschedule, as)},
		"REASON_REQUIRED":       {item(x[0], workflow.ResumeDrop, as)},
		"CONTROL_CHARACTER":     {item(x[0], workflow.ResumeDrop, func(r *workflow.Resumption) { r.Reason = "\x00" })},
		"RESUME_ACTION_UNKNOWN": {item(x[0], "", as)},
	} {
		refuses(t, h, advocacy.Invalid, reason, func() error {
			_, err := h.Flow.ResumePublications(t.Context(), h.As(h.PR), h.W, held.ID, items)
			return err
		})
	}
	refuses(t, h, advocacy.Invalid, "RESUME_SIZE", func() error {
		_, err := h.Flow.ResumePublications(t.Context(), h.As(h.PR), h.W, held.ID, make([]workflow.Resumption, 26))
		return err
	})
	for reason, who := range map[string]workflow.Call{"MACHINE_CANNOT_DECIDE": h.AsKey(h.PR), "PERMISSION_DENIED": h.As(h.Author)} {
		refuses(t, h, advocacy.Denied, reason, func() error {
			_, err := h.Flow.ResumePublications(t.Context(), who, h.W, held.ID, []workflow.Resumption{resumption(x[0], workflow.ResumeSend)})
			return err
		})
	}
	_, _, err := h.Flow.HeldPublications(t.Context(), h.As(h.Author), workflow.HeldQuery{Workspace: h.W, Hold: held.ID, Page: workflow.Page{Size: 9}})
	if advocacy.ReasonOf(err) != "PERMISSION_DENIED" {
		t.Errorf("who may not see others' posts sees what a hold kept: %v", err)
	}
	// While it is stopped it can be given another time or dropped already.
	h.Clock.Advance(time.Minute)
	if done := resume(t, h, second, item(x[1], workflow.ResumeDrop, drop)); done[0].Refusal != nil {
		t.Errorf("dropped under a hold: %v", done[0].Refusal)
	}
	h.Work(t)
	sent(t, l)
}

// TestResumeOnce: a repeated call does nothing twice, and does not do what it refused.
func TestResumeOnce(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	held, x := keptPosts(t, h, "One.", "Two.")
	stop, _ := hold(t, h, advocacy.HoldPost, string(x[1].Post))
	c := h.As(h.PR)
	c.RequestID, c.Method, c.Body = "0c2d9f4e-7f6f-4a52-9d1e-1d7c5b1f0a01", "ResumePublications", "one"
	order := func(c workflow.Call) ([]workflow.Resumed, error) {
		return h.Flow.ResumePublications(t.Context(), c, h.W, held.ID, []workflow.Resumption{
			resumption(x[0], workflow.ResumeSend), resumption(x[1], workflow.ResumeSend),
		})
	}
	for range 2 {
		done, err := order(c)
		ok(t, err)
		if done[0].Refusal != nil || done[1].Refusal == nil || done[1].Refusal.Reason != "PUBLICATION_HELD" {
			t.Fatalf("%+v", done)
		}
		if stop.Active() {
			h.Work(t)
			sent(t, l, "One.")
			release(t, h, stop)
			stop.ReleaseTime = h.Clock.Now()
		}
	}
	h.Work(t)
	sent(t, l, "One.")
	c.Body = "another"
	if _, err := order(c); advocacy.ReasonOf(err) != "REQUEST_ID_REUSED" {
		t.Errorf("another order with the same id: %v", err)
	}
}

// TestResumeWithinTheWindow: what is sent goes out before its window ends, or not at all, and what
// nobody decides on expires with it.
func TestResumeWithinTheWindow(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Until noon.")
	moveWindow(t, h, v, time.Time{}, h.Clock.Now().Add(time.Hour))
	held, _ := hold(t, h, advocacy.HoldWorkspace, "")
	sends, rests := share(t, h, v, "Until noon."), share(t, h, v, "Until noon.")
	h.Clock.Advance(time.Hour - 10*time.Second)
	release(t, h, held)
	var items []workflow.Resumption
	for _, x := range kept(t, h, held) {
		r := resumption(x, workflow.ResumeReschedule)
		r.Time = h.Clock.Now().Add(time.Minute)
		items = append(items, r)
	}
	for _, done := range resume(t, h, held, items...) {
		if done.Refusal == nil || done.Refusal.Reason != "PUBLISH_TIME_OUTSIDE_WINDOW" {
			t.Errorf("%+v", done)
		}
	}
	x := publications(t, h, sends)[0]
	first := workflow.Resumption{Post: x.Post, Publication: "nothing", Action: workflow.ResumeSend}
	done := resume(t, h, held, first, resumption(x, workflow.ResumeSend)) // 20 seconds later were too late
	if done[1].Refusal != nil || !done[1].Publication.DueTime.Equal(h.Clock.Now()) {
		t.Fatalf("%+v", done[1])
	}
	h.Work(t)
	sent(t, l, "Until noon.")
	h.Clock.Advance(time.Minute)
	h.Work(t)
	if x := publications(t, h, rests)[0]; x.State != advocacy.Expired && x.State != advocacy.Cancelled {
		t.Errorf("after its window it is %s", x.State)
	}
}

// TestResumeInTheHours: whoever resumes does not send at an hour at which nothing goes out.
func TestResumeInTheHours(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Item(t, "Read this")
	held, _ := hold(t, h, advocacy.HoldWorkspace, "")
	_, err := ownShare(t, h, v, h.AuthorWall, time.Time{})
	ok(t, err)
	h.Clock.Advance(12 * time.Hour)
	release(t, h, held)
	habits(t, h, 0, advocacy.DefaultCalendar)
	x := kept(t, h, held)[0]
	done := resume(t, h, held, resumption(x, workflow.ResumeSend))
	if r := done[0].Refusal; r == nil || r.Reason != "SHARE_OUTSIDE_HOURS" {
		t.Fatalf("%+v", done[0])
	}
	if h.OnWall(t) != 0 {
		t.Error("it went out")
	}
}

// TestHeldPublicationsPage: a page ends, and the next one goes on.
func TestHeldPublicationsPage(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	held, x := keptPosts(t, h, "One.", "Two.", "Three.")
	var got []string
	for after := ""; ; {
		found, next, err := h.Flow.HeldPublications(t.Context(), h.As(h.PR), workflow.HeldQuery{
			Workspace: h.W, Hold: held.ID, Page: workflow.Page{Size: 2, After: after},
		})
		ok(t, err)
		for _, x := range found {
			got = append(got, string(x.ID))
		}
		if after = next; next == "" {
			break
		}
	}
	if want := []string{string(x[0].ID), string(x[1].ID), string(x[2].ID)}; !slices.Equal(got, want) {
		t.Errorf("pages show %s, want %s", strings.Join(got, " "), strings.Join(want, " "))
	}
	_, _, err := h.Flow.HeldPublications(t.Context(), h.As(h.PR), workflow.HeldQuery{Workspace: h.W, Hold: "none", Page: workflow.Page{Size: 2}})
	if missing := (*advocacy.Error)(nil); !errors.As(err, &missing) || missing.Kind != advocacy.NotFound {
		t.Errorf("a hold that is not there: %v", err)
	}
}
