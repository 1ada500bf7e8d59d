package routing

import (
	"fmt"
	"maps"
	"strings"
)

// wordings say what can be wrong with a document, in English, by the code of the problem. The
// catalogues have the same, and the French; internal/codebase compares them. What stands in braces
// is a fact of the problem, and what the compiler or a parser said is quoted as it was said.
var wordings = map[string]string{
	"ANCHOR":          "anchors and aliases are not read; write it out",
	"DEEP":            "it is nested more than {most} deep",
	"FIELD_UNKNOWN":   "there is no field {field} here; the fields are {fields}",
	"FIELD_TWICE":     "{field} stands here twice; remove one of them",
	"NOT_FIELDS":      "this must be fields with values, not {found}",
	"NOT_A_NAME":      "the name of a field must be text, not {found}",
	"NOT_A_LIST":      "this must be a list, not {found}",
	"NOT_TEXT":        "{found} must be text; put it in quotes",
	"NOT_TRUE":        "{found} must be true or false",
	"NOT_A_NUMBER":    "{found} must be a whole number",
	"LARGE":           "the document has more than {most} KiB",
	"NOT_UTF8":        "the document is not valid UTF-8",
	"EMPTY":           "there is no document",
	"NOT_YAML":        "this is no YAML: {said}",
	"NOT_JSON":        "this is no JSON: {said}",
	"ENDS_EARLY":      "this is no JSON: the document ends too early",
	"SECOND_DOCUMENT": "something follows the document; a file holds one policy",

	"DEFAULTS_MISSING":  "say in defaults who is asked when no rule asks for anybody",
	"RULE_ID":           "{id} is no id; begin with a letter and use lower-case letters, digits and dashes",
	"RULE_ID_TAKEN":     "another rule has the id {id}; choose another one",
	"MODE":              "{mode} is no mode; write ENFORCED, SHADOW or DISABLED",
	"ROUTE":             "{route} is no route; write normal, expedited or always",
	"ROUTE_MISSING":     "the policy has no expedited route; say in expedited who is asked on it",
	"REASON":            "{reason} is no reason; use capital letters, digits and underscores, such as DISCLOSURE_MISSING",
	"WORDS_MISSING":     "say in words what the author has to do",
	"LANGUAGE":          "{language} is no language; write a tag such as fr or fr-CA",
	"TRANSLATION_EMPTY": "say it in words in {language}, or leave the language out",
	"TEST_NAMELESS":     "say in a name what the test shows",
	"PERIOD_UNKNOWN":    "there is no period {period}",
	"TERM_EMPTY":        "{term} has no letter or digit to look for",
	"NAME":              "{name} cannot be used in a condition; begin with a letter and use lower-case letters, digits and underscores",

	"KEY_MISSING":     "requirement {key}: it needs a key, or a role to be named after",
	"KEY_TWICE":       "requirement {key}: another requirement of this policy has the same key and asks for something else",
	"KIND":            "requirement {key}: nothing can satisfy the kind {kind}; write human or library",
	"ROLE":            "requirement {key}: {role} is no role that signs; those begin with approver:",
	"LIBRARY_ROLE":    "requirement {key}: the library's signatures are of no role; leave it out",
	"QUORUM":          "requirement {key}: it must ask for at least one person",
	"BOUNDS":          "requirement {key}: a quorum is at most {quorum}, a stage between 0 and {stage}",
	"TTL":             "requirement {key}: a signature cannot live for less than no time",
	"EXCLUSION":       "requirement {key}: {exclusion} is no exclusion; write manager_chain or same_team",
	"SLA":             "requirement {key}: its sla needs a time in business",
	"RUNG_PERCENT":    "requirement {key}: a rung of its ladder stands between 1 and {most} percent",
	"RUNG_DEED":       "requirement {key}: a rung cannot do {deed}; write remind, assign or notify",
	"RUNG_OTHER_ROLE": "requirement {key}: a rung that assigns asks one more person who may sign it, and {role} may not; leave the role out, notify {role}, or add a requirement of that role",
	"KEY_STAGES":      "requirement {key}: it stands at stage {stage} here and at stage {other} elsewhere, and where both are asked for the earlier counts; write one stage, or give the other look a key of its own",

	"RUNG_ROLE": "requirement {key}: a rung that notifies needs a role",

	"CONDITION_EMPTY": "write a condition; true holds always",
	"COMPILER":        "{said} (at character {column} of {condition})",
	"NOT_A_CONDITION": "the condition must be true or false, not {type}",
	"CONDITION_DEAR":  "the condition could cost {cost} units with a large post, and {most} are allowed; make it simpler",
	"TOGETHER_DEAR":   "all conditions together could cost {cost} units with a large post, and {most} are allowed; look for words with lists in terms instead of patterns, or merge rules",
	"UNUSABLE":        "this cannot be used: {said}",

	"DURATION":       "{duration} is no duration; write it as 90m, 8h or 30d",
	"DURATION_NONE":  "{duration} must be longer than no time",
	"DURATION_LONG":  "{duration} is longer than ten years",
	"ZONE":           "{zone} is no time zone; write it as Europe/Berlin",
	"DAY_FROM":       "from: {day} is no day; write it as 2026-01-31",
	"DAY_TO":         "to: {day} is no day; write it as 2026-01-31",
	"SPAN_BACKWARDS": "the span ends before it begins",
	"TIME":           "{time} is no time; write it as 2026-01-31T17:00:00Z",

	"TEST_FAILS": "the test {test} fails: {what}: wanted {want}, got {got}",
}

// Wordings are the English words of all problems by their codes, with their facts in braces.
func Wordings() map[string]string { return maps.Clone(wordings) }

// fault is what is wrong, by its code, with the facts that its words have.
type fault struct {
	code  string
	facts map[string]string
}

// wrong makes a fault from a code and pairs of a name and a fact.
func wrong(code string, pairs ...any) fault {
	f := fault{code: code, facts: make(map[string]string, len(pairs)/2)}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.facts[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return f
}

// Error says it in English.
func (f fault) Error() string {
	pairs := make([]string, 0, 2*len(f.facts))
	for name, fact := range f.facts {
		pairs = append(pairs, "{"+name+"}", fact)
	}
	return strings.NewReplacer(pairs...).Replace(wordings[f.code])
}

// faultIn is the fault that an error is, an unnamed one with its words otherwise.
func faultIn(err error) fault {
	if f, ok := err.(fault); ok {
		return f
	}
	return wrong("UNUSABLE", "said", err)
}
