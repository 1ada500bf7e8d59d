package store

import (
	"context"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type recallRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	ItemID      string  `gorm:"column:item_id"`
	Scopes      string  `gorm:"column:scopes"`
	Reason      string  `gorm:"column:reason"`
	PersonID    string  `gorm:"column:person_id"`
	KeyID       string  `gorm:"column:key_id"`
	CreateTime  instant `gorm:"column:create_time"`
	FindTime    instant `gorm:"column:find_time"`
	EndTime     instant `gorm:"column:end_time"`
	Version     int64   `gorm:"column:version"`
}

func (recallRow) TableName() string { return "recalls" }

type copyRow struct {
	WorkspaceID   string `gorm:"column:workspace_id"`
	RecallID      string `gorm:"column:recall_id"`
	PublicationID string `gorm:"column:publication_id"`
}

func (copyRow) TableName() string { return "recall_copies" }

var (
	recalls = tableOf[recallRow]()
	copies  = tableOf[copyRow]()
)

func newRecallRow(r *advocacy.Recall) recallRow {
	return recallRow{
		WorkspaceID: string(r.Workspace),
		ID:          string(r.ID),
		ItemID:      string(r.Item),
		Scopes:      joinScopes(r.Scopes),
		Reason:      r.Reason,
		PersonID:    string(r.Person),
		KeyID:       string(r.Key),
		CreateTime:  at(r.CreateTime),
		FindTime:    at(r.FindTime),
		EndTime:     at(r.EndTime),
		Version:     r.Version,
	}
}

func joinScopes(scopes []advocacy.RecallScope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func (r *recallRow) recall() advocacy.Recall {
	var scopes []advocacy.RecallScope
	for _, word := range strings.Fields(r.Scopes) {
		scopes = append(scopes, advocacy.RecallScope(word))
	}
	return advocacy.Recall{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.RecallID(r.ID),
		Item:       advocacy.ItemID(r.ItemID),
		Scopes:     scopes,
		Reason:     r.Reason,
		Person:     advocacy.PersonID(r.PersonID),
		Key:        advocacy.KeyID(r.KeyID),
		CreateTime: r.CreateTime.time,
		FindTime:   r.FindTime.time,
		EndTime:    r.EndTime.time,
		Version:    r.Version,
	}
}

// copiesAtOnce is how many copies one statement adds.
const copiesAtOnce = 500

// Recall returns a recall.
func (r reader) Recall(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID) (*advocacy.Recall, error) {
	return r.recall(ctx, w, id, unlocked)
}

// RecallForUpdate locks the recall until commit.
func (t *tx) RecallForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID) (*advocacy.Recall, error) {
	return t.recall(ctx, w, id, toChange)
}

func (r reader) recall(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID, l lock) (*advocacy.Recall, error) {
	row, err := one(ctx, r.conn, recalls, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aRecall.failed(err)
	}
	found := row.recall()
	return &found, nil
}

// Recalls lists recalls by id.
func (r reader) Recalls(ctx context.Context, q workflow.RecallQuery) ([]advocacy.Recall, string, error) {
	l := listing[recallRow]{
		table: recalls,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *recallRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "item_id", q.Item)
	if q.Running {
		l.and("end_time IS NULL")
	}
	return page(ctx, r.conn, l, q.Page, (*recallRow).recall)
}

// RecallCopies lists the publications of a recall by id.
func (r reader) RecallCopies(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID, p workflow.Page,
) ([]advocacy.Publication, string, error) {
	l := listing[publicationRow]{
		table: publications,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *publicationRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(w))
	l.and("id IN (SELECT publication_id FROM recall_copies WHERE workspace_id = ? AND recall_id = ?)", string(w), string(id))
	return page(ctx, r.conn, l, p, (*publicationRow).publication)
}

// CountCopies counts the copies of a recall by what tells where they stand.
func (r reader) CountCopies(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID) ([]workflow.CopyCount, error) {
	var network, state, wait, shown string
	var named bool
	var n int
	var found []workflow.CopyCount
	query := "SELECT p.network, p.state, p.wait, p.shown, p.external_id <> '', count(*) FROM recall_copies c" +
		" JOIN publications p ON p.workspace_id = c.workspace_id AND p.id = c.publication_id" +
		" WHERE c.workspace_id = ? AND c.recall_id = ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
	err := r.scan(ctx, []any{&network, &state, &wait, &shown, &named, &n}, func() {
		found = append(found, workflow.CopyCount{
			Network: advocacy.Network(network), State: advocacy.PublicationState(state), Wait: wait,
			Shown: advocacy.ShownState(shown), Named: named, Count: n,
		})
	}, query, string(w), string(id))
	return found, aRecall.failed(err)
}

// RecallsOf returns the recalls of a publication that have not ended, the oldest first.
func (r reader) RecallsOf(ctx context.Context, w advocacy.WorkspaceID, x advocacy.PublicationID) ([]advocacy.Recall, error) {
	query := "SELECT " + recalls.list + " FROM recalls WHERE workspace_id = ? AND end_time IS NULL AND id IN" +
		" (SELECT recall_id FROM recall_copies WHERE workspace_id = ? AND publication_id = ?) ORDER BY id"
	found, err := every(ctx, r.conn, recalls, (*recallRow).recall, query, string(w), string(w), string(x))
	return found, failed(err)
}

// AddRecall inserts a recall at version 1.
func (t *tx) AddRecall(ctx context.Context, r *advocacy.Recall) error {
	r.Version = 1
	return insert(ctx, t, aRecall, recalls, newRecallRow(r))
}

// SaveRecall writes FindTime, EndTime and raises Version; Conflict when it moved.
func (t *tx) SaveRecall(ctx context.Context, r *advocacy.Recall) error {
	row := newRecallRow(r)
	query := "UPDATE recalls SET find_time = ?, end_time = ?, version = version + 1 WHERE workspace_id = ? AND id = ? AND version = ?"
	if err := t.change(ctx, aRecall, query, row.FindTime, row.EndTime, row.WorkspaceID, row.ID, row.Version); err != nil {
		return err
	}
	r.Version++
	return nil
}

// AddCopies adds publications to a recall, each once.
func (t *tx) AddCopies(ctx context.Context, r *advocacy.Recall, ids ...advocacy.PublicationID) error {
	for some := range slices.Chunk(ids, copiesAtOnce) {
		var values []any
		for _, id := range some {
			values = append(values, copies.values(copyRow{string(r.Workspace), string(r.ID), string(id)})...)
		}
		_, err := t.exec(ctx, copies.insert(len(some))+" ON CONFLICT (workspace_id, recall_id, publication_id) DO NOTHING", values...)
		if err != nil {
			return t.wrote(aCopy, err)
		}
	}
	return nil
}
