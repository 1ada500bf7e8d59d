package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// shelved is an item that can be found, its topic and its texts.
type shelved struct {
	item  advocacy.LibraryItem
	topic *advocacy.Topic
	texts workflow.ItemTexts
}

// stock puts items on an open and on a closed topic, some of them in force.
func (h *house) stock() (all []shelved) {
	h.t.Helper()
	open := &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic"))}
	closed := &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic")), Closed: true, Members: []advocacy.PersonID{h.approver}}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		all = nil
		for n := range 12 {
			topic := []*advocacy.Topic{open, closed}[n/6]
			if n%6 == 0 {
				if err := tx.AddTopic(ctx, topic); err != nil {
					return err
				}
			}
			i := advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), Topic: topic.ID, Owner: h.author, State: advocacy.ItemDraft, InForce: n % 3}
			if err := tx.AddItem(ctx, &i); err != nil {
				return err
			}
			all = append(all, shelved{item: i, topic: topic, texts: workflow.ItemTexts{Workspace: h.ws, Item: i.ID}})
		}
		return nil
	})
	return all
}

// index has the items found by their texts.
func (h *house) index(all []shelved) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for i := range all {
			if err := tx.IndexItem(ctx, all[i].texts); err != nil {
				return err
			}
		}
		return nil
	})
}

// typed are pieces of what people write and look for, in many scripts, and what would be an
// operator of one database or the other.
var typed = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
	"open ", "Open ", "opening ", "day ", "DAY", "da", "Zürich ", "zu", "l’avion ", "AT&T ", "3.14 ", "é", "e\u0301 ", "東京都", "京", "都", "カフェ",
	"กาแฟ", "แฟ", "서울에서 ", "서울", "किताब ", " ", " ", " OR ", " NOT ", " NEAR(a b) ", "-", "*", "'", "'); -- ", ":*A ", "&", "|", "!", "<->", `\`, "^",
	"{shown_title} : ", "@ws", "\n",
}), 0, 8), func(parts []string) string { return strings.Join(parts, "") })

// asked are searches: what is typed, and sometimes a quotation.
var asked = rapid.OneOf(typed, rapid.Map(rapid.SliceOfN(typed, 3, 3), func(parts []string) string {
	return parts[0] + ` "` + parts[1] + `" ` + parts[2]
}))

// searches holds that each database finds exactly what search.Query.Finds says, of what
// advocacy.Viewer says the caller sees, in order, page by page, and nothing of another
// workspace that says the same.
func searches(t *testing.T, s *store.Store) {
	h, others := newHouse(t, s), newHouse(t, s)
	ours, theirs := h.stock(), others.stock()
	rapid.Check(t, func(r *rapid.T) {
		for i := range ours {
			texts := &ours[i].texts
			texts.Shown, texts.Head = search.Document{}, search.Document{}
			if ours[i].item.InForce > 0 {
				texts.Shown = document(r, "shown")
			}
			if ours[i].item.InForce != 1 {
				texts.Head = document(r, "head")
			}
			theirs[i].texts.Shown, theirs[i].texts.Head = texts.Shown, texts.Head
		}
		h.index(ours)
		others.index(theirs)
		for range 4 {
			q := workflow.ItemSearch{For: search.Parse(asked.Draw(r, "query")), Heads: rapid.Bool().Draw(r, "heads"), Newest: rapid.Bool().Draw(r, "newest")}
			q.Workspace, q.Size = h.ws, rapid.IntRange(1, 5).Draw(r, "size")
			if q.For.Empty() {
				continue
			}
			if !q.Heads {
				q.Viewer, q.SharableAt = some(r, []advocacy.PersonID{h.author, h.approver}, "viewer"), start
			}
			if got, want := findAll(r, s, q), toFind(ours, q); !slices.Equal(got, want) {
				r.Fatalf("%+v finds %v, want %v", q.For, got, want)
			}
		}
	})
}

func document(r *rapid.T, name string) search.Document {
	return search.Document{Title: typed.Draw(r, name+" title"), Texts: rapid.SliceOfN(typed, 0, 3).Draw(r, name)}
}

// toFind is what a search finds, by going through everything.
func toFind(all []shelved, q workflow.ItemSearch) (ids []string) {
	var rest []string
	for _, s := range slices.Backward(all) {
		v := advocacy.Viewer{Person: q.Viewer, Desk: q.Heads}
		head := s.texts.Head
		if !q.Heads {
			head = search.Document{}
		}
		if !v.Sees(s.topic) || !q.Heads && !s.item.Sharable(q.SharableAt) || !q.For.Finds(s.texts.Shown) && !q.For.Finds(head) {
			continue
		}
		if q.Newest || q.For.FindsTitle(s.texts.Shown) || q.For.FindsTitle(head) {
			ids = append(ids, string(s.item.ID))
		} else {
			rest = append(rest, string(s.item.ID))
		}
	}
	return append(ids, rest...)
}

// findAll reads a search to its end.
func findAll(r failing, s *store.Store, q workflow.ItemSearch) (ids []string) {
	for {
		found, next, err := s.SearchItems(context.Background(), q)
		if err != nil {
			r.Fatalf("%+v: %v", q.For, err)
		}
		if len(found) == 0 || next != "" && len(found) != q.Size {
			if len(found)+len(q.After) > 0 || next != "" {
				r.Fatalf("%+v: a page of %d, then %q", q.For, len(found), next)
			}
		}
		for _, i := range found {
			ids = append(ids, string(i.ID))
		}
		if next == "" {
			return ids
		}
		q.After = next
	}
}

// failing is a test of one's own or of rapid's.
type failing interface {
	Fatalf(format string, args ...any)
}

// manySearches holds the same of more items than any database looks at one by one, for words
// of many, of few, and of the oldest only.
func manySearches(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	items := make([]shelved, 1100)
	topic := &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic"))}
	for n := range items {
		i := advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), Topic: topic.ID, Owner: h.author, State: advocacy.ItemDraft, InForce: 1}
		d := search.Document{Title: "common", Texts: []string{"any"}}
		if n < 5 {
			d.Title += " oldest"
		}
		if n%100 == 7 {
			d.Texts = append(d.Texts, "rare", "common")
		}
		if n < 50 {
			d.Texts = append(d.Texts, "oldest")
		}
		items[n] = shelved{item: i, topic: topic, texts: workflow.ItemTexts{Workspace: h.ws, Item: i.ID, Shown: d}}
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddTopic(ctx, topic); err != nil {
			return err
		}
		for n := range items {
			if err := tx.AddItem(ctx, &items[n].item); err != nil {
				return err
			}
		}
		return nil
	})
	h.index(items)
	for _, text := range []string{"common", "rare", "oldest", "any", "old", "rare common", `"common oldest"`, "nothing"} {
		for _, size := range []int{5, 1000} {
			for mask := range 4 {
				q := workflow.ItemSearch{For: search.Parse(text), Heads: mask&1 > 0, Newest: mask&2 > 0}
				q.Workspace, q.Size, q.Viewer, q.SharableAt = h.ws, size, h.author, start
				if q.Heads {
					q.Viewer = ""
				}
				if size == 5 && (text == "common" || text == "any") {
					continue // two hundred pages
				}
				if got, want := findAll(t, s, q), toFind(items, q); !slices.Equal(got, want) {
					t.Errorf("%q by %d, %02b: finds %d, want %d", text, size, mask, len(got), len(want))
				}
			}
		}
	}
}

// indexed holds that whatever an older program wrote is found once it is indexed again, and
// that a text of any size can be.
func indexed(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	all := h.stock()
	large := search.Document{Title: strings.Repeat("東京", 150), Texts: []string{
		strings.Repeat("word ", 4000), strings.Repeat("カフェ", 6000), "last", strings.Repeat("𞤀", 20_000),
	}}
	all[0].texts.Head = large
	h.index(all)
	q := workflow.ItemSearch{Heads: true, ItemQuery: workflow.ItemQuery{Workspace: h.ws, Page: workflow.Page{Size: 10}}}
	for text, want := range map[string]int{
		"word": 1, "東京東": 1, "last": 0, `"word word word"`: 1, "京カ": 0, strings.Repeat("word ", 40): 1, strings.Repeat("東京", 100): 1,
	} {
		if q.For = search.Parse(text); q.For.Empty() {
			continue
		}
		found, _, err := s.SearchItems(ctx(t), q)
		if err != nil || len(found) != want {
			t.Errorf("%.20q finds %d items, want %d: %v", text, len(found), want, err)
		}
	}
	for _, after := range []string{"x", "1", "2|", "-1|", "0|x"} {
		q.For, q.After = search.Parse("word"), after
		_, _, err := s.SearchItems(ctx(t), q)
		wantError(t, err, advocacy.Invalid, "PAGE_TOKEN_INVALID")
	}
	if _, err := s.SQLWriter().ExecContext(ctx(t), "UPDATE item_searches SET edition = 0 WHERE workspace_id = '"+string(h.ws)+"'"); err != nil {
		t.Fatal(err)
	}
	old, err := s.ItemsToIndex(ctx(t), 1000)
	old = slices.DeleteFunc(old, func(i advocacy.LibraryItem) bool { return i.Workspace != h.ws })
	if err != nil || len(old) != len(all) {
		t.Fatalf("%d of %d items are to be indexed: %v", len(old), len(all), err)
	}
	h.index(all[1:])
	some, err := s.ItemsToIndex(ctx(t), 1000)
	if some = slices.DeleteFunc(some, func(i advocacy.LibraryItem) bool { return i.Workspace != h.ws }); err != nil || len(some) != 1 || some[0].ID != all[0].item.ID {
		t.Fatalf("to be indexed: %+v, %v", some, err)
	}
	h.index(all[:1])
}
