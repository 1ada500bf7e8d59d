package workflow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func hold(t *testing.T, h *workflowtest.House, scope advocacy.HoldScope, target string) (*advocacy.Hold, []advocacy.Publication) {
	t.Helper()
	made, inFlight, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: scope, Target: target, Reason: "crisis"})
	ok(t, err)
	return made, inFlight
}

func release(t *testing.T, h *workflowtest.House, held *advocacy.Hold) {
	t.Helper()
	_, err := h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, held.ID, "over")
	ok(t, err)
	ok(t, h.Worker.Released(t.Context(), []byte(`{"workspace":"acme"}`)))
}

// kept are the publications that wait for a person's word after a hold.
func kept(t *testing.T, h *workflowtest.House, held *advocacy.Hold) []advocacy.Publication {
	t.Helper()
	found, next, err := h.Flow.HeldPublications(t.Context(), h.As(h.PR), workflow.HeldQuery{
		Workspace: h.W, Hold: held.ID, Page: workflow.Page{Size: 100},
	})
	ok(t, err)
	if next != "" {
		t.Fatalf("%d and more are kept", len(found))
	}
	return found
}

func resumption(x advocacy.Publication, action workflow.ResumeAction) workflow.Resumption {
	return workflow.Resumption{Post: x.Post, Publication: x.ID, Version: x.Version, Action: action}
}

func resume(t *testing.T, h *workflowtest.House, held *advocacy.Hold, items ...workflow.Resumption) []workflow.Resumed {
	t.Helper()
	done, err := h.Flow.ResumePublications(t.Context(), h.As(h.PR), h.W, held.ID, items)
	ok(t, err)
	return done
}

// resumeAll sends everything that a hold kept.
func resumeAll(t *testing.T, h *workflowtest.House, held *advocacy.Hold) {
	t.Helper()
	var items []workflow.Resumption
	for _, x := range kept(t, h, held) {
		items = append(items, resumption(x, workflow.ResumeSend))
	}
	for _, done := range resume(t, h, held, items...) {
		if done.Refusal != nil {
			t.Fatalf("refused: %v", done.Refusal)
		}
	}
}

func waitsFor(t *testing.T, h *workflowtest.House, v *workflow.PostView, why string) {
	t.Helper()
	if x := publications(t, h, v)[0]; x.State != advocacy.Scheduled || x.Wait != why {
		t.Fatalf("it is %s and waits for %q, want %q", x.State, x.Wait, why)
	}
}

// TestHoldDominates (edge case 66) [I17]: in each scope it stops what it names, shows
// that it does, stops nothing else, and lets it go when lifted.
func TestHoldDominates(t *testing.T) {
	t.Parallel()
	for _, scope := range advocacy.HoldScopes() {
		t.Run(string(scope), func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			item := ledgerItem(t, h, "Approved words.")
			_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, workflow.ItemChange{Campaign: ptr("spring")})
			ok(t, err)
			v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
				Item: item.Item.ID, Content: advocacy.Content{Language: "en", Text: "Held."}, Accounts: []advocacy.AccountID{h.Ledger},
			})
			ok(t, err)
			h.Submit(t, v)
			other, err := h.Flow.CreatePost(t.Context(), h.As(h.Reader), h.W, workflow.PostDraft{
				Content: advocacy.Content{Language: "en", Text: "Elsewhere."}, Accounts: []advocacy.AccountID{h.Wall},
			})
			ok(t, err)
			h.Submit(t, other)
			target := map[advocacy.HoldScope]string{
				advocacy.HoldNetwork: string(workflowtest.LedgerName), advocacy.HoldAccount: string(h.Ledger),
				advocacy.HoldPerson: string(h.Author), advocacy.HoldPost: string(v.Post.ID),
				advocacy.HoldTopic: string(item.Item.Topic), advocacy.HoldCampaign: "spring", advocacy.HoldKeyword: "HE-LD",
			}[scope]
			held, _ := hold(t, h, scope, target)
			for _, p := range []*workflow.PostView{v, other} {
				h.Sign(t, h.Legal, p, "legal")
				h.Sign(t, h.PR, p, "pr")
			}
			for range 3 {
				h.Work(t)
				h.Clock.Advance(time.Minute)
			}
			sent(t, l)
			if !h.Post(t, v.Post.ID).Held {
				t.Error("the post does not say that it is held")
			}
			everything := scope == advocacy.HoldWorkspace
			if n := h.OnWall(t); (n == 0) != everything {
				t.Errorf("%d other posts went out", n)
			}
			release(t, h, held)
			sent(t, l) // its time passed
			waitsFor(t, h, v, advocacy.BlockHeldPastDue)
			resumeAll(t, h, held)
			h.Work(t)
			sent(t, l, "Held.")
			if h.Post(t, v.Post.ID).Held {
				t.Error("the post says that it is still held")
			}
		})
	}
}

// TestTwoHoldsAreTwo: lifting one leaves the other.
func TestTwoHoldsAreTwo(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	one, _ := hold(t, h, advocacy.HoldWorkspace, "")
	two, _ := hold(t, h, advocacy.HoldPost, string(v.Post.ID))
	h.Work(t)
	release(t, h, one)
	sent(t, l)
	refuses(t, h, advocacy.Precondition, "HOLD_RELEASED", func() error {
		_, err := h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, one.ID, "again")
		return err
	})
	release(t, h, two)
	sent(t, l, "Signed.")
}

// TestHoldNamesWhatIsThere: a typo must not look like a stop.
func TestHoldNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	cases := map[string][]workflow.HoldDraft{
		"HOLD_TARGET_UNEXPECTED": {{Scope: advocacy.HoldWorkspace, Target: "acme"}},
		"NETWORK_UNKNOWN":        {{Scope: advocacy.HoldNetwork, Target: "Wall"}, {Scope: advocacy.HoldNetwork}},
		"HOLD_TARGET_NOT_FOUND": {
			{Scope: advocacy.HoldAccount, Target: "nobody"}, {Scope: advocacy.HoldPerson, Target: string(h.Ledger)},
			{Scope: advocacy.HoldPost, Target: string(h.Author)}, {Scope: advocacy.HoldPost},
			{Scope: advocacy.HoldTopic, Target: "weather"}, {Scope: advocacy.HoldTopic},
			{Scope: advocacy.HoldCampaign, Target: "autumn"}, {Scope: advocacy.HoldCampaign},
		},
		"HOLD_KEYWORD_INVALID": {
			{Scope: advocacy.HoldKeyword}, {Scope: advocacy.HoldKeyword, Target: "a"},
			{Scope: advocacy.HoldKeyword, Target: strings.Repeat("word ", 13)},
		},
		"HOLD_SCOPE_UNKNOWN": {{Scope: "planet"}},
		"CONTROL_CHARACTER":  {{Scope: advocacy.HoldWorkspace, Reason: "\x00"}, {Scope: advocacy.HoldKeyword, Target: "re\x00call"}},
	}
	for reason, drafts := range cases {
		for _, d := range drafts {
			refuses(t, h, advocacy.Invalid, reason, func() error { _, _, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, d); return err })
		}
	}
}

// TestHoldNamesWhatIsInFlight: a request that began before the hold is in its answer, and
// none begins after it.
func TestHoldNamesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	flying := scheduled(t, h, l)
	var inFlight []advocacy.Publication
	l.Before(func(network.Delivery) {
		if inFlight == nil {
			_, inFlight = hold(t, h, advocacy.HoldWorkspace, "")
		}
	})
	h.Work(t)
	next := h.Approved(t, "After the hold.", h.Ledger)
	h.Work(t)
	sent(t, l, "Signed.")
	if len(inFlight) != 1 || inFlight[0].Post != flying.Post.ID {
		t.Fatalf("in flight were %+v", inFlight)
	}
	stand(t, h, next, advocacy.Scheduled)
	lives := []string{h.W.Name(), flying.Post.Subject().Name()}
	if slices.Contains(actions(t, h, lives[1]), "hold.created") || !slices.Contains(actions(t, h, lives[0]), "hold.created") {
		t.Error("a hold on everything belongs into the life of the workspace")
	}
	hold(t, h, advocacy.HoldPost, string(next.Post.ID))
	if !slices.Contains(actions(t, h, next.Post.Subject().Name()), "hold.created") {
		t.Error("a hold on a post belongs into its life")
	}
}

// TestHoldsLookAtWhatGoesOut: a topic and a campaign are those the item has when the post would go
// out, a keyword stops the account that shows it, and a request under way is named by each.
func TestHoldsLookAtWhatGoesOut(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	item := ledgerItem(t, h, "Approved words.")
	change := func(c workflow.ItemChange) {
		t.Helper()
		_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, c)
		ok(t, err)
	}
	change(workflow.ItemChange{Campaign: ptr("spring")})
	for scope, target := range map[advocacy.HoldScope]string{
		advocacy.HoldTopic: string(item.Item.Topic), advocacy.HoldCampaign: "spring", advocacy.HoldKeyword: "approved words",
	} {
		var inFlight []advocacy.Publication
		l.Before(func(network.Delivery) {
			var held *advocacy.Hold
			held, inFlight = hold(t, h, scope, target)
			release(t, h, held)
		})
		flying := share(t, h, item, "Approved words.")
		h.Work(t)
		if len(inFlight) != 1 || inFlight[0].Post != flying.Post.ID {
			t.Errorf("%s: in flight were %+v", scope, inFlight)
		}
		l.Before(func(network.Delivery) {})
		h.Clock.Advance(time.Hour)
	}
	sends := len(l.Sent())
	spring, _ := hold(t, h, advocacy.HoldCampaign, "spring")
	waiting := share(t, h, item, "Approved words.")
	h.Work(t)
	stand(t, h, waiting, advocacy.Scheduled)
	change(workflow.ItemChange{Campaign: ptr("autumn")})
	h.Clock.Advance(time.Hour)
	h.Work(t)
	stand(t, h, waiting, advocacy.Published)
	if len(l.Sent()) != sends+1 {
		t.Errorf("%d went out, want one more than %d", len(l.Sent()), sends)
	}
	release(t, h, spring)
}

// TestAnotherPersonLiftsAHold: where the workspace says so; a second membership is no other person,
// and an API key is who answers for it.
func TestAnotherPersonLiftsAHold(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	lift := func(held *advocacy.Hold, c workflow.Call) error {
		_, err := h.Flow.ReleaseHold(t.Context(), c, h.W, held.ID, "over")
		return err
	}
	own, _ := hold(t, h, advocacy.HoldWorkspace, "")
	ok(t, lift(own, h.As(h.PR)))
	space, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{LiftByAnother: ptr(true)})
	ok(t, err)
	if kept, err := h.Flow.Workspace(t.Context(), h.As(h.Admin), h.W); err != nil || !space.LiftByAnother || !kept.LiftByAnother {
		t.Fatalf("it is not kept: %v", err)
	}
	held, _ := hold(t, h, advocacy.HoldWorkspace, "")
	refuses(t, h, advocacy.Denied, "HOLD_OWN", func() error { return lift(held, h.As(h.PR)) })
	byKey, _, err := h.Flow.CreateHold(t.Context(), h.AsKey(h.Admin), h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "an alarm"})
	ok(t, err)
	refuses(t, h, advocacy.Denied, "HOLD_OWN", func() error { return lift(byKey, h.As(h.Admin)) })
	ok(t, lift(byKey, h.As(h.PR)))
	_, err = h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, h.PR, h.Legal2, "the same person")
	ok(t, err)
	refuses(t, h, advocacy.Denied, "HOLD_OWN", func() error { return lift(held, h.As(h.Legal2)) })
	ok(t, lift(held, h.As(h.Legal)))
}

// sealed opens no credential.
type sealed struct{ publish.Credentials }

func (sealed) Open(advocacy.SocialAccount, []byte) ([]byte, error) {
	return nil, errors.New("the vault cannot open anything")
}

// TestHoldNeedsNoVault: while no credential can be opened everything can be stopped, what is in
// flight is told, and the stop is lifted.
func TestHoldNeedsNoVault(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	h.Worker.Credentials = sealed{h.Worker.Credentials}
	v := scheduled(t, h, l)
	h.Work(t)
	waitsFor(t, h, v, "CREDENTIAL")
	for _, scope := range []struct {
		scope  advocacy.HoldScope
		target string
	}{{advocacy.HoldWorkspace, ""}, {advocacy.HoldKeyword, "signed"}} {
		held, inFlight := hold(t, h, scope.scope, scope.target)
		if len(inFlight) != 0 || !h.Post(t, v.Post.ID).Held {
			t.Errorf("%s: in flight were %+v", scope.scope, inFlight)
		}
		release(t, h, held)
	}
	sent(t, l)
}

// TestHoldNeedsNothingBesideTheDatabase: whatever else the service asks of others is away, and everything
// is stopped and let go.
func TestHoldNeedsNothingBesideTheDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		v := scheduled(t, h, l)
		alone := *h.Flow
		alone.Blobs, alone.Secrets, alone.Links, alone.Feeder, alone.Cards, alone.Thumbnails = nil, nil, nil, nil, nil, nil
		alone.Mails, alone.PublicURL, alone.MediaURL = true, "", nil
		whole := h.Flow
		h.Flow = &alone
		for scope, target := range map[advocacy.HoldScope]string{
			advocacy.HoldWorkspace: "", advocacy.HoldNetwork: string(workflowtest.LedgerName), advocacy.HoldKeyword: "signed", advocacy.HoldPerson: string(h.Author),
		} {
			held, inFlight := hold(t, h, scope, target)
			if len(inFlight) != 0 || !h.Post(t, v.Post.ID).Held {
				t.Errorf("%s: in flight were %+v", scope, inFlight)
			}
			release(t, h, held)
		}
		held, _ := hold(t, h, advocacy.HoldWorkspace, "")
		h.Flow = whole
		h.Clock.Advance(time.Hour)
		h.Work(t)
		sent(t, l)
		release(t, h, held)
	})
}

// TestInFlightEnds: what was in flight when a hold was made, and gets no answer, is not any more once
// a request is given up, and is not sent again.
func TestInFlightEnds(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	var held *advocacy.Hold
	var inFlight []advocacy.Publication
	l.Answering(network.UnknownOutcome)
	l.Before(func(network.Delivery) {
		if held == nil {
			held, inFlight = hold(t, h, advocacy.HoldWorkspace, "")
		}
	})
	began := h.Clock.Now()
	h.Work(t)
	if len(inFlight) != 1 || inFlight[0].Post != v.Post.ID {
		t.Fatalf("in flight were %+v", inFlight)
	}
	_, still := hold(t, h, advocacy.HoldWorkspace, "")
	if len(still) != 0 || h.Clock.Now().Sub(began) > 30*time.Second || h.Worker.Timeout > 30*time.Second {
		t.Errorf("in flight are still %+v", still)
	}
	stand(t, h, v, advocacy.Unknown)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sent(t, l, "Signed.")
}
