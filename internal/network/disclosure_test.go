package network

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

func TestDisclosure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d        advocacy.Disclosure
		language string
		want     string
	}{
		{advocacy.DisclosureNone, "en", ""},
		{advocacy.DisclosureEmployee, "en-GB", "I work for this company."},
		{advocacy.DisclosureEmployee, "FR", "Je travaille pour cette entreprise."},
		{advocacy.DisclosureAdvertising, "fr_CA", "Publicité"},
		{advocacy.DisclosurePartnership, "fr-CA", "Partenariat rémunéré"},
		{advocacy.DisclosurePartnership, "ja", "Paid partnership"},
		{advocacy.DisclosureAdvertising, "", "Advertising"},
		{advocacy.DisclosureAdvertising, "fro", "Advertising"},
	} {
		if got := (Disclosures{}).Tell(c.d, measure.Wall, "", c.language).Text; got != c.want {
			t.Errorf("%q in %q = %q, want %q", c.d, c.language, got, c.want)
		}
	}
}

func TestTell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d                          advocacy.Disclosure
		network                    advocacy.Network
		country, language          string
		place                      Place
		text, spoken, field, named string
	}{
		{advocacy.DisclosureNone, measure.X, "FR", "fr", PlaceNone, "", "", "", ""},
		// A network that folds shows the first line; one that shows everything, the last too.
		{advocacy.DisclosureEmployee, measure.LinkedIn, "US", "en", PlaceFirst, "I work for this company.", "en", "", "us-16-cfr-255.5"},
		{advocacy.DisclosureEmployee, measure.Bluesky, "US", "en", PlaceLast, "I work for this company.", "en", "", "us-16-cfr-255.5"},
		{advocacy.DisclosureEmployee, measure.X, "", "fr", PlaceLast, "Je travaille pour cette entreprise.", "fr", "", "house"},
		// The language says who is meant, unless somebody does.
		{advocacy.DisclosurePartnership, measure.LinkedIn, "", "fr-FR", PlaceFirst, "Collaboration commerciale", "fr", "", "fr-loi-2023-451-art-5"},
		{advocacy.DisclosurePartnership, measure.LinkedIn, "", "fr-CA", PlaceFirst, "Partenariat rémunéré", "fr", "", "house"},
		{advocacy.DisclosurePartnership, measure.LinkedIn, "gb", "en-US", PlaceFirst, "Ad: paid partnership", "en", "", "gb-cap-2.1"},
		{advocacy.DisclosureAdvertising, measure.Mastodon, "", "pt-BR", PlaceFirst, "Advertising", "en", "", "house"},
		// The network's own field says enough, but where the law wants words.
		{advocacy.DisclosurePartnership, measure.X, "US", "en", PlaceField, "", "en", "paid_partnership", "house"},
		{advocacy.DisclosureAdvertising, measure.X, "FR", "fr", PlaceFirst, "Publicité", "fr", "paid_partnership", "fr-loi-2023-451-art-5"},
		// Where it has a place of its own, the words are those people have signed.
		{advocacy.DisclosurePartnership, measure.Wall, "FR", "fr-FR", PlaceOwn, "Partenariat rémunéré", "fr", "", "house"},
		{advocacy.DisclosureEmployee, "elsewhere", "US", "en-US", PlaceOwn, "I work for this company.", "en", "", "house"},
	} {
		got := Disclosures{}.Tell(c.d, c.network, c.country, c.language)
		want := Disclosed{Place: c.place, Text: c.text, Language: c.spoken, Field: c.field, Rule: c.named, Source: got.Source}
		if diff := cmp.Diff(want, got); diff != "" || (got.Source == "") != (c.named == "") {
			t.Errorf("%q on %s for %q in %q (-want +got):\n%s", c.d, c.network, c.country, c.language, diff)
		}
	}
}

// TestDisclosureRules: whoever is told, is told in whole words and by a rule with a source.
func TestDisclosureRules(t *testing.T) {
	t.Parallel()
	house := map[advocacy.Disclosure]bool{}
	for i, r := range builtIn() {
		if r.Rule == "" || r.Source == "" || !slices.Contains(advocacy.Disclosures(), r.Disclosure) || r.Disclosure == advocacy.DisclosureNone {
			t.Errorf("rule %d lacks a name, a source or a disclosure: %+v", i, r)
		}
		if !slices.Contains(advocacy.DisclosurePlaces(), r.Place) {
			t.Errorf("rule %d is placed %q", i, r.Place)
		}
		for _, spoken := range []string{"en", "fr"} {
			if words := r.Words[spoken]; words == "" || CleanText(words) != words || strings.ContainsAny(words, "#\n") {
				t.Errorf("rule %d says %q in %s", i, words, spoken)
			}
		}
		for _, country := range r.Countries {
			if region, err := language.ParseRegion(country); err != nil || region.String() != country {
				t.Errorf("rule %d names %q, which is no country", i, country)
			}
		}
		if len(r.Countries) == 0 {
			house[r.Disclosure] = true
		} else if house[r.Disclosure] {
			t.Errorf("rule %d comes after the house's, and is never asked", i)
		}
	}
	if len(house) != len(advocacy.Disclosures())-1 {
		t.Errorf("the house has rules for %v only", house)
	}
}

// TestFingerprintsStay: what people signed before is rendered to the same bytes, else an
// unedited share of it would not be one any more.
func TestFingerprintsStay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		network  advocacy.Network
		language string
		d        advocacy.Disclosure
		want     advocacy.Digest
	}{
		{"wall", "en", "", "sha256:9075f07e7719a7bd55a620bbc862cb12ce60c9d59c2590dcce3c29f20159733e"},
		{"wall", "en", "employee", "sha256:79754b20dda89ceca735dd13ccc169ceb6f025a2de41234a631ce04bd3a779dc"},
		{"wall", "en", "advertising", "sha256:d54159d59c662e60d48b3a27bf575e4e19b39df8fe7c4df4d368a2ce5cb012e0"},
		{"wall", "en", "paid_partnership", "sha256:8598a35e084f4ec8a53400bcf09a3dcc50bbe87a714d8698c2d6a784c278decb"},
		{"wall", "fr-FR", "", "sha256:277c688dc30338c544e3e9955b62f51e72719b1cc2524083d558e253272bee3d"},
		{"wall", "fr-FR", "employee", "sha256:cc5b4aed231e79e8e95f9e23f7dfc4b748ac190185013295ece46a4a3c02b960"},
		{"wall", "fr-FR", "advertising", "sha256:83c03f12ee817e5d2e7bc4e66e3fe995269db98203341c454e87b986a37a67f9"},
		{"wall", "fr-FR", "paid_partnership", "sha256:3fc11f66fe37ce60de140b8220d9e7b38424f50f068ce5ddfd921a0e72c70fee"},
		{"wall", "ja", "", "sha256:37229b3e69aab06ba02ae7d2423c61bfa6b0fac95a7d31413f93af306a98c829"},
		{"wall", "ja", "employee", "sha256:422dc1a14e00f8d5a1665676c31567c39a03718cedeaed3486fae9d05e1bd280"},
		{"wall", "ja", "advertising", "sha256:e233821b1d26a1f118d3b17bcc0531e2fd82cfae50b0c92f1a1ffb7386309775"},
		{"wall", "ja", "paid_partnership", "sha256:1caac07c02656a269441758d943fe74c847d692afe5009cdf64415cced368d1b"},
		{"webhook", "en", "", "sha256:e2738933b2cce2ba6fa908e1261bf3050f6dd8640452e6a74b682bcbf2c73d19"},
		{"webhook", "en", "employee", "sha256:1f62b13fa00c75ac9897047a2865fcb423171e1c9c36dd49a354a6d2b6c8139c"},
		{"webhook", "en", "advertising", "sha256:d5a0748893e1aed7456240f7ab663596057572017c60407fcb3fb89652489ff7"},
		{"webhook", "en", "paid_partnership", "sha256:9c11b9c50f90ba7bca569bfc3fba519144c0147aa9b729a6afea1c1b2fcc93e3"},
		{"webhook", "fr-FR", "", "sha256:0e25fba4e508ae1d9ef240c0661b33a3ce612ab66230ee7a63c0c948b77effea"},
		{"webhook", "fr-FR", "employee", "sha256:6c4a21a3df7d468deeea21c40c1a95b5ad0829bb0ee7cbc287478cd9e17b121e"},
		{"webhook", "fr-FR", "advertising", "sha256:7e49e4d192f89ddfd2326b3fefb40fa80df85e000815d9c188095c948d63e163"},
		{"webhook", "fr-FR", "paid_partnership", "sha256:df9634d3a4dc52fd7030b4b559dd35f745efaade05d0e8d9c6e62f3f2f713ec6"},
		{"webhook", "ja", "", "sha256:0d96baba4c1144783cf9e5ed20b506605407b9aca59648432d4b6825e15d9d83"},
		{"webhook", "ja", "employee", "sha256:1362526774e23d5c1fc85f614a2f1ba1b8a7c8a2d0fdcb9a8124e43e97dc4327"},
		{"webhook", "ja", "advertising", "sha256:5c54b640d46e206616eac55aa2807e547b8c28afc1154a07410370297e35be7e"},
		{"webhook", "ja", "paid_partnership", "sha256:b1c6a70d5d864d830f0bef126f87859db3f94c0e73b98582c5ef17d5cb3ff72d"},
	} {
		content := advocacy.Content{
			Language: c.language, Text: "Café ☕ ouvre mardi 👩‍💻\n", Link: "https://example.com/lyon", Disclosure: c.d,
			Media: []advocacy.MediaRef{{
				Blob:        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
				ContentType: "image/png", Width: 12, Height: 6, AltText: "A shop",
			}},
		}
		r, _ := RenderPlain(c.network, Capabilities{TextLimit: 5000, MediaLimit: 4, AltTextRequired: true}, content, "", Disclosures{})
		if got := r.Fingerprint(); got != c.want {
			t.Errorf("%s in %s with %q has the fingerprint %s, and had %s", c.network, c.language, c.d, got, c.want)
		}
	}
}
