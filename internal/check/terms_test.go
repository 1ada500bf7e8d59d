package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// TestTerms: no field is a way around, and each is read in its own language. What is found
// says why it is watched for and who has to look.
func TestTerms(t *testing.T) {
	t.Parallel()
	x := ready(t, []advocacy.Term{
		{Text: "free", Language: "en", Grade: advocacy.GradeForbidden, Reason: "Nothing is."},
		{Text: "gratuit", Language: "fr", Grade: advocacy.GradeRestricted, Role: advocacy.RoleLegal, Reason: "Rien ne l’est."},
	}, nil)
	c := advocacy.Content{
		Language: "en", Text: "It is free", Media: []advocacy.MediaRef{{AltText: "FREE"}},
		Variants: []advocacy.Variant{{Language: "fr", Text: "free, gratuit"}, {Network: "wall", Text: "free"}},
	}
	forbidden := func(field string, start, end int) advocacy.Finding {
		return advocacy.Finding{
			Code: "TERM_FORBIDDEN", Severity: advocacy.Blocks, Field: field, Start: start, End: end,
			Args: map[string]string{"term": "free", "reason": "Nothing is."},
		}
	}
	want := []advocacy.Finding{
		forbidden("content.text", 6, 10),
		{
			Code: "TERM_RESTRICTED", Severity: advocacy.NeedsReview, Field: "content.variants[0].text", Start: 6, End: 13,
			Args: map[string]string{"term": "gratuit", "reason": "Rien ne l’est.", "role": "approver:legal"},
		},
		forbidden("content.variants[1].text", 0, 4),
		forbidden("content.media[0].alt_text", 0, 4),
	}
	if diff := cmp.Diff(want, x.Find(c)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if found := (*check.Lexicon)(nil).Find(c); found != nil {
		t.Errorf("without a lexicon: %+v", found)
	}
}

// TestLexiconRefuses: what could never be found, and what is no domain.
func TestLexiconRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		terms         []advocacy.Term
		own, names    []string
		reason, field string
	}{
		"a letter":         {[]advocacy.Term{{Text: "a", Grade: advocacy.GradeForbidden}}, nil, nil, "TERM_INVALID", "terms[0].text"},
		"no grade":         {[]advocacy.Term{{Text: "free"}}, nil, nil, "TERM_INVALID", "terms[0].grade"},
		"an address":       {nil, []string{"example.com", "https://example.com"}, nil, "DOMAIN_INVALID", "own_domains[1]"},
		"a word":           {nil, []string{"example"}, nil, "DOMAIN_INVALID", "own_domains[0]"},
		"several domains":  {nil, []string{"example.com example.org"}, nil, "DOMAIN_INVALID", "own_domains[0]"},
		"nothing":          {nil, []string{""}, nil, "DOMAIN_INVALID", "own_domains[0]"},
		"a domain and dot": {nil, []string{"example.com."}, nil, "DOMAIN_INVALID", "own_domains[0]"},
		"two letters":      {nil, nil, []string{"Acme", "A-B"}, "OWN_NAME_INVALID", "own_names[1]"},
		"no letters":       {nil, nil, []string{"***"}, "OWN_NAME_INVALID", "own_names[0]"},
		"a hidden space":   {nil, nil, []string{"Ac\u200bme"}, "OWN_NAME_INVALID", "own_names[0]"},
	} {
		_, err := check.NewLexicon(c.terms, c.own, c.names)
		e, ok := check.Below("lexicon_revision", err).(*advocacy.Error)
		if !ok || e.Reason != c.reason || e.Field != "lexicon_revision."+c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}
