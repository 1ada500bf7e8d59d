package x

import (
	"context"
	"net/http"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Publish gives X the files, which nobody sees, and then asks for the post, once.
//
// Whatever ends before the post is asked for has published nothing. From then on what is not one
// of X's clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	b, whole := parse(d.Body)
	if !whole {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if d.ExternalID != "" { // guard: what was published is not published again
		return *network.Ended(network.Permanent, advocacy.AnswerPublishedBefore)
	}
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	given, wrong := s.give(ctx, d, b.Files)
	if wrong != nil {
		return *wrong
	}
	asked := map[string]any{}
	if b.Text != "" {
		asked["text"] = b.Text
	}
	if len(given) > 0 {
		names := make([]string, len(given))
		for i, u := range given {
			names[i] = u.id
		}
		asked["media"] = map[string]any{"media_ids": names}
	}
	if b.Paid { // guard: a reader is told that a post is paid for
		asked["paid_partnership"] = true
	}
	answer := d.Show(ctx, len(given), func() network.Answer { return s.create(ctx, asked) })
	if !answer.Class.Final() {
		n.uploads.Leave(attempted(d), given)
	}
	return answer
}

// create sends the request for a post.
func (s *session) create(ctx context.Context, asked map[string]any) network.Answer {
	request, wrong := s.request(ctx, call{method: http.MethodPost, path: "/2/tweets", content: asked})
	if wrong != nil {
		return *wrong
	}
	response, failure := s.n.client.Send(request)
	if failure != nil {
		return failure.Answer()
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return s.n.refused(response)
	}
	var made struct {
		Data struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if wire.ReadJSON(response, answerLimit, &made) != nil || response.StatusCode != http.StatusCreated || !ids.MatchString(made.Data.ID) { // guard: no receipt without a name
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerNoPostNamed)
	}
	return network.Answer{Class: network.Accepted, ExternalID: made.Data.ID, URL: addressOf(made.Data.ID)}
}

// Delete takes a post back, with all it was edited to; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !ids.MatchString(d.ExternalID) {
		return *network.Ended(network.Permanent, advocacy.AnswerPostUnknown)
	}
	var gone struct {
		Data struct {
			Deleted bool `json:"deleted"`
		} `json:"data"`
	}
	code, wrong := s.asked(ctx, call{method: http.MethodDelete, path: "/2/tweets/" + d.ExternalID}, &gone)
	switch {
	case code == http.StatusNotFound:
		return network.Answer{Class: network.Accepted}
	case wrong != nil:
		return *wrong
	case !gone.Data.Deleted: // guard: what X does not say is gone is not called gone
		return *network.Ended(network.Retryable, advocacy.AnswerNotSaidGone)
	}
	return network.Answer{Class: network.Accepted}
}
