package mastodon

import (
	"net/http"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

const (
	// answerLimit is the most that is read of an answer, in bytes: forty statuses with their
	// accounts and files.
	answerLimit  = 4 << 20
	idLimit      = 64
	addressLimit = 2048
)

// id tells whether a server's name of something can stand in a path: numbers on Mastodon,
// letters and numbers elsewhere.
func id(s string) bool {
	return s != "" && len(s) <= idLimit && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
}

// unfinished is how a server says that a file is not ready (docs.joinmastodon.org/methods/media).
const unfinished = "have not finished processing"

// refused classifies an answer that is no status. Only what proves that nothing was published
// is read as a refusal.
func (n *Network) refused(r *http.Response) network.Answer {
	said := words(r)
	answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, said)}
	switch r.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		answer.Class = network.AuthExpired
	case http.StatusUnprocessableEntity:
		answer.Class = network.Permanent
		if strings.Contains(said, unfinished) {
			answer.Class = network.Retryable
		}
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType:
		answer.Class = network.Permanent
	case http.StatusTooManyRequests:
		answer.Class, answer.RetryTime = network.RateLimited, n.retryTime(r.Header)
	}
	return answer
}

// retryTime reads X-RateLimit-Reset, an ISO 8601 time (docs.joinmastodon.org/api/rate-limits).
func (n *Network) retryTime(h http.Header) time.Time {
	if at, err := time.Parse(time.RFC3339, h.Get("X-RateLimit-Reset")); err == nil {
		return n.client.Believe(at)
	}
	return n.client.RetryTime(h)
}

// words are what a server says of an error.
func words(r *http.Response) string {
	var problem struct {
		Error string `json:"error"`
	}
	if wire.ReadJSON(r, answerLimit, &problem) != nil {
		return ""
	}
	return problem.Error
}
