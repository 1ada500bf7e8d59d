package store

import (
	"context"
	"strings"

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
	for _, trait := range m.Traits() {
		rows = append(rows, memberTraitRow{string(m.Workspace), string(m.Person), string(trait.Kind), trait.Value})
	}
	return insert(ctx, t, aMember, memberTraits, rows...)
}

// audienceRow is one trait that the audience of an item's revision names. What it says stands
// in the manifest that was signed; the rows are what lists can be narrowed by.
type audienceRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	SubjectKind string `gorm:"column:subject_kind"`
	SubjectID   string `gorm:"column:subject_id"`
	Revision    int    `gorm:"column:revision"`
	Kind        string `gorm:"column:kind"`
	Value       string `gorm:"column:value"`
}

func (audienceRow) TableName() string { return "item_audiences" }

var audiences = tableOf[audienceRow]()

// announcementRow says that a revision of an item is for reading alone.
type announcementRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	SubjectKind string `gorm:"column:subject_kind"`
	SubjectID   string `gorm:"column:subject_id"`
	Revision    int    `gorm:"column:revision"`
}

func (announcementRow) TableName() string { return "item_announcements" }

var announcements = tableOf[announcementRow]()

// announces selects 1 when a revision of the item of a table is an announcement: head or
// in_force.
func announces(table, revision string) string {
	return "SELECT 1 FROM item_announcements n WHERE n.workspace_id = " + table + ".workspace_id" +
		" AND n.subject_kind = 'library_item' AND n.subject_id = " + table + ".id AND n.revision = " + table + "." + revision
}

// AddReach inserts how far a revision of an item may go: nothing for one that everybody may
// share.
func (t *tx) AddReach(ctx context.Context, item advocacy.Subject, revision int, r advocacy.Reach) error {
	var rows []audienceRow
	for _, trait := range r.Audience.Tidy().Traits() {
		rows = append(rows, audienceRow{string(item.Workspace), string(item.Kind), item.ID, revision, string(trait.Kind), trait.Value})
	}
	if err := insert(ctx, t, anItem, audiences, rows...); err != nil || !r.Announcement {
		return err
	}
	return insert(ctx, t, anItem, announcements, announcementRow{string(item.Workspace), string(item.Kind), item.ID, revision})
}

// audience is whom an item's revision in force is for as one column: "kind value" with line
// breaks, so that the item and its audience are one statement.
type audience advocacy.Audience

// audienceInForce is the column, with $ for the table of items.
const audienceInForce = "(SELECT string_agg(a.kind || ' ' || a.value, '\n') FROM item_audiences a WHERE a.workspace_id = $.workspace_id" +
	" AND a.subject_kind = 'library_item' AND a.subject_id = $.id AND a.revision = $.in_force)"

// Scan reads the column.
func (a *audience) Scan(src any) error {
	lines, err := linesOf(src)
	traits := make([]advocacy.Trait, len(lines))
	for i, line := range lines {
		kind, value, _ := strings.Cut(line, " ")
		traits[i] = advocacy.Trait{Kind: advocacy.TraitKind(kind), Value: value}
	}
	*a = audience(advocacy.AudienceOf(traits...))
	return err
}

// meantFor tells whether the person, who is bound once, is of the audience of an item's
// revision in force, as advocacy.Audience.Includes says: of each kind that it names, the
// person has a trait. As a value, for the reason of shownTo, and not compared for equality, which
// PostgreSQL takes for rare.
const meantFor = "COALESCE((SELECT min(CASE WHEN EXISTS (SELECT 1 FROM item_audiences b JOIN member_traits r" +
	" ON r.workspace_id = b.workspace_id AND r.person_id = ? AND r.kind = b.kind AND r.value = b.value" +
	" WHERE b.workspace_id = a.workspace_id AND b.subject_kind = a.subject_kind AND b.subject_id = a.subject_id" +
	" AND b.revision = a.revision AND b.kind = a.kind) THEN 1 ELSE 0 END) FROM item_audiences a" +
	" WHERE a.workspace_id = library_items.workspace_id AND a.subject_kind = 'library_item'" +
	" AND a.subject_id = library_items.id AND a.revision = library_items.in_force), 1) <> 0"
