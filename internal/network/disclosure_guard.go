package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// wordsLimit is the longest a disclosure may be, in characters a reader sees.
const wordsLimit = 200

// GuardDisclosures refuses rules that readers could not be told by: with the name of a
// built-in rule, a country or a language there is none of, or words that say nothing. The
// field of the error is below the table.
func GuardDisclosures(rules []advocacy.DisclosureRule) error {
	for i, rule := range rules {
		field := fmt.Sprintf("rules[%d]", i)
		if slices.ContainsFunc(builtIn(), func(b advocacy.DisclosureRule) bool { return b.Rule == rule.Rule }) { // guard: a record names one rule
			return advocacy.InvalidField(field+".rule", "DISCLOSURE_RULE_NAME", "%q is the name of a built-in rule", rule.Rule)
		}
		for j, country := range rule.Countries {
			if region, err := language.ParseRegion(country); err != nil || !region.IsCountry() || region.String() != country {
				return advocacy.InvalidField(fmt.Sprintf("%s.countries[%d]", field, j), "COUNTRY_INVALID", "%q is no country of ISO 3166-1", country)
			}
		}
		for _, spoken := range slices.Sorted(maps.Keys(rule.Words)) {
			if err := guardWords(field+".words."+spoken, spoken, rule.Words[spoken]); err != nil {
				return err
			}
		}
	}
	return nil
}

func guardWords(field, spoken, words string) error {
	if base, err := language.ParseBase(spoken); err != nil || base.String() != spoken {
		return advocacy.InvalidField(field, "LANGUAGE_INVALID", "%q is no language, by the primary part of its tag", spoken)
	}
	switch {
	case CleanLine(words) != words:
		return advocacy.InvalidField(field, "DISCLOSURE_WORDS", "the words in %q are not on one line, or have space around them", spoken)
	case Graphemes(words) > wordsLimit:
		return advocacy.InvalidField(field, "DISCLOSURE_WORDS", "the words in %q have more than %d characters", spoken, wordsLimit)
	case !strings.ContainsFunc(withoutHashtags(words), unicode.IsLetter): // guard: a hashtag alone tells nobody
		return advocacy.InvalidField(field, "DISCLOSURE_WORDS", "the words in %q are no more than a hashtag", spoken)
	}
	return nil
}

func withoutHashtags(text string) string {
	var out strings.Builder
	from := 0
	for _, s := range measure.Hashtags(text) {
		out.WriteString(text[from:s.Start])
		from = s.End
	}
	out.WriteString(text[from:])
	return out.String()
}
