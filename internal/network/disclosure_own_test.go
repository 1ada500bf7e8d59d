package network

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// ownRules are those of a workspace, those for all first.
func ownRules() Disclosures {
	return NewDisclosures(&advocacy.DisclosureRevision{Number: 3, Rules: []advocacy.DisclosureRule{
		{
			Rule: "everywhere", Source: "counsel", Disclosure: advocacy.DisclosureEmployee, Place: advocacy.DisclosedFirst,
			Words: map[string]string{"en": "I work for Acme.", "fr": "Je travaille chez Acme.", "de": "Ich arbeite bei Acme."},
		},
		{
			Rule: "de", Source: "counsel", Countries: []string{"DE", "AT"}, Disclosure: advocacy.DisclosureEmployee, Place: advocacy.DisclosedVisible,
			Words: map[string]string{"en": "Acme employee.", "fr": "Employé d’Acme.", "de": "Werbung: ich arbeite bei Acme."},
		},
		{
			Rule: "fr", Source: "counsel", Countries: []string{"FR"}, Disclosure: advocacy.DisclosureAdvertising, Place: advocacy.DisclosedVisible,
			Words: map[string]string{"en": "Paid by Acme", "fr": "Payé par Acme"},
		},
	}})
}

func TestOwnRules(t *testing.T) {
	t.Parallel()
	told := ownRules()
	for _, c := range []struct {
		d                   advocacy.Disclosure
		network             advocacy.Network
		country, language   string
		place               Place
		text, spoken, named string
	}{
		{advocacy.DisclosureEmployee, measure.Bluesky, "", "en", PlaceFirst, "I work for Acme.", "en", "everywhere"},
		// The rule that names the country is before the one that does not, and both before the law's.
		{advocacy.DisclosureEmployee, measure.Bluesky, "", "de-AT", PlaceLast, "Werbung: ich arbeite bei Acme.", "de", "de"},
		{advocacy.DisclosureEmployee, measure.LinkedIn, "de", "nl", PlaceFirst, "Acme employee.", "en", "de"},
		{advocacy.DisclosureEmployee, measure.Bluesky, "US", "en", PlaceFirst, "I work for Acme.", "en", "everywhere"},
		// What they do not name is told as ever.
		{advocacy.DisclosurePartnership, measure.LinkedIn, "FR", "fr", PlaceFirst, "Collaboration commerciale", "fr", "fr-loi-2023-451-art-5"},
		{advocacy.DisclosureAdvertising, measure.LinkedIn, "GB", "en", PlaceFirst, "Ad", "en", "gb-cap-2.1"},
		// The law wants the words in the text, whatever field the network has and the rule says.
		{advocacy.DisclosureAdvertising, measure.X, "FR", "fr", PlaceLast, "Payé par Acme", "fr", "fr"},
		// They hold where a disclosure has a place of its own, by the country the text is for.
		{advocacy.DisclosureEmployee, measure.Wall, "", "de-DE", PlaceOwn, "Werbung: ich arbeite bei Acme.", "de", "de"},
		{advocacy.DisclosureEmployee, "elsewhere", "", "de", PlaceOwn, "Ich arbeite bei Acme.", "de", "everywhere"},
		{advocacy.DisclosureAdvertising, measure.Wall, "", "fr-CA", PlaceOwn, "Publicité", "fr", "house"},
	} {
		got := told.Tell(c.d, c.network, c.country, c.language)
		revision := 0
		if slices.Contains([]string{"everywhere", "de", "fr"}, c.named) {
			revision = 3
		}
		want := Disclosed{
			Place: c.place, Text: c.text, Language: c.spoken, Rule: c.named, Revision: revision, Source: got.Source, Field: got.Field,
		}
		if diff := cmp.Diff(want, got); diff != "" || got.Source == "" {
			t.Errorf("%q on %s for %q in %q (-want +got):\n%s", c.d, c.network, c.country, c.language, diff)
		}
	}
}

// TestOwnRulesAreRendered: a network shows the words of the workspace's rule, and says in
// which language they are where the built-in rules have another.
func TestOwnRulesAreRendered(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][2]string{
		"de": {"Ich arbeite bei Acme.", "de"}, "fr": {"Je travaille chez Acme.", ""}, "ja": {"I work for Acme.", ""},
	} {
		content := advocacy.Content{Language: language, Text: "Text", Disclosure: advocacy.DisclosureEmployee}
		r, _ := RenderPlain(measure.Wall, Capabilities{}, content, "", ownRules())
		if got := [2]string{r.DisclosureText, r.DisclosureLanguage}; got != want {
			t.Errorf("in %q it shows %q, want %q", language, got, want)
		}
	}
}

// TestNeverLessIsTold: whatever rules a workspace publishes, whoever was told of a disclosure
// without them is told of it with them, and in words where the law wants words.
func TestNeverLessIsTold(t *testing.T) {
	t.Parallel()
	countries := []string{"US", "GB", "FR", "DE"}
	rapid.Check(t, func(rt *rapid.T) {
		r := &advocacy.DisclosureRevision{Number: 1}
		for range rapid.IntRange(0, 4).Draw(rt, "rules") {
			r.Rules = append(r.Rules, advocacy.DisclosureRule{
				Rule:       rapid.StringMatching("[a-z]{3,8}").Draw(rt, "rule"),
				Countries:  rapid.SliceOfNDistinct(rapid.SampledFrom(countries), 0, 2, rapid.ID[string]).Draw(rt, "countries"),
				Disclosure: rapid.SampledFrom(advocacy.Disclosures()[1:]).Draw(rt, "disclosure"),
				Place:      rapid.SampledFrom(advocacy.DisclosurePlaces()).Draw(rt, "place"),
				Beside:     rapid.Bool().Draw(rt, "beside"),
				Words:      map[string]string{"en": "Words", "fr": "Mots"},
			})
		}
		if r.Guard() != nil {
			rt.Skip("it would not be published")
		}
		told := NewDisclosures(r)
		for _, d := range advocacy.Disclosures() {
			for _, n := range append(measure.Networks(), "elsewhere") {
				for _, country := range append(countries, "") {
					was, now := Disclosures{}.Tell(d, n, country, "fr"), told.Tell(d, n, country, "fr")
					silent := now.Text == "" && now.Field == ""
					if was.Text != "" && (silent || was.Field != "" && now.Text == "") || was.Field != now.Field {
						rt.Fatalf("%q on %s in %q was told as %+v, and is as %+v", d, n, country, was, now)
					}
				}
			}
		}
	})
}

// TestTwoCountries: where an author is in one country and the text is written for another,
// what each asks for is met, and both rules are named.
func TestTwoCountries(t *testing.T) {
	t.Parallel()
	const gb, fr = "gb-cap-2.1", "fr-loi-2023-451-art-5"
	own := NewDisclosures(&advocacy.DisclosureRevision{Number: 4, Rules: []advocacy.DisclosureRule{{
		Rule: "be", Source: "counsel", Countries: []string{"BE"}, Disclosure: advocacy.DisclosureAdvertising, Place: advocacy.DisclosedVisible,
		Words: map[string]string{"en": "Paid by Acme", "fr": "Payé par Acme"},
	}}})
	for _, c := range []struct {
		d                 advocacy.Disclosure
		network           advocacy.Network
		country, language string
		want              Disclosed
	}{
		// The author's country holds where the language is nobody's.
		{advocacy.DisclosureAdvertising, measure.LinkedIn, "GB", "en", Disclosed{Place: PlaceFirst, Text: "Ad", Language: "en", Rule: gb}},
		// A rule that names a country is told in the place of one that is for all, whichever of the two it is.
		{advocacy.DisclosureAdvertising, measure.Bluesky, "DE", "en-GB", Disclosed{Place: PlaceFirst, Text: "Ad", Language: "en", Rule: gb}},
		{advocacy.DisclosureAdvertising, measure.Bluesky, "GB", "en-IE", Disclosed{Place: PlaceFirst, Text: "Ad", Language: "en", Rule: gb}},
		{
			advocacy.DisclosurePartnership, measure.LinkedIn, "GB", "fr-FR",
			Disclosed{Place: PlaceFirst, Text: "Publicité\u202f: partenariat rémunéré · Collaboration commerciale", Language: "fr", Rule: gb + " + " + fr},
		},
		// The same words are said once.
		{advocacy.DisclosureAdvertising, measure.LinkedIn, "FR", "fr-GB", Disclosed{Place: PlaceFirst, Text: "Publicité", Language: "fr", Rule: fr + " + " + gb}},
		// The place and the words beside a field are those of the stricter.
		{
			advocacy.DisclosureAdvertising, measure.X, "BE", "fr-FR",
			Disclosed{Place: PlaceFirst, Text: "Payé par Acme · Publicité", Language: "fr", Rule: "be + " + fr, Revision: 4, Field: "paid_partnership"},
		},
		{advocacy.DisclosureEmployee, measure.Bluesky, "", "en", Disclosed{Place: PlaceLast, Text: "I work for this company.", Language: "en", Rule: "house"}},
	} {
		got := own.Of(c.country).Tell(c.d, c.network, "", c.language)
		c.want.Source = got.Source
		if diff := cmp.Diff(c.want, got); diff != "" || got.Source == "" {
			t.Errorf("%q on %s by an author in %q in %q (-want +got):\n%s", c.d, c.network, c.country, c.language, diff)
		}
	}
}
