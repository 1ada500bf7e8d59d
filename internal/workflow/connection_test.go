package workflow_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// signsIn makes a personal account of the author on a network that people sign in to.
func signsIn(t *testing.T) (*workflowtest.House, *workflowtest.SignIn, *advocacy.SocialAccount) {
	t.Helper()
	h, l := house(t)
	_, a := mine(t, h, l)
	return h, workflowtest.SignInAt(h, l), a
}

// started begins a connection of an account as it is now.
func started(t *testing.T, h *workflowtest.House, who advocacy.PersonID, id advocacy.AccountID) *workflow.StartedConnection {
	t.Helper()
	now, err := h.Store.Account(t.Context(), h.W, id)
	ok(t, err)
	begun, err := h.Flow.StartConnection(t.Context(), h.As(who), h.W, id, now.Version)
	ok(t, err)
	return begun
}

// back is what comes back when somebody signs in as an account.
func back(t *testing.T, s *workflowtest.SignIn, begun *workflow.StartedConnection, account string) workflow.Comeback {
	t.Helper()
	state, code := s.Answer(t, begun.Address, account)
	return workflow.Comeback{State: state, Code: code}
}

// TestConnectBySigningIn: what comes back connects the account, for good as the one that signed in.
func TestConnectBySigningIn(t *testing.T) {
	t.Parallel()
	h, s, a := signsIn(t)
	begun := started(t, h, h.Author, a.ID)
	if !begun.ExpireTime.Equal(h.Clock.Now().Add(10*time.Minute)) || !strings.HasPrefix(begun.Address, "https://ledger.test/") {
		t.Errorf("begun is %+v", begun)
	}
	d := back(t, s, begun, "nadia")
	connected, err := h.Flow.CompleteConnection(t.Context(), h.As(h.Author), h.W, a.ID, d)
	ok(t, err)
	if connected.State != advocacy.AccountReady || connected.ExternalID != "nadia" {
		t.Errorf("connected it is %+v", connected)
	}
	g, err := network.DecodeGrant([]byte(sealedOf(t, h, a)))
	if err != nil || g.Access != "token-of-nadia" || g.Given() {
		t.Errorf("kept is a grant by hand: %t, error %v", g.Given(), err)
	}
	omars := back(t, s, started(t, h, h.Author, a.ID), "omar")
	refuses(t, h, advocacy.Precondition, "ACCOUNT_DIFFERENT", func() error {
		_, err := h.Flow.CompleteConnection(t.Context(), h.As(h.Author), h.W, a.ID, omars)
		return err
	})
	for _, action := range []string{"social_account.connecting", "social_account.connected"} {
		for _, r := range done(t, h, action) {
			if said := string(r.Detail); strings.Contains(said, "token-of") || strings.Contains(said, d.Code) || strings.Contains(said, d.State) {
				t.Errorf("on record is %s", said)
			}
		}
	}
}

// TestConnectionIsOnesOwn: what comes back is of no use to anybody else, in no other session, not
// for another account, not twice and not late.
func TestConnectionIsOnesOwn(t *testing.T) {
	t.Parallel()
	h, s, a := signsIn(t)
	brand, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "brand", Owner: h.Author, Deputy: h.PR,
	})
	ok(t, err)
	complete := func(c workflow.Call, id advocacy.AccountID, d workflow.Comeback, want string) {
		t.Helper()
		before := s.Exchanges()
		_, err := h.Flow.CompleteConnection(t.Context(), c, h.W, id, d)
		if advocacy.ReasonOf(err) != want {
			t.Errorf("%v, want %q", err, want)
		}
		if want != "" && s.Exchanges() != before {
			t.Errorf("%s: the network was asked", want)
		}
	}
	d := back(t, s, started(t, h, h.Author, brand.ID), "acme")
	elsewhere := h.As(h.Author)
	elsewhere.Actor.Session = "another session"
	complete(h.As(h.PR), brand.ID, d, "CONNECTION_ELSEWHERE")
	complete(elsewhere, brand.ID, d, "CONNECTION_ELSEWHERE")
	complete(h.As(h.Author), a.ID, d, "CONNECTION_NOT_FOUND")
	complete(h.As(h.Reader), brand.ID, d, "NOT_ACCOUNT_OWNER")
	for _, state := range []string{"", "rubbish", d.State[1:], d.State[:len(d.State)-1] + "x", strings.Replace(d.State, string(brand.ID), string(a.ID), 1)} {
		other := d
		other.State = state
		complete(h.As(h.Author), brand.ID, other, "CONNECTION_NOT_FOUND")
	}
	moved := d
	moved.State = strings.Replace(d.State, string(brand.ID), string(a.ID), 1)
	complete(h.As(h.Author), a.ID, moved, "CONNECTION_ELSEWHERE")
	complete(h.As(h.Author), brand.ID, d, "") // what others tried has used nothing up
	complete(h.As(h.Author), brand.ID, d, "CONNECTION_USED")
	late := back(t, s, started(t, h, h.Author, brand.ID), "acme")
	h.Clock.Advance(advocacy.ConnectionLife)
	complete(h.As(h.Author), brand.ID, late, "CONNECTION_EXPIRED")
	h.Clock.Advance(25 * time.Hour)
	started(t, h, h.Author, brand.ID)
	complete(h.As(h.Author), brand.ID, late, "CONNECTION_NOT_FOUND")
}

// TestConnectionRefused: a no, and somebody else's yes, connect nothing and are used up.
func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	h, s, a := signsIn(t)
	s.Entrance = network.Entrance{Issuer: "https://ledger.test/", IssuerTold: true}
	for want, change := range map[string]func(*workflow.Comeback){
		"ISSUER_DIFFERENT":    func(d *workflow.Comeback) { d.Issuer = "https://elsewhere.test/" },
		"CONNECTION_DENIED":   func(d *workflow.Comeback) { d.Code, d.Problem = "", "access_denied" },
		"CONNECTION_REFUSED":  func(d *workflow.Comeback) { d.Code, d.Problem = "", "server_error" },
		"CONNECTION_REFUSED ": func(d *workflow.Comeback) { d.Code = "" },
		"CODE_REFUSED":        func(d *workflow.Comeback) { d.Code += "x" },
		"TOKEN_REFUSED":       nil,
	} {
		d := back(t, s, started(t, h, h.Author, a.ID), "nadia")
		if change == nil {
			d = back(t, s, started(t, h, h.Author, a.ID), "")
		} else {
			change(&d)
		}
		if d.Issuer == "" {
			d.Issuer = "https://ledger.test/"
		}
		_, err := h.Flow.CompleteConnection(t.Context(), h.As(h.Author), h.W, a.ID, d)
		if advocacy.ReasonOf(err) != strings.TrimSpace(want) {
			t.Errorf("%v, want %s", err, want)
		}
		if _, err := h.Flow.CompleteConnection(t.Context(), h.As(h.Author), h.W, a.ID, d); advocacy.ReasonOf(err) != "CONNECTION_USED" {
			t.Errorf("after %s: %v", want, err)
		}
	}
	if sealedOf(t, h, a) != "" {
		t.Error("a token is kept")
	}
	reasons := ""
	for _, r := range done(t, h, "social_account.connection_refused") {
		reasons += string(r.Detail)
	}
	for _, want := range []string{"ISSUER_DIFFERENT", "CONNECTION_DENIED", "CONNECTION_REFUSED"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("on record is %s, without %s", reasons, want)
		}
	}
	personal := advocacy.AccountID(h.AuthorWall)
	_, err := h.Flow.StartConnection(t.Context(), h.As(h.Author), h.W, personal, 0)
	if advocacy.ReasonOf(err) != "NETWORK_WITHOUT_OAUTH" {
		t.Errorf("on a network without: %v", err)
	}
}

// TestConnectionAgainstChange: the code is for the account as it was when somebody was sent.
func TestConnectionAgainstChange(t *testing.T) {
	t.Parallel()
	h, s, a := signsIn(t)
	rename := func() {
		_, err := h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, a.ID, workflow.AccountChange{Address: ptr("https://elsewhere.test")})
		ok(t, err)
	}
	d := back(t, s, started(t, h, h.Author, a.ID), "nadia")
	rename()
	_, err := h.Flow.CompleteConnection(t.Context(), h.As(h.Author), h.W, a.ID, d)
	if advocacy.ReasonOf(err) != "ETAG_STALE" || s.Exchanges() != 0 {
		t.Errorf("changed before: %v, with %d codes brought", err, s.Exchanges())
	}
	s.Exchanging = rename
	_, err = h.Flow.CompleteConnection(t.Context(), h.As(h.Author), h.W, a.ID, back(t, s, started(t, h, h.Author, a.ID), "nadia"))
	if advocacy.ReasonOf(err) != "ETAG_STALE" || sealedOf(t, h, a) != "" {
		t.Errorf("changed meanwhile: %v", err)
	}
	if _, err := h.Flow.StartConnection(t.Context(), h.As(h.Author), h.W, a.ID, 1); advocacy.ReasonOf(err) != "ETAG_STALE" {
		t.Errorf("begun on an outdated read: %v", err)
	}
}

// TestConnectionOnceAtOnce: of many who bring the same answer at once, one connects the account,
// and the network is asked once.
func TestConnectionOnceAtOnce(t *testing.T) {
	t.Parallel()
	h, s, a := signsIn(t)
	d := back(t, s, started(t, h, h.Author, a.ID), "nadia")
	call := h.As(h.Author)
	reasons := make([]string, 8)
	var group sync.WaitGroup
	for i := range reasons {
		group.Go(func() {
			_, err := h.Flow.CompleteConnection(t.Context(), call, h.W, a.ID, d)
			reasons[i] = advocacy.ReasonOf(err)
		})
	}
	group.Wait()
	won := 0
	for _, r := range reasons {
		if r == "" {
			won++
		} else if r != "CONNECTION_USED" {
			t.Errorf("a loser is told %q", r)
		}
	}
	if won != 1 || s.Exchanges() != 1 {
		t.Errorf("%d connected, with %d codes brought", won, s.Exchanges())
	}
}

// TestConnectionRepeated: a repetition of either call asks the network nothing again.
func TestConnectionRepeated(t *testing.T) {
	t.Parallel()
	h, s, a := signsIn(t)
	begin, end := h.As(h.Author), h.As(h.Author)
	begin.RequestID, end.RequestID = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	begun, err := h.Flow.StartConnection(t.Context(), begin, h.W, a.ID, a.Version)
	ok(t, err)
	again, err := h.Flow.StartConnection(t.Context(), begin, h.W, a.ID, a.Version)
	ok(t, err)
	if again.Address != "" {
		t.Error("the address was told twice")
	}
	d := back(t, s, begun, "nadia")
	for range 2 {
		connected, err := h.Flow.CompleteConnection(t.Context(), end, h.W, a.ID, d)
		if err != nil || connected.State != advocacy.AccountReady || s.Exchanges() != 1 {
			t.Errorf("%+v, error %v, %d codes brought", connected, err, s.Exchanges())
		}
	}
}
