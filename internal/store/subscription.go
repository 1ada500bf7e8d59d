package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type subscriptionRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	TopicID     string  `gorm:"column:topic_id"`
	PersonID    string  `gorm:"column:person_id"`
	Joined      bool    `gorm:"column:joined"`
	UpdateTime  instant `gorm:"column:update_time"`
}

func (subscriptionRow) TableName() string { return "topic_subscriptions" }

var subscriptions = tableOf[subscriptionRow]()

// Subscriptions returns the person's own words on the topics, for those there are.
func (r reader) Subscriptions(
	ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, ids ...advocacy.TopicID,
) (map[advocacy.TopicID]*advocacy.Subscription, error) {
	words := make(map[advocacy.TopicID]*advocacy.Subscription, len(ids))
	if len(ids) == 0 {
		return words, nil
	}
	var row subscriptionRow
	each := func() {
		words[advocacy.TopicID(row.TopicID)] = &advocacy.Subscription{
			Workspace: w, Topic: advocacy.TopicID(row.TopicID), Person: p, Joined: row.Joined, UpdateTime: row.UpdateTime.time,
		}
	}
	query := "SELECT " + subscriptions.list + " FROM topic_subscriptions WHERE workspace_id = ? AND person_id = ? AND topic_id IN " + in(len(ids))
	err := r.scan(ctx, subscriptions.into(&row), each, query, anys([]any{string(w), string(p)}, ids)...)
	return words, failed(err)
}

// Joined returns at most so many persons who joined a topic.
func (r reader) Joined(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TopicID, most int) ([]advocacy.PersonID, error) {
	var person string
	var all []advocacy.PersonID
	query := "SELECT person_id FROM topic_subscriptions WHERE workspace_id = ? AND topic_id = ? AND joined ORDER BY person_id" + limit(most)
	err := r.scan(ctx, []any{&person}, func() { all = append(all, advocacy.PersonID(person)) }, query, string(w), string(id))
	return all, failed(err)
}

// PutSubscription keeps a person's word on a topic instead of the one before.
func (t *tx) PutSubscription(ctx context.Context, s *advocacy.Subscription) error {
	query := subscriptions.insert(1) + " ON CONFLICT (workspace_id, topic_id, person_id)" +
		" DO UPDATE SET joined = excluded.joined, update_time = excluded.update_time"
	_, err := t.exec(ctx, query, subscriptions.values(subscriptionRow{
		WorkspaceID: string(s.Workspace), TopicID: string(s.Topic), PersonID: string(s.Person), Joined: s.Joined, UpdateTime: at(s.UpdateTime),
	})...)
	return t.wrote(aTopic, err)
}
