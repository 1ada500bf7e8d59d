package check

import (
	"errors"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/term"
)

// Lexicon is what a workspace watches for, made ready for finding it: its terms, and what
// only looks like its own domains or names. It never changes, and many goroutines may use it. A nil
// one finds nothing.
type Lexicon struct {
	watched []advocacy.Term
	terms   *term.Lexicon
	own     []domain
	brands  brands
}

// NewLexicon makes terms, and a company's own domains and names, ready. It refuses terms that
// could never be found or would be found everywhere (TERM_INVALID), and what is no domain
// (DOMAIN_INVALID) or too short for a name (OWN_NAME_INVALID). The field of an error is a path
// below the revision they are of.
func NewLexicon(terms []advocacy.Term, domains, names []string) (*Lexicon, error) {
	x := &Lexicon{watched: terms}
	plain := make([]term.Term, len(terms))
	for i, t := range terms {
		plain[i] = term.Term{
			Text: t.Text, Language: t.Language, Grade: term.Grade(t.Grade), Forms: t.Forms, Exact: t.Exact, Allowed: t.Allowed,
		}
	}
	var err error
	if x.terms, err = term.New(plain); err != nil {
		return nil, err
	}
	if x.own, err = domainsOf(domains); err != nil {
		return nil, err
	}
	x.brands, err = brandsOf(names)
	return x, err
}

// Find returns what is found in every text of the content, and in its link.
func (x *Lexicon) Find(c advocacy.Content) []advocacy.Finding {
	if x == nil {
		return nil
	}
	var out []advocacy.Finding
	eachText(c, func(field, text, lang string) {
		for _, m := range x.terms.Find(text, lang) {
			out = append(out, x.finding(field, m))
		}
	})
	out = append(out, imitations(c, x.own)...)
	return append(out, pretenders(c, x.brands)...)
}

func (x *Lexicon) finding(field string, m term.Match) advocacy.Finding {
	t := x.watched[m.Number]
	if t.Grade == advocacy.GradeRestricted { // guard: only what is restricted may be signed
		return translated(t, advocacy.Finding{
			Code: advocacy.FoundRestricted, Severity: advocacy.NeedsReview, Field: field, Start: m.Start, End: m.End,
			Args: map[string]string{advocacy.ArgTerm: t.Text, advocacy.ArgReason: t.Reason, advocacy.ArgRole: string(t.Role)},
		})
	}
	return translated(t, advocacy.Finding{
		Code: advocacy.FoundForbidden, Severity: advocacy.Blocks, Field: field, Start: m.Start, End: m.End,
		Args: map[string]string{advocacy.ArgTerm: t.Text, advocacy.ArgReason: t.Reason},
	})
}

// translated adds to a finding what its term gives as a reason in further languages.
func translated(t advocacy.Term, f advocacy.Finding) advocacy.Finding {
	if len(t.Reasons) > 0 {
		f.Args[advocacy.ArgReasons] = string(advocacy.TranslationsOf(t.Reasons))
	}
	return f
}

// Below puts the field of an error about a part of something below the whole.
func Below(whole string, err error) error {
	var e *advocacy.Error
	if errors.As(err, &e) && e.Field != "" {
		e.Field = whole + "." + strings.TrimPrefix(e.Field, ".")
	}
	return err
}
