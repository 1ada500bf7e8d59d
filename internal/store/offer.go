package store

import (
	"cmp"
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// itemOfferRow is what an item is found by of a place it has words for: a range of the language,
// the network, or both. What it says stands in the manifests; the rows are what lists can be
// narrowed by.
type itemOfferRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Language    string `gorm:"column:language"`
	Network     string `gorm:"column:network"`
	ItemID      string `gorm:"column:item_id"`
	Shown       bool   `gorm:"column:shown"`
	Head        bool   `gorm:"column:head"`
}

func (itemOfferRow) TableName() string { return "item_offers" }

var itemOffers = tableOf[itemOfferRow]()

// offered is what a query asks of the row f of an item's offers. The workspace is bound here, so
// that the rows are looked up by their key.
func offered(q workflow.ItemQuery) (condition string, args []any) {
	revision := "f.shown" // guard: employees are told nothing of a head
	if q.Head {
		revision = "f.head"
	}
	return "f.workspace_id = ? AND f.language = ? AND f.network = ? AND " + revision,
		[]any{string(q.Workspace), advocacy.LanguageRange(q.Language), string(q.Network)}
}

// offerRows are what an item is found by, in order.
func offerRows(i workflow.ItemTexts) []itemOfferRow {
	type place struct{ language, network string }
	rows := make(map[place]*itemOfferRow)
	at := func(language, network string) *itemOfferRow {
		p := place{language, network}
		if rows[p] == nil {
			rows[p] = &itemOfferRow{WorkspaceID: string(i.Workspace), Language: language, Network: network, ItemID: string(i.Item)}
		}
		return rows[p]
	}
	found := func(offers []advocacy.Offer, mark func(*itemOfferRow)) {
		for _, o := range offers {
			mark(at("", string(o.Network)))
			for _, language := range advocacy.LanguageRanges(o.Language) {
				mark(at(language, ""))
				mark(at(language, string(o.Network)))
			}
		}
	}
	found(i.ShownOffers, func(r *itemOfferRow) { r.Shown = true })
	found(i.HeadOffers, func(r *itemOfferRow) { r.Head = true })
	out := make([]itemOfferRow, 0, len(rows))
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, inOfferOrder)
	return out
}

func inOfferOrder(a, b itemOfferRow) int {
	return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(a.Network, b.Network))
}

// mostOffers is how many rows one statement inserts; a database binds so many values and no more.
const mostOffers = 1000

// putOffers replaces what an item is found by, where it is something else than before: most
// changes of an item are none of its words.
func (t *tx) putOffers(ctx context.Context, i workflow.ItemTexts) error {
	const ofItem = " FROM item_offers WHERE workspace_id = ? AND item_id = ?"
	before, err := every(ctx, t.conn, itemOffers, func(r *itemOfferRow) itemOfferRow { return *r },
		"SELECT "+itemOffers.list+ofItem, string(i.Workspace), string(i.Item))
	if err != nil {
		return failed(err)
	}
	slices.SortFunc(before, inOfferOrder)
	rows := offerRows(i)
	if slices.Equal(before, rows) {
		return nil
	}
	if len(before) > 0 {
		if _, err := t.exec(ctx, "DELETE"+ofItem, string(i.Workspace), string(i.Item)); err != nil {
			return t.wrote(anItem, err)
		}
	}
	for some := range slices.Chunk(rows, mostOffers) {
		if err := insert(ctx, t, anItem, itemOffers, some...); err != nil {
			return err
		}
	}
	return nil
}
