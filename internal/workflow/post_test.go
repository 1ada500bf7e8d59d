package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestDraftRefusesWhatCannotBe names everything a draft cannot hold, and its field.
func TestDraftRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	now := h.Clock.Now()
	words := advocacy.Content{Language: "en", Text: "Words."}
	picture := words
	picture.Media = []advocacy.MediaRef{{Blob: string(advocacy.DigestOf([]byte("nobody uploaded this"))), AltText: "A dog"}}
	override, language, link := words, words, words
	override.Text = "read this \u202ebackwards"
	language.Language = "klingon of course"
	link.Link = "javascript:alert(1)"
	cases := map[string]struct {
		reason, field string
		draft         workflow.PostDraft
	}{
		"a time in the past":       {"PUBLISH_TIME_PAST", "publish_time", workflow.PostDraft{Content: words, PublishTime: now.Add(-2 * time.Minute), Zone: "Europe/Paris"}},
		"a time beyond a year":     {"PUBLISH_TIME_TOO_FAR", "publish_time", workflow.PostDraft{Content: words, PublishTime: now.Add(366 * 24 * time.Hour), Zone: "Europe/Paris"}},
		"a time without a zone":    {"TIME_ZONE_REQUIRED", "time_zone", workflow.PostDraft{Content: words, PublishTime: now.Add(time.Hour)}},
		"a zone nobody knows":      {"TIME_ZONE_UNKNOWN", "time_zone", workflow.PostDraft{Content: words, PublishTime: now.Add(time.Hour), Zone: "Europe/Atlantis"}},
		"the zone of the machine":  {"TIME_ZONE_UNKNOWN", "time_zone", workflow.PostDraft{Content: words, PublishTime: now.Add(time.Hour), Zone: "Local"}},
		"an account that is not":   {"ACCOUNT_NOT_FOUND", "social_accounts[1]", workflow.PostDraft{Content: words, Accounts: []advocacy.AccountID{h.Ledger, "nowhere"}}},
		"a picture that is not":    {"MEDIA_NOT_FOUND", "content.media[0].media", workflow.PostDraft{Content: picture}},
		"a bidirectional override": {"BIDI_CONTROL", "content.text", workflow.PostDraft{Content: override}},
		"a language that is none":  {"LANGUAGE_INVALID", "content.language", workflow.PostDraft{Content: language}},
		"a link that is none":      {"LINK_INVALID", "content.link", workflow.PostDraft{Content: link}},
		"a note with controls":     {"CONTROL_CHARACTER", "note", workflow.PostDraft{Content: words, Note: "\x1b[2J"}},
	}
	v := h.Draft(t, "Words.", h.Ledger)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := refuses(t, h, advocacy.Invalid, c.reason, func() error {
				_, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, c.draft)
				return err
			})
			if e.Field != c.field {
				t.Errorf("field is %q, want %q", e.Field, c.field)
			}
			change := workflow.PostChange{Content: &c.draft.Content, Note: &c.draft.Note}
			if c.draft.Accounts != nil {
				change.Accounts = &c.draft.Accounts
			}
			if !c.draft.PublishTime.IsZero() {
				change.PublishTime, change.Zone = &c.draft.PublishTime, &c.draft.Zone
			}
			refuses(t, h, advocacy.Invalid, c.reason, func() error {
				_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, change)
				return err
			})
		})
	}
}

// TestAccountOfSomebodyElse: a personal account speaks for its owner alone.
func TestAccountOfSomebodyElse(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	for _, p := range []advocacy.PersonID{h.Reader, h.Admin} {
		refuses(t, h, advocacy.Invalid, "ACCOUNT_NOT_YOURS", func() error {
			_, err := h.Flow.CreatePost(t.Context(), h.As(p), h.W, workflow.PostDraft{
				Content: advocacy.Content{Language: "en", Text: "As if I were the author."}, Accounts: []advocacy.AccountID{h.AuthorWall},
			})
			return err
		})
	}
}

// TestPostsAreTheAuthorsAlone: others neither see nor find them without posts.readall.
func TestPostsAreTheAuthorsAlone(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := published(t, h, l)
	x := publications(t, h, v)[0]
	reader := h.As(h.Reader)
	doors := map[string]func() error{
		"post":        func() error { _, err := h.Flow.Post(t.Context(), reader, h.W, v.Post.ID); return err },
		"revision":    func() error { _, err := h.Flow.Revision(t.Context(), reader, v.Post.Subject(), 1); return err },
		"review":      func() error { _, err := h.Flow.Review(t.Context(), reader, v.Post.Subject(), 1); return err },
		"decisions":   func() error { _, err := h.Flow.Decisions(t.Context(), reader, v.Post.Subject(), 1); return err },
		"publication": func() error { _, err := h.Flow.Publication(t.Context(), reader, h.W, v.Post.ID, x.ID); return err },
		"edit":        func() error { _, err := tryEdit(t.Context(), h, h.Reader, v, "Mine now."); return err },
		"withdraw":    func() error { _, err := h.Flow.WithdrawPost(t.Context(), reader, h.W, v.Post.ID, 0, "no"); return err },
		"recall":      func() error { _, err := h.Flow.RecallPost(t.Context(), reader, h.W, v.Post.ID, "no"); return err },
		"not there": func() error {
			_, err := h.Flow.Post(t.Context(), reader, h.W, "0198f000-0000-7000-8000-00000000dead")
			return err
		},
	}
	for name, open := range doors {
		t.Run(name, func(t *testing.T) { refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", open) })
	}
	for missing, of := range map[string]struct {
		post  advocacy.PostID
		round int
	}{"POST_NOT_FOUND": {"0198f000-0000-7000-8000-00000000dead", 1}, "REVIEW_NOT_FOUND": {v.Post.ID, 9}} {
		refuses(t, h, advocacy.NotFound, missing, func() error {
			_, err := h.Flow.Review(t.Context(), h.As(h.Auditor), advocacy.PostSubject(h.W, of.post), of.round)
			return err
		})
	}
	q := workflow.PostQuery{Workspace: h.W, Author: h.Author, Page: workflow.Page{Size: 10}}
	if found, _, err := h.Flow.Posts(t.Context(), reader, q); err != nil || len(found) != 0 {
		t.Fatalf("a reader lists %d posts of somebody else: %v", len(found), err)
	}
	if found, _, err := h.Flow.Posts(t.Context(), h.As(h.Auditor), q); err != nil || len(found) != 1 {
		t.Fatalf("an auditor lists %d posts: %v", len(found), err)
	}
	of := workflow.PublicationQuery{Workspace: h.W, Page: workflow.Page{Size: 10}}
	if found, _, err := h.Flow.Publications(t.Context(), reader, of); err != nil || len(found) != 0 {
		t.Fatalf("a reader lists %d publications of somebody else: %v", len(found), err)
	}
	if found, _, err := h.Flow.Publications(t.Context(), h.As(h.Author), of); err != nil || len(found) != 1 {
		t.Fatalf("the author lists %d publications: %v", len(found), err)
	}
}
