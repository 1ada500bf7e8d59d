package store

import (
	"context"
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
		Digest:     advocacy.Digest(r.Digest),
		Publisher:  advocacy.PersonID(r.Publisher),
		CreateTime: r.CreateTime.time,
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

// LockLexicon holds the lexicon against change until commit, and excludes every gate that
// has not committed. The gate holds the set of holds before it reads what is in force, so
// that lock serves both.
func (t *tx) LockLexicon(ctx context.Context, w advocacy.WorkspaceID) error {
	return t.lockHolds(ctx, "pg_advisory_xact_lock", w)
}

// AddLexiconRevision inserts a revision, which is in force as the newest.
func (t *tx) AddLexiconRevision(ctx context.Context, r *advocacy.LexiconRevision) error {
	return insert(ctx, t, aLexicon, lexicons, newLexiconRow(r))
}
