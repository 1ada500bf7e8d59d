package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func hasLeft(t *testing.T, h *workflowtest.House, who advocacy.PersonID) {
	t.Helper()
	_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, who, "left")
	ok(t, err)
}

// answersFor holds who answers for an account, and whether it is listed as one that lacks somebody.
func answersFor(t *testing.T, h *workflowtest.House, id advocacy.AccountID, owner, deputy advocacy.PersonID, listed bool) {
	t.Helper()
	a, err := h.Store.Account(t.Context(), h.W, id)
	ok(t, err)
	if a.Owner != owner || a.Deputy != deputy {
		t.Errorf("%s and %q answer, want %s and %q", a.Owner, a.Deputy, owner, deputy)
	}
	all, _, err := h.Flow.Accounts(t.Context(), h.As(h.Admin), workflow.AccountQuery{Workspace: h.W, Unanswered: true, Page: workflow.Page{Size: 100}})
	ok(t, err)
	if got := slices.ContainsFunc(all, func(a advocacy.SocialAccount) bool { return a.ID == id }); got != listed {
		t.Errorf("listed as lacking somebody: %t, want %t", got, listed)
	}
}

// nameAnswerers names who answers for the ledger's account.
func nameAnswerers(t *testing.T, h *workflowtest.House, d workflow.AccountChange) error {
	t.Helper()
	a, err := h.Store.Account(t.Context(), h.W, h.Ledger)
	ok(t, err)
	d.Version = a.Version
	_, err = h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, d)
	return err
}

// hearsLast holds what the last reminder of somebody about the ledger's account is.
func hearsLast(t *testing.T, h *workflowtest.House, who advocacy.PersonID, want advocacy.ReminderCode) {
	t.Helper()
	all := remindedOf(t, h, who, h.Ledger)
	if len(all) == 0 || all[len(all)-1] != want {
		t.Errorf("the reminders are %v, the last has to be %s", all, want)
	}
}

// TestAccountPassesToItsDeputy: when the owner leaves, the deputy owns the account in the same instant;
// what was scheduled through it goes out, and it is listed until somebody is named deputy.
func TestAccountPassesToItsDeputy(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		answersFor(t, h, h.Ledger, h.Curator, h.Both, false)
		h.Approved(t, "Signed.", h.Ledger)
		hasLeft(t, h, h.Curator)
		answersFor(t, h, h.Ledger, h.Both, "", true)
		a, err := h.Store.Account(t.Context(), h.W, h.Ledger)
		ok(t, err)
		all := slices.DeleteFunc(done(t, h, "social_account.handed_over"), func(r advocacy.AuditRecord) bool { return r.Subject != a.Name() })
		if len(all) != 1 || all[0].Actor.Person != h.Admin {
			t.Errorf("on record is %+v", all)
		}
		hearsLast(t, h, h.Both, advocacy.RemindAccountPassed)
		hearsLast(t, h, h.Admin, advocacy.RemindDeputyMissing) // the new owner may not name one
		h.Clock.Advance(time.Hour)
		h.Work(t)
		sent(t, l, "Signed.")
		_, err = h.Flow.AttestAccount(t.Context(), h.As(h.Both), h.W, h.Ledger, a.Version) // who took it over vouches for it
		ok(t, err)
		ok(t, nameAnswerers(t, h, workflow.AccountChange{Deputy: &h.PR}))
		answersFor(t, h, h.Ledger, h.Both, h.PR, false)
		_, err = h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, h.Curator, "back")
		ok(t, err)
		answersFor(t, h, h.Ledger, h.Both, h.PR, false) // whoever comes back takes nothing away
	})
}

// TestDeputyLeaves: the owner stays and is told; nothing stops.
func TestDeputyLeaves(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	h.Approved(t, "Signed.", h.Ledger)
	hasLeft(t, h, h.Both)
	answersFor(t, h, h.Ledger, h.Curator, "", true)
	done(t, h, "social_account.deputy_left")
	hearsLast(t, h, h.Curator, advocacy.RemindDeputyLeft)
	hearsLast(t, h, h.Admin, advocacy.RemindDeputyMissing)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestNobodyAnswers: nothing goes out through an account whose owner and deputy left, until an
// administrator names both.
func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := h.Approved(t, "Signed.", h.Ledger)
	hasLeft(t, h, h.Both)
	hasLeft(t, h, h.Curator)
	answersFor(t, h, h.Ledger, h.Curator, "", true)
	done(t, h, "social_account.owner_left")
	hearsLast(t, h, h.Admin, advocacy.RemindOwnerLeft)
	h.Work(t)
	sent(t, l)
	if x := publications(t, h, v)[0]; x.State != advocacy.Scheduled || x.Wait != advocacy.BlockAccount {
		t.Fatalf("the publication is %s and waits for %q", x.State, x.Wait)
	}
	ok(t, nameAnswerers(t, h, workflow.AccountChange{Purpose: ptr("News.")})) // what names nobody is not about them
	for want, d := range map[string]workflow.AccountChange{
		"DEPUTY_REQUIRED": {Owner: &h.PR},
		"OWNER_INACTIVE":  {Deputy: &h.PR},
		"DEPUTY_IS_OWNER": {Owner: &h.PR, Deputy: &h.PR},
		"DEPUTY_UNFIT":    {Owner: &h.PR, Deputy: &h.Auditor},
	} {
		refuses(t, h, advocacy.Invalid, want, func() error { return nameAnswerers(t, h, d) })
	}
	ok(t, nameAnswerers(t, h, workflow.AccountChange{Owner: &h.PR, Deputy: &h.Legal}))
	answersFor(t, h, h.Ledger, h.PR, h.Legal, false)
	h.Clock.Advance(time.Minute)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestNobodyAnswersIsRepeated: that nobody answers for an account is said again, a day after and then
// each week, to whoever may name somebody by then, until it is done.
func TestNobodyAnswersIsRepeated(t *testing.T) {
	t.Parallel()
	h, _ := house(t) // whose clock can be set, inside transactions too
	hasLeft(t, h, h.Both)
	hasLeft(t, h, h.Curator)
	heard := func(who advocacy.PersonID, want, found int) {
		t.Helper()
		for range 2 {
			n, err := h.Flow.RemindUnanswered(t.Context())
			ok(t, err)
			if n != found {
				t.Errorf("nobody answers for %d accounts, want %d", n, found)
			}
		}
		got := slices.DeleteFunc(remindedOf(t, h, who, h.Ledger), func(c advocacy.ReminderCode) bool { return c != advocacy.RemindOwnerLeft })
		if len(got) != want {
			t.Errorf("%s heard it %d times, want %d", who, len(got), want)
		}
	}
	all, _, err := h.Flow.Accounts(t.Context(), h.As(h.Admin), workflow.AccountQuery{Workspace: h.W, Unanswered: true, Page: workflow.Page{Size: 100}})
	ok(t, err)
	left := 0 // they were the owners of others, too
	for i := range all {
		if all[i].Owner == h.Curator || all[i].Owner == h.Both {
			left++
		}
	}
	h.Clock.Advance(23 * time.Hour)
	heard(h.Admin, 1, left)
	h.Clock.Advance(time.Hour)
	heard(h.Admin, 2, left)
	h.Clock.Advance(6 * 24 * time.Hour)
	later := recruit(t, h, "later", advocacy.RoleAdmin)
	heard(later, 1, left)
	heard(h.Admin, 3, left)
	h.Clock.Advance(7 * 24 * time.Hour)
	ok(t, nameAnswerers(t, h, workflow.AccountChange{Owner: &h.PR, Deputy: &h.Legal}))
	heard(h.Admin, 3, left-1)
}

// TestGrantorLeaves: when who gave an account's token leaves, who answers for the account is told, or
// who may name somebody; the token goes on being used. One who stays under another membership has not left.
func TestGrantorLeaves(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		workflowtest.Link(h, l)
		a, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
			Network: workflowtest.LedgerName, DisplayName: "brand", Owner: h.Curator, Deputy: h.PR,
		})
		ok(t, err)
		leaves := func(grantor advocacy.PersonID, told ...advocacy.PersonID) {
			t.Helper()
			persons := []advocacy.PersonID{h.Curator, h.PR, h.Admin, h.Legal}
			before := map[advocacy.PersonID]int{}
			heard := func(p advocacy.PersonID) int {
				return len(slices.DeleteFunc(remindedOf(t, h, p, a.ID), func(c advocacy.ReminderCode) bool { return c != advocacy.RemindGrantorLeft }))
			}
			for _, p := range persons {
				before[p] = heard(p)
			}
			connect(t, h, grantor, a, "token-of-nadia")
			h.Clock.Advance(time.Minute)
			hasLeft(t, h, grantor)
			for _, p := range persons {
				if n := heard(p) - before[p]; n != 0 != slices.Contains(told, p) {
					t.Errorf("%s was told %d times that %s left", p, n, grantor)
				}
			}
			last := done(t, h, "social_account.grantor_left")
			if r := last[len(last)-1]; r.Subject != a.Name() || r.Actor.Person != h.Admin {
				t.Errorf("on record is %+v", r)
			}
			now, err := h.Store.Account(t.Context(), h.W, a.ID)
			ok(t, err)
			if now.State != advocacy.AccountReady || now.Grantor != grantor || sealedOf(t, h, a) == "" {
				t.Errorf("it is %s, with a token of %q", now.State, now.Grantor)
			}
		}
		leaves(recruit(t, h, "operator", advocacy.RoleAdmin), h.Curator, h.PR)
		leaves(h.PR, h.Curator)
		merged := recruit(t, h, "twice", advocacy.RoleAdmin)
		connect(t, h, merged, a, "token-of-nadia")
		_, err = h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, merged, h.Legal, "one person")
		ok(t, err)
		now, err := h.Store.Account(t.Context(), h.W, a.ID)
		ok(t, err)
		if now.Grantor != h.Legal || len(remindedOf(t, h, h.Legal, a.ID)) != 0 {
			t.Errorf("who stays is not who connected it, but %q", now.Grantor)
		}
		done(t, h, "social_account.grantor_merged")
		operator := recruit(t, h, "operator2", advocacy.RoleAdmin)
		connect(t, h, operator, a, "token-of-nadia")
		hasLeft(t, h, h.Curator) // nobody answers for it any more
		hasLeft(t, h, operator)
		hearsOf := remindedOf(t, h, h.Admin, a.ID)
		if len(hearsOf) == 0 || hearsOf[len(hearsOf)-1] != advocacy.RemindGrantorLeft {
			t.Errorf("where nobody answers, an administrator hears %v", hearsOf)
		}
	})
}

// TestNobodyAnswersAgainstGate: workers run while the last who answers for an account leaves. When
// DisableMember has returned, no request begins.
func TestNobodyAnswersAgainstGate(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		hasLeft(t, h, h.Both)
		stops(t, h, l, func() ([]advocacy.Publication, error) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Curator, "left")
			return nil, err
		}, func() {
			_, err := h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, h.Curator, "back")
			ok(t, err)
		})
	})
}

// untilCalm calls until what it meets has not changed under it.
func untilCalm(call func() error) func() error {
	return func() error {
		for {
			if err := call(); advocacy.KindOf(err) != advocacy.Conflict {
				return err
			}
		}
	}
}

// TestBothLeaveAtOnce: the owner and the deputy leave at the same moment, and somebody is named while
// he or she leaves. An account has no deputy who left, and no owner who left beside one who is here.
func TestBothLeaveAtOnce(t *testing.T) {
	const rounds = 8
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		disable := func(who advocacy.PersonID) func() error {
			return untilCalm(func() error {
				_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, who, "left")
				return err
			})
		}
		for i := range rounds {
			owner, deputy := recruit(t, h, fmt.Sprintf("owner%d", i), advocacy.RoleEmployee), recruit(t, h, fmt.Sprintf("deputy%d", i), advocacy.RoleEmployee)
			ok(t, nameAnswerers(t, h, workflow.AccountChange{Owner: &owner, Deputy: &deputy}))
			for _, err := range together(disable(owner), disable(deputy)) {
				ok(t, err)
			}
			a, err := h.Store.Account(t.Context(), h.W, h.Ledger)
			ok(t, err)
			if a.Deputy != "" || a.Owner != owner && a.Owner != deputy {
				t.Fatalf("%s and %q answer after %s and %s left", a.Owner, a.Deputy, owner, deputy)
			}
			next := recruit(t, h, fmt.Sprintf("next%d", i), advocacy.RoleEmployee)
			errs := together(disable(next), untilCalm(func() error { return nameAnswerers(t, h, workflow.AccountChange{Owner: &h.Curator, Deputy: &next}) }))
			ok(t, errs[0])
			a, err = h.Store.Account(t.Context(), h.W, h.Ledger)
			ok(t, err)
			if reason := advocacy.ReasonOf(errs[1]); a.Deputy != "" || errs[1] != nil && reason != "OWNER_INACTIVE" {
				t.Fatalf("%q is the deputy, after %v", a.Deputy, errs[1])
			}
		}
	})
}

// TestMergedAnswerer: whoever answers under a second membership does so under the first, and two
// memberships of one person are not two who answer.
func TestMergedAnswerer(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	h.Approved(t, "Signed.", h.Ledger)
	merge := func(who, into advocacy.PersonID) {
		t.Helper()
		_, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, who, into, "one person")
		ok(t, err)
	}
	merge(h.Curator, h.PR)
	answersFor(t, h, h.Ledger, h.PR, h.Both, false)
	merge(h.Both, h.PR)
	answersFor(t, h, h.Ledger, h.PR, "", true)
	done(t, h, "social_account.answerer_merged")
	refuses(t, h, advocacy.Invalid, "OWNER_INACTIVE", func() error { return nameAnswerers(t, h, workflow.AccountChange{Deputy: &h.Both}) })
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestAccountOfBefore: an account from before deputies were asked for is usable and can be changed; it
// is listed until somebody is named, and is left to nobody by default.
func TestAccountOfBefore(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		a, err := tx.Account(ctx, h.W, h.Ledger)
		if err != nil {
			return err
		}
		a.Deputy = ""
		return tx.SaveAccount(ctx, a, nil)
	}))
	answersFor(t, h, h.Ledger, h.Curator, "", true)
	h.Approved(t, "Signed.", h.Ledger)
	h.Work(t)
	sent(t, l, "Signed.")
	ok(t, nameAnswerers(t, h, workflow.AccountChange{DisplayName: ptr("The ledger"), Owner: &h.Curator, Deputy: ptr(advocacy.PersonID(""))}))
	answersFor(t, h, h.Ledger, h.Curator, "", true)
	_, err := h.Flow.DisableAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, "not needed")
	ok(t, err)
	answersFor(t, h, h.Ledger, h.Curator, "", false) // nobody has to answer for what is switched off
	_, err = h.Flow.EnableAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, "needed")
	ok(t, err)
	ok(t, nameAnswerers(t, h, workflow.AccountChange{Deputy: &h.Legal}))
	answersFor(t, h, h.Ledger, h.Curator, h.Legal, false)
	refuses(t, h, advocacy.Invalid, "DEPUTY_REQUIRED", func() error {
		return nameAnswerers(t, h, workflow.AccountChange{Deputy: ptr(advocacy.PersonID(""))}) // who was named is not taken away for nobody
	})
}
