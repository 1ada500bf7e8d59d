package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// explained is a pool that asks SQLite how it would run each query.
type explained struct {
	gorm.ConnPool
	t    *testing.T
	what string
}

// QueryContext explains the query and runs it.
func (p explained) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.t.Helper()
	rows, err := p.ConnPool.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		// A SCAN reads a whole table, or a whole subquery that has its own line.
		// An index of words is read from what it finds.
		scan := strings.HasPrefix(detail, "SCAN ") && detail != "SCAN leased" && detail != "SCAN scheduled" && detail != "SCAN of_one" && detail != "SCAN lately" &&
			!strings.HasPrefix(detail, "SCAN item_words VIRTUAL TABLE INDEX ")
		sorts := strings.Contains(detail, "TEMP B-TREE") && !strings.HasPrefix(p.what, fewRows)
		// So does this, of a whole workspace.
		wide := strings.HasPrefix(detail, "SEARCH revisions ") && strings.HasSuffix(detail, "(workspace_id=? AND subject_kind=?)")
		if sorts || scan || wide {
			p.t.Errorf("%s: %s\n%s", p.what, detail, query)
		}
	}
	return p.ConnPool.QueryContext(ctx, query, args...)
}

// TestPlans holds that every list, with and without each filter, on the first page and
// on the next, in both orders, comes off an index: a page costs the same in a table of
// any size.
func TestPlans(t *testing.T) {
	t.Parallel()
	s := openFile(t)
	everyList(t, s, func(what string) gorm.ConnPool { return explained{s.pool, t, what} })
}

// everyList reads each list through the pool that is made for it.
func everyList(t *testing.T, s *Store, pool func(what string) gorm.ConnPool) {
	const w = "w"
	subject := advocacy.PostSubject(w, "p")
	now := time.Now()
	pages := []workflow.Page{{Size: 5}, {Size: 5, Oldest: true}, {Size: 5, After: "7"}, {Size: 5, After: "7", Oldest: true}}
	run := func(what string, list func(r reader, p workflow.Page) error) {
		t.Helper()
		for i, p := range pages {
			name := fmt.Sprintf("%s, page %d", what, i)
			r := reader{conn{dialect: s.dialect, pool: pool(name), orm: s.orm, texts: s.texts}}
			if err := list(r, p); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	run("Calendars", func(r reader, p workflow.Page) error {
		_, _, err := r.Calendars(t.Context(), w, p)
		return err
	})
	run("Reminders", func(r reader, p workflow.Page) error {
		_, _, err := r.Reminders(t.Context(), w, "m1", p)
		return err
	})
	run("ChangedTasks", func(r reader, _ workflow.Page) error {
		_, _, err1 := r.ChangedTasks(t.Context(), w, workflow.TaskPlace{Change: 7, ID: "7"}, 5)
		_, err2 := r.TaskClock(t.Context(), w)
		_, err3 := r.TurnsBehind(t.Context(), w, "m1", "7", 5)
		_, err4 := r.TurnsBehind(t.Context(), w, "", "", 5)
		return first(err1, err2, err3, err4)
	})
	run("deadlines", func(r reader, _ workflow.Page) error {
		_, err1 := r.Deadlines(t.Context(), subject, 1)
		_, err2 := r.DueDeadlines(t.Context(), now, 5)
		_, err3 := r.OldZones(t.Context(), "m", 5)
		_, err4 := r.Loads(t.Context(), w, []advocacy.PersonID{"m1", "m2"})
		_, err5 := r.Away(t.Context(), w, []advocacy.PersonID{"m1", "m2"}, now)
		_, err6 := r.CalendarInUse(t.Context(), w, "hq")
		_, err7 := r.AskedDeadlines(t.Context(), w, "m1", 5)
		return first(err1, err2, err3, err4, err5, err6, err7)
	})
	run("DelegationsInForce", func(r reader, _ workflow.Page) error {
		_, err := r.DelegationsInForce(t.Context(), w, []advocacy.Role{"r1", "r2"}, now, 5)
		return err
	})
	for mask := range 4 {
		who := func(bit int) advocacy.PersonID {
			return map[bool]advocacy.PersonID{true: "m1"}[mask>>bit&1 == 1]
		}
		run(fmt.Sprintf("Delegations %02b", mask), func(r reader, p workflow.Page) error {
			_, _, err := r.Delegations(t.Context(), workflow.DelegationQuery{Page: p, Workspace: w, Delegator: who(0), Delegate: who(1)})
			return err
		})
		run(fmt.Sprintf("Absences %02b", mask), func(r reader, p workflow.Page) error {
			_, _, err := r.Absences(t.Context(), w, who(0), p)
			return err
		})
	}
	for _, person := range []advocacy.PersonID{"", "m1"} {
		for _, module := range []advocacy.TrainingID{"", "basics"} {
			run(fmt.Sprintf("knowledge of %q in %q", person, module), func(r reader, p workflow.Page) error {
				_, _, err1 := r.GuidelineRevisions(t.Context(), w, "default", p)
				_, _, err2 := r.Acknowledgements(t.Context(), workflow.AcknowledgementQuery{
					Page: p, Workspace: w, Guideline: "default", Revision: 1, Person: person,
				})
				_, _, err3 := r.TrainingModules(t.Context(), w, p)
				_, _, err4 := r.TrainingRecords(t.Context(), workflow.TrainingQuery{Page: p, Workspace: w, Person: person, Module: module})
				_, err5 := r.Trainings(t.Context(), w, "m1", now)
				_, err6 := r.Graces(t.Context(), w, "default", now)
				_, err7 := r.FindAcknowledgement(t.Context(), w, "default", "m1", now)
				_, err8 := r.Guideline(t.Context(), w, "default")
				_, _, err9 := r.LexiconRevisions(t.Context(), w, "default", p)
				_, err10 := r.Lexicon(t.Context(), w, "default")
				_, err11 := r.FindLexiconRecheck(t.Context(), w, "default", 1)
				_, _, err15 := r.DisclosureRevisions(t.Context(), w, "default", p)
				_, err16 := r.DisclosureTable(t.Context(), w, "default")
				_, err17 := r.FindDisclosureRecheck(t.Context(), w, "default", 1)
				_, _, err12 := r.TrainingAttempts(t.Context(), workflow.TrainingQuery{Page: p, Workspace: w, Person: person, Module: module})
				_, err13 := r.LatestTrainingAttempts(t.Context(), w, "basics", "m1", 3)
				_, err14 := r.TrainingCourse(t.Context(), w, "basics", 1)
				return first(err1, err2, err3, err4, err5, err6, err7, err9, err11, err12, err13, err15, err17, ignoreMissing(err16), ignoreMissing(err14), ignoreMissing(err8), ignoreMissing(err10))
			})
		}
	}
	for mask := range 8 {
		on := func(bit int, value string) string {
			if mask>>bit&1 == 1 {
				return value
			}
			return ""
		}
		name := func(list string) string { return fmt.Sprintf("%s %03b", list, mask) }
		run(name("Posts"), func(r reader, p workflow.Page) error {
			_, _, err := r.Posts(t.Context(), workflow.PostQuery{Page: p, Workspace: w, Author: advocacy.PersonID(on(0, "a")),
				State: advocacy.PostState(on(1, "draft")), Item: advocacy.ItemID(on(2, "i"))})
			if err != nil {
				return err
			}
			_, _, err = r.Posts(t.Context(), workflow.PostQuery{Page: p, Workspace: w, Author: advocacy.PersonID(on(0, "a")),
				State: advocacy.PostState(on(1, "draft")), Item: advocacy.ItemID(on(2, "i")), CoAuthor: "c"})
			return err
		})
		for _, available := range []advocacy.Availability{"", advocacy.AvailableNow} {
			for _, viewer := range []advocacy.PersonID{"", "v"} {
				run(name("Items"), func(r reader, p workflow.Page) error {
					_, _, err := r.Items(t.Context(), workflow.ItemQuery{Page: p, Workspace: w, Topic: advocacy.TopicID(on(0, "t")),
						State: advocacy.ItemState(on(1, "draft")), Owner: advocacy.PersonID(on(2, "o")), Availability: available, Now: now, Viewer: viewer})
					return err
				})
				ranked := func(list string, q workflow.ItemQuery) {
					run(name(list), func(r reader, p workflow.Page) error {
						if q.Page = p; p.After != "" && q.ByFeature {
							q.After = "7|" + p.After
						}
						q.Workspace, q.Topic, q.Language, q.Availability, q.Now, q.Viewer = w, advocacy.TopicID(on(0, "t")), on(1, "fr"), available, now, viewer
						_, _, err := r.Items(t.Context(), q)
						return err
					})
				}
				ranked("featured Items", workflow.ItemQuery{Featured: true, ByFeature: true})
				run(name("Items by offer"), func(r reader, p workflow.Page) error {
					_, _, err := r.Items(t.Context(), workflow.ItemQuery{Page: p, Workspace: w, Language: on(0, "fr"), Network: advocacy.Network(on(1, "wall")),
						Head: on(2, "x") != "", Availability: available, Now: now, Viewer: viewer})
					return err
				})
			}
		}
		for _, words := range []string{"rare", "common", `"rare common"`, "rar"} {
			run(name("SearchItems "+words), func(r reader, p workflow.Page) error {
				if p.After != "" {
					p.After = "0|" + p.After
				}
				q := workflow.ItemQuery{Page: p, Workspace: w, Topic: advocacy.TopicID(on(0, "t")), Language: on(2, "fr"), SharableAt: now, Viewer: "v"}
				_, _, err1 := r.SearchItems(t.Context(), workflow.ItemSearch{ItemQuery: q, For: search.Parse(words), Newest: on(1, "x") != ""})
				q.SharableAt, q.Viewer = time.Time{}, ""
				_, _, err2 := r.SearchItems(t.Context(), workflow.ItemSearch{ItemQuery: q, For: search.Parse(words), Newest: on(1, "x") != "", Heads: true})
				_, err3 := r.ItemsToIndex(t.Context(), 5)
				return first(err1, err2, err3)
			})
		}
		run(name("Publications"), func(r reader, p workflow.Page) error {
			_, _, err := r.Publications(t.Context(), workflow.PublicationQuery{Page: p, Workspace: w,
				Post: advocacy.PostID(on(0, "p")), Account: advocacy.AccountID(on(1, "a")), State: advocacy.PublicationState(on(2, "sending"))})
			return err
		})
		run(name("a writer's Publications"), func(r reader, p workflow.Page) error {
			_, _, err := r.Publications(t.Context(), workflow.PublicationQuery{Page: p, Workspace: w, Writer: "m1",
				Account: advocacy.AccountID(on(1, "a")), State: advocacy.PublicationState(on(2, "sending"))})
			return err
		})
		run(name("Cases"), func(r reader, p workflow.Page) error {
			_, _, err := r.CaseFiles(t.Context(), workflow.CaseQuery{Page: p, Workspace: w,
				Post: advocacy.PostID(on(0, "p")), Publication: advocacy.PublicationID(on(1, "x")), State: advocacy.CaseState(on(2, "open"))})
			return err
		})
		run(name("Recalls"), func(r reader, p workflow.Page) error {
			_, _, err1 := r.Recalls(t.Context(), workflow.RecallQuery{Page: p, Workspace: w, Item: advocacy.ItemID(on(0, "i")), Running: on(1, "x") != ""})
			_, _, err2 := r.RecallCopies(t.Context(), w, "c", p)
			_, err3 := r.RecallsOf(t.Context(), w, "x")
			return first(err1, err2, err3) // CountCopies goes through all copies of one recall
		})
		run(name("AuditRecords"), func(r reader, p workflow.Page) error {
			_, _, err := r.AuditRecords(t.Context(), workflow.RecordQuery{Page: p, Workspace: w, Parent: on(0, "p"),
				Action: on(1, "a"), Person: advocacy.PersonID(on(2, "p"))})
			return err
		})
		run(name("AuditRecords of a time"), func(r reader, p workflow.Page) error {
			if p.After != "" {
				p.After = "7|7"
			}
			_, _, err := r.AuditRecords(t.Context(), workflow.RecordQuery{Page: p, Workspace: w, Parent: on(0, "p"),
				Action: on(1, "a"), Person: advocacy.PersonID(on(2, "p")), From: now.Add(-time.Hour), Until: now.Add(time.Hour)})
			return err
		})
		run(name("Members"), func(r reader, p workflow.Page) error {
			_, _, err := r.Members(t.Context(), workflow.MemberQuery{Page: p, Workspace: w,
				Role: advocacy.Role(on(0, "r")), State: advocacy.MemberState(on(1, "active"))})
			return err
		})
		run(name("Holds"), func(r reader, p workflow.Page) error {
			_, _, err := r.Holds(t.Context(), workflow.HoldQuery{Page: p, Workspace: w, Active: on(0, "x") != "",
				Scope: advocacy.HoldScope(on(1, "post"))})
			return err
		})
		run(name("Proposals"), func(r reader, p workflow.Page) error {
			_, _, err := r.Proposals(t.Context(), workflow.ProposalQuery{Page: p, Workspace: w,
				Proposer: advocacy.PersonID(on(0, "p")), State: advocacy.ProposalState(on(1, "proposed"))})
			return err
		})
		run(name("feed's Proposals"), func(r reader, p workflow.Page) error {
			_, _, err1 := r.Proposals(t.Context(), workflow.ProposalQuery{Page: p, Workspace: w,
				Feed: advocacy.FeedID(on(0, "f")), State: advocacy.ProposalState(on(1, "proposed")), Source: workflow.SourceFeed})
			_, _, err2 := r.Feeds(t.Context(), w, p)
			return first(err1, err2)
		})
		run(name("Handles"), func(r reader, p workflow.Page) error {
			_, _, err := r.Handles(t.Context(), workflow.HandleQuery{Page: p, Workspace: w,
				Network: advocacy.Network(on(0, "x")), Kind: advocacy.HandleKind(on(1, "impostor"))})
			return err
		})
		run(name("others"), func(r reader, p workflow.Page) error {
			_, _, err1 := r.Topics(t.Context(), w, advocacy.PersonID(on(0, "v")), p)
			_, _, err2 := r.APIKeys(t.Context(), w, advocacy.PersonID(on(0, "o")), p)
			_, _, err3 := r.Accounts(t.Context(), workflow.AccountQuery{Page: p, Workspace: w, Network: advocacy.Network(on(0, "wall")), Unanswered: on(1, "x") != ""})
			_, _, err4 := r.Roles(t.Context(), w, p)
			_, _, err5 := r.Workspaces(t.Context(), p)
			_, _, err6 := r.Revisions(t.Context(), subject, p)
			_, _, err7 := r.Reviews(t.Context(), subject, p)
			_, _, err8 := r.PolicyRevisions(t.Context(), w, "main", p)
			_, _, err9 := r.Threads(t.Context(), workflow.ThreadQuery{Page: p, Subject: subject,
				State: advocacy.ThreadState(on(0, "open")), Blocking: on(1, "x") != ""})
			_, _, err10 := r.Comments(t.Context(), subject, "t", p)
			_, _, err11 := r.Mentions(t.Context(), w, "p", p)
			_, err12 := r.OpenThreads(t.Context(), subject)
			_, _, err13 := r.Suggestions(t.Context(), subject, p)
			_, _, err14 := r.Simulations(t.Context(), w, advocacy.PolicyRef{Policy: "main", Revision: 1}, p)
			_, _, err15 := r.Recomputations(t.Context(), w, p)
			return first(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, err12, err13, err14, err15)
		})
	}
	run("tasks and times", func(r reader, p workflow.Page) error {
		if p.After != "" {
			p.After = "7|id"
		}
		_, _, err1 := r.MediaList(t.Context(), w, p)
		timed := Store{reader: r}
		_, _, err2 := timed.Entries(t.Context(), w, wall.Query{Before: p.After, Size: 5})
		if p.After != "" {
			p.After = "7|p|1"
		}
		_, _, err3 := r.PolicyRevisions(t.Context(), w, "", p)
		if p.After != "" {
			p.After = "7|post|p|1"
		}
		_, _, err4 := r.OpenedReviews(t.Context(), w, time.UnixMicro(1), p)
		_, err6 := r.CountOpenedReviews(t.Context(), w, time.UnixMicro(1))
		_, err7 := r.CountInStates(t.Context(), w, []advocacy.PostState{"unroutable", "scheduled"}, []advocacy.ItemState{"in_review"})
		_, err5 := r.FindActivation(t.Context(), w, advocacy.PolicyRef{Policy: "main", Revision: 1})
		return first(err1, err2, err3, err4, err5, err6, err7)
	})
	for _, person := range []advocacy.PersonID{"", "p"} {
		for _, state := range []workflow.TaskState{"", workflow.TaskOpen} {
			for _, held := range [][]advocacy.Role{nil, {"a"}, {"a", "b", "c"}} {
				for _, of := range []advocacy.Subject{{}, subject} {
					everyTaskList(run, workflow.TaskQuery{Workspace: w, Person: person, State: state, Roles: held, Subject: of})
					everyTaskList(run, workflow.TaskQuery{
						Workspace: w, Person: person, State: state, Roles: held, Subject: of,
						StandsIn: map[advocacy.Role][]advocacy.PersonID{"a": {"d1", "d2"}},
					})
				}
			}
		}
	}
	heads := make(map[string]int)
	for n := range 50 {
		heads[fmt.Sprintf("p%d", n)] = n
	}
	run("all of something", func(r reader, _ workflow.Page) error {
		_, err1 := r.Decisions(t.Context(), subject)
		_, err2 := r.PublicationsOf(t.Context(), w, "p")
		_, err3 := r.Attempts(t.Context(), w, "x")
		_, err4 := r.Due(t.Context(), workflow.DueQuery{Time: now, Most: 5})
		_, err29 := r.Due(t.Context(), workflow.DueQuery{Time: now, Most: 5, ButNetworks: []advocacy.Network{"wall", "x"}, ButAccounts: []workflow.AccountOf{{Workspace: w, Account: "a"}, {Workspace: w, Account: "b"}}})
		_, err5 := r.ExpiredReviews(t.Context(), now, 5)
		_, err6 := r.Policy(t.Context(), w)
		_, err7 := r.RevisionsByNumber(t.Context(), w, advocacy.SubjectPost, heads)
		_, err8 := r.Batch(t.Context(), w, "b")
		_, err9 := r.RejectingRoles(t.Context(), w, "sha256:1")
		_, err10 := r.Alike(t.Context(), w, []advocacy.Digest{"sha256:1", "sha256:2"}, now)
		_, err11 := r.Outgoing(t.Context(), w, "a", "p", now)
		_, err12 := r.KnownBy(t.Context(), w, "a", "1")
		_, err13 := r.AccountNamed(t.Context(), w, "mastodon", "https://a.example", "1")
		_, err14 := r.ConnectedOf(t.Context(), w, "p")
		_, err16 := r.FindFirstUnsent(t.Context(), w, "a", []string{"RETRY", "BUSY"})
		_, err17 := r.CasesOf(t.Context(), w, "x")
		_, err18 := r.PersonalBeside(t.Context(), w, []advocacy.AccountID{"a", "b"})
		_, err19 := r.FindHandle(t.Context(), w, "x", "acme")
		_, err15 := r.Sketches(t.Context(), w, []int64{1, 2, 3}, now)
		_, err20 := r.Impostors(t.Context(), w)
		_, err27 := r.VerdictTimes(t.Context(), w, advocacy.RoleLegal, 5)
		_, err21 := r.OwnTexts(t.Context(), w, "p", []int64{1, 2, 3}, now)
		_, err22 := r.RejectedTexts(t.Context(), w, []int64{1, 2, 3})
		_, err25 := r.RejectionBacklogs(t.Context(), 5)
		_, err26 := r.RejectedBytes(t.Context(), w, "sha256:1", 5)
		_, err28 := r.ReviewsByRound(t.Context(), w, advocacy.SubjectPost, heads)
		_, err23 := r.AttestedBetween(t.Context(), now, now, &advocacy.SocialAccount{Workspace: w, ID: "a", AttestTime: now}, 5)
		_, err24 := r.AnsweredBy(t.Context(), w, "p")
		_, err30 := r.GrantedBy(t.Context(), w, "p")
		return first(err30, err29, err28, err27, err26, err25, err24, err23, err22, err21, err20, err19, err18, err17, err16, err15, err14, err13, err12, err11, err10, err1, err2, err3, err4, err5, ignoreMissing(err6), err7, ignoreMissing(err8), err9)
	})
	run("files", func(r reader, p workflow.Page) error {
		_, err1 := r.FindThumbnail(t.Context(), w, "b", 96)
		_, err2 := r.Upload(t.Context(), w, "u")
		_, err3 := r.FindUploadPart(t.Context(), w, "u", 5)
		_, err4 := r.UploadParts(t.Context(), w, "u")
		_, err5 := r.ExpiredUploads(t.Context(), now, 5)
		_, err6 := r.UnfinishedUploads(t.Context(), w, "p", 5)
		_, _, err7 := r.Uploads(t.Context(), workflow.UploadQuery{Page: p, Workspace: w, Uploader: "p", Now: now})
		return first(err1, ignoreMissing(err2), err3, err4, err5, err6, err7)
	})
	run("SealedApps", func(r reader, _ workflow.Page) error {
		_, err := r.SealedApps(t.Context(), w, "mastodon", "a.example")
		return err
	})
	run("what is computed again", func(r reader, _ workflow.Page) error {
		_, err1 := r.StillRecomputations(t.Context(), now, 5)
		_, err2 := r.StillActivations(t.Context(), now, 5)
		return first(err1, err2)
	})
	run("imports", func(r reader, p workflow.Page) error {
		_, _, err1 := r.Imports(t.Context(), workflow.ImportQuery{Page: p, Workspace: w})
		_, err2 := r.StillImports(t.Context(), now, 5)
		_, _, err3 := r.Imports(t.Context(), workflow.ImportQuery{Page: p, Workspace: w, File: "i"})
		_, err4 := r.ImportParts(t.Context(), w, "i")
		_, err5 := r.ImportedNames(t.Context(), w, "i", []string{"a", "b"})
		return first(err1, err2, err3, err4, err5)
	})
	for _, outcome := range []workflow.ImportOutcome{"", workflow.ImportFailed} {
		run("ImportRows "+string(outcome), func(r reader, p workflow.Page) error {
			_, _, err1 := r.ImportRows(t.Context(), workflow.ImportRowQuery{Page: p, Workspace: w, Import: "i", Outcome: outcome})
			_, err2 := r.Import(t.Context(), w, "i")
			_, err3 := r.FindOrigin(t.Context(), w, "x")
			_, err4 := r.Origins(t.Context(), w, "a", "b")
			return first(err1, ignoreMissing(err2), err3, err4)
		})
	}
	run("look-ups", func(r reader, _ workflow.Page) error {
		found := Store{reader: r}
		_, _, _, err1 := found.FindSession(t.Context(), []byte("x"))
		_, _, _, err2 := found.FindAPIKey(t.Context(), []byte("x"))
		_, err3 := found.ShowsBlob(t.Context(), w, "b")
		_, err4 := r.CountHolders(t.Context(), w, []advocacy.Role{"a", "b"}, []advocacy.PersonID{"p"})
		_, err5 := r.MembersByID(t.Context(), w, []advocacy.PersonID{"a", "b"})
		_, _, err6 := r.PostWithHead(t.Context(), w, "p")
		_, err7 := r.ReviewWithRevision(t.Context(), subject, 1)
		_, err8 := (&tx{reader: r}).ReviewWithHeadForUpdate(t.Context(), subject, 1, 1, "p")
		_, _, err15 := (&tx{reader: r}).PostInReviewForUpdate(t.Context(), w, "p", 0, "p")
		_, err9 := r.OpenProposals(t.Context(), w, "p", advocacy.MaximumOpenProposals)
		_, err10 := r.OpenFeedProposals(t.Context(), w, "f", advocacy.MaximumFeedProposals)
		_, err11 := r.DueFeeds(t.Context(), now, 5)
		_, err12 := r.SeenEntries(t.Context(), w, "f", []string{"a", "b"})
		_, err13 := (&tx{reader: r}).FreeShares(t.Context(), w, "i", advocacy.PostScheduled, 5)
		_, err14 := r.MergedMembers(t.Context(), w, []advocacy.PersonID{"a", "b"})
		return first(ignoreMissing(err15), err14, err13, ignoreMissing(err1), ignoreMissing(err2), err3, err4, err5, ignoreMissing(err6), ignoreMissing(err7), ignoreMissing(err8), err9, err10, err11, err12)
	})
}

// everyTaskList reads the turns of one query in every order, as the attention set, and
// narrowed to what is rare.
func everyTaskList(run func(what string, list func(r reader, p workflow.Page) error), q workflow.TaskQuery) {
	for _, order := range []workflow.TaskOrder{"", workflow.OrderUrgency, workflow.OrderMade} {
		for mask := range 4 {
			q.Order, q.Attention, q.Language = order, mask&1 != 0, ""
			if mask&2 != 0 {
				q.Language = "fi"
			}
			if q.Attention && q.Person == "" {
				continue
			}
			what := fmt.Sprintf("Tasks %q %q %q %q by %q %02b", q.Person, q.State, q.Roles, q.Subject.ID, order, mask)
			if q.Subject.ID != "" && order != "" {
				what = fewRows + what
			}
			run(what, func(r reader, p workflow.Page) error {
				if p.After != "" && order != workflow.OrderMade {
					p.After = "7|id"
				}
				q.Page = p
				_, _, err := r.Tasks(context.Background(), q)
				return err
			})
		}
	}
}

// fewRows begins the name of a list that sorts what it finds: the turns of one subject
// are few.
const fewRows = "few rows: "

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if advocacy.KindOf(err) == advocacy.NotFound {
		return nil
	}
	return err
}

// crowd fills the tables that grow, so that PostgreSQL plans for what production is.
var crowd = []string{
	"SET session_replication_role = replica",
	"INSERT INTO workspaces VALUES ('w', '', '', '', 0, 0)",
	`INSERT INTO posts SELECT 'w', 'p' || i, 'a', '', 'i', 1, 1, NULL, '', '', false,
		CASE WHEN i % 2 = 0 THEN 'draft' ELSE 'approved' END, 1, now(), now() FROM generate_series(1, 20000) i`,
	// No two of an item's traits go together, so that every combination of filters has many.
	`INSERT INTO library_items SELECT 'w', 'i' || i, 'title', CASE WHEN i % 7 < 3 THEN 't' ELSE 'u' END, 'o', 1, i % 5, 1, 1,
		NULL, NULL, '', '', false, CASE WHEN i % 3 = 0 THEN 'draft' ELSE 'approved' END, 1, now(), now()
		FROM generate_series(1, 20000) i`,
	`INSERT INTO item_searches (workspace_id, item_id, edition, shown, head) SELECT 'w', 'i' || i, 1,
		(CASE WHEN i % 400 = 0 THEN '@w rare:1 =rare:1 common:3' ELSE '@w common:1 =common:1 other:3' END)::tsvector, ''
		FROM generate_series(1, 20000) i`,
	// Everything is on the wall, and every third in a kind of French.
	`INSERT INTO item_offers SELECT 'w', p.language, p.network, 'i' || i, i % 5 > 0, true FROM generate_series(1, 20000) i,
		(VALUES ('fr', 'wall'), ('fr', ''), ('fr-ca', 'wall'), ('fr-ca', ''), ('en', 'wall'), ('en', ''), ('', 'wall')) p(language, network)
		WHERE p.language NOT LIKE 'fr%' OR i % 3 = 0`,
	"INSERT INTO topics VALUES ('w', 't', '', '', false, 1), ('w', 'u', '', '', true, 1)",
	`INSERT INTO review_tasks SELECT 'w', 'k' || i, 'post', 'p' || i, 1, 'legal', chr(97 + i % 3), CASE WHEN i % 2 = 0 THEN 'open'
		ELSE 'done' END, 'd', 'title', 'p', 'en', 'original', '[]', 0, 1, NULL, now() + i * interval '1 second', now(), '["x"]',
		'requirement_open', now(), CASE WHEN i % 5 = 0 THEN 'p' ELSE 'role:' || chr(97 + i % 3) END, 0,
		to_char(now() + i * interval '1 second', 'YYYYMMDDHH24') || lpad(i::text, 29, '0'), NULL, NULL, NULL, 0, NULL, NULL
		FROM generate_series(1, 20000) i`,
	`INSERT INTO decisions SELECT 'w', 'd' || i, 'post', 'p' || i, 1, 'd', 'legal', CASE WHEN i % 2 = 0 THEN 'approver:legal' ELSE 'approver:pr' END,
		'p', 's', CASE WHEN i % 3 = 0 THEN 'recuse' ELSE 'approve' END, '', 'p', 1, '', now() + i * interval '1 second' FROM generate_series(1, 20000) i`,
	"INSERT INTO sketches SELECT 'w', 't' || i, '' FROM generate_series(1, 20000) i",
	"INSERT INTO sketch_bands SELECT 'w', i % 10000, 't' || i FROM generate_series(1, 20000) i",
	"INSERT INTO rejected_texts SELECT 'w', 't' || i, 'd' || i % 100 FROM generate_series(1, 20000) i",
	`INSERT INTO publications SELECT 'w', 'x' || i, 'post', 'p' || i % 10, i, 1, 'd', 'a', 'wall', CASE WHEN i % 2 = 0 THEN 'sending'
		ELSE 'published' END, 'd', now(), NULL, 1, now() + i * interval '1 second', '', '', '', '', '', 0, 1, now(), now()
		FROM generate_series(1, 20000) i`,
	"INSERT INTO publication_writers SELECT 'w', 'm1', 'x' || i FROM generate_series(1, 20000) i",
	`INSERT INTO recalls SELECT 'w', 'c' || i, 'i' || i % 100, 'library', '', 'p', '', now(), now(), CASE WHEN i % 2 = 0 THEN now() END, 1
		FROM generate_series(1, 20000) i`,
	"INSERT INTO recall_copies SELECT 'w', 'c' || i, 'x' || i FROM generate_series(1, 20000) i",
	`INSERT INTO cases SELECT 'w', 'c' || i, 'gone', 'p' || i % 10, 'x' || i, 'a', 'wall', '', '', '',
		CASE WHEN i % 2 = 0 THEN 'open' ELSE 'closed' END, CASE WHEN i % 2 = 0 THEN '' ELSE 'tolerated' END, '', '', 1, now(), now(), NULL
		FROM generate_series(1, 20000) i`,
	`INSERT INTO audit_records (workspace_id, id, record_time, actor_kind, actor_workspace, person_id, key_id, session_id, roles,
		action, subject, parent, request_id) SELECT 'w', 'r' || i, now(), 'human', 'w', 'p', '', '', '[]',
		CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END, 's', 'p', '' FROM generate_series(1, 20000) i`,
	`INSERT INTO members SELECT 'w', 'm' || i, '', '', '', '', 'active', NULL, '[]', 1 FROM generate_series(1, 20000) i`,
	`INSERT INTO member_roles SELECT 'w', 'm' || i, 'r', now() FROM generate_series(1, 20000) i`,
	"ANALYZE",
}

// counted is a pool that asks PostgreSQL how many rows each step of a query touched.
type counted struct {
	gorm.ConnPool
	t    *testing.T
	what string
}

// QueryContext runs the query with a count of its steps, and then for its rows.
func (p counted) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.t.Helper()
	// More than a few pages' worth of rows, far less than a table. A search looks at more of
	// them, in their order.
	most := 300
	if strings.HasPrefix(p.what, "SearchItems") {
		most = nearby
	}
	rows, err := p.ConnPool.QueryContext(ctx, "EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) "+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var plan []string
	var touched int
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		plan = append(plan, line)
		var n int
		if _, after, found := strings.Cut(line, "actual rows="); found {
			fmt.Sscan(after, &n)
		} else if _, after, found := strings.Cut(line, "Rows Removed by Filter:"); found {
			fmt.Sscan(after, &n)
		}
		touched = max(touched, n)
	}
	if touched > most {
		p.t.Errorf("%s: a step touched %d rows\n%s", p.what, touched, strings.Join(plan, "\n"))
	}
	return p.ConnPool.QueryContext(ctx, query, args...)
}

// TestPlansPostgres holds the same on PostgreSQL, whose planner may change its mind with
// the data: in tables of twenty thousand rows no page of five touches more than some
// hundreds.
func TestPlansPostgres(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Config{DSN: testpg.New(t), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	session, err := s.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for _, statement := range crowd {
		if _, err := session.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	everyList(t, s, func(what string) gorm.ConnPool { return counted{s.pool, t, what} })
}
