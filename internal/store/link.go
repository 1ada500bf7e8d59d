package store

import (
	"context"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type linkCheckRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	URL         string  `gorm:"column:url"`
	Reachable   bool    `gorm:"column:reachable"`
	Code        string  `gorm:"column:code"`
	Status      int     `gorm:"column:status"`
	CheckTime   moment  `gorm:"column:check_time"`
	Target      string  `gorm:"column:target"`
	Former      string  `gorm:"column:former_target"`
	ChangeTime  instant `gorm:"column:change_time"`
}

func (linkCheckRow) TableName() string { return "link_checks" }

var linkChecks = tableOf[linkCheckRow]()

func (r *linkCheckRow) check() advocacy.LinkCheck {
	return advocacy.LinkCheck{
		URL: r.URL, Reachable: r.Reachable, Code: advocacy.LinkCode(r.Code), Status: r.Status, Time: r.CheckTime.time,
		Target: r.Target, Former: r.Former, ChangeTime: r.ChangeTime.time,
	}
}

// LinkChecks returns the newest look at each of the links that anybody looked at.
func (r reader) LinkChecks(ctx context.Context, w advocacy.WorkspaceID, links []string) ([]advocacy.LinkCheck, error) {
	if len(links) == 0 {
		return nil, nil
	}
	args := []any{string(w)}
	for _, link := range links {
		args = append(args, link)
	}
	query := "SELECT " + linkChecks.list + " FROM link_checks WHERE workspace_id = ? AND url IN (" +
		strings.Repeat(", ?", len(links))[2:] + ") ORDER BY url"
	found, err := every(ctx, r.conn, linkChecks, (*linkCheckRow).check, query, args...)
	return found, failed(err)
}

// PutLinkChecks keeps looks at links, each in the place of an older one. Where a link led stays
// known when a look could not tell, and where it led before when it leads elsewhere.
func (t *tx) PutLinkChecks(ctx context.Context, w advocacy.WorkspaceID, checks ...advocacy.LinkCheck) error {
	// In one order, so that two transactions that look at the same links do not deadlock.
	slices.SortFunc(checks, func(a, b advocacy.LinkCheck) int { return strings.Compare(a.URL, b.URL) })
	const moved = "excluded.target <> '' AND link_checks.target <> '' AND excluded.target <> link_checks.target"
	query := linkChecks.insert(1) + " ON CONFLICT (workspace_id, url) DO UPDATE SET reachable = excluded.reachable," +
		" code = excluded.code, status = excluded.status, check_time = excluded.check_time," +
		" former_target = CASE WHEN " + moved + " THEN link_checks.target ELSE link_checks.former_target END," +
		" change_time = CASE WHEN " + moved + " THEN excluded.check_time ELSE link_checks.change_time END," +
		" target = CASE WHEN excluded.target <> '' THEN excluded.target ELSE link_checks.target END" +
		" WHERE excluded.check_time > link_checks.check_time"
	for _, c := range checks {
		row := linkCheckRow{
			WorkspaceID: string(w), URL: c.URL, Reachable: c.Reachable, Code: string(c.Code), Status: c.Status, CheckTime: sorted(c.Time),
			Target: c.Target, Former: c.Former, ChangeTime: at(c.ChangeTime),
		}
		if _, err := t.exec(ctx, query, linkChecks.values(row)...); err != nil {
			return t.wrote(aLinkCheck, err)
		}
	}
	return nil
}
