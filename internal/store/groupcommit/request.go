package groupcommit

import (
	"context"
	"errors"
	"sync/atomic"
)

// errAborted stands for a closure that did not return: a panic or runtime.Goexit. Its
// caller never sees it.
var errAborted = errors.New("groupcommit: the closure did not return")

// request is one waiting Update.
type request struct {
	ctx context.Context
	fn  Closure
	// claimed decides between the writer, who wants to run the closure, and the
	// cancelled caller, who wants to leave: whoever is first has it.
	claimed atomic.Bool
	// turn is what the writer tells the caller; it never blocks the writer, since a
	// caller gets the next turn only after it has used the last.
	turn chan turn
	// left says that the caller does not wait for an answer after its closure ended: the
	// closure did not return, or the caller was cancelled. The caller writes it before the
	// writer is told.
	left bool
	// refusal is what the closure returned that waits for the commit of what it may have
	// seen, nil when it succeeded.
	refusal error
}

// turn is either a transaction to run the closure in, or the final answer.
type turn struct {
	tx  *Tx
	err error
}

func (r *request) claim() bool { return r.claimed.CompareAndSwap(false, true) }

func (r *request) answer(err error) { r.turn <- turn{err: err} }

// run runs the closure on the caller's goroutine and reports to the writer, also when
// the closure panics or calls runtime.Goexit: both go on up the caller's stack after
// the writer has been told.
func (q *Queue) run(r *request, tx *Tx) (err error) {
	r.left, r.refusal = true, nil
	defer func() {
		tx.finish()
		q.ran <- err
	}()
	if err = r.ctx.Err(); err != nil {
		return err
	}
	err = errAborted
	err = r.fn(context.WithValue(r.ctx, txKey{}, tx), tx)
	if err == nil {
		// A caller who left before the end will be told that it failed; so it must.
		err = r.ctx.Err()
	}
	r.left = err != nil && r.ctx.Err() != nil
	return err
}
