package workflow_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// denied is what PostgreSQL says to a role without the right.
const denied = "42501"

// madeRole makes a role on the server of a database that is dropped before the role is.
func madeRole(t *testing.T) (dsn, role string) {
	t.Helper()
	role = "imprimatur_app_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	t.Cleanup(func() {
		if dsn != "" { // none where there is no PostgreSQL
			run(t, with(t, dsn, "dbname", "postgres"), "DROP ROLE "+role)
		}
	})
	dsn = testpg.New(t)
	run(t, dsn, "CREATE ROLE "+role)
	return dsn, role
}

func run(t *testing.T, dsn, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, dsn)
	ok(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	ok(t, err)
}

// with is a connection string with one more setting.
func with(t *testing.T, dsn, key, value string) string {
	t.Helper()
	if !strings.Contains(dsn, "://") {
		return dsn + " " + key + "='" + value + "'"
	}
	u, err := url.Parse(dsn)
	ok(t, err)
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// TestServiceOwnsNothing [I6]: under a role that got what `migrate grant` gives, everything
// works from the first draft to the wall, and what must stay cannot be changed or removed,
// whatever became of the triggers.
func TestServiceOwnsNothing(t *testing.T) {
	t.Parallel()
	dsn, role := madeRole(t)
	owner := workflowtest.NewOn(t, dsn, jobs.Postgres)
	ok(t, owner.Store.Grant(t.Context(), role))
	ok(t, owner.Store.Grant(t.Context(), role)) // as after every migration
	owner.Clock.Advance(time.Hour)              // past what furnishing took of the database's time
	h := owner.Replica(t, with(t, dsn, "options", "-c role="+role), jobs.Postgres)
	first := h.Submit(t, h.Draft(t, "First."))
	next := h.Submit(t, edit(t, h, first, "Second."))
	h.Sign(t, h.Legal, next, "legal")
	ok(t, h.Decide(t, h.Legal, next, "legal", advocacy.Retract))
	h.Sign(t, h.Legal, next, "legal")
	h.Sign(t, h.PR, next, "pr")
	lends(t, h)
	acknowledge(t, h, h.Author, publishGuideline(t, h, 0))
	watch(t, h, forbidden("miracle"))
	learned := train(t, h, h.Author, time.Time{})
	_, err := answer(t, h, teach(t, h), 1)
	ok(t, err)
	_, err = h.Flow.RevokeTraining(t.Context(), h.As(h.Admin), h.W, learned.ID, "a mistake")
	ok(t, err)
	h.Item(t, "An item.")
	h.Work(t)
	if n := h.OnWall(t); n != 1 {
		t.Errorf("%d posts are on the wall", n)
	}
	run(t, dsn, "ALTER TABLE decisions DISABLE TRIGGER ALL; ALTER TABLE audit_records DISABLE TRIGGER ALL")
	for _, statement := range []string{
		"UPDATE decisions SET reason = 'other'", "DELETE FROM decisions", "TRUNCATE decisions",
		"UPDATE audit_records SET action = action", "DELETE FROM audit_records", "TRUNCATE audit_records",
		"UPDATE revisions SET manifest = manifest", "DELETE FROM revisions", "TRUNCATE revisions CASCADE",
		"UPDATE view_receipts SET digest = digest", "DELETE FROM view_receipts",
		"UPDATE comments SET text = 'other'", "DELETE FROM comments", "DELETE FROM threads", "DELETE FROM suggestions", "DELETE FROM proposals",
		"UPDATE routing_policies SET document = 'other'", "DELETE FROM routing_policies", "DELETE FROM attempts",
		"DELETE FROM calendar_revisions", "DELETE FROM delegations",
		"DELETE FROM guideline_revisions", "DELETE FROM lexicon_revisions", "DELETE FROM disclosure_revisions", "DELETE FROM guideline_acknowledgements", "DELETE FROM training_records", "DELETE FROM training_revocations",
		"DELETE FROM training_courses", "UPDATE training_attempts SET results = '[true]'",
		"UPDATE goose_db_version SET is_applied = false", "DROP TABLE decisions", "ALTER TABLE decisions DISABLE TRIGGER ALL",
		"CREATE TABLE mine (a int)",
	} {
		_, err := h.Store.SQLWriter().ExecContext(t.Context(), statement)
		if e, is := errors.AsType[*pgconn.PgError](err); !is || e.Code != denied {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// TestGrantRefuses: no role is held back that owns the tables, and none is made up.
func TestGrantRefuses(t *testing.T) {
	t.Parallel()
	dsn, _ := madeRole(t)
	h := workflowtest.NewOn(t, dsn, jobs.Postgres)
	config, err := pgx.ParseConfig(dsn)
	ok(t, err)
	for _, role := range []string{config.User, "nobody_of_this_name"} {
		if err := h.Store.Grant(t.Context(), role); err == nil || !strings.Contains(err.Error(), role) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if err := workflowtest.New(t).Store.Grant(t.Context(), "anybody"); err == nil {
		t.Error("SQLite has roles")
	}
}
