package store

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
)

// handedOver is the migration that makes the state of publications anew.
const handedOver = 108

// publicationsBefore are the columns that publications had before it.
var publicationsBefore = []string{
	"workspace_id", "id", "subject_kind", "post_id", "revision", "round", "digest", "account_id", "network", "state", "authorization_digest",
	"due_time", "end_time", "epoch", "lease_time", "wait", "external_id", "url", "evidence", "answer", "looks", "version", "create_time",
	"update_time", "likeness", "doubt", "shown", "shown_time",
}

// TestStateIsMadeAnew holds that the migration which makes the state of publications anew changes
// no row of them, and of the schema nothing but what it is for: every column, index, trigger, key
// and check that others added is there afterwards as it was.
func TestStateIsMadeAnew(t *testing.T) {
	t.Parallel()
	onEachBefore(t, handedOver, func(t *testing.T, s *Store) {
		states := []string{"scheduled", "claimed", "sending", "published", "refused", "unknown", "cancelled", "recalled", "expired"}
		for i, state := range states {
			addBare(t, s, i, state)
		}
		schema, rows := schemaOf(t, s), publicationsIn(t, s)
		if !slices.Equal(publicationsBefore, columnsBefore(schema)) || len(rows) != len(states) {
			t.Fatalf("the columns are %q, with %d rows", columnsBefore(schema), len(rows))
		}
		migrate(t, s, handedOver)
		if now := publicationsIn(t, s); !slices.Equal(now, rows) {
			t.Errorf("the rows were\n%s\nand are\n%s", strings.Join(rows, "\n"), strings.Join(now, "\n"))
		}
		want := []string{"column publications.comparison", "index publications_leased", "index publications_live"}
		if s.dialect == sqliteDialect {
			want = append(want, "column publications.state") // it has a default, and another check
		} else {
			want = append(want, "constraint publications.publications_comparison_check", "constraint publications.publications_state_check")
		}
		slices.Sort(want)
		if got := changed(schema, schemaOf(t, s)); !slices.Equal(got, want) {
			t.Errorf("of the schema there changed %q, want %q", got, want)
		}
		addBare(t, s, len(states), "handed_over")
		if _, err := s.writer.ExecContext(t.Context(), "UPDATE publications SET state = 'elsewhere'"); err == nil {
			t.Error("a state that nobody knows is kept")
		}
	})
}

// onEachBefore runs a test on a database of each kind as it was before a migration, which the test
// applies to what it put there.
func onEachBefore(t *testing.T, migration int64, test func(t *testing.T, s *Store)) {
	t.Helper()
	for _, d := range []dialect{sqliteDialect, postgresDialect} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			dsn := filepath.Join(t.TempDir(), "store.db")
			if d == postgresDialect {
				dsn = testpg.New(t)
			}
			s, err := Open(t.Context(), Config{DSN: dsn, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			migrate(t, s, migration-1)
			test(t, s)
		})
	}
}

// migrate applies the migrations of the house up to one.
func migrate(t *testing.T, s *Store, to int64) {
	t.Helper()
	folder, err := fs.Sub(files, path.Join("migrations", string(s.dialect)))
	if err != nil {
		t.Fatal(err)
	}
	kind := goose.DialectSQLite3
	if s.dialect == postgresDialect {
		kind = goose.DialectPostgres
	}
	p, err := goose.NewProvider(kind, s.writer, folder, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), to); err != nil {
		t.Fatal(err)
	}
}

// addBare inserts a publication in a state that refers to nothing that is there.
func addBare(t *testing.T, s *Store, i int, state string) {
	t.Helper()
	values := map[string]string{
		"id": fmt.Sprintf("'%02d'", i), "subject_kind": "'post'", "state": "'" + state + "'", "evidence": "'told'", "shown": "'same'", "doubt": "'1'",
		"post_id": fmt.Sprintf("'post %d'", i), "external_id": fmt.Sprintf("'known %d'", i),
		"revision": "1", "round": "2", "epoch": "3", "looks": "4", "version": "5",
	}
	var row []string
	for _, column := range publicationsBefore {
		value, set := values[column]
		switch {
		case set:
		case strings.HasSuffix(column, "_time"):
			value = "'2026-11-20 01:02:03.000004+00:00'"
		default:
			value = fmt.Sprintf("'%s %d'", column, i)
		}
		row = append(row, value)
	}
	unbound(t, s, "INSERT INTO publications ("+strings.Join(publicationsBefore, ", ")+") VALUES ("+strings.Join(row, ", ")+")")
}

// unbound carries a statement out that refers to nothing that is there.
func unbound(t *testing.T, s *Store, statement string, args ...any) {
	t.Helper()
	conn, err := s.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	off, on := "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
	if s.dialect == postgresDialect {
		off, on = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
	}
	for _, one := range []struct {
		statement string
		args      []any
	}{{off, nil}, {s.dialect.bind(statement), args}, {on, nil}} {
		if _, err := conn.ExecContext(t.Context(), one.statement, one.args...); err != nil {
			t.Fatalf("%s: %v", one.statement, err)
		}
	}
}

// publicationsIn are the rows of publications as text, of the columns there were before.
func publicationsIn(t *testing.T, s *Store) (rows []string) {
	t.Helper()
	found, err := s.writer.QueryContext(t.Context(), "SELECT "+strings.Join(publicationsBefore, ", ")+" FROM publications ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		values := make([]any, len(publicationsBefore))
		for i := range values {
			values[i] = new(any)
		}
		if err := found.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var row []string
		for _, v := range values {
			row = append(row, fmt.Sprint(*v.(*any)))
		}
		rows = append(rows, strings.Join(row, "|"))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// schemaOf is everything that a schema consists of, by what it is and its name.
func schemaOf(t *testing.T, s *Store) map[string]string {
	t.Helper()
	queries := []string{
		"SELECT type || ' ' || name, sql FROM sqlite_master WHERE type IN ('index', 'trigger', 'view') AND sql IS NOT NULL",
		`SELECT 'column ' || m.name || '.' || c.name, c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk` +
			" FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
		`SELECT 'key ' || m.name || '.' || f.id || '.' || f.seq, f."table" || ' ' || f."from" || ' ' || coalesce(f."to", '') || f.on_delete || f.on_update` +
			" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
	}
	if s.dialect == postgresDialect {
		queries = []string{
			"SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
			"SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
			"SELECT 'column ' || table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || ' ' ||" +
				" coalesce(collation_name, '') FROM information_schema.columns WHERE table_schema = current_schema()",
			"SELECT 'constraint ' || conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint" +
				" WHERE connamespace = current_schema()::regnamespace",
		}
	}
	out := map[string]string{}
	var name, text string
	for _, query := range queries {
		before := len(out)
		if err := s.scan(t.Context(), []any{&name, &text}, func() { out[name] = text }, query); err != nil {
			t.Fatal(err)
		}
		if len(out) == before {
			t.Fatalf("nothing is found by %s", query)
		}
	}
	return out
}

// changed names what of a schema came, went, or is something else.
func changed(before, after map[string]string) []string {
	both := maps.Clone(before)
	maps.Copy(both, after)
	return slices.Sorted(func(yield func(string) bool) {
		for name := range both {
			was, had := before[name]
			is, has := after[name]
			if (had != has || was != is) && !yield(name) {
				return
			}
		}
	})
}

// columnsBefore are those that publications have in a schema, in the order of publicationsBefore,
// and what else there is.
func columnsBefore(schema map[string]string) []string {
	var out []string
	for _, column := range publicationsBefore {
		if _, there := schema["column publications."+column]; there {
			out = append(out, column)
		}
	}
	for name := range schema {
		column, of := strings.CutPrefix(name, "column publications.")
		if of && !slices.Contains(publicationsBefore, column) {
			out = append(out, column)
		}
	}
	return out
}
