package sheet

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var cells = rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
	"=", "+", "-", "@", "\t", "\r", "\n", "\r\n", "'", `"`, ",", ";", " ", "a", "1", "＝", "HYPERLINK(", BOM, "é",
}), 0, 6), func(parts []string) string { return strings.Join(parts, "") }))

// TestComesBack holds that any table comes back as it was, that no cell of it is a formula, and
// that another reader of CSV reads the same.
func TestComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 4).Draw(t, "width")
		table := rapid.SliceOfN(rapid.SliceOfN(cells, width, width), 1, 4).Draw(t, "table")
		table[0][0] = "first" + strings.ReplaceAll(table[0][0], "\ufeff", "")
		text := BOM
		for _, row := range table {
			text += Line(row) + "\n"
		}
		got := Read(text)
		if len(got) != len(table) {
			t.Fatalf("%d rows come back of %d: %q", len(got), len(table), text)
		}
		for i, row := range got {
			if row.Err != nil || !slices.Equal(row.Cells, table[i]) {
				t.Fatalf("%q comes back as %q, %v", table[i], row.Cells, row.Err)
			}
		}
		theirs := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, BOM)))
		all, err := theirs.ReadAll()
		if err != nil || len(all) != len(table) {
			t.Fatalf("%q cannot be read by others: %v", text, err)
		}
		for i, row := range all {
			for n, cell := range row {
				if strings.TrimLeft(cell, " ") != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") {
					t.Fatalf("%q is a formula", cell)
				}
				// That reader takes \r from the ends of lines in a cell.
				if lines := strings.NewReplacer("\r\n", "\n"); Plain(cell) != lines.Replace(table[i][n]) && Plain(lines.Replace(cell)) != lines.Replace(table[i][n]) {
					t.Fatalf("others read %q of %q", cell, table[i][n])
				}
			}
		}
	})
}

// TestReadsWhatSpreadsheetsWrite holds tables as others write them.
func TestReadsWhatSpreadsheetsWrite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                     "",
		"a,b\r\n1,2\r\n":                       "1:a|b 2:1|2",
		"a;b\n1,5;2":                           "1:a|b 2:1,5|2",
		"a,b\n\n\n1,\n,2\n":                    "1:a|b 4:1| 5:|2",
		"a,b\n\"x\ny\",\"say \"\"hi\"\"\"\nz,": "1:a|b 2:x\ny|say \"hi\" 4:z|",
		"a,b\n'tis,'=1\n''=1,'":                "1:a|b 2:'tis|=1 3:'=1|'",
		"\ufeffa,b\r\n\"1\",\"2\"\r\n":         "1:a|b 2:1|2",
	} {
		var rows []string
		for _, row := range Read(text) {
			rows = append(rows, string(rune('0'+row.Number))+":"+strings.Join(row.Cells, "|"))
		}
		if got := strings.Join(rows, " "); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// TestBadRows holds that a row that cannot be read says why, and spoils no other.
func TestBadRows(t *testing.T) {
	t.Parallel()
	rows := Read("a,b\n1\n\"x\"y,2\n3,4\n1,2,3\n5,\"6\n7,8\n")
	want := map[int]error{1: nil, 2: ErrLength, 3: ErrQuote, 4: nil, 5: ErrLength, 6: ErrQuote, 7: nil}
	if len(rows) != len(want) {
		t.Fatalf("%+v", rows)
	}
	for _, row := range rows {
		if !errors.Is(row.Err, want[row.Number]) || row.Err != nil && want[row.Number] == nil {
			t.Errorf("line %d: %v", row.Number, row.Err)
		}
	}
}
