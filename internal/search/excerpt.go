package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Range is from one code point of a text to before another.
type Range struct{ Start, End int }

// Ranges are where the phrases stand in a text, in order; none overlaps another.
func (q Query) Ranges(text string) []Range {
	found, _ := q.ranges(tokens(text))
	return found
}

// match is where a phrase stands.
type match struct {
	Range
	phrase int
}

func (q Query) ranges(all []token) (merged []Range, matches []match) {
	for n, p := range q.Phrases {
		for i := range all {
			if end, ok := p.at(all, i); ok {
				matches = append(matches, match{Range{all[i].start, end}, n})
			}
		}
	}
	slices.SortFunc(matches, func(a, b match) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
	for _, m := range matches {
		if last := len(merged) - 1; last >= 0 && m.Start < merged[last].End {
			merged[last].End = max(merged[last].End, m.End)
			continue
		}
		merged = append(merged, m.Range)
	}
	return merged, matches
}

// Excerpt is the piece of a text that shows why it was found.
type Excerpt struct {
	// Text is plain, on one line; it begins or ends with … where the text goes on.
	Text string
	// Ranges are where the phrases stand in Text.
	Ranges []Range
}

const (
	// excerptLength is how many code points of a text an excerpt has at most.
	excerptLength = 200
	// excerptLead is how many of them stand before what was found.
	excerptLead = 40
	ellipsis    = "…"
)

// Excerpt cuts the piece out of the text that has the most of the phrases, the first of
// several; the beginning when it has none.
func (q Query) Excerpt(text string) Excerpt {
	all := tokens(text)
	found, matches := q.ranges(all)
	letters := []rune(text)
	begin, end := cutAround(all, len(letters), best(matches))
	out := Excerpt{Text: oneLine(letters[begin:end])}
	shift := -begin
	if begin > 0 {
		out.Text, shift = ellipsis+out.Text, shift+1
	}
	if end < len(letters) {
		out.Text += ellipsis
	}
	for _, r := range found {
		if r.Start < end && r.End > begin {
			out.Ranges = append(out.Ranges, Range{max(r.Start, begin) + shift, min(r.End, end) + shift})
		}
	}
	return out
}

// best is where the piece with the most phrases begins.
func best(matches []match) (start int) {
	most := 0
	for i, first := range matches {
		phrases := make(map[int]bool)
		for _, m := range matches[i:] {
			if m.End > first.Start+excerptLength-excerptLead {
				break
			}
			phrases[m.phrase] = true
		}
		if len(phrases) > most {
			most, start = len(phrases), first.Start
		}
	}
	return start
}

// cutAround is a piece of at most excerptLength code points with what stands at start, cut
// between words where it can be.
func cutAround(all []token, length, start int) (begin, end int) {
	if length <= excerptLength {
		return 0, length
	}
	from := min(max(start-excerptLead, 0), length-excerptLength)
	most := from + excerptLength
	begin, end = from, most
	if next := slices.IndexFunc(all, func(t token) bool { return t.start >= from }); from > 0 && next >= 0 {
		begin = min(all[next].start, max(start, from))
	}
	if most < length {
		for _, t := range all {
			if t.end > begin && t.end <= most {
				end = t.end
			}
		}
	}
	return begin, end
}

// oneLine writes a piece of a text without line breaks, each letter in its place.
func oneLine(letters []rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, string(letters))
}

// Best is which of some texts has the most phrases, the first of several.
func (q Query) Best(texts []string) int {
	best, most := 0, 0
	for i, text := range texts {
		all, have := tokens(text), 0
		for _, p := range q.Phrases {
			if p.in(all) {
				have++
			}
		}
		if have > most {
			best, most = i, have
		}
	}
	return best
}
