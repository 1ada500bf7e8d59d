package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestAccountRefusesWhatCannotBe names what an account cannot be.
func TestAccountRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	admin := h.As(h.Admin)
	gone := recruit(t, h, "Gone", advocacy.RoleEmployee)
	_, err := h.Flow.DisableMember(t.Context(), admin, h.W, gone, "left")
	ok(t, err)
	cases := map[string][]workflow.AccountDraft{
		"NETWORK_UNKNOWN":   {{Network: "telegraph", Owner: h.Curator, Deputy: h.PR}},
		"DEPUTY_REQUIRED":   {{Network: wall.Name, Owner: h.Curator}},
		"DEPUTY_IS_OWNER":   {{Network: wall.Name, Owner: h.Curator, Deputy: h.Curator}},
		"DEPUTY_UNEXPECTED": {{Network: wall.Name, Owner: h.Author, Deputy: h.PR, Personal: true}},
		"DEPUTY_UNFIT":      {{Network: wall.Name, Owner: h.Curator, Deputy: h.Auditor}},
		"OWNER_INACTIVE": {
			{Network: wall.Name, Deputy: h.PR}, {Network: wall.Name, Owner: "nobody", Deputy: h.PR}, {Network: wall.Name, Owner: gone, Deputy: h.PR},
			{Network: wall.Name, Owner: gone, Personal: true},
			{Network: wall.Name, Owner: h.Curator, Deputy: gone},
		},
		"ADDRESS_UNEXPECTED": {{Network: wall.Name, Owner: h.Curator, Deputy: h.PR, Address: "https://elsewhere.test"}},
		"CONTROL_CHARACTER":  {{Network: wall.Name, Owner: h.Curator, Deputy: h.PR, DisplayName: "\x00"}},
	}
	for reason, drafts := range cases {
		for _, d := range drafts {
			refuses(t, h, advocacy.Invalid, reason, func() error { _, _, err := h.Flow.CreateAccount(t.Context(), admin, h.W, d); return err })
		}
	}
	refuses(t, h, advocacy.Invalid, "OWNER_FIXED", func() error {
		_, err := h.Flow.UpdateAccount(t.Context(), admin, h.W, h.AuthorWall, workflow.AccountChange{Owner: ptr(h.Reader)})
		return err
	})
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.UpdateAccount(t.Context(), admin, h.W, h.Wall, workflow.AccountChange{Version: 99})
		return err
	})
	refuses(t, h, advocacy.NotFound, "ACCOUNT_NOT_FOUND", func() error {
		_, err := h.Flow.DisableAccount(t.Context(), admin, h.W, "nowhere", "no")
		return err
	})
}

// TestAccountSwitchedOff: what waits for it waits, and goes out when it is back.
func TestAccountSwitchedOff(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	_, err := h.Flow.DisableAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, "stolen")
	ok(t, err)
	h.Work(t)
	sent(t, l)
	if x := publications(t, h, v)[0]; x.State != advocacy.Scheduled || x.Wait != advocacy.BlockAccount {
		t.Fatalf("the publication is %s and waits for %q", x.State, x.Wait)
	}
	_, err = h.Flow.EnableAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, "ours again")
	ok(t, err)
	h.Clock.Advance(time.Minute)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestAttestation: an account that nobody who answers for it has vouched for in half a year sends
// nothing until its owner or its deputy does, about what they saw; a personal account's owner need not.
func TestAttestation(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	mine, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "@author", Owner: h.Author, Personal: true,
	})
	ok(t, err)
	a, err := h.Store.Account(t.Context(), h.W, h.Ledger)
	ok(t, err)
	h.Clock.Advance(advocacy.AttestationTerm - time.Hour)
	h.Approved(t, "Just in time.", h.Ledger)
	h.Work(t)
	sent(t, l, "Just in time.")
	h.Clock.Advance(time.Hour)
	v := h.Approved(t, "Too late.", h.Ledger)
	h.Approved(t, "It is me.", mine.ID)
	h.Work(t)
	sent(t, l, "Just in time.", "It is me.")
	if x := publications(t, h, v)[0]; x.State != advocacy.Scheduled || x.Wait != advocacy.BlockAttestation {
		t.Fatalf("the publication is %s and waits for %q", x.State, x.Wait)
	}
	attest := func(c workflow.Call, version int64) func() error {
		return func() error { _, err := h.Flow.AttestAccount(t.Context(), c, h.W, h.Ledger, version); return err }
	}
	refuses(t, h, advocacy.Denied, "NOT_ACCOUNT_OWNER", attest(h.As(h.Author), a.Version))
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", attest(h.As(h.Curator), a.Version+1))
	ok(t, attest(h.As(h.Curator), a.Version)())
	h.Clock.Advance(time.Minute)
	h.Work(t)
	sent(t, l, "Just in time.", "It is me.", "Too late.")
}

// TestBylineIsSigned: the name that is shown is part of the bytes, so a new name of the
// account changes nothing that was signed.
func TestBylineIsSigned(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	_, err := h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, workflow.AccountChange{DisplayName: ptr("Renamed")})
	ok(t, err)
	h.Work(t)
	sent(t, l, "Signed.")
	if got := l.Sent()[0].Target.Byline; got != "ledger" {
		t.Fatalf("the byline is %q", got)
	}
	if state := publications(t, h, v)[0].State; state != advocacy.Published {
		t.Fatalf("the publication is %s", state)
	}
}

// TestPersonalAccount: what goes out in a person's name has the person's name on it.
func TestPersonalAccount(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	mine, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "@author", Owner: h.Author, Personal: true,
	})
	ok(t, err)
	h.Approved(t, "It is me.", mine.ID)
	h.Work(t)
	sent(t, l, "It is me.")
	if got := l.Sent()[0].Target.Byline; got != "author" {
		t.Fatalf("the byline is %q", got)
	}
}
