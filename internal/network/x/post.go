package x

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// body is what is committed to be sent. The names X gives the files are not known before they are
// there, so it names our own.
type body struct {
	Text string `json:"text,omitempty"`
	// Paid marks the post as paid for.
	Paid  bool   `json:"paid_partnership,omitempty"`
	Files []file `json:"files,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

type file struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type"`
	AltText     string `json:"alt_text"`
}

// picture tells whether a file is one: X keeps words with no other.
func (f file) picture() bool { return advocacy.MediaKindOf(f.ContentType) == advocacy.KindPicture }

// Encode returns the canonical JSON of the post and its files.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("x: the rendering is for network %q", r.Network)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	b := body{Text: r.Text, Paid: network.FieldOf(Name, r.Disclosure) != "", Signed: advocacy.DigestOf(signed)}
	for _, m := range r.Media {
		b.Files = append(b.Files, file{m.Blob, m.ContentType, m.AltText})
	}
	return network.Canonical(b)
}

// parse reads a body, and tells whether there is something to publish.
func parse(data []byte) (body, bool) {
	var b body
	if json.Unmarshal(data, &b) != nil || b.Text == "" && len(b.Files) == 0 {
		return body{}, false
	}
	return b, true
}

// post is what X tells of a post.
type post struct {
	ID      string `json:"id"`
	Author  string `json:"author_id"`
	Created string `json:"created_at"`
	// Versions are the names of all it was edited to, itself among them, the oldest first.
	Versions []string `json:"edit_history_tweet_ids"`
	words
	// Note is the whole of a text of which the other is the beginning.
	Note        *words `json:"note_tweet"`
	Attachments struct {
		Media []string `json:"media_keys"`
	} `json:"attachments"`

	// media are the files it shows, as far as X tells, in their order.
	media []medium
}

// medium is a file that a post shows.
type medium struct {
	Key     string `json:"media_key"`
	AltText string `json:"alt_text"`
}

// words are a text, and the links in it, which X has put in the place of others.
type words struct {
	Text     string `json:"text"`
	Entities struct {
		URLs []struct {
			URL      string `json:"url"`
			Expanded string `json:"expanded_url"`
			MediaKey string `json:"media_key"`
		} `json:"urls"`
	} `json:"entities"`
}

// posts is what X answers of one post or of several.
type posts[T any] struct {
	Data     T `json:"data"`
	Includes struct {
		Media []medium `json:"media"`
	} `json:"includes"`
	Meta struct {
		Next string `json:"next_token"`
	} `json:"meta"`
	// Problems are what X left out, and why.
	Problems []problem `json:"errors"`
}

// told is one of the posts with its files.
func (p posts[T]) told(one post) post {
	for _, key := range one.Attachments.Media {
		found := medium{Key: key}
		if i := slices.IndexFunc(p.Includes.Media, func(m medium) bool { return m.Key == key }); i >= 0 {
			found = p.Includes.Media[i]
		}
		one.media = append(one.media, found)
	}
	return one
}

// html are the signs that X writes as HTML does.
var html = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// readings are what a post may say, with its links as they were written, the likelier first: X
// writes three signs as HTML does, and does not say where.
func (p post) readings() []string {
	w := p.words
	if p.Note != nil && p.Note.Text != "" {
		w = *p.Note
	}
	return []string{p.read(w, html.Replace(w.Text)), p.read(w, w.Text)}
}

// read puts the links in a text that X has put others in the place of. Those to its files, which
// stand at the end, are X's own.
func (p post) read(w words, text string) string {
	for _, link := range w.Entities.URLs {
		written := link.Expanded
		if link.MediaKey != "" || p.own(link.Expanded) {
			written = ""
		}
		if link.URL != "" {
			text = strings.ReplaceAll(text, link.URL, written)
		}
	}
	return network.CleanText(text)
}

// own tells whether an address is that of a file of the post, such as
// https://x.com/acme/status/7/photo/1.
func (p post) own(address string) bool {
	return slices.ContainsFunc(append(p.Versions, p.ID), func(id string) bool {
		return strings.Contains(address, "/status/"+id+"/photo/") || strings.Contains(address, "/status/"+id+"/video/")
	})
}

// spelled is a text without its space, and with each of its links in one spelling, as X changes
// some: it puts http:// before what has nothing there, and may write the host or the end otherwise.
func spelled(text string) string {
	var out strings.Builder
	at := 0
	for _, link := range measure.Links(text) {
		out.WriteString(text[at:link.Start] + spelledLink(text[link.Start:link.End]))
		at = link.End
	}
	return network.Bare(strings.ReplaceAll(out.String()+text[at:], plainScheme, ""))
}

const plainScheme = "http://"

func spelledLink(link string) string {
	if !strings.Contains(link, "://") {
		link = plainScheme + link
	}
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	u.Host = strings.ToLower(u.Host)
	if ascii, err := idna.Punycode.ToASCII(u.Host); err == nil {
		u.Host = ascii
	}
	return strings.TrimSuffix(u.String(), "/")
}

// differs tells what a post shows otherwise than the delivery, with the text it
// shows; nothing when it is the same as far as X tells: words it leaves out are not missed.
func differs(d network.Delivery, p post) (said advocacy.Answer, text string) {
	r, readings := d.Target.Rendering, p.readings()
	text = readings[0]
	if !slices.ContainsFunc(readings, func(reading string) bool { return spelled(reading) == spelled(r.Text) }) {
		return network.Say(advocacy.AnswerOtherText), text
	}
	if len(p.media) != len(r.Media) {
		return network.SayOf(advocacy.AnswerOtherFiles, strconv.Itoa(len(p.media))), text
	}
	for i, m := range p.media {
		if told := network.CleanText(m.AltText); told != "" && told != r.Media[i].AltText {
			return network.SayOf(advocacy.AnswerOtherFileWords, strconv.Itoa(i+1)), text
		}
	}
	return advocacy.Answer{}, text
}
