package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/fence"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	defaultTimeout = 15 * time.Second
	// headerLimit is the most that is read of an answer's header, in bytes.
	headerLimit = 64 << 10
	// waitLimit is the longest wait a server may ask for.
	waitLimit = 24 * time.Hour
)

// Options configure a client. The zero value is safe for production.
type Options struct {
	// AllowedNetworks may be connected to although they are not public, on any port and
	// without TLS.
	AllowedNetworks []netip.Prefix
	// Timeout bounds the making of a connection; 15 seconds when zero.
	Timeout time.Duration
	// Now is the clock; the machine's when nil.
	Now func() time.Time
	// Resolver looks names up; the machine's when nil.
	Resolver *net.Resolver
	// RootCAs are the certificate authorities trusted; the machine's when nil.
	RootCAs *x509.CertPool
}

// Client sends requests to where somebody chose. It is safe for concurrent use.
type Client struct {
	fence fence.Fence
	now   func() time.Time
	// secure and plain reach https and http addresses; plain only allowed networks.
	secure http.RoundTripper
	plain  http.RoundTripper
}

// New returns a client.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	c := &Client{fence: fence.New(o.AllowedNetworks), now: o.Now}
	if c.now == nil {
		c.now = time.Now
	}
	c.secure, c.plain = transport(o, c.fence.Secure), transport(o, c.fence.Plain)
	return c
}

// transport dials through a control, uses no proxy, and no connection twice: a request on
// a fresh connection is never repeated by the transport.
func transport(o Options, control fence.Control) *http.Transport {
	dialer := &net.Dialer{ControlContext: control, Resolver: o.Resolver, Timeout: o.Timeout}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            dialer.DialContext,
		Protocols:              protocols,
		TLSHandshakeTimeout:    o.Timeout,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: headerLimit,
	}
}

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.now() }

// Failure is a request without an answer.
type Failure struct {
	// Sent: a connection was ready, so that the request may have arrived and been carried
	// out. Otherwise nothing was sent.
	Sent bool
	// Forbidden: the fence let no connection through.
	Forbidden bool
	// TimedOut: it took longer than it may.
	TimedOut bool
	// Said is what happened, without the address.
	Said advocacy.Answer
}

// Send sends the request once. It follows no redirect. The caller closes the answer's body.
func (c *Client) Send(request *http.Request) (*http.Response, *Failure) {
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	response, err := c.over(request.URL).RoundTrip(request)
	if err != nil {
		return nil, failed(err, connected.Load())
	}
	return response, nil
}

func (c *Client) over(target *url.URL) http.RoundTripper {
	if target.Scheme == "http" {
		return c.plain
	}
	return c.secure
}

// failed tells what an error of the transport means. The error itself is never repeated:
// it holds the address.
func failed(err error, connected bool) *Failure {
	f := &Failure{Sent: connected, TimedOut: timedOut(err), Forbidden: !connected && errors.Is(err, fence.ErrForbidden)}
	_, resolving := errors.AsType[*net.DNSError](err)
	_, verifying := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case connected && f.TimedOut:
		f.Said = network.Say(advocacy.AnswerSilent)
	case connected:
		f.Said = network.Say(advocacy.AnswerCutOff)
	case f.Forbidden:
		f.Said = network.Say(advocacy.AnswerNetworkForbidden)
	case resolving:
		f.Said = network.Say(advocacy.AnswerNameUnknown)
	case verifying:
		f.Said = network.Say(advocacy.AnswerCertificateInvalid)
	case errors.Is(err, context.Canceled):
		f.Said = network.Say(advocacy.AnswerStopped)
	case f.TimedOut:
		f.Said = network.Say(advocacy.AnswerUnreachedInTime)
	default:
		f.Said = network.Say(advocacy.AnswerUnreached)
	}
	return f
}

func timedOut(err error) bool {
	wait, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && wait.Timeout()
}

// RetryTime reads Retry-After, seconds or a date, and believes at most a day. It is zero
// when the server did not say.
func (c *Client) RetryTime(h http.Header) time.Time {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 64); err == nil {
		return c.now().Add(time.Duration(min(seconds, uint64(waitLimit/time.Second))) * time.Second)
	}
	date, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}
	}
	return c.Believe(date)
}

// Believe returns an instant a server said to wait for, at most a day from now, and zero
// when it is past.
func (c *Client) Believe(until time.Time) time.Time {
	now := c.now()
	switch {
	case !until.After(now):
		return time.Time{}
	case until.After(now.Add(waitLimit)):
		return now.Add(waitLimit)
	default:
		return until
	}
}
