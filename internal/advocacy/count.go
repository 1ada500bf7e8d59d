package advocacy

import (
	"slices"
	"time"
)

// Case is everything the rules look at when one subject is under review, read in one
// transaction. Tally, Decide and the gate all work on it, so an explanation and a guard
// can never differ.
type Case struct {
	Review *Review
	// Head and HeadDigest are the subject's newest revision.
	Head       int
	HeadDigest Digest
	// Contributors wrote some of the revision under review.
	Contributors []PersonID
	// Suggesters have words in it that a contributor took as they were suggested.
	Suggesters []PersonID
	// Decisions are all decisions on the subject, in every round, oldest first.
	Decisions []Decision
	// Members are the memberships, as they are now, of everybody who wrote, of everybody who
	// decided and for whom, and of whoever acts; for a plan that excludes somebody for a relation,
	// also those that were merged into these, and of whom they report to.
	Members map[PersonID]*Member
	// Delegations are those that decisions name, as they are now, and those under which
	// whoever acts could sign; for an explanation, all that are in force of the plan's roles.
	Delegations map[DelegationID]*Delegation
	// Superiors are whom each person of them reports to, directly or through others. They are
	// read only for a plan that excludes managers.
	Superiors map[PersonID][]PersonID
	// Groups are those each person of them is in. They are read only for a plan that excludes
	// teams.
	Groups map[PersonID][]string
	// Factor is by what people can prove again who they are.
	Factor Factor
	// Receipt says that whoever acts was served the bytes under review; nil when not.
	Receipt *Receipt
	// OpenThreads are the discussions that hold the subject up, and Unanswered the roles of some
	// of them that nobody holds any more who may resolve them.
	OpenThreads []Thread
	Unanswered  []Role
	// Floor is what the policy in force would ask of the revision now.
	Floor Plan
	// Policy is the one in force.
	Policy PolicyRef
	// Unmet are the preconditions of the policy in force that do not hold.
	Unmet []Unmet
	// Found is what is found in the revision by the lexicon and the disclosure rules in force,
	// when either is another one than the round was opened under.
	Found []Finding
	// Short are the requirements that nobody is left for. They are read only where it is asked
	// whether the round can be finished; nothing counts them.
	Short []Shortfall
	// Library says whether the item behind an unedited share is in force.
	Library LibraryStanding
	// Claim is who says to be working on the requirement that is decided on. Nothing counts
	// it.
	Claim Claim
	// Sent says that a request for the revision has begun.
	Sent bool
	// Settled counts decisions as they were taken, whatever became of the signer since: it
	// is how the signatures behind an approved library item are read.
	Settled bool
	// Sharing is how often and when people share. What is approved is planned by it; nothing
	// counts it.
	Sharing Sharing
	Now     time.Time
}

// LibraryStanding is whether the chain of a share to human decisions holds now.
type LibraryStanding struct {
	// InForce: the cited item revision is the one in force, unwithdrawn, within its share
	// window, and its decisions still add up.
	InForce bool
	// Matches: every target shows exactly what the cited revision shows.
	Matches bool
	// Meant: the author is of the audience that the cited revision is for.
	Meant bool
	// Untold: the author states to be something to the company that readers would not be told.
	Untold bool
}

// Holds tells whether nothing of it is missing.
func (l LibraryStanding) Holds() bool { return l.InForce && l.Matches && l.Meant && !l.Untold }

// need is what must be signed: never less than the plan people saw, never less than the
// policy in force.
func (c *Case) need() Plan { return c.Review.Plan.Join(c.Floor) }

// needed is what need asks under the key.
func (c *Case) needed(key string) (Requirement, bool) {
	return c.Review.Plan.FindJoined(c.Floor, key) // guard: a signature is counted by the policy in force too
}

// Tally counts. It is the only place where signatures become a yes.
func (c *Case) Tally() Tally {
	need := c.need()
	signed := c.match(need.Requirements)
	tally := Tally{Satisfied: len(need.Requirements) > 0}
	if len(need.Requirements) == 0 {
		tally.block(Blocker{Code: BlockPlanEmpty})
	}
	for i, r := range need.Requirements {
		row := RequirementTally{Requirement: r, Signers: signed[i]}
		row.Satisfied = c.satisfied(r, signed[i])
		tally.Requirements = append(tally.Requirements, row)
	}
	for _, b := range c.movedLinks(tally.Requirements) {
		tally.block(b)
	}
	for i := range tally.Requirements {
		row := &tally.Requirements[i]
		row.Open = tally.stageOpen(row.Requirement.Stage)
		if !row.Satisfied {
			tally.block(row.blocker(c))
		}
	}
	if c.over() { // guard: nothing is signed after its time
		tally.block(Blocker{Code: BlockReviewClosed})
	}
	objections := c.Objections()
	if !tally.Satisfied || len(objections) > 0 {
		c.explainLost(&tally)
	}
	for _, d := range objections {
		tally.block(Blocker{Code: BlockNegativeOpen, Requirement: d.Requirement, Person: d.Person})
	}
	for _, u := range c.Unmet { // guard: precondition
		tally.block(u.blocker())
	}
	for _, b := range c.contentBlockers() { // guard: no forbidden term goes out
		tally.block(b)
	}
	for i := range c.OpenThreads { // guard: open threads hold up
		tally.block(Blocker{Code: BlockThreadOpen, Subject: c.OpenThreads[i].Name()})
	}
	return tally
}

// contentBlockers are what is in the revision and no signature makes up for, each once: the
// forbidden terms, and the disclosures that are told otherwise now.
func (c *Case) contentBlockers() []Blocker {
	var out []Blocker
	for _, f := range Stopping(c.Found) {
		b := Blocker{Code: BlockTerm, Subject: f.Args[ArgTerm], Words: f.Args[ArgReason], Translations: Translations(f.Args[ArgReasons])}
		if f.Code == FoundRetold {
			b = Blocker{Code: BlockRetold, Subject: f.Args[ArgRule], Words: f.Args[ArgWords]}
		}
		if !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	return out
}

func (t *Tally) block(b Blocker) {
	t.Satisfied = false
	t.Blockers = append(t.Blockers, b)
}

func (r RequirementTally) blocker(c *Case) Blocker {
	for _, s := range c.Short {
		if s.Requirement.same(r.Requirement) {
			return s.Blocker()
		}
	}
	return Blocker{Code: r.blockCode(c), Requirement: r.Requirement.Key}
}

func (r RequirementTally) blockCode(c *Case) string {
	switch {
	case r.Requirement.Kind == RequireLibrary && c.Library.InForce && c.Library.Matches && c.Library.Meant:
		return BlockRelation
	case r.Requirement.Kind == RequireLibrary && c.Library.InForce && c.Library.Matches:
		return BlockOutsideAudience
	case r.Requirement.Kind == RequireLibrary:
		return BlockItemNotInForce
	case !r.Open:
		return BlockStageLocked
	default:
		return BlockNeedApprovals
	}
}

// stageOpen tells whether everything in lower stages is satisfied.
func (t Tally) stageOpen(stage int) bool {
	for _, r := range t.Requirements {
		if r.Requirement.Stage < stage && !r.Satisfied {
			return false
		}
	}
	return true
}

func (c *Case) satisfied(r Requirement, signers []PersonID) bool {
	switch r.Kind {
	case RequireHumans:
		return r.Quorum > 0 && len(signers) >= r.Quorum
	case RequireLibrary:
		return c.Library.Holds()
	default:
		// A kind this binary does not know satisfies nobody.
		return false
	}
}

// explainLost names the signatures that were given in this round and do not count. A
// count that adds up without them is not held up by them.
func (c *Case) explainLost(t *Tally) {
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Verdict != Approve || d.Round != c.Review.Round || c.superseded(d) {
			continue
		}
		if code := c.fault(d); code != "" && code != BlockMoved {
			t.Blockers = append(t.Blockers, Blocker{Code: code, Requirement: d.Requirement, Person: d.Person})
		}
	}
}

// Counts tells whether the decision is a signature that counts now. It is a join of the
// decision with the round, its bytes, and the signer's membership: nothing about it is
// stored, so nothing can be stale.
func (c *Case) Counts(d *Decision) bool {
	return d.Verdict == Approve && !c.superseded(d) && c.fault(d) == ""
}

// fault says why an approval does not count, "" when it does.
func (c *Case) fault(d *Decision) string {
	if d.Round != c.Review.Round { // guard: round isolation
		return BlockNotHead
	}
	if d.Digest != c.Review.Digest { // guard: digest of the decision
		return BlockNotHead
	}
	if slices.ContainsFunc(d.parties(), c.contributed) { // guard: separation of duties
		return BlockSelfReview
	}
	r, known := c.needed(d.Requirement)
	if slices.ContainsFunc(d.parties(), func(p PersonID) bool { return c.suggested(r, p) }) { // guard: suggesters do not count
		return BlockSelfReview
	}
	if slices.ContainsFunc(d.parties(), c.Recused) { // guard: who recused signs nothing
		return BlockRecused
	}
	if d.blind() { // guard: no signature on bytes nobody served
		return BlockViewRequired
	}
	if slices.ContainsFunc(c.Review.Pins, d.before) { // guard: who signed saw where the links lead
		return BlockMoved
	}
	if c.Settled {
		return ""
	}
	if known && slices.ContainsFunc(d.parties(), func(p PersonID) bool { return c.excluded(r, p) }) {
		return BlockExcluded
	}
	if known && r.StepUp && !d.SteppedUp { // guard: step-up when counting
		return BlockStepUp
	}
	if known && r.TTL > 0 && !c.Now.Before(d.Time.Add(r.TTL)) { // guard: expiry of a signature
		return BlockDecisionExpired
	}
	if d.OnBehalfOf != "" {
		return c.lendingFault(d)
	}
	if !c.Members[d.Person].HeldSince(d.Role, d.Time) { // guard: role held now and without a gap
		return BlockNotInRole
	}
	return ""
}

// movedLinks are the links that were found to lead elsewhere after somebody signed, while
// signatures are missing for it.
func (c *Case) movedLinks(rows []RequirementTally) []Blocker {
	var out []Blocker
	for _, p := range c.Review.Pins {
		missed := slices.ContainsFunc(c.Decisions, func(d Decision) bool {
			missing := slices.ContainsFunc(rows, func(r RequirementTally) bool { return r.Requirement.Key == d.Requirement && !r.Satisfied })
			return missing && d.before(p) && d.Round == c.Review.Round && c.fault(&d) == BlockMoved
		})
		if missed {
			out = append(out, Blocker{Code: BlockMoved, Subject: p.URL, Words: p.Way()})
		}
	}
	return out
}

// before tells whether it was taken when the link led elsewhere.
func (d *Decision) before(p LinkPin) bool {
	return !p.ChangeTime.IsZero() && !d.Time.After(p.ChangeTime)
}

func (c *Case) superseded(d *Decision) bool {
	return slices.ContainsFunc(c.Decisions, func(o Decision) bool { return o.Supersedes == d.ID })
}

// Objections returns the objections, from any round, that nobody has cleared: an
// approval of the present round by a holder of the objector's role, given later, clears
// one; a rejection of the very bytes under review is never cleared.
func (c *Case) Objections() []Decision {
	var open []Decision
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Verdict.Negative() && !c.superseded(d) && !c.cleared(d) { // guard: sticky veto
			open = append(open, *d)
		}
	}
	return open
}

func (c *Case) cleared(objection *Decision) bool {
	if objection.Verdict == Reject && objection.Digest == c.Review.Digest {
		return false
	}
	return slices.ContainsFunc(c.Decisions, func(d Decision) bool {
		return d.Role == objection.Role && d.Time.After(objection.Time) && c.Counts(&d)
	})
}

// match gives each human requirement the persons whose signatures fill its slots, one
// person at most one slot in the whole plan. It is a maximum matching that serves lower
// stages first, so a person holding two roles is never counted twice and never in the
// way when another assignment would satisfy everybody. What is lent is tried in every way
// that lets no two persons sign twice, so that one signature less never counts for more.
func (c *Case) match(requirements []Requirement) [][]PersonID {
	own, lent := c.counting()
	return c.matchOf(requirements, own, lent, nil)
}

// matchOf is the matching of some signatures, and of the persons besides who could still sign
// each requirement, if any.
func (c *Case) matchOf(requirements []Requirement, own, lent []*Decision, free [][]PersonID) [][]PersonID {
	order := make([]int, 0, len(requirements))
	for i, r := range requirements {
		if r.Kind == RequireHumans {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return requirements[a].Stage - requirements[b].Stage })
	best := c.assign(requirements, order, own, nil, free)
	for _, used := range c.apart(lent) {
		if next := c.assign(requirements, order, own, used, free); fillsMore(order, next, best) {
			best = next
		}
	}
	return best
}

// assign is the matching of the signatures people gave for themselves, when those of the
// lent ones are used.
func (c *Case) assign(requirements []Requirement, order []int, own, used []*Decision, free [][]PersonID) [][]PersonID {
	m := matching{
		willing: make([][]PersonID, len(requirements)), holder: make(map[PersonID]int), signed: make([][]PersonID, len(requirements)),
	}
	for _, i := range order {
		r := requirements[i]
		for _, d := range used {
			if d.Requirement == r.Key && d.Role == r.Role && len(m.signed[i]) < r.Quorum {
				m.signed[i] = append(m.signed[i], c.person(d.Person))
			}
		}
		m.willing[i] = c.signersOf(r, own, used)
		if free != nil {
			m.willing[i] = append(m.willing[i], free[i]...)
		}
	}
	for _, i := range order {
		for range requirements[i].Quorum - len(m.signed[i]) {
			if !m.fill(i, make(map[PersonID]bool)) {
				break
			}
		}
	}
	return m.signed
}

// signersOf are who signed a requirement for themselves and are no party of what is used.
func (c *Case) signersOf(r Requirement, own, used []*Decision) []PersonID {
	var persons []PersonID
	for _, d := range own {
		p := c.person(d.Person)
		if d.Requirement != r.Key || d.Role != r.Role || slices.Contains(persons, p) {
			continue
		}
		if slices.ContainsFunc(used, func(o *Decision) bool { return c.involve(d, o) }) { // guard: delegator and delegate fill one slot
			continue
		}
		persons = append(persons, p)
	}
	return persons
}

// matching assigns persons to requirements by augmenting paths.
type matching struct {
	willing [][]PersonID
	holder  map[PersonID]int
	signed  [][]PersonID
}

// fill finds a person for one more slot of requirement i, moving others when needed.
func (m *matching) fill(i int, tried map[PersonID]bool) bool {
	for _, p := range m.willing[i] {
		if tried[p] {
			continue
		}
		tried[p] = true
		at, busy := m.holder[p]
		if busy && at == i {
			continue
		}
		if busy && !m.fill(at, tried) { // guard: distinct persons
			continue
		}
		if busy {
			m.signed[at] = slices.DeleteFunc(m.signed[at], func(q PersonID) bool { return q == p })
		}
		m.holder[p] = i
		m.signed[i] = append(m.signed[i], p)
		return true
	}
	return false
}
