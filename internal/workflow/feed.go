package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// FeedReader reads feeds.
type FeedReader interface {
	Feed(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID) (*advocacy.Feed, error)
	Feeds(ctx context.Context, w advocacy.WorkspaceID, p Page) ([]advocacy.Feed, string, error)
	// DueFeeds returns feeds of every workspace that are to be asked by t.
	DueFeeds(ctx context.Context, t time.Time, most int) ([]advocacy.Feed, error)
	// SeenEntries returns those of the entries that the feed brought before.
	SeenEntries(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID, keys []string) ([]string, error)
	// OpenFeedProposals counts a feed's proposals that wait for an answer, up to most.
	OpenFeedProposals(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID, most int) (int, error)
}

// FeedWriter writes feeds.
type FeedWriter interface {
	// FeedForUpdate locks the feed until commit.
	FeedForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID) (*advocacy.Feed, error)
	// AddFeed inserts; Exists when the workspace has one of the same address.
	AddFeed(ctx context.Context, f *advocacy.Feed) error
	// SaveFeed writes Title, Topic, Interval, Paused, UpdateTime, Fetch.Next and raises Version;
	// Conflict when it moved.
	SaveFeed(ctx context.Context, f *advocacy.Feed) error
	// SaveFetch writes Fetch. Who writes holds the feed.
	SaveFetch(ctx context.Context, f *advocacy.Feed) error
	// DeleteFeed removes the feed and what is known of its entries; its proposals stay.
	DeleteFeed(ctx context.Context, f *advocacy.Feed) error
	// AddFeedEntries keeps that the feed brought entries; Exists when it did before.
	AddFeedEntries(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID, keys []string) error
}

// FeedDraft is what a client says of a new feed. An Interval of 0 is the default.
type FeedDraft struct {
	Title    string
	URL      string
	Topic    advocacy.TopicID
	Interval time.Duration
	Paused   bool
}

// FeedChange is what a client wants changed; nil leaves a field as it is.
type FeedChange struct {
	Version  int64
	Title    *string
	Topic    *advocacy.TopicID
	Interval *time.Duration
	Paused   *bool
}

// CreateFeed adds a source, which is asked at once unless it is paused.
func (s *Service) CreateFeed(ctx context.Context, c Call, w advocacy.WorkspaceID, d FeedDraft) (*advocacy.Feed, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Feed, string, error) {
		f := &advocacy.Feed{
			Workspace: w, ID: advocacy.FeedID(s.NewID()), Title: d.Title, URL: d.URL, Topic: d.Topic, Interval: d.Interval, Paused: d.Paused,
			Creator: c.Actor.Person, CreateTime: tx.Now(), UpdateTime: tx.Now(), Fetch: advocacy.FeedFetch{Next: tx.Now()},
		}
		if f.Interval == 0 {
			f.Interval = advocacy.DefaultFeedInterval
		}
		if err := guardFeed(ctx, tx, f); err != nil {
			return nil, "", err
		}
		if err := guardFeeds(ctx, tx, w); err != nil {
			return nil, "", err
		}
		if err := tx.AddFeed(ctx, f); err != nil {
			return nil, "", err
		}
		if err := askFeed(ctx, tx, f); err != nil {
			return nil, "", err
		}
		return f, string(f.ID), s.recordFeed(ctx, tx, c, f, "feed.created")
	}, feedAgain(w))
}

func feedAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.Feed, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Feed, error) {
		return tx.Feed(ctx, w, advocacy.FeedID(id))
	}
}

// guardFeeds refuses one feed too many. It holds the workspace, so that two calls at once do
// not both count as the last.
func guardFeeds(ctx context.Context, tx Tx, w advocacy.WorkspaceID) error {
	if _, err := tx.WorkspaceForUpdate(ctx, w); err != nil {
		return err
	}
	have, _, err := tx.Feeds(ctx, w, Page{Size: advocacy.MaximumFeeds})
	if err != nil {
		return err
	}
	return advocacy.GuardFeeds(len(have))
}

func guardFeed(ctx context.Context, r Reader, f *advocacy.Feed) error {
	if err := check.RefuseLine("feed.title", f.Title); err != nil {
		return err
	}
	if err := check.RefuseLink("feed.url", f.URL); err != nil {
		return err
	}
	if err := f.Guard(); err != nil {
		return err
	}
	if f.Topic == "" {
		return nil
	}
	_, err := r.Topic(ctx, f.Workspace, f.Topic)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return advocacy.InvalidField("feed.topic", "TOPIC_NOT_FOUND", "there is no topic %q in this workspace", f.Topic)
	}
	return err
}

func (s *Service) recordFeed(ctx context.Context, tx Tx, c Call, f *advocacy.Feed, action string) error {
	return s.record(ctx, tx, c, f.Workspace, fact{
		action: action, subject: f.Name(), parent: f.Name(), detail: map[string]any{
			"title": f.Title, "url": f.URL, "topic": f.Topic, "interval_minutes": int(f.Interval / time.Minute), "paused": f.Paused,
		},
	})
}

// UpdateFeed changes a feed. One that goes on after a pause is asked at once.
func (s *Service) UpdateFeed(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.FeedID, d FeedChange) (*advocacy.Feed, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Feed, string, error) {
		f, err := tx.FeedForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, f.Version); err != nil {
			return nil, "", err
		}
		rested := f.Paused
		set(&f.Title, d.Title)
		set(&f.Topic, d.Topic)
		set(&f.Interval, d.Interval)
		set(&f.Paused, d.Paused)
		f.UpdateTime, f.Fetch.Next = tx.Now(), earliest(f.Fetch.Next, tx.Now().Add(f.Interval))
		if err := guardFeed(ctx, tx, f); err != nil {
			return nil, "", err
		}
		if rested {
			f.Fetch.Next = tx.Now()
		}
		if err := tx.SaveFeed(ctx, f); err != nil {
			return nil, "", err
		}
		if rested {
			if err := askFeed(ctx, tx, f); err != nil {
				return nil, "", err
			}
		}
		return f, string(id), s.recordFeed(ctx, tx, c, f, "feed.updated")
	}, feedAgain(w))
}

// AskFeed has a feed asked now instead of in its turn.
func (s *Service) AskFeed(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.FeedID) (*advocacy.Feed, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Feed, string, error) {
		f, err := tx.FeedForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if turn, err := f.Hurry(tx.Now()); err != nil || !turn {
			return f, string(id), err
		}
		if err := askFeed(ctx, tx, f); err != nil {
			return nil, "", err
		}
		return f, string(id), s.recordFeed(ctx, tx, c, f, "feed.asked")
	}, feedAgain(w))
}

// DeleteFeed removes a feed. What it proposed stays, and what was answered.
func (s *Service) DeleteFeed(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.FeedID) error {
	_, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (struct{}, string, error) {
		f, err := tx.FeedForUpdate(ctx, w, id)
		if err != nil {
			return struct{}{}, "", err
		}
		if err := tx.DeleteFeed(ctx, f); err != nil {
			return struct{}{}, "", err
		}
		return struct{}{}, string(id), s.recordFeed(ctx, tx, c, f, "feed.deleted")
	}, func(context.Context, Tx, string) (struct{}, error) { return struct{}{}, nil })
	return err
}

// Feed returns a feed and how the asking stands.
func (s *Service) Feed(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.FeedID) (*advocacy.Feed, error) {
	return s.Store.Feed(ctx, w, id)
}

// Feeds lists the feeds of the workspace.
func (s *Service) Feeds(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Feed, string, error) {
	return s.Store.Feeds(ctx, w, p)
}
