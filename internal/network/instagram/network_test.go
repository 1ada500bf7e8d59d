package instagram

import (
	"context"
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

const address = "https://www.instagram.com/" + containertest.Name

func options(s *containertest.Server) Options {
	return Options{
		Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: s.Now},
		API:     s.URL, Version: "v25.0", Tokens: s.URL, SignIn: s.URL, Reached: true,
	}
}

// open starts a server and returns an account on it.
func open(t *testing.T) (*containertest.Server, networktest.Subject) {
	t.Helper()
	server := containertest.Instagram(t)
	server.Do(func(s *containertest.Server) { s.Now = networktest.Clock })
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  New(options(server)), Credential: []byte(containertest.Token), Pictured: true,
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
// and a look finds no difference.
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
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, answer.ExternalID)); !seen.Found || seen.Differs {
			t.Fatalf("a look says %+v", seen)
		}
	})
}

// TestAnswers: how each answer of the server ends, and what is shown then.
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
			ctx, cancel := context.WithTimeout(t.Context(), patience(mode))
			defer cancel()
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible || server.Counts().Shown != 1 {
				t.Fatalf("%+v, %d are visible, and it was asked %+v times", answer, len(server.Visible()), server.Counts())
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
	if len(server.Visible()) != 2 || s.Adapter.Capabilities().Repeatable(s.Account, d.Time, d.Time) {
		t.Fatalf("%d are visible", len(server.Visible()))
	}
	if answer := s.Adapter.Publish(t.Context(), networktest.Named(d, first.ExternalID)); answer.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", answer)
	}
	shown := server.Visible()[0]
	if shown.Text != d.Target.Rendering.Text || len(shown.Pictures) != 1 || shown.Pictures[0].AltText != "A shop front in the sun" || first.URL == "" {
		t.Errorf("it shows %+v at %q", shown, first.URL)
	}
}

// TestReadBack: a post that is shown late is found, what is shown otherwise is a difference, and nobody
// is told that a post was taken back.
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
	server.Do(func(s *containertest.Server) { s.Shows = func(string) string { return "Cut" } })
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != "Cut" {
		t.Errorf("of another text it says %+v", seen)
	}
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Permanent || len(server.Visible()) != 1 {
		t.Errorf("Delete: %+v", answer)
	}
}

// TestAVideoIsAReel: it is fetched as one, and its words for who cannot see it have no place there.
func TestAVideoIsAReel(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	s.Pictured = false
	content := networktest.Content()
	content.Media = []advocacy.MediaRef{{
		Blob: networktest.Blob, ContentType: "video/mp4", Width: 1080, Height: 1920, Duration: 20_000, AltText: "A door opens",
	}}
	d := networktest.Deliver(t, s, "pub-1", content)
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
		t.Fatalf("%+v", answer)
	}
	shown := server.Visible()[0]
	if shown.Text != d.Target.Rendering.Text || len(shown.Pictures) != 1 || !shown.Pictures[0].Video || shown.Pictures[0].AltText != "" {
		t.Errorf("it shows %+v", shown)
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found {
		t.Errorf("a look says %+v", seen)
	}
}

// TestWhatHasNoPlaceThere is found before people sign: a text alone, a long video, and files that
// Instagram cannot fetch, of which it has no account either.
func TestWhatHasNoPlaceThere(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	far := options(server)
	far.Reached = false
	jpeg := advocacy.MediaRef{Blob: networktest.Blob, ContentType: "image/jpeg", Width: 1080, Height: 1080, AltText: "A door"}
	film, tall, drawn := jpeg, jpeg, jpeg
	film.ContentType, tall.Height, drawn.ContentType = "video/mp4", 1400, "image/png"
	long := film
	film.Duration, long.Duration = 900_000, 900_001
	for name, c := range map[string]struct {
		n     network.Adapter
		media []advocacy.MediaRef
		code  string
	}{
		"a picture":         {s.Adapter, []advocacy.MediaRef{jpeg}, ""},
		"a text alone":      {s.Adapter, nil, network.FindingMediaMissing},
		"a video":           {s.Adapter, []advocacy.MediaRef{film}, ""},
		"a long video":      {s.Adapter, []advocacy.MediaRef{long}, network.FindingVideoTooLong},
		"an unseen video":   {New(far), []advocacy.MediaRef{film}, network.FindingMediaUnreachable},
		"a tall picture":    {s.Adapter, []advocacy.MediaRef{tall}, network.FindingMediaShape},
		"a drawing":         {s.Adapter, []advocacy.MediaRef{drawn}, network.FindingMediaTypeRefused},
		"nobody can fetch":  {New(far), []advocacy.MediaRef{jpeg}, network.FindingMediaUnreachable},
		"a picture of many": {s.Adapter, slicesOf(jpeg, 11), network.FindingTooManyPictures},
	} {
		_, found := c.n.Render(advocacy.Content{Language: "en", Text: "We open.", Media: c.media}, "en", network.Disclosures{})
		blocked, code := advocacy.Blocking(found), ""
		if blocked != nil {
			code = blocked.Code
		}
		if code != c.code {
			t.Errorf("%s: %+v", name, found)
		}
	}
	if err := New(far).CheckAddress(address); advocacy.ReasonOf(err) != "ADDRESS_FORBIDDEN" {
		t.Errorf("an account of a service that nobody reaches: %v", err)
	}
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.Body = []byte(`{"text":"We open.","signed":""}`)
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || server.Counts().Made != 0 {
		t.Errorf("a text alone is sent: %+v", answer)
	}
}

func slicesOf(m advocacy.MediaRef, count int) []advocacy.MediaRef {
	all := make([]advocacy.MediaRef, count)
	for i := range all {
		all[i] = m
	}
	return all
}

// TestConnect: an account is connected with its own token.
func TestConnect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address, token, reason string
		want                   network.Profile
	}{
		"an account":      {address, containertest.Token, "", network.Profile{ExternalID: containertest.Account, Handle: "@acme"}},
		"another's token": {address, containertest.OtherToken, "TOKEN_REFUSED", network.Profile{}},
		"no address":      {"", containertest.Token, "ADDRESS_INVALID", network.Profile{}},
		"a post":          {"https://www.instagram.com/p/C1", containertest.Token, "ADDRESS_INVALID", network.Profile{}},
	} {
		_, s := open(t)
		s.Account.Address, s.Account.ExternalID = c.address, ""
		got, err := s.Adapter.(*container.Network).Connect(t.Context(), s.Account, []byte(c.token))
		if diff := cmp.Diff(c.want, got); diff != "" || advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// TestSignIn: a code gives a token that lives for sixty days, once, and the next one after it.
func TestSignIn(t *testing.T) {
	t.Parallel()
	server, s := open(t)
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
	if err != nil || g.Refresh != g.Access || !g.ExpireTime.Equal(networktest.Clock().Add(containertest.Life*time.Second/2)) {
		t.Fatalf("%v, until %v", err, g.ExpireTime)
	}
	if _, err := n.Exchange(t.Context(), s.Account, code, verifier); advocacy.ReasonOf(err) != "CODE_REFUSED" {
		t.Errorf("a code that is used: %v", err)
	}
	if next, answer := n.Refresh(t.Context(), s.Account, g); answer.Class != network.Accepted || next.Access == g.Access {
		t.Errorf("Refresh: %+v", answer)
	}
}

// patience is how long an answer is waited for.
func patience(mode containertest.Mode) time.Duration {
	if mode == containertest.Silent {
		return time.Second
	}
	return time.Minute
}
