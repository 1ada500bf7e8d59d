package web

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// kiosk is the public API as far as a share needs it: an item with a span to write in, and a service
// that renders it otherwise whenever it is asked.
type kiosk struct {
	// renderings counts the previews. Each has a digest of its own.
	renderings int
	// digests are those that something was sent with.
	digests []string
	made    *imprimaturv1.Post
	// crowded are where too many say the same.
	crowded []*imprimaturv1.CrowdedText
}

// rendered is the digest of the nth rendering.
func rendered(n int) string { return "sha256:" + strings.Repeat(string(rune('a'+n)), 64) }

const (
	kioskItem    = "workspaces/acme/libraryItems/0190"
	kioskAccount = "workspaces/acme/socialAccounts/0191"
	kioskMember  = "workspaces/acme/members/0192"
)

func (s *kiosk) Invoke(_ context.Context, _ string, in, out any, _ ...grpc.CallOption) error {
	content := &imprimaturv1.Content{Language: "en", Text: "Open day. I will be there."}
	target := &imprimaturv1.Target{SocialAccount: kioskAccount, Network: "wall", Language: "en", Text: content.GetText()}
	var answer proto.Message
	switch asked := in.(type) {
	case *imprimaturv1.GetSessionRequest:
		answer = &imprimaturv1.Session{
			Name: "workspaces/acme/sessions/0190", Member: kioskMember, DisplayName: "Ada Lovelace", Roles: []string{"employee"},
			Permissions: []string{"items.share", "items.read", "posts.create", "posts.preview"}, ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
		}
	case *imprimaturv1.GetWorkspaceRequest:
		answer = &imprimaturv1.Workspace{DisplayName: "Acme", TimeZone: "Europe/Paris"}
	case *imprimaturv1.GetLibraryItemRequest:
		answer = &imprimaturv1.LibraryItem{
			Name: kioskItem, Title: "Open day", Sharable: true, Networks: []string{"wall"}, Content: content, Targets: []*imprimaturv1.Target{target},
			EditPolicy: &imprimaturv1.EditPolicy{Mode: imprimaturv1.EditPolicy_SPANS, Spans: []*imprimaturv1.EditSpan{{Text: "I will be there.", MaxCharacters: 60}}},
		}
	case *imprimaturv1.ListSocialAccountsRequest:
		answer = &imprimaturv1.ListSocialAccountsResponse{SocialAccounts: []*imprimaturv1.SocialAccount{
			{Name: kioskAccount, Owner: kioskMember, Network: "wall", Personal: true, State: imprimaturv1.SocialAccount_READY},
		}}
	case *imprimaturv1.PreviewPostRequest:
		if text := asked.GetPost().GetContent().GetText(); text != "" {
			content.Text, target.Text = text, text
		}
		answer = &imprimaturv1.PreviewPostResponse{Content: content, Targets: []*imprimaturv1.Target{target}, Digest: rendered(s.renderings), CrowdedTexts: s.crowded, Edit: imprimaturv1.PreviewPostResponse_UNEDITED}
		s.renderings++
	case *imprimaturv1.CreatePostRequest:
		s.made = asked.GetPost()
		answer = &imprimaturv1.Post{Name: "workspaces/acme/posts/0193", Digest: rendered(s.renderings)}
	case *imprimaturv1.SubmitPostRequest:
		s.digests = append(s.digests, asked.GetDigest())
		answer = &imprimaturv1.Post{Name: asked.GetName(), State: imprimaturv1.Post_SCHEDULED}
	case *imprimaturv1.ShareLibraryItemRequest:
		s.digests = append(s.digests, asked.GetDigest())
		answer = &imprimaturv1.Post{Name: "workspaces/acme/posts/0194", State: imprimaturv1.Post_SCHEDULED}
	default:
		return nil
	}
	proto.Merge(out.(proto.Message), answer)
	return nil
}

func (s *kiosk) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unimplemented, "no streams here")
}

var (
	sheets    = regexp.MustCompile(`(?s)<form method="post" action="[^"]*/share".*?</form>`)
	carriedIn = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// carriedBy is what the form that sends a share carries.
func carriedBy(t *testing.T, body string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, field := range carriedIn.FindAllStringSubmatch(sheets.FindString(body), -1) {
		form.Add(field[1], html.UnescapeString(field[2]))
	}
	if len(form["digest"]) != 1 {
		t.Fatalf("the form carries %v:\n%s", form, body)
	}
	return form
}

// A share is sent with the digest of what was on the screen, as the item says it or with other words
// in its spans, though the service would render it otherwise by now: to compare the two is the
// service's part, and it refuses.
func TestTheDigestOnTheScreenIsSent(t *testing.T) {
	t.Parallel()
	for what, words := range map[string]string{"with other words": "I bake the cake.", "as the item says it": ""} {
		s := &kiosk{}
		b := &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: s}), make(map[string]*http.Cookie)}
		b.signIn("imps_mine")
		address, query := "/w/acme/library/0190/share", url.Values{"account": {kioskAccount}}
		if words != "" {
			query.Set("words-0", words)
		}
		shown := b.get(address + "?" + query.Encode())
		form := carriedBy(t, shown.Body.String())
		onScreen := rendered(s.renderings - 1)
		if got := form.Get("digest"); got != onScreen {
			t.Fatalf("%s: the form carries %.12s, shown is %.12s", what, got, onScreen)
		}
		if words != "" {
			wantIn(t, shown.Body.String(), "Open day. I bake the cake.")
		}
		form.Set("when", "now")
		if w := b.post(address, form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: status %d\n%s", what, w.Code, w.Body)
		}
		if !slices.Equal(s.digests, []string{onScreen}) {
			t.Errorf("%s: sent with %.12q, on the screen was %.12s", what, s.digests, onScreen)
		}
		if got := s.made.GetContent().GetText(); words != "" && got != "Open day. I bake the cake." {
			t.Errorf("%s: %q was written", what, got)
		}

		// Words that were typed after the screen was made go with the digest of the screen all the same.
		later := carriedBy(t, b.get(address+"?"+query.Encode()).Body.String())
		onScreen, s.digests = rendered(s.renderings-1), nil
		later.Set("when", "now")
		later.Set("words-0", "Nobody saw this.")
		b.post(address, later)
		if !slices.Equal(s.digests, []string{onScreen}) {
			t.Errorf("%s, typed since: sent with %.12q, on the screen was %.12s", what, s.digests, onScreen)
		}
	}
}

// Where too many say the same, each text that can go out now is a button that chooses it.
func TestTheFreeTextsAreNamed(t *testing.T) {
	t.Parallel()
	s := &kiosk{crowded: []*imprimaturv1.CrowdedText{{Network: "wall", NearPosts: 3, FreeTime: timestamppb.New(time.Now().Add(time.Hour)), FreeAlternatives: []string{"", "short & sweet"}}}}
	b := &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: s}), make(map[string]*http.Cookie)}
	b.signIn("imps_mine")
	body := b.get("/w/acme/library/0190/share?" + url.Values{"account": {kioskAccount}}.Encode()).Body.String()
	wantIn(t, html.UnescapeString(body), "3 colleagues say the same", "Another of its texts can go out now:",
		">The usual one</a>", ">short & sweet</a>", "alternative=short+%26+sweet&language=en")
	if !strings.Contains(body, "The next free time:") || !strings.Contains(body, `value="now" formnovalidate disabled`) {
		t.Error("it can go out now")
	}
}

// What a card says for other networks is told once a text, in the language of the card alone.
func TestOtherCopies(t *testing.T) {
	t.Parallel()
	target := func(network, language, text, alternative string) *imprimaturv1.Target {
		return &imprimaturv1.Target{Network: network, Language: language, Text: text, Alternative: alternative}
	}
	shown := target("wall", "fr", "Long.", "")
	targets := []*imprimaturv1.Target{
		target("wall", "en", "Long, in English.", ""), shown, target("mastodon", "fr", "Court.", ""), target("linkedin", "fr", "Long.", ""),
		target("x", "fr", "Court.", ""), target("wall", "fr", "Autrement.", "second"), target("bluesky", "fr", "Plus court.", ""),
	}
	var said []string
	for _, one := range otherCopies(targets, shown) {
		text := ""
		for _, p := range one.Text {
			text += p.Text
		}
		said = append(said, strings.Join(one.Networks, " ")+": "+text)
	}
	if want := []string{"mastodon x: Court.", "bluesky: Plus court."}; !slices.Equal(said, want) {
		t.Errorf("the card says %q, want %q", said, want)
	}
}
