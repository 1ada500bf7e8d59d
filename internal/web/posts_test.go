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
