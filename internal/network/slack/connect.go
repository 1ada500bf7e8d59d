package slack

import (
	"context"
	"net/url"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// CheckAddress tells whether an account may have the address, which is that of a channel.
func (n *Network) CheckAddress(raw string) error {
	if _, channel := channelIn(raw); channel != "" {
		return nil
	}
	return advocacy.InvalidField("social_account.address", "ADDRESS_INVALID",
		"write the address of the channel as Copy link gives it, as in https://acme.slack.com/archives/C0123456789")
}

// Connect asks whose token it is, and whether that bot can read the channel of the account's address.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	s, wrong := n.session(a, token)
	if wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	var who struct {
		said
		User   string `json:"user"`
		TeamID string `json:"team_id"`
		UserID string `json:"user_id"`
	}
	if wrong := s.asked(ctx, "auth.test", nil, &who); wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	named := who.TeamID + "/" + who.UserID + "/" + s.channel
	if !names.MatchString(named) || who.User == "" {
		return network.Profile{}, unlinked(network.Ended(network.Permanent, advocacy.AnswerTokenWithoutOwner))
	}
	var history said
	wrong = s.asked(ctx, "conversations.history", url.Values{"channel": {s.channel}, "limit": {"1"}}, &history)
	switch {
	case history.Error == "not_in_channel" || history.Error == "channel_not_found":
		return network.Profile{}, advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE",
			"@%s is not in that channel: invite it there, and look at the address", who.User)
	case wrong != nil:
		return network.Profile{}, unlinked(wrong)
	}
	handle := "@" + who.User + "@" + s.host + " " + s.channel
	return network.Profile{ExternalID: named, Handle: network.CutText(network.CleanLine(handle), wire.MessageLimit)}, nil
}

// unlinked is an answer as the error of whoever connects an account.
func unlinked(wrong *network.Answer) error {
	if wrong.Class == network.Misconfigured { // the address is the operator's, and not the account's
		return wrong.Unreachable("")
	}
	return wrong.Unlinked("Slack does not take this token", "Slack does not answer as it should")
}
