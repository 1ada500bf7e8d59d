package slack

import (
	"bytes"
	"context"
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
	// names are Slack's own of a workspace, a bot and a channel, in that order.
	names = regexp.MustCompile(`^([TE][A-Z0-9]{2,20})/([UWB][A-Z0-9]{2,20})/([CG][A-Z0-9]{2,20})$`)
	// channels are the addresses of channels, as "Copy link" gives them.
	channels = regexp.MustCompile(`^https://([a-z0-9-]+(?:\.enterprise)?\.slack(?:-gov)?\.com)/archives/([CG][A-Z0-9]{2,20})/?$`)
	// moments are Slack's names of messages within a channel.
	moments = regexp.MustCompile(`^[0-9]{10,12}\.[0-9]{6}$`)
)

// channelIn is the workspace's host and the channel of an address.
func channelIn(address string) (host, channel string) {
	if parts := channels.FindStringSubmatch(address); parts != nil {
		return parts[1], parts[2]
	}
	return "", ""
}

// session is an account's token in use.
type session struct {
	n     *Network
	token string
	// host is the workspace's; user and channel are Slack's names of who speaks, and where.
	host, user, channel string
}

func (n *Network) session(a advocacy.SocialAccount, token []byte) (*session, *network.Answer) {
	host, channel := channelIn(a.Address)
	switch {
	case n.api == nil:
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerInterfaceUnusable)
	case channel == "":
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	case len(token) == 0:
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	case !tokens.Match(token):
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerTokenMalformed)
	}
	return &session{n: n, token: string(token), host: host, channel: channel}, nil
}

// known is session for an account whose bot and channel Slack has told.
func (n *Network) known(a advocacy.SocialAccount, token []byte) (*session, *network.Answer) {
	s, wrong := n.session(a, token)
	if wrong != nil {
		return nil, wrong
	}
	parts := names.FindStringSubmatch(a.ExternalID)
	if parts == nil || parts[3] != s.channel { // guard: what was signed for a channel goes to no other
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerAccountUnknown)
	}
	s.user = parts[2]
	return s, nil
}

// addressOf is where people find a message.
func (s *session) addressOf(ts string) string {
	return "https://" + s.host + "/archives/" + s.channel + "/p" + strings.Replace(ts, ".", "", 1)
}

const (
	jsonKind = "application/json; charset=utf-8"
	formKind = "application/x-www-form-urlencoded"
)

// request builds a call of a method, which is the caller's own.
func (s *session) request(ctx context.Context, method string, content []byte, kind string) *http.Request {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.n.api.JoinPath("api", method).String(), bytes.NewReader(content))
	if err != nil {
		panic("slack: " + method + " is no method") // the address was parsed before
	}
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", kind)
	return r
}

// said is what stands in every answer.
type said struct {
	OK    bool   `json:"ok"`
	Error string `json:"error"`
	// Needed is the scope that is missing.
	Needed string `json:"needed"`
}

func (s said) ended() said { return s }

// asked calls a method that publishes nothing, whatever becomes of it, and reads its answer into a
// value that has said in it.
func (s *session) asked(ctx context.Context, method string, form url.Values, into interface{ ended() said }) *network.Answer {
	response, failure := s.n.client.Send(s.request(ctx, method, []byte(form.Encode()), formKind))
	if failure != nil {
		answer := failure.Answer().Harmless()
		return &answer
	}
	defer response.Body.Close()
	wrong := s.n.read(response, into)
	if wrong == nil {
		return nil
	}
	harmless := wrong.Harmless()
	return &harmless
}

// read reads an answer into a value, or says what it is instead.
func (n *Network) read(r *http.Response, into interface{ ended() said }) *network.Answer {
	if r.StatusCode != http.StatusOK {
		answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, "")}
		if r.StatusCode == http.StatusTooManyRequests {
			answer.Class, answer.RetryTime = network.RateLimited, n.client.RetryTime(r.Header)
		}
		return &answer
	}
	if wire.ReadJSON(r, answerLimit, into) != nil {
		return network.Ended(network.UnknownOutcome, advocacy.AnswerUnreadable)
	}
	end := into.ended()
	if end.OK {
		return nil
	}
	return end.refused(n.client.RetryTime(r.Header))
}
