package advocacy

import (
	"slices"
	"testing"
	"time"
)

func TestAudience(t *testing.T) {
	t.Parallel()
	ann := &Member{Groups: []string{"sales", "board", "sales", ""}, Department: "Sales", Country: "FR", Language: "fr"}
	traits := []Trait{{TraitCountry, "FR"}, {TraitDepartment, "Sales"}, {TraitGroup, "board"}, {TraitGroup, "sales"}, {TraitLanguage, "fr"}}
	if got := ann.Traits(); !slices.Equal(got, traits) {
		t.Errorf("traits %v, want %v", got, traits)
	}
	var nobody *Member
	for name, c := range map[string]struct {
		audience Audience
		ann      bool
	}{
		"everybody":                {Audience{}, true},
		"empty lists":              {Audience{Groups: []string{}, Languages: []string{}}, true},
		"one of her groups":        {Audience{Groups: []string{"legal", "board"}}, true},
		"none of her groups":       {Audience{Groups: []string{"legal"}}, false},
		"a group is no department": {Audience{Departments: []string{"sales"}}, false},
		"letters count":            {Audience{Groups: []string{"Board"}}, false},
		"two kinds":                {Audience{Groups: []string{"sales"}, Countries: []string{"DE", "FR"}}, true},
		"one of two kinds":         {Audience{Groups: []string{"sales"}, Countries: []string{"DE"}}, false},
		"every kind":               {AudienceOf(traits...), true},
	} {
		if got := c.audience.Includes(ann.Traits()); got != c.ann {
			t.Errorf("%s: %t", name, got)
		}
		if got := c.audience.Includes(nobody.Traits()); got != c.audience.Everybody() {
			t.Errorf("%s, of nobody: %t", name, got)
		}
	}
}

// TestWhoFindsAnItem: what can be shared now, is for the viewer, and stands where he or she looks.
func TestWhoFindsAnItem(t *testing.T) {
	t.Parallel()
	sales := Viewer{Person: "ann", Traits: []Trait{{TraitGroup, "sales"}}}
	open, closed, now := &Topic{}, &Topic{Closed: true}, time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	shown := LibraryItem{InForce: 1, Reach: Reach{Audience: Audience{Groups: []string{"sales"}}}}
	for name, c := range map[string]struct {
		viewer Viewer
		topic  *Topic
		change func(*LibraryItem)
		want   bool
	}{
		"one of the audience":   {sales, open, func(*LibraryItem) {}, true},
		"somebody else":         {Viewer{Person: "ben"}, open, func(*LibraryItem) {}, false},
		"for everybody":         {Viewer{Person: "ben"}, open, func(i *LibraryItem) { i.Audience = Audience{} }, true},
		"on a closed topic":     {sales, closed, func(*LibraryItem) {}, false},
		"not signed":            {sales, open, func(i *LibraryItem) { i.InForce = 0 }, false},
		"withdrawn":             {sales, open, func(i *LibraryItem) { i.Withdrawn = true }, false},
		"over":                  {sales, open, func(i *LibraryItem) { i.Share.End = now }, false},
		"from the desk, at all": {Viewer{Desk: true}, closed, func(i *LibraryItem) { i.InForce, i.Withdrawn = 0, true }, true},
	} {
		item := shown
		c.change(&item)
		if got := c.viewer.Finds(&item, c.topic, now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestAvailability(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		item LibraryItem
		want Availability
	}{
		"not signed":        {LibraryItem{}, AvailableNever},
		"withdrawn":         {LibraryItem{InForce: 1, Withdrawn: true}, AvailableNever},
		"no window":         {LibraryItem{InForce: 1}, AvailableNow},
		"from now on":       {LibraryItem{InForce: 1, Share: Window{Start: now}}, AvailableNow},
		"from later on":     {LibraryItem{InForce: 1, Share: Window{Start: now.Add(1)}}, AvailableLater},
		"until now":         {LibraryItem{InForce: 1, Share: Window{End: now}}, AvailableBefore},
		"until later":       {LibraryItem{InForce: 1, Share: Window{End: now.Add(1)}}, AvailableNow},
		"later, not signed": {LibraryItem{Share: Window{Start: now.Add(1)}}, AvailableNever},
	} {
		got := c.item.Availability(now)
		if got != c.want || (got == AvailableNow) != c.item.Sharable(now) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
