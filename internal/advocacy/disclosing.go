package advocacy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DisclosureTableID names a table of disclosure rules of a workspace.
type DisclosureTableID string

// DefaultDisclosures is the table every workspace can have, and today the only one.
const DefaultDisclosures DisclosureTableID = "default"

// DisclosurePlace is where a rule wants a disclosure to be told.
type DisclosurePlace string

const (
	// DisclosedFirst: on the line before the text.
	DisclosedFirst DisclosurePlace = "first"
	// DisclosedVisible: before the text where a network shows only the beginning of a long
	// one, and on the last line elsewhere.
	DisclosedVisible DisclosurePlace = "visible"
)

// DisclosurePlaces lists every place.
func DisclosurePlaces() []DisclosurePlace { return []DisclosurePlace{DisclosedFirst, DisclosedVisible} }

// DisclosureRule says how one disclosure is told to the readers of some countries.
type DisclosureRule struct {
	// Rule is its name, by which records speak of it.
	Rule string `json:"rule"`
	// Source is why it is told so: the law, or who decided it.
	Source string `json:"source"`
	// Countries are in two letters of ISO 3166-1; none for all.
	Countries  []string   `json:"countries,omitempty"`
	Disclosure Disclosure `json:"disclosure"`
	// Words are whole words a reader understands without knowing the custom, by language:
	// the primary part of a BCP 47 tag. A text in any other language has the English ones.
	Words map[string]string `json:"words"`
	Place DisclosurePlace   `json:"place"`
	// Beside: the words stay although the network has a field of its own for paid posts.
	Beside bool `json:"beside,omitempty"`
}

// DisclosureRevision is one immutable table of the disclosure rules a workspace has of its
// own. The newest is the one in force.
type DisclosureRevision struct {
	Workspace WorkspaceID
	Table     DisclosureTableID
	// Number counts from 1.
	Number int
	Rules  []DisclosureRule
	// Required: whoever writes about the company from a personal account, in words of his or her
	// own, has to choose a disclosure.
	Required bool
	// Digest names the rules, and whether a disclosure is required.
	Digest     Digest
	Publisher  PersonID
	CreateTime time.Time
}

// Canonical returns the bytes the digest names.
func (r *DisclosureRevision) Canonical() ([]byte, error) {
	data, err := json.Marshal(struct {
		Schema   string           `json:"schema"`
		Rules    []DisclosureRule `json:"rules"`
		Required bool             `json:"required,omitempty"`
	}{"imprimatur.disclosures.v1", append([]DisclosureRule{}, r.Rules...), r.Required})
	if err != nil {
		return nil, fmt.Errorf("disclosure rules: %w", err)
	}
	return data, nil
}

// disclosureLanguages are those in which every rule has words, so that whoever reads the
// service in one of them understands what is told.
var disclosureLanguages = []string{"en", "fr"}

// Guard refuses a table that cannot be published: with two rules of one name or for the
// same readers, and a rule that tells nothing.
func (r *DisclosureRevision) Guard() error {
	for i, rule := range r.Rules {
		field := fmt.Sprintf("disclosure_table_revision.rules[%d]", i)
		if rule.Disclosure == DisclosureNone || !slices.Contains(Disclosures(), rule.Disclosure) {
			return InvalidField(field+".disclosure", "DISCLOSURE_INVALID", "the rule %q names no disclosure there is", rule.Rule)
		}
		if strings.TrimSpace(rule.Source) == "" {
			return InvalidField(field+".source", "DISCLOSURE_SOURCE", "say why the rule %q is told so", rule.Rule)
		}
		for _, spoken := range disclosureLanguages {
			if rule.Words[spoken] == "" { // guard: no rule takes the telling away
				return InvalidField(field+".words", "DISCLOSURE_WORDS", "the rule %q has no words in %q", rule.Rule, spoken)
			}
		}
		for _, other := range r.Rules[:i] {
			if err := rule.guardBeside(field, other); err != nil {
				return err
			}
		}
	}
	return nil
}

// guardBeside refuses a rule that is told apart from another neither by its name nor by whom
// it is for.
func (r DisclosureRule) guardBeside(field string, other DisclosureRule) error {
	if r.Rule == other.Rule {
		return InvalidField(field+".rule", "DISCLOSURE_RULE_DUPLICATE", "two rules are called %q", r.Rule)
	}
	if r.Disclosure != other.Disclosure {
		return nil
	}
	if len(r.Countries)+len(other.Countries) == 0 {
		return InvalidField(field+".countries", "DISCLOSURE_RULE_DUPLICATE", "%q and %q are for the same disclosure everywhere", other.Rule, r.Rule)
	}
	for i, country := range r.Countries {
		if slices.Contains(other.Countries, country) {
			return InvalidField(fmt.Sprintf("%s.countries[%d]", field, i), "DISCLOSURE_RULE_DUPLICATE",
				"%q and %q are for the same disclosure in %s", other.Rule, r.Rule, country)
		}
	}
	return nil
}

// DisclosureRecheck is how far what is not sent yet was looked at by a revision of the
// disclosure rules.
type DisclosureRecheck struct {
	Workspace WorkspaceID
	Table     DisclosureTableID
	Number    int
	// Cursor is where an interrupted run goes on.
	Cursor string
	// Checked is how much was looked at; Retold in how much of it a disclosure is told otherwise
	// now. Where a run was interrupted they may be off by what is on a page.
	Checked int64
	Retold  int64
	Version int64
	// EndTime is when everything had been looked at, zero until then.
	EndTime time.Time
}

// Count adds one thing that was looked at, and what was found in it.
func (k *DisclosureRecheck) Count(found []Finding) {
	k.Checked++
	if len(Retold(found)) > 0 {
		k.Retold++
	}
}

// Retold are the findings about disclosures that are told otherwise now.
func Retold(findings []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Code != FoundRetold })
}
