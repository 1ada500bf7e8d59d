package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// Publication returns a publication with its attempts.
func (s *Service) Publication(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) (*PublicationView, error) {
	if err := s.seeSubject(ctx, c, advocacy.PostSubject(w, post), 0); err != nil {
		return nil, err
	}
	x, err := s.Store.Publication(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if x.Post != post {
		return nil, publicationMissing(id)
	}
	attempts, err := s.Store.Attempts(ctx, w, id)
	return &PublicationView{Publication: x, Attempts: attempts}, err
}

func publicationMissing(id advocacy.PublicationID) error {
	return advocacy.Missing("PUBLICATION_NOT_FOUND", "there is no publication %q of this post", id)
}

// Publications lists publications: of one post the caller may see, or of all of them.
func (s *Service) Publications(ctx context.Context, c Call, q PublicationQuery) ([]advocacy.Publication, string, error) {
	switch {
	case q.Post != "":
		if err := s.seeSubject(ctx, c, advocacy.PostSubject(q.Workspace, q.Post), 0); err != nil {
			return nil, "", err
		}
	case !c.may(mayReadAllPosts): // guard: a list has the publications of posts that may be seen
		if q.Writer = c.Actor.Person; q.Writer == "" {
			return nil, "", nil
		}
	}
	return s.Store.Publications(ctx, q)
}

// RecallPublication takes one publication back from its network.
func (s *Service) RecallPublication(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID, reason string) (*advocacy.Publication, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return s.onPublication(ctx, c, w, post, id, func(ctx context.Context, tx Tx, x *advocacy.Publication) error {
		if x.State != advocacy.Published {
			return advocacy.Refuse("NOT_PUBLISHED", "no network shows this publication; it is %s", x.State)
		}
		if !s.recallable(x.Network) {
			return advocacy.Refuse("RECALL_UNSUPPORTED", "the network %s cannot take back what it was sent", x.Network)
		}
		return s.requestRecall(ctx, tx, c, x, reason)
	})
}

// ResolvePublication takes a person's word on a publication whose end is not known, or
// lets one that was refused go once more through the gate.
func (s *Service) ResolvePublication(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID, d Resolve) (*advocacy.Publication, error) {
	if c.Actor.Kind != advocacy.Human {
		return nil, advocacy.Deny("MACHINE_CANNOT_DECIDE", "only a person can say what became of a publication")
	}
	if err := check.RefuseLine("reason", d.Reason); err != nil {
		return nil, err
	}
	if d.Resolution == advocacy.ResolveFound && d.URL == "" {
		return nil, advocacy.InvalidField("url", "URL_REQUIRED", "say where it can be seen")
	}
	return s.onPublication(ctx, c, w, post, id, func(ctx context.Context, tx Tx, x *advocacy.Publication) error {
		if x.State != advocacy.Unknown && x.State != advocacy.Refused {
			return advocacy.Refuse("NOTHING_TO_RESOLVE", "this publication is %s; there is nothing to resolve", x.State)
		}
		if err := stale(d.Version, x.Version); err != nil {
			return err
		}
		return s.resolve(ctx, tx, c, x, d)
	})
}

func (s *Service) resolve(ctx context.Context, tx Tx, c Call, x *advocacy.Publication, d Resolve) error {
	before := x.State
	var err error
	switch d.Resolution {
	case advocacy.ResolveFound:
		err = x.Apply(advocacy.EventPublished)
		x.Evidence, x.URL = advocacy.Told, d.URL
	case advocacy.ResolveAbsent:
		err = x.Apply(advocacy.EventRefused)
	case advocacy.ResolveSendAgain:
		err = s.sendAgain(ctx, tx, x)
	default:
		err = advocacy.InvalidField("resolution", "RESOLUTION_UNKNOWN", "%q is no resolution", d.Resolution)
	}
	if err != nil {
		return err
	}
	x.Answer, x.Wait, x.UpdateTime = advocacy.Worded(d.Reason), "", tx.Now()
	if err := tx.SavePublication(ctx, x); err != nil {
		return err
	}
	if err := s.askAboutUnknown(ctx, tx, x, before); err != nil {
		return err
	}
	switch x.State {
	case advocacy.Scheduled:
		err = enqueuePublish(ctx, tx, x)
	case advocacy.Published:
		err = s.RecallIfOrdered(ctx, tx, x)
	case advocacy.Refused:
		err = s.endRecalls(ctx, tx, x)
	}
	if err != nil {
		return err
	}
	return s.record(ctx, tx, c, x.Workspace, fact{
		action: "publication.resolved", subject: x.Name(), parent: advocacy.PostSubject(x.Workspace, x.Post).Name(),
		detail: map[string]any{"before": before, "resolution": d.Resolution, "reason": d.Reason, "url": d.URL, "state": x.State},
	})
}

// sendAgain lets a publication go once more, at once unless the author chose a time that
// is still to come.
func (s *Service) sendAgain(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	p, err := tx.Post(ctx, x.Workspace, x.Post)
	if err != nil {
		return err
	}
	x.DueTime, x.LeaseTime, x.RecallReason = tx.Now(), time.Time{}, "" // who says so knows of the recall
	if p.PublishTime.After(x.DueTime) {
		x.DueTime = p.PublishTime
	}
	return x.Apply(advocacy.EventSendAgain)
}

// onPublication locks the post and one of its publications, changes it and projects.
func (s *Service) onPublication(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID, change func(context.Context, Tx, *advocacy.Publication) error) (*advocacy.Publication, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Publication, string, error) {
		p, _, _, err := s.lockPost(ctx, tx, c, w, post)
		if err != nil {
			return nil, "", err
		}
		x, err := tx.PublicationForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if x.Post != post {
			return nil, "", publicationMissing(id)
		}
		if err := change(ctx, tx, x); err != nil {
			return nil, "", err
		}
		return x, string(id), s.project(ctx, tx, p)
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.Publication, error) {
		return tx.Publication(ctx, w, advocacy.PublicationID(id))
	})
}

// CreateHold stops publishing by scope. It returns when no further request can begin,
// with the publications whose request had begun.
func (s *Service) CreateHold(ctx context.Context, c Call, w advocacy.WorkspaceID, d HoldDraft) (*advocacy.Hold, []advocacy.Publication, error) {
	if err := check.RefuseLine("hold.reason", d.Reason); err != nil {
		return nil, nil, err
	}
	if err := check.RefuseLine("hold.target", d.Target); err != nil {
		return nil, nil, err
	}
	hold, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Hold, string, error) {
		if err := s.guardHoldTarget(ctx, tx, w, d); err != nil {
			return nil, "", err
		}
		h := &advocacy.Hold{
			Workspace: w, ID: advocacy.HoldID(s.NewID()), Scope: d.Scope, Target: d.Target, Reason: d.Reason,
			Holder: c.Actor.Person, Key: c.Actor.Key, CreateTime: tx.Now(),
		}
		if err := tx.AddHold(ctx, h); err != nil {
			return nil, "", err
		}
		return h, string(h.ID), s.record(ctx, tx, c, w, fact{
			action: "hold.created", subject: holdName(h), parent: holdParent(h),
			detail: map[string]any{"scope": h.Scope, "target": h.Target, "reason": h.Reason},
		})
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.Hold, error) {
		return tx.Hold(ctx, w, advocacy.HoldID(id))
	})
	if err != nil {
		return nil, nil, err
	}
	inFlight, err := s.inFlight(ctx, hold)
	return hold, inFlight, err
}

func holdName(h *advocacy.Hold) string { return h.Workspace.Name() + "/holds/" + string(h.ID) }

// holdParent puts a hold on one post into that post's life.
func holdParent(h *advocacy.Hold) string {
	if h.Scope == advocacy.HoldPost {
		return advocacy.PostSubject(h.Workspace, advocacy.PostID(h.Target)).Name()
	}
	return h.Workspace.Name()
}

// inFlight reads after the commit: whatever began before the hold is still visible as
// sending, or was opened by its person, and nothing begins after it.
func (s *Service) inFlight(ctx context.Context, h *advocacy.Hold) ([]advocacy.Publication, error) {
	if !h.Active() {
		return nil, nil
	}
	var out []advocacy.Publication
	for _, state := range []advocacy.PublicationState{advocacy.Sending, advocacy.HandedOver} {
		found, err := s.begun(ctx, h, state)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// begun are the publications in a state that had begun, of what a hold stops. What waits to be
// opened is many for each that was, so all of it is looked through.
func (s *Service) begun(ctx context.Context, h *advocacy.Hold, state advocacy.PublicationState) ([]advocacy.Publication, error) {
	var out []advocacy.Publication
	for after := ""; ; {
		found, next, err := s.Store.Publications(ctx, PublicationQuery{
			Workspace: h.Workspace, State: state, Page: Page{Size: maximumContributions, After: after},
		})
		if err != nil {
			return nil, err
		}
		for i := range found {
			if !found[i].Begun() { // nobody opened it, and nobody can
				continue
			}
			stopped, err := s.covers(ctx, s.Store, h, &found[i])
			if err != nil {
				return nil, err
			}
			if stopped {
				out = append(out, found[i])
			}
		}
		if after = next; next == "" {
			return out, nil
		}
	}
}

func (s *Service) guardHoldTarget(ctx context.Context, r Reader, w advocacy.WorkspaceID, d HoldDraft) error {
	var err error
	switch d.Scope {
	case advocacy.HoldWorkspace:
		if d.Target != "" {
			return advocacy.InvalidField("hold.target", "HOLD_TARGET_UNEXPECTED", "a hold on the workspace has no target")
		}
	case advocacy.HoldNetwork:
		if _, ok := s.Networks[advocacy.Network(d.Target)]; !ok {
			return advocacy.InvalidField("hold.target", "NETWORK_UNKNOWN", "this service does not know the network %q", d.Target)
		}
	case advocacy.HoldAccount:
		_, err = r.Account(ctx, w, advocacy.AccountID(d.Target))
	case advocacy.HoldPerson:
		_, err = r.Member(ctx, w, advocacy.PersonID(d.Target))
	case advocacy.HoldPost:
		_, err = r.Post(ctx, w, advocacy.PostID(d.Target))
	case advocacy.HoldTopic:
		_, err = r.Topic(ctx, w, advocacy.TopicID(d.Target))
	case advocacy.HoldCampaign:
		err = guardCampaign(ctx, r, w, d.Target)
	case advocacy.HoldKeyword:
		_, err = check.NewKeyword(d.Target)
	default:
		return advocacy.InvalidField("hold.scope", "HOLD_SCOPE_UNKNOWN", "%q is no scope of a hold", d.Scope)
	}
	if advocacy.KindOf(err) == advocacy.NotFound {
		return holdTargetMissing(d.Scope)
	}
	return err
}

func holdTargetMissing(scope advocacy.HoldScope) error {
	return advocacy.InvalidField("hold.target", "HOLD_TARGET_NOT_FOUND", "there is no such %s in this workspace", scope)
}

// guardCampaign refuses a campaign that no library item belongs to.
func guardCampaign(ctx context.Context, r Reader, w advocacy.WorkspaceID, campaign string) error {
	if campaign == "" {
		return holdTargetMissing(advocacy.HoldCampaign)
	}
	items, _, err := r.Items(ctx, ItemQuery{Workspace: w, Campaign: campaign, Page: Page{Size: 1}})
	if err == nil && len(items) == 0 {
		err = holdTargetMissing(advocacy.HoldCampaign)
	}
	return err
}

// ReleaseHold lifts a hold. What waited is looked at at once, and goes out if its time has not
// passed.
func (s *Service) ReleaseHold(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.HoldID, reason string) (*advocacy.Hold, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Hold, string, error) {
		h, err := tx.Hold(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if !h.Active() {
			return nil, "", advocacy.Refuse("HOLD_RELEASED", "this hold was lifted already")
		}
		if err := guardLift(ctx, tx, c, h); err != nil {
			return nil, "", err
		}
		h.ReleaseTime, h.Releaser, h.ReleaseReason = tx.Now(), c.Actor.Person, reason
		if err := tx.SaveHold(ctx, h); err != nil {
			return nil, "", err
		}
		if err := enqueue(ctx, tx, advocacy.Job{Kind: JobReleased}, WorkspaceJob{Workspace: w}); err != nil {
			return nil, "", err
		}
		return h, string(id), s.record(ctx, tx, c, w, fact{
			action: "hold.released", subject: holdName(h), parent: holdParent(h), detail: map[string]any{"reason": reason},
		})
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.Hold, error) {
		return tx.Hold(ctx, w, advocacy.HoldID(id))
	})
}

// guardLift refuses the person who made a hold, where another one has to lift it. For one made
// with an API key, that is the person who answers for the key.
func guardLift(ctx context.Context, tx Tx, c Call, h *advocacy.Hold) error {
	space, err := tx.Workspace(ctx, h.Workspace)
	if err != nil || !space.LiftByAnother {
		return err
	}
	own, err := samePerson(ctx, tx, c, h.Holder)
	if err == nil && own { // guard: another person lifts a hold
		err = advocacy.Deny("HOLD_OWN", "you made this hold, so somebody else must lift it")
	}
	return err
}

// Hold returns a hold.
func (s *Service) Hold(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.HoldID) (*advocacy.Hold, error) {
	return s.Store.Hold(ctx, w, id)
}

// Holds lists holds.
func (s *Service) Holds(ctx context.Context, _ Call, q HoldQuery) ([]advocacy.Hold, string, error) {
	return s.Store.Holds(ctx, q)
}

// AuditRecord returns one audit record.
func (s *Service) AuditRecord(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.RecordID) (*advocacy.AuditRecord, error) {
	return s.Store.AuditRecord(ctx, w, id)
}

// AuditRecords lists audit records in their order.
func (s *Service) AuditRecords(ctx context.Context, _ Call, q RecordQuery) ([]advocacy.AuditRecord, string, error) {
	return s.Store.AuditRecords(ctx, q)
}
