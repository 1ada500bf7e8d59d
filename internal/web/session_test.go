package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/web/hostiletest"
)

// office is the public API as far as signing in goes: one link, one session.
type office struct {
	ended bool
	// mu keeps calls: a page asks several things at once.
	mu    sync.Mutex
	calls []string
	// member is the id of who is signed in, states are those of his or her own accounts.
	member string
	states []imprimaturv1.SocialAccount_State
}

func (o *office) Invoke(ctx context.Context, method string, in, out any, _ ...grpc.CallOption) error {
	o.mu.Lock()
	o.calls = append(o.calls, method[strings.LastIndexByte(method, '/')+1:])
	o.mu.Unlock()
	md, _ := metadata.FromOutgoingContext(ctx)
	session := &imprimaturv1.Session{
		Name: "workspaces/acme/sessions/0190", Member: "workspaces/acme/members/" + cmp.Or(o.member, "0191"), DisplayName: "Ada Lovelace", Roles: []string{"employee"}, Permissions: []string{"posts.create", "items.share", "accounts.connect"},
		ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
	}
	switch asked := in.(type) {
	case *imprimaturv1.CreateSessionRequest:
		if asked.GetLinkSecret() != "impl_right" {
			return status.Error(codes.NotFound, "no")
		}
		session.Token = "imps_mine"
	case *imprimaturv1.DeleteSessionRequest:
		o.ended = true
		return nil
	case *imprimaturv1.GetSessionRequest:
		if o.ended || strings.Join(md.Get("authorization"), ",") != "Bearer imps_mine" {
			return status.Error(codes.Unauthenticated, "ended")
		}
	case *imprimaturv1.GetWorkspaceRequest:
		proto.Merge(out.(proto.Message), &imprimaturv1.Workspace{DisplayName: "Acme", TimeZone: "Europe/Paris"})
		return nil
	case *imprimaturv1.ListSocialAccountsRequest:
		list := &imprimaturv1.ListSocialAccountsResponse{}
		for n, state := range o.states {
			list.SocialAccounts = append(list.SocialAccounts, &imprimaturv1.SocialAccount{Name: fmt.Sprintf("workspaces/acme/socialAccounts/%d", n), Owner: session.Member, State: state})
		}
		proto.Merge(out.(proto.Message), list)
		return nil
	default:
		return status.Error(codes.Unimplemented, method)
	}
	proto.Merge(out.(proto.Message), session)
	return nil
}

func (o *office) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unimplemented, "no streams here")
}

func caller(o *office) *browser {
	return &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: o}), make(map[string]*http.Cookie)}
}

// The secret of a link is used by a button, alone or pasted with the whole link, and the session
// stays in a cookie that no script reads.
func TestUseLink(t *testing.T) {
	t.Parallel()
	for _, pasted := range []string{"impl_right", " https://sign.example.com/sign-in#impl_right\n"} {
		o := &office{}
		b := caller(o)
		w := b.post("/sign-in", url.Values{"secret": {pasted}, "next": {"/w/acme/posts?state=open"}})
		c := b.cookies[sessionCookie+"acme"]
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/w/acme/posts?state=open" || c == nil {
			t.Fatalf("status %d to %q with %v", w.Code, w.Header().Get("Location"), b.cookies)
		}
		if c.Value != "imps_mine" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge < 1 || c.MaxAge > 3600 {
			t.Errorf("the cookie is %+v", c)
		}
		if strings.Contains(w.Body.String()+w.Header().Get("Location"), "imps_") {
			t.Error("the token is shown")
		}
	}
}

func TestUseLinkRefused(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"", "impl_wrong", strings.Repeat("x", maxToken+1)} {
		b := caller(&office{})
		w := b.post("/sign-in", url.Values{"secret": {secret}, "next": {"/w/acme/queue"}})
		if w.Code != http.StatusUnprocessableEntity || len(b.cookies) != 0 {
			t.Errorf("%.20q: status %d, cookies %v", secret, w.Code, b.cookies)
		}
		wantIn(t, w.Body.String(), "This link does not work", `name="next" value="/w/acme/queue"`)
	}
}

// Who was sent somewhere after signing in stays on this service, and in the workspace signed in to.
func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"https://evil.example/w/acme/", "//evil.example", "/w/other/posts", "/w/acme/\\evil", "/w/acme/a\r\nb", "/w/acmeevil", ""} {
		b := caller(&office{})
		if w := b.post("/sign-in", url.Values{"secret": {"impl_right"}, "next": {next}}); w.Header().Get("Location") != "/w/acme" {
			t.Errorf("next %q leads to %q", next, w.Header().Get("Location"))
		}
	}
	wantOut(t, caller(&office{}).get("/sign-in?next=//evil.example").Body.String(), "evil")
}

// Who is not signed in, or no longer, is asked to and comes back; what was sent is not done.
func TestWhoIsNotSignedIn(t *testing.T) {
	t.Parallel()
	o := &office{}
	b := caller(o)
	if w := b.get("/w/acme/welcome?a=b"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in?next=%2Fw%2Facme%2Fwelcome%3Fa%3Db" {
		t.Errorf("status %d to %q", w.Code, w.Header().Get("Location"))
	}
	b.post("/sign-in", url.Values{"secret": {"impl_right"}})
	w := b.get("/w/acme/welcome")
	wantIn(t, w.Body.String(), "Ada Lovelace", "Acme", `href="/w/acme/compose"`)
	wantOut(t, w.Body.String(), "imps_", `href="/w/acme/queue"`)
	o.calls = nil
	b.get("/w/acme/media/0190")
	if len(o.calls) != 1 || o.calls[0] != "DownloadMedia" {
		t.Errorf("a picture asks %v", o.calls)
	}
	if w := b.get("/w/other/welcome"); w.Code != http.StatusSeeOther {
		t.Errorf("another workspace: status %d", w.Code)
	}
	if w := b.post("/w/acme/sign-out", nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); w.Code != http.StatusForbidden || o.ended {
		t.Errorf("signed out by another site: status %d", w.Code)
	}
	if w := b.post("/w/acme/sign-out", nil); w.Code != http.StatusSeeOther || !o.ended || b.cookies[sessionCookie+"acme"] != nil {
		t.Errorf("signing out: status %d, cookies %v", w.Code, b.cookies)
	}
	b.signIn("imps_mine")
	if w := b.get("/w/acme/welcome"); w.Code != http.StatusSeeOther || b.cookies[sessionCookie+"acme"] != nil {
		t.Errorf("an ended session: status %d, cookies %v", w.Code, b.cookies)
	}
}

// Who comes back goes on where the work is.
func TestFrontGoesOn(t *testing.T) {
	t.Parallel()
	b := caller(&office{})
	wantIn(t, b.get("/").Body.String(), "imprimatur init")
	b.signIn("imps_mine")
	if w := b.get("/"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/w/acme" {
		t.Errorf("status %d to %q", w.Code, w.Header().Get("Location"))
	}
	b.cookies[sessionCookie+"beta"] = &http.Cookie{Name: sessionCookie + "beta", Value: "imps_other"}
	wantIn(t, b.get("/").Body.String(), `href="/w/acme"`, `href="/w/beta"`)
}

// Whoever comes for the first time is told what there is to do, once: also the second person of one
// browser, and nobody who was sent somewhere.
func TestTheGuideComesOnce(t *testing.T) {
	t.Parallel()
	o := &office{}
	b := caller(o)
	b.signIn("imps_mine")
	b.get("/w/acme/posts")
	for n, step := range []struct{ member, want string }{
		{"0191", "/w/acme/welcome"}, {"0191", "/w/acme/library"}, {"0192", "/w/acme/welcome"}, {"0192", "/w/acme/library"}, {"0191", "/w/acme/library"},
	} {
		o.member = step.member
		if w := b.get("/w/acme"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != step.want {
			t.Errorf("step %d: status %d to %q, want %q", n, w.Code, w.Header().Get("Location"), step.want)
		}
	}
	wantIn(t, b.get("/w/acme/welcome").Body.String(), `href="/w/acme/library">Begin`)
	if c := b.cookies[welcomedCookie+"acme"]; c == nil || c.Value != "0191.0192" || !c.HttpOnly || !c.Secure {
		t.Errorf("the cookie is %+v", c)
	}
	for n := range 2 * maxWelcomed {
		o.member = fmt.Sprintf("%04d", n)
		b.get("/w/acme")
	}
	if c := b.cookies[welcomedCookie+"acme"]; strings.Count(c.Value, ".") != maxWelcomed-1 {
		t.Errorf("the cookie grows: %s", c.Value)
	}
}

// Who has no account that works is told to connect one, first of all.
func TestTheGuideConnects(t *testing.T) {
	t.Parallel()
	const ready, away, off = imprimaturv1.SocialAccount_READY, imprimaturv1.SocialAccount_RECONNECT, imprimaturv1.SocialAccount_DISABLED
	for want, states := range map[string][]imprimaturv1.SocialAccount_State{
		`href="/w/acme/accounts">Connect`: {}, `href="/w/acme/accounts">Connect your`: {off}, `href="/w/acme/accounts/1">Connect`: {off, away}, "": {away, ready},
	} {
		b := caller(&office{states: states})
		b.signIn("imps_mine")
		body := b.get("/w/acme/welcome").Body.String()
		if strings.Contains(body, "Connect your") != (want != "") || !strings.Contains(body, want) {
			t.Errorf("with accounts %v it lacks %q, or says too much: %s", states, want, body)
		}
	}
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	b := caller(&office{})
	w := b.post("/preferences", url.Values{"language": {"fr"}, "theme": {"dark"}, "back": {"/sign-in"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in" {
		t.Errorf("status %d to %q", w.Code, w.Header().Get("Location"))
	}
	wantIn(t, b.get("/sign-in").Body.String(), `<html lang="fr" data-theme="dark">`)
	b.post("/preferences", url.Values{"language": {"de"}, "theme": {"system"}})
	wantIn(t, b.get("/sign-in").Body.String(), `<html lang="fr">`)
	if w := b.post("/preferences", url.Values{"back": {"https://evil.example/"}}); w.Header().Get("Location") != "/" {
		t.Errorf("back to %q", w.Header().Get("Location"))
	}
}

// A sentence that another page left is one of the catalogue, once.
func TestHeard(t *testing.T) {
	t.Parallel()
	s := &site{}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, value := range []string{"", "!!", "e30", "eyJrIjoid2ViLnRpdGxlIn0"} {
		r.Header.Set("Cookie", saidCookie+"="+value)
		if one := s.heard(httptest.NewRecorder(), r); one != nil {
			t.Errorf("%q says %v", value, one)
		}
	}
}

// Whatever a page can do, no other site's page can make it do: neither by a form, nor by an old
// browser that says only where it comes from, nor in a frame.
func TestNothingIsDoneForAnotherSite(t *testing.T) {
	t.Parallel()
	o := &office{}
	b := caller(o)
	b.signIn("imps_mine")
	for _, r := range routes() {
		path, is := strings.CutPrefix(r.pattern, "POST ")
		if !is {
			continue
		}
		path = placeholders.ReplaceAllString(strings.ReplaceAll(path, "{workspace}", "acme"), "0198f000-0000-7000-8000-000000000001")
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
			if w := b.post(path, url.Values{"reason": {"evil"}}, header...); w.Code != http.StatusForbidden || len(o.calls) != 0 {
				t.Errorf("%s with %v: status %d, calls %v", path, header, w.Code, o.calls)
			}
		}
	}
}

// Nothing that can be opened stands in another site's frame, whatever the service answers.
func TestNoPageStandsInAFrame(t *testing.T) {
	t.Parallel()
	paths := append(addresses(), "/", "/sign-in", "/nowhere", "/w/other/welcome", "/connect", "/connect/callback", "/connect/callback?state=1&code=2", "/design", "/favicon.svg", "/assets/nothing")
	for name, api := range map[string]grpc.ClientConnInterface{"answered": hostiletest.API{Text: "x"}, "refused": &office{}, "nobody": &office{ended: true}} {
		h := New(Options{PublicURL: "https://sign.example.com", Language: "en", API: api, Chooser: &company{}})
		for _, path := range paths {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.AddCookie(&http.Cookie{Name: sessionCookie + "acme", Value: "imps_mine"})
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s, %s: %d with %q", path, name, w.Code, csp)
			}
		}
	}
}
