package fence

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	maxRedirects = 5
	headerLimit  = 64 << 10
)

var (
	// ErrRedirects is a way that leads from one address to the next without an end.
	ErrRedirects = errors.New("too many redirects")
	// ErrAddress is no address of the web.
	ErrAddress = errors.New("no address of the web")
)

// ClientOptions configure a client. The zero value is safe for production.
type ClientOptions struct {
	// Timeout bounds how long one connection may take to be made; 5 seconds when zero.
	Timeout time.Duration
	// Resolver looks names up; the machine's when nil.
	Resolver *net.Resolver
	// RootCAs are the certificate authorities trusted; the machine's when nil.
	RootCAs *x509.CertPool
}

// Client returns a client that asks only what the fence lets through, judged when it is
// dialed and so after each of a few redirects as well. It keeps no connection, decompresses
// nothing, tells nobody where it came from, and bounds the headers of an answer; how long a
// whole answer may take, and how large it may be, is for the caller to bound.
func (f Fence) Client(o ClientOptions) *http.Client {
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	dialer := &net.Dialer{ControlContext: f.Secure, Resolver: o.Resolver, Timeout: o.Timeout}
	return &http.Client{
		CheckRedirect: follow,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    o.Timeout,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: headerLimit,
		},
	}
}

// follow judges a redirect; where it leads is judged when it is dialed.
func follow(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects { // guard: redirects end
		return ErrRedirects
	}
	if !Usable(next.URL) {
		return ErrAddress
	}
	next.Header.Del("Referer")
	return nil
}

// Usable tells whether an address is one of the web, with nothing secret in it.
func Usable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Opaque == ""
}
