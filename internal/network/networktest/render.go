package networktest

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

func capabilities(t *testing.T, s Subject) {
	c := s.Adapter.Capabilities()
	if s.Adapter.Name() == "" {
		t.Error("the network has no name")
	}
	if !slices.Contains([]network.Idempotency{network.AtMostOnce, network.ExactlyOnce, network.ByKey}, c.Idempotency) {
		t.Errorf("Idempotency = %q, want one of the three words", c.Idempotency)
	}
	if c.Edit {
		t.Error("it says that posts are edited, which no port does")
	}
	linked := false
	switch s.Adapter.(type) {
	case network.Linker, network.Authorizer:
		linked = true
	}
	if c.TokenLife < 0 || c.TokenLife > 0 && !linked {
		t.Errorf("a token lives %v, and nobody connects an account", c.TokenLife)
	}
	if _, signsIn := s.Adapter.(network.Authorizer); c.TokenRenewed && (!signsIn || c.TokenLife == 0) {
		t.Error("tokens are renewed that nobody signed in for, or that have no end")
	}
	if field := network.FieldOf(s.Adapter.Name(), advocacy.DisclosurePartnership); field != c.DisclosureField {
		t.Errorf("a paid partnership is told in the field %q, and %q is declared", field, c.DisclosureField)
	}
	if c.TextLimit < 0 || c.MediaLimit < 0 {
		t.Errorf("limits %d, %d are negative", c.TextLimit, c.MediaLimit)
	}
}

func renderRepeats(t *testing.T, s Subject) {
	content := s.shown(Content())
	first, found := s.Adapter.Render(content, "en", network.Disclosures{})
	if blocked := advocacy.Blocking(found); blocked != nil {
		t.Fatalf("a plain post is blocked: %+v", *blocked)
	}
	for range 20 {
		again, foundAgain := s.Adapter.Render(s.shown(Content()), "en", network.Disclosures{})
		if !reflect.DeepEqual(again, first) || !reflect.DeepEqual(foundAgain, found) {
			t.Fatalf("Render gave %+v, then %+v", first, again)
		}
		if again.Fingerprint() != first.Fingerprint() {
			t.Fatal("equal renderings have two fingerprints")
		}
	}
	if !reflect.DeepEqual(content, s.shown(Content())) {
		t.Error("Render changed the content it was given")
	}
	if first.Network != s.Adapter.Name() || first.Language != "en" {
		t.Errorf("the rendering is for %q in %q", first.Network, first.Language)
	}
}

// renderSettles: what is shown, written again, is shown the same; else a share of an
// approved text could differ from it.
func renderSettles(t *testing.T, s Subject) {
	content := Content()
	content.Disclosure = advocacy.DisclosureNone
	for _, sample := range append(samples, " \r\n cafe\u0301 \x00\t.\r\n", "\u200f שלום ") {
		content.Text = sample
		first, _ := s.Adapter.Render(content, "en", network.Disclosures{})
		content.Text = first.Text
		again, _ := s.Adapter.Render(content, "en", network.Disclosures{})
		if again.Fingerprint() != first.Fingerprint() {
			t.Errorf("%q is shown as %q, and that as %q", sample, first.Text, again.Text)
		}
	}
}

// samples are texts whose form no network may change.
var samples = []string{
	"نحن نفتتح في ليون يوم الثلاثاء.",
	"שלום! \u200fOpening\u200e ביום שלישי",
	"火曜日にリヨンで開店します。",
	"星期二在里昂开业！",
	"👨‍👩‍👧‍👦 👍🏽 🇫🇷 ❤️",
	"क्षि — हम मंगलवार को खोलते हैं",
	"Prix : 5 € — « offre »…",
	"<script>alert('x')</script> & \"quotes\" \\ %s ${x} {{.}}",
	"first line\n\n\n  indented\tline",
}

func renderKeeps(t *testing.T, s Subject) {
	for _, sample := range samples {
		content := s.shown(advocacy.Content{Language: "en", Text: sample})
		r, found := s.Adapter.Render(content, "en", network.Disclosures{})
		if blocked := advocacy.Blocking(found); blocked != nil {
			t.Errorf("%q is blocked: %s", sample, blocked.Code)
		}
		if !strings.Contains(r.Text, sample) {
			t.Errorf("%q is shown as %q", sample, r.Text)
		}
	}
}

func renderDiscloses(t *testing.T, s Subject) {
	for _, d := range advocacy.Disclosures() {
		for _, language := range []string{"en", "fr", "fr-CA", "ar", "ja", ""} {
			content := advocacy.Content{Language: language, Text: "We open on Tuesday.", Disclosure: d}
			r, _ := s.Adapter.Render(content, language, network.Disclosures{})
			if r.Disclosure != d {
				t.Errorf("%q in %q became %q", d, language, r.Disclosure)
			}
			told := network.Disclosures{}.Tell(d, s.Adapter.Name(), "", language)
			worded := d != advocacy.DisclosureNone && told.Place != network.PlaceField
			if shown := r.DisclosureText != "" || r.Text != content.Text; shown != worded {
				t.Errorf("%q in %q: text %q, words %q", d, language, r.Text, r.DisclosureText)
			}
			body, err := s.Adapter.Encode(Envelope(s, "pub-1", advocacy.Target{Rendering: r}))
			if field := `"` + told.Field + `":true`; err != nil || told.Field != "" && !strings.Contains(string(body), field) {
				t.Errorf("%q in %q: the network's own field is not set in %s, error %v", d, language, body, err)
			}
		}
	}
}

func renderSpeaks(t *testing.T, s Subject) {
	french, found := s.Adapter.Render(s.shown(Content()), "fr", network.Disclosures{})
	if blocked := advocacy.Blocking(found); blocked != nil || !strings.Contains(french.Text, "Nous ouvrons") {
		t.Errorf("in French: %q, %v", french.Text, found)
	}
	_, found = s.Adapter.Render(Content(), "de", network.Disclosures{})
	if advocacy.Blocking(found) == nil {
		t.Error("a language nothing is written in is not blocked")
	}
}

func findsEmpty(t *testing.T, s Subject) {
	for _, text := range []string{"", " \n\t ", "\u200b\u200d\u2060"} {
		expect(t, s, advocacy.Content{Language: "en", Text: text}, network.FindingTextEmpty, "text")
	}
}

func findsTooLong(t *testing.T, s Subject) {
	limit := s.Adapter.Capabilities().TextLimit
	if limit == 0 {
		t.Skip("the network has no limit")
	}
	// The family is seven code points, and still one character.
	content := advocacy.Content{Language: "en", Text: strings.Repeat("a", limit-1) + "👨‍👩‍👧‍👦"}
	if _, found := s.Adapter.Render(content, "en", network.Disclosures{}); advocacy.Blocking(found) != nil {
		t.Errorf("a text of exactly %d characters is blocked: %v", limit, found)
	}
	content.Text += "b"
	expect(t, s, content, network.FindingTextTooLong, "text")
}

func findsTooMany(t *testing.T, s Subject) {
	content := Content()
	for range s.Adapter.Capabilities().MediaLimit {
		content.Media = append(content.Media, content.Media[0])
	}
	expect(t, s, content, network.FindingTooManyPictures, "media")
}

func findsAltText(t *testing.T, s Subject) {
	if !s.Adapter.Capabilities().AltTextRequired {
		t.Skip("the network shows pictures without words")
	}
	content := Content()
	content.Media[0].AltText = " \u200b "
	expect(t, s, content, network.FindingAltTextMissing, "media[0].alt_text")
}

func findsLink(t *testing.T, s Subject) {
	for _, link := range []string{
		"javascript:alert(1)", "data:text/html,x", "/relative", "example.com", "https://", "https://a b.example",
		"https://user:word@example.com/", "file:///etc/passwd", "https://example.com/\u202egnp.exe",
	} {
		content := Content()
		content.Link = link
		expect(t, s, content, network.FindingLinkInvalid, "link")
	}
}

// rendersCard: a network that shows a card shows the one that is written, with a link and without
// breaking its lines; any other shows none.
func rendersCard(t *testing.T, s Subject) {
	content := Content()
	content.Media = nil
	content.Card.Title = " Our\nshop \x00"
	r, _ := s.Adapter.Render(content, "en", network.Disclosures{})
	want := advocacy.RenderedCard{}
	if s.Adapter.Capabilities().Cards {
		want = advocacy.RenderedCard{Title: "Our shop", Description: content.Card.Description, Picture: content.Card.Picture.Shown()}
	}
	if r.Card != want {
		t.Errorf("the card is %+v, want %+v", r.Card, want)
	}
	content.Link = ""
	if r, _ := s.Adapter.Render(content, "en", network.Disclosures{}); !r.Card.None() {
		t.Errorf("without a link the card is %+v", r.Card)
	}
}

// expect wants one blocking finding with the code, about the field.
func expect(t *testing.T, s Subject, content advocacy.Content, code, field string) {
	t.Helper()
	_, found := s.Adapter.Render(content, content.Language, network.Disclosures{})
	for _, f := range found {
		if f.Code == code && f.Severity == advocacy.Blocks && f.Field == field && f.Network == s.Adapter.Name() {
			return
		}
	}
	t.Errorf("no blocking %s about %s among %+v", code, field, found)
}

func encodeRepeats(t *testing.T, s Subject) {
	rendering, _ := s.Adapter.Render(Content(), "en", network.Disclosures{})
	before := rendering.Fingerprint()
	target := advocacy.Target{Account: s.Account.ID, Byline: "Nadia", Rendering: rendering}
	var first []byte
	for range 20 {
		body, err := s.Adapter.Encode(Envelope(s, "pub-1", target))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = body
		}
		if !bytes.Equal(body, first) {
			t.Fatalf("Encode gave\n%s\nthen\n%s", first, body)
		}
	}
	if rendering.Fingerprint() != before {
		t.Error("Encode changed the rendering")
	}
}

// encodeHolds: no part of what people sign can change without the bytes changing.
func encodeHolds(t *testing.T, s Subject) {
	holds(t, s, Content())
	alone := Content()
	alone.Media = nil
	holds(t, s, alone)
}

func holds(t *testing.T, s Subject, content advocacy.Content) {
	t.Helper()
	seen := map[string]string{}
	for name, change := range map[string]func(*advocacy.Target){
		"nothing":         func(*advocacy.Target) {},
		"byline":          func(x *advocacy.Target) { x.Byline += "!" },
		"text":            func(x *advocacy.Target) { x.Rendering.Text += "!" },
		"language":        func(x *advocacy.Target) { x.Rendering.Language = "fr" },
		"link":            func(x *advocacy.Target) { x.Rendering.Link += "/x" },
		"disclosure":      func(x *advocacy.Target) { x.Rendering.Disclosure = advocacy.DisclosureAdvertising },
		"disclosure text": func(x *advocacy.Target) { x.Rendering.DisclosureText += "!" },
		"no file shown":   func(x *advocacy.Target) { x.Rendering.Media = nil },
		"a file shown":    func(x *advocacy.Target) { x.Rendering.Media[0].Blob = Blob },
		"alt text shown":  func(x *advocacy.Target) { x.Rendering.Media[0].AltText += "!" },
		"card":            func(x *advocacy.Target) { x.Rendering.Card.Title += "!" },
		"card text":       func(x *advocacy.Target) { x.Rendering.Card.Description += "!" },
		"no card picture": func(x *advocacy.Target) { x.Rendering.Card.Picture = advocacy.RenderedMedia{} },
		"card picture":    func(x *advocacy.Target) { x.Rendering.Card.Picture.Blob = Blob },
		"card alt text":   func(x *advocacy.Target) { x.Rendering.Card.Picture.AltText += "!" },
	} {
		rendering, _ := s.Adapter.Render(content, "en", network.Disclosures{})
		if name == "no card picture" && rendering.Card.None() || strings.HasSuffix(name, " shown") && len(rendering.Media) == 0 {
			continue // there is none to leave out
		}
		for i := range rendering.Media {
			rendering.Media[i].Blob = string(advocacy.DigestOf([]byte("picture")))
		}
		target := advocacy.Target{Account: s.Account.ID, Byline: "Nadia", Rendering: rendering}
		change(&target)
		body, err := s.Adapter.Encode(Envelope(s, "pub-1", target))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if other, taken := seen[string(body)]; taken {
			t.Errorf("a change of %s has the bytes of a change of %s", name, other)
		}
		seen[string(body)] = name
	}
}

func encodeRefuses(t *testing.T, s Subject) {
	rendering, _ := s.Adapter.Render(Content(), "en", network.Disclosures{})
	rendering.Network += "-other"
	if _, err := s.Adapter.Encode(Envelope(s, "pub-1", advocacy.Target{Rendering: rendering})); err == nil {
		t.Error("a rendering of another network was encoded")
	}
}

// renderTells: a disclosure is told by the rules that are given, and what has none says the
// same by any.
func renderTells(t *testing.T, s Subject) {
	told := network.NewDisclosures(&advocacy.DisclosureRevision{Number: 1, Rules: []advocacy.DisclosureRule{{
		Rule: "own", Source: "counsel", Disclosure: advocacy.DisclosureEmployee, Place: advocacy.DisclosedFirst,
		Words: map[string]string{"en": "I work for Acme.", "fr": "Je travaille chez Acme."},
	}}})
	content := Content()
	r, _ := s.Adapter.Render(content, "en", told)
	if shown := r.DisclosureText + r.Text; !strings.Contains(shown, "I work for Acme.") {
		t.Errorf("by a rule of the workspace it shows %q", shown)
	}
	content.Disclosure = advocacy.DisclosureNone
	by, _ := s.Adapter.Render(content, "en", told)
	without, _ := s.Adapter.Render(content, "en", network.Disclosures{})
	if by.Fingerprint() != without.Fingerprint() {
		t.Errorf("without a disclosure the rules make %+v of %+v", by, without)
	}
}
