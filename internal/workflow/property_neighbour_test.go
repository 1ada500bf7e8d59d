package workflow_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// neighbour is another workspace of the same house, in which nobody does anything any more.
type neighbour struct {
	id   advocacy.WorkspaceID
	boss advocacy.PersonID
	post *workflow.PostView
	hold advocacy.HoldID
}

// canary is a text that nobody in the first workspace must come to see.
const canary = "The canary of Globex sings."

// settleNext lets a neighbour move in, who has a post under review and a hold.
func (w *world) settleNext(tb testing.TB) neighbour {
	tb.Helper()
	space, boss, err := w.Flow.Install(w.ctx, workflow.Installation{
		ID: "globex", DisplayName: "Globex", Language: "en", Zone: "UTC", Roles: authz.DefaultRoles(),
		Admin: workflow.MemberDraft{DisplayName: "Hank", Email: "hank@globex.test"},
	})
	ok(tb, err)
	n := neighbour{id: space.ID, boss: boss.Person}
	c := permitted(workflow.Call{Actor: advocacy.Actor{Kind: advocacy.Human, Workspace: n.id, Person: n.boss, Session: "s", Roles: boss.RoleNames()}})
	a, _, err := w.Flow.CreateAccount(w.ctx, c, n.id, workflow.AccountDraft{Network: workflowtest.LedgerName, DisplayName: "Hank", Owner: n.boss, Personal: true})
	ok(tb, err)
	n.post, err = w.Flow.CreatePost(w.ctx, c, n.id, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: canary}, Accounts: []advocacy.AccountID{a.ID},
	})
	ok(tb, err)
	n.post, err = w.Flow.SubmitPost(w.ctx, c, n.id, n.post.Post.ID, workflow.Submit{Digest: n.post.Head.Digest})
	ok(tb, err)
	h, _, err := w.Flow.CreateHold(w.ctx, c, n.id, workflow.HoldDraft{Scope: advocacy.HoldPost, Target: string(n.post.Post.ID), Reason: "ours"})
	ok(tb, err)
	n.hold = h.ID
	return n
}

// trespasses are calls in the first workspace about what is the neighbour's, or nobody's.
var trespasses = map[string]func(w *world, post advocacy.PostID, hold advocacy.HoldID) error{
	"read": func(w *world, p advocacy.PostID, _ advocacy.HoldID) error {
		_, err := w.Flow.Post(w.ctx, w.As(w.Auditor), w.W, p)
		return err
	},
	"explain": func(w *world, p advocacy.PostID, _ advocacy.HoldID) error {
		_, err := w.Flow.ExplainPost(w.ctx, w.As(w.Auditor), w.W, p)
		return err
	},
	"edit": func(w *world, p advocacy.PostID, _ advocacy.HoldID) error {
		_, err := w.Flow.UpdatePost(w.ctx, w.call(w.Admin, false), w.W, p, workflow.PostChange{Note: ptr("x")})
		return err
	},
	"submit": func(w *world, p advocacy.PostID, _ advocacy.HoldID) error {
		_, err := w.Flow.SubmitPost(w.ctx, w.call(w.Author, false), w.W, p, workflow.Submit{Digest: w.next.post.Head.Digest})
		return err
	},
	"decide": func(w *world, p advocacy.PostID, _ advocacy.HoldID) error {
		_, _, err := w.Flow.Decide(w.ctx, w.call(w.Both, false), advocacy.PostSubject(w.W, p), 1, workflow.Verdict{
			Verdict: advocacy.Approve, Requirement: "legal", Digest: w.next.post.Head.Digest,
		})
		return err
	},
	"withdraw": func(w *world, p advocacy.PostID, _ advocacy.HoldID) error {
		_, err := w.Flow.WithdrawPost(w.ctx, w.call(w.Admin, false), w.W, p, 0, "x")
		return err
	},
	"recall": func(w *world, p advocacy.PostID, _ advocacy.HoldID) error {
		_, err := w.Flow.RecallPost(w.ctx, w.call(w.PR, false), w.W, p, "x")
		return err
	},
	"lift": func(w *world, _ advocacy.PostID, h advocacy.HoldID) error {
		_, err := w.Flow.ReleaseHold(w.ctx, w.call(w.PR, false), w.W, h, "x")
		return err
	},
}

func (w *world) drawTrespass(rt *rapid.T) {
	w.trespass(pick(rt, "deed", "read", "explain", "edit", "submit", "decide", "withdraw", "recall", "lift"))
}

// trespass tries something with what is the neighbour's: the answer is what it is for what
// nobody has [I29].
func (w *world) trespass(deed string) {
	defer w.telling("trespass", deed)()
	const nobodys = "0198f000-0000-7000-8000-00000000dead"
	theirs := trespasses[deed](w, w.next.post.Post.ID, w.next.hold)
	none := trespasses[deed](w, nobodys, nobodys)
	plain := func(err error) string {
		if err == nil {
			return "granted"
		}
		return strings.NewReplacer(string(w.next.post.Post.ID), "it", string(w.next.hold), "it", nobodys, "it").Replace(err.Error())
	}
	if theirs == nil || plain(theirs) != plain(none) || advocacy.KindOf(theirs) != advocacy.KindOf(none) {
		w.problem("%s of what is the neighbour's is answered %q, of what nobody has %q", deed, plain(theirs), plain(none))
	}
}

// checkNeighbour: no list of ours shows anything of theirs, and nobody did anything there [I29].
func (w *world) checkNeighbour() {
	c, all := permitted(w.As(w.Auditor)), workflow.Page{Size: 1000}
	seen := map[string]any{"records": w.trail("")}
	list := func(name string, of any, err error) {
		ok(w.tb, err)
		seen[name] = of
	}
	posts, _, err := w.Flow.Posts(w.ctx, c, workflow.PostQuery{Workspace: w.W, Page: all})
	list("posts", posts, err)
	tasks, _, err := w.Flow.Tasks(w.ctx, c, workflow.TaskQuery{Workspace: w.W, Page: all})
	list("turns", tasks, err)
	members, _, err := w.Flow.Members(w.ctx, c, workflow.MemberQuery{Workspace: w.W, Page: all})
	list("members", members, err)
	holds, _, err := w.Store.Holds(w.ctx, workflow.HoldQuery{Workspace: w.W, Page: all})
	list("holds", holds, err)
	for name, of := range seen {
		text, err := json.Marshal(of)
		ok(w.tb, err)
		for _, theirs := range []string{"globex", "canary", string(w.next.post.Post.ID), string(w.next.boss), string(w.next.hold)} {
			if strings.Contains(strings.ToLower(string(text)), theirs) {
				w.tb.Errorf("the %s show %q of the neighbour", name, theirs)
			}
		}
	}
	theirs, _, err := w.Store.AuditRecords(w.ctx, workflow.RecordQuery{Workspace: w.next.id, Page: workflow.Page{Size: 1000}})
	ok(w.tb, err)
	for _, r := range theirs {
		if r.Actor.Kind == advocacy.Human && r.Actor.Person != w.next.boss {
			w.tb.Errorf("%s did %s at the neighbour's", r.Actor.Person, r.Action)
		}
	}
}
