package webhook

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// loopback lets tests reach their own servers.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// canary marks what must never be said: it is in the path, the query, the secret and
// the body of every delivery.
const canary = "cAnArY"

// secret is a signing secret whose text begins with the canary.
var secret = "whsec_" + canary + strings.Repeat("A", 34)

// receiver is a webhook that remembers its requests.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

type request struct {
	header http.Header
	path   string
	proto  string
	body   []byte
}

// receive starts a receiver that answers by the handler.
func receive(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	return start(t, answer, (*httptest.Server).Start)
}

func start(t *testing.T, answer http.HandlerFunc, begin func(*httptest.Server)) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.requests = append(r.requests, request{header: q.Header.Clone(), path: q.URL.RequestURI(), proto: q.Proto, body: body})
		r.mu.Unlock()
		answer(w, q)
	}))
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	begin(r.Server)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

// status answers with a code and repeats what it was sent, as careless receivers do.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, r.URL.String()+" "+canary)
	}
}

// newNetwork returns a network that reaches the servers of tests, and gives up soon
// when told to.
func newNetwork(timeout time.Duration) *Network {
	return New(Options{AllowedNetworks: loopback, Timeout: timeout})
}

// patient is longer than any test runs.
const patient = time.Minute

func subject(n *Network, address string) networktest.Subject {
	return networktest.Subject{
		Adapter: n,
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Nadia Diallo", Address: address,
		},
		Credential: []byte(secret),
	}
}

// deliver returns a delivery full of canaries to an address.
func deliver(t *testing.T, n *Network, address string) network.Delivery {
	t.Helper()
	content := networktest.Content()
	content.Text += " " + canary
	return networktest.Deliver(t, subject(n, address), "pub-1", content)
}

// publish delivers and wants an answer that holds no canary.
func publish(t *testing.T, ctx context.Context, n *Network, d network.Delivery) network.Answer {
	t.Helper()
	answer := n.Publish(ctx, d)
	for _, leak := range []string{canary, "127.0.0.1", secret} {
		if strings.Contains(answer.Said.Text, leak) {
			t.Errorf("the answer says %q", answer.Said.Text)
		}
	}
	if answer.Class != network.Accepted && !strings.HasSuffix(answer.Said.Text, ".") {
		t.Errorf("%s says %q, which is no sentence", answer.Class, answer.Said.Text)
	}
	return answer
}

// hook is the address of a receiver, with canaries in path and query.
func hook(base string) string { return base + "/hooks/" + canary + "?token=" + canary }

// names is a resolver that knows only these names.
func names(t *testing.T, known map[string]netip.Addr) *net.Resolver {
	t.Helper()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go serveNames(server, known)
		return client, nil
	}}
}

// serveNames answers DNS questions, framed as over TCP, until the connection ends.
func serveNames(conn net.Conn, known map[string]netip.Addr) {
	defer conn.Close()
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		question := make([]byte, int(head[0])<<8|int(head[1]))
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		answer, err := answerName(question, known)
		if err != nil {
			return
		}
		if _, err := conn.Write(append([]byte{byte(len(answer) >> 8), byte(len(answer))}, answer...)); err != nil {
			return
		}
	}
}

func answerName(packed []byte, known map[string]netip.Addr) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(packed); err != nil {
		return nil, err
	}
	m.Response, m.Authoritative, m.RecursionAvailable, m.Additionals = true, true, true, nil
	question := m.Questions[0]
	ip, exists := known[strings.TrimSuffix(question.Name.String(), ".")]
	if !exists {
		m.RCode = dnsmessage.RCodeNameError
		return m.Pack()
	}
	header := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 1}
	switch {
	case question.Type == dnsmessage.TypeA && ip.Is4():
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}}}
	case question.Type == dnsmessage.TypeAAAA && ip.Is6():
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
	}
	return m.Pack()
}
