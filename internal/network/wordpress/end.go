package wordpress

import (
	"context"
	"net/http"
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// uuids are a site's names of application passwords.
var uuids = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

const itsPasswords = "wp/v2/users/me/application-passwords/"

// End revokes the application password at its site, which it names first. One that the site does not
// take any more is ended.
func (n *Network) End(ctx context.Context, a advocacy.SocialAccount, credential []byte) network.Answer {
	s, wrong := n.session(a, credential)
	if wrong != nil {
		return network.Answer{Class: network.Permanent, Said: wrong.Said}
	}
	var its struct {
		UUID string `json:"uuid"`
	}
	if got := s.asked(s.request(ctx, http.MethodGet, itsPasswords+"introspect", nil, nil, ""), &its); got.wrong != nil {
		return got.ended()
	}
	if !uuids.MatchString(its.UUID) { // nothing else at the site is asked for
		return network.Answer{Class: network.Permanent, Said: network.Say(advocacy.AnswerUnreadable)}
	}
	var gone struct {
		Deleted bool `json:"deleted"`
	}
	got := s.asked(s.request(ctx, http.MethodDelete, itsPasswords+its.UUID, nil, nil, ""), &gone)
	switch {
	case got.wrong != nil:
		return got.ended()
	case !gone.Deleted:
		return network.Answer{Class: network.Retryable, Said: network.Say(advocacy.AnswerUnreadable)}
	}
	return network.Answer{Class: network.Accepted}
}

// ended is what an answer that is no success says of a password that is to be ended.
func (got said) ended() network.Answer {
	answer := *got.wrong
	switch {
	case got.code == "incorrect_password" || got.code == "invalid_username" || got.code == "rest_application_password_not_found":
		answer = network.Answer{Class: network.Accepted}
	case answer.Class == network.RateLimited:
	case got.status >= 400 && got.status <= 499:
		answer.Class = network.Permanent
	default:
		answer.Class = network.Retryable
	}
	return answer
}
