package workflow

import (
	"context"
	"errors"
	"slices"
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
