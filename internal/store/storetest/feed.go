package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// feed is one that is not stored.
func (h *house) feed() *advocacy.Feed {
	name := id("feed")
	return &advocacy.Feed{
		Workspace: h.ws, ID: advocacy.FeedID(name), Title: name, URL: "https://feeds.test/" + name, Interval: time.Hour, Creator: h.author,
		CreateTime: start, UpdateTime: start, Fetch: advocacy.FeedFetch{Next: start},
	}
}

// fed stores a feed.
func (h *house) fed() *advocacy.Feed {
	h.t.Helper()
	f := h.feed()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddFeed(ctx, f) })
	return f
}

func fixFeed(_ *rapid.T, h *house, f *advocacy.Feed) {
	f.Workspace, f.ID, f.Topic, f.Creator = h.ws, advocacy.FeedID(id("feed")), "", h.author
	f.URL += id("url")
	f.Interval = f.Interval.Truncate(time.Minute)
}

func readFeed(ctx context.Context, s *store.Store, f *advocacy.Feed) (*advocacy.Feed, error) {
	return s.Feed(ctx, f.Workspace, f.ID)
}

var feedTrip = trip[advocacy.Feed]{
	fix: fixFeed, read: readFeed,
	add:  func(ctx context.Context, tx workflow.Tx, f *advocacy.Feed) error { return tx.AddFeed(ctx, f) },
	save: func(ctx context.Context, tx workflow.Tx, f *advocacy.Feed) error { return tx.SaveFeed(ctx, f) },
	change: func(was, next *advocacy.Feed) {
		at := next.Fetch.Next
		next.ID, next.URL, next.Creator, next.Version, next.CreateTime, next.Fetch = was.ID, was.URL, was.Creator, was.Version, was.CreateTime, was.Fetch
		next.Fetch.Next = at
	},
}

var fetchTrip = trip[advocacy.Feed]{
	fix: fixFeed, read: readFeed,
	add:  func(ctx context.Context, tx workflow.Tx, f *advocacy.Feed) error { return tx.AddFeed(ctx, f) },
	save: func(ctx context.Context, tx workflow.Tx, f *advocacy.Feed) error { return tx.SaveFetch(ctx, f) },
	change: func(was, next *advocacy.Feed) {
		fetch := next.Fetch
		*next = *was
		next.Fetch = fetch
	},
}

// feedEntries holds that each feed knows its own entries, twice none, and forgets them with
// itself; what it proposed stays.
func feedEntries(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	one, other := h.fed(), h.fed()
	p := h.proposal()
	p.Proposer, p.Feed = "", one.ID
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddFeedEntries(ctx, h.ws, one.ID, []string{"b", "a"}); err != nil {
			return err
		}
		return tx.AddProposal(ctx, p)
	})
	seen := func(f *advocacy.Feed, want ...string) {
		t.Helper()
		got, err := s.SeenEntries(ctx(t), h.ws, f.ID, []string{"a", "b", "c"})
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("seen of %s are %q, want %q: %v", f.ID, got, want, err)
		}
	}
	seen(one, "a", "b")
	seen(other)
	again := func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddFeedEntries(ctx, h.ws, one.ID, []string{"c", "a"})
	}
	h.refused(advocacy.Exists, "FEED_EXISTS", again)
	h.refused(advocacy.NotFound, "REFERENCE_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddFeedEntries(ctx, h.ws, "none", []string{"a"})
	})
	twin := h.feed()
	twin.URL = one.URL
	h.refused(advocacy.Exists, "FEED_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddFeed(ctx, twin) })
	for most, want := range map[int]int{1: 1, 9: 1} {
		if open, err := s.OpenFeedProposals(ctx(t), h.ws, one.ID, most); err != nil || open != want {
			t.Errorf("of at most %d open proposals it says %d, want %d: %v", most, open, want, err)
		}
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.DeleteFeed(ctx, one) })
	seen(one)
	got, err := s.Proposal(ctx(t), h.ws, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, p, got)
	for _, c := range []struct {
		q    workflow.ProposalQuery
		want int
	}{
		{workflow.ProposalQuery{Feed: one.ID}, 1}, {workflow.ProposalQuery{Feed: other.ID}, 0},
		{workflow.ProposalQuery{Source: workflow.SourceFeed}, 1}, {workflow.ProposalQuery{Source: workflow.SourcePerson}, 0},
	} {
		c.q.Workspace, c.q.Page = h.ws, workflow.Page{Size: 9}
		if found, _, err := s.Proposals(ctx(t), c.q); err != nil || len(found) != c.want {
			t.Errorf("%+v: %d, want %d: %v", c.q, len(found), c.want, err)
		}
	}
}

// dueFeeds holds which feeds are to be asked: not before their time, and none that is paused.
func dueFeeds(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	long := start.Add(-100 * 365 * 24 * time.Hour)
	due, later, paused := h.feed(), h.feed(), h.feed()
	due.Fetch.Next, later.Fetch.Next, paused.Fetch.Next, paused.Paused = long, long.Add(time.Hour), long, true
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, f := range []*advocacy.Feed{due, later, paused} {
			if err := tx.AddFeed(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
	found, err := s.DueFeeds(ctx(t), long.Add(time.Minute), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var mine []advocacy.FeedID
	for i := range found {
		if found[i].Workspace == h.ws {
			mine = append(mine, found[i].ID)
		}
	}
	if !slices.Equal(mine, []advocacy.FeedID{due.ID}) {
		t.Errorf("due are %q, want only %q", mine, due.ID)
	}
}
