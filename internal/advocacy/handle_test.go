package advocacy_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestHandleKey: people do not tell handles by capitals or by the sign before them.
func TestHandleKey(t *testing.T) {
	t.Parallel()
	for handle, want := range map[string]string{
		"@Acme": "acme", "acme": "acme", " @ACME ": "acme", "@acme@Mastodon.Social": "acme@mastodon.social", "Nadia Diallo": "nadia diallo",
		"ÉCOLE": "école", "@": "", " @ @": "", "": "",
	} {
		if got := advocacy.HandleKey(handle); got != want {
			t.Errorf("%q is %q, want %q", handle, got, want)
		}
	}
}

// TestGuardHandle: what is on the register says enough of itself, and nothing that cannot be.
func TestGuardHandle(t *testing.T) {
	t.Parallel()
	holder := &advocacy.Member{Person: "nadia", State: advocacy.MemberActive}
	gone := &advocacy.Member{Person: "nadia", State: advocacy.MemberDisabled}
	ours := advocacy.RegisteredHandle{Handle: "@acme", Kind: advocacy.HandleReserved, Status: advocacy.HandleHeld, Holder: "nadia"}
	theirs := advocacy.RegisteredHandle{Handle: "@acme_help", Kind: advocacy.HandleImpostor, Status: advocacy.HandleSeen, Evidence: "Asks for passwords."}
	for _, c := range []struct {
		name   string
		of     advocacy.RegisteredHandle
		change func(*advocacy.RegisteredHandle)
		holder *advocacy.Member
		reason string
	}{
		{"ours", ours, func(*advocacy.RegisteredHandle) {}, holder, ""},
		{"theirs", theirs, func(*advocacy.RegisteredHandle) {}, nil, ""},
		{"given up by who left", ours, func(h *advocacy.RegisteredHandle) { h.Status = advocacy.HandleReleased }, gone, ""},
		{"held by who left", ours, func(*advocacy.RegisteredHandle) {}, gone, "HOLDER_INACTIVE"},
		{"held by nobody", ours, func(h *advocacy.RegisteredHandle) { h.Holder = "" }, nil, "HOLDER_INACTIVE"},
		{"given up by nobody", ours, func(h *advocacy.RegisteredHandle) { h.Status, h.Holder = advocacy.HandleReleased, "" }, nil, "HOLDER_INACTIVE"},
		{"no name", ours, func(h *advocacy.RegisteredHandle) { h.Handle = "@ " }, holder, "HANDLE_INVALID"},
		{"ours and gone", ours, func(h *advocacy.RegisteredHandle) { h.Status = advocacy.HandleGone }, holder, "HANDLE_STATUS"},
		{"theirs and held", theirs, func(h *advocacy.RegisteredHandle) { h.Status = advocacy.HandleHeld }, nil, "HANDLE_STATUS"},
		{"theirs, with a password here", theirs, func(h *advocacy.RegisteredHandle) { h.Holder = "nadia" }, holder, "HOLDER_UNEXPECTED"},
		{"theirs for nothing", theirs, func(h *advocacy.RegisteredHandle) { h.Evidence = " \n" }, nil, "EVIDENCE_REQUIRED"},
	} {
		h := c.of
		c.change(&h)
		if got := advocacy.ReasonOf(h.Guard(c.holder)); got != c.reason {
			t.Errorf("%s: %q, want %q", c.name, got, c.reason)
		}
	}
}

// TestSpeaks: an impostor speaks until it is known to be gone.
func TestSpeaks(t *testing.T) {
	t.Parallel()
	for _, kind := range advocacy.HandleKinds() {
		for _, status := range advocacy.HandleStatuses() {
			h := &advocacy.RegisteredHandle{Kind: kind, Status: status}
			if want := kind == advocacy.HandleImpostor && status != advocacy.HandleGone; h.Speaks() != want {
				t.Errorf("one that is %s and %s speaks: %t", kind, status, h.Speaks())
			}
		}
	}
	if (*advocacy.RegisteredHandle)(nil).Speaks() {
		t.Error("one that is not registered speaks")
	}
}
