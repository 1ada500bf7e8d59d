package routing

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Test is a submission that a document describes, and what its author expects of it.
type Test struct {
	Name  string
	Facts Facts
	// In are the periods it is taken to go out in, besides those its time lies in: so that
	// a rule can be tried before there are days to write down.
	In   []string
	Want Want
}

// Want is what a test expects. Nil fields are not compared; but a test that names no
// unmet precondition and no failed rule wants none.
type Want struct {
	// Asks are the quorums by the key of their requirement, all of them.
	Asks map[string]int
	// Within is the working time of each requirement that has one, by its key, as people write it.
	Within  map[string]string
	Matched []string
	Shadow  []string
	Failed  []string
	// Unmet are the reasons of preconditions.
	Unmet []string
}

// Trial is a test that was run.
type Trial struct {
	Name string
	// Faults says how what came out differs from what was wanted, nothing when it does not.
	Faults []Miss
	Result Result
}

// Miss is one thing that a test wanted and did not get.
type Miss struct{ What, Want, Got string }

// String says so.
func (m Miss) String() string { return fmt.Sprintf("%s: wanted %s, got %s", m.What, m.Want, m.Got) }

// TestsFailed is the refusal of a document that does not do what its own tests say, nil when it does;
// field is the one that the document came in.
func TestsFailed(field string, trials []Trial) error {
	var e *advocacy.Error
	for _, t := range trials {
		for _, d := range t.Faults {
			f := wrong("TEST_FAILS", "test", strconv.Quote(t.Name), "what", d.What, "want", d.Want, "got", d.Got)
			if e == nil {
				e = advocacy.InvalidField(field, "POLICY_TESTS_FAILED", "%s", f.Error())
			}
			if len(e.Faults) < shownProblems {
				e.Faults = append(e.Faults, advocacy.Fault{Code: f.code, Path: "tests", Facts: f.facts, Message: f.Error()})
			}
		}
	}
	if e == nil {
		return nil
	}
	return e
}

// Try runs the tests of the document.
func (c *Compiled) Try() []Trial {
	trials := make([]Trial, 0, len(c.policy.Tests))
	for _, t := range c.policy.Tests {
		r := c.evaluate(t.Facts, t.In)
		trials = append(trials, Trial{Name: t.Name, Faults: t.Want.faults(r), Result: r})
	}
	return trials
}

// Untested are the rules that no test of the document makes match.
func (c *Compiled) Untested() []string {
	tried := make(map[string]bool)
	for _, t := range c.Try() {
		for _, id := range slices.Concat(t.Result.Matched, t.Result.Failed, t.Result.Shadow) {
			tried[id] = true
		}
	}
	var untested []string
	for _, r := range c.policy.Rules {
		if !tried[r.ID] {
			untested = append(untested, r.ID)
		}
	}
	return untested
}

func (w Want) faults(r Result) []Miss {
	var faults []Miss
	differ := func(what string, want, got any) {
		faults = append(faults, Miss{what, fmt.Sprint(want), fmt.Sprint(got)})
	}
	if w.Asks != nil {
		got := make(map[string]int)
		for _, q := range r.Plan.Requirements {
			got[q.Key] = q.Quorum
		}
		if fmt.Sprint(w.Asks) != fmt.Sprint(got) {
			differ("asks", w.Asks, got)
		}
	}
	if w.Within != nil {
		got := make(map[string]string)
		for _, q := range r.Plan.Requirements {
			if q.SLA.Business > 0 {
				got[q.Key] = spellDuration(q.SLA.Business)
			}
		}
		if fmt.Sprint(w.Within) != fmt.Sprint(got) {
			differ("within", w.Within, got)
		}
	}
	var unmet []string
	for _, u := range r.Unmet {
		if len(unmet) == 0 || unmet[len(unmet)-1] != u.Reason { // once for all its links
			unmet = append(unmet, u.Reason)
		}
	}
	for _, list := range []struct {
		what      string
		want, got []string
		always    bool
	}{{"matched", w.Matched, r.Matched, false}, {"shadow", w.Shadow, r.Shadow, false}, {"failed", w.Failed, r.Failed, true}, {"unmet", w.Unmet, unmet, true}} {
		if (list.want != nil || list.always) && !slices.Equal(list.want, list.got) {
			differ(list.what, list.want, list.got)
		}
	}
	return faults
}

// testText is a test as people write it.
type testText struct {
	Name   string     `json:"name"`
	Now    string     `json:"now,omitempty"`
	Post   postText   `json:"post"`
	Author authorText `json:"author"`
	In     []string   `json:"in,omitempty"`
	Want   wantText   `json:"want"`
}

// preset: a Monday morning, and an author who is up to date with the guideline.
func (t *testText) preset() {
	t.Now, t.Author.GuidelineAcknowledged = "2026-01-05T09:00:00Z", true
	t.Post.Kind, t.Post.Origin, t.Post.Language = string(advocacy.SubjectPost), string(advocacy.OriginOriginal), "en"
}

type postText struct {
	Kind         string      `json:"kind,omitempty"`
	Origin       string      `json:"origin,omitempty"`
	Language     string      `json:"language,omitempty"`
	Languages    []string    `json:"languages,omitempty"`
	Networks     []string    `json:"networks,omitempty"`
	Accounts     []string    `json:"accounts,omitempty"`
	Text         string      `json:"text,omitempty"`
	Link         string      `json:"link,omitempty"`
	Unreachable  []string    `json:"unreachable_links,omitempty"`
	Media        []mediaText `json:"media,omitempty"`
	Topics       []string    `json:"topics,omitempty"`
	Disclosure   string      `json:"disclosure,omitempty"`
	ChangedChars int         `json:"changed_chars,omitempty"`
	RelationOnly bool        `json:"relation_only,omitempty"`
	PublishTime  string      `json:"publish_time,omitempty"`
	Expedited    bool        `json:"expedited,omitempty"`
	Findings     []string    `json:"findings,omitempty"`
	Restricted   []string    `json:"restricted_terms,omitempty"`
}

type mediaText struct {
	ContentType string `json:"content_type,omitempty"`
	AltText     string `json:"alt_text,omitempty"`
	Card        bool   `json:"card,omitempty"`
}

type authorText struct {
	Person                string   `json:"person,omitempty"`
	Title                 string   `json:"title,omitempty"`
	Language              string   `json:"language,omitempty"`
	Roles                 []string `json:"roles,omitempty"`
	Groups                []string `json:"groups,omitempty"`
	GuidelineAcknowledged bool     `json:"guideline_acknowledged"`
	Trainings             []string `json:"trainings,omitempty"`
}

type wantText struct {
	Asks    map[string]int    `json:"asks,omitempty"`
	Within  map[string]string `json:"within,omitempty"`
	Matched []string          `json:"matched,omitempty"`
	Shadow  []string          `json:"shadow,omitempty"`
	Failed  []string          `json:"failed,omitempty"`
	Unmet   []string          `json:"unmet,omitempty"`
}

func (t testText) test() (Test, error) {
	p := t.Post
	f := Facts{
		Kind: advocacy.SubjectKind(p.Kind), Origin: advocacy.Origin(p.Origin), Language: p.Language, Languages: p.Languages,
		Networks: named[advocacy.Network](p.Networks), Accounts: named[advocacy.AccountID](p.Accounts),
		Texts: one(p.Text), Links: one(p.Link), Topics: named[advocacy.TopicID](p.Topics),
		Disclosure: advocacy.Disclosure(p.Disclosure), Changed: p.ChangedChars, RelationOnly: p.RelationOnly, Expedited: p.Expedited, Author: Author(t.Author),
		Findings: p.Findings, Restricted: p.Restricted,
	}
	for _, m := range p.Media {
		if m.Card {
			f.Card = advocacy.MediaRef{ContentType: m.ContentType, AltText: m.AltText}
			continue
		}
		f.Media = append(f.Media, advocacy.MediaRef{ContentType: m.ContentType, AltText: m.AltText})
	}
	// In a test every link leads somewhere but for those it names.
	for _, link := range f.links() {
		f.Checks = append(f.Checks, advocacy.LinkCheck{URL: link, Reachable: true})
	}
	for _, link := range p.Unreachable {
		f.Checks = slices.DeleteFunc(f.Checks, func(c advocacy.LinkCheck) bool { return c.URL == link })
		f.Checks = append(f.Checks, advocacy.LinkCheck{URL: link, Code: advocacy.LinkNoAnswer})
	}
	var err error
	if f.Time, err = instant(t.Now); err == nil {
		f.PublishTime, err = instant(p.PublishTime)
	}
	return Test{Name: t.Name, Facts: f, In: t.In, Want: Want(t.Want)}, err
}

func testOf(t Test) testText {
	f := t.Facts
	out := testText{Name: t.Name, Now: spellInstant(f.Time), Author: authorText(f.Author), In: t.In, Want: wantText(t.Want), Post: postText{
		Kind: string(f.Kind), Origin: string(f.Origin), Language: f.Language, Languages: f.Languages,
		Networks: plain(f.Networks), Accounts: plain(f.Accounts), Topics: plain(f.Topics), Disclosure: string(f.Disclosure),
		ChangedChars: f.Changed, RelationOnly: f.RelationOnly, PublishTime: spellInstant(f.PublishTime), Expedited: f.Expedited,
		Findings: f.Findings, Restricted: f.Restricted,
	}}
	if len(f.Texts) > 0 {
		out.Post.Text = f.Texts[0]
	}
	if len(f.Links) > 0 {
		out.Post.Link = f.Links[0]
	}
	for _, c := range f.Checks {
		if !c.Reachable {
			out.Post.Unreachable = append(out.Post.Unreachable, c.URL)
		}
	}
	for _, m := range f.Media {
		out.Post.Media = append(out.Post.Media, mediaText{m.ContentType, m.AltText, false})
	}
	if f.Card != (advocacy.MediaRef{}) {
		out.Post.Media = append(out.Post.Media, mediaText{f.Card.ContentType, f.Card.AltText, true})
	}
	return out
}

func one(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func named[T ~string](in []string) []T {
	var out []T
	for _, v := range in {
		out = append(out, T(v))
	}
	return out
}

func instant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, wrong("TIME", "time", strconv.Quote(text))
	}
	return t.UTC(), nil
}

func spellInstant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
