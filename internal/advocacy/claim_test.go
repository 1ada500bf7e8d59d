package advocacy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestClaims(t *testing.T) {
	t.Parallel()
	lenas := advocacy.Claim{Person: lena, Epoch: 3, Until: at(60).Add(advocacy.ClaimLife)}
	for name, c := range map[string]struct {
		claim    advocacy.Claim
		who      advocacy.PersonID
		minute   int
		takeOver bool
		want     advocacy.Claim
		reason   string
	}{
		"the first":            {advocacy.Claim{}, lou, 60, false, advocacy.Claim{Person: lou, Epoch: 1, Until: at(75)}, ""},
		"renewed":              {lenas, lena, 70, false, advocacy.Claim{Person: lena, Epoch: 3, Until: at(85)}, ""},
		"somebody else's":      {lenas, lou, 74, false, lenas, "CLAIMED"},
		"taken over":           {lenas, lou, 74, true, advocacy.Claim{Person: lou, Epoch: 4, Until: at(89)}, ""},
		"run out":              {lenas, lou, 75, false, advocacy.Claim{Person: lou, Epoch: 4, Until: at(90)}, ""},
		"one's own, ran out":   {lenas, lena, 75, false, advocacy.Claim{Person: lena, Epoch: 4, Until: at(90)}, ""},
		"given back, then new": {advocacy.Claim{Epoch: 3}, lena, 61, false, advocacy.Claim{Person: lena, Epoch: 4, Until: at(76)}, ""},
	} {
		got, err := c.claim.Take(c.who, at(c.minute), c.takeOver)
		if advocacy.ReasonOf(err) != c.reason || !cmp.Equal(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v, %q", name, got, err, c.want, c.reason)
		}
	}
	if _, err := lenas.Release(lou, at(74)); advocacy.ReasonOf(err) != "CLAIMED" {
		t.Errorf("another gave it back: %v", err)
	}
	for _, who := range []advocacy.PersonID{lena, lou} {
		if got, err := lenas.Release(who, at(75)); err != nil || got != (advocacy.Claim{Epoch: 3}) {
			t.Errorf("%s gives back what ran out: %+v, %v", who, got, err)
		}
	}
}

// TestDecidingUnderClaims: somebody else's claim is in the way of a signature unless it is
// overridden, a stale epoch always, and neither of taking back what one said.
func TestDecidingUnderClaims(t *testing.T) {
	t.Parallel()
	lenas := advocacy.Claim{Person: lena, Epoch: 3, Until: at(200)}
	for name, c := range map[string]struct {
		claim    advocacy.Claim
		verdict  advocacy.Verdict
		epoch    int64
		override bool
		reason   string
	}{
		"somebody else's":   {lenas, advocacy.Approve, 0, false, "CLAIMED"},
		"an objection":      {lenas, advocacy.RequestChanges, 0, false, "CLAIMED"},
		"a veto":            {lenas, advocacy.Reject, 0, false, "CLAIMED"},
		"overridden":        {lenas, advocacy.Approve, 0, true, ""},
		"stale epoch":       {lenas, advocacy.Approve, 2, true, "CLAIM_LOST"},
		"a recusal":         {lenas, advocacy.Recuse, 0, false, ""},
		"ran out":           {advocacy.Claim{Person: lena, Epoch: 3, Until: at(180)}, advocacy.Approve, 3, false, ""},
		"one's own":         {advocacy.Claim{Person: lou, Epoch: 3, Until: at(200)}, advocacy.Approve, 3, false, ""},
		"one's own, before": {advocacy.Claim{Person: lou, Epoch: 4, Until: at(200)}, advocacy.Approve, 3, false, "CLAIM_LOST"},
	} {
		round := aCase()
		round.Claim, round.Receipt = c.claim, served(round, lou)
		_, err := round.Decide(human(lou), advocacy.DecisionInput{
			ID: "d", Verdict: c.verdict, Requirement: "legal", Digest: bytesOf("one"), Reason: "because",
			ClaimEpoch: c.epoch, OverrideClaim: c.override,
		})
		if advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v, want %q", name, err, c.reason)
		}
	}
}

// TestClaimsGrantNothing is I28: without any claim every count is the same, and whoever
// could decide still can, to the same end. A claim only ever refuses.
func TestClaimsGrantNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		without := drawCase(t)
		actor := human(rapid.SampledFrom(drawnPersons).Draw(t, "actor"))
		drawReceipt(t, without, actor.Person)
		with := *without
		with.Claim = advocacy.Claim{
			Person: rapid.SampledFrom(drawnPersons).Draw(t, "holder"),
			Epoch:  rapid.Int64Range(0, 2).Draw(t, "epoch"),
			Until:  without.Now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "left")) * time.Minute),
		}
		if diff := cmp.Diff(without.Tally(), with.Tally()); diff != "" {
			t.Fatalf("the count differs: %s", diff)
		}
		in := advocacy.DecisionInput{
			ID: "new", Verdict: rapid.SampledFrom(advocacy.Verdicts()).Draw(t, "says"), Digest: bytesOf("one"), Reason: "because",
			Requirement:   rapid.SampledFrom(drawnKeys).Draw(t, "on"),
			ClaimEpoch:    rapid.Int64Range(0, 2).Draw(t, "under"),
			OverrideClaim: rapid.Bool().Draw(t, "override"),
		}
		free := in
		free.ClaimEpoch, free.OverrideClaim = 0, false
		a, errA := with.Decide(actor, in)
		b, errB := without.Decide(actor, free)
		refused := advocacy.ReasonOf(errA) == "CLAIMED" || advocacy.ReasonOf(errA) == "CLAIM_LOST"
		if refused && errB == nil {
			return
		}
		if advocacy.ReasonOf(errA) != advocacy.ReasonOf(errB) || errA == nil && !cmp.Equal(a, b) {
			t.Fatalf("with the claim %v, without %v", errA, errB)
		}
	})
}
