package linkcard

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/fence"
)

const (
	// maxLink is the length of the longest link that is followed.
	maxLink = 2048
	// maxPage is how much of a page is read: what it says of itself stands at its beginning.
	maxPage = 1 << 20
	// maxPicture is how much a picture may weigh; more is more than any card shows.
	maxPicture = 8 << 20
)

// Options configure a reader. The zero value is safe for production.
type Options struct {
	// AllowedNetworks may be asked although they are not public, on any port.
	AllowedNetworks []netip.Prefix
	// Timeout bounds one reading, page and picture together; 8 seconds when zero.
	Timeout time.Duration
	// Resolver looks names up; the machine's when nil.
	Resolver *net.Resolver
	// RootCAs are the certificate authorities trusted; the machine's when nil.
	RootCAs *x509.CertPool
}

// Reader reads pages. It is safe for concurrent use.
type Reader struct {
	client  *http.Client
	timeout time.Duration
}

// New returns a reader.
func New(o Options) *Reader {
	if o.Timeout <= 0 {
		o.Timeout = 8 * time.Second
	}
	client := fence.New(o.AllowedNetworks).Client(fence.ClientOptions{Timeout: o.Timeout, Resolver: o.Resolver, RootCAs: o.RootCAs})
	return &Reader{client: client, timeout: o.Timeout}
}

// Read returns what the page at a link says of itself, and the picture it names. It never fails:
// what could not be read has a code.
func (r *Reader) Read(ctx context.Context, link string) advocacy.Page {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	a := r.get(ctx, link, "text/html, application/xhtml+xml;q=0.9, */*;q=0.1", maxPage)
	if a.code == "" && !a.page() {
		a.code = advocacy.LinkNoPage
	}
	if a.code != "" {
		return advocacy.Page{URL: link, Code: a.code, Status: a.status}
	}
	h := readHead(a.body, a.contentType)
	p := advocacy.Page{
		URL: a.url.String(), Status: a.status, Title: h.title(), Description: h.description(),
		Site: h.first("og:site_name", "application-name"), Language: h.language(),
	}
	address := h.picture(a.url)
	if address == "" {
		return p
	}
	switch picture := r.get(ctx, address, "image/jpeg, image/png, image/webp, image/gif", maxPicture); {
	case picture.code != "":
		p.PictureCode = picture.code
	case picture.more, len(picture.body) == 0: // guard: a picture has an end
		p.PictureCode = advocacy.LinkNoPage
	default:
		p.Picture, p.PictureAlt = picture.body, h.first("og:image:alt", "twitter:image:alt")
	}
	return p
}

// answer is what was shown at an address, or why nothing was.
type answer struct {
	url         *url.URL
	contentType string
	body        []byte
	// more: there was more than was read.
	more   bool
	status int
	code   advocacy.LinkCode
}

// get asks for an address and reads so much of the answer at most.
func (r *Reader) get(ctx context.Context, address, accept string, most int64) answer {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxLink || !fence.Usable(u) {
		return answer{code: advocacy.LinkInvalid}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{code: advocacy.LinkInvalid}
	}
	request.Header.Set("User-Agent", "Imprimatur link preview")
	request.Header.Set("Accept", accept)
	response, err := r.client.Do(request)
	if err != nil {
		return answer{code: codeOf(err)}
	}
	defer response.Body.Close()
	a := answer{url: u, contentType: response.Header.Get("Content-Type"), status: response.StatusCode}
	if response.Request != nil && response.Request.URL != nil {
		a.url = response.Request.URL
	}
	coding := response.Header.Get("Content-Encoding")
	switch {
	case response.StatusCode != http.StatusOK:
		a.code = advocacy.LinkStatus
		return a
	case coding != "" && !strings.EqualFold(coding, "identity"): // guard: nothing is unpacked
		a.code = advocacy.LinkNoPage
		return a
	}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		a.code = codeOf(err)
		return a
	}
	if int64(len(a.body)) > most {
		a.body, a.more = a.body[:most], true
	}
	return a
}

// page tells whether the answer is a page, by its type or, when it names none, by its beginning.
func (a answer) page() bool {
	given := a.contentType
	if given == "" {
		given = http.DetectContentType(a.body)
	}
	kind, _, err := mime.ParseMediaType(given)
	return err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
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
