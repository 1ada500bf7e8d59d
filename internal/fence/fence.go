// Package fence decides which addresses the service may connect to when somebody else chose
// where to: the public internet, and the networks the operator named.
//
// It owns the judgement of one address at the moment of dialing, after which no other name
// can come between, and the client that asks where it is judged. It does not know why
// somebody connects.
//
// The rule that keeps it so: it imports nothing of the house, and what it cannot read it
// does not let through.
package fence

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// ErrForbidden is a connection the fence did not let through.
var ErrForbidden = errors.New("the address is not public and not allowed")

// Control is the form of net.Dialer.ControlContext: it sees the address a name was
// resolved to.
type Control func(ctx context.Context, protocol, address string, _ syscall.RawConn) error

// Fence judges addresses. It is safe for concurrent use.
type Fence struct {
	allowed []netip.Prefix
	public  *ssrf.Guardian
}

// New returns a fence that lets through what is public, and the named networks.
func New(allowed []netip.Prefix) Fence {
	return Fence{allowed: slices.Clone(allowed), public: ssrf.New()}
}

// Names tells whether the operator named any network.
func (f Fence) Names() bool { return len(f.allowed) > 0 }

// Allows tells whether the operator named a network holding the address.
func (f Fence) Allows(ip netip.Addr) bool {
	return slices.ContainsFunc(f.allowed, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// Public tells whether the address is one of the public internet.
func (f Fence) Public(ip netip.Addr) bool { return f.public.SafeAddr(ip) == nil }

// Secure lets through what is allowed and, on the usual ports, what is public.
func (f Fence) Secure(_ context.Context, protocol, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err == nil && f.Allows(at.Addr()) {
		return nil
	}
	if err := f.public.Safe(protocol, address, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	return nil
}

// Plain lets through only what is allowed: for what must never cross the public network
// unencrypted.
func (f Fence) Plain(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err == nil && f.Allows(at.Addr()) {
		return nil
	}
	return ErrForbidden
}
