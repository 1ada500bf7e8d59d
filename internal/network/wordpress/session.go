package wordpress

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

var (
	// users are the names that people sign in to a site with, and their e-mail addresses.
	users = regexp.MustCompile(`^[^\s:]{1,100}$`)
	// passwords are application passwords: letters and digits, 24 of WordPress' own.
	passwords = regexp.MustCompile(`^[A-Za-z0-9]{16,64}$`)
	// ids are a site's names of users, posts and pictures.
	ids = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
)

// siteOf reads the address of a site, which may stand below a path.
func (n *Network) siteOf(address string) (*url.URL, error) {
	u, err := n.client.Address(address)
	if err != nil {
		return nil, err
	}
	path := strings.TrimRight(u.Path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	if u.RawQuery != "" || strings.Contains(path, "..") || strings.HasPrefix(last, "wp-") || strings.HasSuffix(last, ".php") {
		return nil, advocacy.InvalidField("social_account.address", "ADDRESS_INVALID",
			"write the address of the site as its readers know it, as in https://%s", u.Host)
	}
	site := *u
	site.Path, site.RawPath = path+"/", ""
	return &site, nil
}

// session is a site, and the user and application password to speak to it with.
type session struct {
	n              *Network
	site           *url.URL
	user, password string
	// author is the site's own name of the user.
	author int64
}

func (n *Network) session(a advocacy.SocialAccount, credential []byte) (*session, *network.Answer) {
	site, err := n.siteOf(a.Address)
	if err != nil {
		return nil, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	}
	if len(credential) == 0 {
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerNotConnected)
	}
	user, password, _ := strings.Cut(string(credential), ":")
	if !users.MatchString(user) || !passwords.MatchString(password) {
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerUserAndPassword)
	}
	return &session{n: n, site: site, user: user, password: password}, nil
}

// known is session for an account whose user the site has told.
func (n *Network) known(a advocacy.SocialAccount, credential []byte) (*session, *network.Answer) {
	s, wrong := n.session(a, credential)
	if wrong != nil {
		return nil, wrong
	}
	if !ids.MatchString(a.ExternalID) { // guard: what was signed for a user goes out in no other's name
		return nil, network.Ended(network.AuthExpired, advocacy.AnswerAccountUnknown)
	}
	s.author, _ = strconv.ParseInt(a.ExternalID, 10, 64)
	return s, nil
}

const jsonKind = "application/json"

// request builds a request to a path of the API, which is the caller's own, and as somebody, but for
// the index.
func (s *session) request(ctx context.Context, method, path string, query url.Values, content []byte, kind string) *http.Request {
	u := s.site.JoinPath("wp-json/" + path)
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(content))
	if err != nil {
		panic("wordpress: " + method + " is no method") // the address was parsed before
	}
	r.Header.Set("User-Agent", "Imprimatur")
	r.Header.Set("Accept", jsonKind)
	if path != "" { // guard: the password is for what was seen to be WordPress
		r.SetBasicAuth(s.user, s.password)
	}
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

// said is how a request ended that publishes nothing: with a status, 0 for none, and the site's own
// name of what is wrong.
type said struct {
	status int
	code   string
	// wrong is nil when the answer was read.
	wrong *network.Answer
}

// asked sends a request that publishes nothing, whatever becomes of it, and reads its answer into
// a value.
func (s *session) asked(r *http.Request, into any) said {
	response, failure := s.n.client.Send(r)
	if failure != nil {
		answer := failure.Answer().Harmless()
		return said{wrong: &answer}
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		answer, code := s.n.refused(response)
		answer = answer.Harmless()
		return said{response.StatusCode, code, &answer}
	}
	if wire.ReadJSON(response, answerLimit, into) != nil {
		return said{status: response.StatusCode, wrong: network.Ended(network.Retryable, advocacy.AnswerUnreadable)}
	}
	return said{status: response.StatusCode}
}
