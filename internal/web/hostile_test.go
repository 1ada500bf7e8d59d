package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// hostile is an API all of whose texts were written by somebody who means harm. Each list has two
// entries, everything that can be said is said, and everything is permitted.
type hostile struct {
	// text is what every field says; states chooses among the words of a list.
	text   string
	states int
}

func (h hostile) Invoke(_ context.Context, _ string, in, out any, _ ...grpc.CallOption) error {
	m := out.(proto.Message).ProtoReflect()
	h.fill(m, 0)
	// A list has a second page and ends there.
	asked, token := in.(proto.Message).ProtoReflect(), m.Descriptor().Fields().ByName("next_page_token")
	if field := asked.Descriptor().Fields().ByName("page_token"); token != nil && field != nil && asked.Get(field).String() != "" {
		m.Clear(token)
	}
	switch filled := out.(type) {
	case *imprimaturv1.Session:
		filled.Permissions, filled.Roles = everyPermission, []string{h.text, "approver:legal"}
	case *imprimaturv1.Workspace:
		filled.TimeZone = "Europe/Paris"
	}
	return nil
}

func (hostile) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, io.EOF
}

// everyPermission is all that the pages ask for.
var everyPermission = strings.Fields("accounts.attest accounts.connect accounts.create accounts.read accounts.update audit.read cases.close cases.read " +
	"delegations.create delegations.read absences.create absences.read calendars.read calendars.update feeds.read feeds.update guidelines.read guidelines.publish " +
	"holds.create holds.read holds.release items.create items.read items.share items.submit items.transfer items.update items.withdraw keys.create keys.read keys.revoke " +
	"lexicons.read lexicons.publish disclosures.read disclosures.publish media.create media.read members.create members.declare members.disable members.invite members.merge " +
	"members.read members.update policies.activate policies.create policies.read policies.simulate posts.create posts.preview posts.read posts.readall posts.recall posts.submit " +
	"posts.update posts.withdraw proposals.answer proposals.create proposals.read proposals.readall publications.resolve recalls.create recalls.read reviews.decide reviews.read " +
	"reviews.reroute roles.read roles.update tasks.read tasks.reassign tasks.snooze threads.create threads.read topics.create topics.join topics.read topics.update workspaces.read workspaces.update")

// fill writes the text into everything, some levels deep.
func (h hostile) fill(m protoreflect.Message, depth int) {
	if at, is := m.Interface().(*timestamppb.Timestamp); is {
		proto.Merge(at, timestamppb.New(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)))
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case f.IsMap():
		case f.IsList():
			list := m.Mutable(f).List()
			for range 2 {
				if f.Message() == nil {
					list.Append(h.value(f))
				} else if depth < 6 {
					h.fill(list.AppendMutable().Message(), depth+1)
				}
			}
		case f.Message() != nil:
			if depth < 6 && (f.ContainingOneof() == nil || f.ContainingOneof().Fields().Get(0) == f) {
				h.fill(m.Mutable(f).Message(), depth+1)
			}
		default:
			m.Set(f, h.value(f))
		}
	}
}

func (h hostile) value(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(h.text)
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(h.text))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		values := f.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(1 + h.states%max(values.Len()-1, 1)).Number())
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(3)
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(3)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(3)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(3)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(3)
	default:
		return protoreflect.ValueOfInt32(3)
	}
}

// payloads are texts that have turned pages against their readers.
var payloads = []string{
	`"><script hostile>alert(1)</script>`, `'"><img hostile src=x onerror=alert(1)>`, `</textarea></title></style></script><svg hostile onload=alert(1)>`,
	`javascript:alert(1)//hostile`, `JaVa` + "\t" + `script:alert(1)`, `data:text/html,<script hostile>1</script>`, `" autofocus onfocus=alert(1) hostile="`,
	`{{.Hostile}} ${alert(1)}`, `<!--<img hostile src="--><img hostile src=x>`, `//evil.example/x`, "\u202e\u200b<hostile>\x00",
}

var placeholders = regexp.MustCompile(`\{([a-z_]+)\}`)

// Whatever any field says, no page makes markup of it, runs it or follows it, and every page is
// there in every state.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for n, text := range payloads {
		h := New(Options{PublicURL: "https://sign.example.com", Language: "en", API: hostile{text, n}, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
		for _, r := range routes() {
			path, is := strings.CutPrefix(r.pattern, "GET ")
			if !is || strings.HasSuffix(path, "/events") || strings.HasSuffix(path, "{media}") {
				continue
			}
			path = placeholders.ReplaceAllStringFunc(path, func(p string) string {
				return map[string]string{"{workspace}": "acme"}[p] + map[bool]string{true: "", false: "0198f000-0000-7000-8000-000000000001"}[p == "{workspace}"]
			})
			for _, query := range []string{"", "?lang=fr&q=" + escape(text) + "&filter=" + escape(text)} {
				judge(t, h, path, query, text)
			}
		}
	}
}

func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}

// judge opens a page and reads it as a browser would.
func judge(t *testing.T, h http.Handler, path, query, text string) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "https://sign.example.com"+path+query, nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie + "acme", Value: "imps_mine"})
	h.ServeHTTP(w, r)
	if w.Code >= 500 {
		t.Errorf("%s with %q: status %d", path, text, w.Code)
	}
	if to := w.Header().Get("Location"); to != "" && !local(to) {
		t.Errorf("%s leads to %q", path, to)
	}
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		return
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	for e := range root.Descendants() {
		if e.Type != html.ElementNode {
			continue
		}
		for _, a := range e.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case a.Key == "hostile" || strings.HasPrefix(a.Key, "on") || a.Key == "style" || e.Data == "hostile":
				t.Errorf("%s with %q: <%s %s=%q>", path, text, e.Data, a.Key, a.Val)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction") &&
				(strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:")):
				t.Errorf("%s with %q: <%s %s=%q>", path, text, e.Data, a.Key, a.Val)
			case (a.Key == "src" || a.Key == "action" || a.Key == "formaction") && !local(a.Val):
				t.Errorf("%s with %q: <%s %s=%q> leads elsewhere", path, text, e.Data, a.Key, a.Val)
			}
		}
		if e.Data == "script" && e.FirstChild != nil {
			t.Errorf("%s with %q: a script stands in the page", path, text)
		}
	}
}
