package apitest

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky"
	"github.com/imprimatur-hq/imprimatur/internal/network/handoff"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/network/webhook"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// canary is in every text of a foreign workspace: no answer to anybody else may hold it.
const canary = "globexcanary"

// people are who a furnished workspace has besides its first admin.
var people = map[string][]advocacy.Role{
	"employee":  {advocacy.RoleEmployee},
	"employee2": {advocacy.RoleEmployee},
	"curator":   {advocacy.RoleCurator},
	"legal":     {advocacy.RoleLegal},
	"legal2":    {advocacy.RoleLegal},
	"pr":        {advocacy.RolePR},
	// both is an employee who may sign as legal and as PR.
	"both":    {advocacy.RoleEmployee, advocacy.RoleLegal, advocacy.RolePR},
	"auditor": {advocacy.RoleAuditor},
	// nothing is a member whose roles were all taken away.
	"nothing": nil,
	// victim is whom admins change.
	"victim": {advocacy.RoleEmployee},
}

// house is a furnished workspace: people with sessions, keys, accounts and shelves.
type house struct {
	*service
	t  testing.TB
	id advocacy.WorkspaceID
	// tokens are bearer secrets by the name of who has them.
	tokens map[string]string
	// vars are what stories can name.
	vars map[string]any
}

var houses atomic.Int64

// furnish makes a workspace. What it makes is written in two transactions and not through
// the doors, so that a story costs little before it begins.
func (s *service) furnish(t testing.TB, id, brand string) *house {
	t.Helper()
	h := &house{service: s, t: t, id: advocacy.WorkspaceID(id), tokens: make(map[string]string)}
	_, admin, err := s.Flow.Install(t.Context(), workflow.Installation{
		ID: h.id, DisplayName: brand, Language: "en", Zone: "Europe/Paris", Roles: authz.DefaultRoles(), Policy: routing.Untimed(),
		Admin: workflow.MemberDraft{DisplayName: "Ada " + brand, Email: "admin@" + id + ".test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := &furnisher{house: h, brand: brand, members: map[string]any{"admin": nameOf(h.id, "members", string(admin.Person))}}
	err = s.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		f.ctx, f.tx, f.err = ctx, tx, nil
		f.all(admin.Person)
		return f.err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.vars = map[string]any{
		"id": id, "ws": "workspaces/" + id, "member": f.members, "account": f.accounts, "base": s.base, "hooks": s.hooks.URL, "mastodon": s.toots.URL, "bluesky": s.skies.URL, "mattermost": s.chat.URL, "teams": s.teams.URL,
		"wordpress": s.blog.URL, "herald": s.blog.NewPassword("herald"),
		"topic": map[string]any{
			"news": nameOf(h.id, "topics", "news"), "board": nameOf(h.id, "topics", "board"), "general": nameOf(h.id, "topics", "general"),
		},
	}
	return h
}

// newHouse furnishes a workspace nobody else has.
func (s *service) newHouse(t testing.TB) *house {
	t.Helper()
	return s.furnish(t, fmt.Sprintf("acme-%d", houses.Add(1)), "Acme")
}

func nameOf(w advocacy.WorkspaceID, pairs ...string) string {
	return "workspaces/" + string(w) + "/" + strings.Join(pairs, "/")
}

// furnisher writes a workspace within one transaction and keeps the first error.
type furnisher struct {
	*house
	ctx      context.Context
	tx       workflow.Tx
	err      error
	brand    string
	members  map[string]any
	accounts map[string]any
}

func (f *furnisher) keep(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *furnisher) all(admin advocacy.PersonID) {
	f.accounts = make(map[string]any)
	f.session("admin", admin)
	ids := make(map[string]advocacy.PersonID)
	for name, roles := range people {
		ids[name] = f.member(name, roles)
		f.session(name, ids[name])
	}
	f.key("key", admin, authz.MachinePermissions(), time.Hour)
	f.key("victimkey", admin, authz.MachinePermissions(), time.Hour)
	f.key("expired", admin, authz.MachinePermissions(), -time.Hour)
	brand := func(name string) advocacy.SocialAccount {
		return advocacy.SocialAccount{Network: wall.Name, DisplayName: f.brand + " " + name, Owner: ids["curator"], Deputy: ids["both"]}
	}
	hook := func(how string) advocacy.SocialAccount {
		a := brand("hook " + how)
		a.Network, a.Address = webhook.Name, f.hooks.URL+"/"+how+"/"+string(f.id)
		return a
	}
	f.account("wall", brand("newsroom"))
	f.account("second", brand("careers"))
	f.account("mine", advocacy.SocialAccount{Network: wall.Name, DisplayName: "employee", Owner: ids["employee"], Personal: true})
	f.account("hook", hook("ok"))
	f.account("refusing", hook("refuse"))
	f.account("relenting", hook("refuse-once"))
	f.account("cut", hook("cut"))
	f.account("toots", advocacy.SocialAccount{
		Network: mastodon.Name, DisplayName: f.brand + " toots", Owner: ids["employee"], Deputy: ids["curator"], Address: f.toots.URL,
	})
	f.account("skies", advocacy.SocialAccount{
		Network: bluesky.Name, DisplayName: f.brand + " skies", Owner: ids["employee"], Deputy: ids["curator"], Address: f.skies.URL,
	})
	f.account("profile", advocacy.SocialAccount{
		Network: handoff.Name, DisplayName: "employee", Owner: ids["employee"], Personal: true, Address: "https://www.facebook.com/employee",
	})
	f.account("page", advocacy.SocialAccount{
		Network: handoff.Name, DisplayName: f.brand + " page", Owner: ids["employee"], Deputy: ids["curator"], Address: "https://x.com/" + string(f.id),
	})
	f.topic("news", "News", false)
	f.topic("board", "Board", true, ids["employee"])
}

func (f *furnisher) member(name string, roles []advocacy.Role) advocacy.PersonID {
	m := &advocacy.Member{
		Workspace: f.id, Person: advocacy.PersonID(app.NewID()), DisplayName: name + " " + f.brand,
		Email: name + "@" + string(f.id) + ".test", Language: "en", State: advocacy.MemberActive,
		StateTime: f.tx.Now(), CreateTime: f.tx.Now(), UpdateTime: f.tx.Now(),
	}
	for _, r := range roles {
		m.Roles = append(m.Roles, advocacy.RoleGrant{Role: r, Since: f.tx.Now()})
	}
	f.keep(f.tx.AddMember(f.ctx, m))
	f.keep(f.tx.AddIdentity(f.ctx, &advocacy.Identity{
		Workspace: f.id, Person: m.Person, Issuer: advocacy.IssuerLocal, Subject: m.Email, CreateTime: f.tx.Now(),
	}))
	f.members[name] = nameOf(f.id, "members", string(m.Person))
	return m.Person
}

func (f *furnisher) session(name string, p advocacy.PersonID) {
	token, hash := f.Flow.Secrets.New(workflow.SecretSession)
	life := time.Hour
	if f.hands != nil {
		life = 3 * 365 * 24 * time.Hour // who lets months pass has not to sign in again
	}
	f.keep(f.tx.AddSession(f.ctx, &advocacy.Session{
		Workspace: f.id, ID: app.NewID(), Person: p, TokenHash: hash,
		CreateTime: f.tx.Now(), ExpireTime: f.tx.Now().Add(life),
	}))
	f.tokens[name] = token
}

func (f *furnisher) key(name string, owner advocacy.PersonID, permissions []advocacy.Permission, life time.Duration) {
	token, hash := f.Flow.Secrets.New(workflow.SecretKey)
	k := &advocacy.APIKey{
		Workspace: f.id, ID: advocacy.KeyID(app.NewID()), DisplayName: name, Owner: owner, Permissions: permissions,
		SecretHash: hash, Prefix: token[:9], CreateTime: f.tx.Now().Add(-2 * time.Hour), ExpireTime: f.tx.Now().Add(life),
	}
	f.keep(f.tx.AddAPIKey(f.ctx, k))
	f.tokens[name] = token
	f.members["key:"+name] = nameOf(f.id, "apiKeys", string(k.ID))
}

func (f *furnisher) account(name string, a advocacy.SocialAccount) {
	a.Workspace, a.ID, a.State = f.id, advocacy.AccountID(app.NewID()), advocacy.AccountReady
	a.AttestTime, a.CreateTime, a.UpdateTime = f.tx.Now(), f.tx.Now(), f.tx.Now()
	if _, ok := f.Flow.Networks[a.Network].(network.Linker); ok {
		a.State = advocacy.AccountReconnect
	}
	var sealed []byte
	if p, ok := f.Flow.Networks[a.Network].(network.Provisioner); ok {
		var err error
		sealed, err = f.Flow.Secrets.Seal(a, []byte(p.NewSecret()))
		f.keep(err)
	}
	f.keep(f.tx.AddAccount(f.ctx, &a, sealed))
	f.accounts[name] = nameOf(f.id, "socialAccounts", string(a.ID))
}

func (f *furnisher) topic(id advocacy.TopicID, name string, closed bool, members ...advocacy.PersonID) {
	f.keep(f.tx.AddTopic(f.ctx, &advocacy.Topic{
		Workspace: f.id, ID: id, DisplayName: f.brand + " " + name, Closed: closed, Members: members,
		CreateTime: f.tx.Now(), UpdateTime: f.tx.Now(),
	}))
}

// adopt puts a routing policy in force, as its document says it.
func (h *house) adopt(document []byte) {
	h.t.Helper()
	err := h.Store.Update(h.t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
			Workspace: h.id, Policy: "default", Revision: 2, Document: document, Digest: advocacy.DigestOf(document),
			Active: true, CreateTime: tx.Now(),
		})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
