package network

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	jcs "github.com/cyberphone/json-canonicalization/go/src/webpki.org/jsoncanonicalizer"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// What every network finds in a content. All of them block.
const (
	// FindingLanguageMissing: nothing is written in the language; Args language.
	FindingLanguageMissing = "LANGUAGE_MISSING"
	// FindingTextEmpty: there is no text, no link and no picture.
	FindingTextEmpty = "TEXT_EMPTY"
	// FindingTextTooLong: more characters than the network shows; Args count, limit.
	FindingTextTooLong = "TEXT_TOO_LONG"
	// FindingLinkInvalid: the link is no http or https address.
	FindingLinkInvalid = "LINK_INVALID"
	// FindingTooManyPictures: more pictures than the network shows; Args count, limit.
	FindingTooManyPictures = "TOO_MANY_PICTURES"
	// FindingAltTextMissing: a picture has no words for those who do not see it.
	FindingAltTextMissing = "ALT_TEXT_MISSING"
)

// RenderPlain renders content for a network that shows text, link, pictures and
// disclosure each in its own place and adds nothing to the text. Nothing is cut off:
// what does not fit is a finding, so that what people sign is what they wrote. The words of a
// disclosure are those of the rules that are told by.
func RenderPlain(n advocacy.Network, c Capabilities, content advocacy.Content, language string, told Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	if language == "" {
		language = content.Language
	}
	written, spoken := content.TextFor(n, language)
	r := advocacy.Rendering{
		Network: n, Language: language, Text: CleanText(written), Link: CleanText(content.Link), Disclosure: content.Disclosure,
	}
	disclosed := told.Tell(content.Disclosure, n, "", language)
	r.DisclosureText = disclosed.Text
	if disclosed.Language != DisclosureLanguage(language) { // bytes from before there were other languages stay
		r.DisclosureLanguage = disclosed.Language
	}
	for _, m := range content.Media {
		r.Media = append(r.Media, cleanMedia(m))
	}
	if c.Cards && r.Link != "" { // guard: a card leads somewhere
		r.Card = cleanCard(content.Card)
	}
	shown := passage{written: written, text: r.Text, field: fieldOf(content, n, language, written)}
	found := textFindings(r, c, shown, spoken)
	found = append(found, mediaFindings(r, c, content.Media)...)
	return r, found
}

// cleanCard is a card as it will be shown: each of its texts on one line.
func cleanCard(c advocacy.Card) advocacy.RenderedCard {
	return advocacy.RenderedCard{
		Title: CleanLine(c.Title), Description: CleanLine(c.Description), Picture: cleanMedia(c.Picture),
	}
}

func cleanMedia(m advocacy.MediaRef) advocacy.RenderedMedia {
	m.AltText = CleanText(m.AltText)
	return m.Shown()
}

func textFindings(r advocacy.Rendering, c Capabilities, p passage, spoken bool) []advocacy.Finding {
	var found []advocacy.Finding
	if !spoken {
		found = append(found, blocking(r.Network, FindingLanguageMissing, p.field, map[string]string{"language": r.Language}))
	} else if Blank(r.Text) && r.Link == "" && len(r.Media) == 0 {
		found = append(found, blocking(r.Network, FindingTextEmpty, p.field, nil))
	}
	limit := measure.Limit{Unit: measure.Graphemes, Most: c.TextLimit}
	if count := limit.Of(r.Text); c.TextLimit > 0 && count.Exceeded() {
		f := blocking(r.Network, FindingTextTooLong, p.field, countArgs(count.Length, c.TextLimit))
		f.Start, f.End = p.span(count.Over)
		found = append(found, f)
	}
	if r.Link != "" && !WebAddress(r.Link) {
		found = append(found, blocking(r.Network, FindingLinkInvalid, "link", nil))
	}
	return found
}

// passage is a text as it was written in a field, and as it is shown.
type passage struct{ written, text, field string }

// span returns which part of the field's text a part of the shown text is, none when it
// was not written as it is shown.
func (p passage) span(s measure.Span) (start, end int) {
	before := strings.Index(p.written, p.text)
	start, end = max(s.Start, 0), min(s.End, len(p.text))
	if before < 0 || start >= end {
		return 0, 0
	}
	return before + start, before + end
}

func mediaFindings(r advocacy.Rendering, c Capabilities, media []advocacy.MediaRef) []advocacy.Finding {
	var found []advocacy.Finding
	if rule, known := measure.RuleOf(r.Network); known {
		found = fileFindings(rule, media)
	} else if len(r.Media) > c.MediaLimit {
		found = append(found, blocking(r.Network, FindingTooManyPictures, "media", countArgs(len(r.Media), c.MediaLimit)))
	}
	return append(found, undescribed(r, c)...)
}

// undescribed finds pictures without words for those who do not see them.
func undescribed(r advocacy.Rendering, c Capabilities) []advocacy.Finding {
	var found []advocacy.Finding
	for i, m := range r.Media {
		if c.AltTextRequired && Blank(m.AltText) {
			found = append(found, blocking(r.Network, FindingAltTextMissing, fmt.Sprintf("media[%d].alt_text", i), nil))
		}
	}
	return found
}

// fieldOf names the field the chosen text stands in.
func fieldOf(content advocacy.Content, n advocacy.Network, language, written string) string {
	for i, v := range content.Variants {
		ours := v.Alternative == "" && v.Account == "" && (v.Network == "" || v.Network == n)
		ours = ours && (v.Language == language || v.Language == "" && language == content.Language)
		if ours && v.Text == written {
			return fmt.Sprintf("variants[%d].text", i)
		}
	}
	return "text"
}

func blocking(n advocacy.Network, code, field string, args map[string]string) advocacy.Finding {
	return advocacy.Finding{Code: code, Severity: advocacy.Blocks, Field: field, Network: n, Args: args}
}

func countArgs(count, limit int) map[string]string {
	return map[string]string{"count": strconv.Itoa(count), "limit": strconv.Itoa(limit)}
}

// Canonical returns v as canonical JSON (RFC 8785), so that equal values have equal
// bytes.
func Canonical(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	data, err = jcs.Transform(data)
	if err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	return data, nil
}
