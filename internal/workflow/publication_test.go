package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func resolve(t *testing.T, h *workflowtest.House, c workflow.Call, v *workflow.PostView, d workflow.Resolve) error {
	t.Helper()
	_, err := h.Flow.ResolvePublication(t.Context(), c, h.W, v.Post.ID, publications(t, h, v)[0].ID, d)
	return err
}

// TestUnknownWaitsForAPerson (edge cases 68 and 69): no machine sends again; a person says
// that it is there, that it is not, or lets it go once more.
func TestUnknownWaitsForAPerson(t *testing.T) {
	t.Parallel()
	words := map[advocacy.Resolution]struct {
		want  advocacy.PostState
		sends []string
	}{
		advocacy.ResolveFound:     {advocacy.PostPublished, []string{"Signed."}},
		advocacy.ResolveAbsent:    {advocacy.PostFailed, []string{"Signed."}},
		advocacy.ResolveSendAgain: {advocacy.PostPublished, []string{"Signed.", "Signed."}},
	}
	for word, w := range words {
		t.Run(string(word), func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := publishing(t, h, l)
			for range 4 {
				h.Clock.Advance(time.Hour)
				h.Work(t)
			}
			sent(t, l, "Signed.")
			l.AnsweringWith(nil)
			ok(t, resolve(t, h, h.As(h.Admin), v, workflow.Resolve{Resolution: word, URL: "https://ledger.test/1", Reason: "I looked"}))
			h.Work(t)
			state(t, h, v, w.want)
			sent(t, l, w.sends...)
			if x := publications(t, h, v)[0]; word == advocacy.ResolveFound && (x.Evidence != advocacy.Told || x.URL == "") {
				t.Fatalf("the evidence is %q at %q", x.Evidence, x.URL)
			}
			if n := happened(t, h, v.Post.Subject().Name(), "publication.resolved"); n != 1 {
				t.Fatalf("%d records of a person's word", n)
			}
		})
	}
}

// TestResolveRefuses names what is no person's word, and when none is asked for.
func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := publishing(t, h, l)
	found := workflow.Resolve{Resolution: advocacy.ResolveFound, URL: "https://ledger.test/1", Reason: "I looked"}
	nowhere, odd, old := found, found, found
	nowhere.URL, odd.Resolution, old.Version = "", "perhaps", 99
	admin := h.As(h.Admin)
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_DECIDE", func() error { return resolve(t, h, h.AsKey(h.Admin), v, found) })
	refuses(t, h, advocacy.Invalid, "URL_REQUIRED", func() error { return resolve(t, h, admin, v, nowhere) })
	refuses(t, h, advocacy.Invalid, "RESOLUTION_UNKNOWN", func() error { return resolve(t, h, admin, v, odd) })
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error { return resolve(t, h, admin, v, old) })
	other := h.Draft(t, "Another post.", h.Ledger)
	refuses(t, h, advocacy.NotFound, "PUBLICATION_NOT_FOUND", func() error {
		_, err := h.Flow.ResolvePublication(t.Context(), admin, h.W, other.Post.ID, publications(t, h, v)[0].ID, found)
		return err
	})
	ok(t, resolve(t, h, admin, v, found))
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_RESOLVE", func() error { return resolve(t, h, admin, v, found) })
}

// TestSendAgainGoesThroughTheGate: a person's word opens no side door.
func TestSendAgainGoesThroughTheGate(t *testing.T) {
	t.Parallel()
	again := workflow.Resolve{Resolution: advocacy.ResolveSendAgain, Reason: "it is not there"}
	t.Run("a lost signature", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		v := failed(t, h, l)
		l.AnsweringWith(nil)
		regrant(t, h, h.PR, advocacy.RoleEmployee)
		ok(t, resolve(t, h, h.As(h.Admin), v, again))
		h.Work(t)
		stand(t, h, v, advocacy.Cancelled)
		state(t, h, v, advocacy.PostInReview)
		sent(t, l)
	})
	t.Run("a newer revision", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		v := failed(t, h, l)
		l.AnsweringWith(nil)
		content := v.Head.Content
		content.Text = "Newer."
		change(t, h, v, workflow.PostChange{Content: &content, StartNewRound: true})
		ok(t, resolve(t, h, h.As(h.Admin), v, again))
		h.Work(t)
		stand(t, h, v, advocacy.Cancelled)
		sent(t, l)
	})
	t.Run("a withdrawn post", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		v := failed(t, h, l)
		l.AnsweringWith(nil)
		ok(t, tryWithdraw(t, h, h.Author, v))
		ok(t, resolve(t, h, h.As(h.Admin), v, again))
		h.Work(t)
		stand(t, h, v, advocacy.Cancelled)
		sent(t, l)
	})
}

// TestSendAgainKeepsTheChosenTime: a person lets it go again, but no earlier than the
// author wants.
func TestSendAgainKeepsTheChosenTime(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := failed(t, h, l)
	l.AnsweringWith(nil)
	later := h.Clock.Now().Add(time.Hour)
	change(t, h, v, workflow.PostChange{PublishTime: &later, Zone: ptr("Europe/Paris"), StartNewRound: true})
	ok(t, resolve(t, h, h.As(h.Admin), v, workflow.Resolve{Resolution: advocacy.ResolveSendAgain, Reason: "mended"}))
	h.Clock.Advance(time.Hour - time.Second)
	h.Work(t)
	sent(t, l)
	h.Clock.Advance(time.Second)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestSomeTargetsFail (edge case 73): the post says so, and a person retries only those
// that failed, with the same bytes.
func TestSomeTargetsFail(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	l.Answering(network.Permanent)
	v := h.Approved(t, "To two places.", h.Ledger, h.Wall)
	h.Work(t)
	state(t, h, v, advocacy.PostPartiallyPublished)
	stand(t, h, v, advocacy.Refused, advocacy.Published)
	l.AnsweringWith(nil)
	ok(t, resolve(t, h, h.As(h.Admin), v, workflow.Resolve{Resolution: advocacy.ResolveSendAgain, Reason: "mended"}))
	h.Work(t)
	stand(t, h, v, advocacy.Published, advocacy.Published)
	state(t, h, v, advocacy.PostPublished)
	sent(t, l, "To two places.")
	if n := h.OnWall(t); n != 1 {
		t.Fatalf("%d entries on the wall", n)
	}
	attempts, err := h.Store.Attempts(t.Context(), h.W, publications(t, h, v)[0].ID)
	ok(t, err)
	if len(attempts) != 2 || attempts[0].BodyDigest != attempts[1].BodyDigest {
		t.Fatalf("attempts: %+v", attempts)
	}
}

// TestRecallOfOnePublication refuses what no network shows or none can take back.
func TestRecallOfOnePublication(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	recall := func() error {
		_, err := h.Flow.RecallPublication(t.Context(), h.As(h.PR), h.W, v.Post.ID, publications(t, h, v)[0].ID, "a mistake")
		return err
	}
	refuses(t, h, advocacy.Precondition, "NOT_PUBLISHED", recall)
	h.Work(t)
	l.Capable(network.Capabilities{Idempotency: network.AtMostOnce})
	refuses(t, h, advocacy.Precondition, "RECALL_UNSUPPORTED", recall)
	l.Capable(network.Capabilities{Idempotency: network.AtMostOnce, Delete: true})
	ok(t, recall())
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, publications(t, h, v)[0].ID)))
	stand(t, h, v, advocacy.Recalled)
	refuses(t, h, advocacy.Precondition, "NOT_PUBLISHED", recall)
}

// TestCredentialDies: the account waits for its owner, and says so in the record; what
// was signed goes out when it is connected again.
func TestCredentialDies(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	l.Answering(network.AuthExpired)
	v := scheduled(t, h, l)
	h.Work(t)
	a, err := h.Flow.Account(t.Context(), h.As(h.Admin), h.W, h.Ledger)
	ok(t, err)
	if a.State != advocacy.AccountReconnect {
		t.Fatalf("the account is %s", a.State)
	}
	if n := happened(t, h, h.W.Name()+"/socialAccounts/"+string(h.Ledger), "social_account.disconnected"); n != 1 {
		t.Fatalf("%d records say that the account was lost", n)
	}
	stand(t, h, v, advocacy.Scheduled)
	l.AnsweringWith(nil)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sent(t, l)
	_, err = h.Flow.EnableAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, "connected again")
	ok(t, err)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sent(t, l, "Signed.")
}
