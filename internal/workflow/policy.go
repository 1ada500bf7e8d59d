package workflow

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// PolicyRevision is one immutable revision of a routing policy.
type PolicyRevision struct {
	Workspace advocacy.WorkspaceID
	Policy    string
	Revision  int
	// Document is the policy as package routing reads it, YAML or JSON.
	Document []byte
	Digest   advocacy.Digest
	Active   bool
	// Author wrote it; empty for what the workspace began with.
	Author     advocacy.PersonID
	CreateTime time.Time
	// Lexicon is the number of the lexicon revision in force beside the policy in force, 0
	// for none. Only Policy reads it.
	Lexicon int
	// Disclosures is the number of the revision of the disclosure rules in force beside it, 0 for
	// none.
	Disclosures int
	// Guideline is the number of the newest revision of the workspace's guideline, 0 for none.
	Guideline int
	// HandleChanges is how often the register of handles was changed.
	HandleChanges int64
	// Sharing is how often and when people share in the workspace. Only Policy reads it.
	Sharing advocacy.Sharing
}

// ref names the revision.
func (p *PolicyRevision) ref() advocacy.PolicyRef {
	return advocacy.PolicyRef{Policy: p.Policy, Revision: p.Revision}
}

// PolicyView is a revision with how it last came into force, nil when nobody put it there.
type PolicyView struct {
	PolicyRevision
	Activation *PolicyActivation
}

// PolicyActivation is that a revision came into force, and how far the computing of what
// was not sent yet is.
type PolicyActivation struct {
	Workspace advocacy.WorkspaceID
	ID        string
	Policy    advocacy.PolicyRef
	// Simulation is whose report the person read.
	Simulation   string
	Person       advocacy.PersonID
	Acknowledged bool
	Recomputing
}

// PolicyReader reads routing policies.
type PolicyReader interface {
	// Policy returns the routing policy revision in force, and which lexicon is beside it.
	Policy(ctx context.Context, w advocacy.WorkspaceID) (*PolicyRevision, error)
	// PolicyRevisions returns the revisions of the workspace's policies, newest first.
	PolicyRevisions(ctx context.Context, w advocacy.WorkspaceID, policy string, p Page) ([]PolicyRevision, string, error)
	Simulation(ctx context.Context, w advocacy.WorkspaceID, id string) (*PolicySimulation, error)
	// Simulations returns those of a revision, newest first.
	Simulations(ctx context.Context, w advocacy.WorkspaceID, of advocacy.PolicyRef, p Page) ([]PolicySimulation, string, error)
	Activation(ctx context.Context, w advocacy.WorkspaceID, id string) (*PolicyActivation, error)
	// StillActivations returns those of every workspace that came at t at the latest and whose
	// recomputing has not ended, the oldest first.
	StillActivations(ctx context.Context, t time.Time, most int) ([]*PolicyActivation, error)
	// FindActivation returns the newest activation of a revision, or nil.
	FindActivation(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PolicyRef) (*PolicyActivation, error)
	// CountOpenedReviews counts the rounds that were opened since an instant. It reads an index
	// entry for each of them: it is for jobs, and no answer waits for it.
	CountOpenedReviews(ctx context.Context, w advocacy.WorkspaceID, since time.Time) (int64, error)
	// OpenedReviews returns the rounds that were opened since an instant.
	OpenedReviews(ctx context.Context, w advocacy.WorkspaceID, since time.Time, p Page) ([]advocacy.Review, string, error)
}

// PolicyWriter writes routing policies.
type PolicyWriter interface {
	// AddPolicyRevision inserts a revision; an active one takes the place of the one in
	// force.
	AddPolicyRevision(ctx context.Context, p *PolicyRevision) error
	// ActivatePolicy puts a revision in the place of the one in force.
	ActivatePolicy(ctx context.Context, w advocacy.WorkspaceID, policy string, revision int) error
	AddSimulation(ctx context.Context, m *PolicySimulation) error
	// SaveSimulation writes the progress; Conflict when Version moved.
	SaveSimulation(ctx context.Context, m *PolicySimulation) error
	AddActivation(ctx context.Context, a *PolicyActivation) error
	// SaveActivation writes the progress; Conflict when Version moved.
	SaveActivation(ctx context.Context, a *PolicyActivation) error
}

// Policy returns the revision of a routing policy that is in force.
func (s *Service) Policy(ctx context.Context, _ Call, w advocacy.WorkspaceID, policy string) (*PolicyView, error) {
	p, err := s.policyInForce(ctx, s.Store, w, policy)
	if err != nil {
		return nil, err
	}
	return policyView(ctx, s.Store, p)
}

func (s *Service) policyInForce(ctx context.Context, r Reader, w advocacy.WorkspaceID, policy string) (*PolicyRevision, error) {
	p, err := r.Policy(ctx, w)
	if err != nil {
		return nil, err
	}
	if p.Policy != policy {
		return nil, advocacy.Missing("POLICY_NOT_FOUND", "there is no routing policy %q", policy)
	}
	return p, nil
}

func policyView(ctx context.Context, r Reader, p *PolicyRevision) (*PolicyView, error) {
	a, err := r.FindActivation(ctx, p.Workspace, p.ref())
	return &PolicyView{PolicyRevision: *p, Activation: a}, err
}

// Policies returns the revision in force of each routing policy of the workspace.
func (s *Service) Policies(ctx context.Context, _ Call, w advocacy.WorkspaceID) ([]PolicyView, error) {
	p, err := s.Store.Policy(ctx, w)
	if err != nil {
		return nil, err
	}
	view, err := policyView(ctx, s.Store, p)
	if err != nil {
		return nil, err
	}
	return []PolicyView{*view}, nil
}

// PolicyRevision returns one revision of a routing policy.
func (s *Service) PolicyRevision(ctx context.Context, _ Call, w advocacy.WorkspaceID, policy string, n int) (*PolicyView, error) {
	p, err := policyRevision(ctx, s.Store, w, policy, n)
	if err != nil {
		return nil, err
	}
	return policyView(ctx, s.Store, p)
}

func policyRevision(ctx context.Context, r Reader, w advocacy.WorkspaceID, policy string, n int) (*PolicyRevision, error) {
	found, _, err := r.PolicyRevisions(ctx, w, policy, Page{Size: 1, After: strconv.Itoa(n + 1)})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].Revision != n {
		return nil, advocacy.Missing("POLICY_NOT_FOUND", "there is no revision %d of the routing policy %q", n, policy)
	}
	return &found[0], nil
}

// PolicyRevisions lists the revisions of a routing policy, newest first.
func (s *Service) PolicyRevisions(ctx context.Context, _ Call, w advocacy.WorkspaceID, policy string, p Page) ([]PolicyView, string, error) {
	if _, err := s.policyInForce(ctx, s.Store, w, policy); err != nil {
		return nil, "", err
	}
	found, next, err := s.Store.PolicyRevisions(ctx, w, policy, p)
	if err != nil {
		return nil, "", err
	}
	views := make([]PolicyView, len(found))
	for i := range found {
		view, err := policyView(ctx, s.Store, &found[i])
		if err != nil {
			return nil, "", err
		}
		views[i] = *view
	}
	return views, next, nil
}

// PolicyDraft is what a client says of a new revision.
type PolicyDraft struct {
	Document string
	// ValidateOnly keeps nothing.
	ValidateOnly bool
}

// CreatePolicyRevision keeps a draft that passes its own tests. It routes nothing until
// two persons put it in force.
func (s *Service) CreatePolicyRevision(ctx context.Context, c Call, w advocacy.WorkspaceID, policy string, d PolicyDraft) (*PolicyView, error) {
	if err := s.guardDocument(d.Document); err != nil {
		return nil, err
	}
	draft := &PolicyRevision{
		Workspace: w, Policy: policy, Document: []byte(d.Document), Digest: advocacy.DigestOf([]byte(d.Document)), Author: c.Actor.Person,
	}
	if d.ValidateOnly {
		_, err := s.policyInForce(ctx, s.Store, w, policy)
		return &PolicyView{PolicyRevision: *draft}, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PolicyView, string, error) {
		if _, err := tx.WorkspaceForUpdate(ctx, w); err != nil { // revisions are numbered one by one
			return nil, "", err
		}
		if _, err := s.policyInForce(ctx, tx, w, policy); err != nil {
			return nil, "", err
		}
		newest, _, err := tx.PolicyRevisions(ctx, w, policy, Page{Size: 1})
		if err != nil {
			return nil, "", err
		}
		draft.Revision, draft.CreateTime = newest[0].Revision+1, tx.Now()
		if err := tx.AddPolicyRevision(ctx, draft); err != nil {
			return nil, "", err
		}
		return &PolicyView{PolicyRevision: *draft}, strconv.Itoa(draft.Revision), s.record(ctx, tx, c, w, fact{
			action: "routing_policy.drafted", subject: policyName(w, draft.ref()), parent: w.Name(), detail: map[string]any{"digest": draft.Digest},
		})
	}, policyAgain(w, policy))
}

// guardDocument refuses a policy that cannot be used, or does not do what its own tests
// say.
func (s *Service) guardDocument(document string) error {
	compiled, err := s.Routing.Check([]byte(document))
	if e, ok := err.(*advocacy.Error); ok {
		e.Field = "document"
	}
	if err != nil {
		return err
	}
	return routing.TestsFailed("document", compiled.Try())
}

func policyAgain(w advocacy.WorkspaceID, policy string) func(context.Context, Tx, string) (*PolicyView, error) {
	return func(ctx context.Context, tx Tx, result string) (*PolicyView, error) {
		n, err := strconv.Atoi(result)
		if err != nil {
			return nil, fmt.Errorf("remembered revision: %w", err)
		}
		p, err := policyRevision(ctx, tx, w, policy, n)
		if err != nil {
			return nil, err
		}
		return policyView(ctx, tx, p)
	}
}

func policyName(w advocacy.WorkspaceID, p advocacy.PolicyRef) string {
	return fmt.Sprintf("%s/routingPolicies/%s/revisions/%d", w.Name(), p.Policy, p.Revision)
}
