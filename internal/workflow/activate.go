package workflow

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Activation says which revision to put in force, and on whose word.
type Activation struct {
	Policy   string
	Revision int
	// Simulation is the one whose report was read, Of the revision its name says it is of.
	Simulation string
	Of         advocacy.PolicyRef
	// Acknowledge says that the reviews nobody could finish are known.
	Acknowledge bool
}

// JobRecompute computes what is not sent yet again after a policy came into force. Args:
// ResourceJob.
const JobRecompute = "recompute_policy"

// ResourceJob names something of a workspace.
type ResourceJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	ID        string               `json:"id"`
}

// simulationLife is how long a report says who would be asked, and what could be finished by nobody.
// The second person often looks on another day.
const simulationLife = 48 * time.Hour

// ActivatePolicy puts a revision in force: by another person than its author, who names a
// simulation of exactly this revision against the one in force now.
func (s *Service) ActivatePolicy(ctx context.Context, c Call, w advocacy.WorkspaceID, d Activation) (*PolicyView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PolicyView, string, error) {
		if _, err := tx.WorkspaceForUpdate(ctx, w); err != nil { // one activation after the other
			return nil, "", err
		}
		now, err := s.policyInForce(ctx, tx, w, d.Policy)
		if err != nil {
			return nil, "", err
		}
		next, err := policyRevision(ctx, tx, w, d.Policy, d.Revision)
		if err != nil {
			return nil, "", err
		}
		if err := s.guardActivation(ctx, tx, c, now, next, d); err != nil {
			return nil, "", err
		}
		if err := tx.ActivatePolicy(ctx, w, next.Policy, next.Revision); err != nil {
			return nil, "", err
		}
		next.Active = true
		a := &PolicyActivation{
			Workspace: w, ID: s.NewID(), Policy: next.ref(), Simulation: d.Simulation, Person: c.Actor.Person,
			Acknowledged: d.Acknowledge, Recomputing: Recomputing{CreateTime: tx.Now()},
		}
		if err := tx.AddActivation(ctx, a); err != nil {
			return nil, "", err
		}
		if err := runRecompute(ctx, tx, w, a.ID); err != nil {
			return nil, "", err
		}
		return &PolicyView{PolicyRevision: *next, Activation: a}, strconv.Itoa(next.Revision), s.record(ctx, tx, c, w, fact{
			action: "routing_policy.activated", subject: policyName(w, next.ref()), parent: w.Name(),
			detail: map[string]any{
				"digest": next.Digest, "author": next.Author, "before": now.ref(), "simulation": d.Simulation, "acknowledged": d.Acknowledge,
			},
		})
	}, policyAgain(w, d.Policy))
}

// guardActivation is the two-person rule, and that the second one saw what would happen.
func (s *Service) guardActivation(ctx context.Context, tx Tx, c Call, now, next *PolicyRevision, d Activation) error {
	if c.Actor.Kind != advocacy.Human {
		return advocacy.Deny("MACHINE_CANNOT_ACTIVATE", "a routing policy is put in force by a person in a session")
	}
	if next.Active {
		return advocacy.Refuse("POLICY_IN_FORCE", "revision %d is in force already", next.Revision)
	}
	same, err := samePerson(ctx, tx, c, next.Author)
	if err != nil {
		return err
	}
	if same { // guard: two persons for a policy
		return advocacy.Deny("POLICY_SAME_PERSON", "you wrote this revision; another person has to put it in force")
	}
	m, err := tx.Simulation(ctx, next.Workspace, d.Simulation)
	if err != nil {
		return err
	}
	if tx.Now().Sub(m.CreateTime) > simulationLife { // guard: a simulation of another day says nothing of today
		return advocacy.Refuse("SIMULATION_STALE", "the simulation is more than %d hours old; simulate again", int(simulationLife.Hours()))
	}
	if m.Policy != next.ref() || d.Of != next.ref() || m.Base != now.ref() || m.State != SimulationSucceeded { // guard: simulation of this against that
		return advocacy.Refuse("SIMULATION_STALE", "the simulation is not of this revision against the one in force, or has not succeeded; simulate again")
	}
	if same, err = samePerson(ctx, tx, c, m.Author); err != nil {
		return err
	}
	if next.Author == "" && same { // guard: two persons also for what nobody here wrote
		return advocacy.Deny("POLICY_SAME_PERSON", "you asked for the simulation of a revision that nobody here wrote; another person has to put it in force")
	}
	if m.Report.Unroutable > 0 && !d.Acknowledge { // guard: unroutable acknowledged
		return advocacy.Refuse("POLICY_UNROUTABLE", "%d open reviews could be finished by nobody; give the roles first, or say that you know", m.Report.Unroutable).
			With("unroutable", strconv.FormatInt(m.Report.Unroutable, 10))
	}
	return nil
}

// samePerson tells whether the caller is the person, also behind a second membership.
func samePerson(ctx context.Context, tx Tx, c Call, author advocacy.PersonID) (bool, error) {
	if author == "" || author == c.Actor.Person {
		return author != "", nil
	}
	members, err := tx.MembersForShare(ctx, c.Actor.Workspace, []advocacy.PersonID{author, c.Actor.Person})
	person := func(p advocacy.PersonID) advocacy.PersonID {
		if m := members[p]; m != nil && m.MergedInto != "" {
			return m.MergedInto
		}
		return p
	}
	return person(author) == person(c.Actor.Person), err
}

// round names one round of sign-off.
type round struct {
	subject advocacy.Subject
	number  int
}

// unsentStates are the states whose posts, and then items, a policy still has a say in, and last
// the turns of posts whose state says that something went out, or was to, while the round was
// opened again. What moves on meanwhile moves forward in this order, or is counted under the
// policy in force when it does.
var unsentStates = []struct {
	post  advocacy.PostState
	item  advocacy.ItemState
	turns bool
}{
	{post: advocacy.PostInReview}, {post: advocacy.PostChangesRequested}, {post: advocacy.PostUnroutable},
	{post: advocacy.PostApproved}, {post: advocacy.PostScheduled},
	{item: advocacy.ItemInReview}, {item: advocacy.ItemChangesRequested}, {item: advocacy.ItemUnroutable},
	{turns: true},
}

// countUnsent counts the posts and items in those states.
func (s *Service) countUnsent(ctx context.Context, w advocacy.WorkspaceID) (int64, error) {
	var posts []advocacy.PostState
	var items []advocacy.ItemState
	for _, state := range unsentStates {
		switch {
		case state.post != "":
			posts = append(posts, state.post)
		case state.item != "":
			items = append(items, state.item)
		}
	}
	return s.Store.CountInStates(ctx, w, posts, items)
}

// unsent returns a page of the rounds that a policy still has a say in, of one author or of
// everybody, and the cursor of the next, "" at the end. The stored states only say where
// to look.
func (s *Service) unsent(ctx context.Context, w advocacy.WorkspaceID, author advocacy.PersonID, cursor string, size int) ([]round, string, error) {
	number, after, _ := strings.Cut(cursor, "|")
	phase, err := strconv.Atoi(number)
	if cursor == "" {
		phase, err = 0, nil
	}
	if err != nil || phase >= len(unsentStates) {
		return nil, "", err
	}
	state, p := unsentStates[phase], Page{Size: size, After: after}
	var rounds []round
	var next string
	switch {
	case state.turns:
		rounds, next, err = s.reopened(ctx, w, author, p) // guard: a round that was opened again is counted again
	case state.post != "":
		var posts []advocacy.Post
		posts, next, err = s.Store.Posts(ctx, PostQuery{Workspace: w, Author: author, State: state.post, Page: p})
		for i := range posts {
			rounds = append(rounds, round{posts[i].Subject(), posts[i].Round})
		}
	default:
		var items []advocacy.LibraryItem
		items, next, err = s.Store.Items(ctx, ItemQuery{Workspace: w, Author: author, State: state.item, Page: p})
		for i := range items {
			rounds = append(rounds, round{items[i].Subject(), items[i].Round})
		}
	}
	switch {
	case next != "":
		next = strconv.Itoa(phase) + "|" + next
	case phase+1 < len(unsentStates):
		next = strconv.Itoa(phase+1) + "|"
	}
	return rounds, next, err
}

// reopened is a page of the rounds that wait while the state of their posts says what became of
// their publications.
func (s *Service) reopened(ctx context.Context, w advocacy.WorkspaceID, author advocacy.PersonID, p Page) ([]round, string, error) {
	turns, err := s.Store.TurnsBehind(ctx, w, author, advocacy.TaskID(p.After), p.Size)
	var rounds []round
	for i := range turns {
		if r := (round{turns[i].Subject, turns[i].Round}); !slices.Contains(rounds, r) {
			rounds = append(rounds, r)
		}
	}
	if err != nil || len(turns) < p.Size {
		return rounds, "", err
	}
	return rounds, string(turns[len(turns)-1].ID), nil
}
