package workflow_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

const stricter = `
defaults: [{role: "approver:legal", quorum: 2, veto: true}, {role: "approver:pr", veto: true}]
`

// draft writes a revision in the name of the admin and returns its reference.
func draft(t *testing.T, h *workflowtest.House, document string) advocacy.PolicyRef {
	t.Helper()
	p, err := h.Flow.CreatePolicyRevision(t.Context(), h.As(h.Admin), h.W, routing.BuiltinID, workflow.PolicyDraft{Document: document})
	ok(t, err)
	return advocacy.PolicyRef{Policy: p.Policy, Revision: p.Revision}
}

// simulate replays a revision to the end.
func simulate(t *testing.T, h *workflowtest.House, p advocacy.PolicyRef) *workflow.PolicySimulation {
	t.Helper()
	m, err := h.Flow.SimulatePolicy(t.Context(), h.As(h.Admin), h.W, p, 0)
	ok(t, err)
	ok(t, h.Flow.RunSimulation(t.Context(), h.W, m.ID))
	m, err = h.Flow.Simulation(t.Context(), h.As(h.Admin), h.W, p, m.ID)
	ok(t, err)
	return m
}

func activation(m *workflow.PolicySimulation) workflow.Activation {
	return workflow.Activation{Policy: m.Policy.Policy, Revision: m.Policy.Revision, Of: m.Policy, Simulation: m.ID}
}

// activate puts a revision in force in the name of a second admin, and computes what
// follows.
func activate(t *testing.T, h *workflowtest.House, by advocacy.PersonID, d workflow.Activation) *workflow.PolicyActivation {
	t.Helper()
	p, err := h.Flow.ActivatePolicy(t.Context(), h.As(by), h.W, d)
	ok(t, err)
	ok(t, h.Flow.RecomputePolicy(t.Context(), h.W, p.Activation.ID))
	p, err = h.Flow.PolicyRevision(t.Context(), h.As(by), h.W, d.Policy, d.Revision)
	ok(t, err)
	return p.Activation
}

func TestDraftsAreChecked(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	write := func(document string) func() error {
		return func() error {
			_, err := h.Flow.CreatePolicyRevision(t.Context(), h.As(h.Admin), h.W, routing.BuiltinID, workflow.PolicyDraft{Document: document})
			return err
		}
	}
	e := refuses(t, h, advocacy.Invalid, "RULE_INVALID", write(stricter+"rules:\n  - {id: a, when: post.knd == 'post'}\n"))
	if e.Field != "document" || e.Meta["line"] != "4" || e.Meta["path"] != "rules[0].when" || !strings.Contains(e.Message, "knd") {
		t.Errorf("it says %q, %v", e.Message, e.Meta)
	}
	refuses(t, h, advocacy.Invalid, "POLICY_TESTS_FAILED", write(stricter+"tests: [{name: nobody, want: {asks: {legal: 1}}}]\n"))
	refuses(t, h, advocacy.NotFound, "POLICY_NOT_FOUND", func() error {
		_, err := h.Flow.CreatePolicyRevision(t.Context(), h.As(h.Admin), h.W, "other", workflow.PolicyDraft{Document: stricter})
		return err
	})
	kept, err := h.Flow.CreatePolicyRevision(t.Context(), h.As(h.Admin), h.W, routing.BuiltinID, workflow.PolicyDraft{Document: stricter, ValidateOnly: true})
	ok(t, err)
	if kept.Revision != 0 {
		t.Errorf("a draft that was only checked is kept: %+v", kept)
	}
	first, second := draft(t, h, stricter), draft(t, h, stricter)
	if first.Revision != 2 || second.Revision != 3 {
		t.Errorf("drafts are numbered %d and %d", first.Revision, second.Revision)
	}
	now, err := h.Flow.Policy(t.Context(), h.As(h.Admin), h.W, routing.BuiltinID)
	ok(t, err)
	if now.Revision != 1 || now.Activation != nil {
		t.Errorf("a draft is in force: %+v", now)
	}
}

// TestTwoPersons: a policy comes into force by a second person who names a simulation of
// exactly this revision against the one in force.
func TestTwoPersons(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	one, other := draft(t, h, stricter), draft(t, h, stricter+"title: Another\n")
	m, mo := simulate(t, h, one), simulate(t, h, other)
	try := func(by advocacy.PersonID, change func(*workflow.Activation)) func() error {
		return func() error {
			d := activation(m)
			change(&d)
			_, err := h.Flow.ActivatePolicy(t.Context(), h.As(by), h.W, d)
			return err
		}
	}
	as := func(*workflow.Activation) {}
	refuses(t, h, advocacy.Denied, "POLICY_SAME_PERSON", try(h.Admin, as))
	refuses(t, h, advocacy.Precondition, "SIMULATION_STALE", try(second, func(d *workflow.Activation) { d.Simulation = mo.ID }))
	refuses(t, h, advocacy.Precondition, "SIMULATION_STALE", try(second, func(d *workflow.Activation) { d.Of = other }))
	refuses(t, h, advocacy.NotFound, "SIMULATION_NOT_FOUND", try(second, func(d *workflow.Activation) { d.Simulation = "none" }))
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_ACTIVATE", func() error {
		c := h.As(second)
		c.Actor.Kind = advocacy.Machine
		_, err := h.Flow.ActivatePolicy(t.Context(), c, h.W, activation(m))
		return err
	})
	a := activate(t, h, second, activation(m))
	if a.Person != second || a.EndTime.IsZero() {
		t.Errorf("activation %+v", a)
	}
	refuses(t, h, advocacy.Precondition, "POLICY_IN_FORCE", try(second, as))
	// What was simulated against the revision before says nothing any more.
	refuses(t, h, advocacy.Precondition, "SIMULATION_STALE", try(second, func(d *workflow.Activation) { *d = activation(mo) }))
	// And back: any revision can come into force again, in the same way.
	first := advocacy.PolicyRef{Policy: routing.BuiltinID, Revision: 1}
	back := activation(simulate(t, h, first))
	refuses(t, h, advocacy.Denied, "POLICY_SAME_PERSON", func() error { // whom nobody wrote it with is no second person
		_, err := h.Flow.ActivatePolicy(t.Context(), h.As(h.Admin), h.W, back)
		return err
	})
	h.Clock.Advance(48*time.Hour + time.Microsecond)
	refuses(t, h, advocacy.Precondition, "SIMULATION_STALE", func() error {
		_, err := h.Flow.ActivatePolicy(t.Context(), h.As(second), h.W, back)
		return err
	})
	activate(t, h, second, activation(simulate(t, h, first)))
}

// TestSecondMembershipIsNoSecondPerson: who has two memberships is one person.
func TestSecondMembershipIsNoSecondPerson(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	alias := recruit(t, h, "Alias", advocacy.RoleAdmin)
	p, err := h.Flow.CreatePolicyRevision(t.Context(), h.As(alias), h.W, routing.BuiltinID, workflow.PolicyDraft{Document: stricter})
	ok(t, err)
	other := recruit(t, h, "Other", advocacy.RoleAdmin)
	_, err = h.Flow.MergeMember(t.Context(), h.As(other), h.W, alias, h.Admin, "The same person.")
	ok(t, err)
	m := simulate(t, h, advocacy.PolicyRef{Policy: p.Policy, Revision: p.Revision})
	refuses(t, h, advocacy.Denied, "POLICY_SAME_PERSON", func() error {
		_, err := h.Flow.ActivatePolicy(t.Context(), h.As(h.Admin), h.W, activation(m))
		return err
	})
}

// TestStricterWhileScheduled: what is scheduled opens again at once when a stricter
// policy comes into force, and goes out when it is satisfied.
func TestStricterWhileScheduled(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	view := h.Submit(t, h.Draft(t, "Tomorrow."))
	later := h.Clock.Now().Add(24 * time.Hour)
	_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, view.Post.ID, workflow.PostChange{PublishTime: &later, Zone: ptr("Europe/Paris")})
	ok(t, err)
	h.Sign(t, h.Legal, view, "legal")
	h.Sign(t, h.PR, view, "pr")
	stand(t, h, view, advocacy.Scheduled)
	activate(t, h, second, activation(simulate(t, h, draft(t, h, stricter))))
	stand(t, h, view, advocacy.Cancelled)
	r := review(t, h, view, advocacy.ReviewOpen)
	if legal, _ := r.Plan.Find("legal"); legal.Quorum != 2 {
		t.Errorf("the plan asks for %d of legal", legal.Quorum)
	}
	h.Sign(t, h.Legal2, view, "legal")
	review(t, h, view, advocacy.ReviewApproved)
}

// TestLooserWhileOpen: a plan people saw asks for no less afterwards; a new round does.
func TestLooserWhileOpen(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	view := h.Submit(t, h.Draft(t, "Asked of both."))
	activate(t, h, second, activation(simulate(t, h, draft(t, h, `defaults: [{role: "approver:pr", veto: true}]`))))
	h.Sign(t, h.PR, view, "pr")
	r := review(t, h, view, advocacy.ReviewOpen)
	if len(r.Plan.Requirements) != 2 {
		t.Errorf("the plan lost something: %+v", r.Plan)
	}
	again := h.Submit(t, edit(t, h, view, "Asked of one."))
	h.Sign(t, h.PR, again, "pr")
	review(t, h, again, advocacy.ReviewApproved)
}

// TestUnroutableIsAcknowledged: what nobody could finish is found, and has to be known.
func TestUnroutableIsAcknowledged(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	view := h.Submit(t, h.Draft(t, "Waiting."))
	m := simulate(t, h, draft(t, h, stricter+`rules: [{id: medical, when: "true", reason: So., require: [{role: "approver:medical"}]}]`))
	if m.Report.Unroutable != 1 || m.Report.Reviews[0] != view.Post.Subject().ReviewName(1) {
		t.Fatalf("the simulation says %+v", m.Report)
	}
	d := activation(m)
	refuses(t, h, advocacy.Precondition, "POLICY_UNROUTABLE", func() error {
		_, err := h.Flow.ActivatePolicy(t.Context(), h.As(second), h.W, d)
		return err
	})
	d.Acknowledge = true
	activate(t, h, second, d)
	review(t, h, view, advocacy.ReviewUnroutable)
}

// TestSimulationCounts: how many submissions would go where.
func TestSimulationCounts(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Submit(t, h.Draft(t, "One."))
	h.Submit(t, h.Draft(t, "Two, with a yield."))
	m := simulate(t, h, draft(t, h, `
terms: {finance: [yield]}
defaults: [{role: "approver:legal", veto: true}]
rules:
  - {id: finance, when: terms.finance.size() > 0, reason: So., require: [{role: "approver:legal", quorum: 2}], preconditions: [{expr: "false", reason: NEVER, words: Never.}]}
  - {id: broken, when: 'post.media[0].alt_text == ""', mode: SHADOW, reason: So.}
`))
	want := workflow.SimulationReport{
		Replayed: 2, Total: 2, Changed: 2, Refused: 1,
		Requirements: []workflow.SimulatedRequirement{
			{Key: "legal", Role: advocacy.RoleLegal, Before: 2, After: 2}, {Key: "pr", Role: advocacy.RolePR, Before: 2, Removed: 2},
		},
		Load: []workflow.SimulatedLoad{
			{Role: advocacy.RoleLegal, Hour: 10, Before: 2, After: 3}, {Role: advocacy.RolePR, Hour: 10, Before: 2},
		},
		Rules: []workflow.SimulatedRule{{Rule: "broken", Failed: 2}, {Rule: "finance", Matched: 1}},
	}
	if diff := cmp.Diff(want, m.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

// TestSimulationTellsOfThePast: what was submitted and is over already, and nobody could have
// finished, is told, besides what is open.
func TestSimulationTellsOfThePast(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	over := h.Submit(t, h.Draft(t, "About a medicine."))
	_, err := h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, over.Post.ID, 0, "")
	ok(t, err)
	h.Submit(t, h.Draft(t, "About a garden."))
	m := simulate(t, h, draft(t, h, `
terms: {medicine: [medicine]}
defaults: [{role: "approver:legal", veto: true}]
rules: [{id: medicine, when: terms.medicine.size() > 0, reason: So., require: [{role: "approver:medical"}]}]
`))
	if r := m.Report; r.Unroutable != 0 || r.PastUnroutable != 1 || len(r.PastReviews) != 1 || r.PastReviews[0] != over.Post.Subject().ReviewName(1) {
		t.Errorf("open %d, past %d: %v", r.Unroutable, r.PastUnroutable, r.PastReviews)
	}
}

// interrupted is a store whose updates fail after a few.
type interrupted struct {
	workflow.Store
	mu   sync.Mutex
	left int
}

var errInterrupted = errors.New("interrupted")

func (s *interrupted) Update(ctx context.Context, fn func(context.Context, workflow.Tx) error) error {
	s.mu.Lock()
	s.left--
	over := s.left < 0
	s.mu.Unlock()
	if over {
		return errInterrupted
	}
	return s.Store.Update(ctx, fn)
}

// TestSimulationTellsOfHowMany: who waits is told how many submissions there are before the first
// was replayed; what comes in meanwhile is one more.
func TestSimulationTellsOfHowMany(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Submit(t, h.Draft(t, "One."))
	h.Submit(t, h.Draft(t, "Two."))
	p := draft(t, h, stricter)
	begun, err := h.Flow.SimulatePolicy(t.Context(), h.As(h.Admin), h.W, p, 1)
	ok(t, err)
	far := func(what string, replayed, total int64) {
		t.Helper()
		m, err := h.Flow.Simulation(t.Context(), h.As(h.Admin), h.W, p, begun.ID)
		ok(t, err)
		if m.Report.Replayed != replayed || m.Report.Total != total {
			t.Errorf("%s %d of %d are replayed, want %d of %d", what, m.Report.Replayed, m.Report.Total, replayed, total)
		}
	}
	far("at first", 0, 0)
	flow := *h.Flow
	flow.Store = &interrupted{Store: h.Store, left: 1}
	if err := flow.RunSimulation(t.Context(), h.W, begun.ID); !errors.Is(err, errInterrupted) {
		t.Fatal(err)
	}
	far("once they are counted", 0, 2)
	flow.Store = &interrupted{Store: h.Store, left: 2}
	h.Submit(t, h.Draft(t, "Three."))
	if err := flow.RunSimulation(t.Context(), h.W, begun.ID); !errors.Is(err, errInterrupted) {
		t.Fatal(err)
	}
	far("with what came in", 3, 3)
	ok(t, h.Flow.RunSimulation(t.Context(), h.W, begun.ID))
	far("in the end", 3, 3)
}

// TestInterruptedRunsGoOn: a simulation and a recomputing that are stopped at any point
// end as if they had not been.
func TestInterruptedRunsGoOn(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	var views []*workflow.PostView
	for _, text := range []string{"One.", "Two.", "Three."} {
		views = append(views, h.Submit(t, h.Draft(t, text)))
	}
	stopped := func(run func(*workflow.Service) error) {
		t.Helper()
		for updates := 0; ; updates++ {
			flow := *h.Flow
			flow.Store = &interrupted{Store: h.Store, left: updates}
			if err := run(&flow); err == nil {
				return
			} else if !errors.Is(err, errInterrupted) {
				t.Fatal(err)
			}
		}
	}
	p := draft(t, h, stricter)
	m, err := h.Flow.SimulatePolicy(t.Context(), h.As(h.Admin), h.W, p, 1)
	ok(t, err)
	stopped(func(s *workflow.Service) error { return s.RunSimulation(t.Context(), h.W, m.ID) })
	m, err = h.Flow.Simulation(t.Context(), h.As(h.Admin), h.W, p, m.ID)
	ok(t, err)
	if m.State != workflow.SimulationSucceeded || m.Report.Replayed != 3 || m.Report.Changed != 3 {
		t.Fatalf("simulation %+v", m)
	}
	a, err := h.Flow.ActivatePolicy(t.Context(), h.As(second), h.W, activation(m))
	ok(t, err)
	stopped(func(s *workflow.Service) error { return s.RecomputePolicy(t.Context(), h.W, a.Activation.ID) })
	done, err := h.Store.FindActivation(t.Context(), h.W, p)
	ok(t, err)
	if done.Done != 3 || done.EndTime.IsZero() {
		t.Errorf("activation %+v", done)
	}
	for _, v := range views {
		r := review(t, h, v, advocacy.ReviewOpen)
		if legal, _ := r.Plan.Find("legal"); legal.Quorum != 2 {
			t.Errorf("a plan asks for %d of legal", legal.Quorum)
		}
	}
}

// TestOvertakenSimulationFails: another revision came into force while it ran.
func TestOvertakenSimulationFails(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	p := draft(t, h, stricter)
	m, err := h.Flow.SimulatePolicy(t.Context(), h.As(h.Admin), h.W, p, 1)
	ok(t, err)
	activate(t, h, recruit(t, h, "Second", advocacy.RoleAdmin), activation(simulate(t, h, draft(t, h, stricter))))
	ok(t, h.Flow.RunSimulation(t.Context(), h.W, m.ID))
	m, err = h.Flow.Simulation(t.Context(), h.As(h.Admin), h.W, p, m.ID)
	ok(t, err)
	if m.State != workflow.SimulationFailed {
		t.Errorf("it is %s", m.State)
	}
}

// TestExpedited: another quorum, never none, for who may and says why; and the record says so.
func TestExpedited(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	why := "The press calls."
	expedite := func(v *workflow.PostView) (*workflow.PostView, error) {
		return h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest, Expedited: true, Reason: why})
	}
	offered := func(v *workflow.PostView) bool {
		e, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
		ok(t, err)
		return e.ExpediteOffered
	}
	first := h.Draft(t, "Urgent.")
	refuses(t, h, advocacy.Denied, "PERMISSION_DENIED", func() error { _, err := expedite(first); return err })
	regrant(t, h, h.Author, advocacy.RoleEmployee, advocacy.RoleCurator)
	if offered(first) {
		t.Error("a route is offered that there is not")
	}
	why = " "
	refuses(t, h, advocacy.Invalid, "EXPEDITE_REASON_REQUIRED", func() error { _, err := expedite(first); return err })
	why = "The press calls."
	refuses(t, h, advocacy.Precondition, "EXPEDITED_NOT_OFFERED", func() error { _, err := expedite(first); return err })
	enforce(t, h, `
defaults: [{role: "approver:legal"}, {role: "approver:pr"}]
expedited: [{role: "approver:legal", quorum: 2}]
`)
	if !offered(first) {
		t.Error("the route is not offered")
	}
	view, err := expedite(first)
	ok(t, err)
	if offered(first) {
		t.Error("the route is offered of what was submitted")
	}
	r := review(t, h, view, advocacy.ReviewOpen)
	if !r.Expedited || r.ExpediteReason != why || len(r.Plan.Requirements) != 1 || r.Plan.Requirements[0].Quorum != 2 {
		t.Fatalf("the round is %+v", r)
	}
	h.Sign(t, h.Legal, view, "legal")
	review(t, h, view, advocacy.ReviewOpen)
	h.Sign(t, h.Legal2, view, "legal")
	review(t, h, view, advocacy.ReviewApproved)
	if r := review(t, h, h.Submit(t, h.Draft(t, "Not urgent.")), advocacy.ReviewOpen); r.Expedited || len(r.Plan.Requirements) != 2 {
		t.Errorf("the normal round is %+v", r)
	}
}

// TestFailedRulesAreKept: a round that a broken rule had a say in says so.
func TestFailedRulesAreKept(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, stricter+`rules: [{id: broken, when: 'post.media[0].alt_text == ""', reason: So.}]`)
	r := review(t, h, h.Submit(t, h.Draft(t, "No picture.")), advocacy.ReviewOpen)
	if len(r.FailedRules) != 1 || r.FailedRules[0] != "broken" {
		t.Errorf("failed rules %v", r.FailedRules)
	}
}
