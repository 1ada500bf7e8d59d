package vault

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/tink-crypto/tink-go-hcvault/v2/integration/hcvault"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// KeyService is a key that somebody else keeps and gives to nobody. It seals the keys of the key
// file, which can then be used by whoever may use that key, and by nobody who has the file alone.
type KeyService interface {
	// URI names the key. It stands in the key file and is no secret.
	URI() string
	tink.AEAD
}

// serviceTimeout is how long a key service is waited for, and servicePause how long one that did not
// open the keys is left alone: what is due waits, and asks again by itself.
const (
	serviceTimeout = 5 * time.Second
	servicePause   = 5 * time.Second
)

// unreachable is the error of whoever needs keys that the key service did not open.
func unreachable(cause error) error {
	return (&advocacy.Error{
		Kind: advocacy.Unavailable, Reason: "KEYS_UNREACHABLE",
		Message: "the service that holds the keys does not open them now; try again later",
	}).Cause(cause)
}

// transit is a key of HashiCorp Vault's or OpenBao's engine "transit".
type transit struct {
	uri, tokenFile string
	client         *api.Client
	key            tink.AEAD
	// mu keeps a request and the token it is made with together.
	mu sync.Mutex
}

// Transit returns the key at an address such as https://vault.example.com:8200/transit/keys/imprimatur. The
// file holds the token that may encrypt and decrypt with it, and is read for each request, so that
// whoever renews the token need not tell us. The environment's VAULT_CACERT and VAULT_NAMESPACE are heeded.
func Transit(address, tokenFile string) (KeyService, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("vault: the key service's address is none")
	}
	config := api.DefaultConfig()
	if config.Error != nil {
		return nil, fmt.Errorf("vault: key service: %w", config.Error)
	}
	config.Address, config.Timeout, config.MaxRetries = u.Scheme+"://"+u.Host, serviceTimeout, 0
	client, err := api.NewClient(config)
	if err != nil {
		return nil, fmt.Errorf("vault: key service: %w", err)
	}
	key, err := hcvault.NewAEAD(u.Path, client.Logical())
	if err != nil {
		return nil, fmt.Errorf("vault: the key service's address names no key, as in https://vault.example.com:8200/transit/keys/imprimatur: %w", err)
	}
	return &transit{uri: address, tokenFile: tokenFile, client: client, key: key}, nil
}

// URI returns the key's address.
func (t *transit) URI() string { return t.uri }

// Encrypt seals with the newest version of the key.
func (t *transit) Encrypt(plaintext, associated []byte) ([]byte, error) {
	return t.ask(t.key.Encrypt, plaintext, associated)
}

// Decrypt opens what any version of the key sealed.
func (t *transit) Decrypt(sealed, associated []byte) ([]byte, error) {
	return t.ask(t.key.Decrypt, sealed, associated)
}

func (t *transit) ask(do func(_, _ []byte) ([]byte, error), given, associated []byte) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	token, err := os.ReadFile(t.tokenFile)
	if err != nil {
		return nil, fmt.Errorf("the key service's token: %w", err)
	}
	t.client.SetToken(strings.TrimSpace(string(token)))
	return do(given, associated)
}
