package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// seldom lets one text go out so often within an hour.
func seldom(t *testing.T, h *workflowtest.House, limit int) {
	t.Helper()
	_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{SameTextLimit: ptr(limit), SameTextMinutes: ptr(60)})
	ok(t, err)
}

// TestSameTextIsCrowded: what goes out too often around a time is shared at another time, or
// in other words, whichever way the item is called.
func TestSameTextIsCrowded(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	seldom(t, h, 2)
	v, same := ledgerItem(t, h, "We are hiring."), ledgerItem(t, h, "WE ARE HIRING!")
	start := h.Clock.Now()
	shareAt(t, h, v, start.Add(time.Hour))
	shareAt(t, h, same, start.Add(2*time.Hour))
	shareAt(t, h, v, start.Add(2*time.Hour)) // an hour away is far enough
	shown := previewShare(t, h, h.Author, v)
	if len(shown.Crowds) != 0 {
		t.Fatalf("now: %+v", shown.Crowds)
	}
	try := func(at time.Time) error {
		_, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
			Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: shown.Digest, PublishTime: at, Zone: "Europe/Paris",
		})
		return err
	}
	e := refuses(t, h, advocacy.Precondition, "SAME_TEXT_CROWDED", func() error { return try(start.Add(90 * time.Minute)) })
	free := start.Add(3 * time.Hour)
	if e.Meta["free_time"] != free.UTC().Format(time.RFC3339) || e.Meta["network"] != string(workflowtest.LedgerName) {
		t.Errorf("details %v", e.Meta)
	}
	// A draft made from the item is one, too; what says it in other words is told only.
	draft := ownDraft(v, h.Ledger, start.Add(90*time.Minute))
	kept, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "SAME_TEXT_CROWDED", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, kept.Post.ID, workflow.Submit{Digest: kept.Head.Digest})
		return err
	})
	crowdIsTold(t, h, draft, advocacy.Blocks, free)
	draft.Content.Text = "We are hiring!!"
	crowdIsTold(t, h, draft, advocacy.Advice, free)
	draft.Item = ""
	crowdIsTold(t, h, draft, advocacy.Advice, free)
	edited, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	h.Submit(t, edited)
	ok(t, try(free))
}

// crowdIsTold holds that a check and a preview say of a draft that others say the same.
func crowdIsTold(t *testing.T, h *workflowtest.House, d workflow.PostDraft, severity advocacy.Severity, free time.Time) {
	t.Helper()
	checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, d, nil)
	ok(t, err)
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	zone, err := time.LoadLocation("Europe/Paris")
	ok(t, err)
	want := advocacy.Finding{
		Code: "SAME_TEXT_CROWDED", Severity: severity, Field: "content.text", Network: workflowtest.LedgerName,
		Args: map[string]string{"near": "3", "time": free.In(zone).Format(time.RFC3339), "zone": "Europe/Paris"},
	}
	for _, found := range [][]advocacy.Finding{checked.Findings, preview.Findings} {
		if diff := cmp.Diff([]advocacy.Finding{want}, found); diff != "" {
			t.Errorf("of a crowd is told (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff(preview.Crowds, checked.Crowds); diff != "" || len(checked.Crowds) != 1 {
		t.Errorf("a check and a preview differ: %s", diff)
	}
}

// TestCrowdIsFreeOnTheMinute: a preview and a finding name one time, which a form can hold, and at which
// the text goes out.
func TestCrowdIsFreeOnTheMinute(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	seldom(t, h, 1)
	v := ledgerItem(t, h, "We are hiring.")
	start := h.Clock.Now().Truncate(time.Minute).Add(time.Hour)
	shareAt(t, h, v, start.Add(20*time.Second))
	draft := ownDraft(v, h.Ledger, start)
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	free := start.Add(61 * time.Minute) // an hour and twenty seconds, to the minute
	if len(preview.Crowds) != 1 || !preview.Crowds[0].FreeTime.Equal(free) {
		t.Errorf("crowds are %+v, want one that is free at %s", preview.Crowds, free)
	}
	if len(preview.Findings) != 1 || preview.Findings[0].Args["time"] != free.In(time.FixedZone("", 3600)).Format(time.RFC3339) {
		t.Errorf("it is told %+v", preview.Findings)
	}
	draft.PublishTime = free
	preview, err = h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	if len(preview.Crowds) != 0 {
		t.Errorf("then it is not free: %+v", preview.Crowds)
	}
}

// TestNearTextIsCrowded: a word that is changed makes no other text, neither of a share nor of
// the texts that are offered; another text on the same subject is one.
func TestNearTextIsCrowded(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	seldom(t, h, 1)
	const text = "Forty colleagues started at our new plant in Nantes on Monday, where bicycles are made from recycled steel."
	near := strings.Replace(text, "Monday", "Tuesday", 1)
	v := ledgerItem(t, h, text)
	shareAt(t, h, v, time.Time{})
	other, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: "The plant", Topic: "news", Networks: []advocacy.Network{workflowtest.LedgerName},
		Content: advocacy.Content{Language: "en", Text: near, Variants: []advocacy.Variant{
			{Alternative: "nearer", Text: near + "!!"}, {Alternative: "dearer", Text: "So " + near},
			{Alternative: "other", Text: "Bicycles of recycled steel: we opened a plant for them."},
		}},
	})
	ok(t, err)
	ok(t, submitItem(t, h, other))
	signItem(t, h, other)
	shown := previewShare(t, h, h.Author, other)
	if len(shown.Crowds) != 1 || shown.Crowds[0].Near != 1 || !slices.Equal(shown.Crowds[0].Alternatives, []string{"other"}) {
		t.Fatalf("of another with a word changed: %+v", shown.Crowds)
	}
	refuses(t, h, advocacy.Precondition, "SAME_TEXT_CROWDED", func() error {
		_, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, other.Item.ID, workflow.Share{
			Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: shown.Digest,
		})
		return err
	})
}

// TestCrowdOffersAlternatives: of the texts of an item those are offered that few share.
func TestCrowdOffersAlternatives(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	seldom(t, h, 1)
	v, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: "Three ways", Topic: "news", Networks: []advocacy.Network{workflowtest.LedgerName},
		Content: advocacy.Content{Language: "en", Text: "Plain.", Variants: []advocacy.Variant{
			{Alternative: "loud", Text: "PLAIN!"}, {Alternative: "bold", Text: "Bold."}, {Alternative: "short", Text: "Hi."},
		}},
	})
	ok(t, err)
	ok(t, submitItem(t, h, v))
	signItem(t, h, v)
	offers := func(want ...string) {
		t.Helper()
		shown := previewShare(t, h, h.Author, v)
		if len(shown.Crowds) != 1 || !slices.Equal(shown.Crowds[0].Alternatives, want) || shown.Crowds[0].Near != 1 {
			t.Errorf("%+v, want %q", shown.Crowds, want)
		}
	}
	shareAt(t, h, v, time.Time{})
	offers("bold", "short")
	draft := workflow.PostDraft{Content: advocacy.Content{Language: "en"}, Accounts: []advocacy.AccountID{h.Ledger}, Item: v.Item.ID, Alternative: "bold"}
	bold, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	shared, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
		Accounts: draft.Accounts, Language: "en", Alternative: "bold", Digest: bold.Digest,
	})
	ok(t, err)
	offers("short")
	// What does not go out leaves room.
	_, err = h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, shared.Post.ID, 0, "")
	ok(t, err)
	offers("bold", "short")
}
