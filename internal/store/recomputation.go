package store

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type recomputationRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	Cursor      string  `gorm:"column:cursor"`
	Done        int64   `gorm:"column:done"`
	Failed      int64   `gorm:"column:failed"`
	Total       int64   `gorm:"column:total"`
	Version     int64   `gorm:"column:version"`
	CreateTime  moment  `gorm:"column:create_time"`
	EndTime     instant `gorm:"column:end_time"`
}

func (recomputationRow) TableName() string { return "recomputations" }

var recomputations = tableOf[recomputationRow]()

// recomputingColumns are those that change while something is computed again.
var recomputingColumns = []string{"cursor", "done", "failed", "total", "version", "end_time"}

func newRecomputationRow(r *workflow.Recomputation) *recomputationRow {
	return &recomputationRow{
		WorkspaceID: string(r.Workspace),
		ID:          r.ID,
		Cursor:      r.Cursor,
		Done:        r.Done,
		Failed:      r.Failed,
		Total:       r.Total,
		Version:     r.Version,
		CreateTime:  sorted(r.CreateTime),
		EndTime:     at(r.EndTime),
	}
}

func (r *recomputationRow) recomputation() workflow.Recomputation {
	return workflow.Recomputation{
		Workspace: advocacy.WorkspaceID(r.WorkspaceID),
		ID:        r.ID,
		Recomputing: workflow.Recomputing{
			Cursor:     r.Cursor,
			Done:       r.Done,
			Failed:     r.Failed,
			Total:      r.Total,
			Version:    r.Version,
			CreateTime: r.CreateTime.time,
			EndTime:    r.EndTime.time,
		},
	}
}

// Recomputation returns a recomputation.
func (r reader) Recomputation(ctx context.Context, w advocacy.WorkspaceID, id string) (*workflow.Recomputation, error) {
	row, err := one(ctx, r.conn, recomputations, unlocked, "workspace_id = ? AND id = ?", string(w), id)
	if err != nil {
		return nil, aRecomputation.failed(err)
	}
	found := row.recomputation()
	return &found, nil
}

// Recomputations lists those of a workspace, newest first.
func (r reader) Recomputations(ctx context.Context, w advocacy.WorkspaceID, p workflow.Page) ([]workflow.Recomputation, string, error) {
	l := listing[recomputationRow]{
		table: recomputations, order: []string{"id"}, after: after(p.After),
		key: func(r *recomputationRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(w))
	return page(ctx, r.conn, l, p, (*recomputationRow).recomputation)
}

// StillRecomputations returns those of every workspace that began at t at the latest and have not ended.
func (r reader) StillRecomputations(ctx context.Context, t time.Time, most int) ([]workflow.Recomputation, error) {
	query := "SELECT " + recomputations.list + " FROM recomputations WHERE end_time IS NULL AND create_time <= ? ORDER BY create_time, id" + limit(most)
	found, err := every(ctx, r.conn, recomputations, (*recomputationRow).recomputation, query, sorted(t))
	return found, failed(err)
}

// CountInStates counts the posts and items that are in one of the states.
func (r reader) CountInStates(ctx context.Context, w advocacy.WorkspaceID, posts []advocacy.PostState, items []advocacy.ItemState) (int64, error) {
	var inPosts, inItems int64
	err := r.scan(ctx, []any{&inPosts}, func() {},
		"SELECT count(*) FROM posts WHERE workspace_id = ? AND state IN "+in(len(posts)), anys([]any{string(w)}, posts)...)
	if err != nil {
		return 0, failed(err)
	}
	err = r.scan(ctx, []any{&inItems}, func() {},
		"SELECT count(*) FROM library_items WHERE workspace_id = ? AND state IN "+in(len(items)), anys([]any{string(w)}, items)...)
	return inPosts + inItems, failed(err)
}

// AddRecomputation inserts a recomputation at version 1.
func (t *tx) AddRecomputation(ctx context.Context, r *workflow.Recomputation) error {
	r.Version = 1
	return t.create(ctx, aRecomputation, newRecomputationRow(r))
}

// SaveRecomputation writes how far a recomputation is and raises Version; Conflict when it moved.
func (t *tx) SaveRecomputation(ctx context.Context, r *workflow.Recomputation) error {
	row := newRecomputationRow(r)
	row.Version++
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, aRecomputation, row, recomputingColumns, where, row.WorkspaceID, row.ID, r.Version); err != nil {
		return err
	}
	r.Version = row.Version
	return nil
}
