package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// taken gives away every connection of a pool.
func taken(t *testing.T, pool *sql.DB) {
	t.Helper()
	for range pool.Stats().MaxOpenConnections {
		c, err := pool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
}

// TestEverythingIsTaken (F25): when no connection is free, a call is told so in time and when to come
// again, what stops reads and writes all the same, and what nobody waits for waits.
func TestEverythingIsTaken(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(t testing.TB) string{
		"sqlite":   func(t testing.TB) string { return filepath.Join(t.TempDir(), "store.db") },
		"postgres": testpg.New,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Open(t.Context(), Config{DSN: dsn(t), Now: time.Now, Patience: 50 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			door, stopping := workflow.InTurn(t.Context(), workflow.AtTheDoor), workflow.InTurn(t.Context(), workflow.Stopping)
			add := func(ctx context.Context, id advocacy.WorkspaceID) error {
				return s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
					return tx.AddWorkspace(ctx, &advocacy.Workspace{ID: id})
				})
			}
			read := func(ctx context.Context) error {
				_, _, err := s.Workspaces(ctx, workflow.Page{Size: 10})
				return err
			}
			if err := add(door, "before"); err != nil {
				t.Fatal(err)
			}
			if s.readers != nil {
				taken(t, s.readers)
			} else {
				taken(t, s.writer)
			}
			if s.queue == nil {
				exhausted(t, add(door, "refused"))
				if err := add(stopping, "stopped"); err != nil {
					t.Errorf("what stops cannot write: %v", err)
				}
			}
			exhausted(t, read(door))
			if err := read(stopping); err != nil {
				t.Errorf("what stops cannot read: %v", err)
			}
			waits, cancel := context.WithTimeout(t.Context(), 3*s.config.Patience)
			defer cancel()
			if err := read(waits); advocacy.ReasonOf(err) != "DEADLINE_EXCEEDED" {
				t.Errorf("what nobody waits for is answered %v", err)
			}
		})
	}
}

// exhausted wants the answer of who found everything taken.
func exhausted(t *testing.T, err error) {
	t.Helper()
	e, _ := err.(*advocacy.Error)
	if e == nil || e.Kind != advocacy.Exhausted || e.Reason != "STORE_EXHAUSTED" || e.Retry <= 0 {
		t.Errorf("a call is answered %v", err)
	}
}

// TestWriterIsTaken (F25): while somebody has the one writer of SQLite, a call is told so in time, and
// what nobody waits for, and what stops, is done.
func TestWriterIsTaken(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Config{DSN: filepath.Join(t.TempDir(), "store.db"), Now: time.Now, Patience: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var order []string
	update := func(turn workflow.Turn, name string, entered, leave chan struct{}) <-chan error {
		result := make(chan error, 1)
		go func() {
			result <- s.Update(workflow.InTurn(t.Context(), turn), func(context.Context, workflow.Tx) error {
				order = append(order, name)
				if entered != nil {
					close(entered)
					<-leave
				}
				return nil
			})
		}()
		return result
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	holder := update(workflow.Background, "holder", entered, leave)
	<-entered
	waiting := update(workflow.Background, "waiting", nil, nil)
	exhausted(t, <-update(workflow.AtTheDoor, "refused", nil, nil))
	stopping := update(workflow.Stopping, "stopping", nil, nil)
	close(leave)
	for _, result := range []<-chan error{holder, waiting, stopping} {
		if err := <-result; err != nil {
			t.Error(err)
		}
	}
	if slices.Contains(order, "refused") || len(order) != 3 {
		t.Errorf("done are %v", order)
	}
}
