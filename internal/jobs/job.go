package jobs

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// MaxAttempts is how often a failing job is tried before it is given up: with the pauses
// between, about an hour and a half. Whoever needs a job to survive longer finds its work
// again from rows, as the sweep does. One that panics is given up after three panics.
const MaxAttempts = 25

// longestPause caps the time between two attempts.
const longestPause = 5 * time.Minute

// Snooze, returned by a handler, runs the job again after d. It is "not yet": no attempt
// is counted and nothing is logged.
func Snooze(d time.Duration) error { return river.JobSnooze(max(d, 0)) }

// Drop, returned by a handler, ends the job for good although attempts are left. The
// error is logged and kept with the job for a while.
func Drop(err error) error { return river.JobCancel(err) }

// args is the one shape of a job in River's table: the kind as River's kind, so that an
// operator can read the table, and the caller's key beside the caller's arguments.
type args struct {
	kind string
	// Key is what uniqueness compares, beside the kind.
	Key string `json:"key,omitempty" river:"unique"`
	// Args is the handler's input.
	Args json.RawMessage `json:"args,omitempty"`
}

// Kind tells River the kind.
func (a args) Kind() string { return a.kind }

// unfinished are the states in which a job still stands for its key.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable,
	rivertype.JobStatePending,
	rivertype.JobStateRetryable,
	rivertype.JobStateRunning,
	rivertype.JobStateScheduled,
}

func unique() river.UniqueOpts { return river.UniqueOpts{ByArgs: true, ByState: unfinished} }

// pauses decides when a failed job is tried again.
type pauses struct{}

// NextRetry doubles the pause with every failure and adds up to a tenth, so that jobs
// that failed together do not come back together.
func (pauses) NextRetry(job *rivertype.JobRow) time.Time {
	p := pause(len(job.Errors) + 1)
	return time.Now().Add(p + rand.N(p/10))
}

// pause is the time to wait after so many failures: 1 s, 2 s, 4 s, … 5 min.
func pause(failures int) time.Duration {
	if failures > 9 {
		return longestPause
	}
	return min(time.Second<<max(failures-1, 0), longestPause)
}
