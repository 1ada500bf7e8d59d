package networktest

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Contents makes contents that are easily changed on their way: in every script and form
// of letters, with the signs of JSON, HTML and other languages of machines.
func Contents() *rapid.Generator[advocacy.Content] {
	text := rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.OneOf(
			rapid.SampledFrom(append([]string{" ", "\n", "\t", "\\n", "\u2028", "e\u0301", "\u202f", "\ufffd", "null", "#a_b", "@me"}, samples...)),
			rapid.String(),
		), 0, 5).Draw(t, "parts")
		return strings.Join(parts, "")
	})
	picture := rapid.Custom(func(t *rapid.T) advocacy.MediaRef {
		return advocacy.MediaRef{
			Blob: rapid.SampledFrom([]string{Blob, CardBlob}).Draw(t, "blob"), ContentType: "image/png",
			Width: rapid.IntRange(1, 9000).Draw(t, "width"), Height: rapid.IntRange(1, 9000).Draw(t, "height"), AltText: text.Draw(t, "words"),
		}
	})
	return rapid.Custom(func(t *rapid.T) advocacy.Content {
		return advocacy.Content{
			Language: rapid.SampledFrom([]string{"en", "fr-FR", "ar", "ja"}).Draw(t, "language"),
			Text:     text.Draw(t, "text"),
			Link:     rapid.SampledFrom([]string{"", "https://example.com/a?b=c&d=<é>#f", "https://münchen.example/"}).Draw(t, "link"),
			Card: rapid.OneOf(rapid.Just(advocacy.Card{}), rapid.Custom(func(t *rapid.T) advocacy.Card {
				return advocacy.Card{
					Title: "T" + text.Draw(t, "title"), Description: text.Draw(t, "description"),
					Picture: rapid.OneOf(rapid.Just(advocacy.MediaRef{}), picture).Draw(t, "picture"),
				}
			})).Draw(t, "card"),
			Media:      rapid.SliceOfN(picture, 0, 3).Draw(t, "media"),
			Disclosure: rapid.SampledFrom(advocacy.Disclosures()).Draw(t, "disclosure"),
		}
	})
}

// InVariant gives a content a text of its own in another language, or none, and returns that language
// and the content that is shown in it.
func InVariant(t *rapid.T, c *advocacy.Content) (language string, shown advocacy.Content) {
	if !rapid.Bool().Draw(t, "in another language") {
		return "", *c
	}
	shown = *c
	shown.Language, shown.Text = "de", "V"+Contents().Draw(t, "variant").Text
	c.Variants = []advocacy.Variant{{Language: shown.Language, Text: shown.Text}}
	return shown.Language, shown
}

// Written returns a content as every network is given it.
func Written(c advocacy.Content) advocacy.Content {
	out := advocacy.Content{Language: c.Language, Text: network.CleanText(c.Text), Link: network.CleanText(c.Link), Disclosure: c.Disclosure}
	for _, m := range c.Media {
		m.AltText = network.CleanText(m.AltText)
		out.Media = append(out.Media, m)
	}
	if out.Link == "" {
		return out
	}
	out.Card = advocacy.Card{Title: network.CleanLine(c.Card.Title), Description: network.CleanLine(c.Card.Description), Picture: c.Card.Picture}
	out.Card.Picture.AltText = network.CleanText(c.Card.Picture.AltText)
	return out
}

// Read returns the content a rendering shows.
func Read(r advocacy.Rendering) advocacy.Content {
	out := advocacy.Content{Language: r.Language, Text: r.Text, Link: r.Link, Disclosure: r.Disclosure}
	out.Card = advocacy.Card{Title: r.Card.Title, Description: r.Card.Description, Picture: r.Card.Picture.Ref()}
	for _, m := range r.Media {
		out.Media = append(out.Media, m.Ref())
	}
	return out
}
