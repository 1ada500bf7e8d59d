package apitest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/prototext"

	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/leak"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/container/containertest"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook/facebooktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost/mattermosttest"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack/slacktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/teams/teamstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
)

// overheard knows the secrets of a run: what the networks gave out, and what callers sent or were
// told once. It collects what others may read, in which none of them may stand.
type overheard struct {
	collector.UnimplementedTraceServiceServer
	server *grpc.Server
	// address is where traces are taken.
	address string

	leak.Secrets
	mu          sync.Mutex
	log, traces bytes.Buffer
}

// overhear begins to collect. Traces come from the whole process, as its tracer is one.
func overhear() (*overheard, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &overheard{server: grpc.NewServer(), address: "http://" + listener.Addr().String()}
	collector.RegisterTraceServiceServer(o.server, o)
	go func() { _ = o.server.Serve(listener) }()
	for what, secret := range map[string]string{
		"a token of Mastodon": mastodontest.Token, "another token of Mastodon": mastodontest.OtherToken,
		"a password of Bluesky": blueskytest.Password, "another password of Bluesky": blueskytest.OtherPassword,
		"a token of Facebook": facebooktest.Token, "another token of Facebook": facebooktest.OtherToken,
		"a token of Threads": containertest.Token, "another token of Threads": containertest.OtherToken,
		"a token of LinkedIn": linkedintest.Token, "another token of LinkedIn": linkedintest.OtherToken,
		"a token of Mattermost": mattermosttest.Token, "a token of Slack": slacktest.Token, "an address of Teams": teamstest.Secret,
		"a password of WordPress": wordpresstest.Password, "another password of WordPress": wordpresstest.OtherPass,
	} {
		if !o.Keep(what, secret) {
			return nil, fmt.Errorf("%s is like any other word", what)
		}
	}
	return o, nil
}

// Export takes traces.
func (o *overheard) Export(_ context.Context, req *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.traces.WriteString(prototext.Format(req))
	return &collector.ExportTraceServiceResponse{}, nil
}

// Write takes the log.
func (o *overheard) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.log.Write(line)
}

// called notes the secrets of a call; in a refusal none may be repeated.
func (o *overheard) called(method, token string, request object, a answer) {
	o.Keep("a caller's token", token)
	for field, value := range request {
		if s, is := value.(string); is && (field == "accessToken" || field == "linkSecret" || field == "code") {
			o.Keep(field+" of "+method, s)
		}
	}
	if a.code != "OK" {
		o.Search("the answer of "+method, a.raw)
		return
	}
	if body, is := a.body.(object); is {
		for field, value := range body {
			s, _ := value.(string)
			if field == "secret" || field == "token" {
				o.Keep(field+" of "+method, s)
			}
			if _, secret, is := strings.Cut(s, "/sign-in#"); is {
				o.Keep("the link of "+method, secret)
			}
		}
	}
}

// judge searches what was collected and what the database keeps, and says where secrets stand.
func (o *overheard) judge(s *service) error {
	for where, server := range map[string]*oauthtest.Server{"Mastodon": s.toots.AS, "LinkedIn": s.linked.AS, "Facebook": s.paged.AS, "X": s.xs.AS} {
		for _, secret := range server.Secrets() {
			o.Keep("what "+where+" gave out", secret)
		}
	}
	for _, secret := range append(s.thread.Secrets(), s.photos.Secrets()...) {
		o.Keep("what Threads and Instagram gave out", secret)
	}
	for app, secret := range map[string]config.Secret{
		"LinkedIn": s.Config.LinkedInClientSecret, "X": s.Config.XClientSecret, "Facebook": s.Config.FacebookAppSecret,
		"Threads": s.Config.ThreadsAppSecret, "Instagram": s.Config.InstagramAppSecret,
	} {
		if !o.Keep("the secret of the app at "+app, secret.Reveal()) {
			return fmt.Errorf("there is no app at %s whose secret could be heard", app)
		}
	}
	o.server.Stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.Search("the log", o.log.String())
	o.Search("a trace", o.traces.String())
	query := leak.ListSQLite
	if s.Store.Dialect() == "postgres" {
		query = leak.ListPostgres
	}
	if err := o.Tables(context.Background(), s.Store.SQLWriter(), query); err != nil {
		return err
	}
	return o.Found()
}

// TestSecretsAreHeard: what a careless service would write down is found, wherever it stands.
func TestSecretsAreHeard(t *testing.T) {
	t.Parallel()
	const planted = "planted-0a1b2c3d"
	s := start(t, func(*config.Config) {})
	s.furnish(t, planted, "Planted")
	for where, write := range map[string]func(*overheard) error{
		"the log": func(o *overheard) error {
			slog.New(slog.NewJSONHandler(o, nil)).Info("asked", "address", "https://a.example/?token="+planted)
			return nil
		},
		"a trace": func(o *overheard) error {
			_, err := o.Export(t.Context(), &collector.ExportTraceServiceRequest{ResourceSpans: []*trace.ResourceSpans{{SchemaUrl: planted + "."}}})
			return err
		},
		"the answer of GetPost": func(o *overheard) error {
			o.called("GetPost", "", object{}, answer{code: "INTERNAL", raw: "no post of " + planted})
			return nil
		},
		"the log, in base64": func(o *overheard) error {
			asked, _ := http.NewRequest(http.MethodGet, "https://a.example", nil)
			asked.SetBasicAuth("herald", planted)
			slog.New(slog.NewJSONHandler(o, nil)).Info("asked", "header", asked.Header)
			return nil
		},
		"the table workspaces": func(*overheard) error { return nil },
	} {
		o, err := overhear()
		if err != nil {
			t.Fatal(err)
		}
		o.called("CreateApiKey", "", object{}, answer{code: "OK", body: object{"secret": planted}})
		if err := write(o); err != nil {
			t.Fatal(err)
		}
		if err := o.judge(s); err == nil || !strings.Contains(err.Error(), "secret of CreateApiKey stands in "+where) {
			t.Errorf("in %s: %v", where, err)
		}
	}
}
