package networktest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Link is an adapter whose accounts are connected with a token their owner made there.
type Link struct {
	Subject
	// Profile is what the network says of the account that the credential belongs to.
	Profile network.Profile
	// Strange are credentials of nobody's, in the form of one and in others.
	Strange []string
	// Away ends the network's server; nil where connecting asks nobody.
	Away func()
}

// RunLinked tests what every adapter does with a token, beside what Run tests. Open is called for each
// test and returns a fresh place with nothing on it.
func RunLinked(t *testing.T, open func(t *testing.T) Link) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Link){
		"connecting tells whose token it is":   connects,
		"connecting refuses a token of nobody": connectsNobody,
		"connecting when the network is away":  connectsNowhere,
		"connecting of a stopped context":      connectsStopped,
		"without a token nothing is sent":      sendsNothing,
		"what was published is not sent anew":  sendsOnce,
		"what cannot be read is not sent":      sendsWhole,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func (l Link) connect(ctx context.Context, token string) (network.Profile, error) {
	return l.Adapter.(network.Linker).Connect(ctx, l.Account, []byte(token))
}

// connects: the same token is the same account however often it is asked, and nothing is shown.
func connects(t *testing.T, l Link) {
	for range 2 {
		got, err := l.connect(t.Context(), string(l.Credential))
		if err != nil || got != l.Profile {
			t.Errorf("it says %+v, %v, want %+v", got, err, l.Profile)
		}
	}
	if got := l.Visible(); got != 0 {
		t.Errorf("connecting showed %d posts", got)
	}
}

func connectsNobody(t *testing.T, l Link) {
	for _, token := range l.Strange {
		got, err := l.connect(t.Context(), token)
		refusedAs(t, err, token, "TOKEN_REFUSED", "access_token")
		if got != (network.Profile{}) {
			t.Errorf("whoever was refused is %+v", got)
		}
	}
}

func connectsNowhere(t *testing.T, l Link) {
	if l.Away == nil {
		t.Skip("connecting asks nobody")
	}
	l.Away()
	_, err := l.connect(t.Context(), string(l.Credential))
	refusedAs(t, err, string(l.Credential), "NETWORK_UNREACHABLE", "")
}

func connectsStopped(t *testing.T, l Link) {
	if l.Away == nil {
		t.Skip("connecting asks nobody")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.connect(ctx, string(l.Credential))
	refusedAs(t, err, string(l.Credential), "NETWORK_UNREACHABLE", "")
}

// refusedAs wants an error with a reason, about a field, that does not repeat the token.
func refusedAs(t *testing.T, err error, token, reason, field string) {
	t.Helper()
	e, ok := errors.AsType[*advocacy.Error](err)
	if !ok || e.Reason != reason || e.Field != field {
		t.Errorf("it says %v, want %s about %q", err, reason, field)
	}
	if ok && token != "" && strings.Contains(e.Error(), token) {
		t.Error("it repeats the token")
	}
}

// sendsNothing: who has no token, or one of nobody's, publishes nothing, sees nothing and takes nothing
// back.
func sendsNothing(t *testing.T, l Link) {
	d := Deliver(t, l.Subject, "pub-1", Content())
	named := Named(d, publish(t, l.Subject, t.Context(), d).ExternalID)
	other := Deliver(t, l.Subject, "pub-2", Content())
	for _, token := range append([]string{""}, l.Strange...) {
		other.Credential, named.Credential = []byte(token), []byte(token)
		if answer := publish(t, l.Subject, t.Context(), other); answer.Class != network.AuthExpired {
			t.Errorf("with the token %q it is published: %+v", token, answer)
		}
		if seen := l.Adapter.Look(t.Context(), other); seen.Readable || seen.Found {
			t.Errorf("with the token %q it is seen: %+v", token, seen)
		}
		if answer := l.Adapter.Delete(t.Context(), named); answer.Class == network.Accepted {
			t.Errorf("with the token %q it is taken back: %+v", token, answer)
		}
		if got := l.Visible(); got != 1 {
			t.Errorf("with the token %q there are %d posts, want 1", token, got)
		}
	}
}

// sendsOnce: what has a name on the network was published, and a repeat is refused where it would be
// a second post.
func sendsOnce(t *testing.T, l Link) {
	if l.Adapter.Capabilities().Idempotency != network.AtMostOnce {
		t.Skip("a repeat has no second effect there")
	}
	d := Deliver(t, l.Subject, "pub-1", Content())
	d.ExternalID = publish(t, l.Subject, t.Context(), d).ExternalID
	if again := publish(t, l.Subject, t.Context(), d); again.Class != network.Permanent || l.Visible() != 1 {
		t.Errorf("it is published again: %+v, and %d are visible", again, l.Visible())
	}
}

// sendsWhole: a body that says nothing is not sent.
func sendsWhole(t *testing.T, l Link) {
	d := Deliver(t, l.Subject, "pub-1", Content())
	for _, damaged := range []string{"", "{}", "null", "<html>"} {
		d.Body = []byte(damaged)
		if answer := publish(t, l.Subject, t.Context(), d); answer.Class != network.Misconfigured || l.Visible() != 0 {
			t.Errorf("%q is sent: %+v", damaged, answer)
		}
	}
}
