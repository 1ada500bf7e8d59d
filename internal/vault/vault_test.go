package vault

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

var ada = Ref{Workspace: "acme", Account: "a1", Network: "mastodon", Owner: "ada"}

func newVault(t testing.TB) *Vault {
	t.Helper()
	ks, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	v, err := Open(ks)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seal(t testing.TB, v *Vault, r Ref, secret string) []byte {
	t.Helper()
	sealed, err := v.Seal(r, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func wantOpens(t *testing.T, v *Vault, r Ref, sealed []byte, want string) {
	t.Helper()
	got, err := v.Unseal(r, sealed)
	if err != nil || !bytes.Equal(got, []byte(want)) {
		t.Errorf("opened %d bytes, %v, want the secret", len(got), err)
	}
}

func wantShut(t *testing.T, v *Vault, r Ref, sealed []byte) {
	t.Helper()
	got, err := v.Unseal(r, sealed)
	if got != nil || advocacy.ReasonOf(err) != "CREDENTIAL_UNREADABLE" || advocacy.KindOf(err) != advocacy.Precondition {
		t.Errorf("opened %d bytes, %v, want CREDENTIAL_UNREADABLE", len(got), err)
	}
}

func TestSealUnseal(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	for _, secret := range []string{"", "x", "imps_canary", strings.Repeat("token ", 10_000)} {
		sealed := seal(t, v, ada, secret)
		wantOpens(t, v, ada, sealed, secret)
		if again := seal(t, v, ada, secret); bytes.Equal(sealed, again) {
			t.Error("the same secret is sealed to the same bytes")
		}
	}
}

func TestNoPlaintextInside(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	secret := "canary-4f1d9a-canary"
	for range 200 {
		sealed := seal(t, v, ada, secret)
		for i := range len(secret) - 5 {
			if bytes.Contains(sealed, []byte(secret[i:i+6])) {
				t.Fatalf("sealed bytes hold %q", secret[i:i+6])
			}
		}
		for _, known := range []string{"acme", "mastodon", "ada"} {
			if bytes.Contains(sealed, []byte(known)) {
				t.Fatalf("sealed bytes hold %q", known)
			}
		}
	}
}

// TestSwapFails moves a credential to every row that differs in one respect (T20).
func TestSwapFails(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := seal(t, v, ada, "secret")
	for name, other := range map[string]Ref{
		"workspace":          {"globex", ada.Account, ada.Network, ada.Owner},
		"account":            {ada.Workspace, "a2", ada.Network, ada.Owner},
		"network":            {ada.Workspace, ada.Account, "bluesky", ada.Owner},
		"owner":              {ada.Workspace, ada.Account, ada.Network, "bob"},
		"no owner":           {ada.Workspace, ada.Account, ada.Network, ""},
		"fields swapped":     {advocacy.WorkspaceID(ada.Account), advocacy.AccountID(ada.Workspace), ada.Network, ada.Owner},
		"a byte moved along": {"acmea", "1", ada.Network, ada.Owner},
		"two moved along":    {ada.Workspace, ada.Account, "mastodonad", "a"},
	} {
		t.Run(name, func(t *testing.T) { wantShut(t, v, other, sealed) })
	}
	wantOpens(t, v, ada, sealed, "secret")
}

func TestIncompleteRef(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := seal(t, v, ada, "secret")
	for _, r := range []Ref{{}, {Account: "a1", Network: "wall"}, {Workspace: "acme", Network: "wall"}, {Workspace: "acme", Account: "a1"}} {
		if b, err := v.Seal(r, []byte("secret")); err == nil || b != nil {
			t.Errorf("sealed for %+v", r)
		}
		if b, err := v.Unseal(r, sealed); err == nil || b != nil {
			t.Errorf("opened for %+v", r)
		}
	}
}

// FuzzAssociated looks for two Refs with the same encoding.
func FuzzAssociated(f *testing.F) {
	f.Add("a", "b", "c", "d", "ab", "", "c", "d")
	f.Add("a\x00", "b", "c", "", "a", "\x00b", "c", "")
	f.Fuzz(func(t *testing.T, w1, a1, n1, o1, w2, a2, n2, o2 string) {
		one := Ref{advocacy.WorkspaceID(w1), advocacy.AccountID(a1), advocacy.Network(n1), advocacy.PersonID(o1)}
		two := Ref{advocacy.WorkspaceID(w2), advocacy.AccountID(a2), advocacy.Network(n2), advocacy.PersonID(o2)}
		b1, err1 := one.associated()
		b2, err2 := two.associated()
		if err1 == nil && err2 == nil && bytes.Equal(b1, b2) != (one == two) {
			t.Fatalf("%+v and %+v", one, two)
		}
	})
}

func TestEveryFlippedBitIsSeen(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := seal(t, v, ada, "secret")
	for i := range len(sealed) * 8 {
		damaged := bytes.Clone(sealed)
		damaged[i/8] ^= 1 << (i % 8)
		wantShut(t, v, ada, damaged)
	}
	for n := range sealed {
		wantShut(t, v, ada, sealed[:n])
		wantShut(t, v, ada, sealed[n+1:])
	}
	wantShut(t, v, ada, append(bytes.Clone(sealed), 0))
	wantShut(t, v, ada, nil)
}

func TestWrongKeyFails(t *testing.T) {
	t.Parallel()
	one, two := newVault(t), newVault(t)
	wantShut(t, two, ada, seal(t, one, ada, "secret"))
}

// FuzzUnseal holds that nothing but what Seal made opens, and that nothing panics.
func FuzzUnseal(f *testing.F) {
	v := newVault(f)
	sealed := seal(f, v, ada, "secret")
	f.Add(sealed)
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 0})
	f.Add(sealed[:5])
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := v.Unseal(ada, b)
		if (err == nil) != bytes.Equal(b, sealed) {
			t.Fatalf("opened %d bytes: %v", len(got), err)
		}
		// The same bytes as a secret go in and out.
		again, err := v.Seal(ada, b)
		if err != nil {
			t.Fatal(err)
		}
		wantOpens(t, v, ada, again, string(b))
	})
}

func TestRotateKeyset(t *testing.T) {
	t.Parallel()
	ks, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	var vaults []*Vault
	var sealed [][]byte
	for range 4 {
		v, err := Open(ks)
		if err != nil {
			t.Fatal(err)
		}
		vaults = append(vaults, v)
		sealed = append(sealed, seal(t, v, ada, "secret"))
		if ks, err = RotateKeyset(ks); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range vaults {
		for j, b := range sealed {
			if j <= i {
				wantOpens(t, v, ada, b, "secret")
			} else {
				wantShut(t, v, ada, b)
			}
		}
		if !bytes.Equal(v.Derive("media"), vaults[0].Derive("media")) {
			t.Error("rotation changed what is derived")
		}
	}
	if err := vaults[0].Rotate(); err == nil {
		t.Error("a vault without a file rotated")
	}
}

func TestDerive(t *testing.T) {
	t.Parallel()
	v, other := newVault(t), newVault(t)
	media := v.Derive("media")
	if len(media) != 32 || !bytes.Equal(media, v.Derive("media")) {
		t.Errorf("derived %d bytes", len(media))
	}
	for name, key := range map[string][]byte{
		"another purpose": v.Derive("Media"), "no purpose": v.Derive(""), "another vault": other.Derive("media"), "the root": v.keys.Load().root,
	} {
		if bytes.Equal(key, media) {
			t.Errorf("the same key for %s", name)
		}
	}
	media[0]++
	if bytes.Equal(media, v.Derive("media")) {
		t.Error("callers share a key")
	}
}

const derivedOutside = "b5f42dc6a02b9a3e67074567e3740d300abd32f1df187bdc4ba023c19688ee00"

// TestDeriveIsStable fails when a change here would break every address signed before.
// The value was computed by another implementation of HKDF (RFC 5869).
func TestDeriveIsStable(t *testing.T) {
	t.Parallel()
	var v Vault
	v.keys.Store(&keys{root: bytes.Repeat([]byte{7}, 32)})
	if got := hex.EncodeToString(v.Derive("media")); got != derivedOutside {
		t.Errorf("got %s, want %s", got, derivedOutside)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	good, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s := string(good)
	for name, bad := range map[string]string{
		"nothing": "", "spaces": "  \n", "no JSON": "hello", "cut": s[:len(s)/2], "null": "null", "empty document": "{}",
		"more behind it":  s + s,
		"another format":  strings.Replace(s, format, "imprimatur-keyset-9", 1),
		"unknown field":   strings.Replace(s, `"format"`, `"extra": 1, "format"`, 1),
		"short root":      `{"format":"` + format + `","aead":{},"root":"AAAA"}`,
		"no keys":         `{"format":"` + format + `","aead":{},"root":"` + strings.Repeat("A", 43) + `="}`,
		"no primary":      strings.Replace(s, `"primaryKeyId"`, `"primaryKey"`, 1),
		"another primary": strings.Replace(s, `"primaryKeyId": `, `"primaryKeyId": 1`, 1),
		"key of another type": strings.Replace(s, "type.googleapis.com/google.crypto.tink.AesGcmKey",
			"type.googleapis.com/google.crypto.tink.ChaCha20Poly1305Key", 1),
		"disabled": strings.Replace(s, "ENABLED", "DISABLED", 1),
	} {
		if bad == s {
			t.Fatalf("%s: the document was not spoilt:\n", name)
		}
		v, err := Open([]byte(bad))
		if v != nil || err == nil {
			t.Errorf("%s: opened", name)
			continue
		}
		if _, err := RotateKeyset([]byte(bad)); err == nil {
			t.Errorf("%s: rotated", name)
		}
		if strings.Contains(err.Error(), "hello") {
			t.Errorf("%s: the error quotes the document: %v", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	good, err := NewKeyset()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":"imprimatur-keyset-1","aead":{"primaryKeyId":1,"key":[]},"root":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := Open(b)
		if err != nil {
			return
		}
		wantOpens(t, v, ada, seal(t, v, ada, "secret"), "secret")
	})
}

// TestCredentials: a brand account may change hands; a personal one speaks for one person.
func TestCredentials(t *testing.T) {
	t.Parallel()
	c := Credentials{Vault: newVault(t)}
	personal := advocacy.SocialAccount{Workspace: "acme", ID: "a1", Network: "mastodon", Owner: "ada", Personal: true}
	brand := advocacy.SocialAccount{Workspace: "acme", ID: "a2", Network: "mastodon", Owner: "ada"}
	sealed := make(map[advocacy.AccountID][]byte)
	for account, secret := range map[*advocacy.SocialAccount]string{&personal: "hers", &brand: "the brand's"} {
		var err error
		if sealed[account.ID], err = c.Seal(*account, []byte(secret)); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Open(*account, sealed[account.ID]); err != nil || string(got) != secret {
			t.Errorf("%s: %q, %v", account.ID, got, err)
		}
	}
	brand.Owner, personal.Owner = "bob", "bob"
	if got, err := c.Open(brand, sealed["a2"]); err != nil || string(got) != "the brand's" {
		t.Errorf("brand account of another owner: %q, %v", got, err)
	}
	if got, err := c.Open(personal, sealed["a1"]); got != nil || advocacy.ReasonOf(err) != "CREDENTIAL_UNREADABLE" {
		t.Errorf("personal account of another owner: %q, %v", got, err)
	}
	if got, err := c.Open(brand, sealed["a1"]); got != nil || advocacy.ReasonOf(err) != "CREDENTIAL_UNREADABLE" {
		t.Errorf("swapped: %q, %v", got, err)
	}
	for _, none := range [][]byte{nil, {}} {
		if got, err := c.Open(brand, none); got != nil || err != nil {
			t.Errorf("an account without a credential: %q, %v", got, err)
		}
	}
}

// shelf is a store of apps that keeps the first of each redirect.
type shelf []SealedApp

func (s *shelf) SealedApps(_ context.Context, w advocacy.WorkspaceID, n advocacy.Network, server string) ([]SealedApp, error) {
	if w == "shut" {
		return nil, errors.New("shut")
	}
	return slices.DeleteFunc(slices.Clone(*s), func(a SealedApp) bool { return a.Workspace != w || a.Network != n || a.Server != server }), nil
}

func (s *shelf) KeepSealedApp(_ context.Context, a SealedApp) error {
	if !slices.ContainsFunc(*s, func(b SealedApp) bool { return a.Workspace == b.Workspace && a.Redirect == b.Redirect }) {
		*s = append(*s, a)
	}
	return nil
}

func (s *shelf) ForgetSealedApp(_ context.Context, a SealedApp) error {
	*s = slices.DeleteFunc(*s, func(b SealedApp) bool { return a.ID == b.ID })
	return nil
}

// TestApps: of two that a server knows us as, the first is kept; its secret is sealed for its
// server alone, and one that cannot be opened is asked for again.
func TestApps(t *testing.T) {
	t.Parallel()
	kept := &shelf{}
	apps := Apps{Store: kept, Vault: newVault(t)}
	first := network.App{Server: "https://a.test", Redirect: "https://us.test/connect/callback", ID: "one", Secret: "the first"}
	second := first
	second.ID, second.Secret = "two", "the second"
	for _, app := range []network.App{first, second} {
		if got, err := apps.KeepApp(t.Context(), "acme", "mastodon", app); err != nil || got != first {
			t.Errorf("kept is %v, error %v", got, err)
		}
	}
	if strings.Contains(string((*kept)[0].Sealed), first.Secret) {
		t.Error("the secret is not sealed")
	}
	elsewhere := (*kept)[0]
	elsewhere.Server = "https://b.test"
	*kept = append(*kept, elsewhere)
	if got, err := apps.Apps(t.Context(), "acme", "mastodon", "https://b.test"); err != nil || len(got) != 0 {
		t.Errorf("of another server: %v, error %v", got, err)
	}
	if _, err := apps.Apps(t.Context(), "shut", "mastodon", "https://a.test"); err == nil {
		t.Error("the store's error was lost")
	}
	if err := apps.ForgetApp(t.Context(), "acme", "mastodon", first); err != nil {
		t.Fatal(err)
	}
	if got, err := apps.KeepApp(t.Context(), "acme", "mastodon", second); err != nil || got != second {
		t.Errorf("after the first was forgotten kept is %v, error %v", got, err)
	}
}

func TestConcurrentVault(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r := ada
			r.Account = advocacy.AccountID(fmt.Sprint("a", i))
			for range 100 {
				wantOpens(t, v, r, seal(t, v, r, "secret"), "secret")
				v.Derive("media")
			}
		})
	}
	wg.Wait()
}

func BenchmarkVault(b *testing.B) {
	v := newVault(b)
	sealed := seal(b, v, ada, "secret")
	b.Run("unseal", func(b *testing.B) {
		for b.Loop() {
			_, _ = v.Unseal(ada, sealed)
		}
	})
	b.Run("derive", func(b *testing.B) {
		for b.Loop() {
			v.Derive("media")
		}
	})
}
