package network

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// Ended is an answer without a name.
func Ended(c Class, code advocacy.AnswerCode) *Answer { return &Answer{Class: c, Said: Say(code)} }

// Say is an answer whose words name nothing.
func Say(code advocacy.AnswerCode) advocacy.Answer { return Quote(code, "", "") }

// SayOf is an answer whose words name a fact.
func SayOf(code advocacy.AnswerCode, fact string) advocacy.Answer { return Quote(code, fact, "") }

// Quote is an answer with what a network said in its own words, which the caller cut and freed of
// secrets. The English is the catalogue's.
func Quote(code advocacy.AnswerCode, fact, quote string) advocacy.Answer {
	text := catalogue.Text(catalogue.English, "answer."+string(code), map[string]string{"fact": fact, "quote": quote})
	return advocacy.Answer{Text: text, Code: code, Fact: fact, Quote: quote}
}

// Harmless is an answer about a request that makes nothing visible, whatever becomes of it: it may
// be sent again.
func (a Answer) Harmless() Answer {
	if a.Class == UnknownOutcome {
		a.Class = Retryable
	}
	return a
}

// Unlinked is an answer as the error of whoever connects an account; refused and unsuitable say
// what is wrong with the token and with the server, before the server's own words.
func (a Answer) Unlinked(refused, unsuitable string) error {
	switch a.Class {
	case AuthExpired:
		return advocacy.InvalidField("access_token", "TOKEN_REFUSED", "%s. %s", refused, a.Said.Text).Because(a.Said)
	case Misconfigured:
		return advocacy.InvalidField("social_account.address", "ADDRESS_FORBIDDEN", "%s", a.Said.Text).Because(a.Said)
	case Permanent:
		return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", "%s. %s", unsuitable, a.Said.Text).Because(a.Said)
	default:
		return a.Unreachable(" Try again later.")
	}
}

// Unreachable is an answer as the error of whoever waits for the network; after is what to do, in a
// sentence that begins with a space, or nothing.
func (a Answer) Unreachable(after string) error {
	wrong := &advocacy.Error{Kind: advocacy.Unavailable, Reason: "NETWORK_UNREACHABLE", Message: a.Said.Text + after}
	return wrong.Because(a.Said)
}
