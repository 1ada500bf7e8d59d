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
	Compulsory  bool    `gorm:"column:compulsory"`
	Standard    bool    `gorm:"column:standard"`
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
		Compulsory:  t.Compulsory,
		Standard:    t.Default,
	}
}

func (r *topicRow) topic(p persons, g lines) advocacy.Topic {
	return advocacy.Topic{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.TopicID(r.ID),
		DisplayName: r.DisplayName,
		Description: r.Description,
		Closed:      r.Closed,
		Members:     p,
		Groups:      g,
		Compulsory:  r.Compulsory,
		Default:     r.Standard,
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

type topicGroupRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	TopicID     string `gorm:"column:topic_id"`
	Name        string `gorm:"column:name"`
}

func (topicGroupRow) TableName() string { return "topic_groups" }

var topicGroups = tableOf[topicGroupRow]()

// persons and lines are a list that has rows of its own as one column, so that what has the
// list is one statement.
type (
	persons []advocacy.PersonID
	lines   []string
)

const whomTopicIsFor = "(SELECT string_agg(person_id, '\n') FROM topic_members m" +
	" WHERE m.workspace_id = t.workspace_id AND m.topic_id = t.id)," +
	" (SELECT string_agg(name, '\n') FROM topic_groups g WHERE g.workspace_id = t.workspace_id AND g.topic_id = t.id)"

// Scan reads the column.
func (p *persons) Scan(src any) error {
	all, err := linesOf(src)
	*p = texts[advocacy.PersonID](all)
	return err
}

// Scan reads the column.
func (l *lines) Scan(src any) error {
	all, err := linesOf(src)
	*l = all
	return err
}

// linesOf is the lines of a text in order, nil for none.
func linesOf(src any) ([]string, error) {
	text, err := textOf(src)
	if text == "" {
		return nil, err
	}
	all := strings.Split(text, "\n")
	slices.Sort(all)
	return all, err
}

// Topic returns a topic with whom it is for.
func (r reader) Topic(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TopicID) (*advocacy.Topic, error) {
	return r.topic(ctx, "workspace_id = ? AND id = ?", string(w), string(id))
}

// DefaultTopic returns the topic of whatever names none.
func (r reader) DefaultTopic(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Topic, error) {
	return r.topic(ctx, "workspace_id = ? AND standard", string(w))
}

func (r reader) topic(ctx context.Context, where string, args ...any) (*advocacy.Topic, error) {
	var row topicRow
	var in persons
	var of lines
	var found *advocacy.Topic
	query := "SELECT " + topics.of("t") + ", " + whomTopicIsFor + " FROM topics t WHERE " + where
	each := func() { t := row.topic(in, of); found = &t }
	err := r.scan(ctx, append(topics.into(&row), &in, &of), each, query, args...)
	if err == nil && found == nil {
		err = sql.ErrNoRows
	}
	return found, aTopic.failed(err)
}

// admitted tells whether the topic of the alias t names the person, who is bound twice: one
// by one, or by a group.
const admitted = "(EXISTS (SELECT 1 FROM topic_members m WHERE m.workspace_id = t.workspace_id AND m.topic_id = t.id" +
	" AND m.person_id = ?) OR EXISTS (SELECT 1 FROM topic_groups g JOIN member_traits r ON r.workspace_id = g.workspace_id" +
	" AND r.person_id = ? AND r.kind = 'group' AND r.value = g.name WHERE g.workspace_id = t.workspace_id AND g.topic_id = t.id))"

// shownTo tells whether the person, who is bound twice, sees an item, as advocacy.Viewer.Sees
// says of its topic. As a value and not a NOT EXISTS, which PostgreSQL would make a join of,
// and a sort of the whole library after it.
const shownTo = "COALESCE((SELECT NOT t.closed OR " + admitted +
	" FROM topics t WHERE t.workspace_id = library_items.workspace_id AND t.id = library_items.topic_id), TRUE)"

// followedBy tells whether the person, who is bound three times, follows the topic of an item,
// as advocacy.Viewer.Follows says of who sees it.
const followedBy = "COALESCE((SELECT t.compulsory OR COALESCE((SELECT s.joined FROM topic_subscriptions s" +
	" WHERE s.workspace_id = t.workspace_id AND s.topic_id = t.id AND s.person_id = ?), t.closed AND " + admitted +
	") FROM topics t WHERE t.workspace_id = library_items.workspace_id AND t.id = library_items.topic_id), FALSE)"

// Topics lists topics by id, with whom they are for: all of them, or those the viewer sees as
// advocacy.Viewer.Sees says.
func (r reader) Topics(
	ctx context.Context, w advocacy.WorkspaceID, viewer advocacy.PersonID, p workflow.Page,
) ([]advocacy.Topic, string, error) {
	var in persons
	var of lines
	l := listing[topicRow]{
		table:   topics,
		columns: topics.of("t") + ", " + whomTopicIsFor,
		from:    "topics t",
		order:   []string{"t.id"},
		after:   after(p.After),
		extra:   []any{&in, &of},
		key:     func(r *topicRow) string { return r.ID },
	}
	l.and("t.workspace_id = ?", string(w))
	if viewer != "" {
		l.and("(NOT t.closed OR "+admitted+")", string(viewer), string(viewer))
	}
	return page(ctx, r.conn, l, p, func(r *topicRow) advocacy.Topic { return r.topic(in, of) })
}

// AddTopic inserts a topic at version 1, with whom it is for.
func (t *tx) AddTopic(ctx context.Context, topic *advocacy.Topic) error {
	topic.Version = 1
	if err := t.create(ctx, aTopic, newTopicRow(topic)); err != nil {
		return err
	}
	return t.join(ctx, topic)
}

// SaveTopic writes the topic and replaces whom it is for.
func (t *tx) SaveTopic(ctx context.Context, topic *advocacy.Topic) error {
	row := newTopicRow(topic)
	row.Version++
	columns := []string{"display_name", "description", "closed", "compulsory", "standard", "version", "update_time"}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, aTopic, row, columns, where, row.WorkspaceID, row.ID, topic.Version); err != nil {
		return err
	}
	for _, table := range []string{topicMembers.name, topicGroups.name} {
		query := "DELETE FROM " + table + " WHERE workspace_id = ? AND topic_id = ?"
		if _, err := t.exec(ctx, query, row.WorkspaceID, row.ID); err != nil {
			return t.wrote(aTopic, err)
		}
	}
	topic.Version = row.Version
	return t.join(ctx, topic)
}

// join inserts whom a topic is for, some hundreds a statement: databases bound how many
// values one may have.
func (t *tx) join(ctx context.Context, topic *advocacy.Topic) error {
	names := slices.Compact(slices.Sorted(slices.Values(topic.Groups)))
	rows := make([]topicGroupRow, len(names))
	for i, name := range names {
		rows[i] = topicGroupRow{string(topic.Workspace), string(topic.ID), name}
	}
	if err := insert(ctx, t, aTopic, topicGroups, rows...); err != nil {
		return err
	}
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
