package workflow

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// GuidelineView is the guideline in force, and where the caller stands with it.
type GuidelineView struct {
	Revision *advocacy.GuidelineRevision
	// Acknowledged tells whether the caller is up to date, and Last is what he or she
	// acknowledged last, nil for nothing.
	Acknowledged bool
	Last         *advocacy.Acknowledgement
	// ReviewDue: the time to look whether it is still right has come.
	ReviewDue bool
}

// GuidelineDraft is what a client publishes.
type GuidelineDraft struct {
	Texts      []advocacy.GuidelineText
	GraceEnd   time.Time
	ReviewTime time.Time
	// Version is the number of the revision in force as the client read it; 0 is not compared.
	Version int64
}

// Guideline returns the guideline in force, and whether the caller is up to date with it.
func (s *Service) Guideline(ctx context.Context, c Call, w advocacy.WorkspaceID, g advocacy.GuidelineID) (*GuidelineView, error) {
	r, err := s.Store.Guideline(ctx, w, g)
	if err != nil {
		return nil, err
	}
	view := &GuidelineView{Revision: r, ReviewDue: !r.ReviewTime.IsZero() && !s.Now().Before(r.ReviewTime)}
	if c.Actor.Kind != advocacy.Human {
		return view, nil
	}
	view.Acknowledged, view.Last, err = acknowledged(ctx, s.Store, w, g, c.Actor.Person, s.Now(), time.Time{})
	return view, err
}

// acknowledged tells whether a person is up to date with a guideline at t, and what he or
// she acknowledged last; from what was there until an instant when it is not zero.
func acknowledged(ctx context.Context, r Reader, w advocacy.WorkspaceID, g advocacy.GuidelineID, p advocacy.PersonID, t, until time.Time) (bool, *advocacy.Acknowledgement, error) {
	graces, err := r.Graces(ctx, w, g, until)
	if err != nil || len(graces) == 0 {
		return err == nil, nil, err
	}
	last, err := r.FindAcknowledgement(ctx, w, g, p, until)
	if err != nil {
		return false, nil, err
	}
	newest := 0
	if last != nil {
		newest = last.Revision
	}
	return advocacy.Acknowledged(graces, newest, t), last, nil
}

// GuidelineRevision returns one revision of a guideline.
func (s *Service) GuidelineRevision(ctx context.Context, _ Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, number int) (*advocacy.GuidelineRevision, error) {
	return s.Store.GuidelineRevision(ctx, w, g, number)
}

// GuidelineRevisions lists the revisions of a guideline.
func (s *Service) GuidelineRevisions(ctx context.Context, _ Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, p Page) ([]advocacy.GuidelineRevision, string, error) {
	return s.Store.GuidelineRevisions(ctx, w, g, p)
}

// Acknowledgements lists who acknowledged a revision.
func (s *Service) Acknowledgements(ctx context.Context, _ Call, q AcknowledgementQuery) ([]advocacy.Acknowledgement, string, error) {
	if _, err := s.Store.GuidelineRevision(ctx, q.Workspace, q.Guideline, q.Revision); err != nil {
		return nil, "", err
	}
	return s.Store.Acknowledgements(ctx, q)
}

// PublishGuideline puts a new revision of a guideline in force.
func (s *Service) PublishGuideline(ctx context.Context, c Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, d GuidelineDraft) (*advocacy.GuidelineRevision, error) {
	if g != advocacy.DefaultGuideline {
		return nil, advocacy.Missing("GUIDELINE_NOT_FOUND", "there is no guideline %q; it is called %q", g, advocacy.DefaultGuideline)
	}
	if err := refuseTexts(d.Texts); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.GuidelineRevision, string, error) {
		r, err := s.publishGuideline(ctx, tx, c, w, g, d)
		if err != nil {
			return nil, "", err
		}
		return r, strconv.Itoa(r.Number), nil
	}, func(ctx context.Context, tx Tx, result string) (*advocacy.GuidelineRevision, error) {
		number, err := strconv.Atoi(result)
		if err != nil {
			return nil, fmt.Errorf("remembered revision: %w", err)
		}
		return tx.GuidelineRevision(ctx, w, g, number)
	})
}

// refuseTexts refuses what nobody can read.
func refuseTexts(texts []advocacy.GuidelineText) error {
	for i, t := range texts {
		field := fmt.Sprintf("guideline_revision.texts[%d]", i)
		if err := check.RefuseLanguage(field+".language", t.Language); err != nil {
			return err
		}
		if err := check.RefuseLine(field+".title", t.Title); err != nil {
			return err
		}
		if err := check.RefuseLine(field+".body", t.Body); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) publishGuideline(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, d GuidelineDraft) (*advocacy.GuidelineRevision, error) {
	if _, err := tx.WorkspaceForUpdate(ctx, w); err != nil { // revisions are numbered one by one
		return nil, err
	}
	r := &advocacy.GuidelineRevision{
		Workspace: w, Guideline: g, Number: 1, Texts: d.Texts, GraceEnd: d.GraceEnd, ReviewTime: d.ReviewTime,
		Publisher: c.Actor.Person, CreateTime: tx.Now(),
	}
	now, err := tx.Guideline(ctx, w, g)
	switch {
	case err == nil:
		r.Number = now.Number + 1
	case advocacy.KindOf(err) != advocacy.NotFound:
		return nil, err
	}
	if err := stale(d.Version, int64(r.Number-1)); err != nil {
		return nil, err
	}
	if err := r.Guard(tx.Now()); err != nil {
		return nil, err
	}
	r.Digest = advocacy.DigestOf(r.Canonical())
	if err := tx.AddGuidelineRevision(ctx, r); err != nil {
		return nil, err
	}
	if err := s.knowledgeChanged(ctx, tx, w, ""); err != nil {
		return nil, err
	}
	detail := map[string]any{"digest": r.Digest}
	if !r.GraceEnd.IsZero() {
		detail["grace_end_time"] = r.GraceEnd
	}
	if !r.ReviewTime.IsZero() {
		detail["review_time"] = r.ReviewTime
	}
	return r, s.record(ctx, tx, c, w, fact{action: "guideline.published", subject: r.Name(), parent: g.Name(w), detail: detail})
}

// AcknowledgeGuideline keeps the caller's word to have read the revision in force. The
// first one of a revision stays.
func (s *Service) AcknowledgeGuideline(ctx context.Context, c Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, number int, shown advocacy.Digest) (*advocacy.Acknowledgement, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Acknowledgement, string, error) {
		r, err := tx.Guideline(ctx, w, g)
		if err != nil {
			return nil, "", err
		}
		a, err := r.Acknowledge(c.Actor, number, shown, tx.Now())
		if err != nil {
			return nil, "", err
		}
		a.ID = advocacy.AcknowledgementID(s.NewID())
		first, err := tx.AddAcknowledgement(ctx, &a)
		if err != nil {
			return nil, "", err
		}
		if !first {
			kept, err := s.ownAcknowledgement(ctx, tx, c, w, g, number)
			return kept, strconv.Itoa(number), err
		}
		if err := s.knowledgeChanged(ctx, tx, w, c.Actor.Person); err != nil {
			return nil, "", err
		}
		return &a, strconv.Itoa(number), s.record(ctx, tx, c, w, fact{
			action: "guideline.acknowledged", subject: a.Name(), parent: g.Name(w), detail: map[string]any{"digest": a.Digest},
		})
	}, func(ctx context.Context, tx Tx, result string) (*advocacy.Acknowledgement, error) {
		number, err := strconv.Atoi(result)
		if err != nil {
			return nil, fmt.Errorf("remembered revision: %w", err)
		}
		return s.ownAcknowledgement(ctx, tx, c, w, g, number)
	})
}

// ownAcknowledgement is the caller's of a revision.
func (s *Service) ownAcknowledgement(ctx context.Context, r Reader, c Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, number int) (*advocacy.Acknowledgement, error) {
	found, _, err := r.Acknowledgements(ctx, AcknowledgementQuery{
		Workspace: w, Guideline: g, Revision: number, Person: c.Actor.Person, Page: Page{Size: 1},
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the acknowledgement of revision %d is gone", number)
	}
	return &found[0], nil
}
