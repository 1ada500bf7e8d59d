package catalogue

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		language, key string
		args          map[string]string
		want          string
	}{
		"english":              {"en", "web.demo.choose", map[string]string{"name": "Camille"}, "Be Camille"},
		"french of Canada":     {"fr-CA", "web.demo.choose", map[string]string{"name": "Camille"}, "Être Camille"},
		"other language":       {"de", "web.demo.choose", map[string]string{"name": "Camille"}, "Be Camille"},
		"no language":          {"", "web.demo.choose", map[string]string{"name": "Camille"}, "Be Camille"},
		"unknown key":          {"fr", "web.no.such.key", nil, "web.no.such.key"},
		"placeholder unfilled": {"en", "web.demo.choose", nil, "Be {name}"},
		"argument not read again": {
			"en", "web.demo.choose", map[string]string{"name": "{name|a|b} {x"}, "Be {name|a|b} {x",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, Text(test.language, test.key, test.args)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFillPlural(t *testing.T) {
	t.Parallel()
	const message = "{n} {n|image|images}, {missing|a|b}, {odd|x}, {broken"
	tests := []struct{ language, n, want string }{
		{English, "0", "0 images"},
		{English, "1", "1 image"},
		{English, "2", "2 images"},
		{French, "0", "0 image"},
		{French, "1", "1 image"},
		{French, "2", "2 images"},
		{French, "many", "many images"},
	}
	for _, test := range tests {
		got := fill(test.language, message, map[string]string{"n": test.n, "odd": "odd"})
		if want := test.want + ", {missing|a|b}, odd, {broken"; got != want {
			t.Errorf("%s %s: got %q, want %q", test.language, test.n, got, want)
		}
	}
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	tests := []struct{ header, fallback, want string }{
		{"", "", English},
		{"", "fr", French},
		{"fr-CA", "en", French},
		{"FR_ca", "en", French},
		{"de, fr;q=0.5, en;q=0.7", "fr", English},
		{"en;q=0, fr;q=0.1", "en", French},
		{"de-AT, ja", "fr-FR", French},
		{"fr;q=nonsense, en", "fr", English},
		{"*", "fr", French},
		{strings.Repeat("xx,", 10_000) + "fr", "en", English},
	}
	for _, test := range tests {
		if got := Negotiate(test.header, test.fallback); got != test.want {
			t.Errorf("Negotiate(%.40q, %q) = %q, want %q", test.header, test.fallback, got, test.want)
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 8, 5, 9, 4, 59, 0, time.UTC)
	if got, want := Moment("en-GB", at), "Tue 5 Aug 2025, 09:04 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Moment("fr", at), "mar. 5 août 2025 à 09:04 UTC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A day is told as it was where the instant's zone is, in the words of the language.
func TestDay(t *testing.T) {
	t.Parallel()
	said := map[string]string{"date": "2025-11-25T00:30:00+01:00"}
	if got, want := Text("en", "finding.OWN_TEXT_REPEATED", said), " on Tue 25 Nov 2025. "; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
	if got, want := Text("fr", "finding.OWN_TEXT_REPEATED", said), " le mar. 25 nov. 2025. "; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
	if got := fill(French, "{date|minute}", said); got != "mar. 25 nov. 2025 à 00:30" {
		t.Errorf("got %q", got)
	}
	if got := fill(English, "{date|day}", map[string]string{"date": "one day"}); got != "one day" {
		t.Errorf("of no instant it says %q", got)
	}
}

var placeholder = regexp.MustCompile(`\{([a-z]+)[^}]*\}`)

// The languages hold the same keys, and each message the same facts.
func TestLanguagesAgree(t *testing.T) {
	t.Parallel()
	for _, language := range Languages() {
		keys := make([]string, 0, len(messages()[language]))
		for key, message := range messages()[language] {
			keys = append(keys, key)
			if strings.TrimSpace(message) != message || message == "" {
				t.Errorf("%s: %s is empty or has space around it", language, key)
			}
			if diff := cmp.Diff(facts(messages()[English][key]), facts(message)); diff != "" {
				t.Errorf("%s: %s has other placeholders than English:\n%s", language, key, diff)
			}
		}
		slices.Sort(keys)
		if diff := cmp.Diff(Keys(), keys); diff != "" {
			t.Errorf("%s has other keys than English:\n%s", language, diff)
		}
	}
}

// facts lists the names of a message's placeholders once each.
func facts(message string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(message, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var (
	bareStop  = regexp.MustCompile("[^\u202f\u00a0][:;!?»]|«[^\u202f]")
	technical = regexp.MustCompile(`https?://|sha256:|approver:|Authorization:|Content-Type:|[0-9]:[0-9]`)
)

// French has a narrow space, which never breaks, before its tall stops and inside its
// quotes, and a curved apostrophe.
func TestFrenchIsFrench(t *testing.T) {
	t.Parallel()
	for key, message := range messages()[French] {
		plain := technical.ReplaceAllString(message, "x")
		if found := bareStop.FindString(plain); found != "" {
			t.Errorf("%s: no narrow space at %q in %q", key, found, message)
		}
		if strings.ContainsAny(message, "'\"“”") {
			t.Errorf("%s: straight apostrophe or English quotes in %q", key, message)
		}
	}
}
