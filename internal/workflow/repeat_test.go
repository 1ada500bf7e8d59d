package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

const saidBefore = "Forty colleagues started at our new plant in Nantes on Monday, where bicycles are made from recycled steel."

// repeatsIn are the findings of a check that something is said again; a preview has the same.
func repeatsIn(t *testing.T, h *workflowtest.House, who advocacy.PersonID, d workflow.PostDraft) []advocacy.Finding {
	t.Helper()
	of := func(all []advocacy.Finding) (found []advocacy.Finding) {
		for _, f := range all {
			if strings.HasSuffix(f.Code, "_TEXT_REPEATED") {
				found = append(found, f)
			}
		}
		return found
	}
	checked, err := h.Flow.CheckPost(t.Context(), h.As(who), h.W, d, nil)
	ok(t, err)
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(who), h.W, d)
	ok(t, err)
	if diff := cmp.Diff(of(checked.Findings), of(preview.Findings)); diff != "" {
		t.Errorf("a check and a preview differ: %s", diff)
	}
	return of(checked.Findings)
}

func codesOf(found []advocacy.Finding) (codes []string) {
	for _, f := range found {
		codes = append(codes, f.Code)
	}
	return codes
}

// TestOwnTextIsRepeated: whoever writes what he or she said on the network within a month is
// advised, and nobody is told of others' posts.
func TestOwnTextIsRepeated(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	again := drafted(strings.Replace(saidBefore, "Monday", "Tuesday", 1), advocacy.DisclosureNone, h.AuthorWall)
	if got := repeatsIn(t, h, h.Author, again); got != nil {
		t.Fatalf("before it was said: %v", got)
	}
	waits := h.Submit(t, h.Draft(t, saidBefore, h.AuthorWall))
	if got := repeatsIn(t, h, h.Author, again); got != nil {
		t.Errorf("before anybody signed it: %v", got)
	}
	h.Sign(t, h.Legal, waits, "legal")
	h.Sign(t, h.PR, waits, "pr")
	paris, err := time.LoadLocation("Europe/Paris")
	ok(t, err)
	want := []advocacy.Finding{{
		Code: "OWN_TEXT_REPEATED", Severity: advocacy.Advice, Field: "content.text", Network: "wall",
		Args: map[string]string{advocacy.ArgDate: workflowtest.Start.In(paris).Format(time.RFC3339)},
	}}
	if diff := cmp.Diff(want, repeatsIn(t, h, h.Author, again)); diff != "" {
		t.Errorf("of one's own is told (-want +got):\n%s", diff)
	}
	twice := again
	twice.Accounts = []advocacy.AccountID{h.Wall, h.AuthorWall}
	if diff := cmp.Diff(want, repeatsIn(t, h, h.Author, twice)); diff != "" {
		t.Errorf("of two accounts of a network it is told once (-want +got):\n%s", diff)
	}
	other := drafted("Bicycles of recycled steel: we opened a plant for them.", advocacy.DisclosureNone, h.AuthorWall)
	if got := repeatsIn(t, h, h.Author, other); got != nil {
		t.Errorf("of another text: %v", got)
	}
	brand := again
	brand.Accounts = []advocacy.AccountID{h.Wall}
	if got := repeatsIn(t, h, h.Curator, brand); got != nil {
		t.Errorf("somebody else is told %v", got)
	}
	h.Clock.Advance(31 * 24 * time.Hour)
	if got := repeatsIn(t, h, h.Author, again); got != nil {
		t.Errorf("after a month: %v", got)
	}
}

// TestRejectedTextIsRepeated: what says nearly what was rejected, on whatever network and by
// whomever, needs a look, and nothing of the other post is told; what is taken back is forgotten.
func TestRejectedTextIsRepeated(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Submit(t, h.Draft(t, saidBefore))
	near := drafted(strings.Replace(saidBefore, "Monday", "Tuesday", 1), advocacy.DisclosureNone, h.Ledger)
	if got := repeatsIn(t, h, h.Curator, near); got != nil {
		t.Fatalf("before anybody rejected it: %v", got)
	}
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Reject))
	want := []advocacy.Finding{{Code: "REJECTED_TEXT_REPEATED", Severity: advocacy.NeedsReview, Field: "content.text"}}
	nowhere := near
	nowhere.Accounts = nil
	for name, d := range map[string]workflow.PostDraft{"on another network": near, "before an account is chosen": nowhere} {
		if diff := cmp.Diff(want, repeatsIn(t, h, h.Curator, d)); diff != "" {
			t.Errorf("%s is told (-want +got):\n%s", name, diff)
		}
	}
	other := drafted("Bicycles of recycled steel: we opened a plant for them.", advocacy.DisclosureNone, h.Ledger)
	if got := repeatsIn(t, h, h.Curator, other); got != nil {
		t.Errorf("of another text: %v", got)
	}
}

// TestSignedShareIsNoRepetition: what was signed in the library after something like it was
// rejected is shared as it is, without another look.
func TestSignedShareIsNoRepetition(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := h.Submit(t, h.Draft(t, saidBefore))
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Reject))
	item := h.Item(t, strings.Replace(saidBefore, "Monday", "Tuesday", 1))
	share := workflow.PostDraft{Item: item.Item.ID, Content: advocacy.Content{Language: "en"}, Accounts: []advocacy.AccountID{h.AuthorWall}}
	if got := repeatsIn(t, h, h.Author, share); got != nil {
		t.Errorf("of an unedited share: %v", codesOf(got))
	}
	share.Content.Text = item.Revision.Content.Text + " Come!"
	if got := codesOf(repeatsIn(t, h, h.Author, share)); !slices.Equal(got, []string{"REJECTED_TEXT_REPEATED"}) {
		t.Errorf("of one in words of one's own: %v", got)
	}
}

// TestEarlierRejectionsAreFound: what was rejected before its text was kept is found once the backlog
// is worked off, in pages, and wherever that stopped it goes on.
func TestEarlierRejectionsAreFound(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		for i := range 60 {
			v := h.Submit(t, h.Draft(t, fmt.Sprintf("%s %s", saidBefore, strings.Repeat(fmt.Sprintf("And then %d of them came. ", 1000+i*i), 9))))
			ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Reject))
		}
		v := h.Submit(t, h.Draft(t, saidBefore))
		ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Reject))
		// as an upgrade finds it
		for _, statement := range []string{
			"DELETE FROM rejected_texts", "DELETE FROM sketch_bands", "DELETE FROM sketches",
			"INSERT INTO rejection_backlogs (workspace_id, digest) SELECT workspace_id, '' FROM workspaces",
		} {
			_, err := h.Store.SQLWriter().ExecContext(t.Context(), statement)
			ok(t, err)
		}
		near := drafted(strings.Replace(saidBefore, "Monday", "Tuesday", 1), advocacy.DisclosureNone, h.AuthorWall)
		if got := repeatsIn(t, h, h.Author, near); got != nil {
			t.Fatalf("before it was worked off: %v", got)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.Flow.KeepRejectedTexts(stopped); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped it says %v", err)
		}
		for _, want := range []int{61, 0} {
			kept, err := h.Flow.KeepRejectedTexts(t.Context())
			ok(t, err)
			if got := codesOf(repeatsIn(t, h, h.Author, near)); kept != want || !slices.Equal(got, []string{"REJECTED_TEXT_REPEATED"}) {
				t.Errorf("worked off were %d, want %d; found is %v", kept, want, got)
			}
		}
	})
}
