package routing

import (
	"bytes"
	_ "embed"
	"regexp"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// BuiltinID names the policy every workspace has.
const BuiltinID = "default"

//go:embed starter.yaml
var starter []byte

// Starter is the document a new workspace begins with. It comes with its own tests.
func Starter() []byte { return append([]byte(nil), starter...) }

//go:embed policy.schema.json
var schema []byte

// Schema is the published JSON schema of policy documents.
func Schema() []byte { return append([]byte(nil), schema...) }

var within = regexp.MustCompile(`, within: \{[^}]*\}`)

// Untimed is the starter policy without the time its signatures have: nobody is asked, reminded or
// told of anything by a clock. It is for a workspace in which one looks at something else, such as
// the sample, where one person plays every part.
func Untimed() []byte {
	from, to := bytes.Index(starter, []byte("\nsla:\n")), bytes.Index(starter, []byte("\ndefaults:\n"))
	if from < 0 || to < from {
		panic("routing: the starter policy has no time for its signatures before its defaults")
	}
	return within.ReplaceAll(slices.Concat(starter[:from], starter[to:]), nil)
}

// Builtin is the policy workspaces began with before there was a starter policy: an
// unedited share of a library item stands on the item's own signatures; everything else
// is asked of legal and of public relations, in parallel.
func Builtin() Policy {
	defaults := []advocacy.Requirement{Sign(advocacy.RoleLegal, 1), Sign(advocacy.RolePR, 1)}
	return Policy{
		Defaults: withReason(defaults, advocacy.RuleReason{Rule: "default", Reason: "Everything new is read by legal and by PR before it goes out."}),
		OnError:  withReason(defaults, advocacy.RuleReason{Rule: "on-error", Reason: "A rule could not be evaluated, so legal and PR look."}),
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
