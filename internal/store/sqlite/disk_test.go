package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/store/testdisk"
)

// failing runs fn where the disk keeps nothing.
func failing(t *testing.T, fn func()) {
	t.Helper()
	if err := testdisk.OnThread(fn); err != nil {
		t.Fatal(err)
	}
}

// TestDiskFails (F27): after a commit that the disk did not confirm nothing more is written, and the
// files are left as they are; what was acknowledged before is there at the next start.
func TestDiskFails(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*sql.DB) error{
		"a transaction": func(writer *sql.DB) error {
			tx, err := writer.Begin()
			if err != nil {
				return err
			}
			if _, err := tx.Exec("insert into t values (2)"); err != nil {
				return errors.Join(err, tx.Rollback())
			}
			return tx.Commit()
		},
		"a statement by itself": func(writer *sql.DB) error {
			_, err := writer.Exec("insert into t values (2)")
			return err
		},
		"a query that writes": func(writer *sql.DB) error {
			rows, err := writer.Query("insert into t values (2), (2) returning n")
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			return errors.Join(rows.Err(), rows.Close())
		},
		"a query that writes, left early": func(writer *sql.DB) error {
			rows, err := writer.Query("insert into t values (2), (2) returning n")
			if err != nil {
				return err
			}
			return rows.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "disk.db")
			writer, reader, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			exec(t, writer, "create table t (n integer)")
			exec(t, writer, "insert into t values (1)")
			failing(t, func() { err = write(writer) })
			if !errors.Is(err, ErrDiskFailed) {
				t.Fatalf("the commit is answered %v", err)
			}
			select {
			case <-Broken(writer):
			default:
				t.Error("nobody is told")
			}
			// The disk keeps everything again, and nobody believes it.
			if _, err := writer.Exec("insert into t values (3)"); !errors.Is(err, ErrDiskFailed) {
				t.Errorf("the next statement is answered %v", err)
			}
			if _, err := writer.Begin(); !errors.Is(err, ErrDiskFailed) {
				t.Errorf("the next transaction is answered %v", err)
			}
			if got := read[int](t, reader, "select count(*) from t where n <> 2"); got != 1 {
				t.Errorf("%d rows can be read, want 1", got)
			}
			if err := errors.Join(reader.Close(), writer.Close()); err != nil {
				t.Error(err)
			}
			if log, err := os.Stat(path + "-wal"); err != nil || log.Size() == 0 {
				t.Errorf("the log was not left as it is: %v", err)
			}
			next := copied(t, path, "", "-wal")
			writer, reader, err = Open(next)
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			defer writer.Close()
			if got := read[int](t, reader, "select count(*) from t where n <> 2"); got != 1 {
				t.Errorf("%d rows are there at the next start, want 1", got)
			}
		})
	}
}

// copied is a copy of a database that is in use, with some of the files it consists of.
func copied(t *testing.T, path string, suffixes ...string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range suffixes {
		data, err := os.ReadFile(path + suffix)
		if err == nil {
			err = os.WriteFile(to+suffix, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestStartWritesTheLogAnew: what an earlier process left in the log is in the database itself before
// anything is added, since the disk may not hold what the log shows.
func TestStartWritesTheLogAnew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.db")
	writer, reader, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	exec(t, writer, "create table t (n integer)")
	exec(t, writer, "insert into t values (1), (2)")

	left := copied(t, path, "", "-wal")
	next, others, err := Open(left)
	if err != nil {
		t.Fatal(err)
	}
	defer others.Close()
	defer next.Close()
	alone, none, err := Open(copied(t, left, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	defer alone.Close()
	if got := read[int](t, alone, "select count(*) from t"); got != 2 {
		t.Errorf("%d rows are in the database without its log, want 2", got)
	}
}

type codedError int

func (e codedError) Error() string { return fmt.Sprint("code ", int(e)) }
func (e codedError) Code() int     { return int(e) }

// TestWhichDisksFail: room comes back, and reading says nothing of what was written.
func TestWhichDisksFail(t *testing.T) {
	t.Parallel()
	for code, fails := range map[int]bool{
		codeIO | 4<<8: true, codeIO | 5<<8: true, codeIO | 3<<8: true, codeIO | 19<<8: true, codeIO: true,
		13: false, codeRead: false, codeShortRead: false, codeConstraint: false, 5: false, 11: false,
	} {
		d := newDisk()
		err := d.committed(codedError(code))
		if errors.Is(err, ErrDiskFailed) != fails || (d.state() != nil) != fails {
			t.Errorf("%d is answered %v, then %v", code, err, d.state())
		}
		if got, _ := codeOf(err); got != code {
			t.Errorf("the cause of %d is lost: %v", code, err)
		}
	}
	if err := newDisk().committed(nil); err != nil {
		t.Error(err)
	}
}
