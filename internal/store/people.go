package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type memberRow struct {
	WorkspaceID string       `gorm:"column:workspace_id"`
	PersonID    string       `gorm:"column:person_id"`
	DisplayName string       `gorm:"column:display_name"`
	Email       string       `gorm:"column:email"`
	Title       string       `gorm:"column:title"`
	Language    string       `gorm:"column:language"`
	State       string       `gorm:"column:state"`
	StateTime   instant      `gorm:"column:state_time"`
	Groups      list[string] `gorm:"column:groups"`
	Version     int64        `gorm:"column:version"`
	CreateTime  instant      `gorm:"column:create_time"`
	UpdateTime  instant      `gorm:"column:update_time"`
	Manager     string       `gorm:"column:manager"`
	MergedInto  string       `gorm:"column:merged_into"`
	Training    bool         `gorm:"column:training_mode"`
	Department  string       `gorm:"column:department"`
	Country     string       `gorm:"column:country"`
	Relation    string       `gorm:"column:relation"`
	Calendar    ref          `gorm:"column:share_calendar"`
}

func (memberRow) TableName() string { return "members" }

var members = tableOf[memberRow]()

func newMemberRow(m *advocacy.Member) *memberRow {
	return &memberRow{
		WorkspaceID: string(m.Workspace),
		PersonID:    string(m.Person),
		DisplayName: m.DisplayName,
		Email:       m.Email,
		Title:       m.Title,
		Language:    m.Language,
		State:       string(m.State),
		StateTime:   at(m.StateTime),
		Groups:      m.Groups,
		Manager:     string(m.Manager),
		MergedInto:  string(m.MergedInto),
		Training:    m.TrainingMode,
		Department:  m.Department,
		Country:     m.Country,
		Relation:    string(m.Relation),
		Calendar:    ref(m.ShareCalendar),
		Version:     m.Version,
		CreateTime:  at(m.CreateTime),
		UpdateTime:  at(m.UpdateTime),
	}
}

func (r *memberRow) member(g grants) advocacy.Member {
	return advocacy.Member{
		Workspace:     advocacy.WorkspaceID(r.WorkspaceID),
		Person:        advocacy.PersonID(r.PersonID),
		DisplayName:   r.DisplayName,
		Email:         r.Email,
		Title:         r.Title,
		Language:      r.Language,
		State:         advocacy.MemberState(r.State),
		StateTime:     r.StateTime.time,
		Roles:         g,
		Groups:        r.Groups,
		Manager:       advocacy.PersonID(r.Manager),
		MergedInto:    advocacy.PersonID(r.MergedInto),
		TrainingMode:  r.Training,
		Department:    r.Department,
		Country:       r.Country,
		Relation:      advocacy.Disclosure(r.Relation),
		ShareCalendar: advocacy.CalendarID(r.Calendar),
		Version:       r.Version,
		CreateTime:    r.CreateTime.time,
		UpdateTime:    r.UpdateTime.time,
	}
}

type memberRoleRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	PersonID    string `gorm:"column:person_id"`
	Role        string `gorm:"column:role"`
	Since       moment `gorm:"column:since"`
}

func (memberRoleRow) TableName() string { return "member_roles" }

var memberRoles = tableOf[memberRoleRow]()

// grants are a member's roles as one column: "role since" with line breaks, so that a
// person and the roles are one statement, and one answer.
type grants []advocacy.RoleGrant

// grantsOf is the column, for the member that alias names.
func (d dialect) grantsOf(alias string) string {
	since := "since"
	if d == postgresDialect {
		since = `to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00:00"')`
	}
	return "(SELECT string_agg(role || ' ' || " + since + ", '\n') FROM member_roles g WHERE g.workspace_id = " +
		alias + ".workspace_id AND g.person_id = " + alias + ".person_id)"
}

// Scan reads the column.
func (g *grants) Scan(src any) error {
	text, err := textOf(src)
	*g = nil
	if err != nil || text == "" {
		return err
	}
	for line := range strings.SplitSeq(text, "\n") {
		// The time is two words, the role whatever is before.
		split := len(line) - 1
		for range 2 {
			split = strings.LastIndexByte(line[:max(split, 0)], ' ')
		}
		if split < 0 {
			return fmt.Errorf("%q is not a role and a time", line)
		}
		since, err := parseTime(line[split+1:])
		if err != nil {
			return err
		}
		*g = append(*g, advocacy.RoleGrant{Role: advocacy.Role(line[:split]), Since: since})
	}
	slices.SortFunc(*g, func(a, b advocacy.RoleGrant) int { return strings.Compare(string(a.Role), string(b.Role)) })
	return nil
}

// members reads the members the conditions on the table m select.
func (r reader) members(ctx context.Context, where string, args ...any) ([]advocacy.Member, error) {
	var row memberRow
	var held grants
	var found []advocacy.Member
	query := "SELECT " + members.of("m") + ", " + r.dialect.grantsOf("m") + " FROM members m WHERE " + where
	each := func() { found = append(found, row.member(held)) }
	err := r.scan(ctx, append(members.into(&row), &held), each, query, args...)
	return found, aMember.failed(err)
}

// Member returns a member with the roles.
func (r reader) Member(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PersonID) (*advocacy.Member, error) {
	found, err := r.members(ctx, "m.workspace_id = ? AND m.person_id = ?", string(w), string(id))
	if err == nil && len(found) == 0 {
		err = aMember.failed(sql.ErrNoRows)
	}
	if err != nil {
		return nil, err
	}
	return &found[0], nil
}

// MembersByID returns those of the persons that exist, with their roles.
func (r reader) MembersByID(
	ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID,
) (map[advocacy.PersonID]*advocacy.Member, error) {
	return r.membersBy(ctx, "m.workspace_id = ? AND m.person_id IN ", w, ids)
}

// MergedMembers returns the memberships that were merged into those of the persons, with their
// roles.
func (r reader) MergedMembers(
	ctx context.Context, w advocacy.WorkspaceID, into []advocacy.PersonID,
) (map[advocacy.PersonID]*advocacy.Member, error) {
	return r.membersBy(ctx, "m.workspace_id = ? AND m.merged_into <> '' AND m.merged_into IN ", w, into)
}

func (r reader) membersBy(
	ctx context.Context, where string, w advocacy.WorkspaceID, ids []advocacy.PersonID,
) (map[advocacy.PersonID]*advocacy.Member, error) {
	byID := make(map[advocacy.PersonID]*advocacy.Member, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	found, err := r.members(ctx, where+in(len(ids)), anys([]any{string(w)}, ids)...)
	for i := range found {
		byID[found[i].Person] = &found[i]
	}
	return byID, err
}

// Members lists members by id.
func (r reader) Members(ctx context.Context, q workflow.MemberQuery) ([]advocacy.Member, string, error) {
	var held grants
	l := listing[memberRow]{
		table:   members,
		columns: members.of("m") + ", " + r.dialect.grantsOf("m"),
		from:    "members m",
		order:   []string{"m.person_id"},
		after:   after(q.After),
		extra:   []any{&held},
		key:     func(r *memberRow) string { return r.PersonID },
	}
	if q.Role == "" {
		l.and("m.workspace_id = ?", string(q.Workspace))
	} else {
		// The holders are few and in order; the members are looked up one by one.
		l.from = "member_roles h JOIN members m ON m.workspace_id = h.workspace_id AND m.person_id = h.person_id"
		l.order = []string{"h.person_id"}
		l.and("h.workspace_id = ?", string(q.Workspace))
		l.and("h.role = ?", string(q.Role))
	}
	if q.State != "" && q.Role == "" {
		l.and("m.state = ?", string(q.State))
	} else if q.State != "" {
		// In a form that lures no planner away from the holders' order.
		l.and("(m.state = ?) IS TRUE", string(q.State))
	}
	return page(ctx, r.conn, l, q.Page, func(r *memberRow) advocacy.Member { return r.member(held) })
}

// CountHolders returns, for each role, how many active members hold it who are not among
// the excluded.
func (r reader) CountHolders(
	ctx context.Context, w advocacy.WorkspaceID, names []advocacy.Role, excluded []advocacy.PersonID,
) (map[advocacy.Role]int, error) {
	counts := make(map[advocacy.Role]int, len(names))
	if len(names) == 0 {
		return counts, nil
	}
	query := "SELECT h.role, count(*) FROM member_roles h" +
		" JOIN members m ON m.workspace_id = h.workspace_id AND m.person_id = h.person_id" +
		" WHERE h.workspace_id = ? AND m.state = 'active' AND h.role IN " + in(len(names))
	args := anys([]any{string(w)}, names)
	if len(excluded) > 0 {
		query += " AND h.person_id NOT IN " + in(len(excluded))
		args = anys(args, excluded)
	}
	for _, name := range names {
		counts[name] = 0
	}
	var role string
	var n int
	err := r.scan(ctx, []any{&role, &n}, func() { counts[advocacy.Role(role)] = n }, query+" GROUP BY h.role", args...)
	return counts, failed(err)
}

// MembersForShare reads members as MembersByID does and holds them against change until
// commit.
func (t *tx) MembersForShare(
	ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID,
) (map[advocacy.PersonID]*advocacy.Member, error) {
	if err := t.lockMembers(ctx, toStand, w, ids...); err != nil {
		return nil, err
	}
	return t.MembersByID(ctx, w, ids)
}

// MemberForUpdate locks the member until commit.
func (t *tx) MemberForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PersonID) (*advocacy.Member, error) {
	if err := t.lockMembers(ctx, toChange, w, id); err != nil {
		return nil, err
	}
	return t.Member(ctx, w, id)
}

// MergeMemberships makes what was merged into one membership, its sign-ins from elsewhere, and
// what it shared of the library, those of another.
func (t *tx) MergeMemberships(ctx context.Context, w advocacy.WorkspaceID, from, into advocacy.PersonID) error {
	for _, query := range []string{
		"UPDATE members SET merged_into = ?, version = version + 1 WHERE workspace_id = ? AND merged_into = ?",
		"UPDATE identities SET person_id = ? WHERE workspace_id = ? AND person_id = ? AND issuer <> '" + advocacy.IssuerLocal + "'",
		"INSERT INTO item_sharers (" + itemSharers.list + ") SELECT workspace_id, item_id, ?, publications FROM item_sharers WHERE workspace_id = ? AND person_id = ?" +
			" ON CONFLICT (workspace_id, item_id, person_id) DO UPDATE SET publications = item_sharers.publications + excluded.publications",
	} {
		if _, err := t.exec(ctx, query, string(into), string(w), string(from)); err != nil {
			return t.wrote(aMember, err)
		}
	}
	_, err := t.exec(ctx, "DELETE FROM item_sharers WHERE workspace_id = ? AND person_id = ?", string(w), string(from))
	return t.wrote(aMember, err)
}

// lockMembers locks in a statement of its own: one that waited for the lock would see
// the member as it is now, but the roles as they were when it began to wait.
func (t *tx) lockMembers(ctx context.Context, l lock, w advocacy.WorkspaceID, ids ...advocacy.PersonID) error {
	if t.dialect != postgresDialect || len(ids) == 0 {
		return nil
	}
	var id string
	query := "SELECT person_id FROM members WHERE workspace_id = ? AND person_id IN " + in(len(ids)) + " ORDER BY person_id"
	return failed(t.scan(ctx, []any{&id}, func() {}, query+string(l), anys([]any{string(w)}, ids)...))
}

// AddMember inserts a member at version 1, with the roles.
func (t *tx) AddMember(ctx context.Context, m *advocacy.Member) error {
	m.Version = 1
	if err := t.create(ctx, aMember, newMemberRow(m)); err != nil {
		return err
	}
	if err := t.describe(ctx, m); err != nil {
		return err
	}
	return t.grant(ctx, m)
}

// SaveMember writes the member and replaces the roles and traits.
func (t *tx) SaveMember(ctx context.Context, m *advocacy.Member) error {
	row := newMemberRow(m)
	row.Version++
	columns := []string{
		"display_name", "email", "title", "language", "state", "state_time", "groups", "manager",
		"merged_into", "training_mode", "department", "country", "relation", "share_calendar", "version", "update_time",
	}
	where := "workspace_id = ? AND person_id = ? AND version = ?"
	if err := t.save(ctx, aMember, row, columns, where, row.WorkspaceID, row.PersonID, m.Version); err != nil {
		return err
	}
	for _, table := range []string{memberRoles.name, memberTraits.name} {
		query := "DELETE FROM " + table + " WHERE workspace_id = ? AND person_id = ?"
		if _, err := t.exec(ctx, query, row.WorkspaceID, row.PersonID); err != nil {
			return t.wrote(aMember, err)
		}
	}
	m.Version = row.Version
	if err := t.describe(ctx, m); err != nil {
		return err
	}
	return t.grant(ctx, m)
}

func (t *tx) grant(ctx context.Context, m *advocacy.Member) error {
	rows := make([]memberRoleRow, len(m.Roles))
	for i, g := range m.Roles {
		rows[i] = memberRoleRow{string(m.Workspace), string(m.Person), string(g.Role), sorted(g.Since)}
	}
	return insert(ctx, t, aMember, memberRoles, rows...)
}
