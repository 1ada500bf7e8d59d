package workflow_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// offered is an item for the wall that its approvers signed.
func offered(t testing.TB, h *workflowtest.House, text string, d advocacy.Disclosure, e advocacy.Editing) *workflow.ItemView {
	t.Helper()
	made, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: text, Topic: "news", Networks: []advocacy.Network{measure.Wall}, Editing: &e,
		Content: advocacy.Content{Language: "en", Text: text, Disclosure: d},
	})
	ok(t, err)
	made, err = h.Flow.SubmitItem(t.Context(), h.As(h.Curator), h.W, made.Item.ID, workflow.Submit{Digest: made.Revision.Digest})
	ok(t, err)
	for who, requirement := range map[advocacy.PersonID]string{h.Legal: "legal", h.PR: "pr"} {
		h.View(t, who, made.Item.Subject(), 1)
		_, _, err := h.Flow.Decide(t.Context(), h.As(who), made.Item.Subject(), 1, workflow.Verdict{
			Verdict: advocacy.Approve, Requirement: requirement, Digest: made.Revision.Digest,
		})
		ok(t, err)
	}
	return made
}

// foundIn are the severities with which a preview and a check, which never differ, find something.
func foundIn(t *testing.T, h *workflowtest.House, d workflow.PostDraft, code string) []advocacy.Severity {
	t.Helper()
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, d, nil)
	ok(t, err)
	of := func(found []advocacy.Finding) (out []advocacy.Severity) {
		for _, f := range found {
			if f.Code == code {
				out = append(out, f.Severity)
			}
		}
		return out
	}
	if !slices.Equal(of(p.Findings), of(checked.Findings)) {
		t.Fatalf("a preview finds %+v, and a check %+v", p.Findings, checked.Findings)
	}
	return of(p.Findings)
}

// TestShareOfWhatNamesTheCompanyIsSigned: readers are told of its author, which nobody signed with
// the item, so somebody signs it; the item's own telling, a brand's account and words about something
// else leave it as it is.
func TestShareOfWhatNamesTheCompanyIsSigned(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	free := advocacy.Editing{}
	company, other := offered(t, h, "Acme grows.", "", free), offered(t, h, "Spring is near.", "", free)
	told := offered(t, h, "Acme grows, and tells.", advocacy.DisclosureEmployee, free)
	none, advice := []advocacy.Severity(nil), []advocacy.Severity{advocacy.Advice}
	for why, c := range map[string]struct {
		item          *workflow.ItemView
		to            advocacy.AccountID
		told, nothing []advocacy.Severity
		origin        advocacy.Origin
	}{
		"the company":      {company, h.AuthorWall, advice, none, advocacy.OriginLibraryEdited},
		"a brand's":        {company, h.Wall, none, none, advocacy.OriginLibrary},
		"something else":   {other, h.AuthorWall, none, advice, advocacy.OriginLibrary},
		"the item tells":   {told, h.AuthorWall, none, none, advocacy.OriginLibrary},
		"a brand's, other": {other, h.Wall, none, none, advocacy.OriginLibrary},
	} {
		d := ownDraft(c.item, c.to, time.Time{})
		if got := foundIn(t, h, d, "RELATION_TOLD"); !slices.Equal(got, c.told) {
			t.Errorf("%s: that it is told is found %v", why, got)
		}
		if got := foundIn(t, h, d, "RELATION_NOT_TOLD"); !slices.Equal(got, c.nothing) {
			t.Errorf("%s: that it is not told is found %v", why, got)
		}
		p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		v, err := ownShare(t, h, c.item, c.to, time.Time{})
		ok(t, err)
		asked := len(p.Plan.Requirements) > 0 && p.Plan.Requirements[0].Kind == advocacy.RequireHumans
		if v.Review.Origin != c.origin || p.Origin != c.origin || asked != (c.origin == advocacy.OriginLibraryEdited) || (v.Review.Library == nil) != asked {
			t.Errorf("%s: it is %s, and people are asked: %t", why, v.Review.Origin, asked)
		}
		if asked && (len(p.Changes) == 0 || len(v.Publications) != 0) {
			t.Errorf("%s: changed is %+v, and scheduled %+v", why, p.Changes, v.Publications)
		}
	}
}

// TestToldShareGoesOutOnItsOwnSignatures: with the words its approvers were shown, and not before.
func TestToldShareGoesOutOnItsOwnSignatures(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		h.Watch(t, workflow.LexiconDraft{Names: []string{"Acme"}})
		declares(t, h, advocacy.DisclosureEmployee)
		v, err := ownShare(t, h, offered(t, h, "Acme grows.", "", advocacy.Editing{}), h.AuthorWall, time.Time{})
		ok(t, err)
		h.Work(t)
		if h.OnWall(t) != 0 {
			t.Fatal("it goes out on the item's signatures")
		}
		h.Sign(t, h.PR, v, "pr")
		h.Work(t)
		entries, _, err := h.Store.Entries(t.Context(), h.W, wall.Query{Size: 10})
		ok(t, err)
		if len(entries) != 1 || wordsOf(v) == "" || entries[0].Fingerprint != v.Manifest.Targets[0].Rendering.Fingerprint() {
			t.Fatalf("on the wall is %+v, signed was %q", entries, wordsOf(v))
		}
	})
}

// TestOnlyTheRelationIsAskedAboutApart: a share to which nothing but its author's relation was added is
// one signature of PR by the starter policy, in its preview too, and never none; one other character, and
// a disclosure that the author chose, are asked about as ever. Another policy is asked the same.
func TestOnlyTheRelationIsAskedAboutApart(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	item := offered(t, h, "Acme grows, and we guarantee it.", "", advocacy.Editing{})
	keys := func(p advocacy.Plan) (out []string) {
		for _, q := range p.Requirements {
			if q.Kind == advocacy.RequireHumans {
				out = append(out, q.Key)
			}
		}
		slices.Sort(out)
		return out
	}
	chosen, other := ownDraft(item, h.AuthorWall, time.Time{}), ownDraft(item, h.AuthorWall, time.Time{})
	chosen.Content.Text, chosen.Content.Disclosure = "Acme grows, and we guarantee it.", advocacy.DisclosureEmployee
	other.Content.Text = "Acme grows, and we guarantee it!"
	for why, c := range map[string]struct {
		draft workflow.PostDraft
		want  []string
	}{
		"the relation alone":        {ownDraft(item, h.AuthorWall, time.Time{}), []string{"pr"}},
		"a disclosure of one's own": {chosen, []string{"legal", "pr"}},
		"another character":         {other, []string{"legal", "pr"}},
	} {
		p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, c.draft)
		ok(t, err)
		if got := keys(p.Plan); p.Origin != advocacy.OriginLibraryEdited || !slices.Equal(got, c.want) {
			t.Errorf("%s: a preview of %s asks %q", why, p.Origin, got)
		}
		v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, c.draft)
		ok(t, err)
		if v = h.Submit(t, v); !slices.Equal(keys(v.Review.Plan), c.want) || v.Review.State != advocacy.ReviewOpen {
			t.Errorf("%s: it asks %q and is %s", why, keys(v.Review.Plan), v.Review.State)
		}
		if why == "the relation alone" {
			enforce(t, h, "defaults: [{role: \"approver:pr\"}]\nrules:\n  - {id: two, when: post.relation_only, reason: Two., require: [{role: \"approver:pr\", quorum: 2}]}")
			h.Sign(t, h.PR, v, "pr")
			review(t, h, v, advocacy.ReviewOpen)
			h.Sign(t, h.Both, v, "pr")
			review(t, h, v, advocacy.ReviewApproved)
			enforce(t, h, string(routing.Starter()))
		}
	}
}

// TestToldShareOfALockedItem: what the service tells is no word of its author's, so a locked item is
// shared with it; other words are refused as ever.
func TestToldShareOfALockedItem(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	item := offered(t, h, "Acme grows.", "", advocacy.Editing{Mode: advocacy.EditLocked})
	v, err := ownShare(t, h, item, h.AuthorWall, time.Time{})
	ok(t, err)
	if v.Review.Origin != advocacy.OriginLibraryEdited {
		t.Errorf("it is %s", v.Review.Origin)
	}
	d := ownDraft(item, h.AuthorWall, time.Time{})
	d.Content.Text = "Acme grows, I say."
	edited, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "ITEM_LOCKED", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, edited.Post.ID, workflow.Submit{Digest: edited.Head.Digest})
		return err
	})
}

// TestToldShareWithinBounds: personal words that go out without a signature do not with a relation.
func TestToldShareWithinBounds(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	item := offered(t, h, "Acme grows. Really.", "", advocacy.Editing{
		Mode: advocacy.EditSpans, Unreviewed: true, Spans: []advocacy.EditSpan{{Text: " Really.", Optional: true}},
	})
	d := ownDraft(item, h.AuthorWall, time.Time{})
	d.Content.Text = "Acme grows."
	if got := foundIn(t, h, d, "RELATION_TOLD"); len(got) != 1 {
		t.Errorf("found is %v", got)
	}
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	if v = h.Submit(t, v); v.Review.Origin != advocacy.OriginLibraryEdited || v.Review.Library != nil {
		t.Errorf("it is %s, on %+v", v.Review.Origin, v.Review.Library)
	}
}

// TestRelationStatedLater: what waits on an item's signatures and would not tell it goes back to its
// author, a draft of before is saved again, and what is signed for itself stays.
func TestRelationStatedLater(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		h.Watch(t, workflow.LexiconDraft{Names: []string{"Acme"}})
		company, other := offered(t, h, "Acme grows.", "", advocacy.Editing{}), offered(t, h, "Spring is near.", "", advocacy.Editing{})
		draft, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, ownDraft(company, h.AuthorWall, time.Time{}))
		ok(t, err)
		later := h.Clock.Now().Add(2 * time.Hour)
		waits, err := ownShare(t, h, company, h.AuthorWall, later)
		ok(t, err)
		about, err := ownShare(t, h, other, h.AuthorWall, later.Add(time.Minute))
		ok(t, err)
		due, err := ownShare(t, h, company, h.AuthorWall, time.Time{})
		ok(t, err)
		stand(t, h, due, advocacy.Scheduled)
		declares(t, h, advocacy.DisclosureEmployee)
		if got := blockersOf(t, h, due); len(got) != 1 || got[0] != advocacy.BlockRelation {
			t.Errorf("in the way are %v", got)
		}
		h.Work(t) // the gate looks by itself
		stand(t, h, due, advocacy.Cancelled)
		ok(t, h.Flow.ReassessAuthor(t.Context(), h.W, h.Author))
		stand(t, h, waits, advocacy.Cancelled)
		state(t, h, waits, advocacy.PostDraft)
		stand(t, h, about, advocacy.Scheduled)
		refuses(t, h, advocacy.Precondition, advocacy.BlockRelation, func() error {
			_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, draft.Post.ID, workflow.Submit{Digest: draft.Head.Digest})
			return err
		})
		if v := h.Submit(t, saveAgain(t, h, draft.Post.ID)); v.Review.Origin != advocacy.OriginLibraryEdited || wordsOf(v) == "" {
			t.Errorf("saved again it is %s, and tells %q", v.Review.Origin, wordsOf(v))
		}
		if h.OnWall(t) != 0 {
			t.Error("something went out untold")
		}
	})
}

// TestDeclaredRelationIsLookedAt: who says it, and who corrects it, has what waits looked at again.
func TestDeclaredRelationIsLookedAt(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	looks := func(call func()) int {
		t.Helper()
		var before, after int
		count := "SELECT count(*) FROM river_job WHERE kind = '" + workflow.JobReassessAuthor + "'"
		ok(t, h.Store.SQLWriter().QueryRowContext(t.Context(), count).Scan(&before))
		call()
		ok(t, h.Store.SQLWriter().QueryRowContext(t.Context(), count).Scan(&after))
		return after - before
	}
	if n := looks(func() { declares(t, h, advocacy.DisclosureNone) }); n != 0 {
		t.Errorf("who says what is known is looked at %d times", n)
	}
	if n := looks(func() { declares(t, h, advocacy.DisclosureEmployee) }); n != 1 {
		t.Errorf("who says it is looked at %d times", n)
	}
	corrected := advocacy.DisclosurePartnership
	n := looks(func() {
		_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Reader, workflow.MemberChange{Relation: &corrected})
		ok(t, err)
	})
	if n != 1 {
		t.Errorf("who is corrected is looked at %d times", n)
	}
}

// TestToldSharesAreOneText: they count as what they share. At a chosen time a crowd refuses one as it
// does an unedited share; at none they are spread once they are signed.
func TestToldSharesAreOneText(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	item := offered(t, h, "Acme grows, and everybody says so.", "", advocacy.Editing{})
	_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{ShareSpread: ptr(60)})
	ok(t, err)
	seen := map[time.Time]bool{}
	for range 5 {
		v, err := ownShare(t, h, item, h.AuthorWall, time.Time{})
		ok(t, err)
		h.Sign(t, h.PR, v, "pr")
		seen[publications(t, h, v)[0].DueTime] = true
	}
	if len(seen) < 3 {
		t.Errorf("five of them go out at %d moments", len(seen))
	}
	_, err = h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{SameTextLimit: ptr(1), SameTextMinutes: ptr(60)})
	ok(t, err)
	at := h.Clock.Now().Add(30 * time.Minute)
	if got := foundIn(t, h, ownDraft(item, h.AuthorWall, at), "SAME_TEXT_CROWDED"); !slices.Equal(got, []advocacy.Severity{advocacy.Blocks}) {
		t.Errorf("at a time it is found %v", got)
	}
	refuses(t, h, advocacy.Precondition, "SAME_TEXT_CROWDED", func() error { _, err := ownShare(t, h, item, h.AuthorWall, at); return err })
	if got := foundIn(t, h, ownDraft(item, h.AuthorWall, time.Time{}), "SAME_TEXT_CROWDED"); !slices.Equal(got, []advocacy.Severity{advocacy.Advice}) {
		t.Errorf("without a time it is found %v", got)
	}
	_, err = ownShare(t, h, item, h.AuthorWall, time.Time{})
	ok(t, err)
}

// TestToldShareIsToldByCountry: as own words are, since somebody signs it.
func TestToldShareIsToldByCountry(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	livesIn(t, h, "DE")
	staffOf(t, h)
	v, err := ownShare(t, h, offered(t, h, "Acme grows.", "", advocacy.Editing{}), h.AuthorWall, time.Time{})
	ok(t, err)
	if got := v.Manifest.Targets[0].Country; got != "DE" {
		t.Errorf("it is told by %q", got)
	}
}

// TestNothingUntoldPassesOnAnItemsSignatures: whatever is shared, stated, edited and signed, what
// went out on an item's decisions shows exactly what they signed, and keeps nothing back that its
// author had stated.
func TestNothingUntoldPassesOnAnItemsSignatures(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Watch(t, workflow.LexiconDraft{Names: []string{"Acme"}})
	spans := advocacy.Editing{Mode: advocacy.EditSpans, Unreviewed: true, Spans: []advocacy.EditSpan{{Text: " Really.", Optional: true}}}
	items := []*workflow.ItemView{
		offered(t, h, "Acme grows. Really.", "", advocacy.Editing{}), offered(t, h, "Acme leads. Really.", "", spans),
		offered(t, h, "Spring is near. Really.", "", spans), offered(t, h, "Acme tells. Really.", advocacy.DisclosureEmployee, advocacy.Editing{}),
		offered(t, h, "Acme is firm. Really.", "", advocacy.Editing{Mode: advocacy.EditLocked}),
	}
	relations := []advocacy.Disclosure{advocacy.DisclosureNone, advocacy.DisclosureEmployee, advocacy.DisclosurePartnership}
	onItems, onOwn := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		declares(t, h, rapid.SampledFrom(relations).Draw(rt, "stated first"))
		item := rapid.SampledFrom(items).Draw(rt, "item")
		to := rapid.SampledFrom([]advocacy.AccountID{h.AuthorWall, h.Wall}).Draw(rt, "account")
		d := ownDraft(item, to, time.Time{})
		if rapid.Bool().Draw(rt, "in shorter words") {
			d.Content.Text, _ = item.Revision.Content.TextFor("", "en")
			d.Content.Text = d.Content.Text[:len(d.Content.Text)-len(" Really.")]
			d.Content.Disclosure = item.Revision.Content.Disclosure
		}
		v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		if rapid.Bool().Draw(rt, "states before it submits") {
			declares(t, h, rapid.SampledFrom(relations).Draw(rt, "stated second"))
		}
		v, err = h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
		if err != nil {
			return
		}
		if v.Review.Library == nil && rapid.Bool().Draw(rt, "is signed") {
			for _, r := range v.Review.Plan.Requirements {
				h.Sign(t, map[advocacy.Role]advocacy.PersonID{advocacy.RoleLegal: h.Legal, advocacy.RolePR: h.PR}[r.Role], v, r.Key)
			}
		}
		relation := rapid.SampledFrom(relations).Draw(rt, "stated last")
		declares(t, h, relation)
		h.Work(t)
		now := h.Post(t, v.Post.ID)
		if len(now.Publications) == 0 || now.Publications[0].State != advocacy.Published {
			return
		}
		if v.Review.Library == nil {
			onOwn++
			return
		}
		onItems++
		signed, shown := item.Manifest, now.Manifest
		if edit := advocacy.EditOf(shown, signed); edit != advocacy.Unedited && (edit != advocacy.EditedWithin || !signed.Editing.Unreviewed) {
			rt.Fatalf("%q went out on the decisions on %q", shown.Targets[0].Rendering.Text, signed.Targets[0].Rendering.Text)
		}
		about := item != items[2]
		if about && to == h.AuthorWall && relation != advocacy.DisclosureNone && shown.Targets[0].Rendering.Disclosure == advocacy.DisclosureNone {
			rt.Fatalf("%q went out, and does not tell %q", shown.Targets[0].Rendering.Text, relation)
		}
	})
	if onItems == 0 || onOwn == 0 {
		t.Errorf("%d went out on an item's decisions, %d on their own", onItems, onOwn)
	}
}
