package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestRecheck: a term that comes to be forbidden cancels what is scheduled and tells the
// author which term it was; one that comes to be restricted asks its role. What is allowed
// again goes on without another signature.
func TestRecheck(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, `defaults: [{role: "approver:pr", veto: true}]`)
	approved := func(text string) *workflow.PostView {
		v := h.Submit(t, h.Draft(t, text))
		h.Sign(t, h.PR, v, "pr")
		return v
	}
	gone, asked, left := approved("A miracle."), approved("Growth."), approved("Nothing.")
	k := recheck(t, h, watch(t, h, forbidden("miracle"), restricted("growth", advocacy.RoleLegal)))
	if k.Checked != 3 || k.Forbidden != 1 || k.Restricted != 1 || k.EndTime.IsZero() {
		t.Fatalf("the run says %+v", k)
	}
	stopped := h.Post(t, gone.Post.ID)
	if stopped.Post.State != advocacy.PostInReview || stopped.Publications[0].Answer.Text != "A term is forbidden now: miracle." {
		t.Fatalf("it is %s, and its publication %+v", stopped.Post.State, stopped.Publications[0])
	}
	state(t, h, asked, advocacy.PostInReview)
	state(t, h, left, advocacy.PostScheduled)
	h.Sign(t, h.Legal, asked, "legal")
	state(t, h, asked, advocacy.PostScheduled)
	recheck(t, h, watch(t, h))
	state(t, h, gone, advocacy.PostScheduled)
	h.Work(t)
	if n := h.OnWall(t); n != 3 {
		t.Fatalf("%d entries on the wall", n)
	}
	if k := recheck(t, h, watch(t, h, forbidden("miracle"))); k.Checked != 0 || h.OnWall(t) != 3 {
		t.Fatalf("what was published was looked at: %+v", k)
	}
}

// TestRecheckOfItems: an item in force with a forbidden term is not shared any more, and what
// is scheduled of it stops, also in the languages that do not have the term; it comes back
// when the term is allowed again, if nobody wrote a newer revision.
func TestRecheckOfItems(t *testing.T) {
	t.Parallel()
	for name, revised := range map[string]bool{"the newest revision": false, "an older revision": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := house(t)
			item := ledgerItem(t, h, "A miracle.")
			other := ledgerItem(t, h, "A marvel.")
			shared := shareAt(t, h, item, h.Clock.Now().Add(time.Hour))
			if revised {
				_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, workflow.ItemChange{
					Content: &advocacy.Content{Language: "en", Text: "Better words."},
				})
				ok(t, err)
			}
			digest := previewShare(t, h, h.Author, item).Digest
			recheck(t, h, watch(t, h, forbidden("miracle")))
			refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { return tryShare(t, h, h.Author, item, digest) })
			if got := h.Post(t, shared.Post.ID); got.Publications[0].State != advocacy.Cancelled {
				t.Fatalf("the share is %s: %+v", got.Post.State, got.Publications)
			}
			ok(t, tryShare(t, h, h.Author, other, previewShare(t, h, h.Author, other).Digest))
			recheck(t, h, watch(t, h))
			now, err := h.Flow.Item(t.Context(), h.As(h.Curator), h.W, item.Item.ID)
			ok(t, err)
			if now.Sharable == revised {
				t.Fatalf("after the term was allowed again, sharable is %v", now.Sharable)
			}
		})
	}
}

// TestItemWithForbiddenTerm: before anybody looked again nothing goes out that such an item
// stands behind, not even in a language that does not have the term.
func TestItemWithForbiddenTerm(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	item := h.Item(t, "A miracle.") // and "FR A miracle."
	draft := workflow.PostDraft{
		Content: advocacy.Content{Language: "fr"}, Accounts: []advocacy.AccountID{h.AuthorWall}, Item: item.Item.ID,
	}
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	shared, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, item.Item.ID, workflow.Share{
		Accounts: draft.Accounts, Language: "fr", Digest: preview.Digest,
	})
	ok(t, err)
	term := forbidden("miracle")
	term.Language = "en"
	watch(t, h, term)
	if got := blockersOf(t, h, shared); !slices.Equal(got, []string{"ITEM_NOT_IN_FORCE"}) {
		t.Fatalf("in the way: %v", got)
	}
	h.Work(t)
	if n := h.OnWall(t); n != 0 {
		t.Fatalf("%d entries on the wall", n)
	}
}

// TestRecheckGoesOn: a run that is stopped at any point ends as if it had not been, and one
// of a revision that is not in force any more does nothing.
func TestRecheckGoesOn(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	views := []*workflow.PostView{h.Approved(t, "One miracle."), h.Approved(t, "Two."), h.Approved(t, "A third miracle.")}
	old := watch(t, h, forbidden("two"))
	r := watch(t, h, forbidden("miracle"))
	if k := recheck(t, h, old); k.Checked != 0 || k.EndTime.IsZero() {
		t.Fatalf("the run of an old revision: %+v", k)
	}
	for updates := 0; ; updates++ {
		flow := *h.Flow
		flow.Store = &interrupted{Store: h.Store, left: updates}
		if err := flow.RecheckLexicon(t.Context(), h.W, r.Number); err == nil {
			break
		} else if !errors.Is(err, errInterrupted) {
			t.Fatal(err)
		}
	}
	k, err := h.Store.FindLexiconRecheck(t.Context(), h.W, r.Lexicon, r.Number)
	ok(t, err)
	if k.Checked == 0 || k.EndTime.IsZero() {
		t.Fatalf("the run says %+v", k)
	}
	for i, want := range []advocacy.PostState{advocacy.PostInReview, advocacy.PostScheduled, advocacy.PostInReview} {
		state(t, h, views[i], want)
	}
}

// TestTryLexicon: it tells what would be found and touches nothing, a page after the other.
func TestTryLexicon(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Draft(t, "A miracle nobody submitted.")
	waits, item := h.Submit(t, h.Draft(t, "A miracle.")), h.Item(t, "A miracle item.")
	scheduled := h.Approved(t, "No marvel.")
	draft := workflow.LexiconDraft{Terms: []advocacy.Term{forbidden("miracle"), restricted("marvel", advocacy.RoleLegal)}}
	var hits []string
	checked := 0
	for after, begun := "", false; !begun || after != ""; begun = true {
		p, err := h.Flow.TryLexicon(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultLexicon, draft, workflow.Page{Size: 1, After: after})
		ok(t, err)
		for _, hit := range p.Hits {
			hits = append(hits, hit.Subject.ID+" "+hit.Findings[0].Code)
		}
		checked, after = checked+p.Checked, p.Next
	}
	want := []string{
		string(waits.Post.ID) + " TERM_FORBIDDEN", string(scheduled.Post.ID) + " TERM_RESTRICTED", string(item.Item.ID) + " TERM_FORBIDDEN",
	}
	if !slices.Equal(hits, want) || checked != 3 {
		t.Fatalf("of %d it finds %v, want %v", checked, hits, want)
	}
	if all, err := h.Flow.TryLexicon(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultLexicon, draft, workflow.Page{Size: 10}); err != nil || all.Checked != 3 || all.Next != "" {
		t.Fatalf("on one page it looks at %+v: %v", all, err)
	}
	state(t, h, scheduled, advocacy.PostScheduled)
	refuses(t, h, advocacy.Invalid, "TERM_INVALID", func() error {
		_, err := h.Flow.TryLexicon(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultLexicon, workflow.LexiconDraft{
			Terms: []advocacy.Term{forbidden("a")},
		}, workflow.Page{Size: 1})
		return err
	})
}

// TestRecheckAgreesWithSubmit: what a submission would be refused for is never scheduled
// after a recheck, and nothing else is held up; a check of the same words says the same.
func TestRecheckAgreesWithSubmit(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	words := []string{"miracle", "growth", "marvel", "cure"}
	var views []*workflow.PostView
	for _, text := range []string{"A m1racle.", "Gr\u200bowth, a marvel.", "All is well.", "Cures and MARVELS."} {
		views = append(views, h.Approved(t, text, h.AuthorWall))
	}
	rapid.Check(t, func(rt *rapid.T) {
		var terms []advocacy.Term
		for _, w := range words {
			switch rapid.IntRange(0, 2).Draw(rt, w) {
			case 1:
				terms = append(terms, forbidden(w))
			case 2:
				terms = append(terms, restricted(w, advocacy.RoleLegal))
			}
		}
		recheck(t, h, watch(t, h, terms...))
		for _, v := range views {
			draft := workflow.PostDraft{Content: v.Head.Content, Accounts: v.Head.Targets}
			found, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, draft, nil)
			ok(t, err)
			preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
			ok(t, err)
			blocks, now := advocacy.Blocking(found.Findings) != nil, h.Post(t, v.Post.ID)
			if blocks != (advocacy.Blocking(preview.Findings) != nil) || blocks != (advocacy.Blocking(now.Findings) != nil) {
				rt.Fatalf("%q: a check, a preview and the post differ", v.Head.Content.Text)
			}
			if scheduled := now.Post.State == advocacy.PostScheduled; scheduled == blocks {
				rt.Fatalf("%q is %s under %v; blocked: %v", v.Head.Content.Text, now.Post.State, terms, blocks)
			}
			held := strings.Contains(strings.Join(blockersOf(t, h, v), " "), advocacy.BlockTerm)
			if held != blocks {
				rt.Fatalf("%q: the gate says %v, a submission %v", v.Head.Content.Text, held, blocks)
			}
		}
	})
}

// TestCheckTellsOfADisclosure: whoever names the company from a personal account, and says nothing
// of working for it, is told while writing; a brand speaks for itself.
func TestCheckTellsOfADisclosure(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Watch(t, workflow.LexiconDraft{Names: []string{"Acme"}})
	item := h.Item(t, "Acme is hiring.")
	for name, tt := range map[string]struct {
		draft workflow.PostDraft
		told  bool
	}{
		"a person":              {workflow.PostDraft{Content: advocacy.Content{Text: "Come to Acme."}, Accounts: []advocacy.AccountID{h.AuthorWall}}, true},
		"among others":          {workflow.PostDraft{Content: advocacy.Content{Text: "Come to Acme."}, Accounts: []advocacy.AccountID{h.Wall, h.AuthorWall}}, true},
		"who says so":           {workflow.PostDraft{Content: advocacy.Content{Text: "Come to Acme.", Disclosure: advocacy.DisclosureEmployee}, Accounts: []advocacy.AccountID{h.AuthorWall}}, false},
		"about something else":  {workflow.PostDraft{Content: advocacy.Content{Text: "Come to Paris."}, Accounts: []advocacy.AccountID{h.AuthorWall}}, false},
		"a brand":               {workflow.PostDraft{Content: advocacy.Content{Text: "Come to Acme."}, Accounts: []advocacy.AccountID{h.Wall}}, false},
		"an item as it is":      {workflow.PostDraft{Item: item.Item.ID, Accounts: []advocacy.AccountID{h.AuthorWall}}, false},
		"an item in own words":  {workflow.PostDraft{Item: item.Item.ID, Content: advocacy.Content{Text: "I am at Acme."}, Accounts: []advocacy.AccountID{h.AuthorWall}}, true},
		"nobody has an account": {workflow.PostDraft{Content: advocacy.Content{Text: "Come to Acme."}}, false},
	} {
		tt.draft.Content.Language = "en"
		found, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, tt.draft, nil)
		ok(t, err)
		told := slices.ContainsFunc(found.Findings, func(f advocacy.Finding) bool { return f.Code == "DISCLOSURE_MISSING" && f.Severity == advocacy.Advice })
		if told != tt.told {
			t.Errorf("%s: told %t, want %t: %v", name, told, tt.told, found.Findings)
		}
	}
}

// BenchmarkCheckPost looks at 3,000 characters by everything a check asks: 500 terms, most of
// which begin as words of the text do, own domains and names of the greatest number, and the rules
// of all networks. Texts in which much is disguised take longest; neither may take more than 20 ms.
func BenchmarkCheckPost(b *testing.B) {
	h := workflowtest.New(b)
	plain := "We are proud of what our teams have built this year, and you can read more of it at https://example.com/news. "
	h.Watch(b, watchful(plain))
	for name, sentence := range map[string]string{
		"plain":     plain,
		"disguised": "W\u0435 аге рrоud о\u200bf wh@t оυr t3ams h.a.v.e bu1lt, see https://ехample.com and Nаme17 Wоrks, ｈｔｔｐｓ. 👩🏽‍🔧 ",
	} {
		runes := []rune(strings.Repeat(sentence, 60))
		draft := workflow.PostDraft{
			Content:  advocacy.Content{Language: "en", Text: string(runes[:3000])},
			Accounts: []advocacy.AccountID{h.AuthorWall},
		}
		call := h.As(h.Author)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Flow.CheckPost(b.Context(), call, h.W, draft, measure.Networks()); err != nil {
					b.Fatal(err)
				}
			}
			if took := b.Elapsed() / time.Duration(b.N); took > 20*time.Millisecond {
				b.Errorf("a check takes %v", took)
			}
		})
	}
}

// watchful is a lexicon of 500 terms, which are phrases that begin with words of a text, and of as
// many own domains and names as the contract lets anybody publish.
func watchful(text string) (d workflow.LexiconDraft) {
	words := strings.Fields(text)
	for i := range 500 {
		d.Terms = append(d.Terms, forbidden(fmt.Sprintf("%s number%d", strings.Trim(words[i%len(words)], ".,"), i)))
	}
	for i := range 100 {
		d.Domains = append(d.Domains, fmt.Sprintf("example%d.com", i))
		d.Names = append(d.Names, fmt.Sprintf("Name%d Works", i))
	}
	return d
}

// TestRecheckLeavesAlone: a text that no revision of the lexicon finds anything in costs the reading
// of its page and nothing more.
func TestRecheckLeavesAlone(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	watch(t, h, forbidden("marvel"))
	cost := func(posts int, term string) int {
		t.Helper()
		for range posts {
			h.Submit(t, h.Draft(t, "Nothing to find."))
		}
		r := watch(t, h, forbidden("marvel"), forbidden(term))
		ctx, statements := workflowtest.Listen(t.Context())
		ok(t, h.Flow.RecheckLexicon(ctx, h.W, r.Number))
		return len(statements.All())
	}
	if one, more := cost(1, "miracle"), cost(20, "wonder"); more != one {
		t.Errorf("of one post it takes %d statements, of twenty more %d", one, more)
	}
}

// TestRecheckAfterOneThatWasNot: what the gate stopped by a revision goes on by the next, also when
// nobody looked again in between and the two that a run knows of find the same.
func TestRecheckAfterOneThatWasNot(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := h.Approved(t, "A miracle.")
	watch(t, h, forbidden("miracle"))
	h.Work(t)
	state(t, h, v, advocacy.PostInReview)
	recheck(t, h, watch(t, h))
	state(t, h, v, advocacy.PostScheduled)
}

// TestRecheckFails: when one of a page fails nothing of the page counts as looked at, and the run
// begun again ends as ever.
func TestRecheckFails(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	var all []*workflow.PostView
	for range 12 {
		all = append(all, h.Approved(t, "A miracle."))
	}
	r := watch(t, h, forbidden("miracle"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Flow.RecheckLexicon(ctx, h.W, r.Number); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled run says %v", err)
	}
	if k := recheck(t, h, r); int(k.Forbidden) != len(all) || k.EndTime.IsZero() {
		t.Fatalf("the run begun again says %+v", k)
	}
	for _, v := range all {
		state(t, h, v, advocacy.PostInReview)
	}
}
