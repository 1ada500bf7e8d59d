package store

import "github.com/imprimatur-hq/imprimatur/internal/advocacy"

// contentDoc is the form in which content is kept, apart from the domain's, so that a
// field can be renamed there without losing what is stored.
type contentDoc struct {
	Language   string       `json:"language,omitempty"`
	Text       string       `json:"text,omitempty"`
	Variants   []variantDoc `json:"variants,omitempty"`
	Link       string       `json:"link,omitempty"`
	Card       cardDoc      `json:"card,omitzero"`
	Media      []mediaDoc   `json:"media,omitempty"`
	Disclosure string       `json:"disclosure,omitempty"`
}

type variantDoc struct {
	Network  string `json:"network,omitempty"`
	Language string `json:"language,omitempty"`
	Text     string `json:"text,omitempty"`
	// Alternative came later than what is kept without it.
	Alternative string `json:"alternative,omitempty"`
	Account     string `json:"account,omitempty"`
}

type cardDoc struct {
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Picture     mediaDoc `json:"picture,omitzero"`
}

type mediaDoc struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type,omitempty"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
	AltText     string `json:"alt_text,omitempty"`
	Duration    int    `json:"duration_ms,omitempty"`
	Pages       int    `json:"pages,omitempty"`
	Size        int64  `json:"size,omitempty"`
}

func newContentDoc(c advocacy.Content) contentDoc {
	d := contentDoc{
		Language: c.Language, Text: c.Text, Link: c.Link, Disclosure: string(c.Disclosure),
		Card: cardDoc{Title: c.Card.Title, Description: c.Card.Description, Picture: mediaDoc(c.Card.Picture)},
	}
	for _, v := range c.Variants {
		d.Variants = append(d.Variants, variantDoc{
			Network: string(v.Network), Language: v.Language, Text: v.Text, Alternative: v.Alternative, Account: string(v.Account),
		})
	}
	for _, m := range c.Media {
		d.Media = append(d.Media, mediaDoc(m))
	}
	return d
}

func (d contentDoc) content() advocacy.Content {
	c := advocacy.Content{
		Language: d.Language, Text: d.Text, Link: d.Link, Disclosure: advocacy.Disclosure(d.Disclosure),
		Card: advocacy.Card{Title: d.Card.Title, Description: d.Card.Description, Picture: advocacy.MediaRef(d.Card.Picture)},
	}
	for _, v := range d.Variants {
		c.Variants = append(c.Variants, advocacy.Variant{
			Network: advocacy.Network(v.Network), Language: v.Language, Text: v.Text, Alternative: v.Alternative,
			Account: advocacy.AccountID(v.Account),
		})
	}
	for _, m := range d.Media {
		c.Media = append(c.Media, advocacy.MediaRef(m))
	}
	return c
}
