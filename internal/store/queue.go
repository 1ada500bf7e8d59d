package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

const (
	// scanChunk is how many turns are read at once when not all of them are wanted, and
	// scanMost how many one page may look through: what is rare costs more pages, not a
	// longer one.
	scanChunk = 250
	scanMost  = 1000
)

// taskOrder is one order of the queue: its columns, how a key is read, and the key of a row.
type taskOrder struct {
	columns []string
	after   func(key string) ([]any, error)
	key     func(*taskRow) string
	// past tells whether nothing from the row on can be overdue. PostgreSQL would rather
	// sort what is before a bound than walk to it.
	past func(r *taskRow, now time.Time) bool
}

var taskOrders = map[workflow.TaskOrder]taskOrder{
	workflow.OrderDue: {
		columns: []string{"due_time", "id"},
		after:   func(key string) ([]any, error) { return afterTime(key, 1) },
		key:     func(r *taskRow) string { return timeKey(r.DueTime.time, r.ID) },
		past:    func(r *taskRow, now time.Time) bool { return !r.DueTime.time.Before(now) },
	},
	workflow.OrderUrgency: {
		columns: []string{"urgency", "id"},
		after:   afterTexts,
		key:     func(r *taskRow) string { return r.Urgency + "|" + r.ID },
		past:    func(r *taskRow, now time.Time) bool { return r.Urgency >= advocacy.UrgencyAfter(now) },
	},
	workflow.OrderMade: {
		columns: []string{"id"},
		after:   func(key string) ([]any, error) { return after(key), nil },
		key:     func(r *taskRow) string { return r.ID },
		past:    func(*taskRow, time.Time) bool { return false },
	},
}

// orderOf is the order of a query. Only open turns have an urgency.
func orderOf(q workflow.TaskQuery) taskOrder {
	if order, known := taskOrders[q.Order]; known && (q.Order != workflow.OrderUrgency || q.State == workflow.TaskOpen) {
		return order
	}
	return taskOrders[workflow.OrderDue]
}

// afterTexts is the key of a list ordered by two texts.
func afterTexts(key string) ([]any, error) {
	if key == "" {
		return nil, nil
	}
	first, second, found := strings.Cut(key, "|")
	if !found || first == "" || second == "" {
		return nil, badToken(key)
	}
	return []any{first, second}, nil
}

// Tasks lists turns. With a person but no role there are none: nobody has a turn without
// a role. With neither, it is everybody's turns.
func (r reader) Tasks(ctx context.Context, q workflow.TaskQuery) ([]workflow.Task, string, error) {
	if q.Nobodys() {
		return nil, "", nil
	}
	order := orderOf(q)
	l := listing[taskRow]{table: tasks, order: order.columns}
	var err error
	if l.after, err = order.after(q.After); err != nil {
		return nil, "", err
	}
	l.and("workspace_id = ?", string(q.Workspace))
	if q.Person != "" && !q.Attention {
		quoted, err := json.Marshal(q.Person)
		if err != nil {
			return nil, "", err
		}
		// Not "= 0": PostgreSQL would take that for rare, and sort what it need not.
		l.and("NOT "+r.dialect.within()+"(excluded, ?) > 0", string(quoted))
	}
	return r.scanTasks(ctx, q, l, order)
}

// scanTasks reads on until the page is full, nothing is left, or enough was looked at.
func (r reader) scanTasks(ctx context.Context, q workflow.TaskQuery, l listing[taskRow], order taskOrder) (out []workflow.Task, next string, err error) {
	size, chunk := fetch(q.Page)-1, fetch(q.Page)
	for looked := 0; ; {
		var row taskRow
		read, full, over := 0, false, false
		query, args := r.turns(l, q, chunk)
		err := r.scan(ctx, tasks.into(&row), func() {
			read++
			if over = over || !q.OverdueAt.IsZero() && order.past(&row, q.OverdueAt); over {
				return
			}
			if t := row.task(); full || q.Selects(&t) {
				if full = full || len(out) == size; full {
					return
				}
				out = append(out, t)
			}
			next = order.key(&row)
		}, query, args...)
		looked += read
		switch {
		case err != nil:
			return nil, "", failed(err)
		case full:
			return out, next, nil
		case over, read < chunk:
			return out, "", nil
		case looked >= scanMost || !q.Narrows():
			return out, next, nil
		}
		if l.after, err = order.after(next); err != nil {
			return nil, "", err
		}
		chunk = scanChunk
	}
}

// turns writes the query of some turns. Those of one role, of one whose turn it is, and of
// everybody are in order in an index, and so are those of one subject, which are few.
// Several such runs are merged: by SQLite as they come, by PostgreSQL, which would rather
// sort all of them, after each was cut to one page.
func (r reader) turns(l listing[taskRow], q workflow.TaskQuery, rows int) (string, []any) {
	runs := runsOf(l, q)
	if len(runs) == 1 {
		return runs[0].text(true, rows), append(runs[0].args, runs[0].after...)
	}
	var texts []string
	var args []any
	for _, run := range runs {
		text := run.text(true, rows)
		args = append(append(args, run.args...), run.after...)
		if r.dialect == postgresDialect {
			text = "(" + text + ")"
		} else {
			text, _, _ = strings.Cut(text, " ORDER BY ")
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " UNION ALL ") + " ORDER BY " + strings.Join(l.order, ", ") + limit(rows), args
}

// runsOf are the listings whose union is wanted.
func runsOf(l listing[taskRow], q workflow.TaskQuery) (runs []listing[taskRow]) {
	run := func(column, value string) {
		one := l
		one.where, one.args = slices.Clone(l.where), slices.Clone(l.args)
		andIf(&one, column, value)
		runs = append(runs, one)
	}
	switch {
	case q.Subject.ID != "":
		l.and("subject_kind = ? AND subject_id = ?", string(q.Subject.Kind), q.Subject.ID)
		run("state", string(q.State))
	case q.Order == workflow.OrderUrgency && q.State == workflow.TaskOpen:
		// Written out: the indexes are of open turns, and a bound value could be any.
		l.and("state = 'open'")
		byHolder(q, run)
	case q.State != "":
		run("state", string(q.State))
	default:
		run("state", string(workflow.TaskDone))
		run("state", string(workflow.TaskOpen))
	}
	return runs
}

// byHolder runs through the turns of each one who is asked for.
func byHolder(q workflow.TaskQuery, run func(column, value string)) {
	roles := slices.Compact(slices.Sorted(slices.Values(q.Roles)))
	switch {
	case q.Attention:
		run("whose", string(q.Person))
		for _, p := range q.Delegators() {
			run("whose", string(p))
		}
		for _, role := range roles {
			run("whose", anyHolder+string(role))
		}
		for _, p := range q.Permissions {
			run("whose", whoMay+string(p))
		}
	case len(roles) == 0:
		run("", "")
	default:
		for _, role := range roles {
			run("role", string(role))
		}
	}
}
