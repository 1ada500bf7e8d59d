package advocacy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestLikeness: readers take texts for one that differ in case, spacing, punctuation, emoji
// or marks, and no others; each network has its own readers.
func TestLikeness(t *testing.T) {
	t.Parallel()
	of := func(n advocacy.Network, text string) advocacy.Digest {
		return advocacy.Likeness(advocacy.Rendering{Network: n, Text: text})
	}
	one := of("wall", "We are hiring in Nantes!")
	for text, like := range map[string]bool{
		"we are hiring  in Nantes": true, "We are hiring in Nantes 🎉": true, "Wé are hiring in Nantes.": true,
		"Ｗｅ are hiring in Nantes": true, "We're hiring in Nantes!": false, "We are hiring in Lyon!": false,
	} {
		if got := of("wall", text) == one; got != like {
			t.Errorf("%q is like it: %v", text, got)
		}
	}
	if of("webhook", "We are hiring in Nantes!") == one {
		t.Error("another network has the same readers")
	}
	if of("wall", "🎉 …") != "" {
		t.Error("there are letters in it")
	}
}

// sketch is that of a post on the wall.
func sketch(text string) advocacy.Sketch {
	return advocacy.SketchOf(advocacy.Rendering{Network: "wall", Text: text})
}

// TestNear: a word more, less or replaced repeats a text, in any script; other words about
// the same subject do not.
func TestNear(t *testing.T) {
	t.Parallel()
	const post = "Our new plant in Nantes makes bicycles from recycled steel, and forty colleagues started there on Monday. I am proud of them!"
	const japanese = "ナントの新しい工場では再生鋼から自転車を作っており、月曜日から四十人の同僚が働き始めました。とても誇りに思います。"
	for _, c := range []struct {
		one, other string
		near       bool
	}{
		{post, post, true},
		{post, "🎉 " + strings.ToUpper(post), true},
		{post, "Wow. " + post, true},
		{post, strings.Replace(post, "Monday", "Tuesday", 1), true},
		{post, strings.Replace(post, ", and forty", "; forty", 1), true},
		{post, strings.Replace(post, " I am proud of them!", "", 1), true},
		{post, post + " Come and see for yourself, the doors are open to everybody on Saturday from nine o'clock on.", false},
		{post, "We opened a plant in Nantes: bicycles of recycled steel, made by forty new colleagues.", false},
		{"We are hiring in Nantes!", "We are hiring in Lyon!", false},
		{"We are hiring in Nantes!", "We're hiring in Nantes!", false}, // too short to tell
		{japanese, strings.Replace(japanese, "月曜日", "火曜日", 1), true},
		{japanese, "ナントに工場ができました。", false},
		{"Yes", "yes!", true},
		{"Yes", "No", false},
		{"🎉", "🎉", false},
		{"", "Yes", false},
	} {
		if sketch(c.one).Near(sketch(c.other)) != c.near || sketch(c.other).Near(sketch(c.one)) != c.near {
			t.Errorf("%q is near %q: %v", c.other, c.one, !c.near)
		}
	}
	other := advocacy.SketchOf(advocacy.Rendering{Network: "webhook", Text: post})
	if sketch(post).Near(other) {
		t.Error("another network has the same readers")
	}
}

// TestNearLooksAtWords: a link and a disclosure that texts have in common make none of them
// a repetition, and another link none original.
func TestNearLooksAtWords(t *testing.T) {
	t.Parallel()
	of := func(words, link string) advocacy.Sketch {
		const told = "I work for the company that makes these bicycles."
		return advocacy.SketchOf(advocacy.Rendering{Network: "wall", Text: words + " " + link + " " + told, Link: link, DisclosureText: told})
	}
	const link = "https://alder.example/blog/2026/11/what-forty-colleagues-learned-about-steel"
	if of("A day at the plant.", link).Near(of("Steel can be new twice.", link)) {
		t.Error("other words are near for what is around them")
	}
	if !of("Steel can be new twice, says my colleague.", link).Near(of("Steel can be new twice, says my colleague!", "https://alder.example/s")) {
		t.Error("the same words with another link are not near")
	}
}

// TestBandsFindWhatIsNear holds that texts near each other have a band in common, nearly
// always, and that it is the same both ways; the text may be longer than a sketch holds.
func TestBandsFindWhatIsNear(t *testing.T) {
	t.Parallel()
	var near, missed int
	rapid.Check(t, func(rt *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		words := make([]string, rapid.IntRange(8, 400).Draw(rt, "words"))
		for i := range words {
			words[i] = anyWord(random)
		}
		changed := slices.Clone(words)
		for range rapid.IntRange(0, len(words)/8).Draw(rt, "changes") {
			changed[random.IntN(len(words))] = anyWord(random)
		}
		one, other := sketch(strings.Join(words, " ")), sketch(strings.Join(changed, " "))
		if one.Near(other) != other.Near(one) {
			rt.Error("near one way only")
		}
		if !one.Near(other) {
			return
		}
		near++
		if !slices.ContainsFunc(one.Bands(), func(b int64) bool { return slices.Contains(other.Bands(), b) }) {
			missed++
		}
	})
	if near < 20 || missed*50 > near {
		t.Errorf("of %d texts near another one %d were missed", near, missed)
	}
}

// anyWord is one of random letters.
func anyWord(r *rand.Rand) string {
	letters := make([]byte, 3+r.IntN(7))
	for i := range letters {
		letters[i] = byte('a' + r.IntN(26))
	}
	return string(letters)
}

// TestBandsKeepApart holds that texts with nothing in common have no band in common.
func TestBandsKeepApart(t *testing.T) {
	t.Parallel()
	seen := map[int64]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		words := make([]string, 40)
		for i := range words {
			words[i] = anyWord(random)
		}
		for _, b := range sketch(strings.Join(words, " ")).Bands() {
			if seen[b] {
				t.Fatal("two texts have a band in common")
			}
			seen[b] = true
		}
	}
}

func BenchmarkSketch(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 450) // about 3,000 characters
	for i := range words {
		words[i] = anyWord(random)
	}
	text := strings.Join(words, " ")
	for b.Loop() {
		_ = sketch(text).Bands()
	}
}
