package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// trip is one type's way into the database and back.
type trip[T any] struct {
	// fix makes a random value one that may be kept: its key, its state, its parents.
	fix func(t *rapid.T, h *house, v *T)
	// add and save write; save is nil when the type never changes.
	add  func(ctx context.Context, tx workflow.Tx, v *T) error
	save func(ctx context.Context, tx workflow.Tx, v *T) error
	read func(ctx context.Context, s *store.Store, v *T) (*T, error)
	// change turns a kept value into a random other one, leaving what save leaves.
	change func(was, next *T)
}

func (c trip[T]) run(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	bg := ctx(t)
	rapid.Check(t, func(rt *rapid.T) {
		v := c.random(rt, h)
		c.write(rt, h, c.add, v)
		c.compare(rt, h, bg, v)
		if c.save == nil {
			return
		}
		next := c.random(rt, h)
		c.change(v, next)
		c.write(rt, h, c.save, next)
		c.compare(rt, h, bg, next)
	})
}

func (c trip[T]) random(t *rapid.T, h *house) *T {
	v := new(T)
	fill(t, v)
	c.fix(t, h, v)
	return v
}

func (c trip[T]) write(t *rapid.T, h *house, how func(context.Context, workflow.Tx, *T) error, v *T) {
	err := h.s.Update(h.t.Context(), func(ctx context.Context, tx workflow.Tx) error { return how(ctx, tx, v) })
	if err != nil {
		t.Fatalf("write %+v: %v", v, err)
	}
}

func (c trip[T]) compare(t *rapid.T, h *house, ctx context.Context, v *T) {
	got, err := c.read(ctx, h.s, v)
	if err != nil {
		t.Fatalf("read %+v: %v", v, err)
	}
	if diff := cmp.Diff(v, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(workflow.ItemChange{})); diff != "" {
		t.Fatalf("read differs from written (-written +read):\n%s", diff)
	}
}

// roundTrip holds that what is written is what is read, field by field.
func roundTrip(t *testing.T, s *store.Store) {
	for name, run := range map[string]func(*testing.T, *store.Store){
		"Workspace": workspaceTrip.run, "Role": roleTrip.run, "Member": memberTrip.run, "Topic": topicTrip.run,
		"Item": itemTrip.run, "Media": mediaTrip.run, "Thumbnail": thumbnailTrip.run, "Upload": uploadTrip.run, "Post": postTrip.run, "Revision": revisionTrip.run,
		"Review": reviewTrip.run, "FormerPlan": formerPlanTrip.run, "Decision": decisionTrip.run, "Receipt": receiptTrip.run,
		"Thread": threadTrip.run, "Comment": commentTrip.run, "Suggestion": suggestionTrip.run, "Proposal": proposalTrip.run, "Feed": feedTrip.run, "FeedFetch": fetchTrip.run, "Mention": mentionTrip.run, "Task": taskTrip.run, "Mark": markTrip.run,
		"HeldPost": heldPostTrip.run, "HeldReview": heldReviewTrip.run, "HeldTask": heldTaskTrip.run, "HeldDeadline": heldDeadlineTrip.run,
		"Batch":  batchTrip.run,
		"Import": importTrip.run,
		"Policy": policyTrip.run, "Simulation": simulationTrip.run, "Activation": activationTrip.run,
		"APIKey": apiKeyTrip.run, "Session": sessionTrip.run, "SignInLink": linkTrip.run, "Account": accountTrip.run, "Handle": handleTrip.run,
		"Publication": publicationTrip.run, "Attempt": attemptTrip.run, "Hold": holdTrip.run, "Case": caseTrip.run, "Recall": recallTrip.run,
		"AuditRecord": recordTrip.run, "Request": requestTrip.run, "WallEntry": entryTrip.run,
		"Calendar": calendarTrip.run, "Delegation": delegationTrip.run, "Absence": absenceTrip.run, "Reminder": reminderTrip.run,
		"Deadline": deadlineTrip.run,
		"Lexicon":  lexiconTrip.run, "LexiconRecheck": recheckTrip.run,
		"DisclosureTable": disclosureTrip.run, "DisclosureRecheck": disclosureRecheckTrip.run,
		"Guideline": guidelineTrip.run, "Acknowledgement": acknowledgementTrip.run,
		"TrainingModule": moduleTrip.run, "TrainingRecord": trainingTrip.run,
		"TrainingCourse": courseTrip.run, "TrainingAttempt": trainingAttemptTrip.run,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, s)
		})
	}
}

var workspaceTrip = trip[advocacy.Workspace]{
	fix: func(t *rapid.T, _ *house, w *advocacy.Workspace) {
		w.EditMode = some(t, []advocacy.EditMode{advocacy.EditReviewed, advocacy.EditLocked}, "edit mode")
		w.ID, w.Sharing.Calendar, w.Sharing.OwnHours = advocacy.WorkspaceID(id("ws")), "", false // a new workspace has no calendars
	},
	add: func(ctx context.Context, tx workflow.Tx, w *advocacy.Workspace) error { return tx.AddWorkspace(ctx, w) },
	save: func(ctx context.Context, tx workflow.Tx, w *advocacy.Workspace) error {
		return tx.SaveWorkspace(ctx, w)
	},
	read: func(ctx context.Context, s *store.Store, w *advocacy.Workspace) (*advocacy.Workspace, error) {
		return s.Workspace(ctx, w.ID)
	},
	change: func(was, next *advocacy.Workspace) {
		next.ID, next.Version, next.CreateTime, next.PolicyVersion = was.ID, was.Version, was.CreateTime, was.PolicyVersion
		next.Sharing.Calendar, next.Sharing.OwnHours = "", false
	},
}

var roleTrip = trip[advocacy.RoleDef]{
	fix: func(_ *rapid.T, h *house, r *advocacy.RoleDef) {
		r.Workspace, r.Version = h.ws, 0
		r.Role = advocacy.Role(id("role") + strings.ReplaceAll(string(r.Role), "\n", ""))
	},
	add:  func(ctx context.Context, tx workflow.Tx, r *advocacy.RoleDef) error { return tx.PutRole(ctx, r) },
	save: func(ctx context.Context, tx workflow.Tx, r *advocacy.RoleDef) error { return tx.PutRole(ctx, r) },
	read: func(ctx context.Context, s *store.Store, r *advocacy.RoleDef) (*advocacy.RoleDef, error) {
		return s.Role(ctx, r.Workspace, r.Role)
	},
	change: func(was, next *advocacy.RoleDef) { next.Role, next.CreateTime = was.Role, was.CreateTime },
}

var memberTrip = trip[advocacy.Member]{
	fix: func(t *rapid.T, h *house, m *advocacy.Member) {
		m.Workspace, m.Person = h.ws, advocacy.PersonID(id("person"))
		m.State = some(t, []advocacy.MemberState{advocacy.MemberActive, advocacy.MemberDisabled}, "state")
		m.Relation = some(t, advocacy.Disclosures(), "relation")
		m.ShareCalendar = some(t, []advocacy.CalendarID{"", advocacy.CalendarID(id("hours"))}, "hours")
		if m.Email != "" {
			m.Email += id("@") // nobody else of the workspace has it
		}
		// In the order of their names, each once.
		held := []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR, advocacy.RoleEmployee}
		m.Roles = m.Roles[:min(len(m.Roles), len(held))]
		for i := range m.Roles {
			m.Roles[i].Role = held[i]
		}
	},
	add: func(ctx context.Context, tx workflow.Tx, m *advocacy.Member) error {
		return errors.Join(addHours(ctx, tx, m), tx.AddMember(ctx, m))
	},
	save: func(ctx context.Context, tx workflow.Tx, m *advocacy.Member) error {
		return errors.Join(addHours(ctx, tx, m), tx.SaveMember(ctx, m))
	},
	read: func(ctx context.Context, s *store.Store, m *advocacy.Member) (*advocacy.Member, error) {
		return s.Member(ctx, m.Workspace, m.Person)
	},
	change: func(was, next *advocacy.Member) {
		next.Person, next.Version, next.CreateTime = was.Person, was.Version, was.CreateTime
	},
}

// addHours adds the calendar that a member shares in.
func addHours(ctx context.Context, tx workflow.Tx, m *advocacy.Member) error {
	if m.ShareCalendar == "" {
		return nil
	}
	return tx.AddCalendar(ctx, &advocacy.Calendar{
		Workspace: m.Workspace, ID: m.ShareCalendar, Hours: advocacy.OfficeHours("Asia/Tokyo"), CreateTime: start,
	})
}

var topicTrip = trip[advocacy.Topic]{
	fix: func(t *rapid.T, h *house, p *advocacy.Topic) {
		p.Workspace, p.ID = h.ws, advocacy.TopicID(id("topic"))
		all := []advocacy.PersonID{h.author, h.approver}
		p.Members, p.Default = all[:rapid.IntRange(0, 2).Draw(t, "members")], false
		p.Groups = [][]string{nil, {"a b"}, {"a b", "c"}}[rapid.IntRange(0, 2).Draw(t, "groups")]
	},
	add:  func(ctx context.Context, tx workflow.Tx, p *advocacy.Topic) error { return tx.AddTopic(ctx, p) },
	save: func(ctx context.Context, tx workflow.Tx, p *advocacy.Topic) error { return tx.SaveTopic(ctx, p) },
	read: func(ctx context.Context, s *store.Store, p *advocacy.Topic) (*advocacy.Topic, error) {
		return s.Topic(ctx, p.Workspace, p.ID)
	},
	change: func(was, next *advocacy.Topic) {
		next.ID, next.Version, next.CreateTime = was.ID, was.Version, was.CreateTime
	},
}

var itemTrip = trip[advocacy.LibraryItem]{
	fix: func(t *rapid.T, h *house, i *advocacy.LibraryItem) {
		i.Workspace, i.ID, i.Topic = h.ws, advocacy.ItemID(id("item")), ""
		i.Pin, i.Labels, i.Reach = rapid.IntRange(0, advocacy.MaximumPin).Draw(t, "pin"), nil, advocacy.Reach{}
		i.Feature.Place = rapid.IntRange(0, advocacy.MaximumPin).Draw(t, "featured")
		i.Feature = i.Feature.Tidy()
		i.State, i.Sharers = some(t, advocacy.ItemStates(), "state"), 0 // it is counted and never written
	},
	add:  func(ctx context.Context, tx workflow.Tx, i *advocacy.LibraryItem) error { return tx.AddItem(ctx, i) },
	save: func(ctx context.Context, tx workflow.Tx, i *advocacy.LibraryItem) error { return tx.SaveItem(ctx, i) },
	read: func(ctx context.Context, s *store.Store, i *advocacy.LibraryItem) (*advocacy.LibraryItem, error) {
		return s.Item(ctx, i.Workspace, i.ID)
	},
	change: func(was, next *advocacy.LibraryItem) {
		next.ID, next.Version, next.CreateTime, next.Author, next.Proposer = was.ID, was.Version, was.CreateTime, was.Author, was.Proposer
	},
}

var mediaTrip = trip[advocacy.Media]{
	fix: func(_ *rapid.T, h *house, m *advocacy.Media) { m.Workspace, m.Blob = h.ws, id("blob") },
	add: func(ctx context.Context, tx workflow.Tx, m *advocacy.Media) error { return tx.AddMedia(ctx, m) },
	read: func(ctx context.Context, s *store.Store, m *advocacy.Media) (*advocacy.Media, error) {
		return s.Media(ctx, m.Workspace, m.Blob)
	},
}

var thumbnailTrip = trip[advocacy.Thumbnail]{
	fix: func(_ *rapid.T, h *house, m *advocacy.Thumbnail) {
		m.Workspace, m.Original, m.Blob, m.Side = h.ws, h.uploaded(id("blob")).Blob, id("blob"), number()
	},
	add: func(ctx context.Context, tx workflow.Tx, m *advocacy.Thumbnail) error { return tx.AddThumbnail(ctx, m) },
	read: func(ctx context.Context, s *store.Store, m *advocacy.Thumbnail) (*advocacy.Thumbnail, error) {
		return s.FindThumbnail(ctx, m.Workspace, m.Original, m.Side)
	},
}

var uploadTrip = trip[advocacy.Upload]{
	fix: func(_ *rapid.T, h *house, u *advocacy.Upload) {
		u.Workspace, u.ID, u.Uploader, u.Size = h.ws, advocacy.UploadID(id("upload")), h.author, max(u.Size, 1)
		u.Offset = min(max(u.Offset, 0), u.Size)
	},
	add: func(ctx context.Context, tx workflow.Tx, u *advocacy.Upload) error { return tx.AddUpload(ctx, u) },
	read: func(ctx context.Context, s *store.Store, u *advocacy.Upload) (*advocacy.Upload, error) {
		return s.Upload(ctx, u.Workspace, u.ID)
	},
}

var postTrip = trip[advocacy.Post]{
	fix: func(t *rapid.T, h *house, p *advocacy.Post) {
		p.Workspace, p.ID, p.Author, p.Item = h.ws, advocacy.PostID(id("post")), h.author, ""
		p.State = some(t, advocacy.PostStates(), "state")
	},
	add:  func(ctx context.Context, tx workflow.Tx, p *advocacy.Post) error { return tx.AddPost(ctx, p) },
	save: func(ctx context.Context, tx workflow.Tx, p *advocacy.Post) error { return tx.SavePost(ctx, p) },
	read: func(ctx context.Context, s *store.Store, p *advocacy.Post) (*advocacy.Post, error) {
		return s.Post(ctx, p.Workspace, p.ID)
	},
	change: func(was, next *advocacy.Post) {
		next.ID, next.Version, next.CreateTime, next.Key = was.ID, was.Version, was.CreateTime, was.Key
		next.CopiedFrom, next.Objectors = was.CopiedFrom, was.Objectors
	},
}

var revisionTrip = trip[advocacy.Revision]{
	fix: func(t *rapid.T, h *house, r *advocacy.Revision) {
		kind := some(t, []advocacy.SubjectKind{advocacy.SubjectPost, advocacy.SubjectItem}, "kind")
		r.Subject = advocacy.Subject{Workspace: h.ws, Kind: kind, ID: id("subject")}
	},
	add: func(ctx context.Context, tx workflow.Tx, r *advocacy.Revision) error {
		for _, m := range r.Content.Pictures() {
			if err := tx.AddMedia(ctx, &advocacy.Media{Workspace: r.Subject.Workspace, Blob: m.Blob}); err != nil {
				return err
			}
		}
		return tx.AddRevision(ctx, r)
	},
	read: func(ctx context.Context, s *store.Store, r *advocacy.Revision) (*advocacy.Revision, error) {
		return s.Revision(ctx, r.Subject, r.Number)
	},
}

var reviewTrip = trip[advocacy.Review]{
	fix: func(t *rapid.T, h *house, r *advocacy.Review) {
		r.Subject, r.Revision, r.Digest, r.Round = h.review.Subject, h.review.Revision, h.review.Digest, number()
		r.State = some(t, advocacy.ReviewStates(), "state")
	},
	add:  func(ctx context.Context, tx workflow.Tx, r *advocacy.Review) error { return tx.AddReview(ctx, r) },
	save: func(ctx context.Context, tx workflow.Tx, r *advocacy.Review) error { return tx.SaveReview(ctx, r) },
	read: func(ctx context.Context, s *store.Store, r *advocacy.Review) (*advocacy.Review, error) {
		return s.Review(ctx, r.Subject, r.Round)
	},
	change: func(was, next *advocacy.Review) {
		state, plan, policy, failed, links, closed := next.State, next.Plan, next.Policy, next.FailedRules, next.Links, next.CloseTime
		lexicon, disclosures, pins := next.Lexicon, next.Disclosures, next.Pins
		*next = *was
		next.State, next.Plan, next.Policy, next.FailedRules, next.Links, next.CloseTime = state, plan, policy, failed, links, closed
		next.Lexicon, next.Disclosures, next.Pins = lexicon, disclosures, pins
	},
}

var formerPlanTrip = trip[advocacy.FormerPlan]{
	fix: func(t *rapid.T, h *house, f *advocacy.FormerPlan) {
		f.Subject, f.Round, f.Number = h.review.Subject, h.review.Round, number()
		f.Cause, f.Person = some(t, advocacy.PlanCauses(), "cause"), h.approver
	},
	add: func(ctx context.Context, tx workflow.Tx, f *advocacy.FormerPlan) error {
		return tx.AddFormerPlan(ctx, f)
	},
	read: func(ctx context.Context, s *store.Store, f *advocacy.FormerPlan) (*advocacy.FormerPlan, error) {
		all, err := s.FormerPlans(ctx, f.Subject, f.Round)
		if err != nil {
			return nil, err
		}
		return &all[slices.IndexFunc(all, func(o advocacy.FormerPlan) bool { return o.Number == f.Number })], nil
	},
}

var decisionTrip = trip[advocacy.Decision]{
	fix: func(t *rapid.T, h *house, d *advocacy.Decision) {
		d.Subject, d.Round, d.Digest, d.Person = h.review.Subject, h.review.Round, h.review.Digest, h.approver
		d.ID, d.Verdict = advocacy.DecisionID(id("decision")), some(t, advocacy.Verdicts(), "verdict")
		d.ViewTime = time.Time{}
	},
	add: func(ctx context.Context, tx workflow.Tx, d *advocacy.Decision) error { return tx.AddDecision(ctx, d) },
	read: func(ctx context.Context, s *store.Store, d *advocacy.Decision) (*advocacy.Decision, error) {
		all, err := s.Decisions(ctx, d.Subject)
		if err != nil {
			return nil, err
		}
		return &all[slices.IndexFunc(all, func(o advocacy.Decision) bool { return o.ID == d.ID })], nil
	},
}

var taskTrip = trip[workflow.Task]{
	fix: func(t *rapid.T, h *house, k *workflow.Task) {
		k.Workspace, k.ID, k.Subject, k.Round = h.ws, advocacy.TaskID(id("task")), h.review.Subject, h.review.Round
		k.Requirement = id("requirement")
		k.State = some(t, []workflow.TaskState{workflow.TaskOpen, workflow.TaskDone}, "state")
		k.Why = some(t, advocacy.Whys(), "why")
		k.Alone = some(t, append(advocacy.Alones(), ""), "alone")
		if k.Person != "" {
			k.Permission = "" // it is one person's turn, or that of who may do something
		}
	},
	add:  func(ctx context.Context, tx workflow.Tx, k *workflow.Task) error { return tx.PutTasks(ctx, *k) },
	save: func(ctx context.Context, tx workflow.Tx, k *workflow.Task) error { return tx.PutTasks(ctx, *k) },
	read: func(ctx context.Context, s *store.Store, k *workflow.Task) (*workflow.Task, error) {
		return s.Task(ctx, k.Workspace, k.ID)
	},
	change: func(was, next *workflow.Task) {
		next.ID, next.Subject, next.Round, next.Requirement = was.ID, was.Subject, was.Round, was.Requirement
		next.CreateTime, next.TaskMarks = was.CreateTime, was.TaskMarks
	},
}

// markTrip is what people say of a turn: putting the turn again does not lose it.
var markTrip = trip[workflow.Task]{
	fix: taskTrip.fix,
	add: taskTrip.add,
	save: func(ctx context.Context, tx workflow.Tx, k *workflow.Task) error {
		if err := tx.MarkTask(ctx, k); err != nil {
			return err
		}
		unmarked := *k
		unmarked.TaskMarks = workflow.TaskMarks{}
		return tx.PutTasks(ctx, unmarked)
	},
	read: taskTrip.read,
	change: func(was, next *workflow.Task) {
		marks := next.TaskMarks
		*next = *was
		next.TaskMarks = marks
	},
}

var batchTrip = trip[workflow.Batch]{
	fix: func(t *rapid.T, h *house, b *workflow.Batch) {
		b.Workspace, b.ID, b.Person = h.ws, advocacy.BatchID(id("batch")), h.approver
		for n := range b.Items {
			i := &b.Items[n]
			i.Position, i.Subject, i.Round, i.State = n, h.review.Subject, n+1, workflow.BatchPending
			i.Verdict.ClaimEpoch, i.Verdict.OverrideClaim, i.Verdict.ValidateOnly, i.Verdict.Batched = 0, false, false, nil
			i.Verdict.OnBehalfOf, i.Verdict.Reaffirms = "", ""
		}
	},
	add: func(ctx context.Context, tx workflow.Tx, b *workflow.Batch) error { return tx.AddBatch(ctx, b) },
	save: func(ctx context.Context, tx workflow.Tx, b *workflow.Batch) error {
		for i := range b.Items {
			if err := tx.EndBatchItem(ctx, b.Workspace, b.ID, &b.Items[i]); err != nil {
				return err
			}
		}
		return nil
	},
	read: func(ctx context.Context, s *store.Store, b *workflow.Batch) (*workflow.Batch, error) {
		return s.Batch(ctx, b.Workspace, b.ID)
	},
	change: func(was, next *workflow.Batch) {
		*next = *was
		next.Items = slices.Clone(was.Items)
		for n := range next.Items {
			i := &next.Items[n]
			i.State, i.Decision, i.Code, i.Message, i.EndTime = workflow.BatchDecided, "d", "CODE", "message", start
		}
	},
}

var policyTrip = trip[workflow.PolicyRevision]{
	fix: func(_ *rapid.T, h *house, p *workflow.PolicyRevision) {
		p.Workspace, p.Policy, p.Document, p.Active = h.ws, id("policy"), []byte(`{ "b": 1, "a": [2] }`), true
		p.Lexicon, p.Disclosures, p.Guideline, p.HandleChanges, p.Sharing = 0, 0, 0, 0, advocacy.Sharing{} // they are read and never written
	},
	add: func(ctx context.Context, tx workflow.Tx, p *workflow.PolicyRevision) error {
		return tx.AddPolicyRevision(ctx, p)
	},
	read: func(ctx context.Context, s *store.Store, p *workflow.PolicyRevision) (*workflow.PolicyRevision, error) {
		return s.Policy(ctx, p.Workspace)
	},
}
