package storetest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// shelf holds that the library is narrowed and ordered by what a curator says of items, page
// by page, and that labels are replaced.
func shelf(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	var items []advocacy.LibraryItem
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		items = nil
		for n, window := range slices.Concat(windows, windows) {
			i := advocacy.LibraryItem{
				Workspace: h.ws, ID: advocacy.ItemID(id("item")), State: advocacy.ItemDraft, Head: 2, InForce: n % 3, Share: window,
				Withdrawn: n == 7, Pin: []int{0, 2, 1, 0, 1}[n%5], Campaign: []string{"", "spring"}[n%2], Labels: [][]string{nil, {"a b", "ünder"}, {"ünder"}}[n%3],
			}
			i.Announcement = i.InForce == 1
			if i.Feature.Place = []int{0, 3, 1, 1}[n%4]; n%4 > 0 {
				i.Feature.End = windows[n%len(windows)].End
			}
			if err := tx.AddItem(ctx, &i); err != nil {
				return err
			}
			if err := tx.PutLabels(ctx, &i); err != nil {
				return err
			}
			for number := 1; number <= 2; number++ {
				if err := tx.AddRevision(ctx, h.revision(i.Subject(), number)); err != nil {
					return err
				}
			}
			if err := tx.AddReach(ctx, i.Subject(), 1, advocacy.Reach{Announcement: true}); err != nil {
				return err
			}
			items = append(items, i)
		}
		return nil
	})
	for name, c := range map[string]struct {
		query workflow.ItemQuery
		want  func(i advocacy.LibraryItem) bool
	}{
		"pinned":   {workflow.ItemQuery{Pinned: true}, func(i advocacy.LibraryItem) bool { return i.Pin > 0 }},
		"featured": {workflow.ItemQuery{Featured: true}, func(i advocacy.LibraryItem) bool { return i.Feature.Stands(start) }},
		"featured in order": {workflow.ItemQuery{Featured: true, ByFeature: true, Campaign: "spring"}, func(i advocacy.LibraryItem) bool {
			return i.Feature.Stands(start) && i.Campaign == "spring"
		}},
		"label":         {workflow.ItemQuery{Label: "ünder"}, func(i advocacy.LibraryItem) bool { return slices.Contains(i.Labels, "ünder") }},
		"no such label": {workflow.ItemQuery{Label: "under"}, func(advocacy.LibraryItem) bool { return false }},
		"campaign":      {workflow.ItemQuery{Campaign: "spring"}, func(i advocacy.LibraryItem) bool { return i.Campaign == "spring" }},
		"announcements": {workflow.ItemQuery{Announcements: true}, func(i advocacy.LibraryItem) bool { return i.Announcement }},
		"none of head":  {workflow.ItemQuery{Announcements: true, Head: true}, func(advocacy.LibraryItem) bool { return false }},
		"sharable":      {workflow.ItemQuery{Sharable: true}, func(i advocacy.LibraryItem) bool { return i.Sharable(start) && !i.Announcement }},
		"all of it": {workflow.ItemQuery{Pinned: true, Label: "a b", Campaign: "spring", Announcements: true}, func(i advocacy.LibraryItem) bool {
			return i.Pin > 0 && slices.Contains(i.Labels, "a b") && i.Campaign == "spring" && i.Announcement
		}},
	} {
		holdShelf(t, s, name, items, c.query, c.want)
	}
	for _, a := range advocacy.Availabilities() {
		holdShelf(t, s, string(a), items, workflow.ItemQuery{Availability: a}, func(i advocacy.LibraryItem) bool { return i.Availability(start) == a })
	}
	for _, statement := range []string{"DELETE FROM item_announcements", "UPDATE item_announcements SET revision = 9"} {
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		items[1].Labels = []string{"c"}
		return tx.PutLabels(ctx, &items[1])
	})
	now, err := s.Item(ctx(t), h.ws, items[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, &items[1], now)
}

// holdShelf holds what a list has, in each of its orders and two a page.
func holdShelf(t *testing.T, s *store.Store, name string, items []advocacy.LibraryItem, q workflow.ItemQuery, want func(advocacy.LibraryItem) bool) {
	t.Helper()
	key := func(i advocacy.LibraryItem) string { return string(i.ID) }
	// What is pinned comes by its place, the newer first in one place; what is not comes last.
	byPlace := func(a, b advocacy.LibraryItem) int {
		place := func(i advocacy.LibraryItem) int { return cmp.Or(i.Pin, advocacy.MaximumPin+1) }
		if q.ByFeature {
			place = func(i advocacy.LibraryItem) int { return i.Feature.Place }
		}
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(key(b), key(a)))
	}
	newest := func(a, b advocacy.LibraryItem) int { return strings.Compare(key(b), key(a)) }
	for order, compare := range map[bool]func(a, b advocacy.LibraryItem) int{true: byPlace, false: newest} {
		if q.ByFeature && !order {
			continue
		}
		q.Workspace, q.Now, q.PinnedFirst, q.Page = items[0].Workspace, start, order && !q.ByFeature, workflow.Page{Size: 2}
		var got []advocacy.LibraryItem
		for more := true; more; more = q.After != "" {
			rows, next, err := s.Items(ctx(t), q)
			if err != nil {
				t.Fatal(err)
			}
			got, q.After = append(got, rows...), next
		}
		expected := pick(slices.SortedFunc(slices.Values(items), compare), key, want)
		wantKeys(t, name, expected, key)(got, "", nil)
		for _, row := range got {
			same(t, items[slices.IndexFunc(items, func(i advocacy.LibraryItem) bool { return i.ID == row.ID })], row)
		}
	}
	q.After, q.PinnedFirst = "none", true
	if _, _, err := s.Items(ctx(t), q); advocacy.ReasonOf(err) != "PAGE_TOKEN_INVALID" {
		t.Errorf("a token of another order: %v", err)
	}
}
