package check

import (
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// eachOfCard calls see with every text of a card, and its field below the card.
func eachOfCard(c advocacy.Card, see func(field, text string)) {
	if c.None() {
		return
	}
	see("title", c.Title)
	see("description", c.Description)
	see("picture.alt_text", c.Picture.AltText)
}

func refuseCard(prefix string, c advocacy.Card, lang string) error {
	var err error
	eachOfCard(c, func(field, text string) {
		if err == nil {
			err = refuseText(prefix+"."+field, text, lang)
		}
	})
	return err
}

// Showable is a text that somebody else wrote, without what Refuse would refuse of it in any
// language.
func Showable(text string) string {
	return strings.Map(func(r rune) rune {
		if refuseText("", string(r), "") != nil {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// cardFindings are what is wrong with a card as a whole: it leads nowhere, it says nothing, or
// it names another site than the one it leads to.
func cardFindings(c advocacy.Content) []advocacy.Finding {
	if c.Card.None() {
		return nil
	}
	var out []advocacy.Finding
	if c.Link == "" {
		out = append(out, advocacy.Finding{Code: "CARD_WITHOUT_LINK", Severity: advocacy.Blocks, Field: "content.card"})
	}
	if strings.TrimSpace(c.Card.Title) == "" {
		out = append(out, advocacy.Finding{Code: "CARD_TITLE_MISSING", Severity: advocacy.Blocks, Field: "content.card.title"})
	}
	u, err := url.Parse(c.Link)
	if c.Link == "" || err != nil {
		return out
	}
	eachOfCard(c.Card, func(field, text string) {
		for _, h := range hostsIn(text) {
			if of := siteOf(h.name); of != "" && of != siteOf(u.Hostname()) { // guard: a card names the site it leads to
				out = append(out, advocacy.Finding{
					Code: "CARD_OTHER_HOST", Severity: advocacy.NeedsReview, Field: "content.card." + field,
					Start: h.start, End: h.end, Args: map[string]string{"host": spelled(h.name), "link": spelled(u.Hostname())},
				})
			}
		}
	})
	return out
}

// siteOf is the domain that somebody registered which the name of a host is or lies in, empty
// for what has a dot in it and is no host, such as the name of a file.
func siteOf(name string) string {
	name = canonicalHost(name)
	if suffix, known := publicsuffix.PublicSuffix(name); !known && !strings.Contains(suffix, ".") {
		return ""
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return ""
	}
	return site
}
