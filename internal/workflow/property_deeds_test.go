package workflow_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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

// sketch is a new post: what it says, where, and in what time it goes out if not at once.
type sketch struct {
	text   string
	places []advocacy.AccountID
	in     time.Duration
}

func (w *world) write(who advocacy.PersonID, machine bool, d sketch, item *writing) {
	defer w.telling("write", who, machine, d, item)()
	c := w.call(who, machine)
	post := workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: d.text}, Accounts: d.places}
	if d.in != 0 {
		post.PublishTime, post.Zone = w.Clock.Now().Add(d.in), "Europe/Paris"
	}
	if item != nil {
		post.Item = advocacy.ItemID(item.id)
	}
	create := func() (string, error) { return postName(w.Flow.CreatePost(w.ctx, c, w.W, post)) }
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
		x.from = item.inForce
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

// redraft is what becomes different of a post: its text, its places, when it goes out, or a note
// that nobody outside reads.
type redraft struct {
	text, note string
	places     []advocacy.AccountID
	in         time.Duration
	newRound   bool
}

func (w *world) changing(c redraft) workflow.PostChange {
	d := workflow.PostChange{StartNewRound: c.newRound}
	switch {
	case c.places != nil:
		d.Accounts = ptr(c.places)
	case c.in != 0:
		d.PublishTime, d.Zone = ptr(w.Clock.Now().Add(c.in)), ptr("Europe/Paris")
	case c.note != "":
		d.Note = ptr(c.note)
	default:
		d.Content = &advocacy.Content{Language: "en", Text: c.text}
	}
	return d
}

func (w *world) rewrite(x *writing, who advocacy.PersonID, to redraft) {
	defer w.telling("rewrite", x, who, to)()
	c, d := w.call(who, false), w.changing(to)
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

// hand submits the revision of a number.
func (w *world) hand(x *writing, who advocacy.PersonID, machine bool, number int) {
	defer w.telling("hand", x, who, machine, number)()
	w.submits(x, w.call(who, machine), workflow.Submit{Digest: x.revisions[number-1].digest})
}

// submits tells whether a submission was granted.
func (w *world) submits(x *writing, c workflow.Call, d workflow.Submit) bool {
	hand := func() (string, error) {
		if x.subject.Kind == advocacy.SubjectItem {
			return itemName(w.Flow.SubmitItem(w.ctx, c, w.W, advocacy.ItemID(x.id), d))
		}
		return postName(w.Flow.SubmitPost(w.ctx, c, w.W, advocacy.PostID(x.id), d))
	}
	if _, err := hand(); !w.granted("submit", err) {
		return false
	}
	w.once(x.id, hand)
	w.submitted(x, c.Actor.Person, c.Actor.Kind != advocacy.Human, d.Digest)
	return true
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
	r := round{number: len(x.rounds) + 1, version: head, by: who, machine: machine}
	review, err := w.Store.Review(w.ctx, x.subject, r.number)
	ok(w.tb, err)
	if review.Library != nil {
		r.share, r.shareRound = review.Library.Revision, review.Library.Round
	}
	r.edited, r.expedited, r.need = review.Origin == advocacy.OriginLibraryEdited, review.Expedited, needed(review.Plan)
	if asks := w.asks(&r); !asks.within(r.need) {
		w.problem("round %d of %s asks for %+v, the policy for %+v", r.number, x.id, r.need, asks)
	}
	x.rounds = append(x.rounds, r)
}

// look lets somebody be served the newest round.
func (w *world) look(x *writing, who advocacy.PersonID, machine bool) {
	defer w.telling("look", x, who, machine)()
	c, n := w.As(who), len(x.rounds)
	if machine {
		c = w.AsKey(who)
	}
	if _, err := w.Flow.ViewReview(w.ctx, c, x.subject, n); !w.granted("look by "+w.name(who), err) {
		return
	}
	if machine {
		w.problem("a machine saw something for %s", w.name(who))
	}
	w.looks[look{x.id, n, who}] = true
}

// saying is what somebody says of a revision, and for whom: over another's claim, if need be.
type saying struct {
	who         advocacy.PersonID
	machine     bool
	verdict     advocacy.Verdict
	requirement string
	shown       int
	instead     advocacy.PersonID
	over        bool
}

// judges lets somebody look and decide.
func (w *world) judges(x *writing, d saying) {
	defer w.telling("judges", x, d)()
	d.over = true
	w.look(x, d.who, d.machine)
	w.decide(x, d)
}

func (w *world) decide(x *writing, d saying) {
	defer w.telling("decide", x, d)()
	c, n := w.call(d.who, d.machine), len(x.rounds)
	var made advocacy.Decision
	say := func() (string, error) {
		got, _, err := w.Flow.Decide(w.ctx, c, x.subject, n, workflow.Verdict{
			Verdict: d.verdict, Requirement: d.requirement, Digest: x.revisions[d.shown-1].digest, Reason: "because",
			OnBehalfOf: d.instead, OverrideClaim: d.over,
		})
		if err != nil {
			return "", err
		}
		made = *got
		return string(got.ID), nil
	}
	id, err := say()
	if !w.granted(fmt.Sprintf("%s of %s by %s", d.verdict, d.requirement, w.name(d.who)), err) {
		return
	}
	w.once(id, say)
	w.decided(x, d, made.Delegation)
}

// decided books a decision on the newest round.
func (w *world) decided(x *writing, d saying, under advocacy.DelegationID) {
	r, n, now := x.newest(), len(x.rounds), w.Clock.Now()
	said := word{
		round: n, digest: x.revisions[d.shown-1].digest, requirement: d.requirement, person: d.who, instead: d.instead, verdict: d.verdict,
		at: now, looked: w.looks[look{x.id, n, d.who}],
	}
	if i := slices.IndexFunc(w.loans, func(g *loan) bool { return g.id == under }); i >= 0 {
		said.loan = w.loans[i]
	}
	judged, role := d.verdict == advocacy.Approve || d.verdict.Negative(), roleOf[d.requirement]
	switch {
	case !said.looked && judged:
		w.problem("%s judged what nobody had served", w.name(d.who))
	case d.machine:
		w.problem("a machine decided")
	case r == nil || said.digest != r.version.digest || said.digest != x.head().digest || r.version.number != x.head().number:
		w.problem("a decision on %s was taken, the head is %s", said.digest, x.head().digest)
	case slices.ContainsFunc(said.parties(), func(p advocacy.PersonID) bool { return w.wrote(x, r.version, p) }):
		w.problem("somebody decided on what he or she wrote")
	case slices.ContainsFunc(said.parties(), func(p advocacy.PersonID) bool { return w.suggested(x, p, d.requirement) }):
		w.problem("somebody decided on words that he or she suggested")
	case judged && slices.ContainsFunc(said.parties(), func(p advocacy.PersonID) bool { return w.recused(x, p) }):
		w.problem("somebody decided who had declared not to")
	case judged && !w.opens(x, d.requirement):
		w.problem("%s decided for %s before its stage", w.name(d.who), d.requirement)
	case d.verdict == advocacy.Reject && !w.needs(x).veto:
		w.problem("%s rejected without a veto", w.name(d.who))
	case d.instead == "" && !w.people[d.who].holds(role, now):
		w.problem("%s decided as %s without the role", w.name(d.who), d.requirement)
	case d.instead != "" && !(said.loan.lets(d.who, d.instead, role) && said.loan.covers(now) &&
		w.people[d.instead].holds(role, said.loan.made) && w.people[d.who].signs(now)):
		w.problem("%s decided as %s for %s, and nothing lets that", w.name(d.who), d.requirement, w.name(d.instead))
	}
	w.say(x, said)
	if x.subject.Kind == advocacy.SubjectItem {
		w.settle(x)
	}
}

// settle books which revision of an item is in force after a verdict: what was signed at
// that moment stays signed, whatever becomes of the signers.
func (w *world) settle(x *writing) {
	r := x.newest()
	w.learn(x)
	switch signed := w.signed(x) == ""; {
	case signed:
		x.inForce, x.inForceRound = r.version.number, r.number
	case x.inForce == r.version.number && x.inForceRound == r.number:
		// A signature or a role that was lost later does not count against it; a word does.
		last := x.said[len(x.said)-1]
		if last.verdict != advocacy.Approve {
			x.inForce, x.inForceRound = 0, 0
		}
	}
}

// sign lets the first who may sign do so.
func (w *world) sign(x *writing, requirement string) {
	defer w.telling("sign", x, requirement)()
	if x.newest() == nil {
		return
	}
	for _, id := range w.cast {
		if w.maySign(x, id, requirement) {
			w.judges(x, saying{who: id, verdict: advocacy.Approve, requirement: requirement, shown: x.head().number})
			return
		}
	}
}

// through submits and has signed whatever may be.
func (w *world) through(x *writing) {
	defer w.telling("through", x)()
	w.hand(x, x.author, false, x.head().number)
	order := []string{"pr", "legal", "legal", "pr"}
	if x.newest() != nil && w.needs(x).last {
		order = []string{"legal", "legal", "pr", "pr"}
	}
	for _, requirement := range order {
		w.sign(x, requirement)
	}
}

func (w *world) withdraw(x *writing, who advocacy.PersonID) {
	defer w.telling("withdraw", x, who)()
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
	defer w.telling("recall", x, who)()
	if _, err := w.Flow.RecallPost(w.ctx, w.call(who, false), w.W, advocacy.PostID(x.id), "a mistake"); !w.granted("recall", err) {
		return
	}
	for _, p := range publications(w.tb, w.House, &workflow.PostView{Post: &advocacy.Post{ID: advocacy.PostID(x.id)}}) {
		if p.State == advocacy.Published {
			w.recalls = append(w.recalls, p.ID)
		}
	}
}

func (w *world) shelve(text string) {
	defer w.telling("shelve", text)()
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
	defer w.telling("reshelve", x, who, text)()
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
	defer w.telling("share", item, who, to)()
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
