package wall

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

const base = "https://news.example.com"

func subject(m *memory) networktest.Subject {
	return networktest.Subject{
		Adapter: New(m, base+"/"),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Nadia Diallo", Address: base + "/wall/acme",
		},
		Credential: []byte("no secret is needed"),
		Visible:    m.visible,
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	networktest.Run(t, func(*testing.T) networktest.Subject { return subject(newMemory()) })
}

func TestEncode(t *testing.T) {
	t.Parallel()
	d := networktest.Deliver(t, subject(newMemory()), "pub-1", networktest.Content())
	var got map[string]any
	if err := json.Unmarshal(d.Body, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"schema": "imprimatur.dev/wall/v1", "workspace": "acme", "publication": "pub-1", "post": "post-of-pub-1",
		"digest": string(advocacy.DigestOf([]byte("pub-1"))), "byline": "Nadia Diallo",
		"rendering": map[string]any{
			"network": "wall", "language": "en",
			"text": "We open in Lyon on Tuesday.\n\nCome and see: https://example.com/lyon?from=wall",
			"card": map[string]any{
				"title": "Our shop in Lyon", "description": "Open from Tuesday.",
				"picture": map[string]any{
					"blob": networktest.CardBlob, "content_type": "image/jpeg", "width": 800.0, "height": 418.0, "alt_text": "A door",
				},
			},
			"link": "https://example.com/lyon", "disclosure": "employee", "disclosure_text": "I work for this company.",
			"media": []any{map[string]any{
				"blob": networktest.Blob, "content_type": "image/png", "width": 1200.0, "height": 630.0, "alt_text": "A shop front in the sun",
			}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestPublishKeepsTheEntry(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s := subject(m)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	answer := s.Adapter.Publish(t.Context(), d)
	want := network.Answer{Class: network.Accepted, ExternalID: "pub-1", URL: base + "/wall/acme/pub-1"}
	if diff := cmp.Diff(want, answer); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	kept, err := m.Entry(t.Context(), "acme", "pub-1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Entry{
		Workspace: "acme", Publication: "pub-1", Post: "post-of-pub-1", Body: d.Body,
		Fingerprint: d.Target.Rendering.Fingerprint(), PublishTime: networktest.Moment, Media: []string{networktest.Blob, networktest.CardBlob},
	}, kept); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

// What is sent must be what was approved, whoever changed it on the way.
func TestPublishRefusesWhatWasNotApproved(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*network.Delivery){
		"empty body":          func(d *network.Delivery) { d.Body = nil },
		"garbage":             func(d *network.Delivery) { d.Body = []byte("null") },
		"another schema":      func(d *network.Delivery) { d.Body = []byte(strings.Replace(string(d.Body), "wall/v1", "wall/v2", 1)) },
		"an unknown field":    func(d *network.Delivery) { d.Body = []byte(strings.Replace(string(d.Body), "{", `{"x":1,`, 1)) },
		"another text":        func(d *network.Delivery) { d.Target.Rendering.Text += "!" },
		"another byline":      func(d *network.Delivery) { d.Target.Byline = "Somebody else" },
		"another workspace":   func(d *network.Delivery) { d.Account.Workspace = "other" },
		"another publication": func(d *network.Delivery) { d.Publication = "pub-2" },
		"another post":        func(d *network.Delivery) { d.Post = "post-2" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			s := subject(m)
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			change(&d)
			if got := s.Adapter.Publish(t.Context(), d); got.Class != network.Misconfigured || m.visible() != 0 {
				t.Errorf("Publish = %+v with %d visible", got, m.visible())
			}
		})
	}
}

func TestPublishOfAnotherBodyIsForAPerson(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s := subject(m)
	s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content()))
	changed := networktest.Content()
	changed.Text = "Something else"
	d := networktest.Deliver(t, s, "pub-1", changed)
	if got := s.Adapter.Publish(t.Context(), d); got.Class != network.Duplicate {
		t.Errorf("Publish = %+v, want duplicate", got)
	}
	// The look that follows sees a difference from what was approved.
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || !seen.Differs || seen.Text != networktest.Content().Text {
		t.Errorf("Look = %+v", seen)
	}
}

func TestStoreErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want network.Class
	}{
		{"busy", &advocacy.Error{Kind: advocacy.Unavailable, Reason: "STORE_BUSY"}, network.Retryable},
		{"lost", errors.New("connection reset, password=canary"), network.UnknownOutcome},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newMemory()
			s := subject(m)
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			m.err = c.err
			answer := s.Adapter.Publish(t.Context(), d)
			seen := s.Adapter.Look(t.Context(), d)
			deleted := s.Adapter.Delete(t.Context(), d)
			if answer.Class != c.want || seen.Readable || deleted.Class != network.Retryable {
				t.Errorf("Publish = %+v, Look = %+v, Delete = %+v", answer, seen, deleted)
			}
			if strings.Contains(answer.Said.Text+seen.Said.Text+deleted.Said.Text, "canary") {
				t.Error("an answer repeats the store's error")
			}
		})
	}
}

func TestDeleteNotesTheTime(t *testing.T) {
	t.Parallel()
	m := newMemory()
	s := subject(m)
	at := time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC)
	s.Adapter.(*Network).Now = func() time.Time { return at }
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	s.Adapter.Delete(t.Context(), d)
	kept, err := m.Entry(t.Context(), "acme", "pub-1")
	if err != nil || !kept.RemoveTime.Equal(at) {
		t.Errorf("entry = %+v, %v", kept, err)
	}
}
