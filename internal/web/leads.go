package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// leading is a link of a round that does not lead where it says itself, or has come to lead elsewhere.
type leading struct {
	Link, Target, Former string
	// Host is the site it leads to, in letters everybody can tell apart; empty when it leads to none.
	Host string
}

// Leads are the links of a round that lead elsewhere than they say. One that nobody could follow
// when the round opened is taken to lead where it says; a finding tells of it.
func (p page) Leads(r *imprimaturv1.Review) []leading {
	var out []leading
	for _, pin := range r.GetLinkPins() {
		l := leading{Link: pin.GetLink(), Target: pin.GetTarget(), Former: pin.GetFormerTarget()}
		if l.Target == "" || l.Former == "" && asWritten(l.Link, l.Target) {
			continue
		}
		if host, _, leads := strings.Cut(l.Target, "/"); leads {
			l.Host = plainHost(host)
		}
		out = append(out, l)
	}
	return out
}

// ledTo is where the links of a round lead, short enough for a form: the same again only while each
// leads where it did.
func ledTo(r *imprimaturv1.Review) string {
	sum := sha256.New()
	for _, pin := range r.GetLinkPins() {
		fmt.Fprintf(sum, "%q %q %q\n", pin.GetLink(), pin.GetTarget(), pin.GetFormerTarget())
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

// LedTo is where the links of a round lead, for the form that says something about it.
func (p page) LedTo(r *imprimaturv1.Review) string { return ledTo(r) }

// asWritten tells whether a link leads to the very address that it says: the same host, path and
// questions, whatever the case of the host, the slash at the end and what only tells a site where
// its readers come from.
func asWritten(link, target string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	t, err := url.Parse("https://" + target)
	if err != nil {
		return false
	}
	return strings.EqualFold(u.Hostname(), t.Hostname()) && commonPort(u) == commonPort(t) &&
		strings.Trim(u.EscapedPath(), "/") == strings.Trim(t.EscapedPath(), "/") &&
		asked(u).Encode() == asked(t).Encode()
}

// commonPort is the port of an address, "" for one that everybody uses.
func commonPort(u *url.URL) string {
	if port := u.Port(); port != "80" && port != "443" {
		return port
	}
	return ""
}
