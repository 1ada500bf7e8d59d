package advocacy

const (
	// LongestCardTitle is how many characters the title of a card has at most.
	LongestCardTitle = 300
	// LongestCardDescription is how many its description has at most.
	LongestCardDescription = 1000
)

// Card is what is shown of the page that a link leads to. It says no name of a site: which one it
// is, readers are told by the host of the link, which a card cannot change.
type Card struct {
	Title       string
	Description string
	// Picture is the zero one for a card without.
	Picture MediaRef
}

// None tells whether there is no card.
func (c Card) None() bool { return c == Card{} }

// RenderedCard is a card as it will be shown.
type RenderedCard struct {
	Title       string        `json:"title"`
	Description string        `json:"description,omitempty"`
	Picture     RenderedMedia `json:"picture,omitzero"`
}

// None tells whether no card is shown.
func (c RenderedCard) None() bool { return c == RenderedCard{} }

// Pictures are all that a content shows: its own, and its card's.
func (c Content) Pictures() []MediaRef {
	if c.Card.Picture.Blob == "" {
		return c.Media
	}
	return append(c.Media[:len(c.Media):len(c.Media)], c.Card.Picture)
}

// Pictures are all that a rendering shows: its own, and its card's.
func (r Rendering) Pictures() []RenderedMedia {
	if r.Card.Picture.Blob == "" {
		return r.Media
	}
	return append(r.Media[:len(r.Media):len(r.Media)], r.Card.Picture)
}

// Page is what the page at a link says of itself. It is what somebody else wrote: nothing of it is
// believed, cleaned or bounded to what a card may say.
type Page struct {
	// URL is where the link led in the end.
	URL string
	// Title, Description and Site are its own words, Language the tag it claims to be written in.
	Title, Description, Site, Language string
	// Picture is the file it names as its picture, as it was sent; PictureAlt are the words for it,
	// and PictureCode says why there is none although it names one.
	Picture     []byte
	PictureAlt  string
	PictureCode LinkCode
	// Code says why nothing could be read; Status is what was answered, 0 for no answer.
	Code   LinkCode
	Status int
}
