package teams

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/teams/teamstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

func newNetwork() *Network {
	return New(Options{Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock}, Hosts: []string{"127.0.0.1"}})
}

// open starts a server and returns an account of its workflow.
func open(t *testing.T) (*teamstest.Server, networktest.Subject) {
	t.Helper()
	server := teamstest.New(t)
	at, err := url.Parse(server.URL + teamstest.Path)
	if err != nil {
		t.Fatal(err)
	}
	return server, networktest.Subject{
		Adapter: newNetwork(), Credential: []byte(at.String()),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "News", ExternalID: nameOf(at),
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

// TestLinked: what every connector does with a token.
func TestLinked(t *testing.T) {
	t.Parallel()
	networktest.RunLinked(t, func(t *testing.T) networktest.Link {
		_, s := open(t)
		return networktest.Link{
			Subject: s, Profile: network.Profile{ExternalID: s.Account.ExternalID, Handle: "workflow " + s.Account.ExternalID[:8]},
			Strange: []string{"https://example.com/x?sig=y", "st0len", "a\nb"},
		}
	})
}

// TestWhatIsRenderedComesBack: readers see exactly what people signed, whatever is in it.
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
			Account: s.Account, Credential: s.Credential, Key: "pub-1", Body: body, Target: advocacy.Target{Rendering: r}, Time: networktest.Moment,
		}
		answer := s.Adapter.Publish(t.Context(), d)
		shown := server.Visible()
		last := shown[len(shown)-1]
		want := strings.Split(r.Text, "\n")
		for i, line := range want {
			if line == " " { // which looks as an empty one
				want[i] = ""
			}
		}
		if answer.Class != network.Accepted || last.Text != strings.Join(want, "\n") || len(last.Pictures) != len(r.Media) {
			t.Fatalf("%+v: it shows %+v, signed was %q", answer, last, r.Text)
		}
	})
}

// TestPublished: what a workflow is sent, and that it is told nothing else.
func TestPublished(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := advocacy.Content{
		Language: "en", Text: "**We** open.\n\nSee (https://a.example/b_c_?d=e&f).", Link: "https://a.example/", Media: networktest.Content().Media,
	}
	d := networktest.Deliver(t, s, "pub-1", content)
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || answer.ExternalID != "pub-1" || answer.URL != "" {
		t.Fatalf("%+v", answer)
	}
	want := teamstest.Card{
		Workflow: "/workflows/0a1b2c/triggers/manual/paths/invoke", Language: "en",
		Text:     "**We** open.\n\nSee (https://a.example/b_c_?d=e&f).\n\nhttps://a.example/",
		Links:    []string{"https://a.example/b_c_?d=e&f", "https://a.example/"},
		Pictures: []teamstest.Picture{{URL: "https://media.example.com/" + advocacy.Digest(networktest.Blob).Hex(), AltText: "A shop front in the sun"}},
	}
	got := server.Visible()[0]
	want.Size = got.Size
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var sent body
	if err := json.Unmarshal(d.Body, &sent); err != nil || sent.Signed == "" {
		t.Fatalf("the body is %s", d.Body)
	}
	if m, err := network.Canonical(sent.Message); err != nil || len(m) != got.Size {
		t.Errorf("%d bytes came of %s", got.Size, m)
	}
}

// TestTooLarge: a card that Teams would not show is found before people sign it, and never sent.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	for name, c := range map[string]struct{ text, found string }{
		"fits":              {strings.Repeat("a", 19_000), ""},
		"lines take room":   {strings.Repeat("a\n", 300) + "a", FindingBodyTooLarge},
		"addresses too":     {strings.Repeat("https://a.example/"+strings.Repeat("b", 100)+" ", 70), FindingBodyTooLarge},
		"the text is large": {strings.Repeat("a", 20_001), network.FindingTextTooManyBytes},
	} {
		r, found := s.Adapter.Render(advocacy.Content{Language: "en", Text: c.text}, "", network.Disclosures{})
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != c.found {
			t.Errorf("%s: found %q, want %q", name, got, c.found)
		}
		r.Text += strings.Repeat("\n", 300)
		if _, err := s.Adapter.Encode(networktest.Envelope(s, "pub-1", advocacy.Target{Rendering: r})); advocacy.ReasonOf(err) != FindingBodyTooLarge {
			t.Errorf("%s, and more: %v", name, err)
		}
	}
}

// TestAnswers: how each answer of a workflow ends, and what the channel shows then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[teamstest.Mode]struct {
		class   network.Class
		visible int
	}{
		teamstest.Honest:   {network.Accepted, 1},
		teamstest.Failing:  {network.Accepted, 0}, // nobody can know
		teamstest.Cut:      {network.UnknownOutcome, 1},
		teamstest.Broken:   {network.UnknownOutcome, 1},
		teamstest.Silent:   {network.UnknownOutcome, 1},
		teamstest.Garbage:  {network.UnknownOutcome, 1},
		teamstest.Redirect: {network.UnknownOutcome, 1},
		"204":              {network.UnknownOutcome, 0},
		"302":              {network.UnknownOutcome, 0},
		"500":              {network.UnknownOutcome, 0},
		"504":              {network.UnknownOutcome, 0},
		teamstest.Busy:     {network.RateLimited, 0},
		"400":              {network.Permanent, 0},
		"413":              {network.Permanent, 0},
		"401":              {network.AuthExpired, 0},
		"403":              {network.AuthExpired, 0},
		"404":              {network.AuthExpired, 0},
		"410":              {network.AuthExpired, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *teamstest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == teamstest.Silent {
				impatient, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible {
				t.Fatalf("%+v, and %d are visible", answer, len(server.Visible()))
			}
			if after := networktest.Clock().Add(teamstest.RetryAfter * time.Second); mode == teamstest.Busy && !answer.RetryTime.Equal(after) {
				t.Errorf("it is tried again at %v", answer.RetryTime)
			}
			if strings.Contains(answer.Said.Text, "workflows/") || strings.Contains(answer.Said.Text, teamstest.Secret) {
				t.Errorf("it tells the address: %q", answer.Said.Text)
			}
		})
	}
}

// TestARepeatMakesTwo is why nothing is sent again.
func TestARepeatMakesTwo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	first := s.Adapter.Publish(t.Context(), d)
	s.Adapter.Publish(t.Context(), d)
	if got := len(server.Visible()); got != 2 {
		t.Errorf("%d are visible: the workflow of this test knows a key", got)
	}
	if c := s.Adapter.Capabilities(); c.Repeatable(d.Account, d.Time, d.Time.Add(time.Second)) || c.ReadBack || c.Delete {
		t.Errorf("a workflow can do %+v", c)
	}
	d.ExternalID = first.ExternalID
	if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", again)
	}
}

// TestSomebodyElsesAccount: nothing is sent to a workflow that is not the account's, nor elsewhere than to Microsoft.
func TestSomebodyElsesAccount(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, c := range map[string]struct {
		change func(*network.Delivery)
		class  network.Class
	}{
		"no name":          {func(d *network.Delivery) { d.Account.ExternalID = "" }, network.AuthExpired},
		"another workflow": {func(d *network.Delivery) { d.Credential = []byte(server.URL + teamstest.OtherPath) }, network.AuthExpired},
		"no body":          {func(d *network.Delivery) { d.Body = []byte("{}") }, network.Misconfigured},
		"no key":           {func(d *network.Delivery) { d.Key = "" }, network.Misconfigured},
	} {
		other := d
		c.change(&other)
		if answer := s.Adapter.Publish(t.Context(), other); answer.Class != c.class || len(server.Visible()) != 0 {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	e := networktest.Envelope(s, "pub-1", d.Target)
	e.MediaURL = nil
	if _, err := s.Adapter.Encode(e); err == nil {
		t.Error("a picture without an address became a card")
	}
}

// TestConnect: which addresses are a workflow's. Nothing is sent there.
func TestConnect(t *testing.T) {
	t.Parallel()
	n := New(Options{Hosts: []string{".logic.azure.com", "api.powerautomate.com"}})
	for address, fits := range map[string]bool{
		"https://prod-12.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?sig=S3cret": true,
		"https://api.powerautomate.com/webhook/a?sig=S3cret":                                                 true,
		"https://PROD-12.westeurope.Logic.Azure.com/workflows/a?sig=S3cret":                                  true,
		"https://logic.azure.com.example/workflows/a?sig=S3cret":                                             false,
		"https://evillogic.azure.com/workflows/a?sig=S3cret":                                                 false,
		"https://x.api.powerautomate.com/webhook/a?sig=S3cret":                                               false,
		"https://acme.webhook.office.com/webhookb2/S3cret":                                                   false,
		"http://prod-12.westeurope.logic.azure.com/workflows/a?sig=S3cret":                                   false,
		"https://prod-12.westeurope.logic.azure.com/?sig=S3cret":                                             false,
		"https://S3cret@prod-12.westeurope.logic.azure.com/workflows/a":                                      false,
		"S3cret": false, "": false,
	} {
		got, err := n.Connect(t.Context(), advocacy.SocialAccount{}, []byte(address))
		if (err == nil) != fits || !fits && advocacy.ReasonOf(err) != "TOKEN_REFUSED" {
			t.Errorf("%q: %+v, %v", address, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "S3cret") {
			t.Errorf("%q: it tells the secret: %v", address, err)
		}
		if fits && (strings.Contains(got.ExternalID+got.Handle, "S3cret") || len(got.ExternalID) != 32 || got.Handle != "workflow "+got.ExternalID[:8]) {
			t.Errorf("%q is known as %+v", address, got)
		}
	}
	one, err1 := n.Connect(t.Context(), advocacy.SocialAccount{}, []byte("https://api.powerautomate.com/webhook/a?sig=one"))
	two, err2 := n.Connect(t.Context(), advocacy.SocialAccount{}, []byte("https://api.powerautomate.com/webhook/a?sig=two"))
	other, err3 := n.Connect(t.Context(), advocacy.SocialAccount{}, []byte("https://api.powerautomate.com/webhook/b?sig=one"))
	if err1 != nil || err2 != nil || err3 != nil || one != two || one == other {
		t.Errorf("with another secret it is %+v and %+v, another workflow %+v", one, two, other)
	}
	if err := n.CheckAddress("https://api.powerautomate.com/webhook/a?sig=S3cret"); advocacy.ReasonOf(err) != "ADDRESS_UNEXPECTED" || n.CheckAddress("") != nil {
		t.Errorf("an address that everybody could see: %v", err)
	}
}
