package workflow_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestNoKeyCanDecide: whatever list of permissions for machines the service was given.
func TestNoKeyCanDecide(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	h.Flow.MachinePermissions = append(slices.Clone(h.Flow.MachinePermissions), advocacy.PermissionDecide)
	for _, p := range []advocacy.Permission{advocacy.PermissionDecide, "members.update", "holds.release", "posts.fly"} {
		e := refuses(t, h, advocacy.Invalid, "PERMISSION_NOT_FOR_MACHINES", func() error {
			_, _, err := h.Flow.CreateAPIKey(t.Context(), h.As(h.Admin), h.W, workflow.KeyDraft{
				DisplayName: "robot", Permissions: []advocacy.Permission{"posts.read", p},
			})
			return err
		})
		if e.Field != "api_key.permissions[1]" {
			t.Errorf("field is %q", e.Field)
		}
	}
}

// TestKeyLivesForAWhile: a quarter by default, a year at most, and never in the past.
func TestKeyLivesForAWhile(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	now := h.Clock.Now()
	create := func(at time.Time) (*advocacy.APIKey, string, error) {
		return h.Flow.CreateAPIKey(t.Context(), h.As(h.Admin), h.W, workflow.KeyDraft{
			DisplayName: "robot", Permissions: []advocacy.Permission{"posts.read"}, ExpireTime: at,
		})
	}
	for reason, at := range map[string]time.Time{"EXPIRE_TIME_PAST": now, "EXPIRE_TIME_TOO_FAR": now.Add(365*24*time.Hour + time.Microsecond)} {
		refuses(t, h, advocacy.Invalid, reason, func() error { _, _, err := create(at); return err })
	}
	for at, want := range map[time.Time]time.Time{
		{}:                            now.Add(90 * 24 * time.Hour),
		now.Add(time.Microsecond):     now.Add(time.Microsecond),
		now.Add(365 * 24 * time.Hour): now.Add(365 * 24 * time.Hour),
	} {
		k, _, err := create(at)
		ok(t, err)
		if !k.ExpireTime.Equal(want) {
			t.Errorf("expires %v, want %v", k.ExpireTime, want)
		}
	}
}

// TestSecretIsShownOnce: neither the key, nor its list, nor a repetition of the call, nor
// the record holds it.
func TestSecretIsShownOnce(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	call := identified(h.As(h.Admin), "0198f000-0000-4000-8000-000000000001", "CreateAPIKey", "robot")
	draft := workflow.KeyDraft{DisplayName: "robot", Permissions: []advocacy.Permission{"posts.read"}}
	k, secret, err := h.Flow.CreateAPIKey(t.Context(), call, h.W, draft)
	ok(t, err)
	if !strings.HasPrefix(secret, k.Prefix) || bytes.Contains(k.SecretHash, []byte(secret)) || k.Owner != h.Admin {
		t.Fatalf("key %+v of secret %q", k, secret)
	}
	same, again, err := h.Flow.CreateAPIKey(t.Context(), call, h.W, draft)
	ok(t, err)
	if same.ID != k.ID || again != "" {
		t.Fatalf("a repetition made key %s and showed %q", same.ID, again)
	}
	for _, r := range records(t, h, "") {
		if strings.Contains(string(r.Detail), secret) {
			t.Fatal("the record holds the secret")
		}
	}
}

// TestRevokingTwiceIsRevokingOnce: one record, one instant.
func TestRevokingTwiceIsRevokingOnce(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	k, _, err := h.Flow.CreateAPIKey(t.Context(), h.As(h.Admin), h.W, workflow.KeyDraft{DisplayName: "robot"})
	ok(t, err)
	first, err := h.Flow.RevokeAPIKey(t.Context(), h.As(h.Admin), h.W, k.ID)
	ok(t, err)
	h.Clock.Advance(time.Minute)
	second, err := h.Flow.RevokeAPIKey(t.Context(), h.As(h.Admin), h.W, k.ID)
	ok(t, err)
	if first.RevokeTime.IsZero() || !second.RevokeTime.Equal(first.RevokeTime) {
		t.Fatalf("revoked at %v, then at %v", first.RevokeTime, second.RevokeTime)
	}
	if n := happened(t, h, h.W.Name()+"/apiKeys/"+string(k.ID), "api_key.revoked"); n != 1 {
		t.Fatalf("%d records", n)
	}
	refuses(t, h, advocacy.NotFound, "API_KEY_NOT_FOUND", func() error { _, err := h.Flow.RevokeAPIKey(t.Context(), h.As(h.Admin), h.W, "nothing"); return err })
}
