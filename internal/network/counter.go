package network

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// What a network's own rule finds. All of them block, but for hashtags that are only
// advised against.
const (
	// FindingTextTooManyBytes: more bytes than the network takes; Args count, limit.
	FindingTextTooManyBytes = "TEXT_TOO_MANY_BYTES"
	// FindingTooManyHashtags and the three after it: more than the network takes in one
	// text; Args count, limit.
	FindingTooManyHashtags = "TOO_MANY_HASHTAGS"
	FindingTooManyMentions = "TOO_MANY_MENTIONS"
	FindingTooManyLinks    = "TOO_MANY_LINKS"
	FindingTooManyCashtags = "TOO_MANY_CASHTAGS"
	// FindingCharacterRefused: a character for which the network refuses the text.
	FindingCharacterRefused = "CHARACTER_REFUSED"
	// FindingAltTextTooLong: a picture has more words than the network takes; Args count,
	// limit.
	FindingAltTextTooLong = "ALT_TEXT_TOO_LONG"
)

// Counter is how much of one limit of a network a content takes.
type Counter struct {
	Network advocacy.Network
	Unit    measure.Unit
	// Length is that of all the network would show as text, of which the disclosure and
	// the link take Reserved.
	Length, Reserved, Limit int
	// Start and End are the bytes of the field's text that are too much, equal when there
	// are none.
	Field      string
	Start, End int
}

// Measured is what a network's own rule says of a content.
type Measured struct {
	Counters  []Counter
	Disclosed Disclosed
	Findings  []advocacy.Finding
}

// RuleOf is what a network says about a text and files, an empty rule of one nobody knows.
func RuleOf(n advocacy.Network) measure.Rule {
	rule, _ := measure.RuleOf(n)
	return rule
}

// Measure measures the content in a language by a network's own rule, whether or not this
// service publishes there. It is false for a network whose rule is not known.
func Measure(n advocacy.Network, content advocacy.Content, language string, told Disclosures) (Measured, bool) {
	rule, known := measure.RuleOf(n)
	if !known {
		return Measured{}, false
	}
	return MeasureBy(rule, content, language, told), true
}

// MeasureBy measures the content in a language by a rule.
func MeasureBy(rule measure.Rule, content advocacy.Content, language string, told Disclosures) Measured {
	n, t := rule.Network, takenOf(rule, content, language, told)
	m := Measured{Disclosed: t.disclosed}
	for _, c := range rule.Count(t.whole) {
		start, end := t.span(c.Over)
		m.Counters = append(m.Counters, Counter{
			Network: n, Unit: c.Unit, Length: c.Length, Reserved: c.Length - c.Limit.Of(t.text).Length, Limit: c.Most,
			Field: t.field, Start: start, End: end,
		})
	}
	if !t.spoken {
		m.Findings = append(m.Findings, blocking(n, FindingLanguageMissing, t.field, map[string]string{"language": t.language}))
	}
	for _, p := range rule.Check(t.whole) { // guard: what the network would refuse after people signed it
		m.Findings = append(m.Findings, t.finding(p))
	}
	m.Findings = append(m.Findings, mediaRuleFindings(rule, content.Media)...)
	return m
}

// taken is a text, and what a network would be given for it.
type taken struct {
	passage
	rule      measure.Rule
	disclosed Disclosed
	language  string
	// spoken: something is written in the language.
	spoken bool
	// whole is the text with what is added to it; the text begins at start.
	whole string
	start int
	// link is what has a place of its own, and so is the card.
	link string
	card advocacy.RenderedCard
}

// takenOf is what the network of a rule would be given for the content in a language.
func takenOf(rule measure.Rule, content advocacy.Content, language string, told Disclosures) taken {
	n := rule.Network
	if language == "" {
		language = content.Language
	}
	written, spoken := content.TextFor(n, language)
	t := taken{
		passage: passage{written, CleanText(written), fieldOf(content, n, language, written)},
		rule:    rule, disclosed: told.Tell(content.Disclosure, n, "", language), language: language, spoken: spoken,
	}
	link, card := CleanText(content.Link), cleanCard(content.Card)
	if rule.Linked(!Blank(card.Title), len(content.Media) > 0) { // guard: a link that has no place of its own is in what people sign
		t.compose(link)
		return t
	}
	t.compose("")
	if rule.CardAlone && link != "" {
		t.link, t.card = link, card
	}
	return t
}

// compose adds the words of the disclosure where they have no place of their own, and the link, each apart by an empty line. A link that stands in the text is not repeated.
func (t *taken) compose(link string) {
	d := t.disclosed
	var lines []string
	add := func(line string) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if d.Place == PlaceFirst {
		add(d.Text)
	}
	if len(lines) > 0 && t.text != "" {
		t.start = len(lines[0]) + len(gap)
	}
	add(t.text)
	if !holdsLink(t.text, link) {
		add(link)
	}
	if d.Place == PlaceLast { // guard: what readers must be told takes its length
		add(d.Text)
	}
	t.whole = strings.Join(lines, gap)
}

// holdsLink tells whether a link stands in a text as a word of its own: one that only begins
// like it leads elsewhere.
func holdsLink(text, link string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool {
		return strings.TrimRight(strings.TrimLeft(word, "(<«“\"'"), ".,;:!?)>»”\"'…") == link || word == link
	})
}

const gap = "\n\n"

// span returns which part of the field's text a part of the whole is.
func (t *taken) span(s measure.Span) (start, end int) {
	return t.passage.span(measure.Span{Start: s.Start - t.start, End: s.End - t.start})
}

func (t *taken) finding(p measure.Problem) advocacy.Finding {
	f := blocking(t.rule.Network, codeOf(p.Kind), t.field, countArgs(p.Count, p.Most))
	f.Start, f.End = t.span(p.Span)
	if !p.Blocks {
		f.Severity = advocacy.Advice
	}
	return f
}

func codeOf(k measure.ProblemKind) string {
	switch k {
	case measure.TooManyBytes:
		return FindingTextTooManyBytes
	case measure.TooManyHashtags:
		return FindingTooManyHashtags
	case measure.TooManyMentions:
		return FindingTooManyMentions
	case measure.TooManyLinks:
		return FindingTooManyLinks
	case measure.TooManyCashtags:
		return FindingTooManyCashtags
	case measure.RefusedCharacter:
		return FindingCharacterRefused
	default:
		return FindingTextTooLong
	}
}

func mediaRuleFindings(rule measure.Rule, media []advocacy.MediaRef) []advocacy.Finding {
	found := fileFindings(rule, media)
	for i, m := range media {
		if count := utf8.RuneCountInString(CleanText(m.AltText)); rule.AltText > 0 && count > rule.AltText {
			found = append(found, blocking(rule.Network, FindingAltTextTooLong, fmt.Sprintf("media[%d].alt_text", i), countArgs(count, rule.AltText)))
		}
	}
	return found
}
