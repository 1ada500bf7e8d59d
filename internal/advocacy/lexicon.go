package advocacy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// LexiconID names a lexicon of a workspace.
type LexiconID string

// DefaultLexicon is the lexicon every workspace can have, and today the only one.
const DefaultLexicon LexiconID = "default"

// TermGrade is what finding a term means.
type TermGrade string

const (
	// GradeForbidden: nothing is submitted with it, whoever writes it, and nothing goes out.
	GradeForbidden TermGrade = "forbidden"
	// GradeRestricted: the role the term names has to sign what has it.
	GradeRestricted TermGrade = "restricted"
)

// TermGrades lists every grade.
func TermGrades() []TermGrade { return []TermGrade{GradeForbidden, GradeRestricted} }

// Term is a word, a phrase or an emoji that a workspace watches for.
type Term struct {
	Text string `json:"text"`
	// Language is the BCP 47 tag of the texts it is looked for in; empty for all.
	Language string    `json:"language,omitempty"`
	Grade    TermGrade `json:"grade"`
	// Forms are further forms; the usual ones are known for a term in English, French, German
	// or Spanish, unless it is Exact.
	Forms []string `json:"forms,omitempty"`
	Exact bool     `json:"exact,omitempty"`
	// Allowed are longer phrases in which the term is nothing to object to.
	Allowed []string `json:"allowed,omitempty"`
	// Role is who has to look at a restricted term.
	Role Role `json:"role,omitempty"`
	// Reason is what everybody is told who meets the term, as its administrator wrote it, and
	// Reasons are the same for who reads another language, by BCP 47 tag.
	Reason  string            `json:"reason"`
	Reasons map[string]string `json:"reasons,omitempty"` // a list from before there were any keeps its digest
}

// LexiconRevision is one immutable list of the terms a workspace watches for and of the
// domains and names it calls its own. The newest is the one in force.
type LexiconRevision struct {
	Workspace WorkspaceID
	Lexicon   LexiconID
	// Number counts from 1.
	Number int
	Terms  []Term
	// Domains are the workspace's own; what looks like one and is not is found.
	Domains []string
	// Names are those of the company and its brands; what looks like one and is not is found.
	Names []string
	// Digest names the terms, the domains and the names.
	Digest     Digest
	Publisher  PersonID
	CreateTime time.Time
}

// Canonical returns the bytes the digest names.
func (r *LexiconRevision) Canonical() ([]byte, error) {
	data, err := json.Marshal(struct {
		Schema  string   `json:"schema"`
		Terms   []Term   `json:"terms"`
		Domains []string `json:"domains"`
		Names   []string `json:"names,omitempty"` // a list from before there were any keeps its digest
	}{"imprimatur.lexicon.v1", append([]Term{}, r.Terms...), append([]string{}, r.Domains...), r.Names})
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	return data, nil
}

// Guard refuses a revision that cannot be published: with a term that is there twice or
// has no reason, a restricted one that asks nobody, or a forbidden one that asks somebody.
func (r *LexiconRevision) Guard() error {
	seen := make(map[string]bool)
	for i, t := range r.Terms {
		field := fmt.Sprintf("lexicon_revision.terms[%d]", i)
		key := strings.ToLower(t.Text + "|" + t.Language)
		switch {
		case seen[key]:
			return InvalidField(field+".text", "TERM_DUPLICATE", "the term %q is there twice for the same language", t.Text)
		case strings.TrimSpace(t.Reason) == "":
			return InvalidField(field+".reason", "TERM_REASON", "say why, so that everybody who meets the term knows")
		case t.Grade == GradeRestricted && !t.Role.Approver():
			return InvalidField(field+".role", "TERM_ROLE", "a restricted term names the approver role that has to look, such as approver:legal")
		case t.Grade == GradeForbidden && t.Role != "":
			return InvalidField(field+".role", "TERM_ROLE", "nobody can sign a forbidden term; leave the role out")
		}
		if err := t.guardReasons(field + ".reasons"); err != nil {
			return err
		}
		seen[key] = true
	}
	return nil
}

// guardReasons refuses a reason that says nothing, and a second one in a language.
func (t *Term) guardReasons(field string) error {
	said := make(map[string]bool)
	for _, tag := range slices.Sorted(maps.Keys(t.Reasons)) {
		switch language := strings.ToLower(tag); {
		case strings.TrimSpace(t.Reasons[tag]) == "":
			return InvalidField(field+"."+tag, "TERM_REASON", "say why in %q too, or leave that language out", tag)
		case said[language]:
			return InvalidField(field+"."+tag, "TERM_REASON", "there is another reason in %q; keep one of them", tag)
		default:
			said[language] = true
		}
	}
	return nil
}

// Roles are whom the terms ask, each once.
func (r *LexiconRevision) Roles() []Role {
	var roles []Role
	for _, t := range r.Terms {
		if t.Role != "" && !slices.Contains(roles, t.Role) {
			roles = append(roles, t.Role)
		}
	}
	return roles
}

// LexiconRecheck is how far what is not sent yet was looked at by a lexicon revision.
type LexiconRecheck struct {
	Workspace WorkspaceID
	Lexicon   LexiconID
	Number    int
	// Cursor is where an interrupted run goes on.
	Cursor string
	// Checked is how much was looked at; Forbidden and Restricted in how much of it a term of
	// the grade was found. Where a run was interrupted they may be off by what is on a page.
	Checked    int64
	Forbidden  int64
	Restricted int64
	Version    int64
	// EndTime is when everything had been looked at, zero until then.
	EndTime time.Time
}

// Count adds one thing that was looked at, and what was found in it.
func (k *LexiconRecheck) Count(found []Finding) {
	k.Checked++
	if len(ForbiddenTerms(found)) > 0 {
		k.Forbidden++
	}
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Code == FoundRestricted }) {
		k.Restricted++
	}
}

// ForbiddenTerms are the findings about terms with which nothing goes out.
func ForbiddenTerms(findings []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Code != FoundForbidden })
}

// ForTerm is why a role is asked that a restricted term names, in the words of its
// administrator.
func ForTerm(term, reason string, translations Translations) RuleReason {
	return RuleReason{Rule: "term: " + term, Reason: reason, Translations: translations}
}

// Stopping are the findings with which nothing goes out, whoever signed: forbidden terms, and
// disclosures that are told otherwise now.
func Stopping(findings []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool {
		return f.Code != FoundForbidden && f.Code != FoundRetold // guard: no disclosure of old rules goes out
	})
}

// WithTerms returns the plan with what the restricted terms among the findings ask for
// besides: a signature of each role they name, and their reasons where it is asked already.
// A role of which signed is true has seen them.
func (p Plan) WithTerms(findings []Finding, signed func(Role) bool) Plan {
	out := p
	for _, f := range findings {
		role := Role(f.Args[ArgRole])
		if f.Code != FoundRestricted || signed(role) {
			continue
		}
		why := []RuleReason{ForTerm(f.Args[ArgTerm], f.Args[ArgReason], Translations(f.Args[ArgReasons]))}
		asks := Requirement{Key: role.Function(), Kind: RequireHumans, Role: role, Quorum: 1, Stage: 1, Veto: true, Rules: why}
		i := slices.IndexFunc(out.Requirements, func(r Requirement) bool { return r.Kind == RequireHumans && r.Role == role })
		if i >= 0 { // one signature of the role will do, whatever the policy calls it
			asks = out.Requirements[i]
			asks.Rules = why
		}
		out = out.Join(Plan{Requirements: []Requirement{asks}})
	}
	return out
}
