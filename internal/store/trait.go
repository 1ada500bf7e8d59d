package store

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// memberTraitRow is what a list can be narrowed by of what a member's own row says.
type memberTraitRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	PersonID    string `gorm:"column:person_id"`
	Kind        string `gorm:"column:kind"`
	Value       string `gorm:"column:value"`
}

func (memberTraitRow) TableName() string { return "member_traits" }

var memberTraits = tableOf[memberTraitRow]()

// describe inserts the traits of a member.
func (t *tx) describe(ctx context.Context, m *advocacy.Member) error {
	var rows []memberTraitRow
	for _, group := range slices.Compact(slices.Sorted(slices.Values(m.Groups))) {
		if group != "" {
			rows = append(rows, memberTraitRow{string(m.Workspace), string(m.Person), "group", group})
		}
	}
	return insert(ctx, t, aMember, memberTraits, rows...)
}
