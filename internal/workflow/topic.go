package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// CreateTopic adds a shelf to the library.
func (s *Service) CreateTopic(ctx context.Context, c Call, w advocacy.WorkspaceID, d TopicDraft) (*advocacy.Topic, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Topic, string, error) {
		t := &advocacy.Topic{
			Workspace: w, ID: d.ID, DisplayName: d.DisplayName, Description: d.Description, Closed: d.Closed, Members: d.Members,
			CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := s.guardTopic(ctx, tx, t); err != nil {
			return nil, "", err
		}
		if err := tx.AddTopic(ctx, t); err != nil {
			return nil, "", err
		}
		return t, string(t.ID), s.recordTopic(ctx, tx, c, t, "topic.created")
	}, topicAgain(w))
}

// UpdateTopic changes a shelf.
func (s *Service) UpdateTopic(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TopicID, d TopicChange) (*advocacy.Topic, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Topic, string, error) {
		t, err := tx.Topic(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, t.Version); err != nil {
			return nil, "", err
		}
		set(&t.DisplayName, d.DisplayName)
		set(&t.Description, d.Description)
		set(&t.Closed, d.Closed)
		set(&t.Members, d.Members)
		t.UpdateTime = tx.Now()
		if err := s.guardTopic(ctx, tx, t); err != nil {
			return nil, "", err
		}
		if err := tx.SaveTopic(ctx, t); err != nil {
			return nil, "", err
		}
		return t, string(id), s.recordTopic(ctx, tx, c, t, "topic.updated")
	}, topicAgain(w))
}

func topicAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.Topic, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Topic, error) {
		return tx.Topic(ctx, w, advocacy.TopicID(id))
	}
}

func (s *Service) guardTopic(ctx context.Context, r Reader, t *advocacy.Topic) error {
	if err := check.RefuseLine("topic.display_name", t.DisplayName); err != nil {
		return err
	}
	if err := check.RefuseLine("topic.description", t.Description); err != nil {
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
	name := t.Workspace.Name() + "/topics/" + string(t.ID)
	return s.record(ctx, tx, c, t.Workspace, fact{
		action: action, subject: name, parent: name,
		detail: map[string]any{"display_name": t.DisplayName, "closed": t.Closed, "members": t.Members},
	})
}

// Topic returns a shelf the caller may see.
func (s *Service) Topic(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TopicID) (*advocacy.Topic, error) {
	t, err := s.Store.Topic(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if t.Closed && !c.seesClosedTopics() && !slices.Contains(t.Members, c.Actor.Person) {
		return nil, advocacy.Missing("TOPIC_NOT_FOUND", "there is no topic %q that you may see", id)
	}
	return t, nil
}

func (c Call) seesClosedTopics() bool { return c.may(mayUpdateTopics) || c.worksOnItems() }

// Topics lists the shelves the caller may see.
func (s *Service) Topics(ctx context.Context, c Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Topic, string, error) {
	viewer := c.Actor.Person
	if c.seesClosedTopics() {
		viewer = ""
	}
	return s.Store.Topics(ctx, w, viewer, p)
}

// AddMedia keeps a picture that was accepted. The bytes are written before the row, so
// that a row always has its bytes.
func (s *Service) AddMedia(ctx context.Context, c Call, w advocacy.WorkspaceID, u Upload) (*advocacy.Media, error) {
	if err := s.Blobs.Put(ctx, u.Blob, u.Data); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Media, string, error) {
		m := &advocacy.Media{
			Workspace: w, Blob: u.Blob, ContentType: u.ContentType, Width: u.Width, Height: u.Height, Size: int64(len(u.Data)),
			Uploader: c.Actor.Person, CreateTime: tx.Now(),
		}
		if err := tx.AddMedia(ctx, m); err != nil {
			return nil, "", err
		}
		kept, err := tx.Media(ctx, w, u.Blob)
		if err != nil {
			return nil, "", err
		}
		name := w.Name() + "/media/" + advocacy.Digest(u.Blob).Hex()
		return kept, u.Blob, s.record(ctx, tx, c, w, fact{
			action: "media.uploaded", subject: name, parent: name,
			detail: map[string]any{"content_type": u.ContentType, "size": len(u.Data)},
		})
	}, func(ctx context.Context, tx Tx, blob string) (*advocacy.Media, error) { return tx.Media(ctx, w, blob) })
}

// Media returns what is known of a picture of the workspace.
func (s *Service) Media(ctx context.Context, _ Call, w advocacy.WorkspaceID, blob string) (*advocacy.Media, error) {
	return s.Store.Media(ctx, w, blob)
}

// MediaList lists the pictures of the workspace.
func (s *Service) MediaList(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Media, string, error) {
	return s.Store.MediaList(ctx, w, p)
}

// MediaBytes returns a picture of the workspace with its bytes.
func (s *Service) MediaBytes(ctx context.Context, _ Call, w advocacy.WorkspaceID, blob string) (*advocacy.Media, []byte, error) {
	m, err := s.Store.Media(ctx, w, blob)
	if err != nil {
		return nil, nil, err
	}
	data, err := s.Blobs.Get(ctx, blob)
	return m, data, err
}
