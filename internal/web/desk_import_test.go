package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	tables "github.com/imprimatur-hq/imprimatur/internal/sheet"
)

// importing is the public API as far as a file is imported by it.
type importing struct {
	accounts
	orders []*imprimaturv1.ImportLibraryItemsRequest
}

func (i *importing) Invoke(_ context.Context, _ string, in, out any, _ ...grpc.CallOption) error {
	if order, is := in.(*imprimaturv1.ImportLibraryItemsRequest); is {
		i.orders = append(i.orders, order)
		proto.Merge(out.(proto.Message), &imprimaturv1.LibraryImport{Name: fmt.Sprintf("workspaces/acme/libraryImports/%d", len(i.orders))})
	}
	return nil
}

// bring sends a file as the page does, and returns where that leads.
func (i *importing) bring(t *testing.T, name, file string) string {
	t.Helper()
	w := i.send(t, name, file, 0)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %.400s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// send sends a file as the page does, and so many empty lines after it.
func (i *importing) send(t *testing.T, name, file string, empty int64) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range map[string]string{"request_id": "0198f000-0000-7000-8000-000000000001", "for": "try", "format": "LIBRARY_FORMAT_JSONL"} {
		if err := form.WriteField(field, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = part.Write([]byte(file))
	before := strings.NewReader(body.String())
	if body.Reset(); err != nil || form.Close() != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "https://sign.example.com/w/acme/desk/imports", io.MultiReader(before, io.LimitReader(lineEnds{}, empty), &body))
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	b := &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: i}), make(map[string]*http.Cookie)}
	b.signIn("imps_x")
	return b.send(r)
}

// TestALongRowStopsNoOther: a row that the API cannot take is named to it in its place, in either
// format, and the rows before and after it are sent.
func TestALongRowStopsNoOther(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a\n", 1_500_000)
	csv := func(id, text string) string { return tables.Line([]string{"Item", id, text}) + "\n" }
	jsonl := func(id, text string) string { return fmt.Sprintf("{\"external_id\":%q,\"title\":%q}\n", id, text) }
	for name, c := range map[string]struct {
		head  string
		row   func(id, text string) string
		lines int32
	}{"a.jsonl": {"", jsonl, 1}, "a.csv": {"title, external_id ,text\n", csv, 1_500_001}} {
		api := &importing{}
		api.bring(t, name, c.head+c.row("one", "One.")+c.row("two", long)+c.row("three", "Three.")+c.row("\xff", long))
		if len(api.orders) != 1 {
			t.Fatalf("%s comes in %d parts", name, len(api.orders))
		}
		order, second := api.orders[0], int32(2+strings.Count(c.head, "\n"))
		want := []*imprimaturv1.OmittedRow{{Number: second, LineCount: c.lines, ExternalId: "two"}, {Number: second + c.lines + 1, LineCount: c.lines}}
		if order.GetData() != c.head+c.row("one", "One.")+c.row("three", "Three.") || !cmp.Equal(want, order.GetOmittedRows(), protocmp.Transform()) {
			t.Errorf("%s is sent as %.400s without %v", name, order.GetData(), order.GetOmittedRows())
		}
	}
}

// lineEnds is a text of empty lines without an end.
type lineEnds struct{}

func (lineEnds) Read(p []byte) (int, error) {
	for n := range p {
		p[n] = '\n'
	}
	return len(p), nil
}

// TestAFileThatIsTooLargeIsRefused: it is not imported as far as it came, and the refusal says why.
func TestAFileThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	api := &importing{}
	if w := api.send(t, "a.jsonl", "{}\n", 65<<20); len(api.orders) != 0 || !strings.Contains(w.Body.String(), "larger than 64 MB") {
		t.Errorf("%d after %d orders: %.400s", w.Code, len(api.orders), w.Body)
	}
}

// TestALargeFileIsImportedInParts: a file of ten thousand rows of a kilobyte each is within what is
// taken, and goes to the API in parts that are within what that takes, with nothing left out.
func TestALargeFileIsImportedInParts(t *testing.T) {
	t.Parallel()
	var lines, table strings.Builder
	table.WriteString(tables.BOM + "external_id,title,text\n")
	words := strings.Repeat("Six trades, \"one\" team.\n", 41)
	for n := range 10_000 {
		fmt.Fprintf(&lines, "{\"external_id\":\"%d\",\"title\":\"Item\",\"text\":%q}\n", n, words)
		table.WriteString(tables.Line([]string{fmt.Sprint(n), "Item", words}) + "\n")
	}
	for name, file := range map[string]string{"library.jsonl": lines.String(), "library.csv": table.String()} {
		api := &importing{}
		if to := api.bring(t, name, file); len(api.orders) < 4 || !strings.HasSuffix(to, "/w/acme/desk/imports?file=1") {
			t.Fatalf("%s leads to %s after %d parts", name, to, len(api.orders))
		}
		ids, rows, before := make(map[string]bool), 0, ""
		for n, order := range api.orders {
			if order.GetPreviousPart() != before {
				t.Errorf("%s: part %d follows %q", name, n+1, order.GetPreviousPart())
			}
			before = fmt.Sprintf("workspaces/acme/libraryImports/%d", n+1)
			if len(order.GetData()) > 3_000_000 || !order.GetValidateOnly() || ids[order.GetRequestId()] {
				t.Errorf("%s: a part has %d bytes, the id %s, and is tried: %t", name, len(order.GetData()), order.GetRequestId(), order.GetValidateOnly())
			}
			ids[order.GetRequestId()] = true
			if order.GetFormat() == imprimaturv1.LibraryFormat_LIBRARY_FORMAT_JSONL {
				rows += strings.Count(order.GetData(), "\n")
				continue
			}
			read := tables.Read(order.GetData())
			for _, row := range read {
				if row.Err != nil || len(row.Cells) != 3 {
					t.Fatalf("%+v", row)
				}
			}
			rows += len(read) - 1
		}
		if rows != 10_000 {
			t.Errorf("%s: %d rows come of 10,000", name, rows)
		}
	}
	api := &importing{}
	if to := api.bring(t, "a.csv", "external_id,title\n1,One\n"); !strings.HasSuffix(to, "/desk/imports/1") || api.orders[0].GetRequestId() != "0198f000-0000-7000-8000-000000000001" {
		t.Errorf("a small file leads to %s: %v", to, api.orders)
	}
}
