package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestGrpcurl lists and calls by reflection, with no proto file at hand.
func TestGrpcurl(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "grpcurl")
	tool(t, root, "build", "-modfile="+filepath.Join(root, "internal/tools/go.mod"), "-o", binary, "github.com/fullstorydev/grpcurl/cmd/grpcurl")
	address := strings.TrimPrefix(s.base, "http://")
	curl := func(args ...string) (string, error) {
		out, err := exec.CommandContext(t.Context(), binary, append([]string{"-plaintext"}, args...)...).CombinedOutput()
		return string(out), err
	}
	listed := make(map[string]string)
	for _, rpc := range rpcNames() {
		service := string(rpcs[rpc].Parent().FullName())
		if listed[service] == "" {
			out, err := curl(address, "list", service)
			if err != nil {
				t.Fatalf("list %s: %v\n%s", service, err, out)
			}
			listed[service] = out
		}
		if !slices.Contains(strings.Fields(listed[service]), service+"."+rpc) {
			t.Errorf("reflection does not list %s", rpc)
		}
	}
	call := func(method, request string, headers ...string) (object, error) {
		t.Helper()
		args := []string{"-d", request}
		for _, header := range headers {
			args = append(args, "-H", header)
		}
		out, err := curl(append(args, address, method)...)
		body := object{}
		if err == nil && json.Unmarshal([]byte(out), &body) != nil {
			t.Errorf("%s answers %s", method, out)
		}
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		return body, err
	}
	token := "authorization: Bearer " + h.tokens["employee"]
	post, err := call("imprimatur.v1.PostService/CreatePost", text(object{
		"parent": h.vars["ws"], "post": object{"content": object{"language": "ja", "text": words["japanese"].text}},
	}), token)
	if err != nil || lookup(post, "content.text") != words["japanese"].text {
		t.Errorf("CreatePost: %v %v", post, err)
	}
	if again, err := call("imprimatur.v1.PostService.GetPost", text(object{"name": post["name"]}), token); err != nil || again["digest"] != post["digest"] {
		t.Errorf("GetPost: %v %v", again, err)
	}
	if _, err := call("imprimatur.v1.PostService/GetPost", text(object{"name": post["name"]})); err == nil || !strings.Contains(err.Error(), "CREDENTIAL_MISSING") {
		t.Errorf("GetPost without a credential: %v", err)
	}
	if health, err := call("grpc.health.v1.Health/Check", "{}"); err != nil || health["status"] != "SERVING" {
		t.Errorf("health: %v %v", health, err)
	}
}

// program uses the generated client as somebody who only has our OpenAPI document.
const program = `package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path"

	"example.test/theirs/client"
)

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func main() {
	base, token, workspace, account := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	c, err := client.NewClientWithResponses(base, client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err != nil {
		fail("%v", err)
	}
	ctx, text, note, link := context.Background(), "Through a client nobody wrote. 🤖", "Mind the link.", "https://acme.example/?a=1&b=2"
	made, err := c.PostServiceCreatePostWithResponse(ctx, workspace, &client.PostServiceCreatePostParams{}, client.Post{
		Content: &client.Content{Language: "en", Text: &text}, SocialAccounts: &[]string{account},
	})
	if err != nil || made.JSON200 == nil {
		fail("create: %v %s", err, made.Body)
	}
	id := path.Base(*made.JSON200.Name)
	changed, err := c.PostServiceUpdatePostWithResponse(ctx, workspace, id, &client.PostServiceUpdatePostParams{}, client.UpdatePostBody{
		Note: &note, Content: &client.ContentChange{Link: &link}, Etag: made.JSON200.Etag,
	})
	if err != nil || changed.JSON200 == nil {
		fail("update: %v %s", err, changed.Body)
	}
	if c := changed.JSON200.Content; *c.Text != text || *c.Link != link || *changed.JSON200.Note != note {
		fail("updated: %s", changed.Body)
	}
	sent, err := c.PostServiceSubmitPostWithResponse(ctx, workspace, id, client.SubmitPostBody{Digest: *changed.JSON200.Digest})
	if err != nil || sent.JSON200 == nil {
		fail("submit: %v %s", err, sent.Body)
	}
	twice, err := c.PostServiceSubmitPostWithResponse(ctx, workspace, id, client.SubmitPostBody{Digest: *changed.JSON200.Digest})
	if err != nil || twice.JSONDefault == nil || twice.StatusCode() != 400 {
		fail("submit again: %v %s", err, twice.Body)
	}
	size := int32(10)
	page, err := c.PostServiceListPostsWithResponse(ctx, workspace, &client.PostServiceListPostsParams{PageSize: &size})
	if err != nil || page.JSON200 == nil || len(*page.JSON200.Posts) != 1 {
		fail("list: %v %s", err, page.Body)
	}
	fmt.Print(*sent.JSON200.Name)
}
`

// toolTime is enough to build the generator on a slow machine that never did.
const toolTime = 8 * time.Minute

// TestGeneratedClient generates a Go client from the document the service hands out,
// builds it in a module of its own, and lets it submit a post.
func TestGeneratedClient(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	spec := fetch(t, s, "/openapi.json")
	files := map[string]string{
		"openapi.json": spec, "main.go": program, "client/.keep": "",
		"go.mod": "module example.test/theirs\n\ngo 1.26\n\nrequire github.com/oapi-codegen/runtime " + runtimeVersion(t, root) + "\n",
	}
	if sum, err := os.ReadFile(filepath.Join(root, "go.sum")); err == nil {
		files["go.sum"] = string(sum)
	}
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tool(t, root, "tool", "-modfile="+filepath.Join(root, "internal/tools/go.mod"), "oapi-codegen",
		"-generate", "types,client", "-package", "client", "-o", filepath.Join(dir, "client/client.go"), filepath.Join(dir, "openapi.json"))
	binary := filepath.Join(dir, "theirs")
	tool(t, dir, "build", "-mod=mod", "-o", binary, ".")
	account := fmt.Sprint(lookup(h.vars, "account.wall"))
	out, err := exec.CommandContext(t.Context(), binary, s.base, h.tokens["employee"], string(h.id), account).CombinedOutput()
	if err != nil {
		t.Fatalf("their client: %v\n%s", err, out)
	}
	play := &scene{t: t, house: h, door: grpcDoor{s.shared}, doorName: "grpc"}
	play.begin(story{Steps: []step{{
		As: "auditor", Call: "GetPost", Request: object{"name": string(out)},
		Want: want{Body: object{"state": "IN_REVIEW", "content": object{"text": "Through a client nobody wrote. 🤖", "language": "en"}}},
	}}})
}

func fetch(t *testing.T, s *service, path string) string {
	t.Helper()
	play := &scene{t: t, house: &house{service: s}}
	return play.page(path).raw
}

// runtimeVersion is the version of the generated code's library that our own modules ask
// for, so that it is on the machine already.
func runtimeVersion(t *testing.T, root string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", "github.com/oapi-codegen/runtime")
	cmd.Dir = root
	out, err := cmd.Output()
	if version := strings.TrimSpace(string(out)); err == nil && version != "" {
		return version
	}
	return "v1.7.0"
}

// tool runs the go command. What cannot be built without a network is skipped loudly, and
// is a failure where everything is required.
func tool(t *testing.T, dir string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), toolTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
	case os.Getenv("IMPRIMATUR_TEST_REQUIRE") != "1" && offline(string(out)):
		t.Skipf("SKIPPED, NO CLIENT WAS GENERATED FROM THE OPENAPI DOCUMENT: go %v: %v\n%s\n"+
			"With IMPRIMATUR_TEST_REQUIRE=1 this is a failure.", args, err, out)
	default:
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
}

// offline tells whether the go command failed because a module is not on this machine.
func offline(out string) bool {
	for _, sign := range []string{"dial tcp", "no such host", "module lookup disabled", "proxy.golang.org", "i/o timeout", "connection refused"} {
		if strings.Contains(out, sign) {
			return true
		}
	}
	return false
}
