package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestRuleOfAFinding: whoever is told of something is told what asks for it.
func TestRuleOfAFinding(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]advocacy.Finding{
		"lexicon/best":       {Code: advocacy.FoundForbidden, Args: map[string]string{advocacy.ArgTerm: "best"}},
		"lexicon/names":      {Code: "LOOKALIKE_NAME", Args: map[string]string{"own": "Acme"}},
		"disclosures/fr-ads": {Code: advocacy.FoundRetold, Network: "wall", Args: map[string]string{advocacy.ArgRule: "fr-ads"}},
		"networks/mastodon":  {Code: "TEXT_TOO_LONG", Network: "mastodon"},
		"workspace/sharing":  {Code: "SAME_TEXT_CROWDED", Network: "mastodon"},
		"registeredHandles":  {Code: "IMPOSTOR_NAMED", Args: map[string]string{"handle": "@acme"}},
		"item":               {Code: "NETWORK_NOT_ALLOWED", Network: "mastodon"},
		"service":            {Code: "BIDI_CONTROL"},
	} {
		if got := f.Rule(); got != want {
			t.Errorf("%s is asked for by %q, want %q", f.Code, got, want)
		}
	}
	if got := (advocacy.Finding{Code: "OWN_TEXT_REPEATED", Network: "wall"}).Rule(); got != "service" {
		t.Errorf("that somebody repeats himself is asked for by %q", got)
	}
}
