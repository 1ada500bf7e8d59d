package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// What counts, and who could still sign, said once more: by trying every choice, and
// without the code that counts.

// policy is what is asked for: how many signatures of legal and of PR, whether PR looks
// after legal, whether one of them has a veto, and how long one of legal lasts. A policy
// that fails has a rule that cannot be evaluated; one that lets lets sign whose suggested words
// were taken; and a fast one has an expedited route, which asks for that many signatures of PR.
type policy struct {
	legal, pr, fast         int
	last, veto, fails, lets bool
	ttl                     time.Duration
}

var usual = policy{legal: 1, pr: 1, veto: true}

// need is what has to be signed of a round.
type need struct {
	library    bool
	legal, pr  int
	last, veto bool
	// legalKeeps and prKeeps: who suggested words of it may not sign.
	legalKeeps, prKeeps bool
	ttl                 time.Duration
}

// asks is what the policy asks of own words, or of an unedited share, on the expedited route if
// it has one and that was taken. What cannot be evaluated asks for what the policy says of an
// error, and nothing less [I13].
func (p policy) asks(share, expedited bool) need {
	fast := expedited && p.fast > 0
	out := need{library: share && !fast}
	switch {
	case p.fails:
		out.legal, out.pr, out.veto, out.legalKeeps, out.prKeeps = 2, 1, true, true, true
	case fast:
		out.pr, out.veto, out.prKeeps = p.fast, p.veto, !p.lets
	case !share:
		out.legal, out.pr, out.last, out.veto, out.ttl = p.legal, p.pr, p.last, p.veto, p.ttl
		out.legalKeeps, out.prKeeps = !p.lets, !p.lets
	}
	return out
}

// asks is what the policy in force asks of a round.
func (w *world) asks(r *round) need { return w.policy.asks(r.share != 0, r.expedited) }

// join is what both ask for.
func (n need) join(o need) need {
	last := n.last && o.last
	switch {
	case n.pr == 0:
		last = o.last
	case o.pr == 0:
		last = n.last
	}
	ttl := n.ttl
	if ttl == 0 || o.ttl != 0 && o.ttl < ttl {
		ttl = o.ttl
	}
	return need{
		n.library || o.library, max(n.legal, o.legal), max(n.pr, o.pr), last, n.veto || o.veto,
		n.legalKeeps || o.legalKeeps, n.prKeeps || o.prKeeps, ttl,
	}
}

// within tells whether n asks for nothing that o does not.
func (n need) within(o need) bool { return o.join(n) == o }

func (n need) slots() int { return n.legal + n.pr }

func (n need) quorum(requirement string) int {
	return map[string]int{"legal": n.legal, "pr": n.pr}[requirement]
}

// keeps tells whether a requirement keeps from signing who suggested words of it.
func (n need) keeps(requirement string) bool {
	return map[string]bool{"legal": n.legalKeeps, "pr": n.prKeeps}[requirement]
}

// needed is what a plan asks for.
func needed(p advocacy.Plan) need {
	var n need
	for _, r := range p.Requirements {
		switch {
		case r.Kind == advocacy.RequireLibrary:
			n.library = true
		case r.Key == "legal":
			n.legal, n.ttl, n.legalKeeps = r.Quorum, r.TTL, !r.SuggesterSigns
		case r.Key == "pr":
			n.pr, n.last, n.prKeeps = r.Quorum, r.Stage > 1, !r.SuggesterSigns
		}
		n.veto = n.veto || r.Veto
	}
	return n
}

// needs is what has to be signed of the newest round now: what it was opened with, and
// what the policy in force asks for [I11].
func (w *world) needs(x *writing) need {
	r := x.newest()
	return r.need.join(w.asks(r))
}

// learn books what the plan of the newest round has grown by. It never shrinks by itself.
func (w *world) learn(x *writing) {
	r := x.newest()
	review, err := w.Store.Review(w.ctx, x.subject, r.number)
	ok(w.tb, err)
	grown := needed(review.Plan)
	if !r.need.within(grown) {
		w.problem("round %d of %s asked for %+v and asks for %+v", r.number, x.id, r.need, grown)
	}
	r.need = grown
}

// signature is who fills a slot, and for whom if it is for another: neither fills a second
// one [I8, I27].
type signature struct {
	requirement string
	parties     []advocacy.PersonID
}

// person is who is behind a membership [I7].
func (w *world) person(id advocacy.PersonID) advocacy.PersonID {
	if p := w.people[id]; p != nil && p.into != "" {
		return p.into
	}
	return id
}

func (w *world) same(a, b advocacy.PersonID) bool { return w.person(a) == w.person(b) }

// given are the signatures on the newest round that count now.
func (w *world) given(x *writing) []signature {
	var out []signature
	for _, s := range x.said {
		if w.counts(x, s) {
			out = append(out, w.signature(s.requirement, s.parties()...))
		}
	}
	return out
}

func (w *world) signature(requirement string, parties ...advocacy.PersonID) signature {
	s := signature{requirement: requirement}
	for _, p := range parties {
		s.parties = append(s.parties, w.person(p))
	}
	return s
}

// most is how many slots some signatures can fill, each person one at most.
func most(n need, all []signature) int {
	if n.slots() == 0 || len(all) == 0 {
		return 0
	}
	first, rest := all[0], all[1:]
	best := most(n, rest)
	if n.quorum(first.requirement) == 0 {
		return best
	}
	less := n
	if first.requirement == "legal" {
		less.legal--
	} else {
		less.pr--
	}
	others := slices.DeleteFunc(slices.Clone(rest), func(o signature) bool {
		return slices.ContainsFunc(o.parties, func(p advocacy.PersonID) bool { return slices.Contains(first.parties, p) })
	})
	return max(best, 1+most(less, others))
}

// counts tells whether a word is a signature of the newest round that counts now.
func (w *world) counts(x *writing, s word) bool {
	r, now := x.newest(), w.Clock.Now()
	if s.verdict != advocacy.Approve || s.replaced || !s.looked || s.round != r.number || s.digest != r.version.digest {
		return false
	}
	if ttl := w.needs(x).ttl; s.requirement == "legal" && ttl != 0 && !now.Before(s.at.Add(ttl)) {
		return false
	}
	for _, p := range s.parties() {
		if w.wrote(x, r.version, p) || w.suggested(x, p, s.requirement) || w.recused(x, p) {
			return false
		}
	}
	if s.instead == "" {
		return w.people[s.person].holds(roleOf[s.requirement], s.at)
	}
	return s.loan.lets(s.person, s.instead, roleOf[s.requirement]) && s.loan.covers(s.at) &&
		w.people[s.instead].holds(roleOf[s.requirement], s.loan.made) && w.people[s.person].signs(s.at)
}

// wrote tells whether somebody wrote some of a version or was named to, under any membership.
func (w *world) wrote(x *writing, v version, who advocacy.PersonID) bool {
	same := func(p advocacy.PersonID) bool { return w.same(p, who) }
	return slices.ContainsFunc(v.writers, same) || slices.ContainsFunc(x.named, func(n *naming) bool { return same(n.who) && n.from <= v.number })
}

// recused tells whether somebody declared, for whatever requirement, not to decide on it.
func (w *world) recused(x *writing, p advocacy.PersonID) bool {
	return slices.ContainsFunc(x.said, func(s word) bool { return w.same(s.person, p) && s.verdict == advocacy.Recuse })
}

// signed says what signature is missing on the newest round, "" when none is.
func (w *world) signed(x *writing) string {
	r := x.newest()
	if why := w.objection(x); why != "" {
		return why
	}
	if x.held() {
		return "a discussion holds it up"
	}
	n := w.needs(x)
	if n.library {
		if why := w.shared(x, r); why != "" {
			return why
		}
	}
	all := w.given(x)
	if !n.library && n.slots() == 0 {
		return "nothing is asked for"
	}
	if filled := most(n, all); filled < n.slots() {
		return fmt.Sprintf("%+v is asked for, and %v fill %d slots", n, all, filled)
	}
	return ""
}

// objection says whose no still stands, in any round, "" when nobody's does.
func (w *world) objection(x *writing) string {
	for _, s := range x.said {
		if !s.verdict.Negative() || s.replaced {
			continue
		}
		cleared := slices.ContainsFunc(x.said, func(o word) bool {
			return o.requirement == s.requirement && o.at.After(s.at) && w.counts(x, o)
		})
		if !cleared || s.verdict == advocacy.Reject && s.digest == x.newest().version.digest {
			return fmt.Sprintf("an objection of round %d for %s was never cleared", s.round, s.requirement)
		}
	}
	return ""
}

// maySign tells whether somebody could give a signature of the newest round that is none
// already: nothing bars the person, and it would fill a slot that nothing fills now.
func (w *world) maySign(x *writing, p advocacy.PersonID, requirement string) bool {
	r, n := x.newest(), w.needs(x)
	if n.quorum(requirement) == 0 || w.wrote(x, r.version, p) || w.suggested(x, p, requirement) || w.recused(x, p) || !w.people[p].holds(roleOf[requirement], w.Clock.Now()) {
		return false
	}
	elsewhere := false
	for _, s := range x.said {
		party := slices.ContainsFunc(s.parties(), func(q advocacy.PersonID) bool { return w.same(p, q) })
		if !party || !w.counts(x, s) {
			continue
		}
		if s.instead != "" || s.requirement == requirement {
			return false
		}
		elsewhere = true
	}
	all := w.given(x)
	return !elsewhere || most(n, append(slices.Clone(all), w.signature(requirement, p))) > most(n, all)
}

// mayStandIn tells whether somebody could give it for another.
func (w *world) mayStandIn(x *writing, p advocacy.PersonID, requirement string) bool {
	role, now := roleOf[requirement], w.Clock.Now()
	busy := slices.ContainsFunc(w.given(x), func(s signature) bool { return slices.Contains(s.parties, w.person(p)) })
	if busy || w.wrote(x, x.newest().version, p) || w.suggested(x, p, requirement) || w.recused(x, p) || !w.people[p].signs(now) {
		return false
	}
	return slices.ContainsFunc(w.loans, func(g *loan) bool {
		return g.lets(p, g.by, role) && g.covers(now) && w.people[g.by].holds(role, g.made) && w.maySign(x, g.by, requirement)
	})
}

// feasible tells whether different persons could fill every slot: with the signatures
// there are, and those that could still be given [I26].
func (w *world) feasible(x *writing) bool {
	n, all := w.needs(x), w.given(x)
	for _, requirement := range requirements {
		for _, p := range w.cast {
			if w.maySign(x, p, requirement) {
				all = append(all, w.signature(requirement, p))
			}
		}
	}
	return most(n, all) == n.slots()
}

// opens tells whether the stage of a requirement is reached.
func (w *world) opens(x *writing, requirement string) bool {
	n := w.needs(x)
	if requirement != "pr" || !n.last {
		return true
	}
	return most(need{legal: n.legal}, w.given(x)) == n.legal
}

// signers tells who signed, and who could.
func (w *world) signers(x *writing) string {
	var out []string
	for _, s := range w.given(x) {
		out = append(out, fmt.Sprintf("%s signed %s", w.nameAll(s.parties), s.requirement))
	}
	for _, requirement := range requirements {
		for _, p := range w.cast {
			if w.maySign(x, p, requirement) {
				out = append(out, fmt.Sprintf("%s can sign %s", w.name(p), requirement))
			}
		}
	}
	return strings.Join(out, ", ")
}

func (w *world) nameAll(of []advocacy.PersonID) string {
	names := make([]string, len(of))
	for i, p := range of {
		names[i] = w.name(p)
	}
	return strings.Join(names, " with ")
}
