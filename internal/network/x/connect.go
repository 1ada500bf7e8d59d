package x

import (
	"context"
	"net/http"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// CheckAddress tells whether an account may have the address: there is one X alone.
func (n *Network) CheckAddress(raw string) error {
	if raw == "" {
		return nil
	}
	return advocacy.InvalidField("social_account.address", "ADDRESS_INVALID", "leave the address of an account on X empty: whoever signs in there says which it is")
}

// Connect asks whose token it is.
func (n *Network) Connect(ctx context.Context, _ advocacy.SocialAccount, token []byte) (network.Profile, error) {
	s, wrong := n.session(token)
	if wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	var who struct {
		Data struct {
			ID       string `json:"id"`
			Username string `json:"username"`
		} `json:"data"`
	}
	if _, wrong := s.asked(ctx, call{method: http.MethodGet, path: "/2/users/me"}, &who); wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	if !ids.MatchString(who.Data.ID) || !handles.MatchString(who.Data.Username) {
		return network.Profile{}, unlinked(network.Ended(network.Permanent, advocacy.AnswerTokenWithoutOwner))
	}
	return network.Profile{ExternalID: who.Data.ID, Handle: "@" + who.Data.Username}, nil
}

// unlinked is an answer as the error of whoever connects an account.
func unlinked(wrong *network.Answer) error {
	if wrong.Class == network.Misconfigured { // the address and the plan are the operator's, and not the account's
		return wrong.Unreachable("")
	}
	return wrong.Unlinked("X does not take this token", "X does not answer as it should")
}
