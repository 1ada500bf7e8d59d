package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// carded is content nobody minds, with a card.
func carded(c advocacy.Card) advocacy.Content {
	out := english()
	out.Link, out.Card = "https://www.acme.example/jobs", c
	return out
}

// TestRefuseCard: each text of a card is one like the others.
func TestRefuseCard(t *testing.T) {
	t.Parallel()
	for field, card := range map[string]advocacy.Card{
		"content.card.title":            {Title: "a\u202eb"},
		"content.card.description":      {Title: "a", Description: "a\ab"},
		"content.card.picture.alt_text": {Title: "a", Picture: advocacy.MediaRef{AltText: "\xff"}},
	} {
		err := check.Refuse("content", carded(card))
		if e, ok := err.(*advocacy.Error); !ok || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := check.Refuse("content", carded(advocacy.Card{Title: "Jobs", Description: "Come\nand see."})); err != nil {
		t.Error(err)
	}
}

// TestCardFindings: a card leads somewhere, has a title, and names no other site than the one its
// link leads to; each has a harmless twin.
func TestCardFindings(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content advocacy.Content
		want    []string
	}{
		"no card":               {content: carded(advocacy.Card{})},
		"a card":                {content: carded(advocacy.Card{Title: "Jobs", Description: "Come and see."})},
		"without a link":        {advocacy.Content{Language: "en", Card: advocacy.Card{Title: "Jobs"}}, []string{"CARD_WITHOUT_LINK content.card"}},
		"without a title":       {carded(advocacy.Card{Title: " ", Description: "Jobs"}), []string{"CARD_TITLE_MISSING content.card.title"}},
		"its own site":          {content: carded(advocacy.Card{Title: "acme.example", Description: "Read WWW.ACME.example, or shop.acme.example."})},
		"another site":          {carded(advocacy.Card{Title: "Sign in at paypal.com"}), []string{"CARD_OTHER_HOST content.card.title"}},
		"an address of another": {carded(advocacy.Card{Title: "Jobs", Description: "https://evil.test.example.org/x"}), []string{"CARD_OTHER_HOST content.card.description"}},
		"a site that begins so": {carded(advocacy.Card{Title: "acme.example.com"}), []string{"CARD_OTHER_HOST content.card.title"}},
		"beyond ASCII":          {carded(advocacy.Card{Title: "münchen.de"}), []string{"CARD_OTHER_HOST content.card.title"}},
		"another on one host":   {carded(advocacy.Card{Title: "evil.github.io"}), []string{"CARD_OTHER_HOST content.card.title"}},
		"in its picture":        {carded(advocacy.Card{Title: "Jobs", Picture: advocacy.MediaRef{AltText: "The sign of paypal.com"}}), []string{"CARD_OTHER_HOST content.card.picture.alt_text"}},
		"names of files":        {content: carded(advocacy.Card{Title: "Node.js 22, main.go and index.html", Description: "No.1 of 1.000 e.g."})},
		"what nobody sees":      {carded(advocacy.Card{Title: "Jo\u200bbs"}), []string{"HIDDEN_CHARACTER content.card.title"}},
	} {
		var got []string
		for _, f := range check.Content(tt.content) {
			got = append(got, f.Code+" "+f.Field)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	home := carded(advocacy.Card{Title: "mine.github.io"})
	home.Link = "https://mine.github.io/a"
	if got := check.Content(home); len(got) != 0 {
		t.Errorf("one's own place on a host: %+v", got)
	}
}

// TestShowable: what is left of any text is refused in no language, and what was not refused stays.
func TestShowable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("ab \u202e\u2066\u200f\u061c\r\n\x00\ufffd👩\u200d💻")))).Draw(t, "text")
		shown := check.Showable(text)
		if err := check.RefuseLine("text", shown); err != nil {
			t.Fatalf("%q is left as %q: %v", text, shown, err)
		}
		if check.RefuseLine("text", text) == nil && shown != text {
			t.Fatalf("%q is left as %q", text, shown)
		}
	})
	if got := check.Showable("a\xffb\u202ec"); got != "abc" {
		t.Errorf("%q is left", got)
	}
}
