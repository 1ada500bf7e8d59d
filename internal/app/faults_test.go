package app_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/container/containertest"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook/facebooktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost/mattermosttest"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack/slacktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// What breaks around a whole service. The numbers are those of codebase's testdata/faults.txt.

// only is the one publication of a scene of one post for one network.
func (s *scene) only(t *testing.T, service *app.Service) advocacy.Publication {
	t.Helper()
	all, err := service.Store.PublicationsOf(t.Context(), "acme", s.posts[0])
	ok(t, err)
	if len(all) != 1 {
		t.Fatalf("%d publications, want 1", len(all))
	}
	return all[0]
}

// becomes waits until the one publication of a scene is in a state.
func (s *scene) becomes(t *testing.T, want advocacy.PublicationState) {
	t.Helper()
	s.until(t, func(service *app.Service) bool { return s.only(t, service).State == want })
}

// TestAwakenedWorker (F06) stops a whole process at a step of its delivery until another one has
// taken over, and lets it go on: what it believes is late, and the network shows one post.
func TestAwakenedWorker(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step, network string
		// meanwhile is what the other process makes of it.
		meanwhile advocacy.PublicationState
	}{
		{publish.StepClaimed, "webhook", advocacy.Published},
		{publish.StepIntent, "webhook", advocacy.Unknown},
		{publish.StepAnswered, "webhook", advocacy.Unknown},
		{publish.StepIntent, "mastodon", advocacy.Published},
		{publish.StepAnswered, "bluesky", advocacy.Published},
	} {
		t.Run(c.step+" "+c.network, func(t *testing.T) {
			t.Parallel()
			s := sceneOn(t, newPostgres(t), 1, c.network)
			// It may stand still before it answers.
			sleeper := launch(t, append(s.environ(), fmt.Sprintf("%s=%s:1", childStop, c.step))...)
			waitUntil(t, func() bool { return sleeper.stands(t) })
			other := spawn(t, s.environ()...)
			s.becomes(t, c.meanwhile)
			sleeper.signal(t, syscall.SIGCONT)
			ok(t, sleeper.leave(t))
			ok(t, other.leave(t))
			// The late receipt of a request that did go out is evidence.
			s.becomes(t, advocacy.Published)
			s.judge(t)
		})
	}
}

// TestAlteredBytes: what somebody changed in the database behind everybody's back, after it was signed,
// is shown by no network.
func TestAlteredBytes(t *testing.T) {
	t.Parallel()
	s := sceneOn(t, "", 1, "webhook", "mastodon", "bluesky", "organisation", "x", "mattermost", "slack", "teams", "facebook", "threads", "wordpress")
	service := s.open(t)
	for _, statement := range []string{
		"DROP TRIGGER revisions_update",
		`UPDATE revisions SET manifest = CAST(replace(CAST(manifest AS TEXT), '"Post 0"', '"Post O"') AS BLOB)`,
	} {
		_, err := service.Store.SQLWriter().ExecContext(t.Context(), statement)
		ok(t, err)
	}
	ok(t, service.Close())
	c := spawn(t, s.environ()...)
	s.until(t, func(service *app.Service) bool { return settled(t, service, s.posts...) })
	c.kill()
	for _, wrong := range s.unsigned() {
		t.Error(wrong)
	}
	service = s.open(t)
	defer service.Close()
	all, err := service.Store.PublicationsOf(t.Context(), "acme", s.posts[0])
	ok(t, err)
	for _, x := range all {
		if x.State != advocacy.Cancelled || x.Answer.Text != advocacy.BlockBytes {
			t.Errorf("on %s it is %s, %s", x.Network, x.State, x.Answer.Text)
		}
	}
}

// TestKilledWhileMigrating (F05) kills a process while it makes the tables: the next start completes
// them, as if nothing had happened, and answers.
func TestKilledWhileMigrating(t *testing.T) {
	t.Parallel()
	places, kills := 2, 3
	if os.Getenv("IMPRIMATUR_TEST_FULL") == "1" {
		places, kills = 20, 5
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	empty := func(t *testing.T, database string) *scene {
		return &scene{
			dir: filepath.Join(t.TempDir(), "data"), database: database, linkedin: linkedintest.New(t), x: xtest.New(t), slack: slacktest.New(t),
			facebook: facebooktest.New(t), threads: containertest.Threads(t), instagram: containertest.Instagram(t),
		}
	}
	for name, place := range map[string]func(t *testing.T) *scene{
		"sqlite":   func(t *testing.T) *scene { return empty(t, "") },
		"postgres": func(t *testing.T) *scene { return empty(t, testpg.New(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			whole := place(t)
			began := time.Now()
			spawn(t, whole.environ()...).kill()
			took, want := time.Since(began), whole.tables(t)
			for range places {
				s := place(t)
				for range kills {
					c := launch(t, s.environ()...)
					timer := time.NewTimer(time.Duration(random.Int64N(int64(took))))
					select {
					case <-timer.C:
					case <-c.ready:
					}
					c.kill()
				}
				c := spawn(t, s.environ()...)
				ok(t, app.Healthcheck(t.Context(), c.base))
				c.kill()
				if diff := cmp.Diff(want, s.tables(t)); diff != "" {
					t.Errorf("(-undisturbed +killed):\n%s", diff)
				}
			}
		})
	}
}

// tables are the schema of the scene's database and the migrations it has.
func (s *scene) tables(t *testing.T) (found []string) {
	t.Helper()
	service := s.open(t)
	defer service.Close()
	queries := []string{
		"SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master",
		"SELECT 'migration ' || version_id || ' ' || is_applied FROM goose_db_version",
		"SELECT 'job engine ' || version FROM river_migration",
	}
	if s.database != "" {
		queries[0] = `SELECT concat_ws(' ', table_name, column_name, data_type, column_default, is_nullable) FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL SELECT concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
			UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
			UNION ALL SELECT concat_ws(' ', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal`
	}
	for _, query := range queries {
		rows, err := service.Store.SQLWriter().QueryContext(t.Context(), query)
		ok(t, err)
		for rows.Next() {
			var one sql.NullString
			ok(t, rows.Scan(&one))
			found = append(found, one.String)
		}
		ok(t, rows.Err())
		ok(t, rows.Close())
	}
	slices.Sort(found)
	return found
}

// TestPostgresKilled (F20) kills the database while people write, submit and sign. Each goes on with
// the request id it had: what was acknowledged is there, and asked once more it is answered the same.
func TestPostgresKilled(t *testing.T) {
	t.Parallel()
	cluster := testpg.NewCluster(t)
	c := config.Default()
	c.Database, c.DataDir = config.Secret(cluster.DSN), filepath.Join(t.TempDir(), "shared")
	opened, err := app.Open(t.Context(), app.Options{Config: c})
	ok(t, err)
	defer opened.Close()
	p := furnish(t, opened)
	newsroom := p.account(t, workflow.AccountDraft{Network: "wall", DisplayName: "newsroom", Owner: p.admin})
	tokens := make(map[string]string)
	for name, id := range map[string]advocacy.PersonID{"author": p.author, "legal": p.legal, "pr": p.pr} {
		in, err := opened.Flow.OpenSession(t.Context(), "acme", id)
		ok(t, err)
		tokens[name] = in.Token
	}
	replicas := []*child{spawn(t, "IMPRIMATUR_DATABASE="+cluster.DSN, "IMPRIMATUR_DATA_DIR="+c.DataDir)}
	const posts, kills = 12, 2
	var group sync.WaitGroup
	var signed atomic.Int32
	clients, names := make([]*through, posts), make([]string, posts)
	enough := make(chan struct{}, posts)
	for i := range posts {
		clients[i] = &through{replicas: replicas, tokens: tokens}
		group.Go(func() {
			names[i] = clients[i].publish(t, fmt.Sprintf("Post %d", i), "workspaces/acme/socialAccounts/"+string(newsroom))
			if signed.Add(1)%(posts/(kills+1)) == 0 {
				enough <- struct{}{}
			}
		})
	}
	for range kills {
		<-enough
		cluster.Kill(t)
		cluster.Start(t)
	}
	group.Wait()
	for i, client := range clients {
		if len(client.decided) != 2 {
			t.Fatalf("%d decisions on %s were acknowledged, want 2", len(client.decided), names[i])
		}
		for _, d := range client.decided {
			code, again, err := (&service{base: replicas[0].base}).try(t, tokens[d.as], http.MethodPost, d.path, d.body)
			ok(t, err)
			// The review beside it is as it is now.
			if diff := cmp.Diff(d.answer["decision"], again["decision"]); diff != "" || code != http.StatusOK {
				t.Errorf("the repeat is answered %d (-first +again):\n%s", code, diff)
			}
		}
		id := advocacy.PostID(filepath.Base(names[i]))
		kept, err := opened.Store.Decisions(t.Context(), advocacy.PostSubject("acme", id))
		ok(t, err)
		if len(kept) != 2 {
			t.Errorf("%s has %d decisions, want 2", names[i], len(kept))
		}
		waitUntil(t, func() bool { return settled(t, opened, id) })
	}
	if shown := onWall(t, opened); shown != posts {
		t.Errorf("the wall shows %d entries, want %d", shown, posts)
	}
}

// TestToldToEndWhileSending (F44): a process that is told to end waits for the answer of a request
// that is on its way, and when none comes in time leaves it to the next, who does not send again.
func TestToldToEndWhileSending(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T, grace string) (*scene, *child, func()) {
		t.Helper()
		s := sceneOn(t, "", 1, "webhook")
		answer := s.receiver.wait(t)
		// It ends long before it could be taken for one that is silent.
		c := spawn(t, append(s.environ(), "IMPRIMATUR_SHUTDOWN_GRACE="+grace, childLease+"=15s")...)
		<-s.receiver.arrived
		c.signal(t, syscall.SIGTERM)
		waitUntil(t, func() bool { return app.Healthcheck(t.Context(), c.base) != nil })
		return s, c, answer
	}
	t.Run("answered in time", func(t *testing.T) {
		t.Parallel()
		s, c, answer := begin(t, "30s")
		select {
		case <-c.done:
			t.Fatal("it did not wait for the answer")
		default:
		}
		answer()
		<-c.done
		ok(t, c.end)
		s.becomes(t, advocacy.Published)
		s.judge(t)
	})
	t.Run("not answered in time", func(t *testing.T) {
		t.Parallel()
		s, c, answer := begin(t, "1s")
		<-c.done
		service := s.open(t)
		if x := s.only(t, service); x.State != advocacy.Sending {
			t.Errorf("it was left %s", x.State)
		}
		ok(t, service.Close())
		answer()
		s.finish(t)
		if unknown := s.judge(t); unknown != 1 {
			t.Errorf("%d ended unknown, want the one that nobody heard of", unknown)
		}
	})
}

// TestStarvedWorker (F46): on one core that somebody else takes all of, nobody takes a worker that is
// slow for one that is dead.
func TestStarvedWorker(t *testing.T) {
	t.Parallel()
	s := sceneOn(t, "", 3, "webhook")
	answer := s.receiver.wait(t)
	spawn(t, append(s.environ(), "GOMAXPROCS=1", childSpin+"=1", childLease+"=9s")...)
	<-s.receiver.arrived
	<-time.After(3 * time.Second) // a third of the lease
	answer()
	s.until(t, func(service *app.Service) bool { return settled(t, service, s.posts...) })
	if unknown := s.judge(t); unknown != 0 {
		t.Errorf("%d were taken from a worker that was at it", unknown)
	}
	service := s.open(t)
	defer service.Close()
	for _, id := range s.posts {
		all, err := service.Store.PublicationsOf(t.Context(), "acme", id)
		ok(t, err)
		attempts, err := service.Store.Attempts(t.Context(), "acme", all[0].ID)
		ok(t, err)
		if len(attempts) != 1 {
			t.Errorf("%d attempts were made at %s", len(attempts), all[0].ID)
		}
	}
}

// How a naive child publishes.
const (
	naiveRetry = "retry"
	naiveLook  = "look"
)

// naive publishes as nobody should: it sends again whatever had no answer, as something new, perhaps
// after it has looked.
type naive struct {
	network.Adapter
	looks bool
}

func (n naive) Capabilities() network.Capabilities {
	c := n.Adapter.Capabilities()
	c.Idempotency, c.KeyLife = network.ExactlyOnce, 0
	return c
}

func (n naive) Publish(ctx context.Context, d network.Delivery) network.Answer {
	if n.looks {
		if seen := n.Adapter.Look(ctx, d); seen.Found {
			return network.Answer{Class: network.Accepted, ExternalID: seen.ExternalID, URL: seen.URL}
		}
	}
	d.Key, d.Time = app.NewID(), app.Micros()
	d.Publication = advocacy.PublicationID(d.Key)
	var err error
	d.Body, err = n.Adapter.Encode(network.Envelope{
		Workspace: d.Account.Workspace, Publication: d.Publication, Post: d.Post, Target: d.Target, Time: d.Time,
		MediaURL: func(blob string) string { return "https://media.example/" + blob },
	})
	if err != nil {
		return network.Answer{Class: network.Misconfigured, Said: advocacy.Worded(err.Error())}
	}
	return n.Adapter.Publish(ctx, d)
}

// late has the networks show what is new to nobody for a while.
func (s *scene) late() {
	s.mastodon.Do(func(x *mastodontest.Server) { x.Lag = 100 })
	s.bluesky.Do(func(x *blueskytest.Server) { x.Lag = 100 })
	s.x.Do(func(x *xtest.Server) { x.Lag = 100 })
	s.mattermost.Do(func(x *mattermosttest.Server) { x.Lag, x.Forgets = 100, true })
	s.slack.Do(func(x *slacktest.Server) { x.Lag = 100 })
	s.facebook.Do(func(x *facebooktest.Server) { x.Lag = 100 })
	s.threads.Do(func(x *containertest.Server) { x.Lag = 100 })
	s.wordpress.Do(func(x *wordpresstest.Server) { x.Lag = 100 })
	s.instagram.Do(func(x *containertest.Server) { x.Lag = 100 })
}

// TestJudgeSeesTheNaive: what the crash tests rely on would tell of two posts. A child that sends
// again as something new is killed once, and one that looks first is told late by the network.
func TestJudgeSeesTheNaive(t *testing.T) {
	t.Parallel()
	for _, how := range []string{naiveRetry, naiveLook} {
		for _, where := range []string{"mastodon", "bluesky", "x", "mattermost", "slack", "facebook", "threads", "instagram", "wordpress"} {
			t.Run(how+" "+where, func(t *testing.T) {
				t.Parallel()
				s := sceneOn(t, "", 1, where)
				environ := append(s.environ(), childNaive+"="+how)
				c := spawn(t, append(environ, fmt.Sprintf("%s=%s:1", childDie, publish.StepAnswered))...)
				<-c.done
				if how == naiveLook {
					s.late()
				}
				c = spawn(t, environ...)
				s.until(t, func(service *app.Service) bool { return settled(t, service, s.posts...) })
				c.kill()
				_, wrong := s.verdict(t)
				if len(wrong) != 1 || !strings.HasSuffix(wrong[0], " 2 times") {
					t.Errorf("the judge says %q", wrong)
				}
			})
		}
	}
}
