package networktest

import (
	"io"
	"net/netip"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Loopback lets an adapter reach a test's own servers.
var Loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// Clock is when everything here happens: a second after Moment.
func Clock() time.Time { return Moment.Add(time.Second) }

// Named is a delivery of what has a name.
func Named(d network.Delivery, externalID string) network.Delivery {
	d.ExternalID = externalID
	return d
}

// Broken is a file that ends early.
var Broken io.Reader = broken{}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// shown is a content as the network shows one: with a picture of the type it takes, where it needs one.
func (s Subject) shown(c advocacy.Content) advocacy.Content {
	if s.Pictured {
		c.Media = []advocacy.MediaRef{{Blob: Blob, ContentType: "image/jpeg", Width: 1080, Height: 1080, AltText: "A door"}}
	}
	return c
}
