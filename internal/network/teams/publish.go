package teams

import (
	"bytes"
	"context"
	"net/http"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Publish sends the card once.
//
// Whatever ends before a connection is ready has sent nothing. From then on what is not one of a
// workflow's clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	m, whole := parse(d.Body)
	if !whole || d.Key == "" {
		return *network.Ended(network.Misconfigured, "The body to publish is empty or damaged.")
	}
	if d.ExternalID != "" { // guard: what was published is not published again
		return *network.Ended(network.Permanent, "It was published before; it is not published again.")
	}
	if len(d.Credential) == 0 {
		return *network.Ended(network.AuthExpired, "The account is not connected: its owner connects it with the workflow's address.")
	}
	at, wrong := n.workflow(d.Credential)
	if wrong != "" {
		return *network.Ended(network.AuthExpired, "The workflow's address cannot be used: its owner connects the account again.")
	}
	if nameOf(at) != d.Account.ExternalID { // guard: what was signed for a channel goes to no other
		return *network.Ended(network.AuthExpired, "The workflow is not the one the account was connected with.")
	}
	content, err := network.Canonical(m)
	if err != nil || len(content) > bodyLimit {
		return *network.Ended(network.Misconfigured, "The body to publish is damaged or too large.")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(content))
	if err != nil {
		return *network.Ended(network.AuthExpired, "The workflow's address cannot be used: its owner connects the account again.")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Imprimatur")
	response, failure := n.client.Send(request)
	if failure != nil {
		return failure.Answer()
	}
	defer response.Body.Close()
	return n.answered(response, d.Key)
}

// answered classifies an answer by its status. Nothing of its body is repeated: it may hold the
// address.
func (n *Network) answered(r *http.Response, key string) network.Answer {
	switch code := r.StatusCode; code {
	case http.StatusOK, http.StatusAccepted:
		return network.Answer{Class: network.Accepted, ExternalID: key, Message: "The workflow took it; whether the channel shows it Teams does not tell."}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return network.Answer{Class: network.AuthExpired, Message: wire.Said(code, "The workflow is off or gone, or its address has changed.")}
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return network.Answer{Class: network.Permanent, Message: wire.Said(code, "The workflow does not take the card.")}
	case http.StatusTooManyRequests:
		return network.Answer{Class: network.RateLimited, Message: wire.Said(code, ""), RetryTime: n.client.RetryTime(r.Header)}
	default:
		return network.Answer{Class: network.UnknownOutcome, Message: wire.Said(code, "Look into the channel before sending again.")}
	}
}

// Look cannot ask a workflow.
func (n *Network) Look(context.Context, network.Delivery) network.Sighting {
	return network.Sighting{Message: "Teams cannot be asked what a workflow has shown."}
}

// Delete cannot take a card back.
func (n *Network) Delete(context.Context, network.Delivery) network.Answer {
	return network.Answer{Class: network.Permanent, Message: "What a workflow has shown cannot be taken back from here: delete it in the channel."}
}
