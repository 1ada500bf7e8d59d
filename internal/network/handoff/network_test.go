package handoff

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	networktest.Run(t, func(*testing.T) networktest.Subject {
		return networktest.Subject{
			Adapter: New(), Visible: func() int { return 0 },
			Account: advocacy.SocialAccount{
				Workspace: "acme", ID: "account", Network: Name, DisplayName: "Anna", Address: "https://www.facebook.com/anna",
			},
		}
	})
}

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	n := New()
	for _, good := range []string{
		"https://www.facebook.com/anna", "https://www.facebook.com/profile.php?id=1000", "https://linkedin.com/in/anna/",
		"https://x.com/anna", "https://www.threads.com/@anna", "https://bsky.app/profile/anna.example", "https://mastodon.social/@anna",
		"https://forum.example.org/members/anna", "https://wa.me/", "sms:", "https://www.whatsapp.com/channel/0029",
	} {
		if err := n.CheckAddress(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "facebook.com/anna", "http://www.facebook.com/anna", "https://www.facebook.com", "https://www.facebook.com/",
		"https://anna@facebook.com/anna", "https://facebook.com:8443/anna", "https://localhost/anna", "https://192.0.2.1/anna",
		"https://[2001:db8::1]/anna", "javascript:alert(1)", "https://x.com./anna", "https://x.com/" + strings.Repeat("a", 2000),
		// Somebody's number, and an invitation.
		"https://wa.me/33123456789", "https://wa.me", "sms:+33123456789", "sms:?body=a", "https://chat.whatsapp.com/AbC", "https://api.whatsapp.com/send?phone=33123456789",
	} {
		err := n.CheckAddress(bad)
		if advocacy.KindOf(err) != advocacy.Invalid || advocacy.ReasonOf(err) != "ADDRESS_INVALID" {
			t.Errorf("%q: %v, want ADDRESS_INVALID", bad, err)
		}
	}
}

func TestCheckPost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ account, post, want, reason string }{
		{"https://www.facebook.com/anna", "https://m.facebook.com/anna/posts/1#c", "https://m.facebook.com/anna/posts/1", ""},
		{"https://www.facebook.com/anna", "https://FB.com/anna/posts/1", "https://fb.com/anna/posts/1", ""},
		{"https://twitter.com/anna", " https://x.com/anna/status/1 ", "https://x.com/anna/status/1", ""},
		{"https://www.threads.net/@anna", "https://www.threads.com/@anna/post/1", "https://www.threads.com/@anna/post/1", ""},
		{"https://mastodon.social/@anna", "https://mastodon.social/@anna/1", "https://mastodon.social/@anna/1", ""},
		{"https://www.forum.example/members/anna", "https://forum.example/t/1", "https://forum.example/t/1", ""},
		{"https://www.facebook.com/profile.php?id=1", "https://www.facebook.com/profile.php?id=1&story=2", "https://www.facebook.com/profile.php?id=1&story=2", ""},
		{"https://www.facebook.com/anna", "https://www.facebook.com/anna/", "", "POST_URL_PROFILE"},
		{"https://www.facebook.com/anna", "https://facebook.com.evil.example/anna/posts/1", "", "POST_URL_ELSEWHERE"},
		{"https://www.facebook.com/anna", "https://notfacebook.com/anna/posts/1", "", "POST_URL_ELSEWHERE"},
		{"https://mastodon.social/@anna", "https://mastodon.example/@anna/1", "", "POST_URL_ELSEWHERE"},
		{"https://www.facebook.com/anna", "http://www.facebook.com/anna/posts/1", "", "POST_URL_INVALID"},
		{"https://www.facebook.com/anna", "https://www.facebook.com/", "", "POST_URL_INVALID"},
		{"https://www.facebook.com/anna", "somewhere", "", "POST_URL_INVALID"},
		{"https://www.facebook.com/anna", "", "", "POST_URL_INVALID"},
		{"https://wa.me/", " ", "", ""}, {"sms:", "", "", ""},
		{"sms:", "https://wa.me/1", "", "POST_URL_UNEXPECTED"}, {"https://wa.me/", "https://wa.me/", "", "POST_URL_UNEXPECTED"},
	} {
		got, err := New().CheckPost(c.account, c.post)
		if got != c.want || advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s on %s: %q, %v; want %q %s", c.post, c.account, got, err, c.want, c.reason)
		}
		if err != nil && advocacy.KindOf(err) != advocacy.Invalid {
			t.Errorf("%s: %v is not about a field", c.post, err)
		}
	}
}

func TestShareURL(t *testing.T) {
	t.Parallel()
	const text, link = "A & b+c é\nhttps://example.com/a?b=c", "https://example.com/a?b=c"
	const escaped, escapedLink = "A%20%26%20b%2Bc%20%C3%A9%0Ahttps%3A%2F%2Fexample.com%2Fa%3Fb%3Dc", "https%3A%2F%2Fexample.com%2Fa%3Fb%3Dc"
	for _, c := range []struct{ address, want string }{
		{"https://www.linkedin.com/in/anna", "https://www.linkedin.com/sharing/share-offsite/?url=" + escapedLink},
		{"https://x.com/anna", "https://x.com/intent/post?text=" + escaped},
		{"https://m.facebook.com/anna", "https://www.facebook.com/sharer/sharer.php?u=" + escapedLink},
		{"https://bsky.app/profile/anna.example", "https://bsky.app/intent/compose?text=" + escaped},
		{"https://www.threads.net/@anna", "https://www.threads.com/intent/post?text=" + escaped},
		{"https://Social.example/@anna", "https://social.example/share?text=" + escaped},
		{"https://www.instagram.com/anna", ""}, {"https://www.tiktok.com/@anna", ""},
		{"https://medium.com/@anna", ""}, {"https://forum.example/anna", ""},
		{"https://wa.me/", "https://wa.me/?text=" + escaped}, {"sms:", "sms:?&body=" + escaped},
	} {
		if got := shareURL(c.address, text, link); got != c.want {
			t.Errorf("of %s: %s, want %s", c.address, got, c.want)
		}
	}
	if got := shareURL("https://www.facebook.com/anna", "no link", ""); got != "" {
		t.Errorf("without a link the sharer opens at %s", got)
	}
}

// TestRuleAt: what a place takes is found in a content, and decides nothing of what is shown.
func TestRuleAt(t *testing.T) {
	t.Parallel()
	content := advocacy.Content{Language: "en", Text: strings.Repeat("a", 290), Link: "https://example.com/a/long/address"}
	for address, code := range map[string]string{
		"https://x.com/anna": network.FindingTextTooLong, "https://bsky.app/profile/anna.example": network.FindingTextTooLong,
		"https://www.facebook.com/anna": "", "https://social.example/@anna": "", "https://forum.example/anna": "",
	} {
		m := network.MeasureBy(New().RuleAt(address), content, "en", network.Disclosures{})
		found := advocacy.Blocking(m.Findings)
		if got := codeOf(found); got != code {
			t.Errorf("on %s: %q, want %q", address, got, code)
		}
		for _, c := range m.Counters {
			if c.Network != Name || c.Reserved == 0 {
				t.Errorf("on %s: %+v, want the link counted for %s", address, c, Name)
			}
		}
	}
	if r := New().RuleAt("https://www.instagram.com/anna"); r.Pictures() != 10 || r.Place != measure.Instagram {
		t.Errorf("on Instagram: %d pictures by the rule of %q", r.Pictures(), r.Place)
	}
}

func codeOf(f *advocacy.Finding) string {
	if f == nil {
		return ""
	}
	return f.Code
}

// TestWhatIsPastedIsWhatWasSigned: whatever is written, the package's text is the rendering's.
func TestWhatIsPastedIsWhatWasSigned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		r, _ := New().Render(content, content.Language, network.Disclosures{})
		target := advocacy.Target{Place: "https://x.com/anna", Byline: "Anna", Rendering: r}
		body, err := New().Encode(network.Envelope{Target: target})
		if err != nil {
			t.Fatal(err)
		}
		p, err := New().Package(body)
		if err != nil || p.Text != r.Text || !p.Shows(target) {
			t.Fatalf("%q is handed over as %q, %v", r.Text, p.Text, err)
		}
		for _, change := range []func(*advocacy.Target){
			func(x *advocacy.Target) { x.Place += "2" }, func(x *advocacy.Target) { x.Byline = "Bea" },
			func(x *advocacy.Target) { x.Rendering.Text += "." },
			func(x *advocacy.Target) {
				x.Rendering.Media = append(x.Rendering.Media, advocacy.RenderedMedia{Blob: "b"})
			},
		} {
			other := target
			if change(&other); p.Shows(other) {
				t.Fatalf("%+v passes for %+v", p, other)
			}
		}
	})
}
