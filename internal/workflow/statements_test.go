package workflow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// once is a call with a request id, as every client sends one.
func once(c workflow.Call) workflow.Call {
	c.RequestID = uuid.NewString()
	return c
}

// cost is the most statements one use case may take.
type cost struct {
	name string
	most int
	// locks is how many more PostgreSQL takes: its time, locks that are statements, and a round that
	// is read when its post is held, less the second turn, which it writes with the first.
	locks int
	run   func(t *testing.T, h *workflowtest.House) func(ctx context.Context)
}

// timedCosts are those of a workspace whose rules give people a time to sign, both signatures
// of a post in the same working hours.
var timedCosts = []cost{
	{"submit where signatures have their time", 15, 2, costs[0].run},
	{"decide where signatures have their time", 13, 2, timedDecision},
}

// timedDecision is a decision like those before it, which read the hours it is counted in.
func timedDecision(t *testing.T, h *workflowtest.House) func(context.Context) {
	h.Sign(t, h.Legal, h.Submit(t, h.Draft(t, "Before")), "legal")
	return costs[2].run(t, h)
}

// bothTimed gives legal and PR eight working hours each.
func bothTimed(t *testing.T, h *workflowtest.House) {
	legal, pr := routing.Sign(advocacy.RoleLegal, 1), routing.Sign(advocacy.RolePR, 1)
	legal.SLA, pr.SLA = advocacy.SLA{Business: 8 * time.Hour}, advocacy.SLA{Business: 8 * time.Hour}
	enact(t, h, legal, pr)
}

// costs are the most statements one use case may take, on SQLite. The door adds one to
// each: it looks up the credential.
var costs = []cost{
	{"submit", 13, 2, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Draft(t, "Hello"), once(h.As(h.Author))
		return func(ctx context.Context) {
			_, err := h.Flow.SubmitPost(ctx, call, h.W, view.Post.ID, workflow.Submit{Digest: view.Head.Digest})
			ok(t, err)
		}
	}},
	{"view a review", 7, 1, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Submit(t, h.Draft(t, "Hello")), once(h.As(h.Legal))
		return func(ctx context.Context) {
			_, err := h.Flow.ViewReview(ctx, call, view.Post.Subject(), 1)
			ok(t, err)
		}
	}},
	{"decide", 12, 2, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Submit(t, h.Draft(t, "Hello")), once(h.As(h.Legal))
		h.View(t, h.Legal, view.Post.Subject(), 1)
		return func(ctx context.Context) { approve(ctx, t, h, call, view, "legal") }
	}},
	{"reaffirm", 12, 2, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Submit(t, h.Draft(t, "Hello")), once(h.As(h.Legal))
		former := signatureOf(t, h, h.Legal, view, "legal")
		ok(t, h.Decide(t, h.Legal, view, "legal", advocacy.Retract))
		return func(ctx context.Context) {
			_, _, err := h.Flow.Reaffirm(ctx, call, former.Subject, former.Round, former.ID, workflow.Verdict{Digest: former.Digest})
			ok(t, err)
		}
	}},
	{"decide, the last signature", 16, 2, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Submit(t, h.Draft(t, "Hello")), once(h.As(h.PR))
		h.View(t, h.PR, view.Post.Subject(), 1)
		h.Sign(t, h.Legal, view, "legal")
		return func(ctx context.Context) { approve(ctx, t, h, call, view, "pr") }
	}},
	{"order a batch", 10, 1, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		item, call := inBatch(t, h, h.Submit(t, h.Draft(t, "Hello"))), once(signedIn(t, h, h.Legal))
		return func(ctx context.Context) {
			_, err := h.Flow.BatchDecide(ctx, call, h.W, []workflow.BatchItem{item})
			ok(t, err)
		}
	}},
	{"share", 23, 2, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		item := h.Item(t, "Read this")
		draft := workflow.PostDraft{Content: advocacy.Content{Language: "en"}, Accounts: []advocacy.AccountID{h.AuthorWall}, Item: item.Item.ID}
		call := once(h.As(h.Author))
		preview, err := h.Flow.PreviewPost(t.Context(), call, h.W, draft)
		ok(t, err)
		return func(ctx context.Context) {
			_, err := h.Flow.ShareItem(ctx, call, h.W, item.Item.ID, workflow.Share{
				Accounts: draft.Accounts, Language: "en", Digest: preview.Digest,
			})
			ok(t, err)
		}
	}},
	{"check a text that many share", 7, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		seldom(t, h, 1)
		h.Approved(t, "Read this", h.AuthorWall)
		call := h.As(h.Author)
		draft := workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: "READ this!"}, Accounts: []advocacy.AccountID{h.AuthorWall}}
		return func(ctx context.Context) {
			_, err := h.Flow.CheckPost(ctx, call, h.W, draft, nil)
			ok(t, err)
		}
	}},
	{"get a post", 4, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Approved(t, "Hello"), h.As(h.Author)
		return func(ctx context.Context) {
			_, err := h.Flow.Post(ctx, call, h.W, view.Post.ID)
			ok(t, err)
		}
	}},
	{"get a review", 4, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Approved(t, "Hello"), h.As(h.PR)
		return func(ctx context.Context) {
			_, err := h.Flow.Review(ctx, call, view.Post.Subject(), 1)
			ok(t, err)
		}
	}},
	{"explain a post", 16, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Submit(t, h.Draft(t, "Hello")), h.As(h.Author)
		return func(ctx context.Context) {
			_, err := h.Flow.ExplainPost(ctx, call, h.W, view.Post.ID)
			ok(t, err)
		}
	}},
	{"explain a review", 14, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		view, call := h.Submit(t, h.Draft(t, "Hello")), h.As(h.PR)
		return func(ctx context.Context) {
			_, err := h.Flow.ExplainReview(ctx, call, view.Post.Subject(), 1)
			ok(t, err)
		}
	}},
	{"a page of posts", 2, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		h.Draft(t, "Hello")
		h.Draft(t, "Hello again")
		call := h.As(h.Author)
		return func(ctx context.Context) {
			_, _, err := h.Flow.Posts(ctx, call, workflow.PostQuery{Workspace: h.W, Page: workflow.Page{Size: 50}})
			ok(t, err)
		}
	}},
	{"a page of the queue", 2, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		h.Submit(t, h.Draft(t, "Hello"))
		h.Submit(t, h.Draft(t, "Hello again"))
		call := h.As(h.Both)
		return func(ctx context.Context) {
			_, _, err := h.Flow.Tasks(ctx, call, workflow.TaskQuery{
				Workspace: h.W, Person: h.Both, Roles: call.Actor.Roles, State: workflow.TaskOpen, Page: workflow.Page{Size: 50},
			})
			ok(t, err)
		}
	}},
	{"a page of the library", 2, 0, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		h.Item(t, "Read this")
		h.Item(t, "Read this too")
		call := h.As(h.Author)
		return func(ctx context.Context) {
			_, _, err := h.Flow.Items(ctx, call, workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 50}})
			ok(t, err)
		}
	}},
	// The last one: from here on the workspace has a guideline, which every count asks for.
	{"submit where there is a guideline", 15, 2, func(t *testing.T, h *workflowtest.House) func(context.Context) {
		acknowledge(t, h, h.Author, publishGuideline(t, h, 0))
		view, call := h.Draft(t, "Hello"), once(h.As(h.Author))
		return func(ctx context.Context) {
			_, err := h.Flow.SubmitPost(ctx, call, h.W, view.Post.ID, workflow.Submit{Digest: view.Head.Digest})
			ok(t, err)
		}
	}},
}

func approve(ctx context.Context, t *testing.T, h *workflowtest.House, call workflow.Call, view *workflow.PostView, requirement string) {
	_, _, err := h.Flow.Decide(ctx, call, view.Post.Subject(), 1, workflow.Verdict{
		Verdict: advocacy.Approve, Requirement: requirement, Digest: view.Head.Digest,
	})
	ok(t, err)
}

// TestStatements holds what the use cases people wait for cost: the same number of
// statements however much is kept.
func TestStatements(t *testing.T) {
	t.Parallel()
	houses := map[string]func(t *testing.T) *workflowtest.House{
		"SQLite": func(t *testing.T) *workflowtest.House { return workflowtest.New(t) },
		"PostgreSQL": func(t *testing.T) *workflowtest.House {
			return workflowtest.NewOn(t, testpg.New(t), jobs.Postgres)
		},
	}
	for name, open := range houses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			holdCosts(t, h, costs, name == "PostgreSQL")
			h = open(t)
			bothTimed(t, h)
			holdCosts(t, h, timedCosts, name == "PostgreSQL")
		})
	}
}

// holdCosts sees that each use case takes as many statements as it may, and no fewer.
func holdCosts(t *testing.T, h *workflowtest.House, costs []cost, locking bool) {
	t.Helper()
	for _, c := range costs {
		run := c.run(t, h)
		ctx, statements := workflowtest.Listen(t.Context())
		run(ctx)
		most := c.most
		if locking {
			most += c.locks
		}
		if all := statements.All(); len(all) > most {
			t.Errorf("%s takes %d statements, not %d:\n%s", c.name, len(all), most, strings.Join(all, "\n"))
		} else if len(all) < most {
			t.Errorf("%s takes %d statements; hold it to that", c.name, len(all))
		}
	}
}
