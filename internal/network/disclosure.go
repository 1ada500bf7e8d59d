package network

import (
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// disclosureWords are whole words a reader understands without knowing the custom: no
// abbreviation, no hashtag.
var disclosureWords = map[string]map[advocacy.Disclosure]string{
	"en": {
		advocacy.DisclosureEmployee:    "I work for this company.",
		advocacy.DisclosureAdvertising: "Advertising",
		advocacy.DisclosurePartnership: "Paid partnership",
	},
	"fr": {
		advocacy.DisclosureEmployee:    "Je travaille pour cette entreprise.",
		advocacy.DisclosureAdvertising: "Publicité",
		advocacy.DisclosurePartnership: "Partenariat rémunéré",
	},
}

// DisclosureLanguage returns the language the words of a disclosure are written in for
// a text in the language: its own when we have the words, English otherwise.
func DisclosureLanguage(language string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	if _, known := disclosureWords[primary]; known {
		return primary
	}
	return "en"
}

// DisclosureText returns the words that show a disclosure beside a text in the
// language, "" for none. They are part of what people sign.
func DisclosureText(d advocacy.Disclosure, language string) string {
	return disclosureWords[DisclosureLanguage(language)][d]
}
