package facebook

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

const (
	pageAddress = "https://www.facebook.com/"
	tokenPath   = "oauth/access_token"
	// maxPages is how many lists are asked for, of a hundred each.
	maxPages = 10
	pageSize = "100"
)

var (
	// pages are the numbers of pages, and posts the names of what they show.
	pages = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)
	posts = regexp.MustCompile(`^[1-9][0-9]{0,19}_[0-9]{1,20}$`)
	files = regexp.MustCompile(`^[0-9]{1,20}$`)
)

// scopes are the least that publishing, looking and taking back need
// (developers.facebook.com/docs/pages-api/posts).
var scopes = []string{"pages_show_list", "pages_read_engagement", "pages_manage_posts"}

// pageIn is the number in an account's address, "" for none.
func pageIn(address string) string {
	if len(address) > len(pageAddress) && address[:len(pageAddress)] == pageAddress && pages.MatchString(address[len(pageAddress):]) {
		return address[len(pageAddress):]
	}
	return ""
}

// CheckAddress tells whether an account may have the address: that of a page, with its number.
func (n *Network) CheckAddress(raw string) error {
	if pageIn(raw) != "" {
		return nil
	}
	return advocacy.InvalidField("social_account.address", "ADDRESS_INVALID",
		"write the address of the page with its number, as in %s12345; a profile of a person takes nothing from programs", pageAddress)
}

// Connect asks whose token it is: the page's own, and nobody else's.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	if err := n.CheckAddress(a.Address); err != nil {
		return network.Profile{}, err
	}
	s, wrong := n.graph.Session(token)
	if wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	var who struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	if wrong := s.Ask(ctx, graph.Call{Method: http.MethodGet, Path: "me", Values: one("fields", "id,name")}, &who); wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	switch {
	case !pages.MatchString(who.ID):
		return network.Profile{}, unlinked(network.Ended(network.Permanent, advocacy.AnswerTokenWithoutOwner))
	case who.ID != pageIn(a.Address): // guard: a page is published to with its own token
		return network.Profile{}, advocacy.InvalidField("access_token", "TOKEN_REFUSED", "this is not the token of that page: a page has one of its own, which is no person's")
	}
	handle := network.CutText(network.CleanLine(who.Name), wire.MessageLimit)
	if handle == "" {
		handle = who.ID
	}
	return network.Profile{ExternalID: who.ID, Handle: handle}, nil
}

// unlinked is an answer as the error of whoever connects an account.
func unlinked(wrong *network.Answer) error {
	if wrong.Class == network.Misconfigured { // the address is the operator's, and not the account's
		return wrong.Unreachable("")
	}
	return wrong.Unlinked("Facebook does not take this token", "Facebook does not answer as it should")
}

// Authorize returns where somebody signs in who may make posts of the page.
func (n *Network) Authorize(_ context.Context, _ advocacy.SocialAccount, q network.Question) (network.Entrance, error) {
	return n.registered.Authorize(q, scopes)
}

// Exchange gives the code back for a person's token, that for one that lives sixty days, and that
// for the page's, which has no end. The person's are kept nowhere.
func (n *Network) Exchange(ctx context.Context, a advocacy.SocialAccount, code, verifier string) (network.Grant, error) {
	if _, err := n.registered.Authorize(network.Question{}, scopes); err != nil {
		return network.Grant{}, err // nobody can sign in
	}
	app := n.registered.App
	short, err := n.token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {app.ID}, "client_secret": {app.Secret},
		"redirect_uri": {app.Redirect}, "code": {code}, "code_verifier": {verifier},
	})
	if err != nil {
		return network.Grant{}, err
	}
	long, err := n.token(ctx, url.Values{
		"grant_type": {"fb_exchange_token"}, "client_id": {app.ID}, "client_secret": {app.Secret}, "fb_exchange_token": {short},
	})
	if err != nil {
		return network.Grant{}, err
	}
	s, wrong := n.graph.Session([]byte(long))
	if wrong != nil {
		return network.Grant{}, ungranted(wrong)
	}
	own, err := pageToken(ctx, s, pageIn(a.Address))
	if err != nil {
		return network.Grant{}, err
	}
	return network.Grant{Access: own, Client: app.ID, Scopes: scopes}, nil
}

// token asks for a person's token.
func (n *Network) token(ctx context.Context, form url.Values) (string, error) {
	var got struct {
		Token string `json:"access_token"`
	}
	if wrong := n.graph.Post(ctx, tokenPath, form, &got); wrong != nil {
		return "", ungranted(wrong)
	}
	return got.Token, nil
}

// pageToken asks for the token of a page that somebody may make posts of.
func pageToken(ctx context.Context, s *graph.Session, page string) (string, error) {
	values := url.Values{"fields": {"id,access_token,tasks"}, "limit": {pageSize}}
	for range maxPages {
		var got struct {
			Data []struct {
				ID    string   `json:"id"`
				Token string   `json:"access_token"`
				Tasks []string `json:"tasks"`
			} `json:"data"`
			Paging paging `json:"paging"`
		}
		if wrong := s.Ask(ctx, graph.Call{Method: http.MethodGet, Path: "me/accounts", Values: values}, &got); wrong != nil {
			return "", ungranted(wrong)
		}
		for _, p := range got.Data {
			may := slices.Contains(p.Tasks, "CREATE_CONTENT") || slices.Contains(p.Tasks, "MANAGE") || slices.Contains(p.Tasks, "MODERATE")
			if p.ID == page && may && p.Token != "" { // guard: a page is connected by who may publish there
				return p.Token, nil
			}
		}
		if got.Paging.Next == "" {
			break
		}
		values.Set("after", got.Paging.Cursors.After)
	}
	return "", advocacy.InvalidField("code", "CODE_REFUSED", "who signed in may not make posts of that page, or did not choose it when Facebook asked: begin again")
}

// paging leads to the next of several lists.
type paging struct {
	Next    string `json:"next"`
	Cursors struct {
		After string `json:"after"`
	} `json:"cursors"`
}

// ungranted is an answer as the error of whoever signs in. A code that is used, or too old, has code
// 100 as other refusals have.
func ungranted(wrong *network.Answer) error {
	if wrong.Class == network.Permanent || wrong.Class == network.AuthExpired {
		return advocacy.InvalidField("code", "CODE_REFUSED", "Facebook does not take this code. %s", wrong.Said.Text).Because(wrong.Said)
	}
	return wrong.Unreachable(" Begin again later.")
}

// Refresh has nothing to ask with: a page's token has no end, and one that ended is ended by
// somebody.
func (n *Network) Refresh(ctx context.Context, _ advocacy.SocialAccount, old network.Grant) (network.Grant, network.Answer) {
	return n.registered.Refresh(ctx, old)
}

// Revoke has nothing to call: Facebook takes an application away from a person, which would end all
// the pages that person connected. The page's administrators end it there.
func (n *Network) Revoke(ctx context.Context, _ advocacy.SocialAccount, g network.Grant) network.Answer {
	return n.registered.Revoke(ctx, g)
}
