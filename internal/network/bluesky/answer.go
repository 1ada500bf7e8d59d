package bluesky

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// answerLimit is the most that is read of an answer, in bytes: a record with its account.
const answerLimit = 1 << 20

var (
	// dids are the names of accounts that are made use of (atproto.com/specs/did), short enough to
	// be kept.
	dids = regexp.MustCompile(`^did:[a-z]+:[A-Za-z0-9._:%-]{1,240}$`)
	// cids are names of contents in base32.
	cids = regexp.MustCompile(`^b[a-z2-7]{10,200}$`)
	// keys are TIDs.
	keys = regexp.MustCompile(`^[2-7a-j][2-7a-z]{12}$`)
)

// uriOf is the address of a record within atproto, by which a post is known.
func uriOf(did, key string) string { return "at://" + did + "/" + collection + "/" + key }

// addressOf is where people find it.
func addressOf(did, key string) string { return "https://bsky.app/profile/" + did + "/post/" + key }

// problem is what a server says of a request it did not carry out.
type problem struct {
	Name    string `json:"error"`
	Message string `json:"message"`
}

// What servers call what we act on.
const (
	expiredToken   = "ExpiredToken"
	invalidToken   = "InvalidToken"
	invalidSwap    = "InvalidSwap"
	blobNotFound   = "BlobNotFound"
	recordNotFound = "RecordNotFound"
)

// dead are the names of what only the account's owner mends. The first two are answered with 400.
var dead = map[string]bool{
	expiredToken: true, invalidToken: true, "AuthMissing": true, "AuthenticationRequired": true, "AuthFactorTokenRequired": true,
	"AccountTakedown": true, "AccountDeactivated": true, "AccountSuspended": true, "RepoTakendown": true, "RepoSuspended": true,
	"RepoDeactivated": true, "RepoNotFound": true,
}

// refused classifies an answer that is no success. Only what proves that nothing was published is
// read as a refusal.
func (n *Network) refused(r *http.Response) (network.Answer, problem) {
	var said problem
	if wire.ReadJSON(r, answerLimit, &said) != nil {
		said = problem{}
	}
	answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, said.Name+" "+said.Message)}
	switch code := r.StatusCode; {
	case code == http.StatusTooManyRequests:
		answer.Class, answer.RetryTime = network.RateLimited, n.retryTime(r.Header)
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code < 500 && dead[said.Name]:
		answer.Class = network.AuthExpired
	case code == http.StatusBadRequest && said.Name == blobNotFound:
		answer.Class = network.Retryable // it is given the file again
	case code == http.StatusBadRequest && said.Name == invalidSwap:
		answer.Class = network.Duplicate
	case code == http.StatusBadRequest, code == http.StatusNotFound, code == http.StatusMethodNotAllowed,
		code == http.StatusRequestEntityTooLarge, code == http.StatusUnsupportedMediaType:
		answer.Class = network.Permanent
	}
	return answer, said
}

// retryTime reads RateLimit-Reset, the seconds since 1970 (docs.bsky.app, rate limits).
func (n *Network) retryTime(h http.Header) time.Time {
	if seconds, err := strconv.ParseInt(h.Get("RateLimit-Reset"), 10, 64); err == nil {
		return n.client.Believe(time.Unix(seconds, 0))
	}
	return n.client.RetryTime(h)
}
