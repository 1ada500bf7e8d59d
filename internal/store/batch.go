package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type batchRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	PersonID    string  `gorm:"column:person_id"`
	SessionID   string  `gorm:"column:session_id"`
	Rules       string  `gorm:"column:rules"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (batchRow) TableName() string { return "review_batches" }

type batchItemRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	BatchID     string  `gorm:"column:batch_id"`
	Position    int     `gorm:"column:position"`
	SubjectKind string  `gorm:"column:subject_kind"`
	SubjectID   string  `gorm:"column:subject_id"`
	Round       int     `gorm:"column:round"`
	Requirement string  `gorm:"column:requirement"`
	Verdict     string  `gorm:"column:verdict"`
	Digest      string  `gorm:"column:digest"`
	Version     int64   `gorm:"column:version"`
	Reason      string  `gorm:"column:reason"`
	State       string  `gorm:"column:state"`
	Decision    ref     `gorm:"column:decision"`
	Code        string  `gorm:"column:code"`
	Message     string  `gorm:"column:message"`
	EndTime     instant `gorm:"column:end_time"`
}

func (batchItemRow) TableName() string { return "review_batch_items" }

var (
	batches    = tableOf[batchRow]()
	batchItems = tableOf[batchItemRow]()
)

func newBatchItemRow(w advocacy.WorkspaceID, id advocacy.BatchID, i *workflow.BatchItem) batchItemRow {
	return batchItemRow{
		WorkspaceID: string(w),
		BatchID:     string(id),
		Position:    i.Position,
		SubjectKind: string(i.Subject.Kind),
		SubjectID:   i.Subject.ID,
		Round:       i.Round,
		Requirement: i.Verdict.Requirement,
		Verdict:     string(i.Verdict.Verdict),
		Digest:      string(i.Verdict.Digest),
		Version:     i.Verdict.Version,
		Reason:      i.Verdict.Reason,
		State:       string(i.State),
		Decision:    ref(i.Decision),
		Code:        i.Code,
		Message:     i.Message,
		EndTime:     at(i.EndTime),
	}
}

func (r *batchItemRow) item() workflow.BatchItem {
	return workflow.BatchItem{
		Position: r.Position,
		Subject:  subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Round:    r.Round,
		Verdict: workflow.Verdict{
			Verdict:     advocacy.Verdict(r.Verdict),
			Requirement: r.Requirement,
			Digest:      advocacy.Digest(r.Digest),
			Version:     r.Version,
			Reason:      r.Reason,
		},
		State:    workflow.BatchItemState(r.State),
		Decision: advocacy.DecisionID(r.Decision),
		Code:     r.Code,
		Message:  r.Message,
		EndTime:  r.EndTime.time,
	}
}

// Batch returns a batch with its items in their order.
func (r reader) Batch(ctx context.Context, w advocacy.WorkspaceID, id advocacy.BatchID) (*workflow.Batch, error) {
	row, err := one(ctx, r.conn, batches, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aBatch.failed(err)
	}
	query := "SELECT " + batchItems.list + " FROM review_batch_items WHERE workspace_id = ? AND batch_id = ? ORDER BY position"
	items, err := every(ctx, r.conn, batchItems, (*batchItemRow).item, query, string(w), string(id))
	return &workflow.Batch{
		Workspace:  w,
		ID:         id,
		Person:     advocacy.PersonID(row.PersonID),
		Session:    row.SessionID,
		Rules:      row.Rules,
		CreateTime: row.CreateTime.time,
		Items:      items,
	}, failed(err)
}

// AddBatch inserts a batch and its items.
func (t *tx) AddBatch(ctx context.Context, b *workflow.Batch) error {
	err := insert(ctx, t, aBatch, batches, batchRow{
		WorkspaceID: string(b.Workspace),
		ID:          string(b.ID),
		PersonID:    string(b.Person),
		SessionID:   b.Session,
		Rules:       b.Rules,
		CreateTime:  at(b.CreateTime),
	})
	if err != nil {
		return err
	}
	rows := make([]batchItemRow, len(b.Items))
	for i := range b.Items {
		rows[i] = newBatchItemRow(b.Workspace, b.ID, &b.Items[i])
	}
	return insert(ctx, t, aBatch, batchItems, rows...)
}

// EndBatchItem writes the end of an item once; Conflict when it has ended.
func (t *tx) EndBatchItem(ctx context.Context, w advocacy.WorkspaceID, id advocacy.BatchID, i *workflow.BatchItem) error {
	row := newBatchItemRow(w, id, i)
	return t.change(ctx, aBatch, "UPDATE review_batch_items SET state = ?, decision = ?, code = ?, message = ?, end_time = ? "+
		"WHERE workspace_id = ? AND batch_id = ? AND position = ? AND state = 'pending'",
		row.State, row.Decision, row.Code, row.Message, row.EndTime, row.WorkspaceID, row.BatchID, row.Position)
}
