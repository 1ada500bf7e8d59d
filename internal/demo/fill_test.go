package demo_test

import (
	"context"
	"encoding/base32"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/demo"
	"github.com/imprimatur-hq/imprimatur/internal/demo/demotest"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// etag is how the doors write versions.
func etag(version int64) string {
	coding := base32.HexEncoding.WithPadding(base32.NoPadding)
	return strings.ToLower(coding.EncodeToString([]byte("v" + strconv.FormatInt(version, 10))))
}

// accepted remembers what became of a picture: every story of this process shows the
// same ones.
var accepted sync.Map

func accept(data []byte) (workflow.Accepted, error) {
	key := advocacy.DigestOf(data)
	if known, ok := accepted.Load(key); ok {
		return known.(workflow.Accepted), nil
	}
	p, err := media.Accept(data)
	u := workflow.Accepted{Blob: p.Digest, ContentType: p.ContentType, Width: p.Width, Height: p.Height, Data: p.Bytes}
	if err == nil {
		accepted.Store(key, u)
	}
	return u, err
}

// told is the sample, made once for all tests that begin with one; first is what its start left.
var (
	told  demotest.Folder
	first struct {
		report *demo.Report
		sample sample
	}
)

// tell makes the sample.
func tell(folder string) error {
	s, o, err := start(context.Background(), folder, "127.0.0.1:0")
	if err != nil {
		return err
	}
	if first.report, err = demo.Fill(context.Background(), o); err == nil {
		first.sample, err = read(context.Background(), s)
	}
	return errors.Join(err, s.Close())
}

func TestMain(m *testing.M) {
	code := m.Run()
	told.Remove()
	os.Exit(code)
}

// again opens a copy of the sample that was told, and fills it again.
func again(t *testing.T, listen string) (*app.Service, demo.Options, *demo.Report) {
	t.Helper()
	s, o := open(t, told.Copy(t, tell), listen)
	return s, o, fill(t, o)
}

// start opens the service on a folder, with the options of a story told in it.
func start(ctx context.Context, folder, listen string) (*app.Service, demo.Options, error) {
	c := config.Default()
	c.DataDir, c.Listen = folder, listen
	c.WebhookNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	clock := &demo.Clock{}
	s, err := app.Open(ctx, app.Options{Config: c, Now: clock.Now, Logger: slog.New(slog.DiscardHandler), Patience: time.Minute})
	if err != nil {
		return nil, demo.Options{}, err
	}
	return s, demo.Options{
		Flow: s.Flow, Clock: clock, Roles: authz.DefaultRoles(), Accept: accept, Publish: s.Worker.Sweep, ETag: etag,
		Recall: func(ctx context.Context, job workflow.PublicationJob) error {
			args, err := json.Marshal(job)
			if err != nil {
				return err
			}
			return s.Worker.Recall(ctx, args)
		},
	}, nil
}

func open(t *testing.T, folder, listen string) (*app.Service, demo.Options) {
	t.Helper()
	s, o, err := start(t.Context(), folder, listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, o
}

func fill(t *testing.T, o demo.Options) *demo.Report {
	t.Helper()
	r, err := demo.Fill(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var page = workflow.Page{Size: 200}

// sample is everything of a workspace that a second start must find again.
type sample struct {
	Posts        []advocacy.Post
	Items        []advocacy.LibraryItem
	Members      []advocacy.Member
	Accounts     []advocacy.SocialAccount
	Publications []advocacy.Publication
	Holds        []advocacy.Hold
	Media        []advocacy.Media
	Proposals    []advocacy.Proposal
}

func read(ctx context.Context, s *app.Service) (sample, error) {
	var out sample
	var errs [8]error
	w := demo.Workspace
	out.Posts, _, errs[0] = s.Store.Posts(ctx, workflow.PostQuery{Workspace: w, Page: page})
	out.Items, _, errs[1] = s.Store.Items(ctx, workflow.ItemQuery{Workspace: w, Page: page})
	out.Members, _, errs[2] = s.Store.Members(ctx, workflow.MemberQuery{Workspace: w, Page: page})
	out.Accounts, _, errs[3] = s.Store.Accounts(ctx, workflow.AccountQuery{Page: page, Workspace: w})
	out.Publications, _, errs[4] = s.Store.Publications(ctx, workflow.PublicationQuery{Workspace: w, Page: page})
	out.Holds, _, errs[5] = s.Store.Holds(ctx, workflow.HoldQuery{Workspace: w, Page: page})
	out.Media, _, errs[6] = s.Store.MediaList(ctx, w, page)
	out.Proposals, _, errs[7] = s.Store.Proposals(ctx, workflow.ProposalQuery{Workspace: w, Page: page})
	return out, errors.Join(errs[:]...)
}

func TestFill(t *testing.T) {
	t.Parallel()
	s, o, r := again(t, "127.0.0.1:0")
	got, err := read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}

	states := make(map[advocacy.PostState]int)
	for _, p := range got.Posts {
		states[p.State]++
	}
	want := map[advocacy.PostState]int{
		advocacy.PostDraft: 3, advocacy.PostInReview: 5, advocacy.PostChangesRequested: 1, advocacy.PostRejected: 1,
		advocacy.PostScheduled: 2, advocacy.PostPublished: 6, advocacy.PostRecalled: 1, advocacy.PostWithdrawn: 1,
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("states of the posts:\n%s", diff)
	}
	shelf := make(map[advocacy.ItemState]int)
	for _, i := range got.Items {
		shelf[i.State]++
	}
	if diff := cmp.Diff(map[advocacy.ItemState]int{
		advocacy.ItemDraft: 1, advocacy.ItemInReview: 2, advocacy.ItemChangesRequested: 1, advocacy.ItemApproved: 9, advocacy.ItemWithdrawn: 1,
	}, shelf); diff != "" {
		t.Errorf("states of the library:\n%s", diff)
	}
	tray := make(map[advocacy.ProposalState]int)
	for _, p := range got.Proposals {
		tray[p.State]++
		if p.State == advocacy.ProposalDeclined && p.Reason == "" {
			t.Errorf("nobody told why %q was declined", p.Title)
		}
	}
	if diff := cmp.Diff(map[advocacy.ProposalState]int{advocacy.ProposalProposed: 1, advocacy.ProposalDeclined: 1}, tray); diff != "" {
		t.Errorf("states of the proposals:\n%s", diff)
	}
	if !slices.ContainsFunc(got.Items, func(i advocacy.LibraryItem) bool {
		return i.State == advocacy.ItemInReview && i.InForce == 1 && i.Head == 2
	}) {
		t.Error("no item has a revision in review while another is in force")
	}
	if webhooks := slices.DeleteFunc(slices.Clone(got.Accounts), func(a advocacy.SocialAccount) bool { return a.Network != "webhook" }); len(webhooks) != 1 || webhooks[0].State != advocacy.AccountDisabled {
		t.Errorf("webhook accounts that nobody listens to: %+v", webhooks)
	}
	if len(got.Holds) != 1 || got.Holds[0].Active() {
		t.Errorf("holds: %+v", got.Holds)
	}
	if n := len(r.People); n != len(got.Members) || r.Posts != len(got.Posts) || r.Items != len(got.Items) || r.Shown != 6 {
		t.Errorf("the report counts wrongly: %d people, %d posts, %d items, %d shown", n, r.Posts, r.Items, r.Shown)
	}
	checkPast(t, o, got)
	checkSigned(t, s, got)
	checkTold(t, s, got)
}

// checkTold: of a draft that names the company and chooses nothing its readers are told what its
// author is to it, since that was said once.
func checkTold(t *testing.T, s *app.Service, got sample) {
	t.Helper()
	told := 0
	for _, p := range got.Posts {
		head, err := s.Store.Revision(t.Context(), p.Subject(), p.Head)
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := advocacy.ParseManifest(head.Manifest)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range manifest.Targets {
			if head.Content.Disclosure == advocacy.DisclosureNone && p.Item == "" && target.Rendering.Disclosure == advocacy.DisclosureEmployee {
				told++
			}
		}
	}
	if told != 1 {
		t.Errorf("a stated relation is told %d times", told)
	}
}

// checkPast: history is past, spread over weeks, and only wishes lie ahead.
func checkPast(t *testing.T, o demo.Options, got sample) {
	t.Helper()
	now := o.Clock.Now()
	days := make(map[string]bool)
	for _, p := range got.Posts {
		days[p.CreateTime.Format("2006-01-02")] = true
		if p.CreateTime.After(now) || p.UpdateTime.After(now) {
			t.Errorf("post %s was written in the future", p.ID)
		}
	}
	if len(days) < 8 {
		t.Errorf("everything happened on %d days", len(days))
	}
	for _, x := range got.Publications {
		if (x.State == advocacy.Scheduled) != x.DueTime.After(now) {
			t.Errorf("publication %s is %s and due at %s", x.ID, x.State, x.DueTime)
		}
		if x.State == advocacy.Published && x.UpdateTime.Sub(x.DueTime) > 10*60*1e9 {
			t.Errorf("publication %s went out late: due %s, out %s", x.ID, x.DueTime, x.UpdateTime)
		}
	}
}

// checkSigned: whatever went out, or will, stands on signatures for legal and for PR of
// people who did not write it: its own, or its item's.
func checkSigned(t *testing.T, s *app.Service, got sample) {
	t.Helper()
	for _, x := range got.Publications {
		sub := advocacy.PostSubject(x.Workspace, x.Post)
		review, err := s.Store.Review(t.Context(), sub, x.Round)
		if err != nil {
			t.Fatal(err)
		}
		digest := x.Digest
		if review.Library != nil {
			sub, digest = advocacy.ItemSubject(x.Workspace, review.Library.Item), review.Library.Digest
		}
		decisions, err := s.Store.Decisions(t.Context(), sub)
		if err != nil {
			t.Fatal(err)
		}
		var signed []string
		for _, d := range decisions {
			if d.Verdict == advocacy.Approve && d.Digest == digest && d.Person != review.Assent.Person && d.Session != "" {
				signed = append(signed, d.Requirement)
			}
		}
		slices.Sort(signed)
		want := []string{"legal", "pr"}
		if review.Origin == advocacy.OriginLibraryEdited { // of the item's words, with its author's relation told
			want = want[1:]
		}
		if diff := cmp.Diff(want, signed); diff != "" {
			t.Errorf("publication %s:\n%s", x.ID, diff)
		}
	}
}

// A second start on the same folder finds everything as it was, with new tokens.
func TestFillAgain(t *testing.T) {
	t.Parallel()
	s, _, second := again(t, "127.0.0.1:0")
	after, err := read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.sample, after); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
	if diff := cmp.Diff(first.report.Drafts, second.Drafts); diff != "" {
		t.Errorf("the prepared drafts changed:\n%s", diff)
	}
	id := advocacy.PostID(second.Drafts[1].Name[strings.LastIndex(second.Drafts[1].Name, "/")+1:])
	if m, err := s.Store.Revision(t.Context(), advocacy.PostSubject(demo.Workspace, id), 1); err != nil || len(m.Content.Media) != 1 {
		t.Errorf("the prepared draft lost its picture: %v", err)
	}
	for i, p := range second.People {
		q := first.report.People[i]
		if p.ID != q.ID || p.Token == q.Token || p.Token == "" {
			t.Errorf("%s: another person, or no new token", p.Name)
		}
	}
	if second.APIKey == "" || second.APIKey == first.report.APIKey {
		t.Error("there is no new API key")
	}
}

// What was interrupted is not taken for the sample.
func TestFillInterrupted(t *testing.T) {
	t.Parallel()
	_, o := open(t, t.TempDir(), "127.0.0.1:0")
	publish := o.Publish
	o.Publish = func(context.Context) error { return context.Canceled }
	if _, err := demo.Fill(t.Context(), o); err == nil {
		t.Fatal("a story that cannot be published was told")
	}
	o.Publish = publish
	if _, err := demo.Fill(t.Context(), o); err == nil || !strings.Contains(err.Error(), "empty folder") {
		t.Errorf("got %v, want advice to begin with an empty folder", err)
	}
}

// Where somebody listens, the webhook account is ready.
func TestWebhookAccount(t *testing.T) {
	t.Parallel()
	s, o := open(t, t.TempDir(), "127.0.0.1:0")
	o.WebhookAddress = "http://127.0.0.1:9/hook"
	fill(t, o)
	accounts, _, err := s.Store.Accounts(t.Context(), workflow.AccountQuery{Page: page, Workspace: demo.Workspace, Network: "webhook"})
	if err != nil || len(accounts) != 1 || accounts[0].State != advocacy.AccountReady || accounts[0].Address != o.WebhookAddress {
		t.Errorf("%+v, %v", accounts, err)
	}
}

func TestChooser(t *testing.T) {
	t.Parallel()
	s, _, r := again(t, "127.0.0.1:0")
	c := r.Chooser(s.Flow)
	people, err := c.People(t.Context())
	if err != nil || len(people) != len(r.People) {
		t.Fatalf("%d people, %v", len(people), err)
	}
	in, err := c.SignIn(t.Context(), people[0].GetName())
	if err != nil || in.GetToken() == "" || in.GetMember() != people[0].GetName() || len(in.GetRoles()) == 0 {
		t.Errorf("signed in as %v: %v", in, err)
	}
	for _, name := range []string{"", "workspaces/alder", "workspaces/other/members/" + string(r.People[0].ID)} {
		if in, err := c.SignIn(t.Context(), name); in != nil || err != nil {
			t.Errorf("%q: signed in as %v, %v", name, in, err)
		}
	}
}
