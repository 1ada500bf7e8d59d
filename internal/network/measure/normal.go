package measure

import (
	"sort"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// normal is a text in NFC which remembers where its parts stood before.
type normal struct {
	text string
	// ends are the ends of what was changed on its own, in both texts; nil when nothing
	// was changed.
	ends []Span
}

// joiner is what a long row of marks is parted by in the normalized form, and what no
// network counts.
const joiner = "\u034F"

func normalize(text string) normal {
	if norm.NFC.IsNormalString(text) {
		return normal{text: text}
	}
	var out strings.Builder
	var n normal
	for start := 0; start < len(text); {
		size := norm.NFC.NextBoundaryInString(text[start:], true)
		part := text[start : start+size]
		composed := norm.NFC.String(part)
		if strings.Count(composed, joiner) > strings.Count(part, joiner) {
			composed = part
		}
		out.WriteString(composed)
		start += size
		n.ends = append(n.ends, Span{Start: out.Len(), End: start})
	}
	n.text = out.String()
	return n
}

// origin returns where in the text as it was written an offset lies: before the part it
// falls into.
func (n normal) origin(offset int) int {
	if n.ends == nil {
		return offset
	}
	i := sort.Search(len(n.ends), func(i int) bool { return n.ends[i].Start > offset })
	if i == 0 {
		return 0
	}
	return n.ends[i-1].End
}
