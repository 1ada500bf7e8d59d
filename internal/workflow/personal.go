package workflow

import (
	"context"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// addedLinks are those in the words of a share that the item does not have.
func addedLinks(share, item advocacy.Manifest) []string {
	signed := linksIn(item)
	return slices.DeleteFunc(linksIn(share), func(link string) bool { return slices.Contains(signed, link) })
}

// linksIn are the links a policy speaks about, and what else a network may make one of.
func linksIn(m advocacy.Manifest) []string {
	f := routing.Facts{Texts: textsOf(advocacy.Content{}, m)}
	found := f.AllLinks()
	for _, text := range f.Texts {
		found = append(found, network.Addresses(text)...)
	}
	return found
}

// addedNames are those named with an @ in the words of a share whom the item does not name. No
// network tells large letters from small ones in a name.
func addedNames(share, item advocacy.Manifest) []string {
	signed := namesIn(item)
	return slices.DeleteFunc(namesIn(share), func(name string) bool {
		return slices.ContainsFunc(signed, func(s string) bool { return strings.EqualFold(s, name) })
	})
}

func namesIn(m advocacy.Manifest) []string {
	var found []string
	for _, text := range textsOf(advocacy.Content{}, m) {
		found = append(found, network.Handles(text)...)
	}
	return found
}

// saysMore tells whether the words of a share lead elsewhere than those of the item, or name
// somebody else.
func saysMore(share, item advocacy.Manifest) bool {
	return len(addedLinks(share, item)) > 0 || len(addedNames(share, item)) > 0
}

// added says which links and names in personal words make an edit of what would need no new
// signature without them.
func (f *source) added(c advocacy.Content, m advocacy.Manifest) []advocacy.Finding {
	if f == nil || advocacy.OriginOf(m, f.manifest) != advocacy.OriginLibraryPersonalised {
		return nil
	}
	links := check.Added(c, "LINK_ADDED", addedLinks(m, f.manifest))
	return append(links, check.Added(c, "MENTION_ADDED", addedNames(m, f.manifest))...)
}

// editingOf is what may be changed of a new item: what is said of it, else what the workspace says of
// those of which nothing is said.
func editingOf(ctx context.Context, r Reader, w advocacy.WorkspaceID, said *advocacy.Editing) (advocacy.Editing, error) {
	if said != nil {
		return *said, nil
	}
	space, err := r.Workspace(ctx, w)
	if err != nil {
		return advocacy.Editing{}, err
	}
	return advocacy.Editing{Mode: space.EditMode}, nil // guard: what says nothing of it is locked where the workspace locks
}
