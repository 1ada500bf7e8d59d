package workflow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// mine makes a personal account of the author on a network of tokens.
func mine(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) (*workflowtest.Linked, *advocacy.SocialAccount) {
	t.Helper()
	linked := workflowtest.Link(h, l)
	a, secret, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "author there", Owner: h.Author, Personal: true,
	})
	ok(t, err)
	if a.State != advocacy.AccountReconnect || secret != "" {
		t.Fatalf("a new account is %s, with the secret %q", a.State, secret)
	}
	return linked, a
}

func connect(t *testing.T, h *workflowtest.House, who advocacy.PersonID, a *advocacy.SocialAccount, token string) *advocacy.SocialAccount {
	t.Helper()
	now, err := h.Store.Account(t.Context(), h.W, a.ID)
	ok(t, err)
	out, err := h.Flow.ConnectAccount(t.Context(), h.As(who), h.W, a.ID, workflow.Token{Secret: token, Version: now.Version})
	ok(t, err)
	return out
}

// done are the records of one action.
func done(t *testing.T, h *workflowtest.House, action string) []advocacy.AuditRecord {
	t.Helper()
	found := slices.DeleteFunc(records(t, h, ""), func(r advocacy.AuditRecord) bool { return r.Action != action })
	if len(found) == 0 {
		t.Errorf("there is no record of %s", action)
	}
	return found
}

func sealedOf(t *testing.T, h *workflowtest.House, a *advocacy.SocialAccount) string {
	t.Helper()
	kept, err := h.Store.Credential(t.Context(), h.W, a.ID)
	ok(t, err)
	return string(kept.Sealed)
}

// TestConnectAccount: from the first token on an account is one account of the network, and
// goes out only while it has a token.
func TestConnectAccount(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	_, a := mine(t, h, l)
	v := h.Approved(t, "It is me.", a.ID)
	h.Work(t)
	if x := publications(t, h, v)[0]; x.State != advocacy.Scheduled || x.Wait != advocacy.BlockAccount {
		t.Fatalf("before it is connected the publication is %s and waits for %q", x.State, x.Wait)
	}
	a = connect(t, h, h.Author, a, "token-of-nadia")
	if a.State != advocacy.AccountReady || a.ExternalID != "nadia" || a.Handle != "@nadia" || !a.Deduplicates || sealedOf(t, h, a) != "token-of-nadia" {
		t.Errorf("connected it is %+v", a)
	}
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sent(t, l, "It is me.")
	refuses(t, h, advocacy.Precondition, "ACCOUNT_DIFFERENT", func() error {
		_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Author), h.W, a.ID, workflow.Token{Secret: "token-of-omar", Version: a.Version})
		return err
	})
	second, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "again", Owner: h.Curator, Deputy: h.PR,
	})
	ok(t, err)
	refuses(t, h, advocacy.Exists, "ACCOUNT_TAKEN", func() error {
		_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Curator), h.W, second.ID, workflow.Token{Secret: "token-of-nadia", Version: second.Version})
		return err
	})
	refuses(t, h, advocacy.Invalid, "TOKEN_REFUSED", func() error {
		_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Curator), h.W, second.ID, workflow.Token{Secret: "rubbish", Version: second.Version})
		return err
	})
	for _, d := range []workflow.AccountChange{{Address: ptr("https://elsewhere.test")}, {Deduplicates: ptr(false)}} {
		refuses(t, h, advocacy.Invalid, "ADDRESS_FIXED", func() error {
			_, err := h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, a.ID, d)
			return err
		})
	}
	for _, r := range done(t, h, "social_account.connected") {
		if said := string(r.Detail); !strings.Contains(said, `"@nadia"`) || strings.Contains(said, "token-of") {
			t.Errorf("on record is %s", said)
		}
	}
}

// TestGrantorIsKept: an account says who gave the token it has, and when, whoever answers for it; not
// before, and not after the token is gone. A token that the network refuses was still that person's.
func TestGrantorIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		workflowtest.Link(h, l)
		a, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
			Network: workflowtest.LedgerName, DisplayName: "brand", Owner: h.Curator, Deputy: h.PR,
		})
		ok(t, err)
		says := func(when string, grantor advocacy.PersonID, since time.Time) {
			t.Helper()
			now, err := h.Store.Account(t.Context(), h.W, a.ID)
			if ok(t, err); now.Grantor != grantor || !now.ConnectTime.Equal(since) {
				t.Errorf("%s it was connected by %q at %s", when, now.Grantor, now.ConnectTime)
			}
		}
		says("at first", "", time.Time{})
		first := connect(t, h, h.Admin, a, "token-of-nadia")
		says("connected", h.Admin, first.ConnectTime)
		if first.ConnectTime.IsZero() || !first.ConnectTime.Equal(first.UpdateTime) {
			t.Errorf("it was connected at %s", first.ConnectTime)
		}
		_, err = h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, a.ID, workflow.AccountChange{Owner: &h.PR, Deputy: &h.Curator})
		ok(t, err)
		says("given to somebody else", h.Admin, first.ConnectTime)
		kept, err := h.Store.Credential(t.Context(), h.W, a.ID)
		ok(t, err)
		ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
			_, err := h.Flow.Disconnect(ctx, tx, h.W, a.ID, kept.Version, advocacy.Answer{Text: "no"})
			return err
		}))
		says("refused", h.Admin, first.ConnectTime)
		second := connect(t, h, h.PR, a, "token-of-nadia")
		says("connected anew", h.PR, second.ConnectTime)
		_, err = h.Flow.DisconnectAccount(t.Context(), h.As(h.Curator), h.W, a.ID)
		ok(t, err)
		says("disconnected", "", time.Time{})
	})
}

// TestConnectWhoMay: who answers for an account connects it, and nobody speaks for a person
// but that person.
func TestConnectWhoMay(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	linked, personal := mine(t, h, l)
	brand, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "brand", Owner: h.Curator, Deputy: h.PR,
	})
	ok(t, err)
	for name, c := range map[string]struct {
		who advocacy.PersonID
		to  *advocacy.SocialAccount
	}{
		"an admin, for a person":        {h.Admin, personal},
		"a colleague, for a person":     {h.Reader, personal},
		"a colleague, for a brand":      {h.Reader, brand},
		"an employee's key, for itself": {"", personal},
	} {
		call := h.As(c.who)
		if c.who == "" {
			call = h.AsKey(h.Author)
		}
		_, err := h.Flow.ConnectAccount(t.Context(), call, h.W, c.to.ID, workflow.Token{Secret: "token-of-x", Version: c.to.Version})
		_, off := h.Flow.DisconnectAccount(t.Context(), call, h.W, c.to.ID)
		if advocacy.ReasonOf(err) != "NOT_ACCOUNT_OWNER" || advocacy.ReasonOf(off) != "NOT_ACCOUNT_OWNER" {
			t.Errorf("%s: %v, %v", name, err, off)
		}
	}
	if linked.Asked() != 0 {
		t.Error("a network was asked for somebody who may not")
	}
	for _, who := range []advocacy.PersonID{h.Curator, h.PR, h.Admin} {
		brand = connect(t, h, who, brand, "token-of-acme")
	}
	connect(t, h, h.Author, personal, "token-of-nadia")
}

// TestConnectAgainstChange: the network was asked about the account as it was.
func TestConnectAgainstChange(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	linked, a := mine(t, h, l)
	linked.Meanwhile(func() {
		_, err := h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, a.ID, workflow.AccountChange{Address: ptr("https://elsewhere.test")})
		ok(t, err)
	})
	_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Author), h.W, a.ID, workflow.Token{Secret: "token-of-nadia", Version: a.Version + 1})
	if advocacy.ReasonOf(err) != "ETAG_STALE" || sealedOf(t, h, a) != "" {
		t.Errorf("%v, and %q is kept", err, sealedOf(t, h, a))
	}
}

// TestConnectAgainstLeaving: who leaves while the network is asked gives it nothing.
func TestConnectAgainstLeaving(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		linked, a := mine(t, h, l)
		call := h.As(h.Author)
		linked.Meanwhile(func() {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
			ok(t, err)
		})
		_, err := h.Flow.ConnectAccount(t.Context(), call, h.W, a.ID, workflow.Token{Secret: "token-of-nadia", Version: a.Version})
		if advocacy.ReasonOf(err) != "OWNER_INACTIVE" || sealedOf(t, h, a) != "" {
			t.Errorf("%v, and %q is kept", err, sealedOf(t, h, a))
		}
	})
}

// TestConnectAgain: a call that was carried out is not asked again, whatever became of the token.
func TestConnectAgain(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	linked, a := mine(t, h, l)
	call := identified(h.As(h.Author), anID, "ConnectAccount", "body")
	first, err := h.Flow.ConnectAccount(t.Context(), call, h.W, a.ID, workflow.Token{Secret: "token-of-nadia", Version: a.Version})
	ok(t, err)
	again, err := h.Flow.ConnectAccount(t.Context(), call, h.W, a.ID, workflow.Token{Secret: "token-of-nadia", Version: a.Version})
	ok(t, err)
	if again.Version != first.Version || again.State != advocacy.AccountReady || linked.Asked() != 1 {
		t.Errorf("again it is %+v, and the network was asked %d times", again, linked.Asked())
	}
}

// TestDisconnectAccount: an employee takes the token back alone; nothing begins after, and
// only the same account comes back. One that was switched off stays off.
func TestDisconnectAccount(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	_, a := mine(t, h, l)
	connect(t, h, h.Author, a, "token-of-nadia")
	v := h.Approved(t, "It is me.", a.ID)
	off, err := h.Flow.DisconnectAccount(t.Context(), h.As(h.Author), h.W, a.ID)
	ok(t, err)
	if off.State != advocacy.AccountReconnect || off.ExternalID != "nadia" || sealedOf(t, h, a) != "" {
		t.Errorf("withdrawn it is %+v, and %q is kept", off, sealedOf(t, h, a))
	}
	h.Work(t)
	sent(t, l)
	if x := publications(t, h, v)[0]; x.Wait != advocacy.BlockAccount {
		t.Errorf("the publication waits for %q", x.Wait)
	}
	on, err := h.Flow.EnableAccount(t.Context(), h.As(h.Admin), h.W, a.ID, "try")
	ok(t, err)
	if on.State != advocacy.AccountReconnect {
		t.Errorf("switched on without a token it is %s", on.State)
	}
	refuses(t, h, advocacy.Precondition, "ACCOUNT_DIFFERENT", func() error {
		_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Author), h.W, a.ID, workflow.Token{Secret: "token-of-omar", Version: on.Version})
		return err
	})
	_, err = h.Flow.DisableAccount(t.Context(), h.As(h.Admin), h.W, a.ID, "stolen")
	ok(t, err)
	if again := connect(t, h, h.Author, a, "token-of-nadia"); again.State != advocacy.AccountDisabled {
		t.Errorf("switched off and connected it is %s", again.State)
	}
	on, err = h.Flow.EnableAccount(t.Context(), h.As(h.Admin), h.W, a.ID, "ours again")
	ok(t, err)
	if on.State != advocacy.AccountReady {
		t.Errorf("switched on with a token it is %s", on.State)
	}
	refuses(t, h, advocacy.Invalid, "NETWORK_WITHOUT_TOKENS", func() error {
		_, err := h.Flow.DisconnectAccount(t.Context(), h.As(h.Curator), h.W, h.Wall)
		return err
	})
	refuses(t, h, advocacy.Invalid, "NETWORK_WITHOUT_TOKENS", func() error {
		_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Curator), h.W, h.Wall, workflow.Token{Secret: "token-of-nadia", Version: 1})
		return err
	})
}

// TestWhoLeavesTakesTheTokens: nothing of a person's own accounts is kept, on both databases;
// what speaks for the company stays.
func TestWhoLeavesTakesTheTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		_, a := mine(t, h, l)
		connect(t, h, h.Author, a, "token-of-nadia")
		brand, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
			Network: workflowtest.LedgerName, DisplayName: "brand", Owner: h.Author, Deputy: h.PR,
		})
		ok(t, err)
		connect(t, h, h.Author, brand, "token-of-acme")
		_, err = h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
		ok(t, err)
		if sealedOf(t, h, a) != "" || sealedOf(t, h, brand) != "token-of-acme" {
			t.Errorf("of the person %q is kept, of the company %q", sealedOf(t, h, a), sealedOf(t, h, brand))
		}
		if all := done(t, h, "social_account.withdrawn"); len(all) != 1 || all[0].Actor.Person != h.Admin {
			t.Errorf("on record is %+v", all)
		}
	})
}

// TestWhoIsMergedTakesTheTokens: what spoke in the name of a membership that ended speaks no more.
func TestWhoIsMergedTakesTheTokens(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	_, a := mine(t, h, l)
	connect(t, h, h.Author, a, "token-of-nadia")
	_, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, h.Author, h.Reader, "one person")
	ok(t, err)
	if sealed := sealedOf(t, h, a); sealed != "" {
		t.Errorf("%q is kept", sealed)
	}
}
