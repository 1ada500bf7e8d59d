package codebase

import (
	"slices"
	"strings"
	"testing"
)

// allowed is the house's table: what each package may import of the house. Arrows point
// at advocacy; an adapter imports the package that declares its port, never another
// adapter.
var allowed = map[string][]string{
	"advocacy":                      {},
	"memo":                          {"advocacy"},
	"network":                       {"advocacy", "catalogue", "memo", "network/measure"},
	"network/measure":               {"advocacy"},
	"network/wall":                  {"advocacy", "network", "network/measure"},
	"network/wire":                  {"advocacy", "fence", "network"},
	"network/oauth":                 {"advocacy", "network", "network/wire"},
	"network/oauth/oauthtest":       {},
	"network/bluesky":               {"advocacy", "network", "network/measure", "network/wire"},
	"network/bluesky/blueskytest":   {},
	"network/facebook":              {"advocacy", "network", "network/graph", "network/measure", "network/oauth", "network/wire"},
	"network/facebook/facebooktest": {"network/oauth/oauthtest"},
	"network/graph":                 {"advocacy", "network", "network/wire"},
	"network/handoff":               {"advocacy", "network", "network/measure"},
	"network/linkedin":              {"advocacy", "network", "network/measure", "network/oauth", "network/wire"},
	"network/linkedin/linkedintest": {"network/oauth/oauthtest"},
	"network/mastodon":              {"advocacy", "network", "network/measure", "network/oauth", "network/wire"},
	"network/mastodon/mastodontest": {"network/oauth/oauthtest"},
	"network/webhook":               {"advocacy", "network", "network/measure", "network/wire"},
	"network/x":                     {"advocacy", "network", "network/measure", "network/oauth", "network/wire"},
	"network/x/xtest":               {"network/oauth/oauthtest"},
	"fence":                         {},
	"linkcheck":                     {"advocacy", "fence"},
	"feed":                          {"advocacy", "fence"},
	"linkcard":                      {"advocacy", "fence"},
	"network/networktest":           {"advocacy", "network"},
	"routing":                       {"advocacy"},
	"worktime":                      {"advocacy"},
	"check":                         {"advocacy", "memo", "network", "check/term", "check/glyph"},
	"check/term":                    {"advocacy", "check/glyph"},
	"check/glyph":                   {},
	"diff":                          {"advocacy"},
	"search":                        {"check/glyph"},
	"sheet":                         {},
	"workflow":                      {"advocacy", "memo", "routing", "worktime", "check", "diff", "network", "search"},
	"workflow/workflowtest":         {"advocacy", "authn", "authz", "check", "jobs", "media", "network", "network/handoff", "network/wall", "publish", "routing", "store", "workflow", "departure"},
	"publish":                       {"advocacy", "workflow", "network"},
	"departure":                     {"advocacy"},
	"vault":                         {"advocacy", "network"},
	"vault/vaulttest":               {},
	"authn":                         {"advocacy"},
	"authz":                         {"advocacy"},
	"jobs":                          {"advocacy"},
	"store":                         {"advocacy", "memo", "workflow", "search", "network/wall", "authn", "authz", "vault", "store/sqlite", "store/groupcommit"},
	"store/sqlite":                  {},
	"store/groupcommit":             {},
	"store/testdisk":                {},
	"store/testpg":                  {},
	"store/testsqlite":              {},
	"store/storetest":               {"advocacy", "workflow", "search", "network/wall", "store", "store/testpg", "jobs", "vault"},
	"media":                         {"advocacy"},
	"media/mediatest":               {},
	"mail":                          {"catalogue"},
	"catalogue":                     {},
	"grpcapi":                       {"advocacy", "diff", "search", "sheet", "workflow", "api/imprimatur/v1"},
	"download":                      {"advocacy", "api/imprimatur/v1"},
	"gateway":                       {"advocacy", "download", "api/imprimatur/v1", "api/openapi"},
	"web":                           {"api/imprimatur/v1", "catalogue", "download", "sheet"},
	"web/hostiletest":               {"api/imprimatur/v1"},
	"demo":                          {"advocacy", "routing", "workflow", "media", "network/wall", "network/webhook", "api/imprimatur/v1"},
	"demo/demotest":                 {},
	"config":                        {},
	"codebase":                      {},
	"leak":                          {},
	"api/imprimatur/v1":             {},
	"api/openapi":                   {},

	// Chats.
	"network/mattermost":                {"advocacy", "network", "network/measure", "network/wire"},
	"network/mattermost/mattermosttest": {},
	"network/slack":                     {"advocacy", "network", "network/measure", "network/wire"},
	"network/slack/slacktest":           {},
	"network/teams":                     {"advocacy", "network", "network/measure", "network/wire"},
	"network/teams/teamstest":           {},

	// Blogs.
	"network/wordpress":               {"advocacy", "network", "network/measure", "network/wire"},
	"network/wordpress/wordpresstest": {},
	"network/container":               {"advocacy", "network", "network/graph", "network/measure", "network/oauth", "network/wire"},
	"network/container/containertest": {"network/oauth/oauthtest"},
	"network/instagram":               {"network/container", "network/measure"},
	"network/threads":                 {"network/container", "network/measure"},
}

// everything may import everyone: the wiring, what tests it through its doors, and main.
var everything = []string{"app", "apitest", "cmd/imprimatur", "bench", "mutation", "webtest"}

func TestNobodyImportsAgainstTheTable(t *testing.T) {
	t.Parallel()
	for _, p := range house(t) {
		from := inside(p.PkgPath)
		if slices.Contains(everything, strings.Split(from, "/")[0]) || slices.Contains(everything, from) {
			continue
		}
		may, known := allowed[from]
		if !known {
			t.Errorf("package %s is not in the table of the house: add it, with what it may import", from)
			continue
		}
		for path := range p.Imports {
			if !strings.HasPrefix(path, module+"/") {
				continue
			}
			if to := inside(path); !slices.Contains(may, to) {
				t.Errorf("%s imports %s, which the table of the house does not allow", from, to)
			}
		}
	}
}

// third says which libraries are somebody's alone.
var third = map[string][]string{
	"gorm.io/":                       {"store", "store/sqlite", "store/groupcommit", "store/storetest"},
	"github.com/riverqueue/":         {"jobs", "store"},
	"github.com/casbin/":             {"authz"},
	"cel.dev/":                       {"routing"},
	"github.com/tink-crypto/":        {"vault"},
	"github.com/hashicorp/vault/":    {"vault"},
	"github.com/wneessen/":           {"mail"},
	"modernc.org/sqlite":             {"store", "store/sqlite", "store/groupcommit"},
	"code.dny.dev/ssrf":              {"fence"},
	"github.com/mmcdole/gofeed":      {"feed"},
	"github.com/spf13/cobra":         {"cmd/imprimatur"},
	"buf.build/go/protovalidate":     {"grpcapi"},
	"github.com/grpc-ecosystem/grpc": {"gateway", "api/imprimatur/v1"},
}

func TestLibrariesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, p := range house(t) {
		for path := range p.Imports {
			for prefix, owners := range third {
				if strings.HasPrefix(path, prefix) && !slices.Contains(owners, inside(p.PkgPath)) && !slices.Contains(everything, inside(p.PkgPath)) {
					t.Errorf("%s imports %s, which belongs to %v", inside(p.PkgPath), path, owners)
				}
			}
		}
	}
}
