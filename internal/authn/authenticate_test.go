package authn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// desk is a Store of one person, one session and one key.
type desk struct {
	mu      sync.Mutex
	hash    map[string]string
	session *advocacy.Session
	key     *advocacy.APIKey
	member  *advocacy.Member
	version int64
	err     error
	// touch, when set, stands in for TouchAPIKey.
	touch   func(ctx context.Context, at time.Time) error
	touched []time.Time
}

func (d *desk) FindSession(_ context.Context, hash []byte) (*advocacy.Session, *advocacy.Member, int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || d.hash[string(hash)] != "session" {
		return nil, nil, 0, d.err
	}
	return d.session, d.member, d.version, nil
}

func (d *desk) FindAPIKey(_ context.Context, hash []byte) (*advocacy.APIKey, *advocacy.Member, int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || d.hash[string(hash)] != "key" {
		return nil, nil, 0, d.err
	}
	k := *d.key
	return &k, d.member, d.version, nil
}

func (d *desk) TouchAPIKey(ctx context.Context, w advocacy.WorkspaceID, id advocacy.KeyID, at time.Time) error {
	if w != "acme" || id == "" {
		return fmt.Errorf("touched %s/%s", w, id)
	}
	if d.touch != nil {
		if err := d.touch(ctx, at); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.touched = append(d.touched, at)
	d.key.UseTime = at
	return nil
}

func (d *desk) touches() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.touched)
}

// open returns a desk and the two tokens it knows.
func open() (d *desk, session, key string) {
	session, sessionHash := NewToken(SessionToken)
	key, keyHash := NewToken(KeyToken)
	return &desk{
		hash:    map[string]string{string(sessionHash): "session", string(keyHash): "key"},
		session: &advocacy.Session{Workspace: "acme", ID: "s1", Person: "ada", CreateTime: noon.Add(-time.Hour), ExpireTime: noon.Add(time.Hour)},
		key: &advocacy.APIKey{
			Workspace: "acme", ID: "k1", Owner: "ada", CreateTime: noon.Add(-2 * time.Hour), ExpireTime: noon.Add(2 * time.Hour), UseTime: noon,
			Permissions: []advocacy.Permission{"posts.create"},
		},
		member: &advocacy.Member{
			Workspace: "acme", Person: "ada", DisplayName: "Ada", Language: "fr", State: advocacy.MemberActive,
			Roles: []advocacy.RoleGrant{{Role: advocacy.RoleEmployee}, {Role: advocacy.RoleLegal}},
		},
		version: 7,
	}, "Bearer " + session, "Bearer " + key
}

func at(d *desk, now time.Time) *Authenticator {
	return &Authenticator{Store: d, Now: func() time.Time { return now }}
}

func wantReason(t *testing.T, err error, reason, secret string) {
	t.Helper()
	if advocacy.KindOf(err) != advocacy.Unauthenticated || advocacy.ReasonOf(err) != reason {
		t.Errorf("got %v, want %s", err, reason)
		return
	}
	if len(secret) > 20 && strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret[12:20]) {
		t.Errorf("the error quotes the secret: %+v", err)
	}
}

func TestPrincipal(t *testing.T) {
	t.Parallel()
	d, session, key := open()
	a := at(d, noon)
	got, err := a.Authenticate(t.Context(), session)
	want := Principal{
		Actor: advocacy.Actor{
			Kind: advocacy.Human, Workspace: "acme", Person: "ada", Session: "s1",
			Roles: []advocacy.Role{advocacy.RoleEmployee, advocacy.RoleLegal},
		},
		PolicyVersion: 7, DisplayName: "Ada", Language: "fr",
		CreateTime: noon.Add(-time.Hour), ExpireTime: noon.Add(time.Hour),
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("session: %v (-want +got):\n%s", err, diff)
	}
	got, err = a.Authenticate(t.Context(), key)
	want.Actor.Kind, want.Actor.Session, want.Actor.Key = advocacy.Machine, "", "k1"
	want.CreateTime, want.ExpireTime = noon.Add(-2*time.Hour), noon.Add(2*time.Hour)
	want.Permissions = []advocacy.Permission{"posts.create"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("key: %v (-want +got):\n%s", err, diff)
	}
}

// TestKeyWithoutScope: a scope of nil would mean a person, so it must not come of a key.
func TestKeyWithoutScope(t *testing.T) {
	t.Parallel()
	d, _, key := open()
	d.key.Permissions = nil
	p, err := at(d, noon).Authenticate(t.Context(), key)
	if err != nil || p.Permissions == nil || len(p.Permissions) != 0 {
		t.Fatalf("got %#v, %v, want an empty scope", p.Permissions, err)
	}
	d.key.Permissions = []advocacy.Permission{"posts.read"}
	p, err = at(d, noon).Authenticate(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	p.Permissions[0] = "roles.update"
	if d.key.Permissions[0] != "posts.read" {
		t.Error("the principal shares the key's scope")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for reason, spoil := range map[string]func(*desk){
		"SESSION_UNKNOWN": func(d *desk) { d.hash = nil },
		"SESSION_EXPIRED": func(d *desk) { d.session.ExpireTime = noon },
		"SESSION_REVOKED": func(d *desk) { d.session.RevokeTime = noon.Add(-time.Hour) },
		"KEY_UNKNOWN":     func(d *desk) { d.err = advocacy.Missing("KEY_NOT_FOUND", "no such key") },
		"KEY_EXPIRED":     func(d *desk) { d.key.ExpireTime = noon },
		"KEY_REVOKED":     func(d *desk) { d.key.RevokeTime = noon.Add(-time.Hour); d.key.ExpireTime = noon },
		"MEMBER_DISABLED": func(d *desk) { d.member.State = advocacy.MemberDisabled },
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			d, session, key := open()
			spoil(d)
			a := at(d, noon)
			for credential, begins := range map[string]string{session: "SESSION", key: "KEY"} {
				_, err := a.Authenticate(t.Context(), credential)
				if strings.HasPrefix(reason, begins) || reason == "MEMBER_DISABLED" {
					wantReason(t, err, reason, credential)
				}
			}
		})
	}
}

// TestNothingIsCached: the call after a change is refused.
func TestNothingIsCached(t *testing.T) {
	t.Parallel()
	d, session, key := open()
	a := at(d, noon)
	allow := func() {
		t.Helper()
		for _, c := range []string{session, key} {
			if _, err := a.Authenticate(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}
	allow()
	d.member.State = advocacy.MemberDisabled
	_, err := a.Authenticate(t.Context(), session)
	wantReason(t, err, "MEMBER_DISABLED", session)
	_, err = a.Authenticate(t.Context(), key)
	wantReason(t, err, "MEMBER_DISABLED", key)
	d.member.State = advocacy.MemberActive
	allow()
	d.session.RevokeTime, d.key.RevokeTime = noon, noon
	_, err = a.Authenticate(t.Context(), session)
	wantReason(t, err, "SESSION_REVOKED", session)
	_, err = a.Authenticate(t.Context(), key)
	wantReason(t, err, "KEY_REVOKED", key)
}

// TestUnsetIsRefused: what the store forgot to fill opens nothing.
func TestUnsetIsRefused(t *testing.T) {
	t.Parallel()
	d, session, key := open()
	a := at(d, noon)
	d.session.ExpireTime, d.key.ExpireTime = time.Time{}, time.Time{}
	_, err := a.Authenticate(t.Context(), session)
	wantReason(t, err, "SESSION_EXPIRED", session)
	_, err = a.Authenticate(t.Context(), key)
	wantReason(t, err, "KEY_EXPIRED", key)

	d, session, key = open()
	a = at(d, noon)
	d.member.Person = "bob"
	for _, c := range []string{session, key} {
		p, err := a.Authenticate(t.Context(), c)
		if err == nil || advocacy.KindOf(err) != advocacy.Internal {
			t.Errorf("another person's row: got %v, want an internal error", err)
		}
		if diff := cmp.Diff(Principal{}, p, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("a refusal carries a principal:\n%s", diff)
		}
	}
	d.member = nil
	for _, c := range []string{session, key} {
		_, err := a.Authenticate(t.Context(), c)
		wantReason(t, err, "MEMBER_DISABLED", c)
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	d, session, key := open()
	a := at(d, noon)
	link, _ := NewToken(LinkToken)
	bare := strings.TrimPrefix(session, "Bearer ")
	if _, err := a.Authenticate(t.Context(), "bearer "+bare); err != nil {
		t.Errorf("scheme in lower case: %v", err)
	}
	_, err := a.Authenticate(t.Context(), "")
	wantReason(t, err, "CREDENTIAL_MISSING", "")
	for _, header := range []string{
		" ", "Bearer", "Bearer ", "Bearer  " + bare, " " + session, session + " ", session + "\n", session + "," + key, session + " " + key,
		"Basic " + bare, "Bearer\t" + bare, bare, "Bearer " + link, "Bearer Bearer " + bare, "Bearer " + strings.Repeat("A", 1<<20),
		"Token " + bare, "Bearer imps_" + bare[5:47], "Bearer " + bare[:5] + strings.ToUpper(bare[5:]) + "x",
	} {
		_, err := a.Authenticate(t.Context(), header)
		wantReason(t, err, "CREDENTIAL_MALFORMED", header)
	}
}

func TestStoreErrorsPass(t *testing.T) {
	t.Parallel()
	d, session, key := open()
	d.err = &advocacy.Error{Kind: advocacy.Unavailable, Reason: "STORE_BUSY"}
	for _, c := range []string{session, key} {
		if _, err := at(d, noon).Authenticate(t.Context(), c); !errors.Is(err, d.err) || advocacy.KindOf(err) != advocacy.Unavailable {
			t.Errorf("got %v, want the store's error", err)
		}
	}
}

func TestClockDefaultsToNow(t *testing.T) {
	t.Parallel()
	d, session, _ := open()
	d.session.ExpireTime = time.Now().Add(time.Hour)
	if _, err := (&Authenticator{Store: d}).Authenticate(t.Context(), session); err != nil {
		t.Error(err)
	}
}
