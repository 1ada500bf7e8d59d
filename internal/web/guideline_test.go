package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// A rule asks for the guideline when nobody passes it who is not up to date, and not when it is only
// looked at, speaks of it in its condition alone, or is off.
func TestAsksForGuideline(t *testing.T) {
	t.Parallel()
	rule := func(mode, condition string) *imprimaturv1.RoutingRule {
		return &imprimaturv1.RoutingRule{
			Mode: mode, Condition: "!author.guideline_acknowledged",
			Preconditions: []*imprimaturv1.RoutingPrecondition{{Condition: condition}},
		}
	}
	for _, c := range []struct {
		mode, condition string
		want            bool
	}{
		{"ENFORCED", "author.guideline_acknowledged", true},
		{"ENFORCED", `author.guideline_acknowledged || "guests" in author.groups`, true},
		{"ENFORCED", "post.sponsored", false},
		{"SHADOW", "author.guideline_acknowledged", false},
		{"DISABLED", "author.guideline_acknowledged", false},
	} {
		if got := asksForGuideline(rule(c.mode, c.condition)); got != c.want {
			t.Errorf("%s %q: %v", c.mode, c.condition, got)
		}
	}
}

// During a grace the service asks for less than the revision in force; the page does not say that it
// was read.
func TestReadIsTheRevisionInForce(t *testing.T) {
	t.Parallel()
	const guideline = "workspaces/acme/guidelines/default/revisions/"
	for last, want := range map[string]bool{
		"": false, guideline + "1/acknowledgements/0190": false, guideline + "11/acknowledgements/0190": true, guideline + "111/acknowledgements/0190": false,
	} {
		g := &imprimaturv1.Guideline{Acknowledged: true, RevisionInForce: &imprimaturv1.GuidelineRevision{Name: guideline + "11"}}
		if last != "" {
			g.Acknowledgement = &imprimaturv1.GuidelineAcknowledgement{Name: last}
		}
		if got := readsInForce(g); got != want {
			t.Errorf("after %q: %v", last, got)
		}
	}
}

// lectern is the public API as far as the desk of the guideline needs it: one that is in force, and
// whatever rules.
type lectern struct {
	kiosk
	rules []*imprimaturv1.RoutingRule
	// grace is until when the former revision is enough.
	grace *timestamppb.Timestamp
}

func (s *lectern) Invoke(ctx context.Context, method string, in, out any, opts ...grpc.CallOption) error {
	var answer proto.Message
	switch in.(type) {
	case *imprimaturv1.GetSessionRequest:
		answer = &imprimaturv1.Session{
			Name: "workspaces/acme/sessions/0190", Member: kioskMember, DisplayName: "Ada Lovelace", Roles: []string{"admin"},
			Permissions: []string{"guidelines.read", "guidelines.readall", "guidelines.acknowledge", "policies.read", "policies.create"},
			ExpireTime:  timestamppb.New(time.Now().Add(time.Hour)),
		}
	case *imprimaturv1.GetGuidelineRequest:
		answer = &imprimaturv1.Guideline{RevisionInForce: &imprimaturv1.GuidelineRevision{
			Name: "workspaces/acme/guidelines/default/revisions/1", GraceEndTime: s.grace, Texts: []*imprimaturv1.GuidelineText{{Language: "en", Title: "How we speak", Body: "Say who you are."}},
		}}
	case *imprimaturv1.GetRoutingPolicyRequest:
		answer = &imprimaturv1.RoutingPolicy{RevisionInForce: &imprimaturv1.RoutingPolicyRevision{Rules: s.rules}}
	default:
		return s.kiosk.Invoke(ctx, method, in, out, opts...)
	}
	proto.Merge(out.(proto.Message), answer)
	return nil
}

// The desk says when no rule asks for the guideline, with the rule to copy; and the menu of who has not
// read it is marked.
func TestTheDeskSaysThatNoRuleAsks(t *testing.T) {
	t.Parallel()
	asks := []*imprimaturv1.RoutingRule{{Mode: "ENFORCED", Preconditions: []*imprimaturv1.RoutingPrecondition{{Condition: "author.guideline_acknowledged"}}}}
	for _, rules := range [][]*imprimaturv1.RoutingRule{nil, asks} {
		b := &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: &lectern{rules: rules}}), make(map[string]*http.Cookie)}
		b.signIn("imps_mine")
		body := b.get("/w/acme/policy/guideline").Body.String()
		wantIn(t, body, `<span class="marked">`, "Our guideline")
		if warned := strings.Contains(body, "No rule in force asks for it") && strings.Contains(body, "GUIDELINE_NOT_ACKNOWLEDGED"); warned != (rules == nil) {
			t.Errorf("with %d rules that ask it warns: %v", len(rules), warned)
		}
	}
}

// While a grace lasts nobody is missing, which does not say that everybody has read it.
func TestTheDeskSaysThatNobodyIsLate(t *testing.T) {
	t.Parallel()
	for grace, early := range map[time.Duration]bool{time.Hour: true, -time.Hour: false, 0: false} {
		api := new(lectern)
		if grace != 0 {
			api.grace = timestamppb.New(time.Now().Add(grace))
		}
		b := &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: api}), make(map[string]*http.Cookie)}
		b.signIn("imps_mine")
		body := b.get("/w/acme/policy/guideline").Body.String()
		if strings.Contains(body, "Nobody is late") != early || strings.Contains(body, "Everybody has.") == early {
			t.Errorf("a grace that ends in %s: %s", grace, body)
		}
	}
}

// The guideline leads back to pages of the workspace alone.
func TestTheGuidelineLeadsBack(t *testing.T) {
	t.Parallel()
	b := &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: new(lectern)}), make(map[string]*http.Cookie)}
	b.signIn("imps_mine")
	for back, want := range map[string]bool{
		"/w/acme/compose?post=0190": true, "/w/other/compose": false, "//evil.example/": false, "https://evil.example/w/acme/": false, "": false,
	} {
		body := b.get("/w/acme/guideline?" + url.Values{"back": {back}}.Encode()).Body.String()
		if led := strings.Contains(body, "Back to what you were doing"); led != want {
			t.Errorf("back to %q: %v", back, led)
		}
	}
}
