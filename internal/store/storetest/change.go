package storetest

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// tail follows the changes of a house's turns.
type tail struct {
	*house
	place workflow.TaskPlace
	// last is each turn as it was read last, and seen the order in which they came.
	last map[advocacy.TaskID]workflow.Task
	seen []advocacy.TaskID
}

func (h *house) tail() *tail { return &tail{house: h, last: make(map[advocacy.TaskID]workflow.Task)} }

// read reads what there is, in pages of a few.
func (l *tail) read() {
	l.t.Helper()
	for {
		some, next, err := l.s.ChangedTasks(ctx(l.t), l.ws, l.place, 3)
		if err != nil {
			l.t.Fatal(err)
		}
		l.place = next
		for _, k := range some {
			l.last[k.ID] = k
			l.seen = append(l.seen, k.ID)
		}
		if len(some) < 3 {
			return
		}
	}
}

// until reads on until it holds; other transactions of the database can hold a change back.
func (l *tail) until(what string, holds func() bool) {
	l.t.Helper()
	for c := ctx(l.t); !holds(); {
		if c.Err() != nil {
			l.t.Fatalf("%s did not come", what)
		}
		l.read()
		runtime.Gosched()
	}
}

// changes holds that each way to change a turn is a change and putting it as it is is
// none, that turns come in the order of their changes, and none of another workspace.
func changes(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	a, b := h.task(0), h.task(1)
	more := a
	more.Have++
	other.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, other.task(0)) })
	l := h.tail()
	for _, step := range []struct {
		what string
		do   func(ctx context.Context, tx workflow.Tx) error
		want int
	}{
		{"a new turn", func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, a) }, 1},
		{"another", func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, b) }, 2},
		{"the same again, which is none", func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, a, b) }, 2},
		{"a signature more", func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, more, b) }, 3},
		{"a mark", func(ctx context.Context, tx workflow.Tx) error { return tx.MarkTask(ctx, &b) }, 4},
		{"a look that goes on, which is none", func(ctx context.Context, tx workflow.Tx) error {
			b.Looks = []workflow.Look{{Person: h.approver, Since: start, Until: start.Add(time.Minute)}}
			return tx.KeepLooks(ctx, &b)
		}, 4},
		{"the end of both", func(ctx context.Context, tx workflow.Tx) error { return tx.CloseTasks(ctx, h.draft.Subject()) }, 6},
	} {
		h.update(step.do)
		l.until(step.what, func() bool { return len(l.seen) >= step.want })
	}
	want := []advocacy.TaskID{a.ID, b.ID, a.ID, b.ID, a.ID, b.ID}
	same(t, want, l.seen)
	if kept, err := s.Task(ctx(t), h.ws, b.ID); err != nil || len(kept.Looks) != 1 {
		t.Errorf("of one look %d are kept, %v", len(kept.Looks), err)
	}
	if got := l.last[a.ID].State; got != workflow.TaskDone {
		t.Errorf("the turn ended %s", got)
	}
	clock, err := s.TaskClock(ctx(t), h.ws)
	if err != nil || clock.Settled < l.place.Change || clock.Latest < clock.Settled {
		t.Errorf("at %+v the clock is %+v, %v", l.place, clock, err)
	}
}

// lateCommit holds that a change is not missed whose transaction began before another and
// committed after it.
func lateCommit(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	_, second := h.submitted()
	early, late := h.task(0), h.task(1)
	late.Subject = second.Subject
	began, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var group sync.WaitGroup
	put := func(hold bool, k workflow.Task) {
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			if err := tx.PutTasks(ctx, k); err != nil || !hold {
				return err
			}
			once.Do(func() { close(began) })
			<-release
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	group.Go(func() { put(true, early) })
	<-began
	l := h.tail()
	if s.Dialect() == "postgres" {
		put(false, late)
	} else {
		group.Go(func() { put(false, late) }) // it waits for the one writer
	}
	for range 20 {
		l.read()
	}
	close(release)
	group.Wait()
	l.until("both turns", func() bool { return len(l.last) == 2 })
}

// everyChange holds that who follows while many write ends with what is kept.
func everyChange(t *testing.T, s *store.Store) {
	const writers, rounds = 6, 15
	h := newHouse(t, s)
	turns := make([]workflow.Task, writers)
	for i := range turns {
		turns[i] = h.task(i)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, turns...) })
	done := make(chan struct{})
	go func() {
		defer close(done)
		race(writers, func(i int) {
			for n := range rounds {
				err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
					k := turns[(i+n)%writers]
					k.ID = advocacy.TaskID(id("task")) // a new one each time, as whoever counts again makes
					k.Have = i*rounds + n
					return tx.PutTasks(ctx, k)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}()
	l := h.tail()
	for writing := true; writing; {
		l.read()
		select {
		case <-done:
			writing = false
		default:
		}
	}
	kept, _, err := s.Tasks(ctx(t), workflow.TaskQuery{Page: all, Workspace: h.ws})
	if err != nil || len(kept) != writers {
		t.Fatalf("%d turns are kept, %v", len(kept), err)
	}
	l.until("the last change", func() bool {
		for _, k := range kept {
			if l.last[k.ID].Have != k.Have {
				return false
			}
		}
		return true
	})
}
