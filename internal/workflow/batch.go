package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// batchMost is how many decisions can be ordered at once.
const batchMost = 25

// BatchItemState is what became of one decision of a batch.
type BatchItemState string

const (
	// BatchPending waits to be carried out.
	BatchPending BatchItemState = "pending"
	// BatchDecided was said.
	BatchDecided BatchItemState = "decided"
	// BatchFailed was refused, and nothing of it remains.
	BatchFailed BatchItemState = "failed"
)

// Batch is several decisions that one person ordered at once. Each is carried out on its
// own, in the session it was ordered in, by the same guards as one said alone.
type Batch struct {
	Workspace advocacy.WorkspaceID
	ID        advocacy.BatchID
	Person    advocacy.PersonID
	Session   string
	// Rules is the rule set of the first item, which all have to share.
	Rules      string
	CreateTime time.Time
	Items      []BatchItem
}

// BatchItem is one decision of a batch and what became of it.
type BatchItem struct {
	// Position counts from 0.
	Position int
	Subject  advocacy.Subject
	Round    int
	Verdict  Verdict
	State    BatchItemState
	Decision advocacy.DecisionID
	// Code and Message say why it failed.
	Code    string
	Message string
	EndTime time.Time
}

// Name returns the resource name of the batch.
func (b *Batch) Name() string { return b.Workspace.Name() + "/reviewBatches/" + string(b.ID) }

// BatchDecide orders several decisions. It answers at once; what became of each is in the
// batch.
func (s *Service) BatchDecide(ctx context.Context, c Call, w advocacy.WorkspaceID, items []BatchItem) (*Batch, error) {
	if err := guardBatchItems(items); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Batch, string, error) {
		b := &Batch{
			Workspace: w, ID: advocacy.BatchID(s.NewID()), Person: c.Actor.Person, Session: c.Actor.Session,
			CreateTime: tx.Now(), Items: items,
		}
		for i := range b.Items {
			b.Items[i].Position, b.Items[i].State = i, BatchPending
		}
		first, err := s.asksOf(ctx, tx, c, items[0])
		if err != nil {
			return nil, "", err
		}
		b.Rules = first.RuleSet()
		if err := tx.AddBatch(ctx, b); err != nil {
			return nil, "", err
		}
		job := advocacy.Job{Kind: JobBatch, Unique: string(b.ID)}
		if err := enqueue(ctx, tx, job, BatchJob{Workspace: w, Batch: b.ID}); err != nil {
			return nil, "", err
		}
		return b, string(b.ID), s.record(ctx, tx, c, w, fact{
			action: "review_batch.ordered", subject: b.Name(), detail: map[string]any{"items": len(items)},
		})
	}, func(ctx context.Context, tx Tx, id string) (*Batch, error) {
		return tx.Batch(ctx, w, advocacy.BatchID(id))
	})
}

// asksOf is what is asked of an item now: by the plan it was opened with and by the rules in force,
// which may have come since, as each of the batch will be counted.
func (s *Service) asksOf(ctx context.Context, tx Tx, c Call, i BatchItem) (advocacy.Plan, error) {
	head, err := s.newestSeen(ctx, tx, c, i.Subject)
	if err != nil {
		return advocacy.Plan{}, err
	}
	review, err := tx.Review(ctx, i.Subject, i.Round)
	if err != nil {
		return advocacy.Plan{}, err
	}
	cs, err := s.readCase(ctx, tx, &Reading{Review: review, Revision: head})
	if err != nil {
		return advocacy.Plan{}, err
	}
	return review.Plan.Join(cs.Floor), nil
}

// newestSeen is the newest revision of what the caller may see the newest revision of, read with it.
func (s *Service) newestSeen(ctx context.Context, r Reader, c Call, sub advocacy.Subject) (*advocacy.Revision, error) {
	if sub.Kind == advocacy.SubjectPost {
		p, of, err := r.PostWithHead(ctx, sub.Workspace, advocacy.PostID(sub.ID))
		if err != nil {
			return nil, err
		}
		if !c.seesPost(p) { // guard: what somebody may not see is not there
			return nil, postMissing(p.ID)
		}
		return of.Revision, nil
	}
	item, err := s.visibleItem(ctx, r, c, sub.Workspace, advocacy.ItemID(sub.ID))
	if err != nil {
		return nil, err
	}
	if !c.worksOnItems() {
		return nil, advocacy.Missing("REVISION_NOT_FOUND", "there is no such revision that you may see")
	}
	return r.Revision(ctx, sub, item.Head)
}

// guardBatchItems refuses what is no batch: none, too many, or one thing twice.
func guardBatchItems(items []BatchItem) error {
	if len(items) == 0 || len(items) > batchMost {
		return advocacy.InvalidField("items", "BATCH_SIZE", "order between 1 and %d decisions at once", batchMost)
	}
	for i := range items {
		if err := check.RefuseLine("items.reason", items[i].Verdict.Reason); err != nil {
			return err
		}
		same := func(o BatchItem) bool { return o.Subject == items[i].Subject }
		if slices.IndexFunc(items, same) != i {
			return advocacy.InvalidField("items", "BATCH_DUPLICATE", "each post or item can be decided once in a batch")
		}
	}
	return nil
}

// Batch returns a batch to who ordered it, and to who may see everything.
func (s *Service) Batch(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.BatchID) (*Batch, error) {
	b, err := s.Store.Batch(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if b.Person != c.Actor.Person && !c.may(mayReadAllPosts) {
		return nil, advocacy.Missing("BATCH_NOT_FOUND", "there is no such batch")
	}
	return b, nil
}

// RunBatch carries out what is still pending of a batch. It can be run again at any time:
// a decision and the end of its item are one transaction. What breaks at one item keeps no other.
func (s *Service) RunBatch(ctx context.Context, w advocacy.WorkspaceID, id advocacy.BatchID) error {
	b, err := s.Store.Batch(ctx, w, id)
	if err != nil {
		return err
	}
	pending := slices.DeleteFunc(slices.Clone(b.Items), func(i BatchItem) bool { return i.State != BatchPending })
	_, err = eachOnItsOwn(ctx, pending, func(i *BatchItem) error { return s.runBatchItem(ctx, b, *i) })
	return err
}

func (s *Service) runBatchItem(ctx context.Context, b *Batch, i BatchItem) error {
	err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		c, err := s.batchCall(ctx, tx, b)
		if err != nil {
			return err
		}
		v := i.Verdict
		v.Batched = &b.Rules
		d, _, err := s.decide(ctx, tx, c, i.Subject, i.Round, v)
		if err != nil {
			return err
		}
		return tx.EndBatchItem(ctx, b.Workspace, b.ID, i.ended(tx, BatchDecided, d.ID, nil))
	})
	refusal, refused := errors.AsType[*advocacy.Error](err)
	switch {
	case err == nil || advocacy.ReasonOf(err) == batchItemEnded:
		return nil
	case !refused || refusal.Kind == advocacy.Internal || refusal.Kind == advocacy.Unavailable:
		return err // it is tried again
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.EndBatchItem(ctx, b.Workspace, b.ID, i.ended(tx, BatchFailed, "", refusal))
	})
	if advocacy.ReasonOf(err) == batchItemEnded {
		return nil
	}
	return err
}

// batchItemEnded is the refusal of a second end.
const batchItemEnded = "BATCH_ITEM_ENDED"

func (i BatchItem) ended(tx Tx, state BatchItemState, id advocacy.DecisionID, refusal *advocacy.Error) *BatchItem {
	i.State, i.Decision, i.EndTime = state, id, tx.Now()
	if refusal != nil {
		i.Code, i.Message = refusal.Reason, refusal.Message
	}
	return &i
}

// batchCall is a call of who ordered the batch, in the session it was ordered in, with
// the rights the person has now. A session that has ended carries nothing out.
func (s *Service) batchCall(ctx context.Context, tx Tx, b *Batch) (Call, error) {
	session, err := tx.Session(ctx, b.Workspace, b.Session)
	if err != nil {
		return Call{}, err
	}
	now := tx.Now()
	if !session.RevokeTime.IsZero() || !now.Before(session.ExpireTime) { // guard: a batch ends with its session
		return Call{}, &advocacy.Error{Kind: advocacy.Unauthenticated, Reason: "SESSION_REVOKED", Message: "the session this was ordered in has ended"}
	}
	m, err := tx.Member(ctx, b.Workspace, b.Person)
	if err != nil {
		return Call{}, err
	}
	permissions, err := permissionsOf(ctx, tx, m)
	if err != nil {
		return Call{}, err
	}
	if !m.Active() || !permissions[mayDecide] {
		return Call{}, advocacy.Deny("PERMISSION_DENIED", "whoever ordered this may not decide any more")
	}
	return Call{
		Actor: advocacy.Actor{
			Kind: advocacy.Human, Workspace: b.Workspace, Person: b.Person, Session: b.Session, Roles: m.RoleNames(), StepUpTime: session.StepUpTime,
		},
		May: func(p advocacy.Permission) bool { return permissions[p] },
	}, nil
}

// permissionsOf are what a member's roles give now. As package authz has it, only an
// approver's role gives the right to decide.
func permissionsOf(ctx context.Context, r Reader, m *advocacy.Member) (map[advocacy.Permission]bool, error) {
	given := make(map[advocacy.Permission]bool)
	for _, name := range m.RoleNames() {
		def, err := r.Role(ctx, m.Workspace, name)
		if err != nil {
			return nil, err
		}
		for _, p := range def.Permissions {
			given[p] = given[p] || p != mayDecide || name.Approver()
		}
	}
	return given, nil
}
