package linkedin

import (
	"context"
	"net/http"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Publish gives LinkedIn the files, which nobody sees, and then asks for the post, once; once more
// only after a conflict, by which LinkedIn says that it did nothing.
//
// Whatever ends before the post is asked for has published nothing. From then on what is not one
// of LinkedIn's clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	b, whole := parse(d.Body)
	if !whole {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if d.ExternalID != "" { // guard: what was published is not published again
		return *network.Ended(network.Permanent, advocacy.AnswerPublishedBefore)
	}
	s, wrong := n.session(d.Credential)
	if wrong != nil {
		return *wrong
	}
	author, wrong := authorOf(d.Account)
	if wrong != nil {
		return *wrong
	}
	b.Post.Author = author
	given, wrong := s.give(ctx, d, author, b.Files)
	if wrong != nil {
		return *wrong
	}
	for i, name := range b.Post.Content.names() {
		*name = given[i].urn
	}
	answer := d.Show(ctx, len(given), func() network.Answer { return s.ask(ctx, b.Post) })
	if !answer.Class.Final() {
		n.uploads.Leave(network.Attempted{Author: author, Publication: d.Publication}, given)
	}
	return answer
}

// ask asks for the post.
func (s *session) ask(ctx context.Context, p post) network.Answer {
	answer, code := s.create(ctx, p)
	if answer.Class == network.Retryable && code == http.StatusConflict {
		if answer, code = s.create(ctx, p); answer.Class == network.Retryable && code == http.StatusConflict {
			answer.Class = network.UnknownOutcome // guard: a conflict that stays is no refusal
		}
		return answer
	}
	if answer.Class == network.Duplicate && reads(p.Author) && posts.MatchString(answer.ExternalID) {
		if code, _ := s.asked(ctx, call{method: http.MethodGet, path: within("posts", answer.ExternalID)}, nil); code == http.StatusNotFound {
			return *network.Ended(network.Permanent, advocacy.AnswerCopyOfGone)
		}
	}
	return answer
}

// create sends the request for a post, and tells its status, 0 where there was no answer.
func (s *session) create(ctx context.Context, p post) (network.Answer, int) {
	request, wrong := s.request(ctx, call{method: http.MethodPost, path: "/rest/posts", content: p})
	if wrong != nil {
		return *wrong, 0
	}
	response, failure := s.n.client.Send(request)
	if failure != nil {
		return failure.Answer(), 0
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return s.n.refused(response), response.StatusCode
	}
	urn := response.Header.Get("X-RestLi-Id")
	if response.StatusCode != http.StatusCreated || !posts.MatchString(urn) { // guard: no receipt without a name
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerNoPostNamed), response.StatusCode
	}
	return network.Answer{Class: network.Accepted, ExternalID: urn, URL: addressOf(urn)}, response.StatusCode
}

// Delete takes a post back; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.session(d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !posts.MatchString(d.ExternalID) {
		return *network.Ended(network.Permanent, advocacy.AnswerPostUnknown)
	}
	code, wrong := s.asked(ctx, call{method: http.MethodDelete, path: within("posts", d.ExternalID), restli: "DELETE"}, nil)
	if wrong != nil && code != http.StatusNotFound {
		return *wrong
	}
	return network.Answer{Class: network.Accepted}
}
