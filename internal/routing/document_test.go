package routing_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// TestStarter: the starter policy passes its own tests, and asks of plain posts and of
// unedited shares what the policy before it asked, but within a working day.
func TestStarter(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	policy, err := engine.Load(routing.Starter())
	if err != nil {
		t.Fatal(err)
	}
	if len(policy.Policy().Tests) < 10 {
		t.Errorf("only %d tests", len(policy.Policy().Tests))
	}
	for _, trial := range policy.Try() {
		for _, fault := range trial.Faults {
			t.Errorf("%s: %s", trial.Name, fault)
		}
	}
	before, err := engine.Compile(routing.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	for _, facts := range []routing.Facts{
		{Kind: advocacy.SubjectPost, Origin: advocacy.OriginOriginal, Texts: []string{"We are hiring."}},
		{Kind: advocacy.SubjectPost, Origin: advocacy.OriginLibrary, Texts: []string{"We guarantee it."}},
		{Kind: advocacy.SubjectItem, Origin: advocacy.OriginOriginal, Texts: []string{"We are hiring."}},
		{Kind: advocacy.SubjectPost, Origin: advocacy.OriginLibraryEdited, Changed: 9},
	} {
		for _, r := range policy.Evaluate(facts).Plan.Requirements {
			if timed := r.SLA.Business == 8*time.Hour && len(r.SLA.Ladder) == 3; timed != (r.Kind == advocacy.RequireHumans) {
				t.Errorf("%s %s: %s is to be signed within %v", facts.Origin, facts.Kind, r.Key, r.SLA)
			}
		}
		why := cmpopts.IgnoreFields(advocacy.Requirement{}, "Rules", "SLA")
		if diff := cmp.Diff(before.Evaluate(facts).Plan, policy.Evaluate(facts).Plan, why); diff != "" {
			t.Errorf("%s %s (-before +now):\n%s", facts.Origin, facts.Kind, diff)
		}
	}
}

// TestStarterInFrench: whatever the starter policy says to people it says in French as well.
func TestStarterInFrench(t *testing.T) {
	t.Parallel()
	policy, err := routing.Parse(routing.Starter())
	if err != nil {
		t.Fatal(err)
	}
	said := func(at, words string, in advocacy.Translations) {
		if fr := in.In("fr-CA", words); fr == words {
			t.Errorf("%s: %q is in no French", at, words)
		}
	}
	for _, requirements := range [][]advocacy.Requirement{policy.Defaults, policy.OnError} {
		for _, r := range requirements {
			for _, why := range r.Rules {
				said(why.Rule, why.Reason, why.Translations)
			}
		}
	}
	for _, r := range policy.Rules {
		said(r.ID, r.Reason, r.Translations)
		for _, pre := range r.Preconditions {
			said(r.ID, pre.Words, pre.Translations)
		}
	}
}

// TestTranslations: what a rule says in further languages goes with what it asks for and with what is
// unmet, is written as it was read, and is never said in no words.
func TestTranslations(t *testing.T) {
	t.Parallel()
	const document = `
defaults: [{role: "approver:legal", rules: [{rule: default, reason: So., translations: {fr: Ainsi.}}]}]
rules:
  - id: mine
    when: "true"
    reason: Why.
    translations: {fr: Pourquoi., de-CH: Warum.}
    require: [{role: "approver:pr"}]
    preconditions: [{expr: "false", reason: TRAINING, words: Learn., translations: {fr: Apprenez.}}]
`
	engine := newEngine(t)
	policy, err := engine.Check([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	got := policy.Evaluate(routing.Facts{Kind: advocacy.SubjectPost})
	var said []string
	for _, r := range got.Plan.Requirements {
		for _, why := range r.Rules {
			said = append(said, why.Translations.In("fr", why.Reason), why.Translations.In("de-CH", why.Reason))
		}
	}
	for _, u := range got.Unmet {
		said = append(said, u.Translations.In("fr", u.Words))
	}
	if diff := cmp.Diff([]string{"Pourquoi.", "Warum.", "Apprenez."}, said); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	once, err := routing.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	again, err := routing.Parse(once.Document())
	if diff := cmp.Diff(once, again); err != nil || diff != "" {
		t.Errorf("written and read again: %v\n%s", err, diff)
	}
	if err := valid(t, schemaOf(t), []byte(document)); err != nil {
		t.Errorf("the schema says %v", err)
	}
	for field, wrong := range map[string][2]string{
		"rules[0].translations.fr":                  {"fr: Pourquoi.", `fr: " "`},
		"rules[0].translations":                     {"fr: Pourquoi.", "french!: Pourquoi."},
		"rules[0].preconditions[0].translations.fr": {"fr: Apprenez.", `fr: ""`},
		"defaults[0].rules[0].translations.fr":      {"fr: Ainsi.", `fr: ""`},
	} {
		_, err := engine.Check([]byte(strings.Replace(document, wrong[0], wrong[1], 1)))
		if refused := new(advocacy.Error); !errors.As(err, &refused) || refused.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestUntimed: without its time the starter policy asks the same and passes its own tests.
func TestUntimed(t *testing.T) {
	t.Parallel()
	policy, err := newEngine(t).Check(routing.Untimed())
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range policy.Try() {
		for _, r := range trial.Result.Plan.Requirements {
			if r.SLA.Business != 0 || len(trial.Faults) > 0 {
				t.Errorf("%s: %v, and %s has %v", trial.Name, trial.Faults, r.Key, r.SLA)
			}
		}
	}
}

// TestUsualTime: a time for every signature is that of each that has none of its own, and of nothing
// that nobody signs; what is wrong with it is said where it stands.
func TestUsualTime(t *testing.T) {
	t.Parallel()
	const document = `
sla: {business: 8h, ladder: [{percent: 50, do: remind}]}
defaults: [{role: "approver:legal"}, {role: "approver:pr", sla: {business: 2h, calendar: hq}}]
on_error: [{role: "approver:legal"}]
rules:
  - {id: signed, when: "true", require: [{kind: library}, {role: "approver:medical"}]}
`
	p, err := routing.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	usual := advocacy.SLA{Business: 8 * time.Hour, Ladder: []advocacy.Rung{{Percent: 50, Do: advocacy.RungRemind}}}
	got := []advocacy.SLA{p.Defaults[0].SLA, p.Defaults[1].SLA, p.OnError[0].SLA, p.Rules[0].Require[0].SLA, p.Rules[0].Require[1].SLA}
	if diff := cmp.Diff([]advocacy.SLA{usual, {Business: 2 * time.Hour, Calendar: "hq"}, usual, {}, usual}, got); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
	again, err := routing.Parse(p.Document())
	if diff := cmp.Diff(p, again); err != nil || diff != "" {
		t.Errorf("written and read again: %v\n%s", err, diff)
	}
	_, err = routing.Parse([]byte(strings.Replace(document, "8h", "soon", 1)))
	if refused := new(advocacy.Error); !errors.As(err, &refused) || refused.Field != "sla.business" {
		t.Errorf("a time that is none: %v", err)
	}
}

// TestExample: the rules about what authors have read and learned, which people copy, do
// what their tests say, and the schema accepts them.
func TestExample(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("testdata/knowledge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := newEngine(t).Check(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, trial := range policy.Try() {
		for _, fault := range trial.Faults {
			t.Errorf("%s: %s", trial.Name, fault)
		}
	}
	if untested := policy.Untested(); len(untested) != 0 {
		t.Errorf("no test makes %v match", untested)
	}
	if err := valid(t, schemaOf(t), document); err != nil {
		t.Errorf("the schema says %v", err)
	}
	known := make(map[string]bool)
	for _, r := range policy.Rules() {
		for _, p := range r.Preconditions {
			known[p.Reason] = true
		}
	}
	if !known[routing.GuidelineNotAcknowledged] || !known[routing.TrainingMissing] || len(known) != 2 {
		t.Errorf("the preconditions are called %v", known)
	}
}

// schemaOf is the published schema.
func schemaOf(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(routing.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource("policy.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// valid tells what the schema says of a document.
func valid(t testing.TB, schema *jsonschema.Schema, document []byte) error {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(document, &value); err != nil {
		return nil // what is no document at all is not the schema's business
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

// TestBadDocuments: every document of the corpus is refused, saying where and what to
// do; and the schema refuses those whose form is wrong.
func TestBadDocuments(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/bad.json")
	if err != nil {
		t.Fatal(err)
	}
	var corpus map[string]struct{ Says, Schema string }
	if err := json.Unmarshal(data, &corpus); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir("testdata/bad")
	if err != nil || len(files) != len(corpus) {
		t.Fatalf("%d files, %d in the corpus, %v", len(files), len(corpus), err)
	}
	engine, schema := newEngine(t), schemaOf(t)
	for name, want := range corpus {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, err := os.ReadFile(filepath.Join("testdata/bad", name))
			if err != nil {
				t.Fatal(err)
			}
			_, err = engine.Check(document)
			if advocacy.KindOf(err) != advocacy.Invalid || !strings.Contains(err.Error(), want.Says) {
				t.Errorf("it says %v\nwant %s", err, want.Says)
			}
			if got := valid(t, schema, document); (got != nil) != (want.Schema == "refuses") {
				t.Errorf("the schema says %v, want %s", got, want.Schema)
			}
		})
	}
}

// TestGoodDocuments: the schema accepts what the engine accepts, whatever wrote it, and
// what is written is read as it was meant.
func TestGoodDocuments(t *testing.T) {
	t.Parallel()
	engine, schema := newEngine(t), schemaOf(t)
	documents := map[string][]byte{"starter": routing.Starter(), "built-in": routing.Builtin().Document()}
	paths, err := filepath.Glob("testdata/stories/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		documents[path] = readStory(t, path).Policy
	}
	for name, document := range documents {
		policy, err := engine.Load(document) // some have one key at two stages, as a policy in force may
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := valid(t, schema, document); err != nil {
			t.Errorf("%s: the schema says %v", name, err)
		}
		again, err := routing.Parse(policy.Policy().Document())
		if err != nil {
			t.Errorf("%s, written again: %v", name, err)
		}
		if diff := cmp.Diff(policy.Policy(), again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-read +written and read):\n%s", name, diff)
		}
	}
}

// TestAllProblems: an author sees everything that is wrong at once, in order.
func TestAllProblems(t *testing.T) {
	t.Parallel()
	_, err := newEngine(t).Check([]byte(`defaults: [{role: "approver:legal"}]
rules:
  - id: one
    when: post.knd == "post"
    require: [{role: admin}]
  - id: one
    when: size(post.text)
`))
	e, ok := err.(*advocacy.Error)
	if !ok || e.Meta["line"] != "4" || e.Meta["path"] != "rules[0].when" {
		t.Fatalf("it says %#v", err)
	}
	for _, line := range []string{"line 4, rules[0].when", "line 5, rules[0].require[0]", "line 6, rules[1].id", "line 7, rules[1].when"} {
		before, after, found := strings.Cut(e.Message, line)
		if !found {
			t.Errorf("%q is not in %q, or stands before %q", line, e.Message, before)
		}
		e.Message = after
	}
	var codes []string
	for _, f := range e.Faults {
		codes = append(codes, f.Code)
	}
	if diff := cmp.Diff([]string{"COMPILER", "ROLE", "RULE_ID_TAKEN", "NOT_A_CONDITION"}, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	if f := e.Faults[0]; f.Line != 4 || f.Column != 5 || f.Path != "rules[0].when" || f.Facts["said"] == "" {
		t.Errorf("the compiler is quoted as %+v", f)
	}
}

// TestFaultsSayEverything: whatever is wrong has a code with words, all of whose braces are filled.
func TestFaultsSayEverything(t *testing.T) {
	t.Parallel()
	wordings, engine := routing.Wordings(), newEngine(t)
	paths, err := filepath.Glob("testdata/bad/*")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		document, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = engine.Check(document)
		e, ok := err.(*advocacy.Error)
		if !ok || len(e.Faults) == 0 {
			t.Errorf("%s: no faults in %v", path, err)
			continue
		}
		for _, f := range e.Faults {
			if wordings[f.Code] == "" || f.Code == "UNUSABLE" {
				t.Errorf("%s: %s has no words of its own: %s", path, f.Code, f.Message)
			}
			for name := range f.Facts {
				if !strings.Contains(wordings[f.Code], "{"+name+"}") {
					t.Errorf("%s: the words of %s do not tell %s", path, f.Code, name)
				}
			}
			if strings.Contains(f.Message, "{") && !strings.Contains(f.Message, "{…}") {
				t.Errorf("%s: %s", path, f.Message)
			}
		}
	}
}

// FuzzDocument: whatever the bytes, they are a policy that asks somebody, or refused as
// somebody's input; and a policy is read from what it writes.
func FuzzDocument(f *testing.F) {
	f.Add(routing.Starter())
	f.Add(routing.Builtin().Document())
	for _, pattern := range []string{"testdata/bad/*", "testdata/stories/*"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			document, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(document)
		}
	}
	engine := newEngine(f)
	f.Fuzz(func(t *testing.T, document []byte) {
		policy, err := engine.Check(document)
		if err != nil {
			if advocacy.KindOf(err) != advocacy.Invalid {
				t.Fatalf("%v is nobody's input", err)
			}
			return
		}
		if got := policy.Evaluate(routing.Facts{Texts: []string{"We are hiring."}}); len(got.Plan.Requirements) == 0 {
			t.Fatalf("nobody is asked: %+v", got)
		}
		again, err := routing.Parse(policy.Policy().Document())
		if err != nil {
			t.Fatalf("it does not read what it wrote: %v", err)
		}
		if diff := cmp.Diff(policy.Policy(), again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-read +written and read):\n%s", diff)
		}
	})
}
