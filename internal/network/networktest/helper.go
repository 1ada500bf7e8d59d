package networktest

import (
	"io"
	"net/netip"
	"time"

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
