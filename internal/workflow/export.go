package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// ExportedItem is a library item as it leaves for elsewhere.
type ExportedItem struct {
	ItemView
	// External is what it is called where it came from, or its id.
	External string
}

// ExportItems lists library items as Items does, with what they are called elsewhere, without
// those that were withdrawn.
func (s *Service) ExportItems(ctx context.Context, c Call, q ItemQuery) ([]ExportedItem, string, error) {
	views, next, err := s.Items(ctx, c, q)
	if err != nil {
		return nil, "", err
	}
	ids := make([]advocacy.ItemID, len(views))
	for i := range views {
		ids[i] = views[i].Item.ID
	}
	origins, err := s.Store.Origins(ctx, q.Workspace, ids...)
	if err != nil {
		return nil, "", err
	}
	var out []ExportedItem
	for i, v := range views {
		if v.Item.Withdrawn {
			continue
		}
		e := ExportedItem{ItemView: v, External: origins[ids[i]]}
		if e.External == "" {
			e.External = string(ids[i])
		}
		out = append(out, e)
	}
	return out, next, nil
}
