package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// usualOver is over how many verdicts of a role it is told how long one takes.
	usualOver = 50
	// usualLeast is how many there are at least: fewer tell of a person or a day, not of the role.
	usualLeast = 5
)

// usual is how long each role of a plan usually takes to sign, from the submission to the
// verdict. A role of which too little is known is not in it.
func usual(ctx context.Context, r Reader, w advocacy.WorkspaceID, p advocacy.Plan) (map[advocacy.Role]time.Duration, error) {
	out := make(map[advocacy.Role]time.Duration)
	for _, role := range p.Roles() {
		took, err := r.VerdictTimes(ctx, w, role, usualOver)
		if err != nil {
			return nil, err
		}
		if len(took) >= usualLeast { // guard: a few cases are no habit
			out[role] = median(took)
		}
	}
	return out, nil
}

// median is the middle of some durations, of which there is one at least.
func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	half := len(all) / 2
	if len(all)%2 == 1 {
		return all[half]
	}
	return (all[half-1] + all[half]) / 2
}
