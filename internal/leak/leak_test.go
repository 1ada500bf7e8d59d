package leak

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
)

// TestSecretsAreFound: whatever form a secret is written in, and nothing else, is found.
func TestSecretsAreFound(t *testing.T) {
	t.Parallel()
	const secret = "s3cret: planted-0a1b2c3d!"
	basic := "herald:" + secret
	for text, want := range map[string]bool{
		"level=INFO token=" + secret:                                                       true,
		`{"address":"https://a.example/?token=planted-0a1b2c3d&x=1"}`:                      true,
		"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(basic)):         true,
		`{"body":"` + base64.StdEncoding.EncodeToString([]byte("??>>"+basic)) + `"}`:       true,
		"https://a.example/" + base64.RawURLEncoding.EncodeToString([]byte(basic)) + "/?x": true,
		"planted-0a1b2c3dd and s3cret: planted":                                            false,
		base64.StdEncoding.EncodeToString([]byte("nothing that anybody would keep")):       false,
	} {
		var s Secrets
		if !s.Keep("a token", secret) {
			t.Fatal("it is not kept")
		}
		s.Search("the log", text)
		if err := s.Found(); (err != nil) != want {
			t.Errorf("in %q: %v", text, err)
		}
	}
	if new(Secrets).Keep("a word", "abcd efgh ijkl mnop") {
		t.Error("it keeps what is like any other word")
	}
}

// TestFilesAreSearched: what is beside the database is read too, but for what has to hold secrets.
func TestFilesAreSearched(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"keyset", "notes"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("planted-0a1b2c3d"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var s Secrets
	s.Keep("a token", "planted-0a1b2c3d")
	if err := s.Files(dir, "keyset"); err != nil {
		t.Fatal(err)
	}
	if err := s.Found(); err == nil || err.Error() != "secrets can be read:\na token stands in the file notes" {
		t.Error(err)
	}
}
