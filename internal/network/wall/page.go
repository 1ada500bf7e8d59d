package wall

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

//go:embed page.html wall.css
var files embed.FS

const styleName = "wall.css"

var (
	pages = template.Must(template.ParseFS(files, "page.html"))
	sheet = mustRead(styleName)
	// styleHref changes with the sheet, so that readers may keep it for good.
	styleHref = root + "/" + styleName + "?v=" + strings.Trim(etag(sheet), `"`)[:12]
)

func mustRead(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded above
	}
	return data
}

// view is what the templates are given.
type view struct {
	Site  Site
	Words *words
	// Language and Direction are the document's: those of the entry on its own page.
	Language  string
	Direction string
	Style     string
	Home      string
	Feed      string
	Meta      meta
	Cards     []card
	Older     string
	// Later is set on the pages after the first, Single on an entry's own.
	Later  bool
	Single bool
	// Notice is set on a page that says something else than entries.
	Notice *notice
}

type notice struct{ Title, Text string }

// placed is a card and the page it is on.
type placed struct {
	Page view
	Card card
}

// Shown pairs each card with the page, for the template of a card.
func (p view) Shown() []placed {
	var shown []placed
	for _, c := range p.Cards {
		shown = append(shown, placed{Page: p, Card: c})
	}
	return shown
}

// view returns a page of the wall without its entries.
func (v *visit) view() view {
	return view{
		Site: v.site, Words: v.words, Language: v.words.Language, Direction: "ltr",
		Style: styleHref, Home: wallPath(v.workspace), Feed: feedPath(v.workspace),
	}
}

// page serves the newest entries, or those before a key.
func (v *visit) page() error {
	before := v.r.URL.Query().Get("before")
	cards, next, err := v.cards(before)
	if err != nil {
		return err
	}
	p := v.view()
	p.Cards, p.Later = cards, before != ""
	address := wallPath(v.workspace)
	if next != "" {
		p.Older = older(address, next)
	}
	if before != "" {
		address = older(address, before)
	}
	p.Meta = v.wallMeta(address)
	return v.show(p)
}

// cards reads one page of visible entries. One that cannot be read is left out and
// noted: the others are no less true.
func (v *visit) cards(before string) (cards []card, next string, err error) {
	entries, next, err := v.o.Store.Entries(v.r.Context(), v.workspace, Query{Before: before, Size: v.o.PageSize})
	if err != nil {
		return nil, "", err
	}
	for _, e := range entries {
		if !e.RemoveTime.IsZero() {
			continue
		}
		c, err := v.card(e)
		if err != nil {
			v.o.Log.ErrorContext(v.r.Context(), "wall entry left out", "publication", e.Publication, "error", err)
			continue
		}
		cards = append(cards, c)
	}
	return cards, next, nil
}

// entry serves one entry.
func (v *visit) entry(name string) error {
	if !plain(name) {
		return missing()
	}
	e, err := v.o.Store.Entry(v.r.Context(), v.workspace, advocacy.PublicationID(name))
	switch {
	case err != nil:
		return err
	case e == nil:
		return missing()
	case !e.RemoveTime.IsZero():
		return errGone
	}
	c, err := v.card(*e)
	if err != nil {
		return err
	}
	p := v.view()
	p.Cards, p.Single = []card{c}, true
	p.Language, p.Direction = c.Language, c.Direction
	p.Meta = v.entryMeta(c)
	return v.show(p)
}

// style serves the style sheet.
func (v *visit) style() error {
	header := v.w.Header()
	header.Set("Content-Type", "text/css; charset=utf-8")
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("ETag", etag(sheet))
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(sheet))
	return nil
}

func (v *visit) show(p view) error {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "page.html", p); err != nil {
		return err
	}
	v.w.Header().Set("Content-Language", p.Language)
	return v.send("text/html; charset=utf-8", out.Bytes())
}

// notice answers with a status and a page that explains it.
func (v *visit) notice(status int, title, text string) error {
	p := v.view()
	if v.workspace == "" {
		p.Home, p.Feed = root, ""
	}
	p.Notice = &notice{Title: title, Text: text}
	p.Meta = meta{Title: title}
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "page.html", p); err != nil {
		return err
	}
	header := v.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Language", p.Language)
	v.w.WriteHeader(status)
	if v.r.Method == http.MethodHead {
		return nil
	}
	// An error means that the reader left; there is nobody to tell.
	_, _ = v.w.Write(out.Bytes())
	return nil
}

// card is an entry as a page or a feed shows it.
type card struct {
	ID                  advocacy.PublicationID
	Byline              string
	Initial             string
	Language            string
	Direction           string
	Disclosure          string
	DisclosureLanguage  string
	DisclosureDirection string
	Text                string
	Spans               []span
	Link                *linkCard
	Pictures            []picture
	Videos              []picture
	Documents           []picture
	Path                string
	URL                 string
	Time                time.Time
	Title               string
}

// linkCard is the link under a text: where it leads, told by its host, and what is there, in the
// words and with the picture that people signed.
type linkCard struct {
	Href, Host, Rest   string
	Title, Description string
	Picture            *picture
}

// picture is one file that an entry shows.
type picture struct {
	Path, URL     string
	ContentType   string
	Width, Height int
	AltText       string
	Pages         int
}

// Length tells how long a document is, alike in English and in French.
func (p picture) Length() string {
	if p.Pages == 1 {
		return "PDF, 1 page"
	}
	return fmt.Sprintf("PDF, %d pages", p.Pages)
}

const titleLimit = 90

// card reads an entry.
func (v *visit) card(e Entry) (card, error) {
	d, err := parseDocument(e.Body)
	if err != nil {
		return card{}, err
	}
	r := d.Rendering
	c := card{
		ID: e.Publication, Byline: d.Byline, Language: r.Language, Direction: direction(r.Language),
		Disclosure: r.DisclosureText, DisclosureLanguage: cmp.Or(r.DisclosureLanguage, network.DisclosureLanguage(r.Language)),
		Text: r.Text, Spans: linkify(r.Text), Link: v.linkCard(r),
		Path: entryPath(v.workspace, e.Publication), Time: v.local(e.PublishTime),
	}
	c.URL = v.base + c.Path
	c.DisclosureDirection = direction(c.DisclosureLanguage)
	if c.Byline == "" {
		c.Byline = v.site.Name
	}
	initial, _, _, _ := uniseg.FirstGraphemeClusterInString(c.Byline, -1)
	c.Initial = strings.ToUpper(initial)
	c.Title = network.CutText(firstLine(c.Text), titleLimit)
	if c.Title == "" {
		c.Title = c.Byline
	}
	for _, m := range r.Media {
		switch advocacy.MediaKindOf(m.ContentType) {
		case advocacy.KindVideo:
			c.Videos = append(c.Videos, v.picture(m))
		case advocacy.KindDocument:
			c.Documents = append(c.Documents, v.picture(m))
		default:
			c.Pictures = append(c.Pictures, v.picture(m))
		}
	}
	return c, nil
}

func (v *visit) picture(m advocacy.RenderedMedia) picture {
	path := mediaPath(v.workspace, m.Blob)
	return picture{
		Path: path, URL: v.base + path, ContentType: m.ContentType, Width: m.Width, Height: m.Height, AltText: m.AltText, Pages: m.Pages,
	}
}

func (v *visit) local(t time.Time) time.Time {
	if v.site.Zone == nil {
		return t.UTC()
	}
	return t.In(v.site.Zone)
}

// linkCard is what is shown of the link of a rendering.
func (v *visit) linkCard(r advocacy.Rendering) *linkCard {
	l := newLinkCard(r.Link)
	if l == nil || r.Card.None() {
		return l
	}
	l.Title, l.Description = r.Card.Title, r.Card.Description
	if r.Card.Picture.Blob != "" {
		p := v.picture(r.Card.Picture)
		l.Picture = &p
	}
	return l
}

func newLinkCard(link string) *linkCard {
	if !network.WebAddress(link) {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil
	}
	rest := u.EscapedPath()
	if readable, err := url.PathUnescape(rest); err == nil {
		rest = readable
	}
	return &linkCard{Href: u.String(), Host: network.HostOf(link), Rest: strings.TrimSuffix(rest, "/")}
}
