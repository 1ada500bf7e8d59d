package advocacy_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

var (
	drawnPersons = []advocacy.PersonID{"p0", "p1", "p2", "p3", "p4"}
	drawnKeys    = []string{"legal", "pr", "medical"}
)

// often is true most of the time, and what a counterexample shrinks to.
func often(t *rapid.T, label string) bool { return rapid.IntRange(0, 7).Draw(t, label) != 5 }

func drawRequirement(t *rapid.T, key string) advocacy.Requirement {
	r := asks(key, rapid.IntRange(0, 2).Draw(t, "quorum"))
	if r.Quorum == 0 && often(t, "somebody") {
		r.Quorum = 1
	}
	r.Stage = rapid.IntRange(1, 2).Draw(t, "stage")
	r.Veto = rapid.Bool().Draw(t, "veto")
	r.TTL = rapid.SampledFrom([]time.Duration{0, 0, 40 * time.Minute, 2 * time.Hour}).Draw(t, "ttl")
	r.StepUp, r.SuggesterSigns = !often(t, "no step-up"), rapid.Bool().Draw(t, "suggester")
	r.SLA = drawSLA(t)
	r.Exclude = rapid.SampledFrom([][]advocacy.Exclusion{
		nil, {advocacy.ExcludeManagers}, {advocacy.ExcludeTeam}, advocacy.Exclusions(),
	}).Draw(t, "exclude")
	switch key {
	case "library":
		r.Kind, r.Role = advocacy.RequireLibrary, ""
	case "oracle":
		r.Kind, r.Role = "oracle", ""
	}
	return r
}

func drawSLA(t *rapid.T) advocacy.SLA {
	s := advocacy.SLA{Business: rapid.SampledFrom([]time.Duration{0, 2 * time.Hour, 8 * time.Hour}).Draw(t, "sla")}
	if s.Business == 0 {
		return s
	}
	s.Calendar = rapid.SampledFrom([]string{"", "berlin"}).Draw(t, "calendar")
	for percent := 50; percent < rapid.SampledFrom([]int{0, 100, 150}).Draw(t, "ladder"); percent += 50 {
		s.Ladder = append(s.Ladder, advocacy.Rung{Percent: percent, Do: advocacy.RungRemind})
	}
	return s
}

func drawPlan(t *rapid.T, atLeast int) advocacy.Plan {
	keys := append([]string{"legal", "pr", "medical", "library"}, "oracle")
	if often(t, "persons only") {
		keys = drawnKeys
	}
	var plan advocacy.Plan
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), atLeast, 3, rapid.ID[string]).Draw(t, "keys") {
		plan.Requirements = append(plan.Requirements, drawRequirement(t, key))
	}
	return plan
}

func drawMember(t *rapid.T, p advocacy.PersonID) *advocacy.Member {
	m := member(p)
	for _, key := range drawnKeys {
		if !often(t, "holds "+key) {
			continue
		}
		since := morning.Add(-day)
		if !often(t, "since long") {
			since = at(rapid.IntRange(0, 60).Draw(t, "since"))
		}
		m.Roles = append(m.Roles, advocacy.RoleGrant{Role: roleOf(key), Since: since})
	}
	if !often(t, "active") {
		m.State = rapid.SampledFrom([]advocacy.MemberState{advocacy.MemberActive, advocacy.MemberDisabled}).Draw(t, "state")
		m.StateTime = at(rapid.IntRange(0, 60).Draw(t, "state since"))
	}
	if !often(t, "in no team") {
		m.Groups = []string{rapid.SampledFrom([]string{"north", "south"}).Draw(t, "team")}
	}
	if other := rapid.SampledFrom(drawnPersons).Draw(t, "merged into"); !often(t, "one membership") && other != p {
		m.MergedInto = other
	}
	return m
}

// drawLine draws a reporting line: each reports to who is before.
func drawLine(t *rapid.T, members map[advocacy.PersonID]*advocacy.Member) {
	line := rapid.SliceOfNDistinct(rapid.SampledFrom(drawnPersons), 0, 3, rapid.ID[advocacy.PersonID]).Draw(t, "line")
	for i := range line[min(1, len(line)):] {
		members[line[i+1]].Manager = line[i]
	}
}

// drawDecision draws what somebody said; it may replace what the same person said before.
func drawDecision(t *rapid.T, i int, before []advocacy.Decision) advocacy.Decision {
	d := signed(rapid.IntRange(0, 60).Draw(t, "minute"), rapid.SampledFrom(drawnPersons).Draw(t, "person"),
		rapid.SampledFrom(drawnKeys).Draw(t, "key"))
	d.ID = advocacy.DecisionID(fmt.Sprint("d", i))
	if !often(t, "approves") {
		d.Verdict = rapid.SampledFrom(advocacy.Verdicts()).Draw(t, "verdict")
	}
	if !often(t, "this round") {
		d.Round = 2
	}
	if !often(t, "having looked") {
		d.ViewTime = rapid.SampledFrom([]time.Time{{}, d.Time.Add(time.Minute)}).Draw(t, "looked")
	}
	if !often(t, "these bytes") {
		d.Digest = bytesOf("two")
	}
	d.SteppedUp = often(t, "stepped up")
	for _, o := range before {
		if o.Person == d.Person && o.Requirement == d.Requirement && rapid.Bool().Draw(t, "replaces") {
			d.Supersedes = o.ID
		}
	}
	return d
}

// drawDelegations makes some of the decisions somebody else's, by delegations that fit
// most of the time.
func drawDelegations(t *rapid.T, c *advocacy.Case) {
	c.Delegations = make(map[advocacy.DelegationID]*advocacy.Delegation)
	for i := range c.Decisions {
		d := &c.Decisions[i]
		delegator := rapid.SampledFrom(drawnPersons).Draw(t, "delegator")
		if delegator == d.Person || rapid.Bool().Draw(t, "own") {
			continue
		}
		d.OnBehalfOf, d.Delegation = delegator, advocacy.DelegationID(fmt.Sprint("g", i))
		g := &advocacy.Delegation{ID: d.Delegation, Delegator: delegator, Delegate: d.Person, Role: d.Role, Start: morning, End: at(240), CreateTime: morning}
		if !often(t, "in time") {
			g.Start, g.End = at(rapid.IntRange(0, 60).Draw(t, "start")), at(rapid.IntRange(20, 80).Draw(t, "end"))
		}
		if !often(t, "stands") {
			g.RevokeTime = at(rapid.IntRange(0, 60).Draw(t, "revoked"))
		}
		if !often(t, "of this role") {
			g.Role = roleOf(rapid.SampledFrom(drawnKeys).Draw(t, "of role"))
		}
		c.Delegations[g.ID] = g
	}
}

// lends tells whether some signature is somebody's for somebody else. How many slots are
// filled then depends on which comes first.
func lends(c *advocacy.Case) bool {
	return slices.ContainsFunc(c.Decisions, func(d advocacy.Decision) bool { return d.OnBehalfOf != "" })
}

// wouldSatisfy is a signature for every slot, each by somebody else, as far as people
// go: what a round looks like when nothing is wrong with it.
func wouldSatisfy(p advocacy.Plan) []advocacy.Decision {
	var out []advocacy.Decision
	for _, r := range p.Requirements {
		for n := 0; r.Kind == advocacy.RequireHumans && n < r.Quorum && len(out) < len(drawnPersons); n++ {
			out = append(out, signed(40, drawnPersons[len(out)], r.Key))
		}
	}
	return out
}

// drawReceipt draws whether who acts was served the bytes.
func drawReceipt(t *rapid.T, c *advocacy.Case, who advocacy.PersonID) {
	if often(t, "served") {
		c.Receipt = served(c, who)
	}
}

// drawCase draws a round with anything wrong with it, and often nothing.
func drawCase(t *rapid.T) *advocacy.Case {
	c := aCase()
	c.Review.Plan = drawPlan(t, 0)
	if !often(t, "no floor") {
		c.Floor = drawPlan(t, 1)
	}
	c.Members = make(map[advocacy.PersonID]*advocacy.Member)
	for _, p := range drawnPersons {
		c.Members[p] = drawMember(t, p)
	}
	for _, p := range drawnPersons { // what is merged is merged into the last
		if into := c.Members[p].MergedInto; into != "" && c.Members[into].MergedInto != "" {
			c.Members[p].MergedInto = ""
		}
	}
	drawLine(t, c.Members)
	c.Superiors, c.Groups = advocacy.Superiors(c.Members), advocacy.Groups(c.Members)
	c.Contributors = rapid.SliceOfNDistinct(rapid.SampledFrom(drawnPersons), 0, 1, rapid.ID[advocacy.PersonID]).Draw(t, "contributors")
	if often(t, "signed") {
		c.Decisions = wouldSatisfy(c.Review.Plan)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "decisions") {
		c.Decisions = append(c.Decisions, drawDecision(t, i, c.Decisions))
	}
	if !often(t, "nothing suggested") {
		c.Suggesters = []advocacy.PersonID{rapid.SampledFrom(drawnPersons).Draw(t, "suggester")}
	}
	if !often(t, "nothing to discuss") {
		c.OpenThreads = []advocacy.Thread{{Subject: c.Review.Subject, ID: "t", Role: rapid.SampledFrom([]advocacy.Role{"", advocacy.RoleLegal}).Draw(t, "speaks as"), CreateTime: at(40)}}
	}
	if !often(t, "nothing lent") {
		drawDelegations(t, c)
	}
	c.Library = advocacy.LibraryStanding{InForce: often(t, "in force"), Matches: often(t, "matches"), Meant: often(t, "meant"), Untold: !often(t, "told")}
	if !often(t, "a factor") {
		c.Factor = advocacy.NoFactor
	}
	c.Now = at(rapid.IntRange(60, 200).Draw(t, "now"))
	return c
}

// TestTallyAgreesWithTheOracle also sees that both answers occur, or it would prove
// nothing.
func TestTallyAgreesWithTheOracle(t *testing.T) {
	t.Parallel()
	var yes, no atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		tally := c.Tally()
		if want := oracleSatisfied(c); tally.Satisfied != want {
			t.Fatalf("satisfied is %t, want %t: %v", tally.Satisfied, want, blockersOf(tally))
		}
		if tally.Satisfied {
			yes.Add(1)
		} else {
			no.Add(1)
		}
	})
	if yes.Load() == 0 || no.Load() == 0 {
		t.Errorf("%d satisfied and %d not: the generator is lopsided", yes.Load(), no.Load())
	}
}

// TestBlockersMeanNo: there is something in the way exactly when it is a no (I24).
func TestBlockersMeanNo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tally := drawCase(t).Tally()
		if tally.Satisfied != (len(tally.Blockers) == 0) {
			t.Fatalf("satisfied is %t with %v", tally.Satisfied, blockersOf(tally))
		}
	})
}

// TestSignersAreDistinct: one person fills one slot of the whole plan (I8), and the
// matching leaves no slot empty that any assignment would fill.
func TestSignersAreDistinct(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		_, ttl := oracleNeed(c)
		var filled int
		var slots [][]oracleSigner
		seen := make(map[advocacy.PersonID]bool)
		for _, row := range c.Tally().Requirements {
			r := row.Requirement
			if len(row.Signers) > max(r.Quorum, 0) {
				t.Fatalf("%s has %d signers for %d slots", r.Key, len(row.Signers), r.Quorum)
			}
			for _, p := range row.Signers {
				gave := func(who oracleSigner) bool { return who[0] == p }
				if seen[p] || !slices.ContainsFunc(oracleSigners(c, r.Key, r.Role, ttl), gave) {
					t.Fatalf("%s fills a slot of %s", p, r.Key)
				}
				seen[p] = true
			}
			filled += len(row.Signers)
			for n := 0; r.Kind == advocacy.RequireHumans && n < r.Quorum; n++ {
				slots = append(slots, oracleSigners(c, r.Key, r.Role, ttl))
			}
		}
		if most := mostFilled(slots, nil); filled != most && !lends(c) {
			t.Fatalf("%d slots are filled, %d could be", filled, most)
		}
	})
}

// neverHelps checks that a change turns no no into a yes.
func neverHelps(t *testing.T, change func(*rapid.T, *advocacy.Case) bool) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		before := c.Tally()
		if changed := change(t, c); changed && !before.Satisfied && c.Tally().Satisfied {
			t.Fatalf("it was a no for %v and is a yes now", blockersOf(before))
		}
	})
}

// TestTimeNeverApproves is I14.
func TestTimeNeverApproves(t *testing.T) {
	t.Parallel()
	neverHelps(t, func(t *rapid.T, c *advocacy.Case) bool {
		c.Now = c.Now.Add(time.Duration(rapid.Int64Range(0, int64(10*day)).Draw(t, "later")))
		return true
	})
}

// TestFewerSignaturesNeverHelp: only an objection, a recusal, or a word that took another
// back, is in the way by being there.
func TestFewerSignaturesNeverHelp(t *testing.T) {
	t.Parallel()
	neverHelps(t, func(t *rapid.T, c *advocacy.Case) bool {
		if len(c.Decisions) == 0 {
			return false
		}
		i := rapid.IntRange(0, len(c.Decisions)-1).Draw(t, "without")
		d := c.Decisions[i]
		c.Decisions = slices.Delete(slices.Clone(c.Decisions), i, i+1)
		return !d.Verdict.Negative() && d.Verdict != advocacy.Recuse && d.Supersedes == ""
	})
}

func TestMoreContributorsNeverHelp(t *testing.T) {
	t.Parallel()
	neverHelps(t, func(t *rapid.T, c *advocacy.Case) bool {
		c.Contributors = append(slices.Clone(c.Contributors), rapid.SampledFrom(drawnPersons).Draw(t, "another"))
		return true
	})
}

func TestLostRolesNeverHelp(t *testing.T) {
	t.Parallel()
	neverHelps(t, func(t *rapid.T, c *advocacy.Case) bool {
		m := *c.Members[rapid.SampledFrom(drawnPersons).Draw(t, "whose")]
		m.Roles = slices.Clone(m.Roles)
		if len(m.Roles) > 0 {
			m.Roles = m.Roles[1:]
		}
		c.Members[m.Person] = &m
		return true
	})
}

// TestFloorNeverHelps is I11: a policy can only add to what people saw. A plan that asks
// for nothing, or for nobody, is the exception: it was never a yes.
func TestFloorNeverHelps(t *testing.T) {
	t.Parallel()
	neverHelps(t, func(t *rapid.T, c *advocacy.Case) bool {
		need := c.Review.Plan.Join(c.Floor).Requirements
		empty := func(r advocacy.Requirement) bool { return r.Quorum == 0 }
		c.Floor = c.Floor.Join(drawPlan(t, 1))
		return len(need) > 0 && !slices.ContainsFunc(need, empty)
	})
}

// TestSettledForgivesOnly: what counts now counted when it was taken.
func TestSettledForgivesOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		now := c.Tally().Satisfied
		c.Settled = true
		if now && !c.Tally().Satisfied {
			t.Fatal("it counts now and did not count when it was taken")
		}
	})
}

// TestAcceptedSignaturesCount: what Decide accepts counts in the next instant, fills a
// slot nobody else's would have filled, and takes nobody else's away.
func TestAcceptedSignaturesCount(t *testing.T) {
	t.Parallel()
	var accepted atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		signers := func() (n int) {
			for _, row := range c.Tally().Requirements {
				n += len(row.Signers)
			}
			return n
		}
		before := signers()
		who := rapid.SampledFrom(drawnPersons).Draw(t, "who")
		drawReceipt(t, c, who)
		d, err := c.Decide(human(who), advocacy.DecisionInput{
			ID: "new", Verdict: advocacy.Approve, Requirement: rapid.SampledFrom(drawnKeys).Draw(t, "what"), Digest: bytesOf("one"),
		})
		if err != nil {
			return
		}
		accepted.Add(1)
		c.Decisions = append(c.Decisions, d)
		if !c.Counts(&d) || signers() < before {
			t.Fatalf("accepted, and counts is %t; %d signers before, %d after", c.Counts(&d), before, signers())
		}
	})
	if accepted.Load() == 0 {
		t.Error("nothing was accepted: the generator is lopsided")
	}
}

// TestDecideAlwaysAnswers: whatever the case, a refusal has a reason.
func TestDecideAlwaysAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		c.Review.State = rapid.SampledFrom(advocacy.ReviewStates()).Draw(t, "state")
		who := rapid.SampledFrom(drawnPersons).Draw(t, "who")
		drawReceipt(t, c, who)
		_, err := c.Decide(human(who), advocacy.DecisionInput{
			ID: "new", Verdict: rapid.SampledFrom(advocacy.Verdicts()).Draw(t, "verdict"), Requirement: rapid.SampledFrom(drawnKeys).Draw(t, "what"),
			Digest: rapid.SampledFrom([]advocacy.Digest{bytesOf("one"), bytesOf("two")}).Draw(t, "shown"), Reason: "So.",
		})
		if err != nil && advocacy.ReasonOf(err) == "" {
			t.Fatalf("%v has no reason", err)
		}
		if err == nil && !c.Review.State.Live() {
			t.Fatalf("a round that is %s took a decision", c.Review.State)
		}
		// Whatever was accepted, a live round can become what its decisions say.
		if r := *c.Review; r.State.Live() {
			if err := r.Move(c.Outcome(c.Tally(), rapid.Bool().Draw(t, "feasible"))); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestGateSendsOnlyWhenNothingIsInTheWay: whatever is wrong with a passage, and however
// much of it, the gate sends exactly when the list people are shown is empty.
func TestGateSendsOnlyWhenNothingIsInTheWay(t *testing.T) {
	t.Parallel()
	wrongs := []func(*advocacy.Passage){
		func(p *advocacy.Passage) { p.Holds = []advocacy.Hold{{Scope: advocacy.HoldWorkspace}} },
		func(p *advocacy.Passage) { p.Post.Withdrawn = true },
		func(p *advocacy.Passage) { p.Head = 2 },
		func(p *advocacy.Passage) { p.HeadDigest = bytesOf("two") },
		func(p *advocacy.Passage) { p.Publication.Round = 2 },
		func(p *advocacy.Passage) { p.Review.State = advocacy.ReviewOpen },
		func(p *advocacy.Passage) { p.Manifest = []byte("two") },
		func(p *advocacy.Passage) { p.Review.Assent.Person = bob },
		func(p *advocacy.Passage) { p.Review.Assent.Key = "key" },
		func(p *advocacy.Passage) { p.Author = nil },
		func(p *advocacy.Passage) { p.Account.State = advocacy.AccountReconnect },
		func(p *advocacy.Passage) { p.Publication.DueTime = at(999) },
		func(p *advocacy.Passage) { p.Publication.EndTime = at(1) },
		func(p *advocacy.Passage) { p.Floor = planOf(asks("medical", 1)) },
		func(p *advocacy.Passage) { p.Decisions = p.Decisions[1:] },
		func(p *advocacy.Passage) { p.Contributors = append(p.Contributors, paul) },
		func(p *advocacy.Passage) { p.OpenThreads = []advocacy.Thread{{ID: "t"}} },
		func(p *advocacy.Passage) { p.Decisions[len(p.Decisions)-1].ViewTime = time.Time{} },
	}
	rapid.Check(t, func(t *rapid.T) {
		p := clearPassage()
		chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(wrongs)-1), 0, 3, rapid.ID[int]).Draw(t, "wrong")
		for _, i := range chosen {
			wrongs[i](p)
		}
		verdict, _ := p.Judge()
		if clear := len(p.Blockers()) == 0; (verdict == advocacy.GateSend) != clear || clear != (len(chosen) == 0) {
			t.Fatalf("the gate says %d with %v in the way", verdict, p.Blockers())
		}
	})
}
