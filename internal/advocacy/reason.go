package advocacy

// RuleReason is the id of a routing rule and the sentence that explains it.
type RuleReason struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
	// Translations are the sentence in further languages.
	Translations Translations `json:"translations,omitempty"`
}

// Codes of the reasons the service itself gives. Their words come from the catalogue; a
// rule of the policy has no code, and is told in the words of who wrote it.
const (
	// AskedObjection: an objection by this role is not cleared.
	AskedObjection = "OBJECTION_OPEN"
	// AskedRejectedElsewhere: the role rejected exactly these bytes in another post.
	AskedRejectedElsewhere = "REJECTED_ELSEWHERE"
	// AskedInheritedObjection: the role objected to the post this is a copy of.
	AskedInheritedObjection = "OBJECTION_INHERITED"
	// AskedNothingElse: no rule asks for anything, so the policy's defaults do.
	AskedNothingElse = "NOTHING_ELSE_ASKED"
	// AskedFailedRule: a rule could not be evaluated.
	AskedFailedRule = "RULE_FAILED"
	// AskedTrainingMode: the author is in training mode.
	AskedTrainingMode = "TRAINING_MODE"
)

// ForObjection is why the role of an objection that nobody cleared is asked.
func ForObjection() RuleReason {
	return RuleReason{Rule: "objection", Reason: "An objection by this role is not cleared yet."}
}

// ForRejectedElsewhere is why a role is asked that rejected the very bytes in another post.
func ForRejectedElsewhere() RuleReason {
	return RuleReason{Rule: "rejected_elsewhere", Reason: "Exactly this was rejected by this role in another post."}
}

// ForInheritedObjection is why the role of an objection is asked that came with a copy.
func ForInheritedObjection() RuleReason {
	return RuleReason{
		Rule: "inherited_objection", Reason: "An objection by this role to the post this was copied from was not cleared.",
	}
}

// ForNothingElse is why a policy's defaults are asked for where they do not say it.
func ForNothingElse() RuleReason {
	return RuleReason{Rule: "default", Reason: "Nothing more specific asks for anything."}
}

// ForFailedRule is why what an error asks for is asked for where the policy does not say it.
func ForFailedRule() RuleReason {
	return RuleReason{Rule: "on-error", Reason: "A rule could not be evaluated."}
}

// ForTrainingMode is why persons are asked where the policy asks nobody.
func ForTrainingMode() RuleReason {
	return RuleReason{Rule: "training_mode", Reason: "The author is in training mode: somebody signs whatever he or she posts."}
}

// Code is the code of a reason the service itself gives, "" of a policy's rule.
//
// A plan keeps the sentence and not the code, so that what was frozen, audited and
// exported reads by itself for ever. The code is recognised by the whole of it, in plans
// of any age: the sentences above never change, and a better one is another reason.
func (r RuleReason) Code() string {
	switch r {
	case ForObjection():
		return AskedObjection
	case ForRejectedElsewhere():
		return AskedRejectedElsewhere
	case ForInheritedObjection():
		return AskedInheritedObjection
	case ForNothingElse():
		return AskedNothingElse
	case ForFailedRule():
		return AskedFailedRule
	case ForTrainingMode():
		return AskedTrainingMode
	default:
		return ""
	}
}
