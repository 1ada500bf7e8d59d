package workflow_test

import (
	"context"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestWorkspacesAreStrangers [I29]: what belongs to one workspace is not found by its id
// from another one, in any collection, and no list shows it.
func TestWorkspacesAreStrangers(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := published(t, h, l)
	shelf := ledgerItem(t, h, "Ours.")
	order, err := h.Flow.ImportItems(t.Context(), h.As(h.Curator), h.W, workflow.ImportOrder{Rows: importRows("Ours too.")})
	ok(t, err)
	held, _ := hold(t, h, advocacy.HoldPost, string(v.Post.ID))
	key, _, err := h.Flow.CreateAPIKey(t.Context(), h.As(h.Admin), h.W, workflow.KeyDraft{DisplayName: "robot"})
	ok(t, err)
	space, boss, err := h.Flow.Install(t.Context(), workflow.Installation{
		ID: "globex", DisplayName: "Globex", Language: "en", Zone: "UTC", Roles: authz.DefaultRoles(),
		Admin: workflow.MemberDraft{DisplayName: "Hank", Email: "hank@globex.test"},
	})
	ok(t, err)
	foreign := workflow.Call{
		Actor: advocacy.Actor{Kind: advocacy.Human, Workspace: space.ID, Person: boss.Person, Session: "s", Roles: boss.RoleNames()},
		May:   func(advocacy.Permission) bool { return true },
	}
	ctx, w := t.Context(), space.ID
	sub := advocacy.PostSubject(w, v.Post.ID)
	x, talk := publications(t, h, v)[0], openThread(t, h, h.Legal, v, false)
	taught := teach(t, h)
	tried, err := answer(t, h, taught, 1)
	ok(t, err)
	ours, learned := publishGuideline(t, h, 0), train(t, h, h.Author, time.Time{})
	acknowledge(t, h, h.Author, ours)
	terms, idea := watch(t, h, forbidden("miracle")), propose(t, h, h.Author, "Ours.")
	told := tell(t, h, staff("staff", "I work for Acme."))
	arriving, err := h.Flow.CreateUpload(ctx, h.As(h.Author), h.W, workflow.UploadDraft{Size: 1})
	ok(t, err)
	source := follow(t, h, "https://feeds.test/ours")
	fake := register(t, h, impostor("@ours"))
	displays(l, "Edited.")
	readBack(t, h, x, 1)
	difference := casesOf(t, h, x)[0]
	back := recall(t, h, shelf.Item.ID, advocacy.RecallQueued)
	doors := map[string]func() error{
		"lexicon": func() error { _, err := h.Flow.Lexicon(ctx, foreign, w, terms.Lexicon); return err },
		"lexicon revision": func() error {
			_, err := h.Flow.LexiconRevision(ctx, foreign, w, terms.Lexicon, terms.Number)
			return err
		},
		"disclosure table": func() error { _, err := h.Flow.DisclosureTable(ctx, foreign, w, told.Table); return err },
		"disclosure revision": func() error {
			_, err := h.Flow.DisclosureRevision(ctx, foreign, w, told.Table, told.Number)
			return err
		},
		"guideline": func() error { _, err := h.Flow.Guideline(ctx, foreign, w, ours.Guideline); return err },
		"guideline revision": func() error {
			_, err := h.Flow.GuidelineRevision(ctx, foreign, w, ours.Guideline, ours.Number)
			return err
		},
		"acknowledge": func() error {
			_, err := h.Flow.AcknowledgeGuideline(ctx, foreign, w, ours.Guideline, ours.Number, ours.Digest)
			return err
		},
		"guideline diff": func() error {
			_, err := h.Flow.DiffGuideline(ctx, foreign, w, ours.Guideline, ours.Number, 0)
			return err
		},
		"standings": func() error {
			_, _, err := h.Flow.Standings(ctx, foreign, w, ours.Guideline, nil, workflow.Page{Size: 1})
			return err
		},
		"acknowledgements": func() error {
			_, _, err := h.Flow.Acknowledgements(ctx, foreign, workflow.AcknowledgementQuery{
				Workspace: w, Guideline: ours.Guideline, Revision: ours.Number, Page: workflow.Page{Size: 1},
			})
			return err
		},
		"training": func() error { _, err := h.Flow.TrainingModule(ctx, foreign, w, learned.Module); return err },
		"training edit": func() error {
			_, err := h.Flow.UpdateTrainingModule(ctx, foreign, w, learned.Module, workflow.TrainingChange{})
			return err
		},
		"course": func() error { _, err := h.Flow.TrainingCourse(ctx, foreign, w, taught.Module, 1); return err },
		"publish course": func() error {
			_, err := h.Flow.PublishTrainingCourse(ctx, foreign, w, taught.Module, workflow.CourseDraft{Texts: taught.Texts})
			return err
		},
		"answer": func() error {
			_, err := h.Flow.AnswerTraining(ctx, foreign, w, taught.Module, 1, advocacy.Answers{Shown: taught.Digest, Marked: [][]int{{1}}})
			return err
		},
		"attempt":         func() error { _, err := h.Flow.TrainingAttempt(ctx, foreign, w, tried.ID); return err },
		"training record": func() error { _, err := h.Flow.TrainingRecord(ctx, foreign, w, learned.ID); return err },
		"train": func() error {
			_, err := h.Flow.RecordTraining(ctx, foreign, w, workflow.Completion{Module: learned.Module, Person: boss.Person})
			return err
		},
		"revoke training": func() error { _, err := h.Flow.RevokeTraining(ctx, foreign, w, learned.ID, "x"); return err },
		"post":            func() error { _, err := h.Flow.Post(ctx, foreign, w, v.Post.ID); return err },
		"edit": func() error {
			_, err := h.Flow.UpdatePost(ctx, foreign, w, v.Post.ID, workflow.PostChange{Note: ptr("x")})
			return err
		},
		"submit": func() error {
			_, err := h.Flow.SubmitPost(ctx, foreign, w, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
			return err
		},
		"reaffirm": func() error {
			_, _, err := h.Flow.Reaffirm(ctx, foreign, sub, 1, "x", workflow.Verdict{Digest: v.Head.Digest})
			return err
		},
		"take back a signature": func() error {
			_, _, err := h.Flow.RetractDecision(ctx, foreign, sub, 1, "x", workflow.TakeBack{Digest: v.Head.Digest, Reason: "x"})
			return err
		},
		"reroute": func() error {
			_, err := h.Flow.RerouteReview(ctx, foreign, sub, 1, workflow.Reroute{Digest: v.Head.Digest, Reason: "x"})
			return err
		},
		"add co-author": func() error {
			_, err := h.Flow.AddCoAuthor(ctx, foreign, w, v.Post.ID, h.Reader, 0)
			return err
		},
		"remove co-author": func() error {
			_, err := h.Flow.RemoveCoAuthor(ctx, foreign, w, v.Post.ID, h.Reader, 0)
			return err
		},
		"copy":     func() error { _, err := h.Flow.CopyPost(ctx, foreign, w, v.Post.ID); return err },
		"withdraw": func() error { _, err := h.Flow.WithdrawPost(ctx, foreign, w, v.Post.ID, 0, "x"); return err },
		"recall":   func() error { _, err := h.Flow.RecallPost(ctx, foreign, w, v.Post.ID, "x"); return err },
		"revision": func() error { _, err := h.Flow.Revision(ctx, foreign, sub, 1); return err },
		"review":   func() error { _, err := h.Flow.Review(ctx, foreign, sub, 1); return err },
		"view":     func() error { _, err := h.Flow.ViewReview(ctx, foreign, sub, 1); return err },
		"thread":   func() error { _, err := h.Flow.Thread(ctx, foreign, sub, talk.ID); return err },
		"open": func() error {
			_, err := h.Flow.OpenThread(ctx, foreign, sub, workflow.ThreadDraft{Text: "x"})
			return err
		},
		"resolve thread": func() error { _, err := h.Flow.ResolveThread(ctx, foreign, sub, talk.ID, 0); return err },
		"comment": func() error {
			_, err := h.Flow.AddComment(ctx, foreign, sub, talk.ID, workflow.CommentDraft{Text: "x"})
			return err
		},
		"comments": func() error {
			_, _, err := h.Flow.Comments(ctx, foreign, sub, talk.ID, workflow.Page{Size: 1})
			return err
		},
		"decide": func() error {
			_, _, err := h.Flow.Decide(ctx, foreign, sub, 1, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal", Digest: v.Head.Digest})
			return err
		},
		"publication": func() error { _, err := h.Flow.Publication(ctx, foreign, w, v.Post.ID, x.ID); return err },
		"resolve": func() error {
			_, err := h.Flow.ResolvePublication(ctx, foreign, w, v.Post.ID, x.ID, workflow.Resolve{Resolution: advocacy.ResolveAbsent})
			return err
		},
		"open by hand": func() error { _, err := h.Flow.OpenHandoff(ctx, foreign, w, v.Post.ID, x.ID); return err },
		"confirm by hand": func() error {
			_, err := h.Flow.ConfirmHandoff(ctx, foreign, w, v.Post.ID, x.ID, workflow.Confirm{URL: "https://www.facebook.com/a/posts/1"})
			return err
		},
		"decline by hand": func() error {
			_, err := h.Flow.DeclineHandoff(ctx, foreign, w, v.Post.ID, x.ID, 0, "no")
			return err
		},
		"import": func() error { _, err := h.Flow.Import(ctx, foreign, w, order.ID); return err },
		"import rows": func() error {
			_, _, err := h.Flow.ImportRows(ctx, foreign, workflow.ImportRowQuery{Workspace: w, Import: order.ID, Page: workflow.Page{Size: 1}})
			return err
		},
		"item": func() error { _, err := h.Flow.Item(ctx, foreign, w, shelf.Item.ID); return err },
		"item transfer": func() error {
			_, err := h.Flow.TransferItem(ctx, foreign, w, shelf.Item.ID, workflow.Transfer{Owner: h.Curator})
			return err
		},
		"item edit": func() error {
			_, err := h.Flow.UpdateItem(ctx, foreign, w, shelf.Item.ID, workflow.ItemChange{})
			return err
		},
		"share": func() error {
			_, err := h.Flow.ShareItem(ctx, foreign, w, shelf.Item.ID, workflow.Share{Language: "en"})
			return err
		},
		"upload": func() error { _, err := h.Flow.Upload(ctx, foreign, w, arriving.ID); return err },
		"append": func() error {
			_, err := h.Flow.AppendUpload(ctx, foreign, w, arriving.ID, 0, []byte("x"))
			return err
		},
		"complete": func() error {
			_, err := h.Flow.CompleteUpload(ctx, foreign, w, arriving.ID, takeAny)
			return err
		},
		"give up": func() error { return h.Flow.DeleteUpload(ctx, foreign, w, arriving.ID) },
		"thumbnail": func() error {
			_, _, err := h.Flow.Thumbnail(ctx, foreign, w, drawing(t, h, 200, 100).Blob, 96)
			return err
		},
		"proposal": func() error { _, err := h.Flow.Proposal(ctx, foreign, w, idea.ID); return err },
		"accept": func() error {
			_, err := h.Flow.AcceptProposal(ctx, foreign, w, idea.ID, workflow.Acceptance{})
			return err
		},
		"decline": func() error { _, err := h.Flow.DeclineProposal(ctx, foreign, w, idea.ID, 0, "x"); return err },
		"feed":    func() error { _, err := h.Flow.Feed(ctx, foreign, w, source.ID); return err },
		"feed edit": func() error {
			_, err := h.Flow.UpdateFeed(ctx, foreign, w, source.ID, workflow.FeedChange{})
			return err
		},
		"ask feed":    func() error { _, err := h.Flow.AskFeed(ctx, foreign, w, source.ID); return err },
		"delete feed": func() error { return h.Flow.DeleteFeed(ctx, foreign, w, source.ID) },
		"take back":   func() error { _, err := h.Flow.WithdrawProposal(ctx, foreign, w, idea.ID, 0); return err },
		"topic":       func() error { _, err := h.Flow.Topic(ctx, foreign, w, "news"); return err },
		"join":        func() error { _, err := h.Flow.JoinTopic(ctx, foreign, w, "news"); return err },
		"leave":       func() error { _, err := h.Flow.LeaveTopic(ctx, foreign, w, "news"); return err },
		"member":      func() error { _, err := h.Flow.Member(ctx, foreign, w, h.Author); return err },
		"disable":     func() error { _, err := h.Flow.DisableMember(ctx, foreign, w, h.Author, "x"); return err },
		"relation": func() error {
			_, err := h.Flow.DeclareRelation(ctx, foreign, w, h.Author, advocacy.DisclosureEmployee)
			return err
		},
		"rename": func() error { _, err := h.Flow.RenameGroup(ctx, foreign, w, "sales", "selling"); return err },
		"merge": func() error {
			_, err := h.Flow.MergeMember(ctx, foreign, w, h.Author, h.Curator, "x")
			return err
		},
		"invite":  func() error { _, err := h.Flow.InviteMember(ctx, foreign, w, h.Author); return err },
		"account": func() error { _, err := h.Flow.Account(ctx, foreign, w, h.Ledger); return err },
		"handle":  func() error { _, err := h.Flow.Handle(ctx, foreign, w, fake.ID); return err },
		"handle edit": func() error {
			_, err := h.Flow.UpdateHandle(ctx, foreign, w, fake.ID, workflow.HandleChange{})
			return err
		},
		"key":    func() error { _, err := h.Flow.APIKey(ctx, foreign, w, key.ID); return err },
		"revoke": func() error { _, err := h.Flow.RevokeAPIKey(ctx, foreign, w, key.ID); return err },
		"attest": func() error { _, err := h.Flow.AttestAccount(ctx, foreign, w, h.Wall, 1); return err },
		"connect": func() error {
			_, err := h.Flow.ConnectAccount(ctx, foreign, w, h.Wall, workflow.Token{Secret: "x", Version: 1})
			return err
		},
		"sign in": func() error { _, err := h.Flow.StartConnection(ctx, foreign, w, h.Wall, 1); return err },
		"come back": func() error {
			_, err := h.Flow.CompleteConnection(ctx, foreign, w, h.Wall, workflow.Comeback{State: "acme." + string(h.Wall) + ".x", Code: "x"})
			return err
		},
		"disconnect": func() error { _, err := h.Flow.DisconnectAccount(ctx, foreign, w, h.Wall); return err },
		"case":       func() error { _, err := h.Flow.CaseFile(ctx, foreign, w, difference.ID); return err },
		"close case": func() error {
			_, err := h.Flow.CloseCase(ctx, foreign, w, difference.ID, workflow.CaseClosing{Resolution: advocacy.CaseTolerated})
			return err
		},
		"recall of an item": func() error { _, err := h.Flow.Recall(ctx, foreign, w, back); return err },
		"recall copies": func() error {
			_, _, err := h.Flow.RecallCopies(ctx, foreign, w, back, workflow.Page{Size: 1})
			return err
		},
		"recall item": func() error {
			_, err := h.Flow.CreateRecall(ctx, foreign, w, workflow.RecallDraft{Item: shelf.Item.ID, Scopes: advocacy.RecallScopes()})
			return err
		},
		"removal": func() error {
			_, err := h.Flow.ConfirmRemoval(ctx, foreign, w, v.Post.ID, x.ID, "x")
			return err
		},
		"hold":    func() error { _, err := h.Flow.Hold(ctx, foreign, w, held.ID); return err },
		"release": func() error { _, err := h.Flow.ReleaseHold(ctx, foreign, w, held.ID, "x"); return err },
		"held": func() error {
			_, _, err := h.Flow.HeldPublications(ctx, foreign, workflow.HeldQuery{Workspace: w, Hold: held.ID, Page: workflow.Page{Size: 9}})
			return err
		},
		"resume": func() error {
			_, err := h.Flow.ResumePublications(ctx, foreign, w, held.ID, []workflow.Resumption{resumption(publications(t, h, v)[0], workflow.ResumeSend)})
			return err
		},
		"record": func() error { _, err := h.Flow.AuditRecord(ctx, foreign, w, records(t, h, "")[0].ID); return err },
	}
	for name, open := range doors {
		t.Run(name, func(t *testing.T) {
			if err := open(); advocacy.KindOf(err) != advocacy.NotFound {
				t.Fatalf("error is %v, want not found", err)
			}
		})
	}
	t.Run("by reference", func(t *testing.T) {
		draft := workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: "Theirs."}, Accounts: []advocacy.AccountID{h.Wall}}
		if _, err := h.Flow.CreatePost(ctx, foreign, w, draft); advocacy.ReasonOf(err) != "ACCOUNT_NOT_FOUND" {
			t.Errorf("error is %v", err)
		}
		account := workflow.AccountDraft{Network: wall.Name, DisplayName: "Theirs", Owner: h.Curator, Deputy: h.PR}
		if _, _, err := h.Flow.CreateAccount(ctx, foreign, w, account); advocacy.ReasonOf(err) != "OWNER_INACTIVE" {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("lists", func(t *testing.T) { emptyLists(ctx, t, h.Flow, foreign, w) })
	// A freeze of one workspace is none of the other's.
	_, _, err = h.Flow.CreateHold(ctx, foreign, w, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "theirs"})
	ok(t, err)
	release(t, h, held)
	next := h.Approved(t, "Ours goes on.", h.Ledger)
	h.Work(t)
	stand(t, h, next, advocacy.Published)
}

func emptyLists(ctx context.Context, t *testing.T, s *workflow.Service, c workflow.Call, w advocacy.WorkspaceID) {
	t.Helper()
	p := workflow.Page{Size: 10}
	posts, _, err := s.Posts(ctx, c, workflow.PostQuery{Workspace: w, Page: p})
	ok(t, err)
	items, _, err := s.Items(ctx, c, workflow.ItemQuery{Workspace: w, Page: p})
	ok(t, err)
	topics, _, err := s.Topics(ctx, c, w, p)
	ok(t, err)
	hits, _, err := s.SearchItems(ctx, c, workflow.ItemSearch{For: search.Parse("ours"), ItemQuery: workflow.ItemQuery{Workspace: w, Page: p}})
	ok(t, err)
	uploads, _, err := s.Uploads(ctx, c, w, p)
	ok(t, err)
	imports, _, err := s.Imports(ctx, c, workflow.ImportQuery{Workspace: w, Page: p})
	ok(t, err)
	tasks, _, err := s.Tasks(ctx, c, workflow.TaskQuery{Workspace: w, Page: p})
	ok(t, err)
	accounts, _, err := s.Accounts(ctx, c, workflow.AccountQuery{Page: p, Workspace: w})
	ok(t, err)
	handles, _, err := s.Handles(ctx, c, workflow.HandleQuery{Workspace: w, Page: p})
	ok(t, err)
	publications, _, err := s.Publications(ctx, c, workflow.PublicationQuery{Workspace: w, Page: p})
	ok(t, err)
	cases, _, err := s.CaseFiles(ctx, c, workflow.CaseQuery{Workspace: w, Page: p})
	ok(t, err)
	taken, _, err := s.Recalls(ctx, c, workflow.RecallQuery{Workspace: w, Page: p})
	ok(t, err)
	holds, _, err := s.Holds(ctx, c, workflow.HoldQuery{Workspace: w, Page: p})
	ok(t, err)
	keys, _, err := s.APIKeys(ctx, c, w, "", p)
	ok(t, err)
	revisions, _, err := s.GuidelineRevisions(ctx, c, w, advocacy.DefaultGuideline, p)
	ok(t, err)
	watched, _, err := s.LexiconRevisions(ctx, c, w, advocacy.DefaultLexicon, p)
	ok(t, err)
	told, _, err := s.DisclosureRevisions(ctx, c, w, advocacy.DefaultDisclosures, p)
	ok(t, err)
	modules, _, err := s.TrainingModules(ctx, c, w, p)
	ok(t, err)
	trained, _, err := s.TrainingRecords(ctx, c, workflow.TrainingQuery{Workspace: w, Page: p})
	ok(t, err)
	if n := len(revisions) + len(watched) + len(told) + len(modules) + len(trained); n != 0 {
		t.Fatalf("the lists of an empty workspace show %d things people read and learned", n)
	}
	proposals, _, err := s.Proposals(ctx, c, workflow.ProposalQuery{Workspace: w, Page: p})
	ok(t, err)
	feeds, _, err := s.Feeds(ctx, c, w, p)
	ok(t, err)
	if n := len(imports) + len(feeds) + len(proposals) + len(posts) + len(items) + len(hits) + len(uploads) + len(topics) - 1 + len(tasks) + len(accounts) + len(handles) + len(publications) + len(cases) + len(taken) + len(holds) + len(keys); n != 0 {
		t.Fatalf("the lists of an empty workspace show %d things", n)
	}
	records, _, err := s.AuditRecords(ctx, c, workflow.RecordQuery{Workspace: w, Page: workflow.Page{Size: 100}})
	ok(t, err)
	for _, r := range records {
		if r.Workspace != w {
			t.Fatalf("the trail shows a record of %s", r.Workspace)
		}
	}
}
