package store

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// table knows the columns of a row type, read once from its gorm tags, and writes and
// reads rows in that order.
type table[R any] struct {
	name string
	// columns are the names and fields their places in the struct.
	columns []string
	fields  []int
	// computed are the expressions of columns that are only read, with $ for the table.
	computed map[string]string
	// list is the columns with commas, and marks as many placeholders in parentheses.
	list  string
	marks string
}

// tabler is a row that names its table; GORM asks for the same.
type tabler interface{ TableName() string }

func tableOf[R tabler]() *table[R] {
	var row R
	t := &table[R]{name: row.TableName()}
	kind := reflect.TypeFor[R]()
	for i := range kind.NumField() {
		tag := kind.Field(i).Tag.Get("gorm")
		name, found := strings.CutPrefix(tag, "column:")
		if !found {
			continue
		}
		name, _, _ = strings.Cut(name, ";")
		t.columns = append(t.columns, name)
		t.fields = append(t.fields, i)
	}
	return t.ready()
}

func (t *table[R]) ready() *table[R] {
	t.list = strings.Join(t.columns, ", ")
	if len(t.computed) > 0 {
		t.list = t.of(t.name)
	}
	t.marks = in(len(t.columns))
	return t
}

// of returns the columns with commas, each as a column of alias.
func (t *table[R]) of(alias string) string {
	all := make([]string, len(t.columns))
	for i, name := range t.columns {
		all[i] = alias + "." + name
		if expression, is := t.computed[name]; is {
			all[i] = strings.ReplaceAll(expression, "$", alias)
		}
	}
	return strings.Join(all, ", ")
}

// computing returns the table with a column of the row that is an expression and never
// written. $ stands for the table in it.
func (t *table[R]) computing(column, expression string) *table[R] {
	u := *t
	u.computed = map[string]string{column: expression}
	maps.Copy(u.computed, t.computed)
	return u.ready()
}

// into returns where the columns of one row go. Scanning into it again overwrites row.
func (t *table[R]) into(row *R) []any {
	v := reflect.ValueOf(row).Elem()
	dest := make([]any, len(t.fields))
	for i, f := range t.fields {
		dest[i] = v.Field(f).Addr().Interface()
	}
	return dest
}

// values returns the columns of the rows, one row after the other.
func (t *table[R]) values(rows ...R) []any {
	args := make([]any, 0, len(rows)*len(t.fields))
	for i := range rows {
		v := reflect.ValueOf(&rows[i]).Elem()
		for _, f := range t.fields {
			args = append(args, v.Field(f).Interface())
		}
	}
	return args
}

// insert is the statement that inserts n rows.
func (t *table[R]) insert(n int) string {
	return "INSERT INTO " + t.name + " (" + t.list + ") VALUES " + t.marks + strings.Repeat(", "+t.marks, n-1)
}

// in is a list of n placeholders in parentheses.
func in(n int) string { return "(?" + strings.Repeat(", ?", n-1) + ")" }

// anys turns values into arguments, after those given first.
func anys[T ~string](first []any, values []T) []any {
	for _, v := range values {
		first = append(first, string(v))
	}
	return first
}

// without returns the table less some columns.
func (t *table[R]) without(columns ...string) *table[R] {
	u := &table[R]{name: t.name}
	for i, name := range t.columns {
		if !slices.Contains(columns, name) {
			u.columns = append(u.columns, name)
			u.fields = append(u.fields, t.fields[i])
		}
	}
	return u.ready()
}
