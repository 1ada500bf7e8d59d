package bluesky

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// TestRender: disclosure and link stand in the text, and take its length in characters and bytes.
func TestRender(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	for name, c := range map[string]struct {
		content advocacy.Content
		want    string
		found   string
	}{
		"everything": {
			advocacy.Content{Language: "en", Text: "Come and see.", Link: "https://example.com/lyon", Disclosure: advocacy.DisclosureEmployee},
			"Come and see.\n\nhttps://example.com/lyon\n\nI work for this company.", "",
		},
		"an advertisement is told first": {
			advocacy.Content{Language: "fr", Text: "Venez.", Disclosure: advocacy.DisclosureAdvertising}, "Publicité\n\nVenez.", "",
		},
		"a link that is in the text": {
			advocacy.Content{Language: "en", Text: "See (https://example.com/lyon).", Link: "https://example.com/lyon"}, "See (https://example.com/lyon).", "",
		},
		"the link takes its length": {
			advocacy.Content{Language: "en", Text: strings.Repeat("a", 278), Link: "https://example.com/"}, strings.Repeat("a", 278) + "\n\nhttps://example.com/", "",
		},
		"and one more is too long": {
			advocacy.Content{Language: "en", Text: strings.Repeat("a", 279), Link: "https://example.com/"},
			strings.Repeat("a", 279) + "\n\nhttps://example.com/", network.FindingTextTooLong,
		},
		"few characters of many bytes": {
			advocacy.Content{Language: "en", Text: strings.Repeat("👨‍👩‍👧‍👦", 121)}, strings.Repeat("👨‍👩‍👧‍👦", 121), network.FindingTextTooManyBytes,
		},
	} {
		r, found := n.Render(c.content, "", network.Disclosures{})
		if diff := cmp.Diff(c.want, r.Text); diff != "" || r.Link != "" || r.DisclosureText != "" {
			t.Errorf("%s (-want +got), link %q, words %q:\n%s", name, r.Link, r.DisclosureText, diff)
		}
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != c.found {
			t.Errorf("%s: findings %q, want %q", name, got, c.found)
		}
	}
}

// TestAMarkIsNoText: a byte order mark at the beginning is no part of a text or of a description,
// since the server would take it away, and everything alive would stand elsewhere.
func TestAMarkIsNoText(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	content := networktest.Content()
	content.Text, content.Media[0].AltText = "\ufeff \ufeffWe open. #Lyon \ufeff!", "\ufeffA shop"
	d := networktest.Deliver(t, s, "pub-1", content)
	if got := d.Target.Rendering; !strings.HasPrefix(got.Text, "We open. #Lyon \ufeff!") || got.Media[0].AltText != "A shop" {
		t.Errorf("it is rendered %+v", got)
	}
	s.Adapter.Publish(t.Context(), d)
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("a look says %+v", seen)
	}
}

// TestFacets: what is alive in a text, and where, in bytes.
func TestFacets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Hé 👩‍💻 @alice.example.com see https://example.com/a?b=1 #café (x)": {"39-64 link https://example.com/a?b=1", "65-71 tag café"},
		"火曜日に https://example.com/東京 で #開店":                                 {"13-39 link https://example.com/東京", "44-51 tag 開店"},
		"👨‍👩‍👧‍👦 #e\u0301te\u0301 🇫🇷example.com example.com.":               {"26-34 tag e\u0301te\u0301", "55-66 link https://example.com"},
		"#1 # @me a@b.example":                                  nil,
		"https://user:word@example.com/ is no address to go to": nil,
	} {
		var got []string
		for _, f := range facetsOf(text) {
			kind := strings.TrimPrefix(f.Features[0].Type, "app.bsky.richtext.facet#")
			got = append(got, fmt.Sprintf("%d-%d %s %s", f.Index.Start, f.Index.End, kind, f.Features[0].URI+f.Features[0].Tag))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestWhatIsRenderedComesBack: what the server was told is what people signed, what is alive in it
// says what can be read there, and taking off what the network's form adds gives the content as it
// was written.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	count := 0
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		content.Text += rapid.SampledFrom(alive).Draw(t, "more")
		language, shownAs := networktest.InVariant(t, &content)
		r, _ := s.Adapter.Render(content, language, network.Disclosures{})
		if r.Text == "" || len(r.Text) > 3000 {
			t.Skip("nothing that the server would take")
		}
		count++
		id := advocacy.PublicationID(fmt.Sprintf("pub-%d", count))
		body, err := s.Adapter.Encode(networktest.Envelope(s, id, advocacy.Target{Byline: "Nadia", Rendering: r}))
		if err != nil {
			t.Fatal(err)
		}
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Publication: id, Body: body, Target: advocacy.Target{Rendering: r}, Time: networktest.Moment,
			Media: func(_ context.Context, blob string) (io.Reader, error) {
				return strings.NewReader(networktest.BytesOf(blob)), nil
			},
		}
		answer := s.Adapter.Publish(t.Context(), d)
		seen := s.Adapter.Look(t.Context(), d)
		if answer.Class != network.Accepted || seen.Digest != r.Fingerprint() {
			t.Fatalf("%+v, then %+v", answer, seen)
		}
		for _, x := range server.Visible() {
			if x.URI != answer.ExternalID {
				continue
			}
			left := take(t, x.Text, x.Value["facets"])
			if got, want := unmarked(unlabelled(left, shownAs)), unmarked(networktest.Written(shownAs).Text); got != want {
				t.Fatalf("of %q comes back %q", want, got)
			}
			comesBack(t, networktest.Written(shownAs).Media, x)
		}
	})
}

// comesBack holds that a record shows the pictures that were written, each with its words.
func comesBack(t *rapid.T, written []advocacy.MediaRef, shown blueskytest.Record) {
	embedded, _ := shown.Value["embed"].(map[string]any)
	images, _ := embedded["images"].([]any)
	if len(images) != len(written) || len(shown.Files) != len(written) {
		t.Fatalf("of %d pictures come back %d with %d files", len(written), len(images), len(shown.Files))
	}
	for i, m := range written {
		image, _ := images[i].(map[string]any)
		alt, _ := image["alt"].(string)
		if unmarked(alt) != unmarked(m.AltText) || string(shown.Files[i].Bytes) != networktest.BytesOf(m.Blob) {
			t.Fatalf("of %+v comes back %q with %d bytes", m, alt, len(shown.Files[i].Bytes))
		}
	}
}

// alive are pieces of text with something alive in them, or nearly.
var alive = []string{
	"", " #été", " see example.com/é, and", "\n火 https://example.com/東 👩‍💻#x", " https://[::1]/ https://a..b/ https://% https://example.com:99999/x",
	" http://例え.テスト/ https://xn--p1ai/%zz?a=\\\"<>{}|^`", " $ACME ＃日本 #a\u200db #\ufe0f", " (https://example.com/a_(b)). @nadia.bsky.social",
}

// take reads a record's text by its parts, alive and not, and returns all of it.
func take(t *rapid.T, text string, facets any) string {
	all, _ := facets.([]any)
	out, at := "", 0
	for _, x := range all {
		data, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		var f facet
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		start, end := f.Index.Start, f.Index.End
		if start < at || end > len(text) || start >= end || !utf8.ValidString(text[at:start]) || !utf8.ValidString(text[start:end]) {
			t.Fatalf("of %q %d to %d is alive after %d", text, start, end, at)
		}
		said, alive := text[start:end], f.Features[0]
		reads := said == alive.URI || "https://"+said == alive.URI || said == "#"+alive.Tag || said == "＃"+alive.Tag || strings.EqualFold(said, alive.Tag)
		if !reads || len(f.Features) != 1 {
			t.Fatalf("%q does what it does not say: %+v", said, f.Features)
		}
		out += text[at:start] + said
		at = end
	}
	return out + text[at:]
}

// unlabelled is a text without the disclosure and the link of its content.
func unlabelled(text string, content advocacy.Content) string {
	told := network.Disclosures{}.Tell(content.Disclosure, Name, "", content.Language)
	if told.Place == network.PlaceFirst {
		text = strings.TrimPrefix(strings.TrimPrefix(text, told.Text), "\n\n")
	}
	if told.Place == network.PlaceLast {
		text = strings.TrimSuffix(strings.TrimSuffix(text, told.Text), "\n\n")
	}
	written := networktest.Written(content)
	if written.Link != "" && text != written.Text {
		text = strings.TrimSuffix(strings.TrimSuffix(text, written.Link), "\n\n")
	}
	return text
}

// TestKeys: the vectors of the atproto interop files, and that a key is the intent's own.
func TestKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		micros, clock uint64
		want          string
	}{
		{0, 0, "2222222222222"}, {1700000000000000, 0, "3ke6kg3wk2222"}, {1700000000000000, 1, "3ke6kg3wk2223"},
		{1700000000000000, 1023, "3ke6kg3wk22zz"}, {1700000000000001, 0, "3ke6kg3wk2322"}, {1767225600000000, 7, "3mbd3542k222b"},
	} {
		if got := tid(c.micros, c.clock); got != c.want || !keys.MatchString(got) {
			t.Errorf("%d, %d: %s, want %s", c.micros, c.clock, got, c.want)
		}
	}
	for _, wrong := range []string{"", "3jzfcijpj2z21", "0000000000000", "3jzfcijpj2z2", "3jzfcijpj2z2aa", "zzzzzzzzzzzzz", "kjzfcijpj2z2a"} {
		if keys.MatchString(wrong) {
			t.Errorf("%q is a key", wrong)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.StringN(1, 40, -1).Draw(t, "publication")
		at := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "time"))
		key := keyOf(advocacy.PublicationID(one), at)
		if !keys.MatchString(key) || key != keyOf(advocacy.PublicationID(one), at) {
			t.Fatalf("%s is no key", key)
		}
		if later := keyOf(advocacy.PublicationID(one), at.Add(time.Millisecond)); later <= key {
			t.Fatalf("a millisecond after %s comes %s", key, later)
		}
	})
	seen := map[string]bool{}
	for i := range 500 { // all of one instant
		seen[keyOf(advocacy.PublicationID(fmt.Sprintf("publication-%d", i)), networktest.Moment)] = true
	}
	if len(seen) != 500 {
		t.Errorf("500 publications have %d keys", len(seen))
	}
}

// TestLanguages: a tag that is none is left out.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][]string{"en": {"en"}, "fr-CA": {"fr-CA"}, "zh-Hant-TW": {"zh-Hant-TW"}, "": nil, "no language": nil} {
		r, err := recordOf(advocacy.Rendering{Language: tag}, networktest.Moment)
		if diff := cmp.Diff(want, r.Langs); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", tag, err, diff)
		}
	}
}

// TestFilesThatCannotBe: what names no bytes, and a video among others, are never encoded.
func TestFilesThatCannotBe(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	film := advocacy.RenderedMedia{Blob: networktest.Blob, ContentType: "video/mp4"}
	for name, media := range map[string][]advocacy.RenderedMedia{
		"no name": {{Blob: "sha256:zz", ContentType: "image/png"}}, "two videos": {film, film},
	} {
		if _, err := n.Encode(network.Envelope{Target: advocacy.Target{Rendering: advocacy.Rendering{Network: Name, Media: media}}}); err == nil {
			t.Errorf("%s was encoded", name)
		}
	}
}
