package advocacy_test

import (
	"errors"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestDisclosureRules(t *testing.T) {
	t.Parallel()
	const employee, advertising = advocacy.DisclosureEmployee, advocacy.DisclosureAdvertising
	rule := func(name string, d advocacy.Disclosure, countries ...string) advocacy.DisclosureRule {
		return advocacy.DisclosureRule{
			Rule: name, Source: "counsel", Disclosure: d, Countries: countries, Place: advocacy.DisclosedFirst,
			Words: map[string]string{"en": "Ad", "fr": "Publicité"},
		}
	}
	silent := rule("a", employee)
	silent.Words = map[string]string{"en": "Ad"}
	blind := rule("a", employee)
	blind.Source = " "
	for name, c := range map[string]struct {
		rules         []advocacy.DisclosureRule
		reason, field string
	}{
		"none":                  {nil, "", ""},
		"for all and for some":  {[]advocacy.DisclosureRule{rule("a", employee), rule("b", employee, "FR"), rule("c", employee, "DE", "AT")}, "", ""},
		"two disclosures":       {[]advocacy.DisclosureRule{rule("a", employee), rule("b", advertising)}, "", ""},
		"one name twice":        {[]advocacy.DisclosureRule{rule("a", employee), rule("a", advertising)}, "DISCLOSURE_RULE_DUPLICATE", "rules[1].rule"},
		"twice for all":         {[]advocacy.DisclosureRule{rule("a", employee), rule("b", employee)}, "DISCLOSURE_RULE_DUPLICATE", "rules[1].countries"},
		"twice for a country":   {[]advocacy.DisclosureRule{rule("a", employee, "DE"), rule("b", employee, "FR", "DE")}, "DISCLOSURE_RULE_DUPLICATE", "rules[1].countries[1]"},
		"no French words":       {[]advocacy.DisclosureRule{silent}, "DISCLOSURE_WORDS", "rules[0].words"},
		"no source":             {[]advocacy.DisclosureRule{blind}, "DISCLOSURE_SOURCE", "rules[0].source"},
		"nothing to be told":    {[]advocacy.DisclosureRule{rule("a", advocacy.DisclosureNone)}, "DISCLOSURE_INVALID", "rules[0].disclosure"},
		"no disclosure we know": {[]advocacy.DisclosureRule{rule("a", "cousin")}, "DISCLOSURE_INVALID", "rules[0].disclosure"},
	} {
		err := (&advocacy.DisclosureRevision{Rules: c.rules}).Guard()
		var refused *advocacy.Error
		if errors.As(err, &refused); c.reason == "" && err != nil || c.reason != "" && (refused == nil || refused.Reason != c.reason || refused.Field != "disclosure_table_revision."+c.field) {
			t.Errorf("%s: %v, want %q about %q", name, err, c.reason, c.field)
		}
	}
}
