package linkedin

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
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

func options(s *linkedintest.Server) Options {
	return Options{
		Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock}, API: s.URL, Version: "202608",
		Pause: time.Millisecond, Grace: time.Millisecond,
	}
}

// member starts a server and returns a member's account on it.
func member(t *testing.T) (*linkedintest.Server, networktest.Subject) {
	t.Helper()
	server := linkedintest.New(t)
	server.Do(func(s *linkedintest.Server) { s.Now = networktest.Clock })
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  New(options(server)), Credential: []byte(linkedintest.Token), Blind: true,
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Nadia Diallo", ExternalID: personURN + linkedintest.Member, Personal: true,
		},
		Visible: func() int { return len(server.Visible()) },
	}
}

// page is member for the account of an organisation.
func page(t *testing.T) (*linkedintest.Server, networktest.Subject) {
	t.Helper()
	server, s := member(t)
	s.Blind, s.Account.Personal = false, false
	s.Account.Address, s.Account.ExternalID = companyAddress+linkedintest.Organization, organizationURN+linkedintest.Organization
	return server, s
}

var accounts = map[string]func(*testing.T) (*linkedintest.Server, networktest.Subject){"member": member, "organisation": page}

func TestContract(t *testing.T) {
	t.Parallel()
	for name, open := range accounts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			networktest.Run(t, func(t *testing.T) networktest.Subject {
				_, s := open(t)
				return s
			})
		})
	}
}

// vector is computed by hand from little-text-format (learn.microsoft.com).
const (
	vector  = `Va al repo (durable) #AI a\b _x_ ~y~ *z* <t> {k} [l] | @me`
	escaped = `Va al repo \(durable\) #AI a\\b \_x\_ \~y\~ \*z\* \<t\> \{k\} \[l\] \| \@me`
)

// TestLittleText: what is reserved has a backslash, hashtags are alive, and nothing is cut.
func TestLittleText(t *testing.T) {
	t.Parallel()
	server, s := member(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: vector})
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
		t.Fatalf("%+v", answer)
	}
	shown := server.Visible()[0]
	if diff := cmp.Diff([]string{escaped, vector, vector}, []string{shown.Commentary, shown.Text, plain(shown.Commentary)}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if cut := linkedintest.Read(vector); cut != "Va al repo " {
		t.Errorf("the server of this test shows %q of what has no backslash", cut)
	}
	templates := `We \(Acme\) like {hashtag|\#|Lyon_2} and @[Omar \(H\)](urn:li:person:1) {hashtag| @[`
	if got := plain(templates); got != "We (Acme) like #Lyon_2 and Omar (H) {hashtag| @[" {
		t.Errorf("of templates readers see %q", got)
	}
}

// TestBareLinks: an operator may leave addresses as they are.
func TestBareLinks(t *testing.T) {
	t.Parallel()
	text := "(See https://example.com/a_b?c=~d and f_g)"
	for bare, want := range map[bool]string{
		false: `\(See https://example.com/a\_b?c=\~d and f\_g\)`, true: `\(See https://example.com/a_b?c=~d and f\_g\)`,
	} {
		if got := New(Options{BareLinks: bare}).commentary(text); got != want || plain(got) != text {
			t.Errorf("bare %t: %s", bare, got)
		}
	}
}

// TestRender: the disclosure stands in the text, and a link has a card, or stands in the text.
func TestRender(t *testing.T) {
	t.Parallel()
	n, link := New(Options{}), "https://example.com/lyon"
	card := advocacy.Card{Title: "Lyon", Description: "Our shop."}
	picture := []advocacy.MediaRef{{Blob: networktest.Blob, ContentType: "image/png", Width: 10, Height: 10, AltText: "A shop"}}
	for name, c := range map[string]struct {
		content    advocacy.Content
		want, link string
		found      string
	}{
		"a card":             {advocacy.Content{Text: "Come.", Link: link, Card: card}, "Come.", link, ""},
		"no card":            {advocacy.Content{Text: "Come.", Link: link}, "Come.\n\n" + link, "", ""},
		"a card of space":    {advocacy.Content{Text: "Come.", Link: link, Card: advocacy.Card{Title: " \u200b"}}, "Come.\n\n" + link, "", ""},
		"a card and picture": {advocacy.Content{Text: "Come.", Link: link, Card: card, Media: picture}, "Come.\n\n" + link, "", ""},
		"told first": {
			advocacy.Content{Text: "Come.", Link: link, Disclosure: advocacy.DisclosureEmployee}, "I work for this company.\n\nCome.\n\n" + link, "", "",
		},
		"just so":       {advocacy.Content{Text: strings.Repeat("(", 1500)}, strings.Repeat("(", 1500), "", ""},
		"one too many":  {advocacy.Content{Text: strings.Repeat("(", 1500) + "a"}, strings.Repeat("(", 1500) + "a", "", network.FindingTextTooLong},
		"a family more": {advocacy.Content{Text: strings.Repeat("a", 2990) + "👨‍👩‍👧‍👦"}, strings.Repeat("a", 2990) + "👨‍👩‍👧‍👦", "", network.FindingTextTooLong},
	} {
		c.content.Language = "en"
		r, found := n.Render(c.content, "", network.Disclosures{})
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if r.Text != c.want || r.Link != c.link || r.Card.None() != (c.link == "") || strings.Join(codes, " ") != c.found {
			t.Errorf("%s: text %q, link %q, card %+v, found %q", name, r.Text, r.Link, r.Card, codes)
		}
	}
}

// TestWhatIsRenderedComesBack: what readers see is what people signed, and taking off what the
// network's form adds gives the content as it was written.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := page(t)
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		r, found := s.Adapter.Render(content, "", network.Disclosures{})
		if advocacy.Blocking(found) != nil {
			t.Skip("nobody can sign it")
		}
		body, err := s.Adapter.Encode(networktest.Envelope(s, "pub-1", advocacy.Target{Byline: "Nadia", Rendering: r}))
		if err != nil {
			t.Fatal(err)
		}
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Publication: "pub-1", Key: "pub-1", Body: body,
			Target: advocacy.Target{Rendering: r}, Time: networktest.Moment,
			Media: networktest.Open,
		}
		answer := s.Adapter.Publish(t.Context(), d)
		if answer.Class != network.Accepted {
			t.Fatalf("%+v", answer)
		}
		shown := server.Visible()
		last := shown[len(shown)-1]
		if last.Text != r.Text || last.ID != answer.ExternalID {
			t.Fatalf("it shows %q, signed was %q", last.Text, r.Text)
		}
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, last.ID)); seen.Digest != r.Fingerprint() {
			t.Fatalf("a look says %+v", seen)
		}
		written := networktest.Written(content)
		back := advocacy.Content{Language: r.Language, Text: last.Text, Disclosure: r.Disclosure, Media: written.Media}
		if told := (network.Disclosures{}).Tell(content.Disclosure, Name, "", content.Language); told.Place == network.PlaceFirst {
			back.Text = strings.TrimPrefix(strings.TrimPrefix(back.Text, told.Text), "\n\n")
		}
		stands(t, last, written)
		if article, is := last.Content["article"].(map[string]any); is {
			back.Link = fmt.Sprint(article["source"])
			back.Card = advocacy.Card{Title: fmt.Sprint(article["title"]), Picture: written.Card.Picture}
			back.Card.Description, _ = article["description"].(string)
		} else if back.Link = written.Link; back.Link != "" {
			back.Text = strings.TrimSuffix(strings.TrimSuffix(back.Text, back.Link), "\n\n")
			back.Card = written.Card // it is not shown beside pictures, or without a title
		}
		if diff := cmp.Diff(written, back); diff != "" {
			t.Fatalf("(-written +back):\n%s", diff)
		}
	})
}

// stands wants the files a content has, each with its bytes and its words.
func stands(t *rapid.T, p linkedintest.Post, written advocacy.Content) {
	wanted := written.Media
	if _, is := p.Content["article"]; is && written.Card.Picture.Blob != "" {
		wanted = []advocacy.MediaRef{written.Card.Picture}
	}
	if len(p.Files) != len(wanted) {
		t.Fatalf("it shows %d files, written were %d", len(p.Files), len(wanted))
	}
	var words []string
	if media, is := p.Content["media"].(map[string]any); is {
		words = append(words, fmt.Sprint(media["altText"]))
	}
	if several, is := p.Content["multiImage"].(map[string]any); is {
		for _, image := range several["images"].([]any) {
			words = append(words, fmt.Sprint(image.(map[string]any)["altText"]))
		}
	}
	for i, m := range wanted {
		if string(p.Files[i].Bytes) != networktest.BytesOf(m.Blob) {
			t.Fatalf("file %d is %q", i, p.Files[i].Bytes)
		}
		if len(words) > 0 && words[i] != m.AltText {
			t.Fatalf("file %d is described as %q, written was %q", i, words[i], m.AltText)
		}
	}
}

// TestAnswers: how each answer of the server ends, how often it was asked, and what is shown then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2025, 11, 26, 0, 0, 0, 0, time.UTC)
	for mode, want := range map[linkedintest.Mode]struct {
		class          network.Class
		visible, asked int
		retry          time.Time
		wide           bool
	}{
		linkedintest.Honest:      {class: network.Accepted, visible: 1, asked: 1},
		linkedintest.Cut:         {class: network.UnknownOutcome, visible: 1, asked: 1},
		linkedintest.Broken:      {class: network.UnknownOutcome, visible: 1, asked: 1},
		linkedintest.Silent:      {class: network.UnknownOutcome, visible: 1, asked: 1},
		linkedintest.Garbage:     {class: network.UnknownOutcome, visible: 1, asked: 1},
		linkedintest.Misnamed:    {class: network.UnknownOutcome, visible: 1, asked: 1},
		linkedintest.Polite:      {class: network.UnknownOutcome, visible: 1, asked: 1},
		linkedintest.Away:        {class: network.UnknownOutcome, asked: 1},
		linkedintest.Moved:       {class: network.UnknownOutcome, asked: 1},
		linkedintest.Busy:        {class: network.RateLimited, asked: 1, retry: midnight},
		linkedintest.Spent:       {class: network.RateLimited, asked: 1, retry: midnight, wide: true},
		linkedintest.Retired:     {class: network.Misconfigured, asked: 1},
		linkedintest.Expired:     {class: network.AuthExpired, asked: 1},
		linkedintest.Revoked:     {class: network.AuthExpired, asked: 1},
		linkedintest.Denied:      {class: network.AuthExpired, asked: 1},
		linkedintest.Invalid:     {class: network.Permanent, asked: 1},
		linkedintest.Cousin:      {class: network.Duplicate, asked: 1},
		linkedintest.Conflict:    {class: network.Accepted, visible: 1, asked: 2},
		linkedintest.Conflicting: {class: network.UnknownOutcome, asked: 2},
		linkedintest.Unready:     {class: network.Retryable, asked: 1},
		linkedintest.Unworkable:  {class: network.Permanent, asked: 1},
	} {
		for name, open := range accounts {
			t.Run(string(mode)+" "+name, func(t *testing.T) {
				t.Parallel()
				server, s := open(t)
				server.Do(func(s *linkedintest.Server) { s.Mode = mode })
				d := networktest.Deliver(t, s, "pub-1", networktest.Content())
				ctx := t.Context()
				if mode == linkedintest.Silent {
					impatient, cancel := context.WithTimeout(ctx, time.Second)
					defer cancel()
					ctx = impatient
				}
				answer := s.Adapter.Publish(ctx, d)
				if answer.Class != want.class || len(server.Visible()) != want.visible || server.Counts().Creates != want.asked {
					t.Fatalf("%+v, %d are visible, and it was asked %d times", answer, len(server.Visible()), server.Counts().Creates)
				}
				if !answer.RetryTime.Equal(want.retry) || answer.AppWide != want.wide {
					t.Errorf("it is tried again at %v, everybody's: %t", answer.RetryTime, answer.AppWide)
				}
				if strings.ContainsRune(answer.Said.Text, '\u202e') || want.class != network.Accepted && (answer.ExternalID != "" || answer.Said.Text == "") {
					t.Errorf("it says %+v", answer)
				}
				server.Do(func(s *linkedintest.Server) { s.Mode = linkedintest.Honest })
				if seen := s.Adapter.Look(t.Context(), d); seen.Readable == s.Blind || seen.Found != (!s.Blind && want.visible == 1) {
					t.Errorf("a look says %+v", seen)
				}
			})
		}
	}
}

// TestARepeatMakesTwo is why a request without an answer is never sent again.
func TestARepeatMakesTwo(t *testing.T) {
	t.Parallel()
	server, s := member(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	s.Adapter.Publish(t.Context(), d)
	if got := len(server.Visible()); got != 2 {
		t.Errorf("%d are visible: the server of this test knows repeats", got)
	}
	if s.Adapter.Capabilities().Repeatable(s.Account, d.Time, d.Time) {
		t.Error("it may be sent again")
	}
	if answer := s.Adapter.Publish(t.Context(), networktest.Named(d, server.Visible()[0].ID)); answer.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", answer)
	}
}

// TestDuplicates: the post that is said to be the same is told, and taken for ours by nobody; one
// that is gone proves that nothing was published, where that can be asked.
func TestDuplicates(t *testing.T) {
	t.Parallel()
	for name, open := range accounts {
		server, s := open(t)
		server.Do(func(s *linkedintest.Server) { s.Duplicates = true })
		d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
		first := s.Adapter.Publish(t.Context(), d)
		answer := s.Adapter.Publish(t.Context(), d)
		if answer.Class != network.Duplicate || answer.ExternalID != first.ExternalID || !strings.HasSuffix(answer.Said.Text, addressOf(first.ExternalID)) {
			t.Errorf("%s: %+v", name, answer)
		}
		server.Do(func(s *linkedintest.Server) { s.Mode = linkedintest.Copy })
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Duplicate || answer.ExternalID == first.ExternalID {
			t.Errorf("%s: of a copy of somebody else's %+v", name, answer)
		}
		server.Do(func(s *linkedintest.Server) { s.Mode = linkedintest.Ghost })
		want := network.Permanent
		if s.Blind {
			want = network.Duplicate
		}
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != want {
			t.Errorf("%s: of a copy of what is gone %+v", name, answer)
		}
	}
	p := problem{Message: "Content is a duplicate of urn:li:activity:7"}
	if urn, said := p.duplicate(); urn != "urn:li:activity:7" || !said {
		t.Errorf("it names %q", urn)
	}
}

// TestASlowServer is waited for.
func TestASlowServer(t *testing.T) {
	t.Parallel()
	server, s := member(t)
	server.Do(func(s *linkedintest.Server) { s.Mode = linkedintest.Slow })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	ended := make(chan network.Answer, 1)
	go func() { ended <- s.Adapter.Publish(t.Context(), d) }()
	server.Wait()
	server.Arrive()
	if answer := <-ended; answer.Class != network.Accepted || answer.ExternalID != server.Visible()[0].ID {
		t.Errorf("%+v", answer)
	}
}

// TestAPostIsKnown by its name and its address, of both kinds, and is public.
func TestAPostIsKnown(t *testing.T) {
	t.Parallel()
	server, s := page(t)
	content := networktest.Content()
	want := map[string]string{"image/png": "urn:li:share:", "video/mp4": "urn:li:ugcPost:", "application/pdf": "urn:li:share:"}
	for kind, begins := range want {
		content.Media[0].ContentType = kind
		answer := s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, advocacy.PublicationID(kind), content))
		if answer.Class != network.Accepted || !strings.HasPrefix(answer.ExternalID, begins) || answer.URL != "https://www.linkedin.com/feed/update/"+answer.ExternalID {
			t.Errorf("%s: %+v", kind, answer)
		}
		shown := server.Visible()
		media, _ := shown[len(shown)-1].Content["media"].(map[string]any)
		field := map[bool]string{true: "altText", false: "title"}[kind == "image/png"]
		if media[field] != "A shop front in the sun" || len(media) != 2 {
			t.Errorf("%s: it shows %v", kind, media)
		}
	}
	if diff := cmp.Diff([]string{"202608"}, server.Versions()); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
	author := server.Visible()[0].Author
	if author != organizationURN+linkedintest.Organization {
		t.Errorf("it was published as %s", author)
	}
}

// TestTokenRefused: a dead token, somebody else's and none are told as such, and publish nothing.
func TestTokenRefused(t *testing.T) {
	t.Parallel()
	for name, open := range accounts {
		server, s := open(t)
		d := networktest.Deliver(t, s, "pub-1", networktest.Content())
		mine := s.Adapter.Publish(t.Context(), d).ExternalID
		for _, token := range []string{"another-t0ken", linkedintest.OtherToken, "", "two words", "a\r\nHost: b"} {
			d.Credential = []byte(token)
			for what, answer := range map[string]network.Answer{
				"publish": s.Adapter.Publish(t.Context(), d), "delete": s.Adapter.Delete(t.Context(), networktest.Named(d, mine)),
			} {
				if answer.Class != network.AuthExpired || token != "" && strings.Contains(answer.Said.Text, token) {
					t.Errorf("%s: %s with %q: %+v", name, what, token, answer)
				}
			}
			if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
				t.Errorf("%s: a look with %q says %+v", name, token, seen)
			}
		}
		if got := len(server.Visible()); got != 1 {
			t.Errorf("%s: %d are visible", name, got)
		}
	}
}

// TestSomebodyElsesAccount: an account publishes as who it was connected for, and as the page of
// its address.
func TestSomebodyElsesAccount(t *testing.T) {
	t.Parallel()
	server, s := page(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, c := range []struct{ address, id string }{
		{companyAddress + "7", organizationURN + linkedintest.Organization}, {companyAddress + linkedintest.Organization, personURN + linkedintest.Member},
		{"", organizationURN + linkedintest.Organization}, {"", ""}, {companyAddress, organizationURN}, {"", personURN + "a b"},
	} {
		d.Account.Address, d.Account.ExternalID = c.address, c.id
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.AuthExpired || len(server.Visible()) != 0 {
			t.Errorf("%q as %q: %+v", c.id, c.address, answer)
		}
	}
}

// TestABodyThatIsDamaged is our own fault, and sent nowhere.
func TestABodyThatIsDamaged(t *testing.T) {
	t.Parallel()
	server, s := member(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, b := range []string{
		"", "{}", "null", `{"post":{"lifecycleState":"PUBLISHED","commentary":""}}`, strings.Replace(string(d.Body), `"files":[`, `"others":[`, 1),
		strings.Replace(string(d.Body), networktest.Blob, networktest.CardBlob, 1),
	} {
		d.Body = []byte(b)
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || server.Counts() != (linkedintest.Counts{}) {
			t.Errorf("%q: %+v", b, answer)
		}
	}
}

// TestAnAPIThatMayNotBeUsed waits for the operator.
func TestAnAPIThatMayNotBeUsed(t *testing.T) {
	t.Parallel()
	_, s := member(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, api := range []string{"http://127.0.0.1:1", "no address", "https://10.0.0.1"} {
		n := New(Options{API: api})
		if answer := n.Publish(t.Context(), d); answer.Class != network.Misconfigured {
			t.Errorf("%s: %+v", api, answer)
		}
		if _, err := n.Connect(t.Context(), s.Account, s.Credential); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
			t.Errorf("%s: %v", api, err)
		}
	}
}

// TestAging: an operator is told two months before LinkedIn retires a version.
func TestAging(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]bool{"2026-08-01": false, "2027-05-31": false, "2027-06-01": true, "2028-01-01": true} {
		now, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		if Aging("202608", now) != want {
			t.Errorf("on %s it is aging: %t", at, !want)
		}
	}
}
