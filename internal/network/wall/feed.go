package wall

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// The elements of an Atom feed (RFC 4287) that a wall fills in.
type (
	atomFeed struct {
		XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Language  string      `xml:"xml:lang,attr"`
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Updated   string      `xml:"updated"`
		Generator string      `xml:"generator"`
		Links     []atomLink  `xml:"link"`
		Entries   []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		Language  string      `xml:"xml:lang,attr"`
		ID        string      `xml:"id"`
		Title     string      `xml:"title"`
		Published string      `xml:"published"`
		Updated   string      `xml:"updated"`
		Author    string      `xml:"author>name"`
		Links     []atomLink  `xml:"link"`
		Content   atomContent `xml:"content"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		HTML string `xml:",chardata"`
	}
)

// feed serves the entries as Atom, a page at a time.
func (v *visit) feed() error {
	before := v.r.URL.Query().Get("before")
	cards, next, err := v.cards(before)
	if err != nil {
		return err
	}
	first := v.base + feedPath(v.workspace)
	self := first
	if before != "" {
		self = older(first, before)
	}
	f := atomFeed{
		Language:  v.words.Language,
		ID:        "tag:" + v.authority() + ",2025:wall/" + string(v.workspace),
		Title:     v.site.Name,
		Updated:   atomTime(updated(cards)),
		Generator: "Imprimatur",
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: self},
			{Rel: "alternate", Type: "text/html", Href: v.base + wallPath(v.workspace)},
			{Rel: "first", Type: "application/atom+xml", Href: first},
		},
	}
	if next != "" {
		f.Links = append(f.Links, atomLink{Rel: "next", Type: "application/atom+xml", Href: older(first, next)})
	}
	for _, c := range cards {
		entry, err := v.atomEntry(c)
		if err != nil {
			return err
		}
		f.Entries = append(f.Entries, entry)
	}
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	if len(cards) > 0 {
		v.w.Header().Set("Last-Modified", updated(cards).UTC().Format(http.TimeFormat))
	}
	return v.send("application/atom+xml; charset=utf-8", append([]byte(xml.Header), append(body, '\n')...))
}

func (v *visit) atomEntry(c card) (atomEntry, error) {
	var content bytes.Buffer
	if err := pages.ExecuteTemplate(&content, "content", feedCard{card: c, Lines: broken(c.Spans)}); err != nil {
		return atomEntry{}, err
	}
	e := atomEntry{
		Language:  c.Language,
		ID:        v.entryID(c),
		Title:     c.Title,
		Published: atomTime(c.Time),
		Updated:   atomTime(c.Time),
		Author:    c.Byline,
		Links:     []atomLink{{Rel: "alternate", Type: "text/html", Href: c.URL}},
		Content:   atomContent{Type: "html", HTML: content.String()},
	}
	if c.Link != nil {
		e.Links = append(e.Links, atomLink{Rel: "related", Href: c.Link.Href})
	}
	// The length of an enclosure is left out: it is optional, and not known here.
	for _, p := range slices.Concat(c.Pictures, c.Videos, c.Documents) {
		e.Links = append(e.Links, atomLink{Rel: "enclosure", Type: p.ContentType, Href: p.URL})
	}
	return e, nil
}

// feedCard is a card for readers that have no style sheet.
type feedCard struct {
	card
	Lines []span
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// entryID names an entry for ever, also when the service moves to another host.
func (v *visit) entryID(c card) string {
	if uuidForm.MatchString(string(c.ID)) {
		return "urn:uuid:" + string(c.ID)
	}
	return "tag:" + v.authority() + ",2025:wall/" + string(v.workspace) + "/" + string(c.ID)
}

func (v *visit) authority() string {
	u, err := url.Parse(v.base)
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return u.Hostname()
}

// updated is the time of the newest entry; entries are never changed. A feed without
// entries has not been updated since the beginning of time.
func updated(cards []card) time.Time {
	newest := time.Unix(0, 0).UTC()
	for _, c := range cards {
		if c.Time.After(newest) {
			newest = c.Time
		}
	}
	return newest
}

func atomTime(t time.Time) string { return t.Format(time.RFC3339Nano) }
