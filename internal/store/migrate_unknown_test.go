package store

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// turnsOfUnknown is the migration that makes unknown publications somebody's turn.
const turnsOfUnknown = 155

// TestUnknownGetsItsTurn: what was unknown before is somebody's turn since it came to be, once for
// each round, and turns that there are stay as they are.
func TestUnknownGetsItsTurn(t *testing.T) {
	t.Parallel()
	onEachBefore(t, turnsOfUnknown, func(t *testing.T, s *Store) {
		no, bytes := "0", "x''"
		if s.dialect == postgresDialect {
			no, bytes = "false", "''"
		}
		for i, state := range []string{"unknown", "unknown", "published"} {
			addBare(t, s, i, state)
			minute := 5 - i
			unbound(t, s, fmt.Sprintf("UPDATE publications SET workspace_id = 'w', post_id = 'p', account_id = 'a%d', network = 'n%d', update_time = '2026-11-20 01:0%d:03.000004+00:00' WHERE id = '%02d'", i, i, minute, i))
		}
		unbound(t, s, "INSERT INTO posts (workspace_id, id, author, key_id, head, round, zone, note, withdrawn, state, version)"+
			" VALUES ('w', 'p', 'ann', '', 1, 2, '', '', "+no+", 'publishing', 1)")
		unbound(t, s, "INSERT INTO revisions (workspace_id, subject_kind, subject_id, number, content, targets, networks, item_revision, contributors, editor, key_id, manifest, digest)"+
			` VALUES ('w', 'post', 'p', 1, '{"text": "Words.", "language": "en"}', '[]', '[]', 0, '[]', 'ann', '', `+bytes+`, 'd')`)
		unbound(t, s, "INSERT INTO reviews (workspace_id, subject_kind, subject_id, round, revision, digest, state, plan, policy, policy_revision, origin, assent_person, assent_key, assent_digest, version)"+
			" VALUES ('w', 'post', 'p', 2, 1, 'd', 'approved', '{}', '', 1, 'original', 'ann', '', 'd', 1)")
		unbound(t, s, "INSERT INTO review_tasks (workspace_id, id, subject_kind, subject_id, round, requirement, role, state, digest, title, author, language, origin, networks, have, need, due_time, excluded, whose, why)"+
			" VALUES ('w', 'k', 'post', 'p', 2, 'legal', 'approver:legal', 'done', 'd', '', 'ann', 'en', 'original', '[]', 1, 1, '2026-11-20 01:02:03+00:00', '[]', 'role:approver:legal', 'signature_lost')")
		migrate(t, s, math.MaxInt64)

		since := time.Date(2026, 11, 20, 1, 4, 3, 4000, time.UTC)
		turns, err := s.TasksOf(t.Context(), advocacy.PostSubject("w", "p"), 2)
		if err != nil || len(turns) != 2 {
			t.Fatalf("%d turns, %v; want the one there was and one more", len(turns), err)
		}
		if len(turns[0].ID) != len("00000000-0000-4000-8000-000000000000") {
			t.Errorf("the turn is called %q", turns[0].ID)
		}
		turns[0].ID = ""
		want := workflow.Task{
			Workspace: "w", Subject: advocacy.PostSubject("w", "p"), Round: 2, State: workflow.TaskOpen, Digest: "d", Title: "Words.", Author: "ann",
			Language: "en", Origin: advocacy.OriginOriginal, Networks: []advocacy.Network{"n0", "n1"}, DueTime: since, CreateTime: since, Since: since,
			Why: advocacy.WhyUnknown, Permission: advocacy.PermissionResolve,
		}
		if diff := cmp.Diff(want, turns[0]); diff != "" {
			t.Error(diff)
		}
		if turns[1].Why != advocacy.WhySignatureLost || turns[1].Role != advocacy.RoleLegal {
			t.Errorf("the turn there was is %+v", turns[1])
		}
		found, _, err := s.Tasks(t.Context(), workflow.TaskQuery{
			Workspace: "w", Person: "tom", Attention: true, Permissions: advocacy.TurnPermissions(), State: workflow.TaskOpen,
			Order: workflow.OrderUrgency, Page: workflow.Page{Size: 9},
		})
		if err != nil || len(found) != 1 || found[0].Why != advocacy.WhyUnknown {
			t.Errorf("it waits for %+v, %v", found, err)
		}
	})
}
