package apitest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// rawCodec sends bytes as they are.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error) { return v.([]byte), nil }
func (rawCodec) Unmarshal(data []byte, v any) error {
	*(v.(*[]byte)) = data
	return nil
}
func (rawCodec) Name() string { return "proto" }

// rawGRPC calls a method with bytes that no library would write.
func rawGRPC(t *testing.T, conn *grpc.ClientConn, token, rpc string, request []byte) answer {
	t.Helper()
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
	var reply []byte
	m := rpcs[rpc]
	err := conn.Invoke(ctx, "/"+string(m.Parent().FullName())+"/"+string(m.Name()), request, &reply,
		grpc.ForceCodec(rawCodec{}), grpc.MaxCallSendMsgSize(64<<20))
	if err == nil {
		return answer{code: "OK"}
	}
	return refused(err)
}

// bytesField is one length-delimited field on the wire.
func bytesField(number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), value)
}

// testBadWire sends gRPC what no client library writes: text that is not UTF-8, bytes that
// are no message, messages that are too large.
func testBadWire(t *testing.T, s *service, h, _ *scene) {
	token, parent := h.tokens["employee"], bytesField(1, []byte(fmt.Sprint(h.vars["ws"])))
	note := bytesField(2, bytesField(8, []byte("a\xff\xfeb")))
	content := bytesField(2, bytesField(4, append(bytesField(1, []byte("en")), bytesField(2, []byte("caf\xe9"))...)))
	for _, conn := range []*grpc.ClientConn{s.shared, s.direct} {
		for name, c := range map[string]struct {
			request             []byte
			code, reason, field string
		}{
			"note in no UTF-8":    {append(bytes.Clone(parent), note...), "INVALID_ARGUMENT", "INVALID_UTF8", "post.note"},
			"text in Latin-1":     {append(bytes.Clone(parent), content...), "INVALID_ARGUMENT", "INVALID_UTF8", "post.content.text"},
			"parent in no UTF-8":  {bytesField(1, []byte("workspaces/\xff")), "INVALID_ARGUMENT", "INVALID_UTF8", "parent"},
			"no message":          {[]byte{0xff, 0xff, 0xff}, "INVALID_ARGUMENT", "INVALID_REQUEST", ""},
			"a message too large": {append(bytes.Clone(parent), bytesField(2, bytesField(8, make([]byte, 5<<20)))...), "RESOURCE_EXHAUSTED", "", ""},
		} {
			a := rawGRPC(t, conn, token, "CreatePost", c.request)
			if a.code != c.code || a.reason != c.reason || a.field != c.field {
				t.Errorf("%s: %s %s %q, want %s %s %q: %.300s", name, a.code, a.reason, a.field, c.code, c.reason, c.field, a.raw)
			}
		}
	}
}

// testMalformedNames calls methods with names that only look like names.
func testMalformedNames(t *testing.T, _ *service, grpc, rest *scene) {
	for _, play := range []*scene{grpc, rest} {
		ws, good := fmt.Sprint(play.vars["ws"]), fmt.Sprint(play.variable("", "draft.name"))
		for _, name := range []string{
			"posts/1", ws, ws + "/", ws + "/posts", ws + "/posts/", ws + "/posts/1", ws + "/posts/-", strings.ToUpper(good), good + "/", good + " ",
			" " + good, good + "/revisions/1", ws + "/posts/../" + good, ws + "//posts/x", strings.Replace(good, "posts", "libraryItems", 1),
			strings.Replace(good, "/posts/", "/posts/%2e%2e/", 1), "workspaces/../" + good, "workspaces/acme;drop/posts/1", ws + "/posts/' OR '1'='1", good + "\x00",
			good + "\u200b", strings.ReplaceAll(good, "-", "‐"), ws + "/posts/" + strings.Repeat("a", 5000), "workspaces/" + strings.Repeat("a", 100) + "/posts/1", "",
		} {
			if play.doorName == "rest" && (name == ws || name == ws+"/posts" || name == good+"/revisions/1" || strings.Contains(name, "/../")) {
				continue // the address of something else that is there
			}
			a := play.door.call(t, play.tokens["employee"], rpcs["GetPost"], object{"name": name})
			refused := a.code == "INVALID_ARGUMENT" || a.code == "NOT_FOUND" || a.http == http.StatusMethodNotAllowed || a.http == http.StatusRequestURITooLong
			if play.doorName == "grpc" {
				refused = a.code == "INVALID_ARGUMENT" && a.reason == "FIELD_INVALID" && a.field == "name" || a.reason == "WORKSPACE_NOT_FOUND"
			}
			if !refused {
				t.Errorf("GetPost of %.80q through %s: %d %s %s %q %.300s", name, play.doorName, a.http, a.code, a.reason, a.field, a.raw)
			}
		}
	}
}

// testOversizeMedia sends more than a picture may weigh: announced, in pieces, and as a
// stream.
func testOversizeMedia(t *testing.T, s *service, grpc, rest *scene) {
	path := "/v1/" + fmt.Sprint(rest.vars["ws"]) + "/media:upload"
	door := rest.door.(restDoor)
	huge := bytes.Repeat([]byte("\xff\xd8\xff\xe0"), (20<<20)/4+1)
	r := door.request(t, http.MethodPost, path, "image/jpeg", huge)
	wants(t, "announced", door.exchange(t, rest.tokens["employee"], rpcs["UploadMedia"], r), 413, "INVALID_ARGUMENT", "MEDIA_TOO_LARGE", "")
	r = door.request(t, http.MethodPost, path, "image/jpeg", nil)
	r.Body, r.ContentLength, r.GetBody = io.NopCloser(bytes.NewReader(huge)), -1, nil
	wants(t, "in pieces", restDoor{base: door.base, client: door.client}.exchange(t, rest.tokens["employee"], rpcs["UploadMedia"], r), 413, "INVALID_ARGUMENT", "MEDIA_TOO_LARGE", "")
	r = door.request(t, http.MethodPost, path, "multipart/form-data; boundary=x", []byte("--x--"))
	wants(t, "a form", door.exchange(t, rest.tokens["employee"], rpcs["UploadMedia"], r), 415, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE", "")
	whole := dynamicpb.NewMessage(rpcs["UploadMedia"].Input())
	whole.Set(whole.Descriptor().Fields().ByName("parent"), protoreflect.ValueOfString(fmt.Sprint(grpc.vars["ws"])))
	whole.Set(whole.Descriptor().Fields().ByName("data"), protoreflect.ValueOfBytes(huge))
	wants(t, "as a stream", grpcDoor{s.direct}.send(t, grpc.tokens["employee"], rpcs["UploadMedia"], whole),
		0, "INVALID_ARGUMENT", "MEDIA_TOO_LARGE", "data")
	wants(t, "in a part too large", upload(t, s.direct, grpc.tokens["employee"], fmt.Sprint(grpc.vars["ws"]), huge[:1<<20+1]),
		0, "INVALID_ARGUMENT", "FIELD_INVALID", "data")
}

// upload sends a picture as one message.
func upload(t *testing.T, conn *grpc.ClientConn, token, parent string, data []byte) answer {
	t.Helper()
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := rpcs["UploadMedia"]
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true}, "/"+string(m.Parent().FullName())+"/UploadMedia", grpc.ForceCodec(rawCodec{}))
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.SendMsg(append(bytesField(1, []byte(parent)), bytesField(2, data)...))
	_ = stream.CloseSend()
	var reply []byte
	if err := stream.RecvMsg(&reply); err != nil {
		return refused(err)
	}
	return answer{code: "OK"}
}

// testPrivateAddresses: a webhook leads to the public network unless the operator allowed
// another; by default nothing is.
func testPrivateAddresses(t *testing.T, s *service, grpc, rest *scene) {
	addresses := map[string][]string{
		"ADDRESS_FORBIDDEN": {
			"https://127.0.0.1/", "http://127.0.0.1:8080/hook", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data",
			"https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/", "https://[fc00::1]/", "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::7f00:1]/",
			"https://localhost/", "https://LOCALHOST./", "https://printer.local/", "https://db.internal/", "https://intranet/", "https://2130706433/", "https://0x7f000001/",
			"https://0177.0.0.1/", "https://127.1/", "http://example.com/", "https://example.com:22/", s.hooks.URL + "/ok/x",
		},
		"ADDRESS_INVALID": {"", "example.com", "ftp://example.com/", "https://", "https://user:pw@example.com/", "https://example.com/#x", "https://exa mple.com/", "https://bücher.example/", "file:///etc/passwd", "https://example.com:99999/"},
	}
	for reason, list := range addresses {
		for _, address := range list {
			for _, play := range []*scene{grpc, rest} {
				a := play.door.call(t, play.tokens["admin"], rpcs["CreateSocialAccount"], object{"parent": play.vars["ws"], "socialAccount": object{
					"network": "webhook", "displayName": "X", "owner": play.variable("", "member.curator"), "deputy": play.variable("", "member.admin"), "address": address,
				}})
				wants(t, address+" through "+play.doorName, a, 400, "INVALID_ARGUMENT", reason, "social_account.address")
			}
		}
	}
}
