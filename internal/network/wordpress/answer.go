package wordpress

import (
	"net/http"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// answerLimit is the most that is read of an answer, in bytes: some posts, as they were written and
// as the site shows them.
const answerLimit = 16 << 20

// denials are what WordPress answers to who may not do something, before it does anything.
var denials = []string{
	"incorrect_password", "invalid_username", "invalid_email", "application_passwords_disabled", "application_passwords_disabled_for_user",
	"rest_not_logged_in", "rest_forbidden", "rest_forbidden_context", "rest_cannot_create", "rest_cannot_publish", "rest_cannot_edit",
	"rest_cannot_edit_others", "rest_cannot_delete", "rest_user_cannot_delete_post",
}

// refusals are what WordPress answers to what it cannot take, before it keeps anything.
var refusals = []string{
	"rest_invalid_param", "rest_missing_callback_param", "rest_invalid_json", "rest_no_route", invalidID, "empty_content",
	"rest_upload_file_too_big", "rest_upload_limited_space", "rest_upload_user_quota_exceeded", "rest_upload_no_data",
}

// invalidID is how a site says that it has no such post.
const invalidID = "rest_post_invalid_id"

// problem is an error as WordPress tells it.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// refused classifies an answer that is no success, and tells the site's own name of what is wrong. Only
// what proves that nothing was published is read as a refusal: plugins run after a post is kept, and
// whatever they end with is answered for it.
func (n *Network) refused(r *http.Response) (network.Answer, string) {
	var said problem
	if wire.ReadJSON(r, answerLimit, &said) != nil {
		said = problem{}
	}
	answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, said.Message)}
	client := r.StatusCode >= 400 && r.StatusCode <= 499
	switch {
	case r.StatusCode == http.StatusUnauthorized, client && slices.Contains(denials, said.Code):
		answer.Class = network.AuthExpired // the password was revoked, or the user's role changed
	case r.StatusCode == http.StatusTooManyRequests:
		answer.Class, answer.RetryTime = network.RateLimited, n.client.RetryTime(r.Header)
	case r.StatusCode == http.StatusRequestEntityTooLarge, client && slices.Contains(refusals, said.Code): // guard: an error of a plugin is no refusal
		answer.Class = network.Permanent
	}
	return answer, strings.TrimSpace(said.Code)
}
