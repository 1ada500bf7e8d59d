package handoff

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// site is one people publish on by hand.
type site struct {
	network advocacy.Network
	// hosts are the names it has; those below them are its own too.
	hosts []string
	// share is the address that opens it with something filled in; link tells whether that is the
	// link alone, and else it is the text.
	share string
	link  bool
}

// sites are those whose rules or addresses are known: see the sources of the package.
var sites = []site{
	{measure.LinkedIn, []string{"linkedin.com"}, "https://www.linkedin.com/sharing/share-offsite/?url=", true},
	{measure.X, []string{"x.com", "twitter.com"}, "https://x.com/intent/post?text=", false},
	{measure.Facebook, []string{"facebook.com", "fb.com"}, "https://www.facebook.com/sharer/sharer.php?u=", true},
	{measure.Bluesky, []string{"bsky.app"}, "https://bsky.app/intent/compose?text=", false},
	{measure.Threads, []string{"threads.com", "threads.net"}, "https://www.threads.com/intent/post?text=", false},
	{measure.Instagram, []string{"instagram.com"}, "", false},
}

// messages are the addresses of places at which a person sends what was signed to whom he or she
// chooses, and how each is opened with a text. A message has no address of its own.
var messages = map[string]string{
	"https://wa.me/": "https://wa.me/?text=",
	"sms:":           "sms:?&body=", // some telephones read what follows ?, others what follows &
}

// notMastodon are sites whose profiles look like those of a server of Mastodon.
var notMastodon = []string{"medium.com", "tiktok.com", "youtube.com", "substack.com", "flickr.com", "vimeo.com"}

// siteOf is the site of a host, without a network for one nobody knows.
func siteOf(host string) site {
	for _, s := range sites {
		if slices.ContainsFunc(s.hosts, func(h string) bool { return below(host, h) }) {
			return s
		}
	}
	return site{hosts: []string{strings.TrimPrefix(host, "www.")}}
}

// below tells whether a host is a name or one below it.
func below(host, name string) bool { return host == name || strings.HasSuffix(host, "."+name) }

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// shareURL is the address that opens a place with something filled in.
func shareURL(place, text, link string) string {
	s := siteOf(hostOf(place))
	if opens, sent := messages[place]; sent {
		s.share = opens
	} else if s.network == "" && mastodon(place) {
		s.share = "https://" + hostOf(place) + "/share?text="
	}
	value := text
	if s.link {
		value = link
	}
	if s.share == "" || value == "" {
		return ""
	}
	return s.share + escape(value)
}

// mastodon tells whether an address has the form of a profile on a server of Mastodon.
func mastodon(address string) bool {
	u, err := url.Parse(address)
	if err != nil || slices.ContainsFunc(notMastodon, func(h string) bool { return below(hostOf(address), h) }) {
		return false
	}
	name, found := strings.CutPrefix(strings.TrimSuffix(u.Path, "/"), "/@")
	return found && name != "" && !strings.Contains(name, "/")
}

// escape writes a value as these sites read it: a space is %20 and a line feed %0A.
func escape(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }

const longest = 2000

// webPage reads the https address of a page on a public site, nil for anything else.
func webPage(raw string) *url.URL {
	if len(raw) > longest || !network.WebAddress(raw) {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.Port() != "" {
		return nil
	}
	host := hostOf(raw)
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".") {
		return nil
	}
	if strings.Trim(u.Path, "/") == "" {
		return nil
	}
	return u
}

// messengers are hosts of which nothing but messages is a place: a number or an invitation is
// somebody else's, and does not belong among what is signed and kept.
var messengers = []string{"wa.me", "api.whatsapp.com", "chat.whatsapp.com"}

// CheckAddress refuses what is neither the https address of a profile nor that of messages. It
// makes no request.
func (n *Network) CheckAddress(address string) error {
	if _, sent := messages[address]; sent {
		return nil
	}
	if webPage(address) == nil || slices.ContainsFunc(messengers, func(h string) bool { return below(hostOf(address), h) }) { // guard: whom a message goes to is not kept
		return advocacy.InvalidField("social_account.address", "ADDRESS_INVALID",
			"write the address of the profile as the browser shows it, as in https://www.linkedin.com/in/anna, or for messages https://wa.me/ or sms:")
	}
	return nil
}

// CheckPost returns the address of a post without what follows the # sign. It has to be on the
// site of the place, and not the profile itself. A message has none.
func (n *Network) CheckPost(place, post string) (string, error) {
	if _, sent := messages[place]; sent {
		if strings.TrimSpace(post) != "" {
			return "", advocacy.InvalidField("url", "POST_URL_UNEXPECTED", "a message has no address that others can open; leave it empty")
		}
		return "", nil
	}
	u := webPage(strings.TrimSpace(post))
	if u == nil {
		return "", advocacy.InvalidField("url", "POST_URL_INVALID", "write the https address of the post, as the browser shows it")
	}
	host, own := strings.ToLower(u.Hostname()), siteOf(hostOf(place))
	if !slices.ContainsFunc(own.hosts, func(h string) bool { return below(host, h) }) { // guard: a post is where its account is
		return "", advocacy.InvalidField("url", "POST_URL_ELSEWHERE", "this address is on %s, and the account is on %s", host, hostOf(place))
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	if profile, err := url.Parse(place); err == nil && samePage(u, profile) {
		return "", advocacy.InvalidField("url", "POST_URL_PROFILE", "this is the address of the profile; open the post and copy its own address")
	}
	return u.String(), nil
}

func samePage(a, b *url.URL) bool {
	return strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/") && a.RawQuery == b.RawQuery
}
