package workflow_test

import (
	"cmp"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// roundsAsked is how many open rounds, at most, are asked about everybody at a large check.
const roundsAsked = 2

// checkAnswers: what an explanation says of everybody is what the guard answers who asks, for
// himself or herself and for whom something was lent; whom it does not name cannot sign [I24].
func (w *world) checkAnswers() {
	all := slices.Concat(w.posts, w.items)
	for i, n := 0, 0; i < len(all) && n < roundsAsked; i++ {
		x := all[(i+w.steps/100)%len(all)]
		if review := w.live(x); review == nil || review.State == advocacy.ReviewApproved || x.withdrawn {
			continue
		}
		n++
		w.checkAnswer(x)
	}
}

// checkAnswer has everybody look, as the explanation supposes they have, and then ask.
func (w *world) checkAnswer(x *writing) {
	w.inside++ // a question is no deed
	defer func() { w.inside-- }()
	told, err := w.Flow.ExplainReview(w.ctx, w.As(w.Auditor), x.subject, len(x.rounds))
	ok(w.tb, err)
	w.reached.explained++
	if x.subject.Kind == advocacy.SubjectPost {
		post, err := w.Flow.ExplainPost(w.ctx, w.As(w.Auditor), w.W, advocacy.PostID(x.id))
		ok(w.tb, err)
		if diff := gocmp.Diff(told.Requirements, post.Review.Requirements); diff != "" {
			w.tb.Errorf("round %d of %s as it is explained itself (-), and with its post (+):\n%s", len(x.rounds), x.id, diff)
		}
	}
	for _, who := range w.cast {
		w.look(x, who, false)
	}
	for _, e := range told.Requirements {
		if e.Requirement.Kind == advocacy.RequireHumans {
			w.asksAll(x, e)
		}
	}
}

// asksAll compares what is said of one requirement with what each of the cast is answered.
func (w *world) asksAll(x *writing, e advocacy.RequirementExplanation) {
	for _, who := range w.cast {
		instead := []advocacy.PersonID{""}
		for _, g := range w.loans {
			if g.to == who && g.role == e.Requirement.Role && !slices.Contains(instead, g.by) {
				instead = append(instead, g.by)
			}
		}
		for _, of := range instead {
			answer := w.couldSign(x, who, of, e.Requirement.Key)
			i := slices.IndexFunc(e.Candidates, func(c advocacy.Candidate) bool { return c.Person == who && c.OnBehalfOf == of })
			switch {
			case i < 0 && answer == "":
				w.tb.Errorf("%s could sign %s of %s for %q, and is not named", w.name(who), e.Requirement.Key, x.id, w.name(of))
			case i >= 0 && hidden[answer] && e.Candidates[i].Code != "": // and is not told that it is there
			case i >= 0 && answer != "" && answer != e.Candidates[i].Code,
				i >= 0 && answer == "" && e.Candidates[i].Code != "" && e.Candidates[i].Code != advocacy.CandidateSigned:
				w.tb.Errorf("%s is answered %q on %s of %s for %q, and told %q", w.name(who), cmp.Or(answer, "yes"), e.Requirement.Key, x.id,
					w.name(of), e.Candidates[i].Code)
			}
		}
	}
}

// hidden is what those are answered who may not see a thing any more, whatever else bars them.
var hidden = map[string]bool{"POST_NOT_FOUND": true, "ITEM_NOT_FOUND": true, "REVISION_NOT_FOUND": true}

// couldSign is why somebody could not approve now, "" when he or she could. Nothing is decided.
func (w *world) couldSign(x *writing, who, of advocacy.PersonID, requirement string) string {
	_, _, err := w.Flow.Decide(w.ctx, w.As(who), x.subject, len(x.rounds), workflow.Verdict{
		Verdict: advocacy.Approve, Requirement: requirement, Digest: x.head().digest, OnBehalfOf: of, ValidateOnly: true,
	})
	if err == nil {
		return ""
	}
	return cmp.Or(advocacy.ReasonOf(err), err.Error())
}
