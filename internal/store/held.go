package store

import (
	"bytes"
	"database/sql/driver"
	"slices"
	"strings"
	"time"
)

// changing is what may change of a table's rows, which are read under a lock, changed and
// saved.
//
// What is saved is only what differs from the row as the transaction holds it. A column that
// is written as it was costs as much as one that changed: SQLite looks at names, not at
// values, when it chooses the indexes to write and the foreign keys to look up.
type changing[R any] struct {
	// columns are those that tell rows apart, and then those that may change.
	columns *table[R]
	keys    int
}

// changing returns what may change of a table's rows, and the columns that tell them apart.
func (t *table[R]) changing(key []string, may ...string) changing[R] {
	u := &table[R]{name: t.name, columns: slices.Concat(key, may)}
	for _, name := range u.columns {
		u.fields = append(u.fields, t.fields[slices.Index(t.columns, name)])
	}
	return changing[R]{u.ready(), len(key)}
}

// longestKey is how many columns tell rows apart at most.
const longestKey = 5

// rowKey names a row.
type rowKey struct {
	table string
	of    [longestKey]driver.Value
}

// heldRows are what may change of the rows a transaction read under a lock, or saved since:
// nobody else changes them until it ends. They are values as the database is given them and
// not the rows, whose lists belong to whoever asked for them.
type heldRows map[rowKey][]driver.Value

// split returns the name of a row, and what may change of it.
func (c changing[R]) split(row R) (rowKey, []driver.Value, error) {
	k := rowKey{table: c.columns.name}
	values, err := driven(c.columns.values(row))
	if err != nil {
		return k, nil, err
	}
	copy(k.of[:], values[:c.keys])
	return k, values[c.keys:], nil
}

// hold remembers a row as it was read under a lock.
func (c changing[R]) hold(t *tx, row R) error {
	k, values, err := c.split(row)
	if err != nil {
		return err
	}
	if t.held == nil {
		t.held = make(heldRows)
	}
	t.held[k] = values
	return nil
}

// difference is what a row says otherwise than the one that is held.
type difference struct {
	row rowKey
	now []driver.Value
	// held tells whether the row was; else all that may change differs.
	held bool
	// columns are to be set to values.
	columns []string
	values  []any
}

// differ compares a row with the one that is held.
func (c changing[R]) differ(t *tx, row R) (d difference, err error) {
	if d.row, d.now, err = c.split(row); err != nil {
		return d, err
	}
	var was []driver.Value
	was, d.held = t.held[d.row]
	for i, column := range c.columns.columns[c.keys:] {
		if !d.held || !sameValue(was[i], d.now[i]) { // guard: what differs is written
			d.columns = append(d.columns, column)
			d.values = append(d.values, d.now[i])
		}
	}
	return d, nil
}

// assigned is what follows SET: what always changes, if anything does, and the columns, each of a
// placeholder.
func (d *difference) assigned(always string) string {
	var set strings.Builder
	set.WriteString(always)
	for _, column := range d.columns {
		if set.Len() > 0 {
			set.WriteString(", ")
		}
		set.WriteString(column + " = ?")
	}
	return set.String()
}

// saved remembers the row as it was written.
func (d *difference) saved(t *tx) {
	if d.held { // guard: what was saved is what is held
		t.held[d.row] = d.now
	}
}

// driven are values as the database is given them.
func driven(values []any) ([]driver.Value, error) {
	out := make([]driver.Value, len(values))
	for i, v := range values {
		out[i] = v
		if of, is := v.(driver.Valuer); is {
			var err error
			if out[i], err = of.Value(); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func sameValue(a, b driver.Value) bool {
	switch was := a.(type) {
	case time.Time:
		now, is := b.(time.Time)
		return is && was.Equal(now)
	case []byte:
		now, is := b.([]byte)
		return is && bytes.Equal(was, now)
	default:
		return a == b
	}
}
