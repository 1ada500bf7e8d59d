package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type lexiconRow struct {
	WorkspaceID string               `gorm:"column:workspace_id"`
	Lexicon     string               `gorm:"column:lexicon"`
	Number      int                  `gorm:"column:number"`
	Terms       doc[[]advocacy.Term] `gorm:"column:terms"`
	OwnDomains  list[string]         `gorm:"column:own_domains"`
	Digest      string               `gorm:"column:digest"`
	Publisher   string               `gorm:"column:publisher"`
	CreateTime  moment               `gorm:"column:create_time"`
	OwnNames    list[string]         `gorm:"column:own_names"`
}

func (lexiconRow) TableName() string { return "lexicon_revisions" }

var lexicons = tableOf[lexiconRow]()

func newLexiconRow(r *advocacy.LexiconRevision) lexiconRow {
	return lexiconRow{
		WorkspaceID: string(r.Workspace),
		Lexicon:     string(r.Lexicon),
		Number:      r.Number,
		Terms:       doc[[]advocacy.Term]{append([]advocacy.Term{}, r.Terms...)},
		OwnDomains:  r.Domains,
		OwnNames:    r.Names,
		Digest:      string(r.Digest),
		Publisher:   string(r.Publisher),
		CreateTime:  sorted(r.CreateTime),
	}
}

func (r *lexiconRow) revision() advocacy.LexiconRevision {
	return advocacy.LexiconRevision{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		Lexicon:    advocacy.LexiconID(r.Lexicon),
		Number:     r.Number,
		Terms:      r.Terms.of,
		Domains:    r.OwnDomains,
		Names:      r.OwnNames,
		Digest:     advocacy.Digest(r.Digest),
		Publisher:  advocacy.PersonID(r.Publisher),
		CreateTime: r.CreateTime.time,
	}
}

type lexiconRecheckRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	Lexicon     string  `gorm:"column:lexicon"`
	Number      int     `gorm:"column:number"`
	Cursor      string  `gorm:"column:cursor"`
	Checked     int64   `gorm:"column:checked"`
	Forbidden   int64   `gorm:"column:forbidden"`
	Restricted  int64   `gorm:"column:restricted"`
	Version     int64   `gorm:"column:version"`
	EndTime     instant `gorm:"column:end_time"`
}

func (lexiconRecheckRow) TableName() string { return "lexicon_rechecks" }

var lexiconRechecks = tableOf[lexiconRecheckRow]()

func newLexiconRecheckRow(k *advocacy.LexiconRecheck) lexiconRecheckRow {
	return lexiconRecheckRow{
		WorkspaceID: string(k.Workspace),
		Lexicon:     string(k.Lexicon),
		Number:      k.Number,
		Cursor:      k.Cursor,
		Checked:     k.Checked,
		Forbidden:   k.Forbidden,
		Restricted:  k.Restricted,
		Version:     k.Version,
		EndTime:     at(k.EndTime),
	}
}

func (r *lexiconRecheckRow) recheck() *advocacy.LexiconRecheck {
	return &advocacy.LexiconRecheck{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		Lexicon:    advocacy.LexiconID(r.Lexicon),
		Number:     r.Number,
		Cursor:     r.Cursor,
		Checked:    r.Checked,
		Forbidden:  r.Forbidden,
		Restricted: r.Restricted,
		Version:    r.Version,
		EndTime:    r.EndTime.time,
	}
}

const ofLexicon = "workspace_id = ? AND lexicon = ?"

// Lexicon returns the revision in force.
func (r reader) Lexicon(ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID) (*advocacy.LexiconRevision, error) {
	return r.lexicon(ctx, ofLexicon+" ORDER BY number DESC LIMIT 1", string(w), string(l))
}

// LexiconRevision returns one revision of a lexicon.
func (r reader) LexiconRevision(
	ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID, number int,
) (*advocacy.LexiconRevision, error) {
	return r.lexicon(ctx, ofLexicon+" AND number = ?", string(w), string(l), number)
}

func (r reader) lexicon(ctx context.Context, where string, args ...any) (*advocacy.LexiconRevision, error) {
	row, err := one(ctx, r.conn, lexicons, unlocked, where, args...)
	if err != nil {
		return nil, aLexicon.failed(err)
	}
	found := row.revision()
	return &found, nil
}

// LexiconRevisions lists the revisions of a lexicon by number.
func (r reader) LexiconRevisions(
	ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID, p workflow.Page,
) ([]advocacy.LexiconRevision, string, error) {
	q := listing[lexiconRow]{
		table: lexicons,
		order: []string{"number"},
		key:   func(r *lexiconRow) string { return strconv.Itoa(r.Number) },
	}
	var err error
	if q.after, err = afterNumber(p.After); err != nil {
		return nil, "", err
	}
	q.and(ofLexicon, string(w), string(l))
	return page(ctx, r.conn, q, p, (*lexiconRow).revision)
}

// LockRules holds what posts are judged by against change until commit, and excludes every gate that
// has not committed. The gate holds the set of holds before it reads what is in force, so
// that lock serves both.
func (t *tx) LockRules(ctx context.Context, w advocacy.WorkspaceID) error {
	return t.lockHolds(ctx, "pg_advisory_xact_lock", w)
}

// AddLexiconRevision inserts a revision, which is in force as the newest.
func (t *tx) AddLexiconRevision(ctx context.Context, r *advocacy.LexiconRevision) error {
	return insert(ctx, t, aLexicon, lexicons, newLexiconRow(r))
}

// FindLexiconRecheck returns how far what is not sent yet was looked at by a revision, or
// nil.
func (r reader) FindLexiconRecheck(
	ctx context.Context, w advocacy.WorkspaceID, l advocacy.LexiconID, number int,
) (*advocacy.LexiconRecheck, error) {
	row, err := one(ctx, r.conn, lexiconRechecks, unlocked, ofLexicon+" AND number = ?", string(w), string(l), number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, aRecheck.failed(err)
	}
	return row.recheck(), nil
}

// AddLexiconRecheck inserts a run at version 1.
func (t *tx) AddLexiconRecheck(ctx context.Context, k *advocacy.LexiconRecheck) error {
	k.Version = 1
	return insert(ctx, t, aRecheck, lexiconRechecks, newLexiconRecheckRow(k))
}

// SaveLexiconRecheck writes the progress and raises Version; Conflict when it moved.
func (t *tx) SaveLexiconRecheck(ctx context.Context, k *advocacy.LexiconRecheck) error {
	row := newLexiconRecheckRow(k)
	query := "UPDATE lexicon_rechecks SET cursor = ?, checked = ?, forbidden = ?, restricted = ?, end_time = ?, version = version + 1" +
		" WHERE " + ofLexicon + " AND number = ? AND version = ?"
	err := t.change(ctx, aRecheck, query, row.Cursor, row.Checked, row.Forbidden, row.Restricted, row.EndTime,
		row.WorkspaceID, row.Lexicon, row.Number, row.Version)
	if err != nil {
		return err
	}
	k.Version++
	return nil
}
