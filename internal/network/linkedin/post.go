package linkedin

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// post is what POST /rest/posts is given, and what GET answers.
type post struct {
	ID           string       `json:"id,omitempty"`
	Author       string       `json:"author,omitempty"`
	Commentary   string       `json:"commentary"`
	Visibility   string       `json:"visibility"`
	Distribution distribution `json:"distribution"`
	Lifecycle    string       `json:"lifecycleState"`
	NoReshare    bool         `json:"isReshareDisabledByAuthor"`
	Content      *content     `json:"content,omitempty"`
	// The times are milliseconds since 1970.
	Created  int64 `json:"createdAt,omitempty"`
	Modified int64 `json:"lastModifiedAt,omitempty"`
}

type distribution struct {
	Feed     string   `json:"feedDistribution"`
	Targets  []string `json:"targetEntities"`
	Channels []string `json:"thirdPartyDistributionChannels"`
}

// content is one of three.
type content struct {
	Media      *shown   `json:"media,omitempty"`
	MultiImage *several `json:"multiImage,omitempty"`
	Article    *article `json:"article,omitempty"`
}

// shown is a file. Only a picture has a description; the words of a video or a document are its
// title.
type shown struct {
	ID      string `json:"id"`
	Title   string `json:"title,omitempty"`
	AltText string `json:"altText,omitempty"`
}

type several struct {
	Images []shown `json:"images"`
}

type article struct {
	Source      string `json:"source"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Thumbnail   string `json:"thumbnail,omitempty"`
}

// published is the state of what is shown.
const published = "PUBLISHED"

// body is what is committed to be sent: all of the post but its author, with our own names of its
// files in the place of LinkedIn's, which are not known before they are there.
type body struct {
	Post post `json:"post"`
	// Files are those that the post names, in its order.
	Files []file `json:"files,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

type file struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type"`
}

// Encode returns the canonical JSON of the post and its files.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("linkedin: the rendering is for network %q", r.Network)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	b := body{Signed: advocacy.DigestOf(signed), Post: post{
		Commentary: n.commentary(r.Text), Visibility: "PUBLIC", Lifecycle: published,
		Distribution: distribution{Feed: "MAIN_FEED", Targets: []string{}, Channels: []string{}},
	}}
	if b.Post.Content, b.Files, err = contentOf(r); err != nil {
		return nil, err
	}
	return network.Canonical(b)
}

// commentary is a text in little text.
func (n *Network) commentary(text string) string {
	if !n.bareLinks {
		return measure.EscapeLittleText(text)
	}
	var out strings.Builder
	at := 0
	for _, link := range measure.Links(text) {
		out.WriteString(measure.EscapeLittleText(text[at:link.Start]) + text[link.Start:link.End])
		at = link.End
	}
	return out.String() + measure.EscapeLittleText(text[at:])
}

// contentOf is what is shown beside a text, and the files it names.
func contentOf(r advocacy.Rendering) (*content, []file, error) {
	var files []file
	for _, m := range r.Media {
		files = append(files, file{m.Blob, m.ContentType})
	}
	switch {
	case len(r.Media) == 1:
		m := r.Media[0]
		one := &shown{ID: m.Blob}
		if advocacy.MediaKindOf(m.ContentType) == advocacy.KindPicture {
			one.AltText = m.AltText
		} else {
			one.Title = m.AltText
		}
		return &content{Media: one}, files, nil
	case len(r.Media) > 1:
		all := &several{}
		for _, m := range r.Media {
			if advocacy.MediaKindOf(m.ContentType) != advocacy.KindPicture {
				return nil, nil, fmt.Errorf("linkedin: a file of type %s stands with others", m.ContentType)
			}
			all.Images = append(all.Images, shown{ID: m.Blob, AltText: m.AltText})
		}
		return &content{MultiImage: all}, files, nil
	case r.Link != "" && !r.Card.None():
		a := &article{Source: r.Link, Title: r.Card.Title, Description: r.Card.Description}
		if p := r.Card.Picture; p.Blob != "" {
			a.Thumbnail, files = p.Blob, []file{{p.Blob, p.ContentType}}
		}
		return &content{Article: a}, files, nil
	default:
		return nil, nil, nil
	}
}

// names are where the post names its files, in the order of the body's.
func (c *content) names() []*string {
	var all []*string
	switch {
	case c == nil:
	case c.Media != nil:
		all = append(all, &c.Media.ID)
	case c.MultiImage != nil:
		for i := range c.MultiImage.Images {
			all = append(all, &c.MultiImage.Images[i].ID)
		}
	case c.Article != nil && c.Article.Thumbnail != "":
		all = append(all, &c.Article.Thumbnail)
	}
	return all
}

// parse reads a body, and tells whether there is something to publish, and all of it.
func parse(data []byte) (body, bool) {
	var b body
	if json.Unmarshal(data, &b) != nil || b.Post.Lifecycle != published || b.Post.Commentary == "" && b.Post.Content == nil {
		return body{}, false
	}
	names := b.Post.Content.names()
	if len(names) != len(b.Files) {
		return body{}, false
	}
	for i, f := range b.Files {
		if *names[i] != f.Blob { // guard: each file stands where people signed it
			return body{}, false
		}
	}
	return b, true
}

// plain is what readers see of little text, with the templates LinkedIn makes of hashtags and
// mentions.
func plain(little string) string {
	var out strings.Builder
	for at := 0; at < len(little); {
		rest := little[at:]
		if name, size := template(rest); size > 0 {
			out.WriteString(plain(name))
			at += size
			continue
		}
		if rest[0] == '\\' && len(rest) > 1 {
			out.WriteString(measure.UnescapeLittleText(rest[:2]))
			at += 2
			continue
		}
		out.WriteByte(rest[0])
		at++
	}
	return out.String()
}

// template reads {hashtag|\#|tag} or @[Name](urn) at the beginning of a text: what is shown of
// it, and how long it is, 0 for neither.
func template(text string) (name string, size int) {
	if inside, found := strings.CutPrefix(text, `{hashtag|`); found {
		sign, tag, cut := strings.Cut(inside, "|")
		end := strings.IndexByte(tag, '}')
		if cut && end >= 0 {
			return sign + tag[:end], len(text) - len(tag) + end + 1
		}
	}
	if inside, found := strings.CutPrefix(text, `@[`); found {
		name, urn, cut := strings.Cut(inside, `](`)
		end := strings.IndexByte(urn, ')')
		if cut && end >= 0 {
			return name, len(text) - len(urn) + end + 1
		}
	}
	return "", 0
}
