package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func TestMarked(t *testing.T) {
	t.Parallel()
	finding := func(start, end int32) *imprimaturv1.Finding {
		return &imprimaturv1.Finding{Start: start, End: end, Message: "why"}
	}
	tests := map[string]struct {
		text     string
		findings []*imprimaturv1.Finding
		want     []piece
	}{
		"plain":               {"Été", nil, []piece{{"", "Été", ""}}},
		"a finding":           {"a bad word", []*imprimaturv1.Finding{finding(2, 5)}, []piece{{"", "a ", ""}, {"mark", "bad", "why"}, {"", " word", ""}}},
		"two that overlap":    {"abcd", []*imprimaturv1.Finding{finding(2, 4), finding(1, 3)}, []piece{{"", "a", ""}, {"mark", "bc", "why"}, {"", "d", ""}}},
		"beyond the text":     {"ab", []*imprimaturv1.Finding{finding(1, 9), finding(-1, 1), finding(2, 2)}, []piece{{"", "ab", ""}}},
		"nobody sees it":      {"a\u200bb", nil, []piece{{"", "a", ""}, {"code", "U+200B", ""}, {"", "b", ""}}},
		"within a finding":    {"xa\u202eb", []*imprimaturv1.Finding{finding(1, 6)}, []piece{{"", "x", ""}, {"mark", "a", "why"}, {"code", "U+202E", "why"}, {"mark", "b", "why"}}},
		"broken":              {"a\xffb", nil, []piece{{"", "a", ""}, {"code", "U+FFFD", ""}, {"", "b", ""}}},
		"a family of emoji":   {"👩\u200d👧", nil, []piece{{"", "👩\u200d👧", ""}}},
		"joined letters":      {"a\u200db", nil, []piece{{"", "a", ""}, {"code", "U+200D", ""}, {"", "b", ""}}},
		"French spaces":       {"oui\u202f!\n\tnon\u00a0?", nil, []piece{{"", "oui\u202f!\n\tnon\u00a0?", ""}}},
		"letters like others": {"see https://аlder.example/x", nil, []piece{{"", "see https://аlder.example", ""}, {"host", "xn--lder-43d.example", ""}, {"", "/x", ""}}},
		"such a finding":      {"an аlder.example b", []*imprimaturv1.Finding{finding(3, 17)}, []piece{{"", "an ", ""}, {"mark", "аlder.example", "why"}, {"host", "xn--lder-43d.example", "why"}, {"", " b", ""}}},
		"half of the name":    {"an аlder.example b", []*imprimaturv1.Finding{finding(3, 9)}, []piece{{"", "an ", ""}, {"mark", "аlder", "why"}, {"", ".example", ""}, {"host", "xn--lder-43d.example", ""}, {"", " b", ""}}},
		"a tag":               {"a\U000e0061", nil, []piece{{"", "a", ""}, {"code", "U+E0061", ""}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, marked(test.text, test.findings)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// However a text is cut, what is shown is the text: nothing is left out, and nothing is said twice.
func FuzzMarked(f *testing.F) {
	f.Add("a\u200bb \xff👩\u200d👧", int32(1), int32(4))
	f.Add("https://аlder.example, www.例え.jp", int32(3), int32(12))
	f.Fuzz(func(t *testing.T, text string, start, end int32) {
		var shown strings.Builder
		hidden := 0
		for _, p := range marked(text, []*imprimaturv1.Finding{{Start: start, End: end}, {Start: end, End: start}}) {
			if p.Kind == "host" { // it is said beside the text
				continue
			}
			if p.Kind == "code" {
				hidden++
				continue
			}
			shown.WriteString(p.Text)
		}
		seen := []rune(shown.String())
		for _, c := range text {
			if len(seen) > 0 && seen[0] == c {
				seen = seen[1:]
				continue
			}
			hidden--
		}
		if len(seen) != 0 || hidden != 0 {
			t.Errorf("%q is shown as %q, and %d characters are amiss", text, shown.String(), hidden)
		}
	})
}

func TestChanged(t *testing.T) {
	t.Parallel()
	got := changed([]*imprimaturv1.DiffSpan{
		{Op: imprimaturv1.DiffSpan_EQUAL, Text: "a "}, {Op: imprimaturv1.DiffSpan_DELETE, Text: "b"}, {Op: imprimaturv1.DiffSpan_INSERT, Text: "c\u200b"},
	})
	if diff := cmp.Diff([]piece{{"", "a ", ""}, {"del", "b", ""}, {"ins", "c", ""}, {"code", "U+200B", ""}}, got); diff != "" {
		t.Error(diff)
	}
}

// The name of a site that a change made is told, wherever the change begins and ends; what was taken
// away names none.
func TestChangedHost(t *testing.T) {
	t.Parallel()
	got := changed([]*imprimaturv1.DiffSpan{
		{Op: imprimaturv1.DiffSpan_EQUAL, Text: "see "}, {Op: imprimaturv1.DiffSpan_DELETE, Text: "а"}, {Op: imprimaturv1.DiffSpan_INSERT, Text: "ä"},
		{Op: imprimaturv1.DiffSpan_EQUAL, Text: "lder.example!"},
	})
	want := []piece{{"", "see ", ""}, {"del", "а", ""}, {"ins", "ä", ""}, {"", "lder.example", ""}, {"host", "xn--lder-koa.example", ""}, {"", "!", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
