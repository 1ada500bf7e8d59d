package advocacy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// lent is what Lena lent Paul: her signature as legal, for the first two hours.
func lent() *advocacy.Delegation {
	return &advocacy.Delegation{
		Workspace: house, ID: "lent", Delegator: lena, Delegate: paul, Role: advocacy.RoleLegal,
		Start: at(0), End: at(120), Zone: "UTC", Creator: lena, CreateTime: at(0),
	}
}

// signedFor is a signature somebody gave for another, by a delegation.
func signedFor(minute int, p, delegator advocacy.PersonID, key string, id advocacy.DelegationID) advocacy.Decision {
	d := signed(minute, p, key)
	d.OnBehalfOf, d.Delegation = delegator, id
	return d
}

// lentCase is signed by Paul for Lena, and by Pia for PR.
func lentCase() *advocacy.Case {
	c := aCase(signedFor(10, paul, lena, "legal", "lent"), signed(2, pia, "pr"))
	c.Delegations = map[advocacy.DelegationID]*advocacy.Delegation{"lent": lent()}
	return c
}

func lending(change func(*advocacy.Case)) func() *advocacy.Case {
	return func() *advocacy.Case {
		c := lentCase()
		change(c)
		return c
	}
}

func TestLentSignatures(t *testing.T) {
	t.Parallel()
	lost := func(code string) []string { return []string{"NEED_APPROVALS legal", code + " legal paul"} }
	for _, tt := range []struct {
		name  string
		given func() *advocacy.Case
		want  []string
	}{
		{"lent and given", lentCase, nil},
		{"after its natural end the signature stays", lending(func(c *advocacy.Case) { c.Now = at(999) }), nil},
		{"taken back", lending(func(c *advocacy.Case) { c.Delegations["lent"].RevokeTime = at(20) }), lost("DELEGATION_INVALID")},
		{"taken back after its natural end", lending(func(c *advocacy.Case) { c.Delegations["lent"].RevokeTime = at(170) }), lost("DELEGATION_INVALID")},
		{"in the instant it begins", lending(func(c *advocacy.Case) { c.Delegations["lent"].Start = at(10) }), nil},
		{"before it begins", lending(func(c *advocacy.Case) { c.Delegations["lent"].Start = at(11) }), lost("DELEGATION_INVALID")},
		{"in the instant it ends", lending(func(c *advocacy.Case) { c.Delegations["lent"].End = at(10) }), lost("DELEGATION_INVALID")},
		{"by a delegation nobody knows", lending(func(c *advocacy.Case) { c.Delegations = nil }), lost("DELEGATION_INVALID")},
		{"lent to somebody else", lending(func(c *advocacy.Case) { c.Delegations["lent"].Delegate = pia }), lost("DELEGATION_INVALID")},
		{"lent by somebody else", lending(func(c *advocacy.Case) { c.Delegations["lent"].Delegator = lou }), lost("DELEGATION_INVALID")},
		{"another role was lent", lending(func(c *advocacy.Case) { c.Delegations["lent"].Role = advocacy.RolePR }), lost("DELEGATION_INVALID")},
		{"who lent it lost the role", lending(func(c *advocacy.Case) { c.Members[lena].Roles = nil }), lost("NOT_IN_ROLE")},
		{"who lent it got the role back", lending(func(c *advocacy.Case) { c.Members[lena].Roles[0].Since = at(5) }), lost("NOT_IN_ROLE")},
		{"who lent it was disabled and enabled again", lending(func(c *advocacy.Case) { c.Members[lena].StateTime = at(30) }), lost("NOT_IN_ROLE")},
		{"who gave it signs nothing any more", lending(func(c *advocacy.Case) { c.Members[paul].Roles = nil }), lost("NOT_IN_ROLE")},
		{"who gave it lost every role for a while", lending(func(c *advocacy.Case) { c.Members[paul].Roles[0].Since = at(11) }), lost("NOT_IN_ROLE")},
		{"who gave it was disabled", lending(func(c *advocacy.Case) { c.Members[paul].State = advocacy.MemberDisabled }), lost("NOT_IN_ROLE")},
		{"who gave it wrote some of it", lending(func(c *advocacy.Case) { c.Contributors = append(c.Contributors, paul) }), lost("SELF_REVIEW")},
		{"who lent it wrote some of it", lending(func(c *advocacy.Case) { c.Contributors = append(c.Contributors, lena) }), lost("SELF_REVIEW")},
		{"who lent it recused", lending(func(c *advocacy.Case) {
			c.Decisions = append(c.Decisions, said(20, lena, advocacy.Recuse, "legal"))
		}), lost("RECUSED")},
		{"who gave it is in the author's team", lending(func(c *advocacy.Case) {
			c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeTeam}
			c.Members[ann].Groups, c.Members[paul].Groups = []string{"north"}, []string{"north"}
		}), lost("EXCLUDED")},
		{"who lent it is in the author's team", lending(func(c *advocacy.Case) {
			c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeTeam}
			c.Members[ann].Groups, c.Members[lena].Groups = []string{"north"}, []string{"north"}
		}), lost("EXCLUDED")},

		{"who gave it signs for himself as well", lending(func(c *advocacy.Case) { c.Decisions[1] = signed(11, paul, "pr") }),
			[]string{"NEED_APPROVALS pr"}},
		{"who lent it signs something as well", lending(func(c *advocacy.Case) {
			c.Members[lena] = member(lena, advocacy.RoleLegal, advocacy.RolePR)
			c.Decisions[1] = signed(11, lena, "pr")
		}), []string{"NEED_APPROVALS pr"}},
		{"who lent it had signed the same", lending(func(c *advocacy.Case) {
			c.Review.Plan.Requirements[0].Quorum = 2
			c.Decisions = append([]advocacy.Decision{signed(1, lena, "legal")}, c.Decisions...)
		}), []string{"NEED_APPROVALS legal"}},
		{"it is not needed, so who lent it counts where she signed", lending(func(c *advocacy.Case) {
			c.Members[lena] = member(lena, advocacy.RoleLegal, advocacy.RolePR)
			c.Decisions = []advocacy.Decision{c.Decisions[0], signed(11, lou, "legal"), signed(12, lena, "pr")}
		}), nil},
		{"lent to two", lending(func(c *advocacy.Case) {
			second := lent()
			second.ID, second.Delegate = "second", pia
			c.Delegations["second"] = second
			c.Review.Plan.Requirements[0].Quorum = 2
			c.Decisions = []advocacy.Decision{c.Decisions[0], signedFor(12, pia, lena, "legal", "second"), signed(13, dana, "pr")}
		}), []string{"NEED_APPROVALS legal"}},
		{"a merged membership of who lent it signs as well", lending(func(c *advocacy.Case) {
			c.Members[lou].MergedInto = lena
			c.Review.Plan.Requirements[0].Quorum = 2
			c.Decisions = append(c.Decisions, signed(13, lou, "legal"))
		}), []string{"NEED_APPROVALS legal"}},
		{"with others to the quorum", lending(func(c *advocacy.Case) {
			c.Review.Plan.Requirements[0].Quorum = 2
			c.Decisions = append(c.Decisions, signed(13, lou, "legal"))
		}), nil},
		{"it clears an objection of the role", lending(func(c *advocacy.Case) {
			c.Decisions = append([]advocacy.Decision{said(1, lou, advocacy.RequestChanges, "legal")}, c.Decisions...)
		}), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkTally(t, tt.given(), tt.want)
		})
	}
}

// borrowing is Paul about to approve for Lena while her delegation is in force.
func borrowing(decisions ...advocacy.Decision) *sitting {
	c := aCase(decisions...)
	c.Now = at(60)
	c.Delegations = map[advocacy.DelegationID]*advocacy.Delegation{"lent": lent()}
	c.Receipt = served(c, paul)
	in := approving()
	in.OnBehalfOf = lena
	return &sitting{c, human(paul), in}
}

func TestDecideForSomebody(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*sitting)
		kind   advocacy.Kind
		reason string
	}{
		{"lent", func(*sitting) {}, 0, ""},
		{"to renew it", func(a *sitting) { a.c.Decisions = []advocacy.Decision{signedFor(10, paul, lena, "legal", "lent")} }, 0, ""},
		{"an objection", func(a *sitting) { a.in.Verdict, a.in.Reason = advocacy.RequestChanges, "So." }, 0, ""},
		{"without saying for whom", func(a *sitting) { a.in.OnBehalfOf = "" }, advocacy.Denied, "NOT_IN_ROLE"},
		{"for somebody who lent nothing", func(a *sitting) { a.in.OnBehalfOf = lou }, advocacy.Denied, "DELEGATION_INVALID"},
		{"by a second step", func(a *sitting) {
			a.actor = human(pia)
			further := lent()
			further.ID, further.Delegator, further.Delegate = "further", paul, pia
			a.c.Delegations["further"] = further
		}, advocacy.Denied, "DELEGATION_INVALID"},
		{"by a second step, for who lent it on", func(a *sitting) {
			a.actor, a.in.OnBehalfOf = human(pia), paul
			further := lent()
			further.ID, further.Delegator, further.Delegate = "further", paul, pia
			a.c.Delegations["further"] = further
		}, advocacy.Denied, "DELEGATION_INVALID"},
		{"for another role", func(a *sitting) { a.c.Delegations["lent"].Role = advocacy.RolePR }, advocacy.Denied, "DELEGATION_INVALID"},
		{"before it begins", func(a *sitting) { a.c.Delegations["lent"].Start = at(61) }, advocacy.Denied, "DELEGATION_INVALID"},
		{"in the instant it ends", func(a *sitting) { a.c.Delegations["lent"].End = at(60) }, advocacy.Denied, "DELEGATION_ENDED"},
		{"after it was taken back", func(a *sitting) { a.c.Delegations["lent"].RevokeTime = at(59) }, advocacy.Denied, "DELEGATION_ENDED"},
		{"who lent it lost the role", func(a *sitting) { a.c.Members[lena].Roles = nil }, advocacy.Denied, "DELEGATION_INVALID"},
		{"who lent it got the role back", func(a *sitting) { a.c.Members[lena].Roles[0].Since = at(1) }, advocacy.Denied, "DELEGATION_INVALID"},
		{"who stands in signs nothing", func(a *sitting) { a.c.Members[paul].Roles = nil }, advocacy.Denied, "NOT_IN_ROLE"},
		{"who stands in wrote it", func(a *sitting) { a.c.Contributors = []advocacy.PersonID{paul} }, advocacy.Denied, "SELF_REVIEW"},
		{"who lent it wrote it", func(a *sitting) { a.c.Contributors = []advocacy.PersonID{lena} }, advocacy.Denied, "SELF_REVIEW"},
		{"who stands in is in the author's team", func(a *sitting) {
			a.c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeTeam}
			a.c.Members[ann].Groups, a.c.Members[paul].Groups = []string{"north"}, []string{"north"}
		}, advocacy.Denied, "EXCLUDED"},
		{"who lent it is in the author's team", func(a *sitting) {
			a.c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeTeam}
			a.c.Members[ann].Groups, a.c.Members[lena].Groups = []string{"north"}, []string{"north"}
		}, advocacy.Denied, "EXCLUDED"},
		{"who stands in recused", func(a *sitting) {
			a.c.Decisions = []advocacy.Decision{said(1, paul, advocacy.Recuse, "pr")}
		}, advocacy.Precondition, "RECUSED"},
		{"who lent it recused", func(a *sitting) {
			a.c.Decisions = []advocacy.Decision{said(1, lena, advocacy.Recuse, "legal")}
		}, advocacy.Precondition, "RECUSED"},
		{"to recuse somebody", func(a *sitting) { a.in.Verdict, a.in.Reason = advocacy.Recuse, "So." }, advocacy.Denied, "DELEGATION_INVALID"},
		{"who stands in signed something", func(a *sitting) { a.c.Decisions = []advocacy.Decision{signed(1, paul, "pr")} }, advocacy.Precondition, "DISTINCT_PERSON"},
		{"who lent it signed the same", func(a *sitting) { a.c.Decisions = []advocacy.Decision{signed(1, lena, "legal")} }, advocacy.Precondition, "DISTINCT_PERSON"},
		{"who lent it signed something", func(a *sitting) {
			a.c.Members[lena] = member(lena, advocacy.RoleLegal, advocacy.RolePR)
			a.c.Decisions = []advocacy.Decision{signed(1, lena, "pr")}
		}, advocacy.Precondition, "DISTINCT_PERSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := borrowing()
			tt.change(a)
			d, err := a.c.Decide(a.actor, a.in)
			if tt.reason == "" && (err != nil || d.OnBehalfOf != lena || d.Delegation != "lent" || d.Person != paul) {
				t.Fatalf("decision %+v, %v", d, err)
			}
			if advocacy.ReasonOf(err) != tt.reason || err != nil && advocacy.KindOf(err) != tt.kind {
				t.Errorf("error %v, want %s", err, tt.reason)
			}
		})
	}
}

// TestWhoLentASignature: neither signs a second time, it is nobody's turn of the two, and
// who lent a signature can take that one back.
func TestWhoLentASignature(t *testing.T) {
	t.Parallel()
	c := borrowing(signedFor(10, paul, lena, "legal", "lent")).c
	c.Receipt = served(c, lena)
	c.Members[lena] = member(lena, advocacy.RoleLegal, advocacy.RolePR)
	for _, in := range []advocacy.DecisionInput{approving(), {ID: "pr", Verdict: advocacy.Approve, Requirement: "pr", Digest: bytesOf("one")}} {
		if _, err := c.Decide(human(lena), in); advocacy.ReasonOf(err) != "DISTINCT_PERSON" {
			t.Errorf("Lena signs %s as well: %v", in.Requirement, err)
		}
	}
	if diff := cmp.Diff([]advocacy.PersonID{ann, paul, lena}, c.Excluded()); diff != "" {
		t.Errorf("whose turn it is not (-want +got):\n%s", diff)
	}
	back := approving()
	back.Verdict, back.Reason = advocacy.Retract, "I look at it myself."
	d, err := c.Decide(human(lena), back)
	if err != nil || d.Supersedes != c.Decisions[0].ID {
		t.Fatalf("Lena takes it back: %+v, %v", d, err)
	}
	c.Decisions = append(c.Decisions, d)
	if _, err := c.Decide(human(lena), approving()); err != nil {
		t.Errorf("and signs herself: %v", err)
	}
}

func TestWhoMayDelegate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*advocacy.Delegation, map[advocacy.PersonID]*advocacy.Member)
		reason string
	}{
		{"by whom it is about", func(*advocacy.Delegation, map[advocacy.PersonID]*advocacy.Member) {}, ""},
		{"by an admin", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.Creator = adam }, ""},
		{"by who takes it", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.Creator = paul }, "SELF_GRANT"},
		{"to oneself", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) {
			g.Delegate, g.Creator = lena, adam
		}, "DELEGATION_INVALID"},
		{"a role one does not hold", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.Role = advocacy.RolePR }, "DELEGATION_INVALID"},
		{"a role that does not sign", func(g *advocacy.Delegation, all map[advocacy.PersonID]*advocacy.Member) {
			g.Role, all[lena] = advocacy.RoleAdmin, member(lena, advocacy.RoleAdmin)
		}, "DELEGATION_INVALID"},
		{"to who signs nothing", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.Delegate = bob }, "DELEGATION_INVALID"},
		{"to who is disabled", func(_ *advocacy.Delegation, all map[advocacy.PersonID]*advocacy.Member) {
			all[paul].State = advocacy.MemberDisabled
		}, "DELEGATION_INVALID"},
		{"to nobody", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.Delegate = "nobody" }, "DELEGATION_INVALID"},
		{"in no zone", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.Zone = "" }, "TIME_ZONE_REQUIRED"},
		{"ending before it begins", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.End = g.Start }, "INTERVAL_INVALID"},
		{"that is over", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) {
			g.Start, g.End = at(-9), at(0)
		}, "INTERVAL_INVALID"},
		{"for years", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) { g.End = g.Start.Add(400 * day) }, "INTERVAL_INVALID"},
		{"in years", func(g *advocacy.Delegation, _ map[advocacy.PersonID]*advocacy.Member) {
			g.Start, g.End = at(0).Add(400*day), at(0).Add(401*day)
		}, "INTERVAL_INVALID"},
	} {
		g, all := lent(), everybody()
		tt.change(g, all)
		if err := g.Guard(all[g.Delegator], all[g.Delegate], at(0)); advocacy.ReasonOf(err) != tt.reason {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.reason)
		}
	}
}
