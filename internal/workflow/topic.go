package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// TopicDraft is what a client says of a new topic.
type TopicDraft struct {
	ID          advocacy.TopicID
	DisplayName string
	Description string
	Closed      bool
	Compulsory  bool
	Members     []advocacy.PersonID
	Groups      []string
}

// TopicChange is what a client wants changed; nil leaves a field as it is.
type TopicChange struct {
	Version     int64
	DisplayName *string
	Description *string
	Closed      *bool
	Compulsory  *bool
	Members     *[]advocacy.PersonID
	Groups      *[]string
}

// TopicView is a topic as the caller may see it.
type TopicView struct {
	Topic *advocacy.Topic
	// Subscribed tells whether the caller follows it.
	Subscribed bool
}

// CreateTopic adds a shelf to the library.
func (s *Service) CreateTopic(ctx context.Context, c Call, w advocacy.WorkspaceID, d TopicDraft) (*TopicView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*TopicView, string, error) {
		t := &advocacy.Topic{
			Workspace: w, ID: d.ID, DisplayName: d.DisplayName, Description: d.Description, Closed: d.Closed, Compulsory: d.Compulsory,
			Members: d.Members, Groups: d.Groups, CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := s.guardTopic(ctx, tx, t); err != nil {
			return nil, "", err
		}
		if err := tx.AddTopic(ctx, t); err != nil {
			return nil, "", err
		}
		if err := s.recordTopic(ctx, tx, c, t, "topic.created"); err != nil {
			return nil, "", err
		}
		view, err := s.viewTopic(ctx, tx, c, t)
		return view, string(t.ID), err
	}, s.topicAgain(c, w))
}

// UpdateTopic changes a shelf. Who joined an open one may stay when it is closed.
func (s *Service) UpdateTopic(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TopicID, d TopicChange) (*TopicView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*TopicView, string, error) {
		t, err := tx.Topic(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, t.Version); err != nil {
			return nil, "", err
		}
		if d.Closed != nil && *d.Closed && !t.Closed && d.Members == nil {
			joined, err := tx.Joined(ctx, w, id, advocacy.MaximumTopicMembers+1)
			if err != nil {
				return nil, "", err
			}
			t.Members = join(t.Members, joined)
		}
		set(&t.DisplayName, d.DisplayName)
		set(&t.Description, d.Description)
		set(&t.Closed, d.Closed)
		set(&t.Compulsory, d.Compulsory)
		set(&t.Members, d.Members)
		set(&t.Groups, d.Groups)
		t.UpdateTime = tx.Now()
		if err := s.guardTopic(ctx, tx, t); err != nil {
			return nil, "", err
		}
		if err := tx.SaveTopic(ctx, t); err != nil {
			return nil, "", err
		}
		if err := s.recordTopic(ctx, tx, c, t, "topic.updated"); err != nil {
			return nil, "", err
		}
		view, err := s.viewTopic(ctx, tx, c, t)
		return view, string(id), err
	}, s.topicAgain(c, w))
}

func (s *Service) topicAgain(c Call, w advocacy.WorkspaceID) func(context.Context, Tx, string) (*TopicView, error) {
	return func(ctx context.Context, tx Tx, id string) (*TopicView, error) {
		return s.seenTopic(ctx, tx, c, w, advocacy.TopicID(id))
	}
}

func (s *Service) guardTopic(ctx context.Context, r Reader, t *advocacy.Topic) error {
	if err := check.RefuseLine("topic.display_name", t.DisplayName); err != nil {
		return err
	}
	if err := check.RefuseLine("topic.description", t.Description); err != nil {
		return err
	}
	for _, group := range t.Groups {
		if err := check.RefuseLine("topic.groups", group); err != nil {
			return err
		}
	}
	if err := t.Guard(); err != nil {
		return err
	}
	known, err := r.MembersByID(ctx, t.Workspace, t.Members)
	if err != nil {
		return err
	}
	for _, p := range t.Members {
		if known[p] == nil {
			return advocacy.InvalidField("topic.members", "MEMBER_NOT_FOUND", "there is no member %q in this workspace", p)
		}
	}
	return nil
}

func (s *Service) recordTopic(ctx context.Context, tx Tx, c Call, t *advocacy.Topic, action string) error {
	return s.record(ctx, tx, c, t.Workspace, fact{
		action: action, subject: t.Name(), parent: t.Name(),
		detail: map[string]any{
			"display_name": t.DisplayName, "closed": t.Closed, "compulsory": t.Compulsory, "members": t.Members, "groups": t.Groups,
		},
	})
}

// JoinTopic has the caller follow a shelf from now on.
func (s *Service) JoinTopic(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TopicID) (*TopicView, error) {
	return s.subscribe(ctx, c, w, id, true)
}

// LeaveTopic has the caller follow a shelf no more.
func (s *Service) LeaveTopic(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TopicID) (*TopicView, error) {
	return s.subscribe(ctx, c, w, id, false)
}

// subscribe keeps the caller's word on a shelf he or she sees. What is so already is not
// said again.
func (s *Service) subscribe(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TopicID, joined bool) (*TopicView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*TopicView, string, error) {
		view, err := s.seenTopic(ctx, tx, c, w, id)
		if err != nil {
			return nil, "", err
		}
		if !joined {
			if err := view.Topic.GuardLeave(); err != nil {
				return nil, "", err
			}
		}
		if view.Subscribed == joined {
			return view, string(id), nil
		}
		view.Subscribed = joined
		err = tx.PutSubscription(ctx, &advocacy.Subscription{
			Workspace: w, Topic: id, Person: c.Actor.Person, Joined: joined, UpdateTime: tx.Now(),
		})
		if err != nil {
			return nil, "", err
		}
		action := "topic.left"
		if joined {
			action = "topic.joined"
		}
		return view, string(id), s.record(ctx, tx, c, w, fact{action: action, subject: view.Topic.Name(), parent: view.Topic.Name()})
	}, s.topicAgain(c, w))
}

// viewer is who looks at the library, with what the rules of visibility ask of a person.
func (s *Service) viewer(ctx context.Context, r Reader, c Call, w advocacy.WorkspaceID, desk bool) (advocacy.Viewer, error) {
	v := advocacy.Viewer{Person: c.Actor.Person, Desk: desk}
	known, err := r.MembersByID(ctx, w, []advocacy.PersonID{v.Person})
	v.Traits = known[v.Person].Traits()
	return v, err
}

// Topic returns a shelf the caller may see.
func (s *Service) Topic(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TopicID) (*TopicView, error) {
	return s.seenTopic(ctx, s.Store, c, w, id)
}

func (s *Service) seenTopic(ctx context.Context, r Reader, c Call, w advocacy.WorkspaceID, id advocacy.TopicID) (*TopicView, error) {
	t, err := r.Topic(ctx, w, id)
	if err != nil {
		return nil, err
	}
	return s.viewTopic(ctx, r, c, t)
}

// viewTopic shows a topic to who sees it.
func (s *Service) viewTopic(ctx context.Context, r Reader, c Call, t *advocacy.Topic) (*TopicView, error) {
	v, err := s.viewer(ctx, r, c, t.Workspace, c.seesClosedTopics())
	if err != nil {
		return nil, err
	}
	if !v.Sees(t) {
		return nil, advocacy.Missing("TOPIC_NOT_FOUND", "there is no topic %q that you may see", t.ID)
	}
	words, err := r.Subscriptions(ctx, t.Workspace, v.Person, t.ID)
	return &TopicView{Topic: t, Subscribed: v.Follows(t, words[t.ID])}, err
}

func (c Call) seesClosedTopics() bool { return c.may(mayUpdateTopics) || c.worksOnItems() }

// Topics lists the shelves the caller may see.
func (s *Service) Topics(ctx context.Context, c Call, w advocacy.WorkspaceID, p Page) ([]TopicView, string, error) {
	v, err := s.viewer(ctx, s.Store, c, w, c.seesClosedTopics())
	if err != nil {
		return nil, "", err
	}
	seenBy := v.Person
	if v.Desk {
		seenBy = ""
	}
	topics, next, err := s.Store.Topics(ctx, w, seenBy, p)
	if err != nil {
		return nil, "", err
	}
	ids := make([]advocacy.TopicID, len(topics))
	for i := range topics {
		ids[i] = topics[i].ID
	}
	words, err := s.Store.Subscriptions(ctx, w, v.Person, ids...)
	if err != nil {
		return nil, "", err
	}
	views := make([]TopicView, len(topics))
	for i := range topics {
		views[i] = TopicView{Topic: &topics[i], Subscribed: v.Follows(&topics[i], words[topics[i].ID])}
	}
	return views, next, nil
}

// shelve refuses a topic that is none. An item that names none stands on the default topic,
// where everybody sees it.
func shelve(ctx context.Context, r Reader, item *advocacy.LibraryItem) error {
	if item.Topic == "" {
		topic, err := r.DefaultTopic(ctx, item.Workspace)
		if err == nil {
			item.Topic = topic.ID
		}
		return err
	}
	_, err := r.Topic(ctx, item.Workspace, item.Topic)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return advocacy.InvalidField("topic", "TOPIC_NOT_FOUND", "there is no topic %q in this workspace", item.Topic)
	}
	return err
}
