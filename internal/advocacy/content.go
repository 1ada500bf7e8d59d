package advocacy

import (
	"slices"
	"time"
)

// Network names a kind of place to publish, such as "wall" or "webhook".
type Network string

// Disclosure is the relation between author and company that the reader must be told.
type Disclosure string

const (
	// DisclosureNone adds nothing.
	DisclosureNone Disclosure = ""
	// DisclosureEmployee says that the author works for the company.
	DisclosureEmployee Disclosure = "employee"
	// DisclosureAdvertising says that the post is advertising.
	DisclosureAdvertising Disclosure = "advertising"
	// DisclosurePartnership says that the post is a paid partnership.
	DisclosurePartnership Disclosure = "paid_partnership"
)

// Disclosures lists every disclosure.
func Disclosures() []Disclosure {
	return []Disclosure{DisclosureNone, DisclosureEmployee, DisclosureAdvertising, DisclosurePartnership}
}

// Content is what an author writes, before any network renders it.
type Content struct {
	// Language is the BCP 47 tag of Text, such as "en" or "fr-CA".
	Language string
	Text     string
	// Variants replace Text for one network, one language, or both.
	Variants []Variant
	Link     string
	// Card is what is shown of the page the link leads to, where a network shows one.
	Card       Card
	Media      []MediaRef
	Disclosure Disclosure
}

// Equal tells whether two contents say the same.
func (c Content) Equal(o Content) bool {
	return c.Language == o.Language && c.Text == o.Text && slices.Equal(c.Variants, o.Variants) &&
		c.Link == o.Link && c.Card == o.Card && slices.EqualFunc(c.Media, o.Media, sameShown) && c.Disclosure == o.Disclosure
}

func sameShown(a, b MediaRef) bool { return a.Shown() == b.Shown() }

// Variant is the text for one network (or every network, when empty) in one language
// (or the content's own, when empty).
type Variant struct {
	Network Network
	// Account makes it the text of a post for one account alone, whatever its network; its
	// language is then the one the post has there.
	Account  AccountID
	Language string
	Text     string
	// Alternative names another text for the same place, which who shares a library item may
	// choose instead; empty for the text that is meant unless somebody does.
	Alternative string
}

// in is the language the variant is written in, within a content.
func (v Variant) in(c Content) string {
	if v.Language == "" {
		return c.Language
	}
	return v.Language
}

// MediaRef is a picture, a video or a document by the digest of its bytes, with the words for
// those who do not see it: of a document they are its title.
type MediaRef struct {
	Blob        string
	ContentType string
	Width       int
	Height      int
	AltText     string
	// Duration is how many milliseconds a video takes, Pages how many a document has.
	Duration int
	Pages    int
	// Size is how many bytes a network would be sent, 0 where it is not known. The digest says
	// which, so it is no part of what is signed.
	Size int64
}

// Shown is the media as a network shows it.
func (m MediaRef) Shown() RenderedMedia {
	return RenderedMedia{
		Blob: m.Blob, ContentType: m.ContentType, Width: m.Width, Height: m.Height, AltText: m.AltText,
		Duration: m.Duration, Pages: m.Pages,
	}
}

// TextFor returns the text meant for a network and a language: the most specific
// variant wins, network before language. ok is false when nothing is written in that
// language. Alternatives count only after Choosing one, texts for accounts after For.
func (c Content) TextFor(n Network, language string) (text string, ok bool) {
	best := -1
	if language == c.Language {
		text, best = c.Text, 0
	}
	for _, v := range c.Variants {
		if v.Alternative != "" || v.Account != "" || v.Network != "" && v.Network != n || v.in(c) != language {
			continue
		}
		score := 1
		if v.Network != "" {
			score = 2
		}
		if score > best {
			text, best = v.Text, score
		}
	}
	return text, best >= 0
}

// Alternatives lists the names of the alternatives, and the empty one of what is meant unless
// somebody chooses, which comes first.
func (c Content) Alternatives() []string {
	found := []string{""}
	for _, v := range c.Variants {
		if !slices.Contains(found, v.Alternative) {
			found = append(found, v.Alternative)
		}
	}
	return found
}

// Offers tells whether something is written for a network in a language under the name of an
// alternative.
func (c Content) Offers(n Network, language, alternative string) bool {
	if alternative == "" {
		_, ok := c.TextFor(n, language)
		return ok
	}
	return slices.ContainsFunc(c.Variants, func(v Variant) bool {
		return v.Alternative == alternative && (v.Network == "" || v.Network == n) && v.in(c) == language
	})
}

// passedOver is the name of a text that a chosen alternative replaces. No client can write it.
const passedOver = "*"

// Choosing returns the content with the texts of an alternative in place of those they are an
// alternative to; where it has none, what was meant stays. Each variant keeps its place, so
// that what is found in one can be told.
func (c Content) Choosing(alternative string) Content {
	if alternative == "" {
		return c
	}
	out := c
	out.Variants = slices.Clone(c.Variants)
	for i, v := range c.Variants {
		switch {
		case v.Alternative == alternative:
			out.Variants[i].Alternative = ""
		case v.Alternative == "" && c.Offers(v.Network, v.in(c), alternative):
			out.Variants[i].Alternative = passedOver
		}
	}
	return out
}

// For returns the content with what is written for an account in place of everything else, and
// the language it is in; without a text of its own an account shows what its network does. Each
// variant keeps its place.
func (c Content) For(a AccountID) (Content, string) {
	own := slices.IndexFunc(c.Variants, func(v Variant) bool { return v.Account == a && a != "" })
	if own < 0 {
		return c, c.Language
	}
	out := c
	out.Variants = slices.Clone(c.Variants)
	for i := range out.Variants {
		v := &out.Variants[i]
		v.Account = ""
		if i != own {
			v.Alternative = passedOver
		}
	}
	return out, out.Variants[own].in(c)
}

// Shown returns the content with what a target shows of it in place of everything else: what is
// written for its account, or its alternative, and the relation it tells. The target says in
// which language.
func (c Content) Shown(t Target) Content {
	if c.Disclosure == DisclosureNone { // guard: what was signed of its author stays, whatever he or she says of it now
		c.Disclosure = t.Rendering.Disclosure
	}
	if t.Account != "" { // guard: what is signed for an account is looked at as that
		c, _ = c.For(t.Account)
	}
	return c.Choosing(t.Alternative)
}

// Languages lists the languages the content is written in, its own first.
func (c Content) Languages() []string {
	found := []string{c.Language}
	for _, v := range c.Variants {
		known := v.Language == ""
		for _, l := range found {
			known = known || l == v.Language
		}
		if !known {
			found = append(found, v.Language)
		}
	}
	return found
}

// Window is a span of instants; a zero end is open. It steers when something may go
// out and never counts as part of the approved bytes.
type Window struct {
	Start time.Time
	End   time.Time
}

// Contains tells whether t lies in the window: from Start on, before End.
func (w Window) Contains(t time.Time) bool {
	return !t.Before(w.Start) && !w.Over(t)
}

// Equal tells whether both are the same span.
func (w Window) Equal(o Window) bool { return w.Start.Equal(o.Start) && w.End.Equal(o.End) }

// Over tells whether the window has ended at t.
func (w Window) Over(t time.Time) bool {
	return !w.End.IsZero() && !t.Before(w.End)
}
