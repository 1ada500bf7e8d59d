package storetest

import (
	"context"
	"fmt"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// growBatch is how many posts one statement makes.
const growBatch = 20_000

// Grow makes n posts in review by copying one, with its revision, its review and its
// open turns: a large store in minutes, for measuring. Copies differ in their ids and in
// when they are due; progress is told how many there are.
func Grow(ctx context.Context, s *store.Store, w advocacy.WorkspaceID, from advocacy.PostID, n int, progress func(done int)) error {
	id := seriesID(s)
	task := "printf('0190%04x-0000-7000-8000-%012x', length(requirement), n.i)"
	due := "strftime('%Y-%m-%d %H:%M:%f+00:00', due_time, '+' || (n.i % 1000000) || ' seconds')"
	urgency := "strftime('%Y%m%d%H', due_time, '+' || (n.i % 1000000) || ' seconds') || substr(urgency, 11)"
	if s.Dialect() == "postgres" {
		task = "'0190' || lpad(to_hex(length(requirement)), 4, '0') || '-0000-7000-8000-' || lpad(to_hex(n.i), 12, '0')"
		due = "due_time + (n.i % 1000000) * interval '1 second'"
		urgency = "to_char((" + due + ") AT TIME ZONE 'UTC', 'YYYYMMDDHH24') || substr(urgency, 11)"
	}
	tables := []copied{
		{"posts", "id", map[string]string{"id": id}},
		{"revisions", "subject_id", map[string]string{"subject_id": id}},
		{"reviews", "subject_id", map[string]string{"subject_id": id}},
		{"review_tasks", "subject_id", map[string]string{"subject_id": id, "id": task, "due_time": due, "urgency": urgency}},
	}
	return grow(ctx, s, w, string(from), n, tables, func(_, last int) error { progress(last); return nil })
}

// GrowLibrary makes n library items by copying one, with its newest revision, each found by
// a document of its own.
func GrowLibrary(
	ctx context.Context, s *store.Store, w advocacy.WorkspaceID, from advocacy.ItemID, n int, document func(i int) search.Document,
) error {
	id := seriesID(s)
	tables := []copied{{"library_items", "id", map[string]string{"id": id}}, {"revisions", "subject_id", map[string]string{"subject_id": id}}}
	return grow(ctx, s, w, string(from), n, tables, func(first, last int) error {
		for i := first; i <= last; i += 1000 {
			err := s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
				for n := i; n < min(i+1000, last+1); n++ {
					item := advocacy.ItemID(fmt.Sprintf("01900000-0000-7000-8000-%012x", n))
					if err := tx.IndexItem(ctx, workflow.ItemTexts{Workspace: w, Item: item, Shown: document(n)}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// seriesID is the id of a copy, by its number.
func seriesID(s *store.Store) string {
	if s.Dialect() == "postgres" {
		return "'01900000-0000-7000-8000-' || lpad(to_hex(n.i), 12, '0')"
	}
	return "printf('01900000-0000-7000-8000-%012x', n.i)"
}

// copied is a table of which the rows of one thing are copied, with what differs.
type copied struct {
	name, of string
	replace  map[string]string
}

// grow copies the rows of a thing n times, and calls after with the numbers of each batch.
func grow(
	ctx context.Context, s *store.Store, w advocacy.WorkspaceID, from string, n int, tables []copied, after func(first, last int) error,
) error {
	series := "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
	if s.Dialect() == "postgres" {
		series = "WITH n AS (SELECT generate_series(%d::bigint, %d::bigint) AS i)"
	}
	for done := 0; done < n; done += growBatch {
		last := min(done+growBatch, n)
		for _, t := range tables {
			columns, err := columnsOf(ctx, s, t.name)
			if err != nil {
				return err
			}
			values := make([]string, len(columns))
			for i, c := range columns {
				values[i] = c
				if r, ok := t.replace[c]; ok {
					values[i] = r
				}
			}
			head := fmt.Sprintf(series, done+1, last)
			insert := fmt.Sprintf("INSERT INTO %s (%s) ", t.name, strings.Join(columns, ", "))
			selected := fmt.Sprintf("SELECT %s FROM %s, n WHERE workspace_id = '%s' AND %s = '%s'",
				strings.Join(values, ", "), t.name, w, t.of, from)
			if _, err := s.SQLWriter().ExecContext(ctx, head+" "+insert+selected); err != nil {
				return fmt.Errorf("grow %s: %w", t.name, err)
			}
		}
		if err := after(done+1, last); err != nil {
			return err
		}
	}
	if s.Dialect() != "postgres" {
		// SQLite that has statistics prepares a statement again whenever it is bound.
		return nil
	}
	_, err := s.SQLWriter().ExecContext(ctx, "ANALYZE")
	return err
}

func columnsOf(ctx context.Context, s *store.Store, table string) ([]string, error) {
	rows, err := s.SQLWriter().QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}
