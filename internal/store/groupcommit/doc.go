// Package groupcommit lets many callers write to one SQLite database at the price of
// one commit.
//
// It owns the order of writes: closures wait in a [Queue], each in its [Manner], run one after the other
// inside one transaction, each in its own savepoint, and are acknowledged together
// after the one commit that put all of them on disk. A closure that fails, panics or
// is cancelled loses its own writes and nobody else's, and one that is refused for what an
// earlier one wrote is told so once that is committed.
//
// It knows no table and no dialect of GORM; a [Tx] is merely something statements run
// on. It imports nothing of the house.
//
// The rule that keeps it so: the queue may run a closure more than once, and never
// learns what it did. What it promises is about commits only.
package groupcommit
