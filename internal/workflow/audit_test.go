package workflow_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestLifeOfAPost [I21]: the trail replays it in order, with one record for each step,
// who took it, and the bytes it was about.
func TestLifeOfAPost(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := h.Draft(t, "Version one.", h.Ledger)
	h.Submit(t, v)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.RequestChanges))
	h.Clock.Advance(time.Minute)
	next := edit(t, h, v, "Version two.")
	h.Submit(t, next)
	h.Sign(t, h.Legal, next, "legal")
	h.Sign(t, h.PR, next, "pr")
	later := h.Clock.Now().Add(time.Hour)
	change(t, h, next, workflow.PostChange{PublishTime: &later, Zone: ptr("Europe/Paris"), Note: ptr("after lunch")})
	held, _ := hold(t, h, advocacy.HoldPost, string(v.Post.ID))
	h.Clock.Advance(time.Hour)
	h.Work(t)
	release(t, h, held)
	sent(t, l, "Version two.")
	ok(t, tryRecall(t, h, h.Author, v))
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, publications(t, h, v)[1].ID)))

	want := []string{
		"human author post.created",
		"human author post.submitted",
		"human legal review.viewed",
		"human legal review.decided",
		"human author review.superseded",
		"human author post.revised",
		"human author post.submitted",
		"human legal review.viewed",
		"human legal review.decided",
		"human pr review.viewed",
		"human pr review.decided",
		"human pr publication.scheduled",
		"human author post.updated",
		"human author publication.cancelled",
		"human author publication.scheduled",
		"human pr hold.created",
		"human pr hold.released",
		"system  publication.claim",
		"system  publication.send",
		"system  publication.published",
		"human author publication.recall_requested",
		"system  publication.recall",
	}
	names := map[advocacy.PersonID]string{h.Author: "author", h.Legal: "legal", h.PR: "pr"}
	var got []string
	var sequence int64
	life := v.Post.Subject().Name()
	for _, r := range records(t, h, life) {
		got = append(got, string(r.Actor.Kind)+" "+names[r.Actor.Person]+" "+r.Action)
		if r.Sequence <= sequence || r.Time.IsZero() || !json.Valid(r.Detail) || r.Parent != life {
			t.Errorf("record %+v", r)
		}
		if r.Action != "hold.created" && r.Action != "hold.released" && !strings.HasPrefix(r.Subject, life) {
			t.Errorf("record %s is about %s", r.Action, r.Subject)
		}
		sequence = r.Sequence
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the life of the post (-want +got):\n%s", diff)
	}
	digests := map[string]advocacy.Digest{"post.created": v.Head.Digest, "post.revised": next.Head.Digest, "publication.published": next.Head.Digest}
	for _, r := range records(t, h, life) {
		if want, ok := digests[r.Action]; ok && !strings.Contains(string(r.Detail), string(want)) {
			t.Errorf("%s says %s, want the digest %s", r.Action, r.Detail, want)
		}
	}
}

// TestLifeOfAnItem: each revision, each round and each change of what is in force.
func TestLifeOfAnItem(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := ledgerItem(t, h, "One.")
	next := reviseItem(t, h, v, "Two.")
	ok(t, submitItem(t, h, next))
	signItem(t, h, next)
	_, err := h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "old")
	ok(t, err)
	want := []string{
		"library_item.created", "library_item.submitted",
		"review.viewed", "review.decided", "review.viewed", "review.decided", "library_item.in_force",
		"library_item.revised", "library_item.updated", "library_item.submitted",
		"review.viewed", "review.decided", "review.viewed", "review.decided",
		"review.superseded", "library_item.in_force", "review.withdrawn", "library_item.withdrawn",
	}
	if diff := cmp.Diff(want, actions(t, h, v.Item.Subject().Name())); diff != "" {
		t.Fatalf("the life of the item (-want +got):\n%s", diff)
	}
}

// TestRecordSaysWhoAndHow: a key's acts name the key and the person who answers for it,
// and the client's request id.
func TestRecordSaysWhoAndHow(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	call := identified(h.AsKey(h.Author), anID, "CreatePost", "body")
	v, err := h.Flow.CreatePost(t.Context(), call, h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "By machine."}, Accounts: []advocacy.AccountID{h.Ledger},
	})
	ok(t, err)
	r := records(t, h, v.Post.Subject().Name())[0]
	if r.Actor.Kind != advocacy.Machine || r.Actor.Key != call.Actor.Key || r.Actor.Person != h.Author || r.RequestID != anID {
		t.Fatalf("record %+v", r)
	}
	one, err := h.Flow.AuditRecord(t.Context(), h.As(h.Auditor), h.W, r.ID)
	ok(t, err)
	if diff := cmp.Diff(r, *one); diff != "" {
		t.Fatal(diff)
	}
	mine, _, err := h.Flow.AuditRecords(t.Context(), h.As(h.Auditor), workflow.RecordQuery{
		Workspace: h.W, Person: h.Author, Action: "post.created", Page: workflow.Page{Size: 10},
	})
	if err != nil || len(mine) != 1 {
		t.Fatalf("%d records by person and action: %v", len(mine), err)
	}
}
