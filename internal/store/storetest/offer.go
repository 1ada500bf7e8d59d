package storetest

import (
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// offers holds that lists and searches of the library are narrowed by where items have words
// and in what languages, exactly as advocacy.Offer.Meets says, each caller by the revision that
// is theirs, page by page; and that what an item offers is replaced whole.
func offers(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	everything := [][]advocacy.Offer{
		{{Network: "wall", Language: "en"}, {Network: "wall", Language: "fr-CA"}, {Network: "mastodon", Language: "en"}},
		{{Network: "wall", Language: "fr"}, {Network: "mastodon", Language: "fr-CA"}, {Network: "mastodon", Language: "fr-BE"}},
		{{Network: "wall", Language: "zh-Hant-TW"}},
		nil,
		manyOffers(),
	}
	var items []advocacy.LibraryItem
	var texts []workflow.ItemTexts
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		items, texts = nil, nil
		for n := range 3 * len(everything) {
			i := advocacy.LibraryItem{
				Workspace: h.ws, ID: advocacy.ItemID(id("item")), State: advocacy.ItemDraft, Head: 2, InForce: n % 3, Pin: n % 2, Labels: []string{"odd"}[:n%2],
			}
			if n%2 == 0 {
				i.Labels = nil
			}
			if err := tx.AddItem(ctx, &i); err != nil {
				return err
			}
			if err := tx.PutLabels(ctx, &i); err != nil {
				return err
			}
			word := search.Document{Title: "word"}
			found := workflow.ItemTexts{Workspace: h.ws, Item: i.ID, Head: word, HeadOffers: everything[n%len(everything)]}
			if i.InForce > 0 {
				found.Shown, found.ShownOffers = word, everything[(n+n%2)%len(everything)]
			}
			items, texts = append(items, i), append(texts, found)
		}
		return indexAll(ctx, tx, texts)
	})
	hold := func() {
		t.Helper()
		for _, network := range []advocacy.Network{"", "wall", "mastodon", "linkedin"} {
			for _, language := range []string{"", "fr", "FR-ca", "en", "zh", "fil"} {
				for _, q := range []workflow.ItemQuery{{}, {Head: true}, {Head: true, Label: "odd"}} {
					q.Network, q.Language = network, language
					want := func(i advocacy.LibraryItem) bool {
						at := slices.IndexFunc(items, func(o advocacy.LibraryItem) bool { return o.ID == i.ID })
						of := texts[at].ShownOffers
						if q.Head {
							of = texts[at].HeadOffers
						}
						return (q.Label == "" || len(i.Labels) > 0) && (network == "" && language == "" ||
							slices.ContainsFunc(of, func(o advocacy.Offer) bool { return o.Meets(network, language) }))
					}
					name := string(network) + " " + language + strconv.FormatBool(q.Head)
					holdShelf(t, s, name, items, q, want)
					holdOffersFound(t, s, name, items, q, want)
				}
			}
		}
	}
	hold()
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for n := range texts {
			texts[n].ShownOffers, texts[n].HeadOffers = nil, everything[(n+1)%len(everything)]
		}
		return indexAll(ctx, tx, texts)
	})
	hold()
}

// manyOffers are more than one statement inserts.
func manyOffers() (all []advocacy.Offer) {
	for n := range 40 {
		for m := range 20 {
			all = append(all, advocacy.Offer{Network: advocacy.Network("net" + strconv.Itoa(m)), Language: "de-a" + strconv.Itoa(10+n)})
		}
	}
	return all
}

func indexAll(ctx context.Context, tx workflow.Tx, texts []workflow.ItemTexts) error {
	for _, i := range texts {
		if err := tx.IndexItem(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// holdOffersFound holds what a search finds among items that all have the word, two a page.
func holdOffersFound(
	t *testing.T, s *store.Store, name string, items []advocacy.LibraryItem, narrowed workflow.ItemQuery, want func(advocacy.LibraryItem) bool,
) {
	t.Helper()
	q := workflow.ItemSearch{ItemQuery: narrowed, For: search.Parse("word"), Heads: true}
	q.Workspace, q.Page = items[0].Workspace, workflow.Page{Size: 2}
	var got []string
	for more := true; more; more = q.After != "" {
		rows, next, err := s.SearchItems(ctx(t), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range rows {
			got = append(got, string(i.ID))
		}
		q.After = next
	}
	expected := pick(items, func(i advocacy.LibraryItem) string { return string(i.ID) }, want)
	slices.Sort(got)
	slices.Sort(expected)
	if !slices.Equal(got, expected) {
		t.Errorf("a search for %s finds %v, want %v", name, got, expected)
	}
}
