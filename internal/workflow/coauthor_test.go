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

// name makes somebody a co-author of a post, in its author's name.
func name(t *testing.T, h *workflowtest.House, v *workflow.PostView, who advocacy.PersonID) *workflow.PostView {
	t.Helper()
	out, err := h.Flow.AddCoAuthor(t.Context(), h.As(v.Post.Author), h.W, v.Post.ID, who, 0)
	ok(t, err)
	return out
}

func unname(t *testing.T, h *workflowtest.House, v *workflow.PostView, who advocacy.PersonID) {
	t.Helper()
	_, err := h.Flow.RemoveCoAuthor(t.Context(), h.As(v.Post.Author), h.W, v.Post.ID, who, 0)
	ok(t, err)
}

// TestCoAuthorWrites: a co-author sees the post and changes its words, and neither submits
// nor schedules what goes out in the author's name. Once removed it is as if the person had
// never been one, but for having written.
func TestCoAuthorWrites(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := h.Draft(t, "Mine.", h.Ledger)
	seen := func() error { _, err := h.Flow.Post(t.Context(), h.As(h.Reader), h.W, v.Post.ID); return err }
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", seen)
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.AddCoAuthor(t.Context(), h.As(h.Author), h.W, v.Post.ID, h.Reader, v.Post.Version+1)
		return err
	})
	if got := name(t, h, v, h.Reader).Post.CoAuthors; !slices.Equal(got, []advocacy.PersonID{h.Reader}) {
		t.Fatalf("co-authors are %v", got)
	}
	ok(t, seen())
	v, err := tryEdit(t.Context(), h, h.Reader, v, "Ours.")
	ok(t, err)
	if want := []advocacy.PersonID{h.Author, h.Reader}; !slices.Equal(v.Head.Contributors, want) || v.Head.Editor != h.Reader || v.Post.Author != h.Author {
		t.Fatalf("revision %+v of a post of %s", v.Head, v.Post.Author)
	}
	refuses(t, h, advocacy.Denied, "NOT_THE_AUTHOR", func() error { return submit(t.Context(), h, h.As(h.Reader), v) })
	refuses(t, h, advocacy.Denied, "NOT_THE_AUTHOR", func() error {
		d := workflow.PostChange{PublishTime: ptr(h.Clock.Now().Add(time.Hour)), Zone: ptr("UTC")}
		_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Reader), h.W, v.Post.ID, d)
		return err
	})
	own, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "reader", Owner: h.Reader, Personal: true,
	})
	ok(t, err)
	refuses(t, h, advocacy.Invalid, "ACCOUNT_NOT_YOURS", func() error {
		d := workflow.PostChange{Accounts: &[]advocacy.AccountID{own.ID}}
		_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Reader), h.W, v.Post.ID, d)
		return err
	})
	h.Submit(t, v)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	unname(t, h, v, h.Reader)
	state(t, h, v, advocacy.PostScheduled)
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", seen)
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", func() error { _, err := tryEdit(t.Context(), h, h.Reader, v, "Again."); return err })
	h.Work(t)
	sent(t, l, "Ours.")
	if got := actions(t, h, v.Post.Subject().Name()); !slices.Contains(got, "post.co_author_added") || !slices.Contains(got, "post.co_author_removed") {
		t.Errorf("the trail is %v", got)
	}
}

// TestCoAuthorSteppedDown: whoever was named may give it up without asking.
func TestCoAuthorSteppedDown(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := name(t, h, h.Draft(t, "Mine.", h.Ledger), h.Reader)
	_, err := h.Flow.RemoveCoAuthor(t.Context(), h.As(h.Reader), h.W, v.Post.ID, h.Reader, 0)
	ok(t, err)
	if p := h.Post(t, v.Post.ID).Post; len(p.CoAuthors) != 0 {
		t.Errorf("%v may still write it", p.CoAuthors)
	}
}

// TestCoAuthorInTheDiscussion: who writes a post can be pointed to what is said of it, and
// declines what is suggested, as long as he or she writes it.
func TestCoAuthorInTheDiscussion(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Draft(t, "Mine.", h.Ledger)
	point := func() error {
		_, err := h.Flow.OpenThread(t.Context(), h.As(h.PR), v.Post.Subject(), workflow.ThreadDraft{Text: "See?", Mentions: []advocacy.PersonID{h.Reader}})
		return err
	}
	decline := func(g *advocacy.Suggestion) error {
		_, err := h.Flow.DeclineSuggestion(t.Context(), h.As(h.Both), v.Post.Subject(), g.ID, "no")
		return err
	}
	refuses(t, h, advocacy.Invalid, "MENTION_CANNOT_SEE", point)
	name(t, h, v, h.Reader)
	ok(t, point())
	name(t, h, v, h.Both)
	ok(t, decline(suggest(t, h, h.Legal, v, "Better.")))
	unname(t, h, v, h.Both)
	g := suggest(t, h, h.Legal, v, "Better.")
	refuses(t, h, advocacy.Denied, "NOT_A_CONTRIBUTOR", func() error { return decline(g) })
}

// TestNamedSignerStopsCounting: what somebody signed before being named a co-author counts
// no more from that moment on. What was scheduled by it is cancelled, the explanation says
// whose signature was lost and why, and taking the name back revives nothing.
func TestNamedSignerStopsCounting(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	named := h.Legal
	name(t, h, v, named)
	state(t, h, v, advocacy.PostInReview)
	for range 2 {
		stand(t, h, v, advocacy.Cancelled)
		e, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
		ok(t, err)
		lost := advocacy.Blocker{Code: advocacy.BlockSelfReview, Requirement: "legal", Person: named}
		if !slices.Contains(e.Review.Blockers, lost) {
			t.Fatalf("people are told %+v", e.Review.Blockers)
		}
		refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, named, v, "legal", advocacy.Approve) })
		if p := h.Post(t, v.Post.ID); slices.Contains(p.Post.CoAuthors, named) {
			unname(t, h, v, named)
		}
		h.Work(t)
	}
	sent(t, l)
	next := edit(t, h, v, "Other words.")
	if !next.Head.Contributed(named) {
		t.Errorf("the next revision was written by %v", next.Head.Contributors)
	}
	h.Submit(t, next)
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, named, next, "legal", advocacy.Approve) })
	h.Sign(t, h.Legal2, next, "legal")
	h.Sign(t, h.PR, next, "pr")
	h.Work(t)
	sent(t, l, "Other words.")
}

// TestNamedSignerSignedWhatIsOut: what went out was signed by who had not written it, and
// stays so. The next revision is another matter.
func TestNamedSignerSignedWhatIsOut(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := published(t, h, l)
	add := func() error {
		_, err := h.Flow.AddCoAuthor(t.Context(), h.As(h.Author), h.W, v.Post.ID, h.Legal, 0)
		return err
	}
	refuses(t, h, advocacy.Precondition, "POST_PUBLISHED", add)
	content := v.Head.Content
	content.Text = "A second edition."
	_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{Content: &content, StartNewRound: true})
	ok(t, err)
	ok(t, add())
	now := h.Post(t, v.Post.ID)
	if !now.Head.Contributed(h.Legal) {
		t.Errorf("the new revision was written by %v", now.Head.Contributors)
	}
	first, err := h.Store.Revision(t.Context(), v.Post.Subject(), v.Head.Number)
	ok(t, err)
	if first.Contributed(h.Legal) {
		t.Errorf("what is out was written by %v", first.Contributors)
	}
}

// TestNamedLastSigner: a round whose only possible signer was named is an admin's turn at
// once, and no turn of the person's own.
func TestNamedLastSigner(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	resign(t, h, h.Legal, h.PR)
	v := h.Submit(t, h.Draft(t, "Words.", h.Ledger))
	name(t, h, v, h.Legal)
	review(t, h, v, advocacy.ReviewUnroutable)
	tasks, _, err := h.Flow.Tasks(t.Context(), h.As(h.Legal), workflow.TaskQuery{
		Workspace: h.W, Person: h.Legal, Roles: []advocacy.Role{advocacy.RoleLegal}, State: workflow.TaskOpen, Page: workflow.Page{Size: 10},
	})
	ok(t, err)
	if len(tasks) != 0 {
		t.Errorf("a co-author's turns are %+v", tasks)
	}
}

// TestNamedObjection: an objection outlives that its author was named.
func TestNamedObjection(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Submit(t, h.Draft(t, "Words.", h.Ledger))
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.RequestChanges))
	name(t, h, v, h.Legal)
	review(t, h, v, advocacy.ReviewChangesRequested)
	h.Clock.Advance(time.Minute)
	v = h.Submit(t, edit(t, h, v, "Other words."))
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostInReview)
	h.Sign(t, h.Legal2, v, "legal")
	state(t, h, v, advocacy.PostScheduled)
}

// TestCopyTakesCoAuthorsAlong: as writers, who sign no copy either, and not as people who
// may change it.
func TestCopyTakesCoAuthorsAlong(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := name(t, h, h.Draft(t, "Words.", h.Ledger), h.Legal)
	unname(t, h, v, h.Legal)
	twin := copyOf(t, h, h.Author, v)
	if len(twin.Post.CoAuthors) != 0 || !twin.Head.Contributed(h.Legal) {
		t.Errorf("a copy of %v by %v", twin.Post.CoAuthors, twin.Head.Contributors)
	}
}

// TestPostsOfACoAuthor: who writes for others finds what, and nobody else's.
func TestPostsOfACoAuthor(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	one, two := h.Draft(t, "One.", h.Ledger), h.Draft(t, "Two.", h.Ledger)
	name(t, h, one, h.Reader)
	name(t, h, two, h.Reader)
	unname(t, h, two, h.Reader)
	lists := func(who, coAuthor, author advocacy.PersonID) []advocacy.PostID {
		all, _, err := h.Flow.Posts(t.Context(), h.As(who), workflow.PostQuery{Workspace: h.W, CoAuthor: coAuthor, Author: author, Page: workflow.Page{Size: 10}})
		ok(t, err)
		var ids []advocacy.PostID
		for _, v := range all {
			ids = append(ids, v.Post.ID)
		}
		return ids
	}
	for _, tt := range []struct {
		who, coAuthor, author advocacy.PersonID
		want                  []advocacy.PostID
	}{
		{h.Reader, h.Reader, "", []advocacy.PostID{one.Post.ID}},
		{h.Reader, h.Reader, h.Author, []advocacy.PostID{one.Post.ID}},
		{h.Reader, "", "", nil},
		{h.Reader, "", h.Author, nil},
		{h.Reader, h.Curator, "", nil},
		{recruit(t, h, "Olga", advocacy.RoleEmployee), h.Reader, "", nil},
		{h.Author, h.Reader, "", []advocacy.PostID{one.Post.ID}},
		{h.Auditor, h.Reader, "", []advocacy.PostID{one.Post.ID}},
		{h.Auditor, h.Curator, "", nil},
	} {
		if got := lists(tt.who, tt.coAuthor, tt.author); !slices.Equal(got, tt.want) {
			t.Errorf("%s finds %v of co-author %s and author %s, want %v", tt.who, got, tt.coAuthor, tt.author, tt.want)
		}
	}
}

// TestPublicationsOfAWriter: a list over all posts has what would be shown one by one, and
// nothing of what would not be.
func TestPublicationsOfAWriter(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	one, two := h.Draft(t, "One.", h.Ledger), h.Draft(t, "Two.", h.Ledger)
	name(t, h, one, h.Reader)
	name(t, h, two, h.Reader)
	unname(t, h, two, h.Reader)
	for _, v := range []*workflow.PostView{one, two} {
		h.Submit(t, v)
		h.Sign(t, h.Legal, v, "legal")
		h.Sign(t, h.PR, v, "pr")
	}
	first, second := publications(t, h, one)[0].ID, publications(t, h, two)[0].ID
	for who, want := range map[advocacy.PersonID][]advocacy.PublicationID{
		h.Author: {first, second}, h.Reader: {first}, h.Curator: nil, h.Auditor: {first, second},
		recruit(t, h, "Olga", advocacy.RoleEmployee): nil,
	} {
		all, next, err := h.Flow.Publications(t.Context(), h.As(who), workflow.PublicationQuery{Workspace: h.W, Page: workflow.Page{Size: 10, Oldest: true}})
		ok(t, err)
		var got []advocacy.PublicationID
		for i := range all {
			got = append(got, all[i].ID)
		}
		if !slices.Equal(got, want) || next != "" {
			t.Errorf("%s lists %v, want %v, and goes on with %q", who, got, want, next)
		}
		for _, x := range []advocacy.PublicationID{first, second} {
			post := map[advocacy.PublicationID]advocacy.PostID{first: one.Post.ID, second: two.Post.ID}[x]
			if _, err := h.Flow.Publication(t.Context(), h.As(who), h.W, post, x); (err == nil) != slices.Contains(got, x) {
				t.Errorf("%s lists %v, and of %s it is said: %v", who, got, x, err)
			}
		}
	}
	nobody := h.As(h.Reader)
	nobody.Actor.Person = ""
	if all, next, err := h.Flow.Publications(t.Context(), nobody, workflow.PublicationQuery{Workspace: h.W, Page: workflow.Page{Size: 10}}); err != nil || len(all) > 0 || next != "" {
		t.Errorf("nobody lists %v: %v", all, err)
	}
}

// TestNameAgainstDecide: of a naming and a signature at the same moment, whichever is
// first, the signature of the one who was named counts for nothing.
func TestNameAgainstDecide(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		enact(t, h, routing.Sign(advocacy.RoleLegal, 1))
		for range 10 {
			v := h.Submit(t, h.Draft(t, "Words.", h.Ledger))
			h.View(t, h.Legal, v.Post.Subject(), 1)
			author, legal := h.As(h.Author), h.As(h.Legal)
			errs := together(
				func() error {
					_, err := h.Flow.AddCoAuthor(t.Context(), author, h.W, v.Post.ID, h.Legal, 0)
					return err
				},
				func() error {
					_, _, err := h.Flow.Decide(t.Context(), legal, v.Post.Subject(), 1, workflow.Verdict{
						Verdict: advocacy.Approve, Requirement: "legal", Digest: v.Head.Digest,
					})
					return err
				},
			)
			ok(t, errs[0])
			if reason := advocacy.ReasonOf(errs[1]); errs[1] != nil && reason != "SELF_REVIEW" {
				t.Fatal(errs[1])
			}
			state(t, h, v, advocacy.PostInReview)
		}
	})
}

// TestEditAgainstRemoval: nobody writes by a right that was taken back while he or she
// waited for it.
func TestEditAgainstRemoval(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		for range 10 {
			v := name(t, h, h.Draft(t, "Mine.", h.Ledger), h.Reader)
			author, reader := h.As(h.Author), h.As(h.Reader)
			content := v.Head.Content
			content.Text = "Ours."
			errs := together(
				func() error {
					_, err := h.Flow.RemoveCoAuthor(t.Context(), author, h.W, v.Post.ID, h.Reader, 0)
					return err
				},
				func() error {
					_, err := h.Flow.UpdatePost(t.Context(), reader, h.W, v.Post.ID, workflow.PostChange{Content: &content})
					return err
				},
			)
			ok(t, errs[0])
			if reason := advocacy.ReasonOf(errs[1]); errs[1] != nil && reason != "POST_NOT_FOUND" {
				t.Fatal(errs[1])
			}
			trail := slices.DeleteFunc(actions(t, h, v.Post.Subject().Name()), func(a string) bool {
				return a != "post.co_author_removed" && a != "post.revised"
			})
			if want := []string{"post.revised", "post.co_author_removed"}; errs[1] == nil && !slices.Equal(trail, want) {
				t.Fatalf("the trail of an edit that was granted is %v", trail)
			}
		}
	})
}
