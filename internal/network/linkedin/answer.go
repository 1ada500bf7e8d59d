package linkedin

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// answerLimit is the most that is read of an answer, in bytes: a hundred posts.
const answerLimit = 4 << 20

// problem is what LinkedIn says of a request it did not carry out.
type problem struct {
	Message string `json:"message"`
	Code    string `json:"code"`
	Details struct {
		Inputs []struct {
			Code        string `json:"code"`
			Description string `json:"description"`
		} `json:"inputErrors"`
	} `json:"errorDetails"`
}

// says tells whether one of the codes is named. What is said in words is not looked at: it may
// repeat ours.
func (p problem) says(codes ...string) bool {
	for _, input := range p.Details.Inputs {
		if slices.Contains(codes, input.Code) {
			return true
		}
	}
	return slices.Contains(codes, p.Code)
}

// alike are the names of posts that are said to be the same.
var alike = regexp.MustCompile(`urn:li:(?:share|ugcPost|activity):[0-9]{1,20}`)

// duplicate tells whether the text is said to be there already, and which post that is, "" where
// none is named.
func (p problem) duplicate() (urn string, said bool) {
	said = p.says("DUPLICATE_POST") || strings.Contains(strings.ToLower(p.Message), "duplicate")
	if !said {
		return "", false
	}
	return alike.FindString(p.Message), true
}

// refused classifies an answer that is no success. Only what proves that nothing was published is
// read as a refusal.
func (n *Network) refused(r *http.Response) network.Answer {
	var p problem
	if wire.ReadJSON(r, answerLimit, &p) != nil {
		p = problem{}
	}
	answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, p.Message)}
	urn, duplicate := p.duplicate()
	switch code := r.StatusCode; {
	case code < 400 || code > 499:
	case code == http.StatusTooManyRequests:
		answer.Class, answer.RetryTime = network.RateLimited, n.retryTime(r.Header)
		answer.AppWide = strings.Contains(p.Message, "APPLICATION DAY limit")
	case code == http.StatusUpgradeRequired, p.says("VERSION_MISSING", "NONEXISTENT_VERSION"):
		answer.Class = network.Misconfigured
	case code == http.StatusUnauthorized, code == http.StatusForbidden, p.says("EXPIRED_ACCESS_TOKEN", "REVOKED_ACCESS_TOKEN"):
		answer.Class = network.AuthExpired
	case duplicate && (code == http.StatusBadRequest || code == http.StatusConflict || code == http.StatusUnprocessableEntity):
		answer.Class = network.Duplicate
		if urn != "" {
			answer.ExternalID, answer.URL = urn, addressOf(urn)
			answer.Said = network.SayOf(advocacy.AnswerThereAlready, answer.URL)
		}
	case code == http.StatusConflict, p.says("MEDIA_ASSET_WAITING_UPLOAD"):
		answer.Class = network.Retryable
	case code == http.StatusBadRequest, code == http.StatusUnprocessableEntity, code == http.StatusRequestEntityTooLarge:
		answer.Class = network.Permanent
	case code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code == http.StatusNotAcceptable, code == http.StatusUnsupportedMediaType:
		answer.Class = network.Misconfigured
	}
	return answer
}

// retryTime is the next midnight of UTC, when quotas begin again, unless LinkedIn says another.
func (n *Network) retryTime(h http.Header) time.Time {
	if at := n.client.RetryTime(h); !at.IsZero() {
		return at
	}
	return n.client.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
}
