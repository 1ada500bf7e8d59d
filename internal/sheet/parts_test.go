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
		for _, row := range table {
			text.WriteString(Line(row) + "\n")
		}
		bytes, rows := rapid.IntRange(2, 100).Draw(t, "bytes"), rapid.IntRange(1, 3).Draw(t, "rows")
		want := Read(text.String())
		got, head, ended := want[:1], len(Line(table[0]))+1, want[0].Last
		for part := range Parts(text.String(), bytes, rows) {
			read, shift := Read(part.Text), 0
			if len(read)+len(part.Omitted) > rows+1 || len(part.Text) > max(bytes, head) || !slices.Equal(read[0].Cells, want[0].Cells) {
				t.Fatalf("%+v is a part with at most %d bytes and %d rows of %q", part, bytes, rows, text.String())
			}
			// Each row, sent or left out, is in the line of the file that the part says.
			read = read[1:]
			for len(read)+len(part.Omitted) > 0 {
				var row Row
				if o := part.Omitted; len(o) > 0 && (len(read) == 0 || o[0].Number <= read[0].Number+shift) {
					row, part.Omitted, shift = Row{Number: o[0].Number, Last: o[0].Number + o[0].Lines - 1, Cells: o[0].Cells}, o[1:], shift+o[0].Lines
					if long := len(Line(row.Cells)) + 1; head+long <= bytes {
						t.Fatalf("%q is left out, whose %d bytes fit into %d", row.Cells, long, bytes)
					}
				} else {
					row, read = read[0], read[1:]
					row.Number, row.Last = row.Number+shift, row.Last+shift
				}
				row.Number, row.Last = row.Number-want[0].Last+ended, row.Last-want[0].Last+ended
				got = append(slices.Clip(got), row)
			}
			ended = got[len(got)-1].Last
		}
		if !slices.EqualFunc(got, want, func(a, b Row) bool { return a.Number == b.Number && a.Last == b.Last && slices.Equal(a.Cells, b.Cells) }) {
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
		for _, row := range Read(part.Text) {
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
		parts, together := slices.Collect(Lines(of, 3_000_000, 10_000)), ""
		for _, part := range parts {
			together += part.Text
			if len(part.Text) > 3_000_000 || len(part.Omitted) > 0 {
				t.Errorf("a part has %d bytes and %d rows left out", len(part.Text), len(part.Omitted))
			}
		}
		if len(parts) != want || together != of {
			t.Errorf("%.20q comes in %d parts, want %d", of, len(parts), want)
		}
	}
}

// TestLongLinesAreLeftOut holds that a line that fits into no part stops none, and is told where it was.
func TestLongLinesAreLeftOut(t *testing.T) {
	t.Parallel()
	for of, want := range map[string]string{
		"1234567":                  `"" 1+1 1234567`,
		BOM + "12345\n":            `"12345\n"`,
		"a\n1234567\n\n7654321\nb": `"a\n\nb" 2+1 1234567 4+1 7654321`,
		"abcd\nefgh\n1234567\n1\n": `"abcd\n"|"efgh\n" 2+1 1234567|"1\n"`,
	} {
		var got []string
		for part := range Lines(of, 6, 10) {
			said := fmt.Sprintf("%q", part.Text)
			for _, o := range part.Omitted {
				said += fmt.Sprintf(" %d+%d %s", o.Number, o.Lines, o.Cells[0])
			}
			got = append(got, said)
		}
		if said := strings.Join(got, "|"); said != want {
			t.Errorf("%q is cut into %s, want %s", of, said, want)
		}
	}
}
