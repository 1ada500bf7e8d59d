package workflow

import (
	"context"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// guardRejected refuses bytes that somebody with a veto rejected in an earlier round,
// however they came back.
func guardRejected(decisions []advocacy.Decision, digest advocacy.Digest) error {
	for i := range decisions {
		d := &decisions[i]
		taken := slices.ContainsFunc(decisions, func(o advocacy.Decision) bool { return o.Supersedes == d.ID })
		if d.Verdict == advocacy.Reject && d.Digest == digest && !taken {
			return advocacy.Refuse("SAME_AS_REJECTED", "exactly these bytes were rejected in round %d; change them first", d.Round)
		}
	}
	return nil
}

// objectors is a requirement for the role of each objection nobody has cleared: only
// that role can clear it.
func objectors(cs *advocacy.Case) advocacy.Plan {
	var plan advocacy.Plan
	for _, d := range cs.Objections() {
		r := routing.Sign(d.Role, 1)
		r.Key = d.Requirement
		r.Rules = []advocacy.RuleReason{advocacy.ForObjection()}
		if d.Role.Approver() {
			plan = plan.Join(advocacy.Plan{Requirements: []advocacy.Requirement{r}})
		}
	}
	return plan
}

// rejectedElsewhere adds to a plan the roles that rejected the very bytes in another post
// or item: whoever writes the same again does not get past them by it.
func (s *Service) rejectedElsewhere(ctx context.Context, r Reader, w advocacy.WorkspaceID, digest advocacy.Digest, plan advocacy.Plan) (advocacy.Plan, error) {
	roles, err := r.RejectingRoles(ctx, w, digest)
	for _, role := range roles { // guard: bytes rejected elsewhere
		plan = plan.Join(advocacy.Plan{Requirements: []advocacy.Requirement{
			mustSign(plan, role, advocacy.ForRejectedElsewhere()),
		}})
	}
	return plan, err
}

// inheritedObjections adds to a plan the roles whose objections came along with a copy.
func inheritedObjections(plan advocacy.Plan, p *advocacy.Post) advocacy.Plan {
	if p == nil {
		return plan
	}
	for _, role := range p.Objectors { // guard: inherited objections
		plan = plan.Join(advocacy.Plan{Requirements: []advocacy.Requirement{
			mustSign(plan, role, advocacy.ForInheritedObjection()),
		}})
	}
	return plan
}

// mustSign is a requirement with a veto for the role: the plan's own where it has one, so
// that nobody of the role is asked twice.
func mustSign(plan advocacy.Plan, role advocacy.Role, why advocacy.RuleReason) advocacy.Requirement {
	r := routing.Sign(role, 1)
	i := slices.IndexFunc(plan.Requirements, func(o advocacy.Requirement) bool {
		return o.Kind == advocacy.RequireHumans && o.Role == role
	})
	if i >= 0 {
		r = plan.Requirements[i]
		r.Veto = true
	} else if _, taken := plan.Find(r.Key); taken {
		r.Key = strings.ReplaceAll(string(role), ":", "-")
	}
	r.Rules = []advocacy.RuleReason{why}
	return r
}
