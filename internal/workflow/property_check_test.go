package workflow_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

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
func (w *world) glance(rt *rapid.T) {
	w.steps++
	if w.steps%100 == 0 {
		w.check(rt)
		return
	}
	for _, p := range w.problems {
		rt.Errorf("%s", p)
	}
	if i := w.steps % (len(w.posts) + len(w.items)); i < len(w.posts) {
		w.checkPost(rt, w.posts[i])
	} else {
		w.checkItem(rt, w.items[i-len(w.posts)])
	}
}

// check asks whether everything that must hold at any time holds now.
func (w *world) check(rt *rapid.T) {
	for _, p := range w.problems {
		rt.Errorf("%s", p)
	}
	for _, x := range w.posts {
		w.checkPost(rt, x)
	}
	for _, x := range w.items {
		w.checkItem(rt, x)
	}
	w.checkDeliveries(rt)
}

// checkDeliveries: nothing went out twice [I18], and nothing without a place to go.
func (w *world) checkDeliveries(rt *rapid.T) {
	times := make(map[place]int)
	for _, d := range w.ledger.Sent() {
		var body struct {
			Digest advocacy.Digest `json:"digest"`
		}
		ok(w.tb, json.Unmarshal(d.Body, &body))
		p, err := w.Store.Publication(w.ctx, w.W, d.Publication)
		ok(w.tb, err)
		if p.Digest != body.Digest || d.Key != string(p.ID) {
			rt.Errorf("publication %s of %s sent the bytes of %s", p.ID, p.Digest, body.Digest)
		}
		times[place{p.Post, p.Revision, p.Account}]++
	}
	for where, n := range times {
		if n > 1+w.again[where] {
			rt.Errorf("revision %d of post %s went to %s %d times; a person asked for it %d times more",
				where.revision, where.post, where.account, n, w.again[where])
		}
	}
}

func (w *world) checkPost(rt *rapid.T, x *writing) {
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
		rt.Errorf("post %s is stored as %s, the facts say %s", x.id, stored.State, want)
	}
	if stored.Head != x.head().number || stored.Round != len(x.rounds) || stored.Withdrawn != x.withdrawn {
		rt.Errorf("post %s is at revision %d, round %d, withdrawn %t; what was granted says %d, %d, %t",
			x.id, stored.Head, stored.Round, stored.Withdrawn, x.head().number, len(x.rounds), x.withdrawn)
	}
	w.checkRounds(rt, x, reviews)
	w.checkPublications(rt, x, reviews, all)
	w.checkTrail(rt, x, reviews, all)
	w.checkExplanation(rt, x, all)
}

var unordered = cmpopts.SortSlices(func(a, b advocacy.Blocker) int { return strings.Compare(a.Code+a.Subject, b.Code+b.Subject) })

// checkExplanation: what people are told is in the way of a scheduled publication is what
// the gate would find (I24).
func (w *world) checkExplanation(rt *rapid.T, x *writing, all []advocacy.Publication) {
	told, err := w.Flow.ExplainPost(w.ctx, w.As(w.Auditor), w.W, advocacy.PostID(x.id))
	ok(w.tb, err)
	for i := range all {
		p := &all[i]
		if p.State != advocacy.Scheduled || p.Revision != told.Post.Head {
			continue
		}
		var found []advocacy.Blocker
		ok(w.tb, w.Store.Update(w.ctx, func(ctx context.Context, tx workflow.Tx) error {
			passage, err := w.Flow.Passage(ctx, tx, w.W, p.Post, p.ID)
			if err == nil {
				found = passage.Explain()
			}
			return err
		}))
		i := slices.IndexFunc(told.Targets, func(t workflow.TargetExplanation) bool { return t.Account == p.Account })
		if diff := cmp.Diff(found, told.Targets[i].Blockers, cmpopts.EquateEmpty(), unordered); diff != "" {
			rt.Errorf("publication %s of post %s: the gate finds (-), people are told (+):\n%s", p.ID, x.id, diff)
		}
	}
}

func (w *world) checkItem(rt *rapid.T, x *writing) {
	stored, err := w.Store.Item(w.ctx, w.W, advocacy.ItemID(x.id))
	ok(w.tb, err)
	reviews := w.reviews(x)
	var head *advocacy.Review
	if n := len(reviews); n > 0 && reviews[n-1].Revision == stored.Head {
		head = &reviews[n-1]
	}
	if want := advocacy.ItemStateOf(stored, head); stored.State != want { // I30
		rt.Errorf("item %s is stored as %s, the facts say %s", x.id, stored.State, want)
	}
	if stored.InForce != x.inForce || stored.Head != x.head().number {
		rt.Errorf("item %s has revision %d in force, what was granted says %d", x.id, stored.InForce, x.inForce)
	}
	w.checkRounds(rt, x, reviews)
	w.checkTrail(rt, x, reviews, nil)
}

// checkRounds: one digest names what is under review (I1), at most one round is live, a
// plan asks somebody (I12), and decisions are persons' words on those bytes, never by who
// wrote them (I5, I7, I9), never changed (I6).
// checkTurns: a round that waits is somebody's turn, and one that is over nobody's [I25].
func (w *world) checkTurns(rt *rapid.T, x *writing, reviews []advocacy.Review) {
	tasks, _, err := w.Store.Tasks(w.ctx, workflow.TaskQuery{Workspace: w.W, Subject: x.subject, State: workflow.TaskOpen, Page: workflow.Page{Size: 1000}})
	ok(w.tb, err)
	open := make(map[int]int)
	for i := range tasks {
		open[tasks[i].Round]++
	}
	for _, r := range reviews {
		waits := r.State.Live() && r.State != advocacy.ReviewApproved
		if waits && open[r.Round] == 0 || !waits && r.State != advocacy.ReviewRejected && open[r.Round] > 0 {
			rt.Errorf("round %d of %s is %s, and %d turns are open", r.Round, x.id, r.State, open[r.Round])
		}
	}
}

func (w *world) checkRounds(rt *rapid.T, x *writing, reviews []advocacy.Review) {
	live := 0
	for _, r := range reviews {
		v := x.rounds[r.Round-1].version
		if r.Digest != v.digest || r.Revision != v.number || r.Assent.Digest != v.digest {
			rt.Errorf("round %d of %s is about %s, assented %s, was submitted as %s", r.Round, x.id, r.Digest, r.Assent.Digest, v.digest)
		}
		if len(r.Plan.Requirements) == 0 {
			rt.Errorf("round %d of %s asks nobody", r.Round, x.id)
		}
		if r.State.Live() && r.Revision == x.head().number {
			live++
		}
	}
	w.checkTurns(rt, x, reviews)
	if live > 1 {
		rt.Errorf("%d live rounds about the head of %s", live, x.id)
	}
	all, err := w.Store.Decisions(w.ctx, x.subject)
	ok(w.tb, err)
	if len(all) != len(x.said) {
		rt.Errorf("%d decisions on %s, %d were granted", len(all), x.id, len(x.said))
	}
	for _, d := range all {
		v := x.rounds[d.Round-1].version
		// Whoever was named after having decided was a judge then; what is counted the judge
		// of deliveries asks.
		if d.Digest != v.digest || slices.Contains(v.writers, d.Person) && !slices.ContainsFunc(x.named, func(n *naming) bool { return n.who == d.Person }) || d.Session == "" {
			rt.Errorf("decision %s on %s by %s in session %q", d.ID, d.Digest, d.Person, d.Session)
		}
		if d.Verdict == advocacy.Recuse || d.Verdict == advocacy.Retract {
			// They rest on no receipt, and one left later at the same instant is read beside them.
			d.ViewTime = time.Time{}
		}
		if before, known := w.kept[d.ID]; known && before != d {
			rt.Errorf("decision %s changed from %+v to %+v", d.ID, before, d)
		}
		w.kept[d.ID] = d
	}
}

// checkPublications: each is of the round and the bytes that allowed it (I1), at most one
// is live for a place (I18), and fencing tokens only grow (I19).
func (w *world) checkPublications(rt *rapid.T, x *writing, reviews []advocacy.Review, all []advocacy.Publication) {
	live := make(map[place]int)
	for _, p := range all {
		r := reviews[p.Round-1]
		if p.Digest != r.Digest || p.Revision != r.Revision {
			rt.Errorf("publication %s is of %s, its round of %s", p.ID, p.Digest, r.Digest)
		}
		if p.State.Live() {
			live[place{p.Post, p.Revision, p.Account}]++
		}
		if p.Revision != x.head().number && (p.State == advocacy.Claimed || p.State == advocacy.Scheduled && w.again[place{p.Post, p.Revision, p.Account}] == 0) {
			rt.Errorf("publication %s of revision %d is %s, the head is %d", p.ID, p.Revision, p.State, x.head().number)
		}
		if p.Epoch < w.epochs[p.ID] {
			rt.Errorf("the token of %s went from %d to %d", p.ID, w.epochs[p.ID], p.Epoch)
		}
		w.epochs[p.ID] = p.Epoch
	}
	for where, n := range live {
		if n > 1 {
			rt.Errorf("%d live publications at %+v", n, where)
		}
	}
}

// checkTrail replays the records of one life: each transition is allowed, each has its
// record, and the end is where things stand [I21].
func (w *world) checkTrail(rt *rapid.T, x *writing, reviews []advocacy.Review, all []advocacy.Publication) {
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
				rt.Errorf("the trail of %s cannot be replayed at %s: %v", name, r.Action, err)
			}
		}
	}
	for _, r := range reviews {
		if got := rounds[r.Subject.ReviewName(r.Round)]; got != r.State {
			rt.Errorf("round %d of %s is %s, the trail says %s", r.Round, x.id, r.State, got)
		}
	}
	for i := range all {
		if got := sent[all[i].Name()]; got == nil || got.State != all[i].State {
			rt.Errorf("publication %s is %s, the trail says %+v", all[i].ID, all[i].State, got)
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
func (w *world) settled(rt *rapid.T) {
	for _, s := range w.holds {
		if !s.over {
			w.lift(s)
		}
	}
	for _, s := range w.holds {
		for _, x := range w.heldBy(s) {
			w.resume(s, x, workflow.ResumeSend)
		}
	}
	for _, id := range w.cast {
		w.enable(id, true)
	}
	for _, id := range w.places {
		w.switchAccount(id, true)
	}
	w.ledger.AnsweringWith(nil)
	for range 4 {
		w.Clock.Advance(2 * time.Hour)
		w.granted("sweep", w.Worker.Sweep(w.ctx))
	}
	w.check(rt)
	for _, x := range w.posts {
		for _, p := range w.publications(x) {
			switch p.State {
			case advocacy.Scheduled, advocacy.Claimed, advocacy.Sending:
				rt.Errorf("publication %s was forgotten: it is %s and waits for %q", p.ID, p.State, p.Wait)
			}
		}
	}
}
