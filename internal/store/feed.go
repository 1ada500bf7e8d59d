package store

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type feedRow struct {
	WorkspaceID     string  `gorm:"column:workspace_id"`
	ID              string  `gorm:"column:id"`
	Title           string  `gorm:"column:title"`
	URL             string  `gorm:"column:url"`
	TopicID         ref     `gorm:"column:topic_id"`
	IntervalMinutes int64   `gorm:"column:interval_minutes"`
	Paused          bool    `gorm:"column:paused"`
	Creator         string  `gorm:"column:creator"`
	Version         int64   `gorm:"column:version"`
	CreateTime      instant `gorm:"column:create_time"`
	UpdateTime      instant `gorm:"column:update_time"`
	LastTime        instant `gorm:"column:last_time"`
	NextTime        moment  `gorm:"column:next_time"`
	SuccessTime     instant `gorm:"column:success_time"`
	Code            string  `gorm:"column:code"`
	Status          int     `gorm:"column:status"`
	Failures        int     `gorm:"column:failures"`
	Brought         int     `gorm:"column:brought"`
	ETag            string  `gorm:"column:etag"`
	Modified        string  `gorm:"column:modified"`
}

func (feedRow) TableName() string { return "feeds" }

var feeds = tableOf[feedRow]()

type feedEntryRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	FeedID      string  `gorm:"column:feed_id"`
	Entry       string  `gorm:"column:entry"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (feedEntryRow) TableName() string { return "feed_entries" }

var feedEntries = tableOf[feedEntryRow]()

func newFeedRow(f *advocacy.Feed) feedRow {
	return feedRow{
		WorkspaceID:     string(f.Workspace),
		ID:              string(f.ID),
		Title:           f.Title,
		URL:             f.URL,
		TopicID:         ref(f.Topic),
		IntervalMinutes: int64(f.Interval / time.Minute),
		Paused:          f.Paused,
		Creator:         string(f.Creator),
		Version:         f.Version,
		CreateTime:      at(f.CreateTime),
		UpdateTime:      at(f.UpdateTime),
		LastTime:        at(f.Fetch.Last),
		NextTime:        sorted(f.Fetch.Next),
		SuccessTime:     at(f.Fetch.Success),
		Code:            string(f.Fetch.Code),
		Status:          f.Fetch.Status,
		Failures:        f.Fetch.Failures,
		Brought:         f.Fetch.Brought,
		ETag:            f.Fetch.ETag,
		Modified:        f.Fetch.Modified,
	}
}

func (r *feedRow) feed() advocacy.Feed {
	return advocacy.Feed{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.FeedID(r.ID),
		Title:      r.Title,
		URL:        r.URL,
		Topic:      advocacy.TopicID(r.TopicID),
		Interval:   time.Duration(r.IntervalMinutes) * time.Minute,
		Paused:     r.Paused,
		Creator:    advocacy.PersonID(r.Creator),
		Version:    r.Version,
		CreateTime: r.CreateTime.time,
		UpdateTime: r.UpdateTime.time,
		Fetch: advocacy.FeedFetch{
			Last:     r.LastTime.time,
			Next:     r.NextTime.time,
			Success:  r.SuccessTime.time,
			Code:     advocacy.FeedCode(r.Code),
			Status:   r.Status,
			Failures: r.Failures,
			Brought:  r.Brought,
			ETag:     r.ETag,
			Modified: r.Modified,
		},
	}
}

// Feed returns a feed.
func (r reader) Feed(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID) (*advocacy.Feed, error) {
	return r.feed(ctx, w, id, unlocked)
}

// FeedForUpdate locks the feed until commit.
func (t *tx) FeedForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID) (*advocacy.Feed, error) {
	return t.feed(ctx, w, id, toChange)
}

func (r reader) feed(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID, l lock) (*advocacy.Feed, error) {
	row, err := one(ctx, r.conn, feeds, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aFeed.failed(err)
	}
	found := row.feed()
	return &found, nil
}

// Feeds lists feeds by id.
func (r reader) Feeds(ctx context.Context, w advocacy.WorkspaceID, p workflow.Page) ([]advocacy.Feed, string, error) {
	l := listing[feedRow]{
		table: feeds,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *feedRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(w))
	return page(ctx, r.conn, l, p, (*feedRow).feed)
}

// DueFeeds returns feeds of every workspace that are to be asked by t.
func (r reader) DueFeeds(ctx context.Context, t time.Time, most int) ([]advocacy.Feed, error) {
	query := "SELECT " + feeds.list + " FROM feeds WHERE NOT paused AND next_time <= ? ORDER BY next_time" + limit(most)
	found, err := every(ctx, r.conn, feeds, (*feedRow).feed, query, sorted(t))
	return found, failed(err)
}

// SeenEntries returns those of the entries that the feed brought before.
func (r reader) SeenEntries(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID, keys []string) (seen []string, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var key string
	query := "SELECT entry FROM feed_entries WHERE workspace_id = ? AND feed_id = ? AND entry IN " + in(len(keys))
	err = r.scan(ctx, []any{&key}, func() { seen = append(seen, key) }, query, anys([]any{string(w), string(id)}, keys)...)
	return seen, failed(err)
}

// AddFeed inserts a feed at version 1.
func (t *tx) AddFeed(ctx context.Context, f *advocacy.Feed) error {
	f.Version = 1
	return insert(ctx, t, aFeed, feeds, newFeedRow(f))
}

// SaveFeed writes everything that may change and raises Version; Conflict when it moved.
func (t *tx) SaveFeed(ctx context.Context, f *advocacy.Feed) error {
	row := newFeedRow(f)
	query := "UPDATE feeds SET title = ?, topic_id = ?, interval_minutes = ?, paused = ?, update_time = ?, next_time = ?," +
		" version = version + 1 WHERE workspace_id = ? AND id = ? AND version = ?"
	err := t.change(ctx, aFeed, query, row.Title, row.TopicID, row.IntervalMinutes, row.Paused, row.UpdateTime, row.NextTime,
		row.WorkspaceID, row.ID, row.Version)
	if err != nil {
		return err
	}
	f.Version++
	return nil
}

// SaveFetch writes how the asking of a feed stands.
func (t *tx) SaveFetch(ctx context.Context, f *advocacy.Feed) error {
	row := newFeedRow(f)
	query := "UPDATE feeds SET last_time = ?, next_time = ?, success_time = ?, code = ?, status = ?, failures = ?, brought = ?," +
		" etag = ?, modified = ? WHERE workspace_id = ? AND id = ?"
	return t.change(ctx, aFeed, query, row.LastTime, row.NextTime, row.SuccessTime, row.Code, row.Status, row.Failures, row.Brought,
		row.ETag, row.Modified, row.WorkspaceID, row.ID)
}

// DeleteFeed removes a feed and what it knows of its entries. Proposals it made stay.
func (t *tx) DeleteFeed(ctx context.Context, f *advocacy.Feed) error {
	query := "DELETE FROM feed_entries WHERE workspace_id = ? AND feed_id = ?"
	if _, err := t.exec(ctx, query, string(f.Workspace), string(f.ID)); err != nil {
		return t.wrote(aFeed, err)
	}
	return t.change(ctx, aFeed, "DELETE FROM feeds WHERE workspace_id = ? AND id = ?", string(f.Workspace), string(f.ID))
}

// AddFeedEntries keeps that the feed brought entries.
func (t *tx) AddFeedEntries(ctx context.Context, w advocacy.WorkspaceID, id advocacy.FeedID, keys []string) error {
	keys = slices.Sorted(slices.Values(keys))
	rows := make([]feedEntryRow, len(keys))
	for i, key := range keys {
		rows[i] = feedEntryRow{string(w), string(id), key, at(t.now)}
	}
	return insert(ctx, t, aFeed, feedEntries, rows...)
}
