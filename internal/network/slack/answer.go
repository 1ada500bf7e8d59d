package slack

import (
	"regexp"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// answerLimit is the most that is read of an answer, in bytes: a page of messages.
const answerLimit = 8 << 20

// words are Slack's own for an error, which are repeated only in this form.
var words = regexp.MustCompile(`^[a-z][a-z0-9_:.]{1,60}$`)

// refusals are the words that prove that nothing was published (docs.slack.dev,
// reference/methods/chat.postMessage). The list is short on purpose: any other is unknown.
var refusals = map[string]network.Class{
	// The token, the bot's rights, and the channel it is in: its owner mends them, and what was signed stays so.
	"not_authed": network.AuthExpired, "invalid_auth": network.AuthExpired, "account_inactive": network.AuthExpired,
	"token_revoked": network.AuthExpired, "token_expired": network.AuthExpired, "missing_scope": network.AuthExpired,
	"no_permission": network.AuthExpired, "access_denied": network.AuthExpired, "ekm_access_denied": network.AuthExpired,
	"org_login_required": network.AuthExpired, "not_allowed_token_type": network.AuthExpired, "team_access_not_granted": network.AuthExpired,
	"not_in_channel": network.AuthExpired, "channel_not_found": network.AuthExpired,
	"ratelimited": network.RateLimited, "rate_limited": network.RateLimited,
	// The message, or a channel that takes none.
	"is_archived": network.Permanent, "msg_too_long": network.Permanent, "msg_blocks_too_long": network.Permanent,
	"no_text": network.Permanent, "invalid_blocks": network.Permanent, "invalid_blocks_format": network.Permanent,
	"invalid_arguments": network.Permanent, "metadata_too_large": network.Permanent, "invalid_metadata_format": network.Permanent,
	"invalid_metadata_schema": network.Permanent, "restricted_action": network.Permanent,
	"restricted_action_read_only_channel": network.Permanent, "restricted_action_thread_only_channel": network.Permanent,
	"cant_delete_message": network.Permanent, "message_not_found": network.Permanent, "compliance_exports_prevent_deletion": network.Permanent,
}

// refused classifies an answer that says no.
func (s said) refused(retry time.Time) *network.Answer {
	answer := network.Ended(network.UnknownOutcome, advocacy.AnswerUnreadable)
	if !words.MatchString(s.Error) {
		return answer
	}
	answer.Said = network.Quote(advocacy.AnswerWord, "", s.Error)
	if words.MatchString(s.Needed) {
		answer.Said = network.Quote(advocacy.AnswerScopeMissing, s.Needed, s.Error)
	}
	if class, known := refusals[s.Error]; known { // guard: what may have been published is not called refused
		answer.Class = class
	}
	if answer.Class == network.RateLimited {
		answer.RetryTime = retry
	}
	return answer
}
