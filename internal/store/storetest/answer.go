package storetest

import (
	"context"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// answerers holds that a person's accounts are found in either place, and those he or she connected; and
// that those that lack an
// active owner or deputy are listed: none that speaks for one person or is switched off.
func answerers(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	gone := h.member(advocacy.PersonID(id("person")), advocacy.RoleEmployee)
	gone.State = advocacy.MemberDisabled
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMember(ctx, gone) })
	add := func(h *house, owner, deputy advocacy.PersonID, personal bool, state advocacy.AccountState) advocacy.AccountID {
		t.Helper()
		a := &advocacy.SocialAccount{
			Workspace: h.ws, ID: advocacy.AccountID(id("account")), Network: "slack", Owner: owner, Deputy: deputy, Personal: personal, State: state,
		}
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddAccount(ctx, a, nil) })
		return a.ID
	}
	const ready, off = advocacy.AccountReady, advocacy.AccountDisabled
	whole := add(h, h.approver, gone.Person, false, off)
	without := add(h, h.author, "", false, ready)
	left := add(h, h.author, gone.Person, false, advocacy.AccountReconnect)
	nobody := add(h, gone.Person, "", false, ready)
	headless := add(h, gone.Person, h.author, false, ready)
	add(h, h.author, h.approver, false, ready)
	add(h, gone.Person, "", true, ready)
	add(other, h.author, gone.Person, false, ready)
	granted := func(h *house, grantor advocacy.PersonID, personal bool) advocacy.AccountID {
		a := &advocacy.SocialAccount{
			Workspace: h.ws, ID: advocacy.AccountID(id("account")), Network: "mastodon", Owner: h.author, Personal: personal, State: off, Grantor: grantor, ConnectTime: start,
		}
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddAccount(ctx, a, nil) })
		return a.ID
	}
	gave := []advocacy.AccountID{granted(h, gone.Person, false), granted(h, gone.Person, false)}
	granted(h, gone.Person, true)
	granted(h, h.author, false)
	granted(h, "", false)
	granted(other, gone.Person, false)

	ids := func(all []advocacy.SocialAccount, err error) (found []advocacy.AccountID) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			found = append(found, a.ID)
		}
		return found
	}
	same(t, []advocacy.AccountID{whole, left, nobody, headless}, ids(s.AnsweredBy(ctx(t), h.ws, gone.Person)))
	if all := ids(s.AnsweredBy(ctx(t), h.ws, "")); len(all) > 0 {
		t.Errorf("nobody answers for %v", all)
	}
	same(t, gave, ids(s.GrantedBy(ctx(t), h.ws, gone.Person)))
	if all := ids(s.GrantedBy(ctx(t), h.ws, "")); len(all) > 0 {
		t.Errorf("nobody connected %v", all)
	}
	want := []advocacy.AccountID{without, left, nobody, headless}
	var got []advocacy.AccountID
	for after := ""; ; {
		page, next, err := s.Accounts(ctx(t), workflow.AccountQuery{Workspace: h.ws, Network: "slack", Unanswered: true, Page: workflow.Page{Size: 2, After: after, Oldest: true}})
		got = append(got, ids(page, err)...)
		if after = next; after == "" {
			break
		}
	}
	same(t, want, got)
}
