package network

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// Place is where a reader is told of a disclosure.
type Place string

const (
	// PlaceNone: there is nothing to tell.
	PlaceNone Place = ""
	// PlaceOwn: beside the text, where the network shows disclosures.
	PlaceOwn Place = "own"
	// PlaceField: the network says it in its own words, for a field that is set.
	PlaceField Place = "field"
	// PlaceFirst: on a line of its own before the text.
	PlaceFirst Place = "first"
	// PlaceLast: on a line of its own after the text.
	PlaceLast Place = "last"
)

// Disclosed is how a disclosure is told on a network, and by which rule.
type Disclosed struct {
	Place Place
	// Text is the words that are shown; "" when the network has its own.
	Text string
	// Language is the one the words are in.
	Language string
	// Field is the network's own that is set, "" for none.
	Field string
	// Rule names the rule the words and their place come from; Source is where it is found.
	Rule   string
	Source string
}

// disclosureRule is a row of the table.
type disclosureRule struct {
	Rule       string              `yaml:"rule"`
	Source     string              `yaml:"source"`
	Countries  []string            `yaml:"countries"`
	Disclosure advocacy.Disclosure `yaml:"disclosure"`
	// Words are whole words a reader understands without knowing the custom: no hashtag.
	Words  map[string]string `yaml:"words"`
	Place  string            `yaml:"place"`
	Beside bool              `yaml:"beside"`
}

//go:embed disclosures.yaml
var disclosureTable []byte

var disclosureRules = sync.OnceValue(func() []disclosureRule {
	var table struct {
		Rules []disclosureRule `yaml:"rules"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(disclosureTable))
	decoder.KnownFields(true)
	if err := decoder.Decode(&table); err != nil {
		panic(fmt.Sprintf("disclosures.yaml, which is part of the program: %v", err))
	}
	return table.Rules
})

// DisclosureLanguage returns the language the words of a disclosure are written in for
// a text in the language: its own when we have the words, English otherwise.
func DisclosureLanguage(language string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	if rule, _ := ruleFor(advocacy.DisclosureEmployee, ""); rule.Words[primary] != "" {
		return primary
	}
	return "en"
}

// DisclosureText returns the words that show a disclosure beside a text in the
// language, "" for none, by the rule of the house. They are part of what people sign.
func DisclosureText(d advocacy.Disclosure, language string) string {
	rule, _ := ruleFor(d, "")
	return rule.Words[DisclosureLanguage(language)]
}

// Disclose says how a disclosure is told on a network to readers in a country, beside a
// text in a language. Without a country it is the one the language is written for, as in
// "fr-FR", and else nobody's: the rule of the house.
func Disclose(d advocacy.Disclosure, n advocacy.Network, country, language string) Disclosed {
	if d == advocacy.DisclosureNone {
		return Disclosed{}
	}
	network, known := measure.RuleOf(n)
	if !known || network.OwnDisclosure { // guard: what people signed keeps its words
		country = ""
	} else if country == "" {
		country = regionOf(language)
	}
	rule, found := ruleFor(d, country)
	if !found {
		return Disclosed{}
	}
	spoken := DisclosureLanguage(language)
	out := Disclosed{Text: rule.Words[spoken], Language: spoken, Rule: rule.Rule, Source: rule.Source, Place: PlaceLast}
	switch {
	case !known || network.OwnDisclosure:
		out.Place = PlaceOwn
	case rule.Place == "first", network.Folds:
		out.Place = PlaceFirst
	}
	if network.Paid == "" || d == advocacy.DisclosureEmployee {
		return out
	}
	out.Field = network.Paid
	if !rule.Beside { // guard: the words a law wants stay
		out.Place, out.Text = PlaceField, ""
	}
	return out
}

func ruleFor(d advocacy.Disclosure, country string) (disclosureRule, bool) {
	for _, r := range disclosureRules() {
		if r.Disclosure == d && (len(r.Countries) == 0 || slices.Contains(r.Countries, strings.ToUpper(country))) {
			return r, true
		}
	}
	return disclosureRule{}, false
}

// regionOf returns the country a language tag names, "" when it names none.
func regionOf(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	if region, confidence := parsed.Region(); confidence == language.Exact {
		return region.String()
	}
	return ""
}
