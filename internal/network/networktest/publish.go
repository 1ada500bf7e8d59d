package networktest

import (
	"context"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// byMachine skips what is asked of an adapter that sends.
func byMachine(t *testing.T, s Subject) {
	t.Helper()
	if _, byHand := s.Adapter.(network.ByHand); byHand {
		t.Skip("a person publishes there")
	}
}

// handsOver wants a package with all that was signed, and nothing sent whatever happens.
func handsOver(t *testing.T, s Subject) {
	hand, byHand := s.Adapter.(network.ByHand)
	if !byHand {
		t.Skip("a machine publishes there")
	}
	content := Content()
	d := Deliver(t, s, "pub-1", content)
	p, err := hand.Package(d.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := d.Target.Rendering
	if p.Place != s.Account.Address || p.Text != r.Text || p.Link != content.Link || p.Disclosure != content.Disclosure || p.Byline != d.Target.Byline || p.Language != r.Language || !reflect.DeepEqual(p.Media, r.Media) {
		t.Errorf("the package is %+v of the rendering %+v", p, r)
	}
	if _, err := hand.Package([]byte("{}")); err == nil {
		t.Error("what is no package became one")
	}
	if answer := publish(t, s, t.Context(), d); answer.Class != network.Misconfigured || s.Visible() != 0 {
		t.Errorf("Publish = %+v, want a configuration error and nothing sent", answer)
	}
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Permanent || answer.Said.Code == "" {
		t.Errorf("Delete = %+v, want permanent", answer)
	}
	if c := s.Adapter.Capabilities(); c.ReadBack || c.Delete || c.Idempotency != network.AtMostOnce {
		t.Errorf("a machine can do more than a person told of: %+v", c)
	}
}

func publishAccepted(t *testing.T, s Subject) {
	byMachine(t, s)
	d := Deliver(t, s, "pub-1", Content())
	answer := publish(t, s, t.Context(), d)
	if answer.Class != network.Accepted || answer.ExternalID == "" {
		t.Fatalf("Publish = %+v, want accepted with a name", answer)
	}
	if u, err := url.Parse(answer.URL); err != nil || answer.URL != "" && u.Host == "" {
		t.Errorf("the address %q is none", answer.URL)
	}
	if got := s.Visible(); got != 1 {
		t.Errorf("%d posts are visible, want 1", got)
	}
	look(t, s, t.Context(), d, true)
}

func publishTwice(t *testing.T, s Subject) {
	if s.Adapter.Capabilities().Idempotency != network.ExactlyOnce {
		t.Skip("a repeat is a second post there")
	}
	d := Deliver(t, s, "pub-1", Content())
	first, second := publish(t, s, t.Context(), d), publish(t, s, t.Context(), d)
	if second != first {
		t.Errorf("the repeat was answered %+v, the first %+v", second, first)
	}
	// A later attempt has its own time and the same key.
	d.Time = d.Time.AddDate(0, 0, 1)
	if third := publish(t, s, t.Context(), d); third != first {
		t.Errorf("the later repeat was answered %+v, the first %+v", third, first)
	}
	if got := s.Visible(); got != 1 {
		t.Errorf("%d posts are visible, want 1", got)
	}
	if other := publish(t, s, t.Context(), Deliver(t, s, "pub-2", Content())); other.ExternalID == first.ExternalID {
		t.Error("two publications have one name")
	}
	if got := s.Visible(); got != 2 {
		t.Errorf("%d posts are visible, want 2", got)
	}
}

func publishAtOnce(t *testing.T, s Subject) {
	if s.Adapter.Capabilities().Idempotency != network.ExactlyOnce {
		t.Skip("a repeat is a second post there")
	}
	d := Deliver(t, s, "pub-1", Content())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if answer := publish(t, s, t.Context(), d); answer.Class != network.Accepted {
				t.Errorf("one of eight: %+v", answer)
			}
		})
	}
	all.Wait()
	if got := s.Visible(); got != 1 {
		t.Errorf("%d posts are visible, want 1", got)
	}
}

func publishStopped(t *testing.T, s Subject) {
	byMachine(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := Deliver(t, s, "pub-1", Content())
	answer := publish(t, s, ctx, d)
	if answer.Class != network.Retryable && answer.Class != network.UnknownOutcome {
		t.Errorf("Publish = %+v, want retryable or unknown", answer)
	}
	if answer.Class == network.Retryable && s.Visible() != 0 {
		t.Error("retryable says that nothing was published, and something is visible")
	}
}

// publishMeanwhile stops a delivery while its files are being sent.
func publishMeanwhile(t *testing.T, s Subject) {
	byMachine(t, s)
	d := Deliver(t, s, "pub-1", Content())
	asked := 0
	d.Still = func(context.Context) bool {
		asked++
		return false
	}
	answer := publish(t, s, t.Context(), d)
	if !s.Prepares {
		if asked > 0 {
			t.Error("it prepares what it shows, and its subject does not say so")
		}
		return
	}
	if answer.Class != network.Retryable || answer.Said.Code != advocacy.AnswerStoppedAhead || s.Visible() != 0 {
		t.Errorf("Publish = %+v, %d are visible", answer, s.Visible())
	}
	d.Still = func(context.Context) bool { return true }
	if answer := publish(t, s, t.Context(), d); answer.Class != network.Accepted || s.Visible() != 1 {
		t.Errorf("what may go on = %+v, %d are visible", answer, s.Visible())
	}
}

func lookBefore(t *testing.T, s Subject) {
	look(t, s, t.Context(), Deliver(t, s, "pub-1", Content()), false)
}

func lookStopped(t *testing.T, s Subject) {
	d := Deliver(t, s, "pub-1", Content())
	publish(t, s, t.Context(), d)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// A look that could not be finished must not say that nothing is there.
	if seen := s.Adapter.Look(ctx, d); seen.Readable && !seen.Found {
		t.Errorf("a stopped look says that nothing is there: %+v", seen)
	}
}

func deletes(t *testing.T, s Subject) {
	byMachine(t, s)
	d := Deliver(t, s, "pub-1", Content())
	answer := publish(t, s, t.Context(), d)
	d.ExternalID, d.URL = answer.ExternalID, answer.URL
	visible := 1
	want := network.Permanent
	if s.Adapter.Capabilities().Delete {
		visible, want = 0, network.Accepted
	}
	for range 2 {
		if got := s.Adapter.Delete(t.Context(), d); got.Class != want {
			t.Errorf("Delete = %+v, want %s", got, want)
		}
	}
	if got := s.Visible(); got != visible {
		t.Errorf("%d posts are visible, want %d", got, visible)
	}
	look(t, s, t.Context(), d, visible == 1)
	if s.Adapter.Capabilities().Delete {
		if again := publish(t, s, t.Context(), d); again.Class == network.Accepted {
			t.Error("a late repeat brought back what was taken back")
		}
	}
}

func keepsSecrets(t *testing.T, s Subject) {
	d := Deliver(t, s, "pub-1", Content())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	said := s.Adapter.Publish(ctx, d).Said.Text + s.Adapter.Publish(t.Context(), d).Said.Text +
		s.Adapter.Look(t.Context(), d).Said.Text + s.Adapter.Delete(t.Context(), d).Said.Text
	for secret := range strings.FieldsSeq(string(s.Credential)) {
		if strings.Contains(said, secret) {
			t.Errorf("an answer holds the credential: %s", said)
		}
	}
}

// publish wants an answer of a known class.
func publish(t *testing.T, s Subject, ctx context.Context, d network.Delivery) network.Answer {
	t.Helper()
	answer := s.Adapter.Publish(ctx, d)
	if !slices.Contains(network.Classes(), answer.Class) {
		t.Errorf("class %q is none", answer.Class)
	}
	if answer.Class != network.Accepted && answer.Said.Code == "" {
		t.Errorf("%s says nothing", answer.Class)
	}
	return answer
}

// look wants a sighting that fits the capabilities.
func look(t *testing.T, s Subject, ctx context.Context, d network.Delivery, there bool) {
	t.Helper()
	seen := s.Adapter.Look(ctx, d)
	if s.Blind || !s.Adapter.Capabilities().ReadBack {
		if seen.Readable || seen.Found {
			t.Errorf("Look = %+v of a network that cannot be asked", seen)
		}
		return
	}
	if !seen.Readable || seen.Found != there {
		t.Errorf("Look = %+v, want readable and found %t", seen, there)
	}
	if there && seen.Digest != "" && seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("what is shown has fingerprint %s, what was approved %s", seen.Digest, d.Target.Rendering.Fingerprint())
	}
}
