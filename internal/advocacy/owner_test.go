package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestTransfer(t *testing.T) {
	t.Parallel()
	away := member(lena)
	away.State = advocacy.MemberDisabled
	for _, tt := range []struct {
		name      string
		actor     advocacy.Actor
		mayAny    bool
		to        *advocacy.Member
		mayUpdate bool
		withdrawn bool
		reason    string
	}{
		{"by the owner", human(ann), false, member(lena), true, false, ""},
		{"by the owner's key", advocacy.Actor{Kind: advocacy.Machine, Person: ann, Key: "k"}, false, member(lena), true, false, ""},
		{"by who may transfer any", human(dana), true, member(lena), true, false, ""},
		{"to oneself, by who may transfer any", human(dana), true, member(dana), true, false, ""},
		{"by who made it", human(bob), false, member(lena), true, false, "NOT_THE_OWNER"},
		{"to oneself, by a colleague", human(dana), false, member(dana), true, false, "NOT_THE_OWNER"},
		{"to somebody who may not change items", human(ann), false, member(lena), false, false, "NEW_OWNER_INVALID"},
		{"to somebody who left", human(ann), false, away, true, false, "NEW_OWNER_INVALID"},
		{"to nobody", human(ann), false, nil, true, false, "NEW_OWNER_INVALID"},
		{"to the owner", human(ann), false, member(ann), true, false, "NEW_OWNER_INVALID"},
		{"of what was withdrawn", human(ann), false, member(lena), true, true, "ITEM_WITHDRAWN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := &advocacy.LibraryItem{Author: bob, Owner: ann, Withdrawn: tt.withdrawn}
			err, want := i.GuardTransfer(tt.actor, tt.mayAny), ann
			if err == nil {
				err = i.Transfer(tt.to, tt.mayUpdate)
			}
			if tt.reason == "" {
				want = tt.to.Person
			}
			if advocacy.ReasonOf(err) != tt.reason || i.Owner != want || i.Author != bob {
				t.Errorf("%v, owner %s, author %s; want %q", err, i.Owner, i.Author, tt.reason)
			}
		})
	}
}

// TestOwnerVoidsNoSignature: who signed, or is kept apart from contributors by whom somebody
// else's signature would be lost, does not become one by a transfer.
func TestOwnerVoidsNoSignature(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		who    advocacy.PersonID
		change func(c *advocacy.Case)
		reason string
	}{
		{"a colleague", dana, func(*advocacy.Case) {}, ""},
		{"a contributor", ann, func(*advocacy.Case) {}, ""},
		{"who signed", lena, func(*advocacy.Case) {}, "OWNER_VOIDS_SIGNATURE"},
		{"who signed under another membership", dana, func(c *advocacy.Case) {
			c.Members[dana] = member(dana)
			c.Members[dana].MergedInto = lena
		}, "OWNER_VOIDS_SIGNATURE"},
		{"who signed in an earlier round", lena, func(c *advocacy.Case) { c.Review.Round = 2 }, ""},
		{"whose signature counts for nothing any more", lena, func(c *advocacy.Case) { c.Members[lena].Roles = nil }, ""},
		{"whose signature was settled", lena, func(c *advocacy.Case) { c.Members[lena].Roles, c.Settled = nil, true }, "OWNER_VOIDS_SIGNATURE"},
		{"to whom a signer reports", dana, func(c *advocacy.Case) {
			c.Review.Plan.Requirements[0].Exclude = []advocacy.Exclusion{advocacy.ExcludeManagers}
			c.Superiors = map[advocacy.PersonID][]advocacy.PersonID{lena: {dana}}
		}, "OWNER_VOIDS_SIGNATURE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := satisfiedCase()
			tt.change(c)
			before := len(c.Contributors)
			if err := c.GuardOwner(tt.who); advocacy.ReasonOf(err) != tt.reason || len(c.Contributors) != before {
				t.Errorf("%v, want %q", err, tt.reason)
			}
		})
	}
}
