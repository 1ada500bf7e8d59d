package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/fence"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Publish sends the delivery once.
//
// Whatever ends before a connection is ready has sent nothing and is Retryable; our
// own refusal to connect is Misconfigured. From then on the receiver may have acted,
// and what is not one of its clear answers is UnknownOutcome, or Retryable when the
// account declares that the receiver drops a repeated id.
func (n *Network) Publish(ctx context.Context, d network.Delivery) network.Answer {
	ctx, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	request, wrong := n.request(ctx, d)
	if wrong != "" {
		return network.Answer{Class: network.Misconfigured, Message: wrong}
	}
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	request = request.WithContext(httptrace.WithClientTrace(ctx, trace))
	response, err := n.transport(request.URL).RoundTrip(request)
	if err != nil {
		return failed(err, connected.Load(), d.Account.Deduplicates)
	}
	defer response.Body.Close()
	return n.answered(response, d)
}

// request builds the signed request, or says what on our side is wrong.
func (n *Network) request(ctx context.Context, d network.Delivery) (r *http.Request, wrong string) {
	target, err := n.address(d.Account.Address)
	if err != nil {
		return nil, "The account's address may not be used: change it."
	}
	keys, err := ParseSecrets(d.Credential)
	if err != nil {
		return nil, "The account's signing secret cannot be used: " + err.Error() + "."
	}
	if !token(d.Key) {
		return nil, "The delivery has no usable id."
	}
	if len(d.Body) == 0 || len(d.Body) > bodyLimit {
		return nil, "The body to publish is empty or too large."
	}
	r, err = http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(d.Body))
	if err != nil {
		return nil, "The account's address may not be used: change it."
	}
	now := n.now()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Webhook-Id", d.Key)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", sign(keys, d.Key, now, d.Body))
	return r, ""
}

// token tells whether an id can stand in a header and in what is signed, where a dot
// ends it.
func token(id string) bool {
	return id != "" && len(id) <= 256 && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '.' })
}

func (n *Network) transport(target *url.URL) http.RoundTripper {
	if target.Scheme == "http" {
		return n.plain
	}
	return n.secure
}

// newTransport returns a transport that dials through a control, uses no proxy, and no
// connection twice: a request on a fresh connection is never repeated by the transport.
func newTransport(o Options, timeout time.Duration, c fence.Control) *http.Transport {
	dialer := &net.Dialer{ControlContext: c, Resolver: o.Resolver, Timeout: timeout}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            dialer.DialContext,
		Protocols:              protocols,
		TLSHandshakeTimeout:    timeout,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: answerLimit,
	}
}

// Look cannot ask a webhook.
func (n *Network) Look(context.Context, network.Delivery) network.Sighting {
	return network.Sighting{Message: "A webhook cannot be asked what it shows."}
}

// Delete cannot take a webhook back.
func (n *Network) Delete(context.Context, network.Delivery) network.Answer {
	return network.Answer{Class: network.Permanent, Message: "What was sent to a webhook cannot be taken back: ask the receiver to remove it."}
}
