package slack

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

var (
	entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	signs    = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
	// bracketed are addresses as Slack gives them back, with or without what is shown in their place.
	bracketed = regexp.MustCompile(`<((?:https?|mailto):[^<>|]*)(?:\|([^<>]*))?>`)
	// named are emoji by their names, as Slack gives them back.
	named = regexp.MustCompile(`:[a-z0-9_+'-]+:`)
)

// escape writes a text for Slack: the three signs that mean something there, and nothing else.
func escape(text string) string { return entities.Replace(text) }

// plain is what readers see of a text that Slack gave back.
func plain(text string) string {
	text = bracketed.ReplaceAllStringFunc(text, func(found string) string {
		parts := bracketed.FindStringSubmatch(found)
		if parts[2] != "" {
			return parts[2]
		}
		return strings.TrimPrefix(parts[1], "mailto:")
	})
	return network.CleanText(signs.Replace(text))
}

// alike is a text without what Slack changes in it: space, and emoji, which it gives back by
// their names.
func alike(text string) string {
	text = named.ReplaceAllString(text, "")
	return network.Bare(strings.Map(func(r rune) rune {
		if pictorial(r) {
			return -1
		}
		return r
	}, text))
}

// pictorial tells whether a character is an emoji, or a part of one.
func pictorial(r rune) bool {
	switch {
	case r == '\u200d' || r == '\ufe0f' || r == '\u20e3' || r >= 0xe0020 && r <= 0xe007f:
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff, r >= 0x1f1e6 && r <= 0x1f1ff:
		return true
	}
	return unicode.Is(unicode.So, r)
}
