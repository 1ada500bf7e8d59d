package advocacy

// Blocker codes: what can be in the way of going out. Their words come from the
// catalogue.
const (
	// BlockNeedApprovals: a requirement lacks signatures.
	BlockNeedApprovals = "NEED_APPROVALS"
	// BlockStageLocked: the requirement's stage is not open yet.
	BlockStageLocked = "STAGE_LOCKED"
	// BlockNegativeOpen: an objection nobody of its role has cleared.
	BlockNegativeOpen = "NEGATIVE_OPEN"
	// BlockThreadOpen: a blocking discussion nobody has resolved.
	BlockThreadOpen = "THREAD_OPEN"
	// BlockNotInRole: a signer no longer holds the role, or held it with a gap.
	BlockNotInRole = "NOT_IN_ROLE"
	// BlockDecisionExpired: a signature outlived its time.
	BlockDecisionExpired = "DECISION_EXPIRED"
	// BlockDelegation: a signature was given for somebody by a delegation that is none, did
	// not cover the instant, or was taken back.
	BlockDelegation = "DELEGATION_INVALID"
	// BlockSelfReview: a signer wrote some of it.
	BlockSelfReview = "SELF_REVIEW"
	// BlockRecused: a signer declared later not to decide on it.
	BlockRecused = "RECUSED"
	// BlockExcluded: a signer is too close to somebody who wrote some of it.
	BlockExcluded = "EXCLUDED"
	// BlockStepUp: a signature was given without the proof its requirement asks for.
	BlockStepUp = "STEP_UP_REQUIRED"
	// BlockViewRequired: a signer had not been served the bytes.
	BlockViewRequired = "VIEW_REQUIRED"
	// BlockItemNotInForce: the library item behind a share was withdrawn, replaced or
	// ended.
	BlockItemNotInForce = "ITEM_NOT_IN_FORCE"
	// BlockOutsideAudience: the library item behind a share is for others than its author.
	BlockOutsideAudience = "OUTSIDE_AUDIENCE"
	// BlockRelation: the author of a share has stated since what he or she is to the company, and
	// what the item's approvers signed does not tell it.
	BlockRelation = "RELATION_NOT_TOLD"
	// BlockInfeasible: nobody eligible can give a signature that is asked for.
	BlockInfeasible = "INFEASIBLE"
	// BlockPlanEmpty: a plan that asks for nothing satisfies nobody.
	BlockPlanEmpty = "PLAN_EMPTY"
	// BlockNotHead: a newer revision exists.
	BlockNotHead = "REVISION_CHANGED"
	// BlockReviewClosed: the review is over without a yes.
	BlockReviewClosed = "REVIEW_CLOSED"
	// BlockHold: an active hold.
	BlockHold = "HOLD"
	// BlockHeldPastDue: its time passed while a hold stopped it, and nobody has said since what
	// becomes of it.
	BlockHeldPastDue = "HELD_PAST_DUE"
	// BlockEarlier: something else goes out through the same account first.
	BlockEarlier = "EARLIER_FIRST"
	// BlockServerDown: the account's server failed several times in a row, and is left alone for
	// a while.
	BlockServerDown = "SERVER_DOWN"
	// BlockServerBusy: as many requests as the account's server is sent at a time are under way.
	BlockServerBusy = "SERVER_BUSY"
	// BlockWithdrawn: the post was withdrawn.
	BlockWithdrawn = "WITHDRAWN"
	// BlockItemWithdrawn: the library item that an edited share was made from was withdrawn.
	BlockItemWithdrawn = "ITEM_WITHDRAWN"
	// BlockAssent: the author has not assented to these bytes.
	BlockAssent = "ASSENT_REQUIRED"
	// BlockAuthorInactive: the author may not act any more.
	BlockAuthorInactive = "AUTHOR_INACTIVE"
	// BlockAccount: the account cannot be published to.
	BlockAccount = "ACCOUNT_NOT_READY"
	// BlockAttestation: nobody who answers for the account said lately that it stands as recorded.
	BlockAttestation = "ACCOUNT_NOT_ATTESTED"
	// BlockWindow: it is too early, or too late.
	BlockWindow = "WINDOW"
	// BlockBytes: the bytes to be sent are not the ones that were signed.
	BlockBytes = "DIGEST_MISMATCH"
	// BlockNotSubmitted: the author has not submitted the newest revision.
	BlockNotSubmitted = "NOT_SUBMITTED"
	// BlockNotScheduled: everybody has signed and no time stands, as when the chosen one passed before
	// the last signature; the author chooses another.
	BlockNotScheduled = "NOT_SCHEDULED"
	// BlockNoTargets: no account was chosen.
	BlockNoTargets = "NO_TARGETS"
	// BlockUnknownSend: a request began and its end is not known.
	BlockUnknownSend = "UNKNOWN_SEND"
	// BlockRestored: the database was put back to an earlier state, and what it has forgotten since
	// may be that this went out.
	BlockRestored = "RESTORED"
	// BlockHandedOver: it waits for the person who publishes it by hand, and was told so.
	BlockHandedOver = "HANDED_OVER"
	// BlockOpened: that person has opened it, so it may be out, and is still to say what became of it.
	BlockOpened = "HANDOFF_OPENED"
	// BlockUnconfirmed: the person who was to publish it by hand opened it, and did not say what
	// became of it.
	BlockUnconfirmed = "HANDOFF_UNCONFIRMED"
	// BlockPrecondition: something the policy in force wants to hold does not, and no
	// signature makes up for it.
	BlockPrecondition = "PRECONDITION_UNMET"
	// BlockLink: a link that the policy in force wants to lead somewhere does not.
	BlockLink = "LINK_UNREACHABLE"
	// BlockTraining: the author lacks a training that the policy in force asks for.
	BlockTraining = "TRAINING_MISSING"
	// BlockMoved: a link leads elsewhere than it did when it was signed.
	BlockMoved = "LINK_CHANGED"
	// BlockTerm: a term that the workspace forbids, and no signature makes up for it.
	BlockTerm = FoundForbidden
	// BlockRetold: a disclosure that the rules in force tell otherwise than what was signed.
	BlockRetold = FoundRetold
)

// Unmet is a precondition of a routing rule that does not hold.
type Unmet struct {
	// Rule is the rule's id, Reason the policy's machine word, Words what to do.
	Rule   string
	Reason string
	Words  string
	// Translations are the words in further languages.
	Translations Translations
	// Link is one that cannot be reached, when it is about links, and LinkCode why.
	Link     string
	LinkCode LinkCode
	// Training is one that the author lacks, when it is about trainings.
	Training TrainingID
}

// blocker is what an unmet precondition puts in the way.
func (u Unmet) blocker() Blocker {
	if u.Link != "" {
		return Blocker{Code: BlockLink, Subject: u.Link, Words: u.Words, Translations: u.Translations}
	}
	if u.Training != "" {
		return Blocker{Code: BlockTraining, Subject: string(u.Training), Words: u.Words, Translations: u.Translations}
	}
	return Blocker{Code: BlockPrecondition, Subject: u.Rule, Words: u.Words, Translations: u.Translations}
}

// Blocker is one thing in the way.
type Blocker struct {
	Code        string
	Requirement string
	// Reason is why nobody is left for the requirement, a code of a Shortfall.
	Reason string
	// Person is whom it is about, Subject the resource, either may be empty.
	Person  PersonID
	Subject string
	// Words are the policy's own, for a precondition of the rule that Subject names, those of
	// who forbade the term that it names, and where the link led and leads that it names.
	Words string
	// Translations are these words in further languages.
	Translations Translations
}

// RequirementTally is how far one requirement is.
type RequirementTally struct {
	Requirement Requirement
	// Signers are the persons whose signatures count now, at most Quorum of them.
	Signers   []PersonID
	Satisfied bool
	// Open tells whether the stage is open for decisions.
	Open bool
}

// Tally is the outcome of the one counting function: what guards ask, what the queue is
// made from, and what people are shown as the explanation.
type Tally struct {
	Satisfied    bool
	Requirements []RequirementTally
	Blockers     []Blocker
}

// Requirement returns the tally of a requirement.
func (t Tally) Requirement(key string) (RequirementTally, bool) {
	for _, r := range t.Requirements {
		if r.Requirement.Key == key {
			return r, true
		}
	}
	return RequirementTally{}, false
}
