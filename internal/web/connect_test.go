package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

// accounts is the public API as far as the door for networks calls it.
type accounts struct {
	calls  []*imprimaturv1.CompleteConnectionRequest
	tokens []string
	// languages are those the words were asked for in.
	languages []string
	err       error
}

func (a *accounts) Invoke(ctx context.Context, method string, in, out any, _ ...grpc.CallOption) error {
	asked, ok := in.(*imprimaturv1.CompleteConnectionRequest)
	if !ok {
		return status.Error(codes.Internal, method)
	}
	md, _ := metadata.FromOutgoingContext(ctx)
	a.calls, a.tokens = append(a.calls, asked), append(a.tokens, strings.Join(md.Get("authorization"), ","))
	a.languages = append(a.languages, strings.Join(md.Get("accept-language"), ","))
	if a.err != nil {
		return a.err
	}
	proto.Merge(out.(proto.Message), &imprimaturv1.SocialAccount{DisplayName: "Nadia <Diallo>", Handle: "@nadia@a.example"})
	return nil
}

func (a *accounts) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Internal, "no streams here")
}

// browser is a visitor that keeps cookies.
type browser struct {
	handler http.Handler
	cookies map[string]*http.Cookie
}

func reader(a *accounts, public string) *browser {
	return &browser{New(Options{PublicURL: public, Language: "en", API: a}), make(map[string]*http.Cookie)}
}

// signIn gives the browser a session of the workspace the network's answer is for.
func (b *browser) signIn(token string) {
	b.cookies[sessionCookie+"acme"] = &http.Cookie{Name: sessionCookie + "acme", Value: token}
}

func (b *browser) send(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return w
}

func (b *browser) get(target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "https://sign.example.com"+target, nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	return b.send(r)
}

func (b *browser) post(target string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "https://sign.example.com"+target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return b.send(r)
}

const (
	stateSent = "acme.0198f000-0000-7000-8000-000000000001.impo_secret"
	sentBack  = "/connect/callback?code=c0de%2B1&state=" + stateSent + "&iss=https%3A%2F%2Fa.example%2F"
)

// secretless fails when an answer to the browser shows what came back from the network.
func secretless(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	shown := w.Body.String() + w.Header().Get("Location")
	for _, secret := range []string{"c0de", "impo_", "imps_", stateSent} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown: %s", secret, shown)
		}
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("kept as %q, referred as %q", w.Header().Get("Cache-Control"), w.Header().Get("Referrer-Policy"))
	}
}

// TestCallback: what comes back leaves the address at once, and is used by a button in the session
// of whoever signed in here, once.
func TestCallback(t *testing.T) {
	t.Parallel()
	a := &accounts{}
	b := reader(a, "https://sign.example.com")
	b.signIn("imps_mine")
	w := b.get(sentBack)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/connect" {
		t.Errorf("sent to %q, status %d", w.Header().Get("Location"), w.Code)
	}
	secretless(t, w)
	if c := b.cookies[answerCookie]; !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/connect" || c.MaxAge != 600 {
		t.Errorf("the cookie is %+v", c)
	}
	w = b.get("/connect")
	secretless(t, w)
	wantIn(t, w.Body.String(), "Press the button", `<form method="post" action="/connect">`)
	wantOut(t, w.Body.String(), `name="token"`)
	if len(a.calls) != 0 {
		t.Fatal("opening the page connected something")
	}
	w = b.post("/connect?lang=en", nil)
	secretless(t, w)
	wantIn(t, w.Body.String(), "The account is connected", "Nadia &lt;Diallo&gt;", "@nadia@a.example")
	if len(a.calls) != 1 || a.tokens[0] != "Bearer imps_mine" {
		t.Fatalf("called %d times as %q", len(a.calls), a.tokens)
	}
	if c := a.calls[0]; c.GetName() != "workspaces/acme/socialAccounts/0198f000-0000-7000-8000-000000000001" || c.GetState() != stateSent ||
		c.GetCode() != "c0de+1" || c.GetIssuer() != "https://a.example/" || c.GetError() != "" {
		t.Errorf("called with %v", c)
	}
	if w = b.post("/connect", nil); len(a.calls) != 1 || !strings.Contains(w.Body.String(), "There is nothing to connect") {
		t.Errorf("once more: %d calls, %s", len(a.calls), w.Body)
	}
}

// TestCallbackWithoutSession: who is not signed in here is asked for the session's token; one that
// does not work uses nothing up.
func TestCallbackWithoutSession(t *testing.T) {
	t.Parallel()
	a := &accounts{}
	b := reader(a, "http://localhost:8080")
	b.get(sentBack)
	if b.cookies[answerCookie].Secure {
		t.Error("without TLS no browser would keep the cookie")
	}
	wantIn(t, b.get("/connect?lang=fr").Body.String(), `name="token" type="password"`, "Collez le jeton")
	for _, token := range []string{"", "two words", strings.Repeat("x", 300), "caf\u00e9"} {
		if w := b.post("/connect", url.Values{"token": {token}}); w.Code != http.StatusUnauthorized || len(a.calls) != 0 {
			t.Errorf("token %q: status %d", token, w.Code)
		}
	}
	a.err = refusing(t, codes.Unauthenticated, "")
	if w := b.post("/connect", url.Values{"token": {"imps_ended"}}); w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
		t.Errorf("status %d, %s", w.Code, w.Body)
	}
	a.err = nil
	w := b.post("/connect", url.Values{"token": {" imps_mine "}})
	if w.Code != http.StatusOK || a.tokens[len(a.tokens)-1] != "Bearer imps_mine" || !strings.Contains(w.Body.String(), "is connected") {
		t.Errorf("status %d, as %q", w.Code, a.tokens)
	}
}

// refusing is how the service refuses: with words for the visitor, when there are any.
func refusing(t *testing.T, code codes.Code, words string) error {
	t.Helper()
	told := &spb.Status{Code: int32(code), Message: "c0de"}
	if words != "" {
		detail, err := anypb.New(&errdetails.LocalizedMessage{Locale: "en", Message: words})
		if err != nil {
			t.Fatal(err)
		}
		told.Details = []*anypb.Any{detail}
	}
	return status.FromProto(told).Err()
}

// TestCallbackRefused: the reason is said in the service's words, asked for in the visitor's
// language, and nothing the network sent.
func TestCallbackRefused(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"Begin <again>.", ""} {
		for _, language := range catalogue.Languages() {
			a := &accounts{err: refusing(t, codes.FailedPrecondition, words)}
			b := reader(a, "https://sign.example.com")
			b.signIn("imps_mine")
			b.get("/connect/callback?error=access_denied&error_description=%3Cb%3EHa!%3C/b%3E&state=" + stateSent)
			w := b.post("/connect?lang="+language, nil)
			secretless(t, w)
			want := "Begin &lt;again&gt;."
			if words == "" {
				want = catalogue.Text(language, "error.INTERNAL", nil)
			}
			wantIn(t, w.Body.String(), want, catalogue.Text(language, "web.connect.refused", nil))
			wantOut(t, w.Body.String(), "Ha!")
			if a.calls[0].GetError() != "access_denied" || a.languages[0] != language {
				t.Errorf("the network's no is %q, asked for in %q", a.calls[0].GetError(), a.languages[0])
			}
			if b.cookies[answerCookie] != nil {
				t.Error("what was refused is kept")
			}
		}
	}
}

// TestCallbackRubbish: what no network sent is kept by nobody, and another site's form is not ours.
func TestCallbackRubbish(t *testing.T) {
	t.Parallel()
	a := &accounts{}
	b := reader(a, "https://sign.example.com")
	for _, target := range []string{"/connect/callback", "/connect/callback?code=x", "/connect/callback?state=a&state=b", "/connect/callback?state=a&code=" + strings.Repeat("x", 4000)} {
		b.get(target)
		wantIn(t, b.get("/connect").Body.String(), "There is nothing to connect")
	}
	b.cookies[answerCookie] = &http.Cookie{Name: answerCookie, Value: "!!"}
	wantIn(t, b.get("/connect").Body.String(), "There is nothing to connect")
	b.get(sentBack)
	b.signIn("imps_mine")
	w := b.post("/connect", url.Values{"token": {"imps_theirs"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	if w.Code != http.StatusForbidden || len(a.calls) != 0 {
		t.Errorf("from another site: status %d, %d calls", w.Code, len(a.calls))
	}
	if w := get(t, real(), "/connect"); w.Code != http.StatusNotFound {
		t.Errorf("without anybody who completes: status %d", w.Code)
	}
}
