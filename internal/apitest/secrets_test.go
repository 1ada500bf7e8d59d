package apitest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/prototext"

	"github.com/imprimatur-hq/imprimatur/internal/config"
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

	mu          sync.Mutex
	secrets     map[string]string
	log, traces bytes.Buffer
	// found are the places in which a secret stood.
	found []string
}

// overhear begins to collect. Traces come from the whole process, as its tracer is one.
func overhear() (*overheard, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &overheard{server: grpc.NewServer(), address: "http://" + listener.Addr().String(), secrets: map[string]string{}}
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
		o.keep(what, secret)
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

// inWord tells whether a rune may stand within a part of a secret.
func inWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == '_'
}

func parts(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !inWord(r) })
}

// telling is how long a part of a secret has to be to tell it from other words.
const telling = 12

// keep remembers a secret by its longest part, which stands between other characters wherever it
// is written.
func (o *overheard) keep(what, secret string) {
	var longest string
	for _, word := range parts(secret) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	if len(longest) >= telling {
		o.secrets[longest] = what
	}
}

// called notes the secrets of a call; in a refusal none may be repeated.
func (o *overheard) called(method, token string, request object, a answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keep("a caller's token", token)
	for field, value := range request {
		if s, is := value.(string); is && (field == "accessToken" || field == "linkSecret" || field == "code") {
			o.keep(field+" of "+method, s)
		}
	}
	if a.code != "OK" {
		o.search("the answer of "+method, a.raw)
		return
	}
	if body, is := a.body.(object); is {
		for field, value := range body {
			s, _ := value.(string)
			if field == "secret" || field == "token" {
				o.keep(field+" of "+method, s)
			}
			if _, secret, is := strings.Cut(s, "/sign-in#"); is {
				o.keep("the link of "+method, secret)
			}
		}
	}
}

// search notes each secret that stands in a text.
func (o *overheard) search(where, text string) {
	for _, word := range parts(text) {
		if what, secret := o.secrets[word]; secret {
			o.found = append(o.found, what+" stands in "+where)
		}
	}
}

// judge searches what was collected and what the database keeps, and says where secrets stand.
func (o *overheard) judge(s *service) error {
	for where, server := range map[string]*oauthtest.Server{"Mastodon": s.toots.AS, "LinkedIn": s.linked.AS, "Facebook": s.paged.AS, "X": s.xs.AS} {
		for _, secret := range server.Secrets() {
			o.keep("what "+where+" gave out", secret)
		}
	}
	for _, secret := range append(s.thread.Secrets(), s.photos.Secrets()...) {
		o.keep("what Threads and Instagram gave out", secret)
	}
	o.server.Stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.search("the log", o.log.String())
	o.search("a trace", o.traces.String())
	if err := o.dump(s); err != nil {
		return err
	}
	if len(o.found) == 0 {
		return nil
	}
	slices.Sort(o.found)
	return fmt.Errorf("secrets can be read:\n%s", strings.Join(slices.Compact(o.found), "\n"))
}

// dump searches every row of every table.
func (o *overheard) dump(s *service) error {
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if s.Store.Dialect() == "postgres" {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
	}
	var tables []string
	err := o.rows(s, query, func(row []any) { tables = append(tables, fmt.Sprint(row[0])) })
	for _, table := range tables {
		if err != nil {
			return err
		}
		err = o.rows(s, `SELECT * FROM "`+table+`"`, func(row []any) {
			for _, value := range row {
				switch v := value.(type) {
				case string:
					o.search("the table "+table, v)
				case []byte:
					o.search("the table "+table, string(v))
				}
			}
		})
	}
	return err
}

func (o *overheard) rows(s *service, query string, each func([]any)) error {
	rows, err := s.Store.SQLWriter().QueryContext(context.Background(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	row, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		each(row)
	}
	return rows.Err()
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
