package sheet

import (
	"iter"
	"strings"
)

// Parts cuts a table between its rows into tables of no more than so many bytes and rows, each
// under the first row of all. A row that is longer alone is a table of its own.
func Parts(text string, bytes, rows int) iter.Seq[string] {
	text = strings.TrimPrefix(text, BOM)
	r := reader{rest: text, comma: comma(text)}
	for r.row().blank() && r.rest != "" { // the first row is the first that is none of the empty lines
	}
	return parts(text[:len(text)-len(r.rest)], r.rest, bytes, rows, func(rest string) int {
		next := reader{rest: rest, comma: r.comma}
		next.row()
		return len(rest) - len(next.rest)
	})
}

// Lines cuts a text between its lines, as Parts does a table.
func Lines(text string, bytes, rows int) iter.Seq[string] {
	return parts("", text, bytes, rows, func(rest string) int {
		line, _, more := strings.Cut(rest, "\n")
		if more {
			return len(line) + 1
		}
		return len(line)
	})
}

// parts cuts what follows a head where a row ends; next is how long the one is that a text begins with.
func parts(head, rest string, bytes, rows int, next func(rest string) int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			size := 0
			for n := 0; n < rows && size < len(rest); n++ {
				row := next(rest[size:])
				if n > 0 && len(head)+size+row > bytes { // guard: a part is as large as it may be
					break
				}
				size += row
			}
			if !yield(head+rest[:size]) || size == len(rest) {
				return
			}
			rest = rest[size:]
		}
	}
}
