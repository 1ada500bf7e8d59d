package graph

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// answerLimit is the most that is read of an answer, in bytes: a hundred posts.
const answerLimit = 4 << 20

// tokens have the form of RFC 6750, so that one can stand in a header.
var tokens = regexp.MustCompile(`^[A-Za-z0-9._~+/|-]+=*$`)

// Client speaks to the Graph API. It is safe for concurrent use.
type Client struct {
	Wire *wire.Client
	// Base is the address with the version, nil when it may not be used.
	Base *url.URL
	// Secret proves that a call is our application's, which is asked of all or of none of its calls;
	// empty for no proof.
	Secret string
	// Codes are the classes of codes and subcodes that are a network's own.
	Codes map[int]network.Class
	// Absent is the code by which a network says that it knows nothing of an object, or does not show it; 0 for none of its own.
	Absent int
}

// Session is a token in use.
type Session struct {
	client *Client
	token  string
}

// Session reads a credential, which is an access token.
func (c *Client) Session(credential []byte) (*Session, *network.Answer) {
	switch {
	case c.Base == nil:
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerInterfaceUnusable)
	case len(credential) == 0:
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	case !tokens.Match(credential):
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerTokenMalformed)
	}
	return &Session{c, string(credential)}, nil
}

// Call is one request.
type Call struct {
	Method, Path string
	// Values go into the address of GET and DELETE, and into the body of a POST.
	Values url.Values
	// Body and Kind replace the body of a POST.
	Body []byte
	Kind string
}

// Do sends a request once and reads its answer into a value. An answer that is no success, or
// cannot be read, may have been carried out where it says UnknownOutcome.
func (s *Session) Do(ctx context.Context, c Call, into any) *network.Answer {
	values := url.Values{}
	for name, v := range c.Values {
		values[name] = v
	}
	if s.client.Secret != "" { // guard: a stolen token is of no use without the application's secret
		values.Set("appsecret_proof", Proof(s.token, s.client.Secret))
	}
	return s.client.send(ctx, s.token, c, values, into)
}

// Ask is Do for a request that makes nothing visible: it may be sent again whatever became of it.
func (s *Session) Ask(ctx context.Context, c Call, into any) *network.Answer {
	wrong := s.Do(ctx, c, into)
	if wrong == nil {
		return nil
	}
	harmless := wrong.Harmless()
	return &harmless
}

// Get asks for something with values alone, for what takes a token in its address.
func (c *Client) Get(ctx context.Context, path string, values url.Values, into any) *network.Answer {
	if c.Base == nil {
		return network.Ended(network.Misconfigured, advocacy.AnswerInterfaceUnusable)
	}
	return c.send(ctx, "", Call{Method: http.MethodGet, Path: path}, values, into)
}

// Post sends a form without a token, for what is asked with the application's secret.
func (c *Client) Post(ctx context.Context, path string, form url.Values, into any) *network.Answer {
	if c.Base == nil {
		return network.Ended(network.Misconfigured, advocacy.AnswerInterfaceUnusable)
	}
	return c.send(ctx, "", Call{Method: http.MethodPost, Path: path}, form, into)
}

func (c *Client) send(ctx context.Context, token string, call Call, values url.Values, into any) *network.Answer {
	u, data, kind := c.Base.JoinPath(call.Path), call.Body, call.Kind
	switch {
	case call.Method == http.MethodPost && kind == "":
		data, kind = []byte(values.Encode()), "application/x-www-form-urlencoded"
	default:
		u.RawQuery = values.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, call.Method, u.String(), bytes.NewReader(data))
	if err != nil {
		panic("graph: " + call.Method + " is no method") // the address was parsed before
	}
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Accept", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	response, failure := c.Wire.Send(r)
	if failure != nil {
		answer := failure.Answer()
		return &answer
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return c.refused(response)
	}
	if wire.ReadJSON(response, answerLimit, into) != nil {
		return network.Ended(network.UnknownOutcome, advocacy.AnswerUnreadable)
	}
	return nil
}

// Proof is what shows that whoever has a token has the application's secret, too.
func Proof(token, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}
