package bluesky

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
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// open starts a server and returns an account on it.
func open(t *testing.T) (*blueskytest.Server, networktest.Subject) {
	t.Helper()
	server := blueskytest.New(t)
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  New(wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock}), Credential: []byte(blueskytest.Credential),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Nadia Diallo", Address: server.URL,
			ExternalID: blueskytest.Account, Deduplicates: true,
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
		server, s := open(t)
		return networktest.Link{
			Subject: s, Profile: network.Profile{ExternalID: blueskytest.Account, Handle: "@" + blueskytest.Handle, Deduplicates: true},
			Strange: []string{blueskytest.Handle + ":" + blueskytest.OwnPassword, blueskytest.Handle + ":wr0n-gwro-ngwr-ongw"}, Away: server.Close,
		}
	})
}

// TestAnswers: how each answer of the server ends, what the account shows then, and that a repeat
// shows it once.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[blueskytest.Mode]struct {
		class   network.Class
		visible int
	}{
		blueskytest.Honest:    {network.Accepted, 1},
		blueskytest.Cut:       {network.UnknownOutcome, 1},
		blueskytest.Broken:    {network.UnknownOutcome, 1},
		blueskytest.Silent:    {network.UnknownOutcome, 1},
		blueskytest.Garbage:   {network.UnknownOutcome, 1},
		blueskytest.Stranger:  {network.UnknownOutcome, 1},
		blueskytest.Away:      {network.UnknownOutcome, 0},
		blueskytest.Moved:     {network.UnknownOutcome, 0},
		blueskytest.Busy:      {network.RateLimited, 0},
		blueskytest.Forgetful: {network.Retryable, 0},
		blueskytest.Invalid:   {network.Permanent, 0},
		blueskytest.TakenDown: {network.AuthExpired, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *blueskytest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == blueskytest.Silent {
				impatient, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible {
				t.Fatalf("%+v, and %d are visible", answer, len(server.Visible()))
			}
			if mode == blueskytest.Busy && !answer.RetryTime.Equal(blueskytest.Reset) {
				t.Errorf("it is tried again at %v", answer.RetryTime)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') {
				t.Errorf("it says %q", answer.Said.Text)
			}
			server.Do(func(s *blueskytest.Server) { s.Mode = blueskytest.Honest })
			if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found != (want.visible == 1) {
				t.Errorf("a look says %+v", seen)
			}
			if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Accepted || len(server.Visible()) != 1 {
				t.Errorf("the repeat is %+v, and %d are visible", again, len(server.Visible()))
			}
		})
	}
}

// TestARecordIsKnown: by its name and its address, with all that was signed in it.
func TestARecordIsKnown(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	answer := s.Adapter.Publish(t.Context(), d)
	shown := server.Visible()[0]
	want := network.Answer{
		Class: network.Accepted, ExternalID: "at://" + blueskytest.Account + "/app.bsky.feed.post/" + shown.Key,
		URL:  "https://bsky.app/profile/" + blueskytest.Account + "/post/" + shown.Key,
		Said: network.SayOf(advocacy.AnswerRecord, shown.CID),
	}
	if diff := cmp.Diff(want, answer); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if shown.Text != d.Target.Rendering.Text || shown.Value["createdAt"] != "2025-11-25T08:00:00.123Z" {
		t.Errorf("it shows %q of %v", shown.Text, shown.Value["createdAt"])
	}
	if diff := cmp.Diff([]any{"en"}, shown.Value["langs"]); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
	wantEmbed := map[string]any{"$type": "app.bsky.embed.images", "images": []any{map[string]any{
		"alt": "A shop front in the sun", "aspectRatio": map[string]any{"width": 1200.0, "height": 630.0},
		"image": map[string]any{
			"$type": "blob", "ref": map[string]any{"$link": "bafkreibpc25bvx33v5udi43wqhngensrtgukkrqg4wbs7zote2wc5uk7om"},
			"mimeType": "image/png", "size": float64(len(networktest.BytesOf(networktest.Blob))),
		},
	}}}
	if diff := cmp.Diff(wantEmbed, shown.Value["embed"]); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got := string(shown.Files[0].Bytes); got != networktest.BytesOf(networktest.Blob) {
		t.Errorf("the file is %q", got)
	}
}

// TestARepeatGivesNoFileAgain: what is there is found before anything is sent.
func TestARepeatGivesNoFileAgain(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	before := server.Counts()
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
		t.Fatalf("%+v", answer)
	}
	if diff := cmp.Diff(before, server.Counts()); diff != "" || before.Uploads != 1 || before.Sessions != 1 {
		t.Errorf("%+v (-first +after the repeat):\n%s", before, diff)
	}
}

// TestWhatIsLateBringsNothingBack: a request that the server carries out after the post was
// published by another one and taken back again changes nothing.
func TestWhatIsLateBringsNothingBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *blueskytest.Server) { s.Mode = blueskytest.Late })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	impatient, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if answer := s.Adapter.Publish(impatient, d); answer.Class != network.UnknownOutcome {
		t.Fatalf("%+v", answer)
	}
	server.Do(func(s *blueskytest.Server) { s.Mode = blueskytest.Honest })
	answer := s.Adapter.Publish(t.Context(), d)
	if answer.Class != network.Accepted || len(server.Visible()) != 1 {
		t.Fatalf("the repeat is %+v", answer)
	}
	if taken := s.Adapter.Delete(t.Context(), networktest.Named(d, answer.ExternalID)); taken.Class != network.Accepted {
		t.Fatalf("%+v", taken)
	}
	server.Arrive()
	if shown := server.Visible(); len(shown) != 0 {
		t.Errorf("what was taken back is shown again: %+v", shown)
	}
}

// TestASlowServer is waited for, and a second sending meanwhile finds what the first one wrote.
func TestASlowServer(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *blueskytest.Server) { s.Mode = blueskytest.Slow })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	first := make(chan network.Answer, 1)
	go func() { first <- s.Adapter.Publish(t.Context(), d) }()
	server.Wait()
	second := s.Adapter.Publish(t.Context(), d)
	server.Arrive()
	if slow := <-first; slow != second || second.Class != network.Accepted || len(server.Visible()) != 1 {
		t.Errorf("the slow one is %+v, the one meanwhile %+v, and %d are visible", slow, second, len(server.Visible()))
	}
}

// TestSomethingElseStandsThere: it is neither written over nor taken for ours.
func TestSomethingElseStandsThere(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	server.Write(keyOf("pub-1", networktest.Moment), "I was here.")
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Duplicate || server.Visible()[0].Text != "I was here." {
		t.Errorf("%+v, and it shows %q", answer, server.Visible()[0].Text)
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found || seen.Digest != "" {
		t.Errorf("a look says %+v", seen)
	}
}

// TestSomebodyWritesInBetween: the account's owner is at work too, which is waited out, but not for
// ever; the files are given once.
func TestSomebodyWritesInBetween(t *testing.T) {
	t.Parallel()
	for rivals, want := range map[int]network.Class{1: network.Accepted, swaps - 1: network.Accepted, swaps: network.Retryable} {
		server, s := open(t)
		server.Do(func(s *blueskytest.Server) { s.Rivals = rivals })
		answer := s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content()))
		if shown := len(server.Visible()); answer.Class != want || (shown == 1) != (want == network.Accepted) || server.Counts().Uploads != 1 {
			t.Errorf("after %d it is %+v, and %d are visible", rivals, answer, shown)
		}
	}
}

// TestADayLater it is not sent again: who deleted it may have meant it.
func TestADayLater(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	c, first := s.Adapter.Capabilities(), networktest.Moment
	if !c.Repeatable(s.Account, first, first.Add(23*time.Hour)) || c.Repeatable(s.Account, first, first.Add(24*time.Hour)) {
		t.Error("it is not sent again for a day, and no longer")
	}
}

// TestFiles: one that is refused, changed or unreadable publishes nothing.
func TestFiles(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, media := range map[string]func(context.Context, string) (io.Reader, error){
		"unreadable": func(context.Context, string) (io.Reader, error) { return nil, errors.New("gone") },
		"broken":     func(context.Context, string) (io.Reader, error) { return networktest.Broken, nil },
	} {
		broken := d
		broken.Media = media
		if answer := s.Adapter.Publish(t.Context(), broken); answer.Class != network.Retryable {
			t.Errorf("a file that is %s: %+v", name, answer)
		}
	}
	other := d
	other.Media = func(context.Context, string) (io.Reader, error) { return strings.NewReader("another picture"), nil }
	if answer := s.Adapter.Publish(t.Context(), other); answer.Class != network.Permanent {
		t.Errorf("a file that nobody signed: %+v", answer)
	}
	server.Do(func(s *blueskytest.Server) { s.Recodes = true })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Permanent || len(server.Visible()) != 0 {
		t.Errorf("a server that changes files: %+v", answer)
	}
}

// TestVideo: it is the one thing beside the text.
func TestVideo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := networktest.Content()
	content.Media[0].ContentType, content.Media[0].Duration = "video/mp4", 5000
	d := networktest.Deliver(t, s, "pub-1", content)
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
		t.Fatalf("%+v", answer)
	}
	shown := server.Visible()[0]
	embed, _ := shown.Value["embed"].(map[string]any)
	if embed["$type"] != "app.bsky.embed.video" || embed["alt"] != content.Media[0].AltText || shown.Files[0].Type != "video/mp4" {
		t.Errorf("it shows %+v", embed)
	}
}

// TestReadBack: what the server shows otherwise has no digest of ours, and what its owner deleted
// is not there.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() || seen.ExternalID != d.ExternalID {
		t.Errorf("of what it shows it says %+v", seen)
	}
	server.Do(func(s *blueskytest.Server) { s.Shows = func(text string) string { return text[:10] } })
	cut := d.Target.Rendering.Text[:10]
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != cut {
		t.Errorf("of a text that was cut it says %+v", seen)
	}
	for _, id := range []string{"at://did:plc:somebodyelse/app.bsky.feed.post/3m6gwtxyzr22b", "114000", "https://bsky.app"} {
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, id)); seen.Readable || seen.Found {
			t.Errorf("of %q it says %+v", id, seen)
		}
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, id)); answer.Class != network.Permanent {
			t.Errorf("of %q Delete says %+v", id, answer)
		}
	}
	server.Remove(keyOf("pub-1", networktest.Moment))
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Errorf("of what is gone it says %+v", seen)
	}
}

// TestLag: a record that is not shown yet is found later, and not made twice meanwhile.
func TestLag(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *blueskytest.Server) { s.Mode = blueskytest.Cut })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	server.Do(func(s *blueskytest.Server) { s.Lag = 1 })
	first, second := s.Adapter.Look(t.Context(), d), s.Adapter.Look(t.Context(), d)
	if first.Found || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
	server.Do(func(s *blueskytest.Server) { s.Mode, s.Lag = blueskytest.Honest, 1 })
	if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Accepted || len(server.Visible()) != 1 {
		t.Errorf("the repeat is %+v, and %d are visible", again, len(server.Visible()))
	}
}

// TestABodyThatIsDamaged is our own fault, and sent nowhere.
func TestABodyThatIsDamaged(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, b := range []string{"", "{}", "null", `{"rkey":"../x"}`, strings.Replace(string(d.Body), `"blobs":["`+networktest.Blob+`"]`, `"blobs":[]`, 1)} {
		d.Body = []byte(b)
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || server.Counts().Sessions != 0 {
			t.Errorf("%q: %+v", b, answer)
		}
	}
	if seen := s.Adapter.Look(t.Context(), d); seen.Found {
		t.Errorf("a look says %+v", seen)
	}
}

// TestASiteThatIsNone refuses nothing of what people signed: it waits for whoever mends it.
func TestASiteThatIsNone(t *testing.T) {
	t.Parallel()
	for name, handler := range sites {
		server, s := open(t)
		d := networktest.Deliver(t, s, "pub-1", networktest.Content())
		server.Config.Handler = handler
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured {
			t.Errorf("%s: %+v", name, answer)
		}
		if _, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential); advocacy.ReasonOf(err) != "SERVER_UNSUITABLE" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// sites are no servers of Bluesky's.
var sites = map[string]http.HandlerFunc{
	"a page":        func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
	"nothing there": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
	"a name that is a path": func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"did":"did:plc:../../admin","handle":"nadia","accessJwt":"x","refreshJwt":"y"}`))
	},
}
