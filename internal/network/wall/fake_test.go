package wall

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// memory is a Store that forgets.
type memory struct {
	mu      sync.Mutex
	entries map[string]Entry
	// err is returned by every call when set.
	err error
}

func newMemory() *memory { return &memory{entries: map[string]Entry{}} }

func name(w advocacy.WorkspaceID, p advocacy.PublicationID) string {
	return string(w) + "/" + string(p)
}

func (m *memory) enter(ctx context.Context) (func(), error) {
	m.mu.Lock()
	if m.err != nil {
		defer m.mu.Unlock()
		return nil, m.err
	}
	if err := ctx.Err(); err != nil {
		defer m.mu.Unlock()
		return nil, err
	}
	return m.mu.Unlock, nil
}

func (m *memory) PutEntry(ctx context.Context, e Entry) (bool, error) {
	leave, err := m.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	key := name(e.Workspace, e.Publication)
	if old, exists := m.entries[key]; exists {
		if !bytes.Equal(old.Body, e.Body) {
			return false, advocacy.Clash("ENTRY_DIFFERS", "the publication has another body")
		}
		return false, nil
	}
	m.entries[key] = e
	return true, nil
}

func (m *memory) Entry(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PublicationID) (*Entry, error) {
	leave, err := m.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	e, exists := m.entries[name(w, p)]
	if !exists {
		return nil, advocacy.Missing("ENTRY_NOT_FOUND", "there is no such entry")
	}
	return &e, nil
}

func (m *memory) Entries(ctx context.Context, w advocacy.WorkspaceID, q Query) ([]Entry, string, error) {
	leave, err := m.enter(ctx)
	if err != nil {
		return nil, "", err
	}
	defer leave()
	if q.Before == "garbage" {
		return nil, "", advocacy.InvalidField("before", "PAGE_TOKEN_INVALID", "this is no key")
	}
	var found []Entry
	for _, e := range m.entries {
		if e.Workspace == w && e.RemoveTime.IsZero() && (q.Before == "" || key(e) < q.Before) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b Entry) int { return cmp.Compare(key(b), key(a)) })
	if len(found) <= q.Size {
		return found, "", nil
	}
	return found[:q.Size], key(found[q.Size-1]), nil
}

func key(e Entry) string {
	return e.PublishTime.UTC().Format(time.RFC3339Nano) + " " + string(e.Publication)
}

func (m *memory) RemoveEntry(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PublicationID, at time.Time) (bool, error) {
	leave, err := m.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	e, exists := m.entries[name(w, p)]
	if !exists || !e.RemoveTime.IsZero() {
		return false, nil
	}
	e.RemoveTime = at
	m.entries[name(w, p)] = e
	return true, nil
}

func (m *memory) ShowsBlob(ctx context.Context, w advocacy.WorkspaceID, blob string) (bool, error) {
	leave, err := m.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	for _, e := range m.entries {
		if e.Workspace == w && e.RemoveTime.IsZero() && slices.Contains(e.Media, blob) {
			return true, nil
		}
	}
	return false, nil
}

func (m *memory) visible() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := 0
	for _, e := range m.entries {
		if e.RemoveTime.IsZero() {
			count++
		}
	}
	return count
}
