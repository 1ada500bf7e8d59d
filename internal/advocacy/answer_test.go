package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestSameAnswer: words that were changed since say the same, and another fact or quotation does not.
// What has no code is what it says.
func TestSameAnswer(t *testing.T) {
	t.Parallel()
	said := advocacy.Answer{Text: "The server answered 500: no", Code: advocacy.AnswerSaid, Fact: "500", Quote: "no"}
	reworded, other, quoted, before := said, said, said, said
	reworded.Text = "It answered 500: no"
	other.Fact = "501"
	quoted.Quote = "not now"
	before.Code = ""
	tests := map[string]struct {
		b    advocacy.Answer
		want bool
	}{
		"itself": {said, true}, "other words": {reworded, true}, "another fact": {other, false}, "another quotation": {quoted, false},
		"from before": {before, true}, "a person": {advocacy.Worded("I saw it."), false}, "the gate": {advocacy.Stopped(advocacy.BlockBytes), false},
	}
	for name, test := range tests {
		if got := said.Same(test.b); got != test.want || test.b.Same(said) != test.want {
			t.Errorf("%s: the same is %t, want %t", name, got, test.want)
		}
	}
	if said.Nothing() || !(advocacy.Answer{}).Nothing() {
		t.Error("nothing is something")
	}
}
