package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// nextChange is the number of a change of turns, as an expression, and what is bound in it
// for a workspace. PostgreSQL numbers by transaction, which makes nobody wait for anybody.
func (d dialect) nextChange() (number string, bound func(workspace string) []any) {
	if d == postgresDialect {
		return "pg_current_xact_id()::text::bigint", func(string) []any { return nil }
	}
	return "(SELECT coalesce(max(o.change), 0) + 1 FROM review_tasks o WHERE o.workspace_id = ?)",
		func(workspace string) []any { return []any{workspace} }
}

// settled is the number on PostgreSQL from which on a transaction may still run that nobody
// sees yet.
const settled = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

// TaskClock says how far the order of changes is known.
func (r reader) TaskClock(ctx context.Context, w advocacy.WorkspaceID) (workflow.TaskClock, error) {
	const epoch = "(SELECT max(number) FROM epochs)"
	query, args := "SELECT coalesce(max(change), 0), coalesce(max(change), 0), "+epoch+" FROM review_tasks WHERE workspace_id = ?", []any{string(w)}
	if r.dialect == postgresDialect {
		query, args = "SELECT "+settled+" - 1, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1, "+epoch, nil
	}
	var c workflow.TaskClock
	err := r.scan(ctx, []any{&c.Settled, &c.Latest, &c.Epoch}, func() {}, query, args...)
	return c, failed(err)
}

// ChangedTasks lists turns by their last change.
func (r reader) ChangedTasks(
	ctx context.Context, w advocacy.WorkspaceID, after workflow.TaskPlace, most int,
) (changed []workflow.Task, next workflow.TaskPlace, err error) {
	l := listing[taskRow]{table: tasks, order: []string{"change", "id"}, after: []any{after.Change, string(after.ID)}}
	l.and("workspace_id = ?", string(w))
	if r.dialect == postgresDialect {
		l.and("change < " + settled) // guard: nothing is read past a change that may still come
	}
	var row taskRow
	next = after
	err = r.scan(ctx, tasks.into(&row), func() {
		changed = append(changed, row.task())
		next = workflow.TaskPlace{Change: row.Change, ID: advocacy.TaskID(row.ID)}
	}, l.text(true, most), append(l.args, l.after...)...)
	return changed, next, failed(err)
}
