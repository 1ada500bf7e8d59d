package graph

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// problem is why something was not done.
type problem struct {
	Message   string `json:"message"`
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Transient bool   `json:"is_transient"`
	User      string `json:"error_user_msg"`
}

// missing is the subcode of an object that is not there, or that the token may not see.
const missing = 33

var (
	quotas = []int{4, 17, 32, 341, 613, 80001, 1390008}
	ended  = []int{3, 10, 102, 190, 1404078}
	// refusals are codes of what Meta will not take however often it is asked.
	refusals = []int{100, 368, 1346003, 1404006, 1404102, 1404112, 4854002, 1366046, 1366051, 2061006, 1609005, 1609008}
	// busy are codes after which a post was there in cases.
	busy = []int{1, 2, 1363047, 1609010}
)

// refused classifies an answer that is no success.
func (c *Client) refused(r *http.Response) *network.Answer {
	var told struct {
		Error problem `json:"error"`
		// Kind and Words are how codes that people sign in with are refused at Instagram.
		Kind  string `json:"error_type"`
		Words string `json:"error_message"`
	}
	if wire.ReadJSON(r, answerLimit, &told) != nil {
		told.Error, told.Kind = problem{}, ""
	}
	p := told.Error
	if p.Code == 0 && told.Kind == "OAuthException" {
		p.Code, p.Message = 190, told.Words
	}
	words := p.User
	if words == "" {
		words = p.Message
	}
	answer := &network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, words)}
	is := func(codes []int) bool { return slices.Contains(codes, p.Code) || slices.Contains(codes, p.Subcode) }
	own, known := c.Codes[p.Subcode]
	if !known {
		own, known = c.Codes[p.Code]
	}
	switch {
	case r.StatusCode < 400 || r.StatusCode > 499 || is(busy): // guard: 500 was answered, and the post was there
	case known: // guard: what a network says by codes of its own is not what others mean
		answer.Class = own
		if own == network.RateLimited {
			answer.RetryTime = c.retryTime(r.Header)
		}
	case is(quotas):
		answer.Class, answer.RetryTime, answer.AppWide = network.RateLimited, c.retryTime(r.Header), p.Code == 4
	case p.Transient:
	case is(ended), p.Code >= 200 && p.Code <= 299:
		answer.Class = network.AuthExpired
	case p.Code == 506, p.Code == 368 && strings.Contains(p.Message, "already posted this"):
		answer.Class = network.Duplicate
	case p.Code == 100 && p.Subcode == missing, c.Absent != 0 && p.Code == c.Absent:
		answer.Class, answer.Said = network.Permanent, network.Say(advocacy.AnswerUnknownThere) // guard: Meta does not tell which
	case is(refusals):
		answer.Class = network.Permanent
	}
	return answer
}

// retryTime is when the last of the quotas that are used up begins again.
func (c *Client) retryTime(h http.Header) time.Time {
	var usage map[string][]struct {
		Minutes int64 `json:"estimated_time_to_regain_access"`
	}
	longest := int64(0)
	if json.Unmarshal([]byte(h.Get("X-Business-Use-Case-Usage")), &usage) == nil {
		for _, quotas := range usage {
			for _, q := range quotas {
				longest = max(longest, min(q.Minutes, 24*60))
			}
		}
	}
	if longest == 0 {
		return c.Wire.RetryTime(h)
	}
	return c.Wire.Believe(c.Wire.Now().Add(time.Duration(longest) * time.Minute))
}
