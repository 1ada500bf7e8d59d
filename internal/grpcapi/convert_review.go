package grpcapi

import (
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// showReview writes a round with its standing. Requirements and blockers are the count the
// guards use, not a count of its own.
func (t *trip) showReview(v *workflow.ReviewView) *imprimaturv1.Review {
	n, r := t.names(), v.Review
	out := &imprimaturv1.Review{
		Name:                  n.review(r.Subject, r.Round),
		Revision:              n.revision(r.Subject, r.Revision),
		Digest:                string(r.Digest),
		State:                 reviewStates.proto(r.State),
		Origin:                origins.proto(r.Origin),
		Requirements:          each(v.Tally.Requirements, t.timed(v.Deadlines)),
		Blockers:              each(v.Tally.Blockers, t.blocker),
		RoutingPolicyRevision: n.policyRevision(r.Policy.Policy, r.Policy.Revision),
		Submitter:             n.member(r.Assent.Person),
		LibraryChain:          n.chain(r.Library),
		Targets:               each(v.Manifest.Targets, n.target),
		Audience:              audienceOf(v.Manifest.Audience),
		Announcement:          v.Manifest.Announcement,
		EditPolicy:            editPolicyOf(v.Manifest.Editing),
		Etag:                  etagOf(r.Version),
		OpenTime:              stamp(r.OpenTime),
		ExpireTime:            stamp(r.ExpireTime),
		CloseTime:             stamp(r.CloseTime),
		Expedited:             r.Expedited,
		ExpediteReason:        r.ExpediteReason,
		FailedRules:           r.FailedRules,
		LinkPins:              each(r.Pins, linkPinOf),
	}
	for i := range v.Decisions {
		if v.Decisions[i].Round == r.Round {
			out.Decisions = append(out.Decisions, n.decisionOf(&v.Decisions[i]))
		}
	}
	return out
}

func linkPinOf(p advocacy.LinkPin) *imprimaturv1.LinkPin {
	return &imprimaturv1.LinkPin{Link: p.URL, Target: p.Target, FormerTarget: p.Former, ChangeTime: stamp(p.ChangeTime)}
}

// timed is a requirement with how far it is, by when it should be signed, and who was asked.
func (t *trip) timed(deadlines []advocacy.Deadline) func(advocacy.RequirementTally) *imprimaturv1.Requirement {
	return func(r advocacy.RequirementTally) *imprimaturv1.Requirement {
		out := t.counted(r)
		for i := range deadlines {
			if d := &deadlines[i]; d.Requirement == r.Requirement.Key && d.State == advocacy.DeadlineRunning {
				out.DueTime, out.Asked = stamp(d.Due), each(d.Asked, t.names().member)
			}
		}
		return out
	}
}

// chain writes the human decisions behind an unedited share, nil when there are none.
func (n names) chain(c *advocacy.LibraryChain) *imprimaturv1.LibraryChain {
	if c == nil {
		return nil
	}
	item := advocacy.ItemSubject(n.workspace, c.Item)
	return &imprimaturv1.LibraryChain{
		Revision: n.revision(item, c.Revision),
		Digest:   string(c.Digest),
		Decisions: each(c.Decisions, func(id advocacy.DecisionID) string {
			return n.decision(item, c.Round, id)
		}),
	}
}

func (n names) decisionOf(d *advocacy.Decision) *imprimaturv1.Decision {
	return &imprimaturv1.Decision{
		Name:        n.decision(d.Subject, d.Round, d.ID),
		Verdict:     verdicts.proto(d.Verdict),
		Digest:      string(d.Digest),
		Requirement: d.Requirement,
		Role:        string(d.Role),
		Member:      n.member(d.Person),
		Reason:      d.Reason,
		Supersedes:  n.decision(d.Subject, d.Round, d.Supersedes),
		CreateTime:  stamp(d.Time),
		SteppedUp:   d.SteppedUp,
		ViewTime:    stamp(d.ViewTime),
		OnBehalfOf:  n.member(d.OnBehalfOf),
		Delegation:  n.delegation(d.Delegation),
	}
}

// showTask writes a turn as the caller sees it now: the claim while it holds, until when he or
// she has put it off, and who has it open.
func (v visit) showTask(k *workflow.Task, now time.Time) *imprimaturv1.ReviewTask {
	out := v.taskOf(k)
	if k.Claim.Live(now) {
		out.Claim = &imprimaturv1.ReviewTask_Claim{Member: v.member(k.Claim.Person), Epoch: k.Claim.Epoch, ExpireTime: stamp(k.Claim.Until)}
	}
	if until := k.SnoozedUntil(v.principal.Actor.Person); until.After(now) {
		out.SnoozeTime = stamp(until)
	}
	out.Viewers = each(k.Viewers(v.call, now), func(l workflow.Look) *imprimaturv1.ReviewTask_Viewer {
		return &imprimaturv1.ReviewTask_Viewer{Member: v.member(l.Person), ViewTime: stamp(l.Since), ExpireTime: stamp(l.Until)}
	})
	return out
}

func (n names) taskOf(t *workflow.Task) *imprimaturv1.ReviewTask {
	return &imprimaturv1.ReviewTask{
		Name:        n.task(t.ID),
		Subject:     n.subject(t.Subject),
		Review:      n.review(t.Subject, t.Round),
		Requirement: t.Requirement,
		Role:        string(t.Role),
		State:       taskStates.proto(t.State),
		Digest:      string(t.Digest),
		Title:       t.Title,
		Author:      n.member(t.Author),
		Language:    t.Language,
		Origin:      origins.proto(t.Origin),
		Networks:    texts(t.Networks),
		Have:        int32(t.Have),
		Need:        int32(t.Need),
		PublishTime: stamp(t.PublishTime),
		DueTime:     stamp(t.DueTime),
		CreateTime:  stamp(t.CreateTime),
		Why:         whys.proto(t.Why),
		SinceTime:   stamp(t.Since),
		Member:      n.member(t.Person),
		Permission:  string(t.Permission),
		Alone:       alones.proto(t.Alone),
		BatchRules:  t.Rules,
		Rules:       t.AskedBy,
	}
}

func (n names) readVerdict(req *imprimaturv1.DecideRequest) (workflow.Verdict, error) {
	verdict, err := verdicts.domain("verdict", req.GetVerdict())
	if err != nil {
		return workflow.Verdict{}, err
	}
	delegator, err := optional(n.readMember, "on_behalf_of", req.GetOnBehalfOf())
	if err != nil {
		return workflow.Verdict{}, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	return workflow.Verdict{
		Verdict: verdict, Requirement: req.GetRequirement(), Digest: advocacy.Digest(req.GetDigest()),
		Version: version, Reason: req.GetReason(), OnBehalfOf: delegator,
		ClaimEpoch: req.GetClaimEpoch(), OverrideClaim: req.GetOverrideClaim(), ValidateOnly: req.GetValidateOnly(),
	}, err
}
