package workflow

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	mayAddMedia advocacy.Permission = "media.create"

	// maximumPreviews is how many links a caller has looked at within previewPeriod by one process
	// at most, and previewsAtOnce how many are looked at at the same time.
	maximumPreviews = 30
	previewPeriod   = time.Minute
	previewsAtOnce  = 8
)

// Previewer reads pages for the cards of links, and bounds how often who may have it ask the
// servers of others. A copy of the service shares it; replicas have one each.
type Previewer struct {
	read func(ctx context.Context, link string) advocacy.Page
	room chan struct{}

	mu    sync.Mutex
	since time.Time
	asked map[string]int
}

// NewPreviewer returns one that reads by a function, which answers within some seconds and never
// fails: what could not be read has a code.
func NewPreviewer(read func(ctx context.Context, link string) advocacy.Page) *Previewer {
	return &Previewer{read: read, room: make(chan struct{}, previewsAtOnce)}
}

// take counts a look of a caller, and refuses one too many.
func (p *Previewer) take(caller string, now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if age := now.Sub(p.since); age >= previewPeriod || age < 0 {
		p.since, p.asked = now, map[string]int{}
	}
	if p.asked[caller] >= maximumPreviews { // guard: nobody has others' servers asked without end
		e := advocacy.Refuse("LINK_PREVIEWS_TOO_MANY", "you had %d links looked at within a minute; wait for the next one", maximumPreviews)
		e.Kind = advocacy.Exhausted
		return e
	}
	p.asked[caller]++
	return nil
}

// look reads a page when there is room.
func (p *Previewer) look(ctx context.Context, link string) (advocacy.Page, error) {
	select {
	case p.room <- struct{}{}:
	case <-ctx.Done():
		return advocacy.Page{}, ctx.Err()
	}
	defer func() { <-p.room }()
	return p.read(ctx, link), ctx.Err()
}

// LinkPreview is what the page at a link could be shown as.
type LinkPreview struct {
	Link string
	// URL is where it led in the end, and Host whose readers are shown that it is.
	URL, Host string
	Card      advocacy.Card
	// Site and Language are what the page says of itself besides, empty for nothing.
	Site, Language string
	// PictureReason says why the card has no picture although the page names one.
	PictureReason string
	// Findings are what a machine sees in the card and the link.
	Findings []advocacy.Finding
}

// PreviewLink reads the page a link leads to and proposes a card for it. The picture is accepted
// as an uploaded one is, and kept as one, if the caller may upload any. Besides, only that the link
// was reached, or was not, is kept.
func (s *Service) PreviewLink(ctx context.Context, c Call, w advocacy.WorkspaceID, link string, accept func([]byte) (Accepted, error)) (*LinkPreview, error) {
	if err := check.RefuseLink("link", link); err != nil {
		return nil, err
	}
	rules, err := s.rules(ctx, s.Store, w)
	if err != nil {
		return nil, err
	}
	page, err := s.page(ctx, c, w, link)
	if err != nil {
		return nil, err
	}
	out := &LinkPreview{
		Link: link, URL: page.URL, Host: network.HostOf(link), Site: cardLine(page.Site, advocacy.LongestCardTitle), Language: tagOf(page.Language),
		Card: advocacy.Card{
			Title:       cardLine(page.Title, advocacy.LongestCardTitle),
			Description: cardLine(page.Description, advocacy.LongestCardDescription),
		},
	}
	if network.Blank(out.Card.Title) {
		return nil, advocacy.Refuse("LINK_NO_CARD", "the page at %s says nothing that could be its title; write a card yourself, or leave it out", link)
	}
	if err := s.cardPicture(ctx, c, w, page, accept, out); err != nil {
		return nil, err
	}
	seen := rules.seen(advocacy.Content{Language: cmp.Or(out.Language, "en"), Link: link, Card: out.Card})
	out.Findings = slices.DeleteFunc(seen, func(f advocacy.Finding) bool { return !strings.HasPrefix(f.Field, "content.") })
	return out, nil
}

// page reads a page for a caller who did not ask too often.
func (s *Service) page(ctx context.Context, c Call, w advocacy.WorkspaceID, link string) (advocacy.Page, error) {
	page := advocacy.Page{Code: advocacy.LinkNotChecked}
	if s.Cards != nil {
		if err := s.Cards.take(string(w)+"/"+c.caller(), s.Now()); err != nil {
			return page, err
		}
		var err error
		if page, err = s.Cards.look(ctx, link); err != nil {
			return page, err
		}
		if err := s.keepLook(ctx, w, link, page); err != nil {
			return page, err
		}
	}
	switch page.Code {
	case "":
		return page, nil
	case advocacy.LinkNoPage:
		return page, advocacy.Refuse("LINK_NO_CARD", "%s leads to no page; write a card yourself, or leave it out", link)
	default:
		return page, advocacy.Refuse("LINK_UNREACHABLE", "%s cannot be reached (%s)", link, page.Code).
			With("link", link).With("check", string(page.Code))
	}
}

// cardPicture keeps the picture of a page, or says why it does not.
func (s *Service) cardPicture(ctx context.Context, c Call, w advocacy.WorkspaceID, page advocacy.Page, accept func([]byte) (Accepted, error), out *LinkPreview) error {
	switch {
	case page.PictureCode != "":
		out.PictureReason = "LINK_UNREACHABLE"
		return nil
	case len(page.Picture) == 0:
		return nil
	case !c.may(mayAddMedia): // guard: who may not upload a picture has none kept
		out.PictureReason = "PERMISSION_DENIED"
		return nil
	}
	picture, err := accept(page.Picture)
	if err == nil {
		m := advocacy.Media{ContentType: picture.ContentType}
		err = m.GuardPicture("media")
	}
	if err == nil {
		_, err = s.AddMedia(ctx, c, w, picture)
	}
	switch advocacy.KindOf(err) {
	case advocacy.Invalid, advocacy.Exhausted, advocacy.Conflict:
		out.PictureReason = advocacy.ReasonOf(err)
		return nil
	}
	if err != nil {
		return err
	}
	out.Card.Picture = advocacy.MediaRef{
		Blob: picture.Blob, ContentType: picture.ContentType, Width: picture.Width, Height: picture.Height,
		AltText: cardLine(page.PictureAlt, advocacy.LongestCardDescription),
	}
	return nil
}

// cardLine is what somebody else wrote as a card may say it: on one line, without what nothing may
// say, in at most so many characters.
func cardLine(text string, most int) string {
	text = network.CleanLine(check.Showable(network.CleanText(text)))
	for n := most; ; n /= 2 {
		if cut := network.CutText(text, n); utf8.RuneCountInString(cut) <= most { // guard: a card is short, whatever a character is made of
			return cut
		}
	}
}

// tagOf is a language tag somebody else wrote, empty for what is none.
func tagOf(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil || parsed == language.Und {
		return ""
	}
	return parsed.String()
}
