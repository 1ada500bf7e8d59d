package workflow_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func rename(t *testing.T, h *workflowtest.House, group, to string) (*workflow.Group, error) {
	t.Helper()
	return h.Flow.RenameGroup(t.Context(), h.As(h.Admin), h.W, group, to)
}

// TestRenameGroup: whoever is in a group and whatever topic goes by it has the new name, and nothing
// else of them changes; a repetition tells how it is now.
func TestRenameGroup(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	move(t, h, h.Author, "lyon", "workshop")
	move(t, h, h.Reader, "workshop")
	move(t, h, h.Legal, "lyon")
	topic, err := h.Flow.CreateTopic(t.Context(), h.As(h.Curator), h.W, workflow.TopicDraft{
		ID: "benches", DisplayName: "Benches", Closed: true, Groups: []string{"board", "workshop"},
	})
	ok(t, err)
	call := h.As(h.Admin)
	call.RequestID = uuid.NewString()
	for range 2 {
		g, err := h.Flow.RenameGroup(t.Context(), call, h.W, "workshop", " atelier ")
		ok(t, err)
		if g.Name != "atelier" || len(g.Members) != 2 || !slices.Equal(g.Topics, []advocacy.TopicID{"benches"}) {
			t.Errorf("renamed is %+v", g)
		}
	}
	if n := happened(t, h, "", "group.renamed"); n != 1 {
		t.Errorf("it is on record %d times", n)
	}
	for who, want := range map[advocacy.PersonID][]string{h.Author: {"lyon", "atelier"}, h.Reader: {"atelier"}, h.Legal: {"lyon"}} {
		m, err := h.Flow.Member(t.Context(), h.As(h.Admin), h.W, who)
		ok(t, err)
		if !slices.Equal(m.Groups, want) {
			t.Errorf("%s is in %v, want %v", who, m.Groups, want)
		}
	}
	now, err := h.Flow.Topic(t.Context(), h.As(h.Author), h.W, "benches")
	ok(t, err)
	if !slices.Equal(now.Topic.Groups, []string{"atelier", "board"}) || now.Topic.DisplayName != topic.Topic.DisplayName || !now.Topic.Closed {
		t.Errorf("the topic is %+v", now)
	}
}

// TestRenameGroupRefused: nobody comes into another group by it, and what was signed or put in force
// goes on being about the same people.
func TestRenameGroupRefused(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	move(t, h, h.Author, "sales", "vip", "field")
	move(t, h, h.Reader, "board")
	refused := func(kind advocacy.Kind, reason, group, to string) {
		t.Helper()
		refuses(t, h, kind, reason, func() error { _, err := rename(t, h, group, to); return err })
	}
	refused(advocacy.NotFound, "GROUP_NOT_FOUND", "nobody", "somebody")
	refused(advocacy.Exists, "GROUP_EXISTS", "field", "board")
	refused(advocacy.Exists, "GROUP_EXISTS", "field", "field")
	refused(advocacy.Invalid, "GROUP_INVALID", "field", "a, b")
	refused(advocacy.Invalid, "GROUP_INVALID", "field", " ")

	aim(t, h, ledgerItem(t, h, "For sales."), advocacy.Audience{Groups: []string{"sales", "staff"}})
	refused(advocacy.Precondition, "GROUP_IN_AUDIENCE", "sales", "selling")
	refused(advocacy.Precondition, "GROUP_IN_AUDIENCE", "field", "staff")

	policy := routing.Builtin()
	policy.Rules = append(policy.Rules, routing.Rule{
		ID: "vip", When: `author.groups.exists(g, g.startsWith("vi"))`, Reason: "Important.", Require: []advocacy.Requirement{routing.Sign(advocacy.RolePR, 2)},
	})
	h.Govern(t, policy)
	refused(advocacy.Precondition, "GROUP_IN_POLICY", "vip", "guests")
	refused(advocacy.Precondition, "GROUP_IN_POLICY", "field", "visitors")
	_, err := rename(t, h, "field", "out")
	ok(t, err)
}

// TestRenameLargeGroup: what is too large for one transaction is not begun.
func TestRenameLargeGroup(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		for range workflow.MaximumRenamed + 1 {
			id := uuid.NewString()
			m := &advocacy.Member{
				Workspace: h.W, Person: advocacy.PersonID(id), DisplayName: "One", Email: id + "@acme.test", Language: "en",
				State: advocacy.MemberActive, Groups: []string{"everybody"}, CreateTime: tx.Now(), UpdateTime: tx.Now(), StateTime: tx.Now(),
			}
			if err := tx.AddMember(ctx, m); err != nil {
				return err
			}
		}
		return nil
	}))
	refuses(t, h, advocacy.Precondition, "GROUP_TOO_LARGE", func() error { _, err := rename(t, h, "everybody", "all"); return err })
}
