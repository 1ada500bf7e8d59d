package x

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
)

func options(s *xtest.Server) Options {
	return Options{
		Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock},
		API:     s.URL, SignIn: s.URL + "/i/oauth2/authorize", Pause: time.Millisecond,
	}
}

// open starts a server and returns an account on it.
func open(t *testing.T) (*xtest.Server, networktest.Subject) {
	t.Helper()
	server := xtest.New(t)
	server.Do(func(s *xtest.Server) { s.Now = networktest.Clock })
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  New(options(server)), Credential: []byte(xtest.Token),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Nadia Diallo", ExternalID: xtest.Account, Personal: true,
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

// TestRender: link and disclosure stand in the text, as X weighs it, and what is paid for is marked by X.
func TestRender(t *testing.T) {
	t.Parallel()
	n, link := New(Options{}), "https://example.com/lyon?"+strings.Repeat("utm=1&", 50)+"end=1"
	for name, c := range map[string]struct {
		content advocacy.Content
		want    string
		paid    bool
		found   string
	}{
		"a link":         {content: advocacy.Content{Text: "Come.", Link: link}, want: "Come.\n\n" + link},
		"an employee":    {content: advocacy.Content{Text: "Come.", Disclosure: advocacy.DisclosureEmployee}, want: "Come.\n\nI work for this company."},
		"paid for":       {content: advocacy.Content{Text: "Come.", Disclosure: advocacy.DisclosurePartnership}, want: "Come.", paid: true},
		"paid, by a law": {content: advocacy.Content{Language: "fr-FR", Text: "Venez.", Disclosure: advocacy.DisclosureAdvertising}, want: "Publicité\n\nVenez.", paid: true},
		"just so":        {content: advocacy.Content{Text: strings.Repeat("a", 255), Link: link}, want: strings.Repeat("a", 255) + "\n\n" + link},
		"one too many":   {content: advocacy.Content{Text: strings.Repeat("a", 256), Link: link}, want: strings.Repeat("a", 256) + "\n\n" + link, found: network.FindingTextTooLong},
		"families":       {content: advocacy.Content{Text: strings.Repeat("👨‍👩‍👧‍👦", 140)}, want: strings.Repeat("👨‍👩‍👧‍👦", 140)},
		"one family too": {content: advocacy.Content{Text: strings.Repeat("火", 140) + "a"}, want: strings.Repeat("火", 140) + "a", found: network.FindingTextTooLong},
	} {
		if c.content.Language == "" {
			c.content.Language = "en"
		}
		r, found := n.Render(c.content, "", network.Disclosures{})
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if r.Text != c.want || r.Link != "" || !r.Card.None() || strings.Join(codes, " ") != c.found {
			t.Errorf("%s: text %q, link %q, found %q", name, r.Text, r.Link, codes)
		}
		body, err := n.Encode(network.Envelope{Target: advocacy.Target{Rendering: r}})
		if b, whole := parse(body); err != nil || !whole || b.Paid != c.paid {
			t.Errorf("%s: of %s, error %v", name, body, err)
		}
	}
}

// TestWhatIsRenderedComesBack: what was asked for is what people signed, with its files, their words
// and its mark; and a look says so, whatever X does to links and signs.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		r, found := s.Adapter.Render(content, "", network.Disclosures{})
		for i, m := range r.Media {
			r.Media[i].AltText = network.CutText(m.AltText, 100) // what is too long is found before
		}
		if advocacy.Blocking(found) != nil {
			t.Skip("nobody can sign it")
		}
		body, err := s.Adapter.Encode(networktest.Envelope(s, "pub-1", advocacy.Target{Byline: "Nadia", Rendering: r}))
		if err != nil {
			t.Fatal(err)
		}
		server.Do(func(s *xtest.Server) {
			s.Plain, s.Notes = rapid.Bool().Draw(t, "plain"), rapid.Bool().Draw(t, "notes")
		})
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Publication: "pub-1", Key: "pub-1", Body: body,
			Target: advocacy.Target{Rendering: r}, Time: networktest.Moment, Media: networktest.Open,
		}
		answer := s.Adapter.Publish(t.Context(), d)
		if answer.Class != network.Accepted {
			t.Fatalf("%+v", answer)
		}
		shown := server.Visible()
		last := shown[len(shown)-1]
		if last.Text != r.Text || last.ID != answer.ExternalID || last.Paid != (network.FieldOf(Name, content.Disclosure) != "") || len(last.Files) != len(r.Media) {
			t.Fatalf("it shows %+v, signed was %q", last, r.Text)
		}
		for i, m := range r.Media {
			if f := last.Files[i]; string(f.Bytes) != networktest.BytesOf(m.Blob) || f.AltText != m.AltText {
				t.Fatalf("file %d is %q, described as %q", i, f.Bytes, f.AltText)
			}
		}
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, last.ID)); seen.Digest != r.Fingerprint() {
			t.Fatalf("a look says %+v", seen)
		}
	})
}

// TestAnswers: how each answer of the server ends, how often it was asked, and what is shown then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[xtest.Mode]struct {
		class   network.Class
		visible int
		retry   int64
	}{
		xtest.Honest:     {class: network.Accepted, visible: 1},
		xtest.Cut:        {class: network.UnknownOutcome, visible: 1},
		xtest.Broken:     {class: network.UnknownOutcome, visible: 1},
		xtest.Silent:     {class: network.UnknownOutcome, visible: 1},
		xtest.Garbage:    {class: network.UnknownOutcome, visible: 1},
		xtest.Misnamed:   {class: network.UnknownOutcome, visible: 1},
		xtest.Polite:     {class: network.UnknownOutcome, visible: 1},
		xtest.Away:       {class: network.UnknownOutcome},
		xtest.Moved:      {class: network.UnknownOutcome},
		xtest.Busy:       {class: network.RateLimited, retry: xtest.Reset},
		xtest.Full:       {class: network.RateLimited, retry: xtest.FullReset},
		xtest.Capped:     {class: network.Misconfigured},
		xtest.Unpaid:     {class: network.Misconfigured},
		xtest.Expired:    {class: network.AuthExpired},
		xtest.Suspended:  {class: network.AuthExpired},
		xtest.Unenrolled: {class: network.Misconfigured},
		xtest.Subset:     {class: network.Misconfigured},
		xtest.Denied:     {class: network.Permanent},
		xtest.Invalid:    {class: network.Permanent},
		xtest.Copy:       {class: network.Duplicate},
		xtest.OldCopy:    {class: network.Duplicate},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *xtest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == xtest.Silent {
				impatient, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible || server.Counts().Creates != 1 {
				t.Fatalf("%+v, %d are visible, and it was asked %d times", answer, len(server.Visible()), server.Counts().Creates)
			}
			if want.retry != 0 && answer.RetryTime.Unix() != want.retry || want.retry == 0 && !answer.RetryTime.IsZero() {
				t.Errorf("it is tried again at %v", answer.RetryTime)
			}
			if answer.AppWide != (mode == xtest.Full) {
				t.Errorf("everybody's quota is used up: %t", answer.AppWide)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') || want.class != network.Accepted && (answer.ExternalID != "" || answer.Said.Text == "") {
				t.Errorf("it says %+v", answer)
			}
			server.Do(func(s *xtest.Server) { s.Mode = xtest.Honest })
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
	if got := len(server.Visible()); got != 2 {
		t.Errorf("%d are visible: the server of this test knows repeats", got)
	}
	if c := s.Adapter.Capabilities(); c.Repeatable(s.Account, d.Time, d.Time) || c.RefreshTwice {
		t.Error("it may be sent again, or a token asked with twice")
	}
	if answer := s.Adapter.Publish(t.Context(), networktest.Named(d, server.Visible()[0].ID)); answer.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", answer)
	}
	server.Do(func(s *xtest.Server) { s.Duplicates = true })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Duplicate || len(server.Visible()) != 2 {
		t.Errorf("a copy is %+v", answer)
	}
}

// TestPaid: X is told what is paid for, and of nothing else.
func TestPaid(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	for i, disclosure := range advocacy.Disclosures() {
		d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "Come.", Disclosure: disclosure})
		answer := s.Adapter.Publish(t.Context(), d)
		if shown := server.Visible()[i]; answer.Class != network.Accepted || shown.Paid != (disclosure == advocacy.DisclosureAdvertising || disclosure == advocacy.DisclosurePartnership) {
			t.Errorf("%q: %+v, marked as paid: %t", disclosure, answer, shown.Paid)
		}
	}
}

// TestASlowServer is waited for.
func TestASlowServer(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *xtest.Server) { s.Mode = xtest.Slow })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	ended := make(chan network.Answer, 1)
	go func() { ended <- s.Adapter.Publish(t.Context(), d) }()
	server.Wait()
	server.Arrive()
	if answer := <-ended; answer.Class != network.Accepted || answer.ExternalID != server.Visible()[0].ID || answer.URL != "https://x.com/i/web/status/"+answer.ExternalID {
		t.Errorf("%+v", answer)
	}
}

// TestABodyThatIsDamaged publishes nothing.
func TestABodyThatIsDamaged(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, body := range []string{"", "{}", `{"text":""}`, "null", `{"text":"We open."`} {
		d.Body = []byte(body)
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || server.Counts() != (xtest.Counts{}) {
			t.Errorf("%s: %+v", body, answer)
		}
	}
}

// TestTokens: what is no token is sent nowhere, and an account nobody knows the name of neither.
func TestTokens(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, change := range map[string]func(*network.Delivery){
		"none":       func(d *network.Delivery) { d.Credential = nil },
		"two lines":  func(d *network.Delivery) { d.Credential = []byte("a\r\nb: c") },
		"no account": func(d *network.Delivery) { d.Account.ExternalID = "" },
		"a path":     func(d *network.Delivery) { d.Account.ExternalID = "7/../8" },
		"stolen":     func(d *network.Delivery) { d.Credential = []byte("stolen") },
	} {
		other := d
		change(&other)
		if answer := s.Adapter.Publish(t.Context(), other); answer.Class != network.AuthExpired || server.Counts().Creates != 0 {
			t.Errorf("%s: %+v", name, answer)
		}
		if seen := s.Adapter.Look(t.Context(), other); seen.Readable || seen.Found {
			t.Errorf("%s: a look says %+v", name, seen)
		}
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(other, "7")); answer.Class != network.AuthExpired {
			t.Errorf("%s: Delete: %+v", name, answer)
		}
	}
	nowhere := New(Options{API: "ftp://x.com"})
	if answer := nowhere.Publish(t.Context(), d); answer.Class != network.Misconfigured {
		t.Errorf("an address that may not be used: %+v", answer)
	}
}

// TestConnect: what X says of the account a token belongs to.
func TestConnect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		token, said, reason string
		want                network.Profile
	}{
		"an account":                 {token: xtest.Token, want: network.Profile{ExternalID: xtest.Account, Handle: "@nadia_d"}},
		"another":                    {token: xtest.OtherToken, want: network.Profile{ExternalID: xtest.OtherAccount, Handle: "@omar"}},
		"a token of nobody":          {token: "stolen", reason: "TOKEN_REFUSED"},
		"something that is no token": {token: "two words", reason: "TOKEN_REFUSED"},
		"nobody there":               {token: xtest.Token, said: "closed", reason: "NETWORK_UNREACHABLE"},
		"somewhere else":             {token: xtest.Token, said: `{"data":{"id":"../7","username":"nadia"}}`, reason: "SERVER_UNSUITABLE"},
		"a handle that is none":      {token: xtest.Token, said: `{"data":{"id":"7","username":"a b"}}`, reason: "SERVER_UNSUITABLE"},
		"a page":                     {token: xtest.Token, said: "<html>", reason: "NETWORK_UNREACHABLE"},
	} {
		server, s := open(t)
		switch c.said {
		case "":
		case "closed":
			server.Close()
		default:
			server.Config.Handler = said(c.said)
		}
		s.Account.ExternalID = ""
		got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, []byte(c.token))
		if diff := cmp.Diff(c.want, got); diff != "" || advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if err != nil && strings.Contains(fmt.Sprint(err), c.token) {
			t.Errorf("%s: it says %v", name, err)
		}
	}
	n := New(Options{})
	for address, reason := range map[string]string{"": "", "https://x.com": "ADDRESS_INVALID", "https://x.com/acme": "ADDRESS_INVALID"} {
		if err := n.CheckAddress(address); advocacy.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", address, err, reason)
		}
	}
}
