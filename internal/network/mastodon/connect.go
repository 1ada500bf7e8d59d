package mastodon

import (
	"context"
	"net/http"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// CheckAddress tells whether a server may have the address, as wire.Client.CheckServer does.
func (n *Network) CheckAddress(raw string) error { return n.client.CheckServer(raw) }

// fewest is the least a server has to take: what people are told they may write.
func fewest() int { return capabilities().TextLimit }

// Connect asks the server whose token it is, how much it takes, and whether it is Mastodon
// itself, which drops a repeated key.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	s, wrong := n.session(a, token)
	if wrong != nil {
		return network.Profile{}, wrong.Unlinked(tokenRefused, notMastodon)
	}
	var account struct {
		ID   string `json:"id"`
		Acct string `json:"acct"`
	}
	code, wrong := s.asked(s.request(ctx, http.MethodGet, "api/v1/accounts/verify_credentials", nil, nil, ""), &account)
	if wrong != nil && code != http.StatusOK {
		return network.Profile{}, wrong.Unlinked(tokenRefused, notMastodon)
	}
	if !id(account.ID) || account.Acct == "" {
		return network.Profile{}, unsuitable("the server does not say whose token it is, as Mastodon does")
	}
	var instance struct {
		Configuration struct {
			Statuses struct {
				MaxCharacters int `json:"max_characters"`
			} `json:"statuses"`
		} `json:"configuration"`
	}
	if _, wrong := s.asked(s.request(ctx, http.MethodGet, "api/v2/instance", nil, nil, ""), &instance); wrong != nil {
		return network.Profile{}, unsuitable("the server does not say how much it takes; Mastodon does from version 4 on")
	}
	if most := instance.Configuration.Statuses.MaxCharacters; most < fewest() {
		return network.Profile{}, unsuitable("the server takes %d characters, fewer than the %d people are told they may write", most, fewest())
	}
	return network.Profile{
		ExternalID:   account.ID,
		Handle:       network.CutText(network.CleanLine("@"+account.Acct+"@"+s.server.Host), wire.MessageLimit),
		Deduplicates: s.itself(ctx),
	}, nil
}

// itself tells whether the server is Mastodon, and not a relative that speaks like it.
func (s *session) itself(ctx context.Context) bool {
	var info struct {
		Software struct {
			Name string `json:"name"`
		} `json:"software"`
	}
	_, wrong := s.asked(s.request(ctx, http.MethodGet, "nodeinfo/2.0", nil, nil, ""), &info)
	return wrong == nil && info.Software.Name == "mastodon" // guard: only Mastodon itself drops a repeated key
}

// What whoever connects an account is told.
const (
	tokenRefused = "the server does not take this token"
	notMastodon  = "the server does not speak as Mastodon does"
)

func unsuitable(format string, args ...any) *advocacy.Error {
	return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", format, args...)
}
