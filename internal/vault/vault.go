package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Vault seals and opens with one keyset. It is safe for concurrent use.
type Vault struct {
	keys atomic.Pointer[keys]
	// file is where the keyset came from, nil when it was given to Open.
	file *keyFile
	// mu lets one goroutine at a time read the file again.
	mu sync.Mutex
	// asked is when the key service was asked last without opening the keys.
	asked time.Time
	now   func() time.Time
}

// Open returns a vault with a keyset that is kept elsewhere, as NewKeyset made it.
func Open(keyset []byte) (*Vault, error) {
	k, err := parse(keyset, nil)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	v := &Vault{now: time.Now}
	v.keys.Store(k)
	return v, nil
}

// Seal encrypts a secret so that it opens for ref alone, or reports KEYS_UNREACHABLE.
func (v *Vault) Seal(ref Ref, secret []byte) ([]byte, error) {
	associated, err := ref.associated()
	if err != nil {
		return nil, err
	}
	k, err := v.opened()
	if err != nil {
		return nil, err
	}
	sealed, err := k.aead.Encrypt(secret, associated)
	if err != nil {
		return nil, fmt.Errorf("vault: seal: %w", err)
	}
	return sealed, nil
}

// Unseal opens what was sealed for ref, or reports CREDENTIAL_UNREADABLE: sealed for
// something else, damaged, or sealed with a key this vault does not have; KEYS_UNREACHABLE says that
// it may be opened later.
func (v *Vault) Unseal(ref Ref, sealed []byte) (Secret, error) {
	associated, err := ref.associated()
	if err != nil {
		return nil, err
	}
	k, err := v.opened()
	if err != nil {
		return nil, err
	}
	secret, err := k.aead.Decrypt(sealed, associated)
	if err != nil {
		// Another process may have rotated the file since it was read here.
		next, away := v.reread(k)
		switch {
		case away != nil: // guard: what a key out of reach may open is not said to be damaged
			return nil, away
		case next == nil:
			return nil, unreadable(ref, err)
		}
		k = next
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

// opened returns the keys. Those that the key service did not open are asked for again, by one at a
// time and not at every call.
func (v *Vault) opened() (*keys, error) {
	k := v.keys.Load()
	if k.aead != nil {
		return k, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if k = v.keys.Load(); k.aead == nil && !v.now().Before(v.asked.Add(servicePause)) { // guard: a service that is away is not asked at every call
		if err := v.load(); err != nil {
			return nil, err
		}
		k = v.keys.Load()
	}
	if k.aead == nil {
		return nil, unreachable(k.away)
	}
	return k, nil
}

// Away tells why the keys are out of reach, nil when they are not.
func (v *Vault) Away() error { return v.keys.Load().away }

// load reads the keys from the file; those at hand stay where the key service does not open the
// others. The caller holds mu, or is alone.
func (v *Vault) load() error {
	b, err := v.file.read()
	if err != nil {
		return err
	}
	k, err := parse(b, v.file.by)
	if err != nil {
		return fmt.Errorf("vault: key file %s: %w", v.file.path, err)
	}
	if k.aead == nil {
		v.asked = v.now()
		if had := v.keys.Load(); had != nil && had.aead != nil { // guard: the keys at hand are not forgotten
			v.file.seen = nil
			return unreachable(k.away)
		}
	}
	v.keys.Store(k)
	return nil
}

// reread returns the keys of the file when they are others than those that failed, nil
// otherwise, and KEYS_UNREACHABLE when they are and the key service does not open them. A file that
// cannot be read now is no reason to forget the keys at hand.
func (v *Vault) reread(failed *keys) (*keys, error) {
	if v.file == nil {
		return nil, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if k := v.keys.Load(); k != failed {
		return k, nil
	}
	if !v.file.changed() {
		return nil, nil
	}
	switch err := v.load(); {
	case advocacy.KindOf(err) == advocacy.Unavailable:
		return nil, err
	case err != nil:
		return nil, nil
	}
	return v.keys.Load(), nil
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
