package network

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

func TestMeasure(t *testing.T) {
	t.Parallel()
	content := advocacy.Content{
		Language: "en", Text: "  We open in Lyon. " + strings.Repeat("é", 250), Link: "https://example.com/lyon?a=b",
		Disclosure: advocacy.DisclosureEmployee,
		Variants:   []advocacy.Variant{{Network: measure.Bluesky, Text: "We open."}},
	}
	m, _ := Measure(measure.X, content, "", Disclosures{})
	// 17 and 250 characters, the link with its empty line, the words with theirs.
	want := []Counter{{
		Network: measure.X, Unit: measure.Weighted, Length: 267 + 2 + 23 + 2 + 24, Reserved: 2 + 23 + 2 + 24, Limit: 280, Field: "text",
	}}
	if diff := cmp.Diff(want, m.Counters); diff != "" {
		t.Errorf("on X (-want +got):\n%s", diff)
	}
	if len(m.Findings) != 1 || m.Findings[0].Code != FindingTextTooLong || m.Findings[0].Args["count"] != "318" {
		t.Errorf("on X: %+v", m.Findings)
	}
	m, _ = Measure(measure.Bluesky, content, "", Disclosures{})
	// Eight characters, the link and the words, each with its empty line.
	want = []Counter{
		{Network: measure.Bluesky, Unit: measure.Graphemes, Length: 64, Reserved: 56, Limit: 300, Field: "variants[0].text"},
		{Network: measure.Bluesky, Unit: measure.UTF8, Length: 64, Reserved: 56, Limit: 3000, Field: "variants[0].text"},
	}
	if diff := cmp.Diff(want, m.Counters); diff != "" || m.Findings != nil {
		t.Errorf("on Bluesky: %v (-want +got):\n%s", m.Findings, diff)
	}
	if m.Disclosed.Place != PlaceLast || m.Disclosed.Rule != "house" {
		t.Errorf("on Bluesky told as %+v", m.Disclosed)
	}
	if _, known := Measure("nowhere", content, "", Disclosures{}); known {
		t.Error("a network nobody knows has a rule")
	}
}

func TestMeasureFindsByTheRule(t *testing.T) {
	t.Parallel()
	picture := advocacy.MediaRef{AltText: strings.Repeat("a", 301)}
	for _, c := range []struct {
		network advocacy.Network
		content advocacy.Content
		want    string
		span    string
		blocks  bool
	}{
		{measure.X, advocacy.Content{Text: " " + strings.Repeat("a", 280) + "bc"}, FindingTextTooLong, "bc", true},
		{measure.LinkedIn, advocacy.Content{Text: strings.Repeat("a", 2973) + "bc", Disclosure: advocacy.DisclosureEmployee}, FindingTextTooLong, "c", true},
		{measure.Bluesky, advocacy.Content{Text: strings.Repeat("👨‍👩‍👧‍👦", 121)}, FindingTextTooManyBytes, "👨‍👩‍👧‍👦", true},
		{measure.X, advocacy.Content{Text: "a\ufeff"}, FindingCharacterRefused, "\ufeff", true},
		{measure.X, advocacy.Content{Text: "$A $B"}, FindingTooManyCashtags, "$B", true},
		{measure.Instagram, advocacy.Content{Text: strings.Repeat("#a ", 5) + "#b"}, FindingTooManyHashtags, "#b", false},
		{measure.Instagram, advocacy.Content{Text: strings.Repeat("@a ", 20) + "@b"}, FindingTooManyMentions, "@b", true},
		{measure.Threads, advocacy.Content{Text: strings.Repeat("a.com ", 5) + "b.com"}, FindingTooManyLinks, "b.com", true},
		{measure.LinkedIn, advocacy.Content{Text: "a", Media: []advocacy.MediaRef{picture}}, FindingAltTextTooLong, "", true},
		{measure.X, advocacy.Content{Text: "a", Media: make([]advocacy.MediaRef, 5)}, FindingTooManyPictures, "", true},
	} {
		c.content.Language = "en"
		m, _ := Measure(c.network, c.content, "", Disclosures{})
		if len(m.Findings) != 1 {
			t.Errorf("%s: %s: found %+v", c.network, c.want, m.Findings)
			continue
		}
		f := m.Findings[0]
		if f.Code != c.want || c.content.Text[f.Start:f.End] != c.span || (f.Severity == advocacy.Blocks) != c.blocks {
			t.Errorf("%s: %+v, want %s about %q", c.network, f, c.want, c.span)
		}
	}
	m, _ := Measure(measure.X, advocacy.Content{Language: "en", Text: "a"}, "de", Disclosures{})
	if len(m.Findings) != 1 || m.Findings[0].Code != FindingLanguageMissing {
		t.Errorf("in a language nothing is written in: %+v", m.Findings)
	}
}

// TestMeasureReserves: the words of the disclosure and the link are counted as a reader
// meets them, once, and nothing that is written is pushed out unseen.
func TestMeasureReserves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		link := "https://example.com/lyon"
		content := advocacy.Content{
			Language: "en", Text: rapid.SampledFrom([]string{"", "a", link, "See " + link + " now", "e\u0301 ", "👩‍💻 #a @b"}).Draw(t, "text"),
			Link:       rapid.SampledFrom([]string{"", link}).Draw(t, "link"),
			Disclosure: rapid.SampledFrom(advocacy.Disclosures()).Draw(t, "disclosure"),
		}
		for _, n := range measure.Networks() {
			m, known := Measure(n, content, "", Disclosures{})
			if !known {
				t.Fatalf("%s has no rule", n)
			}
			rule, _ := measure.RuleOf(n)
			for i, c := range m.Counters {
				own := rule.Limits[i].Of(CleanText(content.Text)).Length
				if c.Length != own+c.Reserved || c.Reserved < 0 {
					t.Fatalf("%s: %d, of which %d are reserved and %d the text's", n, c.Length, c.Reserved, own)
				}
				said := m.Disclosed.Place == PlaceFirst || m.Disclosed.Place == PlaceLast
				linked := (rule.LinkInText || rule.CardAlone) && content.Link != "" && !strings.Contains(content.Text, link)
				if (c.Reserved > 0) != (said || linked) {
					t.Fatalf("%s reserves %d for %+v and %q", n, c.Reserved, m.Disclosed, content.Link)
				}
			}
			if (m.Disclosed.Place == PlaceNone) != (content.Disclosure == advocacy.DisclosureNone) {
				t.Fatalf("%s tells %q as %+v", n, content.Disclosure, m.Disclosed)
			}
		}
	})
}
