package advocacy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// approving is what a holder of legal sends about what is under review.
func approving() advocacy.DecisionInput {
	return advocacy.DecisionInput{ID: "new", Verdict: advocacy.Approve, Requirement: "legal", Digest: bytesOf("one")}
}

func TestDecideRecordsWhatWasSaid(t *testing.T) {
	t.Parallel()
	c := aCase(signed(1, lena, "legal"))
	c.Receipt = served(c, lena)
	in := approving()
	in.Reason = "  Looks right to me. \n"
	got, err := c.Decide(human(lena), in)
	if err != nil {
		t.Fatal(err)
	}
	want := advocacy.Decision{
		Subject: advocacy.PostSubject(house, aPost), Round: 1, ID: "new", Digest: bytesOf("one"),
		Requirement: "legal", Role: advocacy.RoleLegal, Person: lena, Session: "session-of-lena", Verdict: advocacy.Approve,
		Reason: "Looks right to me.", Policy: advocacy.PolicyRef{Policy: "default", Revision: 1},
		Supersedes: signed(1, lena, "legal").ID, Time: at(180), ViewTime: at(180),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decision (-want +got):\n%s", diff)
	}
}

// sitting is somebody about to decide.
type sitting struct {
	c     *advocacy.Case
	actor advocacy.Actor
	in    advocacy.DecisionInput
}

var decideRefusals = []struct {
	name   string
	change func(*sitting)
	kind   advocacy.Kind
	reason string
}{
	{"a machine in a lawyer's name", func(a *sitting) { a.actor.Kind = advocacy.Machine }, advocacy.Denied, "MACHINE_CANNOT_DECIDE"},
	{"the service itself", func(a *sitting) { a.actor.Kind = advocacy.System }, advocacy.Denied, "MACHINE_CANNOT_DECIDE"},
	{"a kind of actor nobody knows", func(a *sitting) { a.actor.Kind = "" }, advocacy.Denied, "MACHINE_CANNOT_DECIDE"},
	{"bytes that were shown before", func(a *sitting) { a.in.Digest = bytesOf("zero") }, advocacy.Conflict, "REVISION_CHANGED"},
	{"no bytes", func(a *sitting) { a.in.Digest = "" }, advocacy.Conflict, "REVISION_CHANGED"},
	{"the head moved on", func(a *sitting) { a.c.Head, a.c.HeadDigest = 2, bytesOf("two") }, advocacy.Conflict, "REVISION_CHANGED"},
	{"the head moved on to the same words", func(a *sitting) { a.c.Head = 2 }, advocacy.Conflict, "REVISION_CHANGED"},
	{"the head's bytes are others", func(a *sitting) { a.c.HeadDigest = bytesOf("two") }, advocacy.Conflict, "REVISION_CHANGED"},
	{"the newest bytes, in an older round", func(a *sitting) {
		a.c.HeadDigest, a.in.Digest = bytesOf("two"), bytesOf("two")
	}, advocacy.Conflict, "REVISION_CHANGED"},
	{"a round that is over", func(a *sitting) { a.c.Review.State = advocacy.ReviewExpired }, advocacy.Precondition, "REVIEW_CLOSED"},
	{"a requirement nobody asks for", func(a *sitting) { a.in.Requirement = "medical" }, advocacy.Invalid, "REQUIREMENT_UNKNOWN"},
	{"a requirement no person can meet", func(a *sitting) {
		a.c.Review.Plan.Requirements[0] = advocacy.Requirement{Key: "legal", Kind: advocacy.RequireLibrary, Quorum: 1}
	}, advocacy.Invalid, "REQUIREMENT_UNKNOWN"},
	{"who wrote it", func(a *sitting) { a.actor = human(ann) }, advocacy.Denied, "SELF_REVIEW"},
	{"who wrote an older part of it", func(a *sitting) { a.c.Contributors = []advocacy.PersonID{ann, lena} }, advocacy.Denied, "SELF_REVIEW"},
	{"who wrote it under another membership", func(a *sitting) { a.c.Members[ann].MergedInto = lena }, advocacy.Denied, "SELF_REVIEW"},
	{"whom the author reports to", func(a *sitting) {
		a.c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeManagers}
		a.c.Superiors = map[advocacy.PersonID][]advocacy.PersonID{ann: {lena}}
	}, advocacy.Denied, "EXCLUDED"},
	{"who did not prove again who it is", func(a *sitting) { a.c.Review.Plan.Requirements[0].StepUp = true }, advocacy.Denied, "STEP_UP_REQUIRED"},
	{"who proved it too long ago", func(a *sitting) {
		a.c.Review.Plan.Requirements[0].StepUp = true
		a.actor.StepUpTime = at(180).Add(-advocacy.StepUpLife)
	}, advocacy.Denied, "STEP_UP_REQUIRED"},
	{"who could prove it by nothing", func(a *sitting) {
		a.c.Review.Plan.Requirements[0].StepUp, a.c.Factor = true, advocacy.NoFactor
		a.actor.StepUpTime = at(180)
	}, advocacy.Precondition, "STEP_UP_UNAVAILABLE"},
	{"whose words were taken as suggested", func(a *sitting) { a.c.Suggesters = []advocacy.PersonID{lena} }, advocacy.Denied, "SELF_REVIEW"},
	{"who never held the role", func(a *sitting) { a.actor = human(bob) }, advocacy.Denied, "NOT_IN_ROLE"},
	{"who lost the role", func(a *sitting) { a.c.Members[lena].Roles = nil }, advocacy.Denied, "NOT_IN_ROLE"},
	{"who was disabled", func(a *sitting) { a.c.Members[lena].State = advocacy.MemberDisabled }, advocacy.Denied, "NOT_IN_ROLE"},
	{"whose credential still says so", func(a *sitting) {
		a.actor = human(bob)
		a.actor.Roles = []advocacy.Role{advocacy.RoleLegal}
	}, advocacy.Denied, "NOT_IN_ROLE"},
	{"a verdict nobody knows", func(a *sitting) { a.in.Verdict, a.in.Reason = "abstain", "So." }, advocacy.Invalid, "VERDICT_UNKNOWN"},
	{"an objection without a reason", func(a *sitting) { a.in.Verdict = advocacy.RequestChanges }, advocacy.Invalid, "REASON_REQUIRED"},
	{"a rejection for a blank reason", func(a *sitting) { a.in.Verdict, a.in.Reason = advocacy.Reject, " \n\t" }, advocacy.Invalid, "REASON_REQUIRED"},
	{"a retraction without a reason", func(a *sitting) { a.in.Verdict = advocacy.Retract }, advocacy.Invalid, "REASON_REQUIRED"},
	{"a retraction of nothing", func(a *sitting) { a.in.Verdict, a.in.Reason = advocacy.Retract, "So." }, advocacy.Precondition, "NOTHING_TO_RETRACT"},
	{"who declared not to decide", func(a *sitting) {
		a.c.Decisions = []advocacy.Decision{said(1, lena, advocacy.Recuse, "pr")}
	}, advocacy.Precondition, "RECUSED"},
	{"a rejection without a veto", func(a *sitting) {
		a.c.Review.Plan.Requirements[0].Veto = false
		a.in.Verdict, a.in.Reason = advocacy.Reject, "No."
	}, advocacy.Precondition, "NO_VETO"},
	{"a stage that is not open", func(a *sitting) { a.c.Review.Plan.Requirements[0].Stage = 2 }, advocacy.Precondition, "STAGE_NOT_OPEN"},
	{"an objection from a stage that is not open", func(a *sitting) {
		a.c.Review.Plan.Requirements[0].Stage = 2
		a.in.Verdict, a.in.Reason = advocacy.RequestChanges, "No."
	}, advocacy.Precondition, "STAGE_NOT_OPEN"},
	{"who signed for another role", func(a *sitting) {
		a.actor, a.c.Decisions = human(dana), []advocacy.Decision{signed(1, dana, "pr")}
	}, advocacy.Precondition, "DISTINCT_PERSON"},
	{"who was served nothing", func(a *sitting) { a.c.Receipt = nil }, advocacy.Precondition, "VIEW_REQUIRED"},
	{"an objection to what one was not served", func(a *sitting) {
		a.c.Receipt = nil
		a.in.Verdict, a.in.Reason = advocacy.Reject, "No."
	}, advocacy.Precondition, "VIEW_REQUIRED"},
	{"a call for changes to what one was not served", func(a *sitting) {
		a.c.Receipt = nil
		a.in.Verdict, a.in.Reason = advocacy.RequestChanges, "No."
	}, advocacy.Precondition, "VIEW_REQUIRED"},
	{"who was served other bytes", func(a *sitting) { a.c.Receipt.Digest = bytesOf("two") }, advocacy.Precondition, "VIEW_REQUIRED"},
	{"who was served them in an older round", func(a *sitting) { a.c.Receipt.Round = 0 }, advocacy.Precondition, "VIEW_REQUIRED"},
	{"who stands beside whom they were served to", func(a *sitting) { a.c.Receipt.Person = lou }, advocacy.Precondition, "VIEW_REQUIRED"},
	{"who will be served them later", func(a *sitting) { a.c.Receipt.Time = a.c.Now.Add(1) }, advocacy.Precondition, "VIEW_REQUIRED"},
	{"one more when everybody signed", func(a *sitting) {
		a.c = satisfiedCase()
		a.c.Review.State = advocacy.ReviewApproved
	}, advocacy.Precondition, "REVIEW_CLOSED"},
	{"an objection when a request began", func(a *sitting) {
		a.c = satisfiedCase()
		a.c.Review.State, a.c.Sent = advocacy.ReviewApproved, true
		a.in.Verdict, a.in.Reason = advocacy.Reject, "No."
	}, advocacy.Precondition, "PUBLISHING"},
}

// TestDecideRefuses: one thing is wrong in each, and the reason names it.
func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range decideRefusals {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := sitting{c: aCase(), actor: human(lena), in: approving()}
			a.c.Receipt = served(a.c, lena)
			tt.change(&a)
			_, err := a.c.Decide(a.actor, a.in)
			if advocacy.ReasonOf(err) != tt.reason || advocacy.KindOf(err) != tt.kind {
				t.Errorf("it says %v (kind %d), want %s (kind %d)", err, advocacy.KindOf(err), tt.reason, tt.kind)
			}
		})
	}
}

// TestDecideNamesTheNewRevision: who decided on stale bytes is told what to look at.
func TestDecideNamesTheNewRevision(t *testing.T) {
	t.Parallel()
	c := aCase()
	c.Head, c.HeadDigest = 2, bytesOf("two")
	_, err := c.Decide(human(lena), approving())
	e, ok := err.(*advocacy.Error)
	if !ok || e.Meta["digest"] != string(bytesOf("two")) || e.Meta["revision"] != c.Review.Subject.Name()+"/revisions/2" {
		t.Errorf("the refusal is %#v, want it to name revision 2 and %s", err, bytesOf("two"))
	}
}

var decideAllowed = []struct {
	name       string
	change     func(*advocacy.Case, *advocacy.DecisionInput)
	supersedes advocacy.DecisionID
}{
	{"a first signature", func(*advocacy.Case, *advocacy.DecisionInput) {}, ""},
	{"a signature nobody can complete yet", func(c *advocacy.Case, _ *advocacy.DecisionInput) { c.Review.State = advocacy.ReviewUnroutable }, ""},
	{"a signature the floor asks for", func(c *advocacy.Case, _ *advocacy.DecisionInput) {
		c.Review.Plan, c.Floor = planOf(asks("pr", 1)), planOf(asks("legal", 1))
	}, ""},
	{"a renewal of one that ran out", func(c *advocacy.Case, _ *advocacy.DecisionInput) {
		c.Review.Plan.Requirements[0].TTL = time.Minute
		c.Decisions = []advocacy.Decision{signed(1, lena, "legal")}
	}, signed(1, lena, "legal").ID},
	{"an objection after one's own signature", func(c *advocacy.Case, in *advocacy.DecisionInput) {
		c.Decisions = []advocacy.Decision{signed(1, lena, "legal")}
		in.Verdict, in.Reason = advocacy.RequestChanges, "On second thoughts."
	}, signed(1, lena, "legal").ID},
	{"an objection to what is scheduled", func(c *advocacy.Case, in *advocacy.DecisionInput) {
		c.Review.State = advocacy.ReviewApproved
		in.Verdict, in.Reason = advocacy.Reject, "Stop."
	}, ""},
	{"a recusal of who signed", func(c *advocacy.Case, in *advocacy.DecisionInput) {
		c.Decisions = []advocacy.Decision{signed(1, lena, "legal")}
		in.Verdict, in.Reason = advocacy.Recuse, "A relative."
	}, signed(1, lena, "legal").ID},
	{"a recusal leaves one's objection", func(c *advocacy.Case, in *advocacy.DecisionInput) {
		c.Decisions = []advocacy.Decision{said(1, lena, advocacy.RequestChanges, "legal")}
		in.Verdict, in.Reason = advocacy.Recuse, "A relative."
	}, ""},
	{"a retraction of an objection", func(c *advocacy.Case, in *advocacy.DecisionInput) {
		c.Decisions = []advocacy.Decision{said(1, lena, advocacy.RequestChanges, "legal")}
		in.Verdict, in.Reason = advocacy.Retract, "It is fine."
	}, said(1, lena, advocacy.RequestChanges, "legal").ID},
	{"a signature after one for another role was taken back", func(c *advocacy.Case, _ *advocacy.DecisionInput) {
		c.Members[lena] = member(lena, advocacy.RoleLegal, advocacy.RolePR)
		c.Decisions = []advocacy.Decision{signed(1, lena, "pr"), instead(said(2, lena, advocacy.Retract, "pr"), signed(1, lena, "pr"))}
	}, ""},
	{"a signature after one in another round", func(c *advocacy.Case, _ *advocacy.DecisionInput) {
		c.Review.Round, c.Decisions = 2, []advocacy.Decision{signed(1, lena, "legal")}
	}, ""},
}

func TestDecideAllows(t *testing.T) {
	t.Parallel()
	for _, tt := range decideAllowed {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, in := aCase(), approving()
			tt.change(c, &in)
			c.Receipt = served(c, lena)
			d, err := c.Decide(human(lena), in)
			if err != nil || d.Supersedes != tt.supersedes {
				t.Errorf("it supersedes %q and says %v, want %q and no error", d.Supersedes, err, tt.supersedes)
			}
		})
	}
}

// TestWhoStepsBackNeedNotLook: a recusal and a retraction say nothing about the bytes.
func TestWhoStepsBackNeedNotLook(t *testing.T) {
	t.Parallel()
	for _, v := range []advocacy.Verdict{advocacy.Recuse, advocacy.Retract} {
		c, in := aCase(signed(1, lena, "legal")), approving()
		in.Verdict, in.Reason = v, "A relative."
		if d, err := c.Decide(human(lena), in); err != nil || !d.ViewTime.IsZero() {
			t.Errorf("%s: seen at %v, %v", v, d.ViewTime, err)
		}
	}
}

// TestRecusedAnywhere: a recusal holds in every round of the subject.
func TestRecusedAnywhere(t *testing.T) {
	t.Parallel()
	c := aCase(said(1, lena, advocacy.Recuse, "legal"), said(2, lou, advocacy.RequestChanges, "legal"))
	c.Review.Round = 7
	if !c.Recused(lena) || c.Recused(lou) {
		t.Errorf("recused: lena %t, lou %t; want only lena", c.Recused(lena), c.Recused(lou))
	}
}
