package advocacy_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// goldenDigest is the digest of testdata/manifest.json. It never changes: whoever signed
// these bytes in 2026 can check them in 2056.
const goldenDigest advocacy.Digest = "sha256:d07f944d26f645f7959df58553a4c32180f9dcfee18bdd2ad16f71f247dba8b3"

// goldenItemDigest is that of an item for everybody, as it was signed before there were audiences.
const goldenItemDigest advocacy.Digest = "sha256:db42ff4fe440801b5283423252583d5a36f98879b8f8a64095af196b7af9fdf9"

// aManifest uses every field, and characters canonical forms differ over.
func aManifest() advocacy.Manifest {
	rendering := advocacy.Rendering{
		Network: "wall", Language: "fr", Text: "Ça s’imprime <b>&</b> \u2028 \u007f \"cité\"\n\tfin\\ 🖋️ \u0001",
		Link: "https://example.com/a?b=c&d=é",
		Media: []advocacy.RenderedMedia{{
			Blob: strings.Repeat("a", 64), ContentType: "image/png", Width: 1200, Height: 630, AltText: "Une presse",
		}, {Blob: strings.Repeat("b", 64), ContentType: "image/jpeg"}},
		Disclosure: advocacy.DisclosureEmployee, DisclosureText: "Je travaille ici.",
	}
	plain := advocacy.Rendering{Network: "webhook", Language: "en", Text: "Printed."}
	return advocacy.Manifest{
		Schema: advocacy.ManifestSchema, Workspace: house, Kind: advocacy.SubjectPost,
		Targets: []advocacy.Target{
			{Account: "wall-of-ann", Byline: "Ann", Rendering: rendering},
			{Account: "hook", Rendering: plain},
		},
	}
}

func TestManifestGolden(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	got := aManifest().Canonical()
	if !bytes.Equal(want, got) {
		t.Errorf("canonical bytes (-want +got):\n%s", cmp.Diff(string(want), string(got)))
	}
	if d := advocacy.DigestOf(want); d != goldenDigest {
		t.Errorf("digest %s, want %s", d, goldenDigest)
	}
}

// TestCountryIsSigned: the country by which a disclosure is told is in the bytes that are signed,
// and in none of what readers see; without one the bytes are those from before there were any.
func TestCountryIsSigned(t *testing.T) {
	t.Parallel()
	m := aManifest()
	shown := m.Targets[0].Rendering.Fingerprint()
	m.Targets[0].Country = "FR"
	data := m.Canonical()
	if !bytes.Contains(data, []byte(`"byline":"Ann","country":"FR","rendering"`)) || advocacy.DigestOf(data) == goldenDigest {
		t.Errorf("the country is not signed: %s", data)
	}
	again, err := advocacy.ParseManifest(data)
	if err != nil || again.Targets[0].Country != "FR" || again.Targets[0].Rendering.Fingerprint() != shown {
		t.Errorf("%v, and it reads %+v", err, again.Targets[0])
	}
}

// TestItemManifestGolden: an item that is for everybody has the digest it had before there
// were audiences, and an audience has one spelling.
func TestItemManifestGolden(t *testing.T) {
	t.Parallel()
	m := advocacy.Manifest{Schema: advocacy.ManifestSchema, Workspace: house, Kind: advocacy.SubjectItem, Targets: []advocacy.Target{
		{Rendering: advocacy.Rendering{Network: "wall", Language: "en", Text: "Printed."}},
	}}
	const before = `{"kind":"library_item","schema":"imprimatur.dev/manifest/v1","targets":[` +
		`{"rendering":{"language":"en","network":"wall","text":"Printed."}}],"workspace":"house"}`
	for want, audience := range map[string]advocacy.Audience{
		before: {},
		`{"audience":{"countries":["DE","FR"],"groups":["sales"]},` + before[1:]: advocacy.Audience{
			Groups: []string{"sales", "sales"}, Departments: []string{}, Countries: []string{"FR", "DE"},
		}.Tidy(),
	} {
		m.Audience = audience
		if got := string(m.Canonical()); got != want {
			t.Errorf("canonical bytes (-want +got):\n%s", cmp.Diff(want, got))
		}
	}
	if d := advocacy.DigestOf([]byte(before)); d != goldenItemDigest {
		t.Errorf("digest %s, want %s", d, goldenItemDigest)
	}
}

func TestManifestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]advocacy.Manifest{
		"full":       aManifest(),
		"no targets": {Schema: advocacy.ManifestSchema, Workspace: house, Kind: advocacy.SubjectItem},
		"an item": {Schema: advocacy.ManifestSchema, Workspace: house, Kind: advocacy.SubjectItem, Targets: []advocacy.Target{
			{Rendering: advocacy.Rendering{Network: "wall", Language: "en"}},
		}, Reach: advocacy.Reach{Audience: advocacy.Audience{Groups: []string{"a", "b"}, Languages: []string{"fr"}}, Announcement: true}},
		"bounds": {Schema: advocacy.ManifestSchema, Workspace: house, Kind: advocacy.SubjectItem, Targets: []advocacy.Target{}, Editing: advocacy.Editing{
			Mode: advocacy.EditSpans, Unreviewed: true, Spans: []advocacy.EditSpan{{Text: "one", Optional: true}, {Text: "two", Most: 280}},
		}},
		"locked": {
			Schema: advocacy.ManifestSchema, Workspace: house, Kind: advocacy.SubjectItem, Targets: []advocacy.Target{},
			Editing: advocacy.Editing{Mode: advocacy.EditLocked},
		},
	} {
		got, err := advocacy.ParseManifest(m.Canonical())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestCardManifestGolden: what has no card has the digest it had before there were cards, which the
// goldens above hold, and a card has one spelling.
func TestCardManifestGolden(t *testing.T) {
	t.Parallel()
	r := advocacy.Rendering{Network: "wall", Language: "en", Text: "Read.", Link: "https://example.com/"}
	for want, card := range map[string]advocacy.RenderedCard{
		``:                        {},
		`"card":{"title":"Lab"},`: {Title: "Lab"},
		`"card":{"description":"Ours.","picture":{"alt_text":"","blob":"b","content_type":"image/png","height":2,"width":1},"title":"Lab"},`: {
			Title: "Lab", Description: "Ours.", Picture: advocacy.RenderedMedia{Blob: "b", ContentType: "image/png", Width: 1, Height: 2},
		},
	} {
		r.Card = card
		m := advocacy.Manifest{Schema: advocacy.ManifestSchema, Workspace: house, Kind: advocacy.SubjectPost, Targets: []advocacy.Target{{Rendering: r}}}
		full := `{"kind":"post","schema":"imprimatur.dev/manifest/v1","targets":[{"rendering":{` + want +
			`"language":"en","link":"https://example.com/","network":"wall","text":"Read."}}],"workspace":"house"}`
		if diff := cmp.Diff(full, string(m.Canonical())); diff != "" {
			t.Errorf("canonical bytes (-want +got):\n%s", diff)
		}
		if got, err := advocacy.ParseManifest([]byte(full)); err != nil || !cmp.Equal(got, m) {
			t.Errorf("%s is read as %+v: %v", full, got, err)
		}
	}
}

// TestParseManifestRefuses: one meaning has one digest, so only one spelling is read.
func TestParseManifestRefuses(t *testing.T) {
	t.Parallel()
	const good = `{"kind":"post","schema":"imprimatur.dev/manifest/v1","targets":[{"account":"a","rendering":{"language":"en","network":"wall","text":"hi"}}],"workspace":"house"}`
	if _, err := advocacy.ParseManifest([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"reordered keys":       {`"kind":"post","schema":"imprimatur.dev/manifest/v1"`, `"schema":"imprimatur.dev/manifest/v1","kind":"post"`},
		"extra spaces":         {`"kind":"post"`, `"kind": "post"`},
		"a line feed after it": {`"house"}`, "\"house\"}\n"},
		"another value after":  {`"house"}`, `"house"}{}`},
		"a space before":       {`{"kind"`, ` {"kind"`},
		"an unknown field":     {`"kind":"post"`, `"extra":1,"kind":"post"`},
		"an unknown inner one": {`"text":"hi"`, `"text":"hi","title":"x"`},
		"a duplicate key":      {`"text":"hi"`, `"text":"no","text":"hi"`},
		"a key in other case":  {`"kind"`, `"Kind"`},
		"an empty optional":    {`"account":"a"`, `"account":""`},
		"no announcement":      {`{"kind"`, `{"announcement":false,"kind"`},
		"an empty audience":    {`{"kind"`, `{"audience":{},"kind"`},
		"an empty edit policy": {`{"kind"`, `{"edit_policy":{},"kind"`},
		"an empty card":        {`{"language"`, `{"card":{},"language"`},
		"a card of nothing":    {`{"language"`, `{"card":{"title":""},"language"`},
		"a card's no picture":  {`{"language"`, `{"card":{"picture":{},"title":"x"},"language"`},
		"no spans":             {`{"kind"`, `{"edit_policy":{"mode":"locked","spans":[]},"kind"`},
		"a null":               {`"account":"a"`, `"account":null`},
		"an escape":            {`"hi"`, `"\u0068i"`},
		"a lone surrogate":     {`"hi"`, `"\ud800"`},
		"no UTF-8":             {`"hi"`, "\"\xff\""},
		"another schema":       {"v1", "v2"},
		"no schema":            {`"imprimatur.dev/manifest/v1"`, `""`},
		"another type":         {`"hi"`, `7`},
		"half of it":           {`,"workspace":"house"}`, ``},
		"a missing field":      {`,"workspace":"house"}`, `}`},
		"nothing":              {good, ``},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if text == good {
			t.Fatalf("%s changes nothing", name)
		}
		if m, err := advocacy.ParseManifest([]byte(text)); err == nil {
			t.Errorf("%s was read as %+v", name, m)
		} else if diff := cmp.Diff(advocacy.Manifest{}, m); diff != "" {
			t.Errorf("%s was refused and returned (-want +got):\n%s", name, diff)
		}
	}
}

func TestManifestTarget(t *testing.T) {
	t.Parallel()
	m := aManifest()
	if target, ok := m.Target("hook"); !ok || target.Rendering.Network != "webhook" {
		t.Errorf("hook: %+v, %t", target, ok)
	}
	if target, ok := m.Target("another"); ok {
		t.Errorf("another: %+v", target)
	}
}

// TestEveryFieldIsSigned: whatever the world would see differently has another digest.
func TestEveryFieldIsSigned(t *testing.T) {
	t.Parallel()
	seen := map[advocacy.Digest]string{advocacy.DigestOf(aManifest().Canonical()): "as it is"}
	for name, change := range map[string]func(*advocacy.Manifest){
		"workspace":       func(m *advocacy.Manifest) { m.Workspace = "other" },
		"kind":            func(m *advocacy.Manifest) { m.Kind = advocacy.SubjectItem },
		"order":           func(m *advocacy.Manifest) { m.Targets[0], m.Targets[1] = m.Targets[1], m.Targets[0] },
		"a target less":   func(m *advocacy.Manifest) { m.Targets = m.Targets[:1] },
		"account":         func(m *advocacy.Manifest) { m.Targets[0].Account = "other" },
		"byline":          func(m *advocacy.Manifest) { m.Targets[0].Byline = "other" },
		"network":         func(m *advocacy.Manifest) { m.Targets[0].Rendering.Network = "other" },
		"language":        func(m *advocacy.Manifest) { m.Targets[0].Rendering.Language = "en" },
		"text":            func(m *advocacy.Manifest) { m.Targets[0].Rendering.Text += " " },
		"link":            func(m *advocacy.Manifest) { m.Targets[0].Rendering.Link += "/" },
		"disclosure":      func(m *advocacy.Manifest) { m.Targets[0].Rendering.Disclosure = "" },
		"disclosure text": func(m *advocacy.Manifest) { m.Targets[0].Rendering.DisclosureText = "" },
		"card":            func(m *advocacy.Manifest) { m.Targets[0].Rendering.Card.Title = "a" },
		"another card":    func(m *advocacy.Manifest) { m.Targets[0].Rendering.Card.Title = "b" },
		"described card":  func(m *advocacy.Manifest) { m.Targets[0].Rendering.Card.Description = "a" },
		"pictured card":   func(m *advocacy.Manifest) { m.Targets[0].Rendering.Card.Picture.Blob = "a" },
		"told picture":    func(m *advocacy.Manifest) { m.Targets[0].Rendering.Card.Picture.AltText = "a" },
		"a picture less":  func(m *advocacy.Manifest) { m.Targets[0].Rendering.Media = m.Targets[0].Rendering.Media[:1] },
		"blob":            func(m *advocacy.Manifest) { m.Targets[0].Rendering.Media[0].Blob = "other" },
		"content type":    func(m *advocacy.Manifest) { m.Targets[0].Rendering.Media[0].ContentType = "image/gif" },
		"width":           func(m *advocacy.Manifest) { m.Targets[0].Rendering.Media[0].Width++ },
		"height":          func(m *advocacy.Manifest) { m.Targets[0].Rendering.Media[0].Height++ },
		"alt text":        func(m *advocacy.Manifest) { m.Targets[0].Rendering.Media[0].AltText = "" },
		"edit mode":       func(m *advocacy.Manifest) { m.Editing.Mode = advocacy.EditLocked },
		"edit span":       func(m *advocacy.Manifest) { m.Editing = spans(advocacy.EditSpan{Text: "a"}) },
		"optional span":   func(m *advocacy.Manifest) { m.Editing = spans(leaveOut("a")) },
		"free span":       func(m *advocacy.Manifest) { m.Editing = spans(write("a", 1)) },
		"freer span":      func(m *advocacy.Manifest) { m.Editing = spans(write("a", 2)) },
		"unreviewed":      func(m *advocacy.Manifest) { m.Editing.Unreviewed = true },
	} {
		m := aManifest()
		change(&m)
		d := advocacy.DigestOf(m.Canonical())
		if same, taken := seen[d]; taken {
			t.Errorf("another %s has the digest of %s", name, same)
		}
		seen[d] = name
	}
}

// TestFingerprint: what is shown has one fingerprint, whoever shows it.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	mine, theirs := aManifest().Targets[0], aManifest().Targets[0]
	theirs.Account, theirs.Byline = "wall-of-bob", "Bob"
	if mine.Rendering.Fingerprint() != theirs.Rendering.Fingerprint() {
		t.Error("account and byline are in the fingerprint")
	}
	theirs.Rendering.Card.Title = "Lab"
	if mine.Rendering.Fingerprint() == theirs.Rendering.Fingerprint() {
		t.Error("the card is not in the fingerprint")
	}
	theirs = aManifest().Targets[0]
	theirs.Rendering.Text += "!"
	if mine.Rendering.Fingerprint() == theirs.Rendering.Fingerprint() {
		t.Error("the text is not in the fingerprint")
	}
}

func TestOriginOf(t *testing.T) {
	t.Parallel()
	say := func(network advocacy.Network, text string) advocacy.Target {
		return advocacy.Target{Account: advocacy.AccountID(network), Byline: "Ann", Rendering: advocacy.Rendering{Network: network, Language: "en", Text: text}}
	}
	item := advocacy.Manifest{Targets: []advocacy.Target{say("wall", "hi"), say("webhook", "hi there")}}
	for _, tt := range []struct {
		name    string
		targets []advocacy.Target
		item    advocacy.Manifest
		want    advocacy.Origin
	}{
		{"everywhere as approved", []advocacy.Target{say("wall", "hi"), say("webhook", "hi there")}, item, advocacy.OriginLibrary},
		{"to one network", []advocacy.Target{say("webhook", "hi there")}, item, advocacy.OriginLibrary},
		{"twice to one network", []advocacy.Target{say("wall", "hi"), say("wall", "hi")}, item, advocacy.OriginLibrary},
		{"one word changed in one target", []advocacy.Target{say("wall", "hi"), say("webhook", "hi there!")}, item, advocacy.OriginLibraryEdited},
		{"another network's words", []advocacy.Target{say("wall", "hi there")}, item, advocacy.OriginLibraryEdited},
		{"to a network that was not approved", []advocacy.Target{say("mail", "hi")}, item, advocacy.OriginLibraryEdited},
		{"to nobody", nil, item, advocacy.OriginLibraryEdited},
		{"of an item that shows nothing", []advocacy.Target{say("wall", "hi")}, advocacy.Manifest{}, advocacy.OriginLibraryEdited},
	} {
		if got := advocacy.OriginOf(advocacy.Manifest{Targets: tt.targets}, tt.item); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDigestValid(t *testing.T) {
	t.Parallel()
	good := bytesOf("one")
	if !good.Valid() || len(good.Hex()) != 64 {
		t.Errorf("%s is not valid", good)
	}
	for _, d := range []advocacy.Digest{
		"", "sha256:", good[:len(good)-1], good + "0", advocacy.Digest(strings.ToUpper(string(good))),
		"sha256:" + advocacy.Digest(strings.ToUpper(good.Hex())), "sha512:" + advocacy.Digest(good.Hex()), advocacy.Digest(good.Hex()),
		"sha256:" + advocacy.Digest(strings.Repeat("g", 64)),
	} {
		if d.Valid() {
			t.Errorf("%q is valid", d)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(aManifest().Canonical())
	f.Add([]byte(`{"kind":"post","schema":"imprimatur.dev/manifest/v1","targets":null,"workspace":"house"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := advocacy.ParseManifest(data)
		if err != nil {
			return
		}
		if !bytes.Equal(m.Canonical(), data) {
			t.Fatalf("%q is read and written as %q", data, m.Canonical())
		}
		for _, target := range m.Targets {
			if !target.Rendering.Fingerprint().Valid() {
				t.Fatalf("no fingerprint of %+v", target)
			}
		}
	})
}

func FuzzDigest(f *testing.F) {
	f.Add("Printed.", "https://example.com", 1200)
	f.Fuzz(func(t *testing.T, text, link string, width int) {
		m := aManifest()
		r := &m.Targets[0].Rendering
		r.Text, r.Link, r.Media[0].Width = text, link, width%(1<<31) // no picture is wider
		data := m.Canonical()
		if d := advocacy.DigestOf(data); !d.Valid() || d != advocacy.DigestOf(data) {
			t.Fatalf("%q is no digest", d)
		}
		read, err := advocacy.ParseManifest(data)
		if err != nil {
			t.Fatalf("%q is not read again: %v", data, err)
		}
		if !bytes.Equal(read.Canonical(), data) {
			t.Fatalf("%q becomes %q", data, read.Canonical())
		}
	})
}
