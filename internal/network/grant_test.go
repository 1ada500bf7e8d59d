package network_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// TestGrantReadsWhatWasSealed: a grant comes back as it was, and what was sealed before there were
// grants is the token alone, and stays the bytes it is.
func TestGrantReadsWhatWasSealed(t *testing.T) {
	t.Parallel()
	for name, g := range map[string]network.Grant{
		"nothing":         {},
		"a token by hand": {Access: "t0ken"},
		"an app password": {Access: "nadia.bsky.social:abcd-efgh-ijkl-mnop"},
		"for ever":        {Access: "a", Client: "c", Scopes: []string{"profile"}},
		"all of it": {
			Access: "a", Refresh: "r", Client: "c", Scopes: []string{"x", "y"}, Trial: true,
			ExpireTime: time.Date(2026, 11, 27, 9, 0, 0, 1000, time.UTC),
		},
	} {
		got, err := network.DecodeGrant(g.Encode())
		if err != nil || !cmp.Equal(got, g, cmp.Transformer("plain", plainGrant)) {
			t.Errorf("%s does not come back, error %v", name, err)
		}
		if g.Given() && string(g.Encode()) != g.Access {
			t.Errorf("%s: is sealed as something else", name)
		}
	}
	for _, broken := range []string{"\x01", "\x01{", "\x01{}", "\x02{\"access\":\"secret\"}", "\x01{\"access\":\"secret\"}", "\x00"} {
		if g, err := network.DecodeGrant([]byte(broken)); err == nil || g.Access != "" || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is read, error %v", broken, err)
		}
	}
}

// plainGrant has the fields of a grant and none of its shyness.
func plainGrant(g network.Grant) (out struct {
	Access, Refresh, Client string
	ExpireTime              time.Time
	Scopes                  []string
	Trial                   bool
}) {
	out.Access, out.Refresh, out.Client, out.ExpireTime, out.Scopes, out.Trial = g.Access, g.Refresh, g.Client, g.ExpireTime, g.Scopes, g.Trial
	return out
}

// TestGrantIsNotShown: no printing of a grant or of an app shows what is secret in it.
func TestGrantIsNotShown(t *testing.T) {
	t.Parallel()
	g := network.Grant{Access: "secret", Refresh: "secret", Client: "c"}
	a := network.App{ID: "c", Secret: "secret"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "grant", g, "app", a)
	for _, said := range []string{
		fmt.Sprint(g, a), fmt.Sprintf("%v %+v %#v %s %q %x", g, g, g, g, g, g), fmt.Sprintf("%v %+v %#v %s", a, a, a, a), log.String(),
	} {
		if strings.Contains(said, "secret") || strings.Contains(said, fmt.Sprintf("%x", "secret")) {
			t.Errorf("shown is %s", said)
		}
	}
	if data, err := json.Marshal(g); err == nil {
		t.Errorf("as JSON it is %s", data)
	}
}

func TestGrantExpired(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	if (network.Grant{}).Expired(at) || !(network.Grant{ExpireTime: at}).Expired(at) || (network.Grant{ExpireTime: at.Add(1)}).Expired(at) {
		t.Error("a grant ends when the network said, and otherwise never")
	}
}

// TestChallenge is the example of RFC 7636, appendix B.
func TestChallenge(t *testing.T) {
	t.Parallel()
	if got := network.Challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); got != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" {
		t.Errorf("challenge %s", got)
	}
}
