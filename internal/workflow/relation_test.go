package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// worksFor is a house with the name Acme whose author says that he or she works for it.
func worksFor(t *testing.T) *workflowtest.House {
	t.Helper()
	h := workflowtest.New(t)
	h.Watch(t, workflow.LexiconDraft{Names: []string{"Acme"}})
	declares(t, h, advocacy.DisclosureEmployee)
	return h
}

// declares has the author say what he or she is to the company.
func declares(t testing.TB, h *workflowtest.House, relation advocacy.Disclosure) {
	t.Helper()
	m, err := h.Flow.DeclareRelation(t.Context(), h.As(h.Author), h.W, h.Author, relation)
	ok(t, err)
	if m.Relation != relation {
		t.Fatalf("said is %q", m.Relation)
	}
}

func drafted(text string, d advocacy.Disclosure, to ...advocacy.AccountID) workflow.PostDraft {
	return workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: text, Disclosure: d}, Accounts: to}
}

// toldOn are the relations that a draft would tell, in the order of its accounts.
func toldOn(t *testing.T, h *workflowtest.House, d workflow.PostDraft) []advocacy.Disclosure {
	t.Helper()
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	var told []advocacy.Disclosure
	for _, target := range p.Manifest.Targets {
		told = append(told, target.Rendering.Disclosure)
	}
	return told
}

// TestStatedRelationIsTold: on a personal account, of words that name the company, where the post
// itself says nothing else.
func TestStatedRelationIsTold(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	none, employee := advocacy.DisclosureNone, advocacy.DisclosureEmployee
	for name, c := range map[string]struct {
		draft workflow.PostDraft
		want  []advocacy.Disclosure
	}{
		"the company":    {drafted("Acme cares.", none, h.AuthorWall), []advocacy.Disclosure{employee}},
		"something else": {drafted("Somebody cares.", none, h.AuthorWall), []advocacy.Disclosure{none}},
		"chosen":         {drafted("Acme cares.", advocacy.DisclosureAdvertising, h.AuthorWall), []advocacy.Disclosure{advocacy.DisclosureAdvertising}},
		"a brand":        {drafted("Acme cares.", none, h.Wall), []advocacy.Disclosure{none}},
		"beside a brand": {drafted("Acme cares.", none, h.Wall, h.AuthorWall), []advocacy.Disclosure{none, employee}},
	} {
		if got := toldOn(t, h, c.draft); !slices.Equal(got, c.want) {
			t.Errorf("%s: told is %q, want %q", name, got, c.want)
		}
	}
	declares(t, h, none)
	if got := toldOn(t, h, drafted("Acme cares.", none, h.AuthorWall)); got[0] != none {
		t.Errorf("who takes it back is still said to be %q", got[0])
	}
}

// TestCheckNamesTheRuleOfARelation: with an account chosen and without, by the rule that tells it.
// Nothing is missing then, be it required.
func TestCheckNamesTheRuleOfARelation(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	staffOf(t, h)
	h.Tell(t, workflow.DisclosureDraft{Rules: []advocacy.DisclosureRule{staff("staff", "I work for Acme.")}, Required: true})
	for _, accounts := range [][]advocacy.AccountID{nil, {h.AuthorWall}} {
		checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, drafted("Acme cares.", advocacy.DisclosureNone, accounts...),
			[]advocacy.Network{measure.Bluesky})
		ok(t, err)
		if len(checked.Disclosures) != 1+len(accounts) || len(checked.Findings) != 0 {
			t.Fatalf("%+v are told, and found is %+v", checked.Disclosures, checked.Findings)
		}
		for _, n := range checked.Disclosures {
			if n.Rule != "staff" {
				t.Errorf("%s tells by %q", n.Network, n.Rule)
			}
		}
	}
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, drafted("Acme cares.", advocacy.DisclosureNone, h.AuthorWall))
	ok(t, err)
	h.Submit(t, v)
}

// TestStatedRelationStaysAsSigned: it is part of what was made, whatever its author says of it
// later, and other rules find it as one that was chosen.
func TestStatedRelationStaysAsSigned(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, drafted("Acme cares.", advocacy.DisclosureNone, h.AuthorWall))
	ok(t, err)
	v = signedBoth(t, h, v)
	declares(t, h, advocacy.DisclosureAdvertising)
	now := h.Post(t, v.Post.ID)
	if now.Head.Digest != v.Head.Digest || len(now.Publications) != 1 || now.Findings != nil {
		t.Fatalf("what was said later changes what was signed: %+v, found %+v", now.Publications, now.Findings)
	}
	fresh, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, drafted("Acme cares a lot.", advocacy.DisclosureNone, h.AuthorWall))
	ok(t, err)
	if got := fresh.Manifest.Targets[0].Rendering.Disclosure; got != advocacy.DisclosureAdvertising {
		t.Errorf("a new revision tells %q", got)
	}
	if k := retell(t, h, tell(t, h, staff("staff", "Otherwise."))); k.Retold != 1 {
		t.Fatalf("%d are told otherwise", k.Retold)
	}
	h.Work(t)
	if h.OnWall(t) != 0 {
		t.Error("it goes out with words of older rules")
	}
}

// TestStatedRelationIsAFact: a policy asks about it as about one that was chosen.
func TestStatedRelationIsAFact(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	policy := routing.Builtin()
	policy.Rules = append(policy.Rules, routing.Rule{
		ID: "told", When: `post.disclosure == "employee"`, Reason: "So.", Require: []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 2)},
	})
	h.Govern(t, policy)
	for text, want := range map[string]bool{"Acme cares.": true, "Somebody cares.": false} {
		p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, drafted(text, advocacy.DisclosureNone, h.AuthorWall))
		ok(t, err)
		asked := slices.ContainsFunc(p.Plan.Requirements, func(r advocacy.Requirement) bool {
			return slices.ContainsFunc(r.Rules, func(of advocacy.RuleReason) bool { return of.Rule == "told" })
		})
		if asked != want {
			t.Errorf("of %q it asks: %t", text, asked)
		}
	}
}

// TestShareTellsAStatedRelation: a share of what does not name the company stays as its approvers
// signed it, and one with words of the author's own tells what he or she is.
func TestShareTellsAStatedRelation(t *testing.T) {
	t.Parallel()
	h := worksFor(t)
	item := toldItem(t, h, advocacy.DisclosureNone)
	v := shareTold(t, h, item, time.Time{})
	if v.Review.Origin != advocacy.OriginLibrary || v.Manifest.Targets[0].Rendering.Disclosure != advocacy.DisclosureNone {
		t.Fatalf("a share is %s, and tells %q", v.Review.Origin, v.Manifest.Targets[0].Rendering.Disclosure)
	}
	d := drafted("An item, in words of my own.", advocacy.DisclosureNone, h.AuthorWall)
	d.Item = item.Item.ID
	if got := toldOn(t, h, d); got[0] != advocacy.DisclosureEmployee {
		t.Errorf("an edited share tells %q", got[0])
	}
	d.Content.Disclosure = advocacy.DisclosurePartnership
	if got := toldOn(t, h, d); got[0] != advocacy.DisclosurePartnership {
		t.Errorf("an edited share that chooses tells %q", got[0])
	}
	d.Content.Disclosure = advocacy.DisclosureNone
	made, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	next := made.Head.Content
	next.Text = "An item, and more."
	made, err = h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, made.Post.ID, workflow.PostChange{Content: &next})
	ok(t, err)
	if got := made.Manifest.Targets[0].Rendering.Disclosure; got != advocacy.DisclosureEmployee {
		t.Errorf("edited once more it tells %q", got)
	}
	next.Text = item.Revision.Content.Text
	made, err = h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, made.Post.ID, workflow.PostChange{Content: &next})
	ok(t, err)
	if got := h.Submit(t, made); got.Review.Origin != advocacy.OriginLibrary {
		t.Errorf("with the item's words again it is %s", got.Review.Origin)
	}
}

// TestDeclareRelation: people say it of themselves, a machine of nobody, and it is on record.
func TestDeclareRelation(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		_, err := h.Flow.DeclareRelation(t.Context(), h.As(h.Author), h.W, h.Author, advocacy.DisclosureEmployee)
		ok(t, err)
		refuses(t, h, advocacy.Denied, "RELATION_NOT_YOURS", func() error {
			_, err := h.Flow.DeclareRelation(t.Context(), h.As(h.Curator), h.W, h.Author, advocacy.DisclosureNone)
			return err
		})
		m, err := h.Flow.Member(t.Context(), h.As(h.Author), h.W, h.Author)
		ok(t, err)
		if n := happened(t, h, advocacy.MemberName(h.W, h.Author), "member.relation_declared"); n != 1 || m.Relation != advocacy.DisclosureEmployee {
			t.Errorf("%d records, and %q", n, m.Relation)
		}
		partner := advocacy.DisclosurePartnership
		m, err = h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Author, workflow.MemberChange{Relation: &partner})
		ok(t, err)
		if m.Relation != partner {
			t.Errorf("an admin sets %q", m.Relation)
		}
	})
}
