package publish_test

import (
	"context"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// house is a house with a ledger network, and one approved post that is due.
func house(t *testing.T) (*workflowtest.House, *workflowtest.Ledger, *workflow.PostView) {
	t.Helper()
	ledger := workflowtest.NewLedger()
	h := workflowtest.New(t, ledger)
	return h, ledger, h.Approved(t, "Signed by two.", h.Ledger)
}

func only(t *testing.T, h *workflowtest.House, v *workflow.PostView) advocacy.Publication {
	t.Helper()
	all, err := h.Store.PublicationsOf(t.Context(), h.W, v.Post.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("%d publications, want 1", len(all))
	}
	return all[0]
}

func publication(t *testing.T, h *workflowtest.House, v *workflow.PostView, want advocacy.PublicationState) advocacy.Publication {
	t.Helper()
	x := only(t, h, v)
	if x.State != want {
		t.Fatalf("publication is %s (wait %q, answer %q), want %s", x.State, x.Wait, x.Answer.Text, want)
	}
	return x
}

func sends(t *testing.T, l *workflowtest.Ledger, want int) {
	t.Helper()
	if got := len(l.Sent()); got != want {
		t.Fatalf("the network was sent %d posts, want %d", got, want)
	}
}

func TestSignedPostGoesOutOnce(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	h.Work(t)
	x := publication(t, h, v, advocacy.Published)
	if x.Evidence != advocacy.Answered || x.URL == "" {
		t.Fatalf("receipt is incomplete: %+v", x)
	}
	h.Work(t)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sends(t, l, 1)
}

// TestAnswerIsKept: an answer is kept with its code and what it quotes, of the publication and of the try;
// the record says the code, too. What the gate stops has its own code.
func TestAnswerIsKept(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	said := network.Quote(advocacy.AnswerSaid, "422", "Text is too long")
	l.AnsweringWith(func(network.Delivery) network.Answer { return network.Answer{Class: network.Permanent, Said: said} })
	h.Work(t)
	x := publication(t, h, v, advocacy.Refused)
	attempts, err := h.Store.Attempts(t.Context(), x.Workspace, x.ID)
	ok(t, err)
	if x.Answer != said || len(attempts) != 1 || attempts[0].Answer != said {
		t.Errorf("kept are %+v and %+v, want %+v", x.Answer, attempts, said)
	}
	if told := recorded(t, h, "publication.refused"); len(told) != 1 || !strings.Contains(told[0], `"SAID"`) {
		t.Errorf("the record says %q", told)
	}
	v = h.Approved(t, "Signed by two others.", h.Ledger)
	regrant(t, h, h.Legal, advocacy.RoleEmployee)
	h.Work(t)
	if x := publication(t, h, v, advocacy.Cancelled); x.Answer.Code == "" {
		t.Errorf("what was stopped says %+v", x.Answer)
	}
}

// TestGateLooksAgain changes the world between the last signature and the sending: for
// each change, nothing may leave.
func TestGateLooksAgain(t *testing.T) {
	t.Parallel()
	changes := map[string]struct {
		change func(t *testing.T, h *workflowtest.House, v *workflow.PostView)
		want   advocacy.PublicationState
	}{
		"role of a signer taken away": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
		}, advocacy.Cancelled},
		"role taken away and given back": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
			h.Clock.Advance(time.Second)
			regrant(t, h, h.Legal, advocacy.RoleLegal)
		}, advocacy.Cancelled},
		"signer disabled": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.PR, "left")
			ok(t, err)
		}, advocacy.Cancelled},
		"author disabled": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
			ok(t, err)
		}, advocacy.Cancelled},
		"hold on everything": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			hold(t, h, advocacy.HoldWorkspace, "")
		}, advocacy.Scheduled},
		"hold on the person": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			hold(t, h, advocacy.HoldPerson, string(h.Author))
		}, advocacy.Scheduled},
		"hold on the account": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			hold(t, h, advocacy.HoldAccount, string(h.Ledger))
		}, advocacy.Scheduled},
		"hold on the post": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			hold(t, h, advocacy.HoldPost, string(v.Post.ID))
		}, advocacy.Scheduled},
		"hold on the network": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			hold(t, h, advocacy.HoldNetwork, string(workflowtest.LedgerName))
		}, advocacy.Scheduled},
		"account switched off": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			_, err := h.Flow.DisableAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, "hacked")
			ok(t, err)
		}, advocacy.Scheduled},
		"a signer rejects": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			ok(t, h.Decide(t, h.Legal2, v, "legal", advocacy.Reject))
		}, advocacy.Cancelled},
		"a signer retracts": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Retract))
		}, advocacy.Cancelled},
		"the author edits": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			content := v.Head.Content
			content.Text += "!"
			_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{Content: &content})
			ok(t, err)
		}, advocacy.Cancelled},
		"the author withdraws": {func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			_, err := h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, 0, "no more")
			ok(t, err)
		}, advocacy.Cancelled},
		"policy made stricter": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			h.Stricter(t)
		}, advocacy.Cancelled},
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l, v := house(t)
			h.Clock.Advance(time.Second)
			c.change(t, h, v)
			h.Work(t)
			publication(t, h, v, c.want)
			sends(t, l, 0)
		})
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func regrant(t *testing.T, h *workflowtest.House, p advocacy.PersonID, roles ...advocacy.Role) {
	t.Helper()
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, p, workflow.MemberChange{Roles: &roles})
	ok(t, err)
}

func hold(t *testing.T, h *workflowtest.House, scope advocacy.HoldScope, target string) *advocacy.Hold {
	t.Helper()
	made, _, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: scope, Target: target, Reason: "crisis"})
	ok(t, err)
	return made
}

// TestWhatRestsIsNotWrittenAgain: a person who has read what a hold keeps can answer it, though
// another hold was lifted meanwhile and everything it stopped was looked at.
func TestWhatRestsIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	freeze, other := hold(t, h, advocacy.HoldWorkspace, ""), hold(t, h, advocacy.HoldPost, string(v.Post.ID))
	h.Work(t)
	before := publication(t, h, v, advocacy.Scheduled)
	for _, lifted := range []*advocacy.Hold{freeze, other} {
		if x := publication(t, h, v, advocacy.Scheduled); x.Version != before.Version || x.Wait != advocacy.BlockHold {
			t.Errorf("it is written again: %+v, and was %+v", x, before)
		}
		h.Clock.Advance(time.Second)
		_, err := h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, lifted.ID, "over")
		ok(t, err)
		ok(t, h.Worker.Released(t.Context(), []byte(`{"workspace":"acme"}`)))
	}
	if x := publication(t, h, v, advocacy.Scheduled); x.Wait != advocacy.BlockHeldPastDue {
		t.Errorf("it waits for %q", x.Wait)
	}
	if len(l.Sent()) != 0 {
		t.Error("it went out")
	}
}

func TestHeldPostGoesOutWhenTheHoldIsLifted(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	freeze := hold(t, h, advocacy.HoldWorkspace, "")
	h.Work(t)
	if x := publication(t, h, v, advocacy.Scheduled); x.Wait != advocacy.BlockHold {
		t.Fatalf("waits for %q", x.Wait)
	}
	_, err := h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, freeze.ID, "over")
	ok(t, err)
	ok(t, h.Worker.Released(t.Context(), []byte(`{"workspace":"acme"}`)))
	publication(t, h, v, advocacy.Published)
	sends(t, l, 1)
}

// TestEndings gives each class of answer its ending, and none a second request that
// could make a second post.
func TestEndings(t *testing.T) {
	t.Parallel()
	endings := map[network.Class]advocacy.PublicationState{
		network.Accepted:       advocacy.Published,
		network.Retryable:      advocacy.Scheduled,
		network.RateLimited:    advocacy.Scheduled,
		network.AuthExpired:    advocacy.Scheduled,
		network.Misconfigured:  advocacy.Scheduled,
		network.Permanent:      advocacy.Refused,
		network.Duplicate:      advocacy.Unknown,
		network.UnknownOutcome: advocacy.Unknown,
	}
	for _, class := range network.Classes() {
		want, listed := endings[class]
		if !listed {
			t.Errorf("class %s has no ending in this test", class)
		}
		t.Run(string(class), func(t *testing.T) {
			t.Parallel()
			h, l, v := house(t)
			l.Answering(class)
			h.Work(t)
			publication(t, h, v, want)
			h.Work(t)
			if got := len(l.Sent()); got > 1 {
				t.Fatalf("the network booked %d posts", got)
			}
			attempts, err := h.Store.Attempts(t.Context(), h.W, only(t, h, v).ID)
			ok(t, err)
			if len(attempts) != 1 || attempts[0].Outcome != string(class) {
				t.Fatalf("attempts: %+v", attempts)
			}
		})
	}
}

func TestUnknownIsNeverSentAgainByAMachine(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	l.Capable(network.Capabilities{Idempotency: network.AtMostOnce, ReadBack: true})
	l.AnsweringWith(func(network.Delivery) network.Answer { return network.Answer{Class: network.UnknownOutcome} })
	h.Work(t)
	publication(t, h, v, advocacy.Unknown)
	for range 5 {
		h.Clock.Advance(time.Hour)
		h.Work(t)
	}
	sends(t, l, 1)
	ok(t, h.Worker.Look(t.Context(), job(h, only(t, h, v).ID)))
	if x := publication(t, h, v, advocacy.Published); x.Evidence != advocacy.Found {
		t.Fatalf("evidence is %q", x.Evidence)
	}
	sends(t, l, 1)
}

// TestWhatAnotherIsKnownByIsNotFound: two publications may say the same, and one post of the
// network is only one of them.
func TestWhatAnotherIsKnownByIsNotFound(t *testing.T) {
	t.Parallel()
	h, l, first := house(t)
	l.AnsweringWith(func(network.Delivery) network.Answer {
		return network.Answer{Class: network.Accepted, ExternalID: "114000", URL: "http://ledger.test/114000"}
	})
	h.Work(t)
	publication(t, h, first, advocacy.Published)
	second := h.Approved(t, "Signed by two, again.", h.Ledger)
	l.Answering(network.UnknownOutcome)
	h.Work(t)
	x := publication(t, h, second, advocacy.Unknown)
	shown, told := "114000", make(chan bool, 8)
	l.SeeingWith(func(d network.Delivery) network.Sighting {
		taken, err := d.Taken(context.Background(), shown)
		told <- taken && err == nil
		return network.Sighting{Readable: true, Found: true, ExternalID: shown, URL: "http://ledger.test/" + shown}
	})
	ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
	if after := publication(t, h, second, advocacy.Unknown); after.Looks != x.Looks+1 || !<-told {
		t.Errorf("after the look it is %+v", after)
	}
	shown = "114001"
	ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
	if after := publication(t, h, second, advocacy.Published); after.ExternalID != "114001" || <-told {
		t.Errorf("it was found as %+v", after)
	}
}

// TestAPublisherReadsTheFiles: what goes out is the bytes that were signed.
func TestAPublisherReadsTheFiles(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	m, err := h.Flow.AddMedia(t.Context(), h.As(h.Author), h.W, workflow.Accepted{
		Blob: string(advocacy.DigestOf([]byte("a picture"))), ContentType: "image/png", Width: 4, Height: 3, Data: []byte("a picture"),
	})
	ok(t, err)
	var read []byte
	l.AnsweringWith(func(d network.Delivery) network.Answer {
		file, err := d.Media(context.Background(), m.Blob)
		if err != nil {
			return network.Answer{Class: network.Permanent, Said: advocacy.Worded(err.Error())}
		}
		read, err = io.ReadAll(file)
		if _, other := d.Media(context.Background(), "sha256:none"); err != nil || other == nil {
			return network.Answer{Class: network.Permanent, Said: advocacy.Worded("read what is not there")}
		}
		return network.Answer{Class: network.Accepted, ExternalID: d.Key}
	})
	h.Work(t)
	publication(t, h, v, advocacy.Published)
	if advocacy.DigestOf(read) != advocacy.Digest(m.Blob) {
		t.Errorf("it read %d bytes that are not those of %s", len(read), m.Blob)
	}
}

// TestStoppedWhileFilesAreSent: what stops a publication stops it until the request that makes it
// visible, and what it waits for is told by the gate.
func TestStoppedWhileFilesAreSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stop func(*testing.T, *workflowtest.House, *workflow.PostView)
		want advocacy.PublicationState
	}{
		"nothing": {func(*testing.T, *workflowtest.House, *workflow.PostView) {}, advocacy.Published},
		"a hold": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			_, _, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "crisis"})
			ok(t, err)
		}, advocacy.Scheduled},
		"a signature that counts no more": {func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
		}, advocacy.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l, v := house(t)
			l.AnsweringWith(func(d network.Delivery) network.Answer {
				c.stop(t, h, v)
				return d.Show(t.Context(), 1, func() network.Answer { return network.Answer{Class: network.Accepted, ExternalID: d.Key} })
			})
			h.Work(t)
			if c.want != advocacy.Published {
				if x := publication(t, h, v, advocacy.Scheduled); x.Doubt || x.Answer.Code != advocacy.AnswerStoppedAhead {
					t.Errorf("it is told %+v, in doubt: %t", x.Answer, x.Doubt)
				}
				h.Clock.Advance(time.Minute)
				h.Work(t)
			}
			publication(t, h, v, c.want)
			if shown := len(l.Sent()); shown != map[bool]int{true: 1}[c.want == advocacy.Published] {
				t.Errorf("%d are shown", shown)
			}
		})
	}
}

func job(h *workflowtest.House, id advocacy.PublicationID) []byte {
	return []byte(`{"workspace":"` + string(h.W) + `","publication":"` + string(id) + `"}`)
}

// doubted is a house whose network drops repeated keys for an hour where the account says
// so, and gave no answer to the first request.
func doubted(t *testing.T, deduplicates bool) (*workflowtest.House, *workflowtest.Ledger, *workflow.PostView) {
	t.Helper()
	h, l, v := house(t)
	l.Capable(network.Capabilities{Idempotency: network.ByKey, KeyLife: time.Hour, ReadBack: true})
	l.AnsweringWith(func(network.Delivery) network.Answer { return network.Answer{Class: network.UnknownOutcome} })
	a, err := h.Store.Account(t.Context(), h.W, h.Ledger)
	ok(t, err)
	_, err = h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, workflow.AccountChange{Version: a.Version, Deduplicates: &deduplicates})
	ok(t, err)
	h.Work(t)
	return h, l, v
}

// What would be sent again with its key is not, once it is to be taken back: somebody looks, and what is
// found out is taken back.
func TestTakenBackInDoubt(t *testing.T) {
	t.Parallel()
	h, l, v := doubted(t, true)
	publication(t, h, v, advocacy.Scheduled)
	l.Capable(network.Capabilities{Idempotency: network.ByKey, KeyLife: time.Hour, ReadBack: true, Delete: true})
	l.AnsweringWith(nil)
	_, err := h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, h.Post(t, v.Post.ID).Post.Version, "a mistake")
	if advocacy.ReasonOf(err) != "POST_PUBLISHING" {
		t.Fatalf("withdrawing what may be out answers %v", err)
	}
	_, err = h.Flow.RecallPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, "a mistake")
	ok(t, err)
	if x := publication(t, h, v, advocacy.Unknown); x.RecallReason != "a mistake" {
		t.Errorf("it is taken back because of %q", x.RecallReason)
	}
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	sends(t, l, 1)
	x := only(t, h, v)
	ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
	if x := publication(t, h, v, advocacy.Published); x.Wait != advocacy.WaitRecalling {
		t.Errorf("it was found out, and waits for %q", x.Wait)
	}
	ok(t, h.Worker.Recall(t.Context(), job(h, x.ID)))
	publication(t, h, v, advocacy.Recalled)
	if !l.Deleted(string(x.ID)) {
		t.Error("the network was not asked to take it back")
	}
}

func TestAKeyIsRepeatedWhileItIsKnown(t *testing.T) {
	t.Parallel()
	h, l, v := doubted(t, true)
	if x := publication(t, h, v, advocacy.Scheduled); !x.Doubt {
		t.Fatal("nobody doubts how the request ended")
	}
	l.AnsweringWith(nil)
	h.Clock.Advance(30 * time.Minute)
	h.Work(t)
	if x := publication(t, h, v, advocacy.Published); x.Doubt {
		t.Error("it is published and in doubt")
	}
	sent := l.Sent()
	if len(sent) != 2 || sent[0].Key != sent[1].Key || string(sent[0].Body) != string(sent[1].Body) {
		t.Errorf("sent %+v", sent)
	}
}

// TestARepeatWaitsUntilTheKeyIsKnown: whether no answer came, or the worker died.
func TestARepeatWaitsUntilTheKeyIsKnown(t *testing.T) {
	t.Parallel()
	const wait = 2 * time.Minute // longer than a lease
	for name, died := range map[string]bool{"no answer": false, "the worker died": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l, v := doubted(t, true)
			l.Capable(network.Capabilities{Idempotency: network.ByKey, KeyLife: time.Hour, KeyWait: wait, ReadBack: true})
			l.AnsweringWith(nil)
			if died {
				ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
					x, err := tx.PublicationForUpdate(ctx, h.W, publication(t, h, v, advocacy.Scheduled).ID)
					ok(t, err)
					x.State, x.LeaseTime = advocacy.Sending, h.Clock.Now().Add(h.Worker.Lease)
					return tx.SavePublication(ctx, x)
				}))
			}
			h.Clock.Advance(wait - time.Second)
			h.Work(t)
			publication(t, h, v, advocacy.Scheduled)
			sends(t, l, 1)
			h.Clock.Advance(2 * time.Second)
			h.Work(t)
			publication(t, h, v, advocacy.Published)
			sends(t, l, 2)
		})
	}
}

// TestAForgottenKeyIsNotRepeated: after its time a repeat would be a second post.
func TestAForgottenKeyIsNotRepeated(t *testing.T) {
	t.Parallel()
	h, l, v := doubted(t, true)
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	x := publication(t, h, v, advocacy.Unknown)
	sends(t, l, 1)
	ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
	if x := publication(t, h, v, advocacy.Published); x.Evidence != advocacy.Found {
		t.Errorf("evidence is %q", x.Evidence)
	}
	sends(t, l, 1)
}

func TestAKeyNobodyPromisedToKnowIsNotRepeated(t *testing.T) {
	t.Parallel()
	h, l, v := doubted(t, false)
	publication(t, h, v, advocacy.Unknown)
	sends(t, l, 1)
}

// TestARefusedRepeatProvesNothing: the request before it may have been carried out.
func TestARefusedRepeatProvesNothing(t *testing.T) {
	t.Parallel()
	h, l, v := doubted(t, true)
	l.Answering(network.Permanent)
	h.Clock.Advance(time.Minute)
	h.Work(t)
	publication(t, h, v, advocacy.Unknown)
	sends(t, l, 1)
}

// TestWhatMayBeOutIsNotCalledStopped: a signature is lost between a request nobody
// answered and its repeat.
func TestWhatMayBeOutIsNotCalledStopped(t *testing.T) {
	t.Parallel()
	h, l, v := doubted(t, true)
	post, err := h.Store.Post(t.Context(), h.W, v.Post.ID)
	ok(t, err)
	if post.State != advocacy.PostPublishing {
		t.Errorf("the post is %s", post.State)
	}
	regrant(t, h, h.Legal, advocacy.RoleEmployee)
	h.Clock.Advance(time.Minute)
	h.Work(t)
	x := publication(t, h, v, advocacy.Unknown)
	ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
	publication(t, h, v, advocacy.Published)
	sends(t, l, 1)
}

func TestRepeatOfARetryIsByteIdentical(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	l.Answering(network.Retryable)
	h.Work(t)
	l.AnsweringWith(nil)
	h.Clock.Advance(10 * time.Minute)
	h.Work(t)
	x := publication(t, h, v, advocacy.Published)
	attempts, err := h.Store.Attempts(t.Context(), h.W, x.ID)
	ok(t, err)
	if len(attempts) != 2 || attempts[0].BodyDigest != attempts[1].BodyDigest || attempts[0].Key != attempts[1].Key {
		t.Fatalf("attempts differ: %+v", attempts)
	}
	sends(t, l, 1)
}

func TestTwoWorkersOnePost(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	x := only(t, h, v)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if err := h.Worker.Deliver(t.Context(), h.W, x.ID); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	publication(t, h, v, advocacy.Published)
	sends(t, l, 1)
}

// TestSilentWorkerIsFenced lets a worker sleep past its lease while its request is on
// the wire: another declares the end unknown, and the late receipt is evidence only.
func TestSilentWorkerIsFenced(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	l.Before(func(network.Delivery) {
		h.Clock.Advance(2 * time.Minute)
		h.Work(t)
		publication(t, h, v, advocacy.Unknown)
	})
	h.Work(t)
	if x := publication(t, h, v, advocacy.Published); x.Evidence != advocacy.Answered {
		t.Fatalf("evidence is %q", x.Evidence)
	}
	sends(t, l, 1)
}

// TestOvertakenWorkerDoesNotSend lets a worker sleep between its claim and the gate while
// another takes the publication over and dies: the sleeper's token is old, so it sends
// nothing, and a third finishes.
func TestOvertakenWorkerDoesNotSend(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	dies := *h.Worker
	dies.Reached = func(string) { runtime.Goexit() }
	sleeps := *h.Worker
	sleeps.Reached = func(step string) {
		if step != publish.StepClaimed {
			return
		}
		h.Clock.Advance(2 * time.Minute)
		var group sync.WaitGroup
		group.Go(func() { _ = dies.Deliver(t.Context(), h.W, only(t, h, v).ID) })
		group.Wait()
	}
	ok(t, sleeps.Deliver(t.Context(), h.W, only(t, h, v).ID))
	sends(t, l, 0)
	h.Clock.Advance(2 * time.Minute)
	h.Work(t)
	publication(t, h, v, advocacy.Published)
	sends(t, l, 1)
}

// TestLateNoProvesNothing lets the sleeping worker come back with a refusal: from the
// holder of an old token that is no proof, so the end stays unknown.
func TestLateNoProvesNothing(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	l.Answering(network.Permanent)
	l.Before(func(network.Delivery) {
		h.Clock.Advance(2 * time.Minute)
		h.Work(t)
		publication(t, h, v, advocacy.Unknown)
	})
	h.Work(t)
	publication(t, h, v, advocacy.Unknown)
}

func TestNothingGoesOutEarly(t *testing.T) {
	t.Parallel()
	ledger := workflowtest.NewLedger()
	h := workflowtest.New(t, ledger)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "Tomorrow."}, Accounts: []advocacy.AccountID{h.Ledger},
		PublishTime: h.Clock.Now().Add(24 * time.Hour), Zone: "Europe/Paris",
	})
	ok(t, err)
	h.Submit(t, v)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	h.Clock.Advance(24*time.Hour - time.Second)
	h.Work(t)
	ok(t, h.Worker.Deliver(t.Context(), h.W, only(t, h, v).ID))
	sends(t, ledger, 0)
	h.Clock.Advance(time.Second)
	h.Work(t)
	publication(t, h, v, advocacy.Published)
}

func TestRecallTakesBack(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	h.Work(t)
	x := publication(t, h, v, advocacy.Published)
	_, err := h.Flow.RecallPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, "wrong figure")
	ok(t, err)
	ok(t, h.Worker.Recall(t.Context(), job(h, x.ID)))
	publication(t, h, v, advocacy.Recalled)
	if !l.Deleted(string(x.ID)) {
		t.Fatal("the network was not asked")
	}
	if state := h.Post(t, v.Post.ID).Post.State; state != advocacy.PostRecalled {
		t.Fatalf("post is %s", state)
	}
}
