package advocacy_test

import (
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// The cast. Ann writes; Bob is a colleague without a role; Dana holds two of them.
const (
	ann  advocacy.PersonID = "ann"
	bob  advocacy.PersonID = "bob"
	lena advocacy.PersonID = "lena"
	lou  advocacy.PersonID = "lou"
	paul advocacy.PersonID = "paul"
	pia  advocacy.PersonID = "pia"
	dana advocacy.PersonID = "dana"
	adam advocacy.PersonID = "adam"
	eve  advocacy.PersonID = "eve" // holds every role, where she appears
)

const (
	house   advocacy.WorkspaceID = "house"
	aPost   advocacy.PostID      = "post"
	medical advocacy.Role        = "approver:medical"
	day                          = 24 * time.Hour
)

// morning is when the review opened and everybody had their roles for a year.
var morning = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return morning.Add(time.Duration(minutes) * time.Minute) }

func member(p advocacy.PersonID, roles ...advocacy.Role) *advocacy.Member {
	since := morning.Add(-365 * day)
	m := &advocacy.Member{Workspace: house, Person: p, State: advocacy.MemberActive, StateTime: since}
	for _, r := range roles {
		m.Roles = append(m.Roles, advocacy.RoleGrant{Role: r, Since: since})
	}
	return m
}

func everybody() map[advocacy.PersonID]*advocacy.Member {
	out := make(map[advocacy.PersonID]*advocacy.Member)
	for _, m := range []*advocacy.Member{
		member(ann, advocacy.RoleEmployee, advocacy.RoleLegal, advocacy.RolePR), member(bob, advocacy.RoleEmployee),
		member(lena, advocacy.RoleLegal), member(lou, advocacy.RoleLegal),
		member(paul, advocacy.RolePR), member(pia, advocacy.RolePR),
		member(dana, advocacy.RoleLegal, advocacy.RolePR), member(adam, advocacy.RoleAdmin),
	} {
		out[m.Person] = m
	}
	return out
}

func human(p advocacy.PersonID) advocacy.Actor {
	return advocacy.Actor{Kind: advocacy.Human, Workspace: house, Person: p, Session: "session-of-" + string(p)}
}

// asks is a requirement for n signatures of the role a key stands for.
func asks(key string, n int) advocacy.Requirement {
	return advocacy.Requirement{
		Key: key, Kind: advocacy.RequireHumans, Role: roleOf(key), Quorum: n, Stage: 1, Veto: true,
		Rules: []advocacy.RuleReason{{Rule: "test", Reason: "because"}},
	}
}

func roleOf(key string) advocacy.Role { return advocacy.Role("approver:" + key) }

func planOf(requirements ...advocacy.Requirement) advocacy.Plan {
	return advocacy.Plan{Requirements: requirements}
}

// bytesOf are the digests of the texts that revisions show.
func bytesOf(text string) advocacy.Digest { return advocacy.DigestOf([]byte(text)) }

// said is a decision in the first round on the bytes under review, at the given minute.
func said(minute int, p advocacy.PersonID, v advocacy.Verdict, key string) advocacy.Decision {
	return advocacy.Decision{
		Subject: advocacy.PostSubject(house, aPost), Round: 1, Digest: bytesOf("one"),
		ID:          advocacy.DecisionID(string(p) + " " + string(v) + " " + key + " " + at(minute).Format("15:04")),
		Requirement: key, Role: roleOf(key), Person: p, Verdict: v, Time: at(minute), ViewTime: at(minute - 1),
	}
}

// served is the receipt of somebody who was shown the bytes under review just now.
func served(c *advocacy.Case, p advocacy.PersonID) *advocacy.Receipt {
	return &advocacy.Receipt{Subject: c.Review.Subject, Round: c.Review.Round, Digest: c.Review.Digest, Person: p, Time: c.Now}
}

func signed(minute int, p advocacy.PersonID, key string) advocacy.Decision {
	return said(minute, p, advocacy.Approve, key)
}

// instead makes d the decision that supersedes another.
func instead(d, of advocacy.Decision) advocacy.Decision {
	d.Supersedes = of.ID
	return d
}

// aCase is a round on Ann's first revision that asks legal and PR, at noon.
func aCase(decisions ...advocacy.Decision) *advocacy.Case {
	return &advocacy.Case{
		Review: &advocacy.Review{
			Subject: advocacy.PostSubject(house, aPost), Round: 1, Revision: 1, Digest: bytesOf("one"),
			State: advocacy.ReviewOpen, Plan: planOf(asks("legal", 1), asks("pr", 1)),
			Policy:   advocacy.PolicyRef{Policy: "default", Revision: 1},
			OpenTime: morning, ExpireTime: morning.Add(14 * day),
		},
		Head: 1, HeadDigest: bytesOf("one"), Contributors: []advocacy.PersonID{ann},
		Decisions: decisions, Members: everybody(), Factor: "passkey", Now: at(180),
	}
}

// holdersIn lists who holds which role.
func holdersIn(c *advocacy.Case) map[advocacy.Role][]advocacy.PersonID {
	out := make(map[advocacy.Role][]advocacy.PersonID)
	for _, p := range sortedPersons(c.Members) {
		for _, role := range c.Members[p].RoleNames() {
			if c.Members[p].Holds(role) {
				out[role] = append(out[role], p)
			}
		}
	}
	return out
}

func sortedPersons(m map[advocacy.PersonID]*advocacy.Member) []advocacy.PersonID {
	var out []advocacy.PersonID
	for p := range m {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// blockersOf renders a tally's blockers for comparison: code, requirement, person.
func blockersOf(t advocacy.Tally) []string {
	out := []string{}
	for _, b := range t.Blockers {
		line := b.Code
		if b.Requirement != "" {
			line += " " + b.Requirement
		}
		if b.Person != "" {
			line += " " + string(b.Person)
		}
		out = append(out, line)
	}
	return out
}
