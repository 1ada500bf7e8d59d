package webhook

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Publish sends the delivery once.
//
// Whatever ends before a connection is ready has sent nothing and is Retryable; our
// own refusal to connect is Misconfigured. From then on the receiver may have acted,
// and what is not one of its clear answers is UnknownOutcome.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	ctx, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	request, wrong := n.request(ctx, d)
	if wrong != nil {
		return *wrong
	}
	response, failure := n.client.Send(request)
	if failure != nil {
		return failure.Answer()
	}
	defer response.Body.Close()
	return n.answered(response, d)
}

// request builds the signed request, or says what on our side is wrong.
func (n *Network) request(ctx context.Context, d network.Delivery) (r *http.Request, wrong *network.Answer) {
	target, err := n.client.Address(d.Account.Address)
	if err != nil {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	}
	keys, err := ParseSecrets(d.Credential)
	if err != nil {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerSecretUnusable)
	}
	if !token(d.Key) {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	if len(d.Body) == 0 || len(d.Body) > bodyLimit {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
	}
	r, err = http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(d.Body))
	if err != nil {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	}
	now := n.client.Now()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Webhook-Id", d.Key)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", sign(keys, d.Key, now, d.Body))
	return r, nil
}

// token tells whether an id can stand in a header and in what is signed, where a dot
// ends it.
func token(id string) bool {
	return id != "" && len(id) <= 256 && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '.' })
}

// Look cannot ask a webhook.
func (n *Network) Look(context.Context, network.Delivery) network.Sighting {
	return network.Sighting{Said: network.Say(advocacy.AnswerNotTold)}
}

// Delete cannot take a webhook back.
func (n *Network) Delete(context.Context, network.Delivery) network.Answer {
	return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerNoTakingBack)}
}
