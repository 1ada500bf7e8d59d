package codebase

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// faults is how many the catalogue has.
const faults = 46

// TestFaultsAreProven: each fault of the catalogue has its row, once and in order, with tests that
// exist or the reason why there is none.
func TestFaultsAreProven(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(table)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		n++
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			t.Fatalf("row %d has %d cells: %s", n, len(cells), line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		number, words, tests, reason := cells[0], cells[1], cells[2], cells[3]
		if want := fmt.Sprintf("F%02d", n); number != want {
			t.Fatalf("where %s belongs stands %q", want, number)
		}
		if words == "" || tests == "" && reason == "" {
			t.Errorf("%s says nothing of what fails, or of what shows that it holds", number)
		}
		for test := range strings.FieldsSeq(tests) {
			if !strings.Contains(test, ".") || !proves(t, test) {
				t.Errorf("%s (%s): there is no test %s", number, words, test)
			}
		}
	}
	if n != faults {
		t.Errorf("the table ends with F%02d, the catalogue with F%02d", n, faults)
	}
}
