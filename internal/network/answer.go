package network

import "github.com/imprimatur-hq/imprimatur/internal/advocacy"

// Ended is an answer without a name.
func Ended(c Class, message string) *Answer { return &Answer{Class: c, Message: message} }

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
		return advocacy.InvalidField("access_token", "TOKEN_REFUSED", "%s. %s", refused, a.Message)
	case Misconfigured:
		return advocacy.InvalidField("social_account.address", "ADDRESS_FORBIDDEN", "%s", a.Message)
	case Permanent:
		return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", "%s. %s", unsuitable, a.Message)
	default:
		return &advocacy.Error{Kind: advocacy.Unavailable, Reason: "NETWORK_UNREACHABLE", Message: a.Message + " Try again later."}
	}
}
