package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// all is a page that holds everything a test makes.
var all = workflow.Page{Size: 1000, Oldest: true}

// wantKeys compares what a list shows with what it should.
func wantKeys[T any](t *testing.T, what string, want []string, key func(T) string) func(got []T, next string, err error) {
	return func(got []T, next string, err error) {
		t.Helper()
		keys, next, err := keysOf(key)(got, next, err)
		if err != nil || next != "" || !slices.Equal(keys, want) {
			t.Errorf("%s: %q, next %q, %v; want %q", what, keys, next, err, want)
		}
	}
}

// pick returns the keys of those that a filter lets through.
func pick[T any](values []T, key func(T) string, ok func(T) bool) []string {
	keys := []string{}
	for _, v := range values {
		if ok(v) {
			keys = append(keys, key(v))
		}
	}
	return keys
}

// filters holds that a list with any combination of its filters shows exactly what
// passes all of them.
func filters(t *testing.T, s *store.Store) {
	t.Run("Posts", func(t *testing.T) { postFilters(t, newHouse(t, s)) })
	t.Run("Publications", func(t *testing.T) { publicationFilters(t, newHouse(t, s)) })
	t.Run("Recalls", func(t *testing.T) { recallFilters(t, newHouse(t, s)) })
	t.Run("Cases", func(t *testing.T) { caseFilters(t, newHouse(t, s)) })
	t.Run("AuditRecords", func(t *testing.T) { recordFilters(t, newHouse(t, s)) })
	t.Run("Holds", func(t *testing.T) { holdFilters(t, newHouse(t, s)) })
	t.Run("Members", func(t *testing.T) { memberFilters(t, newHouse(t, s)) })
}

func postFilters(t *testing.T, h *house) {
	item := &advocacy.LibraryItem{Workspace: h.ws, ID: advocacy.ItemID(id("item")), State: advocacy.ItemDraft}
	posts := []advocacy.Post{*h.draft}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddItem(ctx, item); err != nil {
			return err
		}
		posts = posts[:1]
		for i := range 8 {
			p := h.post()
			p.Author = []advocacy.PersonID{h.author, h.approver}[i%2]
			p.State = []advocacy.PostState{advocacy.PostDraft, advocacy.PostFailed}[i/2%2]
			p.Item = []advocacy.ItemID{"", item.ID}[i/4%2]
			if err := tx.AddPost(ctx, p); err != nil {
				return err
			}
			posts = append(posts, *p)
		}
		return nil
	})
	key := func(p advocacy.Post) string { return string(p.ID) }
	for _, author := range []advocacy.PersonID{"", h.author, "nobody"} {
		for _, state := range []advocacy.PostState{"", advocacy.PostFailed} {
			for _, from := range []advocacy.ItemID{"", item.ID} {
				want := pick(posts, key, func(p advocacy.Post) bool {
					return (author == "" || p.Author == author) && (state == "" || p.State == state) && (from == "" || p.Item == from)
				})
				q := workflow.PostQuery{Page: all, Workspace: h.ws, Author: author, State: state, Item: from}
				wantKeys(t, string(author)+string(state)+string(from), want, key)(h.s.Posts(ctx(t), q))
				q.Shared = true
				want = pick(posts, key, func(p advocacy.Post) bool {
					return (author == "" || p.Author == author) && (state == "" || p.State == state) && (from == "" || p.Item == from) && p.Item != ""
				})
				wantKeys(t, "shared "+string(author)+string(state)+string(from), want, key)(h.s.Posts(ctx(t), q))
			}
		}
	}
	for limit := range 4 {
		want := pick(posts, key, func(p advocacy.Post) bool { return p.State == advocacy.PostFailed && p.Item == item.ID })
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			found, err := tx.FreeShares(ctx, h.ws, item.ID, advocacy.PostFailed, limit)
			wantKeys(t, "free", want[:min(limit, len(want))], func(p advocacy.PostID) string { return string(p) })(found, "", err)
			return err
		})
	}
}

func publicationFilters(t *testing.T, h *house) {
	var made []advocacy.Publication
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		made = nil
		for i := range 4 {
			x := h.publication()
			x.Revision = number()
			x.State = []advocacy.PublicationState{advocacy.Scheduled, advocacy.Unknown}[i%2]
			if err := tx.AddPublication(ctx, x); err != nil {
				return err
			}
			made = append(made, *x)
		}
		return nil
	})
	key := func(x advocacy.Publication) string { return string(x.ID) }
	for _, post := range []advocacy.PostID{"", h.draft.ID, "none"} {
		for _, account := range []advocacy.AccountID{"", h.account, "none"} {
			for _, state := range []advocacy.PublicationState{"", advocacy.Unknown} {
				want := pick(made, key, func(x advocacy.Publication) bool {
					return (post == "" || x.Post == post) && (account == "" || x.Account == account) && (state == "" || x.State == state)
				})
				q := workflow.PublicationQuery{Page: all, Workspace: h.ws, Post: post, Account: account, State: state}
				wantKeys(t, string(post)+string(account)+string(state), want, key)(h.s.Publications(ctx(t), q))
			}
		}
	}
	of, err := h.s.PublicationsOf(ctx(t), h.ws, h.draft.ID)
	wantKeys(t, "PublicationsOf", pick(made, key, func(advocacy.Publication) bool { return true }), key)(of, "", err)
}

func recordFilters(t *testing.T, h *house) {
	// The first is none, as a bound, and some time, of a record.
	instant := func(n int) time.Time {
		if n == 0 {
			return time.Time{}
		}
		return start.Add(time.Duration(n) * time.Hour)
	}
	var made []advocacy.AuditRecord
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		made = nil
		for i := range 8 {
			a := h.record([]string{"post.created", "post.submitted"}[i%2])
			a.Actor.Person = []advocacy.PersonID{h.author, ""}[i/2%2]
			a.Parent = []string{"", "posts/1"}[i/4%2]
			a.Time = instant(i)
			made = append(made, a)
		}
		return tx.Record(ctx, made...)
	})
	key := func(a advocacy.AuditRecord) string { return string(a.ID) }
	for _, parent := range []string{"", "posts/1"} {
		for _, action := range []string{"", "post.submitted"} {
			for _, person := range []advocacy.PersonID{"", h.author} {
				for _, span := range [][2]int{{}, {2, 0}, {0, 5}, {2, 5}, {5, 5}, {6, 2}, {8, 0}} {
					from, until := instant(span[0]), instant(span[1])
					want := pick(made, key, func(a advocacy.AuditRecord) bool {
						return (parent == "" || a.Parent == parent) && (action == "" || a.Action == action) && (person == "" || a.Actor.Person == person) &&
							(from.IsZero() || !a.Time.Before(from)) && (until.IsZero() || a.Time.Before(until))
					})
					q := workflow.RecordQuery{Page: all, Workspace: h.ws, Parent: parent, Action: action, Person: person, From: from, Until: until}
					wantKeys(t, fmt.Sprint(parent, action, person, span), want, key)(h.s.AuditRecords(ctx(t), q))
				}
			}
		}
	}
}

func holdFilters(t *testing.T, h *house) {
	var made []advocacy.Hold
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		made = nil
		for i := range 4 {
			v := h.hold()
			v.Scope = []advocacy.HoldScope{advocacy.HoldNetwork, advocacy.HoldPost}[i%2]
			if i/2%2 == 1 {
				v.ReleaseTime = start.Add(time.Hour)
			}
			if err := tx.AddHold(ctx, v); err != nil {
				return err
			}
			made = append(made, *v)
		}
		return nil
	})
	key := func(v advocacy.Hold) string { return string(v.ID) }
	for _, active := range []bool{false, true} {
		for _, scope := range []advocacy.HoldScope{"", advocacy.HoldPost} {
			want := pick(made, key, func(v advocacy.Hold) bool {
				return (!active || v.Active()) && (scope == "" || v.Scope == scope)
			})
			q := workflow.HoldQuery{Page: all, Workspace: h.ws, Active: active, Scope: scope}
			wantKeys(t, string(scope), want, key)(h.s.Holds(ctx(t), q))
		}
	}
}

func memberFilters(t *testing.T, h *house) {
	gone := h.member(advocacy.PersonID(id("person")), advocacy.RoleLegal)
	gone.State = advocacy.MemberDisabled
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMember(ctx, gone) })
	key := func(m advocacy.Member) string { return string(m.Person) }
	for _, c := range []struct {
		role  advocacy.Role
		state advocacy.MemberState
		want  []advocacy.PersonID
	}{
		{"", "", []advocacy.PersonID{h.author, h.approver, gone.Person}},
		{advocacy.RoleLegal, "", []advocacy.PersonID{h.approver, gone.Person}},
		{"", advocacy.MemberActive, []advocacy.PersonID{h.author, h.approver}},
		{advocacy.RoleLegal, advocacy.MemberDisabled, []advocacy.PersonID{gone.Person}},
		{"none", "", nil},
	} {
		q := workflow.MemberQuery{Page: all, Workspace: h.ws, Role: c.role, State: c.state}
		wantKeys(t, string(c.role)+string(c.state), texts(c.want), key)(h.s.Members(ctx(t), q))
	}
	byID, err := h.s.MembersByID(ctx(t), h.ws, []advocacy.PersonID{h.approver, "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	want := h.member(h.approver, advocacy.RoleLegal, advocacy.RolePR)
	want.Version = 1
	same(t, map[advocacy.PersonID]*advocacy.Member{h.approver: want}, byID)

	merged := h.member(advocacy.PersonID(id("merged")), advocacy.RolePR)
	merged.MergedInto = h.approver
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMember(ctx, merged) })
	byID, err = h.s.MergedMembers(ctx(t), h.ws, []advocacy.PersonID{h.approver, h.author, ""})
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[advocacy.PersonID]*advocacy.Member{merged.Person: merged}, byID)
}

// queue holds that a person sees the open turns of the own roles that do not exclude
// the person, in due order; and what putting and closing turns does.
func queue(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	legal, pr, done, mine := h.task(0), h.task(1), h.task(2), h.task(4)
	done.State = workflow.TaskDone
	mine.Excluded = []advocacy.PersonID{"somebody", h.approver}
	legal.DueTime, pr.DueTime, mine.DueTime, done.DueTime = start.Add(2*time.Hour), start.Add(time.Hour), start, start
	pr.Person = "somebody asked"
	legal.Alone, pr.Alone, pr.Rules = advocacy.AloneVeto, "", "0123456789abcdef"
	legal.Author, legal.Language, legal.Networks, legal.Origin = "ann", "fi", []advocacy.Network{"wall"}, advocacy.OriginLibrary
	legal.Snoozes = []workflow.Snooze{{Person: h.approver, Until: start.Add(time.Hour)}}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, legal, pr, done, mine) })

	key := func(k workflow.Task) string { return string(k.ID) }
	both := []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR, advocacy.RoleLegal}
	ids := func(tasks ...workflow.Task) []string {
		return pick(tasks, key, func(workflow.Task) bool { return true })
	}
	for what, c := range map[string]struct {
		q    workflow.TaskQuery
		want []string
	}{
		"mine":           {workflow.TaskQuery{Person: h.approver, Roles: both, State: workflow.TaskOpen}, ids(pr, legal)},
		"one role":       {workflow.TaskQuery{Person: h.approver, Roles: both[:1], State: workflow.TaskOpen}, ids(legal)},
		"no role":        {workflow.TaskQuery{Person: h.approver, State: workflow.TaskOpen}, nil},
		"another person": {workflow.TaskQuery{Person: "somebody else", Roles: both, State: workflow.TaskOpen}, ids(mine, pr, legal)},
		"part of a name": {workflow.TaskQuery{Person: h.approver[:3], Roles: both, State: workflow.TaskOpen}, ids(mine, pr, legal)},
		"everybody":      {workflow.TaskQuery{State: workflow.TaskOpen}, ids(mine, pr, legal)},
		"every state":    {workflow.TaskQuery{Roles: both}, ids(done, mine, pr, legal)},
		"of a subject":   {workflow.TaskQuery{Subject: h.draft.Subject(), State: workflow.TaskDone}, ids(done)},
		"subject, role":  {workflow.TaskQuery{Subject: h.draft.Subject(), Person: h.approver, Roles: both[1:2]}, ids(pr)},
		"lent": {workflow.TaskQuery{
			Person: "somebody else", Roles: both[:1], Lent: map[advocacy.Role][]advocacy.PersonID{advocacy.RoleLegal: {h.approver}}, State: workflow.TaskOpen,
		}, ids(legal)},
		"lent by two": {workflow.TaskQuery{
			Person: "somebody else", Roles: both[:1], State: workflow.TaskOpen,
			Lent: map[advocacy.Role][]advocacy.PersonID{advocacy.RoleLegal: {h.approver, "another"}},
		}, ids(mine, legal)},
		"held and lent": {workflow.TaskQuery{
			Person: "somebody else", Roles: both, Lent: map[advocacy.Role][]advocacy.PersonID{advocacy.RoleLegal: {h.approver}}, State: workflow.TaskOpen,
		}, ids(pr, legal)},
		"lent, of a subject": {workflow.TaskQuery{
			Subject: h.draft.Subject(), Person: "somebody else", Roles: both, State: workflow.TaskOpen,
			Lent: map[advocacy.Role][]advocacy.PersonID{advocacy.RoleLegal: {h.approver}},
		}, ids(pr, legal)},
		"another subject": {workflow.TaskQuery{Subject: advocacy.PostSubject(h.ws, "none")}, nil},
		"waiting":         {workflow.TaskQuery{Person: h.approver, Roles: both, Attention: true, State: workflow.TaskOpen, Now: start.Add(time.Hour)}, ids(legal)},
		"put off":         {workflow.TaskQuery{Person: h.approver, Roles: both, Attention: true, State: workflow.TaskOpen, Now: start}, nil},
		"asked alone":     {workflow.TaskQuery{Person: "somebody asked", Attention: true, State: workflow.TaskOpen, Order: workflow.OrderUrgency}, ids(pr)},
		"asked of another": {workflow.TaskQuery{
			Person: h.approver, Attention: true, State: workflow.TaskOpen, Order: workflow.OrderUrgency,
			StandsIn: map[advocacy.Role][]advocacy.PersonID{advocacy.RolePR: {"somebody asked"}},
		}, ids(pr)},
		"asked of a writer, of whom one stands in": {workflow.TaskQuery{
			Person: h.author, Attention: true, State: workflow.TaskOpen,
			StandsIn: map[advocacy.Role][]advocacy.PersonID{advocacy.RolePR: {"somebody asked"}},
		}, nil},
		"by its author":   {workflow.TaskQuery{State: workflow.TaskOpen, Author: "ann"}, ids(legal)},
		"in a language":   {workflow.TaskQuery{State: workflow.TaskOpen, Order: workflow.OrderUrgency, Language: "fi"}, ids(legal)},
		"on a network":    {workflow.TaskQuery{Network: "wall"}, ids(legal)},
		"of an origin":    {workflow.TaskQuery{Origin: advocacy.OriginLibrary}, ids(legal)},
		"overdue":         {workflow.TaskQuery{State: workflow.TaskOpen, OverdueAt: start.Add(time.Hour)}, ids(mine)},
		"overdue, urgent": {workflow.TaskQuery{State: workflow.TaskOpen, Order: workflow.OrderUrgency, OverdueAt: start.Add(time.Hour)}, ids(mine)},
		"oldest first":    {workflow.TaskQuery{State: workflow.TaskOpen, Order: workflow.OrderMade}, ids(legal, pr, mine)},
	} {
		c.q.Page, c.q.Workspace = all, h.ws
		wantKeys(t, what, c.want, key)(s.Tasks(ctx(t), c.q))
	}

	turnsOfRound(t, h, legal)
}

// expiredReviews holds that the timer sees live, unapproved reviews whose time ran out.
func expiredReviews(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	long := start.Add(-time.Hour * 24 * 365)
	want := map[int]bool{}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, state := range advocacy.ReviewStates() {
			r := h.firstReview(h.draft)
			r.Round, r.State, r.ExpireTime = number(), state, long
			want[r.Round] = state.Live() && state != advocacy.ReviewApproved
			if err := tx.AddReview(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	// Others use the same database at the same time.
	expired := func(at time.Time) map[int]bool {
		found, err := s.ExpiredReviews(ctx(t), at, 1000)
		if err != nil {
			t.Fatal(err)
		}
		own := map[int]bool{}
		for _, r := range found {
			if r.Subject == h.draft.Subject() {
				own[r.Round] = true
			}
		}
		return own
	}
	got := expired(long)
	for round, wanted := range want {
		if got[round] != wanted {
			t.Errorf("round %d is expired: %t, want %t", round, got[round], wanted)
		}
	}
	if early := expired(long.Add(-time.Microsecond)); len(early) != 0 {
		t.Errorf("a microsecond before there are %v", early)
	}
}

// rejectingRoles holds who rejected some bytes: each role once, and none that took it back.
func rejectingRoles(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	say := func(h *house, v advocacy.Verdict, role advocacy.Role, taken advocacy.DecisionID) advocacy.DecisionID {
		d := h.decision()
		d.Verdict, d.Role, d.Supersedes = v, role, taken
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddDecision(ctx, d) })
		return d.ID
	}
	want := func(w advocacy.WorkspaceID, roles ...advocacy.Role) {
		t.Helper()
		got, err := s.RejectingRoles(ctx(t), w, h.review.Digest)
		if err != nil || !slices.Equal(got, roles) {
			t.Errorf("rejected by %v (%v), want %v", got, err, roles)
		}
	}
	say(h, advocacy.Approve, "approver:tax", "")
	say(h, advocacy.RequestChanges, "approver:tax", "")
	want(h.ws)
	taken := say(h, advocacy.Reject, advocacy.RolePR, "")
	say(h, advocacy.Reject, advocacy.RoleLegal, "")
	say(h, advocacy.Reject, advocacy.RoleLegal, "")
	want(h.ws, advocacy.RoleLegal, advocacy.RolePR)
	say(h, advocacy.Retract, advocacy.RolePR, taken)
	want(h.ws, advocacy.RoleLegal)
	want(other.ws)
}

// connectedAccounts holds that an account is found by what a network calls it, that one account of a
// network is connected once, and that a token that is forgotten is gone.
func connectedAccounts(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	add := func(address, name string, owner advocacy.PersonID, personal bool) (advocacy.AccountID, error) {
		a := &advocacy.SocialAccount{
			Workspace: h.ws, ID: advocacy.AccountID(id("account")), Network: "mastodon", Owner: owner, Personal: personal,
			Address: address, ExternalID: name, State: advocacy.AccountReady,
		}
		return a.ID, s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error { return tx.AddAccount(ctx, a, []byte("sealed")) })
	}
	mine, err := add("https://a.example", "1", h.author, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []struct{ address, name string }{{"https://b.example", "1"}, {"https://a.example", "2"}, {"https://a.example", ""}, {"https://a.example", ""}} {
		if _, err := add(other.address, other.name, h.author, false); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := add("https://a.example", "1", h.approver, false); err == nil {
		t.Error("one account of a network was connected twice")
	}
	for name, want := range map[string]advocacy.AccountID{"1": mine, "": "", "9": ""} {
		found, err := s.AccountNamed(ctx(t), h.ws, "mastodon", "https://a.example", name)
		if err != nil {
			t.Fatal(err)
		}
		if found == nil && want != "" || found != nil && found.ID != want {
			t.Errorf("by %q it found %+v", name, found)
		}
	}
	of, err := s.ConnectedOf(ctx(t), h.ws, h.author)
	if err != nil || len(of) != 1 || of[0].ID != mine {
		t.Errorf("the author's own are %+v, %v", of, err)
	}
	beside, err := s.PersonalBeside(ctx(t), h.ws, []advocacy.AccountID{mine, h.account})
	if err != nil || !slices.Contains(beside, mine) {
		t.Errorf("the author's own are %v, %v", beside, err)
	}
	for _, id := range beside {
		if a, err := s.Account(ctx(t), h.ws, id); err != nil || !a.Personal || a.Owner != h.author {
			t.Errorf("beside the author's is %+v, %v", a, err)
		}
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.ForgetCredential(ctx, h.ws, mine) })
	if sealed, err := s.Credential(ctx(t), h.ws, mine); err != nil || sealed.Sealed != nil {
		t.Errorf("%v is kept of a token that was forgotten, %v", sealed, err)
	}
}

// knownBy holds that a network's name leads to the publications of its account that are known
// by it, and that what a look found is one publication's alone.
func knownBy(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	add := func(revision int, name string, how advocacy.Evidence) (*advocacy.Publication, error) {
		x := h.publication()
		x.State, x.Revision, x.ExternalID, x.Evidence = advocacy.Published, revision, name, how
		return x, s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, x) })
	}
	first, err := add(1, "114000", advocacy.Found)
	if err != nil {
		t.Fatal(err)
	}
	second, err := add(2, "114000", advocacy.Answered)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"", "", "114001"} {
		_, err = add(3+i, name, advocacy.Answered)
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string][]advocacy.PublicationID{"114000": {first.ID, second.ID}, "": nil, "9": nil} {
		slices.Sort(want)
		got, err := s.KnownBy(ctx(t), h.ws, h.account, name)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	if other, err := s.KnownBy(ctx(t), h.ws, "another", "114000"); err != nil || len(other) != 0 {
		t.Errorf("through another account it is %v, %v", other, err)
	}
	if _, err := add(9, "114000", advocacy.Found); err == nil {
		t.Error("a look found one post for two publications")
	}
}

// alike holds that of publications of some texts those are found, by their times, that are due
// or went out.
func alike(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	var want []time.Time
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for i, state := range advocacy.PublicationStates() {
			for j, likeness := range []advocacy.Digest{"one", "near", "other", ""} {
				x := h.publication()
				x.State, x.Likeness, x.Revision = state, likeness, 10*i+j+1
				x.DueTime = start.Add(-time.Duration(2*i+j) * time.Minute)
				if err := tx.AddPublication(ctx, x); err != nil {
					return err
				}
				if j < 2 && state.Live() && 2*i+j < 8 {
					want = append(want, x.DueTime)
				}
			}
		}
		return nil
	})
	slices.SortFunc(want, time.Time.Compare)
	got, err := s.Alike(ctx(t), h.ws, []advocacy.Digest{"one", "near"}, start.Add(-8*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, got)
	if none, err := s.Alike(ctx(t), h.ws, nil, start.Add(-8*time.Minute)); err != nil || len(none) != 0 {
		t.Errorf("of no texts there are %v, %v", none, err)
	}
}

// sketched holds that a text is found by a band of its sketch while something of it is due or
// went out, that it is kept once, and that each workspace has its own.
func sketched(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	of := func(text string) advocacy.Sketch {
		return advocacy.SketchOf(advocacy.Rendering{Network: "wall", Text: text})
	}
	out, late, never := of("It goes out to everybody."), of("This one is long gone."), of("Nobody ever sees that.")
	add := func(sketch advocacy.Sketch, state advocacy.PublicationState, due time.Time, revision int) {
		t.Helper()
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			x := h.publication()
			x.State, x.Likeness, x.DueTime, x.Revision = state, sketch.Likeness, due, revision
			if err := tx.AddPublication(ctx, x); err != nil {
				return err
			}
			return tx.KeepSketch(ctx, h.ws, sketch)
		})
	}
	add(out, advocacy.Scheduled, start, 1)
	add(out, advocacy.Published, start, 2)
	add(late, advocacy.Published, start.Add(-time.Hour), 3)
	add(never, advocacy.Cancelled, start, 4)
	find := func(w advocacy.WorkspaceID, bands []int64, want ...advocacy.Sketch) {
		t.Helper()
		got, err := s.Sketches(ctx(t), w, bands, start.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	every := slices.Concat(out.Bands(), late.Bands(), never.Bands())
	find(h.ws, every, out)
	for _, band := range out.Bands() {
		find(h.ws, []int64{1, band}, out)
	}
	find(h.ws, []int64{1, 2})
	find(h.ws, nil)
	find("another", every)
}
