package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type caseRow struct {
	WorkspaceID   string  `gorm:"column:workspace_id"`
	ID            string  `gorm:"column:id"`
	Kind          string  `gorm:"column:kind"`
	PostID        string  `gorm:"column:post_id"`
	PublicationID string  `gorm:"column:publication_id"`
	AccountID     string  `gorm:"column:account_id"`
	Network       string  `gorm:"column:network"`
	SignedText    string  `gorm:"column:signed_text"`
	ShownText     string  `gorm:"column:shown_text"`
	Said          string  `gorm:"column:said"`
	State         string  `gorm:"column:state"`
	Resolution    string  `gorm:"column:resolution"`
	Reason        string  `gorm:"column:reason"`
	Closer        string  `gorm:"column:closer"`
	Version       int64   `gorm:"column:version"`
	CreateTime    instant `gorm:"column:create_time"`
	SeenTime      instant `gorm:"column:seen_time"`
	CloseTime     instant `gorm:"column:close_time"`
	SaidCode      string  `gorm:"column:said_code"`
	SaidFact      string  `gorm:"column:said_fact"`
	SaidQuote     string  `gorm:"column:said_quote"`
}

func (caseRow) TableName() string { return "cases" }

var cases = tableOf[caseRow]()

func newCaseRow(c *advocacy.CaseFile) caseRow {
	return caseRow{
		WorkspaceID:   string(c.Workspace),
		ID:            string(c.ID),
		Kind:          string(c.Kind),
		PostID:        string(c.Post),
		PublicationID: string(c.Publication),
		AccountID:     string(c.Account),
		Network:       string(c.Network),
		SignedText:    c.Signed,
		ShownText:     c.Shown,
		Said:          c.Said.Text,
		SaidCode:      string(c.Said.Code),
		SaidFact:      c.Said.Fact,
		SaidQuote:     c.Said.Quote,
		State:         string(c.State),
		Resolution:    string(c.Resolution),
		Reason:        c.Reason,
		Closer:        string(c.Closer),
		Version:       c.Version,
		CreateTime:    at(c.CreateTime),
		SeenTime:      at(c.SeenTime),
		CloseTime:     at(c.CloseTime),
	}
}

func (r *caseRow) caseFile() advocacy.CaseFile {
	return advocacy.CaseFile{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.CaseID(r.ID),
		Kind:        advocacy.CaseKind(r.Kind),
		Post:        advocacy.PostID(r.PostID),
		Publication: advocacy.PublicationID(r.PublicationID),
		Account:     advocacy.AccountID(r.AccountID),
		Network:     advocacy.Network(r.Network),
		Signed:      r.SignedText,
		Shown:       r.ShownText,
		Said:        answerOf(r.Said, r.SaidCode, r.SaidFact, r.SaidQuote),
		State:       advocacy.CaseState(r.State),
		Resolution:  advocacy.CaseResolution(r.Resolution),
		Reason:      r.Reason,
		Closer:      advocacy.PersonID(r.Closer),
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		SeenTime:    r.SeenTime.time,
		CloseTime:   r.CloseTime.time,
	}
}

// CaseFile returns a case.
func (r reader) CaseFile(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CaseID) (*advocacy.CaseFile, error) {
	row, err := one(ctx, r.conn, cases, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aCase.failed(err)
	}
	found := row.caseFile()
	return &found, nil
}

// CaseFiles lists cases by id.
func (r reader) CaseFiles(ctx context.Context, q workflow.CaseQuery) ([]advocacy.CaseFile, string, error) {
	l := listing[caseRow]{
		table: cases,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *caseRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "post_id", q.Post)
	andIf(&l, "publication_id", q.Publication)
	andIf(&l, "state", q.State)
	return page(ctx, r.conn, l, q.Page, (*caseRow).caseFile)
}

// CasesOf returns every case of a publication, the oldest first.
func (r reader) CasesOf(ctx context.Context, w advocacy.WorkspaceID, x advocacy.PublicationID) ([]advocacy.CaseFile, error) {
	query := "SELECT " + cases.list + " FROM cases WHERE workspace_id = ? AND publication_id = ? ORDER BY id"
	found, err := every(ctx, r.conn, cases, (*caseRow).caseFile, query, string(w), string(x))
	return found, failed(err)
}

// AddCase inserts a case at version 1; Exists when its publication has an open one.
func (t *tx) AddCase(ctx context.Context, c *advocacy.CaseFile) error {
	c.Version = 1
	return insert(ctx, t, aCase, cases, newCaseRow(c))
}

// SaveCase writes what was seen and what became of it, and raises Version; Conflict when it
// moved.
func (t *tx) SaveCase(ctx context.Context, c *advocacy.CaseFile) error {
	r := newCaseRow(c)
	query := "UPDATE cases SET kind = ?, shown_text = ?, said = ?, said_code = ?, said_fact = ?, said_quote = ?, state = ?, resolution = ?, reason = ?, closer = ?," +
		" seen_time = ?, close_time = ?, version = version + 1 WHERE workspace_id = ? AND id = ? AND version = ?"
	err := t.change(ctx, aCase, query, r.Kind, r.ShownText, r.Said, r.SaidCode, r.SaidFact, r.SaidQuote, r.State, r.Resolution, r.Reason, r.Closer,
		r.SeenTime, r.CloseTime, r.WorkspaceID, r.ID, r.Version)
	if err != nil {
		return err
	}
	c.Version++
	return nil
}
