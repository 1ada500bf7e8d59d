package web

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// What was taken back is not offered to be seen where a look found it gone, and is to be looked for
// where nobody could.
func TestWhereAPublicationIs(t *testing.T) {
	t.Parallel()
	const url = "https://wall.example/1"
	gone := &imprimaturv1.Publication_ReadBack{State: imprimaturv1.Publication_ReadBack_GONE, CheckTime: timestamppb.New(time.Date(2026, 11, 28, 4, 0, 0, 0, time.UTC))}
	for _, one := range []struct {
		state imprimaturv1.Publication_State
		look  *imprimaturv1.Publication_ReadBack
		want  string
		link  bool
	}{
		{imprimaturv1.Publication_PUBLISHED, nil, "See it", true},
		// Its author took it down there, or nobody knows: the link shows what is so.
		{imprimaturv1.Publication_PUBLISHED, gone, "See it", true},
		{imprimaturv1.Publication_RECALLED, nil, "See whether it is gone", true},
		{imprimaturv1.Publication_RECALLED, &imprimaturv1.Publication_ReadBack{State: imprimaturv1.Publication_ReadBack_SAME}, "See whether it is gone", true},
		{imprimaturv1.Publication_RECALLED, gone, "Gone. Looked for", false},
	} {
		var body bytes.Buffer
		p := page{visitor: &visitor{workspace: "alder", zone: time.UTC}, Language: "en"}
		data := map[string]any{"Page": p, "One": &imprimaturv1.Publication{State: one.state, Url: url, ReadBack: one.look}, "See": "See it"}
		if err := ownPages()["posts-post"]().ExecuteTemplate(&body, "publication-place", data); err != nil {
			t.Fatal(err)
		}
		if got := body.String(); !strings.Contains(got, one.want) || strings.Contains(got, url) != one.link {
			t.Errorf("%v, %v: %s", one.state, one.look, got)
		}
	}
}

// What the sample company never shows is drawn here, in both languages: what is published by hand,
// differences, and an account about to be connected.
func TestRarePages(t *testing.T) {
	t.Parallel()
	const account, member = "workspaces/alder/socialAccounts/1", "workspaces/alder/members/1"
	now := timestamppb.New(time.Date(2026, 11, 28, 4, 0, 0, 0, time.UTC))
	handed := &imprimaturv1.Publication{
		Name: "workspaces/alder/posts/1/publications/2", SocialAccount: account, Network: "handoff", State: imprimaturv1.Publication_HANDED_OVER,
		ConfirmDeadline: now, Etag: "7", Opened: true,
	}
	shown := &imprimaturv1.Case{
		Name: "workspaces/alder/cases/1", Kind: imprimaturv1.Case_DIFFERS, SocialAccount: account, State: imprimaturv1.Case_OPEN, SignedText: "Ash.", ShownText: "Ask.", SeenTime: now,
	}
	signed, seen := compared(shown.GetSignedText(), shown.GetShownText())
	mastodon := &imprimaturv1.SocialAccount{Name: account, DisplayName: "Alder", Network: "mastodon", Owner: member, State: imprimaturv1.SocialAccount_RECONNECT, AttestDueTime: now, ExternalId: "9", Grantor: "workspaces/alder/members/2", ConnectTime: now}
	for name, one := range map[string]struct {
		data any
		want []string
	}{
		"publications-handoff": {[]row{{Publication: handed, Text: "Ash.", Address: "/w/alder/posts/1/publications/2"}}, []string{`/publications/2/open"`}},
		"publications-open": {parcel{
			Publication: handed, Address: "/w/alder/posts/1/publications/2", Share: "https://x.com/intent/post?text=Ash.", Files: []attachment{{"/w/alder/media/1", "1.png", "image/png", "A chair"}},
			Handoff: &imprimaturv1.Handoff{Text: "Ash.", Language: "en", Deadline: now, Disclosure: imprimaturv1.Disclosure_DISCLOSURE_EMPLOYEE},
		}, []string{`>Ash.</p>`, `data-copy="package"`, `href="https://x.com/intent/post?text=Ash."`, `download="1.png"`, `/confirm"`, `/decline"`}},
		"publications-one": {publicationPage{
			Publication: &imprimaturv1.Publication{
				Name: "workspaces/alder/posts/1/publications/3", SocialAccount: account, Network: "mastodon", State: imprimaturv1.Publication_RECALLED, RecallReason: "A wrong number.",
			}, Address: "/w/alder/posts/1/publications/3", Text: "Ash.",
		}, []string{"<dd>A wrong number.</dd>"}},
		"cases":     {caseList{Open: true, Cases: []caseRow{{shown, "Ash."}}, Next: "n"}, []string{"/w/alder/cases/1", ">Ash.</p>"}},
		"cases-one": {casePage{Case: shown, Signed: signed, Shown: seen, Endings: []string{"TOLERATED"}}, []string{"<del>h</del>", "<ins>k</ins>", `/cases/1/close"`}},
		"accounts-one": {accountPage{
			accountRow: accountRow{SocialAccount: mastodon, Mine: true, Overdue: true}, Address: "/w/alder/accounts/1", Connects: true, Tokens: true, SignIn: true,
			Start: &imprimaturv1.StartConnectionResponse{Address: "https://mastodon.social/oauth/authorize?x=1", ExpireTime: now},
		}, []string{`href="https://mastodon.social/oauth/authorize?x=1"`, `/attest"`, `/disconnect"`, `<dd>Grace · <time `}},
		"policy-simulation": {simulationData{
			Running: true, Number: "2", Revision: &imprimaturv1.RoutingPolicyRevision{},
			Simulation: &imprimaturv1.RoutingPolicySimulation{State: imprimaturv1.RoutingPolicySimulation_RUNNING, Replayed: 200, Total: 1250, Member: member, CreateTime: now},
		}, []string{`<progress max="1250" value="200"`, "1250"}},
		"accounts-new": {newAccounts{Account: &imprimaturv1.SocialAccount{Name: account, Secret: "whsec_1"}}, []string{"whsec_1"}},
	} {
		for _, language := range catalogue.Languages() {
			v := &visitor{
				workspace: "alder", zone: time.UTC, me: &imprimaturv1.Session{Member: member, Permissions: []string{"cases.close", "accounts.connect"}},
				members: map[string]*imprimaturv1.Member{member: {DisplayName: "Ada"}, "workspaces/alder/members/2": {DisplayName: "Grace"}}, accounts: map[string]*imprimaturv1.SocialAccount{account: mastodon},
			}
			var body bytes.Buffer
			err := ownPages()[name]().ExecuteTemplate(&body, "app", page{visitor: v, Language: language, House: &house{}, Data: one.data})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			for _, want := range one.want {
				if !strings.Contains(body.String(), want) {
					t.Errorf("%s: no %s in %s", name, want, body.String())
				}
			}
			if at := strings.Index(body.String(), "web.publications."); at >= 0 {
				t.Errorf("%s: no words for %.60s", name, body.String()[at:])
			}
		}
	}
}

// What was taken back is not said to appear.
func TestFateOf(t *testing.T) {
	t.Parallel()
	gone := &imprimaturv1.Publication_ReadBack{State: imprimaturv1.Publication_ReadBack_GONE}
	for want, p := range map[string]*imprimaturv1.Publication{
		"":         {State: imprimaturv1.Publication_SCHEDULED},
		"out":      {State: imprimaturv1.Publication_PUBLISHED},
		"gone":     {State: imprimaturv1.Publication_PUBLISHED, ReadBack: gone},
		"recalled": {State: imprimaturv1.Publication_RECALLED, ReadBack: gone},
		"never":    {State: imprimaturv1.Publication_CANCELLED},
		"unknown":  {State: imprimaturv1.Publication_UNKNOWN},
	} {
		if got := fateOf(p); got != want || want != "" && !catalogue.Has("web.sheet."+want) {
			t.Errorf("%s is %q, want %q in words", p.GetState(), got, want)
		}
	}
}

// A post that was stopped before its time is not said to appear, whether or not anything was to be sent.
func TestFateOfTargets(t *testing.T) {
	t.Parallel()
	for state, want := range map[imprimaturv1.Post_State]string{
		imprimaturv1.Post_DRAFT: "", imprimaturv1.Post_IN_REVIEW: "", imprimaturv1.Post_SCHEDULED: "",
		imprimaturv1.Post_REJECTED: "never", imprimaturv1.Post_WITHDRAWN: "never", imprimaturv1.Post_RECALLED: "recalled",
	} {
		p := &imprimaturv1.Post{State: state, Targets: []*imprimaturv1.Target{{SocialAccount: "a", Network: "wall", Text: "Ash."}}}
		if state == imprimaturv1.Post_RECALLED {
			p.Publications = []*imprimaturv1.Publication{{SocialAccount: "a", State: imprimaturv1.Publication_RECALLED}}
		}
		shown := &postPage{Post: p}
		shown.targets(&visitor{})
		if got := shown.Targets[0].Sheet.Fate; got != want {
			t.Errorf("of a post that is %s is said %q, want %q", state, got, want)
		}
	}
}

// An attempt with a bare code is told in words, and what a person said stays as it is.
func TestTried(t *testing.T) {
	t.Parallel()
	p := page{visitor: &visitor{}, Language: "fr"}
	if got := p.Tried(&imprimaturv1.Attempt{Answer: "HOLD"}); got != p.T("blocker.HOLD") {
		t.Errorf("a code is told as %q", got)
	}
	if got := p.Tried(&imprimaturv1.Attempt{Answer: "Not mine."}); got != "Not mine." {
		t.Errorf("words are told as %q", got)
	}
}

// Two texts are marked where they part, and what nobody sees is shown as what it is.
func TestCompared(t *testing.T) {
	t.Parallel()
	signed, shown := compared("An ash chair.", "An ash\u200b chair!")
	if diff := cmp.Diff([]piece{{"", "An ash", ""}, {"del", " chair.", ""}}, signed); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]piece{{"", "An ash", ""}, {"code", "U+200B", ""}, {"ins", " chair!", ""}}, shown); diff != "" {
		t.Error(diff)
	}
}

// An address carries publications in a short form that names only those of the workspace.
func TestShortNames(t *testing.T) {
	t.Parallel()
	v := &visitor{workspace: "alder"}
	names := []string{"workspaces/alder/posts/1/publications/2", "workspaces/alder/posts/3/publications/4"}
	if diff := cmp.Diff(names, v.long(strings.Join(shortNames(names), " "))); diff != "" {
		t.Error(diff)
	}
	if got := v.postName("https://imprimatur.example/w/alder/posts/7/publications/8?x=1"); got != "workspaces/alder/posts/7" {
		t.Errorf("a pasted address names %s", got)
	}
}

// A text in a list is cut between words.
func TestBrief(t *testing.T) {
	t.Parallel()
	if got := brief("One\n\n two"); got != "One two" {
		t.Errorf("%q", got)
	}
	if got := brief(strings.Repeat("ash ", 60)); !strings.HasSuffix(got, "ash…") || len([]rune(got)) > briefLength+1 {
		t.Errorf("%q", got)
	}
}
