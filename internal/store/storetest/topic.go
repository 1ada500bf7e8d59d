package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// windows lie around start in every way.
var windows = []advocacy.Window{
	{}, {Start: start}, {Start: start.Add(1e3)}, {End: start}, {End: start.Add(1e3)}, {Start: start.Add(-1e3), End: start.Add(1e3)},
}

// topics holds that the lists show each person exactly what advocacy.Viewer says, over every
// kind of topic, whom it is for, and what the person said of it.
func topics(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	one, of, nobody := h.member(advocacy.PersonID(id("one"))), h.member(advocacy.PersonID(id("of"))), h.member(advocacy.PersonID(id("nobody")))
	of.Groups, of.Country, of.Language = []string{"x", "sales", "x"}, "FR", "fr"
	nobody.Groups, nobody.Department, nobody.Language = []string{"x"}, "sales", "en"
	persons := []*advocacy.Member{one, of, nobody}
	var all []*advocacy.Topic
	var items []advocacy.LibraryItem
	words := map[advocacy.PersonID]map[advocacy.TopicID]*advocacy.Subscription{one.Person: {}, of.Person: {}, nobody.Person: {}}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		all, items = nil, nil
		for _, m := range persons {
			if err := tx.AddMember(ctx, m); err != nil {
				return err
			}
		}
		for n := range 4 * 3 {
			topic := &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic")), Closed: n&1 > 0, Compulsory: n&2 > 0, Default: n == 0}
			topic.Members, topic.Groups = []advocacy.PersonID{one.Person}, []string{"other", "sales"}
			all = append(all, topic)
			if err := tx.AddTopic(ctx, topic); err != nil {
				return err
			}
			for _, window := range windows {
				for inForce := range 2 {
					item := advocacy.LibraryItem{
						Workspace: h.ws, ID: advocacy.ItemID(id("item")), Topic: topic.ID, State: advocacy.ItemDraft,
						InForce: inForce, Share: window, Withdrawn: n == 4,
					}
					if err := tx.AddItem(ctx, &item); err != nil {
						return err
					}
					items = append(items, item)
				}
			}
			forSome, err := addAudiences(ctx, tx, h, topic.ID)
			if err != nil {
				return err
			}
			items = append(items, forSome...)
			for _, m := range persons {
				// No word, joined, left again.
				for _, joined := range []bool{true, false}[:n/4] {
					word := &advocacy.Subscription{Workspace: h.ws, Topic: topic.ID, Person: m.Person, Joined: joined, UpdateTime: start}
					words[m.Person][topic.ID] = word
					if err := tx.PutSubscription(ctx, word); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	for _, m := range persons {
		holdShelves(t, s, m, all, items, words[m.Person])
	}
	holdDefaultTopic(t, s, h, all[0])
	for _, statement := range []string{"DELETE FROM item_audiences", "UPDATE item_audiences SET value = 'other'"} {
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	holdGroups(t, s, h, of, nobody)
	joined, err := s.Joined(ctx(t), h.ws, all[4].ID, 2)
	want := slices.Sorted(slices.Values([]advocacy.PersonID{one.Person, of.Person, nobody.Person}))[:2]
	if err != nil || !slices.Equal(joined, want) {
		t.Fatalf("%v joined, want %v: %v", joined, want, err)
	}
	if none, err := s.Joined(ctx(t), h.ws, all[8].ID, 2); err != nil || len(none) > 0 {
		t.Fatalf("%v are told to have joined what they left: %v", none, err)
	}
}

// audiences are for everybody, for some of the persons, and for nobody.
var audiences = []advocacy.Audience{
	{},
	{Groups: []string{"sales"}},
	{Groups: []string{"none", "x"}, Countries: []string{"DE", "FR"}},
	{Departments: []string{"board", "sales"}},
	{Groups: []string{"sales", "x"}, Languages: []string{"en", "fr"}},
	{Groups: []string{"sales"}, Departments: []string{"sales"}},
	{Languages: []string{"sales"}},
}

// addAudiences puts an item for each audience on a topic, whose next revision is for the next
// audience, once with each of the two in force.
func addAudiences(ctx context.Context, tx workflow.Tx, h *house, topic advocacy.TopicID) ([]advocacy.LibraryItem, error) {
	var items []advocacy.LibraryItem
	for n := range audiences {
		for inForce := range 3 {
			item := advocacy.LibraryItem{
				Workspace: h.ws, ID: advocacy.ItemID(id("item")), Topic: topic, State: advocacy.ItemDraft, InForce: inForce,
			}
			if err := tx.AddItem(ctx, &item); err != nil {
				return nil, err
			}
			for number := 1; number <= 2; number++ {
				if err := tx.AddRevision(ctx, h.revision(item.Subject(), number)); err != nil {
					return nil, err
				}
				reach := advocacy.Reach{Audience: audiences[(n+number)%len(audiences)], Announcement: (n+number)%2 == 0}
				if err := tx.AddReach(ctx, item.Subject(), number, reach); err != nil {
					return nil, err
				}
				if number == inForce {
					item.Reach = reach
				}
			}
			items = append(items, item)
		}
	}
	return items, nil
}

// holdShelves holds what the lists show one person of topics and the item on each.
func holdShelves(
	t *testing.T, s *store.Store, m *advocacy.Member, all []*advocacy.Topic, items []advocacy.LibraryItem,
	words map[advocacy.TopicID]*advocacy.Subscription,
) {
	t.Helper()
	v := advocacy.Viewer{Person: m.Person, Traits: m.Traits()}
	var shown []string
	for _, topic := range all {
		if v.Sees(topic) {
			shown = append(shown, string(topic.ID))
		}
	}
	got, next, err := s.Topics(ctx(t), m.Workspace, m.Person, workflow.Page{Size: 100, Oldest: true})
	wantKeys(t, string(m.Person), shown, func(v advocacy.Topic) string { return string(v.ID) })(got, next, err)
	ids := make([]advocacy.TopicID, len(all))
	for i, topic := range all {
		ids[i] = topic.ID
	}
	seen, followed, found := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range items {
		topic := all[slices.Index(ids, items[i].Topic)]
		meant := items[i].Audience.Includes(v.Traits)
		seen[string(items[i].ID)] = meant && v.Sees(topic)
		followed[string(items[i].ID)] = meant && v.Follows(topic, words[topic.ID])
		found[string(items[i].ID)] = v.Finds(&items[i], topic, start)
	}
	kept, err := s.Subscriptions(ctx(t), m.Workspace, m.Person, ids...)
	if err != nil {
		t.Fatal(err)
	}
	same(t, words, kept)
	for name, c := range map[string]struct {
		follower  advocacy.PersonID
		available advocacy.Availability
		want      map[string]bool
	}{"seen": {want: seen}, "followed": {follower: m.Person, want: followed}, "found": {available: advocacy.AvailableNow, want: found}} {
		rows, next, err := s.Items(ctx(t), workflow.ItemQuery{
			Page: workflow.Page{Size: 1000, Oldest: true}, Workspace: m.Workspace, Viewer: m.Person, Follower: c.follower,
			Availability: c.available, Now: start,
		})
		for _, row := range rows {
			same(t, items[slices.IndexFunc(items, func(i advocacy.LibraryItem) bool { return i.ID == row.ID })], row)
		}
		key := func(i advocacy.LibraryItem) string { return string(i.ID) }
		wantKeys(t, name+" by "+string(m.Person), pick(items, key, func(i advocacy.LibraryItem) bool { return c.want[string(i.ID)] }), key)(rows, next, err)
	}
}

// holdGroups holds that a group is whoever has it, the topics that name it, and an item that is for it
// while it is not withdrawn.
func holdGroups(t *testing.T, s *store.Store, h *house, of, nobody *advocacy.Member) {
	t.Helper()
	both := slices.Sorted(slices.Values([]advocacy.PersonID{of.Person, nobody.Person}))
	for group, want := range map[string][]advocacy.PersonID{"x": both, "sales": {of.Person}, "FR": {}, "none": {}} {
		if found, err := s.GroupMembers(ctx(t), h.ws, group, 9); err != nil || !slices.Equal(found, want) {
			t.Errorf("%v are in %q, want %v: %v", found, group, want, err)
		}
	}
	if found, err := s.GroupMembers(ctx(t), h.ws, "x", 1); err != nil || !slices.Equal(found, both[:1]) {
		t.Errorf("one of %v is %v: %v", both, found, err)
	}
	for group, want := range map[string]int{"sales": 12, "x": 0} {
		if found, err := s.GroupTopics(ctx(t), h.ws, group, 99); err != nil || len(found) != want || !slices.IsSorted(found) {
			t.Errorf("%v go by %q, want %d: %v", found, group, want, err)
		}
	}
	for group, want := range map[string]bool{"sales": true, "x": true, "none": true, "en": false, "other": false} {
		if found, err := s.FindGroupItem(ctx(t), h.ws, group); err != nil || (found != "") != want {
			t.Errorf("for %q there is %q: %v", group, found, err)
		}
	}
}

// holdDefaultTopic holds that a workspace has one default topic at most.
func holdDefaultTopic(t *testing.T, s *store.Store, h *house, want *advocacy.Topic) {
	t.Helper()
	found, err := s.DefaultTopic(ctx(t), h.ws)
	if err != nil || found.ID != want.ID {
		t.Fatalf("the default topic is %+v: %v", found, err)
	}
	err = s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddTopic(ctx, &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic")), Default: true})
	})
	if err == nil {
		t.Fatal(fmt.Errorf("the workspace has two default topics"))
	}
}
