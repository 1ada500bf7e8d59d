package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// source is what feeds answer in a test.
type source struct {
	mu     sync.Mutex
	answer advocacy.FeedAnswer
	asked  []advocacy.FeedRequest
}

// Fetch implements workflow.FeedFetcher.
func (s *source) Fetch(_ context.Context, r advocacy.FeedRequest) advocacy.FeedAnswer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r)
	return s.answer
}

// entries are so many, the newest first, as feeds have them.
func entries(from, to int) (all []advocacy.FeedEntry) {
	for n := to; n >= from; n-- {
		all = append(all, advocacy.FeedEntry{Key: fmt.Sprint(n), Title: fmt.Sprint("Entry ", n), Text: "Text."})
	}
	return all
}

// fed is a house with a feed of so many entries, asked once.
func fed(t *testing.T, all []advocacy.FeedEntry) (*workflowtest.House, *source, *advocacy.Feed) {
	t.Helper()
	h, _ := house(t)
	s := &source{answer: advocacy.FeedAnswer{Status: 200, ETag: "v1", Entries: all}}
	h.Flow.Feeder = s
	f := follow(t, h, "https://feeds.test/one")
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, f.ID))
	return h, s, f
}

// follow adds a feed.
func follow(t *testing.T, h *workflowtest.House, url string) *advocacy.Feed {
	t.Helper()
	f, err := h.Flow.CreateFeed(t.Context(), h.As(h.Curator), h.W, workflow.FeedDraft{Title: "One", URL: url, Topic: "news"})
	ok(t, err)
	return f
}

func feedName(f *advocacy.Feed, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return f.Name(), nil
}

// tray lists what feeds brought, newest first.
func tray(t *testing.T, h *workflowtest.House, state advocacy.ProposalState) []advocacy.Proposal {
	t.Helper()
	all, _, err := h.Flow.Proposals(t.Context(), h.As(h.Curator), workflow.ProposalQuery{
		Workspace: h.W, Source: workflow.SourceFeed, State: state, Page: workflow.Page{Size: 500},
	})
	ok(t, err)
	return all
}

// TestEntriesBecomeProposals: an entry becomes a proposal of nobody's, once, whatever is
// answered, and an accepted one a draft that credits nobody.
func TestEntriesBecomeProposals(t *testing.T) {
	t.Parallel()
	h, s, f := fed(t, append(entries(2, 2), entries(1, 2)...))
	made := tray(t, h, "")
	if len(made) != 2 || made[0].Title != "Entry 2" || made[0].Feed != f.ID || made[0].Proposer != "" || made[0].Topic != "news" || made[0].Content.Language != "en" {
		t.Fatalf("the tray holds %+v", made)
	}
	_, err := h.Flow.DeclineProposal(t.Context(), h.As(h.Curator), h.W, made[0].ID, 0, "Not ours.")
	ok(t, err)
	v := acceptProposal(t, h, &made[1])
	if v.Item.Proposer != "" || len(v.Revision.Contributors) != 1 || v.Item.Topic != "news" {
		t.Errorf("the draft is %+v by %v", v.Item, v.Revision.Contributors)
	}
	s.answer.Entries = entries(1, 3)
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, f.ID))
	if last := s.asked[len(s.asked)-1]; last != (advocacy.FeedRequest{URL: f.URL, ETag: "v1"}) {
		t.Errorf("it was asked for %+v", last)
	}
	if made := tray(t, h, advocacy.ProposalProposed); len(made) != 1 || made[0].Title != "Entry 3" {
		t.Errorf("the tray holds %+v", made)
	}
	if n := happened(t, h, "", "proposal.made"); n != 3 {
		t.Errorf("%d proposals are on record", n)
	}
}

// TestWhatCannotBeProposed: of an entry only what can be shown is left, and of one of which
// nothing is left no proposal is made, then or later.
func TestWhatCannotBeProposed(t *testing.T) {
	t.Parallel()
	h, s, f := fed(t, []advocacy.FeedEntry{
		{Key: "nothing", Text: "\u202e", Link: "javascript:alert(1)"},
		{Key: "title", Title: "Only a title", Link: "https://me:secret@acme.test/"},
		{Key: "link", Title: "a\x00b", Text: "a\rb", Link: "https://acme.test/", Language: "no language at all"},
		{Key: "french", Text: "Bonjour.", Language: "fr"},
	})
	made := tray(t, h, "")
	if len(made) != 3 {
		t.Fatalf("the tray holds %+v", made)
	}
	for i, want := range []advocacy.Content{
		{Language: "en", Text: "Only a title"}, {Language: "en", Link: "https://acme.test/"}, {Language: "fr", Text: "Bonjour."},
	} {
		if got := made[i].Content; got.Language != want.Language || got.Text != want.Text || got.Link != want.Link {
			t.Errorf("it says %+v, want %+v", got, want)
		}
	}
	asked := len(s.asked)
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, f.ID))
	if n := len(tray(t, h, "")); n != 3 || len(s.asked) != asked+1 {
		t.Errorf("asked again it brings %d", n)
	}
}

// TestFeedDoesNotFillTheTray: what there is no room for comes when there is, and is asked for
// as if it had never been read.
func TestFeedDoesNotFillTheTray(t *testing.T) {
	t.Parallel()
	h, s, f := fed(t, entries(1, advocacy.MaximumFeedProposals+5))
	made := tray(t, h, advocacy.ProposalProposed)
	if len(made) != advocacy.MaximumFeedProposals || made[0].Title != fmt.Sprint("Entry ", advocacy.MaximumFeedProposals) {
		t.Fatalf("the tray holds %d, the newest is %q", len(made), made[0].Title)
	}
	for _, p := range made[:3] {
		_, err := h.Flow.DeclineProposal(t.Context(), h.As(h.Curator), h.W, p.ID, 0, "No.")
		ok(t, err)
	}
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, f.ID))
	if now, err := h.Flow.Feed(t.Context(), h.As(h.Curator), h.W, f.ID); err != nil || now.Fetch.Code != advocacy.FeedTrayFull || now.Fetch.Failures != 0 || now.Fetch.Brought != 3 {
		t.Errorf("the asking stands at %+v: %v", now.Fetch, err)
	}
	if last := s.asked[len(s.asked)-1]; last.ETag != "" {
		t.Errorf("it was asked for what is newer than %q", last.ETag)
	}
	if made := tray(t, h, advocacy.ProposalProposed); len(made) != advocacy.MaximumFeedProposals || made[0].Title != fmt.Sprint("Entry ", advocacy.MaximumFeedProposals+3) {
		t.Errorf("the tray holds %d, the newest is %q", len(made), made[0].Title)
	}
}

// TestFeedsInTheirTurn: a feed is asked when it is added, at its interval, and at once after a
// pause; in a pause it is not.
func TestFeedsInTheirTurn(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	asked := func(when string, want int64) {
		t.Helper()
		for range 2 { // whoever looks next finds nothing to do
			_, err := h.Flow.FetchFeeds(t.Context())
			ok(t, err)
		}
		done, err := h.Store.SQLWriter().ExecContext(t.Context(), "DELETE FROM river_job WHERE kind = '"+workflow.JobFetchFeed+"'")
		ok(t, err)
		if n, err := done.RowsAffected(); err != nil || n != want {
			t.Errorf("%s it is asked %d times, want %d: %v", when, n, want, err)
		}
	}
	f := follow(t, h, "https://feeds.test/one")
	asked("when it is added", 1)
	asked("in between", 0)
	h.Clock.Advance(advocacy.DefaultFeedInterval)
	asked("in its turn", 1)
	pause := func(paused bool) {
		t.Helper()
		var err error
		f, err = h.Flow.UpdateFeed(t.Context(), h.As(h.Curator), h.W, f.ID, workflow.FeedChange{Version: f.Version, Paused: &paused})
		ok(t, err)
	}
	pause(true)
	h.Clock.Advance(10 * advocacy.DefaultFeedInterval)
	asked("in a pause", 0)
	pause(false)
	asked("after it", 1)
	_, err := h.Flow.UpdateFeed(t.Context(), h.As(h.Curator), h.W, f.ID, workflow.FeedChange{Interval: ptr(15 * time.Minute)})
	ok(t, err)
	h.Clock.Advance(15 * time.Minute)
	asked("at a shorter interval", 1)
	hurry := func() {
		t.Helper()
		_, err := h.Flow.AskFeed(t.Context(), h.As(h.Curator), h.W, f.ID)
		ok(t, err)
	}
	hurry()
	asked("when somebody wants it", 1)
	h.Flow.Feeder = &source{answer: advocacy.FeedAnswer{Status: 200}}
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, f.ID))
	hurry()
	asked("a moment after it was", 0)
	if n := happened(t, h, "", "feed.asked"); n != 1 {
		t.Errorf("%d times it is on record that somebody wanted it", n)
	}
	_, err = h.Flow.CreateFeed(t.Context(), h.As(h.Curator), h.W, workflow.FeedDraft{Title: "Two", URL: "https://feeds.test/two", Paused: true})
	ok(t, err)
	asked("added in a pause", 0)
}

// TestFeedThatIsGone: a feed that was paused or deleted since its job was made is not asked,
// and one paused or deleted while it was asked brings nothing.
func TestFeedThatIsGone(t *testing.T) {
	t.Parallel()
	h, s, f := fed(t, nil)
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, "none"))
	paused, err := h.Flow.UpdateFeed(t.Context(), h.As(h.Curator), h.W, f.ID, workflow.FeedChange{Paused: ptr(true)})
	ok(t, err)
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, f.ID))
	if len(s.asked) != 1 || !paused.Paused {
		t.Errorf("it was asked %d times", len(s.asked))
	}
	other, resting := follow(t, h, "https://feeds.test/other"), follow(t, h, "https://feeds.test/resting")
	h.Flow.Feeder = meanwhile(func(ctx context.Context) { ok(t, h.Flow.DeleteFeed(ctx, h.As(h.Curator), h.W, other.ID)) })
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, other.ID))
	h.Flow.Feeder = meanwhile(func(ctx context.Context) {
		_, err := h.Flow.UpdateFeed(ctx, h.As(h.Curator), h.W, resting.ID, workflow.FeedChange{Paused: ptr(true)})
		ok(t, err)
	})
	ok(t, h.Flow.FetchFeed(t.Context(), h.W, resting.ID))
	if made := tray(t, h, ""); len(made) != 0 {
		t.Errorf("the tray holds %+v", made)
	}
	refuses(t, h, advocacy.NotFound, "FEED_NOT_FOUND", func() error { _, err := h.Flow.Feed(t.Context(), h.As(h.Curator), h.W, other.ID); return err })
}

// meanwhile is a source before whose answer something happens.
type meanwhile func(context.Context)

// Fetch implements workflow.FeedFetcher.
func (m meanwhile) Fetch(ctx context.Context, _ advocacy.FeedRequest) advocacy.FeedAnswer {
	m(ctx)
	return advocacy.FeedAnswer{Status: 200, Entries: entries(1, 1)}
}

// TestFeedsRace: of two feeds added at once, one of which is one too many, one is refused.
func TestFeedsRace(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		add := func(url string) func() error {
			return func() error {
				_, err := h.Flow.CreateFeed(t.Context(), h.As(h.Curator), h.W, workflow.FeedDraft{Title: "One", URL: url, Paused: true})
				return err
			}
		}
		for n := range advocacy.MaximumFeeds - 1 {
			ok(t, add(fmt.Sprint("https://feeds.test/", n))())
		}
		errs := together(add("https://feeds.test/a"), add("https://feeds.test/b"))
		if (errs[0] == nil) == (errs[1] == nil) || advocacy.ReasonOf(errors.Join(errs...)) != "FEEDS_TOO_MANY" {
			t.Errorf("they ended with %v and %v", errs[0], errs[1])
		}
	})
}

// TestFailingFeed: a feed that fails says why and waits longer; its answer to that is kept.
func TestFailingFeed(t *testing.T) {
	t.Parallel()
	h, s, f := fed(t, nil)
	s.answer = advocacy.FeedAnswer{Code: advocacy.FeedStatus, Status: 503}
	for range 3 {
		ok(t, h.Flow.FetchFeed(t.Context(), h.W, f.ID))
	}
	got, err := h.Flow.Feed(t.Context(), h.As(h.Curator), h.W, f.ID)
	ok(t, err)
	want := advocacy.FeedFetch{
		Last: h.Clock.Now(), Next: h.Clock.Now().Add(4 * time.Hour), Success: h.Clock.Now(), Code: advocacy.FeedStatus, Status: 503, Failures: 3, ETag: "v1",
	}
	if got.Fetch != want || got.Version != f.Version {
		t.Errorf("the asking stands at %+v, want %+v", got.Fetch, want)
	}
}
