package app_test

import (
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// inbox is a mail server that keeps what it is sent.
type inbox struct{ mails chan string }

func (i inbox) NewSession(*smtp.Conn) (smtp.Session, error) { return i, nil }
func (inbox) Mail(string, *smtp.MailOptions) error          { return nil }
func (inbox) Rcpt(string, *smtp.RcptOptions) error          { return nil }
func (inbox) Reset()                                        {}
func (inbox) Logout() error                                 { return nil }

func (i inbox) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	i.mails <- string(data)
	return err
}

// TestInvitationIsMailed invites over the API where mail is configured: the answer shows
// no link, the mail does, in the person's language, and it opens the door once.
func TestInvitationIsMailed(t *testing.T) {
	t.Parallel()
	box := inbox{mails: make(chan string, 4)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	server := smtp.NewServer(box)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	s := startWith(t, t.TempDir(), func(c *config.Config) {
		c.SMTPAddr, c.SMTPFrom, c.SMTPSecurity = listener.Addr().String(), "Imprimatur <no-reply@acme.test>", "none"
	})
	admin := s.install(t)
	m := s.want(t, admin, "POST", "/v1/workspaces/acme/members", map[string]any{
		"displayName": "Zoé", "email": "zoe@acme.test", "language": "fr", "roles": []string{"employee"},
	})
	answer := s.want(t, admin, "POST", "/v1/"+m["name"].(string)+":invite", map[string]any{})
	if answer["mailed"] != true || answer["link"] != "" {
		t.Fatalf("invitation: %v", answer)
	}
	var mail string
	select {
	case mail = <-box.mails:
	case <-time.After(30 * time.Second):
		t.Fatal("no mail came")
	}
	mail = strings.ReplaceAll(mail, "=\r\n", "")
	secret := regexp.MustCompile(`impl_[A-Za-z0-9_-]{43}`).FindString(strings.ReplaceAll(mail, "=3D", "="))
	if secret == "" || !strings.Contains(mail, "zoe@acme.test") {
		t.Fatalf("the mail holds no link:\n%s", mail)
	}
	in := s.want(t, "", "POST", "/v1/sessions", map[string]any{"linkSecret": secret})
	if in["member"] != m["name"] {
		t.Fatalf("signed in as %v", in["member"])
	}
	if code, _ := s.call(t, "", "POST", "/v1/sessions", map[string]any{"linkSecret": secret}); code != 404 {
		t.Fatalf("the link opened the door twice: %d", code)
	}
}
