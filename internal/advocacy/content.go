package advocacy

import "time"

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
	Variants   []Variant
	Link       string
	Media      []MediaRef
	Disclosure Disclosure
}

// Variant is the text for one network (or every network, when empty) in one language
// (or the content's own, when empty).
type Variant struct {
	Network  Network
	Language string
	Text     string
}

// MediaRef is a picture by the digest of its bytes, with the words for those who do
// not see it.
type MediaRef struct {
	Blob        string
	ContentType string
	Width       int
	Height      int
	AltText     string
}

// TextFor returns the text meant for a network and a language: the most specific
// variant wins, network before language. ok is false when nothing is written in that
// language.
func (c Content) TextFor(n Network, language string) (text string, ok bool) {
	best := -1
	if language == c.Language {
		text, best = c.Text, 0
	}
	for _, v := range c.Variants {
		if v.Network != "" && v.Network != n {
			continue
		}
		spoken := v.Language
		if spoken == "" {
			spoken = c.Language
		}
		if spoken != language {
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

// Over tells whether the window has ended at t.
func (w Window) Over(t time.Time) bool {
	return !w.End.IsZero() && !t.Before(w.End)
}
