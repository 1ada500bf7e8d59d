package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type threadRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	SubjectKind string  `gorm:"column:subject_kind"`
	SubjectID   string  `gorm:"column:subject_id"`
	Revision    int     `gorm:"column:revision"`
	Target      int     `gorm:"column:target"`
	Offset      int     `gorm:"column:quote_offset"`
	Quote       string  `gorm:"column:quote"`
	Text        string  `gorm:"column:text"`
	Blocking    bool    `gorm:"column:blocking"`
	Role        string  `gorm:"column:role"`
	State       string  `gorm:"column:state"`
	Opener      string  `gorm:"column:opener"`
	Resolver    string  `gorm:"column:resolver"`
	Version     int64   `gorm:"column:version"`
	CreateTime  instant `gorm:"column:create_time"`
	ResolveTime instant `gorm:"column:resolve_time"`
}

func (threadRow) TableName() string { return "threads" }

var threads = tableOf[threadRow]()

func newThreadRow(t *advocacy.Thread) threadRow {
	return threadRow{
		WorkspaceID: string(t.Subject.Workspace),
		ID:          string(t.ID),
		SubjectKind: string(t.Subject.Kind),
		SubjectID:   t.Subject.ID,
		Revision:    t.Revision,
		Target:      t.Anchor.Target,
		Offset:      t.Anchor.Offset,
		Quote:       t.Anchor.Quote,
		Text:        t.Text,
		Blocking:    t.Blocking,
		Role:        string(t.Role),
		State:       string(t.State),
		Opener:      string(t.Opener),
		Resolver:    string(t.Resolver),
		Version:     t.Version,
		CreateTime:  at(t.CreateTime),
		ResolveTime: at(t.ResolveTime),
	}
}

func (r *threadRow) thread() advocacy.Thread {
	return advocacy.Thread{
		Subject:     subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		ID:          advocacy.ThreadID(r.ID),
		Revision:    r.Revision,
		Anchor:      advocacy.Anchor{Target: r.Target, Offset: r.Offset, Quote: r.Quote},
		Text:        r.Text,
		Blocking:    r.Blocking,
		Role:        advocacy.Role(r.Role),
		State:       advocacy.ThreadState(r.State),
		Opener:      advocacy.PersonID(r.Opener),
		Resolver:    advocacy.PersonID(r.Resolver),
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		ResolveTime: r.ResolveTime.time,
	}
}

type commentRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ThreadID    string  `gorm:"column:thread_id"`
	ID          string  `gorm:"column:id"`
	SubjectKind string  `gorm:"column:subject_kind"`
	SubjectID   string  `gorm:"column:subject_id"`
	PersonID    string  `gorm:"column:person_id"`
	Text        string  `gorm:"column:text"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (commentRow) TableName() string { return "comments" }

var comments = tableOf[commentRow]()

func newCommentRow(c *advocacy.Comment) commentRow {
	return commentRow{
		WorkspaceID: string(c.Subject.Workspace),
		ThreadID:    string(c.Thread),
		ID:          string(c.ID),
		SubjectKind: string(c.Subject.Kind),
		SubjectID:   c.Subject.ID,
		PersonID:    string(c.Person),
		Text:        c.Text,
		CreateTime:  at(c.CreateTime),
	}
}

func (r *commentRow) comment() advocacy.Comment {
	return advocacy.Comment{
		Subject:    subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Thread:     advocacy.ThreadID(r.ThreadID),
		ID:         advocacy.CommentID(r.ID),
		Person:     advocacy.PersonID(r.PersonID),
		Text:       r.Text,
		CreateTime: r.CreateTime.time,
	}
}

type mentionRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	PersonID    string  `gorm:"column:person_id"`
	ID          string  `gorm:"column:id"`
	SubjectKind string  `gorm:"column:subject_kind"`
	SubjectID   string  `gorm:"column:subject_id"`
	ThreadID    string  `gorm:"column:thread_id"`
	CommentID   string  `gorm:"column:comment_id"`
	ByPerson    string  `gorm:"column:by_person"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (mentionRow) TableName() string { return "mentions" }

var mentions = tableOf[mentionRow]()

func newMentionRow(m advocacy.Mention) mentionRow {
	return mentionRow{
		WorkspaceID: string(m.Workspace),
		PersonID:    string(m.Person),
		ID:          string(m.ID),
		SubjectKind: string(m.Subject.Kind),
		SubjectID:   m.Subject.ID,
		ThreadID:    string(m.Thread),
		CommentID:   string(m.Comment),
		ByPerson:    string(m.By),
		CreateTime:  at(m.CreateTime),
	}
}

func (r *mentionRow) mention() advocacy.Mention {
	return advocacy.Mention{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.MentionID(r.ID),
		Person:     advocacy.PersonID(r.PersonID),
		Subject:    subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Thread:     advocacy.ThreadID(r.ThreadID),
		Comment:    advocacy.CommentID(r.CommentID),
		By:         advocacy.PersonID(r.ByPerson),
		CreateTime: r.CreateTime.time,
	}
}

// Thread returns a discussion.
func (r reader) Thread(ctx context.Context, s advocacy.Subject, id advocacy.ThreadID) (*advocacy.Thread, error) {
	row, err := one(ctx, r.conn, threads, unlocked, ofSubject+" AND id = ?", string(s.Workspace), string(s.Kind), s.ID, string(id))
	if err != nil {
		return nil, aThread.failed(err)
	}
	found := row.thread()
	return &found, nil
}

// Threads lists the discussions of a subject.
func (r reader) Threads(ctx context.Context, q workflow.ThreadQuery) ([]advocacy.Thread, string, error) {
	l := listing[threadRow]{
		table: threads,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *threadRow) string { return r.ID },
	}
	l.and(ofSubject, string(q.Subject.Workspace), string(q.Subject.Kind), q.Subject.ID)
	andIf(&l, "state", q.State)
	if q.Blocking {
		l.and("blocking")
	}
	return page(ctx, r.conn, l, q.Page, (*threadRow).thread)
}

// OpenThreads returns the open threads that hold the subject up, oldest first.
func (r reader) OpenThreads(ctx context.Context, s advocacy.Subject) ([]advocacy.Thread, error) {
	query := "SELECT " + threads.list + " FROM threads WHERE " + ofSubject + " AND state = 'open' AND blocking ORDER BY id"
	found, err := every(ctx, r.conn, threads, (*threadRow).thread, query, string(s.Workspace), string(s.Kind), s.ID)
	return found, failed(err)
}

// AddThread inserts a thread at version 1.
func (t *tx) AddThread(ctx context.Context, thread *advocacy.Thread) error {
	thread.Version = 1
	return insert(ctx, t, aThread, threads, newThreadRow(thread))
}

// SaveThread writes State, Resolver, ResolveTime and raises Version; Conflict when it
// moved.
func (t *tx) SaveThread(ctx context.Context, thread *advocacy.Thread) error {
	row := newThreadRow(thread)
	query := "UPDATE threads SET state = ?, resolver = ?, resolve_time = ?, version = version + 1 WHERE " + ofSubject +
		" AND id = ? AND version = ?"
	err := t.change(ctx, aThread, query, row.State, row.Resolver, row.ResolveTime,
		row.WorkspaceID, row.SubjectKind, row.SubjectID, row.ID, row.Version)
	if err != nil {
		return err
	}
	thread.Version++
	return nil
}

const ofThread = ofSubject + " AND thread_id = ?"

// Comment returns one answer in a thread.
func (r reader) Comment(ctx context.Context, s advocacy.Subject, thread advocacy.ThreadID, id advocacy.CommentID) (*advocacy.Comment, error) {
	row, err := one(ctx, r.conn, comments, unlocked, ofThread+" AND id = ?",
		string(s.Workspace), string(s.Kind), s.ID, string(thread), string(id))
	if err != nil {
		return nil, aComment.failed(err)
	}
	found := row.comment()
	return &found, nil
}

// Comments lists the answers in a thread.
func (r reader) Comments(ctx context.Context, s advocacy.Subject, id advocacy.ThreadID, p workflow.Page) ([]advocacy.Comment, string, error) {
	l := listing[commentRow]{
		table: comments,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *commentRow) string { return r.ID },
	}
	l.and(ofThread, string(s.Workspace), string(s.Kind), s.ID, string(id))
	return page(ctx, r.conn, l, p, (*commentRow).comment)
}

// AddComment inserts a comment, which never changes.
func (t *tx) AddComment(ctx context.Context, c *advocacy.Comment) error {
	return insert(ctx, t, aComment, comments, newCommentRow(c))
}

// Mentions lists what asks for a person's attention.
func (r reader) Mentions(ctx context.Context, w advocacy.WorkspaceID, person advocacy.PersonID, p workflow.Page) ([]advocacy.Mention, string, error) {
	l := listing[mentionRow]{
		table: mentions,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *mentionRow) string { return r.ID },
	}
	l.and("workspace_id = ? AND person_id = ?", string(w), string(person))
	return page(ctx, r.conn, l, p, (*mentionRow).mention)
}

// AddMentions inserts mentions, which never change.
func (t *tx) AddMentions(ctx context.Context, all ...advocacy.Mention) error {
	rows := make([]mentionRow, len(all))
	for i, m := range all {
		rows[i] = newMentionRow(m)
	}
	return insert(ctx, t, aMention, mentions, rows...)
}
