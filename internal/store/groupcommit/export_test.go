package groupcommit

import "database/sql"

// CommitWith replaces the commit, so that a test can have it fail.
func CommitWith(fn func(*sql.Tx) error) Option { return func(q *Queue) { q.commit = fn } }

// Waiting is how many Updates are queued and not yet taken up.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.first) + len(q.waiting)
}

// Closed reports whether Close was called.
func (q *Queue) Closed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}
