package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestSucceed: an account passes to who is here, and to nobody else; what speaks for one person
// passes to nobody.
func TestSucceed(t *testing.T) {
	t.Parallel()
	type of = advocacy.SocialAccount
	for name, c := range map[string]struct {
		before      of
		gone, stays advocacy.PersonID
		here        string
		want        advocacy.Succession
		after       of
	}{
		"the owner leaves":                       {of{Owner: "a", Deputy: "b"}, "a", "", "b", advocacy.SuccessionPassed, of{Owner: "b"}},
		"the owner leaves, and has no deputy":    {of{Owner: "a"}, "a", "", "b", advocacy.SuccessionOwnerLeft, of{Owner: "a"}},
		"the owner leaves after the deputy":      {of{Owner: "a", Deputy: "b"}, "a", "", "", advocacy.SuccessionOwnerLeft, of{Owner: "a"}},
		"the deputy leaves":                      {of{Owner: "a", Deputy: "b"}, "b", "", "a", advocacy.SuccessionDeputyLeft, of{Owner: "a"}},
		"the deputy leaves after the owner":      {of{Owner: "a", Deputy: "b"}, "b", "", "", advocacy.SuccessionOwnerLeft, of{Owner: "a"}},
		"somebody else leaves":                   {of{Owner: "a", Deputy: "b"}, "c", "", "ab", advocacy.SuccessionNone, of{Owner: "a", Deputy: "b"}},
		"nobody leaves":                          {of{Owner: "a"}, "", "", "a", advocacy.SuccessionNone, of{Owner: "a"}},
		"an account of a person":                 {of{Owner: "a", Personal: true}, "a", "", "b", advocacy.SuccessionNone, of{Owner: "a", Personal: true}},
		"a person's, merged":                     {of{Owner: "a", Personal: true}, "a", "b", "b", advocacy.SuccessionNone, of{Owner: "a", Personal: true}},
		"the owner goes on under another":        {of{Owner: "a", Deputy: "b"}, "a", "c", "bc", advocacy.SuccessionMerged, of{Owner: "c", Deputy: "b"}},
		"the owner is the deputy":                {of{Owner: "a", Deputy: "b"}, "a", "b", "b", advocacy.SuccessionMerged, of{Owner: "b"}},
		"the deputy goes on under another":       {of{Owner: "a", Deputy: "b"}, "b", "c", "ac", advocacy.SuccessionMerged, of{Owner: "a", Deputy: "c"}},
		"the deputy is the owner":                {of{Owner: "a", Deputy: "b"}, "b", "a", "a", advocacy.SuccessionMerged, of{Owner: "a"}},
		"what the owner goes on under is closed": {of{Owner: "a", Deputy: "b"}, "a", "c", "b", advocacy.SuccessionPassed, of{Owner: "b"}},
	} {
		a := c.before
		got := a.Succeed(c.gone, c.stays, func(p advocacy.PersonID) bool {
			for _, here := range c.here {
				if p == advocacy.PersonID(here) {
					return true
				}
			}
			return false
		})
		if got != c.want || a != c.after {
			t.Errorf("%s: %q, %+v; want %q, %+v", name, got, a, c.want, c.after)
		}
	}
}

// TestSucceedLeavesNoLeaver: whoever leaves, in whatever order, is not the one an account has, while
// one of the two is here; and nobody is both.
func TestSucceedLeavesNoLeaver(t *testing.T) {
	t.Parallel()
	const all = "abc"
	for owner := range len(all) {
		for deputy := range len(all) {
			for first := range len(all) {
				for second := range len(all) {
					left := map[advocacy.PersonID]bool{}
					a := advocacy.SocialAccount{Owner: advocacy.PersonID(all[owner]), Deputy: advocacy.PersonID(all[deputy])}
					if owner == deputy {
						a.Deputy = ""
					}
					for _, i := range []int{first, second} {
						who := advocacy.PersonID(all[i])
						left[who] = true
						before := a
						became := a.Succeed(who, "", func(p advocacy.PersonID) bool { return p != "" && !left[p] })
						rescued := !left[before.Owner] || before.Deputy != "" && !left[before.Deputy]
						if left[a.Owner] && rescued || a.Deputy != "" && left[a.Deputy] || a.Deputy == a.Owner {
							t.Fatalf("%+v became %q %+v when %s left", before, became, a, who)
						}
					}
				}
			}
		}
	}
}

// TestGuardAnswerers: what speaks for the company has two who answer, what speaks for a person that
// person.
func TestGuardAnswerers(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]advocacy.SocialAccount{
		"":                  {Owner: "a", Deputy: "b"},
		"DEPUTY_REQUIRED":   {Owner: "a"},
		"DEPUTY_IS_OWNER":   {Owner: "a", Deputy: "a"},
		"DEPUTY_UNEXPECTED": {Owner: "a", Deputy: "b", Personal: true},
	} {
		if got := advocacy.ReasonOf(a.GuardAnswerers()); got != want {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
	if err := (&advocacy.SocialAccount{Owner: "a", Personal: true}).GuardAnswerers(); err != nil {
		t.Error(err)
	}
}
