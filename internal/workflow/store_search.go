package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
)

// ItemSearch selects library items by what is written in them.
type ItemSearch struct {
	ItemQuery
	// For is what they have to have, as search.Query.Finds says.
	For search.Query
	// Heads has the newest revisions looked at too, and not only those in force.
	Heads bool
	// Newest lists the newest first, and not those first whose title has all of it.
	Newest bool
}

// ItemTexts is what an item is found by: texts, and the places they are for. A document without
// texts is none.
type ItemTexts struct {
	Workspace advocacy.WorkspaceID
	Item      advocacy.ItemID
	// Shown is what employees may be shown, Head a newer revision that only the desk sees.
	Shown, Head search.Document
	// ShownOffers are of what employees may be shown, HeadOffers of the newest revision, which
	// may be the same.
	ShownOffers, HeadOffers []advocacy.Offer
}

// SearchReader finds library items by what is written in them.
type SearchReader interface {
	// SearchItems lists items by the order in which they were made, which two transactions
	// at once may change places in.
	SearchItems(ctx context.Context, q ItemSearch) ([]advocacy.LibraryItem, string, error)
	// ItemsToIndex returns some items whose words an older edition of package search made, by
	// workspace and id.
	ItemsToIndex(ctx context.Context, most int) ([]advocacy.LibraryItem, error)
}

// SearchWriter keeps what library items are found by.
type SearchWriter interface {
	// IndexItem has an item found by these texts and places, and by nothing else.
	IndexItem(ctx context.Context, t ItemTexts) error
}
