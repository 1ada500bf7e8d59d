package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// sheet is what one account will show, as the page draws it: from the rendered bytes, never from
// what was typed.
type sheet struct {
	Byline   string
	Network  string
	Language string
	// Text is the whole text in pieces.
	Text       []piece
	Link       *link
	Media      []picture
	Card       *card
	Disclosure string
	// Place is where a person publishes it by hand.
	Place string
	// Fate is what became of it: the end of a key under "web.sheet.", "" while it is still to come.
	Fate string
}

// fateOf says what became of what was to appear: a page that says that a text will appear where it
// was taken back is believed by nobody.
func fateOf(p *imprimaturv1.Publication) string {
	switch p.GetState() {
	case imprimaturv1.Publication_PUBLISHED:
		if p.GetReadBack().GetState() == imprimaturv1.Publication_ReadBack_GONE {
			return "gone"
		}
		return "out"
	case imprimaturv1.Publication_RECALLED:
		return "recalled"
	case imprimaturv1.Publication_REFUSED, imprimaturv1.Publication_CANCELLED, imprimaturv1.Publication_EXPIRED:
		return "never"
	case imprimaturv1.Publication_UNKNOWN:
		return "unknown"
	default:
		return ""
	}
}

// piece is a part of a text: plain, or one of mark (a finding), code (a character nobody sees),
// ins and del (what changed), or host (the name of the site that stands before it, in letters nobody
// takes for others), which is no part of the text.
type piece struct{ Kind, Text, Title string }

// link is where a post leads; Host is said in letters everybody can tell apart.
type link struct{ Address, Host string }

// picture is a file as a page shows it.
type picture struct {
	// Small and Large are addresses on this service; Large alone is set for what is no picture.
	Small, Large, Alt, Type string
	// Name is what the file is called, if that is known; Film tells that it can be played, and Label
	// what a player is called by who hears the page.
	Name, Label string
	Film        bool
	// Icon stands where there is no picture.
	Icon          string
	Width, Height int32
}

// card is what will be shown of the page a link leads to.
type card struct {
	Title, Description, Host string
	Picture                  *picture
}

// sheet draws a target; findings are those about its own text.
func (v *visitor) sheet(t *imprimaturv1.Target, findings []*imprimaturv1.Finding) sheet {
	s := sheet{
		Byline: t.GetByline(), Network: t.GetNetwork(), Language: t.GetLanguage(),
		Text: marked(t.GetText(), findings), Link: linkOf(t.GetLink()), Place: t.GetPlace(),
	}
	// What shows the relation may stand in the text already.
	if d := t.GetDisclosureText(); d != "" && !strings.Contains(t.GetText(), d) {
		s.Disclosure = d
	}
	for _, m := range t.GetMedia() {
		p := v.picture(m)
		if p.Small == "" {
			v.acquaint(p, m)
		}
		s.Media = append(s.Media, *p)
	}
	if c := t.GetCard(); c != nil && s.Link != nil {
		s.Card = &card{Title: c.GetTitle(), Description: c.GetDescription(), Host: s.Link.Host, Picture: v.picture(c.GetPicture())}
	}
	return s
}

// picture is a rendered file, nil for none.
func (v *visitor) picture(m *imprimaturv1.RenderedMedia) *picture {
	if m.GetMedia() == "" {
		return nil
	}
	_, id, _ := strings.Cut(m.GetMedia(), "/media/")
	p := picture{Large: v.at("/media/" + id), Alt: m.GetAltText(), Width: m.GetWidth(), Height: m.GetHeight()}
	speaks := page{Language: v.language}
	p.Type, p.Icon = speaks.About(m), speaks.Sign(m.GetContentType())
	if strings.HasPrefix(m.GetContentType(), "image/") {
		p.Small = p.Large + "?size=640"
	}
	return &p
}

// acquaint adds to what a page shows of a video or a document what is known of the file that is kept:
// its name and how large it is. A file that cannot be asked about is shown all the same.
func (v *visitor) acquaint(p *picture, m *imprimaturv1.RenderedMedia) {
	speaks := page{Language: v.language}
	p.Film = strings.HasPrefix(m.GetContentType(), "video/")
	if kept, err := imprimaturv1.NewMediaServiceClient(v.conn).GetMedia(v.ctx, &imprimaturv1.GetMediaRequest{Name: m.GetMedia()}); err == nil {
		p.Type, p.Name = speaks.About(kept), kept.GetFileName()
	}
	p.Label = cmp.Or(p.Alt, p.Name, p.Type)
}

// placedFindings moves the findings about a text to where the text stands in what is shown.
func placedFindings(c *imprimaturv1.Content, t *imprimaturv1.Target, findings []*imprimaturv1.Finding) []*imprimaturv1.Finding {
	if c == nil {
		return nil
	}
	var out []*imprimaturv1.Finding
	for _, f := range findings {
		text := fieldText(c, f.GetField())
		if text == nil || *text == "" || f.GetNetwork() != "" && f.GetNetwork() != t.GetNetwork() {
			continue
		}
		if start := strings.Index(t.GetText(), *text); start >= 0 {
			out = append(out, &imprimaturv1.Finding{Start: f.GetStart() + int32(start), End: f.GetEnd() + int32(start), Message: f.GetMessage()})
		}
	}
	return out
}

// linkOf reads an address, nil for none.
func linkOf(address string) *link {
	if address == "" {
		return nil
	}
	l := &link{Address: address, Host: address}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		l.Host = plainHost(u.Hostname())
	}
	return l
}

// marked cuts a text at its findings and at the characters nobody sees.
func marked(text string, findings []*imprimaturv1.Finding) []piece {
	cuts := make([]*imprimaturv1.Finding, 0, len(findings))
	for _, f := range findings {
		if f.GetEnd() > f.GetStart() && f.GetStart() >= 0 && int(f.GetEnd()) <= len(text) {
			cuts = append(cuts, f)
		}
	}
	slices.SortStableFunc(cuts, func(a, b *imprimaturv1.Finding) int { return int(a.GetStart() - b.GetStart()) })
	d := drawing{hosts: plainHosts(text)}
	at := 0
	for _, f := range cuts {
		start, end := whole(text, int(f.GetStart()), int(f.GetEnd()))
		if start < at {
			continue // the one before says it
		}
		d.add("", text[at:start], "")
		d.add("mark", text[start:end], f.GetMessage())
		at = end
	}
	d.add("", text[at:], "")
	return d.pieces
}

// whole widens a span so that it cuts no character in two.
func whole(text string, start, end int) (int, int) {
	for start > 0 && !utf8.RuneStart(text[start]) {
		start--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	return start, end
}

// changed draws the pieces of a comparison. The names of sites are those of what stands there now.
func changed(spans []*imprimaturv1.DiffSpan) []piece {
	var now strings.Builder
	for _, s := range spans {
		if s.GetOp() != imprimaturv1.DiffSpan_DELETE {
			now.WriteString(s.GetText())
		}
	}
	d := drawing{hosts: plainHosts(now.String())}
	for _, s := range spans {
		switch s.GetOp() {
		case imprimaturv1.DiffSpan_INSERT:
			d.add("ins", s.GetText(), "")
		case imprimaturv1.DiffSpan_DELETE:
			d.pieces = append(d.pieces, revealed("del", s.GetText(), "")...)
		default:
			d.add("", s.GetText(), "")
		}
	}
	return d.pieces
}

// revealed makes each character nobody sees a piece of its own.
func revealed(kind, text, title string) []piece {
	var out []piece
	start, before := 0, rune(0)
	for i, c := range text {
		size := utf8.RuneLen(c)
		if c == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		if unseen(c, before) {
			if i > start {
				out = append(out, piece{kind, text[start:i], title})
			}
			out = append(out, piece{"code", fmt.Sprintf("U+%04X", c), title})
			start = i + size
		}
		before = c
	}
	if start < len(text) {
		out = append(out, piece{kind, text[start:], title})
	}
	return out
}

// unseen tells whether a character leaves no ink and no space where it stands. What joins two
// emoji is part of a picture everybody sees.
func unseen(c, before rune) bool {
	switch {
	case c == '\n' || c == '\t':
		return false
	case c == '\u200d':
		return !pictorial(before)
	case c == '\u034f' || c == '\u115f' || c == '\u1160' || c == '\u3164' || c == '\uffa0':
		return true
	default:
		return unicode.In(c, unicode.Cf, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Co) || c == utf8.RuneError
	}
}

// pictorial tells whether a character can be part of an emoji that goes on.
func pictorial(c rune) bool {
	return unicode.In(c, unicode.So, unicode.Sk) || c == '\ufe0f' || c >= 0x1f3fb && c <= 0x1f3ff
}
