package bench

import (
	"testing"
	"time"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/app"
)

// BenchmarkRecheck publishes a lexicon with a term that every post in review has, and reports
// how long it took until each of them was looked at again and is the turn of who has to sign.
// It does so once, however long that takes:
//
//	go test -run '^$' -bench Recheck -benchtime 1x ./internal/bench
func BenchmarkRecheck(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			h := open(b, database)
			lexicons := imprimaturv1.NewLexiconServiceClient(h.conn)
			lexicon := workspace + "/lexicons/default"
			revision := &imprimaturv1.LexiconRevision{Terms: []*imprimaturv1.Term{{
				Text: "hiring", Grade: imprimaturv1.Term_RESTRICTED, Role: "approver:legal", Reason: "Works council.",
			}}}
			tried := new(imprimaturv1.TryLexiconResponse)
			for tried.GetTrialToken() == "" {
				var err error
				tried, err = lexicons.TryLexicon(h.as("admin"), &imprimaturv1.TryLexiconRequest{
					Parent: lexicon, LexiconRevision: revision, PageSize: 200, PageToken: tried.GetNextPageToken(),
				})
				must(b, err)
			}
			b.ResetTimer()
			began := time.Now()
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
			if int(seen.GetRestrictedCount()) < posts() {
				b.Errorf("in %d of %d posts it was found", seen.GetRestrictedCount(), posts())
			}
			b.ReportMetric(took.Seconds(), "s")
			b.ReportMetric(float64(seen.GetCheckedCount())/took.Seconds(), "posts/s")
		})
	}
}
