package store

import (
	"math"
	"testing"
)

// programBefore is the newest migration that a program in use may have been built with, and still
// writes by while a newer one has upgraded its tables. It is raised when none such is in use any more.
const programBefore = 166

// column is a column of a table, and whether whoever inserts a row may leave it out.
type column struct{ table, name string }

func columnsOf(t *testing.T, s *Store) map[column]bool {
	t.Helper()
	query := `SELECT m.name, c.name, c."notnull" = 0 OR c.dflt_value IS NOT NULL OR c.pk > 0 AND c.type = 'INTEGER'` +
		` FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`
	if s.dialect == postgresDialect {
		query = `SELECT table_name, column_name, is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES'` +
			` FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	var at column
	var free bool
	all := map[column]bool{}
	if err := s.scan(t.Context(), []any{&at.table, &at.name, &free}, func() { all[at] = free }, query); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOlderProgramsWriteOn holds that what a program of before names in its statements is there after
// an upgrade, and that it may leave out whatever came: it goes on until it is ended.
func TestOlderProgramsWriteOn(t *testing.T) {
	t.Parallel()
	onEachBefore(t, programBefore+1, func(t *testing.T, s *Store) {
		before := columnsOf(t, s)
		tables := map[string]bool{}
		for at := range before {
			tables[at.table] = true
		}
		migrate(t, s, math.MaxInt64)
		after := columnsOf(t, s)
		if len(tables) < 20 || len(after) <= len(before) {
			t.Fatalf("%d tables with %d columns before, %d after", len(tables), len(before), len(after))
		}
		for at := range before {
			if _, there := after[at]; !there {
				t.Errorf("an older program names %s.%s, which is not there any more", at.table, at.name)
			}
		}
		for at, free := range after {
			if _, known := before[at]; !known && tables[at.table] && !free {
				t.Errorf("an older program knows nothing of %s.%s, and cannot leave it out", at.table, at.name)
			}
		}
	})
}
