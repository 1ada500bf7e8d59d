package storetest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// staleVersions holds that whoever saves what somebody else has changed is told so, and
// that the first change stays.
func staleVersions(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	item := &advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), State: advocacy.ItemDraft}
	topic := &advocacy.Topic{Workspace: h.ws, ID: advocacy.TopicID(id("topic"))}
	key := &advocacy.APIKey{Workspace: h.ws, ID: advocacy.KeyID(id("key")), Owner: h.author, SecretHash: []byte(id("secret"))}
	x, hold, role := h.publication(), h.hold(), &advocacy.RoleDef{Workspace: h.ws, Role: "custom"}
	handle := h.handle()
	account := &advocacy.SocialAccount{Workspace: h.ws, ID: advocacy.AccountID(id("account")), State: advocacy.AccountReady}
	member, post, review := h.member(advocacy.PersonID(id("person"))), h.post(), h.firstReview(h.draft)
	review.Round = number()
	calendar, delegation := h.calendar(), h.delegation()
	for name, c := range map[string]struct {
		reason    string
		add, save func(ctx context.Context, tx workflow.Tx) error
		version   *int64
	}{
		"Calendar": {"CALENDAR_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddCalendar(ctx, calendar) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveCalendar(ctx, calendar) }, &calendar.Version},
		"Delegation": {"DELEGATION_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddDelegation(ctx, delegation) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveDelegation(ctx, delegation) }, &delegation.Version},
		"Post": {"POST_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddPost(ctx, post) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SavePost(ctx, post) }, &post.Version},
		"Item": {"ITEM_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddItem(ctx, item) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveItem(ctx, item) }, &item.Version},
		"Topic": {"TOPIC_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddTopic(ctx, topic) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveTopic(ctx, topic) }, &topic.Version},
		"Member": {"MEMBER_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddMember(ctx, member) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveMember(ctx, member) }, &member.Version},
		"Role": {"ROLE_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.PutRole(ctx, role) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.PutRole(ctx, role) }, &role.Version},
		"APIKey": {"API_KEY_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddAPIKey(ctx, key) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveAPIKey(ctx, key) }, &key.Version},
		"Account": {"ACCOUNT_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddAccount(ctx, account, nil) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveAccount(ctx, account, nil) }, &account.Version},
		"Handle": {"HANDLE_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddHandle(ctx, handle) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveHandle(ctx, handle) }, &handle.Version},
		"Review": {"REVIEW_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddReview(ctx, review) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveReview(ctx, review) }, &review.Version},
		"Publication": {"PUBLICATION_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, x) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SavePublication(ctx, x) }, &x.Version},
		"Hold": {"HOLD_CHANGED",
			func(ctx context.Context, tx workflow.Tx) error { return tx.AddHold(ctx, hold) },
			func(ctx context.Context, tx workflow.Tx) error { return tx.SaveHold(ctx, hold) }, &hold.Version},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := *h
			h.t = t
			h.update(c.add)
			if *c.version != 1 {
				t.Fatalf("a new one has version %d", *c.version)
			}
			h.update(c.save)
			if *c.version != 2 {
				t.Fatalf("after a change the version is %d", *c.version)
			}
			*c.version = 1
			h.refused(advocacy.Conflict, c.reason, c.save)
		})
	}
}

// oldEpoch holds that who lost the fence cannot write, even with the right version.
func oldEpoch(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	x := h.publication()
	x.Epoch = 5
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, x) })
	x.Epoch = 4
	h.refused(advocacy.Conflict, "PUBLICATION_CHANGED", func(ctx context.Context, tx workflow.Tx) error {
		return tx.SavePublication(ctx, x)
	})
}

// otherBytes holds that the schema refuses a decision or a publication on other bytes
// than the review's, and a review of other bytes than the revision's.
func otherBytes(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	other := advocacy.DigestOf([]byte("other bytes"))
	h.refused(advocacy.Conflict, "REVISION_CHANGED", func(ctx context.Context, tx workflow.Tx) error {
		d := h.decision()
		d.Digest = other
		return tx.AddDecision(ctx, d)
	})
	h.refused(advocacy.Conflict, "REVISION_CHANGED", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddSuggestion(ctx, &advocacy.Suggestion{
			Subject: h.review.Subject, ID: "g", Revision: 1, Digest: other, Person: h.approver, State: advocacy.SuggestionOpen,
		})
	})
	h.refused(advocacy.Conflict, "REVISION_CHANGED", func(ctx context.Context, tx workflow.Tx) error {
		x := h.publication()
		x.Digest = other
		return tx.AddPublication(ctx, x)
	})
	h.refused(advocacy.Conflict, "REVISION_CHANGED", func(ctx context.Context, tx workflow.Tx) error {
		r := h.firstReview(h.draft)
		r.Round, r.Digest = 2, other
		return tx.AddReview(ctx, r)
	})
}

// liveOnce holds that a revision has one live publication on an account, and that a dead
// one does not stand in the way.
func liveOnce(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	for _, state := range advocacy.PublicationStates() {
		first, second := h.publication(), h.publication()
		first.State, first.Revision = state, number()
		second.Revision = first.Revision
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, first) })
		add := func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, second) }
		if state.Live() {
			h.refused(advocacy.Exists, "PUBLICATION_EXISTS", add)
		} else {
			h.update(add)
		}
	}
}

// danglingReferences holds that nothing names what does not exist.
func danglingReferences(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	nobody := advocacy.PersonID("nobody")
	for reason, write := range map[string]func(ctx context.Context, tx workflow.Tx) error{
		"REFERENCE_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			p := h.post()
			p.Author = nobody
			return tx.AddPost(ctx, p)
		},
		"ROLE_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddMember(ctx, h.member(nobody, "no such role"))
		},
		"MEMBER_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddSession(ctx, &advocacy.Session{Workspace: h.ws, ID: id("session"), Person: nobody, TokenHash: []byte("x")})
		},
		"PUBLICATION_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddAttempt(ctx, &advocacy.Attempt{Workspace: h.ws, Publication: "none"})
		},
		"TOPIC_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddItem(ctx, &advocacy.LibraryItem{Workspace: h.ws, ID: "i", Topic: "none", State: advocacy.ItemDraft})
		},
		"REVISION_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			d := h.thread()
			d.Revision = 9
			return tx.AddThread(ctx, d)
		},
		"THREAD_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddComment(ctx, &advocacy.Comment{Subject: h.review.Subject, Thread: "none", ID: "c", Person: h.author})
		},
		"REVIEW_NOT_FOUND": func(ctx context.Context, tx workflow.Tx) error {
			return tx.PutTasks(ctx, workflow.Task{Workspace: h.ws, ID: "t", Subject: h.draft.Subject(), Round: 9, State: workflow.TaskOpen, Why: advocacy.WhyStuck})
		},
	} {
		h.refused(advocacy.NotFound, reason, write)
	}
}

// roleDeletion holds that a role somebody holds, or one of the service's, stays.
func roleDeletion(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	const held, free advocacy.Role = "held", "free"
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, role := range []advocacy.Role{held, free} {
			if err := tx.PutRole(ctx, &advocacy.RoleDef{Workspace: h.ws, Role: role}); err != nil {
				return err
			}
		}
		return tx.AddMember(ctx, h.member(advocacy.PersonID(id("person")), held))
	})
	before, err := s.Workspace(ctx(t), h.ws)
	if err != nil {
		t.Fatal(err)
	}
	remove := func(role advocacy.Role) func(context.Context, workflow.Tx) error {
		return func(ctx context.Context, tx workflow.Tx) error { return tx.DeleteRole(ctx, h.ws, role) }
	}
	h.refused(advocacy.Precondition, "ROLE_IN_USE", remove(held))
	h.refused(advocacy.Precondition, "ROLE_BUILTIN", remove(advocacy.RoleLegal))
	h.refused(advocacy.NotFound, "ROLE_NOT_FOUND", remove("none"))
	h.update(remove(free))
	_, err = s.Role(ctx(t), h.ws, free)
	wantError(t, err, advocacy.NotFound, "ROLE_NOT_FOUND")
	roles, version, err := s.RoleDefs(ctx(t), h.ws)
	if err != nil || len(roles) != 4 || version != before.PolicyVersion+1 {
		t.Fatalf("%d roles, policy version %d after %d: %v", len(roles), version, before.PolicyVersion, err)
	}
}

// mustStay are changes of rows that never change.
var mustStay = []string{
	"revisions SET manifest = manifest",
	"former_plans SET plan = '{}'",
	"decisions SET reason = 'other'",
	"view_receipts SET session_id = 'other'",
	"threads SET text = 'other'",
	"threads SET blocking = false",
	"suggestions SET note = 'other'",
	"proposals SET note = 'other'",
	"proposals SET proposer = NULL",
	"proposals SET feed_id = 'other'",
	"co_authors SET revision = revision + 1",
	"item_owners SET revision = revision + 1",
	"library_items SET author = 'other'",
	"comments SET text = 'other'",
	"audit_records SET action = 'other'",
	"routing_policies SET document = '{}'",
	"attempts SET body_digest = 'other', outcome = 'published'",
	"attempts SET answer = 'no receipt'",
	"calendar_revisions SET hours = '{}'",
	"delegations SET delegate = 'other'",
	"guideline_revisions SET texts = '[]'",
	"lexicon_revisions SET terms = '[]'",
	"lexicon_rechecks SET checked = 9",
	"disclosure_revisions SET rules = '[]'",
	"disclosure_rechecks SET checked = 9",
	"guideline_acknowledgements SET session_id = 'other'",
	"training_records SET expire_time = NULL",
	"training_revocations SET reason = 'other'",
	"training_courses SET digest = 'other'",
	"training_attempts SET results = '[true]'",
}

// appendOnly holds that the database itself refuses to change what must stay, whoever
// asks.
func appendOnly(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	x, thread := h.publication(), h.opened()
	attempt := &advocacy.Attempt{Workspace: h.ws, Publication: x.ID, Epoch: 1, Body: []byte("body"), BeginTime: start}
	guideline, training := h.published(1), h.trained(h.module().ID)
	training.Revocation = &advocacy.TrainingRevocation{Revoker: h.approver, Time: start}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, write := range []func() error{
			func() error { return tx.AddDecision(ctx, h.decision()) },
			func() error { _, err := tx.AddReceipt(ctx, h.receipt(start)); return err },
			func() error {
				return tx.AddComment(ctx, &advocacy.Comment{Subject: thread.Subject, Thread: thread.ID, ID: "c", Person: h.author})
			},
			func() error { return tx.AddFormerPlan(ctx, h.formerPlan()) },
			func() error { return tx.Record(ctx, h.record("a")) },
			func() error {
				return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{Workspace: h.ws, Policy: "p", Revision: 1, Active: true})
			},
			func() error {
				return tx.AddSuggestion(ctx, &advocacy.Suggestion{
					Subject: thread.Subject, ID: "g", Revision: 1, Digest: h.review.Digest, Person: h.author, State: advocacy.SuggestionOpen,
				})
			},
			func() error { return errors.Join(tx.AddProposal(ctx, h.proposal()), tx.AddHandle(ctx, h.handle())) },
			func() error { return tx.AddCoAuthor(ctx, h.coAuthor(h.approver)) },
			func() error {
				owned := &advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), Owner: h.approver, Head: 1, State: advocacy.ItemDraft}
				return errors.Join(tx.AddItem(ctx, owned), tx.AddRevision(ctx, h.revision(owned.Subject(), 1)), tx.AddItemOwner(ctx, owned, h.author))
			},
			func() error { return tx.AddPublication(ctx, x) },
			func() error { return tx.AddAttempt(ctx, attempt) },
			func() error { return tx.AddCalendar(ctx, h.calendar()) },
			func() error { return tx.AddDelegation(ctx, h.delegation()) },
			func() error { _, err := tx.AddAcknowledgement(ctx, acknowledgement(guideline, h.author)); return err },
			func() error { return tx.AddTrainingRecord(ctx, training) },
			func() error { return tx.AddLexiconRevision(ctx, h.lexicon(1)) },
			func() error { return tx.AddDisclosureRevision(ctx, h.told(1)) },
			func() error {
				return tx.AddDisclosureRecheck(ctx, &advocacy.DisclosureRecheck{Workspace: h.ws, Table: advocacy.DefaultDisclosures, Number: 1, EndTime: start})
			},
			func() error {
				return tx.AddLexiconRecheck(ctx, &advocacy.LexiconRecheck{Workspace: h.ws, Lexicon: advocacy.DefaultLexicon, Number: 1, EndTime: start})
			},
			func() error { _, err := tx.AddTrainingRevocation(ctx, training); return err },
			func() error { return tx.AddTrainingCourse(ctx, h.course(training.Module, 1)) },
			func() error { return tx.AddTrainingAttempt(ctx, h.answered(training.Module, 1)) },
		} {
			if err := write(); err != nil {
				return err
			}
		}
		return nil
	})
	end := func(ctx context.Context, tx workflow.Tx) error {
		ended := *attempt
		ended.Outcome, ended.EndTime = "published", start.Add(time.Second)
		return tx.EndAttempt(ctx, &ended)
	}
	where := fmt.Sprintf(" WHERE workspace_id = '%s'", h.ws)
	forbidden := func(statement string) {
		t.Helper()
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement+where); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	for _, name := range []string{
		"revisions", "former_plans", "decisions", "view_receipts", "threads", "comments", "suggestions", "proposals", "audit_records", "routing_policies", "attempts",
		"calendar_revisions", "delegations", "co_authors", "item_owners", "guideline_revisions", "guideline_acknowledgements", "training_records", "training_revocations", "training_courses", "training_attempts", "lexicon_revisions", "lexicon_rechecks", "disclosure_revisions", "disclosure_rechecks", "registered_handles",
	} {
		forbidden("DELETE FROM " + name)
	}
	for _, change := range mustStay {
		forbidden("UPDATE " + change)
	}
	h.update(end)
	h.refused(advocacy.Conflict, "ATTEMPT_ENDED", end)
	forbidden("UPDATE attempts SET outcome = 'refused'")
	if _, err := s.SQLWriter().ExecContext(ctx(t), "UPDATE routing_policies SET active = false"+where); err != nil {
		t.Error(err)
	}
}

// knownStates holds that the lists in the schema are those of package advocacy.
func knownStates(t *testing.T, s *store.Store) {
	for _, c := range []struct {
		table, column string
		want          []string
	}{
		{"posts", "state", texts(advocacy.PostStates())},
		{"library_items", "state", texts(advocacy.ItemStates())},
		{"reviews", "state", texts(advocacy.ReviewStates())},
		{"publications", "state", texts(advocacy.PublicationStates())},
		{"publications", "evidence", []string{"", string(advocacy.Answered), string(advocacy.Found), string(advocacy.Told)}},
		{"publications", "shown", texts(advocacy.ShownStates())},
		{"cases", "kind", texts(advocacy.CaseKinds())},
		{"cases", "state", texts(advocacy.CaseStates())},
		{"cases", "resolution", append([]string{""}, texts(advocacy.CaseResolutions())...)},
		{"member_traits", "kind", texts(advocacy.TraitKinds())},
		{"item_audiences", "kind", texts(advocacy.TraitKinds())},
		{"former_plans", "cause", texts(advocacy.PlanCauses())},
		{"decisions", "verdict", texts(advocacy.Verdicts())},
		{"suggestions", "state", texts(advocacy.SuggestionStates()[:3])}, // the last is derived
		{"proposals", "state", texts(advocacy.ProposalStates())},
		{"threads", "state", texts(advocacy.ThreadStates())},
		{"policy_simulations", "state", texts(workflow.SimulationStates())},
		{"social_accounts", "state", texts(advocacy.AccountStates())},
		{"registered_handles", "kind", texts(advocacy.HandleKinds())},
		{"registered_handles", "status", texts(advocacy.HandleStatuses())},
		{"holds", "scope", texts(advocacy.HoldScopes())},
		{"deadlines", "state", texts(advocacy.DeadlineStates())},
		{"members", "state", []string{string(advocacy.MemberActive), string(advocacy.MemberDisabled)}},
		{"review_tasks", "state", []string{string(workflow.TaskOpen), string(workflow.TaskDone)}},
		{"review_tasks", "alone", append([]string{""}, texts(advocacy.Alones())...)},
		{"revisions", "subject_kind", []string{string(advocacy.SubjectPost), string(advocacy.SubjectItem)}},
		{"reviews", "subject_kind", []string{string(advocacy.SubjectPost), string(advocacy.SubjectItem)}},
		{"audit_records", "actor_kind", []string{string(advocacy.Human), string(advocacy.Machine), string(advocacy.System)}},
	} {
		got := checked(t, s, c.table, c.column)
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s.%s may be %q, want %q", c.table, c.column, got, c.want)
		}
	}
}

func texts[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

var literal = regexp.MustCompile(`'([^']*)'`)

// checked reads the values a CHECK constraint allows from the database's own catalogue.
func checked(t *testing.T, s *store.Store, table, column string) []string {
	t.Helper()
	query := "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '" + table + "'"
	part := regexp.MustCompile(`(?s)CHECK \(` + column + ` IN \((.*?)\)\)`)
	if s.Dialect() == "postgres" {
		query = "SELECT string_agg(pg_get_constraintdef(oid), E'\n') FROM pg_constraint WHERE contype = 'c' AND conrelid = '" +
			table + "'::regclass"
		part = regexp.MustCompile(`CHECK \(\(` + column + ` = ANY \(ARRAY\[(.*)\]`)
	}
	var text string
	if err := s.SQLWriter().QueryRowContext(ctx(t), query).Scan(&text); err != nil {
		t.Fatal(err)
	}
	found := part.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("%s.%s has no CHECK in\n%s", table, column, text)
	}
	var values []string
	for _, m := range literal.FindAllStringSubmatch(strings.ReplaceAll(found[1], "::text", ""), -1) {
		values = append(values, m[1])
	}
	return values
}

// caseSensitive holds that ids that differ in the case of a letter are different things.
func caseSensitive(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	lower, upper := h.post(), h.post()
	lower.ID = advocacy.PostID(id("post") + "a")
	upper.ID = advocacy.PostID(strings.ToUpper(string(lower.ID)))
	lower.Note, upper.Note = "lower", "upper"
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddPost(ctx, lower); err != nil {
			return err
		}
		return tx.AddPost(ctx, upper)
	})
	for _, want := range []*advocacy.Post{lower, upper} {
		got, err := s.Post(ctx(t), h.ws, want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	_, err := s.Post(ctx(t), advocacy.WorkspaceID(strings.ToUpper(string(h.ws))), lower.ID)
	wantError(t, err, advocacy.NotFound, "POST_NOT_FOUND")
}
