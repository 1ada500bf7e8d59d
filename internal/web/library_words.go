package web

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// writing is a piece of a text that is shared: printed, or one to write in.
type writing struct {
	Printed string
	// Number is the span's among those of the item's edit policy; Free tells that it is one.
	Number int
	Free   bool
	// Is is what stands in it, Was what the item says there.
	Is, Was string
	// Most is how many characters may be written instead, 0 for none: then it can only be left out.
	Most     int32
	Optional bool
	// Gone tells that it is left out.
	Gone bool
}

// written cuts the first of the texts at the spans in it. Spans that only another text has follow
// behind, so that each can be written once.
func written(targets []*imprimaturv1.Target, spans []*imprimaturv1.EditSpan, words map[int]string) []writing {
	var out []writing
	done := make(map[int]bool)
	for n, t := range targets {
		text, at := t.GetText(), 0
		for _, p := range placed(text, spans) {
			if done[p.span] {
				continue
			}
			done[p.span] = true
			if n == 0 {
				out = append(out, writing{Printed: text[at:p.start]})
				at = p.end
			}
			out = append(out, field(p.span, spans[p.span], words))
		}
		if n == 0 {
			out = append(out, writing{Printed: text[at:]})
		}
	}
	return out
}

// field is the piece to write in for a span.
func field(number int, span *imprimaturv1.EditSpan, words map[int]string) writing {
	w := writing{Number: number, Free: true, Is: span.GetText(), Was: span.GetText(), Most: span.GetMaxCharacters(), Optional: span.GetOptional()}
	if typed, given := words[number]; given {
		w.Is, w.Gone = typed, typed == ""
	}
	return w
}

// place is where a span stands in a text, in bytes.
type place struct{ span, start, end int }

// placed finds the spans in a text, in its order.
func placed(text string, spans []*imprimaturv1.EditSpan) []place {
	var found []place
	for i, s := range spans {
		if start := strings.Index(text, s.GetText()); start >= 0 && s.GetText() != "" {
			found = append(found, place{i, start, start + len(s.GetText())})
		}
	}
	slices.SortFunc(found, func(a, b place) int { return a.start - b.start })
	// One that begins within another cannot be written apart from it.
	end := 0
	return slices.DeleteFunc(found, func(p place) bool {
		if p.start < end {
			return true
		}
		end = p.end
		return false
	})
}

// rewritten is a content with other words in the place of its spans, in each of its texts, and
// whether anything is different. Words that may be left out go with the space beside them that
// would be one too many; where they may not, an empty field leaves them.
func rewritten(content *imprimaturv1.Content, spans []*imprimaturv1.EditSpan, words map[int]string) (*imprimaturv1.Content, bool) {
	out, ok := proto.Clone(content).(*imprimaturv1.Content)
	if !ok || out == nil {
		return content, false
	}
	out.Text = reworded(out.GetText(), spans, words)
	for _, variant := range out.GetVariants() {
		variant.Text = reworded(variant.GetText(), spans, words)
	}
	return out, !proto.Equal(out, content)
}

func reworded(text string, spans []*imprimaturv1.EditSpan, words map[int]string) string {
	var b strings.Builder
	at := 0
	for _, p := range placed(text, spans) {
		typed, given := words[p.span]
		if p.start < at || !given || typed == spans[p.span].GetText() || typed == "" && !spans[p.span].GetOptional() {
			continue
		}
		start, end := p.start, p.end
		if typed == "" {
			start, end = lone(text, start, end)
		}
		b.WriteString(text[at:max(at, start)])
		b.WriteString(typed)
		at = end
	}
	b.WriteString(text[at:])
	return b.String()
}

// lone widens a piece that goes by the space that would be one too many.
func lone(text string, start, end int) (int, int) {
	ahead, behind := text[:start], text[end:]
	switch {
	case strings.HasSuffix(ahead, " ") && (behind == "" || strings.ContainsAny(behind[:1], " \n.,;:!?")):
		return start - 1, end
	case strings.HasPrefix(behind, " ") && (ahead == "" || strings.HasSuffix(ahead, "\n")):
		return start, end + 1
	default:
		return start, end
	}
}
