package testpg

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Cutter is a way to a server that can be cut in the middle of a COMMIT.
type Cutter struct {
	// DSN connects to the same database through it.
	DSN string
	// cut is where the next COMMIT is cut, and cuts how many were.
	cut  atomic.Pointer[Cut]
	cuts atomic.Int32
}

// Cut says on which side of a COMMIT its connection breaks.
type Cut bool

const (
	// BeforeCommit: the server never hears of it, and takes everything back.
	BeforeCommit Cut = false
	// AfterCommit: the server has carried it out, and its answer is lost.
	AfterCommit Cut = true
)

// NewCutter opens a way to the database of a connection string until the test ends.
func NewCutter(tb testing.TB, dsn string) *Cutter {
	tb.Helper()
	pg, err := pgx.ParseConfig(dsn)
	if err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	tb.Cleanup(func() { l.Close() })
	c := &Cutter{DSN: fmt.Sprintf("host=127.0.0.1 port=%d user='%s' password='%s' dbname='%s' sslmode=disable",
		l.Addr().(*net.TCPAddr).Port, pg.User, pg.Password, pg.Database)}
	network, address := pgconn.NetworkAddress(pg.Host, pg.Port)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				client.Close()
				continue
			}
			go c.carry(client, server)
		}
	}()
	return c
}

// Next has the next COMMIT cut.
func (c *Cutter) Next(cut Cut) { c.cut.Store(&cut) }

// Cuts is how many were.
func (c *Cutter) Cuts() int { return int(c.cuts.Load()) }

// carry passes on what both sides say until one of them leaves or a COMMIT is cut.
func (c *Cutter) carry(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	var deaf atomic.Bool // the client hears nothing any more
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		defer client.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil {
				return
			}
			if deaf.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("commit\x00")) {
			if cut := c.cut.Swap(nil); cut != nil {
				c.cuts.Add(1)
				deaf.Store(true)
				if *cut == AfterCommit {
					if _, err := server.Write(buffer[:n]); err == nil {
						<-answered
					}
				}
				return
			}
		}
		if _, err := io.Copy(server, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
	}
}
