package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type suggestionRow struct {
	WorkspaceID string          `gorm:"column:workspace_id"`
	ID          string          `gorm:"column:id"`
	SubjectKind string          `gorm:"column:subject_kind"`
	SubjectID   string          `gorm:"column:subject_id"`
	Revision    int             `gorm:"column:revision"`
	Digest      string          `gorm:"column:digest"`
	Content     doc[contentDoc] `gorm:"column:content"`
	Note        string          `gorm:"column:note"`
	PersonID    string          `gorm:"column:person_id"`
	State       string          `gorm:"column:state"`
	Accepted    int             `gorm:"column:accepted"`
	Resolver    string          `gorm:"column:resolver"`
	Reason      string          `gorm:"column:reason"`
	Version     int64           `gorm:"column:version"`
	CreateTime  instant         `gorm:"column:create_time"`
	ResolveTime instant         `gorm:"column:resolve_time"`
}

func (suggestionRow) TableName() string { return "suggestions" }

var suggestions = tableOf[suggestionRow]()

func newSuggestionRow(g *advocacy.Suggestion) suggestionRow {
	return suggestionRow{
		WorkspaceID: string(g.Subject.Workspace),
		ID:          string(g.ID),
		SubjectKind: string(g.Subject.Kind),
		SubjectID:   g.Subject.ID,
		Revision:    g.Revision,
		Digest:      string(g.Digest),
		Content:     doc[contentDoc]{newContentDoc(g.Content)},
		Note:        g.Note,
		PersonID:    string(g.Person),
		State:       string(g.State),
		Accepted:    g.Accepted,
		Resolver:    string(g.Resolver),
		Reason:      g.Reason,
		Version:     g.Version,
		CreateTime:  at(g.CreateTime),
		ResolveTime: at(g.ResolveTime),
	}
}

func (r *suggestionRow) suggestion() advocacy.Suggestion {
	return advocacy.Suggestion{
		Subject:     subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		ID:          advocacy.SuggestionID(r.ID),
		Revision:    r.Revision,
		Digest:      advocacy.Digest(r.Digest),
		Content:     r.Content.of.content(),
		Note:        r.Note,
		Person:      advocacy.PersonID(r.PersonID),
		State:       advocacy.SuggestionState(r.State),
		Accepted:    r.Accepted,
		Resolver:    advocacy.PersonID(r.Resolver),
		Reason:      r.Reason,
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		ResolveTime: r.ResolveTime.time,
	}
}

// Suggestion returns a suggested edit.
func (r reader) Suggestion(ctx context.Context, s advocacy.Subject, id advocacy.SuggestionID) (*advocacy.Suggestion, error) {
	row, err := one(ctx, r.conn, suggestions, unlocked, ofSubject+" AND id = ?", string(s.Workspace), string(s.Kind), s.ID, string(id))
	if err != nil {
		return nil, aSuggestion.failed(err)
	}
	found := row.suggestion()
	return &found, nil
}

// Suggestions lists the suggested edits of a post.
func (r reader) Suggestions(ctx context.Context, s advocacy.Subject, p workflow.Page) ([]advocacy.Suggestion, string, error) {
	l := listing[suggestionRow]{
		table: suggestions,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *suggestionRow) string { return r.ID },
	}
	l.and(ofSubject, string(s.Workspace), string(s.Kind), s.ID)
	return page(ctx, r.conn, l, p, (*suggestionRow).suggestion)
}

// AddSuggestion inserts a suggestion at version 1. One for other bytes than the revision's
// is refused.
func (t *tx) AddSuggestion(ctx context.Context, g *advocacy.Suggestion) error {
	g.Version = 1
	return insert(ctx, t, aSuggestion, suggestions, newSuggestionRow(g))
}

// SaveSuggestion writes State, Accepted, Resolver, Reason, ResolveTime and raises Version;
// Conflict when it moved.
func (t *tx) SaveSuggestion(ctx context.Context, g *advocacy.Suggestion) error {
	row := newSuggestionRow(g)
	query := "UPDATE suggestions SET state = ?, accepted = ?, resolver = ?, reason = ?, resolve_time = ?, version = version + 1 WHERE " +
		ofSubject + " AND id = ? AND version = ?"
	err := t.change(ctx, aSuggestion, query, row.State, row.Accepted, row.Resolver, row.Reason, row.ResolveTime,
		row.WorkspaceID, row.SubjectKind, row.SubjectID, row.ID, row.Version)
	if err != nil {
		return err
	}
	g.Version++
	return nil
}
