package storetest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// proofs holds what a session and a key prove: the person with the roles, the version of
// the policy, and nothing for a secret nobody knows.
func proofs(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	token, secret := []byte(id("token")), []byte(id("secret"))
	session := &advocacy.Session{Workspace: h.ws, ID: id("session"), Person: h.approver, TokenHash: token}
	key := &advocacy.APIKey{Workspace: h.ws, ID: advocacy.KeyID(id("key")), Owner: h.approver, SecretHash: secret}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddSession(ctx, session); err != nil {
			return err
		}
		identity := &advocacy.Identity{Workspace: h.ws, Person: h.approver, Issuer: advocacy.IssuerLocal, Subject: "s"}
		if err := tx.AddIdentity(ctx, identity); err != nil {
			return err
		}
		return tx.AddAPIKey(ctx, key)
	})
	want := h.member(h.approver, advocacy.RoleLegal, advocacy.RolePR)
	want.Version = 1
	w, err := s.Workspace(ctx(t), h.ws)
	if err != nil {
		t.Fatal(err)
	}
	gotSession, person, version, err := s.FindSession(ctx(t), token)
	if err != nil || version != w.PolicyVersion {
		t.Fatalf("policy version %d, want %d: %v", version, w.PolicyVersion, err)
	}
	same(t, session, gotSession)
	same(t, want, person)
	gotKey, owner, version, err := s.FindAPIKey(ctx(t), secret)
	if err != nil || version != w.PolicyVersion {
		t.Fatalf("policy version %d, want %d: %v", version, w.PolicyVersion, err)
	}
	same(t, key, gotKey)
	same(t, want, owner)
	_, _, _, err = s.FindSession(ctx(t), secret)
	wantError(t, err, advocacy.NotFound, "SESSION_NOT_FOUND")
	_, _, _, err = s.FindAPIKey(ctx(t), token)
	wantError(t, err, advocacy.NotFound, "API_KEY_NOT_FOUND")

	used := start.Add(time.Hour)
	for _, at := range []time.Time{used, used.Add(2 * time.Minute), used.Add(time.Minute)} {
		if err := s.TouchAPIKey(ctx(t), h.ws, key.ID, at); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.APIKey(ctx(t), h.ws, key.ID); err != nil || !got.UseTime.Equal(used.Add(2*time.Minute)) || got.Version != 1 {
		t.Fatalf("the key is %+v, %v", got, err)
	}

	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return tx.RevokeSessions(ctx, h.ws, h.approver, "", start)
	})
	if got, _, _, err := s.FindSession(ctx(t), token); err != nil || !got.RevokeTime.Equal(start) {
		t.Fatalf("the revoked session is %+v, %v", got, err)
	}
}

// library holds when an item may be shared, and how the library is narrowed.
func library(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	open := &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic"))}
	closed := &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic")), Closed: true, Members: []advocacy.PersonID{h.approver}}
	var items []advocacy.LibraryItem
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		items = nil
		for _, topic := range []*advocacy.Topic{open, closed} {
			if err := tx.AddTopic(ctx, topic); err != nil {
				return err
			}
		}
		for _, topic := range []advocacy.TopicID{"", open.ID, closed.ID} {
			for _, make := range []func(i *advocacy.LibraryItem){
				func(i *advocacy.LibraryItem) { i.InForce, i.State = 1, advocacy.ItemApproved },
				func(i *advocacy.LibraryItem) {},
				func(i *advocacy.LibraryItem) { i.InForce, i.Withdrawn = 1, true },
				func(i *advocacy.LibraryItem) { i.InForce, i.Share.Start = 1, start.Add(time.Microsecond) },
				func(i *advocacy.LibraryItem) { i.InForce, i.Share.End = 1, start },
				func(i *advocacy.LibraryItem) {
					i.InForce, i.Share = 2, advocacy.Window{Start: start, End: start.Add(time.Microsecond)}
				},
			} {
				i := advocacy.LibraryItem{
					Workspace: h.ws, ID: advocacy.ItemID(id("item")), Topic: topic, Owner: h.author, State: advocacy.ItemDraft,
				}
				make(&i)
				if err := tx.AddItem(ctx, &i); err != nil {
					return err
				}
				items = append(items, i)
			}
		}
		return nil
	})
	key := func(i advocacy.LibraryItem) string { return string(i.ID) }
	for _, viewer := range []advocacy.PersonID{"", h.author, h.approver} {
		for _, at := range []time.Time{{}, start} {
			for _, topic := range []advocacy.TopicID{"", closed.ID} {
				for _, state := range []advocacy.ItemState{"", advocacy.ItemApproved} {
					want := pick(items, key, func(i advocacy.LibraryItem) bool {
						return (viewer != h.author || i.Topic != closed.ID) && (at.IsZero() || i.Sharable(at)) &&
							(topic == "" || i.Topic == topic) && (state == "" || i.State == state)
					})
					q := workflow.ItemQuery{
						Page: all, Workspace: h.ws, Viewer: viewer, Topic: topic, State: state, Owner: h.author,
					}
					if !at.IsZero() {
						q.Availability, q.Now = advocacy.AvailableNow, at
					}
					wantKeys(t, string(viewer)+string(topic)+string(state)+at.String(), want, key)(s.Items(ctx(t), q))
				}
			}
		}
	}
	revisions := map[string]int{h.draft.Subject().ID: 1, "none": 1}
	byID, err := s.RevisionsByNumber(ctx(t), h.ws, advocacy.SubjectPost, revisions)
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[string]*advocacy.Revision{h.draft.Subject().ID: h.revision(h.draft.Subject(), 1)}, byID)
	rounds, err := s.ReviewsByRound(ctx(t), h.ws, advocacy.SubjectPost, map[string]int{h.draft.Subject().ID: 1, "none": 1})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Review(ctx(t), h.draft.Subject(), 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[string]*advocacy.Review{h.draft.Subject().ID: first}, rounds)
}

// holders holds how many may sign: active members who hold the role and are not
// excluded.
func holders(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	gone := h.member(advocacy.PersonID(id("person")), advocacy.RoleLegal)
	gone.State = advocacy.MemberDisabled
	second := h.member(advocacy.PersonID(id("person")), advocacy.RoleLegal)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddMember(ctx, gone); err != nil {
			return err
		}
		return tx.AddMember(ctx, second)
	})
	roles := []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR, "nobody's"}
	for _, c := range []struct {
		excluded []advocacy.PersonID
		want     map[advocacy.Role]int
	}{
		{nil, map[advocacy.Role]int{advocacy.RoleLegal: 2, advocacy.RolePR: 1, "nobody's": 0}},
		{[]advocacy.PersonID{h.approver, h.author}, map[advocacy.Role]int{advocacy.RoleLegal: 1, advocacy.RolePR: 0, "nobody's": 0}},
	} {
		got, err := s.CountHolders(ctx(t), h.ws, roles, c.excluded)
		if err != nil {
			t.Fatal(err)
		}
		same(t, c.want, got)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		held, err := tx.MembersForShare(ctx, h.ws, []advocacy.PersonID{second.Person, h.author, "nobody"})
		if err == nil && len(held) != 2 {
			t.Errorf("%d members are held", len(held))
		}
		return err
	})
}

// wallEntries holds the contract of the wall's store.
func wallEntries(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	blob := id("blob")
	e := wall.Entry{
		Workspace: h.ws, Publication: "p", Post: "post", Body: []byte("body"), PublishTime: start, Media: []string{blob, blob},
	}
	put := func(body string) (bool, error) {
		e.Body = []byte(body)
		return s.PutEntry(ctx(t), e)
	}
	shows := func() bool {
		t.Helper()
		shown, err := s.ShowsBlob(ctx(t), h.ws, blob)
		if err != nil {
			t.Fatal(err)
		}
		return shown
	}
	if created, err := put("body"); !created || err != nil {
		t.Fatalf("created: %t, %v", created, err)
	}
	if created, err := put("body"); created || err != nil {
		t.Fatalf("created twice: %t, %v", created, err)
	}
	_, err := put("other")
	wantError(t, err, advocacy.Conflict, "")
	if !shows() {
		t.Error("the entry does not show its blob")
	}
	for i, want := range []bool{true, false} {
		removed, err := s.RemoveEntry(ctx(t), h.ws, "p", start.Add(time.Duration(i)*time.Hour))
		if err != nil || removed != want {
			t.Fatalf("removed: %t, %v", removed, err)
		}
	}
	if removed, err := s.RemoveEntry(ctx(t), h.ws, "none", start); removed || err != nil {
		t.Fatalf("removed what is not there: %t, %v", removed, err)
	}
	if shows() {
		t.Error("the removed entry shows its blob")
	}
	if created, err := put("body"); created || err != nil {
		t.Fatalf("created again: %t, %v", created, err)
	}
	got, err := s.Entry(ctx(t), h.ws, "p")
	if err != nil || !got.RemoveTime.Equal(start) || !bytes.Equal(got.Body, []byte("body")) || !slices.Equal(got.Media, e.Media) {
		t.Fatalf("the entry is %+v, %v", got, err)
	}
	visible, _, err := s.Entries(ctx(t), h.ws, wall.Query{Size: 5})
	if err != nil || len(visible) != 0 {
		t.Fatalf("%d are visible, %v", len(visible), err)
	}
	_, err = s.Entry(ctx(t), h.ws, "none")
	wantError(t, err, advocacy.NotFound, "")
	_, err = s.Account(ctx(t), h.ws, "none")
	wantError(t, err, advocacy.NotFound, "ACCOUNT_NOT_FOUND")
}

// pairs holds that a thing and its words come together, as they are at one instant.
func pairs(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	second := h.revision(h.draft.Subject(), 2)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		h.draft.Head = 2
		if err := tx.AddRevision(ctx, second); err != nil {
			return err
		}
		return tx.SavePost(ctx, h.draft)
	})
	for _, round := range []int{1, 0} {
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			h.draft.Round = round
			return tx.SavePost(ctx, h.draft)
		})
		post, of, err := s.PostWithHead(ctx(t), h.ws, h.draft.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, h.draft, post)
		same(t, second, of.Revision)
		if round == 0 && of.Review != nil {
			t.Errorf("a draft comes with %+v", of.Review)
		} else if round > 0 {
			same(t, h.review, of.Review)
		}
	}
	of, err := s.ReviewWithRevision(ctx(t), h.review.Subject, 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, h.review, of.Review)
	same(t, h.revision(h.draft.Subject(), 1), of.Revision)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		of, err := tx.ReviewWithHeadForUpdate(ctx, h.review.Subject, 1, 2, "")
		if err != nil {
			return err
		}
		same(t, h.review, of.Review)
		same(t, second, of.Revision)
		_, err = tx.ReviewWithHeadForUpdate(ctx, h.review.Subject, 9, 2, "")
		wantError(t, err, advocacy.NotFound, "REVIEW_NOT_FOUND")
		return nil
	})
	locksBoth(t, s, h, second)
	_, _, err = s.PostWithHead(ctx(t), h.ws, "none")
	wantError(t, err, advocacy.NotFound, "POST_NOT_FOUND")
	_, err = s.ReviewWithRevision(ctx(t), h.review.Subject, 9)
	wantError(t, err, advocacy.NotFound, "REVIEW_NOT_FOUND")
}

// locksBoth holds that a post and one of its rounds are locked together: the round that is named, or
// the newest, and none where there is none; and that what is saved of them then is kept.
func locksBoth(t *testing.T, s *store.Store, h *house, head *advocacy.Revision) {
	t.Helper()
	r := h.receipt(start)
	h.update(func(ctx context.Context, tx workflow.Tx) error { _, err := tx.AddReceipt(ctx, r); return err })
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, c := range []struct {
			newest, asked int
			viewer        advocacy.PersonID
			found, seen   bool
		}{{0, 0, "", false, false}, {0, 1, "", true, false}, {1, 0, h.approver, true, true}, {1, 1, h.author, true, false}, {1, 9, h.approver, false, false}} {
			h.draft.Round = c.newest
			if err := tx.SavePost(ctx, h.draft); err != nil {
				return err
			}
			post, of, err := tx.PostInReviewForUpdate(ctx, h.ws, h.draft.ID, c.asked, c.viewer)
			if err != nil {
				return err
			}
			same(t, h.draft, post)
			switch {
			case (of != nil) != c.found:
				t.Errorf("of round %d of a post in round %d: %+v", c.asked, c.newest, of)
			case of == nil:
			case c.seen:
				same(t, r, of.Receipt)
				fallthrough
			default:
				same(t, h.review, of.Review)
				same(t, head, of.Revision)
				if !c.seen && of.Receipt != nil {
					t.Errorf("%q has the receipt %+v", c.viewer, of.Receipt)
				}
			}
		}
		_, _, err := tx.PostInReviewForUpdate(ctx, h.ws, "none", 0, "")
		wantError(t, err, advocacy.NotFound, "POST_NOT_FOUND")
		post, of, err := tx.PostInReviewForUpdate(ctx, h.ws, h.draft.ID, 1, "")
		if err != nil {
			return err
		}
		post.Note, of.Review.State = "held", advocacy.ReviewApproved
		return cmp.Or(tx.SavePost(ctx, post), tx.SaveReview(ctx, of.Review))
	})
	post, of, err := s.PostWithHead(ctx(t), h.ws, h.draft.ID)
	if err != nil || post.Note != "held" || of.Review.State != advocacy.ReviewApproved {
		t.Errorf("what was saved is %q and %s, %v", post.Note, of.Review.State, err)
	}
}
