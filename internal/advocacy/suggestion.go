package advocacy

import (
	"maps"
	"slices"
	"time"
)

// SuggestionState is where a suggested edit stands.
type SuggestionState string

const (
	// SuggestionOpen waits for who may edit the post or item.
	SuggestionOpen SuggestionState = "open"
	// SuggestionAccepted became a revision, word for word.
	SuggestionAccepted SuggestionState = "accepted"
	// SuggestionDeclined was not wanted, or was taken back by who made it.
	SuggestionDeclined SuggestionState = "declined"
	// SuggestionOutdated was made for words that are not the newest any more. It is derived,
	// never kept.
	SuggestionOutdated SuggestionState = "outdated"
)

// SuggestionStates lists every state of a suggestion.
func SuggestionStates() []SuggestionState {
	return []SuggestionState{SuggestionOpen, SuggestionAccepted, SuggestionDeclined, SuggestionOutdated}
}

// Suggestion is other words that an approver proposes for a revision of a post or item.
// Nobody puts words in a colleague's mouth: only who may edit it makes a revision of them.
type Suggestion struct {
	Subject Subject
	ID      SuggestionID
	// Revision and Digest are what it was made for.
	Revision int
	Digest   Digest
	// Content is the whole content with the suggested words.
	Content Content
	Note    string
	Person  PersonID
	State   SuggestionState
	// Accepted is the revision it became, 0 for none.
	Accepted int
	// Resolver accepted or declined it, for Reason.
	Resolver    PersonID
	Reason      string
	Version     int64
	CreateTime  time.Time
	ResolveTime time.Time
}

// StateAt is where the suggestion stands when head is the newest revision.
func (g *Suggestion) StateAt(head int) SuggestionState {
	if g.State == SuggestionOpen && g.Revision != head {
		return SuggestionOutdated
	}
	return g.State
}

// GuardSuggest judges whether the person may suggest other words for the head, having
// seen the digest. Who wrote the post edits it instead.
func (d Discussant) GuardSuggest(head *Revision, shown Digest) error {
	switch {
	case len(d.signs()) == 0: // guard: only approvers suggest
		return Deny("NOT_AN_APPROVER", "only who may sign suggests other words")
	case d.Wrote:
		return Refuse("NOT_A_STRANGER", "you wrote some of this: edit it instead")
	case shown != head.Digest:
		return head.changed("it changed since you saw it; look again before you suggest")
	default:
		return nil
	}
}

// Accept makes the suggestion the revision that follows. Whether the person may edit is
// judged elsewhere.
func (g *Suggestion) Accept(p PersonID, head *Revision, now time.Time) error {
	if err := g.guardOpen(); err != nil {
		return err
	}
	if g.Revision != head.Number || g.Digest != head.Digest { // guard: suggested for the head
		return Refuse("SUGGESTION_OUTDATED", "the suggestion was made for other words than the newest; ask for another one")
	}
	g.State, g.Accepted, g.Resolver, g.ResolveTime = SuggestionAccepted, head.Number+1, p, now
	return nil
}

// Decline ends the suggestion: who may edit may, and who made it.
func (g *Suggestion) Decline(p PersonID, edits bool, reason string, now time.Time) error {
	if err := g.guardOpen(); err != nil {
		return err
	}
	if !edits && p != g.Person {
		return Deny("NOT_A_CONTRIBUTOR", "only who may edit it, or made the suggestion, may decline it")
	}
	g.State, g.Resolver, g.Reason, g.ResolveTime = SuggestionDeclined, p, reason, now
	return nil
}

func (g *Suggestion) guardOpen() error {
	if g.State != SuggestionOpen {
		return Refuse("SUGGESTION_RESOLVED", "the suggestion is %s already", g.State)
	}
	return nil
}

// suggested tells whether the person's words are in it by suggestion, under any membership,
// and the requirement does not let such a person sign.
func (c *Case) suggested(r Requirement, p PersonID) bool {
	return !r.SuggesterSigns && slices.ContainsFunc(c.Suggesters, func(q PersonID) bool { return c.person(q) == c.person(p) })
}

// ExcludedFrom lists the persons whose turn a requirement can never be in this round. Of
// those who are too close to a contributor it names the ones whose memberships are known.
// Who signed another one is not among them when one signature more would count.
func (c *Case) ExcludedFrom(r Requirement) []PersonID {
	out := slices.DeleteFunc(c.Excluded(), func(p PersonID) bool { return c.CanSign(r, p) })
	add := func(p PersonID) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, p := range c.Suggesters {
		if c.suggested(r, p) {
			add(p)
		}
	}
	if len(r.Exclude) > 0 {
		for _, p := range slices.Sorted(maps.Keys(c.Members)) {
			if c.Members[p].Holds(r.Role) && c.excluded(r, p) {
				add(p)
			}
		}
	}
	return out
}
