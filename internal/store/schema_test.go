package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// openFile opens a migrated SQLite store of its own.
func openFile(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{DSN: filepath.Join(t.TempDir(), "store.db"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// rowTypes are the tables as the rows see them.
var rowTypes = map[string][]string{
	workspaces.name: workspaces.columns, roles.name: roles.columns, members.name: members.columns,
	memberRoles.name: memberRoles.columns, "identities": tableOf[identityRow]().columns, sessions.name: sessions.columns,
	links.name: links.columns, apiKeys.name: apiKeys.columns, accounts.name: accounts.columns, topics.name: topics.columns,
	topicMembers.name: topicMembers.columns, items.name: items.columns, media.name: media.columns, posts.name: posts.columns,
	revisions.name: revisions.columns, policies.name: policies.columns, reviews.name: reviews.columns,
	decisions.name: decisions.columns, tasks.name: tasks.columns, publications.name: publications.columns,
	attempts.name: attempts.columns, holds.name: holds.columns, records.name: records.columns,
	requests.name: requests.columns, entries.name: entries.columns, entryMedia.name: entryMedia.columns,
}

// TestRowsAreTables holds that rows and migrated tables have the same columns in the
// same order.
func TestRowsAreTables(t *testing.T) {
	t.Parallel()
	s := openFile(t)
	var name string
	var names []string
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'river%' AND name NOT LIKE 'sqlite%'" +
		" AND name NOT LIKE 'goose%'"
	if err := s.scan(t.Context(), []any{&name}, func() { names = append(names, name) }, query); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var column string
		var columns []string
		query := "SELECT name FROM pragma_table_info(?)"
		if err := s.scan(t.Context(), []any{&column}, func() { columns = append(columns, column) }, query, name); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(columns, rowTypes[name]) {
			t.Errorf("%s has the columns\n%q, its row\n%q", name, columns, rowTypes[name])
		}
	}
	if len(names) != len(rowTypes) {
		t.Errorf("%d tables, %d rows", len(names), len(rowTypes))
	}
}

// TestMigrationsAreTwins holds that both databases have the same migrations, tables,
// columns, indexes and unique keys.
func TestMigrationsAreTwins(t *testing.T) {
	t.Parallel()
	lite, err := files.ReadDir("migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	pg, err := files.ReadDir("migrations/postgres")
	if err != nil {
		t.Fatal(err)
	}
	if len(lite) != len(pg) {
		t.Fatalf("%d migrations for SQLite, %d for PostgreSQL", len(lite), len(pg))
	}
	for i := range lite {
		if lite[i].Name() != pg[i].Name() {
			t.Fatalf("%s is not %s", lite[i].Name(), pg[i].Name())
		}
		a, b := skeleton(t, "sqlite", lite[i].Name()), skeleton(t, "postgres", pg[i].Name())
		if !slices.Equal(a, b) {
			t.Errorf("%s differs:\n%s\n\n%s", lite[i].Name(), strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	}
}

// skeleton is what a migration makes, without types and without what only one database
// has a word for.
func skeleton(t *testing.T, folder, name string) (lines []string) {
	t.Helper()
	text, err := files.ReadFile("migrations/" + folder + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "--":
		case strings.HasPrefix(line, "CREATE TABLE"), strings.HasPrefix(line, "CREATE INDEX"),
			strings.HasPrefix(line, "CREATE UNIQUE"), strings.HasPrefix(line, "    WHERE"),
			words[0] == "PRIMARY", words[0] == "UNIQUE", words[0] == "FOREIGN", words[0] == "REFERENCES":
			lines = append(lines, strings.Join(words, " "))
		case strings.HasPrefix(line, "    ") && len(words) > 1 && words[0] == strings.ToLower(words[0]) &&
			words[0] != "'review_expired'," && !strings.HasPrefix(words[0], "'"):
			lines = append(lines, words[0])
		}
	}
	return lines
}

// explained is a pool that asks SQLite how it would run each query.
type explained struct {
	gorm.ConnPool
	t    *testing.T
	what string
}

// QueryContext explains the query and runs it.
func (p explained) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.t.Helper()
	rows, err := p.ConnPool.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		// A SCAN reads a whole table, or a whole subquery that has its own line.
		scan := strings.HasPrefix(detail, "SCAN ") && detail != "SCAN leased" && detail != "SCAN scheduled"
		if strings.Contains(detail, "TEMP B-TREE") || scan {
			p.t.Errorf("%s: %s\n%s", p.what, detail, query)
		}
	}
	return p.ConnPool.QueryContext(ctx, query, args...)
}

// TestPlans holds that every list, with and without each filter, on the first page and
// on the next, in both orders, comes off an index: a page costs the same in a table of
// any size.
func TestPlans(t *testing.T) {
	t.Parallel()
	s := openFile(t)
	const w = "w"
	subject := advocacy.PostSubject(w, "p")
	now := time.Now()
	pages := []workflow.Page{{Size: 5}, {Size: 5, Oldest: true}, {Size: 5, After: "7"}, {Size: 5, After: "7", Oldest: true}}
	run := func(what string, list func(r reader, p workflow.Page) error) {
		t.Helper()
		for i, p := range pages {
			name := fmt.Sprintf("%s, page %d", what, i)
			r := reader{conn{dialect: s.dialect, pool: explained{s.pool, t, name}, orm: s.orm}}
			if err := list(r, p); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for mask := range 8 {
		on := func(bit int, value string) string {
			if mask>>bit&1 == 1 {
				return value
			}
			return ""
		}
		name := func(list string) string { return fmt.Sprintf("%s %03b", list, mask) }
		run(name("Posts"), func(r reader, p workflow.Page) error {
			_, _, err := r.Posts(t.Context(), workflow.PostQuery{Page: p, Workspace: w, Author: advocacy.PersonID(on(0, "a")),
				State: advocacy.PostState(on(1, "draft")), Item: advocacy.ItemID(on(2, "i"))})
			return err
		})
		for _, at := range []time.Time{{}, now} {
			for _, viewer := range []advocacy.PersonID{"", "v"} {
				run(name("Items"), func(r reader, p workflow.Page) error {
					_, _, err := r.Items(t.Context(), workflow.ItemQuery{Page: p, Workspace: w, Topic: advocacy.TopicID(on(0, "t")),
						State: advocacy.ItemState(on(1, "draft")), Owner: advocacy.PersonID(on(2, "o")), SharableAt: at, Viewer: viewer})
					return err
				})
			}
		}
		run(name("Publications"), func(r reader, p workflow.Page) error {
			_, _, err := r.Publications(t.Context(), workflow.PublicationQuery{Page: p, Workspace: w,
				Post: advocacy.PostID(on(0, "p")), Account: advocacy.AccountID(on(1, "a")), State: advocacy.PublicationState(on(2, "sending"))})
			return err
		})
		run(name("AuditRecords"), func(r reader, p workflow.Page) error {
			_, _, err := r.AuditRecords(t.Context(), workflow.RecordQuery{Page: p, Workspace: w, Parent: on(0, "p"),
				Action: on(1, "a"), Person: advocacy.PersonID(on(2, "p"))})
			return err
		})
		run(name("Members"), func(r reader, p workflow.Page) error {
			_, _, err := r.Members(t.Context(), workflow.MemberQuery{Page: p, Workspace: w,
				Role: advocacy.Role(on(0, "r")), State: advocacy.MemberState(on(1, "active"))})
			return err
		})
		run(name("Holds"), func(r reader, p workflow.Page) error {
			_, _, err := r.Holds(t.Context(), workflow.HoldQuery{Page: p, Workspace: w, Active: on(0, "x") != "",
				Scope: advocacy.HoldScope(on(1, "post"))})
			return err
		})
		run(name("others"), func(r reader, p workflow.Page) error {
			_, _, err1 := r.Topics(t.Context(), w, advocacy.PersonID(on(0, "v")), p)
			_, _, err2 := r.APIKeys(t.Context(), w, advocacy.PersonID(on(0, "o")), p)
			_, _, err3 := r.Accounts(t.Context(), w, advocacy.Network(on(0, "wall")), p)
			_, _, err4 := r.Roles(t.Context(), w, p)
			_, _, err5 := r.Workspaces(t.Context(), p)
			_, _, err6 := r.Revisions(t.Context(), subject, p)
			_, _, err7 := r.Reviews(t.Context(), subject, p)
			_, _, err8 := r.PolicyRevisions(t.Context(), w, "main", p)
			return first(err1, err2, err3, err4, err5, err6, err7, err8)
		})
	}
	run("tasks and times", func(r reader, p workflow.Page) error {
		if p.After != "" {
			p.After = "7|id"
		}
		_, _, err1 := r.MediaList(t.Context(), w, p)
		timed := Store{reader: r}
		_, _, err2 := timed.Entries(t.Context(), w, wall.Query{Before: p.After, Size: 5})
		if p.After != "" {
			p.After = "7|p|1"
		}
		_, _, err3 := r.PolicyRevisions(t.Context(), w, "", p)
		return first(err1, err2, err3)
	})
	for _, person := range []advocacy.PersonID{"", "p"} {
		for _, state := range []workflow.TaskState{"", workflow.TaskOpen} {
			for _, held := range [][]advocacy.Role{nil, {"a"}, {"a", "b", "c"}} {
				for _, of := range []advocacy.Subject{{}, subject} {
					run(fmt.Sprintf("Tasks %q %q %q %q", person, state, held, of.ID), func(r reader, p workflow.Page) error {
						if p.After != "" {
							p.After = "7|id"
						}
						_, _, err := r.Tasks(t.Context(), workflow.TaskQuery{Page: p, Workspace: w, Person: person, State: state, Roles: held, Subject: of})
						return err
					})
				}
			}
		}
	}
	run("all of something", func(r reader, _ workflow.Page) error {
		_, err1 := r.Decisions(t.Context(), subject)
		_, err2 := r.PublicationsOf(t.Context(), w, "p")
		_, err3 := r.Attempts(t.Context(), w, "x")
		_, err4 := r.Due(t.Context(), now, 5)
		_, err5 := r.ExpiredReviews(t.Context(), now, 5)
		_, err6 := r.Policy(t.Context(), w)
		_, err7 := r.RevisionsByNumber(t.Context(), w, advocacy.SubjectPost, map[string]int{"a": 1, "b": 2})
		return first(err1, err2, err3, err4, err5, ignoreMissing(err6), err7)
	})
	run("look-ups", func(r reader, _ workflow.Page) error {
		found := Store{reader: r}
		_, _, _, err1 := found.FindSession(t.Context(), []byte("x"))
		_, _, _, err2 := found.FindAPIKey(t.Context(), []byte("x"))
		_, err3 := found.ShowsBlob(t.Context(), w, "b")
		_, err4 := r.CountHolders(t.Context(), w, []advocacy.Role{"a", "b"}, []advocacy.PersonID{"p"})
		_, err5 := r.MembersByID(t.Context(), w, []advocacy.PersonID{"a", "b"})
		return first(ignoreMissing(err1), ignoreMissing(err2), err3, err4, err5)
	})
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if advocacy.KindOf(err) == advocacy.NotFound {
		return nil
	}
	return err
}
