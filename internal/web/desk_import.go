package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	tables "github.com/imprimatur-hq/imprimatur/internal/sheet"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// importsData are the imports so far, or the parts of one file.
type importsData struct {
	Tabs    []tab
	File    bool
	Imports []*imprimaturv1.LibraryImport
	More    string
}

func imports(v *visitor) error {
	ask := &imprimaturv1.ListLibraryImportsRequest{Parent: v.parent(), PageSize: 20, PageToken: v.query("page")}
	file := v.query("file")
	if file != "" {
		ask.Filter, ask.PageSize = "first_part = "+quoted(v.name("libraryImports", file)), everyPage
	}
	listed, err := imprimaturv1.NewLibraryServiceClient(v.conn).ListLibraryImports(v.ctx, ask)
	if err != nil {
		return err
	}
	return v.show("desk-imports", "desk", importsData{v.deskTabs("imports"), file != "", listed.GetLibraryImports(), v.more(listed.GetNextPageToken())})
}

const (
	// maxImport is the largest file that is taken, and room for the form around it.
	maxImport = 64<<20 + 64<<10
	// maxImportHeld is how much of it the form keeps in memory, before it is read.
	maxImportHeld = 8 << 20
	// maxImportPart and maxImportRows are how much of one the API takes at once.
	maxImportPart = 3_000_000
	maxImportRows = 10_000
)

// importItems takes a file, or lines that were pasted, and first says what would become of them
// where that was asked. What is more than the API takes at once, as the file of a whole library may
// be, is imported in parts, each with its own report, whose lines are those of the file. A row that
// is more alone is told to the API, which refuses it and goes on with the others.
func importItems(v *visitor) error {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxImport)
	if err := v.r.ParseMultipartForm(maxImportHeld); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return mistake("web.desk.import.large")
		}
		return mistake("web.form.file")
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	data, name := v.text("data"), ""
	if file, header, err := v.r.FormFile("file"); err == nil {
		defer file.Close()
		var read strings.Builder
		read.Grow(int(header.Size))
		if _, err := io.Copy(&read, file); err != nil {
			return mistake("web.form.file")
		}
		if read.Len() > 0 {
			data, name = read.String(), header.Filename
		}
	}
	format := imprimaturv1.LibraryFormat(imprimaturv1.LibraryFormat_value[v.form("format")])
	if strings.HasSuffix(strings.ToLower(name), ".csv") {
		format = imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV
	}
	cut := tables.Lines
	if format == imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV {
		cut = tables.Parts
	}
	n, first, last := 0, "", ""
	for part := range cut(data, maxImportPart, maxImportRows) {
		made, err := imprimaturv1.NewLibraryServiceClient(v.conn).ImportLibraryItems(v.ctx, &imprimaturv1.ImportLibraryItemsRequest{
			Parent: v.parent(), Format: format, Data: part.Text, ValidateOnly: v.form("for") != "real", RequestId: partID(v.requestID(), n),
			PreviousPart: last, OmittedRows: omittedRows(format, part),
		})
		if err != nil {
			return err
		}
		n, last = n+1, made.GetName()
		first = cmp.Or(first, last)
	}
	if n > 1 {
		return v.done(v.at("/desk/imports?file="+lastPart(first)), "web.said.desk.import.parts", "count", strconv.Itoa(n))
	}
	return v.done(v.at("/desk/imports/"+lastPart(first)), "web.said.desk.import")
}

// omittedRows tells of the rows that were left out of a part because the API cannot take them, by the
// name that each has as far as that can be read.
func omittedRows(format imprimaturv1.LibraryFormat, part tables.Part) (rows []*imprimaturv1.OmittedRow) {
	const key = "external_id"
	column := -1
	if len(part.Omitted) > 0 && format == imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV {
		column = slices.IndexFunc(tables.Read(part.Text)[0].Cells, func(name string) bool { return strings.TrimSpace(name) == key })
	}
	for _, o := range part.Omitted {
		row := &imprimaturv1.OmittedRow{Number: int32(o.Number), LineCount: int32(o.Lines)}
		if format == imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV {
			if column >= 0 && column < len(o.Cells) {
				row.ExternalId = o.Cells[column]
			}
		} else {
			var named map[string]any
			_ = json.Unmarshal([]byte(o.Cells[0]), &named)
			row.ExternalId, _ = cmp.Or(named["externalId"], named[key]).(string)
		}
		if !utf8.ValidString(row.GetExternalId()) || !omittedName.MatchString(row.GetExternalId()) {
			row.ExternalId = ""
		}
		rows = append(rows, row)
	}
	return rows
}

// omittedName is what the API takes as the name of a row that was left out.
var omittedName = regexp.MustCompile(`^[^\x00-\x1f\x7f]{1,200}$`)

// partID is the id of the request for a part of what a form asks for, the same whenever the form
// is sent again.
func partID(form string, part int) string {
	if form == "" || part == 0 {
		return form
	}
	h := sha256.Sum256(fmt.Appendf(nil, "%s %d", form, part))
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// importData is one import and what became of its rows.
type importData struct {
	Tabs   []tab
	Import *imprimaturv1.LibraryImport
	// Parts is how many parts its file has.
	Parts   int32
	Done    int32
	Running bool
	Rows    []*imprimaturv1.LibraryImportRow
	More    string
}

func showImport(v *visitor) error {
	client, name := imprimaturv1.NewLibraryServiceClient(v.conn), v.named("libraryImports", "import")
	one, err := client.GetLibraryImport(v.ctx, &imprimaturv1.GetLibraryImportRequest{Name: name})
	if err != nil {
		return err
	}
	parts, err := client.ListLibraryImports(v.ctx, &imprimaturv1.ListLibraryImportsRequest{
		Parent: v.parent(), Filter: "first_part = " + quoted(one.GetFirstPart()), PageSize: 1,
	})
	if err != nil {
		return err
	}
	newest := one.GetPart()
	for _, p := range parts.GetLibraryImports() {
		newest = p.GetPart()
	}
	rows, err := client.ListLibraryImportRows(v.ctx, &imprimaturv1.ListLibraryImportRowsRequest{Parent: name, PageSize: deskPage, PageToken: v.query("page")})
	if err != nil {
		return err
	}
	return v.show("desk-import", "desk", importData{
		v.deskTabs("imports"), one, newest, one.GetCreatedCount() + one.GetUpdatedCount() + one.GetUnchangedCount() + one.GetFailedCount(),
		one.GetState() == imprimaturv1.LibraryImport_RUNNING, rows.GetLibraryImportRows(), v.more(rows.GetNextPageToken()),
	})
}

// exportItems writes the library into a file, page after page as the API gives them.
func exportItems(v *visitor) error {
	client := imprimaturv1.NewLibraryServiceClient(v.conn)
	ask := &imprimaturv1.ExportLibraryItemsRequest{Parent: v.parent(), PageSize: everyPage, Format: imprimaturv1.LibraryFormat_LIBRARY_FORMAT_JSONL}
	ending, kind := "jsonl", "application/jsonl"
	if v.query("format") == "csv" {
		ask.Format, ending, kind = imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV, "csv", "text/csv; charset=utf-8"
	}
	// The first page is asked for before anything is written, so that a refusal is still shown.
	part, err := client.ExportLibraryItems(v.ctx, ask)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="library-%s.%s"`, v.workspace, ending))
	h.Set("Cache-Control", "no-store")
	for {
		if _, err := io.WriteString(v.w, part.GetData()); err != nil || part.GetNextPageToken() == "" {
			return nil
		}
		ask.PageToken = part.GetNextPageToken()
		if part, err = client.ExportLibraryItems(v.ctx, ask); err != nil {
			// Half a file that looks whole would be worse than a connection that breaks.
			panic(http.ErrAbortHandler)
		}
	}
}
