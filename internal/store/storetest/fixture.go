package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// house is a store with a workspace of one's own, so that tests do not meet.
type house struct {
	t  testing.TB
	s  *store.Store
	ws advocacy.WorkspaceID
	// author and approver are members; account is one of the workspace's.
	author, approver advocacy.PersonID
	account          advocacy.AccountID
	// draft is a post in review, and review its open review.
	draft  *advocacy.Post
	review *advocacy.Review
	// entries of the wall wait to be put there.
	entries []wall.Entry
}

var counter atomic.Int64

// id is a new id; ids sort in the order they were made.
func id(kind string) string { return fmt.Sprintf("%s-%012d", kind, counter.Add(1)) }

// number is a new number, from 2 on.
func number() int { return int(counter.Add(1)) + 1 }

// start is the instant the tests count from.
var start = time.Date(2026, 11, 20, 9, 30, 0, 123456000, time.UTC)

func newHouse(t testing.TB, s *store.Store) *house {
	t.Helper()
	h := &house{
		t: t, s: s,
		ws:       advocacy.WorkspaceID(id("ws")),
		author:   advocacy.PersonID(id("person")),
		approver: advocacy.PersonID(id("person")),
		account:  advocacy.AccountID(id("account")),
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddWorkspace(ctx, &advocacy.Workspace{ID: h.ws, DisplayName: "Acme", Language: "en", Zone: "UTC", CreateTime: start}); err != nil {
			return err
		}
		for _, role := range []advocacy.Role{advocacy.RoleEmployee, advocacy.RoleLegal, advocacy.RolePR} {
			if err := tx.PutRole(ctx, &advocacy.RoleDef{Workspace: h.ws, Role: role, Builtin: true}); err != nil {
				return err
			}
		}
		if err := tx.AddMember(ctx, h.member(h.author, advocacy.RoleEmployee)); err != nil {
			return err
		}
		if err := tx.AddMember(ctx, h.member(h.approver, advocacy.RoleLegal, advocacy.RolePR)); err != nil {
			return err
		}
		return tx.AddAccount(ctx, &advocacy.SocialAccount{
			Workspace: h.ws, ID: h.account, Network: "wall", Owner: h.author, State: advocacy.AccountReady,
		}, nil)
	})
	h.draft, h.review = h.submitted()
	return h
}

func (h *house) member(p advocacy.PersonID, roles ...advocacy.Role) *advocacy.Member {
	m := &advocacy.Member{Workspace: h.ws, Person: p, DisplayName: string(p), State: advocacy.MemberActive, StateTime: start}
	for _, role := range roles {
		m.Roles = append(m.Roles, advocacy.RoleGrant{Role: role, Since: start})
	}
	return m
}

// post is a draft that is not stored.
func (h *house) post() *advocacy.Post {
	return &advocacy.Post{
		Workspace: h.ws, ID: advocacy.PostID(id("post")), Author: h.author, Head: 1,
		State: advocacy.PostDraft, CreateTime: start, UpdateTime: start,
	}
}

// submitted stores a post with a revision and an open review.
func (h *house) submitted() (*advocacy.Post, *advocacy.Review) {
	h.t.Helper()
	p := h.post()
	p.Round, p.State = 1, advocacy.PostInReview
	review := h.firstReview(p)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddPost(ctx, p); err != nil {
			return err
		}
		if err := tx.AddRevision(ctx, h.revision(p.Subject(), 1)); err != nil {
			return err
		}
		return tx.AddReview(ctx, review)
	})
	return p, review
}

func (h *house) revision(s advocacy.Subject, number int) *advocacy.Revision {
	manifest := fmt.Appendf(nil, "manifest %s %d", s.ID, number)
	return &advocacy.Revision{
		Subject: s, Number: number, Editor: h.author, Contributors: []advocacy.PersonID{h.author},
		Manifest: manifest, Digest: advocacy.DigestOf(manifest), CreateTime: start,
	}
}

func (h *house) firstReview(p *advocacy.Post) *advocacy.Review {
	return &advocacy.Review{
		Subject: p.Subject(), Round: 1, Revision: 1, Digest: h.revision(p.Subject(), 1).Digest, State: advocacy.ReviewOpen,
		Origin: advocacy.OriginOriginal, OpenTime: start, ExpireTime: start.Add(48 * time.Hour),
	}
}

// decision approves the house's review; it is not stored.
func (h *house) decision() *advocacy.Decision {
	r := h.review
	return &advocacy.Decision{
		Subject: r.Subject, Round: r.Round, ID: advocacy.DecisionID(id("decision")), Digest: r.Digest, Requirement: "legal",
		Role: advocacy.RoleLegal, Person: h.approver, Verdict: advocacy.Approve, Time: start,
	}
}

// publication is of the house's post; it is not stored.
func (h *house) publication() *advocacy.Publication {
	return &advocacy.Publication{
		Workspace: h.ws, ID: advocacy.PublicationID(id("publication")), Post: h.draft.ID, Revision: 1, Round: h.review.Round,
		Digest: h.review.Digest, Account: h.account, Network: "wall", State: advocacy.Scheduled, DueTime: start, CreateTime: start,
	}
}

// task is a turn of the house's review, for one of two roles; it is not stored.
func (h *house) task(n int) workflow.Task {
	return workflow.Task{
		Workspace: h.ws, ID: advocacy.TaskID(id("task")), Subject: h.review.Subject, Round: h.review.Round,
		Requirement: id("requirement"), Role: []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR}[n%2],
		State: workflow.TaskOpen, DueTime: sometime(n), Excluded: []advocacy.PersonID{h.author}, Why: advocacy.WhyRequirementOpen,
	}
}

func (h *house) record(action string) advocacy.AuditRecord {
	return advocacy.AuditRecord{
		Workspace: h.ws, ID: advocacy.RecordID(id("record")), Time: start, Action: action,
		Actor: advocacy.Actor{Kind: advocacy.Human, Person: h.author},
	}
}

func (h *house) hold() *advocacy.Hold {
	return &advocacy.Hold{Workspace: h.ws, ID: advocacy.HoldID(id("hold")), Scope: advocacy.HoldWorkspace, CreateTime: start}
}

// ctx ends long after a test that works, and soon enough for one that hangs.
func ctx(t testing.TB) context.Context {
	c, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return c
}

// update runs a transaction that must succeed.
func (h *house) update(fn func(ctx context.Context, tx workflow.Tx) error) {
	h.t.Helper()
	if err := h.s.Update(ctx(h.t), fn); err != nil {
		h.t.Fatal(err)
	}
}

// refused runs a transaction that must fail with a kind.
func (h *house) refused(kind advocacy.Kind, reason string, fn func(ctx context.Context, tx workflow.Tx) error) {
	h.t.Helper()
	err := h.s.Update(ctx(h.t), fn)
	wantError(h.t, err, kind, reason)
}

func wantError(t testing.TB, err error, kind advocacy.Kind, reason string) {
	t.Helper()
	if err == nil || advocacy.KindOf(err) != kind || (reason != "" && advocacy.ReasonOf(err) != reason) {
		t.Fatalf("error %v (kind %d, reason %q), want kind %d, reason %q",
			err, advocacy.KindOf(err), advocacy.ReasonOf(err), kind, reason)
	}
}

// same compares what was written with what was read.
func same(t testing.TB, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("read differs from written (-written +read):\n%s", diff)
	}
}
