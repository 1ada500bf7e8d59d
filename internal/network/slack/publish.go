package slack

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// eventType names the metadata that holds a publication's key.
const eventType = "imprimatur_publication"

// metadata is what a message carries that nobody sees.
type metadata struct {
	Type    string            `json:"event_type"`
	Payload map[string]string `json:"event_payload"`
}

// Publish asks for the message, once. Nothing goes before it: Slack fetches pictures itself.
//
// Whatever ends before a connection is ready has published nothing. From then on what is not one of
// Slack's clear answers is UnknownOutcome.
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
	content, err := json.Marshal(map[string]any{
		"channel": s.channel, "text": b.Text, "blocks": b.Blocks, "metadata": metadata{eventType, map[string]string{"key": d.Key}},
		// What nobody signed is not added: markup, calls of names, previews of links.
		"mrkdwn": false, "parse": "none", "link_names": false, "unfurl_links": false, "unfurl_media": false,
	})
	if err != nil {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	response, failure := n.client.Send(s.request(ctx, "chat.postMessage", content, jsonKind))
	if failure != nil {
		return failure.Answer()
	}
	defer response.Body.Close()
	var made struct {
		said
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	}
	if wrong := n.read(response, &made); wrong != nil {
		return *wrong
	}
	if !moments.MatchString(made.TS) || made.Channel != s.channel { // guard: no receipt without a name
		return *network.Ended(network.UnknownOutcome, advocacy.AnswerNoPostNamed)
	}
	return network.Answer{Class: network.Accepted, ExternalID: made.TS, URL: s.addressOf(made.TS)}
}

// Delete takes a message back; one that is gone is taken back.
func (n *Network) Delete(ctx context.Context, d network.Delivery) network.Answer {
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return *wrong
	}
	if !moments.MatchString(d.ExternalID) {
		return *network.Ended(network.Permanent, advocacy.AnswerPostUnknown)
	}
	var gone said
	wrong = s.asked(ctx, "chat.delete", url.Values{"channel": {s.channel}, "ts": {d.ExternalID}}, &gone)
	if wrong == nil || gone.Error == "message_not_found" {
		return network.Answer{Class: network.Accepted}
	}
	return *wrong
}
