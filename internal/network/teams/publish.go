package teams

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if d.ExternalID != "" { // guard: what was published is not published again
		return *network.Ended(network.Permanent, advocacy.AnswerPublishedBefore)
	}
	if len(d.Credential) == 0 {
		return *network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	}
	at, wrong := n.workflow(d.Credential)
	if wrong != "" {
		return *network.Ended(network.AuthExpired, advocacy.AnswerTokenMalformed)
	}
	if nameOf(at) != d.Account.ExternalID { // guard: what was signed for a channel goes to no other
		return *network.Ended(network.AuthExpired, advocacy.AnswerAccountOther)
	}
	content, err := network.Canonical(m)
	if err != nil || len(content) > bodyLimit {
		return *network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(content))
	if err != nil {
		return *network.Ended(network.AuthExpired, advocacy.AnswerTokenMalformed)
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
		if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") { // guard: a page is no workflow's answer
			return *network.Ended(network.UnknownOutcome, advocacy.AnswerUnreadable)
		}
		return network.Answer{Class: network.Accepted, ExternalID: key, Said: network.Say(advocacy.AnswerWorkflowTook)}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return network.Answer{Class: network.AuthExpired, Said: network.SayOf(advocacy.AnswerWorkflowGone, strconv.Itoa(code))}
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return network.Answer{Class: network.Permanent, Said: network.SayOf(advocacy.AnswerCardRefused, strconv.Itoa(code))}
	case http.StatusTooManyRequests:
		return network.Answer{Class: network.RateLimited, Said: wire.Said(code, ""), RetryTime: n.client.RetryTime(r.Header)}
	default:
		return network.Answer{Class: network.UnknownOutcome, Said: wire.Said(code, "")}
	}
}

// Look cannot ask a workflow.
func (n *Network) Look(context.Context, network.Delivery) network.Sighting {
	return network.Sighting{Said: network.Say(advocacy.AnswerNotTold)}
}

// Delete cannot take a card back.
func (n *Network) Delete(context.Context, network.Delivery) network.Answer {
	return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerNoTakingBack)}
}
