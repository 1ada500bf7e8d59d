package workflow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// JobRunRecall looks for what a recall is to take back, and has it taken back. Args: RecallJob.
const JobRunRecall = "run_recall"

// RecallJob names a recall.
type RecallJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Recall    advocacy.RecallID    `json:"recall"`
}

// recallPause is how long a recall waits for requests that are under way.
const recallPause = 30 * time.Second

// RecallQuery selects recalls.
type RecallQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Item      advocacy.ItemID
	// Running restricts to those that have not ended.
	Running bool
}

// CopyCount is how many copies of a recall are alike.
type CopyCount struct {
	Network advocacy.Network
	State   advocacy.PublicationState
	Wait    string
	Shown   advocacy.ShownState
	// Named: the network told its own name of them.
	Named bool
	Count int
}

// RecallReader reads recalls.
type RecallReader interface {
	Recall(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID) (*advocacy.Recall, error)
	Recalls(ctx context.Context, q RecallQuery) ([]advocacy.Recall, string, error)
	// RecallCopies lists the publications of a recall by id.
	RecallCopies(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID, p Page) ([]advocacy.Publication, string, error)
	// CountCopies counts them by what tells where they stand.
	CountCopies(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID) ([]CopyCount, error)
	// RecallsOf returns the recalls of a publication that have not ended.
	RecallsOf(ctx context.Context, w advocacy.WorkspaceID, x advocacy.PublicationID) ([]advocacy.Recall, error)
}

// RecallWriter writes recalls.
type RecallWriter interface {
	// RecallForUpdate locks the recall until commit.
	RecallForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID) (*advocacy.Recall, error)
	AddRecall(ctx context.Context, r *advocacy.Recall) error
	// SaveRecall writes FindTime, EndTime and raises Version; Conflict when it moved.
	SaveRecall(ctx context.Context, r *advocacy.Recall) error
	// AddCopies adds publications to a recall, each once.
	AddCopies(ctx context.Context, r *advocacy.Recall, copies ...advocacy.PublicationID) error
}

// RecallView is a recall with how many of its copies are in each state.
type RecallView struct {
	Recall *advocacy.Recall
	Copies map[advocacy.CopyState]int
}

// RecallCopy is a publication that a recall takes back, and what became of it.
type RecallCopy struct {
	Publication advocacy.Publication
	State       advocacy.CopyState
}

// RecallDraft is what a client says of a new recall.
type RecallDraft struct {
	Item   advocacy.ItemID
	Scopes []advocacy.RecallScope
	Reason string
}

// CreateRecall takes back what came of a library item. With the scope of the library the item
// is withdrawn when the call returns; the rest is done by a worker.
func (s *Service) CreateRecall(ctx context.Context, c Call, w advocacy.WorkspaceID, d RecallDraft) (*RecallView, error) {
	if err := guardRecall(d); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*RecallView, string, error) {
		item, err := tx.ItemForUpdate(ctx, w, d.Item)
		if err != nil {
			return nil, "", err
		}
		r := &advocacy.Recall{
			Workspace: w, ID: advocacy.RecallID(s.NewID()), Item: d.Item, Scopes: d.Scopes, Reason: d.Reason,
			Person: c.Actor.Person, Key: c.Actor.Key, CreateTime: tx.Now(),
		}
		if r.Covers(advocacy.RecallLibrary) && !item.Withdrawn {
			if err := s.withdrawItem(ctx, tx, c, item, d.Reason); err != nil {
				return nil, "", err
			}
		}
		if err := tx.AddRecall(ctx, r); err != nil {
			return nil, "", err
		}
		if err := recallLater(ctx, tx, r, time.Time{}); err != nil {
			return nil, "", err
		}
		return &RecallView{Recall: r}, string(r.ID), s.recordRecall(ctx, tx, c, r, "recall.ordered")
	}, func(ctx context.Context, tx Tx, id string) (*RecallView, error) {
		return s.recallView(ctx, tx, w, advocacy.RecallID(id))
	})
}

func guardRecall(d RecallDraft) error {
	if err := check.RefuseLine("recall.reason", d.Reason); err != nil {
		return err
	}
	if len(d.Scopes) == 0 {
		return advocacy.InvalidField("recall.scopes", "RECALL_SCOPES", "say what to take back: the item, what is queued, what is published, or several")
	}
	for i, s := range d.Scopes {
		if !slices.Contains(advocacy.RecallScopes(), s) || slices.Index(d.Scopes, s) != i {
			return advocacy.InvalidField("recall.scopes", "RECALL_SCOPES", "name each scope once")
		}
	}
	return nil
}

func recallLater(ctx context.Context, tx Tx, r *advocacy.Recall, at time.Time) error {
	job := advocacy.Job{Kind: JobRunRecall, RunTime: at}
	return enqueue(ctx, tx, job, RecallJob{Workspace: r.Workspace, Recall: r.ID})
}

func (s *Service) recordRecall(ctx context.Context, tx Tx, c Call, r *advocacy.Recall, action string) error {
	return s.record(ctx, tx, c, r.Workspace, fact{
		action: action, subject: r.Name(), parent: advocacy.ItemSubject(r.Workspace, r.Item).Name(),
		detail: map[string]any{"scopes": r.Scopes, "reason": r.Reason},
	})
}

// RunRecall looks for what a recall takes back and has it taken back. It can be run again at
// any time, and comes again by itself as long as a request that had begun has no end.
func (s *Service) RunRecall(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecallID) error {
	r, err := s.Store.Recall(ctx, w, id)
	if err != nil || !r.EndTime.IsZero() {
		return err
	}
	for after := ""; ; {
		posts, next, err := s.Store.Posts(ctx, PostQuery{Workspace: w, Item: r.Item, Page: Page{Size: sweepBatch, After: after, Oldest: true}})
		if err != nil {
			return err
		}
		for i := range posts {
			if err := s.recallPost(ctx, r, &posts[i]); err != nil {
				return err
			}
		}
		if after = next; next == "" {
			break
		}
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		r, err := tx.RecallForUpdate(ctx, w, id)
		if err != nil || !r.EndTime.IsZero() {
			return err
		}
		counts, err := s.copies(ctx, tx, w, id)
		if err != nil {
			return err
		}
		if counts[advocacy.CopyUnderway] > 0 && r.Covers(advocacy.RecallPublished) {
			return recallLater(ctx, tx, r, tx.Now().Add(recallPause))
		}
		r.FindTime = tx.Now()
		return s.endRecall(ctx, tx, r, counts)
	})
}

// recallPost takes back what a recall covers of one post made of its item.
func (s *Service) recallPost(ctx context.Context, r *advocacy.Recall, found *advocacy.Post) error {
	id := found.ID
	if err := s.stopQueued(ctx, r, found); err != nil {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := tx.PostForUpdate(ctx, r.Workspace, id)
		if err != nil {
			return err
		}
		now, err := tx.PublicationsOf(ctx, r.Workspace, id)
		if err != nil {
			return err
		}
		var copies []advocacy.PublicationID
		for i := range now {
			covered, err := s.recallCopy(ctx, tx, r, &now[i])
			if err != nil {
				return err
			}
			if covered {
				copies = append(copies, now[i].ID)
			}
		}
		if len(copies) == 0 {
			return nil
		}
		if err := tx.AddCopies(ctx, r, copies...); err != nil {
			return err
		}
		return s.project(ctx, tx, p)
	})
}

// stopQueued stops what is not sent of a post: what an item that was withdrawn takes along, or
// everything. The round of a post of which something went out stands: it is what that was signed in.
func (s *Service) stopQueued(ctx context.Context, r *advocacy.Recall, found *advocacy.Post) error {
	switch {
	case r.Covers(advocacy.RecallQueued):
		return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			c := SystemCall(r.Workspace)
			u, err := s.lockUnderReview(ctx, tx, c, found.Subject(), newestRound)
			if advocacy.KindOf(err) == advocacy.NotFound {
				return nil // it was never submitted
			}
			if err != nil {
				return err
			}
			if slices.Contains(stoppable, u.post.State) && u.counts() {
				return s.endShare(ctx, tx, c, u, network.Say(advocacy.AnswerItemRecalled))
			}
			if err := s.cancelUnsent(ctx, tx, c, u.post, network.Say(advocacy.AnswerItemRecalled)); err != nil {
				return err
			}
			return s.project(ctx, tx, u.post)
		})
	case r.Covers(advocacy.RecallLibrary) && slices.Contains(stoppable, found.State):
		return s.cancelShare(ctx, r.Workspace, found.ID)
	default:
		return nil
	}
}

// recallCopy has one publication taken back, and tells whether the recall covers it.
func (s *Service) recallCopy(ctx context.Context, tx Tx, r *advocacy.Recall, x *advocacy.Publication) (bool, error) {
	published := r.Covers(advocacy.RecallPublished)
	switch x.State {
	case advocacy.Published:
		if !published || !s.recallable(x.Network) || x.Wait == advocacy.WaitRecalling {
			return published, nil
		}
		x, err := tx.PublicationForUpdate(ctx, x.Workspace, x.ID)
		if err != nil || x.State != advocacy.Published {
			return published, err
		}
		return true, s.requestRecall(ctx, tx, SystemCall(r.Workspace), x, r.Reason)
	case advocacy.Sending, advocacy.Unknown:
		return published, nil
	case advocacy.HandedOver:
		if !published || !x.Begun() { // nobody has it, so it is among what is queued
			return false, nil
		}
		return s.recallOpened(ctx, tx, r, x)
	case advocacy.Cancelled: // for this, whoever came first
		return !x.UpdateTime.Before(r.CreateTime) && (r.Covers(advocacy.RecallQueued) || r.Covers(advocacy.RecallLibrary)), nil
	default:
		return false, nil
	}
}

// recallOpened closes a package that its person has opened: it may be out, and whether it is has to
// be said before it can be taken back.
func (s *Service) recallOpened(ctx context.Context, tx Tx, r *advocacy.Recall, x *advocacy.Publication) (bool, error) {
	x, err := tx.PublicationForUpdate(ctx, x.Workspace, x.ID)
	if err != nil || x.State != advocacy.HandedOver {
		return true, err
	}
	return true, s.Cancel(ctx, tx, SystemCall(r.Workspace), x, network.Say(advocacy.AnswerItemRecalled)) // guard: what may be out is among what is taken back
}

// RecallIfOrdered takes back what came to be known as published after its recall, or that of its item.
func (s *Service) RecallIfOrdered(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	if !s.recallable(x.Network) {
		return nil
	}
	if x.RecallReason != "" { // guard: what was under way is taken back
		return s.requestRecall(ctx, tx, SystemCall(x.Workspace), x, x.RecallReason)
	}
	recalls, err := tx.RecallsOf(ctx, x.Workspace, x.ID)
	if err != nil || len(recalls) == 0 {
		return err
	}
	return s.requestRecall(ctx, tx, SystemCall(x.Workspace), x, recalls[0].Reason)
}

// Gone closes what waits for the end of a publication that was taken back: its open case, and
// recalls of which it was the last copy. It has it looked for, too.
func (s *Service) Gone(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	if err := s.settleCase(ctx, tx, x, advocacy.CaseRecalled); err != nil {
		return err
	}
	if err := s.ReadBack(ctx, tx, x, 0); err != nil {
		return err
	}
	return s.endRecalls(ctx, tx, x)
}

// endRecalls ends the recalls of which a publication was the last copy.
func (s *Service) endRecalls(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	recalls, err := tx.RecallsOf(ctx, x.Workspace, x.ID)
	if err != nil {
		return err
	}
	for i := range recalls {
		r, err := tx.RecallForUpdate(ctx, x.Workspace, recalls[i].ID)
		if err != nil {
			return err
		}
		if !r.EndTime.IsZero() || r.FindTime.IsZero() {
			continue
		}
		counts, err := s.copies(ctx, tx, x.Workspace, r.ID)
		if err != nil {
			return err
		}
		if err := s.endRecall(ctx, tx, r, counts); err != nil {
			return err
		}
	}
	return nil
}

// endRecall saves a recall whose copies were all found, and ends it when each has ended.
func (s *Service) endRecall(ctx context.Context, tx Tx, r *advocacy.Recall, copies map[advocacy.CopyState]int) error {
	for state, n := range copies {
		if n > 0 && !state.Ended() { // guard: what is still out is not said to be taken back
			return tx.SaveRecall(ctx, r)
		}
	}
	r.EndTime = tx.Now()
	if err := tx.SaveRecall(ctx, r); err != nil {
		return err
	}
	return s.recordRecall(ctx, tx, SystemCall(r.Workspace), r, "recall.ended")
}

// copies counts the copies of a recall by their states.
func (s *Service) copies(ctx context.Context, r RecallReader, w advocacy.WorkspaceID, id advocacy.RecallID) (map[advocacy.CopyState]int, error) {
	counts, err := r.CountCopies(ctx, w, id)
	if err != nil {
		return nil, err
	}
	out := make(map[advocacy.CopyState]int)
	for _, n := range counts {
		x := advocacy.Publication{Network: n.Network, State: n.State, Wait: n.Wait, Shown: n.Shown}
		if n.Named {
			x.ExternalID = "named"
		}
		out[s.copyState(&x)] += n.Count
	}
	return out, nil
}

func (s *Service) copyState(x *advocacy.Publication) advocacy.CopyState {
	adapter, ok := s.Networks[x.Network]
	if !ok {
		return x.CopyState(false, false)
	}
	return x.CopyState(adapter.Capabilities().Delete, adapter.Capabilities().ReadBack)
}

func (s *Service) recallView(ctx context.Context, r RecallReader, w advocacy.WorkspaceID, id advocacy.RecallID) (*RecallView, error) {
	found, err := r.Recall(ctx, w, id)
	if err != nil {
		return nil, err
	}
	copies, err := s.copies(ctx, r, w, id)
	return &RecallView{Recall: found, Copies: copies}, err
}

// Recall returns a recall and how far it is.
func (s *Service) Recall(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.RecallID) (*RecallView, error) {
	return s.recallView(ctx, s.Store, w, id)
}

// Recalls lists recalls and how far they are.
func (s *Service) Recalls(ctx context.Context, _ Call, q RecallQuery) ([]RecallView, string, error) {
	found, next, err := s.Store.Recalls(ctx, q)
	if err != nil {
		return nil, "", err
	}
	views := make([]RecallView, len(found))
	for i := range found {
		views[i].Recall = &found[i]
		if views[i].Copies, err = s.copies(ctx, s.Store, q.Workspace, found[i].ID); err != nil {
			return nil, "", err
		}
	}
	return views, next, nil
}

// RecallCopies lists what a recall takes back and what became of each.
func (s *Service) RecallCopies(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.RecallID, p Page) ([]RecallCopy, string, error) {
	if _, err := s.Store.Recall(ctx, w, id); err != nil {
		return nil, "", err
	}
	found, next, err := s.Store.RecallCopies(ctx, w, id, p)
	if err != nil {
		return nil, "", err
	}
	copies := make([]RecallCopy, len(found))
	for i := range found {
		copies[i] = RecallCopy{Publication: found[i], State: s.copyState(&found[i])}
	}
	return copies, next, nil
}

// ConfirmRemoval takes the word of whose account it is, or of who may say how publications
// ended, that a publication was taken back by hand. It is looked for, where its network can be
// asked.
func (s *Service) ConfirmRemoval(ctx context.Context, c Call, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID, reason string) (*advocacy.Publication, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return s.onPublication(ctx, c, w, post, id, func(ctx context.Context, tx Tx, x *advocacy.Publication) error {
		account, err := tx.Account(ctx, w, x.Account)
		if err != nil {
			return err
		}
		if err := s.guardRemoval(c, account, x); err != nil {
			return err
		}
		before := x.State
		if err := x.Apply(advocacy.EventRecall); err != nil {
			return err
		}
		x.Answer, x.Wait, x.Shown, x.UpdateTime = advocacy.Worded(reason), "", advocacy.ShownUnseen, tx.Now()
		if err := tx.SavePublication(ctx, x); err != nil {
			return err
		}
		err = s.record(ctx, tx, c, w, fact{
			action: "publication.removed_by_hand", subject: x.Name(), parent: advocacy.PostSubject(w, post).Name(),
			detail: map[string]any{"before": before, "reason": reason, "url": x.URL},
		})
		if err != nil {
			return err
		}
		return s.Gone(ctx, tx, x)
	})
}

// guardRemoval: a person, for an account of his own or with the right to say how things ended,
// about something that is out.
func (s *Service) guardRemoval(c Call, a *advocacy.SocialAccount, x *advocacy.Publication) error {
	own := c.Actor.Person == a.Owner || c.Actor.Person == cmp.Or(a.Deputy, a.Owner) && !a.Personal
	switch {
	case c.Actor.Kind != advocacy.Human:
		return advocacy.Deny("MACHINE_CANNOT_DECIDE", "only a person can say that something was taken back by hand")
	case !own && !c.may(mayResolvePublications): // guard: who took it back by hand says so
		return advocacy.Deny("NOT_ACCOUNT_OWNER", "whose account it is says that it was taken back, or an administrator")
	case x.State != advocacy.Published:
		return advocacy.Refuse("NOT_PUBLISHED", "no network shows this publication; it is %s", x.State)
	default:
		return nil
	}
}
