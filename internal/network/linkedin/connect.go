package linkedin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// CheckAddress tells whether an account may have the address: none for a member, and for an
// organisation that of its page, with its number.
func (n *Network) CheckAddress(raw string) error {
	if raw == "" || organizationIn(raw) != "" {
		return nil
	}
	return advocacy.InvalidField("social_account.address", "ADDRESS_INVALID",
		"leave the address of a member's account empty, and write an organisation's with its number, as in %s12345", companyAddress)
}

// Connect asks whose token it is, and whether that member may publish for the organisation whose
// account it is.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	s, wrong := n.session(token)
	if wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	var who struct {
		Sub  string `json:"sub"`
		Name string `json:"name"`
	}
	if _, wrong := s.asked(ctx, call{method: http.MethodGet, path: "/v2/userinfo"}, &who); wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	if !people.MatchString(who.Sub) {
		return network.Profile{}, unlinked(network.Ended(network.Permanent, advocacy.AnswerTokenWithoutOwner))
	}
	member := network.Profile{ExternalID: personURN + who.Sub, Handle: network.CutText(network.CleanLine(who.Name), wire.MessageLimit)}
	if member.Handle == "" {
		member.Handle = who.Sub
	}
	if a.Address == "" {
		return member, nil
	}
	number := organizationIn(a.Address)
	if number == "" {
		return network.Profile{}, n.CheckAddress(a.Address)
	}
	mine, wrong := s.mayPublishFor(ctx, member.ExternalID, organizationURN+number)
	switch {
	case wrong != nil:
		return network.Profile{}, unlinked(wrong)
	case !mine: // guard: a page is connected by who may publish there
		return network.Profile{}, advocacy.InvalidField("access_token", "TOKEN_REFUSED",
			"%s is no administrator of the content of that page; an administrator of the page makes one there", member.Handle)
	}
	return network.Profile{ExternalID: organizationURN + number, Handle: "linkedin.com/company/" + number}, nil
}

// mayPublishFor tells whether a member has a role for an organisation by which posts may be made.
func (s *session) mayPublishFor(ctx context.Context, member, organization string) (bool, *network.Answer) {
	for _, role := range []string{"ADMINISTRATOR", "CONTENT_ADMINISTRATOR"} {
		for page := range maxPages {
			var got struct {
				Elements []struct {
					Organization string `json:"organization"`
					Assignee     string `json:"roleAssignee"`
					Role         string `json:"role"`
					State        string `json:"state"`
				} `json:"elements"`
			}
			_, wrong := s.asked(ctx, call{method: http.MethodGet, path: "/rest/organizationAcls", restli: "FINDER", query: url.Values{
				"q": {"roleAssignee"}, "role": {role}, "state": {"APPROVED"},
				"count": {strconv.Itoa(pageSize)}, "start": {strconv.Itoa(page * pageSize)},
			}}, &got)
			if wrong != nil {
				return false, wrong
			}
			for _, acl := range got.Elements {
				if acl.Organization == organization && acl.Assignee == member && acl.Role == role && acl.State == "APPROVED" {
					return true, nil
				}
			}
			if len(got.Elements) < pageSize {
				break
			}
		}
	}
	return false, nil
}

// unlinked is an answer as the error of whoever connects an account.
func unlinked(wrong *network.Answer) error {
	if wrong.Class == network.Misconfigured { // the address is the operator's, and not the account's
		return wrong.Unreachable("")
	}
	return wrong.Unlinked("LinkedIn does not take this token", "LinkedIn does not answer as it should")
}
