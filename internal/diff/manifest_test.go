package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
)

func target(account advocacy.AccountID, network advocacy.Network, text string, change ...func(*advocacy.Target)) advocacy.Target {
	t := advocacy.Target{Account: account, Byline: "Ann", Rendering: advocacy.Rendering{
		Network: network, Language: "en", Text: text, Link: "https://a.test/",
		Media: []advocacy.RenderedMedia{{Blob: "b1", AltText: "A cat"}, {Blob: "b2", AltText: "A dog"}},
	}}
	for _, c := range change {
		c(&t)
	}
	return t
}

func post(targets ...advocacy.Target) advocacy.Manifest {
	return advocacy.Manifest{Kind: advocacy.SubjectPost, Targets: targets}
}

func item(targets ...advocacy.Target) advocacy.Manifest {
	m := post(targets...)
	m.Kind = advocacy.SubjectItem
	for i := range m.Targets {
		m.Targets[i].Account, m.Targets[i].Byline = "", ""
	}
	return m
}

// told writes what changed, a line for each target.
func told(targets []diff.Target) []string {
	out := []string{}
	for _, t := range targets {
		line := fmt.Sprintf("%s %s %s: %s", t.Account, t.Network, t.Change, shown(t.Text))
		for _, f := range t.Fields {
			line += fmt.Sprintf("; %s %s", strings.TrimSpace(f.Name+" "+f.Blob), shown(f.Spans))
		}
		out = append(out, line)
	}
	return out
}

func TestManifests(t *testing.T) {
	t.Parallel()
	media := func(all ...advocacy.RenderedMedia) func(*advocacy.Target) {
		return func(t *advocacy.Target) { t.Rendering.Media = all }
	}
	cat, dog := advocacy.RenderedMedia{Blob: "b1", AltText: "A cat"}, advocacy.RenderedMedia{Blob: "b2", AltText: "A dog"}
	for name, c := range map[string]struct {
		base, head advocacy.Manifest
		want       []string
	}{
		"the same":      {post(target("w", "wall", "Hello")), post(target("w", "wall", "Hello")), []string{"w wall unchanged: Hello"}},
		"a word":        {post(target("w", "wall", "Hello you")), post(target("w", "wall", "Hello all")), []string{"w wall changed: Hello [-you-]{+all+}"}},
		"added":         {post(), post(target("w", "wall", "Hello")), []string{"w wall added: {+Hello+}"}},
		"moved":         {post(target("w", "wall", "Hello")), post(target("x", "wall", "Hello")), []string{"x wall added: {+Hello+}", "w wall removed: [-Hello-]"}},
		"with its item": {item(target("", "wall", "Hello"), target("", "mastodon", "Hi")), post(target("w", "wall", "Hello all")), []string{"w wall changed: Hello{+ all+}"}},
		"fields": {post(target("w", "wall", "Hello")), post(target("w", "wall", "Hello", func(t *advocacy.Target) {
			t.Byline, t.Rendering.Link, t.Rendering.Language = "Bob", "", "fr"
			t.Rendering.Disclosure, t.Rendering.DisclosureText = advocacy.DisclosureEmployee, "#employee"
		})), []string{"w wall changed: Hello; byline [-Ann-]{+Bob+}; language [-en-]{+fr+}; link [-https://a.test/-]; disclosure {+employee+}; disclosure_text {+#employee+}"}},
		"pictures": {post(target("w", "wall", "Hello")), post(target("w", "wall", "Hello", media(advocacy.RenderedMedia{Blob: "b3"}, advocacy.RenderedMedia{Blob: "b1", AltText: "A black cat"}))),
			[]string{"w wall changed: Hello; media b3 {+b3+}; alt_text b1 A {+black +}cat; media b2 [-b2-]"}},
		"a card": {post(target("w", "wall", "Hello")), post(target("w", "wall", "Hello", func(t *advocacy.Target) {
			t.Rendering.Card = advocacy.RenderedCard{Title: "Lab", Description: "Ours", Picture: advocacy.RenderedMedia{Blob: "b3", AltText: "A press"}}
		})), []string{"w wall changed: Hello; card.title {+Lab+}; card.description {+Ours+}; card.picture b3 {+b3+}; card.picture.alt_text {+A press+}"}},
		"another card's picture": {post(target("w", "wall", "Hello", func(t *advocacy.Target) { t.Rendering.Card.Picture.Blob = "b3" })),
			post(target("w", "wall", "Hello", func(t *advocacy.Target) { t.Rendering.Card.Picture.Blob = "b4" })),
			[]string{"w wall changed: Hello; card.picture b3 [-b3-]; card.picture b4 {+b4+}"}},
		"picture order": {post(target("w", "wall", "Hello")), post(target("w", "wall", "Hello", media(dog, cat))),
			[]string{"w wall changed: Hello; media_order b2 b2; media_order b1 b1"}},
	} {
		if got := told(diff.Manifests(c.base, c.head)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q\nwant %q", name, got, c.want)
		}
	}
}

// TestReach: who comes and goes of an audience, kind by kind, and whether anybody shares it; a post is for nobody in particular.
func TestReach(t *testing.T) {
	t.Parallel()
	base, head := item(), item()
	base.Audience = advocacy.Audience{Groups: []string{"board", "sales"}, Countries: []string{"FR"}}
	head.Announcement = true
	head.Audience = advocacy.Audience{Groups: []string{"board"}, Countries: []string{"FR"}, Languages: []string{"de"}}
	base.Editing = advocacy.Editing{Mode: advocacy.EditSpans, Spans: []advocacy.EditSpan{{Text: "Hi.", Optional: true, Most: 9}}}
	head.Editing.Mode = advocacy.EditLocked
	var got []string
	for _, f := range diff.Reach(base, head) {
		got = append(got, f.Name+" "+shown(f.Spans))
	}
	if want := []string{"announcement [-false-]{+true+}", "audience.group board[-, sales-]", "audience.language {+de+}",
		"edit_policy.mode [-spans-]{+locked+}", "edit_policy.spans [-\"Hi.\", optional, free up to 9\n-]"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if same := diff.Reach(head, head); same != nil {
		t.Errorf("the same: %v", same)
	}
	if shared := diff.Reach(head, post()); shared != nil {
		t.Errorf("a share: %v", shared)
	}
}
