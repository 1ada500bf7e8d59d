package routing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Policy is one revision of a routing policy, as its document says it.
type Policy struct {
	// Defaults are asked for when no rule asks for anything.
	Defaults []advocacy.Requirement `json:"defaults"`
	// OnError is added when a rule could not be evaluated.
	OnError []advocacy.Requirement `json:"on_error"`
	Rules   []Rule                 `json:"rules"`
}

// Rule asks for requirements when its condition, a CEL expression, holds.
type Rule struct {
	ID      string                 `json:"id"`
	When    string                 `json:"when"`
	Reason  string                 `json:"reason"`
	Require []advocacy.Requirement `json:"require"`
}

// Facts is what conditions can speak about. All of it is computed by the service.
type Facts struct {
	Kind       advocacy.SubjectKind
	Origin     advocacy.Origin
	Language   string
	Networks   []advocacy.Network
	Text       string
	Link       string
	Disclosure advocacy.Disclosure
	MediaCount int
}

// Parse reads a policy document and refuses what it does not know.
func Parse(document []byte) (Policy, error) {
	var p Policy
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return Policy{}, fmt.Errorf("routing policy: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Policy{}, fmt.Errorf("routing policy: something follows the document")
	}
	return p, nil
}

// guardRequirements refuses a requirement nobody could ever meet, and a key that stands
// for two different things.
func (p Policy) guardRequirements() error {
	seen := make(map[string]advocacy.Requirement)
	all := map[string][]advocacy.Requirement{"defaults": p.Defaults, "on_error": p.OnError}
	for i, rule := range p.Rules {
		all[fmt.Sprintf("rules[%d].require", i)] = rule.Require
	}
	for _, field := range slices.Sorted(maps.Keys(all)) {
		for i, r := range all[field] {
			if wrong := faultOf(r, seen); wrong != "" {
				return advocacy.InvalidField(fmt.Sprintf("%s[%d]", field, i), "RULE_INVALID", "requirement %q: %s", r.Key, wrong)
			}
			seen[r.Key] = r
		}
	}
	return nil
}

func faultOf(r advocacy.Requirement, seen map[string]advocacy.Requirement) string {
	other, known := seen[r.Key]
	switch {
	case r.Key == "":
		return "it needs a key"
	case r.Kind != advocacy.RequireHumans && r.Kind != advocacy.RequireLibrary:
		return fmt.Sprintf("nothing can satisfy the kind %q", r.Kind)
	case r.Kind == advocacy.RequireHumans && !r.Role.Approver():
		return fmt.Sprintf("%q is no role that signs", r.Role)
	case r.Kind == advocacy.RequireHumans && r.Quorum < 1:
		return "it must ask for at least one person"
	case r.TTL < 0:
		return "a signature cannot live for less than no time"
	case known && (other.Kind != r.Kind || other.Role != r.Role):
		return "another requirement of this policy has the same key and asks for something else"
	default:
		return ""
	}
}

// Document writes the policy as it is kept.
func (p Policy) Document() []byte {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("routing: policy document: %v", err))
	}
	return data
}

// BuiltinID names the policy every workspace begins with.
const BuiltinID = "default"

// Builtin is the policy every workspace begins with: an unedited share of a library
// item stands on the item's own signatures; everything else is asked of legal and of
// public relations, in parallel.
func Builtin() Policy {
	defaults := []advocacy.Requirement{Sign(advocacy.RoleLegal, 1), Sign(advocacy.RolePR, 1)}
	return Policy{
		Defaults: withReason(defaults, "default", "Everything new is read by legal and by PR before it goes out."),
		OnError:  withReason(defaults, "on-error", "A rule could not be evaluated, so legal and PR look."),
		Rules: []Rule{{
			ID:     "library-unedited",
			When:   `post.kind == "post" && post.origin == "library"`,
			Reason: "An unedited share needs no new signature: the item's own signatures stand behind it.",
			Require: []advocacy.Requirement{{
				Key: "library", Kind: advocacy.RequireLibrary, Quorum: 1, Stage: 1,
			}},
		}},
	}
}

// Sign is a requirement for the signatures of a number of persons holding a role, with
// a veto, in the first stage.
func Sign(role advocacy.Role, quorum int) advocacy.Requirement {
	return advocacy.Requirement{
		Key: role.Function(), Kind: advocacy.RequireHumans, Role: role, Quorum: quorum, Stage: 1, Veto: true,
	}
}

func withReason(requirements []advocacy.Requirement, rule, reason string) []advocacy.Requirement {
	out := make([]advocacy.Requirement, len(requirements))
	for i, r := range requirements {
		r.Rules = append(append([]advocacy.RuleReason(nil), r.Rules...), advocacy.RuleReason{Rule: rule, Reason: reason})
		out[i] = r
	}
	return out
}
