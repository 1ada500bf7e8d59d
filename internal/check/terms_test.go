package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/check/term"
)

// TestTerms: no field is a way around, and each is read in its own language.
func TestTerms(t *testing.T) {
	t.Parallel()
	x, err := term.New([]term.Term{{Text: "free", Language: "en", Grade: term.Forbidden}, {Text: "gratuit", Language: "fr", Grade: term.Restricted}})
	if err != nil {
		t.Fatal(err)
	}
	c := advocacy.Content{
		Language: "en", Text: "It is free", Media: []advocacy.MediaRef{{AltText: "FREE"}},
		Variants: []advocacy.Variant{{Language: "fr", Text: "free, gratuit"}, {Network: "wall", Text: "free"}},
	}
	want := []advocacy.Finding{
		{Code: "TERM_FORBIDDEN", Severity: advocacy.Blocks, Field: "content.text", Start: 6, End: 10, Args: map[string]string{"term": "free"}},
		{Code: "TERM_RESTRICTED", Severity: advocacy.NeedsReview, Field: "content.variants[0].text", Start: 6, End: 13, Args: map[string]string{"term": "gratuit"}},
		{Code: "TERM_FORBIDDEN", Severity: advocacy.Blocks, Field: "content.variants[1].text", Start: 0, End: 4, Args: map[string]string{"term": "free"}},
		{Code: "TERM_FORBIDDEN", Severity: advocacy.Blocks, Field: "content.media[0].alt_text", Start: 0, End: 4, Args: map[string]string{"term": "free"}},
	}
	if diff := cmp.Diff(want, check.Terms(x, c)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
