package bluesky

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// serverFolder names a folder in which `npm ci` installed what testdata/pds asks for.
const serverFolder = "IMPRIMATUR_TEST_PDS"

// TestTheirOwnServer runs the contract, and what else the fake claims, against the server Bluesky
// publishes. It is skipped loudly where that is not installed.
func TestTheirOwnServer(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(serverFolder)
	if folder == "" {
		t.Skipf("SKIPPED, NOTHING WAS PUBLISHED TO A SERVER OF BLUESKY'S OWN: copy testdata/pds somewhere, run npm ci there (three minutes, 360 MB), and set %s to that folder", serverFolder)
	}
	at := serve(t, folder)
	networktest.Run(t, func(t *testing.T) networktest.Subject { return enroll(t, at) })
	for name, test := range map[string]func(*testing.T, networktest.Subject){
		"the same again makes no commit":   repeatedThere,
		"what is late brings nothing back": lateThere,
		"it takes what we say it takes":    takenThere,
		"a password that is none":          refusedThere,
		"a session is refreshed":           refreshedThere,
		"whatever we render it takes":      rendersThere,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, enroll(t, at))
		})
	}
}

func repeatedThere(t *testing.T, s networktest.Subject) {
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	first := s.Adapter.Publish(t.Context(), d)
	v := visited(t, s)
	before, _ := v.latest(t.Context())
	var b body
	ok(t, json.Unmarshal(d.Body, &b))
	b.Record.files()[0].Size = int64(len(networktest.BytesOf(networktest.Blob)))
	again, _ := v.put(t.Context(), &b, before)
	after, _ := v.latest(t.Context())
	if again != first || before != after {
		t.Errorf("%+v after %+v, commit %s after %s", again, first, after, before)
	}
	b.Record.Text = "Something else."
	if other, swapped := v.put(t.Context(), &b, after); other.Class != network.Duplicate || !swapped {
		t.Errorf("something else at the key: %+v", other)
	}
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("a look says %+v", seen)
	}
}

func lateThere(t *testing.T, s networktest.Subject) {
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
	v := visited(t, s)
	commit, _ := v.latest(t.Context())
	answer := s.Adapter.Publish(t.Context(), d)
	s.Adapter.Delete(t.Context(), networktest.Named(d, answer.ExternalID))
	var b body
	ok(t, json.Unmarshal(d.Body, &b))
	if late, _ := v.put(t.Context(), &b, commit); late.Class != network.Duplicate || s.Visible() != 0 {
		t.Errorf("%+v, and %d are visible", late, s.Visible())
	}
}

func takenThere(t *testing.T, s networktest.Subject) {
	for i, text := range []string{
		strings.Repeat("a", 300), strings.Repeat("👨‍👩‍👧‍👦", 120), "👨‍👩‍👧‍👦 #été 🇫🇷 example.com, https://example.com/東京 $ACME", strings.Repeat("क्षि", 140),
	} {
		d := networktest.Deliver(t, s, advocacy.PublicationID(fmt.Sprintf("pub-%d", i)), advocacy.Content{Language: "fr-CA", Text: text})
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
			t.Errorf("%q: %+v", text, answer)
		}
	}
	for i, text := range []string{strings.Repeat("a", 301), strings.Repeat("👨‍👩‍👧‍👦", 121)} {
		d := networktest.Deliver(t, s, advocacy.PublicationID(fmt.Sprintf("long-%d", i)), advocacy.Content{Language: "en", Text: text})
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Permanent {
			t.Errorf("%q: %+v", text, answer)
		}
	}
}

func refusedThere(t *testing.T, s networktest.Subject) {
	for _, wrong := range []string{"nobody.test:aaaa-bbbb-cccc-dddd", s.Account.ExternalID + ":aaaa-bbbb-cccc-dddd"} {
		if _, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, []byte(wrong)); advocacy.ReasonOf(err) != "TOKEN_REFUSED" {
			t.Errorf("%v", err)
		}
	}
}

func refreshedThere(t *testing.T, s networktest.Subject) {
	v := visited(t, s)
	// A token that is none is answered as one that ran out is, with another name.
	v.seat.access, v.access = "eyJhbGciOiJIUzI1NiJ9.e30.none", "eyJhbGciOiJIUzI1NiJ9.e30.none"
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || v.seat.access == v.access {
		t.Errorf("%+v", answer)
	}
}

func rendersThere(t *testing.T, s networktest.Subject) {
	count := 0
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		for i := range content.Media {
			content.Media[i].Blob = networktest.Blob
		}
		content.Text += rapid.SampledFrom(alive).Draw(t, "more")
		r, found := s.Adapter.Render(content, "", network.Disclosures{})
		if advocacy.Blocking(found) != nil {
			t.Skip("nothing that may go out")
		}
		count++
		id := advocacy.PublicationID(fmt.Sprintf("pub-%d", count))
		target := advocacy.Target{Byline: "Nadia", Rendering: r}
		body, err := s.Adapter.Encode(networktest.Envelope(s, id, target))
		if err != nil {
			t.Fatal(err)
		}
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Publication: id, Body: body, Target: target,
			Media: func(_ context.Context, blob string) (io.Reader, error) {
				return strings.NewReader(networktest.BytesOf(blob)), nil
			},
		}
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
			t.Fatalf("%s: %+v", body, answer)
		}
		if seen := s.Adapter.Look(t.Context(), d); seen.Digest != r.Fingerprint() {
			t.Fatalf("%s: %+v", body, seen)
		}
	})
}

// serve starts the server, which ends with the test.
func serve(t *testing.T, folder string) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", "pds", "serve.mjs"))
	ok(t, err)
	path := filepath.Join(folder, "serve.mjs")
	ok(t, os.WriteFile(path, script, 0o600))
	node := exec.CommandContext(context.WithoutCancel(t.Context()), "node", path)
	in, err := node.StdinPipe()
	ok(t, err)
	out, err := node.StdoutPipe()
	ok(t, err)
	var said bytes.Buffer
	node.Stderr = &said
	ok(t, node.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = node.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "http://") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return lines.Text()
		}
	}
	t.Fatalf("the server did not start: %s", said.String())
	return ""
}

var enrolled atomic.Int64

// enroll makes an account with an app password.
func enroll(t *testing.T, at string) networktest.Subject {
	t.Helper()
	handle := fmt.Sprintf("nadia-%d.test", enrolled.Add(1))
	var made struct {
		DID    string `json:"did"`
		Access string `json:"accessJwt"`
	}
	ask(t, http.MethodPost, at+"/xrpc/com.atproto.server.createAccount", "", map[string]string{
		"email": handle + "@example.com", "handle": handle, "password": "a password of her own",
	}, &made)
	var app struct {
		Password string `json:"password"`
	}
	ask(t, http.MethodPost, at+"/xrpc/com.atproto.server.createAppPassword", made.Access, map[string]string{"name": "imprimatur"}, &app)
	s := networktest.Subject{
		Adapter: New(wire.Options{AllowedNetworks: networktest.Loopback}), Credential: []byte(handle + ":" + app.Password),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Nadia Diallo", Address: at, ExternalID: made.DID,
		},
		Visible: func() int {
			var list struct {
				Records []json.RawMessage `json:"records"`
			}
			query := url.Values{"repo": {made.DID}, "collection": {collection}, "limit": {"100"}}
			ask(t, http.MethodGet, at+"/xrpc/com.atproto.repo.listRecords?"+query.Encode(), "", nil, &list)
			return len(list.Records)
		},
	}
	profile, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential)
	if err != nil || profile.ExternalID != made.DID || profile.Handle != "@"+handle {
		t.Fatalf("%+v, %v", profile, err)
	}
	return s
}

func visited(t *testing.T, s networktest.Subject) *visit {
	t.Helper()
	v, wrong := s.Adapter.(*Network).visit(t.Context(), s.Account, s.Credential)
	if wrong != nil {
		t.Fatalf("%+v", *wrong)
	}
	return v
}

func ask(t *testing.T, method, address, token string, content, into any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var sent io.Reader
	if content != nil {
		data, err := json.Marshal(content)
		ok(t, err)
		sent = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, address, sent)
	ok(t, err)
	r.Header.Set("Content-Type", jsonKind)
	r.Header.Set("Authorization", "Bearer "+token)
	if token == "" {
		r.Header.Del("Authorization")
	}
	response, err := http.DefaultClient.Do(r)
	ok(t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", address, response.StatusCode, data, err)
	}
	ok(t, json.Unmarshal(data, into))
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
