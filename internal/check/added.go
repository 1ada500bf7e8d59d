package check

import (
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Added finds, under a code, where texts say something that others did not sign, such as a link.
func Added(c advocacy.Content, code string, said []string) []advocacy.Finding {
	var out []advocacy.Finding
	eachText(c, func(field, text, _ string) {
		var found []advocacy.Finding
		for _, words := range said {
			for at := 0; words != ""; {
				i := strings.Index(text[at:], words)
				if i < 0 {
					break
				}
				start := at + i
				at = start + len(words)
				found = append(found, advocacy.Finding{
					Code: code, Severity: advocacy.NeedsReview, Field: field, Start: start, End: at, Args: map[string]string{"text": words},
				})
			}
		}
		out = append(out, apart(found)...)
	})
	return out
}
