package sheet

import (
	"iter"
	"strings"
)

// Part is a piece of a table or of a text, and which rows were left out of it.
type Part struct {
	Text    string
	Omitted []Omitted
}

// Omitted is a row that is longer alone than a part may be.
type Omitted struct {
	// Number is that of the line of the part it would begin in, with what was left out before it.
	Number int
	// Lines is how many lines it has.
	Lines int
	// Cells are what it says, as far as it can be read; a line of a text is one.
	Cells []string
}

// Parts cuts a table between its rows into tables of no more than so many bytes and rows, each
// under the first row of all. A row that is longer alone is left out and told.
func Parts(text string, bytes, rows int) iter.Seq[Part] {
	text = strings.TrimPrefix(text, BOM)
	r := reader{rest: text, comma: comma(text)}
	for r.row().blank() && r.rest != "" { // the first row is the first that is none of the empty lines
	}
	return parts(text[:len(text)-len(r.rest)], r.rest, bytes, rows, func(rest string) ([]string, int) {
		next := reader{rest: rest, comma: r.comma}
		row := next.row()
		return row.Cells, len(rest) - len(next.rest)
	})
}

// Lines cuts a text between its lines, as Parts does a table.
func Lines(text string, bytes, rows int) iter.Seq[Part] {
	return parts("", strings.TrimPrefix(text, BOM), bytes, rows, func(rest string) ([]string, int) {
		line, _, more := strings.Cut(rest, "\n")
		if more {
			return []string{line}, len(line) + 1
		}
		return []string{line}, len(line)
	})
}

// parts cuts what follows a head where a row ends; next is the row that a text begins with, and how
// long it is.
func parts(head, rest string, bytes, rows int, next func(rest string) ([]string, int)) iter.Seq[Part] {
	return func(yield func(Part) bool) {
		for {
			part, kept, size := Part{}, []string{head}, len(head)
			line := strings.Count(head, "\n") + 1
			for n := 0; n < rows && rest != ""; n++ {
				cells, length := next(rest)
				row, long := rest[:length], len(head)+length > bytes
				if !long && size+length > bytes { // guard: a part is as large as it may be
					break
				}
				lines := strings.Count(strings.TrimSuffix(row, "\n"), "\n") + 1
				if long { // guard: a row that fits into no part stops none
					part.Omitted = append(part.Omitted, Omitted{line, lines, cells})
				} else {
					kept, size = append(kept, row), size+length
				}
				rest, line = rest[length:], line+lines
			}
			part.Text = strings.Join(kept, "")
			if !yield(part) || rest == "" {
				return
			}
		}
	}
}
