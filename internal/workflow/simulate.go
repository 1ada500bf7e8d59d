package workflow

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// SimulationState is how far a simulation is.
type SimulationState string

const (
	// SimulationRunning: the job replays. Asking for a simulation sets it.
	SimulationRunning SimulationState = "running"
	// SimulationSucceeded: the report is complete.
	SimulationSucceeded SimulationState = "succeeded"
	// SimulationFailed: another revision came into force before it was complete.
	SimulationFailed SimulationState = "failed"
)

// SimulationStates lists every state of a simulation.
func SimulationStates() []SimulationState {
	return []SimulationState{SimulationRunning, SimulationSucceeded, SimulationFailed}
}

// PolicySimulation is a revision of a policy replayed over the past, compared with the
// one in force then: Base.
type PolicySimulation struct {
	Workspace advocacy.WorkspaceID
	ID        string
	Policy    advocacy.PolicyRef
	Base      advocacy.PolicyRef
	Days      int
	Author    advocacy.PersonID
	State     SimulationState
	// Progress is where an interrupted run goes on.
	Progress   string
	Report     SimulationReport
	Version    int64
	CreateTime time.Time
	EndTime    time.Time
}

// SimulationReport counts submissions.
type SimulationReport struct {
	Replayed int64 `json:"replayed"`
	// Total is how many there are to replay, 0 until they were counted.
	Total int64 `json:"total,omitempty"`
	// Changed would be asked of others; Refused fail a precondition; Failed meet a rule that
	// cannot be evaluated.
	Changed      int64                  `json:"changed"`
	Refused      int64                  `json:"refused"`
	Failed       int64                  `json:"failed"`
	Requirements []SimulatedRequirement `json:"requirements,omitempty"`
	Load         []SimulatedLoad        `json:"load,omitempty"`
	Rules        []SimulatedRule        `json:"rules,omitempty"`
	// Unroutable counts the open reviews nobody could finish; Reviews are the first of them.
	Unroutable int64    `json:"unroutable"`
	Reviews    []string `json:"reviews,omitempty"`
	// PastUnroutable counts what was submitted that nobody could finish, with who holds the roles
	// today; PastReviews are the first of them.
	PastUnroutable int64    `json:"past_unroutable,omitempty"`
	PastReviews    []string `json:"past_reviews,omitempty"`
	// Short says of each of Reviews, and PastShort of each of PastReviews, what nobody could sign. They
	// are shorter in a report that was made before that was kept.
	Short     [][]Shortfall `json:"short,omitempty"`
	PastShort [][]Shortfall `json:"past_short,omitempty"`
}

// Shortfall is a signature that nobody could give, as it is told and kept.
type Shortfall struct {
	Requirement string                 `json:"requirement"`
	Role        advocacy.Role          `json:"role"`
	Missing     int                    `json:"missing"`
	Reason      advocacy.Infeasibility `json:"reason"`
}

func toldShort(short []advocacy.Shortfall) []Shortfall {
	out := make([]Shortfall, len(short))
	for i, s := range short {
		out[i] = Shortfall{Requirement: s.Requirement.Key, Role: s.Requirement.Role, Missing: s.Missing, Reason: s.Reason}
	}
	return out
}

// SimulatedRequirement is of how many submissions one requirement was and would be asked.
type SimulatedRequirement struct {
	Key     string        `json:"key"`
	Role    advocacy.Role `json:"role"`
	Before  int64         `json:"before"`
	After   int64         `json:"after"`
	Added   int64         `json:"added"`
	Removed int64         `json:"removed"`
}

// SimulatedLoad is how many signatures of a role were and would be asked for in one hour
// of the day, in the workspace's time zone.
type SimulatedLoad struct {
	Role   advocacy.Role `json:"role"`
	Hour   int           `json:"hour"`
	Before int64         `json:"before"`
	After  int64         `json:"after"`
}

// SimulatedRule is how often one rule of the simulated revision matched.
type SimulatedRule struct {
	Rule    string `json:"rule"`
	Matched int64  `json:"matched"`
	Failed  int64  `json:"failed"`
	Shadow  int64  `json:"shadow"`
}

// The bounds of a simulation.
const (
	simulatedDays  = 90
	shownReviews   = 100
	openPhase      = "open "
	pastPhase      = "past "
	simulationPage = 100
)

// JobSimulate replays a policy. Args: ResourceJob.
const JobSimulate = "simulate_policy"

// SimulatePolicy begins a simulation of a revision against the one in force; days 0 means
// three months.
func (s *Service) SimulatePolicy(ctx context.Context, c Call, w advocacy.WorkspaceID, of advocacy.PolicyRef, days int) (*PolicySimulation, error) {
	if days == 0 {
		days = simulatedDays
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PolicySimulation, string, error) {
		now, err := s.policyInForce(ctx, tx, w, of.Policy)
		if err != nil {
			return nil, "", err
		}
		if _, err := policyRevision(ctx, tx, w, of.Policy, of.Revision); err != nil {
			return nil, "", err
		}
		m := &PolicySimulation{
			Workspace: w, ID: s.NewID(), Policy: of, Base: now.ref(), Days: days, Author: c.Actor.Person,
			State: SimulationRunning, Progress: pastPhase, CreateTime: tx.Now(),
		}
		if err := tx.AddSimulation(ctx, m); err != nil {
			return nil, "", err
		}
		if err := enqueue(ctx, tx, advocacy.Job{Kind: JobSimulate, Unique: m.ID}, ResourceJob{Workspace: w, ID: m.ID}); err != nil {
			return nil, "", err
		}
		return m, m.ID, s.record(ctx, tx, c, w, fact{
			action: "routing_policy.simulated", subject: policyName(w, of) + "/simulations/" + m.ID, parent: w.Name(),
			detail: map[string]any{"base": m.Base, "days": days},
		})
	}, func(ctx context.Context, tx Tx, id string) (*PolicySimulation, error) {
		return tx.Simulation(ctx, w, id)
	})
}

// Simulation returns a simulation of a revision.
func (s *Service) Simulation(ctx context.Context, _ Call, w advocacy.WorkspaceID, of advocacy.PolicyRef, id string) (*PolicySimulation, error) {
	m, err := s.Store.Simulation(ctx, w, id)
	if err == nil && m.Policy != of {
		return nil, advocacy.Missing("SIMULATION_NOT_FOUND", "there is no such simulation of this revision")
	}
	return m, err
}

// Simulations lists the simulations of a revision that is there.
func (s *Service) Simulations(ctx context.Context, c Call, w advocacy.WorkspaceID, of advocacy.PolicyRef, p Page) ([]PolicySimulation, string, error) {
	if _, err := s.PolicyRevision(ctx, c, w, of.Policy, of.Revision); err != nil {
		return nil, "", err
	}
	return s.Store.Simulations(ctx, w, of, p)
}

// RunSimulation replays a page after the other until the report is complete. When it is
// interrupted it goes on where it was.
func (s *Service) RunSimulation(ctx context.Context, w advocacy.WorkspaceID, id string) error {
	m, err := s.Store.Simulation(ctx, w, id)
	if err != nil || m.State != SimulationRunning {
		return err
	}
	run, err := s.newReplay(ctx, m)
	if err != nil {
		return err
	}
	if err := run.size(ctx); err != nil {
		return err
	}
	for m.State == SimulationRunning {
		if err := run.step(ctx); err != nil {
			return err
		}
		err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			now, err := tx.Policy(ctx, w)
			if err != nil {
				return err
			}
			switch {
			case now.ref() != m.Base:
				m.State, m.EndTime = SimulationFailed, tx.Now()
			case m.Progress == "":
				m.State, m.EndTime = SimulationSucceeded, tx.Now()
			}
			return tx.SaveSimulation(ctx, m)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// replay is a run of a simulation.
type replay struct {
	s           *Service
	m           *PolicySimulation
	base, draft *routing.Compiled
	zone        *time.Location
}

func (s *Service) newReplay(ctx context.Context, m *PolicySimulation) (*replay, error) {
	run := &replay{s: s, m: m}
	for of, to := range map[advocacy.PolicyRef]**routing.Compiled{m.Base: &run.base, m.Policy: &run.draft} {
		p, err := policyRevision(ctx, s.Store, m.Workspace, of.Policy, of.Revision)
		if err != nil {
			return nil, err
		}
		if *to, err = s.Routing.Load(p.Document); err != nil {
			return nil, err
		}
	}
	if m.Base == m.Policy {
		run.base = run.draft
	}
	space, err := s.Store.Workspace(ctx, m.Workspace)
	if err != nil {
		return nil, err
	}
	run.zone, err = time.LoadLocation(space.Zone)
	return run, err
}

// size counts what there is to replay before the first of it, so that who waits sees how far it is.
func (r *replay) size(ctx context.Context) error {
	if r.m.Progress != pastPhase {
		return nil
	}
	n, err := r.s.Store.CountOpenedReviews(ctx, r.m.Workspace, r.since())
	if err != nil || n == 0 {
		return err
	}
	r.m.Report.Total = n
	return r.s.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.SaveSimulation(ctx, r.m) })
}

// since is the beginning of the time that is replayed.
func (r *replay) since() time.Time { return r.m.CreateTime.AddDate(0, 0, -r.m.Days) }

// step replays one page: first of what was submitted, then of what is not sent yet.
func (r *replay) step(ctx context.Context) error {
	if after, past := strings.CutPrefix(r.m.Progress, pastPhase); past {
		reviews, next, err := r.s.Store.OpenedReviews(ctx, r.m.Workspace, r.since(), Page{Size: simulationPage, After: after, Oldest: true})
		if err != nil {
			return err
		}
		for i := range reviews {
			if err := r.replay(ctx, &reviews[i]); err != nil {
				return err
			}
		}
		r.m.Progress = pastPhase + next
		if next == "" {
			r.m.Progress = openPhase
		}
		return nil
	}
	rounds, next, err := r.s.unsent(ctx, r.m.Workspace, "", strings.TrimPrefix(r.m.Progress, openPhase), simulationPage)
	if err != nil {
		return err
	}
	for _, o := range rounds {
		if err := r.finishable(ctx, o); err != nil {
			return err
		}
	}
	if r.m.Progress = ""; next != "" {
		r.m.Progress = openPhase + next
	}
	return nil
}

// replay asks both policies about a submission, as of when it was made.
func (r *replay) replay(ctx context.Context, review *advocacy.Review) error {
	head, err := r.s.Store.Revision(ctx, review.Subject, review.Revision)
	if err != nil {
		return err
	}
	facts, err := r.facts(ctx, review, head, review.OpenTime)
	if err != nil {
		return err
	}
	difference := r.base.Compare(r.draft, facts)
	r.m.Report.count(difference, review.OpenTime.In(r.zone).Hour())
	asked := *review
	if asked.Plan = difference.After.Plan; len(asked.Plan.Roles()) == 0 {
		return nil
	}
	short, err := r.short(ctx, &asked, head, nil, asked.Plan)
	if err != nil || len(short) == 0 {
		return err
	}
	r.m.Report.PastUnroutable++ // guard: what nobody could have finished is told
	if len(r.m.Report.PastReviews) < shownReviews {
		r.m.Report.PastReviews = append(r.m.Report.PastReviews, review.Subject.ReviewName(review.Round))
		r.m.Report.PastShort = append(r.m.Report.PastShort, toldShort(short))
	}
	return nil
}

// short is what too few persons can sign of what the draft asks for of a round.
func (r *replay) short(ctx context.Context, review *advocacy.Review, head *advocacy.Revision, decisions []advocacy.Decision, floor advocacy.Plan) ([]advocacy.Shortfall, error) {
	cs, err := r.s.countOf(ctx, r.s.Store, &Reading{Review: review, Revision: head}, decisions, r.s.Store.MembersByID)
	if err != nil {
		return nil, err
	}
	if err := r.s.readRelations(ctx, r.s.Store, cs); err != nil {
		return nil, err
	}
	cs.Floor = floor
	return r.s.shortfalls(ctx, r.s.Store, cs)
}

// facts are what was known of a submission at an instant, zero for now.
func (r *replay) facts(ctx context.Context, review *advocacy.Review, head *advocacy.Revision, at time.Time) (routing.Facts, error) {
	about, err := askedAbout(review, head)
	if err != nil {
		return routing.Facts{}, err
	}
	about.at = at
	return r.s.facts(ctx, r.s.Store, r.base.Needs().Or(r.draft.Needs()), about)
}

// finishable notes a round that is open now and that nobody could finish under the draft.
func (r *replay) finishable(ctx context.Context, o round) error {
	if o.number == 0 {
		return nil
	}
	of, err := r.s.Store.ReviewWithRevision(ctx, o.subject, o.number)
	if err != nil {
		return err
	}
	review, head := of.Review, of.Revision
	facts, err := r.facts(ctx, review, head, time.Time{})
	if err != nil {
		return err
	}
	decisions, err := r.s.Store.Decisions(ctx, o.subject)
	if err != nil {
		return err
	}
	short, err := r.short(ctx, review, head, decisions, r.draft.Evaluate(facts).Plan)
	if err != nil || len(short) == 0 {
		return err
	}
	r.m.Report.Unroutable++
	if len(r.m.Report.Reviews) < shownReviews {
		r.m.Report.Reviews = append(r.m.Report.Reviews, o.subject.ReviewName(o.number))
		r.m.Report.Short = append(r.m.Report.Short, toldShort(short)) // guard: what nobody could sign is told
	}
	return nil
}

// count adds one submission.
func (p *SimulationReport) count(d routing.Difference, hour int) {
	p.Replayed++
	p.Total = max(p.Total, p.Replayed) // what came in since it was counted is replayed as well
	p.Changed += one(d.Changed())
	p.Refused += one(len(d.After.Unmet) > 0)
	p.Failed += one(len(d.After.Failed) > 0)
	asked := func(plan advocacy.Plan, add func(*SimulatedRequirement, *SimulatedLoad, int64)) {
		for _, r := range plan.Requirements {
			load := &SimulatedLoad{}
			if r.Kind == advocacy.RequireHumans {
				load = p.load(r.Role, hour)
			}
			add(p.requirement(r), load, int64(r.Quorum))
		}
	}
	asked(d.Before.Plan, func(r *SimulatedRequirement, l *SimulatedLoad, n int64) { r.Before, l.Before = r.Before+1, l.Before+n })
	asked(d.After.Plan, func(r *SimulatedRequirement, l *SimulatedLoad, n int64) { r.After, l.After = r.After+1, l.After+n })
	for _, r := range d.Added {
		p.requirement(r).Added++
	}
	for _, r := range d.Removed {
		p.requirement(r).Removed++
	}
	for _, id := range d.After.Matched {
		p.rule(id).Matched++
	}
	for _, id := range d.After.Failed {
		p.rule(id).Failed++
	}
	for _, id := range d.After.Shadow {
		if slices.Contains(d.After.ShadowFailed, id) {
			p.rule(id).Failed++
			continue
		}
		p.rule(id).Shadow++
	}
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// requirement, load and rule find a line of the report or add it, in order.
func (p *SimulationReport) requirement(r advocacy.Requirement) *SimulatedRequirement {
	return line(&p.Requirements, SimulatedRequirement{Key: r.Key, Role: r.Role}, func(a, b SimulatedRequirement) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Role, b.Role))
	})
}

func (p *SimulationReport) load(role advocacy.Role, hour int) *SimulatedLoad {
	return line(&p.Load, SimulatedLoad{Role: role, Hour: hour}, func(a, b SimulatedLoad) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), a.Hour-b.Hour)
	})
}

func (p *SimulationReport) rule(id string) *SimulatedRule {
	return line(&p.Rules, SimulatedRule{Rule: id}, func(a, b SimulatedRule) int { return cmp.Compare(a.Rule, b.Rule) })
}

func line[T any](lines *[]T, key T, compare func(a, b T) int) *T {
	i, found := slices.BinarySearchFunc(*lines, key, compare)
	if !found {
		*lines = slices.Insert(*lines, i, key)
	}
	return &(*lines)[i]
}
