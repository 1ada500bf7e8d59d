package threads

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
	"github.com/imprimatur-hq/imprimatur/internal/network/container"
	"github.com/imprimatur-hq/imprimatur/internal/network/container/containertest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

const address = "https://www.threads.com/@" + containertest.Name

func options(s *containertest.Server) Options {
	return Options{
		Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: s.Now},
		API:     s.URL, Version: "v1.0", SignIn: s.URL, Reached: true,
	}
}

// open starts a server and returns an account on it.
func open(t *testing.T) (*containertest.Server, networktest.Subject) {
	t.Helper()
	server := containertest.Threads(t)
	server.Do(func(s *containertest.Server) { s.Now = networktest.Clock })
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  New(options(server)), Credential: []byte(containertest.Token),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Acme", ExternalID: containertest.Account, Address: address,
		},
		Visible: func() int { return len(server.Visible()) },
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	networktest.Run(t, func(t *testing.T) networktest.Subject {
		server, s := open(t)
		server.Do(func(s *containertest.Server) { s.Total = 1 << 20 }) // what is published many times over
		return s
	})
}

// TestWhatIsRenderedComesBack: what is shown is what people signed, with its pictures and their words,
// and a look says so.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *containertest.Server) { s.Total = 1 << 20 })
	networktest.Publishing(t, s, networktest.Squares, func(t *rapid.T, d network.Delivery, answer network.Answer) {
		r, shown := d.Target.Rendering, server.Visible()
		if answer.Class != network.Accepted || len(shown) == 0 {
			t.Fatalf("%+v: it shows %+v", answer, shown)
		}
		last := shown[len(shown)-1]
		if last.Text != r.Text || len(last.Pictures) != len(r.Media) {
			t.Fatalf("it shows %+v, signed was %q", last, r.Text)
		}
		for i, m := range r.Media {
			if p := last.Pictures[i]; !strings.HasSuffix(p.URL, "/"+advocacy.Digest(m.Blob).Hex()) || p.AltText != m.AltText {
				t.Fatalf("picture %d is %+v, signed was %+v", i, p, m)
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
	for mode, want := range map[containertest.Mode]struct {
		class   network.Class
		visible int
	}{
		containertest.Honest:   {network.Accepted, 1},
		containertest.Cut:      {network.UnknownOutcome, 1},
		containertest.Silent:   {network.UnknownOutcome, 1},
		containertest.Broken:   {network.UnknownOutcome, 1},
		containertest.Unsure:   {network.UnknownOutcome, 1},
		containertest.Fleeting: {network.UnknownOutcome, 1},
		containertest.Faulty:   {network.UnknownOutcome, 1},
		containertest.Garbage:  {network.UnknownOutcome, 1},
		containertest.Nameless: {network.UnknownOutcome, 1},
		containertest.Away:     {network.UnknownOutcome, 0},
		containertest.Moved:    {network.UnknownOutcome, 0},
		containertest.Busy:     {network.RateLimited, 0},
		containertest.Full:     {network.RateLimited, 0},
		containertest.Enough:   {network.RateLimited, 0},
		containertest.Expired:  {network.AuthExpired, 0},
		containertest.Denied:   {network.AuthExpired, 0},
		containertest.Blocked:  {network.Permanent, 0},
		containertest.Invalid:  {network.Permanent, 0},
		containertest.Early:    {network.Retryable, 0},
		containertest.Old:      {network.Retryable, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *containertest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == containertest.Silent {
				impatient, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible || server.Counts().Shown != 1 {
				t.Fatalf("%+v, %d are visible, and it was asked %+v times", answer, len(server.Visible()), server.Counts())
			}
			if mode == containertest.Busy && !answer.RetryTime.Equal(networktest.Clock().Add(containertest.Wait*time.Minute)) || answer.AppWide != (mode == containertest.Full) {
				t.Errorf("it is tried again at %v, everybody's quota: %t", answer.RetryTime, answer.AppWide)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') || want.class != network.Accepted && (answer.ExternalID != "" || answer.Said.Text == "") {
				t.Errorf("it says %+v", answer)
			}
			server.Do(func(s *containertest.Server) { s.Mode = containertest.Honest })
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
	first := s.Adapter.Publish(t.Context(), d)
	s.Adapter.Publish(t.Context(), d)
	shown := server.Visible()
	if len(shown) != 2 || s.Adapter.Capabilities().Repeatable(s.Account, d.Time, d.Time) {
		t.Fatalf("%d are visible", len(shown))
	}
	if first.URL != address+"/post/C"+first.ExternalID {
		t.Errorf("it is at %q", first.URL)
	}
	if answer := s.Adapter.Publish(t.Context(), networktest.Named(d, shown[0].ID)); answer.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", answer)
	}
	picture := shown[0].Pictures[0]
	if shown[0].Text != d.Target.Rendering.Text || !strings.HasPrefix(picture.URL, "https://media.example.com/") || picture.AltText != "A shop front in the sun" {
		t.Errorf("it shows %+v", shown[0])
	}
}

// TestOneContainer: attempts go on with the container there is. One that was asked to be shown is not
// made again, and one that is shown already is not shown again, whatever was answered.
func TestOneContainer(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	server.Do(func(s *containertest.Server) { s.Mode = containertest.Busy })
	for range 2 {
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.RateLimited {
			t.Fatalf("%+v", answer)
		}
	}
	later := networktest.Clock().Add(23 * time.Hour)
	late := options(server)
	server.Do(func(s *containertest.Server) { s.Mode, s.Now = containertest.Liar, func() time.Time { return later } })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable || len(server.Visible()) != 1 || server.Counts().Made != 1 {
		t.Fatalf("%+v after %+v", answer, server.Counts())
	}
	server.Do(func(s *containertest.Server) { s.Mode = containertest.Honest })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.UnknownOutcome || len(server.Visible()) != 1 {
		t.Errorf("what is shown is shown again: %+v", answer)
	}

	late.Now = func() time.Time { return later }
	other := networktest.Deliver(t, s, "pub-2", advocacy.Content{Language: "en", Text: "Another."})
	n := New(late)
	server.Do(func(s *containertest.Server) { s.Mode = containertest.Busy })
	n.Publish(t.Context(), other)
	made := server.Counts().Made
	later = later.Add(23 * time.Hour)
	n.Publish(t.Context(), other)
	if server.Counts().Made != made {
		t.Error("another container is made while one that was asked to be shown may be")
	}
	later = later.Add(2 * time.Hour)
	server.Do(func(s *containertest.Server) { s.Mode = containertest.Honest })
	if answer := n.Publish(t.Context(), other); answer.Class != network.Retryable {
		t.Errorf("of a container that is too old it says %+v", answer)
	}
	if answer := n.Publish(t.Context(), other); answer.Class != network.Accepted || server.Counts().Made != made+1 {
		t.Errorf("%+v after %+v", answer, server.Counts())
	}
}

// TestContainersTakeTime: what is not ready is asked about later, and what never is ready is made again.
func TestContainersTakeTime(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	now := networktest.Clock()
	o := options(server)
	o.Now = func() time.Time { return now }
	n := New(o)
	server.Do(func(s *containertest.Server) { s.Works, s.Now = 3, o.Now })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for i, wait := range []time.Duration{30 * time.Second, time.Minute, time.Minute} {
		answer := n.Publish(t.Context(), d)
		if answer.Class != network.Retryable || !answer.RetryTime.Equal(now.Add(wait)) || server.Counts().Shown != 0 {
			t.Fatalf("attempt %d: %+v after %+v", i, answer, server.Counts())
		}
		now = answer.RetryTime
	}
	if answer := n.Publish(t.Context(), d); answer.Class != network.Accepted || server.Counts().Made != 1 {
		t.Errorf("%+v after %+v", answer, server.Counts())
	}

	server.Do(func(s *containertest.Server) { s.Works = 1000 })
	d = networktest.Deliver(t, s, "pub-2", networktest.Content())
	n.Publish(t.Context(), d)
	now = now.Add(5 * time.Minute)
	n.Publish(t.Context(), d)
	server.Do(func(s *containertest.Server) { s.Works = 0 })
	if answer := n.Publish(t.Context(), d); answer.Class != network.Accepted || server.Counts().Made != 3 || len(server.Visible()) != 2 {
		t.Errorf("%+v after %+v", answer, server.Counts())
	}
}

// TestContainersFail: what comes to nothing is refused or made again by its reason, and nothing is shown.
func TestContainersFail(t *testing.T) {
	t.Parallel()
	for why, want := range map[string]network.Class{
		"INVALID_ASPEC_RATIO": network.Permanent, "FAILED_DOWNLOADING_VIDEO": network.Retryable, "": network.Retryable,
		"Error: failed with error code 2207026": network.Permanent, "Error: failed with error code 2207052": network.Retryable,
	} {
		server, s := open(t)
		server.Do(func(s *containertest.Server) { s.State, s.Why = "ERROR", why })
		d := networktest.Deliver(t, s, "pub-1", networktest.Content())
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != want || server.Counts().Shown != 0 || !strings.Contains(answer.Said.Text, why) {
			t.Errorf("%q: %+v", why, answer)
		}
	}
	server, s := open(t)
	server.Do(func(s *containertest.Server) { s.MakeFails = 1 })
	content := networktest.Content()
	content.Media = append(content.Media, content.Media[0])
	d := networktest.Deliver(t, s, "pub-1", content)
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable || server.Counts().Shown != 0 {
		t.Errorf("%+v", answer)
	}
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || len(server.Visible()) != 1 || len(server.Visible()[0].Pictures) != 2 {
		t.Errorf("%+v: %+v", answer, server.Visible())
	}
	content.Media = []advocacy.MediaRef{{Blob: networktest.Blob, ContentType: "video/mp4", Duration: 300_000, AltText: "A door opens"}}
	film := networktest.Deliver(t, s, "pub-film", content)
	answer := s.Adapter.Publish(t.Context(), film)
	if shown := server.Visible(); answer.Class != network.Accepted || len(shown) != 2 || !shown[1].Pictures[0].Video || shown[1].Pictures[0].AltText != "A door opens" {
		t.Errorf("of a video: %+v, %+v", answer, shown)
	}
	mixed := strings.Replace(string(film.Body), `"files":[`, `"files":[{"url":"https://media.example.com/a","content_type":"image/png","alt_text":""},`, 1)
	film = networktest.Deliver(t, s, "pub-mixed", content)
	film.Body = []byte(mixed)
	made := server.Counts().Made
	if answer := s.Adapter.Publish(t.Context(), film); answer.Class != network.Misconfigured || server.Counts().Made != made {
		t.Errorf("of a video beside a picture: %+v", answer)
	}
	o := options(server)
	o.Reached = false
	found := advocacy.Blocking(func() []advocacy.Finding {
		_, found := New(o).Render(networktest.Content(), "en", network.Disclosures{})
		return found
	}())
	if found == nil || found.Code != network.FindingMediaUnreachable {
		t.Errorf("a picture that Threads cannot fetch is signed: %+v", found)
	}
}

// TestLook: it finds what is the account's and ours by its words, and nothing that is older, another
// publication's, or without words.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
	at := networktest.Moment.Add(-time.Hour)
	server.Do(func(s *containertest.Server) { s.Now = func() time.Time { return at } })
	server.Write(containertest.Account, "We open.")
	at = networktest.Clock()
	server.Write(containertest.Other, "We open.")
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of an older text it says %+v", seen)
	}
	mine := server.Write(containertest.Account, "We open.")
	for range 150 {
		server.Write(containertest.Account, "Noise.")
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != mine || seen.Digest != d.Target.Rendering.Fingerprint() || seen.URL == "" {
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
// may not be seen, or is not shown yet, is not said to be absent.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	server.Do(func(s *containertest.Server) { s.Mode = containertest.Cut })
	s.Adapter.Publish(t.Context(), d)
	server.Do(func(s *containertest.Server) { s.Mode, s.Lag = containertest.Honest, 1 })
	first, second := s.Adapter.Look(t.Context(), d), s.Adapter.Look(t.Context(), d)
	if first.Found || first.Readable || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
	d.ExternalID = second.ExternalID
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("it says %+v", seen)
	}
	server.Do(func(s *containertest.Server) { s.Shows = func(string) string { return "Cut" } })
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != "Cut" {
		t.Errorf("of another text it says %+v", seen)
	}
	server.Do(func(s *containertest.Server) { s.Shows, s.NoReading = nil, true })
	for _, one := range []network.Delivery{d, networktest.Named(d, "")} {
		if seen := s.Adapter.Look(t.Context(), one); seen.Readable || seen.Found {
			t.Errorf("of what it may not see it says %+v", seen)
		}
	}
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class == network.Accepted {
		t.Errorf("what it may not see is gone: %+v", answer)
	}
	server.Do(func(s *containertest.Server) { s.NoReading, s.Kept = false, true })
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Retryable {
		t.Errorf("what is not said to be gone is: %+v", answer)
	}
	server.Do(func(s *containertest.Server) { s.Kept = false })
	for range 2 {
		if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Accepted {
			t.Errorf("Delete: %+v", answer)
		}
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Errorf("of what is gone it says %+v", seen)
	}
	if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, "me")); answer.Class != network.Permanent {
		t.Errorf("of what is no post it says %+v", answer)
	}
}

// TestTokens: what is no token or no account publishes nothing.
func TestTokens(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, change := range map[string]func(*network.Delivery){
		"none":            func(d *network.Delivery) { d.Credential = nil },
		"two lines":       func(d *network.Delivery) { d.Credential = []byte("a\r\nb: c") },
		"stolen":          func(d *network.Delivery) { d.Credential = []byte("stolen") },
		"no account":      func(d *network.Delivery) { d.Account.ExternalID = "" },
		"another account": func(d *network.Delivery) { d.Account.ExternalID = containertest.Other },
	} {
		other := d
		change(&other)
		answer, counts := s.Adapter.Publish(t.Context(), other), server.Counts()
		counts.Quota = 0 // whose quota it is, the server judges
		if answer.Class != network.AuthExpired || counts != (containertest.Counts{}) {
			t.Errorf("%s: %+v", name, answer)
		}
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

// TestConnect: an account is connected with its own token.
func TestConnect(t *testing.T) {
	t.Parallel()
	acme := network.Profile{ExternalID: containertest.Account, Handle: "@acme"}
	for name, c := range map[string]struct {
		address, token, reason string
		want                   network.Profile
	}{
		"a profile":         {address, containertest.Token, "", acme},
		"as it was":         {"https://www.threads.net/@Acme", containertest.Token, "", acme},
		"another's token":   {address, containertest.OtherToken, "TOKEN_REFUSED", network.Profile{}},
		"a token of nobody": {address, "stolen", "TOKEN_REFUSED", network.Profile{}},
		"no token":          {address, "two words", "TOKEN_REFUSED", network.Profile{}},
		"no address":        {"", containertest.Token, "ADDRESS_INVALID", network.Profile{}},
		"a post":            {address + "/post/1", containertest.Token, "ADDRESS_INVALID", network.Profile{}},
		"elsewhere":         {"https://www.threads.example/@acme", containertest.Token, "ADDRESS_INVALID", network.Profile{}},
		"nobody there":      {address, containertest.Token, "NETWORK_UNREACHABLE", network.Profile{}},
	} {
		server, s := open(t)
		if name == "nobody there" {
			server.Close()
		}
		s.Account.Address, s.Account.ExternalID = c.address, ""
		got, err := s.Adapter.(*container.Network).Connect(t.Context(), s.Account, []byte(c.token))
		if diff := cmp.Diff(c.want, got); diff != "" || advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if err != nil && strings.Contains(fmt.Sprint(err), c.token) {
			t.Errorf("%s: it says %v", name, err)
		}
	}
}

// TestSignIn: a code gives a token that lives for sixty days, once, and is renewed in their second half.
func TestSignIn(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	if _, err := s.Adapter.(*container.Network).Authorize(t.Context(), s.Account, network.Question{State: "s"}); advocacy.ReasonOf(err) != "NETWORK_WITHOUT_OAUTH" {
		t.Errorf("without an app: %v", err)
	}
	o := options(server)
	o.Redirect = "https://imprimatur.example" + network.CallbackPath
	o.AppID, o.AppSecret = server.AS.Register(o.Redirect, strings.Join(kind.Scopes, " "))
	n := New(o)
	verifier := strings.Repeat("v", 43)
	in, err := n.Authorize(t.Context(), s.Account, network.Question{State: "state-1", Challenge: network.Challenge(verifier)})
	if err != nil {
		t.Fatal(err)
	}
	code := server.AS.SignIn(t, in.Address, containertest.Account).Get("code")
	g, err := n.Exchange(t.Context(), s.Account, code, verifier)
	half := networktest.Clock().Add(containertest.Life * time.Second / 2)
	if err != nil || g.Access == "" || g.Refresh != g.Access || !g.ExpireTime.Equal(half) || g.Client != o.AppID {
		t.Fatalf("%v, until %v", err, g.ExpireTime)
	}
	if life := n.Capabilities().TokenLife; (containertest.Life * time.Second).Round(time.Hour) != life {
		t.Errorf("a token lives %v, and %v is declared", containertest.Life*time.Second, life)
	}
	if p, err := n.Connect(t.Context(), s.Account, []byte(g.Access)); err != nil || p.ExternalID != containertest.Account {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := n.Exchange(t.Context(), s.Account, code, verifier); advocacy.ReasonOf(err) != "CODE_REFUSED" || strings.Contains(err.Error(), code) {
		t.Errorf("a code that is used: %v", err)
	}
	for mode, want := range map[containertest.Mode]network.Class{
		containertest.Honest: network.Accepted, containertest.Cut: network.UnknownOutcome, containertest.Broken: network.UnknownOutcome,
		containertest.Garbage: network.UnknownOutcome, containertest.Busy: network.RateLimited, containertest.Expired: network.AuthExpired,
	} {
		server.Do(func(s *containertest.Server) { s.Renewing = mode })
		next, answer := n.Refresh(t.Context(), s.Account, g)
		if answer.Class != want || (want == network.Accepted) != (next.Access != "" && next.Access != g.Access && next.ExpireTime.Equal(half)) || strings.Contains(answer.Said.Text, g.Access) {
			t.Errorf("%q: %+v", mode, answer)
		}
	}
	server.Do(func(s *containertest.Server) { s.Renewing = containertest.Honest })
	g.Client = "another app"
	if _, answer := n.Refresh(t.Context(), s.Account, g); answer.Class != network.AuthExpired {
		t.Errorf("Refresh of another app's: %+v", answer)
	}
	g.Client = o.AppID
	if answer := n.Revoke(t.Context(), s.Account, g); answer.Class != network.Accepted {
		t.Errorf("Revoke: %+v", answer)
	}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if _, err := n.Exchange(t.Context(), s.Account, "code", verifier); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("a server that is broken: %v", err)
	}
}
