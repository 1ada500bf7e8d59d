package mattermost

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// keyProp is the name of the prop that holds a publication's key.
const keyProp = "imprimatur_key"

// Publish gives the server the files, which nobody sees, and then asks for the post, once.
//
// Whatever ends before the post is asked for has published nothing. From then on what is not one of
// the server's clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	b, whole := parse(d.Body)
	if !whole || d.Key == "" {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if d.ExternalID != "" { // guard: what was published is not published again
		return *network.Ended(network.Permanent, advocacy.AnswerPublishedBefore)
	}
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	given := make([]string, 0, len(b.Files))
	for _, f := range b.Files {
		name, wrong := s.give(ctx, d, f)
		if wrong != nil {
			return *wrong
		}
		given = append(given, name)
	}
	if wrong := d.Stopped(ctx, len(given)); wrong != nil {
		return *wrong
	}
	request, err := s.post(ctx, "posts", map[string]any{
		"channel_id": s.channel, "message": b.Message, "file_ids": given,
		"pending_post_id": s.user + ":" + d.Key, "props": map[string]string{keyProp: d.Key},
	})
	if err != nil {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	response, failure := n.client.Send(request)
	if failure != nil {
		return failure.Answer()
	}
	defer response.Body.Close()
	return s.created(response)
}

// created classifies the answer to the request for a post.
func (s *session) created(r *http.Response) network.Answer {
	if r.StatusCode < 200 || r.StatusCode > 299 {
		return s.n.refused(r)
	}
	var made post
	if wire.ReadJSON(r, answerLimit, &made) != nil || r.StatusCode != http.StatusCreated || !ids.MatchString(made.ID) { // guard: no receipt without a name
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerNoPostNamed)
	}
	if made.User != s.user || made.Channel != s.channel { // guard: a post of somebody else's is no receipt
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerOtherPublished)
	}
	return network.Answer{Class: network.Accepted, ExternalID: made.ID, URL: s.at.addressOf(made.ID)}
}

// give gives the server a file of the delivery and returns its name of it, or the answer of a
// publication that ends here, with nothing published.
func (s *session) give(ctx context.Context, d network.Delivery, f file) (string, *network.Answer) {
	if d.Media == nil {
		return "", network.Ended(network.Misconfigured, advocacy.AnswerFileUnreadable)
	}
	content, kind, err := s.form(ctx, d, f)
	if err != nil {
		return "", network.Ended(network.Retryable, advocacy.AnswerFileUnreadable)
	}
	var made struct {
		Files []struct {
			ID string `json:"id"`
		} `json:"file_infos"`
	}
	if _, wrong := s.asked(s.request(ctx, http.MethodPost, "files", nil, content, kind), &made); wrong != nil {
		return "", wrong
	}
	if len(made.Files) != 1 || !ids.MatchString(made.Files[0].ID) { // guard: no picture is left out
		return "", network.Ended(network.Retryable, advocacy.AnswerFileAnswerUnreadable)
	}
	return made.Files[0].ID, nil
}

// form is a file as a multipart form. The channel goes first: a server reads it before the file.
func (s *session) form(ctx context.Context, d network.Delivery, f file) ([]byte, string, error) {
	from, err := d.Media(ctx, f.Blob)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	if err := w.WriteField("channel_id", s.channel); err != nil {
		return nil, "", err
	}
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", mime.FormatMediaType("form-data", map[string]string{"name": "files", "filename": f.Name}))
	header.Set("Content-Type", f.ContentType)
	part, err := w.CreatePart(header)
	if err != nil {
		return nil, "", err
	}
	if _, err := io.Copy(part, from); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return out.Bytes(), w.FormDataContentType(), err
}

// Delete takes a post back; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !ids.MatchString(d.ExternalID) {
		return *network.Ended(network.Permanent, advocacy.AnswerPostUnknown)
	}
	var gone struct {
		Status string `json:"status"`
	}
	code, wrong := s.asked(s.request(ctx, http.MethodDelete, "posts/"+d.ExternalID, nil, nil, ""), &gone)
	switch {
	case code == http.StatusNotFound:
		return network.Answer{Class: network.Accepted}
	case wrong != nil:
		return *wrong
	case gone.Status != "OK": // guard: what the server does not say is gone is not called gone
		return *network.Ended(network.Retryable, advocacy.AnswerNotSaidGone)
	}
	return network.Answer{Class: network.Accepted}
}
