package workflow_test

import (
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// What time, workers, networks and jobs do.

// resolve takes a person's word on any publication, whatever its state.
func (w *world) resolve(x *writing, n int, word advocacy.Resolution, machine bool) {
	defer w.telling("resolve", x, n, word, machine)()
	p := w.publications(x)[n]
	d := workflow.Resolve{Resolution: word, URL: "https://ledger.test/there", Reason: "I looked"}
	_, err := w.Flow.ResolvePublication(w.ctx, w.call(w.Admin, machine), w.W, p.Post, p.ID, d)
	if !w.granted("resolve", err) {
		return
	}
	if machine {
		w.problem("a machine said what became of a publication")
	}
	if word == advocacy.ResolveSendAgain {
		delete(w.missed, p.ID)
		w.again[place{p.Post, p.Revision, p.Account}]++
	}
}

// repeat makes the last call again: the same answer, and no second effect [I22].
func (w *world) repeat() {
	defer w.telling("repeat")()
	if w.last == nil {
		return
	}
	before := w.count()
	again, err := w.last()
	if err != nil || again != w.said {
		w.problem("a repetition answers %q (%v), the call answered %q", again, err, w.said)
	}
	if after := w.count(); after != before {
		w.problem("a repetition left %d records", after-before)
	}
}

// wait lets time pass, which alone approves nothing [I14].
func (w *world) wait(d time.Duration) {
	defer w.telling("wait", d)()
	before := w.approved()
	w.Clock.Advance(d)
	w.expire()
	for name := range w.approved() {
		if !before[name] {
			w.problem("time approved %s", name)
		}
	}
}

func (w *world) expire() {
	_, err := w.Flow.ExpireReviews(w.ctx)
	w.granted("expire", err)
}

func (w *world) work(onWorking bool) {
	defer w.telling("work", onWorking)()
	if onWorking {
		w.ledger.AnsweringWith(nil)
	}
	w.granted("sweep", w.Worker.Sweep(w.ctx))
}

// interruption is what happens while a worker is on its way, and after which of its steps.
type interruption struct {
	step, deed string
	lawyer     advocacy.PersonID
	at         advocacy.AccountID
	// through: there is something to do first.
	through bool
}

// interrupted does something while a worker is on its way: before the gate, or after the
// answer and before the receipt.
func (w *world) interrupted(x *writing, d interruption) {
	defer w.telling("interrupted", x, d)()
	if d.through {
		w.ledger.AnsweringWith(nil)
		w.through(x)
	}
	done := false
	w.Worker.Reached = func(reached string) {
		if reached != d.step || done {
			return
		}
		done = true
		w.interrupt(x, d)
	}
	w.granted("sweep", w.Worker.Sweep(w.ctx))
	w.Worker.Reached = nil
}

func (w *world) interrupt(x *writing, d interruption) {
	switch d.deed {
	case "edit":
		w.rewrite(x, x.author, redraft{text: "Interrupted."})
	case "hold":
		w.stop(advocacy.HoldWorkspace, "")
	case "veto":
		w.decide(x, saying{who: d.lawyer, verdict: advocacy.Reject, requirement: "legal", shown: x.head().number, over: true})
	case "withdraw":
		w.withdraw(x, x.author)
	case "disable":
		w.enable(x.author, false)
	case "revoke":
		w.grant(d.lawyer, []advocacy.Role{advocacy.RoleEmployee})
	case "switch off":
		w.switchAccount(d.at, false)
	case "sleep":
		w.Clock.Advance(2 * time.Minute)
		w.granted("another worker's sweep", w.Worker.Sweep(w.ctx))
	}
}

func (w *world) answer(class network.Class) {
	defer w.telling("answer", string(class))()
	if class == network.Accepted {
		w.ledger.AnsweringWith(nil)
		return
	}
	w.ledger.Answering(class)
}

// jobs carries out what would be in the queue of jobs.
func (w *world) jobs() {
	defer w.telling("jobs")()
	w.reassess()
	for _, x := range w.items {
		if x.withdrawn {
			w.granted("cancel shares", w.Flow.CancelShares(w.ctx, w.W, advocacy.ItemID(x.id)))
		}
	}
	for _, b := range w.batches {
		w.carryOut(b)
	}
	w.batches = nil
	for _, id := range w.recalls {
		w.granted("recall", w.Worker.Recall(w.ctx, publicationJob(w.House, id)))
	}
	w.recalls = nil
	for _, x := range w.posts {
		for _, p := range w.publications(x) {
			if p.State == advocacy.Unknown {
				w.granted("look", w.Worker.Look(w.ctx, publicationJob(w.House, p.ID)))
			}
		}
	}
}

func (w *world) reassess() {
	w.granted("reassess", w.Flow.Reassess(w.ctx, w.W, w.Flow.NewID()))
	for _, x := range w.items {
		w.talked(x) // what lacked when somebody last signed may be there now
	}
}
