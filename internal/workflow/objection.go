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

// openObjections adds to a plan the role of each objection nobody has cleared: only that
// role can clear it, whatever its signature was called when it objected.
func openObjections(plan advocacy.Plan, cs *advocacy.Case) advocacy.Plan {
	for _, d := range cs.Objections() {
		if d.Role.Approver() {
			plan = alsoBy(plan, d.Role, advocacy.ForObjection())
		}
	}
	return plan
}

// rejectedElsewhere adds to a plan the roles that rejected the very bytes in another post
// or item: whoever writes the same again does not get past them by it.
func (s *Service) rejectedElsewhere(ctx context.Context, r Reader, w advocacy.WorkspaceID, digest advocacy.Digest, plan advocacy.Plan) (advocacy.Plan, error) {
	roles, err := r.RejectingRoles(ctx, w, digest)
	for _, role := range roles { // guard: bytes rejected elsewhere
		plan = alsoBy(plan, role, advocacy.ForRejectedElsewhere())
	}
	return plan, err
}

// inheritedObjections adds to a plan the roles whose objections came along with a copy.
func inheritedObjections(plan advocacy.Plan, p *advocacy.Post) advocacy.Plan {
	if p == nil {
		return plan
	}
	for _, role := range p.Objectors { // guard: inherited objections
		plan = alsoBy(plan, role, advocacy.ForInheritedObjection())
	}
	return plan
}

// alsoBy is the plan with a signature of the role that it did not ask for, or a veto of the
// one it did.
func alsoBy(plan advocacy.Plan, role advocacy.Role, why advocacy.RuleReason) advocacy.Plan {
	return plan.Join(advocacy.Plan{Requirements: []advocacy.Requirement{mustSign(plan, role, why)}})
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
