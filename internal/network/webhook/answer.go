package webhook

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
		return network.Answer{Class: network.UnknownOutcome, Said: network.SayOf(advocacy.AnswerRedirected, strconv.Itoa(code))}
	case code == http.StatusTooManyRequests:
		return network.Answer{Class: network.RateLimited, Said: network.SayOf(advocacy.AnswerQuotaSpent, strconv.Itoa(code)), RetryTime: n.client.RetryTime(r.Header)}
	case code == http.StatusConflict:
		return network.Answer{Class: network.Duplicate, Said: network.SayOf(advocacy.AnswerMayBeThere, strconv.Itoa(code))}
	}
	if reason, refused := refusals[code]; refused {
		return network.Answer{Class: network.Permanent, Said: network.Quote(reason, strconv.Itoa(code), "")}
	}
	return network.Answer{Class: network.UnknownOutcome, Said: wire.Said(code, ""), RetryTime: n.client.RetryTime(r.Header)}
}

// refusals are the statuses that prove that nothing was published. 401 and 403 are
// among them rather than expired credentials: a webhook's secret is ours and does not
// expire, so a person must compare it with the receiver's. Nothing of the answer's body is repeated:
// it may hold ours, or a secret.
var refusals = map[int]advocacy.AnswerCode{
	http.StatusBadRequest:            advocacy.AnswerContentRefused,
	http.StatusUnauthorized:          advocacy.AnswerSignatureRefused,
	http.StatusForbidden:             advocacy.AnswerPublishingForbidden,
	http.StatusNotFound:              advocacy.AnswerAddressAbsent,
	http.StatusMethodNotAllowed:      advocacy.AnswerAddressTakesNothing,
	http.StatusNotAcceptable:         advocacy.AnswerContentRefused,
	http.StatusGone:                  advocacy.AnswerAddressGone,
	http.StatusRequestEntityTooLarge: advocacy.AnswerContentTooLarge,
	http.StatusUnsupportedMediaType:  advocacy.AnswerContentRefused,
	http.StatusUnprocessableEntity:   advocacy.AnswerContentRefused,
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
