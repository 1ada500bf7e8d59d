package publish_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// revocation disconnects the account and returns the job that ends its token.
func revocation(t *testing.T, h *workflowtest.House) (revoke func(), gone func() bool) {
	t.Helper()
	_, err := h.Flow.DisconnectAccount(t.Context(), h.As(h.Curator), h.W, h.Ledger)
	ok(t, err)
	var id string
	row := h.Store.SQLWriter().QueryRowContext(t.Context(), "SELECT id FROM credential_revocations")
	ok(t, row.Scan(&id))
	return func() { ok(t, h.Worker.Revoke(t.Context(), h.W, id)) }, func() bool {
		r, err := h.Store.FindRevocation(t.Context(), h.W, id)
		ok(t, err)
		return r == nil
	}
}

// recorded returns the details of the records of an action.
func recorded(t *testing.T, h *workflowtest.House, action string) (details []string) {
	t.Helper()
	all, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: h.W, Page: workflow.Page{Size: 200}})
	ok(t, err)
	for _, r := range all {
		if r.Action == action {
			details = append(details, string(r.Detail))
		}
	}
	return details
}

// TestRevoke: what its owner takes back here is ended at the network, once; the account is
// disconnected at once whether the network answers or not.
func TestRevoke(t *testing.T) {
	t.Parallel()
	h, s, _ := signedIn(t, network.Grant{})
	s.Revoking = network.Retryable
	revoke, gone := revocation(t, h)
	state(t, h, advocacy.AccountReconnect)
	revoke()
	if gone() || len(s.Revoked()) != 1 {
		t.Errorf("a network that does not answer: asked %q", s.Revoked())
	}
	s.Revoking = ""
	revoke()
	revoke()
	if !gone() || !slices.Equal(s.Revoked(), []string{"token-of-acme", "token-of-acme"}) || len(recorded(t, h, "social_account.revoked")) != 1 {
		t.Errorf("ended %q, on record %q", s.Revoked(), recorded(t, h, "social_account.revoked"))
	}
}

// TestRevokeEnds: a credential is not kept for a network that never answers, nor for one that says
// no; one that nobody here can end is not asked about.
func TestRevokeEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(h *workflowtest.House, s *workflowtest.SignIn)
		asked  int
		said   string
	}{
		"a network's no": {func(_ *workflowtest.House, s *workflowtest.SignIn) { s.Revoking = network.Permanent }, 1, "as told"},
		"no answer for days": {func(h *workflowtest.House, s *workflowtest.SignIn) {
			s.Revoking = network.UnknownOutcome
			h.Clock.Advance(3 * 24 * time.Hour)
		}, 1, "as told"},
		"connected again with the same token": {func(h *workflowtest.House, s *workflowtest.SignIn) { reconnect(t, h, s, "acme") }, 0, "connected again"},
	} {
		h, s, _ := signedIn(t, network.Grant{})
		revoke, gone := revocation(t, h)
		c.change(h, s)
		revoke()
		not := recorded(t, h, "social_account.not_revoked")
		if !gone() || len(s.Revoked()) != c.asked || len(not) != 1 || !strings.Contains(not[0], c.said) {
			t.Errorf("%s: asked %q, on record %q", name, s.Revoked(), not)
		}
	}
	h, s, _ := signedIn(t, network.Grant{})
	a := ledgerAccount(t, h)
	_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Curator), h.W, a.ID, workflow.Token{Secret: "token-of-acme", Version: a.Version})
	ok(t, err)
	revoke, gone := revocation(t, h)
	revoke()
	if not := recorded(t, h, "social_account.not_revoked"); !gone() || len(s.Revoked()) != 0 || len(not) != 1 || !strings.Contains(not[0], "by hand") {
		t.Errorf("a token by hand: asked %q, on record %q", s.Revoked(), not)
	}
}

// ending is a network that ends what was made there by hand.
type ending struct {
	*workflowtest.SignIn
	ended []string
}

func (e *ending) End(_ context.Context, _ advocacy.SocialAccount, token []byte) network.Answer {
	e.ended = append(e.ended, string(token))
	return network.Answer{Class: network.Accepted}
}

// TestRevokeByHand: a token that was made by hand is ended too, where the network has a call for it,
// unless the account was connected with it again.
func TestRevokeByHand(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		h, s, _ := signedIn(t, network.Grant{})
		e := &ending{SignIn: s}
		a := ledgerAccount(t, h)
		h.Worker.Networks[a.Network] = e
		connect := func() {
			a := ledgerAccount(t, h)
			_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Curator), h.W, a.ID, workflow.Token{Secret: "token-of-acme", Version: a.Version})
			ok(t, err)
		}
		connect()
		revoke, gone := revocation(t, h)
		if again {
			connect()
		}
		revoke()
		if !gone() || (len(e.ended) == 1 && e.ended[0] == "token-of-acme") == again || len(s.Revoked()) != 0 || (len(recorded(t, h, "social_account.revoked")) == 1) == again {
			t.Errorf("again %t: ended %q, on record %q", again, e.ended, recorded(t, h, "social_account.revoked"))
		}
	}
}
