package workflow_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// What approvers do about turns, and for each other: claims, snoozes and requests move
// attention, and grant nothing [I28]; what is lent grants one step, for a while [I27].

func (w *world) drawLend(rt *rapid.T) {
	if len(w.loans) > 0 && rapid.IntRange(0, 3).Draw(rt, "take back") == 3 {
		w.unlend(rapid.IntRange(0, len(w.loans)-1).Draw(rt, "loan"), pick(rt, "who", w.Admin, w.Legal, w.Both, w.Author))
		return
	}
	by := pick(rt, "of", w.Legal, w.Legal2, w.PR, w.Both)
	who := by
	if rapid.IntRange(0, 3).Draw(rt, "by another") == 3 {
		who = pick(rt, "who", w.Admin, w.PR, w.Author)
	}
	w.lend(who, by, pick(rt, "to", w.Legal, w.PR, w.Both, w.second, w.Author), pick(rt, "role", advocacy.RoleLegal, advocacy.RoleLegal, advocacy.RolePR),
		pick(rt, "from", 0, 0, time.Hour), pick(rt, "for", time.Hour, 30*24*time.Hour))
}

func (w *world) lend(who, by, to advocacy.PersonID, role advocacy.Role, in, lasting time.Duration) {
	defer w.telling("lend", who, by, to, role, in, lasting)()
	now := w.Clock.Now()
	g, err := w.Flow.CreateDelegation(w.ctx, w.call(who, false), w.W, workflow.DelegationDraft{
		Delegator: by, Delegate: to, Role: role, Start: now.Add(in), End: now.Add(in + lasting), Zone: "Europe/Paris", Reason: "Holidays.",
	})
	if !w.granted("lend by "+w.name(who), err) {
		return
	}
	switch {
	case who != by && who != w.Admin || who == to:
		w.problem("%s lent what is %s's to %s", w.name(who), w.name(by), w.name(to))
	case !w.people[by].holds(role, now) || !w.people[to].signs(now):
		w.problem("%s lent %s to %s", w.name(by), role, w.name(to))
	}
	w.loans = append(w.loans, &loan{id: g.ID, by: by, to: to, role: role, made: now, from: now.Add(in), until: now.Add(in + lasting)})
}

func (w *world) unlend(n int, who advocacy.PersonID) {
	defer w.telling("unlend", n, who)()
	g := w.loans[n]
	if _, err := w.Flow.RevokeDelegation(w.ctx, w.call(who, false), w.W, g.id, "Back."); !w.granted("unlend by "+w.name(who), err) {
		return
	}
	if who != w.Admin && who != g.by && who != g.to {
		w.problem("%s took back what %s lent", w.name(who), w.name(g.by))
	}
	g.over = true
}

// drawOpen draws what waits for signatures, if need be after new words.
func (w *world) drawOpen(rt *rapid.T) *writing {
	x := w.any(rt, w.posts...)
	if rapid.IntRange(0, 2).Draw(rt, "as it is") == 2 {
		return x
	}
	if x.newest() != nil && x.newest().version.number == x.head().number {
		w.rewrite(x, x.author, redraft{text: pick(rt, "text", texts...), newRound: true})
	}
	w.hand(x, x.author, false, x.head().number)
	return x
}

// drawSignFor lets somebody say something in another's name, mostly by what was lent.
func (w *world) drawSignFor(rt *rapid.T) {
	if len(w.loans) == 0 || rapid.IntRange(0, 2).Draw(rt, "lent anew") == 2 {
		by := pick(rt, "of", w.Legal, w.Legal2)
		w.lend(by, by, pick(rt, "to", w.PR, w.Both, w.second), advocacy.RoleLegal, 0, pick(rt, "for", time.Hour, 30*24*time.Hour))
	}
	x := w.drawOpen(rt)
	d := saying{
		who: pick(rt, "who", w.PR, w.Both, w.second), instead: pick(rt, "instead of", w.Legal, w.Legal2), requirement: "legal", shown: x.head().number, over: true,
	}
	if len(w.loans) > 0 && rapid.IntRange(0, 4).Draw(rt, "without a loan") != 4 {
		g := pickNth(rt, "loan", w.loans)
		d.who, d.instead, d.requirement = g.to, g.by, g.role.Function()
	}
	d.verdict = pick(rt, "verdict", advocacy.Approve, advocacy.Approve, advocacy.Approve, advocacy.RequestChanges, advocacy.Retract)
	w.judges(x, d)
	if rapid.Bool().Draw(rt, "and the others") {
		w.through(x)
	}
}

// drawTurn does something about a turn that decides nothing.
func (w *world) drawTurn(rt *rapid.T) {
	x := w.drawOpen(rt)
	requirement, who := pick(rt, "requirement", requirements...), pick(rt, "who", w.Legal, w.PR, w.Both, w.second, w.Reader)
	switch rapid.IntRange(0, 3).Draw(rt, "what") {
	case 0:
		w.claim(x, requirement, who, rapid.Bool().Draw(rt, "take over"))
	case 1:
		w.release(x, requirement, who)
	case 2:
		w.snooze(x, requirement, who, pick(rt, "for", 0, time.Hour, 20*24*time.Hour))
	default:
		w.reassign(x, requirement, pick(rt, "to", "", w.Legal, w.Legal2, w.PR, w.Both, w.Author))
	}
}

// task is the open turn of a requirement.
func (w *world) task(x *writing, requirement string) (advocacy.TaskID, bool) {
	tasks, _, err := w.Store.Tasks(w.ctx, workflow.TaskQuery{Workspace: w.W, Subject: x.subject, State: workflow.TaskOpen, Page: workflow.Page{Size: 100}})
	ok(w.tb, err)
	i := slices.IndexFunc(tasks, func(t workflow.Task) bool { return t.Requirement == requirement })
	if i < 0 {
		return "", false
	}
	return tasks[i].ID, true
}

func (w *world) claim(x *writing, requirement string, who advocacy.PersonID, over bool) {
	defer w.telling("claim", x, requirement, who, over)()
	id, found := w.task(x, requirement)
	if !found {
		return
	}
	_, err := w.Flow.ClaimTask(w.ctx, w.call(who, false), w.W, id, over)
	if w.granted("claim by "+w.name(who), err) && !w.maySign(x, who, requirement) && !w.mayStandIn(x, who, requirement) {
		w.problem("%s claimed %s of %s and could not sign it", w.name(who), requirement, x.id)
	}
}

func (w *world) release(x *writing, requirement string, who advocacy.PersonID) {
	defer w.telling("release", x, requirement, who)()
	if id, found := w.task(x, requirement); found {
		_, err := w.Flow.ReleaseTask(w.ctx, w.call(who, false), w.W, id)
		w.granted("release by "+w.name(who), err)
	}
}

func (w *world) snooze(x *writing, requirement string, who advocacy.PersonID, d time.Duration) {
	defer w.telling("snooze", x, requirement, who, d)()
	id, found := w.task(x, requirement)
	if !found {
		return
	}
	var until time.Time
	if d != 0 {
		until = w.Clock.Now().Add(d)
	}
	_, err := w.Flow.SnoozeTask(w.ctx, w.call(who, false), w.W, id, until)
	w.granted("snooze by "+w.name(who), err)
}

func (w *world) reassign(x *writing, requirement string, to advocacy.PersonID) {
	defer w.telling("reassign", x, requirement, to)()
	id, found := w.task(x, requirement)
	if !found {
		return
	}
	_, err := w.Flow.ReassignTask(w.ctx, w.call(w.Admin, false), w.W, id, to, "You know this.")
	if w.granted("reassign", err) && to != "" && !w.maySign(x, to, requirement) {
		w.problem("%s was asked for %s of %s and could not sign it", w.name(to), requirement, x.id)
	}
}

// ordered is a batch that was ordered and not carried out yet.
type ordered struct {
	id          advocacy.BatchID
	of          []*writing
	rounds      []int
	who         advocacy.PersonID
	verdict     advocacy.Verdict
	requirement string
	shown       []int
}

func (w *world) drawBatch(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "another time") {
		return
	}
	var of []*writing
	for _, x := range slices.Concat(w.posts, w.items) {
		if len(x.rounds) > 0 && rapid.IntRange(0, 2).Draw(rt, "with this") != 2 {
			of = append(of, x)
		}
	}
	if len(of) == 0 {
		rt.Skip("nothing is under review")
	}
	if rapid.IntRange(0, 2).Draw(rt, "without a veto") == 2 {
		w.enact(policy{legal: 1, pr: 1})
		for _, x := range of {
			w.reroute(x, w.Admin, false, x.head().number)
		}
	}
	verdict := pick(rt, "verdict", advocacy.Approve, advocacy.Approve, advocacy.RequestChanges, advocacy.Reject)
	w.order(pick(rt, "who", w.Legal, w.Legal2, w.PR, w.Both), verdict, pick(rt, "requirement", requirements...), of)
	if rapid.Bool().Draw(rt, "at once") {
		w.jobs()
	}
}

// order has a person say the same of several things at once; the jobs carry it out.
func (w *world) order(who advocacy.PersonID, verdict advocacy.Verdict, requirement string, of []*writing) {
	defer w.telling("order", who, verdict, requirement, of)()
	in, err := w.Flow.OpenSession(w.ctx, w.W, who)
	if !w.granted("session of "+w.name(who), err) {
		return
	}
	c := w.call(who, false)
	c.Actor.Session = in.Session.ID
	b := &ordered{of: of, who: who, verdict: verdict, requirement: requirement}
	var items []workflow.BatchItem
	for _, x := range of {
		if x.newest() == nil {
			return
		}
		w.look(x, who, false)
		items = append(items, workflow.BatchItem{Subject: x.subject, Round: len(x.rounds), Verdict: workflow.Verdict{
			Verdict: verdict, Requirement: requirement, Digest: x.head().digest, Reason: "because",
		}})
		b.rounds, b.shown = append(b.rounds, len(x.rounds)), append(b.shown, x.head().number)
	}
	made, err := w.Flow.BatchDecide(w.ctx, c, w.W, items)
	if w.granted("batch by "+w.name(who), err) {
		b.id = made.ID
		w.batches = append(w.batches, b)
	}
}

func (w *world) carryOut(b *ordered) {
	if !w.granted("run batch", w.Flow.RunBatch(w.ctx, w.W, b.id)) {
		return
	}
	done, err := w.Flow.Batch(w.ctx, w.As(w.Auditor), w.W, b.id)
	ok(w.tb, err)
	for i, item := range done.Items {
		x := b.of[i]
		switch {
		case item.State == workflow.BatchPending:
			w.problem("item %d of a batch was forgotten", i)
		case item.State == workflow.BatchDecided && b.rounds[i] != len(x.rounds):
			w.problem("a batch decided on round %d of %s, the newest is %d", b.rounds[i], x.id, len(x.rounds))
		case item.State == workflow.BatchDecided:
			if w.objection(x) != "" || w.needs(x).veto || b.verdict == advocacy.Reject {
				w.problem("a batch decided on what is decided alone")
			}
			w.reached.batched++
			w.decided(x, saying{who: b.who, verdict: b.verdict, requirement: b.requirement, shown: b.shown[i]}, "")
		}
	}
}

func (w *world) drawAway(rt *rapid.T) {
	w.away(pick(rt, "who", w.Legal, w.Legal2, w.PR, w.Both), pick(rt, "for", time.Hour, 20*24*time.Hour))
}

// away notes that somebody is away, who may sign all the same.
func (w *world) away(who advocacy.PersonID, d time.Duration) {
	defer w.telling("away", who, d)()
	_, err := w.Flow.CreateAbsence(w.ctx, w.call(who, false), w.W, workflow.AbsenceDraft{End: w.Clock.Now().Add(d), Zone: "Europe/Paris"})
	w.granted("away", err)
}

func (w *world) drawMerge(rt *rapid.T) {
	if rapid.IntRange(0, 2).Draw(rt, "really") != 2 {
		return
	}
	id, into := w.second, pick(rt, "into", w.Author, w.Reader, w.Legal, w.Both, w.PR)
	if rapid.IntRange(0, 3).Draw(rt, "another") == 3 {
		id = pick(rt, "who", w.cast...)
	}
	w.merge(id, into)
}

// merge says that a membership is a second one of a person.
func (w *world) merge(id, into advocacy.PersonID) {
	defer w.telling("merge", id, into)()
	_, err := w.Flow.MergeMember(w.ctx, w.call(w.Admin, false), w.W, id, into, "the same person")
	if !w.granted("merge "+w.name(id)+" into "+w.name(into), err) {
		return
	}
	p := w.people[id]
	if p.into != "" || w.people[into].into != "" || id == into {
		w.problem("%s was merged into %s", w.name(id), w.name(into))
	}
	for _, q := range w.people {
		if q.into == id {
			q.into = into
		}
	}
	if p.active {
		p.since = w.Clock.Now()
	}
	p.into, p.active = into, false
	w.succeed(id, into)
}
