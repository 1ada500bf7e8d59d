package x

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

var (
	// tokens have the form of RFC 6750, so that one can stand in a header.
	tokens = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)
	// ids are X's names of accounts, posts and files.
	ids = regexp.MustCompile(`^[0-9]{1,19}$`)
	// handles are the names of accounts that people know.
	handles = regexp.MustCompile(`^[A-Za-z0-9_]{1,50}$`)
)

// addressOf is where people find a post; it needs no handle, which may change.
func addressOf(id string) string { return "https://x.com/i/web/status/" + id }

// session is an account's token in use.
type session struct {
	n     *Network
	token string
}

// session reads a credential, which is an access token.
func (n *Network) session(credential []byte) (*session, *network.Answer) {
	switch {
	case n.api == nil:
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerInterfaceUnusable)
	case len(credential) == 0:
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	case !tokens.Match(credential):
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerTokenMalformed)
	}
	return &session{n, string(credential)}, nil
}

// known is session for an account that X has told the name of.
func (n *Network) known(a advocacy.SocialAccount, credential []byte) (*session, *network.Answer) {
	s, wrong := n.session(credential)
	if wrong == nil && !ids.MatchString(a.ExternalID) {
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerAccountUnknown)
	}
	return s, wrong
}

// call is one request to the API.
type call struct {
	method, path string
	query        url.Values
	// content is a value for JSON, or bytes of a kind.
	content any
	bytes   []byte
	kind    string
}

const jsonKind = "application/json"

// request builds a request. Paths are the caller's own.
func (s *session) request(ctx context.Context, c call) (*http.Request, *network.Answer) {
	u, err := s.n.api.Parse(c.path)
	if err != nil {
		panic("x: " + c.path + " is no path")
	}
	u.RawQuery = c.query.Encode()
	data, kind := c.bytes, c.kind
	if c.content != nil {
		kind = jsonKind
		if data, err = json.Marshal(c.content); err != nil {
			return nil, network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
		}
	}
	r, err := http.NewRequestWithContext(ctx, c.method, u.String(), bytes.NewReader(data))
	if err != nil {
		panic("x: " + c.method + " is no method") // the address was parsed before
	}
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Accept", jsonKind)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r, nil
}

// asked sends a request that publishes nothing, whatever becomes of it, and reads its answer into
// a value, which may be nil.
func (s *session) asked(ctx context.Context, c call, into any) (code int, wrong *network.Answer) {
	request, wrong := s.request(ctx, c)
	if wrong != nil {
		return 0, wrong
	}
	response, failure := s.n.client.Send(request)
	if failure != nil {
		answer := failure.Answer().Harmless()
		return 0, &answer
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		answer := s.n.refused(response).Harmless()
		return response.StatusCode, &answer
	}
	if into != nil && wire.ReadJSON(response, answerLimit, into) != nil {
		return response.StatusCode, network.Ended(network.Retryable, advocacy.AnswerUnreadable)
	}
	return response.StatusCode, nil
}
