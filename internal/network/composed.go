package network

import (
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// RenderInText renders content for a network that shows text and media and at most a card: the
// words of a disclosure, and a link without a place of its own, stand in the text, each apart by
// an empty line, and take its length by the network's own rule. Nothing is cut off: what does not
// fit is a finding.
func RenderInText(n advocacy.Network, c Capabilities, content advocacy.Content, language string, told Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	rule, known := measure.RuleOf(n)
	if !known {
		panic(fmt.Sprintf("network: %s has no rule to write its text by", n))
	}
	t, measured := takenOf(rule, content, language, told), MeasureBy(rule, content, language, told)
	r := advocacy.Rendering{Network: n, Language: t.language, Text: t.whole, Link: t.link, Card: t.card, Disclosure: content.Disclosure}
	for _, m := range content.Media {
		r.Media = append(r.Media, cleanMedia(m))
	}
	link := CleanText(content.Link)
	found := measured.Findings
	if t.spoken && Blank(t.text) && link == "" && len(r.Media) == 0 {
		found = append(found, blocking(n, FindingTextEmpty, t.field, nil))
	}
	if link != "" && !WebAddress(link) { // guard: what is no address of the web is shown as one
		found = append(found, blocking(n, FindingLinkInvalid, "link", nil))
	}
	return r, append(found, undescribed(r, c)...)
}
