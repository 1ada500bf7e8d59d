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
	// AEAD is a Tink keyset in the clear: the primary key seals, every key opens. It is missing where
	// KeyService names the key that Sealed, the same keyset, is sealed with.
	AEAD       json.RawMessage `json:"aead,omitempty"`
	KeyService string          `json:"key_service,omitempty"`
	Sealed     []byte          `json:"sealed,omitempty"`
	// Root is what other keys are derived from. It opens no credential and is never sealed: without
	// it nothing could be stopped while the key service is away.
	Root []byte `json:"root"`
}

// keys is a keyset in use. It is never changed.
type keys struct {
	handle *keyset.Handle
	// aead is nil while the key service did not open the keys; away is why.
	aead tink.AEAD
	away error
	root []byte
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
func RotateKeyset(current []byte) ([]byte, error) { return rotated(current, nil) }

// rotated is RotateKeyset for a keyset that a key service seals, or none.
func rotated(current []byte, by KeyService) ([]byte, error) {
	k, err := parse(current, by)
	if err != nil {
		return nil, err
	}
	if k.aead == nil {
		return nil, unreachable(k.away)
	}
	next, err := addKey(keyset.NewManagerFromHandle(k.handle), k.root)
	if err != nil || by == nil {
		return next, err
	}
	return sealedBy(by, next)
}

// sealedBy returns a keyset in the clear as a key service seals it.
func sealedBy(by KeyService, clear []byte) ([]byte, error) {
	k, err := parse(clear, nil)
	if err != nil {
		return nil, err
	}
	var sealed bytes.Buffer
	if err := k.handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&sealed), by, []byte(format)); err != nil {
		return nil, unreachable(err)
	}
	return written(document{Format: format, KeyService: by.URI(), Sealed: sealed.Bytes(), Root: k.root})
}

func written(d document) ([]byte, error) {
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("vault: write keyset: %w", err)
	}
	return append(b, '\n'), nil
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
	return written(document{Format: format, AEAD: cleartext.Bytes(), Root: root})
}

// parse reads a keyset, which a key service seals or not. Its errors quote nothing of what they could
// not read.
func parse(b []byte, by KeyService) (*keys, error) {
	doc, err := decode(b)
	if err != nil {
		return nil, err
	}
	if doc.KeyService == "" {
		h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(doc.AEAD)))
		if err != nil {
			return nil, errors.New("not a keyset: the AEAD keys are damaged")
		}
		return usable(h, doc.Root)
	}
	if by == nil || by.URI() != doc.KeyService { // guard: what is sealed elsewhere is not opened by another key
		return nil, fmt.Errorf("the keyset is sealed by the key service %s: name it in the settings", doc.KeyService)
	}
	h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(doc.Sealed)), by, []byte(format))
	if err != nil {
		return &keys{away: err, root: doc.Root}, nil
	}
	return usable(h, doc.Root)
}

// decode reads the document of a keyset.
func decode(b []byte) (doc document, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return doc, errors.New("not a keyset: it is no JSON document of ours")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return doc, errors.New("not a keyset: something follows the document")
	}
	if doc.Format != format {
		return doc, fmt.Errorf("not a keyset of the format %s", format)
	}
	if len(doc.Root) != rootBytes {
		return doc, fmt.Errorf("not a keyset: the root must have %d bytes", rootBytes)
	}
	return doc, nil
}

// usable are the keys of a handle.
func usable(h *keyset.Handle, root []byte) (*keys, error) {
	for _, k := range h.KeysetInfo().GetKeyInfo() {
		if k.GetTypeUrl() != aead.AES256GCMKeyTemplate().GetTypeUrl() {
			return nil, errors.New("not a keyset: a key is not for AES-GCM")
		}
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, errors.New("not a keyset: the AEAD keys cannot be used")
	}
	return &keys{handle: h, aead: a, root: root}, nil
}
