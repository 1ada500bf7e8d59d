package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// open returns the pools of a new database.
func open(t testing.TB) (writer, reader *sql.DB) {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "test.db"))
}

func openAt(t testing.TB, path string) (writer, reader *sql.DB) {
	t.Helper()
	writer, reader, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(reader.Close(), writer.Close()); err != nil {
			t.Error(err)
		}
	})
	return writer, reader
}

func exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// read returns the one value a query finds.
func read[T any](t testing.TB, db *sql.DB, query string, args ...any) T {
	t.Helper()
	var v T
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestOpenMakesThingsPrivate(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "folder")
	path := filepath.Join(folder, "test.db")
	writer, reader := openAt(t, path)
	exec(t, writer, "create table t (n integer)")
	exec(t, writer, "insert into t values (7)")
	if got := read[int](t, reader, "select n from t"); got != 7 {
		t.Errorf("the reader sees %d, want 7", got)
	}
	want := map[string]fs.FileMode{
		filepath.Dir(folder): 0o700, folder: 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
	}
	got := make(map[string]fs.FileMode)
	for name := range want {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		got[name] = info.Mode().Perm()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOpenKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	writer, reader, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, writer, "create table t (n integer)")
	exec(t, writer, "insert into t values (1)")
	if err := errors.Join(reader.Close(), writer.Close()); err != nil {
		t.Fatal(err)
	}
	_, reader = openAt(t, path)
	if got := read[int](t, reader, "select count(*) from t"); got != 1 {
		t.Errorf("%d rows after opening again, want 1", got)
	}
}

func TestOpenTakesAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "a?mode=memory.db", "a#b.db", "a%41.db", "a&_pragma=x.db", "a'b\".db", "café ☕.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			writer, _ := openAt(t, path)
			exec(t, writer, "create table t (n integer)")
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				got = append(got, e.Name())
			}
			want := []string{name, name + "-shm", name + "-wal"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := write("notes.txt", "dear diary, this is not a database, and it is long enough to have had a header in it if it were one")
	tests := []struct {
		name, path string
		want       error
	}{
		{"text", text, ErrNotDatabase},
		{"short", write("short", "xy"), ErrNotDatabase},
		{"folder", folder, ErrNotDatabase},
		{"device", os.DevNull, ErrNotDatabase},
		{"below a file", filepath.Join(text, "test.db"), cmpopts.AnyError},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := Open(tt.path)
			if !cmp.Equal(tt.want, err, cmpopts.EquateErrors()) {
				t.Errorf("Open(%s) = %v, want %v", tt.path, err, tt.want)
			}
		})
	}
	if got, err := os.ReadFile(text); err != nil || string(got[:4]) != "dear" {
		t.Errorf("the refused file was changed: %q, %v", got, err)
	}
}

func TestCheckSafe(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		":memory:",
		"file:" + filepath.Join(t.TempDir(), "delete.db") + "?_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)",
		"file:" + filepath.Join(t.TempDir(), "normal.db") + "?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)",
	} {
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkSafe(db); !errors.Is(err, ErrUnsafe) {
			t.Errorf("checkSafe(%s) = %v, want ErrUnsafe", dsn, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOlderThan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		version string
		want    bool
	}{
		{"3.51.2", true}, {"3.51.3", false}, {"3.51.10", false}, {"3.9.9", true}, {"3.52", false},
		{"4.0.0", false}, {"2.99.99", true}, {"3.51", true}, {"", true}, {"nonsense", true},
	}
	for _, tt := range tests {
		if got := olderThan(tt.version, oldest); got != tt.want {
			t.Errorf("olderThan(%q, %q) = %v, want %v", tt.version, oldest, got, tt.want)
		}
	}
}

// TestSettingsHoldOnEveryConnection holds all connections of a pool at once, so that
// none is looked at twice.
func TestSettingsHoldOnEveryConnection(t *testing.T) {
	t.Parallel()
	writer, reader := open(t)
	common := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "busy_timeout": "5000", "foreign_keys": "1", "fullfsync": "1",
		"checkpoint_fullfsync": "1", "temp_store": "2", "cache_size": "-2000", "mmap_size": "0",
	}
	pools := []struct {
		db    *sql.DB
		conns int
		own   map[string]string
	}{
		{writer, 1, map[string]string{"query_only": "0", "wal_autocheckpoint": "16000", "journal_size_limit": "134217728"}},
		{reader, readers, map[string]string{"query_only": "1"}},
	}
	for _, pool := range pools {
		if got := pool.db.Stats().MaxOpenConnections; got != pool.conns {
			t.Errorf("at most %d connections, want %d", got, pool.conns)
		}
		for range pool.conns {
			conn, err := pool.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for _, settings := range []map[string]string{common, pool.own} {
				for name, want := range settings {
					var got string
					if err := conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
						t.Errorf("%s is %q (%v), want %q", name, got, err, want)
					}
				}
			}
		}
	}
}

func TestReaderCannotWrite(t *testing.T) {
	t.Parallel()
	writer, reader := open(t)
	exec(t, writer, "create table t (n integer)")
	if _, err := reader.ExecContext(t.Context(), "insert into t values (1)"); err == nil {
		t.Error("a write through the reader succeeded")
	}
}

func TestWriterLocksWhenItBegins(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	writer, reader := openAt(t, path)
	exec(t, writer, "create table t (n integer)")
	tx, err := writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	const busy = 5
	_, err = other.ExecContext(t.Context(), "insert into t values (1)")
	if code, _ := codeOf(err); code != busy {
		t.Errorf("another writer got %v, want SQLITE_BUSY", err)
	}
	if _, err := tx.ExecContext(t.Context(), "insert into t values (2)"); err != nil {
		t.Fatal(err)
	}
	if got := read[int](t, reader, "select count(*) from t"); got != 0 {
		t.Errorf("the reader sees %d uncommitted rows", got)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := read[int](t, reader, "select count(*) from t"); got != 1 {
		t.Errorf("the reader sees %d rows after the commit, want 1", got)
	}
}

func TestMisspeltColumnIsAnError(t *testing.T) {
	t.Parallel()
	writer, _ := open(t)
	exec(t, writer, "create table t (state text)")
	exec(t, writer, "insert into t values ('draft')")
	var got string
	if err := writer.QueryRowContext(t.Context(), `select "stat" from t`).Scan(&got); err == nil {
		t.Errorf("a misspelt column was read as %q", got)
	}
}

func TestTimesComeBackExactAndSort(t *testing.T) {
	t.Parallel()
	writer, reader := open(t)
	exec(t, writer, "create table t (at datetime not null)")
	at := time.Date(2026, 11, 20, 1, 2, 3, 123456000, time.FixedZone("x", 3600))
	exec(t, writer, "insert into t values (?)", at)
	exec(t, writer, "insert into t values (?)", at.Add(time.Microsecond).UTC())
	first := read[time.Time](t, reader, "select at from t order by at limit 1")
	if !first.Equal(at) || first.Location() != time.UTC {
		t.Errorf("came back as %v, want %v in UTC", first, at)
	}
	if got := read[int](t, reader, "select count(*) from t where at > ?", at); got != 1 {
		t.Errorf("%d times are later, want 1", got)
	}
}

// BenchmarkReadByKey compares the layer that keeps statements prepared with the bare
// driver.
func BenchmarkReadByKey(b *testing.B) {
	path := filepath.Join(b.TempDir(), "test.db")
	writer, reader := openAt(b, path)
	exec(b, writer, "create table t (id text primary key, body text) without rowid")
	exec(b, writer, "insert into t with recursive c(n) as (select 1 union all select n + 1 from c where n < 10000) select printf('%08d', n), 'a body' from c")
	bare, err := sql.Open("sqlite", dsn(path, reads))
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	for _, bb := range []struct {
		name string
		db   *sql.DB
	}{{"bare", bare}, {"prepared", reader}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var body string
				if err := bb.db.QueryRowContext(context.Background(), "select body from t where id = ?", "00005000").Scan(&body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
