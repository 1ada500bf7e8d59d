package gateway_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/api/openapi"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(openapi.Document)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	return doc
}

// binding is one route of a method, as the protos say it.
type binding struct {
	method string
	path   string
	rpc    protoreflect.MethodDescriptor
}

var variable = regexp.MustCompile(`\{[^}=]+=([^}]+)\}`)

// bindings lists every route of the protos, with * where a name is.
func bindings() []binding {
	var list []binding
	protoregistry.GlobalFiles.RangeFilesByPackage("imprimatur.v1", func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				rule, _ := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
				if rule == nil {
					continue
				}
				for _, r := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
					list = append(list, bindingOf(r, methods.Get(j)))
				}
			}
		}
		return true
	})
	return list
}

func bindingOf(r *annotations.HttpRule, m protoreflect.MethodDescriptor) binding {
	var method, path string
	switch p := r.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		method, path = "GET", p.Get
	case *annotations.HttpRule_Post:
		method, path = "POST", p.Post
	case *annotations.HttpRule_Patch:
		method, path = "PATCH", p.Patch
	case *annotations.HttpRule_Delete:
		method, path = "DELETE", p.Delete
	}
	return binding{method, variable.ReplaceAllString(path, "$1"), m}
}

func TestEveryRouteIsServed(t *testing.T) {
	t.Parallel()
	c := serve(t, &server{})
	all := bindings()
	if len(all) < 70 {
		t.Fatalf("only %d routes found", len(all))
	}
	for _, b := range all {
		r := c.do(b.method, strings.ReplaceAll(b.path, "*", "x"), "")
		if r.status == 404 || r.status == 405 {
			t.Errorf("%s %s: %d %s", b.method, b.path, r.status, r.body)
		}
	}
}

func TestEveryUnaryMethodHasARoute(t *testing.T) {
	t.Parallel()
	routed := map[protoreflect.FullName]bool{}
	for _, b := range bindings() {
		routed[b.rpc.FullName()] = true
	}
	protoregistry.GlobalFiles.RangeFilesByPackage("imprimatur.v1", func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				if m := methods.Get(j); !m.IsStreamingClient() && !m.IsStreamingServer() && !routed[m.FullName()] {
					t.Errorf("%s has none", m.FullName())
				}
			}
		}
		return true
	})
}

// The document names exactly the routes there are, and asks for no credential exactly
// where none is needed.
func TestDocumentAgreesWithTheProtos(t *testing.T) {
	t.Parallel()
	doc := document(t)
	documented := map[string]*openapi3.Operation{}
	parameter := regexp.MustCompile(`\{[^}]+\}`)
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			documented[method+" "+parameter.ReplaceAllString(path, "*")] = operation
		}
	}
	real := map[string]binding{"POST /v1/workspaces/*/media:upload": {rpc: imprimaturv1.File_imprimatur_v1_media_service_proto.
		Services().ByName("MediaService").Methods().ByName("UploadMedia")},
		"PUT /v1/workspaces/*/uploads/*:append": {rpc: imprimaturv1.File_imprimatur_v1_upload_service_proto.
			Services().ByName("UploadService").Methods().ByName("AppendUpload")}}
	for _, b := range bindings() {
		real[b.method+" "+b.path] = b
	}
	for _, route := range slices.Sorted(maps.Keys(real)) {
		operation := documented[route]
		if operation == nil {
			t.Errorf("%s is not in the document", route)
			continue
		}
		access := proto.GetExtension(real[route].rpc.Options(), imprimaturv1.E_Access).(imprimaturv1.Access)
		open := operation.Security != nil && len(*operation.Security) == 0
		if open != (access == imprimaturv1.Access_ACCESS_PUBLIC) {
			t.Errorf("%s: access %v, but the document says open: %v", route, access, open)
		}
		if operation.Summary == "" || operation.Responses.Default() == nil {
			t.Errorf("%s has no summary or no error", route)
		}
	}
	for route := range documented {
		if _, ok := real[route]; !ok {
			t.Errorf("%s is documented and not there", route)
		}
	}
}

func TestDocumentIsForPeople(t *testing.T) {
	t.Parallel()
	doc := document(t)
	if doc.Info.Title != "Imprimatur" || doc.Components.SecuritySchemes["bearer"] == nil || doc.OpenAPI != "3.0.3" {
		t.Errorf("%+v", doc.Info)
	}
	for name := range doc.Components.Schemas {
		if strings.Contains(name, ".") || name == "Any" || name == "Status" || name == "HttpBody" {
			t.Errorf("schema %s", name)
		}
	}
}

// An error that the gateway really sends is what the document says an error is.
func TestErrorsFitTheDocument(t *testing.T) {
	t.Parallel()
	schema := document(t).Components.Schemas["Error"].Value
	c := serve(t, &server{})
	for _, r := range []response{c.do("GET", "/nothing", ""), c.do("PUT", posts, ""), c.do("POST", posts, `{"x":1}`)} {
		var v any
		if err := json.Unmarshal([]byte(r.body), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.VisitJSON(v); err != nil {
			t.Errorf("%s: %v", r.body, err)
		}
	}
	post := document(t).Components.Schemas["Post"].Value
	var v any
	if err := json.Unmarshal([]byte(c.do("GET", "/v1/workspaces/acme/posts/1", "").body), &v); err != nil {
		t.Fatal(err)
	}
	if err := post.VisitJSON(v, openapi3.VisitAsResponse()); err != nil {
		t.Error(err)
	}
}

func TestDocumentIsHandedOut(t *testing.T) {
	t.Parallel()
	c := serve(t, &server{})
	r := c.do("GET", "/openapi.json", "")
	if r.status != 200 || r.body != string(openapi.Document) || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if again := c.do("GET", "/openapi.json", "", "If-None-Match", r.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("asked again: %d", again.status)
	}
	if head := c.do("HEAD", "/openapi.json", ""); head.status != 200 || head.body != "" {
		t.Errorf("HEAD: %d", head.status)
	}
}

// What is told of files that are handed out is the service's own list of types.
func TestOpenAPINamesEveryTypeOfFile(t *testing.T) {
	t.Parallel()
	var want []string
	for _, k := range advocacy.MediaKinds() {
		want = append(want, advocacy.TypesOf(k)...)
	}
	slices.Sort(want)
	answer := document(t).Paths.Value("/v1/workspaces/{workspace}/media/{media}:download").Get.Responses.Value("200").Value
	if got := slices.Sorted(maps.Keys(answer.Content)); !slices.Equal(got, want) {
		t.Errorf("the document names %q, the service has %q", got, want)
	}
}
