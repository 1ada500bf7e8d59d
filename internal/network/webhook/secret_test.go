package webhook

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// The public example of the scheme.
func TestSignVector(t *testing.T) {
	t.Parallel()
	keys, err := ParseSecrets([]byte("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
	if err != nil {
		t.Fatal(err)
	}
	got := sign(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature = %s, want %s", got, want)
	}
}

// A receiver with the old secret, the new one or both accepts, and no other.
func TestSignatureIsVerifiedByTheLibrary(t *testing.T) {
	t.Parallel()
	before, after := NewSecret(), NewSecret()
	r := receive(t, status(http.StatusNoContent))
	n := newNetwork(patient)
	d := deliver(t, n, hook(r.URL))
	d.Credential = []byte(before + "\n  " + after + "\n")
	if answer := publish(t, t.Context(), n, d); answer.Class != network.Accepted {
		t.Fatalf("Publish = %+v", answer)
	}
	got := r.got()[0]
	if string(got.body) != string(d.Body) {
		t.Error("another body was sent than the delivery's")
	}
	for name, c := range map[string]struct {
		secret string
		want   bool
	}{
		"before": {before, true}, "after": {after, true}, "another": {NewSecret(), false},
	} {
		verifier, err := standardwebhooks.NewWebhook(c.secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(got.body, got.header); (err == nil) != c.want {
			t.Errorf("%s: Verify = %v", name, err)
		}
		if err := verifier.Verify(append([]byte(" "), got.body...), got.header); err == nil {
			t.Errorf("%s: a changed body was verified", name)
		}
	}
}

// The id is the same for each attempt, the time is the attempt's own.
func TestHeaders(t *testing.T) {
	t.Parallel()
	r := receive(t, status(http.StatusOK))
	var now time.Time
	n := New(Options{AllowedNetworks: loopback, Timeout: patient, Now: func() time.Time { return now }})
	d := deliver(t, n, hook(r.URL))
	for _, second := range []int64{1_700_000_000, 1_700_000_100} {
		now = time.Unix(second, 999)
		publish(t, t.Context(), n, d)
	}
	got := r.got()
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	for i, second := range []int{1_700_000_000, 1_700_000_100} {
		h := got[i].header
		if h.Get("webhook-id") != "pub-1" || h.Get("webhook-timestamp") != strconv.Itoa(second) || h.Get("content-type") != "application/json" {
			t.Errorf("headers = %v", h)
		}
		if got[i].path != "/hooks/"+canary+"?token="+canary {
			t.Errorf("path = %s", got[i].path)
		}
	}
	if got[0].header.Get("webhook-signature") == got[1].header.Get("webhook-signature") {
		t.Error("two times have one signature")
	}
}

func TestNewSecret(t *testing.T) {
	t.Parallel()
	first, second := NewSecret(), NewSecret()
	if first == second {
		t.Error("two secrets are the same")
	}
	keys, err := ParseSecrets([]byte(first))
	if err != nil || len(keys) != 1 || len(keys[0]) != 32 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
}

func TestParseSecrets(t *testing.T) {
	t.Parallel()
	of := func(size int) string {
		return "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x71\xa0", size)[:size]))
	}
	for name, c := range map[string]struct {
		credential string
		want       int
	}{
		"none":               {"", 0},
		"only space":         {" \n\t", 0},
		"shortest":           {of(24), 1},
		"longest":            {of(64), 1},
		"too short":          {of(23), 0},
		"too long":           {of(65), 0},
		"no prefix":          {strings.TrimPrefix(of(32), "whsec_"), 0},
		"another prefix":     {"whpk_" + strings.TrimPrefix(of(32), "whsec_"), 0},
		"not base64":         {"whsec_" + canary + "!!!", 0},
		"no padding":         {strings.TrimRight(of(32), "="), 0},
		"of the URL":         {strings.ReplaceAll(of(33), "/", "_") + "_" + canary, 0},
		"loose last bits":    {of(32)[:len(of(32))-2] + "B=", 0},
		"two":                {of(32) + " " + of(24), 2},
		"four over lines":    {strings.Repeat(of(32)+"\r\n", 4), 4},
		"five":               {strings.Repeat(of(32)+" ", 5), 0},
		"the second is none": {of(32) + " whsec_" + canary, 0},
	} {
		keys, err := ParseSecrets([]byte(c.credential))
		if len(keys) != c.want || (err == nil) != (c.want > 0) {
			t.Errorf("%s: %d keys, %v", name, len(keys), err)
		}
		if err != nil && (strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "caCh")) {
			t.Errorf("%s: the error holds the secret: %v", name, err)
		}
	}
}
