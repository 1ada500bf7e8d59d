package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestWhatCanBeDecidedTogether(t *testing.T) {
	t.Parallel()
	plain := func(decisions ...advocacy.Decision) *advocacy.Case {
		c := aCase(decisions...)
		for i := range c.Review.Plan.Requirements {
			c.Review.Plan.Requirements[i].Veto = false
		}
		return c
	}
	rules := plain().Review.Plan.RuleSet()
	veto := plain()
	veto.Review.Plan.Requirements[1].Veto = true
	floor := plain()
	floor.Floor = planOf(asks("medical", 1))
	floor.Floor.Requirements[0].Veto = false
	other := plain()
	other.Review.Plan.Requirements[0].Rules = []advocacy.RuleReason{{Rule: "another", Reason: "because"}}
	earlier := plain(said(10, lena, advocacy.RequestChanges, "legal"))
	earlier.Review.Round = 2
	for name, c := range map[string]struct {
		of   *advocacy.Case
		want advocacy.Alone
	}{
		"plain": {plain(), ""}, "other rules": {other, ""}, "a veto anywhere": {veto, advocacy.AloneVeto}, "an earlier objection": {earlier, advocacy.AloneObjection},
	} {
		if got := c.of.Alone(); got != c.want {
			t.Errorf("%s is decided alone for %q, want %q", name, got, c.want)
		}
	}
	if plain().SameRules() != plain(said(10, lena, advocacy.Approve, "legal")).SameRules() || plain().SameRules() == other.SameRules() || plain().SameRules() == floor.SameRules() {
		t.Error("rules are not told apart, or from themselves")
	}
	for name, c := range map[string]struct {
		of      *advocacy.Case
		verdict advocacy.Verdict
		allowed bool
	}{
		"an approval":          {plain(), advocacy.Approve, true},
		"a request":            {plain(), advocacy.RequestChanges, true},
		"a rejection":          {plain(), advocacy.Reject, false},
		"a retraction":         {plain(), advocacy.Retract, false},
		"a recusal":            {plain(), advocacy.Recuse, false},
		"a veto anywhere":      {veto, advocacy.Approve, false},
		"a policy asks more":   {floor, advocacy.Approve, false},
		"other rules":          {other, advocacy.Approve, false},
		"an earlier objection": {earlier, advocacy.Approve, false},
	} {
		err := c.of.GuardBatch(c.verdict, rules)
		if (err == nil) != c.allowed || err != nil && advocacy.ReasonOf(err) != "BATCH_NOT_ALLOWED" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
