package linkedin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// TestFiles: each is given once and waited for, whatever interrupts; one that is refused or cannot
// be read publishes nothing.
func TestFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*linkedintest.Server)
		classes []network.Class
		begun   int
	}{
		"at once":                {func(*linkedintest.Server) {}, []network.Class{network.Accepted}, 1},
		"after a while":          {func(s *linkedintest.Server) { s.Working = 5 }, []network.Class{network.Accepted}, 1},
		"that fails":             {func(s *linkedintest.Server) { s.FileFails = true }, []network.Class{network.Permanent}, 1},
		"that may not be asked":  {func(s *linkedintest.Server) { s.Unasked = true }, []network.Class{network.Accepted}, 1},
		"on a server that fails": {func(s *linkedintest.Server) { s.PutFails = 1 }, []network.Class{network.Retryable, network.Accepted}, 1},
		"whose place is gone":    {func(s *linkedintest.Server) { s.PutGone = 1 }, []network.Class{network.Retryable, network.Accepted}, 2},
	} {
		server, s := member(t)
		server.Do(c.change)
		d := networktest.Deliver(t, s, "pub-1", networktest.Content())
		for i, want := range c.classes {
			if answer := s.Adapter.Publish(t.Context(), d); answer.Class != want {
				t.Errorf("a file %s: attempt %d: %+v, want %s", name, i, answer, want)
			}
		}
		if got := server.Counts().Uploads; got != c.begun {
			t.Errorf("a file %s was begun %d times", name, got)
		}
	}
	server, s := member(t)
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
}

// TestAFileThatIsNeverReady publishes nothing, leaves time for the post, and is gone on with.
func TestAFileThatIsNeverReady(t *testing.T) {
	t.Parallel()
	server, s := member(t)
	server.Do(func(s *linkedintest.Server) { s.Working = 1_000_000_000 })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	impatient, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
	defer cancel()
	if answer := s.Adapter.Publish(impatient, d); answer.Class != network.Retryable || impatient.Err() != nil || server.Counts().Creates != 0 {
		t.Errorf("%+v, out of time: %v", answer, impatient.Err())
	}
	server.Do(func(s *linkedintest.Server) { s.Working = 0 })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || server.Counts().Uploads != 1 {
		t.Errorf("%+v after %d uploads", answer, server.Counts().Uploads)
	}
}

// TestFilesAreGivenOnce: what a refusal interrupts goes on with the files that are there, for as long
// as LinkedIn keeps them.
func TestFilesAreGivenOnce(t *testing.T) {
	t.Parallel()
	server := linkedintest.New(t)
	now, o := networktest.Moment, options(server)
	o.Now = func() time.Time { return now }
	_, s := member(t)
	s.Adapter = New(o)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, mode := range []linkedintest.Mode{linkedintest.Expired, linkedintest.Busy, linkedintest.Retired, linkedintest.Unready} {
		server.Do(func(s *linkedintest.Server) { s.Mode = mode })
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class == network.Accepted || server.Counts().Uploads != 1 {
			t.Errorf("%s: %+v after %d uploads", mode, answer, server.Counts().Uploads)
		}
	}
	now = now.Add(network.LeftFor)
	server.Do(func(s *linkedintest.Server) { s.Mode = linkedintest.Honest })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || server.Counts().Uploads != 2 {
		t.Errorf("half an hour later: %+v after %d uploads", answer, server.Counts().Uploads)
	}
	n := s.Adapter.(*Network)
	if left := n.uploads.Len(); left != 0 {
		t.Errorf("of what is out %d are kept", left)
	}
}

// TestAVideoInParts: each goes where it belongs, once, although an attempt ends in between, and a
// stream that cannot seek does too.
func TestAVideoInParts(t *testing.T) {
	t.Parallel()
	server, s := page(t)
	server.Do(func(s *linkedintest.Server) { s.PartSize, s.Working, s.PutFails = 7, 2, 1 })
	content := networktest.Content()
	content.Media[0].ContentType, content.Media[0].Duration = "video/mp4", 5000
	d := networktest.Deliver(t, s, "pub-1", content)
	d.Media = func(_ context.Context, blob string) (io.Reader, error) {
		return io.MultiReader(strings.NewReader(networktest.BytesOf(blob))), nil
	}
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable {
		t.Fatalf("%+v", answer)
	}
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
		t.Fatalf("%+v", answer)
	}
	file := server.Visible()[0].Files[0]
	if want := networktest.BytesOf(networktest.Blob); string(file.Bytes) != want || file.Parts != (len(want)+6)/7 || server.Counts().Uploads != 1 {
		t.Errorf("in %d parts of %d uploads it got %q", file.Parts, server.Counts().Uploads, file.Bytes)
	}
	if cover([]part{{"", 0, 3}, {"", 5, 9}}, 10) || cover([]part{{"", 0, 3}}, 10) || cover(nil, 0) || cover([]part{{"", 0, 11}}, 10) {
		t.Error("parts that leave something out are all of it")
	}
}

// TestFilesGoToLinkedInAlone, whatever the API says.
func TestFilesGoToLinkedInAlone(t *testing.T) {
	t.Parallel()
	server, s := member(t)
	other := linkedintest.New(t)
	server.Do(func(s *linkedintest.Server) { s.PutAt = other.URL })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || server.Counts().Creates != 0 {
		t.Errorf("%+v", answer)
	}
	n := New(Options{API: "https://api.linkedin.com"})
	for raw, want := range map[string]bool{
		"https://www.linkedin.com/dms-uploads/x": true, "https://linkedin.com/x": true, "https://api.linkedin.com/x": true,
		"http://www.linkedin.com/x": false, "https://linkedin.com.example.com/x": false, "https://notlinkedin.com/x": false,
	} {
		if u, err := n.api.Parse(raw); err != nil || n.theirs(u) != want {
			t.Errorf("%s is theirs: %t", raw, !want)
		}
	}
}

// TestLook: it finds what is an organisation's and ours by its words, and nothing that is older or
// another publication's.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := page(t)
	content := advocacy.Content{Language: "en", Text: "We open & <b>you</b> come. #Lyon_2\n\nCome and see: https://example.com/lyon?a=1&b=2"}
	d := networktest.Deliver(t, s, "pub-1", content)
	at := networktest.Moment.Add(-time.Hour)
	server.Do(func(s *linkedintest.Server) { s.Now = func() time.Time { return at } })
	server.Write(d.Target.Rendering.Text)
	at = networktest.Clock()
	server.Write("Something else.")
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of an older text it says %+v", seen)
	}
	mine := server.Write(d.Target.Rendering.Text)
	for range 2 * pageSize {
		server.Write("Noise.")
	}
	server.Write(d.Target.Rendering.Text)
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != mine || seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("it says %+v, want %s", seen, mine)
	}
	d.Taken = func(_ context.Context, id string) (bool, error) { return true, nil }
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
	server, s := page(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
	for range pageSize * maxPages {
		server.Write("Noise.")
	}
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
		t.Errorf("of more than it can look through it says %+v", seen)
	}
	server.Do(func(s *linkedintest.Server) { s.NoReading = true })
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
		t.Errorf("of what it may not read it says %+v", seen)
	}
	_, s = member(t)
	d.Account = s.Account
	if seen := s.Adapter.Look(t.Context(), networktest.Named(d, "urn:li:share:1")); seen.Readable {
		t.Errorf("of a member it says %+v", seen)
	}
}

// TestReadBack: what is shown otherwise has no digest of ours, what is not shown yet is found later,
// and what is gone is not there.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := page(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() || seen.ExternalID != d.ExternalID {
		t.Errorf("of what it shows it says %+v", seen)
	}
	server.Do(func(s *linkedintest.Server) { s.Shows = func(text string) string { return text[:10] } })
	cut := d.Target.Rendering.Text[:10]
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != cut {
		t.Errorf("of a text that was cut it says %+v", seen)
	}
	server.Do(func(s *linkedintest.Server) { s.Shows, s.Lag = nil, 1 })
	unnamed := networktest.Named(d, "")
	if first, second := s.Adapter.Look(t.Context(), unnamed), s.Adapter.Look(t.Context(), unnamed); first.Found || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
	unnamed.Target.Rendering.Media[0].AltText = "Another picture"
	if seen := s.Adapter.Look(t.Context(), unnamed); !seen.Readable || seen.Found {
		t.Errorf("of another picture it says %+v", seen)
	}
	named := networktest.Named(unnamed, d.ExternalID)
	if seen := s.Adapter.Look(t.Context(), named); !seen.Differs || seen.Text != d.Target.Rendering.Text {
		t.Errorf("of another picture with its name it says %+v", seen)
	}
	named.Target.Rendering.Media = nil
	if seen := s.Adapter.Look(t.Context(), named); !seen.Differs {
		t.Errorf("of a picture nobody signed it says %+v", seen)
	}
	server.Do(func(s *linkedintest.Server) { s.Wordless = true })
	if seen := s.Adapter.Look(t.Context(), networktest.Named(unnamed, d.ExternalID)); seen.Differs || !seen.Found {
		t.Errorf("of a server that leaves words out it says %+v", seen)
	}
	if seen := s.Adapter.Look(t.Context(), unnamed); seen.Found {
		t.Errorf("what it leaves out is found: %+v", seen)
	}
	server.Do(func(s *linkedintest.Server) { s.Wordless = false })
	for _, id := range []string{"urn:li:activity:1", "urn:li:share:1/../2", "7", "https://www.linkedin.com"} {
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, id)); seen.Readable || seen.Found {
			t.Errorf("of %q it says %+v", id, seen)
		}
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, id)); answer.Class != network.Permanent {
			t.Errorf("of %q Delete says %+v", id, answer)
		}
	}
	server.Remove(d.ExternalID)
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Errorf("of what is gone it says %+v", seen)
	}
}

// TestHarmless: what changes nothing anybody sees may be asked again, whatever the answer was.
func TestHarmless(t *testing.T) {
	t.Parallel()
	server, s := page(t)
	d := networktest.Named(networktest.Deliver(t, s, "pub-1", networktest.Content()), "urn:li:share:7")
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

// TestConnect: what LinkedIn says of the member a token belongs to, and of the organisations that
// member publishes for.
func TestConnect(t *testing.T) {
	t.Parallel()
	organisation := func(number string) network.Profile {
		return network.Profile{ExternalID: organizationURN + number, Handle: "linkedin.com/company/" + number}
	}
	refused := "TOKEN_REFUSED"
	for name, c := range map[string]struct {
		address, token, reason string
		want                   network.Profile
	}{
		"a member":                   {"", linkedintest.Token, "", network.Profile{ExternalID: personURN + linkedintest.Member, Handle: "Nadia Diallo"}},
		"another":                    {"", linkedintest.OtherToken, "", network.Profile{ExternalID: personURN + linkedintest.OtherMember, Handle: "Omar Haddad"}},
		"an administrator":           {companyAddress + linkedintest.Organization, linkedintest.Token, "", organisation(linkedintest.Organization)},
		"who makes posts":            {companyAddress + linkedintest.OtherOrganization, linkedintest.OtherToken, "", organisation(linkedintest.OtherOrganization)},
		"who reads numbers":          {companyAddress + linkedintest.OtherOrganization, linkedintest.Token, refused, network.Profile{}},
		"who was one":                {companyAddress + "7", linkedintest.Token, refused, network.Profile{}},
		"a stranger":                 {companyAddress + linkedintest.Organization, linkedintest.OtherToken, refused, network.Profile{}},
		"a token of nobody":          {"", "stolen", refused, network.Profile{}},
		"something that is no token": {"", "two words", refused, network.Profile{}},
		"a name for a number":        {companyAddress + "acme", linkedintest.Token, "ADDRESS_INVALID", network.Profile{}},
		"nobody there":               {"", linkedintest.Token, "NETWORK_UNREACHABLE", network.Profile{}},
	} {
		server, s := member(t)
		if name == "nobody there" {
			server.Close()
		}
		s.Account.Address, s.Account.ExternalID = c.address, ""
		got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, []byte(c.token))
		if diff := cmp.Diff(c.want, got); diff != "" || advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		if err != nil && strings.Contains(err.Error(), c.token) {
			t.Errorf("%s: it says %v", name, err)
		}
	}
}

// TestSomethingElse: a server that does not say who somebody is.
func TestSomethingElse(t *testing.T) {
	t.Parallel()
	server, s := member(t)
	for said, reason := range map[string]string{
		`{"sub":"../../admin","name":"Nadia"}`: "SERVER_UNSUITABLE", `{}`: "SERVER_UNSUITABLE", "<html>": "NETWORK_UNREACHABLE",
	} {
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, said) })
		if _, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential); advocacy.ReasonOf(err) != reason {
			t.Errorf("%s: %v", said, err)
		}
	}
}

// TestAddress: a member has none, and an organisation one way to write its own.
func TestAddress(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	for address, reason := range map[string]string{
		"": "", companyAddress + "12345": "", companyAddress: "ADDRESS_INVALID", companyAddress + "12345/": "ADDRESS_INVALID",
		companyAddress + "acme": "ADDRESS_INVALID", companyAddress + "012": "ADDRESS_INVALID", "https://linkedin.com/company/12345": "ADDRESS_INVALID",
		"http://www.linkedin.com/company/12345": "ADDRESS_INVALID", "https://www.linkedin.com": "ADDRESS_INVALID",
	} {
		if err := n.CheckAddress(address); advocacy.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", address, err, reason)
		}
	}
}
