package advocacy_test

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// drawSitting draws a small round in which persons sign one after the other whatever they may.
func drawSitting(t *rapid.T) *advocacy.Case {
	c := aCase()
	c.Contributors = drawnPersons[:1]
	c.Review.Plan, c.Members = advocacy.Plan{}, make(map[advocacy.PersonID]*advocacy.Member)
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(drawnKeys), 1, 3, rapid.ID[string]).Draw(t, "keys") {
		r := asks(key, rapid.IntRange(1, 2).Draw(t, "quorum"))
		c.Review.Plan.Requirements = append(c.Review.Plan.Requirements, r)
	}
	for _, p := range drawnPersons {
		var roles []advocacy.Role
		for _, key := range drawnKeys {
			if rapid.Bool().Draw(t, "holds "+key) {
				roles = append(roles, roleOf(key))
			}
		}
		c.Members[p] = member(p, roles...)
	}
	if !often(t, "nobody merged") {
		c.Members[drawnPersons[0]].MergedInto = drawnPersons[1]
		c.Members[drawnPersons[0]].State = advocacy.MemberDisabled
	}
	for i := range rapid.IntRange(0, 12).Draw(t, "tries") {
		who, key := rapid.SampledFrom(drawnPersons).Draw(t, "who"), rapid.SampledFrom(drawnKeys).Draw(t, "key")
		sign(c, who, key, fmt.Sprint("d", i))
	}
	return c
}

// sign keeps the signature of a person if it is accepted.
func sign(c *advocacy.Case, who advocacy.PersonID, key, id string) bool {
	c.Receipt = served(c, who)
	d, err := c.Decide(human(who), advocacy.DecisionInput{
		ID: advocacy.DecisionID(id), Verdict: advocacy.Approve, Requirement: key, Digest: bytesOf("one"),
	})
	if err == nil {
		c.Decisions = append(slices.Clone(c.Decisions), d)
	}
	return err == nil
}

// oracleLeft tries every assignment over who signed and who could still: whoever signed keeps
// what he or she signed, and may give one signature more only if that fills a slot by itself.
func oracleLeft(c *advocacy.Case) bool {
	slotsOf := func(also *advocacy.Decision, fresh bool) (slots [][]oracleSigner) {
		for _, r := range c.Review.Plan.Requirements {
			var who []oracleSigner
			for _, p := range drawnPersons {
				said := slices.ContainsFunc(c.Decisions, func(d advocacy.Decision) bool { return d.Person == p && d.Requirement == r.Key })
				silent := !slices.ContainsFunc(c.Decisions, func(d advocacy.Decision) bool { return d.Person == p })
				more := also != nil && also.Person == p && also.Requirement == r.Key
				if said || more || fresh && silent && oracleMay(c, p, r.Role) {
					who = append(who, oracleSigner{p})
				}
			}
			for range r.Quorum {
				slots = append(slots, who)
			}
		}
		return slots
	}
	now := mostFilled(slotsOf(nil, false), nil)
	slots := slotsOf(nil, true)
	at := 0
	for _, r := range c.Review.Plan.Requirements {
		for _, p := range drawnPersons {
			spoke := slices.ContainsFunc(c.Decisions, func(d advocacy.Decision) bool { return d.Person == p })
			if spoke && oracleMay(c, p, r.Role) && mostFilled(slotsOf(&advocacy.Decision{Person: p, Requirement: r.Key}, false), nil) > now {
				for n := range r.Quorum {
					slots[at+n] = append(slices.Clone(slots[at+n]), oracleSigner{p})
				}
			}
		}
		at += r.Quorum
	}
	return mostFilled(slots, nil) == len(slots)
}

func oracleMay(c *advocacy.Case, p advocacy.PersonID, role advocacy.Role) bool {
	return oracleHeld(c.Members[p], &advocacy.Decision{Role: role, Time: c.Now}) &&
		!slices.ContainsFunc(c.Contributors, func(q advocacy.PersonID) bool { return oraclePerson(c, q) == oraclePerson(c, p) })
}

// finishes tells whether some row of signatures that are accepted makes the round a yes.
func finishes(c *advocacy.Case, deep int) bool {
	if c.Tally().Satisfied {
		return true
	}
	for _, r := range c.Review.Plan.Requirements {
		for _, p := range drawnPersons {
			next := *c
			said := slices.ContainsFunc(c.Decisions, func(d advocacy.Decision) bool { return d.Person == p && d.Requirement == r.Key })
			if !said && deep > 0 && sign(&next, p, r.Key, fmt.Sprint("more", deep)) && finishes(&next, deep-1) {
				return true
			}
		}
	}
	return false
}

// TestOpenMeansFinishable is I26: a round is called feasible exactly when, whoever signed what so
// far, trying everything finds somebody for each slot that is empty; and then signatures that are
// accepted finish it.
func TestOpenMeansFinishable(t *testing.T) {
	t.Parallel()
	var yes, no atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		c := drawSitting(t)
		short := c.Shortfalls(c.Review.Plan, holdersIn(c))
		if want := oracleLeft(c); (len(short) == 0) != want {
			t.Fatalf("%d requirements are short, and trying everything says feasible is %t: %v", len(short), want, c.Decisions)
		}
		for _, s := range short {
			if s.Missing < 1 || s.Missing > s.Requirement.Quorum || s.Reason == "" {
				t.Fatalf("the shortfall %+v says too little", s)
			}
		}
		if len(short) > 0 {
			no.Add(1)
			return
		}
		yes.Add(1)
		if missing := c.Review.Plan.Slots(); !finishes(c, missing) {
			t.Fatalf("feasible, and no signatures finish it: %v", c.Decisions)
		}
	})
	if yes.Load() == 0 || no.Load() == 0 {
		t.Errorf("%d feasible and %d not: the generator is lopsided", yes.Load(), no.Load())
	}
}

// TestSignatureKeepsWhatIsFeasible: a signature that takes nobody's place leaves a round as
// feasible as it was, so that it need not be asked.
func TestSignatureKeepsWhatIsFeasible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawSitting(t)
		if len(c.Shortfalls(c.Review.Plan, holdersIn(c))) > 0 {
			return
		}
		who, key := rapid.SampledFrom(drawnPersons).Draw(t, "signs"), rapid.SampledFrom(drawnKeys).Draw(t, "what")
		if !sign(c, who, key, "new") || c.TakesPlace(&c.Decisions[len(c.Decisions)-1]) {
			return
		}
		if short := c.Shortfalls(c.Review.Plan, holdersIn(c)); len(short) > 0 {
			t.Fatalf("%s signed %s, and %+v", who, key, short)
		}
	})
}

// TestSecondSignature: whoever signed one requirement may sign another when somebody else can
// take the first, and is told otherwise which signature to take back.
func TestSecondSignature(t *testing.T) {
	t.Parallel()
	c := aCase(signed(1, dana, "legal"))
	c.Receipt = served(c, dana)
	in := advocacy.DecisionInput{ID: "new", Verdict: advocacy.Approve, Requirement: "pr", Digest: bytesOf("one")}
	_, err := c.Decide(human(dana), in)
	var refused *advocacy.Error
	if !errors.As(err, &refused) || refused.Reason != "DISTINCT_PERSON" || refused.Meta["requirement"] != "legal" {
		t.Errorf("the second signature: %+v", err)
	}
	c.Decisions = append(c.Decisions, signed(2, lena, "legal"))
	if slices.Contains(c.ExcludedFrom(asks("pr", 1)), dana) || !c.CanSign(asks("pr", 1), dana) {
		t.Error("the turn is kept from who can take it")
	}
	d, err := c.Decide(human(dana), in)
	if err != nil {
		t.Fatal(err)
	}
	c.Decisions = append(c.Decisions, d)
	if !c.Tally().Satisfied {
		t.Fatalf("it is still %v", blockersOf(c.Tally()))
	}
	// Lena takes hers back: then legal is asked again, for Dana's stands for one of both.
	c.Decisions = append(c.Decisions, instead(said(200, lena, advocacy.Retract, "legal"), c.Decisions[1]))
	var asked []string
	for _, turn := range c.Attention(c.Tally(), nil) {
		asked = append(asked, turn.Requirement)
	}
	if diff := gocmp.Diff([]string{"legal", "pr"}, asked); diff != "" {
		t.Errorf("who is asked (-want +got):\n%s", diff)
	}
}

// TestShortfallSaysWhy: each reason that nobody is left.
func TestShortfallSaysWhy(t *testing.T) {
	t.Parallel()
	for want, change := range map[advocacy.Infeasibility]func(*advocacy.Case){
		"NOT_IN_ROLE":      func(c *advocacy.Case) { c.Review.Plan = planOf(asks("medical", 1)) },
		"SELF_REVIEW":      func(c *advocacy.Case) { c.Contributors = []advocacy.PersonID{ann, paul, pia, dana} },
		"RECUSED":          func(c *advocacy.Case) { c.Decisions = []advocacy.Decision{said(1, dana, advocacy.Recuse, "pr")} },
		"DISTINCT_PERSON":  func(c *advocacy.Case) { delete(c.Members, lena); delete(c.Members, lou) },
		"SIGNED_ELSEWHERE": func(c *advocacy.Case) { c.Decisions = []advocacy.Decision{signed(1, dana, "legal")} },
		"EXCLUDED": func(c *advocacy.Case) {
			c.Review.Plan.Requirements[1].Exclude = []advocacy.Exclusion{advocacy.ExcludeTeam}
			c.Members[ann].Groups, c.Members[dana].Groups = []string{"north"}, []string{"north"}
		},
		"STEP_UP_UNAVAILABLE": func(c *advocacy.Case) { c.Review.Plan.Requirements[1].StepUp, c.Factor = true, advocacy.NoFactor },
		"PLAN_EMPTY":          func(c *advocacy.Case) { c.Review.Plan = planOf(asks("legal", 0)) },
	} {
		c := aCase()
		if want != "SELF_REVIEW" {
			delete(c.Members, paul)
			delete(c.Members, pia)
		}
		change(c)
		short := c.Shortfalls(c.Review.Plan, holdersIn(c))
		if len(short) != 1 || short[0].Reason != want {
			t.Errorf("%s: %+v", want, short)
			continue
		}
		c.Short = short
		key := short[0].Requirement.Key
		blocked := slices.ContainsFunc(c.Tally().Blockers, func(b advocacy.Blocker) bool {
			return b.Code == advocacy.BlockInfeasible && b.Requirement == key && b.Reason == string(want)
		})
		if !blocked {
			t.Errorf("%s: in the way is only %v", want, blockersOf(c.Tally()))
		}
	}
}
