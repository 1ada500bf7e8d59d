package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// recallReasons is the migration from which on a publication says why it is taken back.
const recallReasons = 178

// TestRecallReasonsAreRemembered holds that what was taken back, or was to be, says why as it was said
// last, and that what is out, and what another workspace's record is of, says nothing.
func TestRecallReasonsAreRemembered(t *testing.T) {
	t.Parallel()
	onEachBefore(t, recallReasons, func(t *testing.T, s *Store) {
		for i, at := range []struct{ state, wait string }{{"recalled", ""}, {"published", "RECALLING"}, {"published", "RECALL_FAILED"}, {"published", ""}, {"recalled", ""}} {
			addBare(t, s, i, at.state)
			unbound(t, s, "UPDATE publications SET workspace_id = 'w', post_id = 'p', account_id = ?, wait = ? WHERE id = ?", fmt.Sprint("a", i), at.wait, fmt.Sprintf("%02d", i))
		}
		for i, r := range []struct{ w, action, publication, reason string }{
			{"w", "recall_requested", "00", "First."}, {"w", "recall_requested", "00", "Last."}, {"w", "recall", "00", "Done."},
			{"w", "recall_requested", "01", "Soon."}, {"w", "recall_requested", "02", "Again."}, {"w", "recall_requested", "03", "No more."},
			{"v", "recall_requested", "04", "Others'."},
		} {
			parent := "workspaces/" + r.w + "/posts/p"
			unbound(t, s, "INSERT INTO audit_records (workspace_id, id, record_time, actor_kind, actor_workspace, person_id, key_id, session_id, roles, action, subject, parent, request_id, detail)"+
				" VALUES (?, ?, ?, 'human', ?, 'ann', '', '', '[]', ?, ?, ?, '', ?)", r.w, fmt.Sprint(i), time.Date(2026, 11, 1, i, 0, 0, 0, time.UTC), r.w,
				"publication."+r.action, parent+"/publications/"+r.publication, parent, `{"reason": "`+r.reason+`"}`)
		}
		migrate(t, s, recallReasons)
		var id, reason string
		var got []string
		if err := s.scan(t.Context(), []any{&id, &reason}, func() { got = append(got, id+" "+reason) }, "SELECT id, recall_reason FROM publications ORDER BY id"); err != nil {
			t.Fatal(err)
		}
		if want := []string{"00 Last.", "01 Soon.", "02 Again.", "03 ", "04 "}; !slices.Equal(got, want) {
			t.Errorf("the publications are taken back for %q, want %q", got, want)
		}
	})
}
