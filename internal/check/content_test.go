package check_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// Characters that tests name rather than show.
const (
	lrm, rlm, alm = "\u200e", "\u200f", "\u061c"
	zwj, zwsp     = "\u200d", "\u200b"
	// scotland is the flag: a black flag and tag characters that spell gbsct.
	scotland = "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F"
)

// english is content nobody minds.
func english() advocacy.Content {
	return advocacy.Content{Language: "en", Text: "We are hiring.\n\tCome and see."}
}

func TestRefuseText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, language, text string
		reason               string
	}{
		{"words", "en", "We are hiring.", ""},
		{"nothing", "en", "", ""},
		{"line feeds and tabs", "en", "a\n\tb", ""},
		{"emoji", "en", "👩" + zwj + "💻 ❤️ 🇫🇷 " + scotland, ""},
		{"Persian with a joiner it needs", "fa", "می\u200cخواهم", ""},
		{"no UTF-8", "en", "a\xffb", "INVALID_UTF8"},
		{"half a surrogate pair", "en", "\xed\xa0\x80", "INVALID_UTF8"},
		{"a carriage return", "en", "a\r\nb", "CONTROL_CHARACTER"},
		{"a bell", "en", "a\ab", "CONTROL_CHARACTER"},
		{"a null", "en", "a\x00", "CONTROL_CHARACTER"},
		{"a delete", "en", "a\x7f", "CONTROL_CHARACTER"},
		{"a next line", "en", "a\u0085", "CONTROL_CHARACTER"},
		{"an embedding", "en", "a\u202ab", "BIDI_CONTROL"},
		{"an override", "en", "a\u202eb", "BIDI_CONTROL"},
		{"an isolate", "en", "a\u2066b", "BIDI_CONTROL"},
		{"its end", "en", "a\u2069b", "BIDI_CONTROL"},
		{"an override, even in Arabic", "ar", "a\u202eb", "BIDI_CONTROL"},
		{"an isolate, even in Hebrew", "he", "a\u2067b", "BIDI_CONTROL"},
		{"a left-to-right mark", "en", "a" + lrm, "BIDI_CONTROL"},
		{"a right-to-left mark", "fr", "a" + rlm, "BIDI_CONTROL"},
		{"an Arabic letter mark", "de", "a" + alm, "BIDI_CONTROL"},
		{"marks in Arabic", "ar", lrm + rlm + alm, ""},
		{"marks in Hebrew", "he-IL", lrm + rlm, ""},
		{"marks in Urdu", "ur", rlm, ""},
		{"marks in Arabic written in Latin", "ar-Latn", rlm, "BIDI_CONTROL"},
		{"marks in Azerbaijani written in Arabic", "az-Arab", rlm, ""},
		{"marks in Kurdish written in Latin", "ku", rlm, "BIDI_CONTROL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := advocacy.Content{Language: tt.language, Text: tt.text}
			checkRefusal(t, check.Refuse("content", c), tt.reason, "content.text")
			checkTyped(t, c, tt.reason, "content.text")
		})
	}
}

func checkRefusal(t *testing.T, err error, reason, field string) {
	t.Helper()
	if advocacy.ReasonOf(err) != reason {
		t.Fatalf("it says %v, want %q", err, reason)
	}
	if e, ok := err.(*advocacy.Error); ok && (e.Field != field || e.Kind != advocacy.Invalid) {
		t.Errorf("%v is about %q, want %q", err, e.Field, field)
	}
}

// checkTyped: a character for which a text is refused is found where it stands, and nothing else
// is; without it the text is let through, and everything in it stands where it stood.
func checkTyped(t *testing.T, c advocacy.Content, reason, field string) {
	t.Helper()
	typed, found := check.Typed(c)
	character := reason == "BIDI_CONTROL" || reason == "CONTROL_CHARACTER"
	known := character || reason == "LINK_INVALID"
	if known != (len(found) > 0) {
		t.Fatalf("it finds %v, want %q", found, reason)
	}
	for _, f := range found {
		if f.Code != reason || f.Field != field || f.Severity != advocacy.Blocks || character && f.End <= f.Start {
			t.Errorf("it finds %+v, want %s in %s", f, reason, field)
		}
	}
	again, found := check.Typed(typed)
	if diff := cmp.Diff(typed, again); diff != "" || found != nil {
		t.Errorf("without them it finds %v and makes (-typed +again):\n%s", found, diff)
	}
	if err := check.Refuse("content", typed); known && advocacy.ReasonOf(err) == reason {
		t.Errorf("without them it says %v", err)
	}
	if diff := cmp.Diff(lengths(c), lengths(typed)); diff != "" {
		t.Errorf("lengths (-written +typed):\n%s", diff)
	}
}

// lengths are those of the texts of a content.
func lengths(c advocacy.Content) (out []int) {
	out = append(out, len(c.Text), len(c.Card.Title), len(c.Card.Description), len(c.Card.Picture.AltText))
	for _, v := range c.Variants {
		out = append(out, len(v.Text))
	}
	for _, m := range c.Media {
		out = append(out, len(m.AltText))
	}
	return out
}

// TestRefuseEveryField: no field is a way around.
func TestRefuseEveryField(t *testing.T) {
	t.Parallel()
	const bad = "a\u202eb"
	for _, tt := range []struct {
		name          string
		change        func(*advocacy.Content)
		reason, field string
	}{
		{"nothing", func(*advocacy.Content) {}, "", ""},
		{"the language", func(c *advocacy.Content) { c.Language = "en-" }, "LANGUAGE_INVALID", "content.language"},
		{"no language", func(c *advocacy.Content) { c.Language = "" }, "LANGUAGE_INVALID", "content.language"},
		{"a variant", func(c *advocacy.Content) {
			c.Variants = []advocacy.Variant{{Text: "fine"}, {Text: bad}}
		}, "BIDI_CONTROL", "content.variants[1].text"},
		{"a variant's language", func(c *advocacy.Content) {
			c.Variants = []advocacy.Variant{{Language: "no language", Text: "fine"}}
		}, "LANGUAGE_INVALID", "content.variants[0].language"},
		{"a mark in an English variant of Arabic", func(c *advocacy.Content) {
			c.Language, c.Variants = "ar", []advocacy.Variant{{Language: "en", Text: rlm}}
		}, "BIDI_CONTROL", "content.variants[0].text"},
		{"a mark in a variant in the content's own Arabic", func(c *advocacy.Content) {
			c.Language, c.Variants = "ar", []advocacy.Variant{{Network: "wall", Text: rlm}}
		}, "", ""},
		{"a mark in an Arabic variant of English", func(c *advocacy.Content) {
			c.Variants = []advocacy.Variant{{Language: "ar", Text: rlm}}
		}, "", ""},
		{"the words of a picture", func(c *advocacy.Content) {
			c.Media = []advocacy.MediaRef{{AltText: bad}}
		}, "BIDI_CONTROL", "content.media[0].alt_text"},
		{"the title of a card", func(c *advocacy.Content) { c.Card.Title = bad }, "BIDI_CONTROL", "content.card.title"},
		{"what a card says", func(c *advocacy.Content) { c.Card.Description = bad }, "BIDI_CONTROL", "content.card.description"},
		{"the words of a card's picture", func(c *advocacy.Content) {
			c.Card.Picture = advocacy.MediaRef{Blob: "sha256:0", AltText: bad}
		}, "BIDI_CONTROL", "content.card.picture.alt_text"},
		{"the link", func(c *advocacy.Content) { c.Link = "ftp://example.com" }, "LINK_INVALID", "content.link"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := english()
			tt.change(&c)
			checkRefusal(t, check.Refuse("content", c), tt.reason, tt.field)
			checkTyped(t, c, tt.reason, tt.field)
		})
	}
}

func TestRefuseLink(t *testing.T) {
	t.Parallel()
	for link, reason := range map[string]string{
		"":                                 "",
		"https://example.com":              "",
		"http://example.com/a?b=c#d":       "",
		"HTTPS://EXAMPLE.COM":              "",
		"https://example.com:8443/é":       "",
		"https://bücher.example":           "",
		"https://[2001:db8::1]/":           "",
		"https://example.com/%E2%80%8B":    "",
		"example.com":                      "LINK_INVALID",
		"/a":                               "LINK_INVALID",
		"//example.com":                    "LINK_INVALID",
		"https://":                         "LINK_INVALID",
		"https://:443/":                    "LINK_INVALID",
		"https:example.com":                "LINK_INVALID",
		"javascript:alert(1)":              "LINK_INVALID",
		"data:text/html,hi":                "LINK_INVALID",
		"mailto:ann@example.com":           "LINK_INVALID",
		"ftp://example.com":                "LINK_INVALID",
		"https://ann@example.com":          "LINK_INVALID",
		"https://ann:secret@example.com":   "LINK_INVALID",
		"https://example.com@evil.example": "LINK_INVALID",
		"https://example.com/a b":          "LINK_INVALID",
		"https://example.com/a\u00a0b":     "LINK_INVALID",
		" https://example.com":             "LINK_INVALID",
		"https://example.com\n":            "LINK_INVALID",
		"https://exam" + zwsp + "ple.com":  "LINK_INVALID",
		"https://exam\u00adple.com":        "LINK_INVALID",
		"https://example.com/\ufeff":       "LINK_INVALID",
		"https://example.com/" + zwj:       "LINK_INVALID",
		"https://example.com/\u202emoc":    "LINK_INVALID",
		"https://example.com/" + rlm:       "LINK_INVALID",
		"https://example.com/\U000E0041":   "LINK_INVALID",
		"https://example.com/\u3164":       "LINK_INVALID",
		"https://example.com/%zz":          "LINK_INVALID",
		"https://example.com:port/":        "LINK_INVALID",
		"https://example.com/\xff":         "INVALID_UTF8",
	} {
		c := english()
		c.Language, c.Link = "ar", link
		if err := check.Refuse("content", c); advocacy.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", link, err, reason)
		}
	}
}

func TestRefuseLine(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"Ann": "", "": "", "two\nlines": "", "a\x00": "CONTROL_CHARACTER", "a\u202e": "BIDI_CONTROL", rlm: "BIDI_CONTROL", "\xff": "INVALID_UTF8",
	} {
		checkRefusal(t, check.RefuseLine("name", text), reason, "name")
	}
}

func TestRightToLeft(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]bool{
		"ar": true, "he": true, "fa": true, "ur-PK": true, "yi": true, "dv": true, "ps": true, "ckb": true, "ff-Adlm": true, "nqo": true, "pa-Arab": true,
		"en": false, "fr-CA": false, "ja": false, "ku": false, "ar-Latn": false, "": false, "no language": false,
	} {
		if got := check.RightToLeft(language); got != want {
			t.Errorf("%q is written from right to left: %t", language, got)
		}
	}
}

// found renders findings: code, field and what was found there.
func found(c advocacy.Content) []string {
	var out []string
	for _, f := range check.Content(c) {
		line := f.Code + " " + f.Field
		if f.Args["character"] != "" {
			line += " " + f.Args["character"]
		}
		if f.Args["host"] != "" {
			line += " " + f.Args["host"]
		}
		out = append(out, line)
	}
	return out
}

func TestHiddenCharacters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"words", "We are hiring.", nil},
		{"a zero-width space", "a" + zwsp + "b", []string{"U+200B"}},
		{"a soft hyphen", "a\u00adb", []string{"U+00AD"}},
		{"a word joiner", "a\u2060b", []string{"U+2060"}},
		{"a byte order mark", "\ufeffa", []string{"U+FEFF"}},
		{"a Hangul filler", "a\u3164b", []string{"U+3164"}},
		{"two of them", zwsp + "a\u2063", []string{"U+200B", "U+2063"}},
		{"a family", "👨" + zwj + "👩" + zwj + "👧", nil},
		{"a skin tone and a heart", "👍🏽 ❤️", nil},
		{"a flag of letters", "🇫🇷", nil},
		{"a flag of tags", scotland, nil},
		{"two flags of tags", scotland + scotland, nil},
		{"a pirate", "\U0001F3F4" + zwj + "☠️", nil},
		{"Persian with a joiner", "می\u200cخواهم", nil},
		{"words in tags", "a\U000E0068\U000E0069", []string{"U+E0068", "U+E0069"}},
		{"a language tag", "\U000E0001a", []string{"U+E0001"}},
		{"a flag that never ends", "\U0001F3F4\U000E0067a", []string{"U+E0067"}},
		{"a flag of nowhere", "\U0001F3F4\U000E007F", []string{"U+E007F"}},
		{"words after a flag", scotland + "\U000E0068", []string{"U+E0068"}},
		{"a flag that spells a sentence", "\U0001F3F4" + strings.Repeat("\U000E0068", 7) + "\U000E007F",
			append(strings.Fields(strings.Repeat("U+E0068 ", 7)), "U+E007F")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := english()
			c.Text = tt.text
			var want []string
			for _, character := range tt.want {
				want = append(want, "HIDDEN_CHARACTER content.text "+character)
			}
			if diff := cmp.Diff(want, found(c)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestContentFields(t *testing.T) {
	t.Parallel()
	c := english()
	c.Variants = []advocacy.Variant{{Text: "fine"}, {Text: zwsp}}
	c.Media = []advocacy.MediaRef{{AltText: "a" + zwsp}}
	want := []string{"HIDDEN_CHARACTER content.variants[1].text U+200B", "HIDDEN_CHARACTER content.media[0].alt_text U+200B"}
	if diff := cmp.Diff(want, found(c)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	f := check.Content(c)[1]
	if f.Start != 1 || f.End != 4 || f.Severity != advocacy.NeedsReview {
		t.Errorf("the span is %d to %d, %s", f.Start, f.End, f.Severity)
	}
}

func TestLinkFindings(t *testing.T) {
	t.Parallel()
	for link, want := range map[string][]string{
		"":                                      nil,
		"https://example.com/?page=2":           nil,
		"https://example.com/?utm_source=x":     {"LINK_TRACKING content.link"},
		"https://example.com/?a=1&FBCLID=x":     {"LINK_TRACKING content.link"},
		"https://example.com/?gclid=1&utm_id=2": {"LINK_TRACKING content.link"},
		"https://example.com/utm_source":        nil,
		"https://exаmple.com/":                  {"MIXED_SCRIPT_LINK content.link exаmple.com (xn--exmple-4nf.com)"}, // a Cyrillic а
		"https://xn--exmple-4nf.com":            {"MIXED_SCRIPT_LINK content.link xn--exmple-4nf.com"},
		"https://XN--EXMPLE-4NF.com":            {"MIXED_SCRIPT_LINK content.link XN--EXMPLE-4NF.com"},
		"https://example.com/é":                 nil,
		"https://bücher.example/?igshid=1":      {"LINK_TRACKING content.link", "MIXED_SCRIPT_LINK content.link bücher.example (xn--bcher-kva.example)"},
		"%zz":                                   nil,
	} {
		c := english()
		c.Link = link
		if diff := cmp.Diff(want, found(c)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", link, diff)
		}
	}
}

// TestHiddenNeverBlocks: what nobody sees a person looks at; what cannot be shown is
// refused. Spans lie within the text and never overlap.
func TestHiddenNeverBlocks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := english()
		c.Text = rapid.StringOf(rapid.RuneFrom([]rune("ab 🏴\u200b\u200d\u00ad\U000E0067\U000E007F"))).Draw(t, "text")
		end := 0
		for _, f := range check.Content(c) {
			if f.Severity == advocacy.Blocks || f.Code == "" {
				t.Fatalf("%+v", f)
			}
			if f.Start < end || f.End <= f.Start || f.End > len(c.Text) || !utf8.ValidString(c.Text[f.Start:f.End]) {
				t.Fatalf("the span of %+v in %q", f, c.Text)
			}
			end = f.End
		}
	})
}

// FuzzRefuse: what is not refused reads back from JSON as it was written, so that what is
// signed is what was typed; and no direction is hidden in it.
func FuzzRefuse(f *testing.F) {
	f.Add("en", "We are hiring.", "https://example.com")
	f.Fuzz(func(t *testing.T, language, text, link string) {
		c := advocacy.Content{
			Language: language, Text: text, Link: link, Variants: []advocacy.Variant{{Network: "wall", Text: text}},
			Media: []advocacy.MediaRef{{AltText: text}},
		}
		check.Content(c)
		if typed, _ := check.Typed(c); !slices.Equal(lengths(c), lengths(typed)) {
			t.Fatalf("%q became %q", text, typed.Text)
		}
		if err := check.Refuse("content", c); err != nil {
			if advocacy.KindOf(err) != advocacy.Invalid {
				t.Fatalf("%v is nobody's input", err)
			}
			return
		}
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var again advocacy.Content
		if err := json.Unmarshal(data, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
		if strings.ContainsAny(text+link, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\r\x00") {
			t.Fatalf("%q and %q were let through", text, link)
		}
	})
}
