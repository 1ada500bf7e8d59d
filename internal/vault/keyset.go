package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const (
	format    = "imprimatur-keyset-1"
	rootBytes = 32
)

// document is a keyset as it is kept.
type document struct {
	Format string `json:"format"`
	// AEAD is a cleartext Tink keyset: the primary key seals, every key opens.
	AEAD json.RawMessage `json:"aead"`
	// Root is what other keys are derived from.
	Root []byte `json:"root"`
}

// keys is a keyset in use. It is never changed.
type keys struct {
	handle *keyset.Handle
	aead   tink.AEAD
	root   []byte
}

// NewKeyset makes a keyset with one key, for Open and for whoever keeps keysets
// elsewhere than in a file.
func NewKeyset() ([]byte, error) {
	root := make([]byte, rootBytes)
	// Read never fails: the runtime ends the process instead.
	_, _ = rand.Read(root)
	return addKey(keyset.NewManager(), root)
}

// RotateKeyset returns the keyset with a new primary key. What the old keys sealed stays
// readable, and what is derived stays the same. A replica that was not given the new
// keyset yet cannot open what another sealed with it: hand it to all of them at once.
func RotateKeyset(current []byte) ([]byte, error) {
	k, err := parse(current)
	if err != nil {
		return nil, err
	}
	return addKey(keyset.NewManagerFromHandle(k.handle), k.root)
}

func addKey(m *keyset.Manager, root []byte) ([]byte, error) {
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("vault: new key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("vault: new key: %w", err)
	}
	h, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("vault: new key: %w", err)
	}
	var cleartext bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&cleartext)); err != nil {
		return nil, fmt.Errorf("vault: write keyset: %w", err)
	}
	b, err := json.MarshalIndent(document{Format: format, AEAD: cleartext.Bytes(), Root: root}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("vault: write keyset: %w", err)
	}
	return append(b, '\n'), nil
}

// parse reads a keyset. Its errors quote nothing of what they could not read.
func parse(b []byte) (*keys, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var doc document
	if err := d.Decode(&doc); err != nil {
		return nil, errors.New("not a keyset: it is no JSON document of ours")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not a keyset: something follows the document")
	}
	if doc.Format != format {
		return nil, fmt.Errorf("not a keyset of the format %s", format)
	}
	if len(doc.Root) != rootBytes {
		return nil, fmt.Errorf("not a keyset: the root must have %d bytes", rootBytes)
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(doc.AEAD)))
	if err != nil {
		return nil, errors.New("not a keyset: the AEAD keys are damaged")
	}
	for _, k := range h.KeysetInfo().GetKeyInfo() {
		if k.GetTypeUrl() != aead.AES256GCMKeyTemplate().GetTypeUrl() {
			return nil, errors.New("not a keyset: a key is not for AES-GCM")
		}
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, errors.New("not a keyset: the AEAD keys cannot be used")
	}
	return &keys{handle: h, aead: a, root: doc.Root}, nil
}
