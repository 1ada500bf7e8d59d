package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestLinkAt(t *testing.T) {
	t.Parallel()
	const link = "https://acme.test/a"
	c := advocacy.Content{
		Text: "See " + link + "/b, and (" + link + ").",
		Variants: []advocacy.Variant{
			{Network: "wall", Text: "Été: " + link}, {Account: "one", Text: link + "\nand " + link + "!"}, {Language: "fr", Text: "Rien."},
		},
	}
	want := []advocacy.Finding{
		{Field: "content.text", Start: 32, End: 51},
		{Field: "content.variants[0].text", Start: 7, End: 26},
		{Field: "content.variants[1].text", Start: 0, End: 19},
		{Field: "content.variants[1].text", Start: 24, End: 43},
	}
	if diff := cmp.Diff(want, LinkAt(c, link)); diff != "" {
		t.Error(diff)
	}
	if got := LinkAt(c, ""); got != nil {
		t.Errorf("no link stands at %+v", got)
	}
}
