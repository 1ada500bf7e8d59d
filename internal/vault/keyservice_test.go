package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/vault/vaulttest"
)

// sealedFile is a key file that a key service seals, at a clock that stands.
type sealedFile struct {
	*vaulttest.Transit
	t     *testing.T
	path  string
	token string

	mu  sync.Mutex
	now time.Time
}

func newSealedFile(t *testing.T) *sealedFile {
	t.Helper()
	dir := t.TempDir()
	f := &sealedFile{
		Transit: vaulttest.New(t), t: t, path: filepath.Join(dir, "keyset"), token: filepath.Join(dir, "token"),
		now: time.Now(), // a vault that is opened has the real one at first
	}
	f.write(vaulttest.Token)
	return f
}

func (f *sealedFile) write(token string) {
	f.t.Helper()
	if err := os.WriteFile(f.token, []byte(token+"\n"), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *sealedFile) service() KeyService {
	f.t.Helper()
	s, err := Transit(f.Address(), f.token)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func (f *sealedFile) open() *Vault {
	f.t.Helper()
	v, err := OpenKeyFile(f.path, f.service())
	if err != nil {
		f.t.Fatal(err)
	}
	v.now = func() time.Time {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.now
	}
	return v
}

func (f *sealedFile) later(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// TestKeyServiceSealsTheFile: the file alone opens nothing, and whoever may use the key opens all.
func TestKeyServiceSealsTheFile(t *testing.T) {
	t.Parallel()
	f := newSealedFile(t)
	sealed := seal(t, f.open(), ada, "s3cret")
	wantOpens(t, f.open(), ada, sealed, "s3cret")
	b, err := os.ReadFile(f.path)
	if err != nil || bytes.Contains(b, []byte("keyMaterial")) || bytes.Contains(b, []byte("AesGcmKey")) {
		t.Errorf("the file holds its keys in the clear, %v", err)
	}
	for name, by := range map[string]KeyService{"nobody": nil, "another key": other{f.service()}} {
		if _, err := OpenKeyFile(f.path, by); err == nil || !strings.Contains(err.Error(), f.Address()) {
			t.Errorf("opened by %s: %v", name, err)
		}
	}
}

type other struct{ KeyService }

func (other) URI() string { return "https://vault.example.com/transit/keys/other" }

// TestClearFileIsSealed: what was sealed before opens, as it does after a rotation, and what is derived stays.
func TestClearFileIsSealed(t *testing.T) {
	t.Parallel()
	f := newSealedFile(t)
	before, err := OpenKeyFile(f.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed, derived := seal(t, before, ada, "s3cret"), before.Derive("media-url")
	v := f.open()
	wantOpens(t, v, ada, sealed, "s3cret")
	if err := v.Rotate(); err != nil {
		t.Fatal(err)
	}
	wantOpens(t, f.open(), ada, sealed, "s3cret")
	wantOpens(t, f.open(), ada, seal(t, v, ada, "n3xt"), "n3xt")
	if b, err := os.ReadFile(f.path); err != nil || bytes.Contains(b, []byte("AesGcmKey")) || !bytes.Equal(f.open().Derive("media-url"), derived) {
		t.Errorf("it is in the clear, or another root: %v", err)
	}
}

// slow is a key service that answers when it is told to.
type slow struct {
	KeyService
	asked, answer chan struct{}
}

func (s slow) Encrypt(plaintext, associated []byte) ([]byte, error) {
	close(s.asked)
	<-s.answer
	return s.KeyService.Encrypt(plaintext, associated)
}

// TestClearFileIsSealedByOne: of two processes that start at once one seals the file, and the other waits
// for it, but not for ever: whoever was to seal it may be dead.
func TestClearFileIsSealedByOne(t *testing.T) {
	t.Parallel()
	f := newSealedFile(t)
	before, err := OpenKeyFile(f.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed := seal(t, before, ada, "s3cret")
	first := slow{f.service(), make(chan struct{}), make(chan struct{})}
	opened := func(by KeyService) <-chan error {
		result := make(chan error, 1)
		go func() {
			_, err := OpenKeyFile(f.path, by)
			result <- err
		}()
		return result
	}
	one := opened(first)
	<-first.asked
	if err := (&keyFile{path: f.path, by: f.service(), patience: time.Nanosecond}).seal(); !errors.Is(err, errUnderWay) {
		t.Errorf("who waited long enough is told %v", err)
	}
	other := opened(f.service())
	select {
	case err := <-other:
		close(first.answer)
		t.Fatalf("the other did not wait: %v, %v", err, <-one)
	case <-time.After(10 * sealPause):
	}
	close(first.answer)
	if err := <-one; err != nil {
		t.Error(err)
	}
	if err := <-other; err != nil {
		t.Error(err)
	}
	wantOpens(t, f.open(), ada, sealed, "s3cret")
}

// TestKeyServiceIsAway: nothing is sealed or opened until it answers, it is asked now and then and not
// at each call, and what needs no key goes on.
func TestKeyServiceIsAway(t *testing.T) {
	t.Parallel()
	f := newSealedFile(t)
	sealed := seal(t, f.open(), ada, "s3cret")
	derived := f.open().Derive("media-url")
	for name, down := range map[string]func(bool){
		"down":           f.Down,
		"another token":  func(is bool) { f.write(map[bool]string{true: "hvs.none", false: vaulttest.Token}[is]) },
		"no longer ours": f.Forbid,
	} {
		down(true)
		v := f.open()
		if v.Away() == nil || !bytes.Equal(v.Derive("media-url"), derived) {
			t.Errorf("%s: away for %v", name, v.Away())
		}
		asked := f.Asked()
		for range 10 {
			_, err := v.Unseal(ada, sealed)
			if _, sealing := v.Seal(ada, []byte("x")); advocacy.ReasonOf(err) != "KEYS_UNREACHABLE" || advocacy.ReasonOf(sealing) != "KEYS_UNREACHABLE" {
				t.Fatalf("%s: %v, %v", name, err, sealing)
			}
		}
		if more := f.Asked() - asked; more > 1 {
			t.Errorf("%s: asked %d times for ten calls", name, more)
		}
		down(false)
		f.later(time.Minute)
		wantOpens(t, v, ada, sealed, "s3cret")
		if v.Away() != nil {
			t.Errorf("%s: still away: %v", name, v.Away())
		}
	}
}

// TestRotatedWhileAway: another process rotated the keys and the service is away. What the new key
// sealed is not called unreadable, and what the old one sealed opens on.
func TestRotatedWhileAway(t *testing.T) {
	t.Parallel()
	f := newSealedFile(t)
	v, another := f.open(), f.open()
	old := seal(t, v, ada, "old")
	if err := another.Rotate(); err != nil {
		t.Fatal(err)
	}
	sealed := seal(t, another, ada, "new")
	f.Down(true)
	for range 2 {
		if _, err := v.Unseal(ada, sealed); advocacy.ReasonOf(err) != "KEYS_UNREACHABLE" {
			t.Fatalf("it says %v", err)
		}
		wantOpens(t, v, ada, old, "old")
	}
	if err := another.Rotate(); advocacy.ReasonOf(err) != "KEYS_UNREACHABLE" {
		t.Errorf("a rotation while it is away: %v", err)
	}
	f.Down(false)
	wantOpens(t, v, ada, sealed, "new")
	if _, err := os.Stat(f.path + ".next"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a rotation left its file: %v", err)
	}
}

// TestFirstStartNeedsTheService: no keys are made that nobody seals.
func TestFirstStartNeedsTheService(t *testing.T) {
	t.Parallel()
	f := newSealedFile(t)
	f.Down(true)
	if _, err := OpenKeyFile(f.path, f.service()); advocacy.ReasonOf(err) != "KEYS_UNREACHABLE" {
		t.Errorf("made: %v", err)
	}
	if _, err := os.Stat(f.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

// TestKeyServiceAddress: a service that names no key is refused at the start.
func TestKeyServiceAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://vault.example.com", "https://vault.example.com/transit/imprimatur", "://"} {
		if _, err := Transit(address, "token"); err == nil {
			t.Errorf("%s is taken", address)
		}
	}
}
