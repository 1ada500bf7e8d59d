package mail

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// dialer opens the one connection of a conversation and can close it at any time.
type dialer struct {
	implicit bool
	tls      *tls.Config

	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var conn net.Conn
	var err error
	if d.implicit {
		conn, err = (&tls.Dialer{Config: d.tls}).DialContext(ctx, network, addr)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conn = conn
	if d.closed {
		conn.Close()
	}
	return conn, nil
}

// close ends the conversation; what it is doing fails at once.
func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.conn != nil {
		d.conn.Close()
	}
}
