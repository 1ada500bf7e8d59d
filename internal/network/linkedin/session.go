package linkedin

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

const (
	personURN       = "urn:li:person:"
	organizationURN = "urn:li:organization:"
	// companyAddress begins the address of an organisation's account.
	companyAddress = "https://www.linkedin.com/company/"
	jsonKind       = "application/json"
)

var (
	// tokens have the form of RFC 6750, so that one can stand in a header.
	tokens = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)
	// people and organizations are LinkedIn's names of them, without what they begin with.
	people        = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	organizations = regexp.MustCompile(`^[1-9][0-9]{0,18}$`)
	// posts are the names of posts that can be asked for.
	posts = regexp.MustCompile(`^urn:li:(share|ugcPost):[0-9]{1,20}$`)
)

// addressOf is where people find a post.
func addressOf(urn string) string { return "https://www.linkedin.com/feed/update/" + urn }

// session is a token in use.
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

// authorOf is in whose name an account publishes: the member who connected it, or the
// organisation of its address.
func authorOf(a advocacy.SocialAccount) (string, *network.Answer) {
	person, isPerson := strings.CutPrefix(a.ExternalID, personURN)
	switch {
	case a.ExternalID == "":
		return "", network.Ended(network.AuthExpired, advocacy.AnswerAccountUnknown)
	case a.Address == "" && isPerson && people.MatchString(person):
		return a.ExternalID, nil
	case a.Address != "" && a.ExternalID == organizationURN+organizationIn(a.Address): // guard: what was signed for a page goes out as that page
		return a.ExternalID, nil
	default:
		return "", network.Ended(network.AuthExpired, advocacy.AnswerAccountOther)
	}
}

// reads tells whether LinkedIn shows others what an author has published.
func reads(author string) bool { return strings.HasPrefix(author, organizationURN) }

// organizationIn is the number in the address of an organisation's account, "" when there is none.
func organizationIn(address string) string {
	number, found := strings.CutPrefix(address, companyAddress)
	if !found || !organizations.MatchString(number) {
		return ""
	}
	return number
}

// call is one request to the API.
type call struct {
	method, path string
	query        url.Values
	// restli names the method where it does not follow from that of HTTP.
	restli  string
	content any
}

// within is the path of something with a name: its colons are encoded too.
func within(collection, urn string) string { return "/rest/" + collection + "/" + url.QueryEscape(urn) }

// request builds a request. Paths are the caller's own.
func (s *session) request(ctx context.Context, c call) (*http.Request, *network.Answer) {
	u, err := s.n.api.Parse(c.path)
	if err != nil {
		panic("linkedin: " + c.path + " is no path")
	}
	u.RawQuery = c.query.Encode()
	var data []byte
	if c.content != nil {
		if data, err = json.Marshal(c.content); err != nil {
			return nil, network.Ended(network.Misconfigured, advocacy.AnswerBodyDamaged)
		}
	}
	r, err := http.NewRequestWithContext(ctx, c.method, u.String(), bytes.NewReader(data))
	if err != nil {
		panic("linkedin: " + c.method + " is no method") // the address was parsed before
	}
	s.sign(r)
	r.Header.Set("Accept", jsonKind)
	if c.content != nil {
		r.Header.Set("Content-Type", jsonKind)
	}
	if strings.HasPrefix(c.path, "/rest/") {
		r.Header.Set("LinkedIn-Version", s.n.version)
		r.Header.Set("X-Restli-Protocol-Version", "2.0.0")
	}
	if c.restli != "" {
		r.Header.Set("X-RestLi-Method", c.restli)
	}
	return r, nil
}

func (s *session) sign(r *http.Request) {
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Authorization", "Bearer "+s.token)
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
