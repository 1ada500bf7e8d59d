package advocacy_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// grid is a specification kept as text: what becomes of each row under each column.
type grid map[string]map[string]string

// readGrid reads a grid. A line that begins with the word corner names the columns of
// the lines below it, so one grid may be written as several narrow tables.
func readGrid(t *testing.T, path, corner string) grid {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := make(grid)
	var columns []string
	for n, line := range strings.Split(string(data), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
			continue
		case words[0] == corner:
			columns = words[1:]
			continue
		case len(words) != len(columns)+1:
			t.Fatalf("%s:%d: %d cells under %d columns", path, n+1, len(words)-1, len(columns))
		}
		row := words[0]
		if out[row] == nil {
			out[row] = make(map[string]string)
		}
		for i, column := range columns {
			if _, taken := out[row][column]; taken {
				t.Fatalf("%s:%d: a second cell for %s under %s", path, n+1, row, column)
			}
			out[row][column] = words[i+1]
		}
	}
	return out
}

// checkGrid compares a grid with what cell computes and fails on every row, column or
// cell that is missing, or that nobody asked for.
func checkGrid(t *testing.T, path, corner string, rows, columns []string, cell func(t *testing.T, row, column string) string) {
	t.Helper()
	want, got := readGrid(t, path, corner), make(grid)
	for _, row := range rows {
		got[row] = make(map[string]string)
		for _, column := range columns {
			if _, ok := want[row][column]; !ok {
				t.Errorf("%s: no cell for %s under %s", path, row, column)
			}
			got[row][column] = cell(t, row, column)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-written +computed):\n%s", path, diff)
	}
}

func TestGridRefusesHoles(t *testing.T) {
	t.Parallel()
	want := readGrid(t, "testdata/transitions.txt", "state")
	for _, s := range advocacy.PostStates() {
		if len(want[string(s)]) != len(columnsOf(postCommands)) {
			t.Errorf("%s has %d cells, want %d", s, len(want[string(s)]), len(columnsOf(postCommands)))
		}
	}
}

// outcome is a cell: the state, or the reason of the refusal.
func outcome[S ~string](state S, err error) string {
	if err != nil {
		return "!" + advocacy.ReasonOf(err)
	}
	return string(state)
}

func names[S ~string](values []S) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func columnsOf[F any](commands map[string]F) []string {
	var out []string
	for name := range commands {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
