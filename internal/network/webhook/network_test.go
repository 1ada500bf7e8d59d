package webhook

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	networktest.Run(t, func(t *testing.T) networktest.Subject {
		r := receive(t, status(http.StatusOK))
		s := subject(newNetwork(patient), hook(r.URL))
		s.Visible = func() int { return len(r.got()) }
		return s
	})
}

func TestEncode(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	content := networktest.Content()
	d := networktest.Deliver(t, subject(n, "https://example.com"), "pub-1", content)
	want := `{"data":{` +
		`"byline":"Nadia Diallo",` +
		`"card":{"description":"Open from Tuesday.","picture":{"alt_text":"A door","content_type":"image/jpeg","height":418,` +
		`"sha256":"76f61e16befea31e9a3053cc446bd721e903f1c964342d205ca01d2aa558481f",` +
		`"url":"https://media.example.com/76f61e16befea31e9a3053cc446bd721e903f1c964342d205ca01d2aa558481f","width":800},` +
		`"title":"Our shop in Lyon"},` +
		`"digest":"` + string(advocacy.DigestOf([]byte("pub-1"))) + `",` +
		`"disclosure":{"kind":"employee","text":"I work for this company."},` +
		`"language":"en","link":"https://example.com/lyon",` +
		`"media":[{"alt_text":"A shop front in the sun","content_type":"image/png","height":630,` +
		`"sha256":"2f16ba1adf7baf6834737681da62365199a8a54606e5832fe5d326ac2ed15f73",` +
		`"url":"https://media.example.com/2f16ba1adf7baf6834737681da62365199a8a54606e5832fe5d326ac2ed15f73","width":1200}],` +
		`"post":"post-of-pub-1","publication":"pub-1",` +
		`"text":"We open in Lyon on Tuesday.\n\nCome and see: https://example.com/lyon?from=wall","workspace":"acme"},` +
		`"timestamp":"2025-11-25T08:00:00.123456Z","type":"imprimatur.publication"}`
	if diff := cmp.Diff(want, string(d.Body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	content.Link, content.Media, content.Disclosure = "", nil, advocacy.DisclosureNone
	var short struct {
		Data map[string]any `json:"data"`
	}
	d = networktest.Deliver(t, subject(n, "https://example.com"), "pub-1", content)
	if err := json.Unmarshal(d.Body, &short); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{}, short.Data["media"]); diff != "" {
		t.Errorf("media (-want +got):\n%s", diff)
	}
	for _, absent := range []string{"link", "disclosure"} {
		if value, present := short.Data[absent]; present {
			t.Errorf("%s = %v of a post without", absent, value)
		}
	}
}

func TestEncodeNeedsAddressesOfPictures(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	r, _ := n.Render(networktest.Content(), "en", network.Disclosures{})
	if _, err := n.Encode(network.Envelope{Target: advocacy.Target{Rendering: r}}); err == nil {
		t.Error("pictures were encoded without their addresses")
	}
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	s := subject(n, "https://example.com")
	for _, c := range []struct {
		name string
		text string
		want string
	}{
		{"letters", strings.Repeat("a", capabilities().TextLimit), ""},
		{"as many in three bytes each", strings.Repeat("語", capabilities().TextLimit), FindingBodyTooLarge},
		{"said once", strings.Repeat("語", capabilities().TextLimit+1), network.FindingTextTooLong},
		{"just under", strings.Repeat("語", 5000), ""},
	} {
		rendering, found := n.Render(advocacy.Content{Language: "ja", Text: c.text}, "ja", network.Disclosures{})
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: findings %q, want %q", c.name, got, c.want)
		}
		body, err := n.Encode(networktest.Envelope(s, "pub-1", advocacy.Target{Byline: "Nadia", Rendering: rendering}))
		if tooLarge := advocacy.ReasonOf(err) == FindingBodyTooLarge; tooLarge != (c.want != "") {
			t.Errorf("%s: Encode gave %d bytes, %v", c.name, len(body), err)
		}
	}
}

// What Render lets through, Encode can send, with the longest names people may have.
func TestEncodeFollowsRender(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	content := networktest.Content()
	content.Text = ""
	for range capabilities().MediaLimit - 1 {
		content.Media = append(content.Media, content.Media[0])
	}
	r, _ := n.Render(content, "en", network.Disclosures{})
	empty, err := network.Canonical(r)
	if err != nil {
		t.Fatal(err)
	}
	content.Text = strings.Repeat("語", (renderingLimit-len(empty))/3)
	r, found := n.Render(content, "en", network.Disclosures{})
	if blocked := advocacy.Blocking(found); blocked != nil {
		t.Fatalf("blocked: %+v", blocked)
	}
	e := networktest.Envelope(subject(n, ""), "pub-1", advocacy.Target{Byline: strings.Repeat("語", 100), Rendering: r})
	e.MediaURL = func(blob string) string { return "https://media.example.com/" + strings.Repeat("x", 400) + blob }
	if _, err := n.Encode(e); err != nil {
		t.Error(err)
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	want := network.Capabilities{TextLimit: 10000, MediaLimit: 4, AltTextRequired: true, Cards: true, Idempotency: network.ByKey, KeyLife: 24 * time.Hour, KeyWait: 30 * time.Second}
	if diff := cmp.Diff(want, New(Options{}).Capabilities()); diff != "" {
		t.Errorf("capabilities (-want +got):\n%s", diff)
	}
	if got := strconv.Itoa(int(New(Options{}).timeout.Seconds())); got != "15" {
		t.Errorf("a delivery may take %s seconds", got)
	}
}
