package container

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// body is what is committed to be sent.
type body struct {
	Text  string `json:"text,omitempty"`
	Files []file `json:"files,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

// file is a picture or a video, and where Meta fetches it.
type file struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	AltText     string `json:"alt_text"`
}

// takes tells whether a file can stand in the post: pictures, or one video.
func (b body) takes(f file) bool {
	switch advocacy.MediaKindOf(f.ContentType) {
	case advocacy.KindPicture:
		return true
	case advocacy.KindVideo:
		return len(b.Files) == 1 // guard: a video stands alone
	default:
		return false
	}
}

// Encode returns the canonical JSON of the post and where its files are.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != n.kind.Name {
		return nil, fmt.Errorf("%s: the rendering is for network %q", n.kind.Name, r.Network)
	}
	if len(r.Media) > 0 && e.MediaURL == nil {
		return nil, fmt.Errorf("%s: no address to fetch files from", n.kind.Name)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	b := body{Text: r.Text, Signed: advocacy.DigestOf(signed)}
	for _, m := range r.Media {
		b.Files = append(b.Files, file{e.MediaURL(m.Blob), m.ContentType, m.AltText})
	}
	return network.Canonical(b)
}

// planned is a container that is needed: what it is made of, without those that stand in it.
type planned struct {
	values url.Values
	// carousel: those before it stand in it.
	carousel bool
}

// plan is the containers of a post, the one that is shown last.
func (n *Network) plan(b body) []planned {
	whole := url.Values{}
	if b.Text != "" {
		whole.Set(n.kind.Text, b.Text)
	}
	switch len(b.Files) {
	case 0:
		whole.Set("media_type", n.kind.TextType)
		return []planned{{values: whole}}
	case 1:
		n.show(whole, b.Files[0])
		return []planned{{values: whole}}
	}
	var all []planned
	for _, f := range b.Files {
		item := one("is_carousel_item", strconv.FormatBool(true))
		n.show(item, f)
		all = append(all, planned{values: item})
	}
	whole.Set("media_type", "CAROUSEL")
	return append(all, planned{values: whole, carousel: true})
}

// show puts a picture or a video into a container.
func (n *Network) show(values url.Values, f file) {
	kind, address := n.kind.PictureType, "image_url"
	video := advocacy.MediaKindOf(f.ContentType) == advocacy.KindVideo
	if video {
		kind, address = n.kind.VideoType, "video_url"
	}
	if kind != "" {
		values.Set("media_type", kind)
	}
	values.Set(address, f.URL)
	if f.AltText != "" && (!video || n.kind.VideoWords) {
		values.Set("alt_text", f.AltText)
	}
}
