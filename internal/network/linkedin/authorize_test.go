package linkedin

import (
	"net/url"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
)

const (
	callback = "https://sign.example.com" + network.CallbackPath
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// signIn is a network that people sign in to, for the account of a member or a page.
func signIn(t *testing.T, open func(*testing.T) (*linkedintest.Server, networktest.Subject)) (Options, *linkedintest.Server, networktest.Subject) {
	t.Helper()
	server, s := open(t)
	o := options(server)
	o.SignIn, o.Redirect = server.URL, callback
	o.ClientID, o.ClientSecret = server.AS.Register(callback, strings.Join(append(memberScopes, pageScopes...), " "))
	s.Adapter = New(o)
	return o, server, s
}

// granted signs a member in.
func granted(t *testing.T, n *Network, server *linkedintest.Server, a advocacy.SocialAccount) network.Grant {
	t.Helper()
	e, err := n.Authorize(t.Context(), a, network.Question{State: "st4te", Challenge: network.Challenge(verifier)})
	if err != nil || e.Issuer != "" || e.IssuerTold {
		t.Fatalf("%+v, %v", e, err)
	}
	back := server.AS.SignIn(t, e.Address, linkedintest.Member)
	if back.Get("state") != "st4te" {
		t.Fatalf("sent back is %v", back)
	}
	g, err := n.Exchange(t.Context(), a, back.Get("code"), verifier)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Exchange(t.Context(), a, back.Get("code"), verifier); advocacy.ReasonOf(err) != "CODE_REFUSED" {
		t.Fatalf("a code twice: %v", err)
	}
	return g
}

// TestSignIn: who signs in at LinkedIn is who publishes, for sixty days, as a member or for a page, with
// no more than that needs; then nobody is given another token without signing in, but a partner.
func TestSignIn(t *testing.T) {
	t.Parallel()
	for name, open := range accounts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, server, s := signIn(t, open)
			n := New(o)
			g := granted(t, n, server, s.Account)
			if !g.ExpireTime.Equal(networktest.Clock().Add(n.Capabilities().TokenLife)) || g.Refresh != "" || strings.Join(g.Scopes, " ") != strings.Join(n.scopes(s.Account), " ") {
				t.Errorf("it ends at %v, and may %q", g.ExpireTime, g.Scopes)
			}
			profile, err := n.Connect(t.Context(), s.Account, []byte(g.Access))
			if err != nil || profile.ExternalID != s.Account.ExternalID {
				t.Fatalf("%+v, %v", profile, err)
			}
			s.Credential = []byte(g.Access)
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			if answer := n.Publish(t.Context(), d); answer.Class != network.Accepted {
				t.Errorf("%+v", answer)
			}
			if _, answer := n.Refresh(t.Context(), s.Account, g); answer.Class != network.AuthExpired {
				t.Errorf("without anything to ask with: %+v", answer)
			}
			for range 2 {
				if answer := n.Revoke(t.Context(), s.Account, g); answer.Class != network.Accepted || server.AS.Owner(g.Access) != "" {
					t.Errorf("revoking is %+v", answer)
				}
			}
			if answer := n.Publish(t.Context(), d); answer.Class != network.AuthExpired {
				t.Errorf("with what is dead: %+v", answer)
			}
			if answer := n.Revoke(t.Context(), s.Account, network.Grant{Access: linkedintest.Token}); answer.Class != network.Accepted {
				t.Errorf("of what was made by hand: %+v", answer)
			}
		})
	}
}

// TestPartners are given what to ask with, which stays good.
func TestPartners(t *testing.T) {
	t.Parallel()
	o, server, s := signIn(t, member)
	server.AS.Do(func(s *oauthtest.Server) { s.Refreshes, s.Lasting = true, true })
	n := New(o)
	g := granted(t, n, server, s.Account)
	for range 2 {
		next, answer := n.Refresh(t.Context(), s.Account, g)
		if answer.Class != network.Accepted || next.Access == g.Access || next.Refresh != g.Refresh || server.AS.Owner(next.Access) != linkedintest.Member {
			t.Fatalf("the next is %+v", answer)
		}
	}
	if !n.Capabilities().RefreshTwice {
		t.Error("it is not asked twice")
	}
}

// TestProofs: LinkedIn refuses proofs unless it allowed them to the app, as its operator then says.
func TestProofs(t *testing.T) {
	t.Parallel()
	for _, proven := range []bool{false, true} {
		o, server, s := signIn(t, member)
		o.Proven = proven
		server.AS.Do(func(s *oauthtest.Server) { s.Proofless = !proven })
		n := New(o)
		e, err := n.Authorize(t.Context(), s.Account, network.Question{State: "st4te", Challenge: network.Challenge(verifier)})
		if err != nil {
			t.Fatal(err)
		}
		address, err := url.Parse(e.Address)
		if err != nil || address.Query().Has("code_challenge") != proven || address.Path != "/oauth/v2/authorization" {
			t.Errorf("proven %t: sent to %s", proven, e.Address)
		}
		back := server.AS.SignIn(t, e.Address, linkedintest.Member)
		if g, err := n.Exchange(t.Context(), s.Account, back.Get("code"), verifier); err != nil || server.AS.Owner(g.Access) != linkedintest.Member {
			t.Errorf("proven %t: %v", proven, err)
		}
	}
}

// TestNotRegistered: without an app nobody is sent to LinkedIn, and another app's tokens are told to nobody.
func TestNotRegistered(t *testing.T) {
	t.Parallel()
	o, server, s := signIn(t, member)
	g := granted(t, New(o), server, s.Account)
	g.Refresh = "something"
	without := options(server)
	_, begun := New(without).Authorize(t.Context(), s.Account, network.Question{})
	_, ended := New(without).Exchange(t.Context(), s.Account, "code", verifier)
	if advocacy.ReasonOf(begun) != "NETWORK_WITHOUT_OAUTH" || advocacy.ReasonOf(ended) != "NETWORK_WITHOUT_OAUTH" {
		t.Errorf("without an app: %v, %v", begun, ended)
	}
	if _, answer := New(without).Refresh(t.Context(), s.Account, g); answer.Class != network.Misconfigured {
		t.Errorf("without an app: %+v", answer)
	}
	other, asked := o, len(server.AS.Asked())
	other.ClientID = "another"
	if _, answer := New(other).Refresh(t.Context(), s.Account, g); answer.Class != network.AuthExpired || len(server.AS.Asked()) != asked {
		t.Errorf("another app: %+v", answer)
	}
	if answer := New(other).Revoke(t.Context(), s.Account, g); answer.Class != network.Permanent {
		t.Errorf("another app: %+v", answer)
	}
	o.SignIn = "ftp://linkedin.com"
	if _, err := New(o).Authorize(t.Context(), s.Account, network.Question{}); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("an address that may not be used: %v", err)
	}
}
