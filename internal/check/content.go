package check

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// Refuse returns an error for content that can never be shown honestly: bytes that are
// no text, control and bidirectional override characters, an address that is none.
func Refuse(prefix string, c advocacy.Content) error {
	if err := RefuseLanguage(prefix+".language", c.Language); err != nil {
		return err
	}
	if err := refuseText(prefix+".text", c.Text, c.Language); err != nil {
		return err
	}
	for i, v := range c.Variants {
		spoken := v.Language
		if spoken == "" {
			spoken = c.Language
		}
		if err := RefuseLanguage(fmt.Sprintf("%s.variants[%d].language", prefix, i), spoken); err != nil {
			return err
		}
		if err := refuseText(fmt.Sprintf("%s.variants[%d].text", prefix, i), v.Text, spoken); err != nil {
			return err
		}
	}
	for i, m := range c.Media {
		if err := refuseText(fmt.Sprintf("%s.media[%d].alt_text", prefix, i), m.AltText, c.Language); err != nil {
			return err
		}
	}
	if err := refuseCard(prefix+".card", c.Card, c.Language); err != nil {
		return err
	}
	if err := refuseLink(prefix+".link", c.Link); err != nil {
		return err
	}
	return refuseRepeated(prefix, c)
}

// refuseRepeated returns an error for a text in a place that has another one already: only one
// of them could be shown.
func refuseRepeated(prefix string, c advocacy.Content) error {
	taken := make(map[advocacy.Variant]bool)
	for i, v := range c.Variants {
		field := fmt.Sprintf("%s.variants[%d]", prefix, i)
		place := v
		place.Text = ""
		switch {
		case v.Account != "" && (v.Network != "" || v.Alternative != ""):
			return advocacy.InvalidField(field+".social_account", "VARIANT_PLACE", "a text for one account names no network and is no alternative")
		case v.Account != "":
			place.Language = ""
		case v.Language == "":
			place.Language = c.Language
		}
		if taken[place] {
			return advocacy.InvalidField(field, "VARIANT_REPEATED", "there is another text for the same place and language; keep one of them")
		}
		taken[place] = true
	}
	return nil
}

// RefuseLine returns an error for a name or a reason with characters nobody sees.
func RefuseLine(field, text string) error { return refuseText(field, text, "") }

// RefuseLink returns an error for what is no address of the web, or hides something.
func RefuseLink(field, link string) error { return refuseLink(field, link) }

// RefuseLanguage refuses what is no language.
func RefuseLanguage(field, tag string) error {
	if _, err := language.Parse(tag); err != nil {
		return advocacy.InvalidField(field, "LANGUAGE_INVALID", "%q is no BCP 47 language tag", tag)
	}
	return nil
}

func refuseText(field, text, lang string) error {
	if !utf8.ValidString(text) {
		return advocacy.InvalidField(field, "INVALID_UTF8", "the text is not valid UTF-8")
	}
	for i, r := range text {
		switch {
		case r == '\n' || r == '\t':
		case r == '\r':
			return advocacy.InvalidField(field, "CONTROL_CHARACTER", "use a line feed alone to end a line (carriage return at byte %d)", i)
		case unicode.IsControl(r): // guard: no control characters
			return advocacy.InvalidField(field, "CONTROL_CHARACTER", "remove the control character %U at byte %d", r, i)
		case bidiOverride(r): // guard: what is signed reads as it is
			return advocacy.InvalidField(field, "BIDI_CONTROL", "remove the bidirectional control %U at byte %d: it can make text read differently from what is signed", r, i)
		case bidiMark(r) && !RightToLeft(lang): // guard: no direction marks where none are needed
			return advocacy.InvalidField(field, "BIDI_CONTROL", "remove the direction mark %U at byte %d: the language %q is not written from right to left", r, i, lang)
		}
	}
	return nil
}

// Typed is what somebody is typing, and what of it could not be kept: characters, which are exchanged
// for others of the same length, so that everything else can be looked at where it stands, and a
// link that is none yet, which is left out.
func Typed(c advocacy.Content) (advocacy.Content, []advocacy.Finding) {
	var out []advocacy.Finding
	c.Variants, c.Media = slices.Clone(c.Variants), slices.Clone(c.Media)
	see := func(field string, text *string, lang string) {
		found := unkept(field, *text, lang)
		out = append(out, found...)
		typed := []byte(*text)
		for _, f := range found {
			copy(typed[f.Start:f.End], standIns[f.End-f.Start])
		}
		*text = string(typed)
	}
	see("content.text", &c.Text, c.Language)
	for i := range c.Variants {
		see(fmt.Sprintf("content.variants[%d].text", i), &c.Variants[i].Text, cmp.Or(c.Variants[i].Language, c.Language))
	}
	for i := range c.Media {
		see(fmt.Sprintf("content.media[%d].alt_text", i), &c.Media[i].AltText, c.Language)
	}
	see("content.card.title", &c.Card.Title, c.Language)
	see("content.card.description", &c.Card.Description, c.Language)
	see("content.card.picture.alt_text", &c.Card.Picture.AltText, c.Language)
	if advocacy.ReasonOf(refuseLink("content.link", c.Link)) == "LINK_INVALID" {
		c.Link = "" // what is not written to its end leads nowhere yet
		out = append(out, advocacy.Finding{Code: "LINK_INVALID", Severity: advocacy.Blocks, Field: "content.link"})
	}
	return c, out
}

// standIns are characters of one, two and three bytes in which nobody sees anything.
var standIns = [...]string{1: " ", 2: "\u00a0", 3: "\ufffd"}

// unkept finds the characters that Refuse refuses.
func unkept(field, text, lang string) []advocacy.Finding {
	var out []advocacy.Finding
	for i, r := range text {
		if r >= ' ' && r < unicode.MaxASCII {
			continue
		}
		end := i + utf8.RuneLen(r)
		switch advocacy.ReasonOf(refuseText("", string(r), lang)) {
		case "CONTROL_CHARACTER":
			out = append(out, advocacy.Finding{Code: "CONTROL_CHARACTER", Severity: advocacy.Blocks, Field: field, Start: i, End: end})
		case "BIDI_CONTROL":
			out = append(out, advocacy.Finding{Code: "BIDI_CONTROL", Severity: advocacy.Blocks, Field: field, Start: i, End: end})
		}
	}
	return out
}

// bidiOverride: embeddings, overrides and isolates (CVE-2021-42574).
func bidiOverride(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

func bidiMark(r rune) bool { return r == 0x200E || r == 0x200F || r == 0x061C }

// RightToLeft tells whether a language is written from right to left by default.
func RightToLeft(lang string) bool {
	tag, err := language.Parse(lang)
	if err != nil {
		return false
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg":
		return true
	default:
		return false
	}
}

func refuseLink(field, link string) error {
	if link == "" {
		return nil
	}
	if !utf8.ValidString(link) {
		return advocacy.InvalidField(field, "INVALID_UTF8", "the link is not valid UTF-8")
	}
	u, err := url.Parse(link)
	switch {
	case err != nil, u.Hostname() == "", u.Scheme != "https" && u.Scheme != "http", u.Opaque != "":
		return advocacy.InvalidField(field, "LINK_INVALID", "the link must be an absolute address that begins with https:// or http://")
	case u.User != nil: // guard: no passwords in links
		return advocacy.InvalidField(field, "LINK_INVALID", "the link must not carry a user name or a password")
	case strings.ContainsFunc(link, unseen): // guard: no unseen characters in links
		return advocacy.InvalidField(field, "LINK_INVALID", "the link must not contain spaces or invisible characters")
	}
	return nil
}

// unseen finds what an address never needs: spaces, controls, and everything Unicode
// calls a format character, which the directions and joiners are.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || glyph.Invisible(r)
}

// Content returns what a person should look at, whichever network shows it, and the
// secrets that stop a submit.
func Content(c advocacy.Content) []advocacy.Finding {
	var out []advocacy.Finding
	eachText(c, func(field, text, lang string) {
		out = append(out, hidden(field, text)...)
		out = append(out, private(field, text)...)
		out = append(out, foreign(field, text, lang)...)
	})
	out = append(out, cardFindings(c)...)
	return append(out, linkFindings(c.Link)...)
}

// eachText calls see with every text of the content, its field and its language.
func eachText(c advocacy.Content, see func(field, text, lang string)) {
	see("content.text", c.Text, c.Language)
	for i, v := range c.Variants {
		spoken := v.Language
		if spoken == "" {
			spoken = c.Language
		}
		see(fmt.Sprintf("content.variants[%d].text", i), v.Text, spoken)
	}
	for i, m := range c.Media {
		see(fmt.Sprintf("content.media[%d].alt_text", i), m.AltText, c.Language)
	}
	eachOfCard(c.Card, func(field, text string) { see("content.card."+field, text, c.Language) })
}

func linkFindings(link string) []advocacy.Finding {
	u, err := url.Parse(link)
	if link == "" || err != nil {
		return nil
	}
	var out []advocacy.Finding
	for key := range u.Query() {
		if advocacy.Tracks(key) {
			out = append(out, advocacy.Finding{Code: "LINK_TRACKING", Severity: advocacy.Advice, Field: "content.link"})
			break
		}
	}
	if beyondASCII(u.Hostname()) {
		out = append(out, advocacy.Finding{
			Code: "MIXED_SCRIPT_LINK", Severity: advocacy.NeedsReview, Field: "content.link",
			Args: map[string]string{"host": spelled(u.Hostname())},
		})
	}
	return out
}
