package store

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// codedAnswers is the migration that gives answers a code.
const codedAnswers = 120

// TestAnswersGetTheirCodes: what the gate stopped before had a code already, and so has a difference
// that somebody let stand, which is not told again in other words. What a person said, and what has no
// code, stays as it is.
func TestAnswersGetTheirCodes(t *testing.T) {
	t.Parallel()
	onEachBefore(t, codedAnswers, func(t *testing.T, s *Store) {
		for i, x := range []struct{ state, answer string }{
			{"cancelled", "DIGEST_MISMATCH"}, {"refused", "DIGEST_MISMATCH"}, {"cancelled", "Old news."}, {"refused", "The server answered 500."},
		} {
			addBare(t, s, i, x.state)
			unbound(t, s, fmt.Sprintf("UPDATE publications SET answer = '%s' WHERE id = '%02d'", x.answer, i))
		}
		for i, said := range []string{"The site shows it in another author''s name.", "X shows another text than the one that was signed.", "Who looked saw it."} {
			unbound(t, s, fmt.Sprintf("INSERT INTO cases (workspace_id, id, kind, post_id, publication_id, account_id, network, signed_text, shown_text,"+
				" said, state, resolution, reason, closer, version) VALUES ('w', '%02d', 'differs', 'p', 'x%d', 'a', 'x', '', '', '%s', 'open', '', '', '', 1)", i, i, said))
		}
		migrate(t, s, codedAnswers)
		read := func(query string) (rows []string) {
			var code, text string
			if err := s.scan(t.Context(), []any{&code, &text}, func() { rows = append(rows, code+": "+text) }, query); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		want := []string{"DIGEST_MISMATCH: DIGEST_MISMATCH", ": DIGEST_MISMATCH", ": Old news.", ": The server answered 500."}
		if diff := cmp.Diff(want, read("SELECT answer_code, answer FROM publications ORDER BY id")); diff != "" {
			t.Error(diff)
		}
		want = []string{
			"OTHER_AUTHOR: The site shows it in another author's name.", "OTHER_TEXT: X shows another text than the one that was signed.",
			": Who looked saw it.",
		}
		if diff := cmp.Diff(want, read("SELECT said_code, said FROM cases ORDER BY id")); diff != "" {
			t.Error(diff)
		}
	})
}
