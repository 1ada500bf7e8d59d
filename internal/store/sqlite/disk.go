package sqlite

import (
	"errors"
	"fmt"
	"sync"
)

// ErrDiskFailed is what the writer answers once the disk did not say that it kept a commit, to that
// commit and to everything after it.
//
// Whether the commit is there is not known: SQLite takes it back, and yet all of it may stand in the
// log, to be found by the next start. Nor may the log be written any further. A kernel whose fsync
// failed takes what it could not write for written: the next fsync succeeds, the bytes are in memory
// only, and what is written behind them is lost with them at a power cut, acknowledged as it was.
// PostgreSQL ends itself for that reason since 2018 (11.2 and its contemporaries; see
// data_sync_retry), and Rebello and others measured it for five databases, this one among them ("Can
// Applications Recover from fsync Failures?", USENIX ATC 2020). So the process has to end; its files
// are left as they are, and [Open] writes what it finds in the log anew before it adds to it.
//
// A disk without room is another matter: SQLite says so before it asks the disk to keep anything, and
// the next commit may succeed.
var ErrDiskFailed = errors.New("sqlite: the disk did not confirm a commit")

// SQLite's family of input and output errors, and those of reading within it, which say nothing of
// what was written.
const (
	codeIO        = 10
	codeRead      = codeIO | 1<<8
	codeShortRead = codeIO | 2<<8
)

// disk is what the connections that write to one file know of what is beneath it.
type disk struct {
	mu     sync.Mutex
	failed error
	broken chan struct{}
}

func newDisk() *disk { return &disk{broken: make(chan struct{})} }

// state is nil while the disk keeps what it is given.
func (d *disk) state() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

// committed looks at the end of what should be durable.
func (d *disk) committed(err error) error {
	code, ok := codeOf(err)
	if !ok || code&0xff != codeIO || code == codeRead || code == codeShortRead { // guard: a disk that kept nothing ends everything
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failed == nil {
		d.failed = fmt.Errorf("%w: %w", ErrDiskFailed, err)
		close(d.broken)
	}
	return d.failed
}
