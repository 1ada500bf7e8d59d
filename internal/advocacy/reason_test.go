package advocacy_test

import (
	"encoding/json"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestReasonsOfAnyAgeHaveCodes: the sentences are written out as plans have kept them since
// there are plans. One that changes here would read in English for ever.
func TestReasonsOfAnyAgeHaveCodes(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]string{
		`{"rule": "objection", "reason": "An objection by this role is not cleared yet."}`:                                         advocacy.AskedObjection,
		`{"rule": "rejected_elsewhere", "reason": "Exactly this was rejected by this role in another post."}`:                      advocacy.AskedRejectedElsewhere,
		`{"rule": "inherited_objection", "reason": "An objection by this role to the post this was copied from was not cleared."}`: advocacy.AskedInheritedObjection,
		`{"rule": "default", "reason": "Nothing more specific asks for anything."}`:                                                advocacy.AskedNothingElse,
		`{"rule": "on-error", "reason": "A rule could not be evaluated."}`:                                                         advocacy.AskedFailedRule,
		`{"rule": "training_mode", "reason": "The author is in training mode: somebody signs whatever he or she posts."}`:          advocacy.AskedTrainingMode,
		`{"rule": "default", "reason": "Everything new is read by legal and by PR before it goes out."}`:                           "",
		`{"rule": "objection", "reason": "Rien ne part sans le service juridique."}`:                                               "",
		`{"rule": "own-words", "reason": "Nothing more specific asks for anything."}`:                                              "",
	} {
		var r advocacy.RuleReason
		if err := json.Unmarshal([]byte(stored), &r); err != nil {
			t.Fatal(err)
		}
		if got := r.Code(); got != want {
			t.Errorf("%s has the code %q, want %q", stored, got, want)
		}
	}
}
