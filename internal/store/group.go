package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// GroupMembers returns at most so many persons who are in a group, by id.
func (r reader) GroupMembers(ctx context.Context, w advocacy.WorkspaceID, group string, most int) ([]advocacy.PersonID, error) {
	query := "SELECT person_id FROM member_traits WHERE workspace_id = ? AND kind = ? AND value = ? ORDER BY person_id" + limit(most)
	ids, err := r.ids(ctx, query, string(w), string(advocacy.TraitGroup), group)
	return typed[advocacy.PersonID](ids), err
}

// GroupTopics returns at most so many topics that name a group, by id.
func (r reader) GroupTopics(ctx context.Context, w advocacy.WorkspaceID, group string, most int) ([]advocacy.TopicID, error) {
	query := "SELECT topic_id FROM topic_groups WHERE workspace_id = ? AND name = ? ORDER BY topic_id" + limit(most)
	ids, err := r.ids(ctx, query, string(w), group)
	return typed[advocacy.TopicID](ids), err
}

// FindGroupItem returns an item that was not withdrawn and whose newest revision, or the one in
// force, is for a group; "" for none.
func (r reader) FindGroupItem(ctx context.Context, w advocacy.WorkspaceID, group string) (advocacy.ItemID, error) {
	query := "SELECT i.id FROM item_audiences a JOIN library_items i ON i.workspace_id = a.workspace_id AND i.id = a.subject_id" +
		" AND a.revision IN (i.head, i.in_force) WHERE a.workspace_id = ? AND a.subject_kind = 'library_item' AND a.kind = ?" +
		" AND a.value = ? AND NOT i.withdrawn ORDER BY i.id" + limit(1)
	ids, err := r.ids(ctx, query, string(w), string(advocacy.TraitGroup), group)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return advocacy.ItemID(ids[0]), nil
}

// ids reads the one column of a query.
func (r reader) ids(ctx context.Context, query string, args ...any) ([]string, error) {
	var id string
	var all []string
	err := r.scan(ctx, []any{&id}, func() { all = append(all, id) }, query, args...)
	return all, failed(err)
}

// typed are ids of one kind.
func typed[To ~string](ids []string) []To {
	all := make([]To, len(ids))
	for i, id := range ids {
		all[i] = To(id)
	}
	return all
}
