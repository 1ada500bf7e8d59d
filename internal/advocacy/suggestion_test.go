package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestWhoSuggests(t *testing.T) {
	t.Parallel()
	head := &advocacy.Revision{Number: 1, Digest: bytesOf("one")}
	for _, tt := range []struct {
		name   string
		who    advocacy.PersonID
		shown  advocacy.Digest
		reason string
	}{
		{"an approver", lena, bytesOf("one"), ""},
		{"an approver who saw other words", lena, bytesOf("two"), "REVISION_CHANGED"},
		{"a colleague", bob, bytesOf("one"), "NOT_AN_APPROVER"},
		{"an approver who wrote it", dana, bytesOf("one"), "NOT_A_STRANGER"},
	} {
		if err := speaker(t, tt.who).GuardSuggest(head, tt.shown); advocacy.ReasonOf(err) != tt.reason {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.reason)
		}
	}
}

func TestSuggestionsEnd(t *testing.T) {
	t.Parallel()
	made := advocacy.Suggestion{Revision: 1, Digest: bytesOf("one"), Person: lena, State: advocacy.SuggestionOpen}
	head, next := &advocacy.Revision{Number: 1, Digest: bytesOf("one")}, &advocacy.Revision{Number: 2, Digest: bytesOf("two")}

	taken := made
	if err := taken.Accept(ann, head, at(1)); err != nil || taken.State != advocacy.SuggestionAccepted || taken.Accepted != 2 {
		t.Errorf("taken it is %+v, %v", taken, err)
	}
	late := made
	if err := late.Accept(ann, next, at(1)); advocacy.ReasonOf(err) != "SUGGESTION_OUTDATED" || late.StateAt(2) != advocacy.SuggestionOutdated {
		t.Errorf("late it is %s, %v", late.StateAt(2), err)
	}
	if made.StateAt(1) != advocacy.SuggestionOpen || taken.StateAt(2) != advocacy.SuggestionAccepted {
		t.Errorf("they are %s and %s", made.StateAt(1), taken.StateAt(2))
	}
	for who, reason := range map[advocacy.PersonID]string{ann: "", lena: "", lou: "NOT_A_CONTRIBUTOR"} {
		declined := made
		if err := declined.Decline(who, who == ann, "No.", at(1)); advocacy.ReasonOf(err) != reason {
			t.Errorf("declined by %s: %v", who, err)
		} else if err == nil && (declined.State != advocacy.SuggestionDeclined || declined.Resolver != who || declined.Reason != "No.") {
			t.Errorf("declined it is %+v", declined)
		}
	}
	if err := taken.Accept(ann, head, at(2)); advocacy.ReasonOf(err) != "SUGGESTION_RESOLVED" {
		t.Errorf("taken twice: %v", err)
	}
	if err := taken.Decline(ann, true, "", at(2)); advocacy.ReasonOf(err) != "SUGGESTION_RESOLVED" {
		t.Errorf("declined after it was taken: %v", err)
	}
}
