package authn

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestNewToken(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^imp[skl]_[A-Za-z0-9_-]{43}$`)
	seen := make(map[string]bool)
	for _, kind := range []Kind{SessionToken, KeyToken, LinkToken} {
		for range 1000 {
			token, hash := NewToken(kind)
			if !shape.MatchString(token) || !strings.HasPrefix(token, string(kind)) || len(token) != TokenLength {
				t.Fatalf("token %q", token)
			}
			if seen[token] || seen[token[5:]] {
				t.Fatalf("%q was made twice", token)
			}
			seen[token], seen[token[5:]] = true, true
			got, err := HashToken(token)
			if err != nil || !bytes.Equal(got, hash) {
				t.Fatalf("hash of %q: got %x, %v, want %x", token, got, err, hash)
			}
			want := sha256.Sum256([]byte(token))
			if !bytes.Equal(hash, want[:]) || bytes.Contains(hash, []byte(token[5:15])) {
				t.Fatalf("hash of %q is %x", token, hash)
			}
		}
	}
}

// TestKindsDoNotMix: the same random part under another prefix is another credential.
func TestKindsDoNotMix(t *testing.T) {
	t.Parallel()
	token, hash := NewToken(KeyToken)
	for _, kind := range []Kind{SessionToken, LinkToken} {
		other, err := HashToken(string(kind) + token[5:])
		if err != nil || bytes.Equal(other, hash) {
			t.Errorf("%s: %v, same hash %t", kind, err, bytes.Equal(other, hash))
		}
	}
}

func TestHashTokenIsStrict(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("A", 43)
	if _, err := HashToken("imps_" + zeros); err != nil {
		t.Fatalf("32 zero bytes: %v", err)
	}
	for name, token := range map[string]string{
		"empty":               "",
		"prefix alone":        "imps_",
		"one short":           "imps_" + zeros[1:],
		"one long":            "imps_" + zeros + "A",
		"padding":             "imps_" + zeros + "=",
		"padding inside":      "imps_" + zeros[1:] + "=",
		"unused bits set":     "imps_" + zeros[1:] + "B",
		"line break":          "imps_" + zeros[:21] + "\n" + zeros[22:],
		"two line breaks":     "imps_" + zeros[:41] + "\r\n",
		"standard alphabet":   "imps_" + "+" + zeros[1:],
		"slash":               "imps_" + "/" + zeros[1:],
		"space":               "imps_" + " " + zeros[1:],
		"zero byte":           "imps_" + "\x00" + zeros[1:],
		"not ASCII":           "imps_" + "é" + zeros[2:],
		"upper-case prefix":   "IMPS_" + zeros,
		"unknown kind":        "impx_" + zeros,
		"no separator":        "imps-" + zeros,
		"space before":        " imps_" + zeros[1:],
		"four more, no kind":  zeros + "AAAAA",
		"hexadecimal":         "imps_" + strings.Repeat("0", 64),
		"two tokens":          "imps_" + zeros + " imps_" + zeros,
		"standard with break": "imps_" + zeros[:42] + "\n",
	} {
		hash, err := HashToken(token)
		if hash != nil || advocacy.KindOf(err) != advocacy.Unauthenticated || advocacy.ReasonOf(err) != "CREDENTIAL_MALFORMED" {
			t.Errorf("%s: got %x, %v, want CREDENTIAL_MALFORMED", name, hash, err)
		}
		if err != nil && len(token) > 10 && strings.Contains(err.Error(), token[5:10]) {
			t.Errorf("%s: the error quotes the token: %v", name, err)
		}
	}
}

// FuzzHashToken holds that what is accepted has exactly one spelling.
func FuzzHashToken(f *testing.F) {
	token, _ := NewToken(SessionToken)
	f.Add(token)
	f.Add("impk_" + strings.Repeat("A", 43))
	f.Add("impl_" + strings.Repeat("_", 42) + "8")
	f.Fuzz(func(t *testing.T, token string) {
		hash, err := HashToken(token)
		if err != nil {
			if hash != nil || advocacy.ReasonOf(err) != "CREDENTIAL_MALFORMED" {
				t.Fatalf("%q: %x, %v", token, hash, err)
			}
			return
		}
		secret, err := base64.RawURLEncoding.DecodeString(token[5:])
		if err != nil || len(secret) != 32 || token != token[:5]+base64.RawURLEncoding.EncodeToString(secret) {
			t.Fatalf("%q was accepted", token)
		}
	})
}
