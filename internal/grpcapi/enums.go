package grpcapi

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// protoEnum is a generated enum.
type protoEnum interface {
	comparable
	protoreflect.Enum
}

// pairs translates between a word of the domain and an enum of the contract, both ways.
// contract_test.go holds every table against both lists.
type pairs[D ~string, P protoEnum] struct {
	to   map[D]P
	from map[P]D
}

func pair[D ~string, P protoEnum](to map[D]P) pairs[D, P] {
	from := make(map[P]D, len(to))
	for d, p := range to {
		from[p] = d
	}
	return pairs[D, P]{to: to, from: from}
}

// proto returns the enum of a word; what the contract does not know is unspecified.
func (t pairs[D, P]) proto(d D) P { return t.to[d] }

// domain returns the word of an enum a client sent.
func (t pairs[D, P]) domain(field string, p P) (D, error) {
	d, ok := t.from[p]
	if !ok {
		return "", advocacy.InvalidField(field, fieldInvalid, "%s must be one of the values the contract lists", field)
	}
	return d, nil
}

// named returns the word of an enum value by the value's name.
func (t pairs[D, P]) named(name string) (D, bool) {
	var zero P
	value := zero.Descriptor().Values().ByName(protoreflect.Name(name))
	if value == nil {
		return "", false
	}
	for p, d := range t.from {
		if p.Number() == value.Number() {
			return d, true
		}
	}
	return "", false
}

var postStates = pair(map[advocacy.PostState]imprimaturv1.Post_State{
	advocacy.PostDraft:              imprimaturv1.Post_DRAFT,
	advocacy.PostInReview:           imprimaturv1.Post_IN_REVIEW,
	advocacy.PostChangesRequested:   imprimaturv1.Post_CHANGES_REQUESTED,
	advocacy.PostRejected:           imprimaturv1.Post_REJECTED,
	advocacy.PostReviewExpired:      imprimaturv1.Post_REVIEW_EXPIRED,
	advocacy.PostUnroutable:         imprimaturv1.Post_UNROUTABLE,
	advocacy.PostApproved:           imprimaturv1.Post_APPROVED,
	advocacy.PostScheduled:          imprimaturv1.Post_SCHEDULED,
	advocacy.PostPublishing:         imprimaturv1.Post_PUBLISHING,
	advocacy.PostPublished:          imprimaturv1.Post_PUBLISHED,
	advocacy.PostPartiallyPublished: imprimaturv1.Post_PARTIALLY_PUBLISHED,
	advocacy.PostFailed:             imprimaturv1.Post_FAILED,
	advocacy.PostRecalled:           imprimaturv1.Post_RECALLED,
	advocacy.PostWithdrawn:          imprimaturv1.Post_WITHDRAWN,
})

var suggestionStates = pair(map[advocacy.SuggestionState]imprimaturv1.Suggestion_State{
	advocacy.SuggestionOpen:     imprimaturv1.Suggestion_OPEN,
	advocacy.SuggestionAccepted: imprimaturv1.Suggestion_ACCEPTED,
	advocacy.SuggestionDeclined: imprimaturv1.Suggestion_DECLINED,
	advocacy.SuggestionOutdated: imprimaturv1.Suggestion_OUTDATED,
})

var proposalStates = pair(map[advocacy.ProposalState]imprimaturv1.Proposal_State{
	advocacy.ProposalProposed:  imprimaturv1.Proposal_PROPOSED,
	advocacy.ProposalAccepted:  imprimaturv1.Proposal_ACCEPTED,
	advocacy.ProposalDeclined:  imprimaturv1.Proposal_DECLINED,
	advocacy.ProposalWithdrawn: imprimaturv1.Proposal_WITHDRAWN,
})

var threadStates = pair(map[advocacy.ThreadState]imprimaturv1.Thread_State{
	advocacy.ThreadOpen:     imprimaturv1.Thread_OPEN,
	advocacy.ThreadResolved: imprimaturv1.Thread_RESOLVED,
})

var itemStates = pair(map[advocacy.ItemState]imprimaturv1.LibraryItem_State{
	advocacy.ItemDraft:            imprimaturv1.LibraryItem_DRAFT,
	advocacy.ItemInReview:         imprimaturv1.LibraryItem_IN_REVIEW,
	advocacy.ItemChangesRequested: imprimaturv1.LibraryItem_CHANGES_REQUESTED,
	advocacy.ItemRejected:         imprimaturv1.LibraryItem_REJECTED,
	advocacy.ItemReviewExpired:    imprimaturv1.LibraryItem_REVIEW_EXPIRED,
	advocacy.ItemUnroutable:       imprimaturv1.LibraryItem_UNROUTABLE,
	advocacy.ItemApproved:         imprimaturv1.LibraryItem_APPROVED,
	advocacy.ItemWithdrawn:        imprimaturv1.LibraryItem_WITHDRAWN,
})

var availabilities = pair(map[advocacy.Availability]imprimaturv1.LibraryItem_Availability{
	advocacy.AvailableNever:  imprimaturv1.LibraryItem_NONE,
	advocacy.AvailableLater:  imprimaturv1.LibraryItem_SCHEDULED,
	advocacy.AvailableNow:    imprimaturv1.LibraryItem_LIVE,
	advocacy.AvailableBefore: imprimaturv1.LibraryItem_EXPIRED,
})

var reviewStates = pair(map[advocacy.ReviewState]imprimaturv1.Review_State{
	advocacy.ReviewOpen:             imprimaturv1.Review_OPEN,
	advocacy.ReviewChangesRequested: imprimaturv1.Review_CHANGES_REQUESTED,
	advocacy.ReviewApproved:         imprimaturv1.Review_APPROVED,
	advocacy.ReviewRejected:         imprimaturv1.Review_REJECTED,
	advocacy.ReviewSuperseded:       imprimaturv1.Review_SUPERSEDED,
	advocacy.ReviewExpired:          imprimaturv1.Review_EXPIRED,
	advocacy.ReviewWithdrawn:        imprimaturv1.Review_WITHDRAWN,
	advocacy.ReviewUnroutable:       imprimaturv1.Review_UNROUTABLE,
})

var publicationStates = pair(map[advocacy.PublicationState]imprimaturv1.Publication_State{
	advocacy.Scheduled: imprimaturv1.Publication_SCHEDULED,
	advocacy.Claimed:   imprimaturv1.Publication_CLAIMED,
	advocacy.Sending:   imprimaturv1.Publication_SENDING,
	advocacy.Published: imprimaturv1.Publication_PUBLISHED,
	advocacy.Refused:   imprimaturv1.Publication_REFUSED,
	advocacy.Unknown:   imprimaturv1.Publication_UNKNOWN,
	advocacy.Cancelled: imprimaturv1.Publication_CANCELLED,
	advocacy.Recalled:  imprimaturv1.Publication_RECALLED,
	advocacy.Expired:   imprimaturv1.Publication_EXPIRED,

	advocacy.HandedOver: imprimaturv1.Publication_HANDED_OVER,
})

var comparisons = pair(map[advocacy.Comparison]imprimaturv1.Publication_Comparison{
	advocacy.Matches: imprimaturv1.Publication_MATCHES,
	advocacy.Differs: imprimaturv1.Publication_DIFFERS,
})

var evidences = pair(map[advocacy.Evidence]imprimaturv1.Publication_Evidence{
	advocacy.Answered: imprimaturv1.Publication_ANSWERED,
	advocacy.Found:    imprimaturv1.Publication_FOUND,
	advocacy.Told:     imprimaturv1.Publication_TOLD,
})

var resolutions = pair(map[advocacy.Resolution]imprimaturv1.ResolvePublicationRequest_Resolution{
	advocacy.ResolveFound:     imprimaturv1.ResolvePublicationRequest_FOUND,
	advocacy.ResolveAbsent:    imprimaturv1.ResolvePublicationRequest_ABSENT,
	advocacy.ResolveSendAgain: imprimaturv1.ResolvePublicationRequest_SEND_AGAIN,
})

var resumeActions = pair(map[workflow.ResumeAction]imprimaturv1.ResumePublicationsRequest_Action{
	workflow.ResumeSend:       imprimaturv1.ResumePublicationsRequest_SEND,
	workflow.ResumeReschedule: imprimaturv1.ResumePublicationsRequest_RESCHEDULE,
	workflow.ResumeDrop:       imprimaturv1.ResumePublicationsRequest_DROP,
})

var handleKinds = pair(map[advocacy.HandleKind]imprimaturv1.RegisteredHandle_Kind{
	advocacy.HandleReserved: imprimaturv1.RegisteredHandle_RESERVED,
	advocacy.HandleImpostor: imprimaturv1.RegisteredHandle_IMPOSTOR,
})

var handleStatuses = pair(map[advocacy.HandleStatus]imprimaturv1.RegisteredHandle_Status{
	advocacy.HandleHeld:     imprimaturv1.RegisteredHandle_HELD,
	advocacy.HandleReleased: imprimaturv1.RegisteredHandle_RELEASED,
	advocacy.HandleSeen:     imprimaturv1.RegisteredHandle_SEEN,
	advocacy.HandleReported: imprimaturv1.RegisteredHandle_REPORTED,
	advocacy.HandleGone:     imprimaturv1.RegisteredHandle_GONE,
})

var accountStates = pair(map[advocacy.AccountState]imprimaturv1.SocialAccount_State{
	advocacy.AccountReady:     imprimaturv1.SocialAccount_READY,
	advocacy.AccountReconnect: imprimaturv1.SocialAccount_RECONNECT,
	advocacy.AccountDisabled:  imprimaturv1.SocialAccount_DISABLED,
})

var repeats = pair(map[workflow.Repeat]imprimaturv1.NetworkCapabilities_Repeat{
	workflow.RepeatNothing: imprimaturv1.NetworkCapabilities_EXACTLY_ONCE,
	workflow.RepeatTwice:   imprimaturv1.NetworkCapabilities_AT_MOST_ONCE,
	workflow.RepeatByKey:   imprimaturv1.NetworkCapabilities_BY_KEY,
})

var memberStates = pair(map[advocacy.MemberState]imprimaturv1.Member_State{
	advocacy.MemberActive:   imprimaturv1.Member_ACTIVE,
	advocacy.MemberDisabled: imprimaturv1.Member_DISABLED,
})

var shownStates = pair(map[advocacy.ShownState]imprimaturv1.Publication_ReadBack_State{
	advocacy.ShownUnseen:  imprimaturv1.Publication_ReadBack_STATE_UNSPECIFIED,
	advocacy.ShownSame:    imprimaturv1.Publication_ReadBack_SAME,
	advocacy.ShownDiffers: imprimaturv1.Publication_ReadBack_DIFFERS,
	advocacy.ShownGone:    imprimaturv1.Publication_ReadBack_GONE,
})

var recallScopes = pair(map[advocacy.RecallScope]imprimaturv1.Recall_Scope{
	advocacy.RecallLibrary:   imprimaturv1.Recall_LIBRARY,
	advocacy.RecallQueued:    imprimaturv1.Recall_QUEUED,
	advocacy.RecallPublished: imprimaturv1.Recall_PUBLISHED,
})

var copyStates = pair(map[advocacy.CopyState]imprimaturv1.RecallCopy_State{
	advocacy.CopyStopped:   imprimaturv1.RecallCopy_STOPPED,
	advocacy.CopyUnderway:  imprimaturv1.RecallCopy_UNDERWAY,
	advocacy.CopyUnknown:   imprimaturv1.RecallCopy_UNKNOWN,
	advocacy.CopyRemoving:  imprimaturv1.RecallCopy_REMOVING,
	advocacy.CopyFailed:    imprimaturv1.RecallCopy_FAILED,
	advocacy.CopyAwaiting:  imprimaturv1.RecallCopy_AWAITING,
	advocacy.CopyRemoved:   imprimaturv1.RecallCopy_REMOVED,
	advocacy.CopyRemains:   imprimaturv1.RecallCopy_REMAINS,
	advocacy.CopyConfirmed: imprimaturv1.RecallCopy_CONFIRMED,
})

var caseKinds = pair(map[advocacy.CaseKind]imprimaturv1.Case_Kind{
	advocacy.CaseDiffers: imprimaturv1.Case_DIFFERS,
	advocacy.CaseGone:    imprimaturv1.Case_GONE,
	advocacy.CaseRemains: imprimaturv1.Case_REMAINS,
})

var caseStates = pair(map[advocacy.CaseState]imprimaturv1.Case_State{
	advocacy.CaseOpen:   imprimaturv1.Case_OPEN,
	advocacy.CaseClosed: imprimaturv1.Case_CLOSED,
})

var caseResolutions = pair(map[advocacy.CaseResolution]imprimaturv1.Case_Resolution{
	advocacy.CaseTolerated: imprimaturv1.Case_TOLERATED,
	advocacy.CaseCorrected: imprimaturv1.Case_CORRECTED,
	advocacy.CaseRecalled:  imprimaturv1.Case_RECALLED,
})

var holdScopes = pair(map[advocacy.HoldScope]imprimaturv1.Hold_Scope{
	advocacy.HoldWorkspace: imprimaturv1.Hold_WORKSPACE,
	advocacy.HoldNetwork:   imprimaturv1.Hold_NETWORK,
	advocacy.HoldAccount:   imprimaturv1.Hold_ACCOUNT,
	advocacy.HoldPerson:    imprimaturv1.Hold_PERSON,
	advocacy.HoldPost:      imprimaturv1.Hold_POST,
	advocacy.HoldTopic:     imprimaturv1.Hold_TOPIC,
	advocacy.HoldCampaign:  imprimaturv1.Hold_CAMPAIGN,
	advocacy.HoldKeyword:   imprimaturv1.Hold_KEYWORD,
})

var planCauses = pair(map[advocacy.PlanCause]imprimaturv1.PlanChange_Cause{
	advocacy.PlanGrew:     imprimaturv1.PlanChange_GREW,
	advocacy.PlanRerouted: imprimaturv1.PlanChange_REROUTED,
})

var verdicts = pair(map[advocacy.Verdict]imprimaturv1.Verdict{
	advocacy.Approve:        imprimaturv1.Verdict_VERDICT_APPROVE,
	advocacy.RequestChanges: imprimaturv1.Verdict_VERDICT_REQUEST_CHANGES,
	advocacy.Reject:         imprimaturv1.Verdict_VERDICT_REJECT,
	advocacy.Retract:        imprimaturv1.Verdict_VERDICT_RETRACT,
	advocacy.Recuse:         imprimaturv1.Verdict_VERDICT_RECUSE,
})

var disclosures = pair(map[advocacy.Disclosure]imprimaturv1.Disclosure{
	advocacy.DisclosureNone:        imprimaturv1.Disclosure_DISCLOSURE_UNSPECIFIED,
	advocacy.DisclosureEmployee:    imprimaturv1.Disclosure_DISCLOSURE_EMPLOYEE,
	advocacy.DisclosureAdvertising: imprimaturv1.Disclosure_DISCLOSURE_ADVERTISING,
	advocacy.DisclosurePartnership: imprimaturv1.Disclosure_DISCLOSURE_PAID_PARTNERSHIP,
})

var origins = pair(map[advocacy.Origin]imprimaturv1.Origin{
	advocacy.OriginOriginal:      imprimaturv1.Origin_ORIGIN_ORIGINAL,
	advocacy.OriginLibrary:       imprimaturv1.Origin_ORIGIN_LIBRARY,
	advocacy.OriginLibraryEdited: imprimaturv1.Origin_ORIGIN_LIBRARY_EDITED,

	advocacy.OriginLibraryPersonalised: imprimaturv1.Origin_ORIGIN_LIBRARY_PERSONALISED,
})

var editModes = pair(map[advocacy.EditMode]imprimaturv1.EditPolicy_Mode{
	advocacy.EditReviewed: imprimaturv1.EditPolicy_MODE_UNSPECIFIED,
	advocacy.EditSpans:    imprimaturv1.EditPolicy_SPANS,
	advocacy.EditLocked:   imprimaturv1.EditPolicy_LOCKED,
})

var edits = pair(map[advocacy.Edit]imprimaturv1.PreviewPostResponse_Edit{
	"":                    imprimaturv1.PreviewPostResponse_EDIT_UNSPECIFIED,
	advocacy.Unedited:     imprimaturv1.PreviewPostResponse_UNEDITED,
	advocacy.EditedWithin: imprimaturv1.PreviewPostResponse_WITHIN_BOUNDS,
	advocacy.EditedBeyond: imprimaturv1.PreviewPostResponse_BEYOND_BOUNDS,
})

var severities = pair(map[advocacy.Severity]imprimaturv1.Finding_Severity{
	advocacy.Blocks:      imprimaturv1.Finding_BLOCKS,
	advocacy.NeedsReview: imprimaturv1.Finding_NEEDS_REVIEW,
	advocacy.Advice:      imprimaturv1.Finding_ADVICE,
})

var disclosurePlaces = pair(map[advocacy.DisclosurePlace]imprimaturv1.DisclosureRule_Place{
	advocacy.DisclosedFirst:   imprimaturv1.DisclosureRule_FIRST,
	advocacy.DisclosedVisible: imprimaturv1.DisclosureRule_VISIBLE,
})

var termGrades = pair(map[advocacy.TermGrade]imprimaturv1.Term_Grade{
	advocacy.GradeForbidden:  imprimaturv1.Term_FORBIDDEN,
	advocacy.GradeRestricted: imprimaturv1.Term_RESTRICTED,
})

var requirementKinds = pair(map[advocacy.RequirementKind]imprimaturv1.Requirement_Kind{
	advocacy.RequireHumans:  imprimaturv1.Requirement_HUMAN,
	advocacy.RequireLibrary: imprimaturv1.Requirement_LIBRARY,
})

var simulationStates = pair(map[workflow.SimulationState]imprimaturv1.RoutingPolicySimulation_State{
	workflow.SimulationRunning:   imprimaturv1.RoutingPolicySimulation_RUNNING,
	workflow.SimulationSucceeded: imprimaturv1.RoutingPolicySimulation_SUCCEEDED,
	workflow.SimulationFailed:    imprimaturv1.RoutingPolicySimulation_FAILED,
})

var weekdays = pair(map[weekday]imprimaturv1.WeekHours_Day{
	"Monday":    imprimaturv1.WeekHours_MONDAY,
	"Tuesday":   imprimaturv1.WeekHours_TUESDAY,
	"Wednesday": imprimaturv1.WeekHours_WEDNESDAY,
	"Thursday":  imprimaturv1.WeekHours_THURSDAY,
	"Friday":    imprimaturv1.WeekHours_FRIDAY,
	"Saturday":  imprimaturv1.WeekHours_SATURDAY,
	"Sunday":    imprimaturv1.WeekHours_SUNDAY,
})

var taskStates = pair(map[workflow.TaskState]imprimaturv1.ReviewTask_State{
	workflow.TaskOpen: imprimaturv1.ReviewTask_OPEN,
	workflow.TaskDone: imprimaturv1.ReviewTask_DONE,
})

var whys = pair(map[advocacy.Why]imprimaturv1.ReviewTask_Why{
	advocacy.WhyRequirementOpen:   imprimaturv1.ReviewTask_REQUIREMENT_OPEN,
	advocacy.WhyAssigned:          imprimaturv1.ReviewTask_ASSIGNED,
	advocacy.WhyObjectionAnswered: imprimaturv1.ReviewTask_OBJECTION_ANSWERED,
	advocacy.WhySignatureLost:     imprimaturv1.ReviewTask_SIGNATURE_LOST,
	advocacy.WhyChangesRequested:  imprimaturv1.ReviewTask_AUTHOR_CHANGES_REQUESTED,
	advocacy.WhyRejected:          imprimaturv1.ReviewTask_AUTHOR_REJECTED,
	advocacy.WhyUnroutable:        imprimaturv1.ReviewTask_ADMIN_UNROUTABLE,
	advocacy.WhyStuck:             imprimaturv1.ReviewTask_ADMIN_STUCK,
	advocacy.WhyPrecondition:      imprimaturv1.ReviewTask_AUTHOR_PRECONDITION,
	advocacy.WhyThreadOpen:        imprimaturv1.ReviewTask_THREAD_OPEN,
	advocacy.WhyUnknown:           imprimaturv1.ReviewTask_PUBLICATION_UNKNOWN,
})

var infeasibilities = pair(map[advocacy.Infeasibility]imprimaturv1.Shortfall_Reason{
	advocacy.InfeasibleRole:     imprimaturv1.Shortfall_NOT_IN_ROLE,
	advocacy.InfeasibleWriter:   imprimaturv1.Shortfall_SELF_REVIEW,
	advocacy.InfeasibleExcluded: imprimaturv1.Shortfall_EXCLUDED,
	advocacy.InfeasibleRecused:  imprimaturv1.Shortfall_RECUSED,
	advocacy.InfeasibleNeeded:   imprimaturv1.Shortfall_DISTINCT_PERSON,
	advocacy.InfeasibleSigned:   imprimaturv1.Shortfall_SIGNED_ELSEWHERE,
	advocacy.InfeasibleNoFactor: imprimaturv1.Shortfall_STEP_UP_UNAVAILABLE,
	advocacy.InfeasibleEmpty:    imprimaturv1.Shortfall_PLAN_EMPTY,
})

var alones = pair(map[advocacy.Alone]imprimaturv1.ReviewTask_Alone{
	advocacy.AloneVeto:      imprimaturv1.ReviewTask_VETO,
	advocacy.AloneObjection: imprimaturv1.ReviewTask_OBJECTION,
})

var actorKinds = pair(map[advocacy.ActorKind]imprimaturv1.AuditRecord_ActorKind{
	advocacy.Human:   imprimaturv1.AuditRecord_HUMAN,
	advocacy.Machine: imprimaturv1.AuditRecord_MACHINE,
	advocacy.System:  imprimaturv1.AuditRecord_SYSTEM,
})
