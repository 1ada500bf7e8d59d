package workflow_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// talk is a discussion that holds a post or an item up.
type talk struct {
	id     advocacy.ThreadID
	opener advocacy.PersonID
	role   advocacy.Role
	over   bool
}

// held tells whether a discussion holds the writing up.
func (x *writing) held() bool {
	return slices.ContainsFunc(x.talks, func(k *talk) bool { return !k.over })
}

// drawTalk lets somebody hold something up, or answer what does.
func (w *world) drawTalk(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	who := pick(rt, "who", w.cast...)
	if len(x.talks) > 0 && rapid.IntRange(0, 3).Draw(rt, "about") != 3 {
		w.turn(x, rapid.IntRange(0, len(x.talks)-1).Draw(rt, "talk"), who)
		return
	}
	w.holdUp(x, who)
}

func (w *world) holdUp(x *writing, who advocacy.PersonID) {
	defer w.telling("holdUp", x, who)()
	d, err := w.Flow.OpenThread(w.ctx, w.call(who, false), x.subject, workflow.ThreadDraft{Text: "Is this so?", Blocking: true})
	if !w.granted("hold up by "+w.name(who), err) {
		return
	}
	if !w.people[who].holds(d.Role, w.Clock.Now()) || !d.Role.Approver() {
		w.problem("%s holds something up under %q", w.name(who), d.Role)
	}
	x.talks = append(x.talks, &talk{id: d.ID, opener: who, role: d.Role})
	w.talked(x)
}

// turn answers an open discussion or opens an answered one again.
func (w *world) turn(x *writing, n int, who advocacy.PersonID) {
	defer w.telling("turn", x, n, who)()
	k := x.talks[n]
	call, turn := w.call(who, false), w.Flow.ResolveThread
	if k.over {
		turn = w.Flow.ReopenThread
	}
	if _, err := turn(w.ctx, call, x.subject, k.id, 0); !w.granted("turn a discussion by "+w.name(who), err) {
		return
	}
	same := w.people[who].holds(k.role, w.Clock.Now())
	switch {
	case !same && (who != k.opener || k.over):
		w.problem("%s turned a discussion of %s", w.name(who), k.role)
	case !k.over && who != k.opener && w.wrote(x, x.head(), who):
		w.problem("%s answered for what he or she wrote", w.name(who))
	}
	k.over = !k.over
	w.talked(x)
}

// talked books what a discussion, or a count made again, changed about an item: held up it
// is not in force, and with the last answer the count decides.
func (w *world) talked(x *writing) {
	r := x.newest()
	if x.subject.Kind != advocacy.SubjectItem || r == nil || r.version.number != x.head().number || x.withdrawn {
		return
	}
	if x.held() && x.inForce == r.version.number {
		x.inForce, x.inForceRound = 0, 0
		return
	}
	item, err := w.Store.Item(w.ctx, w.W, advocacy.ItemID(x.id))
	ok(w.tb, err)
	if item.InForce == r.version.number && w.signed(x) == "" {
		x.inForce, x.inForceRound = item.InForce, item.InForceRound
	}
}
