package app

import (
	"context"
	"fmt"
	"net"

	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/demo"
	"github.com/imprimatur-hq/imprimatur/internal/grpcapi"
)

// FillDemo tells the sample company's story through the use cases, or finds what an
// earlier start told. The service must have been opened with the clock.
func (s *Service) FillDemo(ctx context.Context, clock *demo.Clock) (*demo.Report, error) {
	return demo.Fill(ctx, demo.Options{
		Flow: s.Flow, Clock: clock, Roles: authz.DefaultRoles(), Accept: accept, ETag: grpcapi.ETag,
		Publish: s.Worker.Sweep, Recall: s.Worker.TakeBack,
	})
}

// Loopback refuses an address that others than this machine could reach.
func Loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen address %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("the demo lets anybody be anybody, so it listens on this machine only, not on %q", host)
	}
	return nil
}
