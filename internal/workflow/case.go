package workflow

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Reading is a round, a revision of its subject and what stands beside them, as one statement read
// them.
type Reading struct {
	Review   *advocacy.Review
	Revision *advocacy.Revision
	// Undisputed: no discussion of the subject was open that blocks. Nothing is said when it is false.
	Undisputed bool
	// Receipt is that of the person who was asked about, nil when there is none.
	Receipt *advocacy.Receipt
}

// PostThenReview is PostInReviewForUpdate in two statements, the second of which sees what was said of
// the post before it was held.
func PostThenReview(ctx context.Context, tx Tx, w advocacy.WorkspaceID, id advocacy.PostID, round int, viewer advocacy.PersonID) (*advocacy.Post, *Reading, error) {
	p, err := tx.PostForUpdate(ctx, w, id)
	if err != nil {
		return nil, nil, err
	}
	of, err := tx.ReviewWithHeadForUpdate(ctx, p.Subject(), cmp.Or(round, p.Round), p.Head, viewer)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return p, nil, nil
	}
	return p, of, err
}

// membersFunc reads memberships: with a lock in a guard, without one for a view.
type membersFunc func(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID) (map[advocacy.PersonID]*advocacy.Member, error)

// caseOf gathers what the rules look at. What was read has the subject's newest revision; the
// review may be about an older one, and then nothing counts.
func (s *Service) caseOf(ctx context.Context, r Reader, of *Reading, decisions []advocacy.Decision, members membersFunc, also ...advocacy.PersonID) (*advocacy.Case, error) {
	cs, err := s.countOf(ctx, r, of, decisions, members, also...)
	if err != nil {
		return nil, err
	}
	rules, err := s.judge(ctx, r, cs, of.Revision)
	if err != nil {
		return nil, err
	}
	if err := s.readRelations(ctx, r, cs); err != nil {
		return nil, err
	}
	cs.Library, err = s.libraryStanding(ctx, r, cs, of.Revision, rules)
	return cs, err
}

// countOf is a case of the decisions and the persons who took them, without the floor
// and without what stands behind a share.
func (s *Service) countOf(ctx context.Context, r Reader, of *Reading, decisions []advocacy.Decision, members membersFunc, also ...advocacy.PersonID) (*advocacy.Case, error) {
	review, head := of.Review, of.Revision
	cs := &advocacy.Case{
		Review: review, Head: head.Number, HeadDigest: head.Digest, Contributors: head.Contributors, Suggesters: head.Suggesters,
		Decisions: decisions, Factor: s.Factor, Now: s.now(r),
	}
	ids := slices.Concat(also, head.Contributors, head.Suggesters, []advocacy.PersonID{review.Assent.Person})
	for _, d := range decisions {
		ids = append(ids, d.Person)
		if d.OnBehalfOf != "" {
			ids = append(ids, d.OnBehalfOf)
		}
	}
	var err error
	if !of.Undisputed { // guard: a discussion that blocks is read
		if cs.OpenThreads, err = r.OpenThreads(ctx, review.Subject); err != nil {
			return nil, err
		}
	}
	for i := range cs.OpenThreads {
		ids = append(ids, cs.OpenThreads[i].Opener)
	}
	slices.Sort(ids)
	if cs.Members, err = members(ctx, review.Subject.Workspace, slices.Compact(ids)); err != nil {
		return nil, err
	}
	if cs.Unanswered, err = unanswered(ctx, r, cs); err != nil {
		return nil, err
	}
	cs.Delegations, err = delegationsOf(ctx, r, review.Subject.Workspace, decisions)
	return cs, err
}

// unanswered are the roles of open discussions that nobody holds who may resolve them.
func unanswered(ctx context.Context, r Reader, cs *advocacy.Case) ([]advocacy.Role, error) {
	var roles []advocacy.Role
	for i := range cs.OpenThreads {
		if role := cs.OpenThreads[i].Role; role != "" && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	if len(roles) == 0 {
		return nil, nil
	}
	count, err := r.CountHolders(ctx, cs.Review.Subject.Workspace, roles, cs.ExcludedFromThreads())
	return slices.DeleteFunc(roles, func(role advocacy.Role) bool { return count[role] > 0 }), err
}

// now is the transaction's time inside one, the service's outside.
func (s *Service) now(r Reader) time.Time {
	if tx, ok := r.(Tx); ok {
		return tx.Now()
	}
	return s.Now()
}

// judge adds to the case what the rules in force would ask of the revision, which
// preconditions do not hold, and what is found in it. All stay empty while the rules,
// which it returns, are those that made the plan and their answer cannot have changed since.
func (s *Service) judge(ctx context.Context, r Reader, cs *advocacy.Case, head *advocacy.Revision) (*rules, error) {
	review := cs.Review
	rules, err := s.rules(ctx, r, review.Subject.Workspace)
	if err != nil {
		return nil, err
	}
	cs.Sharing, cs.Policy = rules.policy.Sharing, rules.policy.ref()
	about, err := askedAbout(review, head)
	if err != nil {
		return nil, err
	}
	about.members, about.signed = cs.Members, review.State == advocacy.ReviewApproved
	needs := rules.compiled.Needs()
	newer := under(review) != beside(rules.policy) // guard: lexicon and disclosure rules in force
	moved := review.Policy != rules.policy.ref() || needs.Time || newer && needs.Findings
	moved = moved || needs.Guideline && rules.policy.Guideline > 0 // guard: what was read is asked again at send
	moved = moved || about.mayAnswerOtherwise(needs, review.OpenTime)
	moved = moved || about.inTraining() // guard: training mode at send
	if !newer && !moved {
		return rules, nil
	}
	about.rules = rules
	if newer || needs.Findings {
		about.findings = s.findings(rules.sight, about.content, about.manifest)
	}
	if moved {
		facts, err := s.facts(ctx, r, needs, about)
		if err != nil {
			return nil, err
		}
		result := rules.compiled.Evaluate(facts)
		cs.Floor, cs.Unmet = result.Plan, result.Unmet // guard: policy floor
	}
	if !newer {
		return rules, nil
	}
	cs.Found = about.findings
	signed, err := itemSigners(ctx, r, review.Subject.Workspace, about.unedited(), cs.Found)
	if err != nil {
		return nil, err
	}
	cs.Floor = review.Plan.Join(cs.Floor).WithTerms(cs.Found, signed) // guard: a newly restricted term asks its role
	return rules, nil
}

// settleState computes the review's state and moves it there. last is the verdict just
// given, empty when something else changed.
func (s *Service) settleState(ctx context.Context, r Reader, cs *advocacy.Case, last advocacy.Verdict) error {
	tally := cs.Tally()
	// A signature that can take nobody's place leaves an open round as feasible as it was.
	signed := cs.Review.State == advocacy.ReviewOpen && last == advocacy.Approve && !cs.TakesPlace(&cs.Decisions[len(cs.Decisions)-1])
	if !tally.Satisfied && !signed {
		var err error
		if cs.Short, err = s.shortfalls(ctx, r, cs); err != nil {
			return err
		}
	}
	to := cs.Outcome(tally, len(cs.Short) == 0)
	if to == cs.Review.State {
		return nil
	}
	if err := cs.Review.Move(to); err != nil {
		return err
	}
	cs.Review.CloseTime = time.Time{}
	if to == advocacy.ReviewApproved || to == advocacy.ReviewRejected {
		cs.Review.CloseTime = cs.Now
	}
	return nil
}

// shortfalls returns what nobody is left for: nil when different eligible persons could give
// every signature that is missing. Roles with more holders that said nothing yet than the plan
// has slots cannot run short, unless a requirement keeps some of them from signing; only of the
// others the persons are read.
func (s *Service) shortfalls(ctx context.Context, r Reader, cs *advocacy.Case) ([]advocacy.Shortfall, error) {
	plan := cs.Review.Plan.Join(cs.Floor)
	roles := plan.Roles()
	if len(roles) == 0 {
		return nil, nil
	}
	count, err := r.CountHolders(ctx, cs.Review.Subject.Workspace, roles, cs.Excluded()) // guard: who wrote it under a merged membership is no holder
	if err != nil {
		return nil, err
	}
	scarce, holders := advocacy.Plan{}, make(map[advocacy.Role][]advocacy.PersonID)
	for _, req := range plan.Requirements {
		plain := len(req.Exclude) == 0 && len(cs.Suggesters) == 0 && !cs.Unprovable(req)
		if req.Kind != advocacy.RequireHumans || count[req.Role] >= plan.Slots() && plain {
			continue
		}
		scarce.Requirements = append(scarce.Requirements, req)
		if holders[req.Role] == nil {
			if holders[req.Role], err = s.holders(ctx, r, cs, req.Role, maximumContributions); err != nil {
				return nil, err
			}
		}
	}
	if len(scarce.Requirements) == 0 {
		return nil, nil
	}
	if err := s.readRelations(ctx, r, cs); err != nil {
		return nil, err
	}
	return cs.Shortfalls(scarce, holders), nil
}

// holders lists the first active holders of a role and adds their memberships to the case.
func (s *Service) holders(ctx context.Context, r Reader, cs *advocacy.Case, role advocacy.Role, most int) ([]advocacy.PersonID, error) {
	members, _, err := r.Members(ctx, MemberQuery{
		Workspace: cs.Review.Subject.Workspace, Role: role, State: advocacy.MemberActive, Page: Page{Size: most},
	})
	if err != nil {
		return nil, err
	}
	persons := make([]advocacy.PersonID, len(members))
	for i := range members {
		persons[i] = members[i].Person
		if cs.Members[persons[i]] == nil {
			cs.Members[persons[i]] = &members[i]
		}
	}
	return persons, nil
}

// readRelations adds to the case what the plan asks of the relations between its persons: every
// membership of each, since one that was merged into another is the same person's, and whom they
// report to.
func (s *Service) readRelations(ctx context.Context, r Reader, cs *advocacy.Case) error {
	plan := cs.Review.Plan.Join(cs.Floor)
	lines, teams := plan.Excludes(advocacy.ExcludeManagers), plan.Excludes(advocacy.ExcludeTeam)
	if !lines && !teams {
		return nil
	}
	w, known, asked := cs.Review.Subject.Workspace, maps.Clone(cs.Members), make(map[advocacy.PersonID]bool)
	for range maximumLine {
		var fresh []advocacy.PersonID
		for p := range known {
			if !asked[p] {
				fresh, asked[p] = append(fresh, p), true
			}
		}
		if len(fresh) == 0 {
			break
		}
		slices.Sort(fresh)
		merged, err := r.MergedMembers(ctx, w, fresh) // guard: relations of every membership
		if err != nil {
			return err
		}
		maps.Copy(known, merged)
		found, err := r.MembersByID(ctx, w, unread(known, lines))
		if err != nil {
			return err
		}
		maps.Copy(known, found)
	}
	cs.Members = known
	if lines {
		cs.Superiors = advocacy.Superiors(known)
	}
	if teams {
		cs.Groups = advocacy.Groups(known)
	}
	return nil
}

// unread are the memberships that known ones were merged into and, when lines are asked for, whom
// they report to, as far as they are not known themselves.
func unread(known map[advocacy.PersonID]*advocacy.Member, lines bool) []advocacy.PersonID {
	var missing []advocacy.PersonID
	add := func(p advocacy.PersonID) {
		if p != "" && known[p] == nil {
			missing = append(missing, p)
		}
	}
	for _, m := range known {
		if m == nil {
			continue
		}
		add(m.MergedInto)
		if lines {
			add(m.Manager)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// putTasks writes the queue's projection of a review.
func (s *Service) putTasks(ctx context.Context, tx Tx, cs *advocacy.Case, head *advocacy.Revision, shown turn) error {
	if err := s.readExcluded(ctx, tx, cs); err != nil {
		return err
	}
	tasks := s.tasksOf(cs, head, shown)
	if len(tasks) == 0 {
		return nil
	}
	if err := s.putDeadlines(ctx, tx, cs, tasks, shown.times); err != nil {
		return err
	}
	return tx.PutTasks(ctx, tasks...)
}

// readExcluded adds to the case the holders of roles from which the plan excludes some, so
// that no turn is offered to one of them.
func (s *Service) readExcluded(ctx context.Context, r Reader, cs *advocacy.Case) error {
	for _, q := range cs.Review.Plan.Join(cs.Floor).Requirements {
		if len(q.Exclude) == 0 {
			continue
		}
		if _, err := s.holders(ctx, r, cs, q.Role, maximumContributions); err != nil {
			return err
		}
	}
	return s.readRelations(ctx, r, cs)
}

// tasksOf is the queue's projection of a review: a turn of each requirement for persons,
// and those of the author and the admins that the attention set names or named before.
func (s *Service) tasksOf(cs *advocacy.Case, head *advocacy.Revision, shown turn) []Task {
	review := cs.Review
	blank := Task{
		Workspace: review.Subject.Workspace, Subject: review.Subject, Round: review.Round, Digest: review.Digest,
		Title: firstRunes(shown.title, taskTitleRunes), Author: review.Assent.Person, Language: head.Content.Language,
		Origin: review.Origin, Networks: networksOf(shown.manifest),
		PublishTime: shown.publish, DueTime: earliest(shown.publish, review.ExpireTime), CreateTime: review.OpenTime,
		Excluded: cs.Excluded(), Why: advocacy.WhyRequirementOpen, Since: review.OpenTime,
	}
	alone, rules := cs.Alone(), cs.SameRules()
	tally := cs.Tally()
	turns := cs.Attention(tally, assignments(shown.before))
	var tasks []Task
	add := func(t Task) {
		t.ID = advocacy.TaskID(s.NewID())
		tasks = append(tasks, t.given(turns, shown.before))
	}
	for _, row := range tally.Requirements {
		if row.Requirement.Kind == advocacy.RequireHumans {
			t := blank
			t.Excluded = cs.ExcludedFrom(row.Requirement)
			t.Requirement, t.Role, t.Have, t.Need = row.Requirement.Key, row.Requirement.Role, len(row.Signers), row.Requirement.Quorum
			t.Alone, t.Rules, t.AskedBy = alone, rules, row.Requirement.RuleIDs()
			add(t)
		}
	}
	for _, role := range besidesPlan(turns, shown.before) {
		t := blank
		t.Role = role
		if role.Approver() { // guard: who signed can answer the discussion
			t.Excluded = cs.ExcludedFromThreads()
		}
		add(t)
	}
	return append(tasks, dropped(tasks, shown.before)...)
}

// dropped are the turns of requirements the plan does not have any more: nobody's.
func dropped(tasks, before []Task) []Task {
	var out []Task
	for _, t := range before {
		if !slices.ContainsFunc(tasks, func(o Task) bool { return o.Requirement == t.Requirement }) {
			t.State = TaskDone
			out = append(out, t)
		}
	}
	return out
}

func firstRunes(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// endReview moves a round to a final state when it can still move, and clears its turns.
// A library item's round in force stays: a newer revision does not end it.
func (s *Service) endReview(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, round int, to advocacy.ReviewState) error {
	if round == 0 {
		return nil
	}
	review, err := tx.ReviewForUpdate(ctx, sub, round)
	if err != nil {
		return err
	}
	if review.State == to || review.State == advocacy.ReviewSuperseded || review.State == advocacy.ReviewWithdrawn {
		return nil
	}
	if err := review.Move(to); err != nil {
		return err
	}
	review.CloseTime = tx.Now()
	if err := tx.SaveReview(ctx, review); err != nil {
		return err
	}
	if err := tx.CloseTasks(ctx, sub); err != nil {
		return err
	}
	return s.record(ctx, tx, c, sub.Workspace, fact{
		action: "review." + string(to), subject: sub.ReviewName(round), parent: sub.Name(),
		detail: map[string]any{"digest": review.Digest},
	})
}
