package bench

import (
	"testing"
	"time"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/app"
)

// BenchmarkRecheck publishes a lexicon with a term that no post in review has, and then one with a
// term that every one has, and reports how long it took until each of them was looked at again and,
// where it has the term, is the turn of who has to sign. It does so once, however long that takes:
//
//	go test -run '^$' -bench Recheck -benchtime 1x ./internal/bench
func BenchmarkRecheck(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			h := open(b, database)
			b.Run("none", func(b *testing.B) { recheck(b, h, "dismissing", 0) })
			b.Run("all", func(b *testing.B) { recheck(b, h, "hiring", posts()) })
		})
	}
}

// recheck publishes a restricted term, and measures until everything was looked at again.
func recheck(b *testing.B, h *house, term string, found int) {
	lexicons := imprimaturv1.NewLexiconServiceClient(h.conn)
	lexicon := workspace + "/lexicons/default"
	revision := &imprimaturv1.LexiconRevision{Terms: []*imprimaturv1.Term{{
		Text: term, Grade: imprimaturv1.Term_RESTRICTED, Role: "approver:legal", Reason: "Works council.",
	}}}
	tried := new(imprimaturv1.TryLexiconResponse)
	began := time.Now()
	for tried.GetTrialToken() == "" {
		var err error
		tried, err = lexicons.TryLexicon(h.as("admin"), &imprimaturv1.TryLexiconRequest{
			Parent: lexicon, LexiconRevision: revision, PageSize: 200, PageToken: tried.GetNextPageToken(),
		})
		must(b, err)
	}
	trying := time.Since(began)
	b.ResetTimer()
	began = time.Now()
	_, err := lexicons.PublishLexiconRevision(h.as("admin"), &imprimaturv1.PublishLexiconRevisionRequest{
		Parent: lexicon, RequestId: app.NewID(), LexiconRevision: revision, TrialToken: tried.GetTrialToken(),
	})
	must(b, err)
	var seen *imprimaturv1.LexiconRecheck
	progress := progressOf(b, "looked at")
	for seen.GetCompleteTime() == nil {
		time.Sleep(50 * time.Millisecond)
		now, err := lexicons.GetLexicon(h.as("admin"), &imprimaturv1.GetLexiconRequest{Name: lexicon})
		must(b, err)
		seen = now.GetRecheck()
		progress(int(seen.GetCheckedCount()), posts())
	}
	took := time.Since(began)
	if int(seen.GetRestrictedCount()) < found || int(seen.GetCheckedCount()) < posts() {
		b.Errorf("in %d of %d posts it was found", seen.GetRestrictedCount(), seen.GetCheckedCount())
	}
	b.ReportMetric(trying.Seconds(), "s-tried")
	b.ReportMetric(took.Seconds(), "s")
	b.ReportMetric(float64(seen.GetCheckedCount())/took.Seconds(), "posts/s")
}
