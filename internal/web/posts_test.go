package web

import (
	"slices"
	"testing"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// That an objection is not cleared yet is told until the signature that clears it is given.
func TestClearedObjection(t *testing.T) {
	t.Parallel()
	told := func(satisfied bool) (all []string) {
		s := signer{RequirementExplanation: &imprimaturv1.RequirementExplanation{Requirement: &imprimaturv1.Requirement{
			Satisfied: satisfied, Reasons: []*imprimaturv1.RuleReason{{Rule: "own-words", Reason: "Everything."}, {Rule: "objection", Code: "OBJECTION_OPEN"}},
		}}}
		for _, why := range s.Why() {
			all = append(all, why.GetRule())
		}
		return all
	}
	if open, given := told(false), told(true); !slices.Equal(open, []string{"own-words", "objection"}) || !slices.Equal(given, []string{"own-words"}) {
		t.Errorf("open it says %v, given %v", open, given)
	}
}

// A post is withdrawn while nothing of it can be out, and taken back from then on, by whoever may.
func TestWithdrawnOrTakenBack(t *testing.T) {
	t.Parallel()
	copies := func(states ...imprimaturv1.Publication_State) (all []*imprimaturv1.Publication) {
		for _, s := range states {
			all = append(all, &imprimaturv1.Publication{State: s})
		}
		return all
	}
	for name, x := range map[string]struct {
		state            imprimaturv1.Post_State
		copies           []*imprimaturv1.Publication
		withdraw, recall bool
	}{
		"in review":           {imprimaturv1.Post_IN_REVIEW, nil, true, false},
		"waiting":             {imprimaturv1.Post_SCHEDULED, copies(imprimaturv1.Publication_SCHEDULED), true, false},
		"not opened":          {imprimaturv1.Post_SCHEDULED, copies(imprimaturv1.Publication_HANDED_OVER), true, false},
		"opened":              {imprimaturv1.Post_PUBLISHING, copies(imprimaturv1.Publication_HANDED_OVER), false, true},
		"to be tried again":   {imprimaturv1.Post_PUBLISHING, copies(imprimaturv1.Publication_SCHEDULED), false, true},
		"under way":           {imprimaturv1.Post_PUBLISHING, copies(imprimaturv1.Publication_SENDING), false, true},
		"nobody knows":        {imprimaturv1.Post_PUBLISHING, copies(imprimaturv1.Publication_UNKNOWN), false, true},
		"out here, not there": {imprimaturv1.Post_SCHEDULED, copies(imprimaturv1.Publication_PUBLISHED, imprimaturv1.Publication_SCHEDULED), false, true},
		"ordered": {imprimaturv1.Post_PUBLISHING, []*imprimaturv1.Publication{
			{State: imprimaturv1.Publication_UNKNOWN, RecallReason: "A wrong number."}, {State: imprimaturv1.Publication_CANCELLED},
		}, false, false},
		"gone": {imprimaturv1.Post_RECALLED, copies(imprimaturv1.Publication_RECALLED), false, false},
	} {
		page := postPage{Post: &imprimaturv1.Post{State: x.state, Publications: x.copies}, Mine: true, Recalls: true}
		if page.Can("withdraw") != x.withdraw || page.Can("recall") != x.recall {
			t.Errorf("%s: withdrawing is offered %v, taking back %v", name, page.Can("withdraw"), page.Can("recall"))
		}
		page.Mine, page.Recalls = false, false
		if page.Can("withdraw") || page.Can("recall") {
			t.Errorf("%s: a reader is offered to stop it", name)
		}
	}
}
