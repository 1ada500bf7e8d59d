package vault

import (
	"encoding/binary"
	"errors"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Ref is what a credential belongs to. Sealed for one Ref, it opens for no other.
type Ref struct {
	Workspace advocacy.WorkspaceID
	Account   advocacy.AccountID
	Network   advocacy.Network
	// Owner is the person a personal account speaks for, empty for the brand's own.
	Owner advocacy.PersonID
}

// RefOf is what the account's credential belongs to.
//
// A personal account's includes its owner: should the account ever name another person,
// the credential of the first does not open, and the new one must connect. Who answers
// for a brand account may change without that.
func RefOf(a advocacy.SocialAccount) Ref {
	r := Ref{Workspace: a.Workspace, Account: a.ID, Network: a.Network}
	if a.Personal {
		r.Owner = a.Owner
	}
	return r
}

// associated encodes the Ref for the cipher: a tag, then each field after its length, so
// that no two Refs have the same bytes.
func (r Ref) associated() ([]byte, error) {
	if r.Workspace == "" || r.Account == "" || r.Network == "" {
		return nil, errors.New("vault: a credential belongs to a workspace, an account and a network")
	}
	b := []byte("imprimatur/vault/credential/1")
	for _, field := range []string{string(r.Workspace), string(r.Account), string(r.Network), string(r.Owner)} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(field)))
		b = append(b, field...)
	}
	return b, nil
}
