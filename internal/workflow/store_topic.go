package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TopicReader reads the shelves of the library, and who follows them.
type TopicReader interface {
	Topic(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TopicID) (*advocacy.Topic, error)
	// DefaultTopic returns the topic of whatever names none.
	DefaultTopic(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Topic, error)
	// Topics lists topics: all of them, or those the viewer sees as advocacy.Viewer.Sees says.
	Topics(ctx context.Context, w advocacy.WorkspaceID, viewer advocacy.PersonID, p Page) ([]advocacy.Topic, string, error)
	// Subscriptions returns the person's own words on the topics, for those there are.
	Subscriptions(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, topics ...advocacy.TopicID) (map[advocacy.TopicID]*advocacy.Subscription, error)
	// Joined returns at most so many persons who joined a topic.
	Joined(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TopicID, most int) ([]advocacy.PersonID, error)
}

// TopicWriter writes the shelves of the library, and who follows them.
type TopicWriter interface {
	AddTopic(ctx context.Context, t *advocacy.Topic) error
	SaveTopic(ctx context.Context, t *advocacy.Topic) error
	// PutSubscription keeps a person's word on a topic instead of the one before.
	PutSubscription(ctx context.Context, s *advocacy.Subscription) error
}
