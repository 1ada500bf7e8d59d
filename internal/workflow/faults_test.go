package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestConnectionCutAtCommit (F23): nobody is told whether a decision was kept. What was kept is found
// by its request id and answered; what was not is refused as something to repeat, and is then decided
// once.
func TestConnectionCutAtCommit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cut  testpg.Cut
		kept int
	}{
		"before the server hears of it": {testpg.BeforeCommit, 1},
		"after it was carried out":      {testpg.AfterCommit, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			way := testpg.NewCutter(t, testpg.New(t))
			h := workflowtest.NewOn(t, way.DSN, jobs.Postgres, workflowtest.NewLedger())
			v := h.Submit(t, h.Draft(t, "Once.", h.Ledger))
			h.Sign(t, h.Legal, v, "legal")
			h.View(t, h.PR, v.Post.Subject(), 1)
			call := identified(h.As(h.PR), anID, "Decide", "approve")
			approve := func() (string, error) {
				d, _, err := h.Flow.Decide(t.Context(), call, v.Post.Subject(), 1, workflow.Verdict{
					Verdict: advocacy.Approve, Requirement: "pr", Digest: v.Head.Digest,
				})
				if err != nil {
					return "", err
				}
				return d.Name(), nil
			}
			way.Next(c.cut)
			_, err := approve()
			if kept := c.kept == 2; way.Cuts() != 1 || (err == nil) != kept || !kept && advocacy.ReasonOf(err) != "STORE_UNREACHABLE" {
				t.Fatalf("after %d cuts the caller is told: %v", way.Cuts(), err)
			}
			if n := len(decisions(t, h, v)); n != c.kept {
				t.Fatalf("%d decisions are kept, want %d", n, c.kept)
			}
			first, err := approve()
			ok(t, err)
			again, err := approve()
			ok(t, err)
			if all := decisions(t, h, v); len(all) != 2 || first != again || first != all[1].Name() {
				t.Errorf("answered were %s and %s; kept are %d decisions", first, again, len(all))
			}
			if n := happened(t, h, v.Post.Subject().Name(), "review.decided"); n != 2 {
				t.Errorf("%d records of decisions, want 2", n)
			}
			stand(t, h, v, advocacy.Scheduled)
		})
	}
}

// TestFullDisk (F26): where there is no room, a decision is refused whole and nothing goes out without
// its record; when there is room again, everything goes on by itself. A limit of the database's pages
// stands in for the disk.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	const posts = 15
	var due, open []*workflow.PostView
	for i := range posts {
		due = append(due, h.Approved(t, fmt.Sprintf("Due %d.", i), h.Ledger))
		v := h.Submit(t, h.Draft(t, fmt.Sprintf("Open %d.", i), h.Ledger))
		h.Sign(t, h.Legal, v, "legal")
		h.View(t, h.PR, v.Post.Subject(), 1)
		open = append(open, v)
	}
	room := func(pages int) {
		t.Helper()
		_, err := h.Store.SQLWriter().ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		ok(t, err)
	}
	approve := func(v *workflow.PostView) error {
		_, _, err := h.Flow.Decide(t.Context(), h.As(h.PR), v.Post.Subject(), 1, workflow.Verdict{
			Verdict: advocacy.Approve, Requirement: "pr", Digest: v.Head.Digest,
		})
		return err
	}
	room(1) // no more than there are
	full := false
	for i := 0; !full && i < 500; i++ {
		_, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
			Content: advocacy.Content{Language: "en", Text: strings.Repeat("Full. ", 400)}, Accounts: []advocacy.AccountID{h.Ledger},
		})
		full = err != nil
	}
	if !full {
		t.Fatal("the disk never filled")
	}
	var refused []*workflow.PostView
	for _, v := range open {
		want := 2
		if approve(v) != nil {
			refused, want = append(refused, v), 1
		}
		if n, told := len(decisions(t, h, v)), happened(t, h, v.Post.Subject().Name(), "review.decided"); n != want || told != want {
			t.Fatalf("%d decisions and %d records of them, want %d", n, told, want)
		}
	}
	h.Work(t)
	sends := func() (recorded int) {
		for _, r := range records(t, h, "") {
			if r.Action == "publication.send" {
				recorded++
			}
		}
		return recorded
	}
	if out, recorded := len(l.Sent()), sends(); out != recorded {
		t.Fatalf("%d went out and %d are recorded", out, recorded)
	}
	if len(refused) == 0 || len(l.Sent()) >= posts {
		t.Fatalf("with no room %d decisions were refused, and %d posts went out", len(refused), len(l.Sent()))
	}
	room(1 << 30)
	for _, v := range refused {
		ok(t, approve(v))
	}
	for range 2 * posts { // what was left on its way ends first
		h.Clock.Advance(10 * time.Minute)
		h.Work(t)
	}
	out := map[string]int{}
	for _, d := range l.Sent() {
		out[d.Target.Rendering.Text]++
	}
	for _, v := range append(due, open...) {
		if text := v.Head.Content.Text; out[text] != 1 {
			t.Errorf("%q went out %d times", text, out[text])
		}
	}
	if recorded := sends(); len(l.Sent()) != recorded {
		t.Errorf("%d went out and %d are recorded", len(l.Sent()), recorded)
	}
}
