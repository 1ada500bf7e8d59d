package workflowtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// template is a house as it was when it had just been furnished: the SQLite file and
// who lives in it. Furnishing costs a hundred times what a copy does.
type template struct {
	once     sync.Once
	house    House
	database []byte
}

// templates holds one template for each set of networks, by their names.
var templates struct {
	mu   sync.Mutex
	made map[string]*template
}

func templateFor(tb testing.TB, more []network.Adapter) *template {
	tb.Helper()
	var names []string
	for _, a := range more {
		names = append(names, string(a.Name()))
	}
	slices.Sort(names)
	key := strings.Join(names, " ")
	templates.mu.Lock()
	if templates.made == nil {
		templates.made = make(map[string]*template)
	}
	t := templates.made[key]
	if t == nil {
		t = &template{}
		templates.made[key] = t
	}
	templates.mu.Unlock()
	t.once.Do(func() { t.make(tb, more) })
	if t.database == nil {
		tb.Fatal("workflowtest: the first house could not be furnished")
	}
	return t
}

func (t *template) make(tb testing.TB, more []network.Adapter) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "template.db")
	h := Furnish(tb, "sqlite:"+path, jobs.SQLite, more...)
	// The last connection to close has folded the write-ahead log into the file.
	database, err := os.ReadFile(path)
	must(tb, err)
	t.house, t.database = *h, database
}

// Furnish furnishes a house on a database and leaves it, so that the database can be
// copied. On PostgreSQL, too, its time is that of its clock.
func Furnish(tb testing.TB, dsn string, dialect jobs.Dialect, more ...network.Adapter) *House {
	tb.Helper()
	h := &House{Clock: &Clock{now: Start}, W: "acme", ownTime: true}
	h.open(tb, dsn, dialect)
	h.wire(tb, more)
	h.furnish(tb)
	must(tb, h.Store.Close())
	return h
}

// On opens a copy of a furnished house's database as a house of its own.
func (h *House) On(tb testing.TB, dsn string, dialect jobs.Dialect, more ...network.Adapter) *House {
	tb.Helper()
	copied := *h
	copied.Clock, copied.Slips = &Clock{now: Start}, nil
	copied.open(tb, dsn, dialect)
	tb.Cleanup(func() { must(tb, copied.Store.Close()) })
	copied.wire(tb, more)
	return &copied
}

// copyTo opens a copy of the template as a house of its own.
func (t *template) copyTo(tb testing.TB, more []network.Adapter) *House {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "house.db")
	must(tb, os.WriteFile(path, t.database, 0o600))
	return t.house.On(tb, "sqlite:"+path, jobs.SQLite, more...)
}
