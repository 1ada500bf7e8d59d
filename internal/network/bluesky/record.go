package bluesky

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// collection is where posts are kept in a repository.
const collection = "app.bsky.feed.post"

// record is an app.bsky.feed.post.
type record struct {
	Type      string   `json:"$type"`
	Text      string   `json:"text"`
	CreatedAt string   `json:"createdAt"`
	Langs     []string `json:"langs,omitempty"`
	Facets    []facet  `json:"facets,omitempty"`
	Embed     *embed   `json:"embed,omitempty"`
}

// facet says that a part of the text is alive. Index is in bytes of UTF-8.
type facet struct {
	Index    index     `json:"index"`
	Features []feature `json:"features"`
}

type index struct {
	Start int `json:"byteStart"`
	End   int `json:"byteEnd"`
}

type feature struct {
	Type string `json:"$type"`
	URI  string `json:"uri,omitempty"`
	Tag  string `json:"tag,omitempty"`
}

// embed is app.bsky.embed.images or app.bsky.embed.video.
type embed struct {
	Type   string  `json:"$type"`
	Images []image `json:"images,omitempty"`
	Video  *blob   `json:"video,omitempty"`
	Alt    string  `json:"alt,omitempty"`
	Ratio  *ratio  `json:"aspectRatio,omitempty"`
}

type image struct {
	Image *blob  `json:"image"`
	Alt   string `json:"alt"`
	Ratio *ratio `json:"aspectRatio,omitempty"`
}

type ratio struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// blob names a file. Size is 0 until the file was read.
type blob struct {
	Type     string `json:"$type"`
	Ref      link   `json:"ref"`
	MimeType string `json:"mimeType"`
	Size     int64  `json:"size,omitempty"`
}

type link struct {
	CID string `json:"$link"`
}

// recordOf is the record of what people signed, of the time of the intent.
func recordOf(r advocacy.Rendering, at time.Time) (record, error) {
	made := record{Type: collection, Text: r.Text, CreatedAt: at.UTC().Format("2006-01-02T15:04:05.000Z"), Facets: facetsOf(r.Text)}
	if tag, err := language.Parse(r.Language); err == nil && tag != language.Und {
		made.Langs = []string{tag.String()}
	}
	if len(r.Media) == 0 {
		return made, nil
	}
	e := &embed{Type: "app.bsky.embed.images"}
	for _, m := range r.Media {
		named, err := blobOf(m)
		if err != nil {
			return record{}, err
		}
		var sides *ratio
		if m.Width > 0 && m.Height > 0 {
			sides = &ratio{m.Width, m.Height}
		}
		if advocacy.MediaKindOf(m.ContentType) == advocacy.KindVideo {
			e = &embed{Type: "app.bsky.embed.video", Video: named, Alt: m.AltText, Ratio: sides}
			continue
		}
		e.Images = append(e.Images, image{named, m.AltText, sides})
	}
	if e.Video != nil && len(r.Media) > 1 {
		return record{}, fmt.Errorf("bluesky: a video stands with %d other files", len(r.Media)-1)
	}
	made.Embed = e
	return made, nil
}

// facetsOf are the addresses and hashtags of a text. A mention would need to say whom its handle
// names, and stays plain.
func facetsOf(text string) []facet {
	var found []facet
	for _, f := range measure.Facets(text) {
		var alive feature
		switch {
		case f.Kind == measure.FacetTag:
			alive = feature{Type: "app.bsky.richtext.facet#tag", Tag: f.Value}
		case f.Kind == measure.FacetLink && network.WebAddress(f.Value): // guard: what reads like an address leads there and nowhere else
			alive = feature{Type: "app.bsky.richtext.facet#link", URI: f.Value}
		default:
			continue
		}
		found = append(found, facet{index{f.Start, f.End}, []feature{alive}})
	}
	return found
}

// files are the record's, in the order of its target's.
func (r record) files() []*blob {
	if r.Embed == nil {
		return nil
	}
	if r.Embed.Video != nil {
		return []*blob{r.Embed.Video}
	}
	var all []*blob
	for _, i := range r.Embed.Images {
		all = append(all, i.Image)
	}
	return all
}

// base32s are the letters of names in atproto, and those of its keys.
var (
	base32s = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	sorted  = "234567abcdefghijklmnopqrstuvwxyz"
)

// blobOf names a file by its bytes, as a repository does: our own name of it holds all of that.
func blobOf(m advocacy.RenderedMedia) (*blob, error) {
	digest := advocacy.Digest(m.Blob)
	sum, err := hex.DecodeString(digest.Hex())
	if err != nil || !digest.Valid() {
		return nil, fmt.Errorf("bluesky: %q names no file", m.Blob)
	}
	// CIDv1, raw bytes, SHA-256 of 32 bytes; b says base32.
	named := "b" + base32s.EncodeToString(append([]byte{0x01, 0x55, 0x12, 0x20}, sum...))
	return &blob{Type: "blob", Ref: link{named}, MimeType: m.ContentType}, nil
}

// keyOf is the key of a publication's record: a TID of the millisecond of its intent, so that it
// stands in its place among the account's posts, and of its own name in the twenty bits below.
func keyOf(id advocacy.PublicationID, at time.Time) string {
	sum := sha256.Sum256([]byte(id))
	own := binary.BigEndian.Uint32(sum[:4])
	micros := uint64(at.UnixMilli())*1000 + uint64(own>>16)%1000
	return tid(micros, uint64(own)&1023)
}

// tid is a key as atproto.com/specs/tid makes them: 53 bits of microseconds and ten of whoever
// counts, in letters that sort.
func tid(micros, clock uint64) string {
	bits := micros&(1<<53-1)<<10 | clock&1023
	var out [13]byte
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = sorted[bits&31]
		bits >>= 5
	}
	return string(out[:])
}
