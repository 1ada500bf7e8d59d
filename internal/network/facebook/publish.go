package facebook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
)

// body is what is committed to be sent. The names Facebook gives the pictures are not known before
// they are there, so it names our own.
type body struct {
	Text  string `json:"text,omitempty"`
	Files []file `json:"files,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

type file struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type"`
	AltText     string `json:"alt_text"`
}

// upload is a picture that Facebook was given and nobody sees.
type upload struct {
	blob, id string
	begun    time.Time
}

// Encode returns the canonical JSON of the post and its pictures.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("facebook: the rendering is for network %q", r.Network)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	b := body{Text: r.Text, Signed: advocacy.DigestOf(signed)}
	for _, m := range r.Media {
		b.Files = append(b.Files, file{m.Blob, m.ContentType, m.AltText})
	}
	return network.Canonical(b)
}

// session is the account's token, for a page whose number is known.
func (n *Network) session(a advocacy.SocialAccount, credential []byte) (*graph.Session, *network.Answer) {
	s, wrong := n.graph.Session(credential)
	if wrong == nil && (!pages.MatchString(a.ExternalID) || a.ExternalID != pageIn(a.Address)) { // guard: a page's account publishes as that page
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerAccountUnknown)
	}
	return s, wrong
}

// Publish gives Facebook the pictures, which nobody sees, and then asks for the post, once.
//
// Whatever ends before the post is asked for has published nothing. From then on what is not one
// of Facebook's clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	var b body
	if json.Unmarshal(d.Body, &b) != nil || b.Text == "" && len(b.Files) == 0 {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if d.ExternalID != "" { // guard: what was published is not published again
		return *network.Ended(network.Permanent, advocacy.AnswerPublishedBefore)
	}
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	given, wrong := n.give(ctx, s, d, b.Files)
	if wrong != nil {
		return *wrong
	}
	values := url.Values{}
	if b.Text != "" {
		values.Set("message", b.Text)
	}
	for i, u := range given {
		values.Set(fmt.Sprintf("attached_media[%d]", i), `{"media_fbid":"`+u.id+`"}`)
	}
	answer := d.Show(ctx, len(given), func() network.Answer { return create(ctx, s, d.Account.ExternalID, values) })
	if !answer.Class.Final() {
		n.uploads.Leave(network.Attempted{Author: d.Account.ExternalID, Publication: d.Publication}, given)
	}
	return answer
}

// create sends the request for a post.
func create(ctx context.Context, s *graph.Session, page string, values url.Values) network.Answer {
	var made struct {
		ID string `json:"id"`
	}
	if wrong := s.Do(ctx, graph.Call{Method: http.MethodPost, Path: page + "/feed", Values: values}, &made); wrong != nil {
		return *wrong
	}
	if !ownedBy(page, made.ID) { // guard: no receipt without a name
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerNoPostNamed)
	}
	return network.Answer{Class: network.Accepted, ExternalID: made.ID, URL: pageAddress + made.ID}
}

// ownedBy tells whether a name is that of a post of the page.
func ownedBy(page, id string) bool { return posts.MatchString(id) && strings.HasPrefix(id, page+"_") }

// give uploads the pictures of a publication, or returns the answer of one that ends here, with
// nothing published.
func (n *Network) give(ctx context.Context, s *graph.Session, d network.Delivery, wanted []file) ([]*upload, *network.Answer) {
	if len(wanted) == 0 {
		return nil, nil
	}
	if d.Media == nil {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerFileUnreadable)
	}
	ctx, cancel := network.Ahead(ctx)
	defer cancel()
	now := n.wire.Now()
	begin := func(i int, left *upload, is bool) *upload {
		if is && left.blob == wanted[i].Blob && now.Sub(left.begun) < network.LeftFor {
			return left
		}
		return &upload{blob: wanted[i].Blob, begun: now}
	}
	of := network.Attempted{Author: d.Account.ExternalID, Publication: d.Publication}
	return n.uploads.Work(of, len(wanted), begin, func(i int, u *upload) *network.Answer { return put(ctx, s, d, wanted[i], u) })
}

// put uploads a picture with its words, unpublished.
func put(ctx context.Context, s *graph.Session, d network.Delivery, f file, u *upload) *network.Answer {
	if u.id != "" {
		return nil
	}
	if advocacy.MediaKindOf(f.ContentType) != advocacy.KindPicture {
		return network.Ended(network.Permanent, advocacy.AnswerPicturesOnly)
	}
	data, kind, err := form(ctx, d, f)
	if err != nil {
		return network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	var got struct {
		ID string `json:"id"`
	}
	wrong := s.Ask(ctx, graph.Call{Method: http.MethodPost, Path: d.Account.ExternalID + "/photos", Body: data, Kind: kind}, &got)
	if wrong == nil && !files.MatchString(got.ID) {
		wrong = network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	if wrong == nil {
		u.id = got.ID
	}
	return wrong
}

// form is a picture as Facebook takes it.
func form(ctx context.Context, d network.Delivery, f file) ([]byte, string, error) {
	from, err := d.OpenAt(ctx, f.Blob, 0)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, field := range [][2]string{{"published", "false"}, {"alt_text_custom", f.AltText}} { // guard: nobody sees a picture before its post
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, "", err
		}
	}
	to, err := w.CreateFormFile("source", "picture")
	if err != nil {
		return nil, "", err
	}
	if size, err := io.Copy(to, from); err != nil || size == 0 {
		return nil, "", io.ErrUnexpectedEOF
	}
	err = w.Close()
	return out.Bytes(), w.FormDataContentType(), err
}

// Delete takes a post back; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !ownedBy(d.Account.ExternalID, d.ExternalID) {
		return *network.Ended(network.Permanent, advocacy.AnswerPostUnknown)
	}
	var gone struct {
		Success bool `json:"success"`
	}
	wrong = s.Ask(ctx, graph.Call{Method: http.MethodDelete, Path: d.ExternalID}, &gone)
	switch {
	case wrong != nil && wrong.Said.Code == advocacy.AnswerUnknownThere && reads(ctx, s, d.Account.ExternalID) == nil:
		return network.Answer{Class: network.Accepted}
	case wrong != nil:
		return *wrong
	case !gone.Success: // guard: what Facebook does not say is gone is not called gone
		return *network.Ended(network.Retryable, advocacy.AnswerNotSaidGone)
	}
	return network.Answer{Class: network.Accepted}
}
