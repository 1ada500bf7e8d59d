package vault

import (
	"fmt"
	"log/slog"
)

const redacted = "[secret]"

// Secret is plaintext that must not be printed: fmt with any verb, slog, JSON and text
// show "[secret]". It is assignable to []byte where the bytes themselves are needed.
//
// Two doors stay open, both in fmt: it calls no methods on what it finds in unexported
// fields, and none once it complains about a verb ("%s" of a struct with a pointer in it;
// go vet objects). So print no struct that holds a Secret, and log errors with "%v".
type Secret []byte

// String hides the secret.
func (Secret) String() string { return redacted }

// Format hides the secret whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { hide(f) }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the secret from encoding/json, which would write it in base64.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText hides the secret from whatever encodes text.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// hide writes the redaction; a writer that fails loses nothing.
func hide(f fmt.State) { _, _ = f.Write([]byte(redacted)) }
