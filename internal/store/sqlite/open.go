package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNotDatabase is a file that exists and is not an SQLite database.
var ErrNotDatabase = errors.New("not an SQLite database")

// ErrUnsafe is an SQLite, or a place to keep its file, that cannot hold the promise
// that an acknowledged write survives.
var ErrUnsafe = errors.New("unsafe to keep data in")

// oldest is the first SQLite in which a log that is reset while another process opens
// it no longer corrupts the database.
const oldest = "3.51.3"

// readers is how many connections read at once. More would not make two cores faster,
// and each keeps a cache.
const readers = 4

// codeNotDatabase is SQLITE_NOTADB.
const codeNotDatabase = 26

// Open opens the database in the file path, creating it and its folder when they are
// missing, readable by this user only.
//
// The writer has one connection, and every transaction on it takes the write lock when
// it begins. The reader cannot write. Both are ready for use when Open returns, and
// both must be closed. Open refuses a file that is something else ([ErrNotDatabase])
// and an SQLite or a file system that would not keep what it acknowledged
// ([ErrUnsafe]).
func Open(path string) (writer, reader *sql.DB, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := createFile(path); err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", path, err)
	}
	writer, err = openPool(path, writes)
	if err != nil {
		return nil, nil, err
	}
	if err := checkSafe(writer); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open %s: %w", path, err), writer.Close())
	}
	if err := emptyLog(writer); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open %s: %w", path, err), writer.Close())
	}
	reader, err = openPool(path, reads)
	if err != nil {
		return nil, nil, errors.Join(err, writer.Close())
	}
	return writer, reader, nil
}

// OpenReserve opens a pool of one more connection that reads, for who must not wait for the others.
func OpenReserve(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db, err := openPool(path, reads)
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// Broken is closed when the disk did not confirm a commit of the writer, with [ErrDiskFailed]; the
// process has to end then.
func Broken(writer *sql.DB) <-chan struct{} { return writer.Driver().(watched).disk.broken }

// emptyLog copies what an earlier process left in the log into the database. That process may have
// ended because the disk did not confirm a commit: the kernel shows what it wrote, and the disk may
// not hold it. Copying writes it once more, and the next commit begins the log anew. While another
// process uses the database there is nothing to do: it goes on well.
func emptyLog(writer *sql.DB) error {
	var busy, all, copied int
	return writer.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &all, &copied)
}

func openPool(path string, r role) (*sql.DB, error) {
	c, err := newConnector(dsn(path, r), r)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db := sql.OpenDB(c)
	conns := 1
	if r == reads {
		conns = readers
	}
	// As many idle as open ones: a connection that is closed takes its cache and its
	// prepared statements along.
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.PingContext(context.Background()); err != nil {
		if code, ok := codeOf(err); ok && code&0xff == codeNotDatabase {
			err = fmt.Errorf("%w: %w", ErrNotDatabase, err)
		}
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	return db, nil
}

// checkSafe asks SQLite what it really does: a file system without shared memory
// silently answers journal_mode=WAL with another mode.
func checkSafe(db *sql.DB) error {
	var version, journal string
	var synchronous int
	err := db.QueryRow("select sqlite_version(), (select journal_mode from pragma_journal_mode), "+
		"(select synchronous from pragma_synchronous)").Scan(&version, &journal, &synchronous)
	if err != nil {
		return err
	}
	switch {
	case olderThan(version, oldest):
		return fmt.Errorf("%w: SQLite %s may corrupt a database when its log is reset; %s or newer is needed", ErrUnsafe, version, oldest)
	case journal != "wal":
		return fmt.Errorf("%w: the file system gives journal mode %q instead of \"wal\"; a local disk is needed", ErrUnsafe, journal)
	case synchronous < 2:
		return fmt.Errorf("%w: synchronous is %d, so a commit would not wait for the disk", ErrUnsafe, synchronous)
	}
	return nil
}

// olderThan compares dotted version numbers; what is not a number counts as zero.
func olderThan(version, than string) bool {
	have, want := strings.Split(version, "."), strings.Split(than, ".")
	for i := range want {
		var h int
		if i < len(have) {
			h, _ = strconv.Atoi(have[i])
		}
		w, _ := strconv.Atoi(want[i])
		if h != w {
			return h < w
		}
	}
	return false
}

// createFile makes an empty file of mode 0600, from which SQLite makes a database and
// whose mode it gives to the log beside it. A file that is there is left as it is.
func createFile(path string) error {
	if err := createFolder(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return refuseIrregular(path)
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// createFolder makes the missing folders of path and makes each survive a power cut: a
// name is on disk only when the folder that holds it was synchronised.
func createFolder(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(path)
	if err := createFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(parent)
}

func refuseIrregular(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is a %s", ErrNotDatabase, kindOf(info.Mode()))
	}
	return nil
}

func kindOf(mode fs.FileMode) string {
	if mode.IsDir() {
		return "folder"
	}
	return "special file (" + mode.String() + ")"
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
