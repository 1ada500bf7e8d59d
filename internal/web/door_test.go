package web

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// Whatever a page's code does, opening it changes nothing, and a button does what its route says.
func TestARouteMakesNoOtherChanges(t *testing.T) {
	t.Parallel()
	opened := &route{pattern: "GET /w/{workspace}/posts"}
	pressed := &route{pattern: "POST /w/{workspace}/posts/{post}/submit", calls: []string{"PostService/SubmitPost"}}
	tests := []struct {
		route  *route
		method string
		want   bool
	}{
		{opened, "/imprimatur.v1.PostService/ListPosts", true},
		{opened, "/imprimatur.v1.PostService/SubmitPost", false},
		{opened, "/imprimatur.v1.ReviewService/ViewReview", false},
		{opened, "/imprimatur.v1.PostService/NoSuchCall", false},
		{pressed, "/imprimatur.v1.PostService/SubmitPost", true},
		{pressed, "/imprimatur.v1.PostService/GetPost", true},
		{pressed, "/imprimatur.v1.PostService/WithdrawPost", false},
	}
	for _, test := range tests {
		if err := test.route.allows(test.method); (err == nil) != test.want {
			t.Errorf("%s calls %s: %v", test.route.pattern, test.method, err)
		}
	}
}

// A call about bytes names those that were on the screen: what the service says now was seen by nobody.
func TestWhatWasShownIsNamed(t *testing.T) {
	t.Parallel()
	named := 0
	for name, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if key, ok := pair.Key.(*ast.Ident); !ok || key.Name != "Digest" {
				return true
			}
			named++
			ast.Inspect(pair.Value, func(n ast.Node) bool {
				if field, ok := n.(*ast.SelectorExpr); ok && field.Sel.Name == "GetDigest" {
					t.Errorf("%s: a call names the digest of what the service says now", name)
				}
				return true
			})
			return true
		})
	}
	if named < 8 {
		t.Errorf("only %d digests are named", named)
	}
}

// sources are the package's files.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	all := make(map[string]*ast.File)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = file
	}
	return all
}

// Everything a page can do is a call of the public API that a session may make, and what is merely
// opened declares none that changes anything.
func TestEveryActionIsAPublicCall(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, r := range routes() {
		if seen[r.pattern] {
			t.Errorf("%s is there twice", r.pattern)
		}
		seen[r.pattern] = true
		if strings.HasPrefix(r.pattern, "GET ") && len(r.calls) > 0 {
			t.Errorf("%s changes something: %s", r.pattern, r.calls)
		}
		if !strings.Contains(r.pattern, " /w/{workspace}") {
			t.Errorf("%s is below no workspace", r.pattern)
		}
		for _, call := range r.calls {
			name := protoreflect.FullName("imprimatur.v1." + strings.Replace(call, "/", ".", 1))
			d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
			if err != nil {
				t.Errorf("%s calls %s, which is no call of the API", r.pattern, call)
				continue
			}
			access, _ := proto.GetExtension(d.Options(), imprimaturv1.E_Access).(imprimaturv1.Access)
			if access != imprimaturv1.Access_ACCESS_ANY && access != imprimaturv1.Access_ACCESS_SESSION {
				t.Errorf("%s calls %s, which a session may not", r.pattern, call)
			}
		}
	}
}

var (
	formTag    = regexp.MustCompile(`<(?:form|button)[^>]*>`)
	formAction = regexp.MustCompile(`(?:form)?action="\{\{(?:\$p?|\.Page)?\.?At "([^"]+)"`)
)

// Every form leads to a route that is there.
func TestEveryFormIsAnswered(t *testing.T) {
	t.Parallel()
	var posts []string
	for _, r := range routes() {
		if path, is := strings.CutPrefix(r.pattern, "POST /w/{workspace}"); is {
			posts = append(posts, path)
		}
	}
	for _, name := range pageNames(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range formTag.FindAllString(string(data), -1) {
			m := formAction.FindStringSubmatch(tag)
			if m == nil || strings.HasPrefix(tag, "<form") && !strings.Contains(tag, `method="post"`) || strings.Contains(tag, `formmethod="get"`) {
				continue
			}
			if !slices.ContainsFunc(posts, func(p string) bool { return alike(p, m[1]) }) {
				t.Errorf("%s: nobody answers a form sent to %s", name, m[1])
			}
		}
	}
}

// alike tells whether a pattern answers an address in which %s stands for anything.
func alike(pattern, address string) bool {
	address, _, _ = strings.Cut(address, "?")
	a, b := strings.Split(pattern, "/"), strings.Split(address, "/")
	return slices.EqualFunc(a, b, func(p, q string) bool { return p == q || strings.HasPrefix(p, "{") || strings.Contains(q, "%") })
}

var banned = regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://`)

// No script makes markup of a text, or knows an address elsewhere.
func TestScriptsMakeNoMarkup(t *testing.T) {
	t.Parallel()
	for _, name := range files("*.js") {
		for i, line := range strings.Split(string(file(name)), "\n") {
			if found := banned.FindString(line); found != "" && !strings.HasPrefix(strings.TrimSpace(line), "//") {
				t.Errorf("%s:%d: %s", name, i+1, found)
			}
		}
	}
	for _, name := range files("style/*.css") {
		if strings.Contains(string(file("style/"+name)), "url(") {
			t.Errorf("%s asks for a file", name)
		}
	}
}
