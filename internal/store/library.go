package store

import (
	"context"
	"strconv"
	"strings"
	"time"

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
	// PinRank orders what is pinned: the more, the earlier, 0 for what is not.
	PinRank  int    `gorm:"column:pin_rank"`
	Campaign string `gorm:"column:campaign"`
	Proposer string `gorm:"column:proposer"`
	Author   string `gorm:"column:author"`
	// FeatureRank orders what is featured as PinRank does what is pinned.
	FeatureRank int     `gorm:"column:feature_rank"`
	FeatureEnd  instant `gorm:"column:feature_end"`
	Spread      *int    `gorm:"column:share_spread_minutes"`
	// What follows has rows of its own and is read only. Labels are the item's own, the rest is
	// of the revision in force. GORM would take what has no type for another table.
	Labels       lines    `gorm:"column:labels;type:text;->"`
	Announcement bool     `gorm:"column:announcement;->"`
	Audience     audience `gorm:"column:audience;type:text;->"`
	Sharers      int      `gorm:"column:sharers;->"`
}

func (itemRow) TableName() string { return "library_items" }

var (
	// items are written, shelvedItems read.
	items        = tableOf[itemRow]().without("audience").without("announcement").without("labels").without("sharers")
	shelvedItems = tableOf[itemRow]().computing("audience", audienceInForce).
			computing("announcement", "EXISTS ("+announces("$", "in_force")+")").computing("labels", labelsOfItem).
			computing("sharers", sharersOfItem)
)

// rankOf is the rank of a place among the pinned or the featured, and the other way round.
func rankOf(place int) int {
	if place == 0 {
		return 0
	}
	return advocacy.MaximumPin + 1 - place
}

func newItemRow(i *advocacy.LibraryItem) *itemRow {
	return &itemRow{
		WorkspaceID:  string(i.Workspace),
		ID:           string(i.ID),
		Title:        i.Title,
		TopicID:      ref(i.Topic),
		Author:       string(i.Author),
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
		PinRank:      rankOf(i.Pin),
		FeatureRank:  rankOf(i.Feature.Place),
		FeatureEnd:   at(i.Feature.End),
		Campaign:     i.Campaign,
		Spread:       i.Spread,
		Proposer:     string(i.Proposer),
	}
}

func (r *itemRow) item() advocacy.LibraryItem {
	return advocacy.LibraryItem{
		Workspace:    advocacy.WorkspaceID(r.WorkspaceID),
		ID:           advocacy.ItemID(r.ID),
		Title:        r.Title,
		Topic:        advocacy.TopicID(r.TopicID),
		Author:       advocacy.PersonID(r.Author),
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
		Pin:          rankOf(r.PinRank),
		Feature:      advocacy.Feature{Place: rankOf(r.FeatureRank), End: r.FeatureEnd.time},
		Campaign:     r.Campaign,
		Spread:       r.Spread,
		Labels:       r.Labels,
		Sharers:      r.Sharers,
		Reach:        advocacy.Reach{Audience: advocacy.Audience(r.Audience), Announcement: r.Announcement},
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

// Items lists library items by id, or the pinned before by their place, or the featured by theirs.
func (r reader) Items(ctx context.Context, q workflow.ItemQuery) ([]advocacy.LibraryItem, string, error) {
	l := listing[itemRow]{
		table: shelvedItems,
		order: []string{"library_items.id"},
		after: after(q.After),
		key:   func(r *itemRow) string { return r.ID },
	}
	if q.Label != "" {
		// The items with the label are few and in order; the items are looked up one by one.
		l.from = "item_labels w CROSS JOIN library_items"
		l.order = []string{"w.item_id"}
		l.and("w.workspace_id = ? AND w.label = ?", string(q.Workspace), q.Label)
		l.and("library_items.id = w.item_id")
		q.Label = "" // said
	} else if (q.Language != "" || q.Network != "") && !q.PinnedFirst && !q.ByFeature {
		// So are those that offer something there.
		l.from = "item_offers f CROSS JOIN library_items"
		l.order = []string{"f.item_id"}
		l.and("library_items.id = f.item_id")
		condition, args := offered(q)
		l.and(condition, args...)
		q.Language, q.Network = "", "" // said
	}
	if q.PinnedFirst || q.ByFeature {
		var err error
		if l.after, err = afterRank(q.After); err != nil {
			return nil, "", err
		}
		rank, of := "library_items.pin_rank", func(r *itemRow) int { return r.PinRank }
		if q.ByFeature {
			rank, of = "library_items.feature_rank", func(r *itemRow) int { return r.FeatureRank }
		}
		l.order = []string{rank, "library_items.id"}
		l.key = func(r *itemRow) string { return strconv.Itoa(of(r)) + "|" + r.ID }
	}
	narrow(&l, q)
	return page(ctx, r.conn, l, q.Page, (*itemRow).item)
}

// narrow adds what a query asks of an item.
func narrow(l *listing[itemRow], q workflow.ItemQuery) {
	l.and("library_items.workspace_id = ?", string(q.Workspace))
	andIf(l, "topic_id", q.Topic)
	andIf(l, "author", q.Author)
	andIf(l, "owner", q.Owner)
	andIf(l, "state", q.State)
	andIf(l, "campaign", q.Campaign)
	if q.Label != "" {
		l.and("EXISTS (SELECT 1 FROM item_labels o WHERE o.workspace_id = library_items.workspace_id AND o.item_id = library_items.id"+
			" AND o.label = ?)", q.Label)
	}
	if q.Language != "" || q.Network != "" {
		condition, args := offered(q)
		l.and("EXISTS (SELECT 1 FROM item_offers f WHERE f.item_id = library_items.id AND "+condition+")", args...)
	}
	if q.Pinned {
		l.and("pin_rank > 0")
	}
	if q.Featured {
		l.and("feature_rank > 0 AND (feature_end IS NULL OR feature_end > ?)", at(q.Now))
	}
	if !q.SharableAt.IsZero() {
		andAvailable(l, advocacy.AvailableNow, q.SharableAt)
	}
	andAvailable(l, q.Availability, q.Now)
	andReach(l, q)
	if follower := string(q.Follower); follower != "" {
		l.and(followedBy, follower, follower, follower)
	}
}

// andReach narrows a list by how far items may go, and to whom.
func andReach(l *listing[itemRow], q workflow.ItemQuery) {
	shown := "in_force"
	if q.Head {
		shown = "head"
	}
	if q.Announcements {
		l.and("EXISTS (" + announces("library_items", shown) + ")")
	}
	if q.Sharable {
		andAvailable(l, advocacy.AvailableNow, q.Now)
		l.and("COALESCE((" + announces("library_items", "in_force") + "), 0) <> 1")
	}
	if viewer := string(q.Viewer); viewer != "" {
		l.and(shownTo, viewer, viewer)
		l.and(meantFor, viewer)
	}
}

// andAvailable adds the condition of an availability, as advocacy.LibraryItem.Availability says.
func andAvailable(l *listing[itemRow], a advocacy.Availability, now time.Time) {
	if a == "" {
		return
	}
	if a == advocacy.AvailableNever {
		l.and("(withdrawn OR in_force = 0)")
		return
	}
	l.and("in_force > 0 AND NOT withdrawn")
	switch a {
	case advocacy.AvailableBefore:
		l.and("share_end <= ?", at(now))
	case advocacy.AvailableLater:
		l.and("share_start > ? AND (share_end IS NULL OR share_end > ?)", at(now), at(now))
	default:
		l.and("(share_start IS NULL OR share_start <= ?) AND (share_end IS NULL OR share_end > ?)", at(now), at(now))
	}
}

// afterRank is the key of a list ordered by rank and id.
func afterRank(key string) ([]any, error) {
	if key == "" {
		return nil, nil
	}
	rank, id, found := strings.Cut(key, "|")
	n, err := strconv.Atoi(rank)
	if err != nil || !found || id == "" {
		return nil, badToken(key)
	}
	return []any{n, id}, nil
}

// AddItem inserts a library item at version 1.
func (t *tx) AddItem(ctx context.Context, i *advocacy.LibraryItem) error {
	i.Version = 1
	return t.create(ctx, anItem, newItemRow(i))
}

// SaveItem writes everything that may change, which who made and proposed it is not, and raises
// Version; Conflict when Version moved since the read.
func (t *tx) SaveItem(ctx context.Context, i *advocacy.LibraryItem) error {
	row := newItemRow(i)
	row.Version++
	columns := []string{
		"title", "topic_id", "owner", "head", "in_force", "in_force_round", "round", "share_start", "share_end", "zone",
		"note", "withdrawn", "state", "version", "update_time", "pin_rank", "campaign",
		"feature_rank", "feature_end", "share_spread_minutes",
	}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, anItem, row, columns, where, row.WorkspaceID, row.ID, i.Version); err != nil {
		return err
	}
	i.Version = row.Version
	return nil
}

// itemOwnerRow is somebody who came to answer for an item that another had made.
type itemOwnerRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	SubjectKind string  `gorm:"column:subject_kind"`
	SubjectID   string  `gorm:"column:subject_id"`
	PersonID    string  `gorm:"column:person_id"`
	Revision    int     `gorm:"column:revision"`
	Giver       string  `gorm:"column:giver"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (itemOwnerRow) TableName() string { return "item_owners" }

var itemOwners = tableOf[itemOwnerRow]()

// AddItemOwner makes a contributor of the head of an item of its owner; who came to answer for it
// before stays one from then on.
func (t *tx) AddItemOwner(ctx context.Context, i *advocacy.LibraryItem, giver advocacy.PersonID) error {
	row := itemOwnerRow{
		WorkspaceID: string(i.Workspace), SubjectKind: string(advocacy.SubjectItem), SubjectID: string(i.ID), PersonID: string(i.Owner),
		Revision: i.Head, Giver: string(giver), CreateTime: at(t.now),
	}
	query := itemOwners.insert(1) + " ON CONFLICT (workspace_id, subject_kind, subject_id, person_id) DO NOTHING"
	_, err := t.exec(ctx, query, itemOwners.values(row)...)
	return t.wrote(aCoAuthor, err)
}

type labelRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Label       string `gorm:"column:label"`
	ItemID      string `gorm:"column:item_id"`
}

func (labelRow) TableName() string { return "item_labels" }

var labels = tableOf[labelRow]()

// labelsOfItem are an item's labels as one column, with $ for the table of items.
const labelsOfItem = "(SELECT string_agg(label, '\n') FROM item_labels w WHERE w.workspace_id = $.workspace_id AND w.item_id = $.id)"

// itemSharerRow is how many publications of what a person made from an item are out, and
// itemShareCountRow how many persons have any. Triggers of the table of publications count.
type itemSharerRow struct {
	WorkspaceID  string `gorm:"column:workspace_id"`
	ItemID       string `gorm:"column:item_id"`
	PersonID     string `gorm:"column:person_id"`
	Publications int    `gorm:"column:publications"`
}

func (itemSharerRow) TableName() string { return "item_sharers" }

type itemShareCountRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	ItemID      string `gorm:"column:item_id"`
	Sharers     int    `gorm:"column:sharers"`
}

func (itemShareCountRow) TableName() string { return "item_share_counts" }

var (
	itemSharers     = tableOf[itemSharerRow]()
	itemShareCounts = tableOf[itemShareCountRow]()
)

// sharersOfItem is how many people have something made from an item out, with $ for the table
// of items. Triggers count them.
var sharersOfItem = "COALESCE((SELECT c.sharers FROM " + itemShareCounts.name +
	" c WHERE c.workspace_id = $.workspace_id AND c.item_id = $.id), 0)"

// PutLabels replaces the labels of an item.
func (t *tx) PutLabels(ctx context.Context, i *advocacy.LibraryItem) error {
	query := "DELETE FROM item_labels WHERE workspace_id = ? AND item_id = ?"
	if _, err := t.exec(ctx, query, string(i.Workspace), string(i.ID)); err != nil {
		return t.wrote(anItem, err)
	}
	rows := make([]labelRow, len(i.Labels))
	for n, label := range i.Labels {
		rows[n] = labelRow{string(i.Workspace), label, string(i.ID)}
	}
	return insert(ctx, t, anItem, labels, rows...)
}
