package routing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

func newEngine(t testing.TB) *routing.Engine {
	t.Helper()
	e, err := routing.NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// story is one file of testdata/stories: a policy, the facts of a submission, and what
// is asked of it.
type story struct {
	Description string
	// Policy is a whole document; without one the built-in policy is meant, or the starter
	// policy when Starter is set.
	Policy  json.RawMessage
	Starter bool
	Facts   struct {
		Kind, Origin, Language, Text, Link, Disclosure string
		Languages                                      []string
		Networks                                       []advocacy.Network
		Topics                                         []advocacy.TopicID
		Media, Changed                                 int
		Publish, Now                                   time.Time
		Expedited                                      bool
		Author                                         routing.Author
	}
	// Plan lists "key: role ×quorum, stage n, because rule, rule" in order.
	Plan    []string
	Matched []string
	Failed  []string
	Shadow  []string
	// Unmet lists "rule: REASON: words".
	Unmet     []string
	Expedited bool
}

func (s *story) facts() routing.Facts {
	f := routing.Facts{
		Kind: advocacy.SubjectKind(s.Facts.Kind), Origin: advocacy.Origin(s.Facts.Origin), Language: s.Facts.Language,
		Languages: s.Facts.Languages, Networks: s.Facts.Networks, Topics: s.Facts.Topics,
		Disclosure: advocacy.Disclosure(s.Facts.Disclosure), Media: make([]advocacy.MediaRef, s.Facts.Media), Changed: s.Facts.Changed,
		PublishTime: s.Facts.Publish, Time: s.Facts.Now, Expedited: s.Facts.Expedited, Author: s.Facts.Author,
	}
	if s.Facts.Text != "" {
		f.Texts = []string{s.Facts.Text}
	}
	if s.Facts.Link != "" {
		f.Links = []string{s.Facts.Link}
	}
	return f
}

func readStory(t *testing.T, path string) *story {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	s := &story{}
	if err := decoder.Decode(s); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if s.Description == "" {
		t.Fatalf("%s tells no story", path)
	}
	switch {
	case s.Starter:
		s.Policy = routing.Starter()
	case s.Policy == nil:
		s.Policy = routing.Builtin().Document()
	}
	return s
}

// spell writes a plan as the stories do.
func spell(p advocacy.Plan) []string {
	var out []string
	for _, r := range p.Requirements {
		line := []string{r.Key + ": " + string(r.Role)}
		if r.Kind == advocacy.RequireLibrary {
			line[0] = r.Key + ": the item's own signatures"
		} else if r.Quorum != 1 {
			line[0] += " ×" + string(rune('0'+r.Quorum))
		}
		if r.Stage != 1 {
			line = append(line, "stage "+string(rune('0'+r.Stage)))
		}
		if r.TTL > 0 {
			line = append(line, "for "+r.TTL.String())
		}
		if r.Veto {
			line = append(line, "veto")
		}
		if r.StepUp {
			line = append(line, "step-up")
		}
		if r.SLA.Business > 0 {
			line = append(line, "within "+r.SLA.Business.String()+" of "+r.SLA.Calendar)
		}
		for _, reason := range r.Rules {
			line = append(line, "because "+reason.Rule)
		}
		out = append(out, strings.Join(line, ", "))
	}
	return out
}

func TestStories(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/stories/*.json")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d stories, %v", len(paths), err)
	}
	engine := newEngine(t)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			t.Parallel()
			s := readStory(t, path)
			policy, err := engine.Load(s.Policy)
			if err != nil {
				t.Fatal(err)
			}
			got := policy.Evaluate(s.facts())
			if diff := cmp.Diff(s.Plan, spell(got.Plan)); diff != "" {
				t.Errorf("%s\nplan (-want +got):\n%s", s.Description, diff)
			}
			if diff := cmp.Diff(s.Matched, got.Matched); diff != "" {
				t.Errorf("matched (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.Failed, got.Failed); diff != "" {
				t.Errorf("failed (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.Shadow, got.Shadow); diff != "" {
				t.Errorf("shadow (-want +got):\n%s", diff)
			}
			var unmet []string
			for _, u := range got.Unmet {
				unmet = append(unmet, u.Rule+": "+u.Reason+": "+u.Words)
			}
			if diff := cmp.Diff(s.Unmet, unmet); diff != "" {
				t.Errorf("unmet (-want +got):\n%s", diff)
			}
			if got.Expedited != s.Expedited {
				t.Errorf("expedited is %t", got.Expedited)
			}
		})
	}
}

func TestBuiltin(t *testing.T) {
	t.Parallel()
	policy, err := newEngine(t).Load(routing.Builtin().Document())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(routing.Builtin(), policy.Policy()); diff != "" {
		t.Errorf("what was loaded is not what was written (-want +got):\n%s", diff)
	}
	for _, r := range slices.Concat(routing.Builtin().Defaults, routing.Builtin().OnError) {
		if len(r.Rules) == 0 || !r.Veto {
			t.Errorf("%s has no reason or no veto: %+v", r.Key, r)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"an unknown field":          `{"defaults":[],"exceptions":[]}`,
		"an unknown field of rules": `{"rules":[{"id":"a","unless":"true"}]}`,
		"an unknown requirement":    `{"defaults":[{"key":"legal","optional":true}]}`,
		"no document":               ``,
		"half a document":           `{"defaults":[`,
		"a list":                    `[]`,
		"two documents":             `{"defaults":[]}{"defaults":[]}`,
		"words after it":            `{"defaults":[]} and so on`,
	} {
		if p, err := routing.Parse([]byte(document)); err == nil {
			t.Errorf("%s was read as %+v", name, p)
		}
		if _, err := newEngine(t).Load([]byte(document)); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
	if _, err := routing.Parse([]byte("{\"defaults\":[]}\n\n")); err != nil {
		t.Errorf("a line feed after it: %v", err)
	}
}

// legalWhen is a policy with one rule.
func legalWhen(condition string) routing.Policy {
	p := routing.Builtin()
	p.Rules = []routing.Rule{{ID: "rule", When: condition, Reason: "So.", Require: []advocacy.Requirement{routing.Sign("approver:medical", 1)}}}
	return p
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	requiring := func(change func(*advocacy.Requirement)) routing.Policy {
		p := legalWhen("true")
		change(&p.Rules[0].Require[0])
		return p
	}
	nobody := legalWhen("true")
	nobody.Defaults = nil
	clash := legalWhen("true")
	clash.OnError = []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 1)}
	clash.OnError[0].Key = "pr"
	for _, tt := range []struct {
		name          string
		policy        routing.Policy
		reason, field string
	}{
		{"no defaults", nobody, "POLICY_EMPTY", "defaults"},
		{"no condition", legalWhen(""), "RULE_INVALID", "rules[0].when"},
		{"no CEL", legalWhen("post.kind =="), "RULE_INVALID", "rules[0].when"},
		{"a fact nobody knows", legalWhen("campaign.name == 'spring'"), "RULE_INVALID", "rules[0].when"},
		{"a function nobody knows", legalWhen("now() > 0"), "RULE_INVALID", "rules[0].when"},
		{"a text for an answer", legalWhen("'true'"), "RULE_INVALID", "rules[0].when"},
		{"a number for an answer", legalWhen("1"), "RULE_INVALID", "rules[0].when"},
		{"a fact for an answer", legalWhen("post.kind"), "RULE_INVALID", "rules[0].when"},
		{"types that do not compare", legalWhen("post.media_count == 'x'"), "RULE_INVALID", "rules[0].when"},
		{"a requirement without a key", requiring(func(r *advocacy.Requirement) { r.Key = "" }), "RULE_INVALID", "rules[0].require[0]"},
		{"a kind nothing satisfies", requiring(func(r *advocacy.Requirement) { r.Kind = "oracle" }), "RULE_INVALID", "rules[0].require[0]"},
		{"nobody asked", requiring(func(r *advocacy.Requirement) { r.Quorum = 0 }), "RULE_INVALID", "rules[0].require[0]"},
		{"a role that never signs", requiring(func(r *advocacy.Requirement) { r.Role = advocacy.RoleAdmin }), "RULE_INVALID", "rules[0].require[0]"},
		{"a signature that never lived", requiring(func(r *advocacy.Requirement) { r.TTL = -1 }), "RULE_INVALID", "rules[0].require[0]"},
		{"one key for two roles", clash, "RULE_INVALID", "on_error[0]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := newEngine(t).Compile(tt.policy)
			e, ok := err.(*advocacy.Error)
			if !ok || e.Reason != tt.reason || e.Field != tt.field || e.Kind != advocacy.Invalid {
				t.Errorf("it says %v, want %s for %s", err, tt.reason, tt.field)
			}
			if tt.name == "a fact nobody knows" && !strings.Contains(err.Error(), "undeclared reference to 'campaign'") {
				t.Errorf("%v does not say which", err)
			}
		})
	}
}

// TestSameKeyTwice: a rule may ask again, for more, of whom the defaults ask.
func TestSameKeyTwice(t *testing.T) {
	t.Parallel()
	p := legalWhen("true")
	p.Rules[0].Require = []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 2), routing.Sign(advocacy.RoleLegal, 1)}
	policy, err := newEngine(t).Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"legal: approver:legal ×2, veto, because rule"}, spell(policy.Evaluate(routing.Facts{}).Plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// TestCostLimit: a condition that would take too long counts as matched, and one that
// could take far too long is refused.
func TestCostLimit(t *testing.T) {
	t.Parallel()
	policy, err := newEngine(t).Compile(legalWhen(`post.networks.all(a, post.networks.all(b, a + b != ""))`))
	if err != nil {
		t.Fatal(err)
	}
	few := policy.Evaluate(routing.Facts{Networks: slices.Repeat([]advocacy.Network{"wall"}, 3)})
	if !slices.Equal(few.Matched, []string{"rule"}) || few.Failed != nil {
		t.Errorf("with three networks: matched %v, failed %v", few.Matched, few.Failed)
	}
	many := policy.Evaluate(routing.Facts{Networks: slices.Repeat([]advocacy.Network{"wall"}, 200)})
	if many.Matched != nil || !slices.Equal(many.Failed, []string{"rule"}) {
		t.Errorf("with 200 networks: matched %v, failed %v", many.Matched, many.Failed)
	}
	want := []string{
		"medical: approver:medical, veto, because rule", "legal: approver:legal, veto, because on-error",
		"pr: approver:pr, veto, because on-error",
	}
	if diff := cmp.Diff(want, spell(many.Plan)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	for condition, says := range map[string]string{
		`post.networks.all(a, post.networks.all(b, post.networks.all(c, a + b + c != "")))`: "nesting",
		`post.texts.all(a, post.texts.all(b, a + b != post.text + a))`:                      "could cost",
		`post.text.matches("(")`:      "invalid",
		`now < timestamp("tomorrow")`: "invalid",
	} {
		if _, err := newEngine(t).Compile(legalWhen(condition)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want it refused as %s", condition, err, says)
		}
	}
}

// TestTotalCost: many conditions together are bounded as well.
func TestTotalCost(t *testing.T) {
	t.Parallel()
	p := legalWhen("true")
	for i := range 60 {
		p.Rules = append(p.Rules, routing.Rule{ID: "again-" + strconv.Itoa(i), When: fmt.Sprintf(`post.networks.all(a, post.networks.all(b, a + b != "%d"))`, i)})
	}
	p.Rules = append(p.Rules, routing.Rule{ID: "last", When: "false"})
	policy, err := newEngine(t).Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	got := policy.Evaluate(routing.Facts{Networks: slices.Repeat([]advocacy.Network{"wall"}, 200)})
	if !slices.Contains(got.Failed, "last") || !slices.Equal(got.Matched, []string{"rule"}) {
		t.Errorf("after so much work: matched %v, failed %v", got.Matched, got.Failed)
	}
}

// TestLongPosts: of many honest rules none fails because a post is long, or has many texts.
func TestLongPosts(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	policy, err := engine.Check(apart(manyRules(200)).Document())
	if err != nil {
		t.Fatal(err)
	}
	for _, facts := range []routing.Facts{aLongPost(5, 3_000), aLongPost(2, 9_800), aLongPost(1, 20_000), aLongPost(20, 20_000)} {
		got := policy.Evaluate(facts)
		if len(got.Failed) > 0 || len(got.Matched) == 0 {
			t.Errorf("%d texts of %d characters: matched %v, failed %v", len(facts.Texts), len(facts.Texts[0]), got.Matched, got.Failed)
		}
	}
	dear := legalWhen("true")
	for i := range 80 {
		dear.Rules = append(dear.Rules, routing.Rule{ID: "pattern-" + strconv.Itoa(i), When: fmt.Sprintf(`post.texts.exists(t, t.matches("(?i)\\b(yield|dividend%d)s?\\b"))`, i)})
	}
	document := dear.Document()
	if _, err := engine.Check(document); err == nil || !strings.Contains(err.Error(), "all conditions together could cost") {
		t.Errorf("a policy whose conditions are too dear together: %v", err)
	}
	if _, err := engine.Load(document); err != nil {
		t.Errorf("one that is in force already no longer counts: %v", err)
	}
}

// TestPlansAreNobodyElses: what somebody does to a plan changes no later one.
func TestPlansAreNobodyElses(t *testing.T) {
	t.Parallel()
	policy, err := newEngine(t).Compile(legalWhen(`post.kind == "post"`))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []advocacy.SubjectKind{advocacy.SubjectPost, advocacy.SubjectItem} {
		facts := routing.Facts{Kind: kind}
		want := spell(policy.Evaluate(facts).Plan)
		spoiled := policy.Evaluate(facts).Plan
		spoiled.Requirements[0].Role, spoiled.Requirements[0].Quorum = "nobody", 0
		if diff := cmp.Diff(want, spell(policy.Evaluate(facts).Plan)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

// drawFacts draws facts nobody thought of.
func drawFacts(t *rapid.T) routing.Facts {
	text := rapid.String()
	return routing.Facts{
		Kind:     rapid.SampledFrom([]advocacy.SubjectKind{"", advocacy.SubjectPost, advocacy.SubjectItem, "moon"}).Draw(t, "kind"),
		Origin:   rapid.SampledFrom([]advocacy.Origin{"", advocacy.OriginOriginal, advocacy.OriginLibrary, advocacy.OriginLibraryEdited}).Draw(t, "origin"),
		Language: text.Draw(t, "language"), Languages: rapid.SliceOfN(text, 0, 3).Draw(t, "languages"),
		Texts: rapid.SliceOfN(text, 0, 3).Draw(t, "texts"), Links: rapid.SliceOfN(text, 0, 2).Draw(t, "links"),
		Disclosure: rapid.SampledFrom(advocacy.Disclosures()).Draw(t, "disclosure"), Changed: rapid.Int().Draw(t, "changed"),
		Media: make([]advocacy.MediaRef, rapid.IntRange(0, 3).Draw(t, "media")), Expedited: rapid.Bool().Draw(t, "expedited"),
		TrainingMode: rapid.Bool().Draw(t, "training mode"),
		Author:       routing.Author{Groups: rapid.SliceOfN(rapid.SampledFrom([]string{"executives", "sales"}), 0, 2).Draw(t, "groups")},
		Networks:     rapid.SliceOfN(rapid.Custom(func(t *rapid.T) advocacy.Network { return advocacy.Network(text.Draw(t, "network")) }), 0, 3).Draw(t, "networks"),
	}
}

// TestNeverAnEmptyPlan: whatever the facts, somebody is asked (I12); and only an unedited
// share is asked of nobody but the library.
func TestNeverAnEmptyPlan(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	builtin, err := engine.Compile(routing.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	odd := legalWhen(`post.networks[0] == "wall" && int(post.text) > 7 && post.media_count / size(post.link) > 1`)
	odd.Rules[0].Require = nil
	fragile, err := engine.Compile(odd)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		for _, policy := range []*routing.Compiled{builtin, fragile} {
			if got := policy.Evaluate(facts); len(got.Plan.Requirements) == 0 {
				t.Fatalf("nobody is asked: %+v", got)
			}
		}
		shared := facts.Kind == advocacy.SubjectPost && facts.Origin == advocacy.OriginLibrary && !facts.TrainingMode
		if slots := builtin.Evaluate(facts).Plan.Slots(); (slots == 0) != shared {
			t.Fatalf("%d persons are asked and an unedited share is %t", slots, shared)
		}
	})
}

// drawRule draws a rule of any mode and route.
func drawRule(t *rapid.T, id string) routing.Rule {
	conditions := []string{"true", "false", `post.kind == "post"`, `post.text.contains("a")`, `post.media[2].alt_text == "x"`, `post.networks[9] == ""`}
	role := advocacy.Role("approver:" + rapid.SampledFrom([]string{"legal", "pr", "medical"}).Draw(t, "role"))
	return routing.Rule{
		ID: id, When: rapid.SampledFrom(conditions).Draw(t, "when"),
		Mode:    rapid.SampledFrom([]routing.Mode{"", routing.Enforced, routing.Shadow, routing.Disabled}).Draw(t, "mode"),
		Route:   rapid.SampledFrom([]routing.Route{"", routing.Normal, routing.Expedited, routing.Always}).Draw(t, "route"),
		Require: []advocacy.Requirement{routing.Sign(role, rapid.IntRange(1, 3).Draw(t, "quorum"))},
		Preconditions: []routing.Precondition{{
			Expr: rapid.SampledFrom(conditions).Draw(t, "expr"), Reason: "NOT_YET", Words: "Do it.",
		}},
	}
}

// TestRulesOnlyAdd: with one rule more, whatever it is, no less is asked (law L5).
func TestRulesOnlyAdd(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	rapid.Check(t, func(t *rapid.T) {
		p := routing.Policy{
			Defaults:  []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 1)},
			Expedited: []advocacy.Requirement{routing.Sign(advocacy.RolePR, 2)}, Rules: []routing.Rule{drawRule(t, "first")},
		}
		facts := drawFacts(t)
		ask := func() routing.Result {
			policy, err := engine.Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			got := policy.Evaluate(facts)
			if len(got.Matched)+len(got.Failed) == 0 {
				got.Plan = advocacy.Plan{} // the defaults ask only when no rule does
			}
			return got
		}
		fewer := ask()
		p.Rules = append(p.Rules, drawRule(t, "second"))
		more := ask()
		for _, r := range fewer.Plan.Requirements {
			if o, ok := more.Plan.Find(r.Key); !ok || o.Quorum < r.Quorum {
				t.Fatalf("%+v asks for less than %+v", more, fewer)
			}
		}
		for _, u := range fewer.Unmet {
			if !slices.Contains(more.Unmet, u) {
				t.Fatalf("%+v is not missing any more in %+v", u, more)
			}
		}
	})
}

// TestShadowChangesNothing: with or without its shadow rules a policy asks for the same,
// and an enforced rule would have counted exactly where its shadow says so.
func TestShadowChangesNothing(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		evaluate := func(rules ...routing.Rule) routing.Result {
			policy, err := engine.Compile(routing.Policy{
				Defaults:  []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 1)},
				Expedited: []advocacy.Requirement{routing.Sign(advocacy.RolePR, 2)}, Rules: rules,
			})
			if err != nil {
				t.Fatal(err)
			}
			return policy.Evaluate(facts)
		}
		rule, shadow := drawRule(t, "rule"), drawRule(t, "shadow")
		rule.Mode, shadow.Mode = routing.Enforced, routing.Shadow
		with := evaluate(rule, shadow)
		shadowed, failed := with.Shadow, with.ShadowFailed
		with.Shadow, with.ShadowFailed = nil, nil
		if diff := cmp.Diff(evaluate(rule), with); diff != "" {
			t.Fatalf("a shadow changed something (-without +with):\n%s", diff)
		}
		shadow.Mode = routing.Enforced
		enforced := evaluate(shadow)
		if !slices.Equal(shadowed, slices.Concat(enforced.Matched, enforced.Failed)) || !slices.Equal(failed, enforced.Failed) {
			t.Fatalf("the shadow said %v, failed %v, enforced it is %+v", shadowed, failed, enforced)
		}
	})
}

// TestErrorsAdd: a rule that cannot be evaluated asks for what it says, for what an error
// asks for, and its preconditions hold only if they do.
func TestErrorsAdd(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	rapid.Check(t, func(t *rapid.T) {
		rule := drawRule(t, "rule")
		rule.Mode, rule.Route, rule.When = routing.Enforced, routing.Always, `post.networks[99] == ""`
		policy, err := engine.Compile(routing.Policy{
			Defaults: []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 1)}, OnError: []advocacy.Requirement{routing.Sign("approver:compliance", 2)},
			Rules: []routing.Rule{rule},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := policy.Evaluate(drawFacts(t))
		compliance, ok := got.Plan.Find("compliance")
		_, own := got.Plan.Find(rule.Require[0].Key)
		if !ok || !own || compliance.Quorum != 2 || !slices.Equal(got.Failed, []string{"rule"}) {
			t.Fatalf("an error asks for %+v", got)
		}
	})
}

// TestLoadKeepsFew: an engine that sees many policies forgets those not used lately, and
// knows the others still.
func TestLoadKeepsFew(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	first, err := engine.Load(legalWhen("true").Document())
	if err != nil {
		t.Fatal(err)
	}
	forgotten, err := engine.Load(legalWhen("false").Document())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		for _, document := range [][]byte{legalWhen("true").Document(), legalWhen(fmt.Sprintf("post.media_count == %d", i)).Document()} {
			if _, err := engine.Load(document); err != nil {
				t.Fatal(err)
			}
		}
	}
	if again, err := engine.Load(legalWhen("true").Document()); err != nil || again != first {
		t.Errorf("what was used all the time was compiled again: %v", err)
	}
	if again, err := engine.Load(legalWhen("false").Document()); err != nil || again == forgotten {
		t.Errorf("what was used by nobody is still kept: %v", err)
	}
}

// TestLoadCompilesOnce, also when many ask at the same time.
func TestLoadCompilesOnce(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	documents := [][]byte{routing.Builtin().Document(), legalWhen("true").Document(), legalWhen("false").Document()}
	loaded := make([]*routing.Compiled, 24)
	var wg sync.WaitGroup
	for i := range loaded {
		wg.Go(func() {
			policy, err := engine.Load(documents[i%len(documents)])
			if err != nil {
				t.Error(err)
				return
			}
			loaded[i] = policy
			if len(policy.Evaluate(routing.Facts{}).Plan.Requirements) == 0 {
				t.Error("nobody is asked")
			}
		})
	}
	wg.Wait()
	for i, policy := range loaded {
		if policy != loaded[i%len(documents)] {
			t.Errorf("document %d was compiled again", i%len(documents))
		}
	}
	if loaded[0] == loaded[1] || loaded[1] == loaded[2] {
		t.Error("two documents have one policy")
	}
	if _, err := engine.Load([]byte("{}")); advocacy.ReasonOf(err) != "POLICY_EMPTY" {
		t.Errorf("an empty document: %v", err)
	}
}
