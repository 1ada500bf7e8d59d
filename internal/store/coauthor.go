package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type coAuthorRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	SubjectKind string  `gorm:"column:subject_kind"`
	SubjectID   string  `gorm:"column:subject_id"`
	PersonID    string  `gorm:"column:person_id"`
	Revision    int     `gorm:"column:revision"`
	Namer       string  `gorm:"column:namer"`
	CreateTime  instant `gorm:"column:create_time"`
	RemoveTime  instant `gorm:"column:remove_time"`
}

func (coAuthorRow) TableName() string { return "co_authors" }

var coAuthors = tableOf[coAuthorRow]()

func newCoAuthorRow(a advocacy.CoAuthor) coAuthorRow {
	return coAuthorRow{
		WorkspaceID: string(a.Subject.Workspace),
		SubjectKind: string(a.Subject.Kind),
		SubjectID:   a.Subject.ID,
		PersonID:    string(a.Person),
		Revision:    a.Revision,
		Namer:       string(a.Namer),
		CreateTime:  at(a.CreateTime),
		RemoveTime:  at(a.RemoveTime),
	}
}

// AddCoAuthor keeps that somebody may write a post, once more for who could before, and
// makes a contributor of that revision of who never could.
func (t *tx) AddCoAuthor(ctx context.Context, a advocacy.CoAuthor) error {
	query := coAuthors.insert(1) + " ON CONFLICT (workspace_id, subject_kind, subject_id, person_id) DO UPDATE SET remove_time = NULL"
	_, err := t.exec(ctx, query, coAuthors.values(newCoAuthorRow(a))...)
	return t.wrote(aCoAuthor, err)
}

// RemoveCoAuthor keeps since when the person of a may not write the post any more; a
// contributor stays one.
func (t *tx) RemoveCoAuthor(ctx context.Context, a advocacy.CoAuthor) error {
	r := newCoAuthorRow(a)
	return t.change(ctx, aCoAuthor, "UPDATE co_authors SET remove_time = ? WHERE "+ofSubject+" AND person_id = ?",
		r.RemoveTime, r.WorkspaceID, r.SubjectKind, r.SubjectID, r.PersonID)
}
