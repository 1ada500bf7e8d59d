package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// decide says a verdict on the newest round of a post, on the digest of the view, as any
// caller and with any words. A person is served the round first.
func decide(t *testing.T, h *workflowtest.House, c workflow.Call, v *workflow.PostView, d workflow.Verdict) error {
	t.Helper()
	p, err := h.Store.Post(t.Context(), h.W, v.Post.ID)
	ok(t, err)
	if d.Digest == "" {
		d.Digest = v.Head.Digest
	}
	if c.Actor.Kind == advocacy.Human {
		if _, err := h.Flow.ViewReview(t.Context(), c, v.Post.Subject(), p.Round); err != nil {
			return err
		}
	}
	_, _, err = h.Flow.Decide(t.Context(), c, v.Post.Subject(), p.Round, d)
	return err
}

func decisions(t *testing.T, h *workflowtest.House, v *workflow.PostView) []advocacy.Decision {
	t.Helper()
	all, err := h.Store.Decisions(t.Context(), v.Post.Subject())
	ok(t, err)
	return all
}

// TestWhoMayNotDecide walks everybody whose word is no signature.
func TestWhoMayNotDecide(t *testing.T) {
	t.Parallel()
	approve := workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal"}
	cases := map[string]struct {
		kind   advocacy.Kind
		reason string
		caller func(h *workflowtest.House) workflow.Call
	}{
		"a key of an approver": {advocacy.Denied, "MACHINE_CANNOT_DECIDE", func(h *workflowtest.House) workflow.Call { return h.AsKey(h.Legal) }},
		"the service itself": {advocacy.Denied, "MACHINE_CANNOT_DECIDE", func(h *workflowtest.House) workflow.Call {
			return workflow.SystemCall(h.W)
		}},
		"an admin":                  {advocacy.Denied, "NOT_IN_ROLE", func(h *workflowtest.House) workflow.Call { return h.As(h.Admin) }},
		"an auditor":                {advocacy.Denied, "NOT_IN_ROLE", func(h *workflowtest.House) workflow.Call { return h.As(h.Auditor) }},
		"an approver of PR":         {advocacy.Denied, "NOT_IN_ROLE", func(h *workflowtest.House) workflow.Call { return h.As(h.PR) }},
		"who does not see it":       {advocacy.NotFound, "POST_NOT_FOUND", func(h *workflowtest.House) workflow.Call { return h.As(h.Reader) }},
		"the author (edge case 12)": {advocacy.Denied, "SELF_REVIEW", func(h *workflowtest.House) workflow.Call { return h.As(h.Author) }},
		"the author from another login": {advocacy.Denied, "SELF_REVIEW", func(h *workflowtest.House) workflow.Call {
			c := h.As(h.Author)
			c.Actor.Session = "a second account"
			return c
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			regrant(t, h, h.Author, advocacy.RoleEmployee, advocacy.RoleLegal)
			v := inReview(t, h, l)
			refuses(t, h, c.kind, c.reason, func() error { return decide(t, h, c.caller(h), v, approve) })
			if n := len(decisions(t, h, v)); n != 0 {
				t.Fatalf("%d decisions were kept", n)
			}
			h.Sign(t, h.PR, v, "pr")
			h.Work(t)
			sent(t, l)
		})
	}
}

// TestRolesAreReadWhenDeciding: what the session knew does not matter (edge case 23).
func TestRolesAreReadWhenDeciding(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	call := h.As(h.Legal)
	regrant(t, h, h.Legal, advocacy.RoleEmployee)
	refuses(t, h, advocacy.Denied, "NOT_IN_ROLE", func() error {
		return decide(t, h, call, v, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal"})
	})
	_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.PR, "left")
	ok(t, err)
	refuses(t, h, advocacy.Denied, "NOT_IN_ROLE", func() error { return h.Decide(t, h.PR, v, "pr", advocacy.Approve) })
}

// TestWritersNeverSign: whoever wrote any of the words signs none of them, whichever way
// the words came (edge cases 12 and 15) [I7].
func TestWritersNeverSign(t *testing.T) {
	t.Parallel()
	make := func(t *testing.T, h *workflowtest.House, c workflow.Call, d workflow.PostDraft) *workflow.PostView {
		d.Accounts = []advocacy.AccountID{h.Wall}
		v, err := h.Flow.CreatePost(t.Context(), c, h.W, d)
		ok(t, err)
		return v
	}
	own := workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: "By me."}}
	writers := map[string]func(t *testing.T, h *workflowtest.House) (*workflow.PostView, advocacy.PersonID){
		"the author": func(t *testing.T, h *workflowtest.House) (*workflow.PostView, advocacy.PersonID) {
			return make(t, h, h.As(h.Both), own), h.Both
		},
		"the owner of the key that wrote it": func(t *testing.T, h *workflowtest.House) (*workflow.PostView, advocacy.PersonID) {
			return make(t, h, h.AsKey(h.Both), own), h.Both
		},
		"the curator of the item it was made from": func(t *testing.T, h *workflowtest.House) (*workflow.PostView, advocacy.PersonID) {
			item := h.Item(t, "From the library.")
			regrant(t, h, h.Curator, advocacy.RoleCurator, advocacy.RoleLegal)
			return make(t, h, h.As(h.Author), workflow.PostDraft{
				Item: item.Item.ID, Content: advocacy.Content{Language: "en", Text: "From the library, and from me."},
			}), h.Curator
		},
		"a co-author who edited": func(t *testing.T, h *workflowtest.House) (*workflow.PostView, advocacy.PersonID) {
			v, err := tryEdit(t.Context(), h, h.Both, name(t, h, make(t, h, h.As(h.Author), own), h.Both), "Edited by an approver.")
			ok(t, err)
			return v, h.Both
		},
		"a former contributor": func(t *testing.T, h *workflowtest.House) (*workflow.PostView, advocacy.PersonID) {
			item := h.Item(t, "From the library.")
			regrant(t, h, h.Curator, advocacy.RoleCurator, advocacy.RoleLegal)
			v := make(t, h, h.As(h.Author), workflow.PostDraft{Item: item.Item.ID, Content: advocacy.Content{Language: "en"}})
			return edit(t, h, v, "Not one word is left."), h.Curator
		},
	}
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := house(t)
			v, writer := write(t, h)
			h.Submit(t, v)
			refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, writer, v, "legal", advocacy.Approve) })
			h.Sign(t, h.Legal, v, "legal")
			h.Sign(t, h.PR, v, "pr")
			state(t, h, v, advocacy.PostScheduled)
		})
	}
}

// TestDecisionNamesBytes: an approver who looks at an older revision, or at nothing, is
// refused, and nothing is kept (edge case 1) [I3].
func TestDecisionNamesBytes(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	seen := inReview(t, h, l)
	head := edit(t, h, seen, "Read me again.")
	h.Submit(t, head)
	for _, shown := range []advocacy.Digest{seen.Head.Digest, advocacy.DigestOf(nil)} {
		e := refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error {
			return decide(t, h, h.As(h.PR), head, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "pr", Digest: shown})
		})
		if e.Meta["digest"] != string(head.Head.Digest) {
			t.Fatalf("the error names %q", e.Meta["digest"])
		}
	}
	// The round that is over is about other bytes than the head, whatever digest is named.
	for _, shown := range []advocacy.Digest{seen.Head.Digest, head.Head.Digest} {
		refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error {
			_, _, err := h.Flow.Decide(t.Context(), h.As(h.PR), seen.Post.Subject(), 1, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "pr", Digest: shown})
			return err
		})
	}
	if n := len(decisions(t, h, head)); n != 0 {
		t.Fatalf("%d decisions were kept", n)
	}
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		return decide(t, h, h.As(h.PR), head, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "pr", Version: 99})
	})
}

// TestWhatCannotBeSaid names the input no state makes acceptable.
func TestWhatCannotBeSaid(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	cases := map[string]workflow.Verdict{
		"REQUIREMENT_UNKNOWN": {Verdict: advocacy.Approve, Requirement: "medical"},
		"VERDICT_UNKNOWN":     {Verdict: "shrug", Requirement: "legal", Reason: "well"},
		"CONTROL_CHARACTER":   {Verdict: advocacy.Reject, Requirement: "legal", Reason: "no\x00no"},
	}
	for reason, d := range cases {
		refuses(t, h, advocacy.Invalid, reason, func() error { return decide(t, h, h.As(h.Legal), v, d) })
	}
	for _, verdict := range []advocacy.Verdict{advocacy.RequestChanges, advocacy.Reject, advocacy.Retract, advocacy.Recuse} {
		refuses(t, h, advocacy.Invalid, "REASON_REQUIRED", func() error {
			return decide(t, h, h.As(h.Legal), v, workflow.Verdict{Verdict: verdict, Requirement: "legal", Reason: " \n"})
		})
	}
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_RETRACT", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Retract) })
}

// TestOnePersonFillsOneSlot (edge case 18) [I8]: neither both requirements nor one twice.
func TestOnePersonFillsOneSlot(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	h.Sign(t, h.Both, v, "legal")
	refuses(t, h, advocacy.Precondition, "DISTINCT_PERSON", func() error { return h.Decide(t, h.Both, v, "pr", advocacy.Approve) })
	h.Clock.Advance(time.Second)
	ok(t, h.Decide(t, h.Both, v, "legal", advocacy.Retract))
	h.Sign(t, h.Both, v, "pr")
	state(t, h, v, advocacy.PostInReview)
	h.Sign(t, h.Legal, v, "legal")
	state(t, h, v, advocacy.PostScheduled)

	h.Stricter(t)
	two := inReview(t, h, l)
	h.Sign(t, h.PR, two, "pr")
	h.Sign(t, h.Legal, two, "legal")
	h.Sign(t, h.Legal, two, "legal")
	state(t, h, two, advocacy.PostInReview)
	h.Sign(t, h.Legal2, two, "legal")
	state(t, h, two, advocacy.PostScheduled)
}

// TestStagesOpenInOrder: what comes second waits for what comes first.
func TestStagesOpenInOrder(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	second := routing.Sign(advocacy.RolePR, 1)
	second.Stage = 2
	enact(t, h, routing.Sign(advocacy.RoleLegal, 1), second)
	v := inReview(t, h, l)
	refuses(t, h, advocacy.Precondition, "STAGE_NOT_OPEN", func() error { return h.Decide(t, h.PR, v, "pr", advocacy.Approve) })
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostScheduled)
}

// TestRejectionNeedsAVeto (edge case 39): a requirement without one cannot end a round.
func TestRejectionNeedsAVeto(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	gentle := routing.Sign(advocacy.RoleLegal, 1)
	gentle.Veto = false
	enact(t, h, gentle, routing.Sign(advocacy.RolePR, 1))
	v := inReview(t, h, l)
	refuses(t, h, advocacy.Precondition, "NO_VETO", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Reject) })
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.RequestChanges))
	state(t, h, v, advocacy.PostChangesRequested)
}

// TestClosedRoundsStayClosed: a round that is over takes no word, whichever way it ended.
func TestClosedRoundsStayClosed(t *testing.T) {
	t.Parallel()
	endings := map[string]func(*testing.T, *workflowtest.House, *workflowtest.Ledger) *workflow.PostView{
		"rejected": rejected, "expired": expired, "withdrawn": withdrawn, "approved": scheduled,
	}
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := end(t, h, l)
			refuses(t, h, advocacy.Precondition, "REVIEW_CLOSED", func() error { return h.Decide(t, h.Legal2, v, "legal", advocacy.Approve) })
		})
	}
	t.Run("superseded by a round about the same bytes", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		v := expired(t, h, l)
		h.Submit(t, v)
		refuses(t, h, advocacy.Precondition, "REVIEW_CLOSED", func() error {
			_, _, err := h.Flow.Decide(t.Context(), h.As(h.Legal), v.Post.Subject(), 1, workflow.Verdict{
				Verdict: advocacy.Approve, Requirement: "legal", Digest: v.Head.Digest,
			})
			return err
		})
	})
}

// TestTooLateToObject (edge case 37): once a request began, what is left is to recall.
func TestTooLateToObject(t *testing.T) {
	t.Parallel()
	for name, reach := range map[string]func(*testing.T, *workflowtest.House, *workflowtest.Ledger) *workflow.PostView{
		"published": published, "unknown": publishing,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := reach(t, h, l)
			for who, verdict := range map[advocacy.PersonID]advocacy.Verdict{h.Legal2: advocacy.Reject, h.Legal: advocacy.Retract} {
				refuses(t, h, advocacy.Precondition, "PUBLISHING", func() error { return h.Decide(t, who, v, "legal", verdict) })
			}
		})
	}
}

// TestObjectionAfterAllSigned (edge case 36): until the request begins, a no is a no.
func TestObjectionAfterAllSigned(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[advocacy.Verdict]advocacy.PostState{
		advocacy.Reject: advocacy.PostRejected, advocacy.RequestChanges: advocacy.PostChangesRequested,
	} {
		t.Run(string(verdict), func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := scheduled(t, h, l)
			ok(t, h.Decide(t, h.Legal2, v, "legal", verdict))
			state(t, h, v, want)
			stand(t, h, v, advocacy.Cancelled)
			h.Work(t)
			sent(t, l)
		})
	}
}

// TestRetractionReopens (T8): the signature is gone, what was scheduled is cancelled, and
// a new signature schedules it again.
func TestRetractionReopens(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_RETRACT", func() error { return h.Decide(t, h.Legal2, v, "legal", advocacy.Retract) })
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Retract))
	state(t, h, v, advocacy.PostInReview)
	stand(t, h, v, advocacy.Cancelled)
	h.Work(t)
	sent(t, l)
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_RETRACT", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Retract) })
	h.Sign(t, h.Legal, v, "legal")
	stand(t, h, v, advocacy.Cancelled, advocacy.Scheduled)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestObjectionOutlivesTheRound [I15]: an edit does not clear it, another role does not
// clear it, and another holder of the role does, even when the objector is gone.
func TestObjectionOutlivesTheRound(t *testing.T) {
	t.Parallel()
	for name, verdict := range map[string]advocacy.Verdict{"changes requested": advocacy.RequestChanges, "rejected": advocacy.Reject} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := inReview(t, h, l)
			ok(t, h.Decide(t, h.Legal, v, "legal", verdict))
			h.Clock.Advance(time.Minute)
			enact(t, h, routing.Sign(advocacy.RolePR, 1))
			next := edit(t, h, v, "Mended.")
			h.Submit(t, next)
			h.Sign(t, h.PR, next, "pr")
			state(t, h, v, advocacy.PostInReview)
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Legal, "left")
			ok(t, err)
			h.Work(t)
			sent(t, l)
			h.Sign(t, h.Legal2, next, "legal")
			h.Work(t)
			sent(t, l, "Mended.")
		})
	}
}

// TestObjectorChangesMind: the same person's approval replaces the request, and so does
// another's of the same role.
func TestObjectorChangesMind(t *testing.T) {
	t.Parallel()
	for name, who := range map[string]func(h *workflowtest.House) advocacy.PersonID{
		"the objector":        func(h *workflowtest.House) advocacy.PersonID { return h.Legal },
		"another of the role": func(h *workflowtest.House) advocacy.PersonID { return h.Legal2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := changesRequested(t, h, l)
			h.Clock.Advance(time.Second)
			h.Sign(t, h.PR, v, "pr")
			state(t, h, v, advocacy.PostChangesRequested)
			h.Sign(t, who(h), v, "legal")
			state(t, h, v, advocacy.PostScheduled)
		})
	}
}

// TestRecusal: who recused does not decide on this post in any round; when that leaves
// nobody, the round says so and the recusal stands (edge case 80).
func TestRecusal(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	resign(t, h, h.Legal, h.PR)
	v := inReview(t, h, l)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Recuse))
	state(t, h, v, advocacy.PostUnroutable)
	refuses(t, h, advocacy.Precondition, "RECUSED", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) })
	next := edit(t, h, v, "Another text.")
	h.Submit(t, next)
	state(t, h, v, advocacy.PostUnroutable)
	refuses(t, h, advocacy.Precondition, "RECUSED", func() error { return h.Decide(t, h.Legal, next, "legal", advocacy.Reject) })
}

// TestRecusalTakesTheSignatureBack: a person who recuses after signing has not signed.
func TestRecusalTakesTheSignatureBack(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Recuse))
	state(t, h, v, advocacy.PostInReview)
	stand(t, h, v, advocacy.Cancelled)
	h.Work(t)
	sent(t, l)
}
