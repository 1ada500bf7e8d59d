package apitest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// spec is the OpenAPI document as the service hands it out, in the eyes of a library that
// nobody here wrote.
type spec struct {
	doc   *openapi3.T
	paths []specPath
	// requests and answers count what was held against the document.
	requests, answers atomic.Int64
}

type specPath struct {
	pattern *regexp.Regexp
	path    string
	item    *openapi3.PathItem
}

var parameter = regexp.MustCompile(`\\\{([^}]+)\\\}`)

// readSpec fetches /openapi.json from a service.
func readSpec(t *testing.T, s *service) *spec {
	t.Helper()
	response, err := s.http.Get(s.base + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	out := &spec{doc: doc}
	for path, item := range doc.Paths.Map() {
		pattern := parameter.ReplaceAllString(regexp.QuoteMeta(path), `([^/:]+)`)
		out.paths = append(out.paths, specPath{regexp.MustCompile("^" + pattern + "$"), path, item})
	}
	return out
}

// find returns the route of a request, nil when the document has none.
func (s *spec) find(r *http.Request) (*routers.Route, map[string]string) {
	for _, p := range s.paths {
		values := p.pattern.FindStringSubmatch(r.URL.Path)
		operation := p.item.GetOperation(r.Method)
		if values == nil || operation == nil {
			continue
		}
		params := make(map[string]string)
		for i, name := range regexp.MustCompile(`\{([^}]+)\}`).FindAllStringSubmatch(p.path, -1) {
			params[name[1]] = values[i+1]
		}
		return &routers.Route{Spec: s.doc, Path: p.path, PathItem: p.item, Method: r.Method, Operation: operation}, params
	}
	return nil, nil
}

// check holds one exchange against the document: every answer, and the requests that the
// service accepted.
func (s *spec) check(t testing.TB, r *http.Request, response *http.Response, data []byte) {
	t.Helper()
	route, params := s.find(r)
	if route == nil {
		if response.StatusCode < 300 {
			t.Errorf("%s %s is served and not in the document", r.Method, r.URL.Path)
		}
		return
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
		ExcludeResponseBody: strings.HasSuffix(r.URL.Path, ":download") || strings.HasSuffix(r.URL.Path, ":thumbnail") || strings.HasSuffix(r.URL.Path, ":watch"),
	}
	input := &openapi3filter.RequestValidationInput{Request: again(r), PathParams: params, Route: route, Options: options}
	if response.StatusCode < 300 {
		s.requests.Add(1)
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			t.Errorf("%s %s was accepted, but the document says: %v", r.Method, r.URL, err)
		}
	}
	s.answers.Add(1)
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header,
		Body: io.NopCloser(bytes.NewReader(data)), Options: options,
	})
	if err != nil {
		t.Errorf("%s %s answers %d %s, but the document says: %v", r.Method, r.URL, response.StatusCode, data, err)
	}
}

// again is a request whose body can be read once more.
func again(r *http.Request) *http.Request {
	out := r.Clone(context.Background())
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			out.Body = body
		}
	}
	return out
}
