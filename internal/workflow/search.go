package workflow

import (
	"context"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
)

// ItemHit is a library item that was found, and why.
type ItemHit struct {
	ItemView
	// Title is where what was looked for stands in the item's title.
	Title []search.Range
	// Excerpt is of the writing at the path Field of the revision Number.
	Excerpt search.Excerpt
	Field   string
	Number  int
}

// writing is one of the texts of an item, and the path to it.
type writing struct{ field, text string }

// writings are the texts an item is found by besides its title.
func writings(item *advocacy.LibraryItem, r *advocacy.Revision) []writing {
	all := []writing{{"content.text", r.Content.Text}}
	for i, v := range r.Content.Variants {
		all = append(all, writing{fmt.Sprintf("content.variants[%d].text", i), v.Text})
	}
	for i, m := range r.Content.Media {
		all = append(all, writing{fmt.Sprintf("content.media[%d].alt_text", i), m.AltText})
	}
	if card := r.Content.Card; !card.None() {
		all = append(all, writing{"content.card.title", card.Title}, writing{"content.card.description", card.Description})
	}
	return append(all, writing{"note", item.Note})
}

// documentOf is what an item is found by as a revision says it.
func documentOf(item *advocacy.LibraryItem, r *advocacy.Revision) search.Document {
	d := search.Document{Title: item.Title}
	for _, w := range writings(item, r) {
		d.Texts = append(d.Texts, w.text)
	}
	return d
}

// indexItem has an item found by what it says now. Employees find it by the revision in
// force alone.
func (s *Service) indexItem(ctx context.Context, tx Tx, item *advocacy.LibraryItem) error {
	texts := ItemTexts{Workspace: item.Workspace, Item: item.ID}
	shows := item.InForce > 0 && !item.Withdrawn
	if shows {
		shown, err := tx.Revision(ctx, item.Subject(), item.InForce)
		if err != nil {
			return err
		}
		texts.Shown = documentOf(item, shown)
		if texts.ShownOffers, err = offersOf(shown); err != nil {
			return err
		}
		texts.HeadOffers = texts.ShownOffers
	}
	if !shows || item.Head != item.InForce {
		head, err := tx.Revision(ctx, item.Subject(), item.Head)
		if err != nil {
			return err
		}
		if texts.HeadOffers, err = offersOf(head); err != nil { // guard: and by where that may go
			return err
		}
		texts.Head = documentOf(item, head) // guard: employees find by what is in force
	}
	return tx.IndexItem(ctx, texts)
}

// offersOf are the places a revision of an item has words for.
func offersOf(r *advocacy.Revision) ([]advocacy.Offer, error) {
	m, err := advocacy.ParseManifest(r.Manifest)
	return m.Offers(), err
}

// indexBatch is how many items are indexed in one transaction.
const indexBatch = 100

// IndexItems indexes what was written before there was an index, or is found by other words
// since. It is called before the doors open, by any number of replicas; when it is
// interrupted, what is indexed stays so.
func (s *Service) IndexItems(ctx context.Context) error {
	for {
		some, err := s.Store.ItemsToIndex(ctx, indexBatch)
		if err != nil || len(some) == 0 {
			return err
		}
		err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			for i := range some {
				item, err := tx.ItemForUpdate(ctx, some[i].Workspace, some[i].ID)
				if err != nil {
					return err
				}
				if err := s.indexItem(ctx, tx, item); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// SearchItems finds library items by what is written in them, each caller among those that
// Items lists. Employees find by what is in force; who works on items also by their heads.
func (s *Service) SearchItems(ctx context.Context, c Call, q ItemSearch) ([]ItemHit, string, error) {
	if q.For.Empty() {
		return nil, "", advocacy.InvalidField("query", "QUERY_EMPTY", "there is no word to look for in the query")
	}
	q.ItemQuery = s.shelf(c, q.ItemQuery) // guard: a search shows what the list shows
	q.Heads = c.worksOnItems()            // guard: a head is searched by the desk alone
	items, next, err := s.Store.SearchItems(ctx, q)
	if err != nil || len(items) == 0 {
		return nil, next, err
	}
	views, err := s.itemViews(ctx, c, items)
	if err != nil {
		return nil, "", err
	}
	hits := make([]ItemHit, len(views))
	older := make(map[string]int)
	for i := range views {
		item := views[i].Item
		hits[i] = ItemHit{ItemView: views[i], Title: q.For.Ranges(item.Title)}
		hits[i].show(q.For, views[i].Revision)
		if q.Heads && item.InForce > 0 && item.InForce != item.Head && !q.For.Finds(documentOf(item, views[i].Revision)) {
			older[string(item.ID)] = item.InForce
		}
	}
	shown, err := s.Store.RevisionsByNumber(ctx, q.Workspace, advocacy.SubjectItem, older)
	for i := range hits {
		if r := shown[string(hits[i].Item.ID)]; r != nil {
			hits[i].show(q.For, r)
		}
	}
	return hits, next, err
}

// show cuts the excerpt out of a revision.
func (h *ItemHit) show(q search.Query, r *advocacy.Revision) {
	all := writings(h.Item, r)
	texts := make([]string, len(all))
	for i := range all {
		texts[i] = all[i].text
	}
	best := all[q.Best(texts)]
	h.Excerpt, h.Field, h.Number = q.Excerpt(best.text), best.field, r.Number
}
