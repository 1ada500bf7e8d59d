package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/sheet"
	"github.com/imprimatur-hq/imprimatur/internal/store/storetest"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// items is how many items the library of BenchmarkLibrary holds.
func items() int {
	if n, err := strconv.Atoi(os.Getenv("IMPRIMATUR_BENCH_ITEMS")); err == nil {
		return n
	}
	return 100_000
}

// document is what an item is found by: some sixty words as they are frequent in a language, a
// word three of ten have and one that one of ten thousand has.
func document(i int) search.Document {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	words := rand.NewZipf(r, 1.1, 8, 50_000)
	text := make([]string, 60)
	for n := range text {
		text[n] = "w" + strconv.FormatUint(words.Uint64(), 36)
	}
	if i%10 < 3 {
		text[10] = "company"
	}
	if i%10_000 == 7 {
		text[20], text[21] = "zanzibar", "office"
	}
	return search.Document{Title: strings.Join(text[:6], " "), Texts: []string{strings.Join(text[6:], " ")}}
}

// BenchmarkLibrary reads pages of a large library, and searches it for words that few and many
// items have:
//
//	go test -run '^$' -bench Library ./internal/bench
func BenchmarkLibrary(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			h := open(b, database)
			from := advocacy.ItemID(filepath.Base(h.item))
			must(b, storetest.GrowLibrary(context.Background(), h.Store, "bench", from, items(), document))
			for _, clients := range []int{1, 16} {
				b.Run(fmt.Sprintf("page/clients=%d", clients), func(b *testing.B) { parallel(b, clients, libraryPage(b, h)["grpc"]) })
				for name, query := range map[string]string{
					"rare": "zanzibar", "common": "company", "two": "company w1", "phrase": `"zanzibar office"`, "beginning": "zanz", "short": "w1", "none": "nowhere",
				} {
					b.Run(fmt.Sprintf("search/%s/clients=%d", name, clients), func(b *testing.B) {
						parallel(b, clients, func(int) { h.search(b, query, name != "none") })
					})
				}
			}
		})
	}
}

func (h *house) search(b *testing.B, query string, found bool) {
	answer, err := imprimaturv1.NewLibraryServiceClient(h.conn).SearchLibraryItems(h.as("author"), &imprimaturv1.SearchLibraryItemsRequest{
		Parent: workspace, Query: query, PageSize: 50,
	})
	must(b, err)
	if found != (len(answer.GetHits()) > 0) {
		b.Fatalf("%q finds %d", query, len(answer.GetHits()))
	}
}

// importRows is how many rows BenchmarkImport brings.
const importRows = 10_000

// BenchmarkImport brings ten thousand new items of a kilobyte each, in parts as large as a call
// takes, and then the same again, and tells how long a look at the progress takes meanwhile:
//
//	go test -run '^$' -bench Import -benchtime 1x ./internal/bench
func BenchmarkImport(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			h := open(b, database)
			for range b.N {
				var file strings.Builder
				file.WriteString("external_id,title,topic,language,text,networks\n")
				mark, more := app.NewID(), strings.Repeat("And a line of what there is to see. ", 25)
				for i := range importRows {
					fmt.Fprintf(&file, "%s-%d,Item %d,news,en,\"Twelve apprenticeships, six trades, one team: come and see us. %d\n%s\",wall\n", mark, i, i, i, more)
				}
				first, looks := h.bring(b, file.String())
				again, others := h.bring(b, file.String())
				b.ReportMetric(importRows/first.Seconds(), "new/s")
				b.ReportMetric(importRows/again.Seconds(), "unchanged/s")
				b.ReportMetric(milliseconds(percentile(append(looks, others...), 99)), "progress-p99-ms")
			}
		})
	}
}

// bring imports a file and returns how long that took, and each look at its progress.
func (h *house) bring(b *testing.B, file string) (took time.Duration, looks []time.Duration) {
	library := imprimaturv1.NewLibraryServiceClient(h.conn)
	began, rows := time.Now(), int32(0)
	for part := range sheet.Parts(file, 3_000_000, importRows) {
		order, err := library.ImportLibraryItems(h.as("curator"), &imprimaturv1.ImportLibraryItemsRequest{
			Parent: workspace, Format: imprimaturv1.LibraryFormat_LIBRARY_FORMAT_CSV, Data: part.Text, RequestId: app.NewID(),
		})
		must(b, err)
		for order.GetState() != imprimaturv1.LibraryImport_ENDED {
			time.Sleep(50 * time.Millisecond)
			look := time.Now()
			order, err = library.GetLibraryImport(h.as("curator"), &imprimaturv1.GetLibraryImportRequest{Name: order.GetName()})
			must(b, err)
			looks = append(looks, time.Since(look))
		}
		if order.GetFailedCount() > 0 {
			b.Fatalf("%v", order)
		}
		rows += order.GetTotalCount()
	}
	if rows != importRows {
		b.Fatalf("%d rows were read", rows)
	}
	return time.Since(began), looks
}
