package workflow

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
)

// TestOneThatFailsKeepsNobodyWaiting: what is due is done for everybody it can be done for, and what
// failed is told of.
func TestOneThatFailsKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ctx, stop := context.WithCancel(t.Context())
	var seen []int
	done, err := eachOnItsOwn(ctx, []int{1, 2, 3, 4, 5}, func(n *int) error {
		seen = append(seen, *n)
		if *n == 1 || *n == 3 {
			return broken
		}
		if *n == 4 {
			stop()
		}
		return nil
	})
	if done != 2 || !slices.Equal(seen, []int{1, 2, 3, 4}) || !errors.Is(err, broken) || !errors.Is(err, context.Canceled) {
		t.Errorf("%d done of %v: %v", done, seen, err)
	}
}

// TestWhatFailsInFrontHidesNothing: more than is taken at a time cannot be done, for ever; what is due
// behind it is done all the same, nothing is tried twice, and each that failed is told of.
func TestWhatFailsInFrontHidesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	due, tries := make([]int, 12), make(map[int]int)
	for i := range due {
		due[i] = i
	}
	sweep := func() (int, error) {
		clear(tries)
		return eachDue(t.Context(), 3, func(most int) ([]int, error) { return slices.Clone(due[:min(most, len(due))]), nil },
			func(n *int) string { return strconv.Itoa(*n) }, func(n *int) error {
				tries[*n]++
				if *n < 8 {
					return broken
				}
				due = slices.DeleteFunc(due, func(o int) bool { return o == *n })
				return nil
			})
	}
	done, err := sweep()
	if done != 4 || !errors.Is(err, broken) {
		t.Errorf("%d were done, after %v tries: %v", done, tries, err)
	}
	for range 3 {
		_, _ = sweep()
	}
	if len(due) != 8 {
		t.Errorf("%v are left", due)
	}
	for n, times := range tries {
		if times != 1 {
			t.Errorf("%d was tried %d times", n, times)
		}
	}
}
