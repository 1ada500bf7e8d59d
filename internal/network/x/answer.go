package x

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// answerLimit is the most that is read of an answer, in bytes: a hundred posts.
const answerLimit = 4 << 20

// problem is what X says of a request it did not carry out (RFC 7807), or of a part of one.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Detail  string `json:"detail"`
	} `json:"errors"`
}

// kind is the last part of a problem's type. The part before it has changed its host.
func (p problem) kind() string { return p.Type[strings.LastIndexByte(p.Type, '/')+1:] }

// says tells whether one of the words stands in what is said of the request as a whole. It does not
// repeat what was sent.
func (p problem) says(words ...string) bool {
	detail := strings.ToLower(p.Detail)
	for _, w := range words {
		if strings.Contains(detail, w) {
			return true
		}
	}
	return false
}

func (p problem) coded(code int) bool {
	for _, e := range p.Errors {
		if e.Code == code {
			return true
		}
	}
	return false
}

// words are X's own, the most exact there are.
func (p problem) words() string {
	said := []string{p.Detail}
	if p.Detail == "" {
		said = []string{p.Title}
	}
	for _, e := range p.Errors {
		if e.Detail == "" {
			e.Detail = e.Message
		}
		if e.Detail != p.Detail {
			said = append(said, e.Detail)
		}
	}
	return strings.Join(said, " ")
}

// duplicateCode is that of an older form of the same answer.
const duplicateCode = 187

// refused classifies an answer that is no success. Only what proves that nothing was published is
// read as a refusal.
func (n *Network) refused(r *http.Response) network.Answer {
	var p problem
	if wire.ReadJSON(r, answerLimit, &p) != nil {
		p = problem{}
	}
	answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, p.words())}
	switch code := r.StatusCode; {
	case code < 400 || code > 499:
	case code == http.StatusPaymentRequired, p.kind() == "usage-capped", p.kind() == "client-forbidden", p.kind() == "oauth1-permissions":
		answer.Class = network.Misconfigured // X wants money, or another plan
	case code == http.StatusTooManyRequests:
		answer.Class, answer.RetryTime = network.RateLimited, n.retryTime(r.Header)
		answer.AppWide = r.Header.Get("x-app-limit-24hour-remaining") == "0"
	case code == http.StatusUnauthorized:
		answer.Class = network.AuthExpired
	case code == http.StatusForbidden:
		answer.Class = forbidden(p)
	case code == http.StatusBadRequest, code == http.StatusUnprocessableEntity, code == http.StatusRequestEntityTooLarge:
		answer.Class = network.Permanent
	case code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code == http.StatusNotAcceptable, code == http.StatusUnsupportedMediaType:
		answer.Class = network.Misconfigured
	}
	return answer
}

// forbidden classifies 403. X says in words alone what it is.
func forbidden(p problem) network.Class {
	switch {
	case p.says("duplicate content"), p.coded(duplicateCode):
		return network.Duplicate
	case p.says("suspended", "locked"):
		return network.AuthExpired
	case p.says("not permitted to access this feature", "subset of", "oauth1 app permissions"):
		return network.Misconfigured
	default:
		return network.Permanent
	}
}

// retryTime is when the last of the quotas that are used up begins again, else when the one of
// this call does.
func (n *Network) retryTime(h http.Header) time.Time {
	var last time.Time
	for _, quota := range []string{"x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"} {
		at, err := strconv.ParseInt(h.Get(quota+"-reset"), 10, 64)
		left := h.Get(quota + "-remaining")
		if reset := time.Unix(at, 0).UTC(); err == nil && (left == "0" || left == "" && quota == "x-rate-limit") && reset.After(last) {
			last = reset
		}
	}
	if last = n.client.Believe(last); last.IsZero() {
		return n.client.RetryTime(h)
	}
	return last
}
