package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// readOnly are the tables of the migrations, which nobody but their owner writes.
var readOnly = []string{"goose_db_version", "river_migration"}

// tablesOfRole lists the tables with whether rows may go, and which columns may change: what
// no trigger refuses whatever the row says. That way the grants follow the triggers. The job
// engine maintains the indexes of its own tables, which PostgreSQL grants since version 17.
const tablesOfRole = `
WITH refusals AS (
    SELECT t.tgrelid AS relid, t.tgtype & 8 > 0 AND t.tgqual IS NULL AS deletes, t.tgtype & 16 > 0 AND t.tgqual IS NULL AS updates, t.tgattr::int2[] AS columns
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = 'refuse_change' AND NOT t.tgisinternal
)
SELECT c.relname, NOT EXISTS (SELECT FROM refusals r WHERE r.relid = c.oid AND r.deletes), ARRAY(
    SELECT a.attname::text FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (
        SELECT FROM refusals r
        WHERE r.relid = c.oid AND r.updates AND (cardinality(r.columns) = 0 OR a.attnum = ANY (r.columns)))
    ORDER BY a.attnum),
    current_setting('server_version_num')::int >= 170000 AND c.relname LIKE 'river\_%'
FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
ORDER BY c.relname`

// tableRights is what the service's role may do with one table.
type tableRights struct {
	name    string
	deletes bool
	columns []string
	// maintains is for what the job engine does at night.
	maintains bool
}

// Grant gives a role of PostgreSQL what the service needs and no more: where rows stay for
// ever it may neither change nor remove them, and it owns nothing. It is for the owner of
// the tables to call, after each migration; what the role had before is taken back first.
func (s *Store) Grant(ctx context.Context, role string) error {
	if s.dialect != postgresDialect {
		return errors.New("SQLite has no roles: its triggers keep what must stay, and whoever owns the file owns everything")
	}
	session, err := pgx.Connect(ctx, s.config.DSN)
	if err != nil {
		return fmt.Errorf("store: %w", failed(err))
	}
	defer session.Close(context.WithoutCancel(ctx))
	if err := refuseOwner(ctx, session, role); err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, session, func(t pgx.Tx) error { return grant(ctx, t, role) })
	if err != nil {
		return fmt.Errorf("store: grant: %w", err)
	}
	return nil
}

// refuseOwner refuses a role that no grant can hold back.
func refuseOwner(ctx context.Context, session *pgx.Conn, role string) error {
	var super, owner bool
	err := session.QueryRow(ctx, `SELECT r.rolsuper, pg_has_role(r.oid, c.relowner, 'MEMBER')
		FROM pg_roles r, pg_class c WHERE r.rolname = $1 AND c.oid = 'audit_records'::regclass`, role).Scan(&super, &owner)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("the database has no role %q: create it, with LOGIN and a password, before", role)
	case err != nil:
		return fmt.Errorf("store: %w", err)
	case super || owner:
		return fmt.Errorf("role %q is a superuser or owns the tables, so that nothing can be kept from it: take another", role)
	default:
		return nil
	}
}

func grant(ctx context.Context, t pgx.Tx, role string) error {
	rows, err := t.Query(ctx, tablesOfRole)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r tableRights, err error) {
		err = row.Scan(&r.name, &r.deletes, &r.columns, &r.maintains)
		return r, err
	})
	if err != nil {
		return err
	}
	var schema string
	if err := t.QueryRow(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return err
	}
	in, to := pgx.Identifier{schema}.Sanitize(), pgx.Identifier{role}.Sanitize()
	statements := []string{
		"REVOKE ALL ON ALL TABLES IN SCHEMA " + in + " FROM " + to,
		"REVOKE ALL ON SCHEMA " + in + " FROM " + to,
		"GRANT USAGE ON SCHEMA " + in + " TO " + to,
		"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA " + in + " TO " + to,
	}
	for _, table := range tables {
		statements = append(statements, table.grants(schema, to)...)
	}
	for _, statement := range statements {
		if _, err := t.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// grants are the statements for one table.
func (r tableRights) grants(schema, to string) []string {
	on := " ON " + pgx.Identifier{schema, r.name}.Sanitize() + " TO " + to
	if slices.Contains(readOnly, r.name) {
		return []string{"GRANT SELECT" + on}
	}
	out := []string{"GRANT SELECT, INSERT" + on}
	if r.deletes {
		out = append(out, "GRANT DELETE"+on)
	}
	if r.maintains {
		out = append(out, "GRANT MAINTAIN"+on)
	}
	for _, column := range r.columns {
		out = append(out, "GRANT UPDATE ("+pgx.Identifier{column}.Sanitize()+")"+on)
	}
	return out
}
