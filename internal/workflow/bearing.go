package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// Bearing returns what holds look at of a revision of a post. The library item and the bytes are
// read only where one of the holds asks for them.
func (s *Service) Bearing(ctx context.Context, r Reader, holds []advocacy.Hold, p *advocacy.Post, revision int) (advocacy.Bearing, error) {
	return bearing(ctx, r, holds, p, func() (advocacy.Manifest, error) {
		found, err := r.Revision(ctx, p.Subject(), revision)
		if err != nil {
			return advocacy.Manifest{}, err
		}
		return advocacy.ParseManifest(found.Manifest)
	})
}

// bearing is Bearing for who has the bytes, or gets them in another way.
func bearing(ctx context.Context, r Reader, holds []advocacy.Hold, p *advocacy.Post, shown func() (advocacy.Manifest, error)) (advocacy.Bearing, error) {
	b := advocacy.Bearing{Author: p.Author}
	asks := func(scopes ...advocacy.HoldScope) bool {
		return slices.ContainsFunc(holds, func(h advocacy.Hold) bool { return slices.Contains(scopes, h.Scope) })
	}
	if p.Item != "" && asks(advocacy.HoldTopic, advocacy.HoldCampaign) {
		item, err := r.Item(ctx, p.Workspace, p.Item)
		if err != nil {
			return b, err
		}
		b.Topic, b.Campaign = item.Topic, item.Campaign
	}
	if !asks(advocacy.HoldKeyword) {
		return b, nil
	}
	m, err := shown()
	if err != nil {
		return b, err
	}
	b.Shows = func(a advocacy.AccountID, keyword string) bool {
		k, err := check.NewKeyword(keyword)
		if err != nil {
			return true // a keyword this binary cannot look for stops everything rather than nothing
		}
		if target, ok := m.Target(a); ok {
			return k.In(target)
		}
		return slices.ContainsFunc(m.Targets, k.In)
	}
	return b, nil
}

// Held says why the holds keep a publication of a post: advocacy.BlockHold while one stops it,
// advocacy.BlockHeldPastDue when its time passed under one that was lifted, empty for neither.
func (s *Service) Held(ctx context.Context, r Reader, holds []advocacy.Hold, p *advocacy.Post, x *advocacy.Publication) (string, error) {
	b, err := s.Bearing(ctx, r, holds, p, x.Revision)
	switch {
	case err != nil:
		return "", err
	case slices.ContainsFunc(holds, func(h advocacy.Hold) bool { return h.Stops(x, b) }):
		return advocacy.BlockHold, nil
	case slices.ContainsFunc(holds, func(h advocacy.Hold) bool { return h.Missed(x, b) }):
		return advocacy.BlockHeldPastDue, nil
	default:
		return "", nil
	}
}
