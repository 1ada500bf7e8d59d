package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Vault seals and opens with one keyset. It is safe for concurrent use.
type Vault struct {
	keys atomic.Pointer[keys]
	// file is where the keyset came from, nil when it was given to Open.
	file *keyFile
	// mu lets one goroutine at a time read the file again.
	mu sync.Mutex
}

// Open returns a vault with a keyset that is kept elsewhere, as NewKeyset made it.
func Open(keyset []byte) (*Vault, error) {
	k, err := parse(keyset)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	v := new(Vault)
	v.keys.Store(k)
	return v, nil
}

// Seal encrypts a secret so that it opens for ref alone.
func (v *Vault) Seal(ref Ref, secret []byte) ([]byte, error) {
	associated, err := ref.associated()
	if err != nil {
		return nil, err
	}
	sealed, err := v.keys.Load().aead.Encrypt(secret, associated)
	if err != nil {
		return nil, fmt.Errorf("vault: seal: %w", err)
	}
	return sealed, nil
}

// Unseal opens what was sealed for ref, or reports CREDENTIAL_UNREADABLE: sealed for
// something else, damaged, or sealed with a key this vault does not have.
func (v *Vault) Unseal(ref Ref, sealed []byte) (Secret, error) {
	associated, err := ref.associated()
	if err != nil {
		return nil, err
	}
	k := v.keys.Load()
	secret, err := k.aead.Decrypt(sealed, associated)
	if err != nil {
		// Another process may have rotated the file since it was read here.
		if k = v.reread(k); k == nil {
			return nil, unreadable(ref, err)
		}
		if secret, err = k.aead.Decrypt(sealed, associated); err != nil {
			return nil, unreadable(ref, err)
		}
	}
	return secret, nil
}

func unreadable(ref Ref, err error) error {
	return advocacy.Refuse("CREDENTIAL_UNREADABLE",
		"the credential of account %s cannot be opened; its owner must connect the account again", ref.Account).Cause(err)
}

// Derive returns a 32-byte key for another use, such as signing media addresses. The
// same purpose gives the same key as long as the root stands, whatever was rotated;
// different purposes give keys that tell nothing of each other.
func (v *Vault) Derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, v.keys.Load().root, nil, "imprimatur/vault/derive/1/"+purpose, 32)
	if err != nil {
		// hkdf refuses only lengths it cannot make.
		panic(fmt.Sprintf("vault: derive: %v", err))
	}
	return key
}

// Rotate adds a new primary key to the vault's file; what the old keys sealed stays
// readable. Other processes on the same file read it again when they meet something
// sealed with the new key. A vault without a file cannot rotate: use RotateKeyset where
// the keyset is kept.
func (v *Vault) Rotate() error {
	if v.file == nil {
		return errors.New("vault: this keyset is kept elsewhere and must be rotated there")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.file.rotate(); err != nil {
		return err
	}
	return v.load()
}

// load reads the keys from the file. The caller holds mu, or is alone.
func (v *Vault) load() error {
	b, err := v.file.read()
	if err != nil {
		return err
	}
	k, err := parse(b)
	if err != nil {
		return fmt.Errorf("vault: key file %s: %w", v.file.path, err)
	}
	v.keys.Store(k)
	return nil
}

// reread returns the keys of the file when they are others than those that failed, nil
// otherwise. A file that cannot be read now is no reason to forget the keys at hand.
func (v *Vault) reread(failed *keys) *keys {
	if v.file == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.keys.Load(); k != failed {
		return k
	}
	if !v.file.changed() || v.load() != nil {
		return nil
	}
	return v.keys.Load()
}

// String hides the keys.
func (*Vault) String() string { return "[vault]" }

// Format hides the keys whatever the verb.
func (*Vault) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[vault]")) }

// LogValue hides the keys from slog.
func (*Vault) LogValue() slog.Value { return slog.StringValue("[vault]") }

// Credentials opens the credentials of accounts, and seals what comes after one. Only the
// publisher is given it.
type Credentials struct {
	Vault *Vault
}

// Open returns the account's credential in the clear, nil when the account has none.
// CREDENTIAL_UNREADABLE means that the owner must connect the account again.
//
// The result is a []byte because the port of package publish cannot name Secret; keep it
// for one delivery and print nothing that holds it.
func (c Credentials) Open(account advocacy.SocialAccount, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	return c.Vault.Unseal(RefOf(account), sealed)
}

// Seal encrypts the account's next credential so that it opens for this account alone.
func (c Credentials) Seal(account advocacy.SocialAccount, secret []byte) ([]byte, error) {
	return c.Vault.Seal(RefOf(account), secret)
}
