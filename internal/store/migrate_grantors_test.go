package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// grantorsKept is the migration from which on an account says who connected it.
const grantorsKept = 166

// TestGrantorsAreRemembered holds that an account that was connected before says who last did it, by
// the audit records, and that one without a token, and one of another workspace, says nobody.
func TestGrantorsAreRemembered(t *testing.T) {
	t.Parallel()
	onEachBefore(t, grantorsKept, func(t *testing.T, s *Store) {
		at := func(hour int) time.Time { return time.Date(2026, 11, 1, hour, 0, 0, 123456000, time.UTC) }
		for i, sealed := range [][]byte{{1}, nil, {1}, {1}} {
			unbound(t, s, "INSERT INTO social_accounts (workspace_id, id, network, display_name, owner, deputy, personal, address, deduplicates, state, version, sealed)"+
				" VALUES ('w', ?, 'x', 'x', 'owner', '', (1=0), '', (1=0), 'ready', 7, ?)", fmt.Sprint(i), sealed)
		}
		for i, r := range []struct{ w, person, action, account string }{
			{"w", "first", "connected", "0"}, {"w", "last", "connected", "0"}, {"w", "admin", "updated", "0"}, {"w", "gone", "connected", "1"}, {"v", "other", "connected", "2"},
		} {
			unbound(t, s, "INSERT INTO audit_records (workspace_id, id, record_time, actor_kind, actor_workspace, person_id, key_id, session_id, roles, action, subject, parent, request_id)"+
				" VALUES (?, ?, ?, 'human', ?, ?, '', '', '[]', ?, ?, '', '')", r.w, fmt.Sprint(i), at(i), r.w, r.person, "social_account."+r.action, "workspaces/"+r.w+"/socialAccounts/"+r.account)
		}
		migrate(t, s, grantorsKept)
		var id, grantor string
		var connected instant
		var version int
		var got []string
		err := s.scan(t.Context(), []any{&id, &grantor, &connected, &version}, func() {
			got = append(got, fmt.Sprint(id, " ", grantor, " ", connected.time.Equal(at(1)), " ", version))
		}, "SELECT id, grantor, connect_time, version FROM social_accounts ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"0 last true 7", "1  false 7", "2  false 7", "3  false 7"}; !slices.Equal(got, want) {
			t.Errorf("the accounts are %q, want %q", got, want)
		}
	})
}
