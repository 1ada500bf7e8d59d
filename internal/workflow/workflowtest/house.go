// Package workflowtest furnishes a workspace for tests: a real store, the real use cases
// and worker, people in every role, and a clock that stands still until it is told.
//
// It knows no door and runs no jobs by itself: a test says when the worker works.
//
// The rule that keeps it so: only tests import it.
package workflowtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authn"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/departure"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/handoff"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Clock is a time that moves only when it is told. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the time.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// House is a furnished workspace.
type House struct {
	Flow   *workflow.Service
	Store  *store.Store
	Worker *publish.Worker
	Clock  *Clock
	W      advocacy.WorkspaceID

	// Author and Reader are employees; Both holds both approver roles.
	Author, Reader, Curator, Legal, Legal2, PR, Both, Admin, Auditor advocacy.PersonID
	// Wall is a brand's account, AuthorWall speaks for Author; Ledger is a brand's account on
	// the Ledger network, when the house has one.
	Wall, AuthorWall, Ledger advocacy.AccountID

	// Slips hold what is kept outside the database, of all replicas of the house.
	Slips departure.Slips

	authz *authz.Authorizer
	// ownTime gives transactions the clock's time on PostgreSQL too.
	ownTime bool
}

// Start is when every house begins.
var Start = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// New furnishes a house on a new SQLite database in a temporary folder, with networks
// added to the wall. All houses of a process begin as copies of the same one.
func New(tb testing.TB, more ...network.Adapter) *House {
	tb.Helper()
	return templateFor(tb, more).copyTo(tb, more)
}

// NewOn furnishes a house on a database. On PostgreSQL transactions have the database's
// time, which the clock does not move.
func NewOn(tb testing.TB, dsn string, dialect jobs.Dialect, more ...network.Adapter) *House {
	tb.Helper()
	h := &House{Clock: &Clock{now: Start}, W: "acme"}
	if dialect == jobs.Postgres {
		h.Clock.now = time.Now().UTC().Truncate(time.Microsecond)
	}
	h.open(tb, dsn, dialect)
	tb.Cleanup(func() { must(tb, h.Store.Close()) })
	h.wire(tb, more)
	h.furnish(tb)
	return h
}

// Replica is another process of the same house: its own connections to the database,
// nothing shared in memory but the clock and the networks.
func (h *House) Replica(tb testing.TB, dsn string, dialect jobs.Dialect, more ...network.Adapter) *House {
	tb.Helper()
	twin := *h
	twin.open(tb, dsn, dialect)
	tb.Cleanup(func() { must(tb, twin.Store.Close()) })
	twin.wire(tb, more)
	return &twin
}

// open opens the store and makes its tables when they are not there.
func (h *House) open(tb testing.TB, dsn string, dialect jobs.Dialect) {
	tb.Helper()
	inserter, err := jobs.NewInserter(dialect)
	must(tb, err)
	h.Store, err = store.Open(tb.Context(), store.Config{
		DSN: dsn, Now: h.Clock.Now, OwnTime: h.ownTime, Heard: heard,
		InsertJob: func(ctx context.Context, tx *sql.Tx, all ...advocacy.Job) error {
			return inserter.InsertTx(ctx, tx, all...)
		},
	})
	must(tb, err)
	must(tb, h.Store.Migrate(tb.Context()))
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// engine is every house's: it is safe for concurrent use and slow to make.
var engine = sync.OnceValues(routing.NewEngine)

func (h *House) wire(tb testing.TB, more []network.Adapter) {
	blobs, err := media.OpenDir(tb.TempDir())
	must(tb, err)
	if h.Slips == nil {
		h.Slips = blobs.Slips()
	}
	epoch, err := h.Store.Epoch(tb.Context())
	must(tb, err)
	engine, err := engine()
	must(tb, err)
	networks := network.Registry{}
	for _, a := range append([]network.Adapter{wall.New(h.Store, "http://house.test")}, more...) {
		networks[a.Name()] = a
	}
	h.authz = authz.New(h.Store)
	h.Flow = &workflow.Service{
		Store: h.Store, Blobs: blobs, Thumbnails: workflow.NewThumbnailer(shrink), Networks: networks, Routing: engine, Lexicons: check.NewLexicons(), Registers: check.NewRegisters(), Disclosures: network.NewTables(), Hours: workflow.NewHours(), Secrets: secrets{},
		MachinePermissions: authz.MachinePermissions(), NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Now: h.Clock.Now, PublicURL: "http://house.test", Logger: slog.New(slog.DiscardHandler), ZoneData: "2026a",
	}
	for _, p := range authz.Permissions() {
		h.Flow.Permissions = append(h.Flow.Permissions, p.Name)
	}
	h.Flow.MediaURL = func(w advocacy.WorkspaceID, blob string) string {
		return "http://house.test/blobs/" + string(w) + "/" + blob
	}
	h.Worker = &publish.Worker{
		Flow: h.Flow, Networks: networks, Credentials: plain{}, MediaURL: h.Flow.MediaURL,
		Timeout: 5 * time.Second, Lease: time.Minute, Logger: slog.New(slog.DiscardHandler),
		Departures: &departure.Keeper{Slips: h.Slips, Deployment: epoch.Deployment},
	}
}

// shrink makes a picture small.
func shrink(picture []byte, side int) (workflow.Accepted, error) {
	p, err := media.Thumbnail(picture, side)
	return workflow.Accepted{Blob: p.Digest, ContentType: p.ContentType, Width: p.Width, Height: p.Height, Data: p.Bytes}, err
}

// secrets seals nothing: no test of the use cases opens a credential.
type secrets struct{}

func (secrets) New(kind workflow.SecretKind) (string, []byte) {
	kinds := map[workflow.SecretKind]authn.Kind{
		workflow.SecretSession: authn.SessionToken, workflow.SecretKey: authn.KeyToken, workflow.SecretLink: authn.LinkToken, workflow.SecretState: authn.StateToken,
	}
	return authn.NewToken(kinds[kind])
}

func (secrets) Hash(secret string) ([]byte, error) { return authn.HashToken(secret) }

func (secrets) Verifier(state string) string { return "verifier of " + state }

func (secrets) Mark(said string) string {
	sum := sha256.Sum256([]byte("mark of " + said))
	return hex.EncodeToString(sum[:])
}

func (secrets) Seal(_ advocacy.SocialAccount, secret []byte) ([]byte, error) { return secret, nil }

// plain seals as secrets does: not at all.
type plain struct{ secrets }

func (plain) Open(_ advocacy.SocialAccount, sealed []byte) ([]byte, error) { return sealed, nil }

func (h *House) furnish(tb testing.TB) {
	ctx := tb.Context()
	_, admin, err := h.Flow.Install(ctx, workflow.Installation{
		ID: h.W, DisplayName: "Acme", Language: "en", Zone: "Europe/Paris", Roles: authz.DefaultRoles(), Policy: routing.Untimed(),
		Admin: workflow.MemberDraft{DisplayName: "Ada Admin", Email: "admin@acme.test"},
	})
	must(tb, err)
	h.Admin = admin.Person
	for _, p := range []struct {
		id    *advocacy.PersonID
		name  string
		roles []advocacy.Role
	}{
		{&h.Author, "author", []advocacy.Role{advocacy.RoleEmployee}},
		{&h.Reader, "reader", []advocacy.Role{advocacy.RoleEmployee}},
		{&h.Curator, "curator", []advocacy.Role{advocacy.RoleCurator}},
		{&h.Legal, "legal", []advocacy.Role{advocacy.RoleLegal}},
		{&h.Legal2, "legal2", []advocacy.Role{advocacy.RoleLegal}},
		{&h.PR, "pr", []advocacy.Role{advocacy.RolePR}},
		{&h.Both, "both", []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR, advocacy.RoleEmployee}},
		{&h.Auditor, "auditor", []advocacy.Role{advocacy.RoleAuditor}},
	} {
		m, err := h.Flow.CreateMember(ctx, h.As(h.Admin), h.W, workflow.MemberDraft{
			DisplayName: p.name, Email: p.name + "@acme.test", Roles: p.roles,
		})
		must(tb, err)
		*p.id = m.Person
	}
	_, err = h.Flow.CreateTopic(ctx, h.As(h.Curator), h.W, workflow.TopicDraft{ID: "news", DisplayName: "News"})
	must(tb, err)
	h.Wall = h.account(tb, workflow.AccountDraft{Network: wall.Name, DisplayName: "Acme newsroom", Owner: h.Curator, Deputy: h.Both})
	h.AuthorWall = h.account(tb, workflow.AccountDraft{Network: wall.Name, DisplayName: "author", Owner: h.Author, Personal: true})
	if _, ok := h.Flow.Networks[LedgerName]; ok {
		h.Ledger = h.account(tb, workflow.AccountDraft{Network: LedgerName, DisplayName: "ledger", Owner: h.Curator, Deputy: h.Both})
	}
}

// ByHand is an account that speaks for Author, who publishes through it by hand.
func (h *House) ByHand(tb testing.TB) advocacy.AccountID {
	tb.Helper()
	h.Flow.Networks[handoff.Name] = handoff.New()
	return h.account(tb, workflow.AccountDraft{
		Network: handoff.Name, DisplayName: "author", Owner: h.Author, Personal: true, Address: "https://www.facebook.com/author",
	})
}

func (h *House) account(tb testing.TB, d workflow.AccountDraft) advocacy.AccountID {
	a, _, err := h.Flow.CreateAccount(tb.Context(), h.As(h.Admin), h.W, d)
	must(tb, err)
	return a.ID
}

// As is a call of a person in a session, with the permissions of the roles held now.
func (h *House) As(p advocacy.PersonID) workflow.Call {
	c := workflow.Call{Actor: advocacy.Actor{Kind: advocacy.Human, Workspace: h.W, Person: p, Session: "session-" + string(p)}}
	if m, err := h.Store.Member(context.Background(), h.W, p); err == nil {
		c.Actor.Roles = m.RoleNames()
	}
	// As at the door, the policy is read before any transaction: one that asks for a second
	// connection while it holds locks could wait for itself.
	_, version, err := h.Store.RoleDefs(context.Background(), h.W)
	if err != nil {
		panic(fmt.Sprintf("workflowtest: roles: %v", err))
	}
	c.May = func(permission advocacy.Permission) bool {
		return h.authz.Allow(context.Background(), authz.Request{
			Workspace: h.W, Roles: c.Actor.Roles, Permission: permission, PolicyVersion: version,
		}) == nil
	}
	c.May(advocacy.PermissionDecide)
	return c
}

// AsKey is a call of an API key a person answers for.
func (h *House) AsKey(owner advocacy.PersonID) workflow.Call {
	c := h.As(owner)
	c.Actor.Kind, c.Actor.Key, c.Actor.Session = advocacy.Machine, "0198f000-0000-7000-8000-000000000001", ""
	return c
}

// Tried is what a person tries a lexicon to the end for: what it is published with.
func (h *House) Tried(tb testing.TB, c workflow.Call, d workflow.LexiconDraft) string {
	tb.Helper()
	for after := ""; ; {
		p, err := h.Flow.TryLexicon(tb.Context(), c, h.W, advocacy.DefaultLexicon, d, workflow.Page{Size: 100, After: after})
		must(tb, err)
		if after = p.Next; after == "" {
			return p.Trial
		}
	}
}

// TriedRules is what a person tries disclosure rules to the end for: what they are published with.
func (h *House) TriedRules(tb testing.TB, c workflow.Call, d workflow.DisclosureDraft) string {
	tb.Helper()
	for after := ""; ; {
		p, err := h.Flow.TryDisclosures(tb.Context(), c, h.W, advocacy.DefaultDisclosures, d, workflow.Page{Size: 100, After: after})
		must(tb, err)
		if after = p.Next; after == "" {
			return p.Trial
		}
	}
}

// Tell has Admin try disclosure rules and publish them.
func (h *House) Tell(tb testing.TB, d workflow.DisclosureDraft) *advocacy.DisclosureRevision {
	tb.Helper()
	d.Trial = h.TriedRules(tb, h.As(h.Admin), d)
	r, err := h.Flow.PublishDisclosures(tb.Context(), h.As(h.Admin), h.W, advocacy.DefaultDisclosures, d)
	must(tb, err)
	return r
}

// Watch has Admin try a lexicon and publish it.
func (h *House) Watch(tb testing.TB, d workflow.LexiconDraft) *advocacy.LexiconRevision {
	tb.Helper()
	d.Trial = h.Tried(tb, h.As(h.Admin), d)
	r, err := h.Flow.PublishLexicon(tb.Context(), h.As(h.Admin), h.W, advocacy.DefaultLexicon, d)
	must(tb, err)
	return r
}

// Draft keeps a post by Author for the brand's wall.
func (h *House) Draft(tb testing.TB, text string, accounts ...advocacy.AccountID) *workflow.PostView {
	tb.Helper()
	if len(accounts) == 0 {
		accounts = []advocacy.AccountID{h.Wall}
	}
	view, err := h.Flow.CreatePost(tb.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: text}, Accounts: accounts,
	})
	must(tb, err)
	return view
}

// Submit submits the head of a post in its author's name.
func (h *House) Submit(tb testing.TB, view *workflow.PostView) *workflow.PostView {
	tb.Helper()
	out, err := h.Flow.SubmitPost(tb.Context(), h.As(view.Post.Author), h.W, view.Post.ID, workflow.Submit{Digest: view.Head.Digest})
	must(tb, err)
	return out
}

// Sign approves a requirement of the newest round of a post.
func (h *House) Sign(tb testing.TB, who advocacy.PersonID, view *workflow.PostView, requirement string) {
	tb.Helper()
	must(tb, h.Decide(tb, who, view, requirement, advocacy.Approve))
}

// View serves a round to a person, as everybody is served it who decides.
func (h *House) View(tb testing.TB, who advocacy.PersonID, sub advocacy.Subject, round int) {
	tb.Helper()
	_, err := h.Flow.ViewReview(tb.Context(), h.As(who), sub, round)
	must(tb, err)
}

// Decide serves the newest round of a post and says a verdict on it, on the digest of the
// view.
func (h *House) Decide(tb testing.TB, who advocacy.PersonID, view *workflow.PostView, requirement string, v advocacy.Verdict) error {
	tb.Helper()
	sub := view.Post.Subject()
	p, err := h.Store.Post(tb.Context(), h.W, view.Post.ID)
	must(tb, err)
	if _, err := h.Flow.ViewReview(tb.Context(), h.As(who), sub, p.Round); err != nil {
		return err
	}
	_, _, err = h.Flow.Decide(tb.Context(), h.As(who), sub, p.Round, workflow.Verdict{
		Verdict: v, Requirement: requirement, Digest: view.Head.Digest, Reason: "because",
	})
	return err
}

// Approved is a post that legal and PR signed.
func (h *House) Approved(tb testing.TB, text string, accounts ...advocacy.AccountID) *workflow.PostView {
	tb.Helper()
	view := h.Submit(tb, h.Draft(tb, text, accounts...))
	h.Sign(tb, h.Legal, view, "legal")
	h.Sign(tb, h.PR, view, "pr")
	return h.Post(tb, view.Post.ID)
}

// Item is a library item that legal and PR signed, in English and French, for the wall if for no
// other network.
func (h *House) Item(tb testing.TB, text string, networks ...advocacy.Network) *workflow.ItemView {
	tb.Helper()
	ctx := tb.Context()
	if len(networks) == 0 {
		networks = []advocacy.Network{wall.Name}
	}
	view, err := h.Flow.CreateItem(ctx, h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: text, Topic: "news", Networks: networks,
		Content: advocacy.Content{Language: "en", Text: text, Variants: []advocacy.Variant{{Language: "fr", Text: "FR " + text}}},
	})
	must(tb, err)
	_, err = h.Flow.SubmitItem(ctx, h.As(h.Curator), h.W, view.Item.ID, workflow.Submit{Digest: view.Revision.Digest})
	must(tb, err)
	for person, requirement := range map[advocacy.PersonID]string{h.Legal: "legal", h.PR: "pr"} {
		h.View(tb, person, view.Item.Subject(), 1)
		_, _, err := h.Flow.Decide(ctx, h.As(person), view.Item.Subject(), 1, workflow.Verdict{
			Verdict: advocacy.Approve, Requirement: requirement, Digest: view.Revision.Digest,
		})
		must(tb, err)
	}
	view, err = h.Flow.Item(ctx, h.As(h.Curator), h.W, view.Item.ID)
	must(tb, err)
	return view
}

// Post returns a post as an auditor sees it.
func (h *House) Post(tb testing.TB, id advocacy.PostID) *workflow.PostView {
	tb.Helper()
	view, err := h.Flow.Post(tb.Context(), h.As(h.Auditor), h.W, id)
	must(tb, err)
	return view
}

// Work lets the worker take up everything that is due.
func (h *House) Work(tb testing.TB) {
	tb.Helper()
	must(tb, h.Worker.Sweep(tb.Context()))
}

// Reassess computes what is not sent yet again, as the job does after roles, groups or topics changed.
func (h *House) Reassess(tb testing.TB) {
	tb.Helper()
	must(tb, h.Flow.Reassess(tb.Context(), h.W, h.Flow.NewID()))
}

// OnWall counts the visible entries of the wall.
func (h *House) OnWall(tb testing.TB) int {
	tb.Helper()
	entries, _, err := h.Store.Entries(tb.Context(), h.W, wall.Query{Size: 100})
	must(tb, err)
	return len(entries)
}

// Stricter puts a policy in force that asks for two signatures of legal.
func (h *House) Stricter(tb testing.TB) {
	tb.Helper()
	policy := routing.Builtin()
	policy.Defaults = []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 2), routing.Sign(advocacy.RolePR, 1)}
	h.Govern(tb, policy)
}

// Govern puts a policy in force.
func (h *House) Govern(tb testing.TB, policy routing.Policy) {
	tb.Helper()
	document := policy.Document()
	must(tb, h.Store.Update(tb.Context(), func(ctx context.Context, tx workflow.Tx) error {
		now, err := tx.Policy(ctx, h.W)
		if err != nil {
			return err
		}
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
			Workspace: h.W, Policy: now.Policy, Revision: now.Revision + 1, Document: document, Digest: advocacy.DigestOf(document),
			Active: true, CreateTime: tx.Now(),
		})
	}))
}
