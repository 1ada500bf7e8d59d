package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// staff is a rule that tells who the author works for.
func staff(name, words string, countries ...string) advocacy.DisclosureRule {
	return advocacy.DisclosureRule{
		Rule: name, Source: "counsel", Countries: countries, Disclosure: advocacy.DisclosureEmployee, Place: advocacy.DisclosedFirst,
		Words: map[string]string{"en": words, "fr": "FR " + words},
	}
}

// tell publishes disclosure rules.
func tell(t testing.TB, h *workflowtest.House, rules ...advocacy.DisclosureRule) *advocacy.DisclosureRevision {
	t.Helper()
	return h.Tell(t, workflow.DisclosureDraft{Rules: rules})
}

// retell carries out the run of a revision, as its job does.
func retell(t testing.TB, h *workflowtest.House, r *advocacy.DisclosureRevision) *advocacy.DisclosureRecheck {
	t.Helper()
	ok(t, h.Flow.RecheckDisclosures(t.Context(), h.W, r.Number))
	k, err := h.Store.FindDisclosureRecheck(t.Context(), h.W, r.Table, r.Number)
	ok(t, err)
	return k
}

// disclosing is a draft that tells who its author works for.
func disclosing(t testing.TB, h *workflowtest.House, text, language string) *workflow.PostView {
	t.Helper()
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content:  advocacy.Content{Language: language, Text: text, Disclosure: advocacy.DisclosureEmployee},
		Accounts: []advocacy.AccountID{h.AuthorWall},
	})
	ok(t, err)
	return v
}

func signedBoth(t *testing.T, h *workflowtest.House, v *workflow.PostView) *workflow.PostView {
	t.Helper()
	v = h.Submit(t, v)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	return v
}

// saveAgain saves the content of a post as it is.
func saveAgain(t testing.TB, h *workflowtest.House, id advocacy.PostID) *workflow.PostView {
	t.Helper()
	now := h.Post(t, id)
	next, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, id, workflow.PostChange{Content: &now.Head.Content})
	ok(t, err)
	return next
}

// toldItem is an item in force with a disclosure.
func toldItem(t *testing.T, h *workflowtest.House, d advocacy.Disclosure) *workflow.ItemView {
	t.Helper()
	made, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: "Told", Topic: "news", Networks: []advocacy.Network{measure.Wall},
		Content: advocacy.Content{Language: "en", Text: "An item.", Disclosure: d},
	})
	ok(t, err)
	item, err := h.Flow.SubmitItem(t.Context(), h.As(h.Curator), h.W, made.Item.ID, workflow.Submit{Digest: made.Revision.Digest})
	ok(t, err)
	signItem(t, h, item)
	return item
}

// shareTold shares an item on the author's wall at a time.
func shareTold(t *testing.T, h *workflowtest.House, item *workflow.ItemView, at time.Time) *workflow.PostView {
	t.Helper()
	accounts := []advocacy.AccountID{h.AuthorWall}
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: item.Item.ID, Accounts: accounts, Content: advocacy.Content{Language: "en"},
	})
	ok(t, err)
	out, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, item.Item.ID, workflow.Share{
		Accounts: accounts, Language: "en", Digest: preview.Digest, PublishTime: at, Zone: "Europe/Paris",
	})
	ok(t, err)
	return out
}

func wordsOf(v *workflow.PostView) string { return v.Manifest.Targets[0].Rendering.DisclosureText }

// TestDisclosuresInForce: a draft, a preview and a check tell by the rules of the workspace,
// and the record of a submission names the rule.
func TestDisclosuresInForce(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	r := tell(t, h, staff("staff", "I work for Acme."), staff("staff-de", "Acme employee.", "DE"))
	v := disclosing(t, h, "Hello", "en")
	if got := wordsOf(v); got != "I work for Acme." {
		t.Fatalf("a draft tells %q", got)
	}
	draft := workflow.PostDraft{Content: v.Head.Content, Accounts: v.Head.Targets}
	draft.Content.Language = "de-DE"
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	if got := preview.Manifest.Targets[0].Rendering.DisclosureText; got != "Acme employee." {
		t.Fatalf("a preview for Germany tells %q", got)
	}
	checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, draft, []advocacy.Network{measure.Bluesky})
	ok(t, err)
	for _, n := range checked.Disclosures {
		if n.Rule != "staff-de" || n.Revision != r.Number || n.Text != "Acme employee." {
			t.Errorf("a check says of %s: %+v", n.Network, n)
		}
	}
	if len(checked.Disclosures) != 2 {
		t.Errorf("a check says %+v", checked.Disclosures)
	}
	v = h.Submit(t, v)
	if v.Review.Disclosures != r.Number {
		t.Errorf("the round was opened under %d", v.Review.Disclosures)
	}
	records, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: h.W, Page: workflow.Page{Size: 100}})
	ok(t, err)
	i := slices.IndexFunc(records, func(r advocacy.AuditRecord) bool { return r.Action == "post.submitted" })
	want := `"disclosures":[{"network":"wall","language":"en","rule":"staff","revision":1}]`
	if i < 0 || !strings.Contains(string(records[i].Detail), want) {
		t.Errorf("the record lacks %s: %s", want, records[max(i, 0)].Detail)
	}
}

// TestDisclosureIsNotSubmittedByOldRules: a draft that was saved before the rules came into
// force is not submitted with the old words, nor routed again; saving it takes the new ones.
func TestDisclosureIsNotSubmittedByOldRules(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	draft, waits := disclosing(t, h, "Hello", "en"), h.Submit(t, disclosing(t, h, "Waiting", "en"))
	tell(t, h, staff("staff", "I work for Acme."))
	refuses(t, h, advocacy.Precondition, "DISCLOSURE_OUTDATED", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, draft.Post.ID, workflow.Submit{Digest: draft.Head.Digest})
		return err
	})
	refuses(t, h, advocacy.Precondition, "DISCLOSURE_OUTDATED", func() error {
		_, err := h.Flow.RerouteReview(t.Context(), h.As(h.Admin), waits.Post.Subject(), 1, workflow.Reroute{Digest: waits.Head.Digest, Reason: "again"})
		return err
	})
	next := saveAgain(t, h, draft.Post.ID)
	if wordsOf(next) != "I work for Acme." || next.Head.Number != 2 {
		t.Fatalf("saved again it is revision %d and tells %q", next.Head.Number, wordsOf(next))
	}
	h.Submit(t, next)
}

// TestDisclosureOfOldRulesNeverGoesOut: what everybody signed stops at the gate as soon as the
// rules tell it otherwise, though nobody looked at it meanwhile, and its bytes stay.
func TestDisclosureOfOldRulesNeverGoesOut(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := signedBoth(t, h, disclosing(t, h, "Hello", "en"))
	tell(t, h, staff("staff", "I work for Acme."))
	if got := blockersOf(t, h, v); !slices.Equal(got, []string{"DISCLOSURE_OUTDATED staff"}) {
		t.Fatalf("in the way: %v", got)
	}
	h.Work(t)
	now := h.Post(t, v.Post.ID)
	if n := h.OnWall(t); n != 0 || now.Publications[0].State != advocacy.Cancelled || now.Head.Digest != v.Head.Digest {
		t.Fatalf("%d entries on the wall, and %+v", n, now.Publications)
	}
	tell(t, h) // the built-in rules alone, by which it was signed
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		return h.Flow.Reopen(ctx, tx, now.Post, 1)
	}))
	h.Work(t)
	if n := h.OnWall(t); n != 1 {
		t.Fatalf("what is told as it was signed went out %d times", n)
	}
}

// TestRecheckDisclosures: what is told otherwise goes back to its author with the name of the
// rule, whoever signed; what is not stays as it is, and what was published is not touched.
func TestRecheckDisclosures(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	out := signedBoth(t, h, disclosing(t, h, "Out", "en"))
	h.Work(t)
	german, english := signedBoth(t, h, disclosing(t, h, "Hallo", "de-DE")), signedBoth(t, h, disclosing(t, h, "Hello", "en"))
	silent := h.Approved(t, "Nothing to tell.")
	k := retell(t, h, tell(t, h, staff("staff-de", "Acme employee.", "DE")))
	if k.Checked != 3 || k.Retold != 1 || k.EndTime.IsZero() {
		t.Fatalf("the run says %+v", k)
	}
	stopped := h.Post(t, german.Post.ID)
	if stopped.Post.State != advocacy.PostInReview || stopped.Publications[0].Answer.Text != "A disclosure is told otherwise now: staff-de." {
		t.Fatalf("it is %s, and its publication %+v", stopped.Post.State, stopped.Publications[0])
	}
	state(t, h, english, advocacy.PostScheduled)
	state(t, h, silent, advocacy.PostScheduled)
	state(t, h, out, advocacy.PostPublished)
	tasks, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{Workspace: h.W, State: workflow.TaskOpen, Page: workflow.Page{Size: 9}})
	ok(t, err)
	if len(tasks) != 1 || tasks[0].Why != advocacy.WhyChangesRequested || tasks[0].Person != h.Author {
		t.Fatalf("the open turns: %+v", tasks)
	}
	again := signedBoth(t, h, saveAgain(t, h, german.Post.ID))
	if wordsOf(again) != "Acme employee." {
		t.Fatalf("saved again it tells %q", wordsOf(again))
	}
	// A rule of another name and number that says the same changes nothing.
	if k := retell(t, h, tell(t, h, staff("renamed", "Acme employee.", "DE"))); k.Checked != 3 || k.Retold != 0 {
		t.Fatalf("the run of the same words says %+v", k)
	}
	h.Work(t)
	if n := h.OnWall(t); n != 4 {
		t.Fatalf("%d entries on the wall", n)
	}
}

// TestRecheckDisclosuresOfItems: an item in force that is told otherwise is not shared any
// more, what is scheduled of it stops, and it comes back with the rules it was signed under.
func TestRecheckDisclosuresOfItems(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	item := toldItem(t, h, advocacy.DisclosureEmployee)
	shared := shareTold(t, h, item, h.Clock.Now().Add(time.Hour))
	state(t, h, shared, advocacy.PostScheduled)

	r := tell(t, h, staff("staff", "I work for Acme."))
	if got := blockersOf(t, h, shared); !slices.Contains(got, "ITEM_NOT_IN_FORCE") {
		t.Fatalf("before anybody looked, in the way: %v", got)
	}
	retell(t, h, r)
	h.Work(t)
	if got := h.Post(t, shared.Post.ID); got.Publications[0].State != advocacy.Cancelled {
		t.Fatalf("the share is %s: %+v", got.Post.State, got.Publications)
	}
	now, err := h.Flow.Item(t.Context(), h.As(h.Curator), h.W, item.Item.ID)
	ok(t, err)
	if now.Sharable {
		t.Fatal("what is told otherwise is shared")
	}
	retell(t, h, tell(t, h))
	if now, err = h.Flow.Item(t.Context(), h.As(h.Curator), h.W, item.Item.ID); err != nil || !now.Sharable {
		t.Fatalf("told as it was signed, sharable is %v (%v)", now.Sharable, err)
	}
}

// TestRecheckDisclosuresGoesOn: a run that is stopped at any point ends as if it had not been,
// and one of a revision that is not in force any more does nothing.
func TestRecheckDisclosuresGoesOn(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	views := []*workflow.PostView{
		signedBoth(t, h, disclosing(t, h, "One", "en")), h.Approved(t, "Two."), signedBoth(t, h, disclosing(t, h, "Three", "fr")),
	}
	old := tell(t, h, staff("old", "Old words."))
	r := tell(t, h, staff("staff", "I work for Acme."))
	if k := retell(t, h, old); k.Checked != 0 || k.EndTime.IsZero() {
		t.Fatalf("the run of old rules: %+v", k)
	}
	for updates := 0; ; updates++ {
		flow := *h.Flow
		flow.Store = &interrupted{Store: h.Store, left: updates}
		if err := flow.RecheckDisclosures(t.Context(), h.W, r.Number); err == nil {
			break
		} else if !errors.Is(err, errInterrupted) {
			t.Fatal(err)
		}
	}
	if k := retell(t, h, r); k.Checked == 0 || k.EndTime.IsZero() {
		t.Fatalf("the run says %+v", k)
	}
	for i, want := range []advocacy.PostState{advocacy.PostInReview, advocacy.PostScheduled, advocacy.PostInReview} {
		state(t, h, views[i], want)
	}
}

// trial tells what rules would tell otherwise, and of how much.
func trial(t *testing.T, h *workflowtest.House, rules ...advocacy.DisclosureRule) (hits []workflow.DisclosureHit, checked int) {
	t.Helper()
	for after, pages := "", 0; pages == 0 || after != ""; pages++ {
		p, err := h.Flow.TryDisclosures(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultDisclosures, workflow.DisclosureDraft{Rules: rules}, workflow.Page{Size: 1, After: after})
		ok(t, err)
		hits, checked, after = append(hits, p.Hits...), checked+p.Checked, p.Next
	}
	return hits, checked
}

// TestTryDisclosures: it tells what would be told otherwise and how, and touches nothing.
func TestTryDisclosures(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	disclosing(t, h, "Nobody submitted it", "en")
	waits := h.Submit(t, disclosing(t, h, "Hello", "en"))
	scheduled := signedBoth(t, h, disclosing(t, h, "Bonjour", "fr"))
	h.Approved(t, "Nothing to tell.")
	try := func(rules ...advocacy.DisclosureRule) []workflow.DisclosureHit {
		t.Helper()
		hits, checked := trial(t, h, rules...)
		if checked != 3 {
			t.Errorf("it looked at %d", checked)
		}
		return hits
	}
	hits := try(staff("staff", "I work for Acme."))
	want := workflow.Retelling{
		Network: measure.Wall, Language: "fr", Before: "Je travaille pour cette entreprise.", After: "FR I work for Acme.", Rule: "staff",
	}
	if len(hits) != 2 || hits[0].Subject.ID != string(waits.Post.ID) || !slices.Equal(hits[1].Retellings, []workflow.Retelling{want}) {
		t.Fatalf("it finds %+v", hits)
	}
	if hits := try(); len(hits) != 0 {
		t.Fatalf("no rules find %+v", hits)
	}
	state(t, h, scheduled, advocacy.PostScheduled)
}

// TestPublishDisclosuresRefuses: what readers could not be told by is neither published nor
// tried; how its letters are written makes no difference.
func TestPublishDisclosuresRefuses(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	words := func(language, text string) advocacy.DisclosureRule {
		r := staff("staff", "I work for Acme.")
		r.Words[language] = text
		return r
	}
	source := staff("staff", "Words.")
	source.Source = "counsel\u202e"
	for name, c := range map[string]struct {
		rule          advocacy.DisclosureRule
		reason, field string
	}{
		"hashtag":    {words("en", "#ad #IWorkForAcme"), "DISCLOSURE_WORDS", "words.en"},
		"two lines":  {words("fr", "Je travaille\nchez Acme."), "DISCLOSURE_WORDS", "words.fr"},
		"too long":   {words("de", strings.Repeat("a", 201)), "DISCLOSURE_WORDS", "words.de"},
		"hidden":     {words("en", "I work\u200b for Acme."), "DISCLOSURE_WORDS", "words.en"},
		"bidi":       {words("en", "I work \u202efor Acme."), "BIDI_CONTROL", "words.en"},
		"control":    {words("en", "I work\x07 for Acme."), "CONTROL_CHARACTER", "words.en"},
		"none":       {words("en", ""), "DISCLOSURE_WORDS", "words.en"},
		"language":   {words("xx", "Words."), "LANGUAGE_INVALID", "words.xx"},
		"country":    {staff("staff", "Words.", "FR", "XX"), "COUNTRY_INVALID", "countries[1]"},
		"built in":   {staff("house", "Words."), "DISCLOSURE_RULE_NAME", "rule"},
		"source":     {source, "BIDI_CONTROL", "source"},
		"only ideas": {words("ja", "★ ★ ★"), "DISCLOSURE_WORDS", "words.ja"},
	} {
		draft := workflow.DisclosureDraft{Rules: []advocacy.DisclosureRule{c.rule}}
		_, published := h.Flow.PublishDisclosures(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultDisclosures, draft)
		_, tried := h.Flow.TryDisclosures(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultDisclosures, draft, workflow.Page{Size: 1})
		for _, err := range []error{published, tried} {
			var refused *advocacy.Error
			if !errors.As(err, &refused) || refused.Reason != c.reason || refused.Field != "disclosure_table_revision.rules[0]."+c.field {
				t.Errorf("%s: %v, want %s about %s", name, err, c.reason, c.field)
			}
		}
	}
	if r := tell(t, h, words("fr", " Employe\u0301 d’Acme. ")); r.Rules[0].Words["fr"] != "Employ\u00e9 d’Acme." {
		t.Errorf("words in another form of letters became %q", r.Rules[0].Words["fr"])
	}
	refuses(t, h, advocacy.NotFound, "DISCLOSURE_TABLE_NOT_FOUND", func() error {
		_, err := h.Flow.PublishDisclosures(t.Context(), h.As(h.Admin), h.W, "other", workflow.DisclosureDraft{})
		return err
	})
}

// TestRecheckDisclosuresAgreesWithSubmit: whatever rules follow each other, what is scheduled
// afterwards is told just as the rules in force tell it, and nothing else is held up.
func TestRecheckDisclosuresAgreesWithSubmit(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	var views []*workflow.PostView
	for _, language := range []string{"en", "fr-FR", "de-DE", "de"} {
		views = append(views, signedBoth(t, h, disclosing(t, h, "Text in "+language, language)))
	}
	built := []string{"I work for this company.", "Je travaille pour cette entreprise."}
	rapid.Check(t, func(rt *rapid.T) {
		var rules []advocacy.DisclosureRule
		for _, country := range []string{"", "FR", "DE"} {
			if !rapid.Bool().Draw(rt, "a rule for "+country) {
				continue
			}
			r := staff("r"+strings.ToLower(country), "x")
			if country != "" {
				r.Countries = []string{country}
			}
			r.Words["en"] = rapid.SampledFrom([]string{built[0], "Other words."}).Draw(rt, "en")
			r.Words["fr"] = rapid.SampledFrom([]string{built[1], "D’autres mots."}).Draw(rt, "fr")
			rules = append(rules, r)
		}
		retell(t, h, tell(t, h, rules...))
		for _, v := range views {
			preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: v.Head.Content, Accounts: v.Head.Targets})
			ok(t, err)
			same, now := preview.Manifest.Targets[0].Rendering.DisclosureText == wordsOf(v), h.Post(t, v.Post.ID)
			if scheduled := now.Post.State == advocacy.PostScheduled; scheduled != same || (advocacy.Blocking(now.Findings) == nil) != same {
				rt.Fatalf("%q is %s by %+v, and would be told %q", v.Head.Content.Text, now.Post.State, rules, preview.Manifest.Targets[0].Rendering.DisclosureText)
			}
		}
	})
}

// inText is a network that shows nothing beside the text.
type inText struct{ *workflowtest.Ledger }

func (inText) Render(c advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	r, found := network.RenderInText(measure.Mastodon, network.Capabilities{}, c, language, told)
	r.Network = workflowtest.LedgerName
	return r, found
}

// TestDisclosureInTheTextIsRetold: where the words stand in the text, other words are told
// like anywhere: nothing goes out by old rules, and a trial says so.
func TestDisclosureInTheTextIsRetold(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	adapter := inText{l}
	h.Flow.Networks[workflowtest.LedgerName], h.Worker.Networks[workflowtest.LedgerName] = adapter, adapter
	create := func(d advocacy.Disclosure) *workflow.PostView {
		v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
			Content: advocacy.Content{
				Language: "en", Text: "Sit down.", Disclosure: d,
				Variants: []advocacy.Variant{{Account: h.Ledger, Text: "Sit down there."}},
			},
			Accounts: []advocacy.AccountID{h.Ledger},
		})
		ok(t, err)
		return signedBoth(t, h, v)
	}
	v, silent := create(advocacy.DisclosureEmployee), create(advocacy.DisclosureNone)
	rules := []advocacy.DisclosureRule{staff("staff", "I work for Acme.")}
	hits, _ := trial(t, h, rules...)
	if len(hits) != 1 || hits[0].Subject != v.Post.Subject() || hits[0].Retellings[0].After != "I work for Acme." {
		t.Errorf("a trial says %+v", hits)
	}
	tell(t, h, rules...)
	h.Work(t)
	sent(t, l, "Sit down there.")
	if x := publications(t, h, v)[0]; x.State == advocacy.Published {
		t.Error("it went out by old rules")
	}
	if x := publications(t, h, silent)[0]; x.State != advocacy.Published {
		t.Errorf("what tells nothing is %s (%s)", x.State, x.Answer.Text)
	}
}

// TestTextOfAnAccountIsLookedAtAgain: what is written for one account is what a submission
// looks at, and not what the others show.
func TestTextOfAnAccountIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{
			Language: "en", Text: "Short.", Variants: []advocacy.Variant{{Account: h.AuthorWall, Text: strings.Repeat("long ", 1200)}},
		},
		Accounts: []advocacy.AccountID{h.AuthorWall},
	})
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "FINDING_BLOCKS", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
		return err
	})
}

// TestRequiredDisclosure: where the workspace requires it, words of one's own that name the company
// are not submitted from a personal account without a disclosure, which a check and a preview say
// before; a brand, an item and what names nobody are not asked.
func TestRequiredDisclosure(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Watch(t, workflow.LexiconDraft{Names: []string{"Acme"}})
	draft := func(text string, d advocacy.Disclosure, to advocacy.AccountID) workflow.PostDraft {
		return workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: text, Disclosure: d}, Accounts: []advocacy.AccountID{to}}
	}
	made := func(d workflow.PostDraft) func() error {
		t.Helper()
		v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		return func() error {
			_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
			return err
		}
	}
	says := func(want advocacy.Severity) {
		t.Helper()
		d := draft("Acme cares.", advocacy.DisclosureNone, h.AuthorWall)
		checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, d, nil)
		ok(t, err)
		preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		for _, found := range [][]advocacy.Finding{checked.Findings, preview.Findings} {
			if len(found) != 1 || found[0].Code != "DISCLOSURE_MISSING" || found[0].Severity != want {
				t.Errorf("found is %+v, want it %s", found, want)
			}
		}
	}
	says(advocacy.Advice)
	ok(t, made(draft("Acme cares.", advocacy.DisclosureNone, h.AuthorWall))())
	h.Tell(t, workflow.DisclosureDraft{Required: true})
	says(advocacy.Blocks)
	e := refuses(t, h, advocacy.Precondition, "FINDING_BLOCKS", made(draft("Acme cares. A lot.", advocacy.DisclosureNone, h.AuthorWall)))
	if e.Meta["finding"] != "DISCLOSURE_MISSING" || e.Field != "content.text" {
		t.Errorf("refused is %+v", e)
	}
	ok(t, made(draft("Acme cares!", advocacy.DisclosureEmployee, h.AuthorWall))())
	ok(t, made(draft("Acme cares indeed.", advocacy.DisclosureNone, h.Wall))())
	ok(t, made(draft("Somebody cares.", advocacy.DisclosureNone, h.AuthorWall))())
}
