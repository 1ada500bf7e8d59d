package workflow_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

func (w *world) publications(x *writing) []advocacy.Publication {
	all, err := w.Store.PublicationsOf(w.ctx, w.W, advocacy.PostID(x.id))
	ok(w.tb, err)
	return all
}

// reviews are the rounds of a subject, oldest first.
func (w *world) reviews(x *writing) []advocacy.Review {
	all, _, err := w.Store.Reviews(w.ctx, x.subject, workflow.Page{Size: 1000, Oldest: true})
	ok(w.tb, err)
	return all
}

func (w *world) trail(parent string) []advocacy.AuditRecord {
	all, next, err := w.Store.AuditRecords(w.ctx, workflow.RecordQuery{Workspace: w.W, Parent: parent, Page: workflow.Page{Size: 5000, Oldest: true}})
	ok(w.tb, err)
	if next != "" {
		w.tb.Fatal("the trail is longer than a page of this test")
	}
	return all
}

func (w *world) count() int { return len(w.trail("")) }

// approved are the rounds that are approved now.
func (w *world) approved() map[string]bool {
	out := make(map[string]bool)
	for _, x := range slices.Concat(w.posts, w.items) {
		for _, r := range w.reviews(x) {
			if r.State == advocacy.ReviewApproved {
				out[r.Subject.ReviewName(r.Round)] = true
			}
		}
	}
	return out
}

// glance asks after each step what is cheap to know: whether anything left that must not,
// and whether all is well with one of the posts and items, in turn. Every hundred steps,
// and at the end, it asks for everything.
func (w *world) glance() {
	w.steps++
	if w.steps%100 == 0 {
		w.check()
		return
	}
	w.complain()
	n := len(w.posts) + len(w.items)
	if n == 0 {
		return
	}
	if i := w.steps % n; i < len(w.posts) {
		w.checkPost(w.posts[i])
	} else {
		w.checkItem(w.items[i-len(w.posts)])
	}
}

func (w *world) complain() {
	for _, p := range w.problems {
		w.tb.Errorf("%s", p)
	}
	w.problems = nil
}

// check asks whether everything that must hold at any time holds now, after the jobs that
// notice what time and roles took away. Which invariant is asked where:
//
//	I1 checkRounds, checkPublications, carries · I2 signed, by the judge of each request ·
//	I3 decided, counts · I4 obstacle · I5 counts · I6 checkRounds, checkRecords · I7 wrote ·
//	I8 most · I9 decided · I10 counts · I11 needs · I12 checkRounds, signed · I13 policy.asks ·
//	I14 wait · I15 objection · I16 counts · I17 obstacle · I18 checkDeliveries,
//	checkPublications · I19 checkPublications · I20 shared · I21 checkTrail · I22 repeat ·
//	I23 checkTrail · I24 checkExplanation, checkAnswers, checkCount · I25 checkTurns, checkUnknown, checkAnswerable · I26 checkFeasible ·
//	I27 counts, decided · I28 checkCount, which knows no claims · I29 checkNeighbour, trespass ·
//	I30 checkPost, checkItem · I31 obstacle
func (w *world) check() {
	w.expire()
	w.reassess()
	w.complain()
	for _, x := range w.posts {
		w.checkPost(x)
	}
	for _, x := range w.items {
		w.checkItem(x)
	}
	for _, x := range slices.Concat(w.posts, w.items) {
		w.checkFeasible(x)
		w.checkAnswerable(x)
	}
	w.checkAnswers()
	w.checkDeliveries()
	w.checkRecords()
	w.checkNeighbour()
	w.complain()
}

// checkRecords: what was written down stays as it is [I6].
func (w *world) checkRecords() {
	all := w.trail("")
	if len(all) < len(w.trailed) {
		w.tb.Errorf("%d records are left of %d", len(all), len(w.trailed))
		return
	}
	digests := make([]advocacy.Digest, len(all))
	for i := range all {
		text, err := json.Marshal(all[i])
		ok(w.tb, err)
		digests[i] = advocacy.DigestOf(text)
	}
	if n := len(w.trailed); !slices.Equal(digests[:n], w.trailed) {
		w.tb.Errorf("the first %d records are not what they were", n)
	}
	w.trailed = digests
}

// live is the newest round of a writing, when it is about the head, may still move, and its
// time is not over.
func (w *world) live(x *writing) *advocacy.Review {
	r := x.newest()
	if r == nil || x.withdrawn || r.version.number != x.head().number {
		return nil
	}
	review, err := w.Store.Review(w.ctx, x.subject, r.number)
	ok(w.tb, err)
	over := review.State != advocacy.ReviewApproved && !review.ExpireTime.IsZero() && !w.Clock.Now().Before(review.ExpireTime)
	if !review.State.Live() || over {
		return nil
	}
	return review
}

// checkCount: the service counts what is signed exactly as one who tries every choice, and
// who knows no claims [I2, I24, I28].
func (w *world) checkCount(x *writing) {
	if w.live(x) == nil {
		return
	}
	w.learn(x)
	view, err := w.Flow.Review(w.ctx, w.As(w.Auditor), x.subject, len(x.rounds))
	ok(w.tb, err)
	if why := w.signed(x); (why == "") != view.Tally.Satisfied {
		w.tb.Errorf("round %d of %s is counted as %t, with %+v in the way; what was granted says %q",
			len(x.rounds), x.id, view.Tally.Satisfied, view.Tally.Blockers, why)
	}
}

// checkFeasible: a round that nobody can finish says so, and no other does [I26].
func (w *world) checkFeasible(x *writing) {
	review := w.live(x)
	if review == nil || review.State != advocacy.ReviewOpen && review.State != advocacy.ReviewUnroutable {
		return
	}
	w.learn(x)
	if review.State == advocacy.ReviewUnroutable {
		w.reached.unroutable++
	}
	if can := w.feasible(x); can == (review.State == advocacy.ReviewUnroutable) {
		w.tb.Errorf("round %d of %s is %s; that somebody can finish it is %t: %+v is asked for, %s",
			review.Round, w.known(reflect.ValueOf(x.id)), review.State, can, w.needs(x), w.signers(x))
	}
}

// checkAnswerable: a discussion waits for somebody who can resolve it, or for an admin who can give
// its role to somebody, and what its author should do for no author who is gone [I25].
func (w *world) checkAnswerable(x *writing) {
	tasks, _, err := w.Store.Tasks(w.ctx, workflow.TaskQuery{Workspace: w.W, Subject: x.subject, State: workflow.TaskOpen, Page: workflow.Page{Size: 1000}})
	ok(w.tb, err)
	for i := range tasks {
		k := &tasks[i]
		if k.Role == "" && k.Person != "" && !w.people[k.Person].active && w.live(x) != nil {
			w.tb.Errorf("%s waits for %s, who is gone", x.id, w.name(k.Person))
		}
		if k.Why != advocacy.WhyThreadOpen {
			continue
		}
		lifts := func(who advocacy.PersonID) bool {
			opened := slices.ContainsFunc(x.talks, func(k *talk) bool { return !k.over && k.opener == who })
			return w.people[who].holds(k.Role, w.Clock.Now()) && (opened || !w.wrote(x, x.head(), who))
		}
		if !slices.ContainsFunc(w.cast, lifts) {
			w.tb.Errorf("a discussion of %s waits for %s, of whom nobody can resolve it", x.id, k.Role)
		}
	}
}

// checkDeliveries: nothing went out twice [I18], and nothing without a place to go.
func (w *world) checkDeliveries() {
	times := make(map[place]int)
	for _, d := range w.ledger.Sent() {
		var body struct {
			Digest advocacy.Digest `json:"digest"`
		}
		ok(w.tb, json.Unmarshal(d.Body, &body))
		p, err := w.Store.Publication(w.ctx, w.W, d.Publication)
		ok(w.tb, err)
		if p.Digest != body.Digest || d.Key != string(p.ID) {
			w.tb.Errorf("publication %s of %s sent the bytes of %s", p.ID, p.Digest, body.Digest)
		}
		times[place{p.Post, p.Revision, p.Account}]++
	}
	for where, n := range times {
		if n > 1+w.again[where] {
			w.tb.Errorf("revision %d of post %s went to %s %d times; a person asked for it %d times more",
				where.revision, where.post, where.account, n, w.again[where])
		}
	}
}

func (w *world) checkPost(x *writing) {
	stored, err := w.Store.Post(w.ctx, w.W, advocacy.PostID(x.id))
	ok(w.tb, err)
	reviews, all := w.reviews(x), w.publications(x)
	var head *advocacy.Review
	if n := len(reviews); n > 0 && reviews[n-1].Revision == stored.Head {
		head = &reviews[n-1]
	}
	var facts []advocacy.Publication
	if head != nil {
		facts = all
	}
	if want := advocacy.StateOf(stored, head, facts); stored.State != want { // I30
		w.tb.Errorf("post %s is stored as %s, the facts say %s", x.id, stored.State, want)
	}
	if stored.Head != x.head().number || stored.Round != len(x.rounds) || stored.Withdrawn != x.withdrawn {
		w.tb.Errorf("post %s is at revision %d, round %d, withdrawn %t; what was granted says %d, %d, %t",
			x.id, stored.Head, stored.Round, stored.Withdrawn, x.head().number, len(x.rounds), x.withdrawn)
	}
	w.checkRounds(x, reviews)
	w.checkPublications(x, reviews, all)
	w.checkTrail(x, reviews, all)
	w.checkCount(x)
	w.checkExplanation(x, all)
}

var unordered = cmpopts.SortSlices(func(a, b advocacy.Blocker) int { return strings.Compare(a.Code+a.Subject, b.Code+b.Subject) })

// checkExplanation: what people are told is in the way of a scheduled publication is what
// the gate would find; nothing is when the gate would let it go, and when nothing that was
// granted speaks against it (I24).
func (w *world) checkExplanation(x *writing, all []advocacy.Publication) {
	if !slices.ContainsFunc(all, func(p advocacy.Publication) bool { return p.State == advocacy.Scheduled }) {
		return
	}
	told, err := w.Flow.ExplainPost(w.ctx, w.As(w.Auditor), w.W, advocacy.PostID(x.id))
	ok(w.tb, err)
	for i := range all {
		p := &all[i]
		if p.State != advocacy.Scheduled || p.Revision != told.Post.Head {
			continue
		}
		var passage *advocacy.Passage
		ok(w.tb, w.Store.Update(w.ctx, func(ctx context.Context, tx workflow.Tx) (err error) {
			passage, err = w.Flow.Passage(ctx, tx, w.W, p.Post, p.ID)
			return err
		}))
		i := slices.IndexFunc(told.Targets, func(t workflow.TargetExplanation) bool { return t.Account == p.Account })
		said := told.Targets[i].Blockers
		if diff := cmp.Diff(passage.Explain(), said, cmpopts.EquateEmpty(), unordered); diff != "" {
			w.tb.Errorf("publication %s of post %s: the gate finds (-), people are told (+):\n%s", p.ID, x.id, diff)
		}
		early := passage.Now.Before(p.DueTime)
		if verdict, _ := passage.Judge(); (verdict == advocacy.GateSend) != (len(said) == 0 && !early) {
			w.tb.Errorf("publication %s of post %s: the gate says %d, people are told %+v", p.ID, x.id, verdict, said)
		}
		if why := w.inTheWay(x, p); (why == "") != (len(said) == 0) {
			w.tb.Errorf("publication %s of post %s: what was granted says %q, people are told %+v", p.ID, x.id, why, said)
		}
	}
}

// inTheWay says what is in the way of a publication apart from the time.
func (w *world) inTheWay(x *writing, p *advocacy.Publication) string {
	on := advocacy.SocialAccount{ID: p.Account, Network: p.Network}
	for _, s := range w.holds {
		if s.over && s.until.After(p.DueTime) && w.stops(s, x, on) {
			return "its time passed under a hold: " + string(s.scope)
		}
	}
	a, err := w.Store.Account(w.ctx, w.W, p.Account)
	ok(w.tb, err)
	if a.State == advocacy.AccountReconnect { // the network said so, and nobody was asked
		return "the network takes the credential no more"
	}
	return w.obstacle(x, on)
}

func (w *world) checkItem(x *writing) {
	stored, err := w.Store.Item(w.ctx, w.W, advocacy.ItemID(x.id))
	ok(w.tb, err)
	reviews := w.reviews(x)
	var head *advocacy.Review
	if n := len(reviews); n > 0 && reviews[n-1].Revision == stored.Head {
		head = &reviews[n-1]
	}
	if want := advocacy.ItemStateOf(stored, head); stored.State != want { // I30
		w.tb.Errorf("item %s is stored as %s, the facts say %s", x.id, stored.State, want)
	}
	if stored.InForce != x.inForce || stored.InForceRound != x.inForceRound || stored.Head != x.head().number {
		w.tb.Errorf("item %s has revision %d of round %d in force, what was granted says %d of %d", x.id, stored.InForce, stored.InForceRound, x.inForce, x.inForceRound)
	}
	w.checkRounds(x, reviews)
	w.checkTrail(x, reviews, nil)
	w.checkCount(x)
}

// checkTurns: a round that waits is somebody's turn, and one that is over nobody's [I25].
func (w *world) checkTurns(x *writing, reviews []advocacy.Review) {
	tasks, _, err := w.Store.Tasks(w.ctx, workflow.TaskQuery{Workspace: w.W, Subject: x.subject, State: workflow.TaskOpen, Page: workflow.Page{Size: 1000}})
	ok(w.tb, err)
	open := make(map[int]int)
	for i := range tasks {
		if tasks[i].Why != advocacy.WhyUnknown {
			open[tasks[i].Round]++
		}
	}
	w.checkUnknown(x, tasks)
	for _, r := range reviews {
		waits := r.State.Live() && r.State != advocacy.ReviewApproved
		if waits && open[r.Round] == 0 || !waits && r.State != advocacy.ReviewRejected && open[r.Round] > 0 {
			w.tb.Errorf("round %d of %s is %s, and %d turns are open", r.Round, x.id, r.State, open[r.Round])
		}
	}
}

// checkUnknown: where nobody knows how a publication ended it is the turn of who may say it, since
// the first came to be so; where that is known of all, it is nobody's [I25].
func (w *world) checkUnknown(x *writing, tasks []workflow.Task) {
	want, got := make(map[int]time.Time), make(map[int]time.Time)
	if x.subject.Kind == advocacy.SubjectPost {
		last := make(map[string]time.Time) // what is told of a publication, after which nothing but its recall was
		for _, r := range w.trail(x.subject.Name()) {
			if r.Action != "publication.recall_requested" { // which changes nothing of what nobody knows
				last[r.Subject] = r.Time
			}
		}
		for _, p := range w.publications(x) {
			since, known := want[p.Round]
			if at := last[p.Name()]; p.State == advocacy.Unknown && (!known || at.Before(since)) {
				want[p.Round] = at
			}
		}
	}
	for i := range tasks {
		if k := &tasks[i]; k.Why == advocacy.WhyUnknown {
			got[k.Round] = k.Since
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.tb.Errorf("rounds of %s with a publication of which nobody knows wait since (-), turns (+):\n%s", x.id, diff)
	}
}

// checkRounds: one digest names what is under review (I1), at most one round is live, a
// plan asks somebody (I12), and decisions are persons' words on those bytes, never by who
// wrote them (I5, I7, I9), never changed (I6).
func (w *world) checkRounds(x *writing, reviews []advocacy.Review) {
	live := 0
	for _, r := range reviews {
		v := x.rounds[r.Round-1].version
		if r.Digest != v.digest || r.Revision != v.number || r.Assent.Digest != v.digest {
			w.tb.Errorf("round %d of %s is about %s, assented %s, was submitted as %s", r.Round, x.id, r.Digest, r.Assent.Digest, v.digest)
		}
		if len(r.Plan.Requirements) == 0 {
			w.tb.Errorf("round %d of %s asks nobody", r.Round, x.id)
		}
		if r.State.Live() && r.Revision == x.head().number {
			live++
		}
	}
	w.checkTurns(x, reviews)
	if live > 1 {
		w.tb.Errorf("%d live rounds about the head of %s", live, x.id)
	}
	all, err := w.Store.Decisions(w.ctx, x.subject)
	ok(w.tb, err)
	if len(all) != len(x.said) {
		w.tb.Errorf("%d decisions on %s, %d were granted", len(all), x.id, len(x.said))
	}
	for _, d := range all {
		v := x.rounds[d.Round-1].version
		// Whoever was named after having decided was a judge then; what is counted the judge
		// of deliveries asks.
		if d.Digest != v.digest || slices.Contains(v.writers, d.Person) && !slices.ContainsFunc(x.named, func(n *naming) bool { return n.who == d.Person }) || d.Session == "" {
			w.tb.Errorf("decision %s on %s by %s in session %q", d.ID, d.Digest, d.Person, d.Session)
		}
		if d.Verdict == advocacy.Recuse || d.Verdict == advocacy.Retract {
			// They rest on no receipt, and one left later at the same instant is read beside them.
			d.ViewTime = time.Time{}
		}
		if before, known := w.kept[d.ID]; known && before != d {
			w.tb.Errorf("decision %s changed from %+v to %+v", d.ID, before, d)
		}
		w.kept[d.ID] = d
	}
}

// checkPublications: each is of the round and the bytes that allowed it (I1), at most one
// is live for a place (I18), and fencing tokens only grow (I19).
func (w *world) checkPublications(x *writing, reviews []advocacy.Review, all []advocacy.Publication) {
	live := make(map[place]int)
	for _, p := range all {
		r := reviews[p.Round-1]
		if p.Digest != r.Digest || p.Revision != r.Revision {
			w.tb.Errorf("publication %s is of %s, its round of %s", p.ID, p.Digest, r.Digest)
		}
		if p.State.Live() {
			live[place{p.Post, p.Revision, p.Account}]++
		}
		if p.Revision != x.head().number && (p.State == advocacy.Claimed || p.State == advocacy.Scheduled && w.again[place{p.Post, p.Revision, p.Account}] == 0) {
			w.tb.Errorf("publication %s of revision %d is %s, the head is %d", p.ID, p.Revision, p.State, x.head().number)
		}
		if p.Epoch < w.epochs[p.ID] {
			w.tb.Errorf("the token of %s went from %d to %d", p.ID, w.epochs[p.ID], p.Epoch)
		}
		w.epochs[p.ID] = p.Epoch
	}
	for where, n := range live {
		if n > 1 {
			w.tb.Errorf("%d live publications at %+v", n, where)
		}
	}
}

// checkTrail replays the records of one life: each transition is allowed, each has its
// record, and the end is where things stand [I21].
func (w *world) checkTrail(x *writing, reviews []advocacy.Review, all []advocacy.Publication) {
	rounds := make(map[string]advocacy.ReviewState)
	sent := make(map[string]*advocacy.Publication)
	for _, r := range w.trail(x.subject.Name()) {
		var detail struct {
			State      string
			Resolution advocacy.Resolution
		}
		ok(w.tb, json.Unmarshal(r.Detail, &detail))
		kind, what, _ := strings.Cut(r.Action, ".")
		name, _, _ := strings.Cut(r.Subject, "/decisions/")
		switch {
		case what == "submitted" || r.Action == "review.decided":
			rounds[name] = advocacy.ReviewState(detail.State)
		case r.Action == "review.viewed" || r.Action == "review.rerouted":
		case kind == "review":
			rounds[name] = advocacy.ReviewState(what)
		case r.Action == "publication.scheduled":
			sent[name] = &advocacy.Publication{State: advocacy.Scheduled}
		case kind == "publication" && what != "recall_requested" && what != "resumed":
			if err := sent[name].Apply(eventOf(what, detail.Resolution)); err != nil {
				w.tb.Errorf("the trail of %s cannot be replayed at %s: %v", name, r.Action, err)
			}
		}
	}
	for _, r := range reviews {
		if got := rounds[r.Subject.ReviewName(r.Round)]; got != r.State {
			w.tb.Errorf("round %d of %s is %s, the trail says %s", r.Round, x.id, r.State, got)
		}
	}
	for i := range all {
		if got := sent[all[i].Name()]; got == nil || got.State != all[i].State {
			w.tb.Errorf("publication %s is %s, the trail says %+v", all[i].ID, all[i].State, got)
		}
	}
}

// eventOf reads the event of a publication from the action of its record.
func eventOf(what string, resolution advocacy.Resolution) advocacy.PublicationEvent {
	switch what {
	case "cancelled":
		return advocacy.EventCancel
	case "resolved":
		return map[advocacy.Resolution]advocacy.PublicationEvent{
			advocacy.ResolveFound: advocacy.EventPublished, advocacy.ResolveAbsent: advocacy.EventRefused,
			advocacy.ResolveSendAgain: advocacy.EventSendAgain,
		}[resolution]
	default:
		return advocacy.PublicationEvent(what)
	}
}

// settled lets everything that is in the way end, and asks whether what was signed off
// went out: nothing may be forgotten.
func (w *world) settled() {
	w.inside++ // it belongs to every story
	defer func() { w.inside-- }()
	for _, s := range w.holds {
		if !s.over {
			w.lift(s)
		}
	}
	for _, s := range w.holds {
		for i := len(w.heldBy(s)) - 1; i >= 0; i-- {
			w.resume(s, i, workflow.ResumeSend)
		}
	}
	for _, id := range w.cast {
		w.enable(id, true)
	}
	for _, id := range w.orphans() {
		here := slices.DeleteFunc(slices.Clone(w.cast), func(id advocacy.PersonID) bool { return !w.people[id].active })
		w.appoint(id, here[0], here[1])
	}
	for _, id := range w.places {
		w.switchAccount(id, true)
	}
	w.ledger.AnsweringWith(nil)
	w.reassess()
	for range 4 {
		w.Clock.Advance(2 * time.Hour)
		w.granted("sweep", w.Worker.Sweep(w.ctx))
	}
	w.check()
	for _, x := range w.posts {
		for _, p := range w.publications(x) {
			switch p.State {
			case advocacy.Scheduled, advocacy.Claimed, advocacy.Sending:
				w.tb.Errorf("publication %s was forgotten: it is %s and waits for %q", p.ID, p.State, p.Wait)
			}
		}
	}
}
