package testpg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// dsnEnv names a running server to use instead of starting one.
	dsnEnv = "IMPRIMATUR_TEST_POSTGRES"
	// none is what it says where there shall be no PostgreSQL.
	none = "none"
	// requireEnv makes a missing PostgreSQL an error.
	requireEnv = "IMPRIMATUR_TEST_REQUIRE"
	// prefix begins the name of every database made here. What follows is the time it
	// was made, so that leftovers on a lasting server can be told from what is in use.
	prefix = "imprimatur_test_"
	// leftover is the age at which a database on a lasting server has no owner any more.
	leftover = 6 * time.Hour
	// patience bounds every single thing asked of the server.
	patience = time.Minute
)

// errNone says that there is no PostgreSQL on this machine.
var errNone = errors.New("no PostgreSQL on this machine")

// New returns the connection string of a new, empty database, dropped when the test
// ends. It understands both what pgx and what database/sql with pgx understand.
func New(tb testing.TB) string {
	tb.Helper()
	return ours.database(tb, "template0")
}

// NewFrom is like New, but the database is a copy of one that prepare has filled.
// prepare runs once for each key and process; it must close its connections. When it
// fails, every test that asks for the key fails with its error.
func NewFrom(tb testing.TB, key string, prepare func(dsn string) error) string {
	tb.Helper()
	t, err := ours.template(tb, key, prepare)
	if err != nil {
		tb.Fatalf("testpg: template %q: %v", key, err)
	}
	return ours.database(tb, t)
}

// ours is the server of this process.
var ours = server{find: find}

// server is where databases are made.
type server struct {
	find func() (dsn string, err error)

	once sync.Once
	// dsn connects to the maintenance database.
	dsn string
	err error

	mu        sync.Mutex
	templates map[string]*template
}

// template is a database that others are copied from.
type template struct {
	once sync.Once
	name string
	err  error
}

// find uses the server that was named, or starts one.
func find() (string, error) {
	dsn := os.Getenv(dsnEnv)
	if dsn == "" || dsn == none {
		return start()
	}
	return dsn, sweep(dsn)
}

// connect makes sure that the server runs and returns its connection string, or ends
// the test in the fitting way.
func (s *server) connect(tb testing.TB) string {
	tb.Helper()
	s.once.Do(func() { s.dsn, s.err = s.find() })
	switch {
	case errors.Is(s.err, errNone) && os.Getenv(requireEnv) != "1":
		tb.Skipf("SKIPPED, NOTHING WAS TESTED ON POSTGRESQL: there is %v. Install it (apt-get install postgresql) "+
			"or set %s to a server's connection string. With %s=1 this is a failure.", s.err, dsnEnv, requireEnv)
	case errors.Is(s.err, errNone):
		tb.Fatalf("testpg: there is %v, and %s=1 wants one. Install it (apt-get install postgresql) or set %s.", s.err, requireEnv, dsnEnv)
	case s.err != nil:
		tb.Fatalf("testpg: %v", s.err)
	}
	return s.dsn
}

func (s *server) template(tb testing.TB, key string, prepare func(dsn string) error) (string, error) {
	tb.Helper()
	dsn := s.connect(tb)
	s.mu.Lock()
	if s.templates == nil {
		s.templates = make(map[string]*template)
	}
	t := s.templates[key]
	if t == nil {
		t = &template{err: errors.New("preparing it did not end")}
		s.templates[key] = t
	}
	s.mu.Unlock()
	t.once.Do(func() { t.name, t.err = makeTemplate(dsn, prepare) })
	return t.name, t.err
}

func makeTemplate(dsn string, prepare func(dsn string) error) (name string, err error) {
	name = newName()
	if err := execute(dsn, "create database "+name); err != nil {
		return "", err
	}
	if err := prepare(within(dsn, name)); err != nil {
		return "", err
	}
	// A template that somebody is connected to cannot be copied, so nobody may be.
	return name, execute(dsn,
		"alter database "+name+" allow_connections false",
		"select pg_terminate_backend(pid) from pg_stat_activity where datname = '"+name+"'")
}

// database makes a database for one test.
func (s *server) database(tb testing.TB, template string) string {
	tb.Helper()
	dsn := s.connect(tb)
	name := newName()
	if err := execute(dsn, "create database "+name+" template "+template); err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	tb.Cleanup(func() {
		// By force: a pool the test forgot must not fail it twice.
		if err := execute(dsn, "drop database if exists "+name+" with (force)"); err != nil {
			tb.Errorf("testpg: %v", err)
		}
	})
	return within(dsn, name)
}

// newName is the name of a database nobody has yet.
func newName() string {
	return prefix + strconv.FormatInt(time.Now().Unix(), 10) + "_" + strings.ToLower(rand.Text()[:10])
}

// sweep drops what killed test processes left on a lasting server.
func sweep(dsn string) error {
	names, err := list(dsn)
	if err != nil {
		return err
	}
	for _, name := range names {
		made, _, _ := strings.Cut(strings.TrimPrefix(name, prefix), "_")
		seconds, err := strconv.ParseInt(made, 10, 64)
		if err != nil || time.Since(time.Unix(seconds, 0)) < leftover {
			continue
		}
		if err := execute(dsn, "drop database if exists "+name+" with (force)"); err != nil {
			return err
		}
	}
	return nil
}

func list(dsn string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "select datname from pg_database where datname like $1", strings.ReplaceAll(prefix, "_", `\_`)+"%")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// execute runs statements one by one in the maintenance database.
func execute(dsn string, statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// within is the connection string for another database of the same server.
func within(dsn, name string) string {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " dbname=" + name // the last one counts
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // it has been connected to, so it does parse
	}
	u.Path = "/" + name
	q := u.Query()
	q.Del("dbname")
	q.Del("database")
	u.RawQuery = q.Encode()
	return u.String()
}

// Backup returns the connection string of a copy of a database as it is, dropped when the test ends.
// Whoever is connected to the database is cut off for it.
func Backup(tb testing.TB, dsn string) string {
	tb.Helper()
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	server := ours.connect(tb)
	cut := "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + c.Database + "'"
	closed := execute(server, "alter database "+c.Database+" allow_connections false", cut)
	name := newName()
	err = errors.Join(closed, execute(server, "create database "+name+" template "+c.Database))
	if err := errors.Join(err, execute(server, "alter database "+c.Database+" allow_connections true")); err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	tb.Cleanup(func() {
		if err := execute(server, "drop database if exists "+name+" with (force)"); err != nil {
			tb.Errorf("testpg: %v", err)
		}
	})
	return within(server, name)
}
