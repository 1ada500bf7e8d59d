package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type receiptRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	SubjectKind string `gorm:"column:subject_kind"`
	SubjectID   string `gorm:"column:subject_id"`
	Round       int    `gorm:"column:round"`
	PersonID    string `gorm:"column:person_id"`
	Digest      string `gorm:"column:digest"`
	SessionID   string `gorm:"column:session_id"`
	ViewTime    moment `gorm:"column:view_time"`
}

func (receiptRow) TableName() string { return "view_receipts" }

var receipts = tableOf[receiptRow]()

func newReceiptRow(r *advocacy.Receipt) receiptRow {
	return receiptRow{
		WorkspaceID: string(r.Subject.Workspace),
		SubjectKind: string(r.Subject.Kind),
		SubjectID:   r.Subject.ID,
		Round:       r.Round,
		PersonID:    string(r.Person),
		Digest:      string(r.Digest),
		SessionID:   r.Session,
		ViewTime:    sorted(r.Time),
	}
}

// AddReceipt keeps a receipt and tells whether it is the person's first for the round; a
// later one leaves no trace. One of other bytes than the review's is refused.
func (t *tx) AddReceipt(ctx context.Context, r *advocacy.Receipt) (bool, error) {
	query := receipts.insert(1) + " ON CONFLICT (workspace_id, subject_kind, subject_id, round, person_id) DO NOTHING"
	n, err := t.exec(ctx, query, receipts.values(newReceiptRow(r))...)
	return n > 0, t.wrote(aReceipt, err)
}
