package workflow_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// What several clients do at the same time, each over a replica of its own, must be what
// they could have done one after the other. A history of calls and answers is recorded
// and checked against a sequential model by a linearizability checker.

// replicated is one house as several replicas see it.
type replicated struct {
	*workflowtest.House
	twins  []*workflowtest.House
	ledger *workflowtest.Ledger
}

// onReplicas runs a test on SQLite with two sets of connections, and on PostgreSQL with
// three replicas.
func onReplicas(t *testing.T, run func(t *testing.T, r *replicated)) {
	t.Helper()
	t.Parallel()
	for _, on := range []struct {
		name    string
		dialect jobs.Dialect
		dsn     func(t *testing.T) string
		twins   int
	}{
		{"sqlite", jobs.SQLite, func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "house.db") }, 2},
		{"postgres", jobs.Postgres, func(t *testing.T) string { return testpg.New(t) }, 3},
	} {
		t.Run(on.name, func(t *testing.T) {
			t.Parallel()
			dsn := on.dsn(t)
			r := &replicated{ledger: workflowtest.NewLedger()}
			r.House = workflowtest.NewOn(t, dsn, on.dialect, r.ledger)
			r.Clock.Advance(time.Hour) // past what furnishing took of the database's time
			r.twins = []*workflowtest.House{r.House}
			for len(r.twins) < on.twins {
				r.twins = append(r.twins, r.Replica(t, dsn, on.dialect, r.ledger))
			}
			run(t, r)
		})
	}
}

// histories is how many histories a test records.
func histories() int {
	if full {
		return 200
	}
	return 12
}

// asked and told are one call and its answer.
type asked struct {
	call string
	n    int
}

type told struct {
	// reason is why it was refused, "" for carried out.
	reason string
	n      int
}

// recorder records what clients do, with the instants between which it happened.
type recorder struct {
	began time.Time
	mu    sync.Mutex
	all   []porcupine.Operation
}

func (r *recorder) do(client int, in asked, call func() told) told {
	from := time.Since(r.began).Nanoseconds()
	out := call()
	to := time.Since(r.began).Nanoseconds()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, porcupine.Operation{ClientId: client, Input: in, Call: from, Output: out, Return: to})
	return out
}

// linear lets each client make its moves at the same time as the others, and checks the
// history. init is the state of the model that step moves; a step that could not have
// happened then is false.
func linear[S comparable](t *testing.T, init S, step func(S, asked, told) (bool, S), clients ...func(r *recorder, client int)) {
	t.Helper()
	r := &recorder{began: time.Now()}
	var group sync.WaitGroup
	for i, moves := range clients {
		group.Go(func() { moves(r, i) })
	}
	group.Wait()
	model := porcupine.Model{
		Init:  func() any { return init },
		Step:  func(s, in, out any) (bool, any) { return step(s.(S), in.(asked), out.(told)) },
		Equal: func(a, b any) bool { return a == b },
		DescribeOperation: func(in, out any) string {
			return fmt.Sprintf("%v → %v", in, out)
		},
	}
	if got := porcupine.CheckOperationsTimeout(model, r.all, time.Minute); got != porcupine.Ok {
		for _, o := range r.all {
			t.Logf("client %d from %d to %d: %v → %v", o.ClientId, o.Call, o.Return, o.Input, o.Output)
		}
		t.Fatalf("the history is %s: no order explains it", got)
	}
}

func answered(n int, err error) told { return told{advocacy.ReasonOf(err), n} }

// sheet is what clients tell each other about one post: its newest revision and round.
type sheet struct {
	mu     sync.Mutex
	post   advocacy.PostID
	newest page
	// submitted is the newest that was submitted; ready is closed when there is one.
	submitted page
	ready     chan struct{}
}

// page is one revision and the round that is about it.
type page struct {
	rev, round int
	digest     advocacy.Digest
}

func (s *sheet) wrote(v *workflow.PostView) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest = page{rev: v.Head.Number, digest: v.Head.Digest}
	if v.Review != nil && v.Review.Revision == v.Head.Number {
		s.newest.round = v.Review.Round
		if s.submitted.round == 0 {
			close(s.ready)
		}
		s.submitted = s.newest
	}
}

func (s *sheet) read() (newest, submitted page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest, s.submitted
}

// draftSheet is a draft that goes out in a day, once everybody has signed.
func (r *replicated) draftSheet(t *testing.T) *sheet {
	t.Helper()
	v, err := r.Flow.CreatePost(t.Context(), r.As(r.Author), r.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "One."}, Accounts: []advocacy.AccountID{r.Ledger},
		PublishTime: r.Clock.Now().Add(24 * time.Hour), Zone: "Europe/Paris",
	})
	ok(t, err)
	s := &sheet{post: v.Post.ID, ready: make(chan struct{})}
	s.wrote(v)
	return s
}

// editing is the model of edits, submits and signatures of one post.
type editing struct {
	rev       int
	open      bool
	legal, pr bool
}

func (s editing) step(in asked, out told) (bool, editing) {
	switch in.call {
	case "edit":
		return out.reason == "" && out.n == s.rev+1, editing{rev: s.rev + 1}
	case "submit":
		switch {
		case in.n != s.rev:
			return out.reason == "REVISION_CHANGED", s
		case s.open:
			return out.reason == "REVIEW_OPEN", s
		}
		s.open = true
		return out.reason == "", s
	case "state":
		return out.reason == s.state(), s
	}
	switch {
	case in.n != s.rev:
		return out.reason == "REVISION_CHANGED", s
	case s.legal && s.pr:
		return out.reason == "REVIEW_CLOSED", s
	}
	s.legal, s.pr = s.legal || in.call == "legal", s.pr || in.call == "pr"
	return s.open && out.reason == "", s
}

func (s editing) state() string {
	switch {
	case !s.open:
		return string(advocacy.PostDraft)
	case s.legal && s.pr:
		return string(advocacy.PostScheduled)
	default:
		return string(advocacy.PostInReview)
	}
}

// TestApproveAgainstEditIsLinear [I3, I4, I5, I30].
func TestApproveAgainstEditIsLinear(t *testing.T) {
	onReplicas(t, func(t *testing.T, r *replicated) {
		for range histories() {
			s := r.draftSheet(t)
			linear(t, editing{rev: 1}, editing.step, r.writes(t, 0, s), r.signs(t, 1, s, r.Legal, "legal"), r.signs(t, 2, s, r.PR, "pr"), r.looks(t, 1, s))
		}
	})
}

func (r *replicated) twin(i int) *workflowtest.House { return r.twins[i%len(r.twins)] }

func (r *replicated) writes(t *testing.T, twin int, s *sheet) func(*recorder, int) {
	h := r.twin(twin)
	return func(rec *recorder, client int) {
		for range 4 {
			newest, _ := s.read()
			rec.do(client, asked{"submit", newest.rev}, func() told {
				v, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, s.post, workflow.Submit{Digest: newest.digest})
				if err == nil {
					s.wrote(v)
				}
				return answered(0, err)
			})
			rec.do(client, asked{call: "edit"}, func() told {
				content := advocacy.Content{Language: "en", Text: fmt.Sprintf("Revision after %d.", newest.rev)}
				v, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, s.post, workflow.PostChange{Content: &content})
				if err != nil {
					return answered(0, err)
				}
				s.wrote(v)
				return told{n: v.Head.Number}
			})
		}
	}
}

func (r *replicated) signs(t *testing.T, twin int, s *sheet, who advocacy.PersonID, requirement string) func(*recorder, int) {
	h := r.twin(twin)
	return func(rec *recorder, client int) {
		for range 6 {
			<-s.ready
			_, submitted := s.read()
			h.View(t, who, advocacy.PostSubject(h.W, s.post), submitted.round)
			rec.do(client, asked{requirement, submitted.rev}, func() told {
				_, _, err := h.Flow.Decide(t.Context(), h.As(who), advocacy.PostSubject(h.W, s.post), submitted.round, workflow.Verdict{
					Verdict: advocacy.Approve, Requirement: requirement, Digest: submitted.digest,
				})
				return answered(0, err)
			})
		}
	}
}

func (r *replicated) looks(t *testing.T, twin int, s *sheet) func(*recorder, int) {
	h := r.twin(twin)
	return func(rec *recorder, client int) {
		for range 6 {
			rec.do(client, asked{call: "state"}, func() told {
				p, err := h.Store.Post(t.Context(), h.W, s.post)
				ok(t, err)
				return told{reason: string(p.State)}
			})
		}
	}
}

// holding is the model of one signature and the role it needs.
type holding struct{ held, signed bool }

func (s holding) step(in asked, out told) (bool, holding) {
	switch in.call {
	case "sign":
		if !s.held {
			return out.reason == "NOT_IN_ROLE", s
		}
		s.signed = true
	case "take":
		s = holding{}
	case "give":
		s.held = true
	case "count":
		return out.n == 1 == s.signed, s
	}
	return out.reason == "", s
}

// TestDecideAgainstRevocationIsLinear [I10]: a role that was taken away takes its signature
// along, whichever replica is asked, and giving it back revives nothing.
func TestDecideAgainstRevocationIsLinear(t *testing.T) {
	onReplicas(t, func(t *testing.T, r *replicated) {
		for range histories() {
			v := r.Submit(t, r.Draft(t, "Read me.", r.Ledger))
			regrants := func(rec *recorder, client int) {
				h := r.twin(1)
				for range 4 {
					rec.do(client, asked{call: "take"}, func() told { return answered(0, tryRegrant(t, h, h.Legal, advocacy.RoleAuditor)) })
					// Two sets of connections to one file keep no common time while the clock rests.
					r.Clock.Advance(time.Second)
					rec.do(client, asked{call: "give"}, func() told {
						return answered(0, tryRegrant(t, h, h.Legal, advocacy.RoleAuditor, advocacy.RoleLegal))
					})
				}
			}
			signs := func(rec *recorder, client int) {
				h := r.twin(client)
				for range 4 {
					rec.do(client, asked{call: "sign"}, func() told { return answered(0, h.Decide(t, h.Legal, v, "legal", advocacy.Approve)) })
				}
			}
			counts := func(rec *recorder, client int) {
				h := r.twin(client)
				for range 6 {
					rec.do(client, asked{call: "count"}, func() told {
						view, err := h.Flow.Review(t.Context(), h.As(h.Auditor), v.Post.Subject(), 1)
						ok(t, err)
						row, _ := view.Tally.Requirement("legal")
						return told{n: len(row.Signers)}
					})
				}
			}
			ok(t, tryRegrant(t, r.House, r.Legal, advocacy.RoleAuditor, advocacy.RoleLegal))
			linear(t, holding{held: true}, holding.step, regrants, signs, signs, counts)
		}
	})
}

func tryRegrant(t *testing.T, h *workflowtest.House, who advocacy.PersonID, roles ...advocacy.Role) error {
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, who, workflow.MemberChange{Roles: &roles})
	return err
}

// governing is the model of a round under policies that come and go: one or two of legal,
// and one of PR.
type governing struct {
	strict       bool
	one, another bool
	pr, closed   bool
}

func (s governing) step(in asked, out told) (bool, governing) {
	switch in.call {
	case "strict":
		s.strict = true
		return out.reason == "", s
	case "loose":
		s.strict = false
		return out.reason == "", s
	}
	if s.closed {
		return out.reason == "REVIEW_CLOSED", s
	}
	s.one, s.another, s.pr = s.one || in.call == "one", s.another || in.call == "another", s.pr || in.call == "pr"
	s.closed = s.pr && (s.one && s.another || !s.strict && (s.one || s.another))
	return out.reason == "" && out.n == 1 == s.closed, s
}

// TestDecideAgainstActivationIsLinear [I11]: a round closes when what the policy in force
// asks at that moment is signed, never before.
func TestDecideAgainstActivationIsLinear(t *testing.T) {
	onReplicas(t, func(t *testing.T, r *replicated) {
		for range histories() {
			r.Govern(t, routing.Builtin())
			v := r.Submit(t, r.Draft(t, "Read me.", r.Ledger))
			governs := func(rec *recorder, client int) {
				h := r.twin(client)
				for range 3 {
					rec.do(client, asked{call: "strict"}, func() told { h.Stricter(t); return told{} })
					rec.do(client, asked{call: "loose"}, func() told { h.Govern(t, routing.Builtin()); return told{} })
				}
			}
			linear(t, governing{}, governing.step, governs, r.closes(t, v, r.Legal, "one", "legal"), r.closes(t, v, r.Legal2, "another", "legal"), r.closes(t, v, r.PR, "pr", "pr"))
		}
	})
}

// activating is the model of a round under policies that people put in force: its plan grows
// when what is not sent yet is computed again under the stricter one, and stays so.
type activating struct {
	governing
	grown bool
}

func (s activating) step(in asked, out told) (bool, activating) {
	switch in.call {
	case "strict", "loose":
		s.strict = in.call == "strict"
		return out.reason == "", s
	case "recompute":
		s.grown = s.grown || s.strict
		s.closed = s.complete()
		return out.reason == "", s
	}
	if s.closed {
		return out.reason == "REVIEW_CLOSED", s
	}
	s.one, s.another, s.pr = s.one || in.call == "one", s.another || in.call == "another", s.pr || in.call == "pr"
	s.closed = s.complete()
	return out.reason == "" && out.n == 1 == s.closed, s
}

func (s activating) complete() bool {
	return s.pr && (s.one && s.another || !s.strict && !s.grown && (s.one || s.another))
}

// TestDecideAgainstRecomputationIsLinear [I11]: activations and what follows from them take
// their place among the signatures, each as one.
func TestDecideAgainstRecomputationIsLinear(t *testing.T) {
	const looser = `
defaults: [{role: "approver:legal", veto: true}, {role: "approver:pr", veto: true}]
`
	onReplicas(t, func(t *testing.T, r *replicated) {
		second := recruit(t, r.House, "Second", advocacy.RoleAdmin)
		for range histories() {
			r.Govern(t, routing.Builtin())
			v := r.Submit(t, r.Draft(t, "Read me.", r.Ledger))
			governs := func(rec *recorder, client int) {
				h := r.twin(client)
				for _, policy := range []struct{ call, document string }{{"strict", stricter}, {"loose", looser}} {
					d, made := activation(simulate(t, h, draft(t, h, policy.document))), ""
					rec.do(client, asked{call: policy.call}, func() told {
						p, err := h.Flow.ActivatePolicy(t.Context(), h.As(second), h.W, d)
						if err == nil {
							made = p.Activation.ID
						}
						return answered(0, err)
					})
					rec.do(client, asked{call: "recompute"}, func() told { return answered(0, h.Flow.RecomputePolicy(t.Context(), h.W, made)) })
				}
			}
			linear(t, activating{}, activating.step, governs, r.closes(t, v, r.Legal, "one", "legal"), r.closes(t, v, r.Legal2, "another", "legal"), r.closes(t, v, r.PR, "pr", "pr"))
		}
	})
}

// closes lets somebody sign a round, again and again, and tells whether that closed it.
func (r *replicated) closes(t *testing.T, v *workflow.PostView, who advocacy.PersonID, call, requirement string) func(*recorder, int) {
	return func(rec *recorder, client int) {
		h := r.twin(client)
		h.View(t, who, v.Post.Subject(), 1)
		for range 3 {
			rec.do(client, asked{call: call}, func() told {
				_, view, err := h.Flow.Decide(t.Context(), h.As(who), v.Post.Subject(), 1, workflow.Verdict{
					Verdict: advocacy.Approve, Requirement: requirement, Digest: v.Head.Digest,
				})
				closed := 0
				if err == nil && view.Review.State == advocacy.ReviewApproved {
					closed = 1
				}
				return answered(closed, err)
			})
		}
	}
}

// stopping is the model of one publication, and of what stops it. Of rivals one may find
// another at it, and give up.
type stopping struct {
	held, sent bool
	rivals     bool
}

func (s stopping) step(in asked, out told) (bool, stopping) {
	switch in.call {
	case "hold":
		s.held = true
	case "lift": // and what rested is tried at once
		if out.n == 1 {
			s.sent = true
		}
		s.held = false
	case "deliver":
		if s.rivals && out.n == 0 {
			return !s.sent && out.reason == "", s
		}
		s.sent = s.sent || !s.held
		return out.n == 1 == s.sent, s
	}
	return out.reason == "", s
}

// TestHoldAgainstGateIsLinear [I17]: after a hold was acknowledged by any replica no
// request begins at any other, and lifting it and saying so lets the publication go. With
// two who deliver, on as many replicas, it goes once.
func TestHoldAgainstGateIsLinear(t *testing.T) {
	onReplicas(t, func(t *testing.T, r *replicated) {
		for range histories() {
			for _, rivals := range []bool{false, true} {
				r.holdAgainstGate(t, rivals)
			}
		}
	})
}

func (r *replicated) holdAgainstGate(t *testing.T, rivals bool) {
	v := r.Approved(t, "Signed.", r.Ledger)
	id := publications(t, r.House, v)[0].ID
	holds := func(rec *recorder, client int) {
		h := r.twin(client)
		for range 3 {
			var hold *advocacy.Hold
			rec.do(client, asked{call: "hold"}, func() told {
				var err error
				hold, _, err = h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{
					Scope: advocacy.HoldPost, Target: string(v.Post.ID), Reason: "crisis",
				})
				return answered(0, err)
			})
			rec.do(client, asked{call: "lift"}, func() told {
				_, err := h.Flow.ReleaseHold(t.Context(), h.As(h.Admin), h.W, hold.ID, "over")
				ok(t, err)
				err = h.Worker.Released(t.Context(), []byte(`{"workspace":"`+string(h.W)+`"}`))
				ok(t, err)
				letGo(t, h, hold.ID, id)
				return answered(r.sentOnce(t, id), h.Worker.Deliver(t.Context(), h.W, id))
			})
		}
	}
	delivers := func(rec *recorder, client int) {
		h := r.twin(client)
		for range 5 {
			rec.do(client, asked{call: "deliver"}, func() told {
				err := h.Worker.Deliver(t.Context(), h.W, id)
				return answered(r.sentOnce(t, id), err)
			})
		}
	}
	clients := []func(*recorder, int){holds, delivers}
	if rivals {
		clients = append(clients, delivers)
	}
	linear(t, stopping{rivals: rivals}, stopping.step, clients...)
	if n := r.sentOnce(t, id); n != 1 {
		t.Errorf("nothing is in the way any more, and it was sent %d times", n)
	}
}

// letGo says that a publication goes out now, if it passed its time under a hold that was lifted.
func letGo(t *testing.T, h *workflowtest.House, hold advocacy.HoldID, id advocacy.PublicationID) {
	lifted, err := h.Store.Hold(t.Context(), h.W, hold)
	ok(t, err)
	for {
		x, err := h.Store.Publication(t.Context(), h.W, id)
		ok(t, err)
		if x.State != advocacy.Scheduled && x.State != advocacy.Claimed || !lifted.PastDue(x, lifted.ReleaseTime) {
			return
		}
		x.Version = 0 // whoever looks at it meanwhile changes why it waits
		_, err = h.Flow.ResumePublications(t.Context(), h.As(h.PR), h.W, hold, []workflow.Resumption{resumption(*x, workflow.ResumeSend)})
		ok(t, err)
	}
}

// sentOnce is how often the ledger was sent a publication.
func (r *replicated) sentOnce(t *testing.T, id advocacy.PublicationID) int {
	n := 0
	for _, d := range r.ledger.Sent() {
		if d.Key == string(id) {
			n++
		}
	}
	if n > 1 {
		t.Errorf("publication %s was sent %d times", id, n)
	}
	return n
}
