package workflow

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// maximumLent is how many delegations that are in force an explanation looks at.
const maximumLent = 1000

// ReviewExplanation is everything there is to say about a round.
type ReviewExplanation struct {
	Review *advocacy.Review
	advocacy.Explanation
	// Short are the requirements that nobody is left for, while the round is unroutable.
	Short []Shortfall
	// Former are the plans the round had before this one, oldest first.
	Former []advocacy.FormerPlan
	// Usual is how long roles usually take to sign, of which enough is known.
	Usual map[advocacy.Role]time.Duration
	// Deadlines are by when signatures should be there, and who was asked for them.
	Deadlines []advocacy.Deadline
	// Turns are whose turn it is, why, and since when.
	Turns []advocacy.Turn
}

// PostExplanation is everything there is to say about where a post stands.
type PostExplanation struct {
	Post *advocacy.Post
	// Review explains the newest round about the head, nil when there is none.
	Review *ReviewExplanation
	// Targets explains each account the head is meant for.
	Targets []TargetExplanation
	// Cancels is how many scheduled publications an edit would cancel.
	Cancels int
	// ExpediteOffered: who asks may submit it on the expedited route.
	ExpediteOffered bool
}

// TargetExplanation is what keeps a post from one account.
type TargetExplanation struct {
	Account advocacy.AccountID
	// Publication is nil as long as none was authorized.
	Publication *advocacy.Publication
	// Blockers is what the gate would find in the way, apart from the time.
	Blockers []advocacy.Blocker
}

// ExplainReview says how far a round is, who counts, who cannot and why, and who could
// take it further.
func (s *Service) ExplainReview(ctx context.Context, c Call, sub advocacy.Subject, round int) (*ReviewExplanation, error) {
	head, err := s.newestSeen(ctx, s.Store, c, sub)
	if err != nil {
		return nil, err
	}
	review, err := s.Store.Review(ctx, sub, round)
	if err != nil {
		return nil, err
	}
	cs, err := s.readCase(ctx, s.Store, &Reading{Review: review, Revision: head})
	if err != nil {
		return nil, err
	}
	out, err := s.explain(ctx, s.Store, cs)
	if err != nil || sub.Kind != advocacy.SubjectPost {
		return out, err
	}
	publications, err := s.Store.PublicationsOf(ctx, sub.Workspace, advocacy.PostID(sub.ID))
	if turn, unknown := advocacy.UnknownTurns(publications)[round]; unknown {
		out.Turns = append(out.Turns, turn)
	}
	return out, err
}

func (s *Service) headOf(ctx context.Context, r Reader, sub advocacy.Subject) (*advocacy.Revision, error) {
	if sub.Kind == advocacy.SubjectPost {
		_, of, err := r.PostWithHead(ctx, sub.Workspace, advocacy.PostID(sub.ID))
		if err != nil {
			return nil, err
		}
		return of.Revision, nil
	}
	item, err := r.Item(ctx, sub.Workspace, advocacy.ItemID(sub.ID))
	if err != nil {
		return nil, err
	}
	return r.Revision(ctx, sub, item.Head)
}

// readCase is a case for a view: nothing is held against change.
func (s *Service) readCase(ctx context.Context, r Reader, of *Reading, also ...advocacy.PersonID) (*advocacy.Case, error) {
	decisions, err := r.Decisions(ctx, of.Review.Subject)
	if err != nil {
		return nil, err
	}
	return s.caseOf(ctx, r, of, decisions, r.MembersByID, also...)
}

func (s *Service) explain(ctx context.Context, r Reader, cs *advocacy.Case) (*ReviewExplanation, error) {
	plan := cs.Review.Plan.Join(cs.Floor)
	of, err := s.circle(ctx, r, cs, plan.Roles())
	if err != nil {
		return nil, err
	}
	if err := s.readRelations(ctx, r, cs); err != nil {
		return nil, err
	}
	if cs.Review.State == advocacy.ReviewUnroutable {
		cs.Short = cs.Shortfalls(plan, of.Holders)
	}
	kept, err := tasksFor(ctx, r, cs.Review)
	if err != nil {
		return nil, err
	}
	for _, t := range kept {
		of.Claims[t.Requirement] = t.Claim
	}
	takes, err := usual(ctx, r, cs.Review.Subject.Workspace, plan)
	if err != nil {
		return nil, err
	}
	former, err := r.FormerPlans(ctx, cs.Review.Subject, cs.Review.Round)
	if err != nil {
		return nil, err
	}
	out := &ReviewExplanation{Review: cs.Review, Explanation: cs.Explain(of), Short: toldShort(cs.Short), Former: former, Usual: takes}
	return out, out.explainTurns(ctx, r, cs, kept)
}

// circle reads who could be asked to sign for the roles: who holds them, and who was lent them. It
// adds their memberships and the delegations to the case.
func (s *Service) circle(ctx context.Context, r Reader, cs *advocacy.Case, roles []advocacy.Role) (advocacy.Circle, error) {
	of := advocacy.Circle{
		Holders: make(map[advocacy.Role][]advocacy.PersonID), More: make(map[advocacy.Role]int), Claims: make(map[string]advocacy.Claim),
	}
	w := cs.Review.Subject.Workspace
	var cut []advocacy.Role
	for _, role := range roles {
		found, err := s.holders(ctx, r, cs, role, advocacy.MostCandidates+1)
		if err != nil {
			return of, err
		}
		if len(found) > advocacy.MostCandidates {
			cut = append(cut, role)
			found = found[:advocacy.MostCandidates]
		}
		of.Holders[role] = found
	}
	if len(cut) > 0 {
		all, err := r.CountHolders(ctx, w, cut, nil)
		if err != nil {
			return of, err
		}
		for _, role := range cut {
			of.More[role] = all[role] - len(of.Holders[role]) // guard: who is not named is counted
		}
	}
	lent, err := r.DelegationsInForce(ctx, w, roles, cs.Now, maximumLent)
	if err != nil || len(lent) == 0 {
		return of, err
	}
	return of, addLent(ctx, r, cs, lent) // guard: what is lent is explained
}

// addLent adds delegations to a case, and the memberships of who is a party of them.
func addLent(ctx context.Context, r Reader, cs *advocacy.Case, lent []advocacy.Delegation) error {
	var fresh []advocacy.PersonID
	if cs.Delegations == nil {
		cs.Delegations = make(map[advocacy.DelegationID]*advocacy.Delegation, len(lent))
	}
	for i := range lent {
		g := &lent[i]
		cs.Delegations[g.ID] = g
		for _, p := range []advocacy.PersonID{g.Delegator, g.Delegate} {
			if cs.Members[p] == nil {
				fresh = append(fresh, p)
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	slices.Sort(fresh)
	members, err := r.MembersByID(ctx, cs.Review.Subject.Workspace, slices.Compact(fresh))
	if err != nil {
		return err
	}
	maps.Copy(cs.Members, members)
	return nil
}

// tasksFor are the turns of a round that somebody may still have to act on.
func tasksFor(ctx context.Context, r Reader, review *advocacy.Review) ([]Task, error) {
	if !waits(review.State) && review.State != advocacy.ReviewRejected {
		return nil, nil
	}
	kept, err := r.TasksOf(ctx, review.Subject, review.Round)
	return roundTurns(kept), err
}

// explainTurns adds who is next and by when: the attention set, whose turns wait since the
// instant the queue has for them.
func (e *ReviewExplanation) explainTurns(ctx context.Context, r Reader, cs *advocacy.Case, kept []Task) error {
	if !waits(cs.Review.State) && cs.Review.State != advocacy.ReviewRejected {
		return nil
	}
	sub, round := cs.Review.Subject, cs.Review.Round
	var err error
	if len(timedRequirements(cs)) > 0 {
		if e.Deadlines, err = r.Deadlines(ctx, sub, round); err != nil {
			return err
		}
	}
	e.Turns = cs.Attention(cs.Tally(), assignments(kept))
	for i, turn := range e.Turns {
		e.Turns[i].Since = Task{Requirement: turn.Requirement, Role: turn.Role}.given(e.Turns, kept).Since // guard: as the queue has it
	}
	return nil
}

// ExplainPost says what keeps the head of a post from going out, in the gate's own words.
func (s *Service) ExplainPost(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID) (*PostExplanation, error) {
	p, of, err := s.Store.PostWithHead(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if !c.seesPost(p) {
		return nil, postMissing(id)
	}
	out, err := s.explainPost(ctx, s.Store, p, of)
	if err != nil || !c.may(mayExpedite) || p.GuardSubmit(c.Actor, of.Revision, out.Post.State, of.Revision.Digest) != nil {
		return out, err
	}
	rules, err := s.rules(ctx, s.Store, w)
	if err != nil {
		return nil, err
	}
	out.ExpediteOffered = len(rules.compiled.Policy().Expedited) > 0
	return out, nil
}

func (s *Service) explainPost(ctx context.Context, r Reader, p *advocacy.Post, of *Reading) (*PostExplanation, error) {
	view, err := s.fillPost(ctx, r, p, of)
	if err != nil {
		return nil, err
	}
	head := of.Revision
	out := &PostExplanation{Post: view.Post}
	accounts, err := r.AccountsByID(ctx, p.Workspace, head.Targets)
	if err != nil {
		return nil, err
	}
	passage := &advocacy.Passage{Post: p, Manifest: head.Manifest}
	if view.Review != nil && view.Review.Revision == p.Head {
		also := []advocacy.PersonID{p.Author}
		for _, a := range accounts {
			also = append(also, a.Owner)
		}
		cs, err := s.readCase(ctx, r, of, also...)
		if err != nil {
			return nil, err
		}
		if out.Review, err = s.explain(ctx, r, cs); err != nil {
			return nil, err
		}
		unknown := advocacy.UnknownTurns(view.Publications)
		for _, round := range slices.Sorted(maps.Keys(unknown)) {
			out.Review.Turns = append(out.Review.Turns, unknown[round]) // guard: an unknown end is somebody's turn
		}
		passage.Case, passage.Author = *cs, cs.Members[p.Author]
		if passage.Gone, err = itemGone(ctx, r, p, view.Review); err != nil {
			return nil, err
		}
	}
	if passage.Holds, err = r.HoldsSince(ctx, p.Workspace, view.firstDue(s.now(r))); err != nil {
		return nil, err
	}
	if passage.Bearing, err = bearing(ctx, r, passage.Holds, p, view.shown); err != nil {
		return nil, err
	}
	for _, id := range head.Targets {
		out.explainTarget(*passage, view, accounts[id])
	}
	return out, nil
}

// explainTarget adds what the gate would say of one account: of its newest publication,
// or of the one there would be.
func (e *PostExplanation) explainTarget(passage advocacy.Passage, view *PostView, a *advocacy.SocialAccount) {
	if a == nil {
		return
	}
	target := TargetExplanation{Account: a.ID}
	for i := range view.Publications {
		if x := &view.Publications[i]; x.Account == a.ID {
			target.Publication = x
		}
	}
	switch x := target.Publication; {
	case x != nil && x.Unsent():
		e.Cancels++
		passage.Publication = x
	case x != nil && x.State != advocacy.Cancelled && x.State != advocacy.Expired:
		if x.Wait == advocacy.BlockUnconfirmed {
			target.Blockers = []advocacy.Blocker{{Code: x.Wait, Person: a.Owner}}
		}
		e.Targets = append(e.Targets, target) // it went, or a person has to say what became of it
		return
	case e.Review == nil:
		target.Blockers = []advocacy.Blocker{{Code: advocacy.BlockNotSubmitted}}
		e.Targets = append(e.Targets, target)
		return
	default:
		passage.Publication = &advocacy.Publication{
			Workspace: e.Post.Workspace, Post: e.Post.ID, Revision: e.Post.Head, Round: e.Review.Review.Round,
			Digest: e.Review.Review.Digest, Account: a.ID, Network: a.Network, State: advocacy.Scheduled, DueTime: passage.Now,
		}
	}
	passage.Account, passage.Answerable = a, passage.Members[a.Owner]
	target.Blockers = passage.Explain()
	if e.Post.State == advocacy.PostApproved && target.Publication != passage.Publication { // guard: what nobody scheduled goes nowhere
		target.Blockers = append(target.Blockers, advocacy.Blocker{Code: advocacy.BlockNotScheduled, Person: e.Post.Author})
	}
	if passage.Publication.State == advocacy.HandedOver {
		target.Blockers = append(target.Blockers, advocacy.Blocker{Code: passage.Publication.Wait, Person: a.Owner})
	}
	e.Targets = append(e.Targets, target)
}

// Blockers is what keeps the post from every account it is meant for, without repeats.
func (e *PostExplanation) Blockers() []advocacy.Blocker {
	var out []advocacy.Blocker
	if len(e.Targets) == 0 {
		out = append(out, advocacy.Blocker{Code: advocacy.BlockNoTargets})
	}
	for _, t := range e.Targets {
		for _, b := range t.Blockers {
			if !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
	}
	return out
}
