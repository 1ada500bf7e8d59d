package sheet

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// BOM begins a file that spreadsheets are to read as UTF-8.
const BOM = "\ufeff"

// formula is what a cell begins with that a spreadsheet runs: signs, also in full width, and
// the white space that some of them skip.
const formula = "=+-@\t\r\n＝＋－＠"

// Safe is a cell that no spreadsheet takes for a formula.
func Safe(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune(formula, first) || Plain(cell) != cell {
		return "'" + cell
	}
	return cell
}

// Plain is the cell that Safe made safe.
func Plain(cell string) string {
	rest, quoted := strings.CutPrefix(cell, "'")
	if first, _ := utf8.DecodeRuneInString(rest); !quoted || rest == "" || first != '\'' && !strings.ContainsRune(formula, first) {
		return cell
	}
	return rest
}

// Line writes a row, safe, without the break at its end.
func Line(cells []string) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		if cell = Safe(cell); strings.ContainsAny(cell, "\",;\r\n\t") || cell != strings.TrimSpace(cell) {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		b.WriteString(cell)
	}
	return b.String()
}

// Why a row cannot be read.
var (
	ErrQuote  = errors.New("a quotation mark is not closed, or something follows the closed one")
	ErrLength = errors.New("the row has another number of cells than the first one")
)

// Row is a row of a table and where it begins.
type Row struct {
	// Number is that of its first line, from 1 on, and Last that of its last one.
	Number int
	Last   int
	Cells  []string
	// Err says why the row cannot be read.
	Err error
}

// Read reads a table. Lines that are empty are none of its rows. Cells are separated by
// commas, or by semicolons if the first line has some of these and none of those, as
// spreadsheets write it where the comma is for decimals.
func Read(text string) []Row {
	text = strings.TrimPrefix(text, BOM)
	r := reader{rest: text, line: 1, comma: comma(text)}
	var rows []Row
	for r.rest != "" {
		row := r.row()
		if row.blank() {
			continue
		}
		if len(rows) > 0 && row.Err == nil && len(row.Cells) != len(rows[0].Cells) {
			row.Err = ErrLength
		}
		rows = append(rows, row)
	}
	return rows
}

// blank tells whether the row is an empty line.
func (r Row) blank() bool { return r.Err == nil && slices.Equal(r.Cells, []string{""}) }

// comma is what separates the cells of a table, by what stands outside of quotation marks in
// its first row.
func comma(text string) byte {
	found, quoted := byte(','), false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',' || c == '\n':
			return found
		case c == ';':
			found = c
		}
	}
	return found
}

// reader takes a text apart.
type reader struct {
	rest  string
	line  int
	comma byte
}

func (r *reader) row() Row {
	row, text := Row{Number: r.line}, r.rest
	for more := true; more && row.Err == nil; {
		var cell string
		if cell, more, row.Err = r.cell(); row.Err == nil {
			row.Cells = append(row.Cells, Plain(cell))
		} else {
			r.skipLine()
		}
	}
	row.Last = row.Number + strings.Count(strings.TrimSuffix(text[:len(text)-len(r.rest)], "\n"), "\n")
	return row
}

// cell reads one cell and tells whether another follows in its row.
func (r *reader) cell() (cell string, more bool, err error) {
	if !strings.HasPrefix(r.rest, `"`) {
		end := strings.IndexAny(r.rest, string(r.comma)+"\n")
		if end < 0 {
			end = len(r.rest)
		}
		cell, r.rest = r.rest[:end], r.rest[end:]
		if more = r.end(); !more {
			cell = strings.TrimSuffix(cell, "\r")
		}
		return cell, more, nil
	}
	begin := r.rest
	var b strings.Builder
	for rest := begin[1:]; ; {
		text, after, closed := strings.Cut(rest, `"`)
		if !closed {
			return "", false, ErrQuote
		}
		b.WriteString(text)
		if doubled, is := strings.CutPrefix(after, `"`); is {
			b.WriteByte('"')
			rest = doubled
			continue
		}
		if line, is := strings.CutPrefix(after, "\r"); is && (line == "" || line[0] == '\n') {
			after = line
		}
		if after != "" && after[0] != r.comma && after[0] != '\n' {
			return "", false, ErrQuote
		}
		r.line += strings.Count(begin[:len(begin)-len(after)], "\n")
		r.rest = after
		return b.String(), r.end(), nil
	}
}

// end passes what ends a cell and tells whether its row goes on.
func (r *reader) end() (more bool) {
	if r.rest == "" {
		return false
	}
	more = r.rest[0] == r.comma
	if !more {
		r.line++
	}
	r.rest = r.rest[1:]
	return more
}

// skipLine passes the rest of a line that cannot be read.
func (r *reader) skipLine() {
	_, r.rest, _ = strings.Cut(r.rest, "\n")
	r.line++
}
