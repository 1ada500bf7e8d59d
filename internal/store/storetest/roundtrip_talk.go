package storetest

import (
	"context"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

var receiptTrip = trip[advocacy.Receipt]{
	fix: func(_ *rapid.T, h *house, r *advocacy.Receipt) {
		person := h.member(advocacy.PersonID(id("person")))
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMember(ctx, person) })
		r.Subject, r.Round, r.Digest, r.Person = h.review.Subject, h.review.Round, h.review.Digest, person.Person
	},
	add: func(ctx context.Context, tx workflow.Tx, r *advocacy.Receipt) error {
		_, err := tx.AddReceipt(ctx, r)
		return err
	},
	read: func(ctx context.Context, s *store.Store, r *advocacy.Receipt) (*advocacy.Receipt, error) {
		return receiptOf(ctx, s, r)
	},
}

var threadTrip = trip[advocacy.Thread]{
	fix: func(t *rapid.T, h *house, d *advocacy.Thread) {
		d.Subject, d.ID, d.Revision, d.Opener = h.review.Subject, advocacy.ThreadID(id("thread")), 1, h.approver
		d.State = some(t, advocacy.ThreadStates(), "state")
	},
	add:  func(ctx context.Context, tx workflow.Tx, d *advocacy.Thread) error { return tx.AddThread(ctx, d) },
	save: func(ctx context.Context, tx workflow.Tx, d *advocacy.Thread) error { return tx.SaveThread(ctx, d) },
	read: func(ctx context.Context, s *store.Store, d *advocacy.Thread) (*advocacy.Thread, error) {
		return s.Thread(ctx, d.Subject, d.ID)
	},
	change: func(was, next *advocacy.Thread) {
		state, resolver, at := next.State, next.Resolver, next.ResolveTime
		*next = *was
		next.State, next.Resolver, next.ResolveTime = state, resolver, at
	},
}

// thread is a discussion of the house's draft; it is not stored.
func (h *house) thread() *advocacy.Thread {
	return &advocacy.Thread{
		Subject: h.review.Subject, ID: advocacy.ThreadID(id("thread")), Revision: 1, Text: "why", Opener: h.approver,
		State: advocacy.ThreadOpen, CreateTime: start,
	}
}

// opened is a stored discussion of the house's draft.
func (h *house) opened() *advocacy.Thread {
	d := h.thread()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddThread(ctx, d) })
	return d
}

var commentTrip = trip[advocacy.Comment]{
	fix: func(_ *rapid.T, h *house, c *advocacy.Comment) {
		c.Subject, c.Thread, c.ID, c.Person = h.review.Subject, h.opened().ID, advocacy.CommentID(id("comment")), h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, c *advocacy.Comment) error { return tx.AddComment(ctx, c) },
	read: func(ctx context.Context, s *store.Store, c *advocacy.Comment) (*advocacy.Comment, error) {
		return s.Comment(ctx, c.Subject, c.Thread, c.ID)
	},
}

var mentionTrip = trip[advocacy.Mention]{
	fix: func(_ *rapid.T, h *house, m *advocacy.Mention) {
		m.Workspace, m.ID, m.Person = h.ws, advocacy.MentionID(id("mention")), h.author
		m.Subject, m.Thread = h.review.Subject, h.opened().ID
	},
	add: func(ctx context.Context, tx workflow.Tx, m *advocacy.Mention) error { return tx.AddMentions(ctx, *m) },
	read: func(ctx context.Context, s *store.Store, m *advocacy.Mention) (*advocacy.Mention, error) {
		all, _, err := s.Mentions(ctx, m.Workspace, m.Person, workflow.Page{Size: 1})
		if err != nil || len(all) == 0 {
			return nil, err
		}
		return &all[0], nil
	},
}

var suggestionTrip = trip[advocacy.Suggestion]{
	fix: func(t *rapid.T, h *house, g *advocacy.Suggestion) {
		g.Subject, g.ID, g.Revision = h.review.Subject, advocacy.SuggestionID(id("suggestion")), 1
		g.Digest, g.Person = h.review.Digest, h.approver
		g.State = some(t, advocacy.SuggestionStates()[:3], "state")
	},
	add: func(ctx context.Context, tx workflow.Tx, g *advocacy.Suggestion) error {
		return tx.AddSuggestion(ctx, g)
	},
	save: func(ctx context.Context, tx workflow.Tx, g *advocacy.Suggestion) error {
		return tx.SaveSuggestion(ctx, g)
	},
	read: func(ctx context.Context, s *store.Store, g *advocacy.Suggestion) (*advocacy.Suggestion, error) {
		return s.Suggestion(ctx, g.Subject, g.ID)
	},
	change: func(was, next *advocacy.Suggestion) {
		state, accepted, resolver, reason, at := next.State, next.Accepted, next.Resolver, next.Reason, next.ResolveTime
		*next = *was
		next.State, next.Accepted, next.Resolver, next.Reason, next.ResolveTime = state, accepted, resolver, reason, at
	},
}
