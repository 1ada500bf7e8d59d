package workflow_test

import (
	"flag"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestAnythingAnybodyDoes drives the real store through the use cases with whatever
// anybody might do next, and asks after each step whether the invariants of APPROVAL 2.5
// hold. The ledger is the judge: whatever it is sent must have been signed, then, by the
// right persons, for exactly these bytes. A failure prints how to run it again, and as a story what
// was done, which is kept in property_kept_test.go: it stays the same when deeds are added.
// RAPID_CHECKS runs more: .ci/run twenty thousand steps, and .ci/run full a million.
func TestAnythingAnybodyDoes(t *testing.T) {
	t.Parallel()
	if !given("rapid.steps", "RAPID_STEPS") {
		ok(t, flag.Set("rapid.steps", "100"))
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		anything(t, func(tb testing.TB, ledger *workflowtest.Ledger) *workflowtest.House {
			return workflowtest.New(tb, ledger)
		})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		anything(t, func(tb testing.TB, ledger *workflowtest.Ledger) *workflowtest.House {
			dsn := testpg.NewFrom(tb, "furnished", func(dsn string) error {
				furnished = workflowtest.Furnish(tb, dsn, jobs.Postgres, ledger)
				return nil
			})
			return furnished.On(tb, dsn, jobs.Postgres, ledger)
		})
	})
}

// furnished is the house whose database is the template of that name, as long as the process lives.
var furnished *workflowtest.House

func anything(t *testing.T, open housing) {
	var went reach
	rapid.Check(t, rarely(5, func(rt *rapid.T) {
		var wrong []string
		w := newWorld(attempt{TB: t, rt: rt, wrong: &wrong}, rt.Context(), open)
		rt.Cleanup(func() { w.print(wrong) })
		w.begin()
		w.told = nil // every story begins so
		rt.Repeat(w.deeds())
		w.settled()
		went.add(w)
	}))
	t.Logf("%+v", went)
}

// reach is how far the runs came: a property of what never happens proves nothing.
type reach struct {
	steps, runs, posts, items, decisions, sent, shares, stops, records int
	lent, batched, merged, unroutable, failed                          int
	expedited, taken, explained                                        int
}

func (r *reach) add(w *world) {
	r.steps += w.steps
	r.runs++
	r.posts += len(w.posts)
	r.items += len(w.items)
	r.sent += len(w.ledger.Sent())
	r.stops += len(w.holds)
	r.records += w.count()
	r.batched += w.reached.batched
	r.unroutable += w.reached.unroutable
	r.failed += w.reached.failed
	r.expedited += w.reached.expedited
	r.taken += w.reached.taken
	r.explained += w.reached.explained
	for _, p := range w.people {
		if p.into != "" {
			r.merged++
		}
	}
	for _, x := range slices.Concat(w.posts, w.items) {
		r.decisions += len(x.said)
		for _, s := range x.said {
			if s.instead != "" {
				r.lent++
			}
		}
		if x.subject.Kind == advocacy.SubjectPost && x.newest() != nil && x.newest().share != 0 {
			r.shares++
		}
	}
}

// given tells whether the command line or the environment says how much a property is tried.
func given(name, env string) bool {
	said := os.Getenv(env) != ""
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == name })
	return said
}

// rarely is a property that takes long and is tried that many times unless somebody says how many: the
// number that rapid has is for all properties of a process. Once it failed it is tried as often as it
// takes to find a short way there.
func rarely(most int, property func(*rapid.T)) func(*rapid.T) {
	if given("rapid.checks", "RAPID_CHECKS") {
		return property
	}
	tried, failed := 0, false
	return func(rt *rapid.T) {
		if tried++; tried > most && !failed {
			return
		}
		defer func() {
			fell := recover() // of a walk that was kept and leads nowhere any more, too
			_, wrong := fell.(runtime.Error)
			failed = failed || wrong || rt.Failed()
			if fell != nil {
				panic(fell)
			}
		}()
		property(rt)
	}
}

// begin puts a few things on the table, so that every run has something to do.
func (w *world) begin() {
	w.shelve(texts[0])
	w.through(w.items[0])
	for i, who := range []advocacy.PersonID{w.Author, w.Both} {
		w.write(who, false, sketch{text: texts[i], places: w.places[:i+1]}, nil)
	}
}

// maxPosts keeps a run readable.
const maxPosts = 5

// texts are few, so that the same bytes come back, and have so little in common that no
// rule takes one for a light edit of another.
var texts = []string{"We are hiring in Nantes.", "The lab opens on Monday.", "Meet us at the fair, at stand twelve."}

// deeds are what can happen next.
func (w *world) deeds() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"write": w.drawWrite, "edit": w.drawEdit, "submit": w.drawSubmit, "decide": w.drawDecide, "withdraw": w.drawWithdraw,
		"recall": w.drawRecall, "resolve": w.drawResolve, "repeat": w.drawRepeat,
		"go through": w.drawThrough, "go through, too": w.drawThrough, "sign": w.drawSign, "talk": w.drawTalk, "name": w.drawName,

		"item": w.drawItem, "share": w.drawShare, "share, too": w.drawShare,

		"hold": w.drawHold, "lift": w.drawLift, "resume": w.drawResume, "grant": w.drawGrant, "enable": w.drawEnable, "account": w.drawAccount, "appoint": w.drawAppoint,
		"policy":  w.drawPolicy,
		"reroute": w.drawReroute, "lend": w.drawLend, "sign for another": w.drawSignFor, "turn": w.drawTurn, "batch": w.drawBatch, "away": w.drawAway, "merge": w.drawMerge,
		"trespass": w.drawTrespass, "hurry": w.drawHurry, "suggest": w.drawSuggest, "strike": w.drawStrike,

		"wait": w.drawWait, "work": w.drawWork, "work, too": w.drawWork, "work, interrupted": w.drawInterrupted,
		"work, interrupted again": w.drawInterrupted, "answer": w.drawAnswer, "jobs": w.drawJobs,
	}
}

// any draws a post or an item, or skips when there is none.
func (w *world) any(rt *rapid.T, of ...*writing) *writing {
	if len(of) == 0 {
		rt.Skip("there is none")
	}
	return pickNth(rt, "which", of)
}

func (w *world) drawWrite(rt *rapid.T) {
	if len(w.posts) == maxPosts {
		rt.Skip("enough posts")
	}
	who := pick(rt, "who", w.Author, w.Reader, w.Both)
	d := sketch{text: pick(rt, "text", texts...), places: w.drawPlaces(rt)}
	if rapid.IntRange(0, 2).Draw(rt, "later") == 2 {
		d.in = time.Hour
	}
	var item *writing
	if len(w.items) > 0 && rapid.Bool().Draw(rt, "from an item") {
		item = pickNth(rt, "item", w.items)
	}
	w.write(who, rapid.IntRange(0, 4).Draw(rt, "machine") == 4, d, item)
}

func (w *world) drawPlaces(rt *rapid.T) []advocacy.AccountID {
	n := rapid.IntRange(1, 2).Draw(rt, "places")
	return slices.Clone(rapid.Permutation(w.places).Draw(rt, "where")[:n])
}

func (w *world) drawEdit(rt *rapid.T) {
	x := w.any(rt, w.posts...)
	who := x.author
	if rapid.IntRange(0, 3).Draw(rt, "by another") == 3 {
		who = pick(rt, "who", w.cast...)
	}
	d := redraft{newRound: rapid.Bool().Draw(rt, "new round")}
	switch rapid.IntRange(0, 4).Draw(rt, "what") {
	case 0:
		d.places = w.drawPlaces(rt)
	case 1:
		d.in = pick(rt, "when", time.Minute, time.Hour)
	case 2:
		d.note = pick(rt, "note", texts...)
	default:
		d.text = pick(rt, "text", texts...)
	}
	w.rewrite(x, who, d)
}

func (w *world) drawSubmit(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	who := x.author
	if rapid.IntRange(0, 5).Draw(rt, "by another") == 5 {
		who = pick(rt, "who", w.cast...)
	}
	w.hand(x, who, rapid.IntRange(0, 5).Draw(rt, "machine") == 5, x.drawShown(rt))
}

func (w *world) drawDecide(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	d := saying{who: pick(rt, "who", w.cast...), machine: rapid.IntRange(0, 9).Draw(rt, "machine") == 9}
	if rapid.IntRange(0, 4).Draw(rt, "blindly") != 4 {
		w.look(x, d.who, d.machine)
	}
	d.verdict, d.requirement = pick(rt, "verdict", advocacy.Verdicts()...), pick(rt, "requirement", requirements...)
	d.shown, d.over = x.drawShown(rt), rapid.Bool().Draw(rt, "over a claim")
	w.decide(x, d)
}

// drawShown is the number of a revision that somebody looks at: the newest, if in doubt.
func (x *writing) drawShown(rt *rapid.T) int {
	return len(x.revisions) - rapid.IntRange(0, len(x.revisions)-1).Draw(rt, "shown")
}

// drawSign lets the first who may give the signatures that are asked for, or one of them.
func (w *world) drawSign(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	if rapid.IntRange(0, 3).Draw(rt, "by who wrote it") == 3 {
		for _, who := range x.head().writers {
			for _, requirement := range requirements {
				w.judges(x, saying{who: who, verdict: advocacy.Approve, requirement: requirement, shown: x.head().number})
			}
		}
		return
	}
	for _, requirement := range pick(rt, "which", []string{"legal"}, []string{"pr"}, []string{"legal", "legal", "pr"}, []string{"pr", "legal"}) {
		w.sign(x, requirement)
	}
}

// drawThrough takes a post or an item all the way, so that what comes after is reached.
func (w *world) drawThrough(rt *rapid.T) {
	w.through(w.any(rt, slices.Concat(w.posts, w.items)...))
}

func (w *world) drawWithdraw(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	if rapid.IntRange(0, 2).Draw(rt, "really") != 2 {
		return
	}
	w.withdraw(x, pick(rt, "who", x.author, w.Admin, w.Reader))
}

func (w *world) drawRecall(rt *rapid.T) {
	w.recall(w.any(rt, w.posts...), pick(rt, "who", w.Author, w.PR, w.Reader))
}

// drawResolve takes a person's word on any publication, whatever its state.
func (w *world) drawResolve(rt *rapid.T) {
	x := w.any(rt, w.posts...)
	all := w.publications(x)
	if len(all) == 0 {
		return
	}
	n := rapid.IntRange(0, len(all)-1).Draw(rt, "publication")
	word := pick(rt, "word", advocacy.ResolveFound, advocacy.ResolveAbsent, advocacy.ResolveSendAgain)
	w.resolve(x, n, word, rapid.IntRange(0, 5).Draw(rt, "machine") == 5)
}

func (w *world) drawRepeat(rt *rapid.T) {
	if w.last == nil {
		rt.Skip("nothing was granted yet")
	}
	w.repeat()
}

func (w *world) drawItem(rt *rapid.T) {
	if len(w.items) < 2 && rapid.Bool().Draw(rt, "new") {
		w.shelve(pick(rt, "text", texts...))
		return
	}
	x := w.any(rt, w.items...)
	w.reshelve(x, pick(rt, "who", w.Curator, w.Admin), pick(rt, "text", texts...))
}

func (w *world) drawShare(rt *rapid.T) {
	item := w.any(rt, w.items...)
	if len(w.posts) == maxPosts {
		return
	}
	w.share(item, pick(rt, "who", w.Author, w.Reader), pick(rt, "where", w.places...))
}

func (w *world) drawHold(rt *rapid.T) {
	if rapid.IntRange(0, 2).Draw(rt, "really") != 2 {
		return
	}
	scope := pick(rt, "scope", advocacy.HoldScopes()...)
	target := ""
	switch scope {
	case advocacy.HoldNetwork:
		target = "ledger"
	case advocacy.HoldAccount:
		target = string(pick(rt, "account", w.places...))
	case advocacy.HoldPerson:
		target = string(pick(rt, "person", w.Author, w.Reader))
	case advocacy.HoldPost:
		target = w.any(rt, w.posts...).id
	case advocacy.HoldTopic:
		target = "news"
	case advocacy.HoldCampaign:
		target = campaignOf(w.any(rt, w.items...))
	case advocacy.HoldKeyword:
		target = pick(rt, "keyword", "Nantes", "the lab", "stand twelve")
	}
	w.stop(scope, target)
}

func (w *world) drawLift(rt *rapid.T) {
	active := slices.DeleteFunc(slices.Clone(w.holds), func(s *stop) bool { return s.over })
	if len(active) == 0 {
		rt.Skip("nothing is held")
	}
	w.lift(pickNth(rt, "hold", active))
}

// drawResume says what becomes of something that a hold kept, or keeps. What waits since a hold was
// lifted, and nothing else, is on the list of it.
func (w *world) drawResume(rt *rapid.T) {
	if len(w.holds) == 0 {
		rt.Skip("nothing was held")
	}
	s := pickNth(rt, "hold", w.holds)
	found := w.heldBy(s)
	listed := make(map[advocacy.PublicationID]bool)
	for _, x := range found {
		listed[x.ID] = true
	}
	for id, by := range w.missed {
		if x, err := w.Store.Publication(w.ctx, w.W, id); by == s && err == nil && x.State == advocacy.Scheduled && !listed[id] {
			w.problem("what a hold kept is not on its list")
		}
	}
	if len(found) > 0 {
		w.resume(s, rapid.IntRange(0, len(found)-1).Draw(rt, "publication"), pick(rt, "action", workflow.ResumeActions()...))
	}
}

func (w *world) drawGrant(rt *rapid.T) {
	if rapid.Bool().Draw(rt, "back to the beginning") {
		w.grant(w.Legal, []advocacy.Role{advocacy.RoleLegal})
		w.grant(w.PR, []advocacy.Role{advocacy.RolePR})
		return
	}
	who := pick(rt, "who", w.Legal, w.Legal2, w.PR, w.Both, w.Author, w.Curator)
	w.grant(who, pick(rt, "roles", []advocacy.Role{advocacy.RoleEmployee}, []advocacy.Role{advocacy.RoleLegal},
		[]advocacy.Role{advocacy.RolePR}, []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR}, []advocacy.Role{advocacy.RoleCurator, advocacy.RoleLegal}))
}

func (w *world) drawEnable(rt *rapid.T) {
	w.enable(pick(rt, "who", w.cast...), rapid.IntRange(0, 2).Draw(rt, "active") > 0)
}

func (w *world) drawAccount(rt *rapid.T) {
	w.switchAccount(pick(rt, "account", w.places...), rapid.IntRange(0, 2).Draw(rt, "ready") > 0)
}

func (w *world) drawAppoint(rt *rapid.T) {
	w.appoint(pick(rt, "account", w.places...), pick(rt, "owner", w.cast...), pick(rt, "deputy", w.cast...))
}

func (w *world) drawPolicy(rt *rapid.T) {
	w.enact(pick(rt, "policy", usual, usual, policy{legal: 2, pr: 1, veto: true}, policy{legal: 1, pr: 1, veto: true, ttl: 2 * time.Hour},
		policy{legal: 1, pr: 2, last: true, veto: true}, policy{legal: 1, pr: 1, last: true}, policy{legal: 2, pr: 2},
		policy{legal: 1, pr: 1}, policy{legal: 1, pr: 1, veto: true, fails: true},
		policy{legal: 1, pr: 1, veto: true, lets: true}, policy{legal: 2, pr: 1, fast: 1, lets: true}, policy{legal: 1, pr: 1, fast: 2, veto: true}))
}

// drawReroute lets an admin, or who is none of those who may, have a round routed again;
// often after a policy came into force that asks for less.
func (w *world) drawReroute(rt *rapid.T) {
	x := w.any(rt, slices.Concat(w.posts, w.items)...)
	if len(x.rounds) == 0 {
		rt.Skip("it was never submitted")
	}
	if rapid.Bool().Draw(rt, "under another policy") {
		w.enact(usual)
	}
	w.reroute(x, w.Admin, rapid.IntRange(0, 5).Draw(rt, "machine") == 5, x.drawShown(rt))
}

func (w *world) drawWait(rt *rapid.T) {
	w.wait(pick(rt, "time", time.Microsecond, time.Minute, time.Hour, 24*time.Hour, 15*24*time.Hour))
}

func (w *world) drawWork(rt *rapid.T) { w.work(rapid.Bool().Draw(rt, "with a working network")) }

func (w *world) drawInterrupted(rt *rapid.T) {
	x := w.any(rt, w.posts...)
	w.interrupted(x, interruption{
		step:   pick(rt, "step", publish.StepClaimed, publish.StepAnswered),
		deed:   pick(rt, "deed", "edit", "hold", "veto", "withdraw", "disable", "revoke", "sleep", "switch off"),
		lawyer: pick(rt, "who", w.Legal, w.Legal2), at: pick(rt, "place", w.places...),
		through: rapid.Bool().Draw(rt, "with something to do"),
	})
}

func (w *world) drawAnswer(rt *rapid.T) {
	class := network.Accepted
	if rapid.Bool().Draw(rt, "odd") {
		class = pick(rt, "class", append(network.Classes(), network.UnknownOutcome)...)
	}
	w.answer(class)
}

func (w *world) drawJobs(*rapid.T) { w.jobs() }

// pick draws one of some values, each of which says what it is when a failure is printed.
func pick[T any](rt *rapid.T, label string, of ...T) T { return rapid.SampledFrom(of).Draw(rt, label) }

// pickNth draws one of some things by its place.
func pickNth[T any](rt *rapid.T, label string, of []T) T {
	return of[rapid.IntRange(0, len(of)-1).Draw(rt, label)]
}
