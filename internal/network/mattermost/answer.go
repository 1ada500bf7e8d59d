package mattermost

import (
	"net/http"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// answerLimit is the most that is read of an answer, in bytes: two hundred posts with the threads and
// files they belong to.
const answerLimit = 16 << 20

// refused classifies an answer that is no success. Only what proves that nothing was published is
// read as a refusal: a server checks all that it answers 4xx for before it keeps a post, and answers 500
// for a post that it is about to keep, too.
func (n *Network) refused(r *http.Response) network.Answer {
	var said struct {
		Message string `json:"message"`
	}
	if wire.ReadJSON(r, answerLimit, &said) != nil {
		said.Message = ""
	}
	answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, said.Message)}
	switch r.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		answer.Class = network.AuthExpired // the token ended, or the bot left the channel
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		answer.Class = network.Permanent
	case http.StatusTooManyRequests:
		answer.Class, answer.RetryTime = network.RateLimited, n.client.RetryTime(r.Header)
	}
	return answer
}
