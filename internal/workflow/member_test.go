package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestNobodyGrantsToOneself: not by a change of roles, not by disabling the others' way
// back in.
func TestNobodyGrantsToOneself(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	for _, roles := range [][]advocacy.Role{{advocacy.RoleAdmin, advocacy.RoleLegal}, {}} {
		refuses(t, h, advocacy.Denied, "SELF_GRANT", func() error {
			_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Admin, workflow.MemberChange{Roles: &roles})
			return err
		})
	}
	refuses(t, h, advocacy.Denied, "SELF_GRANT", func() error {
		_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Admin, "holiday")
		return err
	})
	m, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Admin, workflow.MemberChange{
		DisplayName: ptr("Ada Lovelace"), Roles: &[]advocacy.Role{advocacy.RoleAdmin},
	})
	ok(t, err)
	if m.DisplayName != "Ada Lovelace" {
		t.Fatalf("the name is %q", m.DisplayName)
	}
}

// TestOneAdminStays: the last active one keeps the role and the right to act.
func TestOneAdminStays(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	system := workflow.SystemCall(h.W)
	demote := func(c workflow.Call, p advocacy.PersonID) error {
		_, err := h.Flow.UpdateMember(t.Context(), c, h.W, p, workflow.MemberChange{Roles: &[]advocacy.Role{advocacy.RoleEmployee}})
		return err
	}
	_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, second, "left")
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "LAST_ADMIN", func() error { return demote(h.As(h.PR), h.Admin) })
	refuses(t, h, advocacy.Precondition, "LAST_ADMIN", func() error {
		_, err := h.Flow.DisableMember(t.Context(), system, h.W, h.Admin, "left")
		return err
	})
	_, err = h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, second, "back")
	ok(t, err)
	ok(t, demote(h.As(second), h.Admin))
	refuses(t, h, advocacy.Precondition, "LAST_ADMIN", func() error { return demote(system, second) })
}

// TestMemberRefusesWhatCannotBe names what a membership cannot hold.
func TestMemberRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	admin := h.As(h.Admin)
	create := func(d workflow.MemberDraft) error {
		_, err := h.Flow.CreateMember(t.Context(), admin, h.W, d)
		return err
	}
	refuses(t, h, advocacy.Invalid, "ROLE_NOT_FOUND", func() error {
		return create(workflow.MemberDraft{DisplayName: "New", Email: "new@acme.test", Roles: []advocacy.Role{"approver:medical"}})
	})
	refuses(t, h, advocacy.Invalid, "BIDI_CONTROL", func() error {
		return create(workflow.MemberDraft{DisplayName: "\u202egnp.exe", Email: "new@acme.test"})
	})
	// Addresses are compared without case.
	refuses(t, h, advocacy.Exists, "MEMBER_EXISTS", func() error {
		return create(workflow.MemberDraft{DisplayName: "Another", Email: "Legal@ACME.test"})
	})
	refuses(t, h, advocacy.NotFound, "MEMBER_NOT_FOUND", func() error {
		_, err := h.Flow.UpdateMember(t.Context(), admin, h.W, "nobody", workflow.MemberChange{})
		return err
	})
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.UpdateMember(t.Context(), admin, h.W, h.Legal, workflow.MemberChange{Version: 99})
		return err
	})
	if m, err := h.Flow.Member(t.Context(), admin, h.W, h.Legal); err != nil || m.Language != "en" {
		t.Fatalf("a member begins in the workspace's language: %+v, %v", m, err)
	}
}

// TestDisabledMember (edge case 81) [I31]: nothing more goes out in that name, sessions
// end, and nothing comes back by itself when the person does.
func TestDisabledMember(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	later, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "Tomorrow."}, Accounts: []advocacy.AccountID{h.Ledger},
		PublishTime: h.Clock.Now().Add(24 * time.Hour), Zone: "Europe/Paris",
	})
	ok(t, err)
	h.Submit(t, later)
	h.Sign(t, h.Legal, later, "legal")
	h.Sign(t, h.PR, later, "pr")
	in, err := h.Flow.OpenSession(t.Context(), h.W, h.Author)
	ok(t, err)
	_, err = h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
	ok(t, err)
	for _, p := range []*workflow.PostView{v, later} {
		stand(t, h, p, advocacy.Cancelled)
		state(t, h, p, advocacy.PostApproved)
	}
	if _, err := h.Flow.CreateSession(t.Context(), in.Token); advocacy.ReasonOf(err) != "SIGN_IN_LINK_INVALID" {
		t.Fatalf("a session's token opened a session: %v", err)
	}
	h.Clock.Advance(48 * time.Hour)
	h.Work(t)
	sent(t, l)
	_, err = h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "back")
	ok(t, err)
	h.Work(t)
	sent(t, l)
	again := h.Clock.Now().Add(time.Minute)
	change(t, h, v, workflow.PostChange{PublishTime: &again, Zone: ptr("Europe/Paris")})
	h.Clock.Advance(time.Minute)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestDisabledAfterTheWorkerCame: the gate reads the author in the last instant.
func TestDisabledAfterTheWorkerCame(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	h.Worker.Reached = func(step string) {
		if step == "claimed" {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Author, "left")
			ok(t, err)
		}
	}
	h.Work(t)
	sent(t, l)
	stand(t, h, v, advocacy.Cancelled)
}

// TestSharedAccountNeedsItsOwner: who answers for the account must be there to answer.
func TestSharedAccountNeedsItsOwner(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	hasLeft(t, h, h.Both)
	hasLeft(t, h, h.Curator)
	h.Work(t)
	sent(t, l)
	stand(t, h, v, advocacy.Scheduled)
	_, err := h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, workflow.AccountChange{Owner: &h.PR, Deputy: &h.Legal})
	ok(t, err)
	h.Clock.Advance(time.Minute)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestWorkspaceRefusesWhatCannotBe names what a workspace cannot be called or speak.
func TestWorkspaceRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	cases := map[string]workflow.WorkspaceChange{
		"NAME_REQUIRED":      {DisplayName: ptr(" \t")},
		"CONTROL_CHARACTER":  {DisplayName: ptr("Acme\x00")},
		"LANGUAGE_INVALID":   {Language: ptr("de")},
		"TIME_ZONE_UNKNOWN":  {Zone: ptr("Europe/Atlantis")},
		"TIME_ZONE_REQUIRED": {Zone: ptr("")},
	}
	for reason, d := range cases {
		refuses(t, h, advocacy.Invalid, reason, func() error { _, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, d); return err })
	}
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{Version: 99})
		return err
	})
	for _, id := range []advocacy.WorkspaceID{"", "a", "Acme", "1acme", "acme corp", "acme/evil"} {
		refuses(t, h, advocacy.Invalid, "WORKSPACE_ID_INVALID", func() error {
			_, _, err := h.Flow.Install(t.Context(), workflow.Installation{ID: id, DisplayName: "Evil", Language: "en", Zone: "UTC"})
			return err
		})
	}
	refuses(t, h, advocacy.Exists, "WORKSPACE_EXISTS", func() error {
		_, _, err := h.Flow.Install(t.Context(), workflow.Installation{ID: h.W, DisplayName: "Twin", Language: "en", Zone: "UTC"})
		return err
	})
}
