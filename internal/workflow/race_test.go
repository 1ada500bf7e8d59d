package workflow_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// full tells whether the big numbers are asked for.
var full = os.Getenv("IMPRIMATUR_TEST_FULL") == "1"

// onBoth runs a race on SQLite, where one transaction writes at a time, and on
// PostgreSQL, where only locks stand between them.
func onBoth(t *testing.T, race func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		race(t, h, l)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		l := workflowtest.NewLedger()
		h := workflowtest.NewOn(t, testpg.New(t), jobs.Postgres, l)
		// The service's own clock is behind the database's by what furnishing took.
		h.Clock.Advance(time.Hour)
		race(t, h, l)
	})
}

// together starts the calls at the same moment and returns their errors in order.
func together(calls ...func() error) []error {
	errs := make([]error, len(calls))
	gate := make(chan struct{})
	var group sync.WaitGroup
	for i, call := range calls {
		group.Go(func() {
			<-gate
			errs[i] = call()
		})
	}
	close(gate)
	group.Wait()
	return errs
}

// TestApproveAgainstEdit (edge case 2) [I4]: the last signature and an edit commit at the
// same time. Either the edit came first, and the signature is refused; or the signature
// came first, and the edit cancels what it allowed. The old bytes never leave.
func TestApproveAgainstEdit(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		refusals := 0
		for i := range 100 {
			v := h.Submit(t, h.Draft(t, fmt.Sprintf("Race %d.", i), h.Ledger))
			h.Sign(t, h.Legal, v, "legal")
			errs := together(
				func() error { return h.Decide(t, h.PR, v, "pr", advocacy.Approve) },
				func() error { _, err := tryEdit(t.Context(), h, h.Author, v, "Edited."); return err },
			)
			ok(t, errs[1])
			switch reason := advocacy.ReasonOf(errs[0]); {
			case errs[0] == nil:
				stand(t, h, v, advocacy.Cancelled)
			case reason == "REVISION_CHANGED":
				refusals++
				stand(t, h, v)
			default:
				t.Fatalf("run %d: %v", i, errs[0])
			}
			state(t, h, v, advocacy.PostDraft)
		}
		h.Clock.Advance(time.Hour)
		h.Work(t)
		sent(t, l)
		t.Logf("the edit came first in %d of 100 runs", refusals)
	})
}

// TestApproversAtOnce: everybody signs at the same moment; all are heard, and the post is
// scheduled once.
func TestApproversAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		for i := range 20 {
			v := h.Submit(t, h.Draft(t, fmt.Sprintf("Race %d.", i), h.Ledger))
			errs := together(
				func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) },
				func() error { return h.Decide(t, h.PR, v, "pr", advocacy.Approve) },
				func() error { return h.Decide(t, h.Both, v, "legal", advocacy.Approve) },
				func() error { return h.Decide(t, h.Both, v, "pr", advocacy.Approve) },
			)
			for _, err := range errs {
				switch advocacy.ReasonOf(err) {
				case "REVIEW_CLOSED", "DISTINCT_PERSON":
				default:
					ok(t, err)
				}
			}
			stand(t, h, v, advocacy.Scheduled)
		}
		h.Clock.Advance(time.Hour)
		h.Work(t)
		if n := len(l.Sent()); n != 20 {
			t.Fatalf("%d posts went out, want 20", n)
		}
	})
}

// TestApproveAgainstVeto: whichever comes first, nothing goes out.
func TestApproveAgainstVeto(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		for i := range 20 {
			v := h.Submit(t, h.Draft(t, fmt.Sprintf("Race %d.", i), h.Ledger))
			h.Sign(t, h.Legal, v, "legal")
			errs := together(
				func() error { return h.Decide(t, h.PR, v, "pr", advocacy.Approve) },
				func() error { return h.Decide(t, h.Legal2, v, "legal", advocacy.Reject) },
			)
			ok(t, errs[1])
			if reason := advocacy.ReasonOf(errs[0]); errs[0] != nil && reason != "REVIEW_CLOSED" {
				t.Fatal(errs[0])
			}
			state(t, h, v, advocacy.PostRejected)
		}
		h.Clock.Advance(time.Hour)
		h.Work(t)
		sent(t, l)
	})
}

// TestApproveAgainstRevoke (edge case 23): the role is taken away while the decision is on
// its way. If it was kept, it stops counting at the gate.
func TestApproveAgainstRevoke(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		for i := range 20 {
			lawyer := recruit(t, h, fmt.Sprintf("Lawyer%d", i), advocacy.RoleLegal)
			v := h.Submit(t, h.Draft(t, fmt.Sprintf("Race %d.", i), h.Ledger))
			h.Sign(t, h.PR, v, "pr")
			errs := together(
				func() error { return h.Decide(t, lawyer, v, "legal", advocacy.Approve) },
				func() error {
					_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, lawyer, workflow.MemberChange{Roles: &[]advocacy.Role{advocacy.RoleEmployee}})
					return err
				},
			)
			ok(t, errs[1])
			switch reason := advocacy.ReasonOf(errs[0]); reason {
			case "", "NOT_IN_ROLE", "POST_NOT_FOUND":
			default:
				t.Fatal(errs[0])
			}
		}
		h.Clock.Advance(time.Hour)
		h.Work(t)
		sent(t, l)
	})
}

// TestSameRequestAtOnce (edge case 56) [I22]: sixteen times the same call with one request
// id has one answer, one effect, and one record.
func TestSameRequestAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		v := h.Submit(t, h.Draft(t, "Once.", h.Ledger))
		h.Sign(t, h.Legal, v, "legal")
		h.View(t, h.PR, v.Post.Subject(), 1)
		call := identified(h.As(h.PR), anID, "Decide", "approve")
		sixteen(t, func() (string, error) {
			d, _, err := h.Flow.Decide(t.Context(), call, v.Post.Subject(), 1, workflow.Verdict{
				Verdict: advocacy.Approve, Requirement: "pr", Digest: v.Head.Digest,
			})
			if err != nil {
				return "", err
			}
			return d.Name(), nil
		})
		if n := len(decisions(t, h, v)); n != 2 {
			t.Fatalf("%d decisions, want 2", n)
		}
		if n := happened(t, h, v.Post.Subject().Name(), "review.decided"); n != 2 {
			t.Fatalf("%d records of decisions, want 2", n)
		}
		stand(t, h, v, advocacy.Scheduled)

		call = identified(h.As(h.Author), anID, "CreatePost", "once")
		sixteen(t, func() (string, error) {
			return postName(h.Flow.CreatePost(t.Context(), call, h.W, workflow.PostDraft{
				Content: advocacy.Content{Language: "en", Text: "Made once."}, Accounts: []advocacy.AccountID{h.Ledger},
			}))
		})
		mine, _, err := h.Flow.Posts(t.Context(), h.As(h.Author), workflow.PostQuery{Workspace: h.W, Page: workflow.Page{Size: 50}})
		ok(t, err)
		if len(mine) != 2 {
			t.Fatalf("%d posts, want 2", len(mine))
		}
	})
}

// TestWorkersAtOnce [I18, I19]: many workers, many publications, each goes out once; through one
// account, in the order in which they are due.
func TestWorkersAtOnce(t *testing.T) {
	const posts, workers = 5, 4
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		var one, several []string
		for i := range posts {
			v := h.Approved(t, fmt.Sprintf("Race %d.", i), h.Ledger)
			one = append(one, string(publications(t, h, v)[0].ID))
			account, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
				Network: workflowtest.LedgerName, DisplayName: fmt.Sprintf("Account %d", i), Owner: h.Curator, Deputy: h.PR,
			})
			ok(t, err)
			v = h.Approved(t, fmt.Sprintf("Race %d.", i), account.ID)
			several = append(several, string(publications(t, h, v)[0].ID))
			h.Clock.Advance(time.Second)
		}
		var calls []func() error
		for range workers {
			for _, id := range slices.Concat(one, several) {
				calls = append(calls, func() error { return h.Worker.Deliver(t.Context(), h.W, advocacy.PublicationID(id)) })
			}
		}
		for range posts { // in each round the next one of the account, at least
			for _, err := range together(calls...) {
				ok(t, err)
			}
		}
		var sent, inOrder []string
		for _, d := range l.Sent() {
			sent = append(sent, d.Key)
			if d.Account.ID == h.Ledger {
				inOrder = append(inOrder, d.Key)
			}
		}
		if !slices.Equal(inOrder, one) {
			t.Errorf("through one account went out %v, want %v", inOrder, one)
		}
		slices.Sort(sent)
		if want := slices.Sorted(slices.Values(slices.Concat(one, several))); !slices.Equal(sent, want) {
			t.Errorf("%v went out, want %v", sent, want)
		}
	})
}

// TestHoldAgainstGate [I17]: workers run while everything is stopped. When CreateHold has
// returned, no request begins, and what had begun is in its answer.
func TestHoldAgainstGate(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		stops(t, h, l, func() (inFlight []advocacy.Publication, err error) {
			_, inFlight, err = h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "crisis"})
			return inFlight, err
		}, func() {
			holds, _, err := h.Flow.Holds(t.Context(), h.As(h.PR), workflow.HoldQuery{Workspace: h.W, Active: true, Page: workflow.Page{Size: 10}})
			ok(t, err)
			for i := range holds {
				release(t, h, &holds[i])
			}
		})
	})
}

// TestDisableAgainstGate [I31]: workers run while the author is disabled. When
// DisableMember has returned, no request begins in that name.
func TestDisableAgainstGate(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		stops(t, h, l, func() ([]advocacy.Publication, error) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
			return nil, err
		}, func() {
			_, err := h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "back")
			ok(t, err)
		})
	})
}

// stops runs workers against something that stops them, several times: what passed the
// gate before the stop was acknowledged may go out, nothing else.
func stops(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger, stop func() ([]advocacy.Publication, error), resume func()) {
	t.Helper()
	const rounds, posts = 5, 4
	for range rounds {
		var ids []advocacy.PublicationID
		for i := range posts {
			v := h.Approved(t, fmt.Sprintf("Race %d.", i), h.Ledger)
			ids = append(ids, publications(t, h, v)[0].ID)
		}
		var stopped atomic.Bool
		var through atomic.Int32
		// Between the intent and the request nothing can be stopped any more: it is the
		// intent that must come before the stop.
		h.Worker.Reached = func(step string) {
			if step == publish.StepIntent {
				through.Add(1)
			}
		}
		var late atomic.Int32
		l.Before(func(d network.Delivery) {
			if stopped.Load() && begun(t, h, d) {
				late.Add(1)
			}
		})
		calls := []func() error{func() error {
			_, err := stop()
			stopped.Store(true)
			return err
		}}
		for _, id := range ids {
			calls = append(calls, func() error { return h.Worker.Deliver(t.Context(), h.W, id) })
		}
		for _, err := range together(calls...) {
			ok(t, err)
		}
		after := through.Load()
		for _, id := range ids {
			ok(t, h.Worker.Deliver(t.Context(), h.W, id))
		}
		if through.Load() != after {
			t.Fatal("a request began after the stop was acknowledged")
		}
		if n := late.Load(); n != 0 {
			t.Fatalf("%d requests were committed after the stop", n)
		}
		resume()
	}
}

// begun tells whether the intent of a delivery was committed after the newest stop.
func begun(t *testing.T, h *workflowtest.House, d network.Delivery) bool {
	t.Helper()
	var stop, send int64
	for _, r := range records(t, h, "") {
		switch {
		case r.Action == "hold.created" || r.Action == "member.disabled":
			stop = r.Sequence
		case r.Action == "publication.send" && r.Subject == advocacy.PostSubject(h.W, d.Post).Name()+"/publications/"+string(d.Publication):
			send = r.Sequence
		}
	}
	return send > stop
}

// TestTwoAdminsAtOnce: each disables the other; one of them stays.
func TestTwoAdminsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		for i := range 10 {
			second := recruit(t, h, fmt.Sprintf("Second%d", i), advocacy.RoleAdmin)
			disable := func(who, whom advocacy.PersonID) func() error {
				return func() error {
					_, err := h.Flow.DisableMember(t.Context(), h.As(who), h.W, whom, "no, you")
					return err
				}
			}
			errs := together(disable(h.Admin, second), disable(second, h.Admin))
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("errors are %v and %v", errs[0], errs[1])
			}
			for _, err := range errs {
				if err != nil && advocacy.ReasonOf(err) != "LAST_ADMIN" {
					t.Fatal(err)
				}
			}
			if errs[1] == nil {
				h.Admin = second
			}
		}
	})
}
