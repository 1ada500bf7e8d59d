package grpcapi

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/sheet"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// written are texts as people write them, and what a spreadsheet would run.
var written = rapid.OneOf(rapid.StringN(0, 20, -1), rapid.SampledFrom([]string{
	"=HYPERLINK(\"http://x\")", "+1", "-1", "@x", "\tx", "\rx", "'=x", "''", "a\r\nb", "a\nb", "x,y;z", `say "hi"`, "＝1", " a ",
}))

func drawRow(t *rapid.T) *imprimaturv1.LibraryItemRow {
	row := &imprimaturv1.LibraryItemRow{
		ExternalId: rapid.StringMatching("[=+@a-z][a-z0-9-]{0,20}").Draw(t, "external id"),
		Title:      rapid.StringMatching("[=+@'a-zé東][^\\x00-\\x1f]{0,20}").Draw(t, "title"),
		Topic:      rapid.SampledFrom([]string{"", "news"}).Draw(t, "topic"),
		Content: &imprimaturv1.Content{
			Language: "en", Text: written.Draw(t, "text"), Link: written.Draw(t, "link"),
			Disclosure: rapid.SampledFrom([]imprimaturv1.Disclosure{0, imprimaturv1.Disclosure_DISCLOSURE_EMPLOYEE}).Draw(t, "disclosure"),
		},
		Networks: rapid.SampledFrom([][]string{nil, {"wall"}, {"wall", "mastodon"}}).Draw(t, "networks"),
		TimeZone: written.Draw(t, "zone"),
		Note:     written.Draw(t, "note"),
		Audience: rapid.SampledFrom([]*imprimaturv1.Audience{nil, {Groups: []string{"=Sales, north", "R&D"}, Countries: []string{"FR"}}}).Draw(t, "audience"),
		Labels:   rapid.SampledFrom([][]string{nil, {"launch"}, {"launch", "two words", "R&D"}}).Draw(t, "labels"),
		EditPolicy: rapid.SampledFrom([]*imprimaturv1.EditPolicy{nil, {Mode: imprimaturv1.EditPolicy_LOCKED}, {
			Mode: imprimaturv1.EditPolicy_SPANS, Spans: []*imprimaturv1.EditSpan{{Text: "=we", Optional: true}}, Unreviewed: true,
		}}).Draw(t, "edit policy"),
		Campaign: rapid.SampledFrom([]string{"", "spring"}).Draw(t, "campaign"),
		Featured: int32(rapid.IntRange(0, 999).Draw(t, "featured")),
		Pin:      int32(rapid.IntRange(0, 999).Draw(t, "pin")), Announcement: rapid.Bool().Draw(t, "announcement"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "variants") {
		row.Content.Variants = append(row.Content.Variants, &imprimaturv1.Variant{Language: "fr", Text: written.Draw(t, "variant")})
	}
	if rapid.Bool().Draw(t, "card") {
		row.Content.Card = &imprimaturv1.LinkCard{Title: written.Draw(t, "card title"), Description: written.Draw(t, "card description")}
	}
	if rapid.Bool().Draw(t, "picture") {
		row.Content.Media = []*imprimaturv1.MediaUse{{Media: "workspaces/acme/media/" + strings.Repeat("a", 64), AltText: written.Draw(t, "alt")}}
	}
	if minutes := rapid.Int32Range(-1, 240).Draw(t, "spread"); minutes >= 0 {
		row.ShareSpreadMinutes = wrapperspb.Int32(minutes)
	}
	if rapid.Bool().Draw(t, "window") {
		row.ShareStartTime = timestamppb.New(time.UnixMicro(rapid.Int64Range(1, 4e15).Draw(t, "start")))
	}
	return row
}

// Rows come back as they were, in either format.
func TestRowsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := []*imprimaturv1.LibraryItemRow{drawRow(t), drawRow(t)}
		for _, format := range []imprimaturv1.LibraryFormat{0, imprimaturv1.LibraryFormat_LIBRARY_FORMAT_JSONL, imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV} {
			file := ""
			if format == imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV {
				file = header() + "\n"
			}
			for _, row := range rows {
				file += writeLine(format, row) + "\n"
			}
			read, err := readLines(format, file)
			if err != nil || len(read.rows) != len(rows) {
				t.Fatalf("%d rows come back: %v\n%s", len(read.rows), err, file)
			}
			for i, line := range read.rows {
				if line.err != nil || !proto.Equal(line.row, rows[i]) || len(line.named) != rows[i].ProtoReflect().Descriptor().Fields().Len() {
					t.Fatalf("%v comes back as %v: %v\n%s", rows[i], line.row, line.err, file)
				}
			}
		}
	})
}

// What is wrong with a row says where, and spoils no other.
func TestBadRowsSayWhere(t *testing.T) {
	t.Parallel()
	const csv = imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV
	file, err := readLines(csv, "external_id,title,language,variants,disclosure,share_start_time,pin,announcement,audience\n"+
		"a,A,en,,,,,,\nb,B,en,{,,,,,\nc,C,en,\"[{\"\"color\"\": 1}]\",,,,,\nd,D,en,,LOUD,,,,\ne,E,en,,,tomorrow,,,\n,F,en,,,,,,\ng,G,english,,,,,,\nh\n"+
		"i,I,en,,,,first,,\nj,J,en,,,,,maybe,\nk,K,en,,,,,,everybody\nl,L,en,,,,1000,,\nm,,en,,,,,,\n\u0001,N,en,,,,,,\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ reason, field string }{
		{"", ""}, {"ROW_UNREADABLE", "variants"}, {"ROW_UNREADABLE", "variants"}, {"ROW_UNREADABLE", "disclosure"}, {"ROW_UNREADABLE", "share_start_time"},
		{fieldInvalid, "external_id"}, {fieldInvalid, "content.language"}, {"ROW_UNREADABLE", ""},
		{"ROW_UNREADABLE", "pin"}, {"ROW_UNREADABLE", "announcement"}, {"ROW_UNREADABLE", "audience"}, {fieldInvalid, "pin"}, {fieldInvalid, "title"},
		{fieldInvalid, "external_id"},
	}
	if len(file.rows) != len(want) {
		t.Fatalf("%d rows", len(file.rows))
	}
	for i, line := range file.rows {
		row, err := acme.readRow(line)
		if err != nil || row.Code != want[i].reason || row.Field != want[i].field || row.Number != i+2 || (row.Change == nil) != (row.Code != "") {
			t.Errorf("line %d is %+v, %v", i+2, row, err)
		}
	}
	for _, header := range []string{"external_id,color", "title,title"} {
		if _, err := readLines(csv, header+"\na,b\n"); advocacy.ReasonOf(err) != "COLUMN_UNKNOWN" {
			t.Errorf("%s: %v", header, err)
		}
	}
}

// What a row names is changed, also when that is empty; nothing else is.
func TestRowsChangeWhatTheyName(t *testing.T) {
	t.Parallel()
	for format, file := range map[imprimaturv1.LibraryFormat]string{
		imprimaturv1.LibraryFormat_LIBRARY_FORMAT_JSONL: `{"externalId": "a", "share_end_time": null, "labels": [], "note": ""}`,
		imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV:   "external_id,share_end_time,labels,note\na,,,\n",
	} {
		read, err := readLines(format, file)
		if err != nil {
			t.Fatal(err)
		}
		row, err := acme.readRow(read.rows[0])
		want := workflow.ItemChange{ShareEnd: new(time.Time), Labels: new([]string), Note: new(string)}
		if err != nil || row.Code != "" || !cmp.Equal(*row.Change, want, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(workflow.ItemChange{})) {
			t.Errorf("%s: %+v, %v", format, row.Change, err)
		}
	}
}

// A file says how many lines it has, and where a table's header ends, so that the rows of the part
// after it are numbered on from there.
func TestFilesAreMeasured(t *testing.T) {
	t.Parallel()
	const csv, jsonl = imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV, imprimaturv1.LibraryFormat_LIBRARY_FORMAT_JSONL
	for _, c := range []struct {
		format      imprimaturv1.LibraryFormat
		file        string
		lines, head int
	}{
		{jsonl, "{}", 1, 0}, {jsonl, "{}\n", 1, 0}, {jsonl, "{}\n\n{}\n", 3, 0}, {jsonl, sheet.BOM + "{}\r\n{}", 2, 0},
		{csv, "external_id\na\n\"b\nc\"\n", 4, 1}, {csv, "\n\nexternal_id,\"text\"\na,\"b", 4, 3},
	} {
		if got, err := readLines(c.format, c.file); err != nil || got.lines != c.lines || got.head != c.head {
			t.Errorf("%q has %d lines and a header of %d, %v", c.file, got.lines, got.head, err)
		}
	}
}

// A row that was left out of a file is where it was, refused, and those after it have the numbers of
// their lines.
func TestOmittedRowsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	const csv = imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV
	omitted := func(numbers ...int32) (rows []*imprimaturv1.OmittedRow) {
		for i := 0; i < len(numbers); i += 2 {
			rows = append(rows, &imprimaturv1.OmittedRow{Number: numbers[i], LineCount: numbers[i+1], ExternalId: "long"})
		}
		return rows
	}
	for _, c := range []struct {
		format imprimaturv1.LibraryFormat
		file   string
		rows   []*imprimaturv1.OmittedRow
		want   string // the numbers of the rows with a mark at those left out, and how many lines there are
	}{
		{0, "{}\n{}\n", nil, "1 2 of 2"}, {0, "", omitted(1, 0), "1! of 1"}, {0, "", omitted(1, 1, 2, 1), "1! 2! of 2"},
		{0, "{}\n\n{}\n{}", omitted(3, 1, 6, 1), "1 3! 4 5 6! of 6"}, {0, "{}", omitted(3, 1), "FIELD_INVALID"},
		{csv, "external_id\n\"a\nb\"\nc\n", omitted(2, 3, 7, 2, 9, 1), "2! 5 7! 9! 10 of 10"}, {csv, "external_id\n", omitted(2, 9), "2! of 10"},
		{csv, "external_id\n", omitted(1, 1), "FIELD_INVALID"}, {csv, "external_id\na\n", omitted(3, 5, 7, 1), "FIELD_INVALID"},
	} {
		file, err := readLines(c.format, c.file)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		err = file.omit(c.rows)
		for _, line := range file.rows {
			row, _ := acme.readRow(line)
			if got += fmt.Sprint(row.Number); row.Code == "ROW_TOO_LONG" && row.External == "long" {
				got += "!"
			}
			got += " "
		}
		if got += fmt.Sprintf("of %d", file.lines); err != nil {
			got = advocacy.ReasonOf(err)
		}
		if got != c.want {
			t.Errorf("%q with %v is %s, want %s", c.file, c.rows, got, c.want)
		}
	}
}

// Pictures of another workspace are those of this one that has the same bytes.
func TestPicturesComeAlong(t *testing.T) {
	t.Parallel()
	blob := strings.Repeat("a", 64)
	file, err := readLines(0, `{"externalId": "a", "content": {"language": "en", "media": [{"media": "workspaces/elsewhere/media/`+blob+`"}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	row, err := acme.readRow(file.rows[0])
	if err != nil || row.Code != "" || acme.media(row.Change.Content.Media[0].Blob) != acme.self()+"/media/"+blob {
		t.Errorf("%+v, %v", row, err)
	}
}
