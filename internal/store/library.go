package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type itemRow struct {
	WorkspaceID  string  `gorm:"column:workspace_id"`
	ID           string  `gorm:"column:id"`
	Title        string  `gorm:"column:title"`
	TopicID      ref     `gorm:"column:topic_id"`
	Owner        string  `gorm:"column:owner"`
	Head         int     `gorm:"column:head"`
	InForce      int     `gorm:"column:in_force"`
	InForceRound int     `gorm:"column:in_force_round"`
	Round        int     `gorm:"column:round"`
	ShareStart   instant `gorm:"column:share_start"`
	ShareEnd     instant `gorm:"column:share_end"`
	Zone         string  `gorm:"column:zone"`
	Note         string  `gorm:"column:note"`
	Withdrawn    bool    `gorm:"column:withdrawn"`
	State        string  `gorm:"column:state"`
	Version      int64   `gorm:"column:version"`
	CreateTime   instant `gorm:"column:create_time"`
	UpdateTime   instant `gorm:"column:update_time"`
	Proposer     string  `gorm:"column:proposer"`
	// Audience is of the revision in force, and read only. GORM would take a struct without a
	// type for another table.
	Audience audience `gorm:"column:audience;type:text;->"`
}

func (itemRow) TableName() string { return "library_items" }

var (
	// items are written, shelvedItems read.
	items        = tableOf[itemRow]().without("audience")
	shelvedItems = tableOf[itemRow]().computing("audience", audienceInForce)
)

func newItemRow(i *advocacy.LibraryItem) *itemRow {
	return &itemRow{
		WorkspaceID:  string(i.Workspace),
		ID:           string(i.ID),
		Title:        i.Title,
		TopicID:      ref(i.Topic),
		Owner:        string(i.Owner),
		Head:         i.Head,
		InForce:      i.InForce,
		InForceRound: i.InForceRound,
		Round:        i.Round,
		ShareStart:   at(i.Share.Start),
		ShareEnd:     at(i.Share.End),
		Zone:         i.Zone,
		Note:         i.Note,
		Withdrawn:    i.Withdrawn,
		State:        string(i.State),
		Version:      i.Version,
		CreateTime:   at(i.CreateTime),
		UpdateTime:   at(i.UpdateTime),
		Proposer:     string(i.Proposer),
	}
}

func (r *itemRow) item() advocacy.LibraryItem {
	return advocacy.LibraryItem{
		Workspace:    advocacy.WorkspaceID(r.WorkspaceID),
		ID:           advocacy.ItemID(r.ID),
		Title:        r.Title,
		Topic:        advocacy.TopicID(r.TopicID),
		Owner:        advocacy.PersonID(r.Owner),
		Head:         r.Head,
		InForce:      r.InForce,
		InForceRound: r.InForceRound,
		Round:        r.Round,
		Share:        advocacy.Window{Start: r.ShareStart.time, End: r.ShareEnd.time},
		Zone:         r.Zone,
		Note:         r.Note,
		Withdrawn:    r.Withdrawn,
		State:        advocacy.ItemState(r.State),
		Version:      r.Version,
		CreateTime:   r.CreateTime.time,
		UpdateTime:   r.UpdateTime.time,
		Proposer:     advocacy.PersonID(r.Proposer),
		Audience:     advocacy.Audience(r.Audience),
	}
}

// Item returns a library item.
func (r reader) Item(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.LibraryItem, error) {
	return r.item(ctx, w, id, unlocked)
}

// ItemForUpdate locks the item until commit.
func (t *tx) ItemForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.LibraryItem, error) {
	return t.item(ctx, w, id, toChange)
}

// ItemForShare holds the item against change until commit.
func (t *tx) ItemForShare(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.LibraryItem, error) {
	return t.item(ctx, w, id, toStand)
}

func (r reader) item(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID, l lock) (*advocacy.LibraryItem, error) {
	row, err := one(ctx, r.conn, shelvedItems, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, anItem.failed(err)
	}
	found := row.item()
	return &found, nil
}

// Items lists library items by id.
func (r reader) Items(ctx context.Context, q workflow.ItemQuery) ([]advocacy.LibraryItem, string, error) {
	l := listing[itemRow]{
		table: shelvedItems,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *itemRow) string { return r.ID },
	}
	narrow(&l, q)
	return page(ctx, r.conn, l, q.Page, (*itemRow).item)
}

// narrow adds what a query asks of an item.
func narrow(l *listing[itemRow], q workflow.ItemQuery) {
	l.and("library_items.workspace_id = ?", string(q.Workspace))
	andIf(l, "topic_id", q.Topic)
	andIf(l, "owner", q.Owner)
	andIf(l, "state", q.State)
	if !q.SharableAt.IsZero() {
		l.and("in_force > 0 AND NOT withdrawn")
		l.and("(share_start IS NULL OR share_start <= ?)", at(q.SharableAt))
		l.and("(share_end IS NULL OR share_end > ?)", at(q.SharableAt))
	}
	if viewer := string(q.Viewer); viewer != "" {
		l.and(shownTo, viewer, viewer)
		l.and(meantFor, viewer)
	}
	if follower := string(q.Follower); follower != "" {
		l.and(followedBy, follower, follower, follower)
	}
}

// AddItem inserts a library item at version 1.
func (t *tx) AddItem(ctx context.Context, i *advocacy.LibraryItem) error {
	i.Version = 1
	return t.create(ctx, anItem, newItemRow(i))
}

// SaveItem writes everything that may change, which who proposed it is not, and raises
// Version; Conflict when Version moved since the read.
func (t *tx) SaveItem(ctx context.Context, i *advocacy.LibraryItem) error {
	row := newItemRow(i)
	row.Version++
	columns := []string{
		"title", "topic_id", "owner", "head", "in_force", "in_force_round", "round", "share_start", "share_end", "zone",
		"note", "withdrawn", "state", "version", "update_time",
	}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, anItem, row, columns, where, row.WorkspaceID, row.ID, i.Version); err != nil {
		return err
	}
	i.Version = row.Version
	return nil
}
