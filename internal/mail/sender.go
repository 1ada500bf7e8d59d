package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// Security says how the connection to the server is protected.
type Security string

const (
	// StartTLS begins in the clear and refuses to go on without encryption.
	StartTLS Security = "starttls"
	// ImplicitTLS is encrypted from the first byte, usually on port 465.
	ImplicitTLS Security = "tls"
	// Plaintext is for a relay on the same machine. A password is then sent to the loopback
	// address only.
	Plaintext Security = "none"
)

// timeout is how long the server may take to answer any one command.
const timeout = 15 * time.Second

// Config says which server to use and in whose name.
type Config struct {
	// Addr is host:port.
	Addr string
	// From is the sender, such as "Imprimatur <no-reply@example.com>".
	From string
	// Username and Password sign in; both are empty where the server asks for nothing.
	Username string
	Password string
	// Security is StartTLS when empty.
	Security Security
	// RootCAs are the authorities to trust, nil for the system's.
	RootCAs *x509.CertPool
}

// Message is one mail to one person.
type Message struct {
	// To is one address, with or without a name.
	To      string
	Subject string
	// Text is the message; HTML, when not empty, says the same with markup.
	Text string
	HTML string
}

// Sender sends mail. It keeps no connection and is safe for concurrent use.
type Sender struct {
	config Config
	host   string
	port   int
	from   *netmail.Address
}

// New checks the configuration; it does not connect.
func New(c Config) (*Sender, error) {
	host, portText, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail server address: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || host == "" {
		return nil, fmt.Errorf("mail server address %q: want host:port", c.Addr)
	}
	from, err := address(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail sender address: %w", err)
	}
	if c.Security == "" {
		c.Security = StartTLS
	}
	s := &Sender{config: c, host: host, port: port, from: from}
	_, err = s.client(nil)
	return s, err
}

// Send hands the message to the server and returns when the server took it. A failure is
// an [*Error]. A message may arrive twice when the connection broke just as it was taken.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return &Error{Permanent: true, Err: err}
	}
	dial := &dialer{implicit: s.config.Security == ImplicitTLS, tls: s.tls()}
	client, err := s.client(dial.dial)
	if err != nil {
		return &Error{Err: err}
	}
	// The library heeds the context while it connects; closing the connection ends the rest.
	stop := context.AfterFunc(ctx, dial.close)
	defer stop()
	defer dial.close()
	conversation, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return s.classify(ctx, err)
	}
	if err := client.SendWithSMTPClient(conversation, msg); err != nil {
		return s.classify(ctx, err)
	}
	// The server has the message: a failing goodbye changes nothing.
	_ = client.CloseWithSMTPClient(conversation)
	return nil
}

// compose checks every header and builds the message.
func (s *Sender) compose(m Message) (*gomail.Msg, error) {
	to, err := address(m.To)
	if err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	if m.Subject == "" || !plain(m.Subject) {
		return nil, errors.New("subject is empty or has control characters")
	}
	if m.Text == "" {
		return nil, errors.New("text is empty")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	msg.ToMailAddress(to)
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(rand.Text() + "@" + domain(s.from))
	// Out-of-office answers to a machine help nobody (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

func (s *Sender) client(dial gomail.DialContextFunc) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(timeout), gomail.WithoutNoop()}
	if dial != nil {
		options = append(options, gomail.WithDialContextFunc(dial))
	}
	switch s.config.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithTLSConfig(s.tls()))
	case ImplicitTLS, Plaintext:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail security %q: want %s, %s or %s", s.config.Security, StartTLS, ImplicitTLS, Plaintext)
	}
	if s.config.Username != "" {
		options = append(options,
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin),
			gomail.WithUsername(s.config.Username), gomail.WithPassword(s.config.Password))
	}
	client, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return client, nil
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.host, RootCAs: s.config.RootCAs, MinVersion: tls.VersionTLS12}
}

// address parses one address and refuses what could begin another header.
func address(text string) (*netmail.Address, error) {
	if !plain(text) {
		return nil, errors.New("the address has control characters")
	}
	a, err := netmail.ParseAddress(text)
	if err != nil {
		// The library's error repeats the text; a person's address belongs in no log.
		return nil, errors.New("not an e-mail address")
	}
	if !plain(a.Name) || !plain(a.Address) {
		return nil, errors.New("the address has control characters")
	}
	return a, nil
}

// plain says whether a header may be made from s.
func plain(s string) bool {
	return strings.ToValidUTF8(s, "") == s && strings.IndexFunc(s, unicode.IsControl) < 0
}

func domain(a *netmail.Address) string {
	return a.Address[strings.LastIndexByte(a.Address, '@')+1:]
}
