package advocacy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// EditMode is what who shares a library item may change of it.
type EditMode string

const (
	// EditReviewed: anything, and what was changed is reviewed.
	EditReviewed EditMode = ""
	// EditSpans: the spans that are named; any other change is reviewed.
	EditSpans EditMode = "spans"
	// EditLocked: nothing.
	EditLocked EditMode = "locked"
)

// EditModes lists every mode.
func EditModes() []EditMode { return []EditMode{EditReviewed, EditSpans, EditLocked} }

// Editing is what who shares a library item may make of its words. It is signed with them,
// since what stays within its bounds can go out on the signatures of the item.
type Editing struct {
	Mode EditMode `json:"mode,omitempty"`
	// Spans are the pieces that may be changed, with EditSpans only.
	Spans []EditSpan `json:"spans,omitempty"`
	// Unreviewed lets a share that stays within the spans go out without another signature.
	Unreviewed bool `json:"unreviewed,omitempty"`
}

// EditSpan is a piece of an item's texts, named by its words: wherever an item says them they
// may be changed, and everything around them may not.
type EditSpan struct {
	Text string `json:"text"`
	// Optional words may be left out, and with them the space that would be one too many.
	Optional bool `json:"optional,omitempty"`
	// Most is how many characters may be written instead, 0 for no other words than these.
	Most int `json:"most,omitempty"`
}

// None tells whether the policy is the one of items that have none.
func (e Editing) None() bool { return e.Mode == EditReviewed && !e.Unreviewed && len(e.Spans) == 0 }

// Guard refuses a policy that says nothing that can be done with the texts that a revision
// shows: each span is the words of one place, or more than one text, and touches no other.
func (e Editing) Guard(targets []Target) error {
	switch {
	case e.Mode != EditSpans && (len(e.Spans) > 0 || e.Unreviewed):
		return InvalidField("edit_policy.mode", "EDIT_POLICY_MODE", "only an item with the mode SPANS has spans, or shares of it that were changed and need no review")
	case e.Mode == EditSpans && len(e.Spans) == 0:
		return InvalidField("edit_policy.spans", "EDIT_SPANS_MISSING", "name the words that may be changed, or take another mode")
	}
	said := make([]bool, len(e.Spans))
	for _, t := range targets {
		places, err := e.places(t.Rendering.Text)
		if err != nil {
			return err
		}
		for _, p := range places {
			said[p.span] = true
		}
	}
	for i, s := range e.Spans {
		if field := spanField(i); s.Most == 0 && !s.Optional {
			return InvalidField(field, "EDIT_SPAN_FIXED", "%q could not be changed: make it optional, or say how many characters may be written instead", s.Text)
		} else if !said[i] {
			return InvalidField(field+".text", "EDIT_SPAN_NOT_FOUND", "no network shows a text that says %q; name words exactly as they stand there", s.Text)
		}
	}
	return nil
}

func spanField(i int) string { return fmt.Sprintf("edit_policy.spans[%d]", i) }

// place is where a text says the words of a span.
type place struct{ span, start, end int }

// places finds the spans a text has, in its order.
func (e Editing) places(text string) ([]place, error) {
	var found []place
	for i, s := range e.Spans {
		start := strings.Index(text, s.Text)
		if s.Text == "" || start < 0 {
			continue
		}
		if strings.Contains(text[start+1:], s.Text) {
			return nil, InvalidField(spanField(i)+".text", "EDIT_SPAN_AMBIGUOUS", "a text says %q more than once; take in words around it, so that one place is meant", s.Text)
		}
		found = append(found, place{i, start, start + len(s.Text)})
	}
	slices.SortFunc(found, func(a, b place) int { return cmp.Compare(a.start, b.start) })
	for i := 1; i < len(found); i++ {
		if found[i].start < found[i-1].end {
			return nil, InvalidField(spanField(found[i].span)+".text", "EDIT_SPANS_OVERLAP", "%q overlaps with another span", e.Spans[found[i].span].Text)
		}
	}
	return found, nil
}

// Within tells whether a text is what a share may make of an item's without leaving the
// bounds. Everything outside of the spans is compared character by character, so a letter
// that only looks the same is another one.
func (e Editing) Within(text, item string) bool {
	if e.Mode != EditSpans {
		return text == item
	}
	places, err := e.places(item)
	if err != nil {
		return false
	}
	heard := listener{text: []rune(text)}
	at, last := heard.begin(), 0
	for _, p := range places {
		words := e.Spans[p.span]
		before, after := "", ""
		if words.Optional {
			before, after = spaces(item, p)
		}
		at = heard.say(at, item[last:p.start-len(before)])
		at = heard.fill(at, before, words, after)
		last = p.end + len(after)
	}
	return heard.ended(heard.say(at, item[last:]))
}

// spaces is the space before or after a place that goes when its words do: with it the words
// around would stand two spaces apart, or a line or a sentence would end or begin with one.
func spaces(item string, p place) (before, after string) {
	ahead, behind := item[:p.start], item[p.end:]
	switch {
	case strings.HasSuffix(ahead, " ") && (behind == "" || strings.ContainsAny(behind[:1], " \n.,;:!?")):
		return " ", ""
	case strings.HasPrefix(behind, " ") && (ahead == "" || strings.HasSuffix(ahead, "\n")):
		return "", " "
	default:
		return "", ""
	}
}

// listener follows in a text what is said, one piece after the other. Where one can stand
// after that is a list of booleans: for the place before each of its runes, and for its end.
type listener struct{ text []rune }

func (l listener) begin() []bool {
	at := make([]bool, len(l.text)+1)
	at[0] = true
	return at
}

// ended tells whether all of the text was said.
func (l listener) ended(at []bool) bool { return at[len(l.text)] }

// say goes on over exactly these words.
func (l listener) say(at []bool, words string) []bool {
	said, next := []rune(words), make([]bool, len(at))
	for i, here := range at {
		if end := i + len(said); here && end < len(at) && slices.Equal(l.text[i:end], said) {
			next[end] = true
		}
	}
	return next
}

// fill goes on over what may stand in the place of a span and of the spaces that go with it.
func (l listener) fill(at []bool, before string, s EditSpan, after string) []bool {
	next := l.say(at, before+s.Text+after)
	if s.Most > 0 {
		unite(next, l.say(l.write(l.say(at, before), s.Most), after))
	}
	if s.Optional {
		unite(next, at)
	}
	return next
}

// write goes on over any words that are not only space, and that leave alone what stands
// before and after them: a mark would be drawn over it, a joiner makes one sign of two, and a mark of direction turns it.
func (l listener) write(at []bool, most int) []bool {
	next := make([]bool, len(at))
	for i, here := range at {
		seen := false
		for end := i + 1; here && end < len(at) && end <= i+most; end++ {
			r := l.text[end-1]
			if turns(r) || end == i+1 && (clings(r) || invisible(r)) { // guard: no mark on what is locked
				break
			}
			seen = seen || !unicode.IsSpace(r)
			next[end] = next[end] || seen && !invisible(r)
		}
	}
	return next
}

// clings tells whether a character is drawn into the one before it: a combining mark, a
// variation selector, or the tone of an emoji's skin.
func clings(r rune) bool { return unicode.Is(unicode.M, r) || r >= 0x1F3FB && r <= 0x1F3FF }

// invisible tells whether a character is a format character: a joiner, or a mark of direction.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) }

// turns tells whether a character says in which direction what follows is written.
func turns(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

func unite(into, other []bool) {
	for i := range into {
		into[i] = into[i] || other[i]
	}
}
