package mattermost

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// CheckAddress tells whether an account may have the address, which is that of a channel.
func (n *Network) CheckAddress(raw string) error {
	_, err := n.placeOf(raw)
	return err
}

// fewest is the least a server has to take, in code points: what people are told they may write,
// each with a backslash.
func fewest() int {
	rule, _ := measure.RuleOf(Name)
	return 2 * rule.Limits[0].Most
}

// Connect asks the server whose token it is, which channel the account's address leads to, and how
// much the server takes.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	s, wrong := n.session(a, token)
	if wrong != nil {
		return network.Profile{}, wrong.Unlinked(tokenRefused, notMattermost)
	}
	var who struct {
		ID       string `json:"id"`
		Username string `json:"username"`
	}
	if code, wrong := s.asked(s.request(ctx, http.MethodGet, "users/me", nil, nil, ""), &who); wrong != nil && code != http.StatusOK {
		return network.Profile{}, wrong.Unlinked(tokenRefused, notMattermost)
	}
	if !ids.MatchString(who.ID) || who.Username == "" {
		return network.Profile{}, unsuitable("the server does not say whose token it is, as Mattermost does")
	}
	var channel struct {
		ID       string `json:"id"`
		DeleteAt int64  `json:"delete_at"`
	}
	path := "teams/name/" + s.at.team + "/channels/name/" + s.at.channel
	switch code, wrong := s.asked(s.request(ctx, http.MethodGet, path, nil, nil, ""), &channel); {
	case code == http.StatusNotFound || code == http.StatusForbidden:
		return network.Profile{}, unsuitable("@%s finds no such channel: add it to the team and to the channel, and look at the address", who.Username)
	case wrong != nil && code != http.StatusOK:
		return network.Profile{}, wrong.Unlinked(tokenRefused, notMattermost)
	case !ids.MatchString(channel.ID):
		return network.Profile{}, unsuitable("the server does not say which channel that is, as Mattermost does")
	case channel.DeleteAt != 0: // guard: nothing is signed for a channel that takes nothing
		return network.Profile{}, unsuitable("the channel is archived")
	}
	if err := s.takesEnough(ctx); err != nil {
		return network.Profile{}, err
	}
	handle := "@" + who.Username + "@" + s.at.server.Host + " ~" + s.at.channel
	return network.Profile{ExternalID: who.ID + "/" + channel.ID, Handle: network.CutText(network.CleanLine(handle), wire.MessageLimit)}, nil
}

// takesEnough refuses a server that takes less than people are told they may write.
func (s *session) takesEnough(ctx context.Context) error {
	var config struct {
		MaxPostSize string `json:"MaxPostSize"`
	}
	if _, wrong := s.asked(s.request(ctx, http.MethodGet, "config/client", url.Values{"format": {"old"}}, nil, ""), &config); wrong != nil {
		return unsuitable("the server does not say how much it takes, as Mattermost does")
	}
	if most, err := strconv.Atoi(config.MaxPostSize); err != nil || most < fewest() {
		return unsuitable("the server takes %q characters, fewer than the %d it has to", config.MaxPostSize, fewest())
	}
	return nil
}

// What whoever connects an account is told.
const (
	tokenRefused  = "the server does not take this token"
	notMattermost = "the server does not speak as Mattermost does"
)

func unsuitable(format string, args ...any) error {
	return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", format, args...)
}
