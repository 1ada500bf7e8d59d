package store

import (
	"fmt"
	"slices"
	"testing"
)

// answerersAsked is the migration from which on an account has a deputy.
const answerersAsked = 116

// TestNobodyIsNamedByDefault holds that an account of before gets no deputy that nobody named, and
// keeps the one somebody did; that whoever was both is the owner alone; and that what speaks for one
// person has none. What changed has another version.
func TestNobodyIsNamedByDefault(t *testing.T) {
	t.Parallel()
	onEachBefore(t, answerersAsked, func(t *testing.T, s *Store) {
		for i, row := range []struct{ deputy, personal string }{{"", "1=0"}, {"deputy", "1=0"}, {"owner", "1=0"}, {"", "1=1"}, {"deputy", "1=1"}} {
			unbound(t, s, fmt.Sprintf(
				"INSERT INTO social_accounts (workspace_id, id, network, display_name, owner, deputy, personal, address, deduplicates, state, version)"+
					" VALUES ('w', '%d', 'wall', 'x', 'owner', '%s', (%s), '', (1=0), 'ready', 7)", i, row.deputy, row.personal))
		}
		migrate(t, s, answerersAsked)
		var id, owner, deputy string
		var version int
		var got []string
		err := s.scan(t.Context(), []any{&id, &owner, &deputy, &version}, func() { got = append(got, fmt.Sprint(id, " ", owner, " ", deputy, " ", version)) },
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
