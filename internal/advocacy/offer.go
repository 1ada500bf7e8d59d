package advocacy

import (
	"slices"
	"strings"
)

// Offer is a place a library item has words for: a network it may go to, and a language it is
// written in there, as BCP 47 has it.
type Offer struct {
	Network  Network
	Language string
}

// Offers lists what the manifest of an item offers, under whichever alternative: each place
// once, in the order of the targets.
func (m Manifest) Offers() []Offer {
	var found []Offer
	for _, t := range m.Targets {
		o := Offer{t.Rendering.Network, t.Rendering.Language}
		if !slices.Contains(found, o) {
			found = append(found, o)
		}
	}
	return found
}

// maximumRanges is how many parts of a language tag it is found by, and by the whole of it:
// far more than a tag that says something has.
const maximumRanges = 6

// LanguageRange writes what asks for a language as it is compared: a range of RFC 4647, basic
// filtering.
func LanguageRange(tag string) string { return strings.ToLower(tag) }

// LanguageRanges lists the ranges that a language is found by: "fr" and "fr-ca" find "fr-CA".
func LanguageRanges(tag string) []string {
	tag = LanguageRange(tag)
	var found []string
	for i, r := range tag {
		if r == '-' && len(found) < maximumRanges {
			found = append(found, tag[:i])
		}
	}
	return append(found, tag)
}

// Meets tells whether the offer is one for the network and in the language of a range, where
// empty is any.
func (o Offer) Meets(n Network, language string) bool {
	return (n == "" || n == o.Network) && (language == "" || slices.Contains(LanguageRanges(o.Language), LanguageRange(language)))
}
