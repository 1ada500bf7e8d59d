package groupcommit

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

var (
	// ErrClosed answers an Update that came after Close.
	ErrClosed = errors.New("groupcommit: the queue is closed")
	// ErrNested answers an Update from inside a closure: it would wait for itself.
	ErrNested = errors.New("groupcommit: Update inside the closure of another Update")
	// ErrFinished answers a statement on a Tx whose closure has returned.
	ErrFinished = errors.New("groupcommit: the transaction is used after its closure returned")
	// ErrFull answers an Update that would wait longer than its Manner allows.
	ErrFull = errors.New("groupcommit: too many are waiting")
	// ErrOutcomeUnknown answers the callers of a transaction that somebody ended from
	// within, by calling Commit or Rollback on what SQL returned. What they wrote may
	// or may not be there.
	ErrOutcomeUnknown = errors.New("groupcommit: a closure ended the transaction it was lent")
)

const (
	defaultMaxClosures = 128
	defaultMaxWork     = 20 * time.Millisecond
	// defaultMaxWaiting is eight full commits.
	defaultMaxWaiting = 8 * defaultMaxClosures
)

// Closure is the work of one Update. It may read and write through tx, and it must
// have no other effect: it runs again when the transaction it ran in could not be
// committed through no fault of its own, and its writes vanish when it fails.
//
// It must not end the transaction (no COMMIT, no ROLLBACK, no Commit on what
// [Tx.SQL] returns), must not keep tx, and must not call Update, for which ctx is the
// witness: pass ctx on. It should not wait for anything but the database, since
// everybody else waits for it.
type Closure func(ctx context.Context, tx *Tx) error

// Batch describes one finished transaction to an observer.
type Batch struct {
	// Committed is how many closures the commit acknowledged.
	Committed int
	// Failed is how many closures ran and lost their writes.
	Failed int
	// Took is the time from BEGIN to the end of COMMIT.
	Took time.Duration
	// Err is why nothing was committed, if that is so.
	Err error
}

// Option changes a Queue when it is made.
type Option func(*Queue)

// MaxClosures bounds how many closures one commit may acknowledge; the default is 128.
func MaxClosures(n int) Option { return func(q *Queue) { q.maxClosures = max(n, 1) } }

// MaxWork bounds how long a batch takes in further closures, and so how long the first
// one waits for the others; the default is 20 ms. A closure that runs longer is not
// interrupted.
func MaxWork(d time.Duration) Option { return func(q *Queue) { q.maxWork = d } }

// MaxWaiting bounds how many wait before somebody with little patience is refused at once; the
// default is 1024.
func MaxWaiting(n int) Option { return func(q *Queue) { q.maxWaiting = n } }

// Observe calls fn after each transaction that ran a closure, on the writer's
// goroutine: it must be quick.
func Observe(fn func(Batch)) Option { return func(q *Queue) { q.observe = fn } }

// Manner says how an Update waits for its turn. The zero Manner waits behind everybody who came
// before, for as long as its context lasts.
type Manner struct {
	// First goes before everybody of another manner, however many there are.
	First bool
	// Patience is the longest it waits, zero for any time: then it gets ErrFull, and gets it at once
	// where MaxWaiting wait already. It ends when the turn comes: a closure that runs is waited for.
	Patience time.Duration
}

// Queue runs closures in the order they arrive, but for those that go first, and commits them in groups. Make it
// with New and end it with Close.
type Queue struct {
	db          *sql.DB
	maxClosures int
	maxWork     time.Duration
	maxWaiting  int
	observe     func(Batch)
	commit      func(*sql.Tx) error

	mu sync.Mutex
	// first are those that go before the others who wait.
	first, waiting []*request
	closed         bool

	// wake holds one token while there may be something for the writer to look at.
	wake chan struct{}
	// ran carries the result of the one closure that is running to the writer.
	ran chan error
	// stopped is closed when the writer is gone.
	stopped chan struct{}
}

// New starts the writer of db, which must be the writing pool of package sqlite: one
// connection, whose transactions take the write lock when they begin and are guarded
// against cancellation. The pool may have other users; the queue borrows its
// connection for one batch at a time.
func New(db *sql.DB, opts ...Option) *Queue {
	q := &Queue{
		db:          db,
		maxClosures: defaultMaxClosures,
		maxWork:     defaultMaxWork,
		maxWaiting:  defaultMaxWaiting,
		observe:     func(Batch) {},
		commit:      (*sql.Tx).Commit,
		wake:        make(chan struct{}, 1),
		ran:         make(chan error),
		stopped:     make(chan struct{}),
	}
	for _, o := range opts {
		o(q)
	}
	go q.write()
	return q
}

// Update runs fn in a transaction and returns after its writes are durable, or returns
// why they are not there.
//
// An error of fn, a panic or runtime.Goexit in it, and a ctx that is cancelled before
// fn returns, each undo what fn wrote, and only that. Once fn has succeeded, Update
// waits for the commit whatever happens to ctx, because the answer must be true. So
// does an error of fn, which may be about what an earlier closure of the same
// transaction wrote. A commit that fails fails every closure in it with the same error,
// except that a broken deferred constraint is put down to the closure that broke it.
//
// fn runs on the caller's goroutine while the writer waits, so a panic arrives with
// its own value and its own stack.
func (q *Queue) Update(ctx context.Context, fn Closure) error {
	return q.UpdateAs(ctx, Manner{}, fn)
}

// UpdateAs is Update for who waits in a manner of its own.
func (q *Queue) UpdateAs(ctx context.Context, m Manner, fn Closure) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if tx, ok := ctx.Value(txKey{}).(*Tx); ok && tx.queue == q && !tx.isFinished() {
		return ErrNested
	}
	r := &request{ctx: ctx, fn: fn, turn: make(chan turn, 1)}
	if err := q.push(r, m); err != nil {
		return err
	}
	t, err := q.await(r, m)
	if err != nil {
		return err
	}
	for t.tx != nil {
		if err := q.run(r, t.tx); r.left {
			return err
		}
		t = <-r.turn
	}
	return t.err
}

// await returns the first turn of a request, or why it left before.
func (q *Queue) await(r *request, m Manner) (turn, error) {
	var late <-chan time.Time
	if m.Patience > 0 { // guard: nobody waits for ever
		timer := time.NewTimer(m.Patience)
		defer timer.Stop()
		late = timer.C
	}
	var why error
	select {
	case t := <-r.turn:
		return t, nil
	case <-r.ctx.Done():
		why = r.ctx.Err()
	case <-late:
		why = ErrFull
	}
	if r.claim() {
		return turn{}, why
	}
	return <-r.turn, nil
}

// Close waits until everything queued is answered and lets nothing more in. It must
// not be called from a closure. The database stays open.
func (q *Queue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.rouse()
	<-q.stopped
	return nil
}

func (q *Queue) push(r *request, m Manner) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return ErrClosed
	case m.First: // guard: what stops goes first
		q.first = append(q.first, r)
	case m.Patience > 0 && len(q.waiting) >= q.maxWaiting: // guard: the queue is bounded
		return ErrFull
	default:
		q.waiting = append(q.waiting, r)
	}
	q.rouse()
	return nil
}

func (q *Queue) rouse() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// next takes the first request, or nil when nobody waits. last says that nobody ever
// will.
func (q *Queue) next() (r *request, last bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	from := &q.waiting
	if len(q.first) > 0 {
		from = &q.first
	}
	if len(*from) == 0 {
		q.first, q.waiting = nil, nil
		return nil, q.closed
	}
	r, (*from)[0] = (*from)[0], nil
	*from = (*from)[1:]
	return r, false
}
