package apitest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// route is one HTTP binding of a method, as its annotation says it.
type route struct {
	verb     string
	template string
	// body is the field sent as the body, "*" for all, "" for none.
	body string
}

// routesOf lists the bindings of a method, the first of them first.
func routesOf(m protoreflect.MethodDescriptor) []route {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	if rule == nil {
		if m.Name() == "UploadMedia" { // its body is not JSON, so it has no annotation
			return []route{{http.MethodPost, "/v1/{parent=workspaces/*}/media:upload", ""}}
		}
		return nil
	}
	var all []route
	for _, r := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		switch p := r.GetPattern().(type) {
		case *annotations.HttpRule_Get:
			all = append(all, route{http.MethodGet, p.Get, r.GetBody()})
		case *annotations.HttpRule_Post:
			all = append(all, route{http.MethodPost, p.Post, r.GetBody()})
		case *annotations.HttpRule_Patch:
			all = append(all, route{http.MethodPatch, p.Patch, r.GetBody()})
		case *annotations.HttpRule_Delete:
			all = append(all, route{http.MethodDelete, p.Delete, r.GetBody()})
		}
	}
	return all
}

var variable = regexp.MustCompile(`\{([^}=]+)=([^}]+)\}`)

// address fills the template with a request's values. It tells whether they have the form
// the template asks for; when not, the address is what a careless client would make.
func (r route) address(request object) (path string, fits bool) {
	fits = true
	path = variable.ReplaceAllStringFunc(r.template, func(v string) string {
		m := variable.FindStringSubmatch(v)
		value, _ := lookup(request, m[1]).(string)
		if ok, _ := regexp.MatchString("^"+strings.ReplaceAll(m[2], "*", "[^/]+")+"$", value); !ok {
			fits = false
		}
		segments := strings.Split(value, "/")
		for i := range segments {
			segments[i] = url.PathEscape(segments[i])
		}
		return strings.Join(segments, "/")
	})
	return path, fits
}

// pathVariables are the request's fields that stand in the path.
func (r route) pathVariables() []string {
	var names []string
	for _, m := range variable.FindAllStringSubmatch(r.template, -1) {
		names = append(names, m[1])
	}
	return names
}

// split says where each part of a request goes: into the body, the path or the query.
func (r route) split(request object) (body any, query url.Values) {
	rest := maps.Clone(request)
	for _, name := range r.pathVariables() {
		delete(rest, name) // a nested one stays where it is, in the body
	}
	switch r.body {
	case "*":
		return rest, nil
	case "":
	default:
		body = field(rest, r.body)
		if body == nil {
			body = object{}
		}
		delete(rest, r.body)
		delete(rest, camel(r.body))
	}
	query = url.Values{}
	flatten(query, "", rest)
	return body, query
}

func flatten(query url.Values, prefix string, v any) {
	switch v := v.(type) {
	case nil:
	case object:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			flatten(query, strings.TrimPrefix(prefix+"."+k, "."), v[k])
		}
	case []any:
		for _, e := range v {
			flatten(query, prefix, e)
		}
	default:
		query.Add(prefix, fmt.Sprint(v))
	}
}

// restDoor calls through REST: the address, verb and body come from the annotations.
type restDoor struct {
	base   string
	client *http.Client
	// spec, when not nil, holds every exchange against the OpenAPI document.
	spec *spec
}

func (d restDoor) call(t testing.TB, token string, m protoreflect.MethodDescriptor, request object) answer {
	t.Helper()
	request, _ = json1(t, request).(object)
	routes := routesOf(m)
	if len(routes) == 0 {
		t.Fatalf("%s has no route", m.Name())
	}
	chosen := routes[0]
	path, fits := chosen.address(request)
	for _, r := range routes[1:] {
		if p, ok := r.address(request); ok && !fits {
			chosen, path, fits = r, p, true
		}
	}
	if m.IsStreamingClient() {
		data, err := base64.StdEncoding.DecodeString(fmt.Sprint(request["data"]))
		if err != nil {
			t.Fatal(err)
		}
		if name, _ := request["fileName"].(string); name != "" {
			path += "?fileName=" + url.QueryEscape(name)
		}
		return d.exchange(t, token, m, d.request(t, chosen.verb, path, "application/octet-stream", data))
	}
	body, query := chosen.split(request)
	if encoded := query.Encode(); encoded != "" {
		path += "?" + encoded
	}
	if body == nil {
		return d.exchange(t, token, m, d.request(t, chosen.verb, path, "", nil))
	}
	return d.exchange(t, token, m, d.request(t, chosen.verb, path, "application/json", []byte(text(body))))
}

// request makes a request by hand.
func (d restDoor) request(t testing.TB, verb, path, contentType string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), verb, d.base+path, bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s %s: %v", verb, path, err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// exchange sends a request and reads the answer of a method, strictly.
func (d restDoor) exchange(t testing.TB, token string, m protoreflect.MethodDescriptor, r *http.Request) answer {
	t.Helper()
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := d.client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer response.Body.Close()
	var data []byte
	if m.IsStreamingServer() && response.StatusCode == http.StatusOK {
		data = gatherLines(t, m, response)
	} else if data, err = io.ReadAll(response.Body); err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	if d.spec != nil {
		d.spec.check(t, r, response, data)
	}
	a := answer{code: "OK", http: response.StatusCode, raw: string(data)}
	switch {
	case response.StatusCode != http.StatusOK:
		a.explain(t, data)
	case m.Output().FullName() == "google.api.HttpBody":
		a.body = object{"contentType": response.Header.Get("Content-Type"), "data": encoded(data), "extensions": []any{}}
	default:
		a.body = strictly(t, m, data)
	}
	return a
}

// strictly reads an answer of which protojson must know every field, and which must be
// what protojson would write.
func strictly(t testing.TB, m protoreflect.MethodDescriptor, data []byte) any {
	t.Helper()
	message := dynamicpb.NewMessage(m.Output())
	if err := protojson.Unmarshal(data, message); err != nil {
		t.Fatalf("%s answers %s: %v", m.Name(), data, err)
	}
	var got any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if again := jsonOf(t, message); text(again) != text(got) {
		t.Errorf("%s answers %s, protojson writes %s", m.Name(), text(got), text(again))
	}
	return got
}

// explain reads an error as REST writes it.
func (a *answer) explain(t testing.TB, data []byte) {
	t.Helper()
	var e struct {
		Error struct {
			Code    int
			Status  string
			Details []struct {
				Type            string `json:"@type"`
				Reason          string
				Domain          string
				Metadata        map[string]string
				FieldViolations []struct{ Field string }
			}
		}
	}
	if err := json.Unmarshal(data, &e); err != nil || e.Error.Code != a.http || e.Error.Status == "" {
		t.Fatalf("status %d answers %q: %v", a.http, data, err)
	}
	a.code = e.Error.Status
	for _, d := range e.Error.Details {
		switch d.Type {
		case "type.googleapis.com/google.rpc.ErrorInfo":
			a.reason, a.field = d.Reason, d.Metadata["field"]
			meta := object{}
			for k, v := range d.Metadata {
				meta[k] = v
			}
			a.meta = meta
			if d.Domain != "imprimatur.dev" {
				t.Errorf("error of domain %q: %s", d.Domain, data)
			}
		case "type.googleapis.com/google.rpc.BadRequest":
			a.field = d.FieldViolations[0].Field
		}
	}
}

// json1 is a value as JSON would carry it.
func json1(t testing.TB, v any) any {
	t.Helper()
	var out any
	if err := json.Unmarshal([]byte(text(v)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// field returns a field by its proto name or its JSON name.
func field(m object, name string) any {
	if v, ok := m[name]; ok {
		return v
	}
	return m[camel(name)]
}

// lookup follows a path of proto names.
func lookup(m object, path string) any {
	head, rest, nested := strings.Cut(path, ".")
	v := field(m, head)
	if !nested {
		return v
	}
	inner, _ := v.(object)
	return lookup(inner, rest)
}

// camel is the JSON name of a field.
func camel(name string) string {
	parts := strings.Split(name, "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}
