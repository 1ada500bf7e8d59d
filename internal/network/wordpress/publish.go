package wordpress

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// publish is the state of a post that everybody sees.
const publish = "publish"

// posts and pictures are where a site keeps them.
const (
	posts    = "wp/v2/posts"
	pictures = "wp/v2/media"
)

// Publish looks whether the post is there, gives the site the pictures, and then asks for the post, once.
//
// Whatever ends before the post is asked for has published nothing. From then on what is not one of
// WordPress' clear answers is UnknownOutcome.
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
	there, wrong := s.at(ctx, b.Slug)
	switch {
	case wrong != nil:
		return *wrong
	case len(there) > 0: // guard: of a taken address a site makes a second
		return *network.Ended(network.Duplicate, advocacy.AnswerOtherThere)
	}
	content, wrong := s.give(ctx, d, b)
	if wrong != nil {
		return *wrong
	}
	if wrong := d.Stopped(ctx, len(b.Files)); wrong != nil {
		return *wrong
	}
	request, err := s.post(ctx, posts, map[string]any{"title": b.Title, "content": content, "slug": b.Slug, "status": publish})
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
		answer, _ := s.n.refused(r)
		return answer
	}
	var made post
	if wire.ReadJSON(r, answerLimit, &made) != nil || r.StatusCode != http.StatusCreated || made.ID <= 0 { // guard: no receipt without a name
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerNoPostNamed)
	}
	switch {
	case made.Author != s.author: // guard: a post of somebody else's is no receipt
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerOtherPublished)
	case made.Status != publish: // guard: what nobody sees is not published
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerShownToNobody)
	}
	return network.Answer{Class: network.Accepted, ExternalID: made.name(), URL: made.address()}
}

// Delete takes a post back with its pictures; what is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !ids.MatchString(d.ExternalID) {
		return *network.Ended(network.Permanent, advocacy.AnswerPostUnknown)
	}
	if wrong := s.remove(ctx, posts+"/"+d.ExternalID, false); wrong != nil {
		return *wrong
	}
	b, _ := parse(d.Body)
	for _, f := range b.Files {
		there, wrong := s.pictureAt(ctx, f)
		if wrong == nil && there != nil {
			wrong = s.remove(ctx, pictures+"/"+strconv.FormatInt(there.ID, 10), true)
		}
		if wrong != nil { // guard: a picture that is still shown is not called gone
			wrong.Class = network.Retryable
			wrong.Said = network.Quote(advocacy.AnswerPictureLeft, "", wrong.Said.Quote)
			return *wrong
		}
	}
	return network.Answer{Class: network.Accepted}
}

// remove moves something to the trash, or deletes it for good: where there is no trash, and if that is
// wanted.
func (s *session) remove(ctx context.Context, path string, good bool) *network.Answer {
	var gone struct {
		Status  string `json:"status"`
		Deleted bool   `json:"deleted"`
	}
	var query url.Values
	if good {
		query = url.Values{"force": {"true"}}
	}
	got := s.asked(s.request(ctx, http.MethodDelete, path, query, nil, ""), &gone)
	switch {
	case got.code == invalidID, got.code == "rest_already_trashed":
		return nil
	case got.code == "rest_trash_not_supported" && !good:
		return s.remove(ctx, path, true)
	case got.wrong != nil:
		return got.wrong
	case !gone.Deleted && gone.Status != "trash": // guard: what the site does not say is gone is not called gone
		return network.Ended(network.Retryable, advocacy.AnswerNotSaidGone)
	}
	return nil
}
