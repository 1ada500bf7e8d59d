package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

const (
	// answerLimit is the most that is read of an answer, in bytes.
	answerLimit = 64 << 10
	// nameLimit and urlLimit are what is kept of a receiver's own name and address.
	nameLimit = 512
	urlLimit  = 2048
)

// answered classifies an answer by its status. Only the statuses that prove that
// nothing was published are read as a refusal; the list is short on purpose.
func (n *Network) answered(r *http.Response, d network.Delivery) network.Answer {
	code := r.StatusCode
	switch {
	case code >= 200 && code < 300:
		return accepted(r, d.Key)
	case code >= 300 && code < 400:
		return network.Answer{Class: network.UnknownOutcome, Message: said(code, "Redirects are never followed: change the account's address.")}
	case code == http.StatusTooManyRequests:
		return network.Answer{Class: network.RateLimited, Message: said(code, "Nothing was published."), RetryTime: n.client.RetryTime(r.Header)}
	case code == http.StatusConflict:
		return network.Answer{Class: network.Duplicate, Message: said(code, "It may have this publication already.")}
	}
	if reason, refused := refusals[code]; refused {
		return network.Answer{Class: network.Permanent, Message: said(code, reason)}
	}
	answer := unsure(d.Account.Deduplicates, fmt.Sprintf("The receiver answered %d.", code))
	answer.RetryTime = n.client.RetryTime(r.Header)
	return answer
}

// refusals are the statuses that prove that nothing was published. 401 and 403 are
// among them rather than expired credentials: a webhook's secret is ours and does not
// expire, so a person must compare it with the receiver's.
var refusals = map[int]string{
	http.StatusBadRequest:            "It did not accept the content.",
	http.StatusUnauthorized:          "It did not accept our signature: compare the signing secret with the receiver's.",
	http.StatusForbidden:             "It does not allow us to publish: compare the signing secret and ask the receiver.",
	http.StatusNotFound:              "The address does not exist there.",
	http.StatusMethodNotAllowed:      "The address does not accept a POST.",
	http.StatusNotAcceptable:         "It did not accept the content.",
	http.StatusGone:                  "It says that this webhook is gone for good: disable the account.",
	http.StatusRequestEntityTooLarge: "The content is too large for it.",
	http.StatusUnsupportedMediaType:  "It did not accept the content's type.",
	http.StatusUnprocessableEntity:   "It did not accept the content.",
}

// said begins with the status. Nothing of the answer's body is repeated: it may hold
// ours, or a secret.
func said(code int, what string) string {
	return fmt.Sprintf("The receiver answered %d. %s", code, what)
}

// accepted reads the optional answer. The status alone is the receipt: an answer that
// cannot be read, or ends early, changes nothing about it.
func accepted(r *http.Response, key string) network.Answer {
	answer := network.Answer{Class: network.Accepted, ExternalID: key}
	body, err := io.ReadAll(io.LimitReader(r.Body, answerLimit))
	if err != nil {
		return answer
	}
	var receipt struct {
		ExternalID string `json:"external_id"`
		URL        string `json:"url"`
	}
	if json.Unmarshal(body, &receipt) != nil {
		return answer
	}
	if printable(receipt.ExternalID, nameLimit) {
		answer.ExternalID = receipt.ExternalID
	}
	if len(receipt.URL) <= urlLimit && network.WebAddress(receipt.URL) {
		answer.URL = receipt.URL
	}
	return answer
}

func printable(name string, limit int) bool {
	return name != "" && len(name) <= limit && utf8.ValidString(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// failed classifies a request without an answer.
func failed(f *wire.Failure, deduplicates bool) network.Answer {
	switch {
	case f.Forbidden:
		return network.Answer{Class: network.Misconfigured, Message: f.Message}
	case !f.Sent:
		return network.Answer{Class: network.Retryable, Message: f.Message}
	default:
		return unsure(deduplicates, f.Message)
	}
}

// unsure is the ending of a request that may have been carried out.
func unsure(deduplicates bool, what string) network.Answer {
	if deduplicates {
		return network.Answer{Class: network.UnknownOutcome, Message: what + " It drops a repeated id, so it is sent again."}
	}
	return network.Answer{Class: network.UnknownOutcome, Message: what + " It may have published: look there before sending again."}
}
