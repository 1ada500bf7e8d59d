package advocacy_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// bounds keep the explorer small. What it says holds within them and no further.
type bounds struct {
	revisions, rounds, words, ticks, claims uint8
	workers                                 int
	roles, stricter, expiry, withDana       bool
	lending, second                         bool
	// unheld is a world without holds.
	unheld bool
}

// explorer walks every interleaving of what people and workers do to one post, breadth
// first. Whatever decides in it is the package's; the rest is what the use cases do.
type explorer struct {
	blind  blindness
	bounds bounds
	seen   map[world]struct{}
	steps  []step
	// requests counts the ways in which something was sent.
	requests int
	bad      []string
}

// step is how a world was first reached.
type step struct {
	world  world
	parent int32
	what   string
}

// explore returns the explorer after everything was seen, or after the first world in
// which an invariant is broken.
func explore(b blindness, limit bounds) *explorer {
	e := &explorer{blind: b, bounds: limit, seen: make(map[world]struct{})}
	e.reach(-1, "a post by Ann", world{head: 1, withNina: limit.second})
	if limit.withDana {
		e.reach(-1, "a post by Ann and Dana", world{head: 1, withDana: true, withNina: limit.second})
	}
	for i := 0; i < len(e.steps) && e.bad == nil; i++ {
		e.write(int32(i))
		e.decide(int32(i))
		e.befall(int32(i))
		for n := range limit.workers {
			e.work(int32(i), n)
		}
	}
	return e
}

func (e *explorer) reach(parent int32, what string, w world) {
	// Workers are alike, so only one order of them is looked at: who is idle comes last.
	if slices.CompareFunc(w.workers[:1], w.workers[1:], func(a, b worker) int {
		return cmp.Or(cmp.Compare(a.revision, b.revision), cmp.Compare(a.epoch, b.epoch), cmp.Compare(a.phase, b.phase))
	}) < 0 {
		w.workers[0], w.workers[1] = w.workers[1], w.workers[0]
	}
	if _, known := e.seen[w]; known {
		return
	}
	e.seen[w] = struct{}{}
	e.steps = append(e.steps, step{w, parent, what})
}

// trace tells how a world was reached.
func (e *explorer) trace(i int32) string {
	var out []string
	for ; i >= 0; i = e.steps[i].parent {
		out = append(out, e.steps[i].what)
	}
	slices.Reverse(out)
	return strings.Join(out, "; ")
}

func (e *explorer) broken(i int32, what string, invariants []string) {
	if len(invariants) > 0 && e.bad == nil {
		e.bad = append(invariants, e.trace(i)+"; "+what)
	}
}

// write is what authors do: edit and submit.
func (e *explorer) write(i int32) {
	w := e.steps[i].world
	state := w.postState()
	head := &advocacy.Revision{Number: int(w.head), Digest: digests[w.head], Contributors: w.contributors()}
	post := w.post()
	if e.blind.payload {
		state = advocacy.PostDraft
	}
	if w.head < e.bounds.revisions {
		for _, editor := range []advocacy.PersonID{ann, dana, bob} {
			next := w
			if post.GuardEdit(human(editor), state, true) != nil {
				continue
			}
			next.head++
			if !e.blind.head {
				moveReview(&next, advocacy.ReviewSuperseded)
				cancelUnsent(&next)
			}
			e.reach(i, string(editor)+" edits", next)
		}
	}
	for shown := uint8(1); shown <= w.head && w.round < e.bounds.rounds; shown++ {
		next := w
		if post.GuardSubmit(human(ann), head, state, digests[shown]) != nil {
			continue
		}
		moveReview(&next, advocacy.ReviewSuperseded)
		next.round, next.reviewed, next.state = w.round+1, w.head, indexOf(reviewStates, advocacy.ReviewOpen)
		e.settle(i, "Ann submits", &next)
		e.reach(i, "Ann submits", next)
	}
}

// settle computes the round's state from its decisions.
func settle(w *world, b blindness) {
	if !reviewStates[w.state].Live() || w.reviewed != w.head {
		return
	}
	before, c := reviewStates[w.state], w.caseOf(b)
	to := c.Outcome(c.Tally(), b.unroutable || c.Shortfalls(c.Review.Plan.Join(c.Floor), holders(c.Members)) == nil)
	if to != before && moveReview(w, to) && before == advocacy.ReviewApproved && !b.stays {
		cancelUnsent(w)
	}
}

// settle computes the round's state, which has to say whether somebody can finish it.
func (e *explorer) settle(i int32, what string, w *world) {
	settle(w, e.blind)
	seeing := e.blind == blindness{} || e.blind.unroutable // who is blind to a rule routes by it, too
	if seeing && w.misrouted() {
		e.broken(i, what, []string{"I26 feasible or alarmed"})
	}
}

// attempt is somebody trying to say something.
type attempt struct {
	what    string
	who     advocacy.PersonID
	kind    advocacy.ActorKind
	verdict advocacy.Verdict
	key     string
	behalf  advocacy.PersonID
}

var attempts = []attempt{
	{"Ann approves for legal", ann, advocacy.Human, advocacy.Approve, "legal", ""},
	{"Bob approves for legal", bob, advocacy.Human, advocacy.Approve, "legal", ""},
	{"a machine approves for legal", lena, advocacy.Machine, advocacy.Approve, "legal", ""},
	{"Lena approves for legal", lena, advocacy.Human, advocacy.Approve, "legal", ""},
	{"Lena rejects", lena, advocacy.Human, advocacy.Reject, "legal", ""},
	{"Lena asks for changes", lena, advocacy.Human, advocacy.RequestChanges, "legal", ""},
	{"Lena recuses herself", lena, advocacy.Human, advocacy.Recuse, "legal", ""},
	{"Dana approves for legal", dana, advocacy.Human, advocacy.Approve, "legal", ""},
	{"Dana approves for PR", dana, advocacy.Human, advocacy.Approve, "pr", ""},
	{"Paul approves for PR", paul, advocacy.Human, advocacy.Approve, "pr", ""},
	{"Paul takes it back", paul, advocacy.Human, advocacy.Retract, "pr", ""},
}

// lentAttempts are what somebody tries to say for somebody else.
var lentAttempts = []attempt{
	{"Paul approves for legal in Lena's name", paul, advocacy.Human, advocacy.Approve, "legal", lena},
	{"Paul approves for legal in Ann's name", paul, advocacy.Human, advocacy.Approve, "legal", ann},
	{"Dana approves for legal in Lena's name", dana, advocacy.Human, advocacy.Approve, "legal", lena},
}

// secondAttempt is what somebody tries under a membership that may turn out to be a second one.
var secondAttempt = attempt{"Nina approves for legal", nina, advocacy.Human, advocacy.Approve, "legal", ""}

// decide lets everybody try to say everything, having been served any revision, of that one
// and of the newest.
func (e *explorer) decide(i int32) {
	w := e.steps[i].world
	if w.round == 0 || w.said == e.bounds.words {
		return
	}
	c, all := w.caseOf(e.blind), attempts
	if e.bounds.lending {
		all = append(slices.Clone(all), lentAttempts...)
	}
	if e.bounds.second {
		all = append(slices.Clone(all), secondAttempt)
	}
	for _, a := range all {
		for served := uint8(1); served <= w.head; served++ {
			e.say(i, c, a, served, served)
			if served != w.head {
				e.say(i, c, a, served, w.head)
			}
		}
	}
}

// say lets somebody who was served one revision speak of what he or she says is shown.
func (e *explorer) say(i int32, c *advocacy.Case, a attempt, served, shown uint8) {
	next := e.steps[i].world
	actor := advocacy.Actor{Kind: a.kind, Person: a.who}
	if e.blind.humans {
		actor.Kind = advocacy.Human
	}
	if e.blind.distinct && a.who == dana {
		actor.Person += advocacy.PersonID(a.key)
	}
	in := advocacy.DecisionInput{ID: "new", Verdict: a.verdict, Requirement: a.key, Digest: digests[shown], Reason: "So.", OnBehalfOf: a.behalf}
	if e.blind.shown {
		in.Digest = c.Review.Digest
	}
	c.Receipt = &advocacy.Receipt{Round: c.Review.Round, Digest: digests[served], Person: actor.Person, Time: c.Now}
	if e.blind.receipts {
		c.Receipt.Digest = c.Review.Digest
	}
	d, err := c.Decide(actor, in)
	if err != nil {
		return
	}
	s := word{
		who: indexOf(people, a.who), key: indexOf(keys, a.key), verdict: indexOf(verdicts, a.verdict), round: next.round,
		digest: indexOf(digests, d.Digest), served: served, minute: next.said + 1, tick: next.tick, machine: a.kind != advocacy.Human,
		wrote: a.who == ann || a.behalf == ann || next.withDana && (a.who == dana || a.who == nina && next.merged),
		lacks: a.who == bob || a.who == lena && next.legalOf == lost || a.who == dana && next.merged,
	}
	if a.behalf != "" {
		s.behalf = indexOf(people, a.behalf) + 1
		s.lacks = a.who != paul || a.behalf == lena && next.legalOf != held
	}
	if d.Supersedes != "" {
		s.supersedes = indexOf(wordIDs, d.Supersedes) + 1
	}
	next.words[next.said] = s
	next.said++
	e.settle(i, a.what, &next)
	e.reach(i, a.what, next)
}

// befall is what happens to a post: time, holds, roles, rules, and its schedule.
func (e *explorer) befall(i int32) {
	w := e.steps[i].world
	try := func(what string, possible bool, change func(next *world)) {
		if next := w; possible {
			change(&next)
			e.reach(i, what, next)
		}
	}
	try("time passes", w.tick < e.bounds.ticks, func(next *world) { next.tick++ })
	try("a hold begins", !w.hold && !e.bounds.unheld, func(next *world) { next.hold = true })
	try("the hold ends", w.hold, func(next *world) { next.hold = false })
	try("the policy becomes stricter", e.bounds.stricter && !w.stricter, func(next *world) { next.stricter = true })
	try("Lena loses her role", e.bounds.roles && w.legalOf == held, func(next *world) { next.legalOf = lost })
	try("Lena gets her role back", w.legalOf == lost, func(next *world) {
		next.legalOf, next.regained = regained, uint8(w.now().Sub(morning).Minutes())
	})
	try("Lena takes back what she lent", e.bounds.lending && !w.unlent, func(next *world) { next.unlent = true })
	try("Dana turns out to be Nina", w.withNina && !w.merged, func(next *world) { next.merged = true })
	try("the round is counted again", w.round > 0, func(next *world) { e.settle(i, "it is counted again", next) })
	try("the round expires", e.bounds.expiry && w.round > 0, func(next *world) { moveReview(next, advocacy.ReviewExpired) })
	try("it is scheduled", w.postState() == advocacy.PostApproved, func(next *world) {
		x := &next.publications[w.head-1]
		*x = place{state: indexOf(placeStates, advocacy.Scheduled), round: w.round, epoch: x.epoch, requests: x.requests}
	})
	for r := uint8(1); r <= w.head; r++ {
		try("nobody hears of the request again", placeStates[w.publications[r-1].state] == advocacy.Sending, func(next *world) {
			if e.blind.sending {
				apply(next, r, advocacy.EventRelease)
				return
			}
			apply(next, r, advocacy.EventLost)
		})
	}
}

// work is what worker n may do next.
func (e *explorer) work(i int32, n int) {
	w := e.steps[i].world
	me := w.workers[n]
	switch me.phase {
	case idle:
		for r := uint8(1); r <= w.head; r++ {
			next := w
			// A claim may also be of what somebody claimed and was silent about too long.
			if w.publications[r-1].epoch < e.bounds.claims && apply(&next, r, advocacy.EventClaim) {
				next.publications[r-1].epoch++
				next.workers[n] = worker{revision: r, epoch: next.publications[r-1].epoch, phase: claimed}
				e.reach(i, "a worker claims", next)
			}
		}
	case claimed:
		e.gate(i, n)
	case sent:
		next := w
		next.workers[n] = worker{}
		bytes := me.revision
		if e.blind.payload {
			bytes = w.head // read when it is sent, not when it was allowed
		}
		if bytes != me.revision {
			e.broken(i, "its bytes leave", []string{"I1 bytes"})
		}
		x := &w.publications[me.revision-1]
		if x.epoch == me.epoch {
			apply(&next, me.revision, advocacy.EventPublished)
		}
		e.reach(i, "the network answers", next)
	}
}

// gate is the moment before a request: the fence, the judgement, the intent.
func (e *explorer) gate(i int32, n int) {
	next := e.steps[i].world
	me := next.workers[n]
	x := &next.publications[me.revision-1]
	next.workers[n] = worker{}
	if e.blind.fence {
		x.state = indexOf(placeStates, advocacy.Claimed) // as it was when it was claimed
	} else if x.epoch != me.epoch || placeStates[x.state] != advocacy.Claimed {
		e.reach(i, "a late worker gives up", next)
		return
	}
	verdict := advocacy.GateSend
	if !e.blind.recheck {
		p := next.passageOf(me.revision, e.blind)
		if e.blind.head {
			p.Head, p.HeadDigest = int(me.revision), digests[me.revision]
		}
		verdict, _ = p.Judge()
	}
	switch verdict {
	case advocacy.GateSend:
		apply(&next, me.revision, advocacy.EventSend)
		x.requests++
		e.requests++
		next.workers[n] = worker{revision: me.revision, epoch: me.epoch, phase: sent}
		e.broken(i, "it is sent", next.violations(me.revision))
	case advocacy.GateWait:
		apply(&next, me.revision, advocacy.EventRelease)
	case advocacy.GateExpire:
		apply(&next, me.revision, advocacy.EventExpire)
	case advocacy.GateCancel:
		apply(&next, me.revision, advocacy.EventCancel)
	}
	e.reach(i, "a worker asks the gate", next)
}

// TestExplore finds no way to break an invariant, and that something was sent.
func TestExplore(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]bounds{
		"signatures and objections": {revisions: 2, rounds: 2, words: 3, claims: 1, workers: 1},
		"time":                      {revisions: 2, rounds: 2, words: 2, ticks: 1, claims: 1, workers: 1},
		"roles":                     {revisions: 2, rounds: 2, words: 2, ticks: 1, claims: 1, workers: 1, roles: true},
		"a co-author with roles":    {revisions: 2, rounds: 2, words: 2, ticks: 1, claims: 1, workers: 1, withDana: true},
		"a stricter policy":         {revisions: 1, rounds: 1, words: 3, claims: 1, workers: 1, stricter: true},
		"rounds of the same words":  {revisions: 1, rounds: 2, words: 3, claims: 1, workers: 1, expiry: true},
		"a delegate":                {revisions: 1, rounds: 1, words: 3, claims: 1, workers: 1, lending: true, roles: true},
		"a second membership":       {revisions: 1, rounds: 1, words: 2, claims: 1, workers: 1, withDana: true, second: true},
		"there and back":            {revisions: 3, rounds: 2, words: 2, claims: 1, workers: 1},
		"two workers":               {revisions: 1, rounds: 1, words: 3, ticks: 1, claims: 2, workers: 2},
		"two workers and an edit":   {revisions: 2, rounds: 2, words: 2, claims: 2, workers: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := explore(blindness{}, limit)
			t.Logf("%d states, %d requests", len(e.steps), e.requests)
			if e.bad != nil {
				t.Errorf("broken: %q", e.bad)
			}
			if e.requests == 0 {
				t.Error("nothing was ever sent, so nothing was proved")
			}
		})
	}
}

// TestExplorerFinds takes one guard's sight away at a time: the explorer must find the
// run that breaks the invariant, or its silence above would mean nothing.
func TestExplorerFinds(t *testing.T) {
	t.Parallel()
	small := bounds{revisions: 2, rounds: 2, words: 2, ticks: 1, claims: 1, workers: 1}
	with := func(change func(*bounds)) bounds {
		limit := small
		change(&limit)
		return limit
	}
	second := bounds{revisions: 1, rounds: 1, words: 2, claims: 1, workers: 1, withDana: true, second: true}
	for name, tt := range map[string]struct {
		blind blindness
		limit bounds
		want  string
		// way is a step that the run which breaks it has to take.
		way string
	}{
		"the digest the client names, and what was served": {blindness{shown: true, receipts: true}, small, "I3 no blind approval", ""},
		"what was served":                     {blindness{receipts: true}, small, "I3 no blind approval", ""},
		"the round of a decision":             {blindness{rounds: true}, with(func(b *bounds) { b.revisions, b.expiry = 1, true }), "I5 round isolation", ""},
		"the head, at send and on edit":       {blindness{head: true}, small, "I4 head", ""},
		"who holds a role":                    {blindness{roles: true}, with(func(b *bounds) { b.roles = true }), "I10 authority now", ""},
		"who holds a role, at send":           {blindness{rolesAtSend: true}, with(func(b *bounds) { b.roles = true }), "I10 authority now", "Lena loses her role"},
		"that two memberships are one person": {blindness{accounts: true}, second, "I7 separation", "Dana turns out to be Nina"},
		"the round, of the same words again":  {blindness{rounds: true}, with(func(b *bounds) { b.revisions, b.ticks = 3, 0 }), "I5 round isolation", "ann edits; ann edits"},
		"whether somebody can finish it":      {blindness{unroutable: true}, with(func(b *bounds) { b.roles = true }), "I26 feasible or alarmed", ""},
		"who wrote it":                        {blindness{separation: true}, small, "I7 separation", ""},
		"that one person is one":              {blindness{distinct: true}, small, "I8 distinct persons", ""},
		"the policy in force":                 {blindness{floor: true}, with(func(b *bounds) { b.stricter = true }), "I11 policy floor", ""},
		"the age of a signature":              {blindness{expiry: true}, small, "I16 fresh", ""},
		"objections":                          {blindness{veto: true}, with(func(b *bounds) { b.revisions, b.words = 1, 3 }), "I15 negatives persist", ""},
		"that a delegation was taken back":    {blindness{unlent: true}, with(func(b *bounds) { b.lending, b.revisions = true, 1 }), "I27 delegation", ""},
		"that delegator and delegate are one": {blindness{together: true}, with(func(b *bounds) { b.lending, b.revisions = true, 1 }), "I8 distinct persons", ""},
		"holds":                               {blindness{hold: true}, small, "I17 hold dominates", ""},
		"that a machine is none":              {blindness{humans: true}, small, "I9 humans decide", ""},
		"everything, at send":                 {blindness{recheck: true}, small, "I16 fresh", ""},
		// An objection cancels what waits, and the gate counts it as well: either alone is enough.
		"that an objection cancels, and everything at send": {blindness{stays: true, recheck: true}, with(func(b *bounds) { b.revisions, b.words, b.ticks, b.unheld = 1, 3, 0, true }), "I15 negatives persist", "it is scheduled; Lena rejects"},
		"the fencing token":             {blindness{fence: true}, with(func(b *bounds) { b.claims, b.workers = 2, 2 }), "I18 at most once", ""},
		"that a request may have begun": {blindness{sending: true}, with(func(b *bounds) { b.claims = 2 }), "I18 at most once", ""},
		"which revision was allowed, and that it may not be edited now": {blindness{payload: true}, with(func(b *bounds) { b.rounds, b.ticks = 1, 0 }), "I1 bytes", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := explore(tt.blind, tt.limit)
			if !slices.Contains(e.bad, tt.want) || !strings.Contains(e.bad[len(e.bad)-1], tt.way) {
				t.Fatalf("found %q in %d states, want %s by %q", e.bad, len(e.steps), tt.want, tt.way)
			}
			t.Logf("%d states: %s", len(e.steps), e.bad[len(e.bad)-1])
		})
	}
}

// TestObjectionIsKeptTwice: what stops a post that was objected to after it was scheduled is both that the
// objection cancels it and that the gate counts it, and each alone is enough.
func TestObjectionIsKeptTwice(t *testing.T) {
	t.Parallel()
	limit := bounds{revisions: 1, rounds: 2, words: 3, claims: 1, workers: 1, unheld: true}
	for name, b := range map[string]blindness{"at the gate": {stays: true}, "by cancelling": {recheck: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if e := explore(b, limit); len(e.bad) > 0 || e.requests == 0 {
				t.Errorf("found %q in %d states, %d of them sent", e.bad, len(e.steps), e.requests)
			}
		})
	}
}
