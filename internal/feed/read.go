package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/fence"
)

const (
	// maxEntries is how many entries of one answer count, from its beginning.
	maxEntries = 50
	// maxTitle and maxText bound an entry, in characters; maxLink its link, in bytes.
	maxTitle = 200
	maxText  = 2000
	maxLink  = 2000
	// maxDepth, maxNames and maxElements bound what makes a document costly to read: how deep its
	// elements nest, how many namespaces it declares, and how many elements it has.
	maxDepth    = 100
	maxNames    = 200
	maxElements = 50_000
	// detected is how much of a document the library looks at to tell what it is.
	detected = 4096
)

// Read reads the entries of a document, with base for the links that are relative. What it
// cannot read, or will not, has a code.
func Read(document []byte, base *url.URL) (entries []advocacy.FeedEntry, code advocacy.FeedCode) {
	document = legible(document)
	if !safe(document) { // guard: what is costly to read is not read
		return nil, advocacy.FeedUnsafe
	}
	parsed, err := parse(document)
	if err != nil || parsed == nil || parsed.FeedType == "json" && !strings.Contains(parsed.FeedVersion, "jsonfeed.org/version") {
		return nil, advocacy.FeedUnreadable
	}
	spoken := tagOf(parsed.Language)
	for _, item := range parsed.Items[:min(len(parsed.Items), maxEntries)] {
		if item == nil {
			continue
		}
		if e := entryOf(item, base); e.Title != "" || e.Text != "" || e.Link != "" {
			e.Language = spoken
			entries = append(entries, e)
		}
	}
	return entries, ""
}

// parse calls the library, whose panic on a document nobody thought of is an unreadable one.
func parse(document []byte) (parsed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			parsed, err = nil, io.ErrUnexpectedEOF
		}
	}()
	return gofeed.NewParser().Parse(bytes.NewReader(document))
}

func entryOf(item *gofeed.Item, base *url.URL) advocacy.FeedEntry {
	text := plain(item.Description, maxText)
	if text == "" {
		text = plain(item.Content, maxText)
	}
	e := advocacy.FeedEntry{Title: line(plain(item.Title, maxTitle)), Text: text, Link: linkOf(item.Link, base)}
	if e.Link == "" && strings.Contains(item.GUID, "://") {
		e.Link = linkOf(item.GUID, base)
	}
	e.Key = keyOf(item.GUID, item.Link, item.Title+"\n"+item.Description, item.Content)
	return e
}

// keyOf is the digest of the first name an entry has.
func keyOf(names ...string) string {
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			sum := sha256.Sum256([]byte(name))
			return hex.EncodeToString(sum[:])
		}
	}
	return ""
}

// linkOf is an address of the web, or empty.
func linkOf(link string, base *url.URL) string {
	link = strings.TrimSpace(link)
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return ""
	}
	u = base.ResolveReference(u)
	if !fence.Usable(u) || len(u.String()) > maxLink { // guard: a link is an address of the web
		return ""
	}
	return u.String()
}

// tagOf is the language a feed says it is written in, or empty.
func tagOf(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil || parsed == language.Und {
		return ""
	}
	base, _ := parsed.Base()
	return base.String()
}

// legible leaves out the control characters that no document may hold and some do.
func legible(document []byte) []byte {
	return slices.DeleteFunc(slices.Clone(document), func(b byte) bool { return b < ' ' && b != '\t' && b != '\n' && b != '\r' })
}

// safe tells whether reading a document costs no more than its size says.
func safe(document []byte) bool {
	switch gofeed.DetectFeedType(bytes.NewReader(document[:min(len(document), detected)])) {
	case gofeed.FeedTypeRSS, gofeed.FeedTypeAtom:
		return safeXML(document)
	case gofeed.FeedTypeJSON:
		return safeJSON(document)
	default:
		return true // nobody reads it
	}
}

// safeXML tells whether a document declares no entities, nests no deeper than a feed does, and
// has no more namespaces and elements. It reads as the library does, so that both see the same elements.
func safeXML(document []byte) bool {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	decoder.Strict, decoder.CharsetReader = false, charset.NewReaderLabel
	for depth, names, elements := 0, 0, 0; depth <= maxDepth && names <= maxNames && elements <= maxElements; {
		token, err := decoder.RawToken()
		if err != nil {
			return true // what comes before was safe, and nobody reads the rest
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			elements++
			for _, a := range t.Attr {
				if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
					names++
				}
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			if bytes.Contains(bytes.ToUpper(t), []byte("ENTITY")) {
				return false
			}
		}
	}
	return false
}

// safeJSON tells whether a document nests no deeper than a feed does, and holds no more.
func safeJSON(document []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(document))
	for depth, elements := 0, 0; depth <= maxDepth && elements <= maxElements; {
		token, err := decoder.Token()
		if err != nil {
			return true
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			elements++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return false
}
