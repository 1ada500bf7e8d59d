package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
	"github.com/imprimatur-hq/imprimatur/internal/network/x"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// refreshSteps are where the next token of an account is asked for and kept.
var refreshSteps = []string{publish.StepRefresh, publish.StepRefreshed}

// grants is a scene with one account whose owner signed in, and whose tokens end within a minute.
type grants struct {
	*scene
	as *oauthtest.Server
	// who signs in at the network.
	who string
}

// grantsOn signs two posts for an account that was signed in to.
func grantsOn(t *testing.T, at advocacy.Network) grants {
	t.Helper()
	const public = "https://imprimatur.acme.test"
	connection := map[advocacy.Network]string{x.Name: "x", linkedin.Name: "member"}[at]
	g := grants{scene: sceneOn(t, "", 0, connection)}
	name, server := "X", g.x.URL+"/i/oauth2/authorize"
	g.as, g.who = g.x.AS, xtest.Account
	if at == linkedin.Name {
		name, server, g.as, g.who = "LINKEDIN", g.linkedin.URL, g.linkedin.AS, linkedintest.Member
	}
	id, secret := g.as.Register(public+network.CallbackPath, "tweet.read tweet.write users.read media.write offline.access openid profile w_member_social")
	g.settings = []string{
		"IMPRIMATUR_PUBLIC_URL=" + public, "IMPRIMATUR_" + name + "_SIGN_IN=" + server,
		"IMPRIMATUR_" + name + "_CLIENT_ID=" + id, "IMPRIMATUR_" + name + "_CLIENT_SECRET=" + secret,
	}
	g.as.Do(func(s *oauthtest.Server) { s.Life, s.Refreshes, s.Lasting = 60, true, at == linkedin.Name })
	g.signIn(t)
	service := g.open(t)
	defer service.Close()
	g.sign(t, service, 2)
	return g
}

// signIn has the account's owner connect it by signing in.
func (g grants) signIn(t *testing.T) {
	t.Helper()
	service := g.open(t)
	defer service.Close()
	p := g.people
	p.Service = service
	a, err := service.Store.Account(t.Context(), "acme", g.accounts[0])
	ok(t, err)
	begun, err := service.Flow.StartConnection(t.Context(), p.as(p.admin), "acme", a.ID, a.Version)
	ok(t, err)
	back := g.as.SignIn(t, begun.Address, g.who)
	_, err = service.Flow.CompleteConnection(t.Context(), p.as(p.admin), "acme", a.ID, workflow.Comeback{State: back.Get("state"), Code: back.Get("code")})
	ok(t, err)
}

// asked is how often the next token was asked for.
func (g grants) asked() *int {
	n := new(int)
	g.as.Do(func(s *oauthtest.Server) {
		s.Before = func(form url.Values) {
			if form.Get("grant_type") == "refresh_token" {
				*n++
			}
		}
	})
	return n
}

// TestKilledAtRefresh (F19) kills the process before the next token is asked for, and before it is kept. Where the
// token that asks is good once, nobody asks with it again: nothing goes out until the owner signs in
// anew, and then each post once. Where it stays good, the next process asks again.
func TestKilledAtRefresh(t *testing.T) {
	t.Parallel()
	for _, step := range refreshSteps {
		for _, at := range []advocacy.Network{x.Name, linkedin.Name} {
			t.Run(step+" "+string(at), func(t *testing.T) {
				t.Parallel()
				g := grantsOn(t, at)
				asked := g.asked()
				c := spawn(t, append(g.environ(), childDie+"="+step+":1")...)
				<-c.done
				if at == x.Name {
					g.waitsForItsOwner(t, map[string]int{publish.StepRefresh: 0, publish.StepRefreshed: 1}[step], asked)
				}
				g.finish(t)
				if unknown := g.judge(t); unknown != 0 {
					t.Errorf("%d publications ended unknown", unknown)
				}
			})
		}
	}
}

// waitsForItsOwner fails unless the account is to be connected anew, with nothing sent and nothing lost, after the
// next token was asked for so often; and has its owner do so.
func (g grants) waitsForItsOwner(t *testing.T, want int, asked *int) {
	t.Helper()
	c := spawn(t, g.environ()...)
	g.until(t, func(service *app.Service) bool {
		a, err := service.Store.Account(t.Context(), "acme", g.accounts[0])
		return err == nil && a.State == advocacy.AccountReconnect
	})
	ok(t, c.leave(t))
	var got int
	g.as.Do(func(*oauthtest.Server) { got = *asked })
	if got != want || len(g.x.Visible()) != 0 {
		t.Errorf("the next token was asked for %d times, want %d, and %d posts are out", got, want, len(g.x.Visible()))
	}
	service := g.open(t)
	for _, id := range g.posts {
		all, err := service.Store.PublicationsOf(t.Context(), "acme", id)
		ok(t, err)
		if len(all) != 1 || all[0].State != advocacy.Scheduled && all[0].State != advocacy.Claimed {
			t.Errorf("it waits as %+v", all)
		}
	}
	ok(t, service.Close())
	g.as.Do(func(s *oauthtest.Server) { s.Life = 7200 })
	g.signIn(t)
}

// TestEachStepIsKilledAt: a step that a crash is never tried at would be a name and no more.
func TestEachStepIsKilledAt(t *testing.T) {
	t.Parallel()
	killed := slices.Concat(steps, refreshSteps)
	files, err := filepath.Glob(filepath.Join("..", "publish", "*.go"))
	ok(t, err)
	named := 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		ok(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
		ok(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, is := n.(*ast.ValueSpec)
			if !is || !strings.HasPrefix(spec.Names[0].Name, "Step") || len(spec.Values) != 1 {
				return true
			}
			literal, is := spec.Values[0].(*ast.BasicLit)
			if !is {
				t.Fatalf("%s is no text", spec.Names[0].Name)
			}
			step, err := strconv.Unquote(literal.Value)
			ok(t, err)
			if named++; !slices.Contains(killed, step) {
				t.Errorf("nobody is killed at publish.%s", spec.Names[0].Name)
			}
			return true
		})
	}
	if named != len(killed) {
		t.Errorf("%d steps are named, and %d killed at", named, len(killed))
	}
}
