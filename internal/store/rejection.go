package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// rejectionBacklogRow says up to which bytes the rejections of a workspace were looked through for
// texts that were rejected before they were kept. The migration that made the table wrote one of
// each workspace there was.
type rejectionBacklogRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Digest      string `gorm:"column:digest"`
}

func (rejectionBacklogRow) TableName() string { return "rejection_backlogs" }

var rejectionBacklogs = tableOf[rejectionBacklogRow]()

// RejectionBacklogs returns some of the workspaces that have a backlog.
func (r reader) RejectionBacklogs(ctx context.Context, most int) ([]advocacy.WorkspaceID, error) {
	var id string
	var found []advocacy.WorkspaceID
	err := r.scan(ctx, []any{&id}, func() { found = append(found, advocacy.WorkspaceID(id)) },
		"SELECT workspace_id FROM rejection_backlogs WHERE workspace_id > '' ORDER BY workspace_id"+limit(most))
	return found, aDecision.failed(err)
}

// RejectedBytes returns what was rejected, after a digest and in the order of digests, each once.
func (r reader) RejectedBytes(ctx context.Context, w advocacy.WorkspaceID, after advocacy.Digest, most int) ([]workflow.RejectedBytes, error) {
	var row workflow.RejectedBytes
	var found []workflow.RejectedBytes
	err := r.scan(ctx, []any{&row.Digest, &row.Manifest}, func() { found = append(found, row) },
		"SELECT of_one.digest, (SELECT r.manifest FROM decisions d JOIN revisions r ON r.workspace_id = d.workspace_id AND r.subject_kind = d.subject_kind"+
			" AND r.subject_id = d.subject_id AND r.digest = d.digest WHERE d.workspace_id = ? AND d.digest = of_one.digest AND d.verdict = 'reject' LIMIT 1)"+
			" FROM (SELECT DISTINCT digest FROM decisions WHERE workspace_id = ? AND verdict = 'reject' AND digest > ? ORDER BY digest"+limit(most)+") of_one ORDER BY of_one.digest",
		string(w), string(w), string(after))
	return found, aDecision.failed(err)
}

// RejectionBacklogForUpdate locks the backlog of a workspace until commit, if it has one, and returns
// up to where it was worked off.
func (t *tx) RejectionBacklogForUpdate(ctx context.Context, w advocacy.WorkspaceID) (after advocacy.Digest, waits bool, err error) {
	row, err := one(ctx, t.conn, rejectionBacklogs, toChange, "workspace_id = ?", string(w))
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, aDecision.failed(err)
	}
	return advocacy.Digest(row.Digest), true, nil
}

// SaveRejectionBacklog writes up to where a backlog was worked off.
func (t *tx) SaveRejectionBacklog(ctx context.Context, w advocacy.WorkspaceID, after advocacy.Digest) error {
	_, err := t.exec(ctx, "UPDATE rejection_backlogs SET digest = ? WHERE workspace_id = ?", string(after), string(w))
	return t.wrote(aDecision, err)
}

// EndRejectionBacklog removes a backlog that was worked off.
func (t *tx) EndRejectionBacklog(ctx context.Context, w advocacy.WorkspaceID) error {
	_, err := t.exec(ctx, "DELETE FROM rejection_backlogs WHERE workspace_id = ?", string(w))
	return t.wrote(aDecision, err)
}
