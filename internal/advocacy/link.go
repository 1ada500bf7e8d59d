package advocacy

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LinkCode says why a link does not count as reachable.
type LinkCode string

const (
	// LinkNotChecked: nobody has looked, or the text has more links than are looked at.
	LinkNotChecked LinkCode = "NOT_CHECKED"
	// LinkInvalid: it is no address of the web.
	LinkInvalid LinkCode = "INVALID"
	// LinkForbidden: it leads to an address that is neither public nor allowed.
	LinkForbidden LinkCode = "FORBIDDEN"
	// LinkNoAnswer: nobody answers there in time.
	LinkNoAnswer LinkCode = "NO_ANSWER"
	// LinkRedirects: it leads from one address to the next without an end.
	LinkRedirects LinkCode = "REDIRECTS"
	// LinkStatus: who answers does not show it to everybody.
	LinkStatus LinkCode = "STATUS"
	// LinkNoPage: what is shown there is no page, or no picture where one was named.
	LinkNoPage LinkCode = "NO_PAGE"
)

// LinkCodes lists every code.
func LinkCodes() []LinkCode {
	return []LinkCode{LinkNotChecked, LinkInvalid, LinkForbidden, LinkNoAnswer, LinkRedirects, LinkStatus, LinkNoPage}
}

// LinkCheck is what was found when somebody looked where a link leads. The zero value but
// for the URL is reachable by nobody.
type LinkCheck struct {
	URL       string   `json:"url"`
	Reachable bool     `json:"reachable"`
	Code      LinkCode `json:"code,omitempty"`
	// Status is what was answered, 0 for no answer.
	Status int       `json:"status,omitempty"`
	Time   time.Time `json:"time"`
	// Target is where it led, as Ended says it, when somebody last could tell; Former where it had
	// led until then, when it was another place, and ChangeTime when that was found.
	Target     string    `json:"target,omitempty"`
	Former     string    `json:"former,omitempty"`
	ChangeTime time.Time `json:"change_time,omitzero"`
}

// Moved tells whether it leads elsewhere than it did.
func (c LinkCheck) Moved() bool {
	return !c.ChangeTime.IsZero() && LinkPin{URL: c.URL, Target: c.Former}.Moved(c.Target)
}

// Silent tells whether it could not be told where the link leads: nobody answered, or a server in
// trouble did.
func (c LinkCheck) Silent() bool {
	return c.Code == LinkNotChecked || c.Code == LinkNoAnswer || c.Status >= http.StatusInternalServerError
}

// Ended is where a look ended, as it is compared with other looks: the host, path and query of the
// address that answered, else the word for why the link leads to none; empty when that could not
// be told, as of a server that is silent or failing at present. What only tells a site where its
// readers come from, and a port everybody uses, say nothing about where a link leads.
func Ended(answered *url.URL, status int, code LinkCode) string {
	switch {
	case code == LinkForbidden, code == LinkInvalid, code == LinkRedirects:
		return string(code)
	case answered == nil || status == 0 || status >= http.StatusInternalServerError: // guard: a server in trouble says nothing of a link
		return ""
	case status == http.StatusNotFound, status == http.StatusGone:
		return strconv.Itoa(status)
	default:
		return placeOf(answered)
	}
}

// longestPlace is how long a place is written out.
const longestPlace = 2000

// placeOf is the host and path of an address, and what is asked for there in one order.
func placeOf(u *url.URL) string {
	place := strings.ToLower(u.Hostname())
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		place += ":" + port
	}
	place += "/" + strings.Trim(u.EscapedPath(), "/")
	query, err := url.ParseQuery(u.RawQuery)
	maps.DeleteFunc(query, func(key string, _ []string) bool { return Tracks(key) })
	asked := query.Encode()
	if err != nil { // whoever answers may read it in a way of its own
		asked = url.QueryEscape(u.RawQuery)
	}
	if asked != "" {
		place += "?" + asked
	}
	if len(place) > longestPlace {
		place = strings.ToValidUTF8(place[:longestPlace], "") + "… " + string(DigestOf([]byte(place)))
	}
	return place
}

// tracking are the beginnings of parameters that follow readers around.
var tracking = []string{"utm_", "fbclid", "gclid", "msclkid", "mc_eid", "igshid"}

// Tracks tells whether a parameter of an address only tells a site where its readers come from.
func Tracks(parameter string) bool {
	return slices.ContainsFunc(tracking, func(begins string) bool { return strings.HasPrefix(strings.ToLower(parameter), begins) })
}

// LinkPin is where a link of a round leads, as those were told who signed it.
type LinkPin struct {
	URL string `json:"url"`
	// Target is where it leads, as Ended says it; empty when that could not be told.
	Target string `json:"target,omitempty"`
	// Former is where it led before, when it was found to lead elsewhere since, and ChangeTime
	// when that was found. Signatures of before count no more.
	Former     string    `json:"former,omitempty"`
	ChangeTime time.Time `json:"change_time,omitzero"`
}

// Moved tells whether a later look found that the link leads elsewhere. What cannot be told now is
// no change. A link that led nowhere, or of which nothing could be told, was signed as what it
// says itself, so a page that came to be there is no change either.
func (p LinkPin) Moved(found string) bool {
	if found == "" || p.Target == found { // guard: only a definite answer is a change
		return false
	}
	if strings.Contains(p.Target, "/") {
		return true
	}
	u, err := url.Parse(p.URL)
	return err != nil || found != placeOf(u)
}

// Way is where the link led and where it leads now.
func (p LinkPin) Way() string { return cmp.Or(p.Former, p.URL) + " → " + p.Target }
