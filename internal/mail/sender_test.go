package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/imprimatur-hq/imprimatur/internal/leak"
	"github.com/imprimatur-hq/imprimatur/internal/mail"
)

// server is an SMTP server that keeps what it was told.
type server struct {
	addr  string
	roots *x509.CertPool
	// mails receives every message taken.
	mails chan received
	// refuse, when set, is the answer to a step: "mail", "rcpt" or "data".
	refuse map[string]error
	// hang, when set, is waited for before the message is taken.
	hang chan struct{}
}

type received struct {
	from, to, user string
	data           string
}

type setting struct {
	security mail.Security
	refuse   map[string]error
	hang     chan struct{}
	login    bool
}

func serve(t *testing.T, s setting) *server {
	t.Helper()
	cert, roots := certificate(t)
	srv := &server{roots: roots, mails: make(chan received, 10), refuse: s.refuse, hang: s.hang}
	backend := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		session := &session{server: srv}
		if s.login {
			return &signing{session}, nil
		}
		return session, nil
	}))
	backend.Domain = "localhost"
	backend.ErrorLog = log.New(io.Discard, "", 0)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	if s.security == mail.StartTLS {
		backend.TLSConfig = config
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv.addr = l.Addr().String()
	if s.security == mail.ImplicitTLS {
		l = tls.NewListener(l, config)
	}
	go backend.Serve(l)
	t.Cleanup(func() { backend.Close() })
	return srv
}

func (s *server) sender(t *testing.T, c mail.Config) *mail.Sender {
	t.Helper()
	c.Addr, c.RootCAs = s.addr, s.roots
	if c.From == "" {
		c.From = "Imprimatur <no-reply@example.com>"
	}
	sender, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

type session struct {
	server *server
	got    received
}

func (s *session) Reset()        { s.got = received{user: s.got.user} }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.got.from = from
	return s.server.refuse["mail"]
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.got.to = to
	return s.server.refuse["rcpt"]
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.hang != nil {
		<-s.server.hang
	}
	if err := s.server.refuse["data"]; err != nil {
		return err
	}
	s.got.data = string(b)
	s.server.mails <- s.got
	return nil
}

// signing is a session that asks for a password.
type signing struct{ *session }

func (s *signing) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *signing) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "right" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong password " + password + ", was " +
				base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+password)) + ", " + base64.StdEncoding.EncodeToString([]byte(password))}
		}
		s.got.user = user
		return nil
	}), nil
}

var invitation = mail.Message{
	To:      "Zoë <zoe@example.com>",
	Subject: "Votre accès à Imprimatur",
	Text:    "Bonjour Zoë,\nvoici le lien.",
	HTML:    "<p>Bonjour Zoë</p>",
}

func TestSendOverEverySecurity(t *testing.T) {
	t.Parallel()
	for _, security := range []mail.Security{mail.StartTLS, mail.ImplicitTLS, mail.Plaintext} {
		t.Run(string(security), func(t *testing.T) {
			t.Parallel()
			srv := serve(t, setting{security: security})
			if err := srv.sender(t, mail.Config{Security: security}).Send(t.Context(), invitation); err != nil {
				t.Fatal(err)
			}
			got := <-srv.mails
			if got.from != "no-reply@example.com" || got.to != "zoe@example.com" {
				t.Errorf("envelope from %q to %q", got.from, got.to)
			}
			checkHeaders(t, got.data)
			for _, want := range []string{"multipart/alternative", "text/plain", "text/html", "voici le lien."} {
				if !strings.Contains(got.data, want) {
					t.Errorf("no %q in the message", want)
				}
			}
		})
	}
}

func checkHeaders(t *testing.T, data string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != invitation.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	if !strings.HasSuffix(m.Header.Get("Message-Id"), "@example.com>") {
		t.Errorf("message id %q", m.Header.Get("Message-Id"))
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Date") == "" {
		t.Errorf("headers %v", m.Header)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, security := range []mail.Security{mail.StartTLS, mail.ImplicitTLS} {
		srv := serve(t, setting{security: security, login: true})
		c := mail.Config{Security: security, Username: "bot", Password: "right"}
		if err := srv.sender(t, c).Send(t.Context(), invitation); err != nil {
			t.Fatal(security, err)
		}
		if got := <-srv.mails; got.user != "bot" {
			t.Errorf("%s: signed in as %q", security, got.user)
		}
		c.Password = "wr0ng-0a1b2c3d"
		err := srv.sender(t, c).Send(t.Context(), invitation)
		if err == nil || mail.Permanent(err) {
			t.Errorf("%s: a wrong password gave %v: mail must wait until it is corrected", security, err)
		}
		if err == nil || !strings.Contains(err.Error(), "wrong password") {
			t.Fatalf("the server's words are lost: %v", err)
		}
		var heard leak.Secrets
		heard.Keep("the password", c.Password)
		heard.Search("the error", err.Error())
		if heard.Found() != nil {
			t.Errorf("the server repeats the password, and so does the error: %v", err)
		}
	}
}

func TestHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	srv := serve(t, setting{security: mail.Plaintext})
	sender := srv.sender(t, mail.Config{Security: mail.Plaintext})
	edit := func(f func(*mail.Message)) mail.Message {
		m := invitation
		f(&m)
		return m
	}
	for name, m := range map[string]mail.Message{
		"subject":        edit(func(m *mail.Message) { m.Subject = "Hi\r\nBcc: x@example.com" }),
		"subject lf":     edit(func(m *mail.Message) { m.Subject = "Hi\nBcc: x@example.com" }),
		"subject nul":    edit(func(m *mail.Message) { m.Subject = "Hi\x00" }),
		"subject utf8":   edit(func(m *mail.Message) { m.Subject = "Hi\xff" }),
		"subject empty":  edit(func(m *mail.Message) { m.Subject = "" }),
		"to":             edit(func(m *mail.Message) { m.To = "zoe@example.com\r\nBcc: x@example.com" }),
		"to name":        edit(func(m *mail.Message) { m.To = "\"Z\r\nBcc: x@example.com\" <zoe@example.com>" }),
		"to encoded":     edit(func(m *mail.Message) { m.To = "=?utf-8?q?Z=0D=0ABcc:_x?= <zoe@example.com>" }),
		"to several":     edit(func(m *mail.Message) { m.To = "zoe@example.com, x@example.com" }),
		"to no address":  edit(func(m *mail.Message) { m.To = "zoe" }),
		"text forgotten": edit(func(m *mail.Message) { m.Text = "" }),
	} {
		err := sender.Send(t.Context(), m)
		if !mail.Permanent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(srv.mails); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestAnswersAreClassified(t *testing.T) {
	t.Parallel()
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	never := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody here"}
	for _, step := range []string{"mail", "rcpt", "data"} {
		for _, answer := range []*smtp.SMTPError{busy, never} {
			srv := serve(t, setting{security: mail.Plaintext, refuse: map[string]error{step: answer}})
			err := srv.sender(t, mail.Config{Security: mail.Plaintext}).Send(t.Context(), invitation)
			var e *mail.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s %d: %v", step, answer.Code, err)
			}
			if e.Code != answer.Code || e.Permanent != (answer == never) {
				t.Errorf("%s %d: code %d permanent %v", step, answer.Code, e.Code, e.Permanent)
			}
			if s := err.Error(); strings.Contains(s, "zoe@") || strings.Contains(s, "lien") || !strings.Contains(s, answer.Message) {
				t.Errorf("%s: error text %q", step, s)
			}
		}
	}
}

func TestUnreachableIsTemporary(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := &server{addr: l.Addr().String()}
	l.Close()
	if err := gone.sender(t, mail.Config{}).Send(t.Context(), invitation); err == nil || mail.Permanent(err) {
		t.Errorf("unreachable: %v", err)
	}
	clear := serve(t, setting{security: mail.Plaintext})
	if err := clear.sender(t, mail.Config{Security: mail.StartTLS}).Send(t.Context(), invitation); err == nil || mail.Permanent(err) {
		t.Errorf("no encryption offered: %v", err)
	}
	if len(clear.mails) != 0 {
		t.Error("sent in the clear although encryption was asked for")
	}
	strange := serve(t, setting{security: mail.StartTLS})
	strange.roots = x509.NewCertPool()
	if err := strange.sender(t, mail.Config{}).Send(t.Context(), invitation); err == nil || mail.Permanent(err) {
		t.Errorf("unknown authority: %v", err)
	}
}

func TestContextEndsTheConversation(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	defer close(hang)
	srv := serve(t, setting{security: mail.Plaintext, hang: hang})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := srv.sender(t, mail.Config{Security: mail.Plaintext}).Send(ctx, invitation)
	if !errors.Is(err, context.DeadlineExceeded) || mail.Permanent(err) {
		t.Errorf("a hanging server gave %v", err)
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := mail.Config{Addr: "mail.example.com:587", From: "a@example.com"}
	if _, err := mail.New(good); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*mail.Config){
		"no port":  func(c *mail.Config) { c.Addr = "mail.example.com" },
		"no host":  func(c *mail.Config) { c.Addr = ":587" },
		"from":     func(c *mail.Config) { c.From = "nobody" },
		"security": func(c *mail.Config) { c.Security = "perhaps" },
	} {
		c := good
		edit(&c)
		if _, err := mail.New(c); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// certificate makes an authority and its certificate for 127.0.0.1.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
