package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// worker is the River worker of one kind.
type worker struct {
	river.WorkerDefaults[args]
	kind      string
	timeout   time.Duration
	handle    Handler
	logger    *slog.Logger
	abandoned *atomic.Bool
}

// Timeout tells River when the job's worker counts as dead. The handler's context ends
// earlier, so that it has time to return.
func (w *worker) Timeout(*river.Job[args]) time.Duration { return w.timeout + rescueMargin }

// Work runs the handler. River logs a failure with the error; the arguments of a job are
// never logged.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	err := w.run(ctx, job)
	if err == nil {
		return nil
	}
	if w.abandoned.Load() && ctx.Err() != nil {
		return Snooze(0)
	}
	if broken := (*panicked)(nil); errors.As(err, &broken) && panics(job.Errors)+1 >= maxPanics { // guard: what breaks whoever takes it up is given up
		err = Drop(err)
	}
	if dropped := (*river.JobCancelError)(nil); errors.As(err, &dropped) {
		w.logger.WarnContext(ctx, "job dropped", "kind", w.kind, "job", job.ID, "attempt", job.Attempt, "error", err)
	}
	return err
}

// run calls the handler and turns a panic into an error of this one attempt.
func (w *worker) run(ctx context.Context, job *river.Job[args]) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.logger.ErrorContext(ctx, "job panicked", "kind", w.kind, "job", job.ID, "attempt", job.Attempt,
				"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &panicked{p}
		}
	}()
	return w.handle(ctx, job.Args.Args)
}

// maxPanics is how often a job may break whoever takes it up before it is given up.
const maxPanics = 3

// panicMark begins the error of an attempt that panicked, as it is kept with the job.
const panicMark = "panic: "

// panicked is a panic of a handler.
type panicked struct{ cause any }

// Error implements error.
func (p *panicked) Error() string { return panicMark + fmt.Sprint(p.cause) }

// panics counts the attempts of a job that panicked.
func panics(errors []rivertype.AttemptError) (n int) {
	for _, e := range errors {
		if strings.HasPrefix(e.Error, panicMark) {
			n++
		}
	}
	return n
}
