package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// InsertJob is what Open must give the store, so that the suite sees jobs come and go
// with their transaction. It keeps them in a table of its own.
func InsertJob(ctx context.Context, tx *sql.Tx, jobs ...advocacy.Job) error {
	for _, job := range jobs {
		// A name of ours and no value from outside.
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO storetest_jobs VALUES ('%s')", job.Kind)); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) jobs(kind string) (n int) {
	h.t.Helper()
	query := fmt.Sprintf("SELECT count(*) FROM storetest_jobs WHERE kind = '%s'", kind)
	if err := h.s.SQLWriter().QueryRowContext(ctx(h.t), query).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// everything writes a post, a record, a request and a job.
func (h *house) everything(p *advocacy.Post, r advocacy.AuditRecord, job string) func(context.Context, workflow.Tx) error {
	return func(ctx context.Context, tx workflow.Tx) error {
		request := workflow.Request{Workspace: h.ws, Caller: "c", ID: string(p.ID)}
		return errors.Join(tx.AddPost(ctx, p), tx.Record(ctx, r), tx.AddRequest(ctx, request),
			tx.Enqueue(ctx, advocacy.Job{Kind: job}))
	}
}

func (h *house) remains(p *advocacy.Post, r advocacy.AuditRecord, job string, want bool) {
	h.t.Helper()
	_, postErr := h.s.Post(ctx(h.t), h.ws, p.ID)
	_, recordErr := h.s.AuditRecord(ctx(h.t), h.ws, r.ID)
	jobs := h.jobs(job) > 0
	var request *workflow.Request
	h.update(func(ctx context.Context, tx workflow.Tx) (err error) {
		request, err = tx.FindRequest(ctx, h.ws, "c", string(p.ID))
		return err
	})
	if (postErr == nil) != want || (recordErr == nil) != want || jobs != want || (request != nil) != want {
		h.t.Fatalf("post: %v, record: %v, job: %t, request: %v; want all of them: %t", postErr, recordErr, jobs, request, want)
	}
	if !want {
		wantError(h.t, postErr, advocacy.NotFound, "POST_NOT_FOUND")
		wantError(h.t, recordErr, advocacy.NotFound, "AUDIT_RECORD_NOT_FOUND")
	}
}

var errOurs = errors.New("the use case changed its mind")

// failedTransactions holds that a transaction that fails, panics or is cancelled leaves
// nothing, not even a record or a job, and hurts no neighbour.
func failedTransactions(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	for name, ruin := range map[string]func(cancel func()) error{
		"error":  func(func()) error { return errOurs },
		"panic":  func(func()) error { panic(errOurs) },
		"cancel": func(cancel func()) error { cancel(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := *h
			h.t = t
			var wg sync.WaitGroup
			defer wg.Wait()
			// Neighbours that succeed, in the same group of commits on SQLite.
			for range 4 {
				wg.Go(func() {
					p, r, job := h.post(), h.record("post.created"), id("job")
					if err := h.s.Update(ctx(t), h.everything(p, r, job)); err != nil {
						t.Error(err)
					}
					h.remains(p, r, job, true)
				})
			}
			p, r, job := h.post(), h.record("post.created"), id("job")
			c, cancel := context.WithCancel(ctx(t))
			defer cancel()
			err := caught(func() error {
				return h.s.Update(c, func(ctx context.Context, tx workflow.Tx) error {
					if err := h.everything(p, r, job)(ctx, tx); err != nil {
						return err
					}
					return ruin(cancel)
				})
			})
			want := errOurs
			if name == "cancel" {
				want = context.Canceled
			}
			if !errors.Is(err, want) {
				t.Errorf("Update returned %v, want %v", err, want)
			}
			h.remains(p, r, job, false)
		})
	}
}

// caught runs fn and returns what it panicked with as its error.
func caught(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = v.(error)
		}
	}()
	return fn()
}

// cancelledContext holds that nothing runs under a context that has ended.
func cancelledContext(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	c, cancel := context.WithCancel(ctx(t))
	cancel()
	err := s.Update(c, func(context.Context, workflow.Tx) error {
		t.Error("the closure ran")
		return nil
	})
	wantError(t, err, advocacy.Unavailable, "CALL_CANCELLED")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not say that the context was cancelled", err)
	}
	_, err = s.Post(c, h.ws, "p")
	wantError(t, err, advocacy.Unavailable, "CALL_CANCELLED")
	_, _, err = s.Posts(c, workflow.PostQuery{Workspace: h.ws})
	wantError(t, err, advocacy.Unavailable, "CALL_CANCELLED")
}

// swallowedErrors holds that a use case cannot go on after a write that failed: not on
// PostgreSQL, which would refuse, and not on SQLite, which would not.
func swallowedErrors(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	p, twice := h.post(), h.post()
	twice.ID = p.ID
	h.refused(advocacy.Exists, "POST_EXISTS", func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddPost(ctx, p); err != nil {
			return err
		}
		_ = tx.AddPost(ctx, twice)
		// Nor does anything else run.
		_, err := tx.Post(ctx, h.ws, h.draft.ID)
		wantError(t, err, advocacy.Exists, "POST_EXISTS")
		wantError(t, tx.AddHold(ctx, h.hold()), advocacy.Exists, "POST_EXISTS")
		wantError(t, tx.Enqueue(ctx, advocacy.Job{Kind: "j"}), advocacy.Exists, "POST_EXISTS")
		return nil
	})
	_, err := s.Post(ctx(t), h.ws, p.ID)
	wantError(t, err, advocacy.NotFound, "POST_NOT_FOUND")
}

// nestedUpdate holds that Update inside Update is refused instead of waiting for itself.
func nestedUpdate(t *testing.T, s *store.Store) {
	nested := func(ctx context.Context, _ workflow.Tx) error {
		return s.Update(ctx, func(context.Context, workflow.Tx) error { return nil })
	}
	if err := s.Update(ctx(t), nested); err == nil {
		t.Fatal("Update inside Update was accepted")
	}
}

// transactionTime holds that Now is one instant, in UTC, of microseconds, and that it is
// not far from what is written on the wall.
func transactionTime(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		now := tx.Now()
		if now.Location() != time.UTC || now != now.Truncate(time.Microsecond) || !now.Equal(tx.Now()) {
			t.Errorf("Now is %v, then %v", now, tx.Now())
		}
		if d := time.Since(now); d < -time.Minute || d > time.Minute {
			t.Errorf("Now is %v away from the clock", d)
		}
		p := h.post()
		p.PublishTime = now
		if err := tx.AddPost(ctx, p); err != nil {
			return err
		}
		got, err := tx.Post(ctx, h.ws, p.ID)
		same(t, p, got)
		return err
	})
}

// ownWrites holds that a transaction reads what it wrote and nobody else does.
func ownWrites(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	p := h.post()
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddPost(ctx, p); err != nil {
			return err
		}
		list, _, err := tx.Posts(ctx, workflow.PostQuery{Workspace: h.ws, State: advocacy.PostDraft, Page: workflow.Page{Size: 5}})
		if err != nil {
			return err
		}
		same(t, []advocacy.Post{*p}, list)
		_, err = s.Post(ctx, h.ws, p.ID)
		wantError(t, err, advocacy.NotFound, "POST_NOT_FOUND")
		return nil
	})
}
