// Package linkcheck looks whether links lead somewhere that everybody can see.
//
// It owns the bounds of one look: to which addresses, how many redirects, how long, how much
// of an answer. It does not know why somebody asks, and keeps nothing.
//
// The rule that keeps it so: it connects only to addresses that are public or that the
// operator named, judged at the moment of dialing and so after every redirect as well; it
// sends nothing but the address, reads no body, and what it cannot tell is not reachable.
package linkcheck

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/fence"
)

const (
	maxLink      = 2048
	maxRedirects = 5
	headerLimit  = 64 << 10
)

// Options configure a checker. The zero value is safe for production.
type Options struct {
	// AllowedNetworks may be looked at although they are not public, on any port.
	AllowedNetworks []netip.Prefix
	// Timeout bounds all looks of one call together, which run side by side; 5 seconds when
	// zero.
	Timeout time.Duration
	// Resolver looks names up; the machine's when nil.
	Resolver *net.Resolver
	// RootCAs are the certificate authorities trusted; the machine's when nil.
	RootCAs *x509.CertPool
}

// Checker looks where links lead. It is safe for concurrent use.
type Checker struct {
	client  *http.Client
	timeout time.Duration
}

// New returns a checker.
func New(o Options) *Checker {
	c := &Checker{timeout: o.Timeout}
	if c.timeout <= 0 {
		c.timeout = 5 * time.Second
	}
	dialer := &net.Dialer{ControlContext: fence.New(o.AllowedNetworks).Secure, Resolver: o.Resolver, Timeout: c.timeout}
	c.client = &http.Client{
		CheckRedirect: follow,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    c.timeout,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: headerLimit,
		},
	}
	return c
}

var (
	errRedirects = errors.New("too many redirects")
	errAddress   = errors.New("no address of the web")
)

// follow judges a redirect; where it leads is judged when it is dialed.
func follow(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects { // guard: redirects end
		return errRedirects
	}
	if !usable(next.URL) {
		return errAddress
	}
	next.Header.Del("Referer")
	return nil
}

// usable tells whether an address is one of the web, with nothing secret in it.
func usable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Opaque == ""
}

// Check looks where each link leads, all of them side by side, and returns what it found in
// their order. It never fails: what cannot be told is not reachable.
func (c *Checker) Check(ctx context.Context, links []string) []advocacy.LinkCheck {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	found := make([]advocacy.LinkCheck, len(links))
	var all sync.WaitGroup
	for i, link := range links {
		all.Go(func() { found[i] = c.check(ctx, link) })
	}
	all.Wait()
	return found
}

// check asks for the head and, from who does not answer that well, for the whole, of which
// it reads nothing.
func (c *Checker) check(ctx context.Context, link string) advocacy.LinkCheck {
	u, err := url.Parse(link)
	if err != nil || len(link) > maxLink || !usable(u) {
		return advocacy.LinkCheck{URL: link, Code: advocacy.LinkInvalid}
	}
	found := c.ask(ctx, http.MethodHead, link)
	if !found.Reachable && found.Code == advocacy.LinkStatus {
		found = c.ask(ctx, http.MethodGet, link)
	}
	return found
}

func (c *Checker) ask(ctx context.Context, method, link string) advocacy.LinkCheck {
	found := advocacy.LinkCheck{URL: link}
	request, err := http.NewRequestWithContext(ctx, method, link, nil)
	if err != nil {
		found.Code = advocacy.LinkInvalid
		return found
	}
	request.Header.Set("User-Agent", "Imprimatur link check")
	response, err := c.client.Do(request)
	if err != nil {
		found.Code = codeOf(err)
		return found
	}
	defer response.Body.Close()
	found.Status = response.StatusCode
	if found.Reachable = response.StatusCode/100 == 2; !found.Reachable {
		found.Code = advocacy.LinkStatus
	}
	return found
}

func codeOf(err error) advocacy.LinkCode {
	switch {
	case errors.Is(err, errRedirects):
		return advocacy.LinkRedirects
	case errors.Is(err, errAddress):
		return advocacy.LinkInvalid
	case errors.Is(err, fence.ErrForbidden):
		return advocacy.LinkForbidden
	default:
		return advocacy.LinkNoAnswer
	}
}
