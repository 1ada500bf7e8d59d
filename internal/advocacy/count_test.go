package advocacy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// satisfiedCase is signed by Lena for legal and by Paul for PR, an hour ago and more.
func satisfiedCase() *advocacy.Case {
	return aCase(signed(1, lena, "legal"), signed(2, paul, "pr"))
}

// tallyClauses has one thing different from the satisfied case in each line.
var tallyClauses = []struct {
	name  string
	given func() *advocacy.Case
	want  []string
}{
	{"both signed", satisfiedCase, nil},
	{"nobody signed", func() *advocacy.Case { return aCase() }, []string{"NEED_APPROVALS legal", "NEED_APPROVALS pr"}},
	{"one signed", func() *advocacy.Case { return aCase(signed(1, lena, "legal")) }, []string{"NEED_APPROVALS pr"}},

	{"a signature of another round", changed(func(c *advocacy.Case) { c.Decisions[0].Round = 2 }), []string{"NEED_APPROVALS legal"}},
	{"the round of an earlier one, resubmitted unchanged", changed(func(c *advocacy.Case) { c.Review.Round = 2 }),
		[]string{"NEED_APPROVALS legal", "NEED_APPROVALS pr"}},
	{"a signature of other bytes", changed(func(c *advocacy.Case) { c.Decisions[0].Digest = bytesOf("two") }),
		[]string{"NEED_APPROVALS legal", "REVISION_CHANGED legal lena"}},
	{"a signer who wrote some of it", changed(func(c *advocacy.Case) { c.Contributors = append(c.Contributors, paul) }),
		[]string{"NEED_APPROVALS pr", "SELF_REVIEW pr paul"}},

	{"a signer who wrote some of it under another membership", changed(func(c *advocacy.Case) { c.Members[ann].MergedInto = paul }),
		[]string{"NEED_APPROVALS pr", "SELF_REVIEW pr paul"}},
	{"a signer who recused later, for another requirement", changed(func(c *advocacy.Case) {
		c.Decisions = append(c.Decisions, said(3, lena, advocacy.Recuse, "pr"))
	}), []string{"NEED_APPROVALS legal", "RECUSED legal lena"}},
	{"a signer the author reports to", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeManagers}
		c.Superiors = map[advocacy.PersonID][]advocacy.PersonID{ann: {pia, lena}}
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"a signer who reports to the author", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeManagers}
		c.Superiors = map[advocacy.PersonID][]advocacy.PersonID{lena: {ann}}
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"a signer of the author's team", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeTeam}
		c.Members[ann].Groups, c.Members[lena].Groups = []string{"a", "b"}, []string{"b"}
		c.Members[paul].Groups = []string{"a"}
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"a signer the author reports to under another membership", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeManagers}
		c.Members[bob].Manager, c.Members[ann].MergedInto = lena, bob
		c.Superiors = advocacy.Superiors(c.Members)
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"a signer to whom the author reports through another membership", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeManagers}
		c.Members[ann].Manager, c.Members[bob].MergedInto, c.Members[pia].Manager = bob, pia, lena
		c.Superiors = advocacy.Superiors(c.Members)
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"a signer who reports to the author under another membership", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeManagers}
		c.Members[bob].MergedInto, c.Members[bob].Manager = lena, ann
		c.Superiors = advocacy.Superiors(c.Members)
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"a signer of a team the author is of under another membership", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeTeam}
		c.Members[bob].MergedInto, c.Members[bob].Groups, c.Members[lena].Groups = ann, []string{"b"}, []string{"b"}
		c.Groups = advocacy.Groups(c.Members)
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"a relation this binary does not know", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{"cousins"}
	}), []string{"NEED_APPROVALS legal", "EXCLUDED legal lena"}},
	{"signed without the proof that is asked", changed(func(c *advocacy.Case) { c.Review.Plan.Requirements[0].StepUp = true }),
		[]string{"NEED_APPROVALS legal", "STEP_UP_REQUIRED legal lena"}},
	{"signed with the proof that is asked", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].StepUp = true
		c.Decisions[0].SteppedUp = true
	}), nil},
	{"a signer who was never served it", changed(func(c *advocacy.Case) { c.Decisions[0].ViewTime = time.Time{} }),
		[]string{"NEED_APPROVALS legal", "VIEW_REQUIRED legal lena"}},
	{"a signer who was served it later", changed(func(c *advocacy.Case) { c.Decisions[0].ViewTime = at(2) }),
		[]string{"NEED_APPROVALS legal", "VIEW_REQUIRED legal lena"}},
	{"a signer who was served it in the same instant", changed(func(c *advocacy.Case) { c.Decisions[0].ViewTime = at(1) }), nil},

	{"a signer whose words were taken as suggested", changed(func(c *advocacy.Case) { c.Suggesters = []advocacy.PersonID{paul} }),
		[]string{"NEED_APPROVALS pr", "SELF_REVIEW pr paul"}},
	{"a signer whose words were taken, where suggesters sign", changed(func(c *advocacy.Case) {
		c.Suggesters = []advocacy.PersonID{paul}
		c.Review.Plan.Requirements[1].SuggesterSigns = true
	}), nil},
	{"a signer whose words were taken under another membership", changed(func(c *advocacy.Case) {
		c.Suggesters, c.Members[bob].MergedInto = []advocacy.PersonID{bob}, paul
	}), []string{"NEED_APPROVALS pr", "SELF_REVIEW pr paul"}},

	{"a discussion holds it up", changed(func(c *advocacy.Case) {
		c.OpenThreads = []advocacy.Thread{{Subject: c.Review.Subject, ID: "t"}}
	}), []string{"THREAD_OPEN"}},

	{"role lost", changed(func(c *advocacy.Case) { c.Members[lena].Roles = nil }),
		[]string{"NEED_APPROVALS legal", "NOT_IN_ROLE legal lena"}},
	{"role regained with a gap", changed(func(c *advocacy.Case) { c.Members[lena].Roles[0].Since = at(30) }),
		[]string{"NEED_APPROVALS legal", "NOT_IN_ROLE legal lena"}},
	{"role granted in the instant of the signature", changed(func(c *advocacy.Case) { c.Members[lena].Roles[0].Since = at(1) }), nil},
	{"another role instead", changed(func(c *advocacy.Case) { c.Members[lena] = member(lena, advocacy.RolePR) }),
		[]string{"NEED_APPROVALS legal", "NOT_IN_ROLE legal lena"}},
	{"disabled", changed(func(c *advocacy.Case) { c.Members[lena].State = advocacy.MemberDisabled }),
		[]string{"NEED_APPROVALS legal", "NOT_IN_ROLE legal lena"}},
	{"disabled and enabled again", changed(func(c *advocacy.Case) { c.Members[lena].StateTime = at(30) }),
		[]string{"NEED_APPROVALS legal", "NOT_IN_ROLE legal lena"}},
	{"a signer nobody knows any more", changed(func(c *advocacy.Case) { delete(c.Members, lena) }),
		[]string{"NEED_APPROVALS legal", "NOT_IN_ROLE legal lena"}},

	{"alive until its last instant", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].TTL = 30 * time.Minute
		c.Now = at(31).Add(-time.Microsecond)
	}), nil},
	{"outlived in the instant its time is up", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].TTL = 30 * time.Minute
		c.Now = at(31)
	}), []string{"NEED_APPROVALS legal", "DECISION_EXPIRED legal lena"}},
	{"renewed by the same person", changed(func(c *advocacy.Case) {
		c.Review.Plan.Requirements[0].TTL = 30 * time.Minute
		c.Decisions = append(c.Decisions, instead(signed(170, lena, "legal"), c.Decisions[0]))
	}), nil},
	{"the life of a signature is the shorter of plan and floor", changed(func(c *advocacy.Case) {
		short := asks("legal", 1)
		short.TTL = time.Hour
		c.Floor = planOf(short)
	}), []string{"NEED_APPROVALS legal", "DECISION_EXPIRED legal lena"}},

	{"superseded by another verdict", changed(func(c *advocacy.Case) {
		c.Decisions = append(c.Decisions, instead(said(3, lena, advocacy.RequestChanges, "pr"), c.Decisions[0]))
	}), []string{"NEED_APPROVALS legal", "NEGATIVE_OPEN pr lena"}},
	{"retracted", changed(func(c *advocacy.Case) {
		c.Decisions = append(c.Decisions, instead(said(3, lena, advocacy.Retract, "legal"), c.Decisions[0]))
	}), []string{"NEED_APPROVALS legal"}},
	{"retracted and given again", changed(func(c *advocacy.Case) {
		c.Decisions = append(c.Decisions, instead(said(3, lena, advocacy.Retract, "legal"), c.Decisions[0]), signed(4, lena, "legal"))
	}), nil},

	{"a signature for another requirement", func() *advocacy.Case { return aCase(signed(1, paul, "pr"), signed(2, pia, "pr")) },
		[]string{"NEED_APPROVALS legal"}},
	{"a signature under another role than is asked", changed(func(c *advocacy.Case) { c.Decisions[0].Role = advocacy.RolePR }),
		[]string{"NEED_APPROVALS legal", "NOT_IN_ROLE legal lena"}},
	{"a plan that asks for nothing", changed(func(c *advocacy.Case) { c.Review.Plan = advocacy.Plan{} }), []string{"PLAN_EMPTY"}},
	{"a kind this binary does not know", changed(func(c *advocacy.Case) {
		c.Review.Plan = planOf(advocacy.Requirement{Key: "oracle", Kind: "oracle", Quorum: 1})
	}), []string{"NEED_APPROVALS oracle"}},
	{"nobody is asked by a requirement of no persons", changed(func(c *advocacy.Case) { c.Review.Plan = planOf(asks("legal", 0)) }),
		[]string{"NEED_APPROVALS legal"}},
	{"less than nobody", changed(func(c *advocacy.Case) { c.Review.Plan = planOf(asks("legal", -1)) }),
		[]string{"NEED_APPROVALS legal"}},

	{"the floor asks for one more", changed(func(c *advocacy.Case) { c.Floor = planOf(asks("legal", 2)) }), []string{"NEED_APPROVALS legal"}},
	{"the floor asks for another role", changed(func(c *advocacy.Case) { c.Floor = planOf(asks("medical", 1)) }), []string{"NEED_APPROVALS medical"}},
	{"the floor asks for less", changed(func(c *advocacy.Case) {
		c.Floor = planOf(asks("pr", 1))
		c.Decisions = c.Decisions[1:]
	}), []string{"NEED_APPROVALS legal"}},
}

// TestTallyClauses walks every clause of the counting function: what is written next to a
// name is in the way, and nothing else; an empty list is a yes.
func TestTallyClauses(t *testing.T) {
	t.Parallel()
	for _, tt := range tallyClauses {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkTally(t, tt.given(), tt.want)
		})
	}
}

// changed is the satisfied case with one thing different.
func changed(change func(*advocacy.Case)) func() *advocacy.Case {
	return func() *advocacy.Case {
		c := satisfiedCase()
		change(c)
		return c
	}
}

func checkTally(t *testing.T, c *advocacy.Case, want []string) {
	t.Helper()
	tally := c.Tally()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, blockersOf(tally)); diff != "" {
		t.Errorf("blockers (-want +got):\n%s", diff)
	}
	if tally.Satisfied != (len(want) == 0) {
		t.Errorf("satisfied is %t with blockers %v", tally.Satisfied, want)
	}
}

// TestLostSignatureDoesNotHoldUp: a signature that no longer counts is in nobody's way
// when others add up without it (I24).
func TestLostSignatureDoesNotHoldUp(t *testing.T) {
	t.Parallel()
	c := aCase(signed(1, lena, "legal"), signed(2, lou, "legal"), signed(3, paul, "pr"))
	c.Members[lena].Roles = nil
	checkTally(t, c, nil)
}

var slotCases = []struct {
	name      string
	plan      advocacy.Plan
	decisions []advocacy.Decision
	want      map[string][]advocacy.PersonID
	satisfied bool
}{
	{
		"two of one role", planOf(asks("legal", 2)),
		[]advocacy.Decision{signed(1, lena, "legal"), signed(2, lou, "legal")},
		map[string][]advocacy.PersonID{"legal": {lena, lou}}, true,
	},
	{
		"one person twice is one", planOf(asks("legal", 2)),
		[]advocacy.Decision{signed(1, lena, "legal"), signed(2, lena, "legal")},
		map[string][]advocacy.PersonID{"legal": {lena}}, false,
	},
	{
		"no more signers than are asked", planOf(asks("legal", 1)),
		[]advocacy.Decision{signed(1, lena, "legal"), signed(2, lou, "legal")},
		map[string][]advocacy.PersonID{"legal": {lena}}, true,
	},
	{
		"two roles, one person, one slot", planOf(asks("legal", 1), asks("pr", 1)),
		[]advocacy.Decision{signed(1, dana, "legal"), signed(2, dana, "pr")},
		map[string][]advocacy.PersonID{"legal": {dana}, "pr": nil}, false,
	},
	{
		"first come first served would leave PR empty", planOf(asks("legal", 1), asks("pr", 1)),
		[]advocacy.Decision{signed(1, dana, "legal"), signed(2, lena, "legal"), signed(3, dana, "pr")},
		map[string][]advocacy.PersonID{"legal": {lena}, "pr": {dana}}, true,
	},
	{
		"who is needed elsewhere stays there", planOf(asks("legal", 1), asks("pr", 1)),
		[]advocacy.Decision{signed(1, dana, "legal"), signed(2, dana, "pr"), signed(3, paul, "pr")},
		map[string][]advocacy.PersonID{"legal": {dana}, "pr": {paul}}, true,
	},
	{
		"two who could change places do not help a third", planOf(asks("legal", 1), asks("pr", 1), asks("medical", 1)),
		[]advocacy.Decision{
			signed(1, dana, "legal"), signed(2, eve, "legal"), signed(3, dana, "pr"), signed(4, eve, "pr"), signed(5, dana, "medical"),
		},
		map[string][]advocacy.PersonID{"legal": {eve}, "pr": {dana}, "medical": nil}, false,
	},
	{
		"a chain of two moves", planOf(asks("legal", 2), asks("pr", 1)),
		[]advocacy.Decision{signed(1, dana, "legal"), signed(2, lena, "legal"), signed(3, dana, "pr"), signed(4, lou, "legal")},
		map[string][]advocacy.PersonID{"legal": {lena, lou}, "pr": {dana}}, true,
	},
}

func TestQuorumAndDistinctPersons(t *testing.T) {
	t.Parallel()
	for _, tt := range slotCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := aCase(tt.decisions...)
			c.Review.Plan = tt.plan
			for _, p := range []advocacy.PersonID{dana, eve} {
				c.Members[p] = member(p, advocacy.RoleLegal, advocacy.RolePR, medical)
			}
			tally, got := c.Tally(), make(map[string][]advocacy.PersonID)
			for _, row := range tally.Requirements {
				got[row.Requirement.Key] = row.Signers
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || tally.Satisfied != tt.satisfied {
				t.Errorf("satisfied is %t, signers (-want +got):\n%s", tally.Satisfied, diff)
			}
		})
	}
}

// TestEarlierStagesFirst: when one person could fill either slot, the slot of the
// earlier stage is filled, whatever the order of the plan.
func TestEarlierStagesFirst(t *testing.T) {
	t.Parallel()
	late, early := asks("pr", 1), asks("legal", 1)
	late.Stage = 2
	c := aCase(signed(1, dana, "pr"), signed(2, dana, "legal"))
	c.Review.Plan = planOf(late, early)
	tally := c.Tally()
	if row, _ := tally.Requirement("legal"); !row.Satisfied {
		t.Errorf("legal of stage 1 went unsigned: %+v", tally.Requirements)
	}
	checkTally(t, c, []string{"NEED_APPROVALS pr"})
}

func TestStages(t *testing.T) {
	t.Parallel()
	plan := func() advocacy.Plan {
		second, third := asks("pr", 1), asks("medical", 1)
		second.Stage, third.Stage = 2, 3
		return planOf(asks("legal", 1), second, third)
	}
	for _, tt := range []struct {
		name      string
		decisions []advocacy.Decision
		want      []string
	}{
		{"nothing signed", nil, []string{"NEED_APPROVALS legal", "STAGE_LOCKED pr", "STAGE_LOCKED medical"}},
		{"first signed", []advocacy.Decision{signed(1, lena, "legal")}, []string{"NEED_APPROVALS pr", "STAGE_LOCKED medical"}},
		{"second alone opens nothing", []advocacy.Decision{signed(1, paul, "pr")}, []string{"NEED_APPROVALS legal", "STAGE_LOCKED medical"}},
		{"first and second", []advocacy.Decision{signed(1, lena, "legal"), signed(2, paul, "pr")}, []string{"NEED_APPROVALS medical"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := aCase(tt.decisions...)
			c.Review.Plan = plan()
			checkTally(t, c, tt.want)
		})
	}
}

func TestLibraryStanding(t *testing.T) {
	t.Parallel()
	library := advocacy.Requirement{Key: "library", Kind: advocacy.RequireLibrary, Quorum: 1, Stage: 1}
	for _, tt := range []struct {
		standing advocacy.LibraryStanding
		want     []string
	}{
		{advocacy.LibraryStanding{InForce: true, Matches: true, Meant: true}, nil},
		{advocacy.LibraryStanding{InForce: true, Matches: true}, []string{"OUTSIDE_AUDIENCE library"}},
		{advocacy.LibraryStanding{InForce: true, Matches: true, Untold: true}, []string{"OUTSIDE_AUDIENCE library"}},
		{advocacy.LibraryStanding{InForce: true, Matches: true, Meant: true, Untold: true}, []string{"RELATION_NOT_TOLD library"}},
		{advocacy.LibraryStanding{InForce: true, Meant: true}, []string{"ITEM_NOT_IN_FORCE library"}},
		{advocacy.LibraryStanding{Matches: true, Meant: true}, []string{"ITEM_NOT_IN_FORCE library"}},
		{advocacy.LibraryStanding{}, []string{"ITEM_NOT_IN_FORCE library"}},
	} {
		signature := signed(1, lena, "library") // nobody can sign in a library's place
		signature.Role = advocacy.RoleLegal
		c := aCase(signature)
		c.Review.Plan, c.Library = planOf(library), tt.standing
		checkTally(t, c, tt.want)
		c.Review.Plan = planOf(library, asks("pr", 1))
		checkTally(t, c, append(append([]string{}, tt.want...), "NEED_APPROVALS pr"))
	}
}

// TestSettled: the signatures behind an approved item count as they were taken, but only
// those of its round, of its bytes, and of others than its writers.
func TestSettled(t *testing.T) {
	t.Parallel()
	gone := func(c *advocacy.Case) {
		c.Settled, c.Members = true, nil
		c.Review.Plan.Requirements[0].TTL = time.Minute
	}
	c := satisfiedCase()
	gone(c)
	checkTally(t, c, nil)
	for name, change := range map[string]func(*advocacy.Case){
		"round":        func(c *advocacy.Case) { c.Review.Round = 2 },
		"digest":       func(c *advocacy.Case) { c.Review.Digest = bytesOf("two") },
		"contributors": func(c *advocacy.Case) { c.Contributors = []advocacy.PersonID{lena} },
		"retracted": func(c *advocacy.Case) {
			c.Decisions = append(c.Decisions, instead(said(3, lena, advocacy.Retract, "legal"), c.Decisions[0]))
		},
		"objection": func(c *advocacy.Case) {
			c.Decisions = append(c.Decisions, said(3, lou, advocacy.RequestChanges, "legal"))
		},
	} {
		c := satisfiedCase()
		gone(c)
		change(c)
		if c.Tally().Satisfied {
			t.Errorf("another %s, and it still counts", name)
		}
	}
}
