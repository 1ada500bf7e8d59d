package workflow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// What those do who look after the house: holds, roles, accounts, and rules.

func (w *world) stop(scope advocacy.HoldScope, target string) {
	defer w.telling("stop", scope, target)()
	made, _, err := w.Flow.CreateHold(w.ctx, w.call(w.PR, false), w.W, workflow.HoldDraft{Scope: scope, Target: target, Reason: "crisis"})
	if w.granted("hold", err) {
		w.holds = append(w.holds, &stop{id: made.ID, scope: scope, target: target})
	}
}

func (w *world) lift(s *stop) {
	defer w.telling("lift", s)()
	_, err := w.Flow.ReleaseHold(w.ctx, w.call(w.PR, false), w.W, s.id, "over")
	if !w.granted("release", err) {
		return
	}
	s.over, s.until = true, w.Clock.Now()
	for _, x := range w.posts {
		for _, p := range w.publications(x) {
			waiting := p.State == advocacy.Scheduled || p.State == advocacy.Claimed
			if waiting && p.DueTime.Before(w.Clock.Now()) && w.stops(s, x, advocacy.SocialAccount{ID: p.Account, Network: p.Network}) {
				w.missed[p.ID] = s
			}
		}
	}
	w.run(w.Worker.Released)
}

// heldBy are the publications that wait for a word on them because of a hold.
func (w *world) heldBy(s *stop) []advocacy.Publication {
	found, _, err := w.Flow.HeldPublications(w.ctx, permitted(w.As(w.PR)), workflow.HeldQuery{
		Workspace: w.W, Hold: s.id, Page: workflow.Page{Size: 1000},
	})
	ok(w.tb, err)
	return found
}

// permitted is a call of somebody who has every permission at the door.
func permitted(c workflow.Call) workflow.Call {
	c.May = func(advocacy.Permission) bool { return true }
	return c
}

// resume says what becomes of a publication that a hold kept.
func (w *world) resume(s *stop, n int, action workflow.ResumeAction) {
	defer w.telling("resume", s, n, action)()
	x := w.heldBy(s)[n]
	r := workflow.Resumption{Post: x.Post, Publication: x.ID, Version: x.Version, Action: action, Reason: "so be it"}
	if action == workflow.ResumeReschedule {
		r.Time = w.Clock.Now().Add(time.Hour)
	}
	done, err := w.Flow.ResumePublications(w.ctx, permitted(w.call(w.PR, false)), w.W, s.id, []workflow.Resumption{r})
	if !w.granted("resume", err) {
		return
	}
	if refusal := done[0].Refusal; refusal != nil {
		w.granted("resume one", refusal)
		return
	}
	delete(w.missed, x.ID)
}

// run carries out a job about the workspace.
func (w *world) run(handler func(context.Context, json.RawMessage) error) {
	w.granted("job", handler(w.ctx, json.RawMessage(`{"workspace":"`+string(w.W)+`"}`)))
}

func (w *world) grant(who advocacy.PersonID, roles []advocacy.Role) {
	defer w.telling("grant", who, roles)()
	m, err := w.Flow.UpdateMember(w.ctx, w.call(w.Admin, false), w.W, who, workflow.MemberChange{Roles: &roles})
	if !w.granted("grant", err) {
		return
	}
	p, now := w.people[who], make(map[advocacy.Role]time.Time)
	for _, r := range m.RoleNames() {
		since, had := p.roles[r]
		if !had {
			since = w.Clock.Now()
		}
		now[r] = since
	}
	p.roles = now
}

func (w *world) enable(who advocacy.PersonID, active bool) {
	defer w.telling("enable", who, active)()
	do := w.Flow.DisableMember
	if active {
		do = w.Flow.EnableMember
	}
	_, err := do(w.ctx, w.call(w.Admin, false), w.W, who, "because")
	if p := w.people[who]; w.granted("enable or disable", err) && p.active != active {
		if p.into != "" {
			w.problem("%s was merged and is back", w.name(who))
		}
		p.active, p.since = active, w.Clock.Now()
		if !active {
			w.succeed(who, "")
		}
	}
}

// succeed says who answers for the accounts of somebody who left, or stays under another
// membership, and holds that it is so.
func (w *world) succeed(who, stays advocacy.PersonID) {
	for _, id := range w.places {
		a := w.accounts[id]
		switch heir := w.people[a.deputy]; {
		case a.personal:
		case stays != "" && w.people[stays].active:
			if a.owner == who {
				a.owner = stays
			}
			if a.deputy == who {
				a.deputy = stays
			}
			if a.deputy == a.owner {
				a.deputy = ""
			}
		case a.owner == who && heir != nil && heir.active:
			a.owner, a.deputy = a.deputy, ""
		case a.owner == who || a.deputy == who:
			a.deputy = ""
		}
		kept, err := w.Store.Account(w.ctx, w.W, id)
		ok(w.tb, err)
		if kept.Owner != a.owner || kept.Deputy != a.deputy {
			w.problems = append(w.problems, fmt.Sprintf("%s and %q answer for %s, want %s and %q", kept.Owner, kept.Deputy, kept.DisplayName, a.owner, a.deputy))
		}
	}
}

func (w *world) switchAccount(id advocacy.AccountID, ready bool) {
	defer w.telling("switchAccount", id, ready)()
	do := w.Flow.DisableAccount
	if ready {
		do = w.Flow.EnableAccount
	}
	if _, err := do(w.ctx, w.call(w.Admin, false), w.W, id, "because"); w.granted("switch account", err) {
		w.accounts[id].ready = ready
	}
}

// appoint says who answers for an account from now on.
func (w *world) appoint(id advocacy.AccountID, owner, deputy advocacy.PersonID) {
	defer w.telling("appoint", id, owner, deputy)()
	a := w.accounts[id]
	_, err := w.Flow.UpdateAccount(w.ctx, w.call(w.Admin, false), w.W, id, workflow.AccountChange{Owner: &owner, Deputy: &deputy})
	if !w.granted("appoint "+w.name(owner), err) {
		return
	}
	switch {
	case a.personal && a.owner != owner:
		w.problem("what speaks for %s speaks for %s", w.name(a.owner), w.name(owner))
	case (a.owner != owner || a.deputy != deputy) && !w.people[owner].active:
		w.problem("%s answers for an account and has left", w.name(owner))
	}
	a.owner, a.deputy = owner, deputy
}

// orphans are the accounts nobody answers for, which the admins were told of: their owners were merged
// into memberships that had ended.
func (w *world) orphans() []advocacy.AccountID {
	return slices.DeleteFunc(slices.Clone(w.places), func(id advocacy.AccountID) bool {
		return w.accounts[id].personal || w.people[w.accounts[id].owner].active
	})
}

// enact puts a policy in force, as an admin's tool would.
func (w *world) enact(p policy) {
	defer w.telling("enact", p)()
	w.govern(p)
}

func (w *world) govern(p policy) {
	legal, pr := routing.Sign(advocacy.RoleLegal, p.legal), routing.Sign(advocacy.RolePR, p.pr)
	legal.TTL, legal.Veto, pr.Veto = p.ttl, p.veto, p.veto
	legal.SuggesterSigns, pr.SuggesterSigns = p.lets, p.lets
	next := routing.Builtin()
	if p.fast > 0 {
		fast := pr
		fast.Quorum = p.fast
		next.Expedited = []advocacy.Requirement{fast}
	}
	if p.last {
		pr.Stage = 2
	}
	next.Defaults = []advocacy.Requirement{legal, pr}
	if p.fails {
		next.OnError = []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 2), routing.Sign(advocacy.RolePR, 1)}
		next.Rules = append(next.Rules, routing.Rule{
			ID: "broken", Route: routing.Always, When: "1 / (post.changed_chars - post.changed_chars) == 1", Reason: "Nobody knows.",
			Require: []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 1)},
		})
	}
	document := next.Document()
	ok(w.tb, w.Store.Update(w.ctx, func(ctx context.Context, tx workflow.Tx) error {
		now, err := tx.Policy(ctx, w.W)
		if err != nil {
			return err
		}
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
			Workspace: w.W, Policy: now.Policy, Revision: now.Revision + 1, Document: document,
			Digest: advocacy.DigestOf(document), Active: true, CreateTime: tx.Now(),
		})
	}))
	w.policy = p
	if p.fails {
		w.reached.failed++
	}
}

// reroute has the newest round routed again: from then on it asks for what the policy in
// force asks for, be it less.
func (w *world) reroute(x *writing, who advocacy.PersonID, machine bool, number int) {
	defer w.telling("reroute", x, who, machine, number)()
	c, n, shown := w.call(who, machine), len(x.rounds), x.revisions[number-1].digest
	before, err := w.Store.FormerPlans(w.ctx, x.subject, n)
	ok(w.tb, err)
	again := func() (string, error) {
		_, err := w.Flow.RerouteReview(w.ctx, c, x.subject, n, workflow.Reroute{Digest: shown, Reason: "because"})
		return x.id, err
	}
	if _, err := again(); !w.granted("reroute by "+w.name(c.Actor.Person), err) {
		return
	}
	w.once(x.id, again)
	r := x.newest()
	switch {
	case c.Actor.Kind != advocacy.Human:
		w.problem("a machine had a round routed again")
	case shown != x.head().digest || r.version.number != x.head().number:
		w.problem("a round about %s was routed again, the head is %s", shown, x.head().digest)
	case w.wrote(x, x.head(), who):
		w.problem("somebody had routed again what he or she wrote")
	}
	former, err := w.Store.FormerPlans(w.ctx, x.subject, n)
	ok(w.tb, err)
	if len(former) <= len(before) {
		w.problem("the plan before is forgotten")
	}
	review, err := w.Store.Review(w.ctx, x.subject, n)
	ok(w.tb, err)
	if r.need = needed(review.Plan); !w.asks(r).within(r.need) {
		w.problem("routed again, round %d of %s asks for %+v, the policy for %+v", n, x.id, r.need, w.policy)
	}
	if x.subject.Kind == advocacy.SubjectItem {
		w.talked(x)
	}
}
