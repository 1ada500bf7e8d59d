package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// route is one way to call a method, as its annotation says.
type route struct {
	http     string
	template string
	method   protoreflect.MethodDescriptor
}

// routesOf lists the routes of every service of our package.
func routesOf() []route {
	var list []route
	pkg := imprimaturv1.File_imprimatur_v1_post_service_proto.Package()
	protoregistry.GlobalFiles.RangeFilesByPackage(pkg, func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				list = append(list, routesOfMethod(methods.Get(j))...)
			}
		}
		return true
	})
	return list
}

func routesOfMethod(m protoreflect.MethodDescriptor) []route {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	if rule == nil {
		return nil
	}
	var list []route
	for _, r := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		switch pattern := r.GetPattern().(type) {
		case *annotations.HttpRule_Get:
			list = append(list, route{http.MethodGet, pattern.Get, m})
		case *annotations.HttpRule_Post:
			list = append(list, route{http.MethodPost, pattern.Post, m})
		case *annotations.HttpRule_Patch:
			list = append(list, route{http.MethodPatch, pattern.Patch, m})
		case *annotations.HttpRule_Put:
			list = append(list, route{http.MethodPut, pattern.Put, m})
		case *annotations.HttpRule_Delete:
			list = append(list, route{http.MethodDelete, pattern.Delete, m})
		}
	}
	return list
}

// routeTable knows which methods a path has, which the library's mux does not tell.
type routeTable struct {
	mux *runtime.ServeMux
	// methods are those that any path has.
	methods []string
}

func newRouteTable() (*routeTable, error) {
	t := &routeTable{
		mux:     runtime.NewServeMux(runtime.WithUnescapingMode(runtime.UnescapingModeAllExceptReserved)),
		methods: []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodPut, http.MethodDelete},
	}
	found := func(w http.ResponseWriter, _ *http.Request, _ map[string]string) { w.(*probe).found = true }
	for _, r := range append(routesOf(), route{http: http.MethodPost, template: uploadPath}, route{http: http.MethodPut, template: appendPath}) {
		if err := t.mux.HandlePath(r.http, r.template, found); err != nil {
			return nil, fmt.Errorf("gateway: %s: %w", r.template, err)
		}
	}
	return t, nil
}

// probe is a response nobody sees; a handler only marks that it was found.
type probe struct {
	found  bool
	header http.Header
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(int)             {}

// allowed returns the methods of a path, for the header Allow.
func (t *routeTable) allowed(r *http.Request) string {
	var list []string
	for _, m := range t.methods {
		p := &probe{header: make(http.Header)}
		t.mux.ServeHTTP(p, &http.Request{Method: m, URL: r.URL, Header: make(http.Header)})
		if p.found {
			list = append(list, m)
			if m == http.MethodGet {
				list = append(list, http.MethodHead)
			}
		}
	}
	return strings.Join(list, ", ")
}

// handleRoutingError answers a request that led to no call.
func (t *routeTable) handleRoutingError(
	_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, httpStatus int,
) {
	switch httpStatus {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", t.allowed(r))
		methodNotAllowed().write(w, r)
	case http.StatusNotFound:
		newRefusal(codes.NotFound, http.StatusNotFound, "ROUTE_NOT_FOUND",
			"there is nothing at this path; /openapi.json lists what there is").write(w, r)
	default:
		invalid("INVALID_PATH", "", "the path cannot be read").write(w, r)
	}
}
