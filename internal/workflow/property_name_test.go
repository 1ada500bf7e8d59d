package workflow_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// drawName makes somebody a co-author, or takes it back.
func (w *world) drawName(rt *rapid.T) {
	x := w.any(rt, w.posts...)
	by := x.author
	if rapid.IntRange(0, 3).Draw(rt, "by another") == 3 {
		by = pick(rt, "by", w.cast...)
	}
	if len(x.named) > 0 && rapid.Bool().Draw(rt, "take back") {
		w.unname(x, by, pickNth(rt, "of", x.named).who)
		return
	}
	w.nameTo(x, by, pick(rt, "who", w.cast...))
}

func (w *world) nameTo(x *writing, by, who advocacy.PersonID) {
	defer w.telling("nameTo", x, by, who)()
	c := w.call(by, false)
	add := func() (string, error) {
		return postName(w.Flow.AddCoAuthor(w.ctx, c, w.W, advocacy.PostID(x.id), who, 0))
	}
	_, err := add()
	if already := x.writes(who) && who != x.author; already && advocacy.KindOf(err) == advocacy.Exists {
		return
	}
	if !w.granted("name "+w.name(who)+" by "+w.name(by), err) {
		return
	}
	w.once(x.id, add)
	switch {
	case by != x.author:
		w.problem("%s named who writes the post of %s", w.name(by), w.name(x.author))
	case x.withdrawn, !w.people[who].active, x.writes(who):
		w.problem("%s was named to write a post", w.name(who))
	case slices.ContainsFunc(w.publications(x), func(p advocacy.Publication) bool {
		out := p.State == advocacy.Sending || p.State == advocacy.Unknown || p.State == advocacy.Published
		return out && p.Revision == x.head().number
	}):
		w.problem("%s was named to write what is out", w.name(who))
	}
	i := slices.IndexFunc(x.named, func(n *naming) bool { return n.who == who })
	if i < 0 {
		x.named = append(x.named, &naming{who: who, from: x.head().number})
	} else {
		x.named[i].over = false
	}
	w.readHead(x)
}

func (w *world) unname(x *writing, by, who advocacy.PersonID) {
	defer w.telling("unname", x, by, who)()
	c := w.call(by, false)
	remove := func() (string, error) {
		return postName(w.Flow.RemoveCoAuthor(w.ctx, c, w.W, advocacy.PostID(x.id), who, 0))
	}
	if _, err := remove(); !w.granted("unname "+w.name(who)+" by "+w.name(by), err) {
		return
	}
	w.once(x.id, remove)
	if by != x.author && by != who {
		w.problem("%s said who does not write the post of %s", w.name(by), w.name(x.author))
	}
	x.named[slices.IndexFunc(x.named, func(n *naming) bool { return n.who == who })].over = true
	w.readHead(x)
}

// readHead asks whether the head is by everybody it should be by.
func (w *world) readHead(x *writing) {
	r, err := w.Store.Revision(w.ctx, x.subject, x.head().number)
	ok(w.tb, err)
	w.remembers(x, r)
}
