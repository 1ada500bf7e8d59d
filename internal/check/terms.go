package check

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/term"
)

// Terms finds the terms of a workspace in every text of the content.
func Terms(x *term.Lexicon, c advocacy.Content) []advocacy.Finding {
	var out []advocacy.Finding
	eachText(c, func(field, text, lang string) {
		for _, m := range x.Find(text, lang) {
			out = append(out, termFinding(field, m))
		}
	})
	return out
}

func termFinding(field string, m term.Match) advocacy.Finding {
	args := map[string]string{"term": m.Term.Text}
	if m.Term.Grade == term.Forbidden {
		return advocacy.Finding{Code: "TERM_FORBIDDEN", Severity: advocacy.Blocks, Field: field, Start: m.Start, End: m.End, Args: args}
	}
	return advocacy.Finding{Code: "TERM_RESTRICTED", Severity: advocacy.NeedsReview, Field: field, Start: m.Start, End: m.End, Args: args}
}
