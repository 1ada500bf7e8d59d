package publish_test

import (
	"bytes"
	"maps"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/handoff"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// signedText is what waits to be published by hand in every test here.
const signedText = "We open in Lyon.\n\nCome and see."

// shownAt is where its person says it can be seen.
const shownAt = "https://www.facebook.com/author/posts/1"

// handHouse is a house with an approved post for its author's own profile, which is due.
func handHouse(t *testing.T, more ...network.Adapter) (*workflowtest.House, *workflow.PostView) {
	t.Helper()
	h := workflowtest.New(t, append(more, handoff.New())...)
	return h, h.Approved(t, signedText, profile(t, h, true))
}

// profile makes an account of a place people publish on by hand.
func profile(t *testing.T, h *workflowtest.House, personal bool) advocacy.AccountID {
	t.Helper()
	d := workflow.AccountDraft{Network: handoff.Name, DisplayName: "on Facebook", Owner: h.Author, Personal: personal, Address: "https://www.facebook.com/author"}
	if !personal {
		d.Owner, d.Deputy = h.Curator, h.Both
	}
	a, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, d)
	ok(t, err)
	if a.State != advocacy.AccountReady {
		t.Fatalf("the account is %s; nothing has to be connected", a.State)
	}
	return a.ID
}

func open(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView) (*workflow.Opened, error) {
	t.Helper()
	return h.Flow.OpenHandoff(t.Context(), h.As(who), h.W, v.Post.ID, only(t, h, v).ID)
}

func confirm(t *testing.T, h *workflowtest.House, v *workflow.PostView, d workflow.Confirm) (*workflow.Confirmed, error) {
	t.Helper()
	return h.Flow.ConfirmHandoff(t.Context(), h.As(h.Author), h.W, v.Post.ID, only(t, h, v).ID, d)
}

func refused(t *testing.T, err error, reason string) {
	t.Helper()
	if advocacy.ReasonOf(err) != reason {
		t.Fatalf("refused with %v, want %s", err, reason)
	}
}

// acts counts the audit records of a publication with an action.
func acts(t *testing.T, h *workflowtest.House, v *workflow.PostView, action string) int {
	t.Helper()
	records, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: h.W, Parent: v.Post.Subject().Name(), Action: action, Page: workflow.Page{Size: 100}})
	ok(t, err)
	return len(records)
}

func reminded(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, want ...advocacy.ReminderCode) {
	t.Helper()
	all, _, err := h.Flow.Reminders(t.Context(), h.As(who), h.W, workflow.Page{Size: 100, Oldest: true})
	ok(t, err)
	var got []advocacy.ReminderCode
	x := only(t, h, v)
	for _, r := range all {
		if r.Subject == x.Name() {
			got = append(got, r.Code)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s is reminded of %v, want %v", who, got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s is reminded of %v, want %v", who, got, want)
		}
	}
}

func attempts(t *testing.T, h *workflowtest.House, v *workflow.PostView, want ...network.Class) {
	t.Helper()
	all, err := h.Store.Attempts(t.Context(), h.W, only(t, h, v).ID)
	ok(t, err)
	if len(all) != len(want) {
		t.Fatalf("%d attempts, want %d", len(all), len(want))
	}
	for i, a := range all {
		if a.Outcome != string(want[i]) || a.EndTime.IsZero() != (want[i] == "") {
			t.Errorf("attempt %d ended %q at %s, want %q", i, a.Outcome, a.EndTime, want[i])
		}
		if !bytes.Equal(a.Body, all[0].Body) {
			t.Errorf("attempt %d holds other bytes than the first", i)
		}
	}
}

func TestHandedOverOnce(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	x := publication(t, h, v, advocacy.HandedOver)
	if want := h.Clock.Now().Add(advocacy.HandoffLife); x.Wait != advocacy.BlockHandedOver || !x.LeaseTime.Equal(want) || x.Doubt || x.URL != "" {
		t.Fatalf("it waits as %+v, until %s", x, want)
	}
	reminded(t, h, h.Author, v, advocacy.RemindHandedOver)
	h.Work(t)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	attempts(t, h, v, "")
	if got := h.Post(t, v.Post.ID).Post.State; got != advocacy.PostScheduled {
		t.Errorf("the post is %s, want scheduled: it can still be stopped", got)
	}
	why, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
	ok(t, err)
	if got := why.Blockers(); len(got) != 1 || got[0].Code != advocacy.BlockHandedOver || got[0].Person != h.Author || why.Cancels != 1 {
		t.Errorf("explained as %+v, an edit cancels %d", got, why.Cancels)
	}
}

// TestHandedOverWaits: a sweep that comes too early, for a clock that is ahead or a look that was
// taken before, closes nothing.
func TestHandedOverWaits(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	ok(t, h.Flow.ExpireHandoff(t.Context(), h.W, v.Post.ID, only(t, h, v).ID))
	publication(t, h, v, advocacy.HandedOver)
}

// TestKilledWhileHandingOver: whatever instant a process dies at, there is one package in the
// end. Judging, the intent and handing over are one transaction, so the only instant is before.
func TestKilledWhileHandingOver(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	dies, steps := *h.Worker, 0
	dies.Reached = func(step string) {
		if steps++; step != publish.StepClaimed {
			t.Errorf("a step %s is taken; nothing is sent", step)
		}
		runtime.Goexit()
	}
	var group sync.WaitGroup
	group.Go(func() { _ = dies.Deliver(t.Context(), h.W, only(t, h, v).ID) })
	group.Wait()
	publication(t, h, v, advocacy.Claimed)
	attempts(t, h, v)
	h.Clock.Advance(2 * time.Minute)
	h.Work(t)
	publication(t, h, v, advocacy.HandedOver)
	attempts(t, h, v, "")
	reminded(t, h, h.Author, v, advocacy.RemindHandedOver)
	if steps != 1 {
		t.Errorf("%d steps were reached, want the one it died at", steps)
	}
}

func TestOpenHandoff(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	x := only(t, h, v)
	_, err := open(t, h, h.Author, v)
	refused(t, err, "HANDOFF_CLOSED") // it is not due
	h.Work(t)
	call := h.As(h.Author)
	call.RequestID, call.Method, call.Body = "0198f000-0000-7000-8000-00000000aaaa", "Open", "sha256:1"
	first, err := h.Flow.OpenHandoff(t.Context(), call, h.W, v.Post.ID, x.ID)
	ok(t, err)
	if p := first.Package; p.Text != signedText || p.Place != "https://www.facebook.com/author" || first.Body == "" {
		t.Errorf("the package is %+v", p)
	}
	again, err := h.Flow.OpenHandoff(t.Context(), call, h.W, v.Post.ID, x.ID)
	ok(t, err)
	if again.Package.Text != signedText || acts(t, h, v, "publication.opened") != 1 {
		t.Errorf("a repetition gives %+v and is recorded %d times", again.Package, acts(t, h, v, "publication.opened"))
	}
	why, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
	ok(t, err)
	if got := why.Blockers(); len(got) != 1 || got[0].Code != advocacy.BlockOpened || got[0].Person != h.Author {
		t.Errorf("opened, it is explained as %+v", got)
	}
	_, err = open(t, h, h.Author, v)
	ok(t, err)
	if got := acts(t, h, v, "publication.opened"); got != 2 {
		t.Errorf("a second opening is recorded %d times", got)
	}
	if got := h.Post(t, v.Post.ID).Post.State; got != advocacy.PostPublishing {
		t.Errorf("the post is %s, want publishing: it may be out", got)
	}
	for who, reason := range map[advocacy.PersonID]string{
		h.Reader: "PUBLICATION_NOT_FOUND", h.Admin: "NOT_HANDOFF_PERSON", h.PR: "NOT_HANDOFF_PERSON",
	} {
		_, err := open(t, h, who, v)
		refused(t, err, reason)
	}
	_, err = h.Flow.OpenHandoff(t.Context(), h.AsKey(h.Author), h.W, v.Post.ID, x.ID)
	refused(t, err, "MACHINE_CANNOT_PUBLISH_BY_HAND")
	other := h.Draft(t, "Another.")
	_, err = h.Flow.OpenHandoff(t.Context(), h.As(h.Author), h.W, other.Post.ID, x.ID)
	refused(t, err, "PUBLICATION_NOT_FOUND")
}

// TestAPackageIsWhatWasSigned: what was changed where it is kept is given to nobody.
func TestAPackageIsWhatWasSigned(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	for _, statement := range []string{
		"DROP TRIGGER attempts_update", "UPDATE attempts SET body = CAST(replace(CAST(body AS TEXT), 'Lyon', 'Lille') AS BLOB)",
	} {
		_, err := h.Store.SQLWriter().ExecContext(t.Context(), statement)
		ok(t, err)
	}
	_, err := open(t, h, h.Author, v)
	if err == nil || advocacy.KindOf(err) != advocacy.Internal {
		t.Errorf("other bytes than were signed are opened: %v", err)
	}
	if x := publication(t, h, v, advocacy.HandedOver); x.Doubt {
		t.Error("it is called opened")
	}
}

// TestBrandsAreHandedOverToWhoAnswersForThem: the owner or the deputy, and not who wrote it.
func TestBrandsAreHandedOverToWhoAnswersForThem(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t, handoff.New())
	v := h.Approved(t, signedText, profile(t, h, false))
	h.Work(t)
	for _, who := range []advocacy.PersonID{h.Curator, h.Both} {
		reminded(t, h, who, v, advocacy.RemindHandedOver)
		_, err := open(t, h, who, v)
		ok(t, err)
	}
	_, err := open(t, h, h.Author, v)
	refused(t, err, "NOT_HANDOFF_PERSON")
}

// TestOpeningIsJudgedAgain changes the world while a package waits: nobody is given it, and what
// cannot go out any more is closed.
func TestOpeningIsJudgedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(t *testing.T, h *workflowtest.House, v *workflow.PostView)
		reason string
		want   advocacy.PublicationState
		// opened is what becomes of it when it was opened before, and still what the change is
		// refused with, if it is.
		opened  advocacy.PublicationState
		refusal string
	}{
		"role of a signer taken away": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
		}, "HANDOFF_STOPPED", advocacy.Cancelled, advocacy.Unknown, ""},
		"policy made stricter": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			h.Stricter(t)
		}, "HANDOFF_STOPPED", advocacy.Cancelled, advocacy.Unknown, ""},
		"hold on everything": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			hold(t, h, advocacy.HoldWorkspace, "")
		}, "HANDOFF_STOPPED", advocacy.HandedOver, advocacy.HandedOver, ""},
		"hold on a word of it": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			hold(t, h, advocacy.HoldKeyword, "Lyon")
		}, "HANDOFF_STOPPED", advocacy.HandedOver, advocacy.HandedOver, ""},
		"account switched off": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			_, err := h.Flow.DisableAccount(t.Context(), h.As(h.Admin), h.W, v.Head.Targets[0], "hacked")
			ok(t, err)
		}, "HANDOFF_STOPPED", advocacy.HandedOver, advocacy.HandedOver, ""},
		"author disabled": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
			ok(t, err)
		}, "HANDOFF_CLOSED", advocacy.Cancelled, advocacy.Unknown, ""},
		"a signer rejects": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			refusedOr(t, h.Decide(t, h.Legal2, v, "legal", advocacy.Reject), "PUBLISHING")
		}, "HANDOFF_CLOSED", advocacy.Cancelled, advocacy.HandedOver, "PUBLISHING"},
		"the author edits": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			content := v.Head.Content
			content.Text += "!"
			_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{Content: &content})
			refusedOr(t, err, "POST_PUBLISHING")
		}, "HANDOFF_CLOSED", advocacy.Cancelled, advocacy.HandedOver, "POST_PUBLISHING"},
		"the author withdraws": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			_, err := h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, 0, "no more")
			refusedOr(t, err, "POST_PUBLISHING")
		}, "HANDOFF_CLOSED", advocacy.Cancelled, advocacy.HandedOver, "POST_PUBLISHING"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, v := handHouse(t)
			h.Work(t)
			h.Clock.Advance(time.Second)
			c.change(t, h, v)
			_, err := open(t, h, h.Author, v)
			refused(t, err, c.reason)
			publication(t, h, v, c.want)
			if got := acts(t, h, v, "publication.opened"); got != 0 {
				t.Errorf("it was opened %d times", got)
			}
			end := network.Retryable
			if c.want == advocacy.HandedOver {
				end = ""
			}
			attempts(t, h, v, end)
		})
		t.Run(name+", after it was opened", func(t *testing.T) {
			t.Parallel()
			h, v := handHouse(t)
			h.Work(t)
			_, err := open(t, h, h.Author, v)
			ok(t, err)
			h.Clock.Advance(time.Second)
			c.change(t, h, v)
			_, err = open(t, h, h.Author, v)
			if c.refusal != "" {
				ok(t, err) // what may be out is not stopped by what was refused
			} else {
				refused(t, err, c.reason)
			}
			if x := publication(t, h, v, c.opened); x.State == advocacy.Unknown && x.Wait != advocacy.BlockUnconfirmed {
				t.Errorf("it waits for %q", x.Wait)
			}
		})
	}
}

// refusedOr passes what is carried out, and a refusal with the reason.
func refusedOr(t *testing.T, err error, reason string) {
	t.Helper()
	if err != nil {
		refused(t, err, reason)
	}
}

func TestHeldPackageOpensWhenTheHoldIsLifted(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	h.Clock.Advance(time.Minute)
	freeze := hold(t, h, advocacy.HoldWorkspace, "")
	_, err := open(t, h, h.Author, v)
	refused(t, err, "HANDOFF_STOPPED")
	h.Clock.Advance(time.Hour) // it was handed over in time, so nobody is asked what becomes of it
	_, err = h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, freeze.ID, "over")
	ok(t, err)
	_, err = open(t, h, h.Author, v)
	ok(t, err)
	// What was opened had begun, and a hold says so.
	_, begun, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "again"})
	ok(t, err)
	if len(begun) != 1 || begun[0].ID != only(t, h, v).ID {
		t.Errorf("begun before the hold: %+v", begun)
	}
}

func TestUnopenedPackageHadNotBegun(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	_, begun, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "crisis"})
	ok(t, err)
	if len(begun) != 0 {
		t.Errorf("begun before the hold: %+v of %s", begun, v.Post.ID)
	}
}

func TestConfirmHandoff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want advocacy.Comparison
	}{
		"without a text":         {"", advocacy.NotCompared},
		"as it was":              {signedText, advocacy.Matches},
		"lines ended otherwise":  {" We open in Lyon. \r\n\t\r\nCome and see.\r\n", advocacy.Matches},
		"a word changed":         {"We open in Paris.\n\nCome and see.", advocacy.Differs},
		"a line left out":        {"We open in Lyon.", advocacy.Differs},
		"characters nobody sees": {"We open in Lyon.\n\nCome and\u200b see.", advocacy.Differs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, v := handHouse(t)
			h.Work(t)
			_, err := confirm(t, h, v, workflow.Confirm{URL: shownAt})
			refused(t, err, "HANDOFF_NOT_OPENED")
			_, err = open(t, h, h.Author, v)
			ok(t, err)
			call := h.As(h.Author)
			call.RequestID, call.Method, call.Body = "0198f000-0000-7000-8000-00000000bbbb", "Confirm", "sha256:1"
			for range 2 { // a repetition says the same
				said, err := h.Flow.ConfirmHandoff(t.Context(), call, h.W, v.Post.ID, only(t, h, v).ID, workflow.Confirm{URL: shownAt + "#top", Text: c.text})
				ok(t, err)
				if said.Publication.Comparison != c.want || (len(said.Spans) > 0) != (c.want == advocacy.Differs) {
					t.Fatalf("compared as %q: %+v", said.Publication.Comparison, said.Spans)
				}
				if len(said.Spans) > 0 && joined(said.Spans, diff.Insert) != network.ComparableText(signedText) {
					t.Errorf("the spans do not lead from what was signed: %+v", said.Spans)
				}
			}
			x := publication(t, h, v, advocacy.Published)
			if x.Evidence != advocacy.Told || x.URL != shownAt || x.Comparison != c.want || x.Shown != advocacy.ShownUnseen || x.Wait != "" || x.Doubt {
				t.Errorf("the receipt is %+v", x)
			}
			attempts(t, h, v, network.Accepted)
			cases, err := h.Store.CasesOf(t.Context(), h.W, x.ID)
			ok(t, err)
			if (len(cases) == 1) != (c.want == advocacy.Differs) || len(cases) > 1 {
				t.Fatalf("%d cases", len(cases))
			}
			if len(cases) == 1 && (cases[0].Signed != signedText || cases[0].Shown != c.text || cases[0].Kind != advocacy.CaseDiffers || cases[0].State != advocacy.CaseOpen) {
				t.Errorf("the case is %+v", cases[0])
			}
			if got := acts(t, h, v, "publication.confirmed"); got != 1 {
				t.Errorf("confirmed %d times on record", got)
			}
			_, err = open(t, h, h.Author, v)
			refused(t, err, "HANDOFF_CLOSED")
			_, err = confirm(t, h, v, workflow.Confirm{URL: shownAt})
			refused(t, err, "HANDOFF_CLOSED")
		})
	}
}

func joined(spans []diff.Span, but diff.Op) string {
	var out strings.Builder
	for _, s := range spans {
		if s.Op != but {
			out.WriteString(s.Text)
		}
	}
	return out.String()
}

func TestConfirmedAddress(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	_, err := open(t, h, h.Author, v)
	ok(t, err)
	for url, reason := range map[string]string{
		"https://example.com/author/posts/1": "POST_URL_ELSEWHERE", "https://www.facebook.com/author": "POST_URL_PROFILE", "no address": "POST_URL_INVALID",
	} {
		_, err := confirm(t, h, v, workflow.Confirm{URL: url})
		refused(t, err, reason)
	}
	_, err = confirm(t, h, v, workflow.Confirm{URL: shownAt, Version: 1})
	refused(t, err, "ETAG_STALE")
	_, err = confirm(t, h, v, workflow.Confirm{URL: shownAt})
	ok(t, err)
	second := h.Approved(t, "Something else.", v.Head.Targets...)
	h.Work(t)
	_, err = open(t, h, h.Author, second)
	ok(t, err)
	_, err = confirm(t, h, second, workflow.Confirm{URL: shownAt})
	refused(t, err, "POST_URL_TAKEN")
	publication(t, h, second, advocacy.HandedOver)
}

func TestDeclineHandoff(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	x := only(t, h, v)
	_, err := h.Flow.DeclineHandoff(t.Context(), h.As(h.Admin), h.W, v.Post.ID, x.ID, 0, "not mine")
	refused(t, err, "NOT_HANDOFF_PERSON")
	_, err = h.Flow.DeclineHandoff(t.Context(), h.As(h.Author), h.W, v.Post.ID, x.ID, 0, "I would rather not")
	ok(t, err)
	if x := publication(t, h, v, advocacy.Refused); x.Answer.Text != "I would rather not" {
		t.Errorf("the answer is %q", x.Answer.Text)
	}
	attempts(t, h, v, network.Permanent)
	if got := h.Post(t, v.Post.ID).Post.State; got != advocacy.PostFailed || acts(t, h, v, "publication.declined") != 1 {
		t.Errorf("the post is %s", got)
	}
	// Handed over once more, it holds the same bytes.
	_, err = h.Flow.ResolvePublication(t.Context(), h.As(h.PR), h.W, v.Post.ID, x.ID, workflow.Resolve{Resolution: advocacy.ResolveSendAgain, Reason: "please"})
	ok(t, err)
	h.Work(t)
	publication(t, h, v, advocacy.HandedOver)
	attempts(t, h, v, network.Permanent, "")
	reminded(t, h, h.Author, v, advocacy.RemindHandedOver, advocacy.RemindHandedOver)
}

// TestUnopenedPackageExpires: nobody was given it, so it is not out.
func TestUnopenedPackageExpires(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	h.Clock.Advance(advocacy.HandoffLife - time.Second)
	h.Work(t)
	publication(t, h, v, advocacy.HandedOver)
	h.Clock.Advance(time.Second)
	_, err := open(t, h, h.Author, v)
	refused(t, err, "HANDOFF_OVER")
	var all sync.WaitGroup
	for range 4 { // every replica sweeps
		all.Go(func() { _ = h.Worker.Sweep(t.Context()) })
	}
	all.Wait()
	publication(t, h, v, advocacy.Expired)
	attempts(t, h, v, network.Retryable)
	reminded(t, h, h.Author, v, advocacy.RemindHandedOver, advocacy.RemindHandoffOver)
	if got := acts(t, h, v, "publication.expire"); got != 1 {
		t.Errorf("reported %d times", got)
	}
	_, err = confirm(t, h, v, workflow.Confirm{URL: shownAt})
	refused(t, err, "HANDOFF_CLOSED")
}

// TestOpenedPackageIsNotCalledExpired: it may be out, and its person can still say so.
func TestOpenedPackageIsNotCalledExpired(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, h *workflowtest.House, v *workflow.PostView) advocacy.PublicationState{
		"it is out": func(t *testing.T, h *workflowtest.House, v *workflow.PostView) advocacy.PublicationState {
			_, err := confirm(t, h, v, workflow.Confirm{URL: shownAt, Text: signedText})
			ok(t, err)
			return advocacy.Published
		},
		"it is not": func(t *testing.T, h *workflowtest.House, v *workflow.PostView) advocacy.PublicationState {
			_, err := h.Flow.DeclineHandoff(t.Context(), h.As(h.Author), h.W, v.Post.ID, only(t, h, v).ID, 0, "forgot")
			ok(t, err)
			return advocacy.Refused
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, v := handHouse(t)
			h.Work(t)
			_, err := open(t, h, h.Author, v)
			ok(t, err)
			h.Clock.Advance(advocacy.HandoffLife)
			h.Work(t)
			if x := publication(t, h, v, advocacy.Unknown); x.Wait != advocacy.BlockUnconfirmed {
				t.Fatalf("it waits for %q", x.Wait)
			}
			why, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
			ok(t, err)
			if got := why.Blockers(); len(got) != 1 || got[0].Code != advocacy.BlockUnconfirmed || got[0].Person != h.Author {
				t.Errorf("explained as %+v", got)
			}
			reminded(t, h, h.Author, v, advocacy.RemindHandedOver, advocacy.RemindHandoffOver)
			_, err = open(t, h, h.Author, v)
			refused(t, err, "HANDOFF_CLOSED")
			h.Clock.Advance(24 * time.Hour)
			h.Work(t)
			attempts(t, h, v, network.UnknownOutcome)
			publication(t, h, v, end(t, h, v))
			attempts(t, h, v, network.UnknownOutcome)
		})
	}
}

// sharedByHand is a share of an item that was handed over to its author, and opened or not.
func sharedByHand(t *testing.T, opened bool) (*workflowtest.House, *workflow.ItemView, *workflow.PostView) {
	t.Helper()
	h := workflowtest.New(t, handoff.New())
	item := h.Item(t, signedText, handoff.Name)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Item: item.Item.ID, Accounts: []advocacy.AccountID{profile(t, h, true)}})
	ok(t, err)
	h.Submit(t, v)
	h.Work(t)
	publication(t, h, v, advocacy.HandedOver)
	if opened {
		_, err := open(t, h, h.Author, v)
		ok(t, err)
	}
	h.Clock.Advance(time.Minute)
	return h, item, v
}

// TestHoldOnAShelfKeepsItsPackages: a package is not opened while a hold bears on the item it was
// made from, and what was opened had begun.
func TestHoldOnAShelfKeepsItsPackages(t *testing.T) {
	t.Parallel()
	for name, opened := range map[string]bool{"unopened": false, "opened": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, item, v := sharedByHand(t, opened)
			other, begun, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldKeyword, Target: "Paris", Reason: "crisis"})
			ok(t, err)
			if len(begun) != 0 {
				t.Errorf("the hold %s, which is about something else, finds %+v begun", other.ID, begun)
			}
			shelf, begun, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldTopic, Target: string(item.Item.Topic), Reason: "crisis"})
			ok(t, err)
			if (len(begun) == 1) != opened {
				t.Errorf("begun before the hold: %+v", begun)
			}
			_, err = open(t, h, h.Author, v)
			refused(t, err, "HANDOFF_STOPPED")
			_, err = h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, shelf.ID, "over")
			ok(t, err)
			_, err = open(t, h, h.Author, v)
			ok(t, err)
		})
	}
}

// TestRecallOfWhatWasHandedOver: what nobody opened is stopped as what waits, and what was opened
// is in doubt until its person says what became of it, and takes it back by hand if it is out.
func TestRecallOfWhatWasHandedOver(t *testing.T) {
	t.Parallel()
	type copies = map[advocacy.CopyState]int
	declines := func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
		_, err := h.Flow.DeclineHandoff(t.Context(), h.As(h.Author), h.W, v.Post.ID, only(t, h, v).ID, 0, "I did not")
		ok(t, err)
	}
	for name, c := range map[string]struct {
		opened bool
		scopes []advocacy.RecallScope
		state  advocacy.PublicationState
		copies copies
		// says is what becomes of it afterwards, and then how the recall ends.
		says func(t *testing.T, h *workflowtest.House, v *workflow.PostView)
		last copies
	}{
		"unopened, all":       {false, advocacy.RecallScopes(), advocacy.Cancelled, copies{advocacy.CopyStopped: 1}, nil, nil},
		"unopened, queued":    {false, []advocacy.RecallScope{advocacy.RecallQueued}, advocacy.Cancelled, copies{advocacy.CopyStopped: 1}, nil, nil},
		"unopened, published": {false, []advocacy.RecallScope{advocacy.RecallPublished}, advocacy.HandedOver, copies{}, nil, nil},
		"opened, queued":      {true, []advocacy.RecallScope{advocacy.RecallQueued}, advocacy.Unknown, copies{}, nil, nil},
		"opened, and was not published": {
			true, []advocacy.RecallScope{advocacy.RecallPublished}, advocacy.Unknown, copies{advocacy.CopyUnknown: 1}, declines, copies{advocacy.CopyStopped: 1},
		},
		"opened, handed over again and left": {
			true, []advocacy.RecallScope{advocacy.RecallPublished}, advocacy.Unknown, copies{advocacy.CopyUnknown: 1},
			func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
				_, err := h.Flow.ResolvePublication(t.Context(), h.As(h.Admin), h.W, v.Post.ID, only(t, h, v).ID, workflow.Resolve{Resolution: advocacy.ResolveSendAgain, Reason: "please"})
				ok(t, err)
				h.Work(t)
				publication(t, h, v, advocacy.HandedOver)
				h.Clock.Advance(advocacy.HandoffLife)
				h.Work(t)
				publication(t, h, v, advocacy.Expired)
			}, copies{advocacy.CopyStopped: 1},
		},
		"opened, and was published": {
			true, advocacy.RecallScopes(), advocacy.Unknown, copies{advocacy.CopyUnknown: 1},
			func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
				_, err := confirm(t, h, v, workflow.Confirm{URL: shownAt})
				ok(t, err)
				publication(t, h, v, advocacy.Published)
				_, err = h.Flow.ConfirmRemoval(t.Context(), h.As(h.Author), h.W, v.Post.ID, only(t, h, v).ID, "deleted")
				ok(t, err)
			}, copies{advocacy.CopyConfirmed: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, item, v := sharedByHand(t, c.opened)
			ordered, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{Item: item.Item.ID, Scopes: c.scopes, Reason: "a wrong number"})
			ok(t, err)
			recalled := func(want copies, ended bool) {
				t.Helper()
				now, err := h.Flow.Recall(t.Context(), h.As(h.PR), h.W, ordered.Recall.ID)
				ok(t, err)
				if !maps.Equal(now.Copies, want) || now.Recall.EndTime.IsZero() == ended {
					t.Errorf("the copies are %v, and it ended at %s; want %v, ended: %t", now.Copies, now.Recall.EndTime, want, ended)
				}
			}
			ok(t, h.Flow.RunRecall(t.Context(), h.W, ordered.Recall.ID))
			publication(t, h, v, c.state)
			recalled(c.copies, c.says == nil)
			if c.says == nil {
				return
			}
			_, err = open(t, h, h.Author, v)
			refused(t, err, "HANDOFF_CLOSED")
			c.says(t, h, v)
			recalled(c.last, true)
		})
	}
}

// TestNobodyLooksAtWhatWasPublishedByHand: an address that a person told is not read, so that it
// cannot be read is no difference.
func TestNobodyLooksAtWhatWasPublishedByHand(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	_, err := open(t, h, h.Author, v)
	ok(t, err)
	_, err = confirm(t, h, v, workflow.Confirm{URL: shownAt})
	ok(t, err)
	for range 3 {
		h.Clock.Advance(25 * time.Hour)
		h.Work(t)
	}
	x := publication(t, h, v, advocacy.Published)
	cases, err := h.Store.CasesOf(t.Context(), h.W, x.ID)
	ok(t, err)
	if len(cases) != 0 || x.Shown != advocacy.ShownUnseen {
		t.Errorf("it is %q, with the cases %+v", x.Shown, cases)
	}
}

// TestPackageOfAShare: it is never open past the item's window, and ends with the item.
func TestPackageOfAShare(t *testing.T) {
	t.Parallel()
	for name, opened := range map[string]bool{"unopened": false, "opened": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := workflowtest.New(t, handoff.New())
			item := h.Item(t, signedText, handoff.Name)
			end, zone := h.Clock.Now().Add(24*time.Hour), "Europe/Paris"
			_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, workflow.ItemChange{ShareEnd: &end, Zone: &zone})
			ok(t, err)
			v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Item: item.Item.ID, Accounts: []advocacy.AccountID{profile(t, h, true)}})
			ok(t, err)
			h.Submit(t, v)
			h.Work(t)
			if x := publication(t, h, v, advocacy.HandedOver); !x.LeaseTime.Equal(end) {
				t.Fatalf("it can be confirmed until %s, and shared until %s", x.LeaseTime, end)
			}
			want := advocacy.Cancelled
			if opened {
				_, err := open(t, h, h.Author, v)
				ok(t, err)
				want = advocacy.Unknown
			}
			_, err = h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, "wrong")
			ok(t, err)
			ok(t, h.Flow.CancelShares(t.Context(), h.W, item.Item.ID))
			publication(t, h, v, want)
		})
	}
}

// TestWhatAMachineSentIsNobodysWord: only what was handed over is confirmed by hand.
func TestWhatAMachineSentIsNobodysWord(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	l.Answering(network.UnknownOutcome)
	h.Work(t)
	x := publication(t, h, v, advocacy.Unknown)
	_, err := h.Flow.ConfirmHandoff(t.Context(), h.As(h.Curator), h.W, v.Post.ID, x.ID, workflow.Confirm{URL: shownAt})
	refused(t, err, "NOT_BY_HAND")
	_, err = h.Flow.DeclineHandoff(t.Context(), h.As(h.Curator), h.W, v.Post.ID, x.ID, 0, "no")
	refused(t, err, "NOT_BY_HAND")
}

// TestItGoesWhereItWasSignedFor: an account that is given another address keeps the places of what
// was signed.
func TestItGoesWhereItWasSignedFor(t *testing.T) {
	t.Parallel()
	h, v := handHouse(t)
	h.Work(t)
	elsewhere := "https://x.com/somebody"
	_, err := h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, v.Head.Targets[0], workflow.AccountChange{Address: &elsewhere})
	ok(t, err)
	opened, err := open(t, h, h.Author, v)
	ok(t, err)
	if p := opened.Package; p.Place != "https://www.facebook.com/author" || p.ShareURL != "" {
		t.Errorf("it is opened for %s, shared at %q", p.Place, p.ShareURL)
	}
	_, err = confirm(t, h, v, workflow.Confirm{URL: "https://x.com/somebody/status/1"})
	refused(t, err, "POST_URL_ELSEWHERE")
	_, err = confirm(t, h, v, workflow.Confirm{URL: shownAt})
	ok(t, err)
}

// TestPlaceDecidesWhatFits: what the account's place would refuse is found before anybody signs.
func TestPlaceDecidesWhatFits(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t, handoff.New())
	a, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: handoff.Name, DisplayName: "on X", Owner: h.Author, Personal: true, Address: "https://x.com/author",
	})
	ok(t, err)
	v := h.Draft(t, strings.Repeat("word ", 60), a.ID, profile(t, h, true))
	_, err = h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
	refused(t, err, "FINDING_BLOCKS")
	_, _, err = h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: handoff.Name, DisplayName: "nowhere", Owner: h.Author, Personal: true, Address: "facebook.com/author",
	})
	refused(t, err, "ADDRESS_INVALID")
}
