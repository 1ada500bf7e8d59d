package facebook

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook/facebooktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

const secret = "app-secret-0f-acme"

func options(s *facebooktest.Server) Options {
	return Options{
		Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock},
		API:     s.URL, Version: facebooktest.Version, SignIn: s.URL, AppSecret: secret,
	}
}

// open starts a server and returns a page's account on it.
func open(t *testing.T) (*facebooktest.Server, networktest.Subject) {
	t.Helper()
	server := facebooktest.New(t)
	server.Do(func(s *facebooktest.Server) { s.Now, s.Secret = networktest.Clock, secret })
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  New(options(server)), Credential: []byte(facebooktest.Token),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Acme", ExternalID: facebooktest.Page, Address: pageAddress + facebooktest.Page,
		},
		Visible: func() int { return len(server.Visible()) },
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	networktest.Run(t, func(t *testing.T) networktest.Subject {
		_, s := open(t)
		return s
	})
}

// TestWhatIsRenderedComesBack: what the page shows is what people signed, with its pictures and their
// words, and a look says so.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	rapid.Check(t, func(t *rapid.T) {
		r, found := s.Adapter.Render(networktest.Contents().Draw(t, "content"), "", network.Disclosures{})
		if r.Text == "" && len(r.Media) == 0 || advocacy.Blocking(found) != nil {
			t.Skip("nothing to publish")
		}
		body, err := s.Adapter.Encode(networktest.Envelope(s, "pub-1", advocacy.Target{Rendering: r}))
		if err != nil {
			t.Fatal(err)
		}
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Publication: "pub-1", Key: "pub-1", Body: body,
			Target: advocacy.Target{Rendering: r}, Time: networktest.Moment, Media: networktest.Open,
		}
		answer := s.Adapter.Publish(t.Context(), d)
		shown := server.Visible()
		if answer.Class != network.Accepted || len(shown) == 0 {
			t.Fatalf("%+v: it shows %+v", answer, shown)
		}
		last := shown[len(shown)-1]
		if last.Text != r.Text || len(last.Files) != len(r.Media) {
			t.Fatalf("it shows %+v, signed was %q", last, r.Text)
		}
		for i, m := range r.Media {
			if f := last.Files[i]; string(f.Bytes) != networktest.BytesOf(m.Blob) || f.AltText != m.AltText {
				t.Fatalf("picture %d is %q, described as %q", i, f.Bytes, f.AltText)
			}
		}
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, answer.ExternalID)); seen.Digest != r.Fingerprint() {
			t.Fatalf("a look says %+v", seen)
		}
	})
}

// TestAnswers: how each answer of the server ends, how often it was asked, and what is shown then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[facebooktest.Mode]struct {
		class   network.Class
		visible int
	}{
		facebooktest.Honest:    {network.Accepted, 1},
		facebooktest.Cut:       {network.UnknownOutcome, 1},
		facebooktest.Silent:    {network.UnknownOutcome, 1},
		facebooktest.Broken:    {network.UnknownOutcome, 1},
		facebooktest.Unsure:    {network.UnknownOutcome, 1},
		facebooktest.Fleeting:  {network.UnknownOutcome, 1},
		facebooktest.Unready:   {network.UnknownOutcome, 1},
		facebooktest.Garbage:   {network.UnknownOutcome, 1},
		facebooktest.Misnamed:  {network.UnknownOutcome, 1},
		facebooktest.Away:      {network.UnknownOutcome, 0},
		facebooktest.Moved:     {network.UnknownOutcome, 0},
		facebooktest.Busy:      {network.RateLimited, 0},
		facebooktest.Full:      {network.RateLimited, 0},
		facebooktest.Expired:   {network.AuthExpired, 0},
		facebooktest.Denied:    {network.AuthExpired, 0},
		facebooktest.Abusive:   {network.Permanent, 0},
		facebooktest.Invalid:   {network.Permanent, 0},
		facebooktest.Copy:      {network.Duplicate, 0},
		facebooktest.OtherCopy: {network.Duplicate, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *facebooktest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == facebooktest.Silent {
				impatient, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible || server.Counts().Creates != 1 {
				t.Fatalf("%+v, %d are visible, and it was asked %d times", answer, len(server.Visible()), server.Counts().Creates)
			}
			retry := time.Time{}
			if mode == facebooktest.Busy {
				retry = networktest.Clock().Add(facebooktest.Wait * time.Minute)
			}
			if !answer.RetryTime.Equal(retry) || answer.AppWide != (mode == facebooktest.Full) {
				t.Errorf("it is tried again at %v, everybody's quota: %t", answer.RetryTime, answer.AppWide)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') || want.class != network.Accepted && (answer.ExternalID != "" || answer.Said.Text == "") {
				t.Errorf("it says %+v", answer)
			}
			server.Do(func(s *facebooktest.Server) { s.Mode = facebooktest.Honest })
			if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found != (want.visible == 1) {
				t.Errorf("a look says %+v", seen)
			}
		})
	}
}

// TestARepeatMakesTwo is why a request without an answer is never sent again.
func TestARepeatMakesTwo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	s.Adapter.Publish(t.Context(), d)
	shown := server.Visible()
	if len(shown) != 2 || s.Adapter.Capabilities().Repeatable(s.Account, d.Time, d.Time) {
		t.Fatalf("%d are visible", len(shown))
	}
	if answer := s.Adapter.Publish(t.Context(), networktest.Named(d, shown[0].ID)); answer.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", answer)
	}
	file := shown[0].Files[0]
	if shown[0].Text != d.Target.Rendering.Text || string(file.Bytes) != networktest.BytesOf(networktest.Blob) || file.AltText != "A shop front in the sun" {
		t.Errorf("it shows %+v", shown[0])
	}
}

// TestPictures: a picture that failed is given again, one that is there is not, and none is seen
// without its post. A video is found before people sign.
func TestPictures(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := networktest.Content()
	content.Media = append(content.Media, content.Media[0])
	d := networktest.Deliver(t, s, "pub-1", content)
	server.Do(func(s *facebooktest.Server) { s.PhotoFails = 1 })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable || server.Counts().Creates != 0 {
		t.Fatalf("%+v", answer)
	}
	server.Do(func(s *facebooktest.Server) { s.Mode = facebooktest.Busy })
	s.Adapter.Publish(t.Context(), d)
	server.Do(func(s *facebooktest.Server) { s.Mode = facebooktest.Honest })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || server.Counts().Uploads != 2 || len(server.Visible()[0].Files) != 2 {
		t.Errorf("%+v after %+v", answer, server.Counts())
	}
	content.Media = []advocacy.MediaRef{{Blob: networktest.Blob, ContentType: "video/mp4", AltText: "A door"}}
	if _, found := s.Adapter.Render(content, "en", network.Disclosures{}); advocacy.Blocking(found) == nil {
		t.Error("a video is signed")
	}
}

// TestLook: it finds what is the page's and ours by its words, and nothing that is older, another
// publication's, or without words.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
	at := networktest.Moment.Add(-time.Hour)
	server.Do(func(s *facebooktest.Server) { s.Now = func() time.Time { return at } })
	server.Write(facebooktest.Page, "We open.")
	at = networktest.Clock()
	server.Write(facebooktest.OtherPage, "We open.")
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of an older text it says %+v", seen)
	}
	mine := server.Write(facebooktest.Page, "We open.")
	for range 150 {
		server.Write(facebooktest.Page, "Noise.")
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != mine || seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("it says %+v, want %s", seen, mine)
	}
	d.Taken = func(context.Context, string) (bool, error) { return true, nil }
	if seen := s.Adapter.Look(t.Context(), d); seen.Found {
		t.Errorf("what another publication is known by is said to be this one: %+v", seen)
	}
	d.Taken, d.Target.Rendering.Text = nil, ""
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
		t.Errorf("of pictures alone it says %+v", seen)
	}
}

// TestReadBack: what is shown otherwise has no digest of ours, what is gone is not there, and what
// may not be seen is not said to be absent.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("it says %+v", seen)
	}
	server.Do(func(s *facebooktest.Server) { s.Shows = func(string) string { return "Cut" } })
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != "Cut" {
		t.Errorf("of another text it says %+v", seen)
	}
	server.Do(func(s *facebooktest.Server) { s.Shows, s.Lag = nil, 1 })
	unnamed := networktest.Named(d, "")
	if first, second := s.Adapter.Look(t.Context(), unnamed), s.Adapter.Look(t.Context(), unnamed); first.Found || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
	server.Do(func(s *facebooktest.Server) { s.NoReading = true })
	for _, one := range []network.Delivery{d, unnamed} {
		if seen := s.Adapter.Look(t.Context(), one); seen.Readable || seen.Found {
			t.Errorf("of what it may not see it says %+v", seen)
		}
	}
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class == network.Accepted {
		t.Errorf("what it may not see is gone: %+v", answer)
	}
	server.Do(func(s *facebooktest.Server) { s.NoReading, s.Kept = false, true })
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Retryable {
		t.Errorf("what is not said to be gone is: %+v", answer)
	}
	server.Do(func(s *facebooktest.Server) { s.Kept = false })
	for range 2 {
		if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Accepted {
			t.Errorf("Delete: %+v", answer)
		}
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Errorf("of what is gone it says %+v", seen)
	}
	foreign := networktest.Named(d, facebooktest.OtherPage+"_9000")
	if seen := s.Adapter.Look(t.Context(), foreign); seen.Readable || s.Adapter.Delete(t.Context(), foreign).Class != network.Permanent {
		t.Errorf("of another page's it says %+v", seen)
	}
}

// TestTokens: what is no token, no proof or no page of the account publishes nothing.
func TestTokens(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, change := range map[string]func(*network.Delivery){
		"none":         func(d *network.Delivery) { d.Credential = nil },
		"two lines":    func(d *network.Delivery) { d.Credential = []byte("a\r\nb: c") },
		"stolen":       func(d *network.Delivery) { d.Credential = []byte("stolen") },
		"no page":      func(d *network.Delivery) { d.Account.ExternalID = "" },
		"another page": func(d *network.Delivery) { d.Account.ExternalID = facebooktest.OtherPage },
	} {
		other := d
		change(&other)
		if answer := s.Adapter.Publish(t.Context(), other); answer.Class != network.AuthExpired || server.Counts() != (facebooktest.Counts{}) {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	o := options(server)
	o.AppSecret = "another"
	if answer := New(o).Publish(t.Context(), d); answer.Class != network.Permanent || server.Counts() != (facebooktest.Counts{}) {
		t.Errorf("a proof of another application: %+v", answer)
	}
	for _, body := range []string{"", "{}", "null", `{"text":"We open."`} {
		d.Body = []byte(body)
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured {
			t.Errorf("%s: %+v", body, answer)
		}
	}
	if answer := New(Options{API: "ftp://x"}).Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content())); answer.Class != network.Misconfigured {
		t.Errorf("an address that may not be used: %+v", answer)
	}
}

// TestConnect: a page is connected with its own token.
func TestConnect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address, token, reason string
		want                   network.Profile
	}{
		"a page":            {pageAddress + facebooktest.Page, facebooktest.Token, "", network.Profile{ExternalID: facebooktest.Page, Handle: "Acme " + facebooktest.Page}},
		"another's token":   {pageAddress + facebooktest.Page, facebooktest.OtherToken, "TOKEN_REFUSED", network.Profile{}},
		"a person's token":  {pageAddress + facebooktest.Page, facebooktest.PersonToken, "TOKEN_REFUSED", network.Profile{}},
		"a token of nobody": {pageAddress + facebooktest.Page, "stolen", "TOKEN_REFUSED", network.Profile{}},
		"no token":          {pageAddress + facebooktest.Page, "two words", "TOKEN_REFUSED", network.Profile{}},
		"no address":        {"", facebooktest.Token, "ADDRESS_INVALID", network.Profile{}},
		"a name":            {pageAddress + "acme", facebooktest.Token, "ADDRESS_INVALID", network.Profile{}},
		"nobody there":      {pageAddress + facebooktest.Page, facebooktest.Token, "NETWORK_UNREACHABLE", network.Profile{}},
	} {
		server, s := open(t)
		if name == "nobody there" {
			server.Close()
		}
		s.Account.Address, s.Account.ExternalID = c.address, ""
		got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, []byte(c.token))
		if diff := cmp.Diff(c.want, got); diff != "" || advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if err != nil && strings.Contains(fmt.Sprint(err), c.token) {
			t.Errorf("%s: it says %v", name, err)
		}
	}
}

// TestSignIn: who may make posts of a page gives its token, once for a code, and nobody else's.
func TestSignIn(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	if _, err := s.Adapter.(*Network).Authorize(t.Context(), s.Account, network.Question{State: "s"}); advocacy.ReasonOf(err) != "NETWORK_WITHOUT_OAUTH" {
		t.Errorf("without an app: %v", err)
	}
	o := options(server)
	o.Redirect = "https://imprimatur.example" + network.CallbackPath
	o.AppID, o.AppSecret = server.AS.Register(o.Redirect, strings.Join(scopes, " "))
	server.Do(func(s *facebooktest.Server) { s.Secret = o.AppSecret })
	n := New(o)
	verifier := strings.Repeat("v", 43)
	in, err := n.Authorize(t.Context(), s.Account, network.Question{State: "state-1", Challenge: network.Challenge(verifier)})
	if err != nil {
		t.Fatal(err)
	}
	enter := func() string {
		return server.AS.SignIn(t, in.Address, facebooktest.Person).Get("code")
	}
	code := enter()
	g, err := n.Exchange(t.Context(), s.Account, code, verifier)
	if err != nil || g.Access != facebooktest.Token || g.Refresh != "" || !g.ExpireTime.IsZero() || g.Client != o.AppID {
		t.Fatalf("%v, of the page: %t", err, g.Access == facebooktest.Token)
	}
	if _, err := n.Exchange(t.Context(), s.Account, code, verifier); advocacy.ReasonOf(err) != "CODE_REFUSED" || strings.Contains(err.Error(), code) {
		t.Errorf("a code that is used: %v", err)
	}
	other := s.Account
	other.Address = pageAddress + facebooktest.OtherPage
	if _, err := n.Exchange(t.Context(), other, enter(), verifier); advocacy.ReasonOf(err) != "CODE_REFUSED" {
		t.Errorf("a page that somebody reads alone: %v", err)
	}
	if _, answer := n.Refresh(t.Context(), s.Account, g); answer.Class != network.AuthExpired {
		t.Errorf("Refresh: %+v", answer)
	}
	if answer := n.Revoke(t.Context(), s.Account, g); answer.Class != network.Accepted {
		t.Errorf("Revoke: %+v", answer)
	}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if _, err := n.Exchange(t.Context(), s.Account, "code", verifier); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("a server that is broken: %v", err)
	}
}
