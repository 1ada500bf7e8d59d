package x

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
)

// said is a server that says one thing.
func said(what string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, what) })
}

// TestFiles: each has its words, goes in the order that was signed, and is given once although
// attempts end in between, for as long as that can be counted on.
func TestFiles(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	now, o := networktest.Moment, options(server)
	o.Now = func() time.Time { return now }
	n := New(o)
	n.partSize, s.Adapter = 7, n
	content := networktest.Content()
	content.Media = append(content.Media, content.Media[0])
	content.Media[1].Blob, content.Media[1].AltText = networktest.CardBlob, "A door"
	d := networktest.Deliver(t, s, "pub-1", content)
	d.Media = func(_ context.Context, blob string) (io.Reader, error) {
		return io.MultiReader(strings.NewReader(networktest.BytesOf(blob))), nil // which cannot seek
	}
	server.Do(func(s *xtest.Server) { s.PartFails, s.Working = 1, 2 })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable || server.Counts().Creates != 0 {
		t.Fatalf("a part that is refused: %+v", answer)
	}
	for _, mode := range []xtest.Mode{xtest.Expired, xtest.Busy, xtest.Unpaid} {
		server.Do(func(s *xtest.Server) { s.Mode = mode })
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class == network.Accepted || server.Counts().Uploads != 2 {
			t.Fatalf("%s: %+v after %d uploads", mode, answer, server.Counts().Uploads)
		}
	}
	now = now.Add(network.LeftFor)
	server.Do(func(s *xtest.Server) { s.Mode = xtest.Honest })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || server.Counts().Uploads != 4 || n.uploads.Len() != 0 {
		t.Fatalf("half an hour later: %+v after %d uploads, %d are kept", answer, server.Counts().Uploads, n.uploads.Len())
	}
	shown := server.Visible()[0]
	for i, m := range content.Media {
		f, want := shown.Files[i], networktest.BytesOf(m.Blob)
		if string(f.Bytes) != want || f.AltText != m.AltText || f.Parts != (len(want)+6)/7 || f.Category != "tweet_image" {
			t.Errorf("file %d is %+v", i, f)
		}
	}
}

// TestAFileThatIsGone is given again, and one that X cannot work on, or whose words it does not take,
// ends the publication with nothing published.
func TestAFileThatIsGone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*xtest.Server)
		want   network.Class
		then   network.Class
	}{
		"gone":       {func(s *xtest.Server) { s.PartGone = 1 }, network.Retryable, network.Accepted},
		"unworkable": {func(s *xtest.Server) { s.FileFails = true }, network.Permanent, network.Permanent},
		"wordless":   {func(s *xtest.Server) { s.Wordless = true }, network.Permanent, network.Permanent},
		"another's":  {func(s *xtest.Server) { s.Swapped = true }, network.Retryable, network.Retryable},
	} {
		server, s := open(t)
		server.Do(c.change)
		d := networktest.Deliver(t, s, "pub-1", networktest.Content())
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != c.want || server.Counts().Creates != 0 {
			t.Errorf("%s: %+v", name, answer)
		}
		if name == "another's" {
			server.Do(func(s *xtest.Server) { s.Working = 1 })
		}
		uploads := 2
		if c.then == network.Retryable {
			uploads = 1
		}
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != c.then || server.Counts().Uploads != uploads {
			t.Errorf("%s: then %+v after %d uploads", name, answer, server.Counts().Uploads)
		}
	}
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, media := range map[string]func(context.Context, string) (io.Reader, error){
		"unreadable": func(context.Context, string) (io.Reader, error) { return nil, errors.New("gone") },
		"broken":     func(context.Context, string) (io.Reader, error) { return networktest.Broken, nil },
		"empty":      func(context.Context, string) (io.Reader, error) { return strings.NewReader(""), nil },
	} {
		d.Media = media
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable || server.Counts().Creates != 0 {
			t.Errorf("a file that is %s: %+v", name, answer)
		}
	}
	d.Media = nil
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured {
		t.Errorf("without files: %+v", answer)
	}
}

// TestAVideo is worked on for as long as X says, and what one attempt has no time for the next has.
func TestAVideo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *xtest.Server) { s.Working, s.CheckAfter = 1, 3600 })
	content := networktest.Content()
	content.Media[0].ContentType, content.Media[0].Duration, content.Media[0].Height = "video/mp4", 5000, 700
	d := networktest.Deliver(t, s, "pub-1", content)
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if answer := s.Adapter.Publish(patient, d); answer.Class != network.Retryable || patient.Err() != nil || server.Counts().Creates != 0 {
		t.Fatalf("%+v, out of time: %v", answer, patient.Err())
	}
	answer := s.Adapter.Publish(patient, d)
	if answer.Class != network.Accepted || server.Counts().Uploads != 1 {
		t.Fatalf("%+v after %d uploads", answer, server.Counts().Uploads)
	}
	if f := server.Visible()[0].Files[0]; f.Category != "tweet_video" || f.AltText != "" {
		t.Errorf("it shows %+v", f)
	}
	if seen := s.Adapter.Look(t.Context(), networktest.Named(d, answer.ExternalID)); seen.Differs || seen.Digest == "" {
		t.Errorf("a look says %+v", seen)
	}
}

// TestLook: it finds what is ours by its words, and nothing that is older, another account's or another
// publication's.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := advocacy.Content{Language: "en", Text: "We open & <b>you</b> come. #Lyon_2\n\nCome and see: https://example.com/lyon?a=1&b=2 or acme.com."}
	d := networktest.Deliver(t, s, "pub-1", content)
	at := networktest.Moment.Add(-time.Hour)
	server.Do(func(s *xtest.Server) { s.Now = func() time.Time { return at } })
	server.Write(xtest.Account, d.Target.Rendering.Text)
	at = networktest.Clock()
	server.Write(xtest.Account, "Something else.")
	server.Write(xtest.OtherAccount, d.Target.Rendering.Text)
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of an older text, and of somebody else's, it says %+v", seen)
	}
	mine := server.Write(xtest.Account, d.Target.Rendering.Text)
	for range 2 * pageSize {
		server.Write(xtest.Account, "Noise.")
	}
	server.Write(xtest.Account, d.Target.Rendering.Text)
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != mine || seen.URL != addressOf(mine) || seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("it says %+v, want %s", seen, mine)
	}
	d.Taken = func(context.Context, string) (bool, error) { return true, nil }
	if seen := s.Adapter.Look(t.Context(), d); seen.Found {
		t.Errorf("what another publication is known by is said to be this one: %+v", seen)
	}
	d.Taken = func(context.Context, string) (bool, error) { return false, errors.New("down") }
	if seen := s.Adapter.Look(t.Context(), d); seen.Found || seen.Readable {
		t.Errorf("when it cannot be told whose it is: %+v", seen)
	}
}

// TestLookCannotTell: what could not all be seen is not said to be absent.
func TestLookCannotTell(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*xtest.Server){
		"too much": func(s *xtest.Server) {
			for range pageSize*maxPages + 1 {
				s.Write(xtest.Account, "Noise.")
			}
		},
		"in part":      func(s *xtest.Server) { s.Partial = true },
		"not readable": func(s *xtest.Server) { s.NoReading = true },
	} {
		server, s := open(t)
		d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
		if name == "too much" {
			change(server)
		} else {
			server.Do(change)
		}
		if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found || seen.Said.Text == "" {
			t.Errorf("%s: it says %+v", name, seen)
		}
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, "7")); name == "not readable" && (seen.Readable || seen.Found) {
			t.Errorf("%s: of one post it says %+v", name, seen)
		}
	}
}

// TestReadBack: what is shown otherwise has no digest of ours, an edit is seen, what is not shown yet is
// found later, and what is gone is not there.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	signed := d.Target.Rendering
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != signed.Fingerprint() || seen.ExternalID != d.ExternalID {
		t.Errorf("of what it shows it says %+v", seen)
	}
	cut := signed.Text[:10]
	server.Do(func(s *xtest.Server) { s.Shows = func(string) string { return cut } })
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != cut {
		t.Errorf("of a text that was cut it says %+v", seen)
	}
	server.Do(func(s *xtest.Server) { s.Shows, s.Lag = nil, 1 })
	unnamed := networktest.Named(d, "")
	if first, second := s.Adapter.Look(t.Context(), unnamed), s.Adapter.Look(t.Context(), unnamed); first.Found || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
	unnamed.Target.Rendering.Media = append([]advocacy.RenderedMedia{}, signed.Media...)
	unnamed.Target.Rendering.Media[0].AltText = "Another picture"
	if seen := s.Adapter.Look(t.Context(), unnamed); !seen.Readable || seen.Found {
		t.Errorf("of another picture it says %+v", seen)
	}
	if seen := s.Adapter.Look(t.Context(), networktest.Named(unnamed, d.ExternalID)); !seen.Differs || seen.Text != signed.Text {
		t.Errorf("of another picture with its name it says %+v", seen)
	}
	server.Do(func(s *xtest.Server) { s.Silently = true })
	if seen := s.Adapter.Look(t.Context(), networktest.Named(unnamed, d.ExternalID)); seen.Differs || !seen.Found {
		t.Errorf("of a server that leaves words out it says %+v", seen)
	}
	unnamed.Target.Rendering.Media = nil
	if seen := s.Adapter.Look(t.Context(), networktest.Named(unnamed, d.ExternalID)); !seen.Differs {
		t.Errorf("of a picture nobody signed it says %+v", seen)
	}
	later := server.Edit(d.ExternalID, "We do not open.")
	if seen := s.Adapter.Look(t.Context(), d); !seen.Differs || seen.Text != "We do not open." || seen.ExternalID != d.ExternalID {
		t.Errorf("of what was edited it says %+v", seen)
	}
	server.Edit(later, signed.Text)
	if seen := s.Adapter.Look(t.Context(), d); seen.Differs || seen.Digest != signed.Fingerprint() {
		t.Errorf("of what was edited back it says %+v", seen)
	}
	for _, id := range []string{"7/../8", "x", "https://x.com/i/web/status/7", "12345678901234567890"} {
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, id)); seen.Readable || seen.Found {
			t.Errorf("of %q it says %+v", id, seen)
		}
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, id)); answer.Class != network.Permanent {
			t.Errorf("of %q Delete says %+v", id, answer)
		}
	}
	if seen := s.Adapter.Look(t.Context(), networktest.Named(d, server.Write(xtest.OtherAccount, signed.Text))); seen.Readable || seen.Found {
		t.Errorf("of somebody else's it says %+v", seen)
	}
	server.Remove(d.ExternalID)
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Errorf("of what is gone it says %+v", seen)
	}
}

// TestDelete: what X does not say is gone is not called gone.
func TestDelete(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	server.Edit(d.ExternalID, "We do not open.")
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Accepted || len(server.Visible()) != 0 {
		t.Errorf("%+v, and %d are visible", answer, len(server.Visible()))
	}
	theirs := server.Write(xtest.OtherAccount, "Hello")
	if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, theirs)); answer.Class != network.Permanent || len(server.Visible()) != 1 {
		t.Errorf("somebody else's: %+v", answer)
	}
	for _, what := range []string{`{"data":{"deleted":false}}`, `{}`, "<html>"} {
		server.Config.Handler = said(what)
		if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Retryable {
			t.Errorf("%s: %+v", what, answer)
		}
	}
}

// TestHarmless: what changes nothing anybody sees may be asked again, whatever the answer was.
func TestHarmless(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Named(networktest.Deliver(t, s, "pub-1", networktest.Content()), "7")
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Retryable {
		t.Errorf("Delete: %+v", answer)
	}
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
		t.Errorf("Look: %+v", seen)
	}
	if answer := s.Adapter.Publish(t.Context(), networktest.Named(d, "")); answer.Class != network.Retryable {
		t.Errorf("an upload: %+v", answer)
	}
	server.Close()
	if answer := s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-2", advocacy.Content{Language: "en", Text: "We open."})); answer.Class != network.Retryable {
		t.Errorf("a server that is away: %+v", answer)
	}
}

// TestSpelled: a link is the same in each way X may write it.
func TestSpelled(t *testing.T) {
	t.Parallel()
	for written, shown := range map[string]string{
		"See acme.com": "See http://acme.com", "See https://Acme.com/": "See https://acme.com", "See acme.example": "See http://acme.example",
		"See https://münchen.de/a": "See https://xn--mnchen-3ya.de/a", "no link  at all": "no link\nat all",
	} {
		if spelled(written) != spelled(shown) {
			t.Errorf("%q is spelled %q, and %q %q", written, spelled(written), shown, spelled(shown))
		}
	}
	for one, other := range map[string]string{"https://acme.com/a": "https://acme.com/b", "https://acme.com/A": "https://acme.com/a", "https://acme.com": "http://acme.com"} {
		if spelled(one) == spelled(other) {
			t.Errorf("%s and %s are one", one, other)
		}
	}
}

const (
	callback = "https://sign.example.com" + network.CallbackPath
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// signIn is a network that people sign in to.
func signIn(t *testing.T) (*Network, *xtest.Server, networktest.Subject) {
	t.Helper()
	server, s := open(t)
	o := options(server)
	o.Redirect = callback
	o.ClientID, o.ClientSecret = server.AS.Register(callback, strings.Join(scopes, " "))
	s.Adapter = New(o)
	return s.Adapter.(*Network), server, s
}

// granted signs an account in.
func granted(t *testing.T, n *Network, server *xtest.Server, a advocacy.SocialAccount) network.Grant {
	t.Helper()
	e, err := n.Authorize(t.Context(), a, network.Question{State: "st4te", Challenge: network.Challenge(verifier)})
	if err != nil || e.Issuer != "" || e.IssuerTold {
		t.Fatalf("%+v, %v", e, err)
	}
	back := server.AS.SignIn(t, e.Address, xtest.Account)
	if back.Get("state") != "st4te" {
		t.Fatalf("sent back is %v", back)
	}
	g, err := n.Exchange(t.Context(), a, back.Get("code"), verifier)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Exchange(t.Context(), a, back.Get("code"), verifier); advocacy.ReasonOf(err) != "CODE_REFUSED" {
		t.Fatalf("a code twice: %v", err)
	}
	return g
}

// TestSignIn: who signs in at X is who publishes; two hours later the next token is asked for, with what
// is good once; and what is revoked is dead, both of it.
func TestSignIn(t *testing.T) {
	t.Parallel()
	n, server, s := signIn(t)
	g := granted(t, n, server, s.Account)
	if !g.ExpireTime.Equal(networktest.Clock().Add(n.Capabilities().TokenLife)) || g.Refresh == "" {
		t.Errorf("it ends at %v", g.ExpireTime)
	}
	profile, err := n.Connect(t.Context(), s.Account, []byte(g.Access))
	if err != nil || profile.ExternalID != xtest.Account {
		t.Fatalf("%+v, %v", profile, err)
	}
	next, answer := n.Refresh(t.Context(), s.Account, g)
	if answer.Class != network.Accepted || next.Access == g.Access || next.Refresh == g.Refresh {
		t.Fatalf("the next is %s", answer.Class)
	}
	if _, answer := n.Refresh(t.Context(), s.Account, g); answer.Class != network.AuthExpired {
		t.Errorf("asked with what is spent: %+v", answer)
	}
	s.Credential = []byte(next.Access)
	if answer := n.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content())); answer.Class != network.Accepted {
		t.Errorf("%+v", answer)
	}
	for range 2 {
		if answer := n.Revoke(t.Context(), s.Account, next); answer.Class != network.Accepted || server.AS.Owner(next.Access) != "" {
			t.Errorf("revoking is %+v", answer)
		}
	}
	if answer := n.Revoke(t.Context(), s.Account, network.Grant{Access: xtest.Token}); answer.Class != network.Accepted {
		t.Errorf("of what was made by hand: %+v", answer)
	}
}

// TestRefreshEnds: what X does not answer may be spent, and what it refuses is.
func TestRefreshEnds(t *testing.T) {
	t.Parallel()
	for mode, want := range map[oauthtest.Mode]network.Class{
		oauthtest.Lost: network.UnknownOutcome, oauthtest.Garbage: network.UnknownOutcome, oauthtest.Broken: network.UnknownOutcome,
		oauthtest.Busy: network.RateLimited, oauthtest.Unknowing: network.Misconfigured, oauthtest.Refusing: network.AuthExpired,
	} {
		n, server, s := signIn(t)
		g := granted(t, n, server, s.Account)
		server.AS.Do(func(s *oauthtest.Server) { s.Mode = mode })
		if next, answer := n.Refresh(t.Context(), s.Account, g); answer.Class != want || next.Access != "" {
			t.Errorf("%s: %+v", mode, answer)
		}
	}
}

// TestNotRegistered: without an app nobody is sent to X, and another app's tokens are told to nobody.
func TestNotRegistered(t *testing.T) {
	t.Parallel()
	n, server, s := signIn(t)
	g := granted(t, n, server, s.Account)
	o := options(server)
	without := New(o)
	_, begun := without.Authorize(t.Context(), s.Account, network.Question{})
	_, ended := without.Exchange(t.Context(), s.Account, "code", verifier)
	if advocacy.ReasonOf(begun) != "NETWORK_WITHOUT_OAUTH" || advocacy.ReasonOf(ended) != "NETWORK_WITHOUT_OAUTH" {
		t.Errorf("without an app: %v, %v", begun, ended)
	}
	if _, answer := without.Refresh(t.Context(), s.Account, g); answer.Class != network.Misconfigured {
		t.Errorf("without an app: %+v", answer)
	}
	o.Redirect, o.ClientID, o.ClientSecret = callback, "another", "secret"
	asked := len(server.AS.Asked())
	if _, answer := New(o).Refresh(t.Context(), s.Account, g); answer.Class != network.AuthExpired || len(server.AS.Asked()) != asked {
		t.Errorf("another app: %+v", answer)
	}
	if answer := New(o).Revoke(t.Context(), s.Account, g); answer.Class != network.Permanent {
		t.Errorf("another app: %+v", answer)
	}
	o.SignIn = "ftp://x.com"
	if _, err := New(o).Authorize(t.Context(), s.Account, network.Question{}); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("an address that may not be used: %v", err)
	}
}
