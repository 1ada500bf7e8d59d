package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// CaseQuery selects cases.
type CaseQuery struct {
	Page
	Workspace   advocacy.WorkspaceID
	Post        advocacy.PostID
	Publication advocacy.PublicationID
	State       advocacy.CaseState
}

// CaseReader reads cases.
type CaseReader interface {
	CaseFile(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CaseID) (*advocacy.CaseFile, error)
	CaseFiles(ctx context.Context, q CaseQuery) ([]advocacy.CaseFile, string, error)
	// CasesOf returns every case of a publication, the oldest first.
	CasesOf(ctx context.Context, w advocacy.WorkspaceID, x advocacy.PublicationID) ([]advocacy.CaseFile, error)
}

// CaseWriter writes cases. Who writes holds the publication.
type CaseWriter interface {
	// AddCase inserts; Exists when the publication has an open one.
	AddCase(ctx context.Context, c *advocacy.CaseFile) error
	// SaveCase writes Kind, Shown, Said, SeenTime and what became of it, and raises Version;
	// Conflict when it moved.
	SaveCase(ctx context.Context, c *advocacy.CaseFile) error
}

// Seen is what somebody saw of a publication that is out.
type Seen struct {
	State advocacy.ShownState
	// Signed is the text that was signed for the account, Shown what is there instead.
	Signed, Shown string
	// Said says it.
	Said advocacy.Answer
}

// Looked writes down what was seen of a publication that is held for change: a difference
// opens a case, or is added to the open one, and what is as it was signed again closes it. A
// difference that a person let stand opens none.
func (s *Service) Looked(ctx context.Context, tx Tx, x *advocacy.Publication, seen Seen) error {
	x.Shown, x.ShownTime = seen.State, tx.Now()
	if err := tx.SavePublication(ctx, x); err != nil {
		return err
	}
	switch seen.State {
	case advocacy.ShownSame:
		return s.settleCase(ctx, tx, x, advocacy.CaseCorrected)
	case advocacy.ShownGone:
		return s.otherwise(ctx, tx, x, advocacy.CaseGone, seen)
	default:
		return s.otherwise(ctx, tx, x, advocacy.CaseDiffers, seen)
	}
}

// LookedFor writes down what was seen of a publication that was taken back. Only the last look
// opens a case: networks hide a post some time after they said so.
func (s *Service) LookedFor(ctx context.Context, tx Tx, x *advocacy.Publication, seen Seen, look int) error {
	x.Shown, x.ShownTime = seen.State, tx.Now()
	if err := tx.SavePublication(ctx, x); err != nil {
		return err
	}
	if seen.State == advocacy.ShownGone {
		if err := s.settleCase(ctx, tx, x, advocacy.CaseRecalled); err != nil {
			return err
		}
		return s.endRecalls(ctx, tx, x)
	}
	if look+1 < len(readBacks) {
		return nil
	}
	return s.otherwise(ctx, tx, x, advocacy.CaseRemains, seen)
}

// otherwise opens a case about a publication, or adds to its open one.
func (s *Service) otherwise(ctx context.Context, tx Tx, x *advocacy.Publication, kind advocacy.CaseKind, seen Seen) error {
	cases, err := tx.CasesOf(ctx, x.Workspace, x.ID)
	if err != nil {
		return err
	}
	if open := openCase(cases); open != nil {
		return s.seenAgain(ctx, tx, open, kind, seen)
	}
	if slices.ContainsFunc(cases, func(c advocacy.CaseFile) bool { return c.Settles(kind, seen.Shown, seen.Said) }) {
		return nil
	}
	return s.openDifference(ctx, tx, x, kind, seen)
}

// openDifference opens a case of a publication that has none open.
func (s *Service) openDifference(ctx context.Context, tx Tx, x *advocacy.Publication, kind advocacy.CaseKind, seen Seen) error {
	c := &advocacy.CaseFile{
		Workspace: x.Workspace, ID: advocacy.CaseID(s.NewID()), Kind: kind, Post: x.Post, Publication: x.ID, Account: x.Account,
		Network: x.Network, Signed: seen.Signed, Shown: seen.Shown, Said: seen.Said, State: advocacy.CaseOpen,
		CreateTime: tx.Now(), SeenTime: tx.Now(),
	}
	if err := tx.AddCase(ctx, c); err != nil {
		return err
	}
	return s.recordCase(ctx, tx, SystemCall(c.Workspace), c, "case.opened")
}

// seenAgain adds to an open case what is seen now; the record says so when it is something else.
func (s *Service) seenAgain(ctx context.Context, tx Tx, c *advocacy.CaseFile, kind advocacy.CaseKind, seen Seen) error {
	same := c.Kind == kind && c.Shown == seen.Shown && c.Said.Same(seen.Said)
	c.Kind, c.Shown, c.Said, c.SeenTime = kind, seen.Shown, seen.Said, tx.Now()
	if err := tx.SaveCase(ctx, c); err != nil || same {
		return err
	}
	return s.recordCase(ctx, tx, SystemCall(c.Workspace), c, "case.changed")
}

// settleCase closes the open case of a publication whose end was seen by a machine.
func (s *Service) settleCase(ctx context.Context, tx Tx, x *advocacy.Publication, how advocacy.CaseResolution) error {
	cases, err := tx.CasesOf(ctx, x.Workspace, x.ID)
	if err != nil {
		return err
	}
	open := openCase(cases)
	if open == nil {
		return nil
	}
	if err := open.Close("", how, "", tx.Now()); err != nil {
		return err
	}
	if err := tx.SaveCase(ctx, open); err != nil {
		return err
	}
	return s.recordCase(ctx, tx, SystemCall(open.Workspace), open, "case.closed")
}

// openCase returns the open one of a publication's cases, nil when there is none.
func openCase(cases []advocacy.CaseFile) *advocacy.CaseFile {
	i := slices.IndexFunc(cases, func(c advocacy.CaseFile) bool { return c.State == advocacy.CaseOpen })
	if i < 0 {
		return nil
	}
	return &cases[i]
}

// CaseFile returns a case about a post the caller may see.
func (s *Service) CaseFile(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.CaseID) (*advocacy.CaseFile, error) {
	found, err := s.Store.CaseFile(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if err := s.seeSubject(ctx, c, advocacy.PostSubject(w, found.Post), 0); err != nil {
		return nil, advocacy.Missing("CASE_NOT_FOUND", "there is no case %q", id)
	}
	return found, nil
}

// CaseFiles lists cases: of one post the caller may see, or of all posts for who may read all.
func (s *Service) CaseFiles(ctx context.Context, c Call, q CaseQuery) ([]advocacy.CaseFile, string, error) {
	if err := s.seePostOrAll(ctx, c, q.Workspace, q.Post); err != nil {
		return nil, "", err
	}
	return s.Store.CaseFiles(ctx, q)
}

// seePostOrAll refuses who may not see a post, or, where none is named, every one.
func (s *Service) seePostOrAll(ctx context.Context, c Call, w advocacy.WorkspaceID, p advocacy.PostID) error {
	if p != "" {
		return s.seeSubject(ctx, c, advocacy.PostSubject(w, p), 0)
	}
	if c.may(mayReadAllPosts) {
		return nil
	}
	return advocacy.Deny("PERMISSION_DENIED", "listing the cases of all posts needs %s; name one of your posts", mayReadAllPosts).
		With("permission", string(mayReadAllPosts))
}

// CaseClosing is a person's word on a case.
type CaseClosing struct {
	Resolution advocacy.CaseResolution
	Reason     string
	Version    int64
}

// CloseCase ends a case by a person's word. What is said to be mended is looked at again.
func (s *Service) CloseCase(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.CaseID, d CaseClosing) (*advocacy.CaseFile, error) {
	if err := check.RefuseLine("reason", d.Reason); err != nil {
		return nil, err
	}
	before, err := s.CaseFile(ctx, c, w, id)
	if err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.CaseFile, string, error) {
		x, err := tx.PublicationForUpdate(ctx, w, before.Publication)
		if err != nil {
			return nil, "", err
		}
		found, err := tx.CaseFile(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := s.closeCase(ctx, tx, c, found, x, d); err != nil {
			return nil, "", err
		}
		return found, string(id), nil
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.CaseFile, error) {
		return tx.CaseFile(ctx, w, advocacy.CaseID(id))
	})
}

func (s *Service) closeCase(ctx context.Context, tx Tx, c Call, found *advocacy.CaseFile, x *advocacy.Publication, d CaseClosing) error {
	if c.Actor.Kind != advocacy.Human { // guard: only a person lets a difference stand
		return advocacy.Deny("MACHINE_CANNOT_DECIDE", "only a person can say what becomes of a difference")
	}
	if x.State == advocacy.Published && d.Resolution == advocacy.CaseRecalled { // guard: what is out is not said to be taken back
		return advocacy.Refuse("STILL_PUBLISHED", "this publication has not been taken back; recall it, and the case closes by itself")
	}
	if err := found.Close(c.Actor.Person, d.Resolution, d.Reason, tx.Now()); err != nil {
		return err
	}
	if err := stale(d.Version, found.Version); err != nil {
		return err
	}
	if err := tx.SaveCase(ctx, found); err != nil {
		return err
	}
	if d.Resolution == advocacy.CaseCorrected {
		if err := s.ReadBack(ctx, tx, x, 0); err != nil {
			return err
		}
	}
	return s.recordCase(ctx, tx, c, found, "case.closed")
}

func (s *Service) recordCase(ctx context.Context, tx Tx, c Call, f *advocacy.CaseFile, action string) error {
	x := advocacy.Publication{Workspace: f.Workspace, Post: f.Post, ID: f.Publication}
	return s.record(ctx, tx, c, f.Workspace, fact{
		action: action, subject: f.Name(), parent: advocacy.PostSubject(f.Workspace, f.Post).Name(),
		detail: coded(map[string]any{
			"publication": x.Name(), "kind": f.Kind, "signed": f.Signed, "shown": f.Shown, "said": f.Said.Text,
			"resolution": f.Resolution, "reason": f.Reason,
		}, f.Said),
	})
}

// readBacks are how long after it was published something is looked at again. The first is
// late on purpose: networks show a post some time after they took it.
var readBacks = []time.Duration{time.Minute, time.Hour, 24 * time.Hour}

// ReadBack has a publication looked at again, where its network can be asked; look is how
// often it was since it was published, or since a difference was said to be mended.
func (s *Service) ReadBack(ctx context.Context, tx Tx, x *advocacy.Publication, look int) error {
	adapter, ok := s.Networks[x.Network]
	if !ok || !adapter.Capabilities().ReadBack || x.ExternalID == "" || look >= len(readBacks) {
		return nil
	}
	job := advocacy.Job{Kind: JobReadBack, RunTime: tx.Now().Add(readBacks[look]), Queue: string(x.Network)}
	return enqueue(ctx, tx, job, ReadBackJob{PublicationJob: PublicationJob{Workspace: x.Workspace, Publication: x.ID}, Look: look})
}
