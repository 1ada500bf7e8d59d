package feed

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/fence"
)

const (
	// maxAddress is the length of the longest address that is asked.
	maxAddress = 2000
	// maxDocument is the size of the largest document that is read.
	maxDocument = 4 << 20
	// maxTag is the length of the longest name of a version that is sent back.
	maxTag = 1024
)

// Options configure a fetcher. The zero value is safe for production.
type Options struct {
	// AllowedNetworks may be asked although they are not public, on any port.
	AllowedNetworks []netip.Prefix
	// Timeout bounds a fetch from its beginning to its last byte; 10 seconds when zero.
	Timeout time.Duration
	// Resolver looks names up; the machine's when nil.
	Resolver *net.Resolver
	// RootCAs are the certificate authorities trusted; the machine's when nil.
	RootCAs *x509.CertPool
}

// Fetcher asks sources. It is safe for concurrent use.
type Fetcher struct {
	client  *http.Client
	timeout time.Duration
}

// New returns a fetcher.
func New(o Options) *Fetcher {
	f := &Fetcher{timeout: o.Timeout}
	if f.timeout <= 0 {
		f.timeout = 10 * time.Second
	}
	f.client = fence.New(o.AllowedNetworks).Client(fence.ClientOptions{Resolver: o.Resolver, RootCAs: o.RootCAs})
	return f
}

// Fetch asks a source once for what it has beyond what was read last. It never fails: what
// brought nothing has a code.
func (f *Fetcher) Fetch(ctx context.Context, r advocacy.FeedRequest) advocacy.FeedAnswer {
	u, err := url.Parse(r.URL)
	if err != nil || len(r.URL) > maxAddress || !fence.Usable(u) {
		return advocacy.FeedAnswer{Code: advocacy.FeedInvalid}
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return advocacy.FeedAnswer{Code: advocacy.FeedInvalid}
	}
	request.Header.Set("User-Agent", "Imprimatur feed reader")
	request.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1")
	if r.ETag != "" {
		request.Header.Set("If-None-Match", r.ETag)
	}
	if r.Modified != "" {
		request.Header.Set("If-Modified-Since", r.Modified)
	}
	response, err := f.client.Do(request)
	if err != nil {
		return advocacy.FeedAnswer{Code: codeOf(err)}
	}
	defer response.Body.Close()
	return answerOf(response, u)
}

// answerOf reads an answer to its end, or to the bound of what is read.
func answerOf(response *http.Response, asked *url.URL) advocacy.FeedAnswer {
	a := advocacy.FeedAnswer{Status: response.StatusCode, Rest: restOf(response.Header.Get("Retry-After"))}
	switch {
	case response.StatusCode == http.StatusNotModified:
		a.Unchanged = true
		return a
	case response.StatusCode != http.StatusOK:
		a.Code = advocacy.FeedStatus
		return a
	}
	document, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	switch {
	case err != nil:
		a.Code = codeOf(err)
		return a
	case len(document) > maxDocument: // guard: a document has an end
		a.Code = advocacy.FeedTooLarge
		return a
	}
	base := asked
	if response.Request != nil && response.Request.URL != nil {
		base = response.Request.URL
	}
	if a.Entries, a.Code = Read(document, base); a.Code == "" {
		a.ETag, a.Modified = short(response.Header.Get("ETag")), short(response.Header.Get("Last-Modified"))
	}
	return a
}

// restOf is how long a source wants to be left alone that says so in seconds.
func restOf(after string) time.Duration {
	seconds, err := strconv.ParseUint(after, 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// short leaves out the name of a version that is too long to be one.
func short(tag string) string {
	if len(tag) > maxTag {
		return ""
	}
	return tag
}

func codeOf(err error) advocacy.FeedCode {
	switch {
	case errors.Is(err, fence.ErrRedirects):
		return advocacy.FeedRedirects
	case errors.Is(err, fence.ErrAddress):
		return advocacy.FeedInvalid
	case errors.Is(err, fence.ErrForbidden):
		return advocacy.FeedForbidden
	default:
		return advocacy.FeedNoAnswer
	}
}
