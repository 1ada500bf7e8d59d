package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// DiscussionReader reads what people say about posts and items.
type DiscussionReader interface {
	Thread(ctx context.Context, s advocacy.Subject, id advocacy.ThreadID) (*advocacy.Thread, error)
	Threads(ctx context.Context, q ThreadQuery) ([]advocacy.Thread, string, error)
	// OpenThreads returns the open threads that hold the subject up, oldest first.
	OpenThreads(ctx context.Context, s advocacy.Subject) ([]advocacy.Thread, error)
	Comment(ctx context.Context, s advocacy.Subject, thread advocacy.ThreadID, id advocacy.CommentID) (*advocacy.Comment, error)
	// Comments returns the answers in a thread.
	Comments(ctx context.Context, s advocacy.Subject, id advocacy.ThreadID, p Page) ([]advocacy.Comment, string, error)
	// Mentions returns what asks for a person's attention.
	Mentions(ctx context.Context, w advocacy.WorkspaceID, person advocacy.PersonID, p Page) ([]advocacy.Mention, string, error)
}

// DiscussionWriter writes what people say about posts and items. Who writes holds the
// subject, so no two do at once.
type DiscussionWriter interface {
	AddThread(ctx context.Context, t *advocacy.Thread) error
	// SaveThread writes State, Resolver, ResolveTime and raises Version; Conflict when it
	// moved.
	SaveThread(ctx context.Context, t *advocacy.Thread) error
	AddComment(ctx context.Context, c *advocacy.Comment) error
	AddMentions(ctx context.Context, mentions ...advocacy.Mention) error
}

// ThreadQuery selects the threads of a subject.
type ThreadQuery struct {
	Page
	Subject advocacy.Subject
	// State restricts when not empty, Blocking to those that hold the subject up.
	State    advocacy.ThreadState
	Blocking bool
}

// ThreadDraft is what a client says of a new thread.
type ThreadDraft struct {
	// Revision is what was on the screen; 0 is the newest.
	Revision int
	Anchor   advocacy.Anchor
	Blocking bool
	// Role is the approver's role to speak under, empty for any the caller holds.
	Role     advocacy.Role
	Text     string
	Mentions []advocacy.PersonID
}

// CommentDraft is what a client says in a thread.
type CommentDraft struct {
	Text     string
	Mentions []advocacy.PersonID
}

// OpenThread begins a discussion about a revision of a post or item. A blocking one keeps
// it from going out, and stops what is scheduled.
func (s *Service) OpenThread(ctx context.Context, c Call, sub advocacy.Subject, d ThreadDraft) (*advocacy.Thread, error) {
	if err := check.RefuseLine("thread.text", d.Text); err != nil {
		return nil, err
	}
	return act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (*advocacy.Thread, string, error) {
		t, err := s.openThread(ctx, tx, c, sub, d)
		if err != nil {
			return nil, "", err
		}
		return t, string(t.ID), nil
	}, s.threadAgain(sub))
}

func (s *Service) threadAgain(sub advocacy.Subject) func(context.Context, Tx, string) (*advocacy.Thread, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Thread, error) {
		return tx.Thread(ctx, sub, advocacy.ThreadID(id))
	}
}

func (s *Service) openThread(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, d ThreadDraft) (*advocacy.Thread, error) {
	f, err := s.lockForum(ctx, tx, c, sub)
	if err != nil {
		return nil, err
	}
	role, err := f.who.GuardOpen(d.Blocking, d.Role)
	if err != nil {
		return nil, err
	}
	if err := s.guardAnchor(ctx, tx, f, &d); err != nil {
		return nil, err
	}
	t := &advocacy.Thread{
		Subject: sub, ID: advocacy.ThreadID(s.NewID()), Revision: d.Revision, Anchor: d.Anchor, Text: d.Text,
		Blocking: d.Blocking, Role: role, State: advocacy.ThreadOpen, Opener: c.Actor.Person, CreateTime: tx.Now(),
	}
	if err := tx.AddThread(ctx, t); err != nil {
		return nil, err
	}
	// Whoever answers for the subject learns of it.
	told := d.Mentions
	if f.owner != c.Actor.Person && !slices.Contains(told, f.owner) {
		told = append(slices.Clone(told), f.owner)
	}
	if err := s.mention(ctx, tx, f, t, "", told); err != nil {
		return nil, err
	}
	err = s.record(ctx, tx, c, sub.Workspace, fact{
		action: "thread.opened", subject: t.Name(), parent: sub.Name(),
		detail: map[string]any{"revision": t.Revision, "blocking": t.Blocking, "role": t.Role, "text": t.Text, "mentions": d.Mentions},
	})
	if err != nil || !t.Blocking {
		return t, err
	}
	return t, s.heldUp(ctx, tx, c, f)
}

// guardAnchor reads the revision a thread is about and looks for the words it quotes.
func (s *Service) guardAnchor(ctx context.Context, tx Tx, f *forum, d *ThreadDraft) error {
	revision := f.head
	if d.Revision == 0 {
		d.Revision = revision.Number
	}
	if d.Revision != revision.Number {
		var err error
		if revision, err = tx.Revision(ctx, f.sub, d.Revision); err != nil {
			return err
		}
	}
	manifest, err := advocacy.ParseManifest(revision.Manifest)
	if err != nil {
		return err
	}
	return d.Anchor.Guard(manifest)
}

// ResolveThread answers a discussion. With the last that blocks, what everybody signed
// goes its way.
func (s *Service) ResolveThread(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.ThreadID, version int64) (*advocacy.Thread, error) {
	return s.turnThread(ctx, c, sub, id, version, func(t *advocacy.Thread, f *forum) error { return t.Resolve(f.who, f.now) })
}

// ReopenThread opens a discussion that was resolved.
func (s *Service) ReopenThread(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.ThreadID, version int64) (*advocacy.Thread, error) {
	return s.turnThread(ctx, c, sub, id, version, func(t *advocacy.Thread, f *forum) error { return t.Reopen(f.who) })
}

// turnThread moves a thread and computes again what it holds up.
func (s *Service) turnThread(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.ThreadID, version int64, turn func(*advocacy.Thread, *forum) error) (*advocacy.Thread, error) {
	return act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (*advocacy.Thread, string, error) {
		f, err := s.lockForum(ctx, tx, c, sub)
		if err != nil {
			return nil, "", err
		}
		t, err := tx.Thread(ctx, sub, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(version, t.Version); err != nil {
			return nil, "", err
		}
		if err := turn(t, f); err != nil {
			return nil, "", err
		}
		if err := tx.SaveThread(ctx, t); err != nil {
			return nil, "", err
		}
		action := map[advocacy.ThreadState]string{advocacy.ThreadOpen: "thread.reopened", advocacy.ThreadResolved: "thread.resolved"}
		err = s.record(ctx, tx, c, sub.Workspace, fact{
			action: action[t.State], subject: t.Name(), parent: sub.Name(), detail: map[string]any{"blocking": t.Blocking},
		})
		if err != nil || !t.Blocking {
			return t, string(t.ID), err
		}
		return t, string(t.ID), s.heldUp(ctx, tx, c, f)
	}, s.threadAgain(sub))
}

// heldUp computes the newest round of a subject again after what holds it up changed.
func (s *Service) heldUp(ctx context.Context, tx Tx, c Call, f *forum) error {
	if f.round == 0 {
		return nil
	}
	u, err := s.lockUnderReview(ctx, tx, c, f.sub, f.round)
	if err != nil || !u.counts() {
		return err
	}
	if begun, err := s.sent(ctx, tx, u); err != nil {
		return err
	} else if begun { // guard: nothing is held up that is leaving
		return advocacy.Refuse("PUBLISHING", "a request has begun; recall what was published instead")
	}
	return s.recount(ctx, tx, c, u)
}

// AddComment answers in a discussion.
func (s *Service) AddComment(ctx context.Context, c Call, sub advocacy.Subject, id advocacy.ThreadID, d CommentDraft) (*advocacy.Comment, error) {
	if err := check.RefuseLine("comment.text", d.Text); err != nil {
		return nil, err
	}
	return act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (*advocacy.Comment, string, error) {
		f, err := s.lockForum(ctx, tx, c, sub)
		if err != nil {
			return nil, "", err
		}
		t, err := tx.Thread(ctx, sub, id)
		if err != nil {
			return nil, "", err
		}
		said := &advocacy.Comment{
			Subject: sub, Thread: id, ID: advocacy.CommentID(s.NewID()), Person: c.Actor.Person, Text: d.Text, CreateTime: tx.Now(),
		}
		if err := tx.AddComment(ctx, said); err != nil {
			return nil, "", err
		}
		if err := s.mention(ctx, tx, f, t, said.ID, d.Mentions); err != nil {
			return nil, "", err
		}
		return said, string(said.ID), s.record(ctx, tx, c, sub.Workspace, fact{
			action: "thread.commented", subject: said.Name(), parent: sub.Name(),
			detail: map[string]any{"text": said.Text, "mentions": d.Mentions},
		})
	}, func(ctx context.Context, tx Tx, said string) (*advocacy.Comment, error) {
		return tx.Comment(ctx, sub, id, advocacy.CommentID(said))
	})
}
