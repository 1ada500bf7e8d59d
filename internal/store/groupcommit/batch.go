package groupcommit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// codeConstraint is the family of SQLite's result codes for broken constraints.
const codeConstraint = 19

// errBroken says that the transaction can no longer be trusted to hold exactly what
// its successful closures wrote.
var errBroken = errors.New("groupcommit: savepoint lost")

// write is the writer: it answers everything that was queued, then ends.
func (q *Queue) write() {
	defer close(q.stopped)
	for {
		r, last := q.next()
		switch {
		case r != nil:
			q.group(r)
		case last:
			return
		default:
			<-q.wake
		}
	}
}

// group runs the first request and all others that are waiting in one transaction. A
// caller may leave until the transaction has begun: another process may hold the lock.
func (q *Queue) group(r *request) {
	b, err := q.begin()
	if err != nil {
		q.failAll(r, fmt.Errorf("groupcommit: begin: %w", err))
		return
	}
	for r != nil {
		if r.claim() {
			err = b.runInSavepoint(r)
		}
		if err != nil || b.ran >= q.maxClosures || time.Since(b.began) >= q.maxWork {
			break
		}
		r, _ = q.next()
	}
	if err == nil {
		err = b.end()
	}
	if errors.Is(err, errBroken) {
		b.abandon()
	}
}

// failAll answers everybody who is waiting now: if the database cannot be locked for
// one, the others would only wait for the same answer one after the other.
func (q *Queue) failAll(r *request, err error) {
	for ; r != nil; r, _ = q.next() {
		if r.claim() {
			r.answer(err)
		}
	}
}

// batch is one transaction.
type batch struct {
	q     *Queue
	conn  *sql.Conn
	tx    *sql.Tx
	began time.Time
	// done are the closures that wait for the commit, in the order in which they ran: those
	// that succeeded, and those that were refused after one that did.
	done []*request
	// ran is how many closures ran, failed how many of them lost their writes.
	ran, failed int
}

func (q *Queue) begin() (*batch, error) {
	// The writer answers to no single caller, so its own statements have no deadline;
	// waiting for another process's lock is bounded by the busy timeout.
	ctx := context.Background()
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &batch{q: q, conn: conn, tx: tx, began: time.Now()}, nil
}

// runInSavepoint runs one closure so that it can be undone alone. An error means that
// the transaction is broken; what the closure itself returned is its caller's affair.
func (b *batch) runInSavepoint(r *request) error {
	if err := b.exec("SAVEPOINT closure"); err != nil {
		b.done = append(b.done, r) // not run yet; it will be, alone
		return errBroken
	}
	if err := b.lend(r); err != nil {
		b.refuse(r, err)
		if b.exec("ROLLBACK TO closure") != nil || b.exec("RELEASE closure") != nil {
			return errBroken
		}
		return nil
	}
	if err := b.exec("RELEASE closure"); err != nil {
		b.failed++
		r.answer(fmt.Errorf("groupcommit: after the closure: %w", err))
		return errBroken
	}
	b.done = append(b.done, r)
	return nil
}

// refuse answers a closure that failed, at once when it saw only what is committed. What
// it saw of an earlier closure of the transaction is true only once that is committed too:
// until then nobody else sees it, and it may never be.
func (b *batch) refuse(r *request, err error) {
	b.failed++
	switch {
	case r.left:
	case len(b.done) == 0:
		r.answer(err)
	default: // guard: a refusal waits for what it saw
		r.refusal = err
		b.done = append(b.done, r)
	}
}

// lend hands the transaction to the caller and waits until the closure has ended.
func (b *batch) lend(r *request) error {
	b.ran++
	r.turn <- turn{tx: &Tx{queue: b.q, ctx: r.ctx, conn: b.conn, sqlTx: b.tx}}
	return <-b.q.ran
}

func (b *batch) exec(statement string) error {
	_, err := b.conn.ExecContext(context.Background(), statement)
	return err
}

// end commits and acknowledges. It returns errBroken, with nobody answered and nothing
// applied, when one closure's deferred constraint stopped the others as well.
func (b *batch) end() error {
	if len(b.done) == 0 {
		b.rollback()
		b.report(nil)
		return nil
	}
	err := b.q.commit(b.tx)
	if err != nil {
		err = errors.Join(fmt.Errorf("groupcommit: commit: %w", err), ignoreDone(b.tx.Rollback()))
	}
	b.release()
	if len(b.done) > 1 && isConstraint(err) {
		return errBroken
	}
	b.acknowledge(err)
	return nil
}

func (b *batch) acknowledge(err error) {
	for _, r := range b.done {
		if err == nil {
			r.answer(r.refusal)
		} else {
			r.answer(err)
		}
	}
	b.report(err)
}

// abandon undoes the whole transaction and runs each closure that waits for its commit
// again, alone, so that the one at fault cannot hurt it twice.
func (b *batch) abandon() {
	if b.conn != nil {
		if err := b.rollback(); errors.Is(err, sql.ErrTxDone) {
			b.acknowledge(ErrOutcomeUnknown)
			return
		}
	}
	b.q.observe(Batch{Failed: b.failed, Took: time.Since(b.began), Err: errBroken})
	for _, r := range b.done {
		b.q.alone(r)
	}
}

// alone runs one closure in a transaction of its own.
func (q *Queue) alone(r *request) {
	b, err := q.begin()
	if err != nil {
		r.answer(fmt.Errorf("groupcommit: begin: %w", err))
		return
	}
	if err := b.lend(r); err != nil {
		b.refuse(r, err)
		b.rollback()
		b.report(nil)
		return
	}
	b.done = []*request{r}
	_ = b.end() // one closure: always answered
}

// rollback undoes the transaction and gives the connection back.
func (b *batch) rollback() error {
	err := b.tx.Rollback()
	b.release()
	return err
}

func (b *batch) release() {
	// Closing fails only when the connection is gone, and then the pool opens another.
	_ = b.conn.Close()
	b.conn = nil
}

func (b *batch) report(err error) {
	n := b.ran - b.failed
	if err != nil {
		n = 0
	}
	b.q.observe(Batch{Committed: n, Failed: b.failed, Took: time.Since(b.began), Err: err})
}

func isConstraint(err error) bool {
	e, ok := errors.AsType[interface {
		error
		Code() int
	}](err)
	return ok && e.Code()&0xff == codeConstraint
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
