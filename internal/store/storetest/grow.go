package storetest

import (
	"context"
	"fmt"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
)

// growBatch is how many posts one statement makes.
const growBatch = 20_000

// Grow makes n posts in review by copying one, with its revision, its review and its
// open turns: a large store in minutes, for measuring. Copies differ in their ids and in
// when they are due; progress is told how many there are.
func Grow(ctx context.Context, s *store.Store, w advocacy.WorkspaceID, from advocacy.PostID, n int, progress func(done int)) error {
	id := "printf('01900000-0000-7000-8000-%012x', n.i)"
	task := "printf('0190%04x-0000-7000-8000-%012x', length(requirement), n.i)"
	due := "strftime('%Y-%m-%d %H:%M:%f+00:00', due_time, '+' || (n.i % 1000000) || ' seconds')"
	urgency := "strftime('%Y%m%d%H', due_time, '+' || (n.i % 1000000) || ' seconds') || substr(urgency, 11)"
	series := "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
	if s.Dialect() == "postgres" {
		id = "'01900000-0000-7000-8000-' || lpad(to_hex(n.i), 12, '0')"
		task = "'0190' || lpad(to_hex(length(requirement)), 4, '0') || '-0000-7000-8000-' || lpad(to_hex(n.i), 12, '0')"
		due = "due_time + (n.i % 1000000) * interval '1 second'"
		urgency = "to_char((" + due + ") AT TIME ZONE 'UTC', 'YYYYMMDDHH24') || substr(urgency, 11)"
		series = "WITH n AS (SELECT generate_series(%d::bigint, %d::bigint) AS i)"
	}
	tables := []struct {
		name, where string
		replace     map[string]string
	}{
		{"posts", "id = %s", map[string]string{"id": id}},
		{"revisions", "subject_id = %s", map[string]string{"subject_id": id}},
		{"reviews", "subject_id = %s", map[string]string{"subject_id": id}},
		{"review_tasks", "subject_id = %s", map[string]string{"subject_id": id, "id": task, "due_time": due, "urgency": urgency}},
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
			selected := fmt.Sprintf("SELECT %s FROM %s, n WHERE workspace_id = '%s' AND "+t.where,
				strings.Join(values, ", "), t.name, w, "'"+string(from)+"'")
			if _, err := s.SQLWriter().ExecContext(ctx, head+" "+insert+selected); err != nil {
				return fmt.Errorf("grow %s: %w", t.name, err)
			}
		}
		progress(last)
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
