package gateway_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/gateway"
)

const (
	posts = "/v1/workspaces/acme/posts"
	post  = posts + "/01890000-0000-7000-8000-000000000001"
)

func TestAnswerIsJSONWithoutNulls(t *testing.T) {
	t.Parallel()
	c := serve(t, &server{})
	r := c.do("GET", post, "")
	if r.status != 200 {
		t.Fatal(r)
	}
	for _, want := range []string{`"state":`, `"IN_REVIEW"`, `"libraryItem":`, `"socialAccounts":`, `"2026-05-01T09:00:00Z"`} {
		if !strings.Contains(r.body, want) {
			t.Errorf("no %s in %s", want, r.body)
		}
	}
	if strings.Contains(r.body, "null") || strings.Contains(r.body, "publishTime") {
		t.Errorf("an unset message is said: %s", r.body)
	}
	want := map[string]string{
		"X-Request-Id": "r-1", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "no-referrer", "X-Secret": "", "Grpc-Metadata-X-Secret": "", "Grpc-Trailer-X-Secret-Too": "",
		"Access-Control-Allow-Origin": "",
	}
	for name, value := range want {
		if got := r.header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if csp := r.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("CSP %q", csp)
	}
}

func TestOnlyNamedHeadersReachTheServer(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	c.do("GET", post, "",
		"Authorization", "Bearer t", "X-Request-Id", "id-1", "Accept-Language", "fr", "Traceparent", "00-1-2-03",
		"Grpc-Metadata-X-Roles", "admin", "Grpc-Metadata-Authorization", "Bearer other", "grpc-metadata-grpcgateway-x", "1",
		"Grpc-Metadata-X-Bin", "AAAA", "Cookie", "session=1", "X-User", "zoe", "X-Forwarded-For", "192.0.2.7",
		"X-Forwarded-Host", "evil.example", "Forwarded", "for=192.0.2.7", "Origin", "https://evil.example", "TE", "trailers",
		"X-HTTP-Method-Override", "DELETE")
	_, md, _ := s.noted()
	want := metadata.MD{
		"authorization": {"Bearer t"}, "x-request-id": {"id-1"}, "accept-language": {"fr"}, "traceparent": {"00-1-2-03"},
		"x-forwarded-for": {"127.0.0.1"},
	}
	got := md.Copy()
	for _, transport := range []string{":authority", "content-type", "user-agent", "grpc-accept-encoding", "x-forwarded-host"} {
		got.Delete(transport)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if host := md.Get("x-forwarded-host"); len(host) != 1 || strings.Contains(host[0], "evil") {
		t.Errorf("host %v", host)
	}
}

func TestMethodCannotBeOverridden(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	r := c.do("POST", post, "", "X-HTTP-Method-Override", "PATCH", "Content-Type", "application/x-www-form-urlencoded")
	if r.status != 405 {
		t.Errorf("a POST with an override: %d", r.status)
	}
	r = c.do("POST", post, "pageSize=1", "Content-Type", "application/x-www-form-urlencoded")
	if r.status != 415 || r.error.reason() != "UNSUPPORTED_MEDIA_TYPE" {
		t.Errorf("a form: %d %s", r.status, r.error.reason())
	}
	r = c.do("GET", posts, "", "X-HTTP-Method-Override", "POST")
	if req, _, _ := s.noted(); r.status != 200 || s.called() != 1 {
		t.Errorf("a GET with an override called %T", req)
	}
}

func TestDeadlineIsClamped(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	for header, most := range map[string]time.Duration{"": 30 * time.Second, "99H": 30 * time.Second, "5S": 5 * time.Second} {
		r := c.do("GET", post, "", "Grpc-Timeout", header)
		_, _, deadline := s.noted()
		if left := time.Until(deadline); r.status != 200 || left <= most-4*time.Second || left > most {
			t.Errorf("Grpc-Timeout %q: %d, %v left", header, r.status, left)
		}
	}
	if r := c.do("GET", post, "", "Grpc-Timeout", "soon"); r.status != 400 {
		t.Errorf("nonsense: %d", r.status)
	}
	if r := c.do("GET", post, "", "Grpc-Timeout", "1n"); r.status != 504 || r.error.reason() != "DEADLINE_EXCEEDED" {
		t.Errorf("over before it began: %d %+v", r.status, r.error)
	}
}

func TestMistakesInTheBodyNameTheField(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	for name, tc := range map[string]struct{ body, reason, field string }{
		"unknown":           {`{"content":{"text":"x"},"titel":"x"}`, "UNKNOWN_FIELD", "titel"},
		"unknown below":     {`{"content": {"variants": [{"text":"ok"},` + "\n\n" + `{"text":"é","lang":"fr"}]}}`, "UNKNOWN_FIELD", "content.variants[1].lang"},
		"time without zone": {`{"publishTime":"2026-05-01T09:00:00"}`, "INVALID_TIME", "publishTime"},
		"time of words":     {`{"note":"x", "publishTime": "tomorrow"}`, "INVALID_TIME", "publishTime"},
		"wrong type":        {`{"content":{"text":12}}`, "INVALID_VALUE", "content.text"},
		"wrong enum":        {`{"content":{"disclosure":"MAYBE"}}`, "INVALID_VALUE", "content.disclosure"},
		"wrong element":     {`{"socialAccounts":["a",{}]}`, "INVALID_VALUE", "socialAccounts[1]"},
		"twice":             {`{"note":"a","note":"b"}`, "INVALID_VALUE", "note"},
		"list":              {`[]`, "INVALID_VALUE", ""},
		"null":              {`null`, "INVALID_VALUE", ""},
		"broken":            {`{"note":`, "", ""},
		"broken inside":     {`{"note" "x"}`, "INVALID_JSON", ""},
		"two values":        {`{"note":"a"}{"note":"b"}`, "INVALID_JSON", ""},
		"rest":              {`{"note":"a"} x`, "INVALID_JSON", ""},
		"no UTF-8":          {"{\"note\":\"\xff\"}", "", ""},
	} {
		for _, door := range []struct{ method, path string }{{"POST", posts}, {"PATCH", post}} {
			r := c.do(door.method, door.path, tc.body)
			if r.status != 400 || r.error.Status != "INVALID_ARGUMENT" {
				t.Errorf("%s %s: %d %s", door.method, name, r.status, r.body)
			}
			if tc.reason != "" && (r.error.reason() != tc.reason || r.error.field() != tc.field) {
				t.Errorf("%s %s: reason %s, field %q; want %s, %q: %s", door.method, name, r.error.reason(), r.error.field(), tc.reason, tc.field, r.error.Message)
			}
			if tc.field != "" && !strings.Contains(r.error.Message, tc.field) {
				t.Errorf("%s %s: message %q", door.method, name, r.error.Message)
			}
		}
	}
	for _, text := range []string{"[]", "null", " 7"} {
		if r := c.do("POST", posts, text); r.error.Message != "the body must be an object: {…}" {
			t.Errorf("%s: %q", text, r.error.Message)
		}
	}
	if n := s.called(); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestMistakesInTheQueryAreToldNotIgnored(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	for query, want := range map[string]string{
		"fitler=x":               "fitler",
		"pageSize=many":          "pageSize",
		"pageSize=1&pageSize=2":  "pageSize",
		"parent=workspaces/evil": "parent",
		"filter.x=1":             "filter.x",
	} {
		r := c.do("GET", posts+"?"+query, "")
		if r.status != 400 || r.error.reason() != "INVALID_PARAMETER" || r.error.field() != want {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	for query, told := range map[string]string{
		"pageSize=many":        "pageSize: want a number",
		"pageSize=99999999999": "pageSize: the number is too large, too small or negative",
	} {
		if r := c.do("GET", posts+"?"+query, ""); r.error.Message != told {
			t.Errorf("%s: %q, want %q", query, r.error.Message, told)
		}
	}
	if r := c.do("GET", posts+"?fitler=x", ""); !strings.Contains(string(r.body), "there are: pageSize, pageToken, filter, orderBy") {
		t.Errorf("what there is instead is not told: %s", r.body)
	}
	for _, query := range []string{"filter=%ff", "filter=a;b", "filter=%zz"} {
		if r := c.do("GET", posts+"?"+query, ""); r.status != 400 {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
	if r := c.do("GET", posts+"/%ff", ""); r.status != 400 || r.error.reason() != "INVALID_UTF8" {
		t.Errorf("path: %d %s", r.status, r.body)
	}
	if n := s.called(); n != 0 {
		t.Errorf("%d calls were made", n)
	}
	c.do("GET", posts+"?pageSize=3&page_token=t&orderBy=create_time", "")
	got, _, _ := s.noted()
	want := &imprimaturv1.ListPostsRequest{Parent: "workspaces/acme", PageSize: 3, PageToken: "t", OrderBy: "create_time"}
	if got.(*imprimaturv1.ListPostsRequest).String() != want.String() {
		t.Errorf("got %v", got)
	}
}

func TestPatchTakesItsMaskFromTheBody(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	r := c.do("PATCH", post+"?startNewRound=true", `{"content":{"text":"new","media":[]},"note":"","etag":"1","name":"workspaces/evil/posts/1"}`)
	if r.status != 200 {
		t.Fatal(r.body)
	}
	got, _, _ := s.noted()
	req := got.(*imprimaturv1.UpdatePostRequest)
	want := []string{"content.media", "content.text", "etag", "name", "note"}
	if d := cmp.Diff(want, req.GetUpdateMask().GetPaths()); d != "" {
		t.Error(d)
	}
	if "/v1/"+req.GetPost().GetName() != post || !req.GetStartNewRound() || req.GetPost().GetContent().GetText() != "new" {
		t.Errorf("request %v", req)
	}
	c.do("PATCH", post+"?updateMask=note", `{"note":"a","content":{"text":"left alone"}}`)
	got, _, _ = s.noted()
	if d := cmp.Diff([]string{"note"}, got.(*imprimaturv1.UpdatePostRequest).GetUpdateMask().GetPaths()); d != "" {
		t.Error(d)
	}
	c.do("PATCH", post, "")
	got, _, _ = s.noted()
	if paths := got.(*imprimaturv1.UpdatePostRequest).GetUpdateMask().GetPaths(); len(paths) != 0 {
		t.Errorf("an empty body changes %v", paths)
	}
}

func TestEscapesCannotMoveTheName(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	for path, want := range map[string]string{
		posts + "/a%3Ab": "workspaces/acme/posts/a:b",
		posts + "/a:b":   "workspaces/acme/posts/a:b",
		posts + "/%61":   "workspaces/acme/posts/a",
	} {
		c.do("GET", path, "")
		got, _, _ := s.noted()
		if name := got.(*imprimaturv1.GetPostRequest).GetName(); name != want {
			t.Errorf("%s asks for %q, want %q", path, name, want)
		}
	}
	for _, path := range []string{posts + "/a%2Fb", posts + "/a%2fb", posts + "/a%252Fb", "/v1/workspaces%2Facme/posts"} {
		if r := c.do("GET", path, ""); r.status != 400 || r.error.reason() != "INVALID_PATH" || s.called() != 3 {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := c.do("GET", "/v1//workspaces/acme/posts", ""); r.status != 404 {
		t.Errorf("a doubled slash made a route: %d", r.status)
	}
}

func TestVerbsAndTheirBodies(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	r := c.do("POST", post+":submit", `{"digest":"sha256:x"}`, "Content-Type", "application/json; charset=UTF-8")
	got, _, _ := s.noted()
	if req := got.(*imprimaturv1.SubmitPostRequest); r.status != 200 || "/v1/"+req.GetName() != post || req.GetDigest() != "sha256:x" {
		t.Errorf("%d %v", r.status, got)
	}
	if r := c.do("POST", post+":submit", ""); r.status != 200 {
		t.Errorf("no body: %d %s", r.status, r.body)
	}
	for _, kind := range []string{"text/plain", "application/json; charset=latin1", "multipart/form-data; boundary=x", ";"} {
		if r := c.do("POST", post+":submit", `{}`, "Content-Type", kind); r.status != 415 {
			t.Errorf("%s: %d", kind, r.status)
		}
	}
}

func TestBodyIsLimited(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	large := `{"note":"` + strings.Repeat("x", gateway.MaxBody) + `"}`
	if r := c.do("POST", posts, large); r.status != 413 || r.error.reason() != "BODY_TOO_LARGE" {
		t.Errorf("announced: %d %s", r.status, r.body)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", c.url+posts, &endless{})
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if r := c.send(req); r.status != 413 || r.error.reason() != "BODY_TOO_LARGE" {
		t.Errorf("not announced: %d %s", r.status, r.body)
	}
	if n := s.called(); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

// endless is a body without an end and without a length.
type endless struct{}

func (*endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestUnknownRoutesAndMethods(t *testing.T) {
	t.Parallel()
	c := serve(t, &server{})
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/workspaces/acme/nothing", "/v2/workspaces/acme/posts", post + ":publish/x"} {
		if r := c.do("GET", path, ""); r.status != 404 || r.error.reason() != "ROUTE_NOT_FOUND" || r.error.Status != "NOT_FOUND" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	for _, tc := range []struct{ method, path, allow string }{
		{"DELETE", posts, "GET, HEAD, POST"},
		{"PUT", post, "GET, HEAD, PATCH"},
		{"OPTIONS", post + ":submit", "GET, HEAD, POST, PATCH"},
		{"PATCH", "/v1/workspaces/acme/media:upload", "POST"},
		{"POST", "/openapi.json", "GET, HEAD"},
	} {
		r := c.do(tc.method, tc.path, "")
		if r.status != 405 || r.error.reason() != "METHOD_NOT_ALLOWED" {
			t.Errorf("%s %s: %d %s", tc.method, tc.path, r.status, r.body)
		}
		if got := r.header.Get("Allow"); got != tc.allow {
			t.Errorf("%s %s allows %q, want %q", tc.method, tc.path, got, tc.allow)
		}
	}
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	s := &server{}
	c := serve(t, s)
	get, head := c.do("GET", posts, ""), c.do("HEAD", posts, "")
	if head.status != 200 || head.body != "" || head.header.Get("Content-Type") != get.header.Get("Content-Type") || head.header.Get("Content-Length") == "0" {
		t.Errorf("%+v", head)
	}
	if r := c.do("HEAD", post+":submit", ""); s.called() != 3 {
		t.Errorf("HEAD of a change: %d", r.status)
	}
	if req, _, _ := s.noted(); req.ProtoReflect().Descriptor().Name() != "GetPostRequest" {
		t.Errorf("HEAD called %T", req)
	}
}

func TestErrorsOfTheServerPass(t *testing.T) {
	t.Parallel()
	detailed, err := status.New(codes.FailedPrecondition, "the review is over").WithDetails(
		&errdetails.ErrorInfo{Reason: "REVIEW_CLOSED", Domain: "imprimatur.dev", Metadata: map[string]string{"state": "approved"}},
		&errdetails.LocalizedMessage{Locale: "fr", Message: "L’examen est clos <b>"},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(1500 * time.Millisecond)})
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, &server{fail: detailed.Err()})
	r := c.do("GET", post, "")
	if r.status != 400 || r.error.Status != "FAILED_PRECONDITION" || r.error.reason() != "REVIEW_CLOSED" || r.error.Message != "the review is over" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r.error.Details[0]["metadata"].(map[string]any)["state"] != "approved" || r.error.Details[1]["message"] != "L’examen est clos <b>" {
		t.Errorf("details %v", r.error.Details)
	}
	if r.header.Get("Retry-After") != "2" || r.header.Get("X-Request-Id") != "r-1" || r.header.Get("X-Secret") != "" {
		t.Errorf("headers %v", r.header)
	}
}

// TestOwnRefusalsHaveWords: what the gateway refuses by itself is told in the caller's
// language, as what the server refuses is.
func TestOwnRefusalsHaveWords(t *testing.T) {
	t.Parallel()
	c := serve(t, &server{fail: status.Error(codes.Unavailable, "transport is closing")})
	for _, tt := range []struct{ method, path, body, reason string }{
		{"GET", "/v1/nothing", "", "ROUTE_NOT_FOUND"},
		{"PUT", post, "", "METHOD_NOT_ALLOWED"},
		{"DELETE", "/openapi.json", "", "METHOD_NOT_ALLOWED"},
		{"POST", post + ":submit", `{"nonsense":1}`, "UNKNOWN_FIELD"},
		{"GET", posts + "/a%2Fb", "", "INVALID_PATH"},
		{"GET", post, "", "UNAVAILABLE"},
	} {
		for _, language := range []string{"fr", "en"} {
			r := c.do(tt.method, tt.path, tt.body, "Content-Type", "application/json", "Accept-Language", language+",de;q=0.5")
			last := r.error.Details[len(r.error.Details)-1]
			if r.error.reason() != tt.reason || last["locale"] != language || last["message"] != language+": "+tt.reason {
				t.Errorf("%s %s in %s: %s", tt.method, tt.path, language, r.body)
			}
		}
	}
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	t.Parallel()
	for c, want := range map[codes.Code]int{
		codes.InvalidArgument: 400, codes.FailedPrecondition: 400, codes.OutOfRange: 400, codes.Unauthenticated: 401,
		codes.PermissionDenied: 403, codes.NotFound: 404, codes.AlreadyExists: 409, codes.Aborted: 409,
		codes.ResourceExhausted: 429, codes.Canceled: 499, codes.Internal: 500, codes.Unimplemented: 501,
		codes.Unavailable: 503, codes.DeadlineExceeded: 504,
	} {
		st, err := status.New(c, "words").WithDetails(&errdetails.ErrorInfo{Reason: "WHY", Domain: "imprimatur.dev"})
		if err != nil {
			t.Fatal(err)
		}
		r := serve(t, &server{fail: st.Err()}).do("GET", post, "")
		if r.status != want || r.error.reason() != "WHY" {
			t.Errorf("%v: %d %s, want %d", c, r.status, r.body, want)
		}
		if got := r.header.Get("WWW-Authenticate"); (got != "") != (c == codes.Unauthenticated) || strings.Contains(got, "words") {
			t.Errorf("%v: WWW-Authenticate %q", c, got)
		}
	}
}

// What has no details was not written by our error map, so its words are not shown.
func TestErrorsWithoutDetailsAreNotQuoted(t *testing.T) {
	t.Parallel()
	for _, c := range []codes.Code{
		codes.Internal, codes.Unknown, codes.Unavailable, codes.DataLoss, codes.DeadlineExceeded, codes.Canceled,
		codes.ResourceExhausted, codes.Unimplemented, codes.PermissionDenied,
	} {
		r := serve(t, &server{fail: status.Error(c, "dial tcp 10.0.0.1: secret")}).do("GET", post, "")
		if strings.Contains(r.body, "secret") || r.status < 400 {
			t.Errorf("%v: %d %s", c, r.status, r.body)
		}
	}
	s := &server{}
	conn := s.start(t)
	conn.Close()
	handler, err := gateway.New(t.Context(), gateway.Options{Conn: conn, Words: words})
	if err != nil {
		t.Fatal(err)
	}
	r := front(t, handler).do("GET", post, "")
	if r.error.reason() == "" || strings.Contains(r.body, "grpc") {
		t.Errorf("a closed connection: %d %s", r.status, r.body)
	}
}

func TestOptionsAreRequired(t *testing.T) {
	t.Parallel()
	if _, err := gateway.New(t.Context(), gateway.Options{}); err == nil {
		t.Error("a gateway to nowhere was made")
	}
}

// The …HandlerServer registrations call the service without its chain: no authentication,
// no permission, no validation.
func TestNobodySkipsTheChain(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`Register\w+HandlerServer\b`)
	for _, root := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if m := forbidden.Find(text); m != nil {
				t.Errorf("%s uses %s", path, m)
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}
