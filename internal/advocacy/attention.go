package advocacy

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Why is the reason that it is somebody's turn.
type Why string

const (
	// WhyRequirementOpen: a signature is missing that a holder of the role can give.
	WhyRequirementOpen Why = "requirement_open"
	// WhyAssigned: a signature is missing, and one person was asked for it.
	WhyAssigned Why = "assigned"
	// WhyObjectionAnswered: the role objected to an earlier round, and the author came back
	// with this one.
	WhyObjectionAnswered Why = "objection_answered"
	// WhySignatureLost: somebody signed, and the signature does not count any more.
	WhySignatureLost Why = "signature_lost"
	// WhyChangesRequested: an approver asked the author for changes, or the workspace has come
	// to forbid a term in what was submitted, or to tell its disclosure otherwise.
	WhyChangesRequested Why = "author_changes_requested"
	// WhyRejected: an approver rejected these bytes, and the author has to write others or
	// to withdraw.
	WhyRejected Why = "author_rejected"
	// WhyUnroutable: nobody eligible can give a signature, and an admin has to mend that.
	WhyUnroutable Why = "admin_unroutable"
	// WhyPrecondition: everybody signed, and something that the rules ask of the author first
	// does not hold: a guideline, a training, a link, a disclosure.
	WhyPrecondition Why = "author_precondition"
	// WhyThreadOpen: everybody signed, and a blocking discussion waits for the role that it was
	// opened under.
	WhyThreadOpen Why = "thread_open"
	// WhyStuck: something is in the way that no signature removes and nobody else can mend,
	// and an admin has to see to it.
	WhyStuck Why = "admin_stuck"
	// WhyUnknown: a request began, nobody knows how it ended, and no machine sends it again: a
	// person has to say what became of the publication.
	WhyUnknown Why = "publication_unknown"
)

// Whys lists every reason.
func Whys() []Why {
	return []Why{
		WhyRequirementOpen, WhyAssigned, WhyObjectionAnswered, WhySignatureLost,
		WhyChangesRequested, WhyRejected, WhyUnroutable, WhyPrecondition, WhyThreadOpen, WhyStuck,
		WhyUnknown,
	}
}

// Turn is one entry of the attention set: who is waited for, why, and since when.
type Turn struct {
	Why Why
	// Requirement is the key of the missing signature, empty for the author's and the
	// admin's turns.
	Requirement string
	// Role is the role whose holders are waited for, empty when it is the author's turn or that
	// of who may do something.
	Role Role
	// Permission is what those may do who are waited for, whatever their roles; empty for all
	// other turns. An admin is waited for as well, who can give it to somebody.
	Permission Permission
	// Person is the only one who is waited for: the author, or who was asked of the role's
	// holders. Empty means any holder.
	Person PersonID
	Since  time.Time
	// Unlocks is how many later signatures wait for this one's stage.
	Unlocks int
}

// Assignment is one person who was asked for a signature, and when.
type Assignment struct {
	Person PersonID
	Time   time.Time
}

// Attention returns whose turn it is: a function of the review's state, its decisions
// and who was asked for which requirement. A round that is open, has changes requested or
// is unroutable is always somebody's turn; one that is approved or over is nobody's,
// except that an author whose words were rejected has to act.
func (c *Case) Attention(t Tally, asked map[string]Assignment) []Turn {
	if s := c.Review.State; (s == ReviewOpen || s == ReviewUnroutable) && len(c.contentBlockers()) > 0 {
		return []Turn{c.authorsTurn(WhyChangesRequested)}
	}
	switch c.Review.State {
	case ReviewOpen:
		turns := c.signersTurns(t, asked)
		if len(turns) == 0 {
			turns = c.helpersTurns(t)
		}
		return turns
	case ReviewUnroutable:
		return append(c.signersTurns(t, asked), c.adminsTurn(WhyUnroutable, c.newest()))
	case ReviewChangesRequested:
		return []Turn{c.authorsTurn(WhyChangesRequested)}
	case ReviewRejected:
		return []Turn{c.authorsTurn(WhyRejected)}
	default:
		return nil
	}
}

// signersTurns are the turns of those who can sign what is open.
func (c *Case) signersTurns(t Tally, asked map[string]Assignment) []Turn {
	var turns []Turn
	for i := range t.Requirements {
		row := &t.Requirements[i]
		if row.Requirement.Kind == RequireHumans && row.Open && (!row.Satisfied || c.Wanted(*row)) {
			turns = append(turns, c.signersTurn(t, row, asked[row.Requirement.Key]))
		}
	}
	return turns
}

func (c *Case) signersTurn(t Tally, row *RequirementTally, asked Assignment) Turn {
	r := row.Requirement
	turn := Turn{
		Why: WhyRequirementOpen, Requirement: r.Key, Role: r.Role,
		Since: c.opened(t, r.Stage), Unlocks: t.behind(r.Stage),
	}
	lost := c.lost(r)
	switch {
	case !lost.IsZero():
		turn.Why, turn.Since = WhySignatureLost, later(turn.Since, lost)
	case c.objected(r.Role):
		turn.Why = WhyObjectionAnswered
	}
	if asked.Person != "" && c.CanSign(r, asked.Person) {
		turn.Person = asked.Person
		if turn.Why == WhyRequirementOpen {
			turn.Why, turn.Since = WhyAssigned, later(turn.Since, asked.Time)
		}
	}
	return turn
}

// authorsTurn waits for who submitted the round, since the newest objection to it.
func (c *Case) authorsTurn(why Why) Turn {
	since := c.Review.OpenTime
	for _, d := range c.Objections() {
		if d.Round == c.Review.Round {
			since = later(since, d.Time)
		}
	}
	return c.theirTurn(why, since)
}

// theirTurn waits for who submitted the round, or for any admin once that person is none who can act:
// nobody else can submit it again, and an admin can withdraw it, or let the person act again.
func (c *Case) theirTurn(why Why, since time.Time) Turn {
	author := c.Members[c.Review.Assent.Person]
	if author != nil && !author.Active() && c.Review.State.Live() { // guard: nobody waits for who is gone
		return c.adminsTurn(WhyStuck, later(since, author.StateTime))
	}
	return Turn{Why: why, Person: c.Review.Assent.Person, Since: since}
}

// helpersTurns are the turns of those who can remove what keeps a round up that everybody
// signed: the author, the role of each open discussion, and, for the rest, the admins, who can
// give somebody the role of a discussion that nobody has any more. They wait since the last
// signature, unless what is in the way is younger.
func (c *Case) helpersTurns(t Tally) []Turn {
	var turns []Turn
	signed := c.opened(t, math.MaxInt)
	if c.authorHelps(t) {
		turns = append(turns, c.theirTurn(WhyPrecondition, signed))
	}
	for i := range c.OpenThreads {
		th := &c.OpenThreads[i]
		if th.Role == "" || slices.Contains(c.Unanswered, th.Role) { // guard: a discussion waits for somebody
			continue
		}
		since := later(signed, th.CreateTime) // guard: a turn waits since something that happened
		same := func(o Turn) bool { return o.Role == th.Role }
		if at := slices.IndexFunc(turns, same); at >= 0 {
			turns[at].Since = earlier(turns[at].Since, since)
			continue
		}
		turns = append(turns, Turn{Why: WhyThreadOpen, Role: th.Role, Since: since})
	}
	asked := slices.ContainsFunc(turns, func(o Turn) bool { return o.Why == WhyStuck })
	if !asked && (len(turns) == 0 || t.asksForAdmins() || len(c.Unanswered) > 0) {
		turns = append(turns, c.adminsTurn(WhyStuck, signed))
	}
	return turns
}

// authorHelps tells whether something is in the way that the author can mend: what the
// policy asks for first, or words that do not tell what he or she states to be.
func (c *Case) authorHelps(t Tally) bool {
	return len(c.Unmet) > 0 || slices.ContainsFunc(t.Blockers, func(b Blocker) bool { return b.Code == BlockRelation }) // guard: the author's turn
}

// asksForAdmins tells whether something is in the way that neither the author nor a
// discussion's role removes.
func (t Tally) asksForAdmins() bool {
	return slices.ContainsFunc(t.Blockers, func(b Blocker) bool {
		return b.Code == BlockPlanEmpty || b.Code == BlockItemNotInForce || b.Code == BlockOutsideAudience
	})
}

// ExcludedFromThreads are who wrote some of it and opened no discussion that holds it up:
// they lift none. Who signed may.
func (c *Case) ExcludedFromThreads() []PersonID {
	var out []PersonID
	for _, p := range c.Contributors {
		for _, q := range []PersonID{p, c.person(p)} {
			opened := slices.ContainsFunc(c.OpenThreads, func(th Thread) bool { return th.Opener == q })
			if !opened && !slices.Contains(out, q) {
				out = append(out, q)
			}
		}
	}
	return out
}

// adminsTurn waits for any admin.
func (c *Case) adminsTurn(why Why, since time.Time) Turn {
	return Turn{Why: why, Role: RoleAdmin, Since: since}
}

// newest is the last thing that the round's own record knows of: that it began, or its
// newest decision. It stands for an instant that nothing records, such as when the last
// holder of a role went; who keeps a turn keeps the instant at which it was first seen.
func (c *Case) newest() time.Time {
	since := c.Review.OpenTime
	for i := range c.Decisions {
		if d := &c.Decisions[i]; d.Round == c.Review.Round {
			since = later(since, d.Time)
		}
	}
	return since
}

// opened is since when a stage waits: since the last signature of the stages before it,
// or since the round began.
func (c *Case) opened(t Tally, stage int) time.Time {
	since := c.Review.OpenTime
	for _, row := range t.Requirements {
		if row.Requirement.Stage >= stage {
			continue
		}
		for i := range c.Decisions {
			if d := &c.Decisions[i]; d.Requirement == row.Requirement.Key && c.Counts(d) {
				since = later(since, d.Time)
			}
		}
	}
	return since
}

// lost is when a signature on the requirement ceased to count, zero when none did: when
// it ran out, when it was taken back, or when the signer's membership was changed.
func (c *Case) lost(r Requirement) time.Time {
	var when time.Time
	for i := range c.Decisions {
		d := &c.Decisions[i]
		given := d.Verdict == Approve && d.Round == c.Review.Round && d.Requirement == r.Key
		if !given || c.signs(d.Person, r.Key) {
			continue
		}
		after := slices.IndexFunc(c.Decisions, func(o Decision) bool { return o.Supersedes == d.ID })
		switch {
		case after >= 0:
			when = later(when, c.Decisions[after].Time)
		case c.fault(d) == BlockDecisionExpired:
			when = later(when, d.Time.Add(r.TTL))
		case c.fault(d) == BlockMoved:
			for _, p := range c.Review.Pins {
				when = later(when, p.ChangeTime)
			}
		default:
			when = later(when, c.gone(d)) // guard: lost when it happened
		}
	}
	return when
}

// gone is since when a signature does not count for what became of the signer: the newest
// change of the membership, for a role that ended leaves no other trace on it. It is never
// before the signature.
func (c *Case) gone(d *Decision) time.Time {
	if m := c.Members[d.Person]; m != nil {
		return later(d.Time, m.UpdateTime)
	}
	return d.Time
}

// signs tells whether a signature of the person on the requirement counts.
func (c *Case) signs(p PersonID, requirement string) bool {
	return slices.ContainsFunc(c.Decisions, func(d Decision) bool {
		return c.person(d.Person) == c.person(p) && d.Requirement == requirement && c.Counts(&d)
	})
}

// objected tells whether the role objected to an earlier round and nobody cleared that.
func (c *Case) objected(r Role) bool {
	return slices.ContainsFunc(c.Objections(), func(d Decision) bool {
		return d.Role == r && d.Round < c.Review.Round
	})
}

// behind is how many signatures wait for a stage to be complete.
func (t Tally) behind(stage int) int {
	n := 0
	for _, row := range t.Requirements {
		if row.Requirement.Kind == RequireHumans && row.Requirement.Stage > stage {
			n += max(0, row.Requirement.Quorum-len(row.Signers))
		}
	}
	return n
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// The parts of an urgency: what has no time comes after all that have one.
const (
	dueHour   = "2006010215"
	noDue     = "9999999999"
	noPublish = "999999999999"
	maxUnlock = 999
)

// Urgency is a text by which turns sort, the most urgent first: the hour by which it
// should be decided, then when it shall go out, then how many signatures wait behind it,
// then its age. It does not depend on the present, so nothing moves while one looks.
func Urgency(due, publish time.Time, unlocks int, created time.Time) string {
	hour, minute := noDue, noPublish
	if !due.IsZero() {
		hour = due.UTC().Format(dueHour)
	}
	if !publish.IsZero() {
		minute = publish.UTC().Format("200601021504")
	}
	return fmt.Sprintf("%s%s%03d%s", hour, minute, maxUnlock-min(max(unlocks, 0), maxUnlock), created.UTC().Format("20060102150405"))
}

// UrgencyAfter is a text that sorts after the urgency of everything that is due by t.
func UrgencyAfter(t time.Time) string { return t.UTC().Add(time.Hour).Format(dueHour) }
