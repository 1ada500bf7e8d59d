package workflow_test

import (
	"context"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// passage is what the gate would look at now.
func passage(t *testing.T, h *workflowtest.House, v *workflow.PostView) *advocacy.Passage {
	t.Helper()
	id := publications(t, h, v)[0].ID
	var p *advocacy.Passage
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		var err error
		p, err = h.Flow.Passage(ctx, tx, h.W, v.Post.ID, id)
		return err
	}))
	return p
}

// TestEveryFactOfThePassageCounts takes a passage where nothing is in the way and changes
// one fact at a time: each alone must stop it.
func TestEveryFactOfThePassageCounts(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	h.Clock.Advance(time.Minute)
	if verdict, code := passage(t, h, v).Judge(); verdict != advocacy.GateSend {
		t.Fatalf("untouched, the gate says %d because of %s", verdict, code)
	}
	other := advocacy.DigestOf([]byte("other bytes"))
	facts := map[string]struct {
		verdict advocacy.GateVerdict
		code    string
		change  func(p *advocacy.Passage)
	}{
		"a hold":                       {advocacy.GateWait, advocacy.BlockHold, func(p *advocacy.Passage) { p.Holds = []advocacy.Hold{{Scope: advocacy.HoldWorkspace}} }},
		"a hold of a scope to come":    {advocacy.GateWait, advocacy.BlockHold, func(p *advocacy.Passage) { p.Holds = []advocacy.Hold{{Scope: "galaxy"}} }},
		"withdrawn":                    {advocacy.GateCancel, advocacy.BlockWithdrawn, func(p *advocacy.Passage) { p.Post.Withdrawn = true }},
		"a newer revision, same bytes": {advocacy.GateCancel, advocacy.BlockNotHead, func(p *advocacy.Passage) { p.Head++ }},
		"a newer revision's bytes":     {advocacy.GateCancel, advocacy.BlockBytes, func(p *advocacy.Passage) { p.HeadDigest = other }},
		"bytes that rotted":            {advocacy.GateCancel, advocacy.BlockBytes, func(p *advocacy.Passage) { p.Manifest = append([]byte(" "), p.Manifest...) }},
		"bytes of something else":      {advocacy.GateCancel, advocacy.BlockBytes, func(p *advocacy.Passage) { p.Publication.Digest = other }},
		"another round":                {advocacy.GateCancel, advocacy.BlockReviewClosed, func(p *advocacy.Passage) { p.Publication.Round++ }},
		"a round that reopened":        {advocacy.GateCancel, advocacy.BlockReviewClosed, func(p *advocacy.Passage) { p.Review.State = advocacy.ReviewOpen }},
		"assent to other bytes":        {advocacy.GateCancel, advocacy.BlockAssent, func(p *advocacy.Passage) { p.Review.Assent.Digest = other }},
		"assent of somebody else":      {advocacy.GateCancel, advocacy.BlockAssent, func(p *advocacy.Passage) { p.Review.Assent.Person = h.Reader }},
		"a person's account, a key's assent": {advocacy.GateCancel, advocacy.BlockAssent, func(p *advocacy.Passage) {
			p.Account.Personal, p.Account.Owner, p.Review.Assent.Key = true, p.Post.Author, "key"
		}},
		"a person's account, not the author's": {advocacy.GateCancel, advocacy.BlockAssent, func(p *advocacy.Passage) { p.Account.Personal = true }},
		"the author disabled":                  {advocacy.GateCancel, advocacy.BlockAuthorInactive, func(p *advocacy.Passage) { p.Author.State = advocacy.MemberDisabled }},
		"the author gone":                      {advocacy.GateCancel, advocacy.BlockAuthorInactive, func(p *advocacy.Passage) { p.Author = nil }},
		"the account switched off":             {advocacy.GateWait, advocacy.BlockAccount, func(p *advocacy.Passage) { p.Account.State = advocacy.AccountDisabled }},
		"the account's owner gone":             {advocacy.GateWait, advocacy.BlockAccount, func(p *advocacy.Passage) { p.Answerable = nil }},
		"an account nobody vouches for any more": {advocacy.GateWait, advocacy.BlockAttestation, func(p *advocacy.Passage) {
			p.Account.AttestTime = p.Now.Add(-advocacy.AttestationTerm)
		}},
		"too early": {advocacy.GateWait, advocacy.BlockWindow, func(p *advocacy.Passage) { p.Publication.DueTime = p.Now.Add(time.Microsecond) }},
		"too late":  {advocacy.GateExpire, advocacy.BlockWindow, func(p *advocacy.Passage) { p.Publication.EndTime = p.Now }},
		"a stricter policy": {advocacy.GateCancel, advocacy.BlockNeedApprovals, func(p *advocacy.Passage) {
			p.Floor = advocacy.Plan{Requirements: []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 2)}}
		}},
		"a plan that asks nothing": {advocacy.GateCancel, advocacy.BlockPlanEmpty, func(p *advocacy.Passage) { p.Review.Plan, p.Floor = advocacy.Plan{}, advocacy.Plan{} }},
		"a requirement of a kind to come": {advocacy.GateCancel, advocacy.BlockNeedApprovals, func(p *advocacy.Passage) {
			p.Floor = advocacy.Plan{Requirements: []advocacy.Requirement{{Key: "oracle", Kind: "oracle", Quorum: 1}}}
		}},
	}
	for name, f := range facts {
		t.Run(name, func(t *testing.T) {
			p := passage(t, h, v)
			f.change(p)
			verdict, code := p.Judge()
			if verdict != f.verdict || code != f.code {
				t.Fatalf("the gate says %d because of %q, want %d because of %q", verdict, code, f.verdict, f.code)
			}
		})
	}
}

// TestEverySignatureCounts changes one thing about one signature at a time: the gate must
// miss it.
func TestEverySignatureCounts(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	h.Clock.Advance(time.Minute)
	first := func(p *advocacy.Passage) *advocacy.Decision { return &p.Decisions[0] }
	signatures := map[string]func(p *advocacy.Passage){
		"given in another round":  func(p *advocacy.Passage) { first(p).Round = 7 },
		"given to other bytes":    func(p *advocacy.Passage) { first(p).Digest = advocacy.DigestOf([]byte("other bytes")) },
		"given by who wrote some": func(p *advocacy.Passage) { p.Contributors = append(p.Contributors, first(p).Person) },
		"outlived": func(p *advocacy.Passage) {
			p.Review.Plan.Requirements[0].TTL, first(p).Time = time.Hour, p.Now.Add(-time.Hour)
		},
		"of a role held no more":      func(p *advocacy.Passage) { p.Members[first(p).Person].Roles = nil },
		"of a role held with a gap":   func(p *advocacy.Passage) { p.Members[first(p).Person].Roles[0].Since = first(p).Time.Add(1) },
		"of somebody who was away":    func(p *advocacy.Passage) { p.Members[first(p).Person].StateTime = first(p).Time.Add(1) },
		"of somebody disabled":        func(p *advocacy.Passage) { p.Members[first(p).Person].State = advocacy.MemberDisabled },
		"of who was never served it":  func(p *advocacy.Passage) { first(p).ViewTime = time.Time{} },
		"of nobody":                   func(p *advocacy.Passage) { delete(p.Members, first(p).Person) },
		"for another requirement":     func(p *advocacy.Passage) { first(p).Requirement = "medical" },
		"under another role":          func(p *advocacy.Passage) { first(p).Role = advocacy.RolePR },
		"that is an objection":        func(p *advocacy.Passage) { first(p).Verdict = advocacy.RequestChanges },
		"taken back":                  func(p *advocacy.Passage) { p.Decisions = append(p.Decisions, takesBack(first(p), advocacy.Retract)) },
		"taken back by a recusal":     func(p *advocacy.Passage) { p.Decisions = append(p.Decisions, takesBack(first(p), advocacy.Recuse)) },
		"next to somebody's veto":     func(p *advocacy.Passage) { p.Decisions = append(p.Decisions, objects(p, h.Legal2, 1)) },
		"after a veto in another one": func(p *advocacy.Passage) { p.Decisions = append(p.Decisions, objects(p, h.Legal2, 0)) },
		"the same person twice": func(p *advocacy.Passage) {
			p.Decisions[1].Person = first(p).Person
			m := p.Members[first(p).Person]
			m.Roles = append(m.Roles, advocacy.RoleGrant{Role: advocacy.RolePR}, advocacy.RoleGrant{Role: advocacy.RoleLegal})
		},
	}
	for name, change := range signatures {
		t.Run(name, func(t *testing.T) {
			p := passage(t, h, v)
			change(p)
			if tally := p.Tally(); tally.Satisfied || len(tally.Blockers) == 0 {
				t.Fatalf("the count is %+v", tally)
			}
			if verdict, code := p.Judge(); verdict != advocacy.GateCancel {
				t.Fatalf("the gate says %d because of %s", verdict, code)
			}
		})
	}
}

func takesBack(d *advocacy.Decision, v advocacy.Verdict) advocacy.Decision {
	out := *d
	out.ID, out.Verdict, out.Supersedes, out.Reason = "later", v, d.ID, "on second thought"
	return out
}

// objects is a veto by a person in a round, given last.
func objects(p *advocacy.Passage, who advocacy.PersonID, round int) advocacy.Decision {
	return advocacy.Decision{
		Subject: p.Review.Subject, Round: round, ID: "veto", Digest: p.Review.Digest, Requirement: "legal",
		Role: advocacy.RoleLegal, Person: who, Verdict: advocacy.Reject, Reason: "no", Time: p.Now,
	}
}

// TestGateReadsThePublicationsBytes: whatever the head is by now.
func TestGateReadsThePublicationsBytes(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	edit(t, h, v, "Not these.")
	p := passage(t, h, v)
	if got := advocacy.DigestOf(p.Manifest); got != p.Publication.Digest || got != v.Head.Digest {
		t.Fatalf("the gate reads the bytes of %s for a publication of %s", got, p.Publication.Digest)
	}
	if verdict, code := p.Judge(); verdict != advocacy.GateCancel {
		t.Fatalf("the gate says %d because of %s", verdict, code)
	}
}

// TestLibraryChainIsReadAtTheGate [I20]: a share goes out while every link of its chain
// to human decisions holds, and no longer.
func TestLibraryChainIsReadAtTheGate(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	shelf := ledgerItem(t, h, "Chained.")
	v := share(t, h, shelf, "Chained.")
	for name, standing := range map[string]advocacy.LibraryStanding{
		"not in force": {Matches: true, Meant: true}, "not what it shows": {InForce: true, Meant: true}, "neither": {},
		"for others": {InForce: true, Matches: true}, "untold": {InForce: true, Matches: true, Meant: true, Untold: true},
	} {
		p := passage(t, h, v)
		p.Library = standing
		want := advocacy.BlockItemNotInForce
		if name == "for others" {
			want = advocacy.BlockOutsideAudience
		}
		if name == "untold" {
			want = advocacy.BlockRelation
		}
		if verdict, code := p.Judge(); verdict != advocacy.GateCancel || code != want {
			t.Errorf("%s: the gate says %d because of %s", name, verdict, code)
		}
	}
	if standing := passage(t, h, v).Library; !standing.Holds() {
		t.Errorf("untouched, the item stands as %+v", standing)
	}
	h.Work(t)
	sent(t, l, "Chained.")
	// What an edit made of it is not what the item shows.
	edited := shareAt(t, h, shelf, h.Clock.Now().Add(time.Hour))
	edit(t, h, edited, "Chained, and more.")
	if standing := passage(t, h, edited).Library; !standing.InForce || standing.Matches {
		t.Errorf("edited, the item stands as %+v", standing)
	}
}
