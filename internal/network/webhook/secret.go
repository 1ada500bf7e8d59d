package webhook

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	secretPrefix   = "whsec_"
	secretSize     = 32
	minSecretSize  = 24
	maxSecretSize  = 64
	maxSecretCount = 4
)

// NewSecret returns a fresh signing secret in the form receivers are given it.
func NewSecret() string {
	key := make([]byte, secretSize)
	rand.Read(key) // never fails: it ends the process instead
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// ParseSecrets reads the signing secrets of a credential, separated by white space:
// one, or several while they are being changed. Its errors hold nothing of them.
func ParseSecrets(credential []byte) ([][]byte, error) {
	fields := bytes.Fields(credential)
	if len(fields) == 0 {
		return nil, errors.New("there is no signing secret")
	}
	if len(fields) > maxSecretCount {
		return nil, errors.New("there are more than " + strconv.Itoa(maxSecretCount) + " signing secrets")
	}
	var keys [][]byte
	for i, field := range fields {
		key, err := parseSecret(string(field))
		if err != nil {
			return nil, errors.New("signing secret " + strconv.Itoa(i+1) + " " + err.Error())
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func parseSecret(text string) ([]byte, error) {
	encoded, found := strings.CutPrefix(text, secretPrefix)
	if !found {
		return nil, errors.New("does not start with " + secretPrefix)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, errors.New("is not base64")
	}
	if len(key) < minSecretSize || len(key) > maxSecretSize {
		return nil, errors.New("does not have 24 to 64 bytes")
	}
	return key, nil
}

// sign returns the value of webhook-signature: a v1 signature with each key.
func sign(keys [][]byte, id string, at time.Time, body []byte) string {
	var signatures []string
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(signatures, " ")
}

// NewSecret mints the signing secret of a new account.
func (*Network) NewSecret() string { return NewSecret() }
