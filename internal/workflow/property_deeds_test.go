package workflow_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// The deeds ask the service for something and book what it granted. What it may never
// grant is a problem at once; everything else the judge sees when something goes out.

func (w *world) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// granted tells whether a call succeeded. A failure must be a refusal that a caller can
// understand: nobody asks here for a name that is taken, and nobody is in a race.
func (w *world) granted(what string, err error) bool {
	switch advocacy.KindOf(err) {
	case advocacy.Internal, advocacy.Unavailable, advocacy.Exists:
		if err != nil {
			w.problem("%s failed: %v", what, err)
		}
	}
	w.tb.Logf("%s: %s", what, cmp.Or(advocacy.ReasonOf(err), "granted"))
	return err == nil
}

// name is what a person is called in the house.
func (w *world) name(p advocacy.PersonID) string {
	return map[advocacy.PersonID]string{
		w.Author: "author", w.Reader: "reader", w.Curator: "curator", w.Legal: "legal", w.Legal2: "legal2", w.PR: "pr", w.Both: "both", w.Admin: "admin",
	}[p]
}

// call is a call of a person, or of a key of that person, that can be repeated.
func (w *world) call(who advocacy.PersonID, machine bool) workflow.Call {
	c := w.As(who)
	if machine {
		c = w.AsKey(who)
	}
	w.calls++
	return identified(c, fmt.Sprintf("0198f000-0000-4000-8000-%012d", w.calls), "deed", fmt.Sprint(w.calls))
}

// once remembers a call that was granted, so that it can be made again.
func (w *world) once(said string, call func() (string, error)) { w.said, w.last = said, call }

func (w *world) write(who advocacy.PersonID, machine bool, d workflow.PostDraft, item *writing) {
	c := w.call(who, machine)
	create := func() (string, error) { return postName(w.Flow.CreatePost(w.ctx, c, w.W, d)) }
	id, err := create()
	if !w.granted("create", err) {
		return
	}
	w.once(id, create)
	w.keep(advocacy.PostID(id), who, item)
}

// keep books a post that was made.
func (w *world) keep(id advocacy.PostID, who advocacy.PersonID, item *writing) *writing {
	v, err := w.Flow.Post(w.ctx, w.As(w.Auditor), w.W, id)
	ok(w.tb, err)
	x := &writing{id: string(id), subject: v.Post.Subject(), author: who, at: v.Post.PublishTime, item: item}
	writers := []advocacy.PersonID{who}
	if item != nil && item.inForce != 0 {
		for _, p := range item.revisions[item.inForce-1].writers {
			if !slices.Contains(writers, p) {
				writers = append(writers, p)
			}
		}
	}
	x.revisions = []version{w.version(v.Head, writers)}
	w.posts = append(w.posts, x)
	return x
}

func (w *world) version(r *advocacy.Revision, writers []advocacy.PersonID) version {
	m, err := advocacy.ParseManifest(r.Manifest)
	ok(w.tb, err)
	for _, p := range writers {
		if !slices.Contains(r.Contributors, p) {
			w.problem("revision %d forgot the contributor %s", r.Number, p)
		}
	}
	return version{number: r.Number, digest: r.Digest, manifest: m, writers: writers}
}

func (w *world) rewrite(x *writing, who advocacy.PersonID, d workflow.PostChange) {
	c := w.call(who, false)
	update := func() (string, error) { return postName(w.Flow.UpdatePost(w.ctx, c, w.W, advocacy.PostID(x.id), d)) }
	if _, err := update(); !w.granted("edit", err) {
		return
	}
	w.once(x.id, update)
	head := x.head()
	if !x.writes(who) {
		w.problem("%s edited the post of %s", w.name(who), w.name(x.author))
	}
	if d.PublishTime != nil && who != x.author && !d.PublishTime.Equal(x.at) {
		w.problem("%s chose when the post of %s goes out", w.name(who), w.name(x.author))
	}
	if x.withdrawn {
		w.problem("a withdrawn post was edited")
	}
	if d.PublishTime != nil {
		x.at = *d.PublishTime
	}
	p, err := w.Store.Post(w.ctx, w.W, advocacy.PostID(x.id))
	ok(w.tb, err)
	if p.Head == head.number {
		return
	}
	r, err := w.Store.Revision(w.ctx, x.subject, p.Head)
	ok(w.tb, err)
	x.revisions = append(x.revisions, w.version(r, join(head.writers, who)))
	w.remembers(x, r)
}

// remembers asks whether a revision is by everybody who was ever named.
func (w *world) remembers(x *writing, r *advocacy.Revision) {
	for _, n := range x.named {
		if n.from <= r.Number && !r.Contributed(n.who) {
			w.problem("revision %d forgot that %s was named", r.Number, w.name(n.who))
		}
	}
}

func join(writers []advocacy.PersonID, who advocacy.PersonID) []advocacy.PersonID {
	out := slices.Clone(writers)
	if !slices.Contains(out, who) {
		out = append(out, who)
	}
	return out
}

func (w *world) hand(x *writing, who advocacy.PersonID, machine bool, shown advocacy.Digest) {
	c := w.call(who, machine)
	hand := func() (string, error) {
		if x.subject.Kind == advocacy.SubjectItem {
			return itemName(w.Flow.SubmitItem(w.ctx, c, w.W, advocacy.ItemID(x.id), workflow.Submit{Digest: shown}))
		}
		return postName(w.Flow.SubmitPost(w.ctx, c, w.W, advocacy.PostID(x.id), workflow.Submit{Digest: shown}))
	}
	if _, err := hand(); !w.granted("submit", err) {
		return
	}
	w.once(x.id, hand)
	w.submitted(x, who, machine, shown)
}

// submitted books a round that opened.
func (w *world) submitted(x *writing, who advocacy.PersonID, machine bool, shown advocacy.Digest) {
	head := x.head()
	if shown != head.digest {
		w.problem("a submit named %s, the head is %s", shown, head.digest)
	}
	if x.subject.Kind == advocacy.SubjectPost && who != x.author {
		w.problem("%s submitted the post of %s", who, x.author)
	}
	for _, s := range x.said {
		if s.verdict == advocacy.Reject && s.digest == head.digest && !s.replaced {
			w.problem("rejected bytes were submitted again")
		}
	}
	r := round{number: len(x.rounds) + 1, version: head, by: who, machine: machine, policy: w.policy}
	review, err := w.Store.Review(w.ctx, x.subject, r.number)
	ok(w.tb, err)
	if review.Library != nil {
		r.share = review.Library.Revision
	}
	x.rounds = append(x.rounds, r)
}

// look lets somebody be served the newest round.
func (w *world) look(x *writing, c workflow.Call) {
	n := len(x.rounds)
	if _, err := w.Flow.ViewReview(w.ctx, c, x.subject, n); !w.granted("look by "+w.name(c.Actor.Person), err) {
		return
	}
	if c.Actor.Kind != advocacy.Human {
		w.problem("a machine saw something for %s", w.name(c.Actor.Person))
	}
	w.looks[look{x.id, n, c.Actor.Person}] = true
}

// judges lets somebody look and decide.
func (w *world) judges(x *writing, c workflow.Call, v workflow.Verdict) {
	w.look(x, c)
	w.decide(x, c, v)
}

func (w *world) decide(x *writing, c workflow.Call, v workflow.Verdict) {
	w.calls++
	c = identified(c, fmt.Sprintf("0198f000-0000-4000-8000-%012d", w.calls), "decide", fmt.Sprint(w.calls))
	n := len(x.rounds)
	say := func() (string, error) {
		d, _, err := w.Flow.Decide(w.ctx, c, x.subject, n, v)
		if err != nil {
			return "", err
		}
		return string(d.ID), nil
	}
	id, err := say()
	if !w.granted(fmt.Sprintf("%s of %s by %s", v.Verdict, v.Requirement, w.name(c.Actor.Person)), err) {
		return
	}
	w.once(id, say)
	r := x.newest()
	p := w.people[c.Actor.Person]
	looked := w.looks[look{x.id, n, c.Actor.Person}]
	switch {
	case !looked && (v.Verdict == advocacy.Approve || v.Verdict.Negative()):
		w.problem("%s judged what nobody had served", w.name(c.Actor.Person))
	case c.Actor.Kind != advocacy.Human:
		w.problem("a machine decided")
	case r == nil || v.Digest != r.version.digest || v.Digest != x.head().digest || r.version.number != x.head().number:
		w.problem("a decision on %s was taken, the head is %s", v.Digest, x.head().digest)
	case x.wrote(r.version, c.Actor.Person):
		w.problem("somebody decided on what he or she wrote")
	case p == nil || !p.holds(roleOf[v.Requirement], w.Clock.Now()):
		w.problem("%s decided as %s without the role", c.Actor.Person, v.Requirement)
	}
	x.say(word{round: n, digest: v.Digest, requirement: v.Requirement, person: c.Actor.Person, verdict: v.Verdict, at: w.Clock.Now(), looked: looked})
	if x.subject.Kind == advocacy.SubjectItem {
		w.settle(x)
	}
}

// settle books which revision of an item is in force after a verdict: what was signed at
// that moment stays signed, whatever becomes of the signers.
func (w *world) settle(x *writing) {
	r := x.newest()
	// A plan may have grown meanwhile under a stricter policy. It never shrinks, so what is
	// believed here of the store can only make the judge stricter.
	review, err := w.Store.Review(w.ctx, x.subject, r.number)
	ok(w.tb, err)
	if legal, found := review.Plan.Find("legal"); found {
		r.policy.legal = max(r.policy.legal, legal.Quorum)
		if legal.TTL != 0 && (r.policy.ttl == 0 || legal.TTL < r.policy.ttl) {
			r.policy.ttl = legal.TTL
		}
	}
	switch signed := w.signed(x) == ""; {
	case signed && x.inForce != r.version.number:
		x.inForce = r.version.number
	case !signed && x.inForce == r.version.number:
		// A signature or a role that was lost later does not count against it; a word does.
		last := x.said[len(x.said)-1]
		if last.verdict != advocacy.Approve {
			x.inForce = 0
		}
	}
}

func (w *world) sign(x *writing, requirement string) {
	for _, id := range w.cast {
		p := w.people[id]
		already := slices.ContainsFunc(x.said, func(s word) bool {
			return s.person == id && !s.replaced && s.round == len(x.rounds) && s.verdict == advocacy.Approve
		})
		if p.holds(roleOf[requirement], w.Clock.Now()) && !x.wrote(x.head(), id) && !already {
			w.judges(x, w.As(id), workflow.Verdict{Verdict: advocacy.Approve, Requirement: requirement, Digest: x.head().digest})
			return
		}
	}
}

func (w *world) withdraw(x *writing, who advocacy.PersonID) {
	var err error
	if x.subject.Kind == advocacy.SubjectItem {
		_, err = w.Flow.WithdrawItem(w.ctx, w.call(who, false), w.W, advocacy.ItemID(x.id), "no more")
	} else {
		_, err = w.Flow.WithdrawPost(w.ctx, w.call(who, false), w.W, advocacy.PostID(x.id), 0, "no more")
	}
	if w.granted("withdraw", err) {
		x.withdrawn = true
	}
}

func (w *world) recall(x *writing, who advocacy.PersonID) {
	if _, err := w.Flow.RecallPost(w.ctx, w.call(who, false), w.W, advocacy.PostID(x.id), "a mistake"); !w.granted("recall", err) {
		return
	}
	for _, p := range publications(w.tb, w.House, &workflow.PostView{Post: &advocacy.Post{ID: advocacy.PostID(x.id)}}) {
		if p.State == advocacy.Published {
			w.recalls = append(w.recalls, p.ID)
		}
	}
}

func (w *world) stop(scope advocacy.HoldScope, target string) {
	made, _, err := w.Flow.CreateHold(w.ctx, w.call(w.PR, false), w.W, workflow.HoldDraft{Scope: scope, Target: target, Reason: "crisis"})
	if w.granted("hold", err) {
		w.holds = append(w.holds, &stop{id: made.ID, scope: scope, target: target})
	}
}

func (w *world) lift(s *stop) {
	_, err := w.Flow.ReleaseHold(w.ctx, w.call(w.PR, false), w.W, s.id, "over")
	if !w.granted("release", err) {
		return
	}
	s.over = true
	for _, x := range w.posts {
		for _, p := range w.publications(x) {
			waiting := p.State == advocacy.Scheduled || p.State == advocacy.Claimed
			if waiting && p.DueTime.Before(w.Clock.Now()) && w.stops(s, x, advocacy.SocialAccount{ID: p.Account, Network: p.Network}) {
				w.missed[p.ID] = s
			}
		}
	}
	w.run(w.Worker.Released)
}

// heldBy are the publications that wait for a word on them because of a hold.
func (w *world) heldBy(s *stop) []advocacy.Publication {
	found, _, err := w.Flow.HeldPublications(w.ctx, permitted(w.As(w.PR)), workflow.HeldQuery{
		Workspace: w.W, Hold: s.id, Page: workflow.Page{Size: 1000},
	})
	ok(w.tb, err)
	return found
}

// permitted is a call of somebody who has every permission at the door.
func permitted(c workflow.Call) workflow.Call {
	c.May = func(advocacy.Permission) bool { return true }
	return c
}

// resume says what becomes of a publication that a hold kept.
func (w *world) resume(s *stop, x advocacy.Publication, action workflow.ResumeAction) {
	r := workflow.Resumption{Post: x.Post, Publication: x.ID, Version: x.Version, Action: action, Reason: "so be it"}
	if action == workflow.ResumeReschedule {
		r.Time = w.Clock.Now().Add(time.Hour)
	}
	done, err := w.Flow.ResumePublications(w.ctx, permitted(w.call(w.PR, false)), w.W, s.id, []workflow.Resumption{r})
	if !w.granted("resume", err) {
		return
	}
	if refusal := done[0].Refusal; refusal != nil {
		w.granted("resume one", refusal)
		return
	}
	delete(w.missed, x.ID)
}

// run carries out a job about the workspace.
func (w *world) run(handler func(context.Context, json.RawMessage) error) {
	w.granted("job", handler(w.ctx, json.RawMessage(`{"workspace":"`+string(w.W)+`"}`)))
}

func (w *world) grant(who advocacy.PersonID, roles []advocacy.Role) {
	m, err := w.Flow.UpdateMember(w.ctx, w.call(w.Admin, false), w.W, who, workflow.MemberChange{Roles: &roles})
	if !w.granted("grant", err) {
		return
	}
	p, now := w.people[who], make(map[advocacy.Role]time.Time)
	for _, r := range m.RoleNames() {
		since, had := p.roles[r]
		if !had {
			since = w.Clock.Now()
		}
		now[r] = since
	}
	p.roles = now
}

func (w *world) enable(who advocacy.PersonID, active bool) {
	var err error
	if active {
		_, err = w.Flow.EnableMember(w.ctx, w.call(w.Admin, false), w.W, who, "back")
	} else {
		_, err = w.Flow.DisableMember(w.ctx, w.call(w.Admin, false), w.W, who, "left")
	}
	if p := w.people[who]; w.granted("enable or disable", err) && p.active != active {
		p.active, p.since = active, w.Clock.Now()
		if !active {
			w.succeed(who)
		}
	}
}

// succeed says who answers for the accounts of somebody who left, and holds that it is so.
func (w *world) succeed(who advocacy.PersonID) {
	for _, id := range w.places {
		a := w.accounts[id]
		switch heir := w.people[a.deputy]; {
		case a.personal:
		case a.owner == who && heir != nil && heir.active:
			a.owner, a.deputy = a.deputy, ""
		case a.owner == who || a.deputy == who:
			a.deputy = ""
		}
		kept, err := w.Store.Account(w.ctx, w.W, id)
		ok(w.tb, err)
		if kept.Owner != a.owner || kept.Deputy != a.deputy {
			w.problems = append(w.problems, fmt.Sprintf("%s and %q answer for %s, want %s and %q", kept.Owner, kept.Deputy, kept.DisplayName, a.owner, a.deputy))
		}
	}
}

func (w *world) switchAccount(id advocacy.AccountID, ready bool) {
	do := w.Flow.DisableAccount
	if ready {
		do = w.Flow.EnableAccount
	}
	if _, err := do(w.ctx, w.call(w.Admin, false), w.W, id, "because"); w.granted("switch account", err) {
		w.accounts[id].ready = ready
	}
}

// enact puts a policy in force, as an admin's tool would.
func (w *world) enact(p policy) {
	legal := routing.Sign(advocacy.RoleLegal, p.legal)
	legal.TTL = p.ttl
	next := routing.Builtin()
	next.Defaults = []advocacy.Requirement{legal, routing.Sign(advocacy.RolePR, 1)}
	document := next.Document()
	ok(w.tb, w.Store.Update(w.ctx, func(ctx context.Context, tx workflow.Tx) error {
		now, err := tx.Policy(ctx, w.W)
		if err != nil {
			return err
		}
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
			Workspace: w.W, Policy: now.Policy, Revision: now.Revision + 1, Document: document,
			Digest: advocacy.DigestOf(document), Active: true, CreateTime: tx.Now(),
		})
	}))
	w.policy = p
}

// reroute has the newest round routed again: from then on it asks for what the policy in
// force asks for, be it less.
func (w *world) reroute(x *writing, c workflow.Call, shown advocacy.Digest) {
	w.calls++
	c = identified(c, fmt.Sprintf("0198f000-0000-4000-8000-%012d", w.calls), "reroute", fmt.Sprint(w.calls))
	n := len(x.rounds)
	before, err := w.Store.FormerPlans(w.ctx, x.subject, n)
	ok(w.tb, err)
	again := func() (string, error) {
		_, err := w.Flow.RerouteReview(w.ctx, c, x.subject, n, workflow.Reroute{Digest: shown, Reason: "because"})
		return x.id, err
	}
	if _, err := again(); !w.granted("reroute by "+w.name(c.Actor.Person), err) {
		return
	}
	w.once(x.id, again)
	r := x.newest()
	switch {
	case c.Actor.Kind != advocacy.Human:
		w.problem("a machine had a round routed again")
	case shown != x.head().digest || r.version.number != x.head().number:
		w.problem("a round about %s was routed again, the head is %s", shown, x.head().digest)
	case slices.Contains(x.head().writers, c.Actor.Person):
		w.problem("somebody had routed again what he or she wrote")
	}
	former, err := w.Store.FormerPlans(w.ctx, x.subject, n)
	ok(w.tb, err)
	if len(former) <= len(before) {
		w.problem("the plan before is forgotten")
	}
	r.policy = w.policy
	if x.subject.Kind == advocacy.SubjectItem {
		w.talked(x)
	}
}

func (w *world) shelve(text string) {
	c := w.call(w.Curator, false)
	id, err := itemName(w.Flow.CreateItem(w.ctx, c, w.W, workflow.ItemDraft{
		Title: "Item", Topic: "news", Campaign: text[:2], Networks: []advocacy.Network{workflowtest.LedgerName}, Content: advocacy.Content{Language: "en", Text: text},
	}))
	if !w.granted("create item", err) {
		return
	}
	x := &writing{id: id, subject: advocacy.ItemSubject(w.W, advocacy.ItemID(id)), author: w.Curator}
	r, err := w.Store.Revision(w.ctx, x.subject, 1)
	ok(w.tb, err)
	x.revisions = []version{w.version(r, []advocacy.PersonID{w.Curator})}
	w.items = append(w.items, x)
}

func (w *world) reshelve(x *writing, who advocacy.PersonID, text string) {
	d := workflow.ItemChange{Content: &advocacy.Content{Language: "en", Text: text}}
	if _, err := w.Flow.UpdateItem(w.ctx, w.call(who, false), w.W, advocacy.ItemID(x.id), d); !w.granted("change item", err) {
		return
	}
	item, err := w.Store.Item(w.ctx, w.W, advocacy.ItemID(x.id))
	ok(w.tb, err)
	if head := x.head(); item.Head != head.number {
		r, err := w.Store.Revision(w.ctx, x.subject, item.Head)
		ok(w.tb, err)
		x.revisions = append(x.revisions, w.version(r, join(head.writers, who)))
	}
}

func (w *world) share(item *writing, who advocacy.PersonID, to advocacy.AccountID) {
	d := workflow.PostDraft{Item: advocacy.ItemID(item.id), Accounts: []advocacy.AccountID{to}, Content: advocacy.Content{Language: "en"}}
	p, err := w.Flow.PreviewPost(w.ctx, w.As(who), w.W, d)
	if !w.granted("preview", err) {
		return
	}
	c := w.call(who, false)
	share := func() (string, error) {
		return postName(w.Flow.ShareItem(w.ctx, c, w.W, d.Item, workflow.Share{Accounts: d.Accounts, Language: "en", Digest: p.Digest}))
	}
	id, err := share()
	if !w.granted("share", err) {
		return
	}
	w.once(id, share)
	x := w.keep(advocacy.PostID(id), who, item)
	w.submitted(x, who, false, x.head().digest)
}

// pick draws one of some values, each of which says what it is when a failure is printed.
func pick[T any](rt *rapid.T, label string, of ...T) T { return rapid.SampledFrom(of).Draw(rt, label) }

// pickNth draws one of some things by its place.
func pickNth[T any](rt *rapid.T, label string, of []T) T {
	return of[rapid.IntRange(0, len(of)-1).Draw(rt, label)]
}
