package demo

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// everyWords returns all that is said in the sample, by where.
func everyWords() map[string]words {
	all := make(map[string]words)
	for key, i := range items {
		all["item "+key] = i.words
		if i.then != nil {
			all["item "+key+", rewritten"] = *i.then
		}
	}
	for key, p := range posts {
		if p.item == "" {
			all["post "+key] = p.words
		}
		if p.then != nil {
			all["post "+key+", rewritten"] = *p.then
		}
	}
	for key, p := range proposals {
		all["proposal "+key] = p.words
	}
	for _, d := range drafts {
		all["draft of "+d.author] = d.words
	}
	return all
}

var bareStop = regexp.MustCompile("[^\u202f\u00a0][;!?»]|[^\u202f\u00a0s]:|« |[0-9] [0-9%]")

func TestWords(t *testing.T) {
	t.Parallel()
	spoken, shown := make(map[string]int), make(map[string]int)
	for where, w := range everyWords() {
		spoken[w.language]++
		if (w.picture == "") != (w.alt == "") {
			t.Errorf("%s: a picture without words, or words without a picture", where)
		}
		if w.picture != "" && scenes[w.picture] == nil {
			t.Errorf("%s: there is no scene %q", where, w.picture)
		}
		shown[w.picture]++
		texts := map[string]string{w.language: w.text}
		for _, v := range w.variants {
			spoken[v.Language]++
			texts[v.Language+string(v.Network)] = v.Text
		}
		for language, text := range texts {
			if n := network.Graphemes(text); n < 20 || n > 500 {
				t.Errorf("%s, %s: %d characters", where, language, n)
			}
			if stop := bareStop.FindString(text); strings.HasPrefix(language, "fr") && stop != "" {
				t.Errorf("%s, %s: no narrow space at %q", where, language, stop)
			}
			if network.CleanText(text) != text {
				t.Errorf("%s, %s: the text would be changed by the networks", where, language)
			}
		}
		if w.link != "" {
			u, err := url.Parse(w.link)
			if err != nil || u.Scheme != "https" || u.Host != "alder.example" {
				t.Errorf("%s: %q leads to somebody real", where, w.link)
			}
		}
	}
	for _, language := range []string{"en", "fr", "ja", "ar"} {
		if spoken[language] == 0 {
			t.Errorf("nobody speaks %s", language)
		}
	}
	if spoken["en"] < 10 || spoken["fr"] < 10 {
		t.Errorf("the company is not bilingual: %v", spoken)
	}
	for scene := range scenes {
		if shown[scene] == 0 {
			t.Errorf("nobody shows the picture %q", scene)
		}
	}
	if len(items) < 12 {
		t.Errorf("the library has %d items", len(items))
	}
}

// The library holds variants for both languages and networks, windows and a rewritten
// item; the shelves are open and closed.
func TestLibraryIsVaried(t *testing.T) {
	t.Parallel()
	var bilingual, perNetwork, past, future, rewritten, open, closed int
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	for _, i := range items {
		count(&bilingual, len(i.variants) > 0)
		count(&perNetwork, slices.ContainsFunc(i.variants, func(v advocacy.Variant) bool { return v.Network != "" }))
		count(&past, i.until < 0)
		count(&future, i.from > 0)
		count(&rewritten, i.then != nil)
	}
	for _, s := range shelves {
		count(&open, len(s.members) == 0)
		count(&closed, len(s.members) > 0)
	}
	for name, n := range map[string]int{
		"bilingual": bilingual, "per network": perNetwork, "past window": past, "future window": future,
		"rewritten": rewritten, "open shelf": open, "closed shelf": closed,
	} {
		if n == 0 {
			t.Errorf("none is there: %s", name)
		}
	}
}

// The cast is whom the demo promises, and nobody signs who also writes.
func TestCast(t *testing.T) {
	t.Parallel()
	holders := make(map[advocacy.Role][]string)
	for _, p := range cast {
		if !strings.HasSuffix(p.email, "@alder.example") {
			t.Errorf("%s could get mail", p.name)
		}
		for _, r := range p.roles {
			holders[r] = append(holders[r], p.language)
		}
		if len(p.roles) != 1 {
			t.Errorf("%s holds %v", p.name, p.roles)
		}
	}
	for role, want := range map[advocacy.Role]int{
		advocacy.RoleEmployee: 2, advocacy.RoleCurator: 1, advocacy.RoleLegal: 2, advocacy.RolePR: 1, advocacy.RoleAdmin: 1, advocacy.RoleAuditor: 1,
	} {
		if len(holders[role]) < want {
			t.Errorf("%d people are %s, want %d", len(holders[role]), role, want)
		}
	}
	if languages := holders[advocacy.RoleEmployee]; !slices.Contains(languages, "en") || !slices.Contains(languages, "fr") {
		t.Errorf("the employees speak %v", languages)
	}
}

// The story is told in order, by people of the cast, within the days a review may wait.
func TestStoryIsInOrder(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{
		time.Date(2025, 11, 17, 0, 5, 0, 0, time.UTC), time.Date(2025, 11, 22, 12, 0, 0, 0, time.UTC),
		time.Date(2025, 3, 31, 23, 55, 0, 0, time.UTC), time.Date(2024, 2, 29, 6, 0, 0, 0, time.UTC),
	} {
		clock := &Clock{}
		clock.Set(now)
		teller, err := newTeller(Options{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		last := time.Time{}
		for _, s := range story {
			when, err := teller.moment(s.day, s.at)
			if err != nil {
				t.Fatal(err)
			}
			if !when.After(last) || !when.Before(now.Add(-lastStep)) {
				t.Errorf("%v: day %d, %s is out of order", now, s.day, s.at)
			}
			if day := when.In(teller.zone).Weekday(); day == time.Saturday || day == time.Sunday {
				t.Errorf("%v: day %d is a %s", now, s.day, day)
			}
			last = when
		}
		for _, p := range posts {
			when, err := teller.moment(p.ahead, "08:00")
			if err != nil || p.ahead > 0 && !when.After(now) {
				t.Errorf("%v: a post is scheduled for %v: %v", now, when, err)
			}
		}
	}
	for _, s := range story {
		if s.who != worker && !slices.ContainsFunc(cast, func(p part) bool { return p.key == s.who }) {
			t.Errorf("nobody is called %q", s.who)
		}
	}
}

// A mark finds its draft on a page: it has no character that HTML writes differently.
func TestDrafts(t *testing.T) {
	t.Parallel()
	for _, d := range drafts {
		if !strings.Contains(d.text, d.mark) || strings.ContainsAny(d.mark, `<>&'"’`) {
			t.Errorf("%q does not find the draft", d.mark)
		}
		for where, w := range everyWords() {
			if w.text != d.text && strings.Contains(w.text, d.mark) {
				t.Errorf("%q finds %s too", d.mark, where)
			}
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	var c Clock
	at := time.Date(2020, 1, 2, 3, 4, 5, 6789, time.FixedZone("", 3600))
	c.Set(at)
	if got := c.Now(); !got.Equal(at.Truncate(time.Microsecond)) || got.Location() != time.UTC {
		t.Errorf("the clock was set to %v and shows %v", at, got)
	}
	c.Run()
	if ago := time.Since(c.Now()); ago < 0 || ago > time.Minute {
		t.Errorf("the clock runs %v late", ago)
	}
}

// Each picture is drawn the same way each time, in the size and the form networks take.
func TestPictures(t *testing.T) {
	t.Parallel()
	forms := make(map[string]int)
	for name, scene := range scenes {
		first, err := pictures[name]()
		if err != nil {
			t.Fatal(err)
		}
		second, err := picture(scene)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: drawn differently the second time: %v", name, err)
		}
		size, form, err := image.DecodeConfig(bytes.NewReader(first))
		if err != nil || size.Width != pictureWidth || size.Height != pictureHeight {
			t.Errorf("%s: %+v, %v", name, size, err)
		}
		if len(first) > 200<<10 {
			t.Errorf("%s: %d bytes", name, len(first))
		}
		forms[form]++
	}
	if forms["jpeg"] == 0 || forms["png"] == 0 {
		t.Errorf("the pictures are %v", forms)
	}
}
