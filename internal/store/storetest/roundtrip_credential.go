package storetest

import (
	"context"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

var apiKeyTrip = trip[advocacy.APIKey]{
	fix: func(_ *rapid.T, h *house, k *advocacy.APIKey) {
		k.Workspace, k.ID, k.Owner, k.SecretHash = h.ws, advocacy.KeyID(id("key")), h.author, []byte(id("secret"))
	},
	add:  func(ctx context.Context, tx workflow.Tx, k *advocacy.APIKey) error { return tx.AddAPIKey(ctx, k) },
	save: func(ctx context.Context, tx workflow.Tx, k *advocacy.APIKey) error { return tx.SaveAPIKey(ctx, k) },
	read: func(ctx context.Context, s *store.Store, k *advocacy.APIKey) (*advocacy.APIKey, error) {
		found, _, _, err := s.FindAPIKey(ctx, k.SecretHash)
		if err != nil {
			return nil, err
		}
		return s.APIKey(ctx, found.Workspace, found.ID)
	},
	change: func(was, next *advocacy.APIKey) {
		name, permissions, expire, revoke := next.DisplayName, next.Permissions, next.ExpireTime, next.RevokeTime
		*next = *was
		next.DisplayName, next.Permissions, next.ExpireTime, next.RevokeTime = name, permissions, expire, revoke
	},
}

var sessionTrip = trip[advocacy.Session]{
	fix: func(_ *rapid.T, h *house, v *advocacy.Session) {
		v.Workspace, v.ID, v.Person, v.TokenHash = h.ws, id("session"), h.author, []byte(id("token"))
	},
	add: func(ctx context.Context, tx workflow.Tx, v *advocacy.Session) error { return tx.AddSession(ctx, v) },
	read: func(ctx context.Context, s *store.Store, v *advocacy.Session) (*advocacy.Session, error) {
		found, _, _, err := s.FindSession(ctx, v.TokenHash)
		return found, err
	},
}

var linkTrip = trip[advocacy.SignInLink]{
	fix: func(_ *rapid.T, h *house, l *advocacy.SignInLink) {
		l.Workspace, l.ID, l.Person, l.TokenHash = h.ws, id("link"), h.author, []byte(id("token"))
		l.ExpireTime, l.UseTime = start.AddDate(1, 0, 0), start
	},
	add: func(ctx context.Context, tx workflow.Tx, l *advocacy.SignInLink) error {
		unused := *l
		unused.UseTime = time.Time{}
		return tx.AddSignInLink(ctx, &unused)
	},
	read: func(ctx context.Context, s *store.Store, l *advocacy.SignInLink) (used *advocacy.SignInLink, err error) {
		err = s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
			used, err = tx.UseSignInLink(ctx, l.TokenHash, l.UseTime)
			return err
		})
		return used, err
	},
}

var accountTrip = trip[advocacy.SocialAccount]{
	fix: func(t *rapid.T, h *house, a *advocacy.SocialAccount) {
		a.Workspace, a.ID = h.ws, advocacy.AccountID(id("account"))
		a.State = some(t, advocacy.AccountStates(), "state")
	},
	add: func(ctx context.Context, tx workflow.Tx, a *advocacy.SocialAccount) error {
		return tx.AddAccount(ctx, a, []byte("sealed"))
	},
	save: func(ctx context.Context, tx workflow.Tx, a *advocacy.SocialAccount) error {
		return tx.SaveAccount(ctx, a, nil)
	},
	read: func(ctx context.Context, s *store.Store, a *advocacy.SocialAccount) (*advocacy.SocialAccount, error) {
		return s.Account(ctx, a.Workspace, a.ID)
	},
	change: func(was, next *advocacy.SocialAccount) {
		next.ID, next.Network, next.Version, next.CreateTime = was.ID, was.Network, was.Version, was.CreateTime
	},
}

var publicationTrip = trip[advocacy.Publication]{
	fix: func(t *rapid.T, h *house, x *advocacy.Publication) {
		x.Workspace, x.ID, x.Post, x.Account = h.ws, advocacy.PublicationID(id("publication")), h.draft.ID, h.account
		x.Round, x.Digest, x.Revision = h.review.Round, h.review.Digest, number()
		x.State = some(t, advocacy.PublicationStates(), "state")
		x.Shown = some(t, advocacy.ShownStates(), "shown")
		x.Comparison = some(t, advocacy.Comparisons(), "comparison")
		x.Evidence = some(t, []advocacy.Evidence{"", advocacy.Answered, advocacy.Found, advocacy.Told}, "evidence")
	},
	add: func(ctx context.Context, tx workflow.Tx, x *advocacy.Publication) error {
		return tx.AddPublication(ctx, x)
	},
	save: func(ctx context.Context, tx workflow.Tx, x *advocacy.Publication) error {
		return tx.SavePublication(ctx, x)
	},
	read: func(ctx context.Context, s *store.Store, x *advocacy.Publication) (*advocacy.Publication, error) {
		return s.Publication(ctx, x.Workspace, x.ID)
	},
	change: func(was, next *advocacy.Publication) {
		next.ID, next.Post, next.Digest, next.Network, next.Likeness = was.ID, was.Post, was.Digest, was.Network, was.Likeness
		next.Revision, next.Version, next.CreateTime = was.Revision, was.Version, was.CreateTime
		next.Epoch = was.Epoch + 1
	},
}

var recallTrip = trip[advocacy.Recall]{
	fix: func(t *rapid.T, h *house, r *advocacy.Recall) {
		r.Workspace, r.ID, r.Item = h.ws, advocacy.RecallID(id("recall")), h.item()
		r.Scopes = rapid.Permutation(advocacy.RecallScopes()).Draw(t, "scopes")
		r.EndTime = time.Time{}
	},
	add: func(ctx context.Context, tx workflow.Tx, r *advocacy.Recall) error { return tx.AddRecall(ctx, r) },
	save: func(ctx context.Context, tx workflow.Tx, r *advocacy.Recall) error {
		return tx.SaveRecall(ctx, r)
	},
	read: func(ctx context.Context, s *store.Store, r *advocacy.Recall) (*advocacy.Recall, error) {
		return s.Recall(ctx, r.Workspace, r.ID)
	},
	change: func(was, next *advocacy.Recall) {
		*next = *was
		next.FindTime, next.EndTime = sometime(1), sometime(2)
	},
}

var caseTrip = trip[advocacy.CaseFile]{
	fix: func(t *rapid.T, h *house, c *advocacy.CaseFile) {
		x := h.publication()
		x.Revision = number()
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, x) })
		c.Workspace, c.ID, c.Publication = h.ws, advocacy.CaseID(id("case")), x.ID
		c.Kind, c.State, c.Resolution = some(t, advocacy.CaseKinds(), "kind"), advocacy.CaseOpen, ""
	},
	add: func(ctx context.Context, tx workflow.Tx, c *advocacy.CaseFile) error { return tx.AddCase(ctx, c) },
	save: func(ctx context.Context, tx workflow.Tx, c *advocacy.CaseFile) error {
		return tx.SaveCase(ctx, c)
	},
	read: func(ctx context.Context, s *store.Store, c *advocacy.CaseFile) (*advocacy.CaseFile, error) {
		return s.CaseFile(ctx, c.Workspace, c.ID)
	},
	change: func(was, next *advocacy.CaseFile) {
		seen := *next
		*next = *was
		next.Kind, next.Shown, next.Said, next.SeenTime = seen.Kind, seen.Shown, seen.Said, seen.SeenTime
		next.State, next.Resolution = advocacy.CaseClosed, advocacy.CaseTolerated
		next.Reason, next.Closer, next.CloseTime = seen.Reason, seen.Closer, seen.CloseTime
	},
}

var attemptTrip = trip[advocacy.Attempt]{
	fix: func(t *rapid.T, h *house, a *advocacy.Attempt) {
		x := h.publication()
		x.Revision = number()
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, x) })
		a.Workspace, a.Publication, a.Outcome = h.ws, x.ID, "published"+a.Outcome
	},
	add: func(ctx context.Context, tx workflow.Tx, a *advocacy.Attempt) error {
		begun := *a
		begun.Outcome = ""
		return tx.AddAttempt(ctx, &begun)
	},
	// The receipt belongs to the first write: what add kept has none.
	save: func(ctx context.Context, tx workflow.Tx, a *advocacy.Attempt) error { return tx.EndAttempt(ctx, a) },
	read: func(ctx context.Context, s *store.Store, a *advocacy.Attempt) (*advocacy.Attempt, error) {
		all, err := s.Attempts(ctx, a.Workspace, a.Publication)
		if err != nil {
			return nil, err
		}
		if all[0].Outcome == "" {
			all[0].Outcome = a.Outcome
		}
		return &all[0], nil
	},
	change: func(was, next *advocacy.Attempt) {
		end, outcome, answer := next.EndTime, next.Outcome, next.Answer
		*next = *was
		next.EndTime, next.Outcome, next.Answer = end, outcome, answer
	},
}

var holdTrip = trip[advocacy.Hold]{
	fix: func(t *rapid.T, h *house, v *advocacy.Hold) {
		v.Workspace, v.ID = h.ws, advocacy.HoldID(id("hold"))
		v.Scope = some(t, advocacy.HoldScopes(), "scope")
	},
	add:  func(ctx context.Context, tx workflow.Tx, v *advocacy.Hold) error { return tx.AddHold(ctx, v) },
	save: func(ctx context.Context, tx workflow.Tx, v *advocacy.Hold) error { return tx.SaveHold(ctx, v) },
	read: func(ctx context.Context, s *store.Store, v *advocacy.Hold) (*advocacy.Hold, error) {
		return s.Hold(ctx, v.Workspace, v.ID)
	},
	change: func(was, next *advocacy.Hold) {
		release, releaser, reason, why := next.ReleaseTime, next.Releaser, next.ReleaseReason, next.Reason
		*next = *was
		next.ReleaseTime, next.Releaser, next.ReleaseReason, next.Reason = release, releaser, reason, why
	},
}

var recordTrip = trip[advocacy.AuditRecord]{
	fix: func(t *rapid.T, h *house, a *advocacy.AuditRecord) {
		a.Workspace, a.ID = h.ws, advocacy.RecordID(id("record"))
		// The trail says who acted; what it took to sign stands in the decision.
		a.Actor.StepUpTime = time.Time{}
		a.Actor.Kind = some(t, []advocacy.ActorKind{advocacy.Human, advocacy.Machine, advocacy.System}, "kind")
	},
	add: func(ctx context.Context, tx workflow.Tx, a *advocacy.AuditRecord) error { return tx.Record(ctx, *a) },
	read: func(ctx context.Context, s *store.Store, a *advocacy.AuditRecord) (*advocacy.AuditRecord, error) {
		got, err := s.AuditRecord(ctx, a.Workspace, a.ID)
		if err == nil && got.Sequence > 0 {
			// The database gives it.
			got.Sequence = a.Sequence
		}
		return got, err
	},
}

var requestTrip = trip[workflow.Request]{
	fix: func(_ *rapid.T, h *house, r *workflow.Request) { r.Workspace, r.ID = h.ws, id("request") },
	add: func(ctx context.Context, tx workflow.Tx, r *workflow.Request) error { return tx.AddRequest(ctx, *r) },
	read: func(ctx context.Context, s *store.Store, r *workflow.Request) (found *workflow.Request, err error) {
		err = s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
			found, err = tx.FindRequest(ctx, r.Workspace, r.Caller, r.ID)
			return err
		})
		return found, err
	},
}

var entryTrip = trip[wall.Entry]{
	fix: func(_ *rapid.T, h *house, e *wall.Entry) {
		e.Workspace, e.Publication = h.ws, advocacy.PublicationID(id("publication"))
		slices.Sort(e.Media)
	},
	add: func(ctx context.Context, tx workflow.Tx, e *wall.Entry) error { return nil },
	read: func(ctx context.Context, s *store.Store, e *wall.Entry) (*wall.Entry, error) {
		if _, err := s.PutEntry(ctx, *e); err != nil {
			return nil, err
		}
		return s.Entry(ctx, e.Workspace, e.Publication)
	},
}
