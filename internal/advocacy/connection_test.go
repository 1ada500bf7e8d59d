package advocacy

import (
	"testing"
	"time"
)

// TestConnectionUse: an answer is good for who was sent, for one account, once, and for minutes.
func TestConnectionUse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	nadia := Actor{Kind: Human, Person: "nadia", Session: "s1"}
	for name, c := range map[string]struct {
		actor   Actor
		account AccountID
		change  func(*Connection)
		want    string
	}{
		"as it was sent":         {nadia, "a", nil, ""},
		"another session":        {Actor{Person: "nadia", Session: "s2"}, "a", nil, "CONNECTION_ELSEWHERE"},
		"another person":         {Actor{Person: "omar", Session: "s1"}, "a", nil, "CONNECTION_ELSEWHERE"},
		"no session":             {Actor{Person: "nadia"}, "a", func(c *Connection) { c.Session = "" }, "CONNECTION_ELSEWHERE"},
		"another account":        {nadia, "b", nil, "CONNECTION_ELSEWHERE"},
		"used":                   {nadia, "a", func(c *Connection) { c.UseTime = now.Add(-time.Second) }, "CONNECTION_USED"},
		"at the last instant":    {nadia, "a", func(c *Connection) { c.ExpireTime = now.Add(time.Microsecond) }, ""},
		"at the instant it ends": {nadia, "a", func(c *Connection) { c.ExpireTime = now }, "CONNECTION_EXPIRED"},
	} {
		k := &Connection{Account: "a", Person: "nadia", Session: "s1", ExpireTime: now.Add(ConnectionLife)}
		if c.change != nil {
			c.change(k)
		}
		used := k.UseTime
		err := k.Use(c.actor, c.account, now)
		if ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if c.want == "" && !k.UseTime.Equal(now) || c.want != "" && !k.UseTime.Equal(used) {
			t.Errorf("%s: used at %v", name, k.UseTime)
		}
	}
}

func TestConnectionJudge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		issuer          string
		told            bool
		answers, denial string
		want            string
	}{
		"a network that does not say who it is": {"", false, "", "", ""},
		"one that says it, and is not known":    {"", false, "https://x/", "", ""},
		"known, and says nothing":               {"https://x/", false, "", "", ""},
		"known, and says it":                    {"https://x/", true, "https://x/", "", ""},
		"another one":                           {"https://x/", false, "https://y/", "", "ISSUER_DIFFERENT"},
		"another one by a slash":                {"https://x/", true, "https://x", "", "ISSUER_DIFFERENT"},
		"always says it, and did not":           {"https://x/", true, "", "", "ISSUER_DIFFERENT"},
		"another one's no":                      {"https://x/", true, "https://y/", "access_denied", "ISSUER_DIFFERENT"},
		"no, in LinkedIn's words":               {"", false, "", "user_cancelled_authorize", "CONNECTION_DENIED"},
		"no":                                    {"https://x/", true, "https://x/", "access_denied", "CONNECTION_DENIED"},
		"something else":                        {"", false, "", "server_error", "CONNECTION_REFUSED"},
	} {
		k := &Connection{Issuer: c.issuer, IssuerTold: c.told}
		if err := k.Judge(c.answers, c.denial); ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestRevocationEnds: a network is asked again, ever more rarely, and not for ever.
func TestRevocationEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	r := &Revocation{CreateTime: now}
	asked := 0
	for at := now; !r.GivenUp(at); at = r.Next(at) {
		if asked++; asked > 200 {
			t.Fatal("it is asked for ever")
		}
	}
	if asked < 70 || asked > 90 {
		t.Errorf("asked %d times", asked)
	}
}
