package grpcapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/sheet"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// column is a column of a table of library items.
type column struct {
	name  string
	read  func(row *imprimaturv1.LibraryItemRow, cell string) error
	write func(row *imprimaturv1.LibraryItemRow) string
}

// columns are all there are, in the order they are written.
var columns = []column{
	textColumn("external_id", func(r *imprimaturv1.LibraryItemRow) *string { return &r.ExternalId }),
	textColumn("title", func(r *imprimaturv1.LibraryItemRow) *string { return &r.Title }),
	textColumn("topic", func(r *imprimaturv1.LibraryItemRow) *string { return &r.Topic }),
	textColumn("language", func(r *imprimaturv1.LibraryItemRow) *string { return &r.Content.Language }),
	textColumn("text", func(r *imprimaturv1.LibraryItemRow) *string { return &r.Content.Text }),
	listColumn("variants", func(r *imprimaturv1.LibraryItemRow) *[]*imprimaturv1.Variant { return &r.Content.Variants }),
	textColumn("link", func(r *imprimaturv1.LibraryItemRow) *string { return &r.Content.Link }),
	messageColumn("card", func(r *imprimaturv1.LibraryItemRow) **imprimaturv1.LinkCard { return &r.Content.Card }),
	listColumn("media", func(r *imprimaturv1.LibraryItemRow) *[]*imprimaturv1.MediaUse { return &r.Content.Media }),
	disclosureColumn,
	wordsColumn("networks", func(r *imprimaturv1.LibraryItemRow) *[]string { return &r.Networks }),
	timeColumn("share_start_time", func(r *imprimaturv1.LibraryItemRow) **timestamppb.Timestamp { return &r.ShareStartTime }),
	timeColumn("share_end_time", func(r *imprimaturv1.LibraryItemRow) **timestamppb.Timestamp { return &r.ShareEndTime }),
	textColumn("time_zone", func(r *imprimaturv1.LibraryItemRow) *string { return &r.TimeZone }),
	textColumn("note", func(r *imprimaturv1.LibraryItemRow) *string { return &r.Note }),
	messageColumn("audience", func(r *imprimaturv1.LibraryItemRow) **imprimaturv1.Audience { return &r.Audience }),
	messageColumn("edit_policy", func(r *imprimaturv1.LibraryItemRow) **imprimaturv1.EditPolicy { return &r.EditPolicy }),
	announcementColumn,
	placeColumn("pin", func(r *imprimaturv1.LibraryItemRow) *int32 { return &r.Pin }),
	wordsColumn("labels", func(r *imprimaturv1.LibraryItemRow) *[]string { return &r.Labels }),
	textColumn("campaign", func(r *imprimaturv1.LibraryItemRow) *string { return &r.Campaign }),
	placeColumn("featured", func(r *imprimaturv1.LibraryItemRow) *int32 { return &r.Featured }),
	timeColumn("featured_end_time", func(r *imprimaturv1.LibraryItemRow) **timestamppb.Timestamp { return &r.FeaturedEndTime }),
	spreadColumn,
}

// field is the field of a row that the column is of.
func (c column) field() string {
	if contentFields().ByName(protoreflect.Name(c.name)) != nil {
		return contentPath
	}
	return c.name
}

var disclosureColumn = column{
	name: "disclosure",
	read: func(r *imprimaturv1.LibraryItemRow, cell string) error {
		value, known := imprimaturv1.Disclosure_value[cell]
		if !known && cell != "" {
			return fmt.Errorf("%q is no disclosure such as DISCLOSURE_EMPLOYEE", cell)
		}
		r.Content.Disclosure = imprimaturv1.Disclosure(value)
		return nil
	},
	write: func(r *imprimaturv1.LibraryItemRow) string {
		if r.GetContent().GetDisclosure() == imprimaturv1.Disclosure_DISCLOSURE_UNSPECIFIED {
			return ""
		}
		return r.GetContent().GetDisclosure().String()
	},
}

var announcementColumn = column{
	name: "announcement",
	read: func(r *imprimaturv1.LibraryItemRow, cell string) (err error) {
		if cell != "" {
			r.Announcement, err = strconv.ParseBool(cell)
		}
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", cell)
		}
		return nil
	},
	write: func(r *imprimaturv1.LibraryItemRow) string {
		if r.GetAnnouncement() {
			return "true"
		}
		return ""
	},
}

// spreadColumn is a number of minutes, of which 0 is one; an empty cell is none.
var spreadColumn = column{
	name: "share_spread_minutes",
	read: func(r *imprimaturv1.LibraryItemRow, cell string) error {
		if cell == "" {
			return nil
		}
		minutes, err := strconv.ParseInt(cell, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is no number", cell)
		}
		r.ShareSpreadMinutes = wrapperspb.Int32(int32(minutes))
		return nil
	},
	write: func(r *imprimaturv1.LibraryItemRow) string {
		if r.GetShareSpreadMinutes() == nil {
			return ""
		}
		return strconv.Itoa(int(r.GetShareSpreadMinutes().GetValue()))
	},
}

// placeColumn is a place among others; an empty cell is none.
func placeColumn(name string, of func(*imprimaturv1.LibraryItemRow) *int32) column {
	return column{
		name: name,
		read: func(r *imprimaturv1.LibraryItemRow, cell string) error {
			if cell == "" {
				return nil
			}
			place, err := strconv.ParseInt(cell, 10, 32)
			if err != nil {
				return fmt.Errorf("%q is no number", cell)
			}
			*of(r) = int32(place)
			return nil
		},
		write: func(r *imprimaturv1.LibraryItemRow) string {
			if *of(r) == 0 {
				return ""
			}
			return strconv.Itoa(int(*of(r)))
		},
	}
}

// wordsColumn is several words in one cell; none of them has a comma in it.
func wordsColumn(name string, of func(*imprimaturv1.LibraryItemRow) *[]string) column {
	return column{
		name: name,
		read: func(r *imprimaturv1.LibraryItemRow, cell string) error {
			for word := range strings.SplitSeq(cell, ",") {
				if word = strings.TrimSpace(word); word != "" {
					*of(r) = append(*of(r), word)
				}
			}
			return nil
		},
		write: func(r *imprimaturv1.LibraryItemRow) string { return strings.Join(*of(r), ", ") },
	}
}

func textColumn(name string, of func(*imprimaturv1.LibraryItemRow) *string) column {
	return column{
		name:  name,
		read:  func(r *imprimaturv1.LibraryItemRow, cell string) error { *of(r) = cell; return nil },
		write: func(r *imprimaturv1.LibraryItemRow) string { return *of(r) },
	}
}

func timeColumn(name string, of func(*imprimaturv1.LibraryItemRow) **timestamppb.Timestamp) column {
	return column{
		name: name,
		read: func(r *imprimaturv1.LibraryItemRow, cell string) error {
			if cell == "" {
				return nil
			}
			t, err := time.Parse(time.RFC3339Nano, cell)
			if err != nil {
				return fmt.Errorf("%q is no time such as 2026-11-20T09:00:00Z", cell)
			}
			*of(r) = timestamppb.New(t)
			return nil
		},
		write: func(r *imprimaturv1.LibraryItemRow) string {
			if *of(r) == nil {
				return ""
			}
			return (*of(r)).AsTime().Format(time.RFC3339Nano)
		},
	}
}

// listColumn is a JSON array of messages in one cell.
func listColumn[M any, P interface {
	*M
	proto.Message
}](name string, of func(*imprimaturv1.LibraryItemRow) *[]P) column {
	return column{
		name: name,
		read: func(r *imprimaturv1.LibraryItemRow, cell string) error {
			if cell == "" {
				return nil
			}
			var parts []json.RawMessage
			if err := json.Unmarshal([]byte(cell), &parts); err != nil {
				return errors.New("this is no JSON array")
			}
			for _, part := range parts {
				m := P(new(M))
				if err := protojson.Unmarshal(part, m); err != nil {
					return errors.New(jsonProblem(err))
				}
				*of(r) = append(*of(r), m)
			}
			return nil
		},
		write: func(r *imprimaturv1.LibraryItemRow) string {
			var parts []string
			for _, m := range *of(r) {
				parts = append(parts, oneLine(m, false))
			}
			if len(parts) == 0 {
				return ""
			}
			return "[" + strings.Join(parts, ",") + "]"
		},
	}
}

// messageColumn is a message as a JSON object in one cell.
func messageColumn[M any, P interface {
	*M
	proto.Message
}](name string, of func(*imprimaturv1.LibraryItemRow) *P) column {
	return column{
		name: name,
		read: func(r *imprimaturv1.LibraryItemRow, cell string) error {
			if cell == "" {
				return nil
			}
			m := P(new(M))
			if err := protojson.Unmarshal([]byte(cell), m); err != nil {
				return errors.New(jsonProblem(err))
			}
			*of(r) = m
			return nil
		},
		write: func(r *imprimaturv1.LibraryItemRow) string {
			if *of(r) == nil {
				return ""
			}
			return oneLine(*of(r), false)
		},
	}
}

// oneLine writes a message as one line of JSON, the same each time; all of it, or without
// what is empty.
func oneLine(m proto.Message, all bool) string {
	data, err := protojson.MarshalOptions{EmitUnpopulated: all}.Marshal(m)
	if err != nil {
		return "" // of text that is not UTF-8, which no message holds
	}
	var line bytes.Buffer
	if err := json.Compact(&line, data); err != nil {
		return ""
	}
	return line.String()
}

// jsonProblem is what protojson says, without the random space it begins with.
func jsonProblem(err error) string {
	_, problem, _ := strings.Cut(err.Error(), "proto:")
	return strings.Trim(problem, " \u00a0")
}

// header is the first line of a table.
func header() string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return sheet.Line(names)
}

// writeLine writes a row in a format, without the break at its end.
func writeLine(f imprimaturv1.LibraryFormat, row *imprimaturv1.LibraryItemRow) string {
	if f != imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV {
		return oneLine(row, true)
	}
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.write(row)
	}
	return sheet.Line(cells)
}

// readLine is a row of a file as it was read, and which of its fields it names; or why it
// cannot be read.
type readLine struct {
	number int
	row    *imprimaturv1.LibraryItemRow
	named  changes
	err    error
}

// readFile is a file, or a part of one, as it was read: its rows, how many lines it has, and how
// many of these a table's header ends with.
type readFile struct {
	rows  []readLine
	lines int
	head  int
}

// readLines reads a file. What is wrong with one row is that row's; only a table whose first
// line is no header is refused as a whole.
func readLines(f imprimaturv1.LibraryFormat, data string) (readFile, error) {
	file := readFile{}
	if data != "" {
		file.lines = strings.Count(strings.TrimSuffix(data, "\n"), "\n") + 1
	}
	if f == imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV {
		var err error
		file.rows, file.head, err = readTable(data)
		return file, err
	}
	number := 0
	for text := range strings.Lines(strings.TrimPrefix(data, sheet.BOM)) {
		if number++; strings.TrimSpace(text) == "" {
			continue
		}
		line := readLine{number: number, row: new(imprimaturv1.LibraryItemRow)}
		if err := protojson.Unmarshal([]byte(text), line.row); err != nil {
			line.err = rowProblem("", jsonProblem(err))
		} else {
			line.named = namedIn(text)
			line.err = line.wellFormed()
		}
		file.rows = append(file.rows, line)
	}
	return file, nil
}

// omit puts rows that were left out of a file where they were, each as refused, so that what comes
// after them is numbered as if they were there.
func (f *readFile) omit(rows []*imprimaturv1.OmittedRow) error {
	sent, omitted, free := f.rows, 0, f.head+1
	f.rows = make([]readLine, 0, len(sent)+len(rows))
	pass := func(until int) {
		for ; len(sent) > 0 && sent[0].number+omitted < until; sent = sent[1:] {
			line := sent[0]
			line.number += omitted
			f.rows = append(f.rows, line)
		}
	}
	for _, r := range rows {
		number, lines := int(r.GetNumber()), int(max(r.GetLineCount(), 1))
		if number < free || number > f.lines+omitted+1 { // guard: a row that was left out is in one place of the file
			return advocacy.InvalidField("omitted_rows", fieldInvalid, "omitted_rows: name rows of this file, in their order, each once")
		}
		pass(number)
		f.rows = append(f.rows, readLine{
			number: number, row: &imprimaturv1.LibraryItemRow{ExternalId: r.GetExternalId()},
			err: advocacy.InvalidField("", "ROW_TOO_LONG", "the row is longer than 3 MB and was left out"),
		})
		omitted, free = omitted+lines, number+lines
	}
	pass(f.lines + omitted + 1)
	f.lines += omitted
	return nil
}

// namedIn are the fields that a row of JSON names, also those it names as empty.
func namedIn(text string) changes {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		return nil
	}
	named, fields := make(changes), (*imprimaturv1.LibraryItemRow)(nil).ProtoReflect().Descriptor().Fields()
	for key := range keys {
		if fd := cmp.Or(fields.ByJSONName(key), fields.ByTextName(key)); fd != nil {
			named[string(fd.Name())] = true
		}
	}
	return named
}

// readTable reads the rows of a table, and in which line its header ends.
func readTable(data string) (lines []readLine, head int, err error) {
	rows := sheet.Read(data)
	if len(rows) == 0 {
		return nil, 0, nil
	}
	order, err := readHeader(rows[0])
	if err != nil {
		return nil, 0, err
	}
	lines = make([]readLine, 0, len(rows))
	for _, r := range rows[1:] {
		line := readLine{number: r.Number, row: &imprimaturv1.LibraryItemRow{Content: &imprimaturv1.Content{}}, named: make(changes)}
		if r.Err != nil {
			line.err = rowProblem("", r.Err.Error())
		}
		for i := range order {
			if line.err != nil {
				break
			}
			line.named[order[i].field()] = true
			if err := order[i].read(line.row, r.Cells[i]); err != nil {
				line.err = rowProblem(order[i].name, err.Error())
			}
		}
		if line.err == nil {
			line.err = line.wellFormed()
		}
		lines = append(lines, line)
	}
	return lines, rows[0].Last, nil
}

// readHeader reads which columns a table has.
func readHeader(first sheet.Row) ([]column, error) {
	order := make([]column, len(first.Cells))
	seen := make(map[string]bool)
	for i, name := range first.Cells {
		name = strings.TrimSpace(name)
		at := slices.IndexFunc(columns, func(c column) bool { return c.name == name })
		if at < 0 || seen[name] {
			return nil, advocacy.InvalidField("data", "COLUMN_UNKNOWN", "the first line names a column %q; it can name each of %s once", name, header())
		}
		order[i], seen[name] = columns[at], true
	}
	return order, first.Err
}

func rowProblem(field, problem string) error {
	return advocacy.InvalidField(field, "ROW_UNREADABLE", "%s", problem)
}

// wellFormed holds a row to the contract, in what it names.
func (l readLine) wellFormed() error {
	if !l.named[contentPath] {
		l.row.Content = nil
	}
	switch {
	case l.named["title"] && l.row.GetTitle() == "":
		return advocacy.InvalidField("title", fieldInvalid, "title: an item needs one")
	case l.named[contentPath] && l.row.GetContent() == nil:
		return advocacy.InvalidField(contentPath, fieldInvalid, "content: an item needs one")
	}
	err := protovalidate.Validate(l.row)
	if v, ok := errors.AsType[*protovalidate.ValidationError](err); ok {
		first, _ := violated(v)
		return first
	}
	return err
}
