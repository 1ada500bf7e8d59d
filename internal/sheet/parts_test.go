package sheet

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestParts holds that the parts of any table are within their bounds and read, one after the other,
// as the table does.
func TestParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 4).Draw(t, "width")
		table := rapid.SliceOfN(rapid.SliceOfN(cells, width, width), 1, 8).Draw(t, "table")
		var text strings.Builder
		longest := 0
		for _, row := range table {
			line := Line(row) + "\n"
			longest = max(longest, len(line))
			text.WriteString(line)
		}
		bytes, rows := rapid.IntRange(2, 100).Draw(t, "bytes"), rapid.IntRange(1, 3).Draw(t, "rows")
		want := Read(text.String())
		got := want[:1]
		for part := range Parts(text.String(), bytes, rows) {
			read := Read(part)
			if len(read) > rows+1 || len(part) > max(bytes, 2*longest) || !slices.Equal(read[0].Cells, want[0].Cells) {
				t.Fatalf("%q is a part with at most %d bytes and %d rows of %q", part, bytes, rows, text.String())
			}
			got = append(slices.Clip(got), read[1:]...)
		}
		if !slices.EqualFunc(got, want, func(a, b Row) bool { return a.Err == b.Err && slices.Equal(a.Cells, b.Cells) }) {
			t.Fatalf("%q is cut into %v", text.String(), got)
		}
	})
}

// TestPartsPassEmptyLines holds that empty lines before a table are not taken for its first row, and
// that a row says where it ends.
func TestPartsPassEmptyLines(t *testing.T) {
	t.Parallel()
	var got []string
	for part := range Parts(BOM+"\n\r\n\"a\nb\",c\n1,2\n3,4", 100, 1) {
		for _, row := range Read(part) {
			got = append(got, fmt.Sprintf("%q %d-%d", row.Cells, row.Number, row.Last))
		}
	}
	want := []string{`["a\nb" "c"] 3-4`, `["1" "2"] 5-5`, `["a\nb" "c"] 3-4`, `["3" "4"] 5-5`}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for range Parts("\n\n", 100, 1) { // ends
	}
}

// TestLines holds that a text is cut into as few parts as its bounds let, and is the same together.
func TestLines(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "{%q: %d, %q: %q}\n", "external_id", i, "text", strings.Repeat("a", 1000))
	}
	for of, want := range map[string]int{"": 1, "\n": 1, "a": 1, "a\nb": 1, text.String(): 4, text.String() + "end": 4} {
		parts := slices.Collect(Lines(of, 3_000_000, 10_000))
		if len(parts) != want || strings.Join(parts, "") != of {
			t.Errorf("%.20q comes in %d parts, want %d", of, len(parts), want)
		}
		for _, part := range parts {
			if len(part) > 3_000_000 {
				t.Errorf("a part has %d bytes", len(part))
			}
		}
	}
}
