package mattermost

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

var (
	// tokens have the form of RFC 6750, so that one can stand in a header.
	tokens = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)
	// ids are a server's names of people, channels, posts and files (model.IsValidId).
	ids = regexp.MustCompile(`^[a-z0-9]{26}$`)
	// channels are the addresses of channels, as the browser shows them; the first part is where the server is,
	// which may stand below a path.
	channels = regexp.MustCompile(`^(.*)/([a-z0-9-]{1,64})/channels/([a-z0-9._-]{1,64})/?$`)
)

// place is a channel by its address.
type place struct {
	// server is where the API stands.
	server        *url.URL
	team, channel string
}

// placeOf reads the address of a channel.
func (n *Network) placeOf(address string) (place, error) {
	u, err := n.client.Address(address)
	if err != nil {
		return place{}, err
	}
	parts := channels.FindStringSubmatch(u.Path)
	if parts == nil || u.RawQuery != "" || strings.Contains(parts[1], "..") {
		return place{}, advocacy.InvalidField("social_account.address", "ADDRESS_INVALID",
			"write the address of the channel as the browser shows it, as in https://%s/team/channels/channel", u.Host)
	}
	server := *u
	server.Path, server.RawPath = parts[1]+"/", ""
	return place{server: &server, team: parts[2], channel: parts[3]}, nil
}

// addressOf is where people find a post.
func (p place) addressOf(id string) string { return p.server.JoinPath(p.team, "pl", id).String() }

// session is a channel, and the token to speak to its server with.
type session struct {
	n     *Network
	at    place
	token string
	// user and channel are the server's own names of who speaks, and where.
	user, channel string
}

func (n *Network) session(a advocacy.SocialAccount, token []byte) (*session, *network.Answer) {
	at, err := n.placeOf(a.Address)
	switch {
	case err != nil:
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	case len(token) == 0:
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	case !tokens.Match(token):
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerTokenMalformed)
	}
	return &session{n: n, at: at, token: string(token)}, nil
}

// known is session for an account whose bot and channel the server has told.
func (n *Network) known(a advocacy.SocialAccount, token []byte) (*session, *network.Answer) {
	s, wrong := n.session(a, token)
	if wrong != nil {
		return nil, wrong
	}
	user, channel, _ := strings.Cut(a.ExternalID, "/")
	if !ids.MatchString(user) || !ids.MatchString(channel) { // guard: what was signed for a channel goes to no other
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerAccountUnknown)
	}
	s.user, s.channel = user, channel
	return s, nil
}

const jsonKind = "application/json"

// request builds a request to a path of the API, which is the caller's own.
func (s *session) request(ctx context.Context, method, path string, query url.Values, content []byte, kind string) *http.Request {
	u := s.at.server.JoinPath("api/v4", path)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(content))
	if err != nil {
		panic("mattermost: " + method + " is no method") // the address was parsed before
	}
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Accept", jsonKind)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// post builds a request that carries a value as JSON.
func (s *session) post(ctx context.Context, path string, value any) (*http.Request, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return s.request(ctx, http.MethodPost, path, nil, content, jsonKind), nil
}

// asked sends a request that publishes nothing, whatever becomes of it, and reads its answer into
// a value.
func (s *session) asked(r *http.Request, into any) (code int, wrong *network.Answer) {
	response, failure := s.n.client.Send(r)
	if failure != nil {
		answer := failure.Answer().Harmless()
		return 0, &answer
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		answer := s.n.refused(response).Harmless()
		return response.StatusCode, &answer
	}
	if wire.ReadJSON(response, answerLimit, into) != nil {
		return response.StatusCode, network.Ended(network.Retryable, advocacy.AnswerUnreadable)
	}
	return response.StatusCode, nil
}
