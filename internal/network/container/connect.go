package container

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
)

// longestLife is the longest life of a token that is believed, in seconds: a year.
const longestLife = 365 * 24 * 3600

// nameIn is the user name in an account's address, "" for none.
func (n *Network) nameIn(address string) string {
	if found := n.kind.Addresses.FindStringSubmatch(address); found != nil {
		return strings.ToLower(found[1])
	}
	return ""
}

// CheckAddress tells whether an account may have the address: that of a profile, with its user name.
// Where a text alone has no place, an account is of no use to a service that Meta does not reach.
func (n *Network) CheckAddress(raw string) error {
	switch {
	case n.nameIn(raw) == "":
		return advocacy.InvalidField("social_account.address", "ADDRESS_INVALID", "write the address of the profile with its user name, as in %sacme", n.kind.Profile)
	case n.kind.TextType == "" && !n.reached: // guard: no account for what cannot be published
		return advocacy.InvalidField("social_account.address", "ADDRESS_FORBIDDEN", "%s fetches pictures from this service, whose public address it cannot reach: the operator sets public-url to an https address", n.kind.Title)
	}
	return nil
}

// Connect asks whose token it is.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	if err := n.CheckAddress(a.Address); err != nil {
		return network.Profile{}, err
	}
	s, wrong := n.graph.Session(token)
	if wrong != nil {
		return network.Profile{}, n.unlinked(wrong)
	}
	var who map[string]any
	fields := n.kind.UserID + ",username"
	if wrong := s.Ask(ctx, graph.Call{Method: http.MethodGet, Path: "me", Values: one("fields", fields)}, &who); wrong != nil {
		return network.Profile{}, n.unlinked(wrong)
	}
	id, _ := who[n.kind.UserID].(string)
	name, _ := who["username"].(string)
	switch {
	case !ids.MatchString(id) || n.nameIn(n.kind.Profile+name) == "":
		return network.Profile{}, n.unlinked(network.Ended(network.Permanent, advocacy.AnswerTokenWithoutOwner))
	case !strings.EqualFold(name, n.nameIn(a.Address)): // guard: an account is published to with its own token
		return network.Profile{}, advocacy.InvalidField("access_token", "TOKEN_REFUSED", "this is not the token of that account, but of another one")
	}
	return network.Profile{ExternalID: id, Handle: "@" + name}, nil
}

// unlinked is an answer as the error of whoever connects an account.
func (n *Network) unlinked(wrong *network.Answer) error {
	if wrong.Class == network.Misconfigured { // the address is the operator's, and not the account's
		return wrong.Unreachable("")
	}
	return wrong.Unlinked(n.kind.Title+" does not take this token", n.kind.Title+" does not answer as it should")
}

// Authorize returns where the account's owner signs in.
func (n *Network) Authorize(_ context.Context, _ advocacy.SocialAccount, q network.Question) (network.Entrance, error) {
	return n.registered.Authorize(q, n.kind.Scopes)
}

// granted is a token as it is given: for a code Instagram has it in a list of one.
type granted struct {
	Token   string      `json:"access_token"`
	Seconds json.Number `json:"expires_in"`
	Data    []struct {
		Token string `json:"access_token"`
	} `json:"data"`
}

// Exchange gives the code back for a token of an hour, and that for one that lives sixty days. The
// first is kept nowhere.
func (n *Network) Exchange(ctx context.Context, _ advocacy.SocialAccount, code, verifier string) (network.Grant, error) {
	if _, err := n.registered.Authorize(network.Question{}, n.kind.Scopes); err != nil {
		return network.Grant{}, err // nobody can sign in
	}
	app := n.registered.App
	var short, long granted
	wrong := n.tokens.Post(ctx, codePath, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {app.ID}, "client_secret": {app.Secret},
		"redirect_uri": {app.Redirect}, "code": {code}, "code_verifier": {verifier},
	}, &short)
	if wrong != nil {
		return network.Grant{}, n.ungranted(wrong)
	}
	if len(short.Data) == 1 {
		short.Token = short.Data[0].Token
	}
	if _, wrong := n.graph.Session([]byte(short.Token)); wrong != nil {
		return network.Grant{}, n.ungranted(network.Ended(network.UnknownOutcome, advocacy.AnswerUnreadable))
	}
	wrong = n.root.Get(ctx, longerPath, url.Values{
		"grant_type": {n.kind.Grant + "_exchange_token"}, "client_secret": {app.Secret}, "access_token": {short.Token},
	}, &long)
	if wrong != nil {
		return network.Grant{}, n.ungranted(wrong)
	}
	g, wrong := n.grant(long)
	if wrong != nil {
		return network.Grant{}, n.ungranted(wrong)
	}
	return g, nil
}

// grant reads an answer. The token asks for the next one itself, as long as it lives, so that it counts
// as used up after half of its time.
func (n *Network) grant(told granted) (network.Grant, *network.Answer) {
	seconds, err := told.Seconds.Int64()
	if _, wrong := n.graph.Session([]byte(told.Token)); wrong != nil || err != nil || seconds <= 0 { // guard: a token that cannot be used is none
		return network.Grant{}, network.Ended(network.UnknownOutcome, advocacy.AnswerUnreadable)
	}
	half := time.Duration(min(seconds, longestLife)) * time.Second / 2
	return network.Grant{
		Access: told.Token, Refresh: told.Token, Client: n.registered.App.ID, Scopes: n.kind.Scopes, ExpireTime: n.wire.Now().UTC().Add(half),
	}, nil
}

// ungranted is an answer as the error of whoever signs in. A code that is used, or too old, has code
// 100 as other refusals have.
func (n *Network) ungranted(wrong *network.Answer) error {
	if wrong.Class == network.Permanent || wrong.Class == network.AuthExpired {
		return advocacy.InvalidField("code", "CODE_REFUSED", "%s does not take this code. %s", n.kind.Title, wrong.Said.Text).Because(wrong.Said)
	}
	return wrong.Unreachable(" Begin again later.")
}

// Refresh asks for the next token with the last, which is not known to stay good.
func (n *Network) Refresh(ctx context.Context, _ advocacy.SocialAccount, old network.Grant) (network.Grant, network.Answer) {
	if old.Refresh == "" || old.Client != n.registered.App.ID { // guard: what one app was given is not told to another
		return network.Grant{}, *network.Ended(network.AuthExpired, advocacy.AnswerNoNewToken)
	}
	var next granted
	wrong := n.root.Get(ctx, refreshPath, url.Values{"grant_type": {n.kind.Grant + "_refresh_token"}, "access_token": {old.Refresh}}, &next)
	if wrong == nil {
		var g network.Grant
		if g, wrong = n.grant(next); wrong == nil {
			return g, network.Answer{Class: network.Accepted}
		}
	}
	if wrong.Class == network.Permanent || wrong.Class == network.Duplicate {
		wrong.Class = network.AuthExpired
	}
	return network.Grant{}, *wrong
}

// Revoke has nothing to call: an account's owner takes the app away at the network.
func (n *Network) Revoke(ctx context.Context, _ advocacy.SocialAccount, g network.Grant) network.Answer {
	return n.registered.Revoke(ctx, g)
}
