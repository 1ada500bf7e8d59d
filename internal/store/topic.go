package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type topicRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	DisplayName string  `gorm:"column:display_name"`
	Description string  `gorm:"column:description"`
	Closed      bool    `gorm:"column:closed"`
	Version     int64   `gorm:"column:version"`
	CreateTime  instant `gorm:"column:create_time"`
	UpdateTime  instant `gorm:"column:update_time"`
}

func (topicRow) TableName() string { return "topics" }

var topics = tableOf[topicRow]()

func newTopicRow(t *advocacy.Topic) *topicRow {
	return &topicRow{
		WorkspaceID: string(t.Workspace),
		ID:          string(t.ID),
		DisplayName: t.DisplayName,
		Description: t.Description,
		Closed:      t.Closed,
		Version:     t.Version,
		CreateTime:  at(t.CreateTime),
		UpdateTime:  at(t.UpdateTime),
	}
}

func (r *topicRow) topic(p persons) advocacy.Topic {
	return advocacy.Topic{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.TopicID(r.ID),
		DisplayName: r.DisplayName,
		Description: r.Description,
		Closed:      r.Closed,
		Members:     p,
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		UpdateTime:  r.UpdateTime.time,
	}
}

type topicMemberRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	TopicID     string `gorm:"column:topic_id"`
	PersonID    string `gorm:"column:person_id"`
}

func (topicMemberRow) TableName() string { return "topic_members" }

var topicMembers = tableOf[topicMemberRow]()

// persons are a topic's members as one column, so that topic and members are one
// statement.
type persons []advocacy.PersonID

const personsOfTopic = "(SELECT string_agg(person_id, '\n') FROM topic_members m" +
	" WHERE m.workspace_id = topics.workspace_id AND m.topic_id = topics.id)"

// Scan reads the column.
func (p *persons) Scan(src any) error {
	text, err := textOf(src)
	*p = nil
	if text != "" {
		*p = texts[advocacy.PersonID](strings.Split(text, "\n"))
		slices.Sort(*p)
	}
	return err
}

// Topic returns a topic with its members.
func (r reader) Topic(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TopicID) (*advocacy.Topic, error) {
	var row topicRow
	var in persons
	var found *advocacy.Topic
	query := "SELECT " + topics.list + ", " + personsOfTopic + " FROM topics WHERE workspace_id = ? AND id = ?"
	each := func() { t := row.topic(in); found = &t }
	err := r.scan(ctx, append(topics.into(&row), &in), each, query, string(w), string(id))
	if err == nil && found == nil {
		err = sql.ErrNoRows
	}
	return found, aTopic.failed(err)
}

// Topics lists topics by id, with their members: all of them, or those the viewer sees.
func (r reader) Topics(
	ctx context.Context, w advocacy.WorkspaceID, viewer advocacy.PersonID, p workflow.Page,
) ([]advocacy.Topic, string, error) {
	var in persons
	l := listing[topicRow]{
		table:   topics,
		columns: topics.list + ", " + personsOfTopic,
		order:   []string{"id"},
		after:   after(p.After),
		extra:   []any{&in},
		key:     func(r *topicRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(w))
	if viewer != "" {
		l.and("(NOT closed OR EXISTS (SELECT 1 FROM topic_members v WHERE v.workspace_id = topics.workspace_id"+
			" AND v.topic_id = topics.id AND v.person_id = ?))", string(viewer))
	}
	return page(ctx, r.conn, l, p, func(r *topicRow) advocacy.Topic { return r.topic(in) })
}

// AddTopic inserts a topic at version 1, with its members.
func (t *tx) AddTopic(ctx context.Context, topic *advocacy.Topic) error {
	topic.Version = 1
	if err := t.create(ctx, aTopic, newTopicRow(topic)); err != nil {
		return err
	}
	return t.join(ctx, topic)
}

// SaveTopic writes the topic and replaces its members.
func (t *tx) SaveTopic(ctx context.Context, topic *advocacy.Topic) error {
	row := newTopicRow(topic)
	row.Version++
	columns := []string{"display_name", "description", "closed", "version", "update_time"}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, aTopic, row, columns, where, row.WorkspaceID, row.ID, topic.Version); err != nil {
		return err
	}
	query := "DELETE FROM topic_members WHERE workspace_id = ? AND topic_id = ?"
	if _, err := t.exec(ctx, query, row.WorkspaceID, row.ID); err != nil {
		return t.wrote(aTopic, err)
	}
	topic.Version = row.Version
	return t.join(ctx, topic)
}

// join inserts the members of a topic, some hundreds a statement: databases bound how
// many values one may have.
func (t *tx) join(ctx context.Context, topic *advocacy.Topic) error {
	ids := slices.Compact(slices.Sorted(slices.Values(topic.Members)))
	for some := range slices.Chunk(ids, 500) {
		rows := make([]topicMemberRow, len(some))
		for i, id := range some {
			rows[i] = topicMemberRow{string(topic.Workspace), string(topic.ID), string(id)}
		}
		if err := insert(ctx, t, aTopic, topicMembers, rows...); err != nil {
			return err
		}
	}
	return nil
}
