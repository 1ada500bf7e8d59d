// Package vaulttest is a key service as its documentation tells: HashiCorp Vault's and OpenBao's engine
// "transit" (developer.hashicorp.com/vault/api-docs/secret/transit), with one key, AES-256-GCM.
//
// It shares nothing with package vault but the protocol. The rule that keeps it so: it imports no
// package of ours.
package vaulttest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Token may encrypt and decrypt with the key.
const Token = "hvs.t0ken-of-the-key-service"

const prefix = "vault:v1:"

// Transit is one server with one key.
type Transit struct {
	server *httptest.Server
	key    cipher.AEAD

	mu        sync.Mutex
	down      bool
	forbidden bool
	asked     int
}

// New starts a server that ends with the test.
func New(t testing.TB) *Transit {
	t.Helper()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	block, err := aes.NewCipher(secret)
	if err != nil {
		t.Fatal(err)
	}
	s := new(Transit)
	if s.key, err = cipher.NewGCM(block); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/transit/encrypt/imprimatur", s.answering("ciphertext", s.encrypt))
	mux.HandleFunc("PUT /v1/transit/decrypt/imprimatur", s.answering("plaintext", s.decrypt))
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

// Address is that of the key.
func (s *Transit) Address() string { return s.server.URL + "/transit/keys/imprimatur" }

// Down lets it answer nothing but errors, as a sealed Vault does, or ends that.
func (s *Transit) Down(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = is
}

// Forbid takes the right to use the key away, or gives it back.
func (s *Transit) Forbid(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forbidden = is
}

// Asked is how many requests there were.
func (s *Transit) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

type request struct {
	Plaintext  []byte `json:"plaintext"`
	Ciphertext string `json:"ciphertext"`
	Associated []byte `json:"associated_data"`
}

func (s *Transit) answering(field string, do func(request) (string, bool)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		var asked request
		switch {
		case s.down:
			refuse(w, http.StatusServiceUnavailable, "Vault is sealed")
			return
		case s.forbidden || r.Header.Get("X-Vault-Token") != Token:
			refuse(w, http.StatusForbidden, "permission denied")
			return
		case json.NewDecoder(r.Body).Decode(&asked) != nil:
			refuse(w, http.StatusBadRequest, "error parsing JSON")
			return
		}
		answer, ok := do(asked)
		if !ok {
			refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{field: answer}})
	}
}

func refuse(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{words}})
}

func (s *Transit) encrypt(r request) (string, bool) {
	nonce := make([]byte, s.key.NonceSize())
	_, _ = rand.Read(nonce)
	return prefix + base64.StdEncoding.EncodeToString(s.key.Seal(nonce, nonce, r.Plaintext, r.Associated)), true
}

func (s *Transit) decrypt(r request) (string, bool) {
	text, found := strings.CutPrefix(r.Ciphertext, prefix)
	sealed, err := base64.StdEncoding.DecodeString(text)
	if !found || err != nil || len(sealed) < s.key.NonceSize() {
		return "", false
	}
	plain, err := s.key.Open(nil, sealed[:s.key.NonceSize()], sealed[s.key.NonceSize():], r.Associated)
	return base64.StdEncoding.EncodeToString(plain), err == nil
}
