package x

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
)

// sdkFolder names a folder in which `npm ci` installed what testdata/sdk asks for.
const sdkFolder = "IMPRIMATUR_TEST_XSDK"

// answeredSDK is what the SDK made of what the server said; it names everything by its own rules.
type answeredSDK struct {
	SentBack      string
	Token, Next   tokenSDK
	Again, Spent  *refusedSDK
	Me            struct{ Data struct{ ID, Username string } }
	File, Status  struct{ ID, MediaKey string }
	Copy, Absent  *refusedSDK
	Before, After listSDK
	Bare          listSDK
	Deleted       struct{ Data struct{ Deleted bool } }
}

type tokenSDK struct {
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	ExpiresIn int    `json:"expires_in"`
	Kind      string `json:"token_type"`
}

type refusedSDK struct {
	Status int
	Data   struct{ Title, Detail string }
}

type listSDK struct {
	Data []struct {
		ID, Text, CreatedAt string
		Attachments         struct{ MediaKeys []string }
	}
	Includes struct {
		Media []struct{ MediaKey, AltText string }
	}
	Meta struct{ ResultCount int }
}

// TestTheirOwnClient has X's own SDK sign in, upload, publish, read and delete at the server that this
// connector is tested with, so that somebody else's idea of X is held against ours. It is skipped
// loudly where that is not installed.
func TestTheirOwnClient(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(sdkFolder)
	if folder == "" {
		t.Skipf("SKIPPED, OUR IDEA OF X WAS HELD AGAINST NOBODY ELSE'S: copy testdata/sdk somewhere, run npm ci there (a second, 5 MB), and set %s to that folder", sdkFolder)
	}
	server := xtest.New(t)
	server.Do(func(s *xtest.Server) { s.Duplicates = true })
	picture := []byte("\x89PNG a door of the workshop")
	got := drive(t, folder, server, picture)

	if got.SentBack != "st4te" || got.Token.Access == "" || got.Token.ExpiresIn != 7200 || got.Next.Access == got.Token.Access || got.Next.Refresh == got.Token.Refresh {
		t.Errorf("it signs in with %q, %d s", got.SentBack, got.Token.ExpiresIn)
	}
	for what, c := range map[string]struct {
		refused *refusedSDK
		status  int
	}{"a code that comes again": {got.Again, 400}, "a token that is spent": {got.Spent, 400}, "a copy": {got.Copy, 403}, "what is deleted": {got.Absent, 404}} {
		if c.refused == nil || c.refused.Status != c.status {
			t.Errorf("%s is answered %+v", what, c.refused)
		}
	}
	if got.Copy != nil && got.Copy.Data.Detail == "" {
		t.Error("a copy is refused without a word")
	}
	if got.Me.Data.ID != xtest.Account {
		t.Errorf("it is told that it is %+v", got.Me)
	}
	if got.File.ID == "" || got.Status != got.File {
		t.Errorf("the file is %+v, and then %+v", got.File, got.Status)
	}
	if n, m := got.Before.Meta.ResultCount, got.After.Meta.ResultCount; n != 2 || m != 1 || len(got.Bare.Data) != 1 || !got.Deleted.Data.Deleted {
		t.Fatalf("it lists %d posts, and %d when one is deleted", n, m)
	}
	first := got.After.Data[0]
	if first.CreatedAt == "" || len(got.After.Includes.Media) != 1 || got.After.Includes.Media[0].AltText != "A door" || got.After.Includes.Media[0].MediaKey != first.Attachments.MediaKeys[0] {
		t.Errorf("it lists %+v", got.After)
	}
	if got.Bare.Data[0].CreatedAt != "" {
		t.Error("it is told what it did not ask for")
	}
	shown := server.Visible()
	if len(shown) != 1 || shown[0].ID != first.ID || shown[0].Author != xtest.Account || shown[0].Text != "The first from the workshop." ||
		len(shown[0].Files) != 1 || !bytes.Equal(shown[0].Files[0].Bytes, picture) || shown[0].Files[0].AltText != "A door" {
		t.Errorf("the server shows %+v", shown)
	}
}

// drive lets the SDK speak to the server.
func drive(t *testing.T, folder string, server *xtest.Server, picture []byte) (got answeredSDK) {
	t.Helper()
	const redirect = "https://imprimatur.example.com" + network.CallbackPath
	id, secret := server.AS.Register(redirect, "tweet.read tweet.write users.read media.write offline.access")
	asked, err := json.Marshal(map[string]string{
		"base": server.URL, "account": xtest.Account, "clientId": id, "clientSecret": secret, "redirectUri": redirect,
		"picture": base64.StdEncoding.EncodeToString(picture),
	})
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join("testdata", "sdk", "drive.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "drive.mjs")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", file, string(asked))
	var said bytes.Buffer
	node.Stderr = &said
	out, err := node.Output()
	if err != nil {
		t.Fatalf("the SDK gave up: %v\n%s", err, said.String())
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return got
}
