package app_test

import (
	"fmt"
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
	s := startWith(t, newDir(t), func(c *config.Config) {
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

// TestHoldNeedsNoMail: while the mail server takes connections and says nothing, with more invitations
// waiting for it than there are hands, everything is stopped and let go as fast as ever.
func TestHoldNeedsNoMail(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	came := make(chan net.Conn, 100)
	// The service does not wait for a server that is gone when it ends.
	defer func() {
		_ = listener.Close()
		for len(came) > 0 {
			_ = (<-came).Close()
		}
	}()
	go func() {
		for c, err := listener.Accept(); err == nil; c, err = listener.Accept() {
			came <- c
		}
	}()
	s := startWith(t, newDir(t), func(c *config.Config) {
		c.SMTPAddr, c.SMTPFrom, c.SMTPSecurity = listener.Addr().String(), "Imprimatur <no-reply@acme.test>", "none"
	})
	admin := s.install(t)
	for i := range 20 {
		m := s.want(t, admin, "POST", "/v1/workspaces/acme/members", map[string]any{
			"displayName": "Zoé", "email": fmt.Sprintf("zoe%d@acme.test", i), "roles": []string{"employee"},
		})
		s.want(t, admin, "POST", "/v1/"+m["name"].(string)+":invite", map[string]any{})
	}
	waitUntil(t, func() bool { return len(came) > 0 })
	began := time.Now()
	held := s.want(t, admin, "POST", "/v1/workspaces/acme/holds", map[string]any{"scope": "WORKSPACE", "reason": "Nobody answers the mail."})
	s.want(t, admin, "POST", "/v1/"+fmt.Sprint(held["name"])+":release", map[string]any{"reason": "It can wait."})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping and letting go took %v", took)
	}
}
