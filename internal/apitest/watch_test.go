package apitest

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// watches opens a stream of a house's queue over gRPC and reads until it is current.
func watches(t *testing.T, s *service, h *house, token string) (stream grpc.ClientStream, next func() (proto.Message, error)) {
	t.Helper()
	m := rpcs["WatchReviewTasks"]
	request := dynamicpb.NewMessage(m.Input())
	request.Set(m.Input().Fields().ByName("parent"), protoreflect.ValueOfString(h.vars["ws"].(string)))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	stream, err := grpcDoor{s.direct}.follow(ctx, m, request)
	if err != nil {
		t.Fatal(err)
	}
	next = func() (proto.Message, error) {
		one := dynamicpb.NewMessage(m.Output())
		return one, stream.RecvMsg(one)
	}
	if _, err := gather(m.Output(), func(one proto.Message) error { return stream.RecvMsg(one) }); err != nil {
		t.Fatal(err)
	}
	return stream, next
}

// ending reads a stream to its end.
func ending(next func() (proto.Message, error)) answer {
	for {
		if _, err := next(); err != nil {
			return refused(err)
		}
	}
}

// TestWatchEndsWithTheSession: who signed out, lost the role or was disabled is sent nothing
// more, over either door.
func TestWatchEndsWithTheSession(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for name, c := range map[string]struct {
		do           func(play *scene)
		code, reason string
	}{
		"signed out": {func(play *scene) {
			play.play("", []step{
				{As: "legal", Call: "GetSession", Request: object{"name": "${ws}/sessions/current"}, Save: "session"},
				{As: "legal", Call: "DeleteSession", Request: object{"name": "${session.name}"}},
			})
		}, "UNAUTHENTICATED", "SESSION_REVOKED"},
		"disabled": {func(play *scene) {
			play.play("", []step{{As: "admin", Call: "DisableMember", Request: object{"name": "${member.legal}"}}})
		}, "UNAUTHENTICATED", ""},
		"another role": {func(play *scene) {
			play.play("", []step{
				{As: "admin", Call: "GetMember", Request: object{"name": "${member.legal}"}, Save: "m"},
				{As: "admin", Call: "UpdateMember", Request: object{
					"member": object{"name": "${m.name}", "etag": "${m.etag}", "roles": []any{"approver:pr"}}, "updateMask": "roles",
				}},
			})
		}, "ABORTED", "SELECTION_CHANGED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := s.newHouse(t)
			_, next := watches(t, s, h, h.tokens["legal"])
			lines := watchLines(t, s, h, h.tokens["legal"])
			play := &scene{t: t, house: h, door: grpcDoor{s.direct}, doorName: "grpc"}
			c.do(play)
			a := ending(next)
			if a.code != c.code || c.reason != "" && a.reason != c.reason {
				t.Errorf("gRPC ended by %s %s, want %s %s", a.code, a.reason, c.code, c.reason)
			}
			if last := lines(); !strings.Contains(last, `"`+c.code+`"`) || !strings.Contains(last, a.reason) {
				t.Errorf("REST ended by %s, want %s %s", last, c.code, a.reason)
			}
		})
	}
}

// watchLines opens a stream over REST; what it returns reads to its end and returns the
// last line.
func watchLines(t *testing.T, s *service, h *house, token string) func() string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+"/v1/"+h.vars["ws"].(string)+"/reviewTasks:watch", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := s.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() || response.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", response.StatusCode, lines.Text())
	}
	return func() string {
		last := lines.Text()
		for lines.Scan() {
			last = lines.Text()
			var line object
			if err := json.Unmarshal([]byte(last), &line); err != nil || len(line) != 1 {
				t.Errorf("a line is %q: %v", last, err)
			}
		}
		return last
	}
}

// TestWatchEndsWithTheService: a service that stops says so, and does not wait for those
// who follow.
func TestWatchEndsWithTheService(t *testing.T) {
	t.Parallel()
	s, err := launch(t.TempDir(), func(*config.Config) {})
	if err != nil {
		t.Fatal(err)
	}
	h := s.newHouse(t)
	_, next := watches(t, s, h, h.tokens["legal"])
	lines := watchLines(t, s, h, h.tokens["pr"])
	s.cancel()
	if a := ending(next); a.code != "UNAVAILABLE" || a.reason != "SERVICE_STOPPING" {
		t.Errorf("gRPC ended by %s %s", a.code, a.reason)
	}
	if last := lines(); !strings.Contains(last, "SERVICE_STOPPING") {
		t.Errorf("REST ended by %s", last)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

// TestTooManyWatches: one person follows ten queues, and another when one of them ends.
func TestTooManyWatches(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	for range 10 {
		watches(t, s, h, h.tokens["legal"])
	}
	d := grpcDoor{s.direct}
	request := object{"parent": h.vars["ws"]}
	if a := d.call(t, h.tokens["legal"], rpcs["WatchReviewTasks"], request); a.code != "RESOURCE_EXHAUSTED" || a.reason != "TOO_MANY_WATCHES" {
		t.Errorf("the eleventh: %s %s", a.code, a.reason)
	}
	rest := restDoor{base: s.base, client: s.http}
	if a := rest.call(t, h.tokens["legal"], rpcs["WatchReviewTasks"], request); a.http != http.StatusTooManyRequests || a.reason != "TOO_MANY_WATCHES" {
		t.Errorf("the eleventh over REST: %d %s", a.http, a.reason)
	}
	if a := d.call(t, h.tokens["pr"], rpcs["WatchReviewTasks"], request); a.code != "OK" {
		t.Errorf("somebody else: %s %s", a.code, a.reason)
	}
}

// TestWatchRefusedOverREST: a stream that is refused at once is refused as any call is.
func TestWatchRefusedOverREST(t *testing.T) {
	t.Parallel()
	s := shared(t)
	h := s.newHouse(t)
	path := s.base + "/v1/" + h.vars["ws"].(string) + "/reviewTasks:watch"
	response, err := s.http.Get(path)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized || response.Header.Get("WWW-Authenticate") == "" || response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("without a credential: %d %v", response.StatusCode, response.Header)
	}
	response, err = s.http.Get(path + "?" + url.Values{"nothing": {"x"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown parameter: %d", response.StatusCode)
	}
}
