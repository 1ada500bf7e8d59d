package store

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

var _ wall.Store = (*Store)(nil)

type entryRow struct {
	WorkspaceID   string       `gorm:"column:workspace_id"`
	PublicationID string       `gorm:"column:publication_id"`
	PostID        string       `gorm:"column:post_id"`
	Body          []byte       `gorm:"column:body"`
	Fingerprint   string       `gorm:"column:fingerprint"`
	PublishTime   moment       `gorm:"column:publish_time"`
	RemoveTime    instant      `gorm:"column:remove_time"`
	Media         list[string] `gorm:"column:media"`
}

func (entryRow) TableName() string { return "wall_entries" }

var entries = tableOf[entryRow]()

func newEntryRow(e wall.Entry) entryRow {
	return entryRow{
		WorkspaceID:   string(e.Workspace),
		PublicationID: string(e.Publication),
		PostID:        string(e.Post),
		Body:          bytesOf(e.Body),
		Fingerprint:   string(e.Fingerprint),
		PublishTime:   sorted(e.PublishTime),
		RemoveTime:    at(e.RemoveTime),
		Media:         e.Media,
	}
}

func (r *entryRow) entry() wall.Entry {
	return wall.Entry{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		Publication: advocacy.PublicationID(r.PublicationID),
		Post:        advocacy.PostID(r.PostID),
		Body:        noBytes(r.Body),
		Fingerprint: advocacy.Digest(r.Fingerprint),
		PublishTime: r.PublishTime.time,
		RemoveTime:  r.RemoveTime.time,
		Media:       r.Media,
	}
}

// entryMediaRow says that an entry shows a blob.
type entryMediaRow struct {
	WorkspaceID   string `gorm:"column:workspace_id"`
	Blob          string `gorm:"column:blob"`
	PublicationID string `gorm:"column:publication_id"`
}

func (entryMediaRow) TableName() string { return "wall_entry_media" }

var entryMedia = tableOf[entryMediaRow]()

// PutEntry keeps an entry under its workspace and publication. The same body again is
// not created and no error; another body is a Conflict.
func (s *Store) PutEntry(ctx context.Context, e wall.Entry) (created bool, err error) {
	err = s.Update(ctx, func(ctx context.Context, workflowTx workflow.Tx) error {
		t := workflowTx.(*tx)
		query := entries.insert(1) + " ON CONFLICT (workspace_id, publication_id) DO NOTHING"
		n, err := t.exec(ctx, query, entries.values(newEntryRow(e))...)
		if err != nil {
			return t.wrote(anEntry, err)
		}
		created = n == 1
		if created {
			return t.show(ctx, e)
		}
		// A statement of its own sees the entry it lost against.
		shown, err := t.entry(ctx, e.Workspace, e.Publication)
		if err == nil && !bytes.Equal(shown.Body, e.Body) {
			err = anEntry.clash()
		}
		return err
	})
	return created && err == nil, err
}

func (t *tx) show(ctx context.Context, e wall.Entry) error {
	var rows []entryMediaRow
	for _, blob := range slices.Compact(slices.Sorted(slices.Values(e.Media))) {
		rows = append(rows, entryMediaRow{string(e.Workspace), blob, string(e.Publication)})
	}
	return insert(ctx, t, anEntry, entryMedia, rows...)
}

// Entry returns an entry, visible or removed.
func (s *Store) Entry(ctx context.Context, w advocacy.WorkspaceID, publication advocacy.PublicationID) (*wall.Entry, error) {
	return s.entry(ctx, w, publication)
}

func (r reader) entry(ctx context.Context, w advocacy.WorkspaceID, publication advocacy.PublicationID) (*wall.Entry, error) {
	row, err := one(ctx, r.conn, entries, unlocked, "workspace_id = ? AND publication_id = ?", string(w), string(publication))
	if err != nil {
		return nil, anEntry.failed(err)
	}
	found := row.entry()
	return &found, nil
}

// Entries returns the visible entries of a workspace by descending PublishTime, then
// Publication.
func (s *Store) Entries(ctx context.Context, w advocacy.WorkspaceID, q wall.Query) ([]wall.Entry, string, error) {
	key, err := afterTime(q.Before, 1)
	if err != nil {
		return nil, "", err
	}
	l := listing[entryRow]{
		table: entries,
		order: []string{"publish_time", "publication_id"},
		after: key,
		key:   func(r *entryRow) string { return timeKey(r.PublishTime.time, r.PublicationID) },
	}
	l.and("workspace_id = ?", string(w))
	l.and("remove_time IS NULL")
	return page(ctx, s.conn, l, workflow.Page{Size: q.Size}, (*entryRow).entry)
}

// RemoveEntry hides a visible entry and tells whether it did.
func (s *Store) RemoveEntry(
	ctx context.Context, w advocacy.WorkspaceID, publication advocacy.PublicationID, when time.Time,
) (removed bool, err error) {
	err = s.Update(ctx, func(ctx context.Context, workflowTx workflow.Tx) error {
		t := workflowTx.(*tx)
		query := "UPDATE wall_entries SET remove_time = ? WHERE workspace_id = ? AND publication_id = ? AND remove_time IS NULL"
		n, err := t.exec(ctx, query, at(when), string(w), string(publication))
		removed = n == 1
		return t.wrote(anEntry, err)
	})
	return removed && err == nil, err
}

// ShowsBlob tells whether a visible entry of the workspace shows the blob.
func (s *Store) ShowsBlob(ctx context.Context, w advocacy.WorkspaceID, blob string) (bool, error) {
	shown := false
	var n int
	query := "SELECT 1 FROM wall_entry_media m JOIN wall_entries e ON e.workspace_id = m.workspace_id" +
		" AND e.publication_id = m.publication_id WHERE m.workspace_id = ? AND m.blob = ? AND e.remove_time IS NULL LIMIT 1"
	err := s.scan(ctx, []any{&n}, func() { shown = true }, query, string(w), blob)
	return shown, failed(err)
}
