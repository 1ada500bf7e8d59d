package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// largestPage bounds what one call can ask for.
const largestPage = 1000

// listing is one page of a table: conditions, then the order and the key to continue
// after. The order's last column is unique within the conditions.
type listing[R any] struct {
	table *table[R]
	// columns and from are those of the table unless a list needs others.
	columns string
	from    string
	where   []string
	args    []any
	// order names the columns of the order, and after their values in the last row of the
	// page before, none on the first page.
	order []string
	after []any
	// extra is where columns that the row does not have are read into.
	extra []any
	// key returns the key of a row.
	key func(*R) string
}

// and adds a condition.
func (l *listing[R]) and(condition string, args ...any) {
	l.where = append(l.where, condition)
	l.args = append(l.args, args...)
}

// andIf adds a condition on a column unless the value is empty.
func andIf[R any, T ~string](l *listing[R], column string, value T) {
	if value != "" {
		l.and(column+" = ?", string(value))
	}
}

// text is the statement, newest first or in ascending order, for some rows.
func (l *listing[R]) text(ascending bool, rows int) string {
	compare, direction := " < ", " DESC"
	if ascending {
		compare, direction = " > ", ""
	}
	columns, from := l.columns, l.from
	if columns == "" {
		columns = l.table.list
	}
	if from == "" {
		from = l.table.name
	}
	where := l.where
	if len(l.after) == 1 {
		where = append(where, l.order[0]+compare+"?")
	} else if len(l.after) > 1 {
		where = append(where, "("+strings.Join(l.order, ", ")+")"+compare+in(len(l.after)))
	}
	return "SELECT " + columns + " FROM " + from + " WHERE " + strings.Join(where, " AND ") +
		" ORDER BY " + strings.Join(l.order, direction+", ") + direction + limit(rows)
}

// limit ends a statement. The number is no bound value: SQLite would compile the
// statement anew each time one is bound, and PostgreSQL plan it anew.
func limit(rows int) string { return " LIMIT " + strconv.Itoa(rows) }

// page reads one page and the key of the next, "" at the end.
func page[R, T any](ctx context.Context, c conn, l listing[R], p workflow.Page, to func(*R) T) ([]T, string, error) {
	args := append(l.args, l.after...)
	return collect(ctx, c, l, p, to, l.text(p.Oldest, fetch(p)), args)
}

// collect reads the rows of a statement that asks for one row more than wanted, to know
// whether there is a next page.
func collect[R, T any](
	ctx context.Context, c conn, l listing[R], p workflow.Page, to func(*R) T, query string, args []any,
) ([]T, string, error) {
	size := fetch(p) - 1
	var row R
	var key, next string
	var out []T
	each := func() {
		if len(out) == size {
			next = key
			return
		}
		if out == nil {
			out = make([]T, 0, min(size, 64))
		}
		out = append(out, to(&row))
		if len(out) == size {
			key = l.key(&row)
		}
	}
	err := c.scan(ctx, append(l.table.into(&row), l.extra...), each, query, args...)
	if err != nil {
		return nil, "", failed(err)
	}
	return out, next, nil
}

// fetch is how many rows a page asks for.
func fetch(p workflow.Page) int { return min(max(p.Size, 1), largestPage) + 1 }

// after is the key of a list ordered by a text that is unique.
func after(key string) []any {
	if key == "" {
		return nil
	}
	return []any{key}
}

// afterNumber is the key of a list ordered by a number.
func afterNumber(key string) ([]any, error) {
	if key == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return nil, badToken(key)
	}
	return []any{n}, nil
}

// afterTime is the key of a list ordered by a time and as many texts as wanted.
func afterTime(key string, texts int) ([]any, error) {
	if key == "" {
		return nil, nil
	}
	parts := strings.Split(key, "|")
	micros, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) != texts+1 {
		return nil, badToken(key)
	}
	values := []any{sorted(time.UnixMicro(micros))}
	for _, part := range parts[1:] {
		if part == "" {
			return nil, badToken(key)
		}
		values = append(values, part)
	}
	return values, nil
}

// afterTimeAndNumber is the key of a list ordered by a time and a number.
func afterTimeAndNumber(key string) ([]any, error) {
	values, err := afterTime(key, 1)
	if err != nil || values == nil {
		return nil, err
	}
	n, err := strconv.ParseInt(values[1].(string), 10, 64)
	if err != nil {
		return nil, badToken(key)
	}
	return []any{values[0], n}, nil
}

// timeKey is the key afterTime reads.
func timeKey(t time.Time, texts ...string) string {
	return strconv.FormatInt(t.UnixMicro(), 10) + "|" + strings.Join(texts, "|")
}

func badToken(key string) error {
	return advocacy.InvalidField("page_token", "PAGE_TOKEN_INVALID", "the page token %q is none that was given out; start at the first page", key)
}
