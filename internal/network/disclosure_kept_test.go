package network

import (
	"errors"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// TestTables: rules are read once by workspace and number, those of another are others, no
// more are kept than may be, and nothing is kept of a read that failed.
func TestTables(t *testing.T) {
	t.Parallel()
	tables, reads := NewTables(), 0
	told := func(w advocacy.WorkspaceID, number int) string {
		t.Helper()
		got, err := tables.Load(w, number, func() (*advocacy.DisclosureRevision, error) {
			reads++
			return &advocacy.DisclosureRevision{Number: number, Rules: []advocacy.DisclosureRule{{
				Rule: string(w), Disclosure: advocacy.DisclosureEmployee, Words: map[string]string{"en": "Words"},
			}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d := got.Tell(advocacy.DisclosureEmployee, measure.Wall, "", "en")
		if d.Revision != number {
			t.Fatalf("revision %d of %s was asked for, and %d came", number, w, d.Revision)
		}
		return d.Rule
	}
	for range 2 {
		for _, w := range []advocacy.WorkspaceID{"acme", "other"} {
			if got := told(w, 1); got != string(w) {
				t.Errorf("%s is told by the rule of %s", w, got)
			}
		}
	}
	if reads != 2 {
		t.Errorf("two tables were read %d times", reads)
	}
	for number := range 2 * keptTables {
		told("acme", number+2)
	}
	if tables.kept.Len() != keptTables {
		t.Errorf("%d tables are kept, want %d", tables.kept.Len(), keptTables)
	}
	broken := errors.New("broken")
	if _, err := tables.Load("new", 1, func() (*advocacy.DisclosureRevision, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("a read that failed gives %v", err)
	}
	if got := told("new", 1); got != "new" {
		t.Errorf("after a read that failed the rule is %q", got)
	}
}
