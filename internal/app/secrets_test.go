package app_test

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/leak"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/container/containertest"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook/facebooktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost/mattermosttest"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack/slacktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/teams/teamstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// chatty is a mail server that wants a password, and repeats it in what it says when it refuses the
// first one who comes.
type chatty struct {
	inbox
	came *atomic.Int64
}

func (c chatty) NewSession(*smtp.Conn) (smtp.Session, error) { return c, nil }
func (chatty) AuthMechanisms() []string                      { return []string{sasl.Plain} }

func (c chatty) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if c.came.Add(1) > 1 {
			return nil
		}
		return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "not " + user + " with " + password}
	}), nil
}

// TestSecretsOfTheKilled: a service that is killed in the middle of its work leaves no secret behind:
// neither in its log, at the level of debugging, nor in any row of its database, nor in any file
// beside it. Neither does the one that carries on.
func TestSecretsOfTheKilled(t *testing.T) {
	t.Parallel()
	s := newScene(t, 1)
	box := chatty{inbox{mails: make(chan string, 4)}, new(atomic.Int64)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	server := smtp.NewServer(box)
	server.AllowInsecureAuth = true
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })

	var heard leak.Secrets
	logFile := filepath.Join(t.TempDir(), "log")
	environ := append(s.environ(), childLog+"="+logFile, "IMPRIMATUR_PUBLIC_URL=https://imprimatur.acme.test",
		"IMPRIMATUR_SMTP_ADDR="+listener.Addr().String(), "IMPRIMATUR_SMTP_FROM=no-reply@acme.test", "IMPRIMATUR_SMTP_SECURITY=none", "IMPRIMATUR_SMTP_USERNAME=herald")
	for _, name := range []string{"SMTP_PASSWORD", "X_CLIENT_SECRET", "LINKEDIN_CLIENT_SECRET", "FACEBOOK_APP_SECRET", "THREADS_APP_SECRET", "INSTAGRAM_APP_SECRET"} {
		secret := "planted-" + strings.ReplaceAll(strings.ToLower(name), "_", "-") + "-0a1b2c"
		environ = append(environ, "IMPRIMATUR_"+name+"="+secret)
		if app, is := strings.CutSuffix(name, "_SECRET"); is {
			environ = append(environ, "IMPRIMATUR_"+app+"_ID=client-of-acme")
		}
		keep(t, &heard, name, secret)
	}
	for what, secret := range map[string]string{
		"a token of Mastodon": mastodontest.Token, "a password of Bluesky": blueskytest.Password, "a token of LinkedIn": linkedintest.Token,
		"a token of X": xtest.Token, "a token of Mattermost": mattermosttest.Token, "a token of Slack": slacktest.Token, "an address of Teams": teamstest.Secret,
		"a token of Facebook": facebooktest.Token, "a token of Threads": containertest.Token, "a password of WordPress": wordpresstest.Password,
		"the secret of the webhook": s.invited(t),
	} {
		keep(t, &heard, what, secret)
	}
	for _, step := range []string{publish.StepIntent, publish.StepAnswered, publish.StepNoted} {
		c := spawn(t, append(environ, childDie+"="+step+":3")...)
		s.until(t, func(service *app.Service) bool {
			select {
			case <-c.done:
				return true
			default:
				return settled(t, service, s.posts...)
			}
		})
		c.kill()
	}
	c := spawn(t, environ...)
	s.until(t, func(service *app.Service) bool { return settled(t, service, s.posts...) })
	select {
	case mail := <-box.mails:
		keep(t, &heard, "the link of an invitation", secretIn(mail))
	case <-time.After(30 * time.Second):
		t.Error("nobody was invited by mail")
	}
	ok(t, c.leave(t))

	log, err := os.ReadFile(logFile)
	ok(t, err)
	if len(log) == 0 {
		t.Error("the log says nothing")
	}
	heard.Search("the log", string(log))
	ok(t, heard.Files(s.dir))
	service := s.open(t)
	defer service.Close()
	ok(t, heard.Tables(t.Context(), service.Store.SQLWriter(), leak.ListSQLite))
	ok(t, heard.Found())
	s.judge(t)
}

func keep(t *testing.T, heard *leak.Secrets, what, secret string) {
	t.Helper()
	if !heard.Keep(what, secret) {
		t.Fatalf("%s is like any other word", what)
	}
}

var linkSecret = regexp.MustCompile(`impl_[A-Za-z0-9_-]{43}`)

// secretIn is the secret of the link in a mail.
func secretIn(mail string) string {
	return linkSecret.FindString(strings.ReplaceAll(strings.ReplaceAll(mail, "=\r\n", ""), "=3D", "="))
}

// invited invites two people by mail, and returns the secret of the scene's webhook.
func (s *scene) invited(t *testing.T) (secret string) {
	t.Helper()
	service := s.open(t)
	defer service.Close()
	service.Flow.Mails = true
	all, err := service.Store.PublicationsOf(t.Context(), "acme", s.posts[0])
	ok(t, err)
	for _, x := range all {
		if x.Network != "webhook" {
			continue
		}
		account, err := service.Store.Account(t.Context(), "acme", x.Account)
		ok(t, err)
		kept, err := service.Store.Credential(t.Context(), "acme", x.Account)
		ok(t, err)
		open, err := service.Worker.Credentials.Open(*account, kept.Sealed)
		ok(t, err)
		secret = string(open)
		p := &people{Service: service, admin: account.Owner}
		for _, who := range []string{"zoe@acme.test", "yan@acme.test"} {
			m, err := service.Flow.CreateMember(t.Context(), p.as(p.admin), "acme", workflow.MemberDraft{DisplayName: who, Email: who})
			ok(t, err)
			invitation, err := service.Flow.InviteMember(t.Context(), p.as(p.admin), "acme", m.Person)
			ok(t, err)
			if !invitation.Mailed {
				t.Fatal("nobody is invited by mail")
			}
		}
	}
	return secret
}
