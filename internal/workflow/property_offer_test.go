package workflow_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Words that an approver suggests, and whoever may edit takes as they are; and what cannot wait for
// the usual signatures.

// offer is other words that somebody suggested for a revision.
type offer struct {
	id   advocacy.SuggestionID
	by   advocacy.PersonID
	of   int
	text string
	// taken is the revision it became, and over that it waits no more.
	taken int
	over  bool
}

// suggesters are whose words came into a revision by being taken, here or in the item it was
// made from.
func (x *writing) suggesters(number int) []advocacy.PersonID {
	var out []advocacy.PersonID
	for _, o := range x.offers {
		if o.taken != 0 && o.taken <= number {
			out = append(out, o.by)
		}
	}
	if x.item != nil {
		out = append(out, x.item.suggesters(x.from)...)
	}
	return out
}

// suggested tells whether words of the newest round are somebody's by suggestion, under any
// membership, and the requirement keeps such a person from signing.
func (w *world) suggested(x *writing, who advocacy.PersonID, requirement string) bool {
	return w.needs(x).keeps(requirement) &&
		slices.ContainsFunc(x.suggesters(x.newest().version.number), func(p advocacy.PersonID) bool { return w.same(p, who) })
}

// drawSuggest lets somebody suggest other words, or answer to what was suggested.
func (w *world) drawSuggest(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	if len(x.offers) == 0 || rapid.IntRange(0, 2).Draw(rt, "anew") == 2 {
		w.suggest(x, pick(rt, "who", w.Legal, w.Legal2, w.PR, w.Both, w.second, w.Author), x.drawShown(rt), pick(rt, "text", texts...))
		if len(x.offers) == 0 {
			return
		}
	}
	n, who := len(x.offers)-1, x.author
	if rapid.IntRange(0, 4).Draw(rt, "any") == 4 {
		n, who = rapid.IntRange(0, n).Draw(rt, "which"), pick(rt, "by", w.cast...)
	}
	if rapid.IntRange(0, 4).Draw(rt, "no") == 4 {
		w.decline(x, n, who)
		return
	}
	w.take(x, n, who)
	if rapid.Bool().Draw(rt, "and all the way") {
		w.through(x)
	}
}

func (w *world) suggest(x *writing, who advocacy.PersonID, number int, text string) {
	defer w.telling("suggest", x, who, number, text)()
	c, d := w.call(who, false), workflow.SuggestionDraft{Digest: x.revisions[number-1].digest, Text: text, Note: "better"}
	suggest := func() (string, error) {
		g, err := w.Flow.SuggestEdit(w.ctx, c, x.subject, d)
		if err != nil {
			return "", err
		}
		return string(g.ID), nil
	}
	id, err := suggest()
	if !w.granted("suggestion by "+w.name(who), err) {
		return
	}
	w.once(id, suggest)
	switch {
	case d.Digest != x.head().digest:
		w.problem("words were suggested for %s, the head is %s", d.Digest, x.head().digest)
	case !w.people[who].signs(w.Clock.Now()), w.wrote(x, x.head(), who):
		w.problem("%s suggested words", w.name(who))
	}
	x.offers = append(x.offers, &offer{id: advocacy.SuggestionID(id), by: who, of: x.head().number, text: text})
}

// take makes the suggested words a revision, which is nobody's assent.
func (w *world) take(x *writing, n int, who advocacy.PersonID) {
	defer w.telling("take", x, n, who)()
	c, o := w.call(who, false), x.offers[n]
	take := func() (string, error) {
		_, err := w.Flow.AcceptSuggestion(w.ctx, c, x.subject, o.id, 0)
		return string(o.id), err
	}
	if _, err := take(); !w.granted("taking by "+w.name(who), err) {
		return
	}
	w.once(string(o.id), take)
	switch head := x.head(); {
	case o.over, o.of != head.number:
		w.problem("words suggested for revision %d were taken for revision %d", o.of, head.number)
	case x.withdrawn, x.subject.Kind == advocacy.SubjectPost && !x.writes(who):
		w.problem("%s took words for %s", w.name(who), w.name(x.author))
	}
	r, err := w.Store.Revision(w.ctx, x.subject, x.head().number+1)
	ok(w.tb, err)
	o.taken, o.over = r.Number, true
	if r.Content.Text != o.text {
		w.problem("%q was taken as %q", o.text, r.Content.Text)
	}
	x.revisions = append(x.revisions, w.version(r, join(x.head().writers, who)))
	for _, p := range x.suggesters(r.Number) {
		if !slices.Contains(r.Suggesters, p) {
			w.problem("revision %d forgot that %s suggested words of it", r.Number, w.name(p))
		}
	}
	w.remembers(x, r)
	w.reached.taken++
}

func (w *world) decline(x *writing, n int, who advocacy.PersonID) {
	defer w.telling("decline", x, n, who)()
	o := x.offers[n]
	if _, err := w.Flow.DeclineSuggestion(w.ctx, w.call(who, false), x.subject, o.id, "no"); !w.granted("declining by "+w.name(who), err) {
		return
	}
	if o.over || x.subject.Kind == advocacy.SubjectPost && who != o.by && !x.writes(who) {
		w.problem("%s declined what %s suggested", w.name(who), w.name(o.by))
	}
	o.over = true
}

// drawStrike lets somebody take back a signature that another gave, or an objection, which is refused.
func (w *world) drawStrike(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	if len(x.said) == 0 {
		rt.Skip("nobody said anything")
	}
	w.strike(x, rapid.IntRange(0, len(x.said)-1).Draw(rt, "which"), pick(rt, "who", w.Admin, w.Admin, w.Curator, w.Author))
}

// strike takes back what was said as the nth of all decisions on something.
func (w *world) strike(x *writing, n int, who advocacy.PersonID) {
	defer w.telling("strike", x, n, who)()
	all, err := w.Store.Decisions(w.ctx, x.subject)
	ok(w.tb, err)
	c, s, d := w.call(who, false), &x.said[n], all[n]
	if s.person != d.Person || s.verdict != d.Verdict {
		w.problem("decision %d on %s is a %s of %s, a %s of %s was granted", n, x.id, d.Verdict, w.name(d.Person), s.verdict, w.name(s.person))
		return
	}
	strike := func() (string, error) {
		made, _, err := w.Flow.RetractDecision(w.ctx, c, x.subject, d.Round, d.ID, workflow.TakeBack{Digest: x.head().digest, Reason: "a mistake"})
		if err != nil {
			return "", err
		}
		return string(made.ID), nil
	}
	id, err := strike()
	if !w.granted("taking back by "+w.name(who), err) {
		return
	}
	w.once(id, strike)
	switch r := x.newest(); {
	case s.verdict != advocacy.Approve, s.replaced, s.round != r.number, s.digest != x.head().digest:
		w.problem("%s took back a %s of round %d", w.name(who), s.verdict, s.round)
	case w.wrote(x, x.head(), who), slices.ContainsFunc(x.suggesters(x.head().number), func(p advocacy.PersonID) bool { return w.same(p, who) }):
		w.problem("%s took back what was signed of his or her words", w.name(who))
	}
	s.replaced = true
	x.said = append(x.said, word{
		round: s.round, digest: s.digest, requirement: s.requirement, person: who, verdict: advocacy.Retract, at: w.Clock.Now(),
	})
	if x.subject.Kind == advocacy.SubjectItem {
		w.settle(x)
	}
}

// drawHurry lets somebody submit a post on the expedited route, mostly by who may and under a
// policy that has one.
func (w *world) drawHurry(rt *rapid.T) {
	x := w.any(rt, w.posts...)
	if rapid.IntRange(0, 3).Draw(rt, "as it is") != 3 {
		w.enact(policy{legal: 1, pr: 1, fast: pick(rt, "signatures", 1, 2), veto: true})
		if x.newest() != nil && x.newest().version.number == x.head().number {
			w.rewrite(x, x.author, redraft{text: pick(rt, "text", texts...), newRound: true})
		}
	}
	h := hurry{shown: x.head().number, trusted: rapid.IntRange(0, 5).Draw(rt, "trusted") != 5, why: "It is about the fire."}
	if rapid.IntRange(0, 5).Draw(rt, "without a word") == 5 {
		h.why = ""
	}
	w.hurry(x, x.author, h)
	if rapid.Bool().Draw(rt, "and all the way") {
		w.sign(x, "pr")
		w.sign(x, "pr")
	}
}

// hurry is how somebody submits what cannot wait: which revision, whether he or she may, and why.
type hurry struct {
	shown   int
	trusted bool
	why     string
}

func (w *world) hurry(x *writing, who advocacy.PersonID, h hurry) {
	defer w.telling("hurry", x, who, h)()
	c := w.call(who, false)
	c.May = func(advocacy.Permission) bool { return h.trusted }
	if !w.submits(x, c, workflow.Submit{Digest: x.revisions[h.shown-1].digest, Expedited: true, Reason: h.why}) {
		return
	}
	r := x.newest()
	switch review, err := w.Store.Review(w.ctx, x.subject, r.number); {
	case err != nil:
		w.problem("round %d of %s is gone: %v", r.number, x.id, err)
	case !h.trusted, h.why == "", w.policy.fast == 0:
		w.problem("%s took an expedited route", w.name(who))
	case !review.Expedited || review.ExpediteReason != h.why:
		w.problem("round %d of %s forgot that it was expedited", r.number, x.id)
	}
	w.reached.expedited++
}
