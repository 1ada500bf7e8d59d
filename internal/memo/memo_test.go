package memo_test

import (
	"errors"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/memo"
)

// TestMemo: each state of each workspace is made ready once while it is kept, a failure is not kept,
// and no more are kept than may be.
func TestMemo(t *testing.T) {
	t.Parallel()
	m := memo.New[memo.State, int](2)
	made := 0
	load := func(w advocacy.WorkspaceID, number int64, want, times int) {
		t.Helper()
		got, err := m.Load(memo.State{Workspace: w, Number: number}, func() (int, error) { made++; return want, nil })
		if err != nil || got != want || made != times {
			t.Errorf("state %d of %s is %d, %v, and was made ready as the %dth, want %d as the %dth", number, w, got, err, made, want, times)
		}
	}
	broken := errors.New("broken")
	if _, err := m.Load(memo.State{Workspace: "a", Number: 1}, func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("a failure is answered %v", err)
	}
	load("a", 1, 11, 1)
	load("a", 1, 11, 1)
	load("a", 2, 12, 2)
	load("b", 2, 22, 3)
	load("b", 2, 22, 3)
	if m.Len() != 2 {
		t.Errorf("%d are kept, want 2", m.Len())
	}
}
