package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// openThread opens a discussion about the head of a post.
func openThread(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, blocking bool) *advocacy.Thread {
	t.Helper()
	d, err := tryOpen(t, h, who, v, blocking)
	ok(t, err)
	return d
}

func tryOpen(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, blocking bool) (*advocacy.Thread, error) {
	return h.Flow.OpenThread(t.Context(), h.As(who), v.Post.Subject(), workflow.ThreadDraft{Text: "Is this so?", Blocking: blocking})
}

func resolveThread(t *testing.T, h *workflowtest.House, who advocacy.PersonID, d *advocacy.Thread) error {
	t.Helper()
	_, err := h.Flow.ResolveThread(t.Context(), h.As(who), d.Subject, d.ID, 0)
	return err
}

func reopenThread(t *testing.T, h *workflowtest.House, who advocacy.PersonID, d *advocacy.Thread) error {
	t.Helper()
	_, err := h.Flow.ReopenThread(t.Context(), h.As(who), d.Subject, d.ID, 0)
	return err
}

// TestOpenThreadHoldsUp (edge case 88): all roles approved and a blocking discussion open
// is not a yes; the same role may resolve it, and then everything goes its way.
func TestOpenThreadHoldsUp(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	d := openThread(t, h, h.Legal, v, true)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostInReview)
	r, err := h.Flow.Review(t.Context(), h.As(h.PR), v.Post.Subject(), 1)
	ok(t, err)
	if b := r.Tally.Blockers; len(b) != 1 || b[0].Code != advocacy.BlockThreadOpen || b[0].Subject != d.Name() {
		t.Fatalf("in the way is %+v", b)
	}
	h.Work(t)
	sent(t, l)
	refuses(t, h, advocacy.Denied, "NOT_THE_OPENER", func() error { return resolveThread(t, h, h.PR, d) })
	ok(t, resolveThread(t, h, h.Legal2, d))
	state(t, h, v, advocacy.PostScheduled)
	h.Work(t)
	sent(t, l, v.Head.Content.Text)
	refuses(t, h, advocacy.Precondition, "PUBLISHING", func() error { return reopenThread(t, h, h.Legal, d) })
	refuses(t, h, advocacy.Precondition, "PUBLISHING", func() error { _, err := tryOpen(t, h, h.Legal, v, true); return err })
	openThread(t, h, h.Legal, v, false)
}

// TestTurnOfWhoCanHelp: when everybody signed and a discussion or a precondition stands in the
// way, the turn is its opener's role's, who signed included, and the author's; none is the
// admin's.
func TestTurnOfWhoCanHelp(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	waits := func(p advocacy.PersonID, roles ...advocacy.Role) []advocacy.Why {
		t.Helper()
		tasks, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{
			Workspace: h.W, Person: p, Roles: roles, Attention: true, State: workflow.TaskOpen, Now: h.Clock.Now(), Page: workflow.Page{Size: 9},
		})
		ok(t, err)
		var out []advocacy.Why
		for i := range tasks {
			out = append(out, tasks[i].Why)
		}
		return out
	}
	d := openThread(t, h, h.Legal, v, true)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	for name, c := range map[string]struct {
		got, want []advocacy.Why
	}{
		"the opener, who signed": {waits(h.Legal, advocacy.RoleLegal), []advocacy.Why{advocacy.WhyThreadOpen}},
		"the same role":          {waits(h.Legal2, advocacy.RoleLegal), []advocacy.Why{advocacy.WhyThreadOpen}},
		"another role":           {waits(h.PR, "approver:pr"), nil},
		"the author":             {waits(h.Author), nil},
		"an admin":               {waits("someone", advocacy.RoleAdmin), nil},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: waits for %v, want %v", name, c.got, c.want)
		}
	}
	ok(t, resolveThread(t, h, h.Legal, d))
	if got := waits(h.Legal, advocacy.RoleLegal); len(got) > 0 {
		t.Errorf("what is resolved still waits: %v", got)
	}
}

// TestDiscussionNobodyCanResolve [I25]: where the role that a discussion was opened under is held by
// nobody any more who may resolve it, it is an admin's turn, who can give it to somebody.
func TestDiscussionNobodyCanResolve(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	enact(t, h, routing.Sign(advocacy.RolePR, 1))
	v := inReview(t, h, l)
	d := openThread(t, h, h.Legal, v, true)
	h.Sign(t, h.PR, v, "pr")
	waits := func(p advocacy.PersonID, want ...advocacy.Why) {
		t.Helper()
		h.Reassess(t)
		var got []advocacy.Why
		for _, k := range attention(t, h, p) {
			got = append(got, k.Why)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: waits because of %v, want %v", p, got, want)
		}
	}
	waits(h.Legal, advocacy.WhyThreadOpen)
	regrant(t, h, h.Legal, advocacy.RoleEmployee) // who opened it
	waits(h.Legal)
	waits(h.Legal2, advocacy.WhyThreadOpen)
	waits(h.Admin)
	regrant(t, h, h.Legal2, advocacy.RoleEmployee)
	regrant(t, h, h.Both, advocacy.RoleEmployee)
	waits(h.Legal2)
	waits(h.Admin, advocacy.WhyStuck)
	regrant(t, h, h.Legal2, advocacy.RoleLegal)
	waits(h.Admin)
	waits(h.Legal2, advocacy.WhyThreadOpen)
	ok(t, resolveThread(t, h, h.Legal2, d))
	state(t, h, v, advocacy.PostScheduled)
}

// TestOpenThreadStopsWhatIsScheduled: like a lost signature, and it comes back when the
// discussion is over.
func TestOpenThreadStopsWhatIsScheduled(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	d := openThread(t, h, h.PR, v, true)
	state(t, h, v, advocacy.PostInReview)
	stand(t, h, v, advocacy.Cancelled)
	h.Clock.Advance(time.Minute)
	ok(t, resolveThread(t, h, h.PR, d))
	state(t, h, v, advocacy.PostScheduled)
	ok(t, reopenThread(t, h, h.PR, d))
	stand(t, h, v, advocacy.Cancelled, advocacy.Cancelled)
	ok(t, resolveThread(t, h, h.PR, d))
	h.Work(t)
	sent(t, l, v.Head.Content.Text)
}

// TestThreadsOutliveRevisions: a blocking discussion of an old revision holds up the new
// one, and even a share that nobody has to sign.
func TestThreadsOutliveRevisions(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := h.Draft(t, "Version one.", h.Ledger)
	d := openThread(t, h, h.Legal, v, true)
	next := edit(t, h, v, "Version two.")
	h.Submit(t, next)
	h.Sign(t, h.Legal, next, "legal")
	h.Sign(t, h.PR, next, "pr")
	state(t, h, v, advocacy.PostInReview)
	ok(t, resolveThread(t, h, h.Legal, d))
	h.Work(t)
	sent(t, l, "Version two.")

	shelf := ledgerItem(t, h, "Chained.")
	s := shareAt(t, h, shelf, h.Clock.Now().Add(time.Hour))
	d = openThread(t, h, h.PR, s, true)
	state(t, h, s, advocacy.PostInReview)
	ok(t, resolveThread(t, h, h.PR, d))
	state(t, h, s, advocacy.PostScheduled)
}

// TestThreadTakesAnItemOutOfForce and back in.
func TestThreadTakesAnItemOutOfForce(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := ledgerItem(t, h, "On the shelf.")
	d, err := h.Flow.OpenThread(t.Context(), h.As(h.Legal), v.Item.Subject(), workflow.ThreadDraft{Text: "Is this so?", Blocking: true})
	ok(t, err)
	item(t, h, v.Item.ID, advocacy.ItemInReview, 0)
	ok(t, resolveThread(t, h, h.Legal2, d))
	item(t, h, v.Item.ID, advocacy.ItemApproved, 1)
}

// TestWhoDiscusses: contributors and approvers open, who sees it answers, and who does not
// see it finds nothing.
func TestWhoDiscusses(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	d := openThread(t, h, h.Author, v, false)
	refuses(t, h, advocacy.Denied, "NOT_AN_APPROVER", func() error { _, err := tryOpen(t, h, h.Author, v, true); return err })
	refuses(t, h, advocacy.Denied, "NOT_AN_APPROVER", func() error { _, err := tryOpen(t, h, h.Admin, v, false); return err })
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", func() error { _, err := tryOpen(t, h, h.Reader, v, false); return err })
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_DISCUSS", func() error {
		_, err := h.Flow.OpenThread(t.Context(), h.AsKey(h.Author), v.Post.Subject(), workflow.ThreadDraft{Text: "x"})
		return err
	})
	for _, hidden := range []string{"a\u202eb", "a\x00b"} {
		refuses(t, h, advocacy.Invalid, "", func() error {
			_, err := h.Flow.AddComment(t.Context(), h.As(h.Legal), d.Subject, d.ID, workflow.CommentDraft{Text: hidden})
			return unreasoned(err)
		})
	}
	refuses(t, h, advocacy.NotFound, "THREAD_NOT_FOUND", func() error {
		_, err := h.Flow.AddComment(t.Context(), h.As(h.Legal), d.Subject, "none", workflow.CommentDraft{Text: "x"})
		return err
	})
	for _, who := range []advocacy.PersonID{h.Legal, h.Author, h.Admin} {
		_, err := h.Flow.AddComment(t.Context(), h.As(who), d.Subject, d.ID, workflow.CommentDraft{Text: "It is."})
		ok(t, err)
	}
	said, _, err := h.Flow.Comments(t.Context(), h.As(h.PR), d.Subject, d.ID, workflow.Page{Size: 10, Oldest: true})
	ok(t, err)
	if len(said) != 3 || said[0].Person != h.Legal || said[2].Person != h.Admin {
		t.Fatalf("said was %+v", said)
	}
}

// unreasoned keeps the kind of an error only.
func unreasoned(err error) error {
	if err == nil {
		return nil
	}
	return &advocacy.Error{Kind: advocacy.KindOf(err)}
}

// TestMentions: members who may see it are told, once each; whoever answers for the post
// is told of a discussion others open; nobody is pointed to what he or she may not see.
func TestMentions(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	told := func(p advocacy.PersonID) int {
		all, _, err := h.Flow.Mentions(t.Context(), h.As(p), h.W, workflow.Page{Size: 50})
		ok(t, err)
		return len(all)
	}
	d, err := h.Flow.OpenThread(t.Context(), h.As(h.Legal), v.Post.Subject(), workflow.ThreadDraft{
		Text: "Is this so?", Mentions: []advocacy.PersonID{h.PR, h.PR, h.Auditor},
	})
	ok(t, err)
	_, err = h.Flow.AddComment(t.Context(), h.As(h.Author), d.Subject, d.ID, workflow.CommentDraft{Text: "It is.", Mentions: []advocacy.PersonID{h.Legal}})
	ok(t, err)
	for p, want := range map[advocacy.PersonID]int{h.PR: 1, h.Auditor: 1, h.Author: 1, h.Legal: 1, h.Reader: 0} {
		if got := told(p); got != want {
			t.Errorf("%s was told %d times, want %d", p, got, want)
		}
	}
	_, err = h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.PR, "left")
	ok(t, err)
	for name, p := range map[string]advocacy.PersonID{"a colleague": h.Reader, "nobody": "none", "somebody who left": h.PR} {
		t.Log(name)
		refuses(t, h, advocacy.Invalid, "MENTION_CANNOT_SEE", func() error {
			_, err := h.Flow.AddComment(t.Context(), h.As(h.Legal), d.Subject, d.ID, workflow.CommentDraft{Text: "x", Mentions: []advocacy.PersonID{h.Legal2, p}})
			return err
		})
	}
	if n := told(h.Legal2); n != 0 {
		t.Errorf("a refused comment told somebody %d times", n)
	}
}

// TestAnchorsStandInTheText: the quote is looked for in the revision that is named.
func TestAnchorsStandInTheText(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Draft(t, "Version one.", h.Ledger)
	edit(t, h, v, "Version two.")
	open := func(revision int, quote string) error {
		_, err := h.Flow.OpenThread(t.Context(), h.As(h.Legal), v.Post.Subject(), workflow.ThreadDraft{
			Revision: revision, Text: "x", Anchor: advocacy.Anchor{Offset: 8, Quote: quote},
		})
		return err
	}
	ok(t, open(1, "one"))
	ok(t, open(0, "two."))
	refuses(t, h, advocacy.Invalid, "QUOTE_MISSING", func() error { return open(2, "one") })
	refuses(t, h, advocacy.NotFound, "REVISION_NOT_FOUND", func() error { return open(3, "one") })
}

// TestResolveAgainstOpen: the last discussion is resolved while another is opened. A yes
// never stands beside an open one.
func TestResolveAgainstOpen(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		v := h.Submit(t, h.Draft(t, "At once.", h.Ledger))
		d := openThread(t, h, h.Legal, v, true)
		h.Sign(t, h.Legal, v, "legal")
		h.Sign(t, h.PR, v, "pr")
		var second *advocacy.Thread
		errs := together(
			func() error { return resolveThread(t, h, h.Legal, d) },
			func() (err error) { second, err = tryOpen(t, h, h.PR, v, true); return err },
			func() error { return resolveThread(t, h, h.Legal2, d) },
		)
		ok(t, errs[1])
		if (errs[0] == nil) == (errs[2] == nil) {
			t.Fatalf("of two who resolve one: %v and %v", errs[0], errs[2])
		}
		state(t, h, v, advocacy.PostInReview)
		h.Clock.Advance(time.Hour)
		h.Work(t)
		sent(t, l)
		ok(t, resolveThread(t, h, h.PR, second))
		h.Work(t)
		sent(t, l, "At once.")
	})
}
