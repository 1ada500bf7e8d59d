package authn

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Kind is what a bearer secret is for: the five characters it begins with. They let
// people, and the scanners of code hosts, recognise one that leaked.
type Kind string

// The kinds of bearer secrets.
const (
	// SessionToken signs a person's calls.
	SessionToken Kind = "imps_"
	// KeyToken signs a tool's calls.
	KeyToken Kind = "impk_"
	// LinkToken opens the door once.
	LinkToken Kind = "impl_"
	// StateToken comes back with a network's answer, once.
	StateToken Kind = "impo_"
)

const (
	secretBytes = 32
	// TokenLength is how long every bearer secret is.
	TokenLength = 5 + 43
)

// encoding is strict: there is one spelling of a secret, not four that differ in the
// last two unused bits.
var encoding = base64.RawURLEncoding.Strict()

// NewToken makes a bearer secret and the hash to keep of it. The secret is shown once.
func NewToken(kind Kind) (token string, hash []byte) {
	secret := make([]byte, secretBytes)
	// Read never fails: the runtime ends the process instead.
	_, _ = rand.Read(secret)
	token = string(kind) + encoding.EncodeToString(secret)
	return token, digest(token)
}

// HashToken returns the hash under which a bearer secret of any kind is kept, or
// CREDENTIAL_MALFORMED when it cannot be one. The kind is hashed with the rest, so one
// kind is never found where another is looked for.
func HashToken(token string) ([]byte, error) {
	if _, err := kindOf(token); err != nil {
		return nil, err
	}
	return digest(token), nil
}

// kindOf returns the kind of a well-formed bearer secret.
func kindOf(token string) (Kind, error) {
	if len(token) != TokenLength {
		return "", malformed()
	}
	for _, k := range []Kind{SessionToken, KeyToken, LinkToken, StateToken} {
		rest, ok := strings.CutPrefix(token, string(k))
		if !ok {
			continue
		}
		// The decoder skips line breaks; the length of what it found tells.
		if b, err := encoding.DecodeString(rest); err == nil && len(b) == secretBytes {
			return k, nil
		}
	}
	return "", malformed()
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func malformed() *advocacy.Error {
	return refuse("CREDENTIAL_MALFORMED", "the credential is not one of ours; send \"Authorization: Bearer\" with a session or an API key")
}

// refuse reports a call without a valid credential. The message must not quote it.
func refuse(reason, message string) *advocacy.Error {
	return &advocacy.Error{Kind: advocacy.Unauthenticated, Reason: reason, Message: message}
}
