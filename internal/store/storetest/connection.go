package storetest

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/vault"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// someAccount is an account of the house's author with a credential.
func (h *house) someAccount(sealed []byte) *advocacy.SocialAccount {
	a := &advocacy.SocialAccount{
		Workspace: h.ws, ID: advocacy.AccountID(id("account")), Network: "mastodon", Owner: h.author, State: advocacy.AccountReady,
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddAccount(ctx, a, sealed) })
	return a
}

// connections holds that a connection is found by its hash in its workspace alone, used once, and
// forgotten when it is old.
func connections(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	a := h.someAccount(nil)
	k := &advocacy.Connection{
		Workspace: h.ws, ID: advocacy.ConnectionID(id("connection")), Account: a.ID, Person: h.author, Session: "s1",
		StateHash: []byte(id("hash")), Issuer: "https://a.example/", IssuerTold: true, Version: 7,
		CreateTime: start, ExpireTime: start.Add(advocacy.ConnectionLife),
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddConnection(ctx, k) })
	find := func(w advocacy.WorkspaceID, hash []byte) (found *advocacy.Connection, err error) {
		err = s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			found, err = tx.ConnectionForUpdate(ctx, w, hash)
			return err
		})
		return found, err
	}
	if got, err := find(h.ws, k.StateHash); err != nil || !reflect.DeepEqual(got, k) {
		t.Errorf("found %+v, error %v, want %+v", got, err, k)
	}
	for w, hash := range map[advocacy.WorkspaceID][]byte{h.ws: []byte("another"), "elsewhere": k.StateHash} {
		if _, err := find(w, hash); advocacy.ReasonOf(err) != "CONNECTION_NOT_FOUND" {
			t.Errorf("another one: %v", err)
		}
	}
	twin := *k
	twin.ID = advocacy.ConnectionID(id("connection"))
	h.refused(advocacy.Exists, "CONNECTION_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddConnection(ctx, &twin) })
	k.UseTime = start.Add(time.Minute)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.UseConnection(ctx, k) })
	h.refused(advocacy.Conflict, "CONNECTION_USED", func(ctx context.Context, tx workflow.Tx) error { return tx.UseConnection(ctx, k) })
	if got, err := find(h.ws, k.StateHash); err != nil || !got.UseTime.Equal(k.UseTime) {
		t.Errorf("used at %v, error %v", got.UseTime, err)
	}
	for _, c := range []struct {
		before time.Time
		want   string
	}{{k.ExpireTime, ""}, {k.ExpireTime.Add(time.Microsecond), "CONNECTION_NOT_FOUND"}} {
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.ForgetConnections(ctx, h.ws, c.before) })
		if _, err := find(h.ws, k.StateHash); advocacy.ReasonOf(err) != c.want {
			t.Errorf("forgotten before %v: %v", c.before, err)
		}
	}
}

// credentials holds that a credential comes back as it was written, and that another one has
// another version and nothing under way.
func credentials(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	a := h.someAccount([]byte("first"))
	is := func(want advocacy.Credential) {
		t.Helper()
		got, err := s.Credential(ctx(t), h.ws, a.ID)
		if err != nil || !bytes.Equal(got.Sealed, want.Sealed) || got.Version != want.Version || got.Refused != want.Refused ||
			got.Epoch != want.Epoch || !got.LeaseTime.Equal(want.LeaseTime) {
			t.Errorf("the credential is %+v, error %v, want %+v", got, err, want)
		}
	}
	is(advocacy.Credential{Sealed: []byte("first")})
	under := advocacy.Credential{Sealed: []byte("first"), Version: 0, Refused: true, Epoch: 3, LeaseTime: start.Add(time.Minute)}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveCredential(ctx, h.ws, a.ID, &under) })
	is(under)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveAccount(ctx, a, nil) })
	is(under)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveAccount(ctx, a, []byte("second")) })
	is(advocacy.Credential{Sealed: []byte("second"), Version: 1, Epoch: 3})
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.ForgetCredential(ctx, h.ws, a.ID) })
	is(advocacy.Credential{Version: 2, Epoch: 3})
	if _, err := s.Credential(ctx(t), h.ws, "none"); advocacy.ReasonOf(err) != "ACCOUNT_NOT_FOUND" {
		t.Errorf("of no account: %v", err)
	}
}

// networkApps holds that of two that a server knows a workspace as, with one redirect, the first
// is kept, and that what took another's place stays when the other is forgotten.
func networkApps(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	app := func(redirect, id string) vault.SealedApp {
		return vault.SealedApp{
			Workspace: h.ws, Network: "mastodon", Server: "a.example", Redirect: redirect, ID: id, Sealed: []byte("sealed " + id), CreateTime: start,
		}
	}
	keep := func(all ...vault.SealedApp) {
		t.Helper()
		for _, a := range all {
			if err := s.KeepSealedApp(ctx(t), a); err != nil {
				t.Fatal(err)
			}
		}
	}
	is := func(server string, want ...string) {
		t.Helper()
		found, err := s.SealedApps(ctx(t), h.ws, "mastodon", server)
		var ids []string
		for _, a := range found {
			if ids = append(ids, a.ID); string(a.Sealed) != "sealed "+a.ID || !a.CreateTime.Equal(start) || a.Workspace != h.ws || a.Server != server {
				t.Errorf("it came back as %+v", a)
			}
		}
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("%s knows us as %q, error %v, want %q", server, ids, err, want)
		}
	}
	first, second, other := app("https://us/", "1"), app("https://us/", "2"), app("https://we/", "3")
	keep(first, second, other)
	is("a.example", "1", "3")
	is("b.example")
	if err := s.ForgetSealedApp(ctx(t), second); err != nil {
		t.Fatal(err)
	}
	is("a.example", "1", "3")
	if err := s.ForgetSealedApp(ctx(t), first); err != nil {
		t.Fatal(err)
	}
	keep(second)
	is("a.example", "2", "3")
	if some, err := s.HasCredentials(ctx(t)); err != nil || !some {
		t.Errorf("something is sealed: %t, error %v", some, err)
	}
}

// revocations holds that a credential that is to be ended is found until it is removed, which may
// be repeated.
func revocations(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	r := &advocacy.Revocation{Workspace: h.ws, ID: id("revocation"), Account: h.someAccount(nil).ID, Sealed: []byte("sealed"), CreateTime: start}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddRevocation(ctx, r) })
	if got, err := s.FindRevocation(ctx(t), h.ws, r.ID); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("found %+v, error %v", got, err)
	}
	if got, err := s.FindRevocation(ctx(t), "elsewhere", r.ID); err != nil || got != nil {
		t.Errorf("elsewhere found %+v, error %v", got, err)
	}
	for range 2 {
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.RemoveRevocation(ctx, h.ws, r.ID) })
	}
	if got, err := s.FindRevocation(ctx(t), h.ws, r.ID); err != nil || got != nil {
		t.Errorf("removed it is %+v, error %v", got, err)
	}
}
