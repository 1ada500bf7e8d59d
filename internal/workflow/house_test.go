package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// house is a house with a ledger, the network that judges.
func house(t *testing.T) (*workflowtest.House, *workflowtest.Ledger) {
	t.Helper()
	ledger := workflowtest.NewLedger()
	return workflowtest.New(t, ledger), ledger
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refuses asserts that a call fails with a kind and a reason, and leaves no record but that
// somebody looked.
func refuses(t *testing.T, h *workflowtest.House, kind advocacy.Kind, reason string, call func() error) *advocacy.Error {
	t.Helper()
	changes := func() int { return len(records(t, h, "")) - happened(t, h, "", "review.viewed") }
	before := changes()
	err := call()
	if advocacy.KindOf(err) != kind || advocacy.ReasonOf(err) != reason {
		t.Fatalf("error is %v (kind %d), want %s (kind %d)", err, advocacy.KindOf(err), reason, kind)
	}
	if after := changes(); after != before {
		t.Fatalf("a refused call left %d records", after-before)
	}
	e, _ := errors.AsType[*advocacy.Error](err)
	return e
}

// records are the audit records of one life, or of the workspace when parent is empty,
// oldest first.
func records(t testing.TB, h *workflowtest.House, parent string) []advocacy.AuditRecord {
	t.Helper()
	var all []advocacy.AuditRecord
	for after := ""; ; {
		some, next, err := h.Flow.AuditRecords(context.Background(), h.As(h.Auditor), workflow.RecordQuery{
			Workspace: h.W, Parent: parent, Page: workflow.Page{Size: 500, After: after, Oldest: true},
		})
		ok(t, err)
		all = append(all, some...)
		if next == "" {
			return all
		}
		after = next
	}
}

// actions are what happened in one life, in order.
func actions(t testing.TB, h *workflowtest.House, parent string) []string {
	t.Helper()
	var out []string
	for _, r := range records(t, h, parent) {
		out = append(out, r.Action)
	}
	return out
}

// happened counts how often an action happened in one life.
func happened(t testing.TB, h *workflowtest.House, parent, action string) int {
	t.Helper()
	n := 0
	for _, a := range actions(t, h, parent) {
		if a == action {
			n++
		}
	}
	return n
}

// edit changes the text of a post in its author's name.
func edit(t *testing.T, h *workflowtest.House, v *workflow.PostView, text string) *workflow.PostView {
	t.Helper()
	out, err := tryEdit(t.Context(), h, v.Post.Author, v, text)
	ok(t, err)
	return out
}

func tryEdit(ctx context.Context, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, text string) (*workflow.PostView, error) {
	content := v.Head.Content
	content.Text = text
	return h.Flow.UpdatePost(ctx, h.As(who), h.W, v.Post.ID, workflow.PostChange{Content: &content})
}

func submit(ctx context.Context, h *workflowtest.House, c workflow.Call, v *workflow.PostView) error {
	_, err := h.Flow.SubmitPost(ctx, c, h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
	return err
}

// publications are all publications of a post, oldest first.
func publications(t testing.TB, h *workflowtest.House, v *workflow.PostView) []advocacy.Publication {
	t.Helper()
	all, err := h.Store.PublicationsOf(context.Background(), h.W, v.Post.ID)
	ok(t, err)
	return all
}

// stand asserts the states of all publications of a post, oldest first.
func stand(t *testing.T, h *workflowtest.House, v *workflow.PostView, want ...advocacy.PublicationState) {
	t.Helper()
	var got []advocacy.PublicationState
	for _, x := range publications(t, h, v) {
		got = append(got, x.State)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("publications are %v, want %v", got, want)
	}
}

// sent asserts what the network was sent, by the text that can be read there.
func sent(t *testing.T, l *workflowtest.Ledger, want ...string) {
	t.Helper()
	var got []string
	for _, d := range l.Sent() {
		got = append(got, d.Target.Rendering.Text)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("the network was sent %q, want %q", got, want)
	}
}

// review asserts where the newest round of a post stands.
func review(t *testing.T, h *workflowtest.House, v *workflow.PostView, want advocacy.ReviewState) *advocacy.Review {
	t.Helper()
	r := h.Post(t, v.Post.ID).Review
	if r == nil || r.State != want {
		t.Fatalf("review is %+v, want %s", r, want)
	}
	return r
}

// regrant gives a person exactly these roles.
func regrant(t *testing.T, h *workflowtest.House, p advocacy.PersonID, roles ...advocacy.Role) {
	t.Helper()
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, p, workflow.MemberChange{Roles: &roles})
	ok(t, err)
}

// enact puts a policy in force that asks for these requirements and nothing else.
func enact(t testing.TB, h *workflowtest.House, requirements ...advocacy.Requirement) {
	t.Helper()
	document := routing.Policy{Defaults: requirements, OnError: requirements}.Document()
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		now, err := tx.Policy(ctx, h.W)
		if err != nil {
			return err
		}
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
			Workspace: h.W, Policy: now.Policy, Revision: now.Revision + 1, Document: document,
			Digest: advocacy.DigestOf(document), Active: true, CreateTime: tx.Now(),
		})
	}))
}

// recruit adds a member.
func recruit(t *testing.T, h *workflowtest.House, name string, roles ...advocacy.Role) advocacy.PersonID {
	t.Helper()
	m, err := h.Flow.CreateMember(t.Context(), h.As(h.Admin), h.W, workflow.MemberDraft{
		DisplayName: name, Email: strings.ToLower(name) + "@acme.test", Roles: roles,
	})
	ok(t, err)
	return m.Person
}

// resign takes every approver but those named out of service, so that roles run short.
func resign(t *testing.T, h *workflowtest.House, but ...advocacy.PersonID) {
	t.Helper()
	for _, p := range []advocacy.PersonID{h.Legal, h.Legal2, h.PR, h.Both} {
		if !slices.Contains(but, p) {
			regrant(t, h, p, advocacy.RoleEmployee)
		}
	}
}

// identified is a call with a request id: the same method and body are a repetition.
func identified(c workflow.Call, id, method, body string) workflow.Call {
	c.RequestID, c.Method, c.Body = id, method, advocacy.DigestOf([]byte(body))
	return c
}

func ptr[T any](v T) *T { return &v }
