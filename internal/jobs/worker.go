package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
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
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return w.handle(ctx, job.Args.Args)
}
