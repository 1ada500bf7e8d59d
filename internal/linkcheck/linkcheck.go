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

// maxLink is the length of the longest link that is looked at.
const maxLink = 2048

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
	c.client = fence.New(o.AllowedNetworks).Client(fence.ClientOptions{Timeout: c.timeout, Resolver: o.Resolver, RootCAs: o.RootCAs})
	return c
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
	if err != nil || len(link) > maxLink || !fence.Usable(u) {
		return ended(advocacy.LinkCheck{URL: link, Code: advocacy.LinkInvalid}, nil)
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
		return ended(found, nil)
	}
	request.Header.Set("User-Agent", "Imprimatur link check")
	response, err := c.client.Do(request)
	if err != nil {
		found.Code = codeOf(err)
		return ended(found, nil)
	}
	defer response.Body.Close()
	found.Status = response.StatusCode
	if found.Reachable = response.StatusCode/100 == 2; !found.Reachable {
		found.Code = advocacy.LinkStatus
	}
	return ended(found, response.Request.URL)
}

// ended adds where a look ended.
func ended(found advocacy.LinkCheck, answered *url.URL) advocacy.LinkCheck {
	found.Target = advocacy.Ended(answered, found.Status, found.Code)
	return found
}

func codeOf(err error) advocacy.LinkCode {
	switch {
	case errors.Is(err, fence.ErrRedirects):
		return advocacy.LinkRedirects
	case errors.Is(err, fence.ErrAddress):
		return advocacy.LinkInvalid
	case errors.Is(err, fence.ErrForbidden):
		return advocacy.LinkForbidden
	default:
		return advocacy.LinkNoAnswer
	}
}
