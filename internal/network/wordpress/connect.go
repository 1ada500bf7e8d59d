package wordpress

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// CheckAddress tells whether an account may have the address, which is that of a site.
func (n *Network) CheckAddress(raw string) error {
	_, err := n.siteOf(raw)
	return err
}

// needed are the capabilities of a user that is published as: those of an author.
var needed = []string{"edit_posts", "publish_posts", "edit_published_posts", "delete_posts", "delete_published_posts", "upload_files"}

// Connect asks the site whether it speaks as WordPress does and has application passwords, whose this
// one is, and whether that user may publish there.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	s, wrong := n.session(a, token)
	if wrong != nil {
		return network.Profile{}, wrong.Unlinked(tokenRefused, notWordPress)
	}
	if err := s.speaks(ctx); err != nil {
		return network.Profile{}, err
	}
	var who struct {
		ID           int64           `json:"id"`
		Username     string          `json:"username"`
		Capabilities json.RawMessage `json:"capabilities"`
	}
	got := s.asked(s.request(ctx, http.MethodGet, "wp/v2/users/me", url.Values{"context": {"edit"}}, nil, ""), &who)
	switch {
	case got.code == "rest_not_logged_in":
		return network.Profile{}, advocacy.InvalidField("access_token", "TOKEN_REFUSED",
			"the site saw no password: its web server may have to be told to pass the header Authorization on")
	case got.wrong != nil && got.status != http.StatusOK:
		return network.Profile{}, got.wrong.Unlinked(tokenRefused, notWordPress)
	case got.wrong != nil || who.ID <= 0 || who.Username == "":
		return network.Profile{}, unsuitable("the site does not say whose password it is, as WordPress does")
	}
	if lacking := lacks(who.Capabilities); len(lacking) > 0 { // guard: nothing is signed for a user who may not publish
		return network.Profile{}, advocacy.InvalidField("access_token", "TOKEN_REFUSED",
			"the user may not publish there and needs the role of an author: lacking are %s", strings.Join(lacking, ", "))
	}
	handle := "@" + who.Username + "@" + s.site.Host + strings.TrimRight(s.site.Path, "/")
	return network.Profile{ExternalID: strconv.FormatInt(who.ID, 10), Handle: network.CutText(network.CleanLine(handle), wire.MessageLimit)}, nil
}

// speaks refuses a site that does not speak as WordPress does, or has no application passwords. One that
// answers nobody without a password is asked who that is next.
func (s *session) speaks(ctx context.Context) error {
	var index struct {
		Namespaces []string `json:"namespaces"`
		// Authentication is an empty list where there is no way to sign in.
		Authentication json.RawMessage `json:"authentication"`
	}
	got := s.asked(s.request(ctx, http.MethodGet, "", nil, nil, ""), &index)
	switch {
	case got.status == http.StatusUnauthorized || got.status == http.StatusForbidden:
		return nil
	case got.status >= 300 && got.status <= 399:
		return unsuitable("the site sends on to another address: write that one")
	case got.status == 0 || got.status == http.StatusTooManyRequests || got.status >= 500:
		return got.wrong.Unlinked(tokenRefused, notWordPress)
	case got.wrong != nil || !slices.Contains(index.Namespaces, "wp/v2"):
		return unsuitable("%s: nothing answers at %s; permalinks of the kind Plain have to be changed", notWordPress, s.site.JoinPath("wp-json/"))
	}
	var ways map[string]json.RawMessage
	if json.Unmarshal(index.Authentication, &ways) != nil || ways["application-passwords"] == nil {
		return unsuitable("the site has no application passwords: it needs WordPress 5.6 or later and https, and a plugin may have switched them off")
	}
	return nil
}

// lacks lists what a user would need and may not. Plugins write yes as true or as 1.
func lacks(capabilities json.RawMessage) []string {
	var may map[string]any
	if json.Unmarshal(capabilities, &may) != nil {
		may = nil
	}
	var lacking []string
	for _, c := range needed {
		if yes := may[c]; yes != true && yes != float64(1) {
			lacking = append(lacking, c)
		}
	}
	return lacking
}

// What whoever connects an account is told.
const (
	tokenRefused = "the site does not take this password"
	notWordPress = "the site does not speak as WordPress does"
)

func unsuitable(format string, args ...any) error {
	return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", format, args...)
}
