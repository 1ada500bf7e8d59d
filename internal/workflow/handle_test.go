package workflow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// impostor is who speaks as if it were the author.
func impostor(handle string) workflow.HandleDraft {
	return workflow.HandleDraft{
		Network: workflowtest.LedgerName, Handle: handle, Kind: advocacy.HandleImpostor, Status: advocacy.HandleSeen,
		Address: "https://ledger.test/" + handle, Evidence: "Answers customers in our name.\nSee the picture of Friday.",
	}
}

func register(t *testing.T, h *workflowtest.House, d workflow.HandleDraft) *advocacy.RegisteredHandle {
	t.Helper()
	made, err := h.Flow.RegisterHandle(t.Context(), h.As(h.Admin), h.W, d)
	ok(t, err)
	return made
}

// TestRegister: a handle is registered once, its holder is here, and what is said of it is on record.
func TestRegister(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	ours := register(t, h, workflow.HandleDraft{Network: "x", Handle: "@Acme", Kind: advocacy.HandleReserved, Status: advocacy.HandleHeld, Holder: h.Curator})
	for _, again := range []string{"@acme", "ACME"} {
		d := impostor(again)
		d.Network = "x"
		refuses(t, h, advocacy.Exists, "HANDLE_EXISTS", func() error {
			_, err := h.Flow.RegisterHandle(t.Context(), h.As(h.Admin), h.W, d)
			return err
		})
	}
	register(t, h, impostor("@acme")) // elsewhere it is another one
	for name, holder := range map[string]advocacy.PersonID{"nobody": "", "a stranger": "00000000-0000-7000-8000-000000000000"} {
		refuses(t, h, advocacy.Invalid, "HOLDER_INACTIVE", func() error {
			t.Log(name)
			_, err := h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, ours.ID, workflow.HandleChange{Holder: &holder})
			return err
		})
	}
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, ours.ID, workflow.HandleChange{Version: ours.Version + 1, Evidence: ptr("x")})
		return err
	})
	_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Curator, "left")
	ok(t, err)
	refuses(t, h, advocacy.Invalid, "HOLDER_INACTIVE", func() error {
		_, err := h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, ours.ID, workflow.HandleChange{Evidence: ptr("Still ours.")})
		return err
	})
	released, err := h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, ours.ID, workflow.HandleChange{Status: ptr(advocacy.HandleReleased)})
	ok(t, err)
	if released.Version != 2 || released.Holder != h.Curator || released.Network != "x" || released.Handle != "@Acme" {
		t.Errorf("released it is %+v", released)
	}
	if all := done(t, h, "registered_handle.updated"); len(all) != 1 || !strings.Contains(string(all[0].Detail), `"released"`) || all[0].Subject != ours.Name() {
		t.Errorf("on record is %+v", all)
	}
	if all := done(t, h, "registered_handle.created"); len(all) != 2 {
		t.Errorf("%d records of two handles", len(all))
	}
}

// TestImpostorIsNotConnected: what is known to be somebody else's is connected in no way, until it is
// gone or the company's own.
func TestImpostorIsNotConnected(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	_, a := mine(t, h, l)
	known := register(t, h, impostor("NADIA"))
	connecting := func() error {
		_, err := h.Flow.ConnectAccount(t.Context(), h.As(h.Author), h.W, a.ID, workflow.Token{Secret: "token-of-nadia", Version: a.Version})
		return err
	}
	refuses(t, h, advocacy.Precondition, "HANDLE_IMPOSTOR", connecting)
	for _, status := range []advocacy.HandleStatus{advocacy.HandleReported, advocacy.HandleSeen} {
		_, err := h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, known.ID, workflow.HandleChange{Status: ptr(status)})
		ok(t, err)
		refuses(t, h, advocacy.Precondition, "HANDLE_IMPOSTOR", connecting)
	}
	if sealedOf(t, h, a) != "" {
		t.Error("a token of an impostor was kept")
	}
	elsewhere := impostor("@omar")
	elsewhere.Network = "elsewhere"
	register(t, h, elsewhere)
	_, err := h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, known.ID, workflow.HandleChange{
		Kind: ptr(advocacy.HandleReserved), Status: ptr(advocacy.HandleHeld), Holder: &h.Author,
	})
	ok(t, err)
	ok(t, connecting())
}

// TestImpostorSignsInForNothing: who signs in at the network as an impostor is not connected either.
func TestImpostorSignsInForNothing(t *testing.T) {
	t.Parallel()
	h, s, a := signsIn(t)
	known := register(t, h, impostor("@nadia"))
	completing := func(d workflow.Comeback) error {
		_, err := h.Flow.CompleteConnection(t.Context(), h.As(h.Author), h.W, a.ID, d)
		return err
	}
	d := back(t, s, started(t, h, h.Author, a.ID), "nadia")
	refuses(t, h, advocacy.Precondition, "HANDLE_IMPOSTOR", func() error { return completing(d) })
	_, err := h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, known.ID, workflow.HandleChange{Status: ptr(advocacy.HandleGone)})
	ok(t, err)
	ok(t, completing(back(t, s, started(t, h, h.Author, a.ID), "nadia")))
}

// TestImpostorNamed: everybody who looks at a text is told that it names an impostor, as the register
// is then, and it goes out all the same.
func TestImpostorNamed(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	const text = "Never trust @acme_help."
	told := func() (spans []string) {
		t.Helper()
		checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: text}}, nil)
		ok(t, err)
		for _, f := range checked.Findings {
			if f.Code == "IMPOSTOR_NAMED" {
				spans = append(spans, text[f.Start:f.End])
			}
		}
		return spans
	}
	if spans := told(); spans != nil {
		t.Errorf("nobody is registered, and it names %q", spans)
	}
	v := h.Draft(t, text, h.Ledger)
	fake := register(t, h, impostor("@Acme_Help"))
	if spans := told(); !slices.Equal(spans, []string{"@acme_help"}) {
		t.Errorf("it names %q", spans)
	}
	seen, err := h.Flow.Post(t.Context(), h.As(h.Legal), h.W, v.Post.ID)
	ok(t, err)
	if !slices.ContainsFunc(seen.Findings, func(f advocacy.Finding) bool { return f.Code == "IMPOSTOR_NAMED" }) {
		t.Errorf("an approver sees %+v", seen.Findings)
	}
	h.Approved(t, text, h.Ledger)
	_, err = h.Flow.UpdateHandle(t.Context(), h.As(h.Admin), h.W, fake.ID, workflow.HandleChange{Status: ptr(advocacy.HandleGone)})
	ok(t, err)
	if spans := told(); spans != nil {
		t.Errorf("who is gone is named: %q", spans)
	}
}

func handleName(h *advocacy.RegisteredHandle, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return h.Name(), nil
}
