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
	// Revision is that of the workspace's table the rule stands in, 0 for a built-in rule.
	Revision int
}

//go:embed disclosures.yaml
var disclosureTable []byte

var builtIn = sync.OnceValue(func() []advocacy.DisclosureRule {
	var table struct {
		Rules []advocacy.DisclosureRule `yaml:"rules"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(disclosureTable))
	decoder.KnownFields(true)
	if err := decoder.Decode(&table); err != nil {
		panic(fmt.Sprintf("disclosures.yaml, which is part of the program: %v", err))
	}
	return table.Rules
})

// BuiltInDisclosures are the rules that hold for what a workspace's own do not name, in the order in
// which they are looked at.
func BuiltInDisclosures() []advocacy.DisclosureRule { return slices.Clone(builtIn()) }

// Disclosures are the rules readers are told by: a workspace's own, and behind them the
// built-in ones for whatever those do not name. The zero value has the built-in ones alone.
// They never change, so they may be used concurrently.
type Disclosures struct {
	// own holds those that name countries before those that are for all.
	own      []advocacy.DisclosureRule
	revision int
	required bool
	// country is the author's, "" where that is not known or does not count.
	country string
}

// Of returns the rules as they hold for an author in a country, "" for one who is nowhere.
func (t Disclosures) Of(country string) Disclosures {
	t.country = country
	return t
}

// Required tells whether who writes about the company has to choose a disclosure.
func (t Disclosures) Required() bool { return t.required }

// NewDisclosures returns a workspace's rules with the built-in ones behind them.
func NewDisclosures(r *advocacy.DisclosureRevision) Disclosures {
	own := slices.Clone(r.Rules)
	slices.SortStableFunc(own, func(a, b advocacy.DisclosureRule) int { return min(len(b.Countries), 1) - min(len(a.Countries), 1) })
	return Disclosures{own: own, revision: r.Number, required: r.Required}
}

// DisclosureLanguage returns the language in which the built-in rules tell a disclosure
// beside a text in the language: its own when they have the words, English otherwise.
func DisclosureLanguage(language string) string {
	rule, _ := ruleFor(builtIn(), advocacy.DisclosureEmployee, "")
	return spokenBy(rule, language)
}

// spokenBy is the language of a rule's words for a text in a language.
func spokenBy(rule advocacy.DisclosureRule, language string) string {
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	if rule.Words[primary] != "" {
		return primary
	}
	return "en"
}

// Tell says how a disclosure is told on a network beside a text in a language, by an author
// in a country. Without a country it is the author's the rules are of. Where the language is
// written for another country, as in "fr-FR", what either asks for is met; where no country is
// known it is nobody's: a rule that is for all.
func (t Disclosures) Tell(d advocacy.Disclosure, n advocacy.Network, country, language string) Disclosed {
	if d == advocacy.DisclosureNone {
		return Disclosed{}
	}
	if country == "" {
		country = t.country
	}
	readers := regionOf(language)
	if country == "" {
		country = readers
	}
	network, known := measure.RuleOf(n)
	ownPlace := !known || network.OwnDisclosure
	by, found := t.tellingIn(d, country, language, ownPlace)
	if !found {
		return Disclosed{}
	}
	if other, known := t.tellingIn(d, readers, language, ownPlace); readers != "" && known { // guard: the law of the readers, too
		by = by.with(other)
	}
	out := by.Disclosed
	switch {
	case ownPlace:
		out.Place = PlaceOwn
	case by.first, network.Folds:
		out.Place = PlaceFirst
	default:
		out.Place = PlaceLast
	}
	if out.Field = FieldOf(n, d); out.Field == "" {
		return out
	}
	if !by.beside { // guard: the words a law wants stay
		out.Place, out.Text = PlaceField, ""
	}
	return out
}

// FieldOf is the network's own field that marks a post with a disclosure as paid, "" where it has
// none, and for what is not paid.
func FieldOf(n advocacy.Network, d advocacy.Disclosure) string {
	if d == advocacy.DisclosureNone || d == advocacy.DisclosureEmployee {
		return ""
	}
	rule, _ := measure.RuleOf(n)
	return rule.Paid
}

// telling is what a rule wants said beside a text, wherever that is shown.
type telling struct {
	Disclosed
	first, beside bool
	// named: the rule names the country.
	named bool
}

func (t Disclosures) tellingIn(d advocacy.Disclosure, country, language string, ownPlace bool) (telling, bool) {
	rule, revision, found := t.ruleFor(d, country, ownPlace)
	spoken := spokenBy(rule, language)
	return telling{
		Disclosed: Disclosed{Text: rule.Words[spoken], Language: spoken, Rule: rule.Rule, Source: rule.Source, Revision: revision},
		first:     rule.Place == advocacy.DisclosedFirst, beside: rule.Beside, named: len(rule.Countries) > 0,
	}, found
}

// with is a telling with which another is told as well. A rule that names its country is told
// in the place of one that is for all; of two that do, each has its words and its name.
func (t telling) with(o telling) telling {
	if o.named && !t.named {
		t, o = o, t
	}
	first, beside := t.first || o.first, t.beside || o.beside // guard: no country gets less than its law wants
	if t.named && o.named && t.Rule != o.Rule {
		t.Rule, t.Source = t.Rule+" + "+o.Rule, t.Source+"; "+o.Source
		t.Revision = max(t.Revision, o.Revision)
		if !strings.EqualFold(t.Text, o.Text) {
			t.Text += " · " + o.Text
		}
	}
	t.first, t.beside = first, beside
	return t
}

// ruleFor finds the rule by which readers are told, and the revision it stands in: the
// workspace's, else a built-in one. A network with a place of its own shows the words of the
// built-in rule that is for all, which people have signed before there were others.
func (t Disclosures) ruleFor(d advocacy.Disclosure, country string, ownPlace bool) (advocacy.DisclosureRule, int, bool) {
	house, found := ruleFor(builtIn(), d, country)
	if own, named := ruleFor(t.own, d, country); named {
		own.Beside = own.Beside || house.Beside // guard: no workspace takes away the words a law wants
		return own, t.revision, true
	}
	if ownPlace { // guard: what people signed keeps its words
		house, found = ruleFor(builtIn(), d, "")
	}
	return house, 0, found
}

func ruleFor(rules []advocacy.DisclosureRule, d advocacy.Disclosure, country string) (advocacy.DisclosureRule, bool) {
	for _, r := range rules {
		if r.Disclosure == d && (len(r.Countries) == 0 || slices.Contains(r.Countries, strings.ToUpper(country))) {
			return r, true
		}
	}
	return advocacy.DisclosureRule{}, false
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
