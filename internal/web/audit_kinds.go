package web

// auditKinds are the kinds of facts that have a sentence, as a list to choose from. A kind that is
// not among them is shown as it is.
var auditKinds = []string{
	"absence.created", "absence.deleted", "api_key.created", "api_key.revoked", "calendar.created", "calendar.deleted",
	"calendar.updated", "case.changed", "case.closed", "case.opened", "deadline.recounted", "delegation.created",
	"delegation.revoked", "disclosures.published", "feed.asked", "feed.created", "feed.deleted", "feed.updated",
	"guideline.acknowledged", "guideline.published", "handoff.over", "hold.created", "hold.released", "lexicon.published",
	"library_import.ended", "library_import.ordered", "library_item.created", "library_item.revised",
	"library_item.submitted", "library_item.transferred", "library_item.unlisted", "library_item.updated",
	"library_item.withdrawn", "media.cropped", "media.removed", "media.uploaded", "member.created", "member.disabled",
	"member.enabled", "member.invited", "member.link_made", "member.merged", "member.relation_declared", "member.updated",
	"post.co_author_added", "post.co_author_removed", "post.created", "post.deferred", "post.revised", "post.submitted",
	"post.time_missed", "post.updated", "post.withdrawn", "proposal.accepted", "proposal.declined", "proposal.made",
	"proposal.withdrawn", "publication.cancelled", "publication.confirmed", "publication.declined", "publication.expired",
	"publication.held", "publication.links_unseen", "publication.lost", "publication.opened", "publication.published",
	"publication.recall_requested", "publication.recalled", "publication.refused", "publication.resolved",
	"publication.resumed", "publication.retried", "publication.scheduled", "publication.sending", "publication.unknown",
	"recall.ended", "recall.ordered", "registered_handle.created", "registered_handle.updated", "review.asked",
	"review.decided", "review.escalated", "review.links_changed", "review.opened", "review.rerouted", "review.viewed",
	"review_batch.ordered", "role.created", "role.deleted", "role.updated", "role.upgraded", "routing_policy.activated",
	"routing_policy.drafted", "routing_policy.simulated", "session.created", "session.ended", "social_account.attested",
	"social_account.connected", "social_account.connection_refused", "social_account.created", "social_account.disabled",
	"social_account.disconnected", "social_account.enabled", "social_account.not_revoked", "social_account.revoked",
	"social_account.updated", "suggestion.accepted", "suggestion.declined", "suggestion.made", "task.claim_renewed",
	"task.claimed", "task.reassigned", "task.released", "task.snoozed", "thread.commented", "thread.opened",
	"thread.reopened", "thread.resolved", "topic.created", "topic.joined", "topic.left", "topic.updated",
	"training.answered", "training.earned", "training.recorded", "training.revoked", "training_course.published",
	"training_module.created", "training_module.updated", "turn.asked", "turn.escalated", "upload.appended",
	"upload.completed", "upload.created", "upload.deleted", "upload.expired", "workspace.created", "workspace.updated",
}
