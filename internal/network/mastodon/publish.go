package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// session is an account's server, and the token to speak to it with.
type session struct {
	n      *Network
	server *url.URL
	token  string
}

func (n *Network) session(a advocacy.SocialAccount, token []byte) (*session, *network.Answer) {
	server, err := n.client.Address(a.Address)
	if err != nil {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	}
	if len(token) == 0 {
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	}
	return &session{n, server, string(token)}, nil
}

// request builds a request to a path of the server. The path is the caller's own; what came
// from outside goes through url.PathEscape or the query first.
func (s *session) request(ctx context.Context, method, path string, query url.Values, content []byte, kind string) *http.Request {
	target := *s.server
	target.Path, target.RawPath = "", ""
	u := target.JoinPath(path)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(content))
	if err != nil {
		panic("mastodon: " + method + " is no method") // the address was parsed before
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Imprimatur")
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// Publish uploads the files, which nobody sees, and then makes the status, once.
//
// Whatever ends before the status is asked for has published nothing. From then on what is not
// one of the server's clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	var b body
	if err := json.Unmarshal(d.Body, &b); err != nil || b.Status == "" && len(b.Media) == 0 {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	ids, wrong := s.upload(ctx, d, b.Media)
	if wrong != nil {
		return *wrong
	}
	content, err := json.Marshal(map[string]any{
		"status": b.Status, "media_ids": ids, "visibility": b.Visibility, "language": b.Language,
	})
	if err != nil {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if wrong := d.Stopped(ctx, len(ids)); wrong != nil {
		return *wrong
	}
	request := s.request(ctx, http.MethodPost, "api/v1/statuses", nil, content, "application/json")
	request.Header.Set("Idempotency-Key", d.Key)
	response, failure := n.client.Send(request)
	if failure != nil {
		return failure.Answer()
	}
	defer response.Body.Close()
	return n.created(response, d)
}

// status is what a server tells of a status.
type status struct {
	ID          string `json:"id"`
	URL         string `json:"url"`
	URI         string `json:"uri"`
	CreatedAt   string `json:"created_at"`
	Content     string `json:"content"`
	ScheduledAt string `json:"scheduled_at"`
	Account     struct {
		ID string `json:"id"`
	} `json:"account"`
	Media []struct {
		Description string `json:"description"`
	} `json:"media_attachments"`
}

// address is where people find it.
func (s status) address() string {
	for _, u := range []string{s.URL, s.URI} {
		if len(u) <= addressLimit && network.WebAddress(u) {
			return u
		}
	}
	return ""
}

// created classifies the answer to the request for a status.
func (n *Network) created(r *http.Response, d network.Delivery) network.Answer {
	if r.StatusCode != http.StatusOK {
		return n.refused(r)
	}
	var made status
	if wire.ReadJSON(r, answerLimit, &made) != nil || !id(made.ID) {
		return network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerUnreadable)}
	}
	switch {
	case made.ScheduledAt != "":
		return network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerPublishedLater)}
	case d.Account.ExternalID != "" && made.Account.ID != d.Account.ExternalID: // guard: a post of somebody else's is no receipt
		return network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerOtherPublished)}
	}
	return network.Answer{Class: network.Accepted, ExternalID: made.ID, URL: made.address()}
}

// Delete takes a status back; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !id(d.ExternalID) {
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	response, failure := n.client.Send(s.request(ctx, http.MethodDelete, "api/v1/statuses/"+d.ExternalID, nil, nil, ""))
	if failure != nil {
		return network.Answer{Class: network.Retryable, Said: failure.Said}
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK || response.StatusCode == http.StatusNotFound {
		return network.Answer{Class: network.Accepted}
	}
	return n.refused(response).Harmless() // it may be asked again
}
