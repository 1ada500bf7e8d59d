package check

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
	return refuseLink(prefix+".link", c.Link)
}

// RefuseLine returns an error for a name or a reason with characters nobody sees.
func RefuseLine(field, text string) error { return refuseText(field, text, "") }

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
		case unicode.IsControl(r):
			return advocacy.InvalidField(field, "CONTROL_CHARACTER", "remove the control character %U at byte %d", r, i)
		case bidiOverride(r):
			return advocacy.InvalidField(field, "BIDI_CONTROL", "remove the bidirectional control %U at byte %d: it can make text read differently from what is signed", r, i)
		case bidiMark(r) && !RightToLeft(lang):
			return advocacy.InvalidField(field, "BIDI_CONTROL", "remove the direction mark %U at byte %d: the language %q is not written from right to left", r, i, lang)
		}
	}
	return nil
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
	case u.User != nil:
		return advocacy.InvalidField(field, "LINK_INVALID", "the link must not carry a user name or a password")
	case strings.ContainsFunc(link, unseen):
		return advocacy.InvalidField(field, "LINK_INVALID", "the link must not contain spaces or invisible characters")
	}
	return nil
}

// unseen finds what an address never needs: spaces, controls, and everything Unicode
// calls a format character, which the directions and joiners are.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || invisible(r)
}

// Content returns what a person should look at, whichever network shows it.
func Content(c advocacy.Content) []advocacy.Finding {
	var out []advocacy.Finding
	eachText(c, func(field, text, _ string) {
		out = append(out, hidden(field, text)...)
		out = append(out, private(field, text)...)
	})
	return append(out, linkFindings(c.Link)...)
}

// hidden finds characters that take no room and change nothing a reader sees. Joiners
// and variation selectors inside emoji and scripts that need them are left alone, and so
// are the tag characters that spell a flag.
func hidden(field, text string) []advocacy.Finding {
	var out []advocacy.Finding
	flagEnd := 0
	for i, r := range text {
		if r == blackFlag {
			flagEnd = i + flagLen(text[i:])
		}
		if !invisible(r) && (!tagCharacter(r) || i < flagEnd) {
			continue
		}
		out = append(out, advocacy.Finding{
			Code: "HIDDEN_CHARACTER", Severity: advocacy.NeedsReview, Field: field,
			Start: i, End: i + utf8.RuneLen(r), Args: map[string]string{"character": fmt.Sprintf("%U", r)},
		})
	}
	return out
}

// blackFlag begins the emoji of a region's flag, such as Scotland's: tag characters
// follow that spell the region, and cancelTag ends them.
const (
	blackFlag = 0x1F3F4
	cancelTag = 0xE007F
)

// tagCharacter: letters nobody sees, which can carry a whole sentence past a reader.
func tagCharacter(r rune) bool { return r >= 0xE0000 && r <= cancelTag }

// flagLen is the length of the flag that text begins with, 0 when the tag characters
// after the black flag are not ended or spell more than a region.
func flagLen(text string) int {
	const longestRegion = 6
	seen := 0
	for i, r := range text[utf8.RuneLen(blackFlag):] {
		switch {
		case r == cancelTag && seen > 0:
			return utf8.RuneLen(blackFlag) + i + utf8.RuneLen(r)
		case !tagCharacter(r) || r < 0xE0020 || seen == longestRegion:
			return 0
		}
		seen++
	}
	return 0
}

func invisible(r rune) bool {
	switch r {
	case 0x00AD, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF, 0x180E, 0x3164, 0x115F, 0x1160, 0xFFA0:
		return true
	default:
		return false
	}
}

var tracking = []string{"utm_", "fbclid", "gclid", "msclkid", "mc_eid", "igshid"}

func linkFindings(link string) []advocacy.Finding {
	u, err := url.Parse(link)
	if link == "" || err != nil {
		return nil
	}
	var out []advocacy.Finding
	for key := range u.Query() {
		if hasAnyPrefix(key, tracking) {
			out = append(out, advocacy.Finding{Code: "LINK_TRACKING", Severity: advocacy.Advice, Field: "content.link"})
			break
		}
	}
	if strings.ContainsFunc(u.Hostname(), func(r rune) bool { return r > unicode.MaxASCII }) || strings.Contains(strings.ToLower(u.Hostname()), "xn--") {
		out = append(out, advocacy.Finding{
			Code: "MIXED_SCRIPT_LINK", Severity: advocacy.NeedsReview, Field: "content.link",
			Args: map[string]string{"host": u.Hostname()},
		})
	}
	return out
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(strings.ToLower(s), p) {
			return true
		}
	}
	return false
}
