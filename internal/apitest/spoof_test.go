package apitest

import (
	"bytes"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"google.golang.org/genproto/googleapis/api/annotations"
)

// pretences are headers with which somebody claims to be somebody; %s is a real token of an
// admin. None of them is the header that counts.
var pretences = []string{
	"Grpc-Metadata-Authorization", "grpc-metadata-authorization", "GRPC-METADATA-AUTHORIZATION", "Grpc-Metadata-Authorization-Bin",
	"Authorization-Bin", "Proxy-Authorization", "X-Authorization", "Cookie", "X-Api-Key",
	"X-Roles", "x-roles", "X-ROLES", "X-Roles-Bin", "Grpc-Metadata-X-Roles", "Grpc-Metadata-Roles", "Roles", "X-User", "X-Forwarded-User",
	"X-Remote-User", "X-Workspace", "X-Member", "X-Actor", "X-Permissions", "X-Imprimatur-Roles", "Grpc-Metadata-X-Actor", "Grpcgateway-Authorization",
	"X-Http-Method-Override",
}

// TestPretencesGiveNothing sends every pretence at once and one by one, without a
// credential and with an employee's, through both doors.
func TestPretencesGiveNothing(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	m := rpcs["ListAuditRecords"]
	request := object{"parent": h.vars["ws"]}
	for _, who := range []string{"nobody", "employee"} {
		want := gate{"UNAUTHENTICATED", "CREDENTIAL_MISSING"}
		token := ""
		if who == "employee" {
			want, token = gate{"PERMISSION_DENIED", "PERMISSION_DENIED"}, h.tokens[who]
		}
		for _, headers := range append([][]string{pretences}, singly(pretences)...) {
			rest := restDoor{base: s.base, client: s.http}
			path, _ := routesOf(m)[0].address(request)
			r := rest.request(t, http.MethodGet, path, "", nil)
			md := metadata.MD{}
			for _, name := range headers {
				for _, value := range []string{"Bearer " + h.tokens["admin"], "admin", string(h.id)} {
					// As it is written, which net/http would not do.
					r.Header[name] = append(r.Header[name], value)
					md.Append(name, value)
				}
			}
			if a := rest.exchange(t, token, m, r); (want != gate{a.code, a.reason}) {
				t.Errorf("REST as %s with %v: %s %s", who, headers, a.code, a.reason)
			}
			if token != "" {
				md.Set("authorization", "Bearer "+token)
			}
			ctx := metadata.NewOutgoingContext(t.Context(), md)
			message := dynamicpb.NewMessage(m.Input())
			if err := protojson.Unmarshal([]byte(text(request)), message); err != nil {
				t.Fatal(err)
			}
			if a := (grpcDoor{s.direct}).answered(t, ctx, m, message); (want != gate{a.code, a.reason}) {
				t.Errorf("gRPC as %s with %v: %s %s", who, headers, a.code, a.reason)
			}
		}
	}
}

func singly(all []string) [][]string {
	var out [][]string
	for _, one := range all {
		out = append(out, []string{one})
	}
	return out
}

// TestTwoCredentialsAreNone: nobody is let in with a choice of persons.
func TestTwoCredentialsAreNone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	m := rpcs["GetWorkspace"]
	md := metadata.Pairs("authorization", "Bearer "+h.tokens["admin"], "Authorization", "Bearer "+h.tokens["employee"])
	message := dynamicpb.NewMessage(m.Input())
	message.Set(m.Input().Fields().ByName("name"), protoreflect.ValueOfString("workspaces/"+string(h.id)))
	a := grpcDoor{s.shared}.answered(t, metadata.NewOutgoingContext(t.Context(), md), m, message)
	if a.code != "UNAUTHENTICATED" || a.reason != "CREDENTIAL_AMBIGUOUS" {
		t.Errorf("gRPC: %s %s", a.code, a.reason)
	}
	rest := restDoor{base: s.base, client: s.http}
	r := rest.request(t, http.MethodGet, "/v1/workspaces/"+string(h.id), "", nil)
	r.Header["Authorization"] = []string{"Bearer " + h.tokens["admin"], "Bearer " + h.tokens["employee"]}
	if a := rest.exchange(t, "", m, r); a.code != "UNAUTHENTICATED" {
		t.Errorf("REST: %s %s", a.code, a.reason)
	}
}

// TestMethodOverrideIsIgnored: a GET stays a GET and a form is no JSON.
func TestMethodOverrideIsIgnored(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	rest := restDoor{base: s.base, client: s.http}
	r := rest.request(t, http.MethodPost, "/v1/workspaces/"+string(h.id)+"/posts", "application/x-www-form-urlencoded", []byte("pageSize=1"))
	r.Header.Set("X-HTTP-Method-Override", "GET")
	if a := rest.exchange(t, h.tokens["employee"], rpcs["ListPosts"], r); a.http != http.StatusUnsupportedMediaType {
		t.Errorf("a form: %d %s %s", a.http, a.code, a.reason)
	}
	r = rest.request(t, http.MethodPost, "/v1/workspaces/"+string(h.id), "application/json", []byte("{}"))
	r.Header.Set("X-HTTP-Method-Override", "GET")
	if a := rest.exchange(t, h.tokens["employee"], rpcs["GetWorkspace"], r); a.http != http.StatusMethodNotAllowed {
		t.Errorf("an override: %d %s %s", a.http, a.code, a.reason)
	}
}

// rawCall sends one gRPC request with exactly this path, which no client library would.
func rawCall(t *testing.T, address, path, token string) map[string]string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := conn.Write([]byte(http2.ClientPreface)); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, field := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", address},
		{"content-type", "application/grpc"}, {"te", "trailers"}, {"authorization", "Bearer " + token},
	} {
		_ = encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]})
	}
	go func() {
		_ = framer.WriteSettings()
		_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true})
		_ = framer.WriteData(1, true, []byte{0, 0, 0, 0, 0})
	}()
	headers := make(map[string]string)
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			headers["end"] = err.Error()
			return headers
		}
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			for _, field := range f.Fields {
				headers[field.Name] = field.Value
			}
			if f.StreamEnded() {
				return headers
			}
		case *http2.DataFrame:
			if f.StreamEnded() {
				return headers
			}
		case *http2.RSTStreamFrame:
			headers["reset"] = f.ErrCode.String()
			return headers
		}
	}
}

// TestOddPathsReachNothing: a method is called by its one name, on both listeners, or not
// at all (GHSA-p77j-4mvh-x3m3 and its kin).
func TestOddPathsReachNothing(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	for _, address := range []string{strings.TrimPrefix(s.base, "http://"), s.native} {
		for _, path := range []string{
			"imprimatur.v1.PostService/ListPosts", "//imprimatur.v1.PostService/ListPosts", "/imprimatur.v1.PostService//ListPosts",
			"/imprimatur.v1.PostService%2fListPosts", "/imprimatur.v1.PostService%2FListPosts", "/imprimatur.v1.postservice/listposts",
			"/imprimatur.v1.PostService/ListPosts/", "/PostService/ListPosts", "/imprimatur.v1.PostService/", "imprimatur.v1.PostService",
			"/imprimatur.v1.PostService/../PostService/ListPosts", "*",
		} {
			got := rawCall(t, address, path, h.tokens["admin"])
			if got["grpc-status"] == "12" || got["reset"] != "" || got[":status"] == "400" || got[":status"] == "404" || got[":status"] == "" {
				continue
			}
			t.Errorf("%s at %s: %v", path, address, got)
		}
		// The same request, spelled well, gets as far as the form of its content.
		if got := rawCall(t, address, "/imprimatur.v1.PostService/ListPosts", h.tokens["admin"]); got["grpc-status"] != "3" {
			t.Errorf("the well-spelled call at %s: %v", address, got)
		}
	}
}

// TestMasksReachNothingProtected names, in the mask of every update, each field that
// clients cannot set; nothing of it is changed and most of it is refused.
func TestMasksReachNothingProtected(t *testing.T) {
	t.Parallel()
	s := shared(t)
	own := s.everything(t, grpcDoor{s.direct}, "grpc")
	sample := samples(t)
	masks := 0
	for _, rpc := range rpcNames() {
		if !strings.HasPrefix(rpc, "Update") {
			continue
		}
		fields := rpcs[rpc].Input().Fields()
		var resource protoreflect.FieldDescriptor
		for i := range fields.Len() {
			if isResource(fields.Get(i)) {
				resource = fields.Get(i)
			}
		}
		for i := range resource.Message().Fields().Len() {
			fd := resource.Message().Fields().Get(i)
			protected := behaves(fd, annotations.FieldBehavior_OUTPUT_ONLY) || behaves(fd, annotations.FieldBehavior_IDENTIFIER) ||
				behaves(fd, annotations.FieldBehavior_IMMUTABLE) || fd.Name() == "etag"
			if !protected {
				continue
			}
			masks++
			for _, mask := range []string{fd.JSONName(), fd.JSONName() + ".x", "*"} {
				request := own.fill(rpc, sample[rpc]).(object)
				request["updateMask"] = mask
				a := own.refuses(rpc, request)
				if a.code != "INVALID_ARGUMENT" || a.reason != "UPDATE_MASK_INVALID" && a.reason != "FIELD_INVALID" {
					t.Errorf("%s of %s: %s %s %s", rpc, mask, a.code, a.reason, a.raw)
				}
			}
		}
	}
	if masks < 30 {
		t.Errorf("only %d protected fields were found", masks)
	}
}

// refuses calls as who may do most, with masks that protojson itself would not send.
func (s *scene) refuses(rpc string, request object) answer {
	s.t.Helper()
	mask, _ := request["updateMask"].(string)
	delete(request, "updateMask")
	message := dynamicpb.NewMessage(rpcs[rpc].Input())
	if err := protojson.Unmarshal([]byte(text(request)), message); err != nil {
		s.t.Fatal(err)
	}
	field := rpcs[rpc].Input().Fields().ByName("update_mask")
	inner := message.Mutable(field).Message()
	paths := inner.Mutable(field.Message().Fields().ByName("paths")).List()
	paths.Append(protoreflect.ValueOfString(snake(mask)))
	return grpcDoor{s.direct}.send(s.t, s.tokens[editor[rpc]], rpcs[rpc], message)
}

// editor is who may change what.
var editor = map[string]string{
	"UpdateCalendar": "admin", "UpdateFeed": "curator", "UpdateLibraryItem": "curator", "UpdateMember": "admin", "UpdatePost": "employee", "UpdateRegisteredHandle": "admin", "UpdateRole": "admin",
	"UpdateSocialAccount": "admin", "UpdateTopic": "curator", "UpdateTrainingModule": "admin", "UpdateWorkspace": "admin",
}

// snake is the proto name of a JSON name.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteString("_" + strings.ToLower(string(r)))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
