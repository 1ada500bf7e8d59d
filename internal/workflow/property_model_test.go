package workflow_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// world is a house and what an observer knows of it who believes only what was asked and
// whether it was granted: people and their roles, what was written, who said what about
// which bytes, what was stopped. The judge reads nothing else.
type world struct {
	*workflowtest.House
	tb     testing.TB
	ctx    context.Context
	ledger *workflowtest.Ledger

	cast []advocacy.PersonID
	// second is a second membership of somebody, until it is merged.
	second   advocacy.PersonID
	next     neighbour
	loans    []*loan
	batches  []*ordered
	people   map[advocacy.PersonID]*person
	accounts map[advocacy.AccountID]*account
	places   []advocacy.AccountID
	looks    map[look]bool
	policy   policy
	holds    []*stop
	posts    []*writing
	items    []*writing
	// recalls are publications somebody asked to take back; again counts how often a person
	// let one be sent once more.
	recalls []advocacy.PublicationID
	// missed are publications that passed their time under a hold that was lifted, as long as
	// nobody said what becomes of them.
	missed map[advocacy.PublicationID]*stop
	again  map[place]int
	// last repeats the last call that changed something, with its request id.
	last func() (string, error)
	said string
	// calls numbers the request ids.
	calls int
	// steps counts what was done.
	steps    int
	problems []string
	epochs   map[advocacy.PublicationID]int64
	kept     map[advocacy.DecisionID]advocacy.Decision
	// trailed are the digests of the records there were.
	trailed []advocacy.Digest
	// told are the deeds as a story, inside how deep in one we are.
	told    []string
	inside  int
	reached struct{ batched, unroutable, failed, expedited, taken, explained int }
}

type person struct {
	active bool
	since  time.Time
	roles  map[advocacy.Role]time.Time
	// into is the membership this one was merged into, empty for none.
	into advocacy.PersonID
}

// signs tells whether the person has been active and in some role that signs since t.
func (p *person) signs(t time.Time) bool {
	return p.holds(advocacy.RoleLegal, t) || p.holds(advocacy.RolePR, t)
}

// loan lets somebody sign for another under a role.
type loan struct {
	id                advocacy.DelegationID
	by, to            advocacy.PersonID
	role              advocacy.Role
	made, from, until time.Time
	over              bool
}

func (g *loan) lets(to, by advocacy.PersonID, role advocacy.Role) bool {
	return g != nil && g.to == to && g.by == by && g.role == role
}

// covers tells whether it is in force at t; one that was taken back never was.
func (g *loan) covers(t time.Time) bool { return !g.over && !t.Before(g.from) && t.Before(g.until) }

// holds tells whether the person has been active and in the role without a gap since t.
func (p *person) holds(r advocacy.Role, t time.Time) bool {
	since, has := p.roles[r]
	return p.active && has && !since.After(t) && !p.since.After(t)
}

// look is somebody being served a round.
type look struct {
	id    string
	round int
	who   advocacy.PersonID
}

type account struct {
	ready, personal bool
	owner, deputy   advocacy.PersonID
	opened          time.Time
}

type stop struct {
	id     advocacy.HoldID
	scope  advocacy.HoldScope
	target string
	over   bool
	// until is when it was lifted.
	until time.Time
}

// place is where one revision goes: it may be there once.
type place struct {
	post     advocacy.PostID
	revision int
	account  advocacy.AccountID
}

// writing is a post or an item.
type writing struct {
	id      string
	subject advocacy.Subject
	author  advocacy.PersonID
	at      time.Time
	item    *writing
	// from is the item's revision it was made from.
	from      int
	withdrawn bool
	// named are who was made a co-author, at which revision, and whether that still lets
	// them write.
	named     []*naming
	revisions []version
	rounds    []round
	said      []word
	talks     []*talk
	offers    []*offer
	// inForce is the number of an item's revision that may be shared, 0 for none, and inForceRound the round
	// that it was signed in.
	inForce, inForceRound int
}

type naming struct {
	who  advocacy.PersonID
	from int
	over bool
}

// writes tells whether somebody may change a post now.
func (x *writing) writes(who advocacy.PersonID) bool {
	return who == x.author || slices.ContainsFunc(x.named, func(n *naming) bool { return n.who == who && !n.over })
}

type version struct {
	number   int
	digest   advocacy.Digest
	manifest advocacy.Manifest
	writers  []advocacy.PersonID
}

type round struct {
	number  int
	version version
	by      advocacy.PersonID
	machine bool
	// need is what its plan asks for.
	need need
	// edited: it is a share in other words than the item's.
	edited bool
	// share is the item's revision behind an unedited share, 0 for own words.
	share int
	// shareRound is the round in which that was signed.
	shareRound int
	// expedited: it took the expedited route.
	expedited bool
}

type word struct {
	round       int
	digest      advocacy.Digest
	requirement string
	person      advocacy.PersonID
	// instead is for whom it was said, and loan what allowed that.
	instead  advocacy.PersonID
	loan     *loan
	verdict  advocacy.Verdict
	at       time.Time
	replaced bool
	// looked: the person had been served the bytes.
	looked bool
}

func (s word) parties() []advocacy.PersonID {
	if s.instead == "" {
		return []advocacy.PersonID{s.person}
	}
	return []advocacy.PersonID{s.person, s.instead}
}

func (x *writing) head() version { return x.revisions[len(x.revisions)-1] }

func (x *writing) newest() *round {
	if len(x.rounds) == 0 {
		return nil
	}
	return &x.rounds[len(x.rounds)-1]
}

// say books a verdict: it replaces what the same person said of the same requirement in
// the same round, or takes back what was said in his or her name; but a recusal takes back
// no objection.
func (w *world) say(x *writing, s word) {
	spoken := func(o *word) bool {
		return (o.verdict == advocacy.Approve || o.verdict.Negative()) && !o.replaced && o.requirement == s.requirement && o.round == s.round
	}
	i := slices.IndexFunc(x.said, func(o word) bool { return spoken(&o) && w.same(o.person, s.person) })
	if i < 0 && s.verdict == advocacy.Retract {
		i = slices.IndexFunc(x.said, func(o word) bool { return spoken(&o) && o.instead != "" && w.same(o.instead, s.person) })
	}
	if i >= 0 && (s.verdict != advocacy.Recuse || x.said[i].verdict == advocacy.Approve) {
		x.said[i].replaced = true
	}
	x.said = append(x.said, s)
}

var requirements = []string{"legal", "pr"}

var roleOf = map[string]advocacy.Role{"legal": advocacy.RoleLegal, "pr": advocacy.RolePR}

// attempt is a testing.TB for one run of a property: what it opens is closed when the run
// ends, not when the test does.
type attempt struct {
	testing.TB
	rt *rapid.T
	// wrong is what was found wrong, which is told again after the story: of a long output the end is read.
	wrong *[]string
}

func (a attempt) note(what string) string {
	*a.wrong = append(*a.wrong, what)
	return what
}

func (a attempt) Cleanup(f func())                  { a.rt.Cleanup(f) }
func (a attempt) Context() context.Context          { return a.rt.Context() }
func (a attempt) Error(args ...any)                 { a.rt.Error(a.note(fmt.Sprint(args...))) }
func (a attempt) Errorf(format string, args ...any) { a.rt.Error(a.note(fmt.Sprintf(format, args...))) }
func (a attempt) Failed() bool                      { return a.rt.Failed() }
func (a attempt) Fail()                             { a.rt.Fail() }
func (a attempt) FailNow()                          { a.rt.FailNow() }
func (a attempt) Fatal(args ...any)                 { a.rt.Fatal(a.note(fmt.Sprint(args...))) }
func (a attempt) Fatalf(format string, args ...any) { a.rt.Fatal(a.note(fmt.Sprintf(format, args...))) }
func (a attempt) Helper()                           { a.rt.Helper() }
func (a attempt) Log(args ...any)                   { a.rt.Log(args...) }
func (a attempt) Logf(format string, args ...any)   { a.rt.Logf(format, args...) }

func (a attempt) TempDir() string {
	folder, err := os.MkdirTemp("", "property")
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// housing opens a furnished house for one run.
type housing func(tb testing.TB, ledger *workflowtest.Ledger) *workflowtest.House

func newWorld(tb testing.TB, ctx context.Context, open housing) *world {
	ledger := workflowtest.NewLedger()
	w := &world{
		House: open(tb, ledger), tb: tb, ctx: ctx, ledger: ledger,
		people: make(map[advocacy.PersonID]*person), accounts: make(map[advocacy.AccountID]*account),
		missed: make(map[advocacy.PublicationID]*stop), looks: make(map[look]bool), again: make(map[place]int), epochs: make(map[advocacy.PublicationID]int64), kept: make(map[advocacy.DecisionID]advocacy.Decision),
	}
	again, err := w.Flow.CreateMember(ctx, w.As(w.Admin), w.W, workflow.MemberDraft{
		DisplayName: "second", Email: "second@acme.test", Roles: []advocacy.Role{advocacy.RoleEmployee, advocacy.RoleLegal},
	})
	ok(tb, err)
	w.second = again.Person
	w.cast = []advocacy.PersonID{w.Author, w.Reader, w.Curator, w.Legal, w.Legal2, w.PR, w.Both, w.Admin, w.second}
	for _, id := range w.cast {
		m, err := w.Store.Member(ctx, w.W, id)
		ok(tb, err)
		p := &person{active: true, since: m.StateTime, roles: make(map[advocacy.Role]time.Time)}
		for _, g := range m.Roles {
			p.roles[g.Role] = g.Since
		}
		w.people[id] = p
	}
	w.govern(usual)
	w.next = w.settleNext(tb)
	w.open(workflow.AccountDraft{Network: workflowtest.LedgerName, DisplayName: "brand", Owner: w.Curator, Deputy: w.Legal2})
	w.open(workflow.AccountDraft{Network: workflowtest.LedgerName, DisplayName: "second brand", Owner: w.PR, Deputy: w.Both})
	w.open(workflow.AccountDraft{Network: workflowtest.LedgerName, DisplayName: "author", Owner: w.Author, Personal: true})
	ledger.Before(func(d network.Delivery) {
		if why := w.judge(d); why != "" {
			w.problems = append(w.problems, fmt.Sprintf("%q left for %s: %s", d.Body, d.Account.DisplayName, why))
		}
	})
	return w
}

func (w *world) open(d workflow.AccountDraft) {
	a, _, err := w.Flow.CreateAccount(w.ctx, w.As(w.Admin), w.W, d)
	ok(w.tb, err)
	w.accounts[a.ID] = &account{ready: true, personal: d.Personal, owner: d.Owner, deputy: d.Deputy, opened: w.Clock.Now()}
	w.places = append(w.places, a.ID)
}

// judge says why a request must not have begun, "" when it may. It knows the rules, and
// none of the code that carries them out.
func (w *world) judge(d network.Delivery) string {
	x := w.post(d.Post)
	if x == nil {
		return "it is of another house"
	}
	switch {
	case x.newest() == nil || !w.carries(d, x.head()):
		return "these are not the bytes of the newest revision"
	case w.Clock.Now().Before(x.at):
		return "it is too early"
	}
	if s := w.missed[d.Publication]; s != nil {
		return "its time passed under a hold, and nobody said that it goes out: " + string(s.scope)
	}
	return w.obstacle(x, d.Account)
}

// obstacle says what is in the way of a post on an account apart from the time.
func (w *world) obstacle(x *writing, on advocacy.SocialAccount) string {
	r, a := x.newest(), w.accounts[on.ID]
	switch {
	case x.withdrawn:
		return "the post was withdrawn"
	case r == nil || r.version.number != x.head().number:
		return "the newest revision was never submitted"
	case r.by != x.author:
		return "the author never assented"
	case !w.people[x.author].active:
		return "the author is disabled"
	case a.personal && (r.machine || a.owner != x.author):
		return "the account speaks for a person who did not assent"
	case !a.ready || !w.people[a.owner].active:
		return "the account is switched off, or nobody answers for it"
	case !a.personal && !w.Clock.Now().Before(a.opened.Add(advocacy.AttestationTerm)):
		return "nobody vouches for the account any more"
	case (r.edited || r.share != 0) && x.item.withdrawn:
		return "the item it was made from was withdrawn"
	}
	for _, s := range w.holds {
		if !s.over && w.stops(s, x, on) {
			return "a hold stops it: " + string(s.scope)
		}
	}
	return w.signed(x)
}

// carries tells whether the body holds exactly what the revision shows on the account.
func (w *world) carries(d network.Delivery, v version) bool {
	target, found := v.manifest.Target(d.Account.ID)
	want, err := w.ledger.Encode(network.Envelope{Digest: v.digest, Target: target})
	return found && err == nil && string(want) == string(d.Body) && advocacy.DigestOf(v.manifest.Canonical()) == v.digest
}

func (w *world) stops(s *stop, x *writing, a advocacy.SocialAccount) bool {
	return map[advocacy.HoldScope]bool{
		advocacy.HoldWorkspace: true,
		advocacy.HoldNetwork:   s.target == string(a.Network),
		advocacy.HoldAccount:   s.target == string(a.ID),
		advocacy.HoldPerson:    s.target == string(x.author),
		advocacy.HoldPost:      s.target == x.id,
		advocacy.HoldTopic:     x.item != nil,
		advocacy.HoldCampaign:  x.item != nil && s.target == campaignOf(x.item),
		advocacy.HoldKeyword:   strings.Contains(strings.ToLower(x.head().manifest.Targets[0].Rendering.Text), strings.ToLower(s.target)),
	}[s.scope]
}

// campaignOf is the campaign of an item: the two letters that its first text began with.
func campaignOf(item *writing) string {
	return item.revisions[0].manifest.Targets[0].Rendering.Text[:2]
}

// shared says what is wrong with the chain of an unedited share to its signatures.
func (w *world) shared(x *writing, r *round) string {
	switch item := x.item; {
	case item == nil || item.withdrawn || item.inForce != r.share || item.inForceRound != r.shareRound:
		return "the item behind the share is not in force"
	default:
		source := item.revisions[r.share-1]
		for _, t := range r.version.manifest.Targets {
			if !slices.ContainsFunc(source.manifest.Targets, func(o advocacy.Target) bool {
				return o.Rendering.Fingerprint() == t.Rendering.Fingerprint()
			}) {
				return "the share does not show what the item shows"
			}
		}
	}
	return ""
}

func (w *world) post(id advocacy.PostID) *writing {
	i := slices.IndexFunc(w.posts, func(x *writing) bool { return x.id == string(id) })
	if i < 0 {
		return nil
	}
	return w.posts[i]
}
