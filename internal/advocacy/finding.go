package advocacy

// Severity is what a finding does.
type Severity string

const (
	// Blocks: the post cannot be submitted as it is.
	Blocks Severity = "blocks"
	// NeedsReview: a person must look; it can be submitted.
	NeedsReview Severity = "needs_review"
	// Advice: it could be better.
	Advice Severity = "advice"
)

// The codes of findings that the service acts on by itself.
const (
	// FoundForbidden: a forbidden term of the workspace.
	FoundForbidden = "TERM_FORBIDDEN"
	// FoundRestricted: a restricted term of the workspace.
	FoundRestricted = "TERM_RESTRICTED"
	// FoundRetold: a disclosure is told otherwise by the rules in force than it was rendered.
	FoundRetold = "DISCLOSURE_OUTDATED"
)

// The arguments of a finding about a term: what it is, why it is watched for, and which
// role has to look when it is restricted.
const (
	ArgTerm   = "term"
	ArgReason = "reason"
	// ArgReasons are the Translations of the reason.
	ArgReasons = "reasons"
	ArgRole    = "role"
)

// The arguments of a finding about a disclosure: the rule by which it is told now, and its
// words.
const (
	ArgRule  = "rule"
	ArgWords = "words"
)

// ArgDate is an instant, as RFC 3339 in the zone of the workspace. It is told as a day in the
// language of whoever is told.
const ArgDate = "date"

// Finding is what a machine saw in a text or a picture. A machine may object or ask;
// it never approves.
type Finding struct {
	// Code is stable, such as TEXT_TOO_LONG; the words come from the catalogue.
	Code     string
	Severity Severity
	// Field is the path within what was looked at: "media[0].alt_text" where a network says so of a
	// content, "content.media[0].alt_text" of a post.
	Field string
	// Network is the network the finding is about, empty for all.
	Network Network
	// Start and End are the byte span in the field's text, equal when there is none.
	Start int
	End   int
	// Args fill the words of the catalogue, such as the limit.
	Args map[string]string
}

// Rule names what asks for it: "lexicon/..." a term, "lexicon/names" the own names and domains,
// "disclosures/..." a rule by which readers are told, "networks/..." what a network takes,
// "workspace/sharing" how people here share, "registeredHandles" who is an impostor, "item" what the owner of a library item allows, and
// "service" what holds everywhere.
func (f Finding) Rule() string {
	switch f.Code {
	case "OWN_TEXT_REPEATED":
		return "service" // of no network's rule, though it names one
	case "SHARE_OUTSIDE_HOURS", "SHARE_LIMIT_REACHED", "SAME_TEXT_CROWDED":
		return "workspace/sharing"
	case "LINK_ADDED", "MENTION_ADDED", "NETWORK_NOT_ALLOWED", "PUBLISH_TIME_OUTSIDE_WINDOW", BlockRelation:
		return "item"
	case "IMPOSTOR_NAMED":
		return "registeredHandles"
	case "LOOKALIKE_NAME", "LOOKALIKE_DOMAIN", "DISCLOSURE_MISSING":
		return "lexicon/names"
	}
	switch {
	case f.Args[ArgTerm] != "":
		return "lexicon/" + f.Args[ArgTerm]
	case f.Args[ArgRule] != "":
		return "disclosures/" + f.Args[ArgRule]
	case f.Network != "":
		return "networks/" + string(f.Network)
	default:
		return "service"
	}
}

// Blocking returns the first finding that blocks, or nil.
func Blocking(findings []Finding) *Finding {
	for i := range findings {
		if findings[i].Severity == Blocks {
			return &findings[i]
		}
	}
	return nil
}
