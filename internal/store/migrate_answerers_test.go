package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
)

// answerersAsked is the migration from which on an account has a deputy.
const answerersAsked = 116

// TestNobodyIsNamedByDefault holds that an account of before gets no deputy that nobody named, and
// keeps the one somebody did; that whoever was both is the owner alone; and that what speaks for one
// person has none. What changed has another version.
func TestNobodyIsNamedByDefault(t *testing.T) {
	t.Parallel()
	for _, d := range []dialect{sqliteDialect, postgresDialect} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			dsn, off := filepath.Join(t.TempDir(), "store.db"), "PRAGMA foreign_keys = OFF"
			if d == postgresDialect {
				dsn, off = testpg.New(t), "SET session_replication_role = replica"
			}
			s, err := Open(t.Context(), Config{DSN: dsn, Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			migrate(t, s, answerersAsked-1)
			conn, err := s.writer.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			statements := []string{off}
			for i, row := range []struct{ deputy, personal string }{{"", "1=0"}, {"deputy", "1=0"}, {"owner", "1=0"}, {"", "1=1"}, {"deputy", "1=1"}} {
				statements = append(statements, fmt.Sprintf(
					"INSERT INTO social_accounts (workspace_id, id, network, display_name, owner, deputy, personal, address, deduplicates, state, version)"+
						" VALUES ('w', '%d', 'wall', 'x', 'owner', '%s', (%s), '', (1=0), 'ready', 7)", i, row.deputy, row.personal))
			}
			for _, statement := range statements {
				if _, err := conn.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
			migrate(t, s, answerersAsked)
			var id, owner, deputy string
			var version int
			var got []string
			err = s.scan(t.Context(), []any{&id, &owner, &deputy, &version}, func() { got = append(got, fmt.Sprint(id, " ", owner, " ", deputy, " ", version)) },
				"SELECT id, owner, deputy, version FROM social_accounts ORDER BY id")
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"0 owner  7", "1 owner deputy 7", "2 owner  8", "3 owner  7", "4 owner  8"}
			if !slices.Equal(got, want) {
				t.Errorf("the accounts are %q, want %q", got, want)
			}
		})
	}
}
