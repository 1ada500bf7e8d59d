package advocacy

import "time"

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
}
