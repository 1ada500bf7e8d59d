package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Grant is what a network gave for an account: the token that is sent with each request, and
// what the next one is asked with.
//
// It holds secrets: it prints as "[grant]", and its bytes come from Encode alone.
type Grant struct {
	// Access goes along with requests. For a token somebody made by hand it is all there is.
	Access string
	// Refresh asks for the next grant, "" when there is none.
	Refresh string
	// ExpireTime is when Access ends, zero when the network did not say.
	ExpireTime time.Time
	// Scopes are what the network granted.
	Scopes []string
	// Client is whom the network gave it to: the client id.
	Client string
	// Trial: the grant before was refused, and this one was asked for because of that. A second
	// refusal is the network's last word.
	Trial bool
}

// Given tells whether somebody made the token by hand, so that nothing but the token is known.
func (g Grant) Given() bool { return g.Client == "" }

// Expired tells whether Access ends before an instant.
func (g Grant) Expired(by time.Time) bool { return !g.ExpireTime.IsZero() && !g.ExpireTime.After(by) }

// String hides the grant.
func (Grant) String() string { return "[grant]" }

// Format hides the grant whatever the verb.
func (Grant) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[grant]")) }

// LogValue hides the grant from slog.
func (Grant) LogValue() slog.Value { return slog.StringValue("[grant]") }

// MarshalJSON refuses: the bytes of a grant are sealed, and come from Encode.
func (Grant) MarshalJSON() ([]byte, error) {
	return nil, errors.New("network: a grant is written by Encode alone")
}

// firstVersion begins an encoded grant. No token that somebody gives by hand can begin with it:
// those are printable.
const firstVersion = 1

// sealedGrant is the form of version 1.
type sealedGrant struct {
	Access     string    `json:"access"`
	Refresh    string    `json:"refresh,omitempty"`
	ExpireTime time.Time `json:"expire_time,omitzero"`
	Scopes     []string  `json:"scopes,omitempty"`
	Client     string    `json:"client,omitempty"`
	Trial      bool      `json:"trial,omitempty"`
}

// Encode returns the bytes to seal. A token given by hand stays the bytes it is.
func (g Grant) Encode() []byte {
	if g.Given() {
		return []byte(g.Access)
	}
	data, err := json.Marshal(sealedGrant(g))
	if err != nil {
		panic("network: a grant is text and times: " + err.Error())
	}
	return slices.Concat([]byte{firstVersion}, data)
}

// errGrant holds nothing of what could not be read.
var errGrant = errors.New("network: the credential is of a form that this version does not know")

// DecodeGrant reads what Encode wrote, and what was sealed before there were grants: the token
// alone.
func DecodeGrant(opened []byte) (Grant, error) {
	switch {
	case len(opened) == 0:
		return Grant{}, nil
	case opened[0] >= ' ':
		return Grant{Access: string(opened)}, nil
	case opened[0] != firstVersion:
		return Grant{}, errGrant
	}
	var read sealedGrant
	if err := json.Unmarshal(opened[1:], &read); err != nil || read.Client == "" {
		return Grant{}, errGrant
	}
	return Grant(read), nil
}
