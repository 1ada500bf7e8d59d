package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// coAuthor is somebody named at the first revision of the house's draft; it is not stored.
func (h *house) coAuthor(who advocacy.PersonID) advocacy.CoAuthor {
	return advocacy.CoAuthor{Subject: h.review.Subject, Person: who, Revision: 1, Namer: h.author, CreateTime: start, RemoveTime: time.Time{}}
}

// namedOnce holds that who was named a co-author is a contributor of the revision of that
// moment, however it is read and whatever follows, and not of an earlier one, and finds
// the post as long as nobody took it back.
func namedOnce(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	sub, first := h.review.Subject, advocacy.PersonID(id("person"))
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddMember(ctx, h.member(first)); err != nil {
			return err
		}
		if err := tx.AddRevision(ctx, h.revision(sub, 2)); err != nil {
			return err
		}
		second := h.coAuthor(h.approver)
		second.Revision = 2
		h.draft.Head, h.draft.CoAuthors = 2, []advocacy.PersonID{first, h.approver}
		for _, write := range []func() error{
			func() error { return tx.AddCoAuthor(ctx, h.coAuthor(first)) },
			func() error { return tx.AddCoAuthor(ctx, second) },
			func() error { return tx.SavePost(ctx, h.draft) },
		} {
			if err := write(); err != nil {
				return err
			}
		}
		return nil
	})
	wrote := func(when string) {
		t.Helper()
		all, _, err1 := s.Revisions(ctx(t), sub, workflow.Page{Size: 5, Oldest: true})
		_, written, err2 := s.PostWithHead(ctx(t), h.ws, h.draft.ID)
		reviewed, err3 := s.ReviewWithRevision(ctx(t), sub, 1)
		one, err4 := s.Revision(ctx(t), sub, 1)
		some, err5 := s.RevisionsByNumber(ctx(t), h.ws, advocacy.SubjectPost, map[string]int{sub.ID: 2})
		var locked *workflow.Reading
		err6 := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) (err error) {
			locked, err = tx.ReviewWithHeadForUpdate(ctx, sub, 1, 2, "")
			return err
		})
		for _, err := range []error{err1, err2, err3, err4, err5, err6} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for want, revisions := range map[advocacy.PersonID][]*advocacy.Revision{
			first: {&all[0], reviewed.Revision, one}, h.approver: {&all[1], written.Revision, some[sub.ID], locked.Revision},
		} {
			for i, r := range revisions {
				if !slices.Equal(r.Contributors, []advocacy.PersonID{h.author, want}) {
					t.Errorf("%s, revision %d as it is read in place %d has the contributors %v", when, r.Number, i, r.Contributors)
				}
			}
		}
	}
	finds := func(when string, want ...advocacy.PostID) {
		t.Helper()
		posts, _, err := s.Posts(ctx(t), workflow.PostQuery{Page: all, Workspace: h.ws, CoAuthor: first})
		var got []advocacy.PostID
		for i := range posts {
			got = append(got, posts[i].ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, a co-author finds %v, want %v: %v", when, got, want, err)
		}
	}
	wrote("named")
	finds("named", h.draft.ID)
	removed := h.coAuthor(first)
	removed.RemoveTime = start.Add(time.Hour)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.RemoveCoAuthor(ctx, removed) })
	wrote("removed")
	finds("removed")
	again := h.coAuthor(first)
	again.Revision = 2
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCoAuthor(ctx, again) })
	wrote("named again")
	finds("named again", h.draft.ID)
	h.refused(advocacy.NotFound, "MEMBER_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddCoAuthor(ctx, h.coAuthor("nobody"))
	})
}

// writersList holds that who may write a post lists its publications, made before or after,
// page by page, as long as he or she may, and nobody else does.
func writersList(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	friend, stranger := advocacy.PersonID(id("person")), advocacy.PersonID(id("person"))
	var made []string
	add := func() {
		t.Helper()
		x := h.publication()
		x.Revision = number()
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, x) })
		made = append(made, string(x.ID))
	}
	lists := func(when string, who advocacy.PersonID, want ...string) {
		t.Helper()
		q := workflow.PublicationQuery{Page: workflow.Page{Size: 2, Oldest: true}, Workspace: h.ws, Writer: who}
		var got []string
		for {
			page, next, err := s.Publications(ctx(t), q)
			if err != nil {
				t.Fatal(err)
			}
			for i := range page {
				got = append(got, string(page[i].ID))
			}
			if q.After = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s, %s lists %v, want %v", when, who, got, want)
		}
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(tx.AddMember(ctx, h.member(friend)), tx.AddMember(ctx, h.member(stranger)))
	})
	add()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCoAuthor(ctx, h.coAuthor(friend)) })
	add()
	add()
	lists("named", h.author, made...)
	lists("named", friend, made...)
	lists("named", stranger)
	lists("named", h.approver)
	removed := h.coAuthor(friend)
	removed.RemoveTime = start.Add(time.Hour)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.RemoveCoAuthor(ctx, removed) })
	add()
	lists("removed", h.author, made...)
	lists("removed", friend)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCoAuthor(ctx, h.coAuthor(friend)) })
	lists("named again", friend, made...)
	q := workflow.PublicationQuery{Page: all, Workspace: advocacy.WorkspaceID(id("ws")), Writer: h.author}
	if elsewhere, next, err := s.Publications(ctx(t), q); err != nil || len(elsewhere) > 0 || next != "" {
		t.Errorf("in another workspace the author lists %v: %v", elsewhere, err)
	}
}

// ownersContribute holds that who came to answer for an item is a contributor of the revision of
// that moment and not of an earlier one, and stays the first to have been one.
func ownersContribute(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	item := &advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), Author: h.author, Owner: h.author, Head: 2, State: advocacy.ItemDraft}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(tx.AddItem(ctx, item), tx.AddRevision(ctx, h.revision(item.Subject(), 1)), tx.AddRevision(ctx, h.revision(item.Subject(), 2)))
	})
	wrote := func(number int, want ...advocacy.PersonID) {
		t.Helper()
		r, err := s.Revision(ctx(t), item.Subject(), number)
		if err != nil || !slices.Equal(r.Contributors, want) {
			t.Errorf("revision %d has the contributors %v, want %v: %v", number, r.Contributors, want, err)
		}
	}
	item.Owner = h.approver
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(tx.SaveItem(ctx, item), tx.AddItemOwner(ctx, item, h.author))
	})
	wrote(1, h.author)
	wrote(2, h.author, h.approver)
	made := *item
	made.Head, made.Author = 1, h.approver
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(tx.AddItemOwner(ctx, &made, h.author), tx.SaveItem(ctx, &made))
	})
	wrote(1, h.author)
	wrote(2, h.author, h.approver)
	for _, q := range []workflow.ItemQuery{{Author: h.author}, {Owner: h.approver}} {
		q.Page, q.Workspace = all, h.ws
		found, _, err := s.Items(ctx(t), q)
		if err != nil || !slices.ContainsFunc(found, func(i advocacy.LibraryItem) bool { return i.ID == item.ID && i.Author == h.author }) {
			t.Errorf("%+v finds %+v: %v", q, found, err)
		}
	}
	item.Owner = "nobody"
	h.refused(advocacy.NotFound, "MEMBER_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error { return tx.AddItemOwner(ctx, item, h.author) })
}
