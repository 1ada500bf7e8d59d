package workflow_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestExplanationNamesWhoElse: who was lent a signature is named with whose it is, a claim is
// known, what the guard answers each of them is what is told, and whom it does not name is counted.
func TestExplanationNamesWhoElse(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	lends(t, h)
	view := inReview(t, h, l)
	legal := func() advocacy.RequirementExplanation {
		t.Helper()
		e, err := h.Flow.ExplainReview(t.Context(), h.As(h.Author), view.Post.Subject(), 1)
		ok(t, err)
		return e.Requirements[0]
	}
	agree := func(want ...advocacy.Candidate) {
		t.Helper()
		r := legal()
		byPerson := cmpopts.SortSlices(func(a, b advocacy.Candidate) bool { return a.Person+a.OnBehalfOf < b.Person+b.OnBehalfOf })
		if diff := cmp.Diff(want, r.Candidates, byPerson); diff != "" {
			t.Errorf("candidates (-want +got):\n%s", diff)
		}
		for _, c := range r.Candidates {
			h.View(t, c.Person, view.Post.Subject(), 1)
			_, _, err := h.Flow.Decide(t.Context(), h.As(c.Person), view.Post.Subject(), 1, workflow.Verdict{
				Verdict: advocacy.Approve, Requirement: r.Requirement.Key, Digest: view.Head.Digest, OnBehalfOf: c.OnBehalfOf, ValidateOnly: true,
			})
			if got := advocacy.ReasonOf(err); got != c.Code || err != nil && got == "" {
				t.Errorf("%v is told, and the guard says %v", c, err)
			}
		}
	}
	agree(advocacy.Candidate{Person: h.Legal}, advocacy.Candidate{Person: h.Legal2}, advocacy.Candidate{Person: h.Both},
		advocacy.Candidate{Person: h.PR, OnBehalfOf: h.Legal})
	_, err := h.Flow.ClaimTask(t.Context(), h.As(h.PR), h.W, taskOf(t, h, view, "legal").ID, false)
	ok(t, err)
	agree(advocacy.Candidate{Person: h.Legal, Code: "CLAIMED"}, advocacy.Candidate{Person: h.Legal2, Code: "CLAIMED"},
		advocacy.Candidate{Person: h.Both, Code: "CLAIMED"}, advocacy.Candidate{Person: h.PR, OnBehalfOf: h.Legal})

	for i := range advocacy.MostCandidates {
		_, err := h.Flow.CreateMember(t.Context(), h.As(h.Admin), h.W, workflow.MemberDraft{
			DisplayName: "Another", Email: fmt.Sprintf("another%d@acme.test", i), Roles: []advocacy.Role{advocacy.RoleLegal},
		})
		ok(t, err)
	}
	if r := legal(); len(r.Candidates) != advocacy.MostCandidates || r.More != 4 {
		t.Errorf("%d are named and %d are not, want %d and 4", len(r.Candidates), r.More, advocacy.MostCandidates)
	}
}
