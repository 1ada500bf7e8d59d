package container

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
)

// session is the account's token, for an account whose number is known.
func (n *Network) session(a advocacy.SocialAccount, credential []byte) (*graph.Session, *network.Answer) {
	s, wrong := n.graph.Session(credential)
	if wrong == nil && !ids.MatchString(a.ExternalID) {
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerAccountUnknown)
	}
	return s, wrong
}

// Publish makes a container, which nobody sees, and then asks for it to be shown, once.
//
// Whatever ends before that has published nothing. From then on what is not one of the network's
// clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	var b body
	if json.Unmarshal(d.Body, &b) != nil || b.Text == "" && len(b.Files) == 0 || len(b.Files) == 0 && n.kind.TextType == "" {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if d.ExternalID != "" { // guard: what was published is not published again
		return *network.Ended(network.Permanent, advocacy.AnswerPublishedBefore)
	}
	if slices.ContainsFunc(b.Files, func(f file) bool { return !b.takes(f) }) {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	of := network.Attempted{Author: d.Account.ExternalID, Publication: d.Publication}
	j := job{n, s, d.Account.ExternalID}
	all, wrong := j.prepare(ctx, of, n.plan(b))
	if wrong != nil {
		return *wrong
	}
	shown := all[len(all)-1]
	answer := d.Show(ctx, len(all), func() network.Answer {
		shown.asked = true
		return j.show(ctx, shown.id)
	})
	if !answer.Class.Final() {
		n.containers.Leave(of, all)
	}
	if answer.Class == network.UnknownOutcome {
		n.asked.Leave(of, []string{shown.id})
	}
	return answer
}

// show sends the request that makes a container visible.
func (j job) show(ctx context.Context, container string) network.Answer {
	var got struct {
		ID string `json:"id"`
	}
	wrong := j.session.Do(ctx, graph.Call{
		Method: http.MethodPost, Path: j.user + "/" + j.n.kind.Show, Values: one("creation_id", container),
	}, &got)
	switch {
	case wrong != nil && wrong.Said.Code == advocacy.AnswerUnknownThere: // too early (developers.facebook.com/docs/threads/troubleshooting)
		wrong.Class, wrong.RetryTime = network.Retryable, j.n.wire.Now().Add(firstWait)
		return *wrong
	case wrong != nil:
		return *wrong
	case !ids.MatchString(got.ID): // guard: no receipt without a name
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerNoPostNamed)
	}
	return network.Answer{Class: network.Accepted, ExternalID: got.ID, URL: j.address(ctx, got.ID)}
}

// address asks where a post is shown, empty when that is not told.
func (j job) address(ctx context.Context, id string) string {
	var got item
	if j.session.Ask(ctx, graph.Call{Method: http.MethodGet, Path: id, Values: one("fields", "id,permalink")}, &got) != nil {
		return ""
	}
	return j.n.link(got.Link)
}

// link is an address of a post at the network, empty for any other.
func (n *Network) link(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || !network.WebAddress(raw) || u.Scheme != "https" || !slices.Contains(n.kind.Hosts, u.Host) { // guard: readers are led to the network alone
		return ""
	}
	return raw
}

// Delete takes a post back, where the network has such a call; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	if !n.kind.Deletes {
		return *network.Ended(network.Permanent, advocacy.AnswerNoTakingBack)
	}
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !ids.MatchString(d.ExternalID) {
		return *network.Ended(network.Permanent, advocacy.AnswerPostUnknown)
	}
	var gone struct {
		Success bool `json:"success"`
	}
	j := job{n, s, d.Account.ExternalID}
	wrong = s.Ask(ctx, graph.Call{Method: http.MethodDelete, Path: d.ExternalID}, &gone)
	switch {
	case wrong != nil && wrong.Said.Code == advocacy.AnswerUnknownThere && j.unread(ctx) == nil:
		return network.Answer{Class: network.Accepted}
	case wrong != nil:
		return *wrong
	case !gone.Success: // guard: what the network does not say is gone is not called gone
		return *network.Ended(network.Retryable, advocacy.AnswerNotSaidGone)
	}
	return network.Answer{Class: network.Accepted}
}
