package advocacy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func guideline() *advocacy.GuidelineRevision {
	r := &advocacy.GuidelineRevision{
		Workspace: "acme", Guideline: advocacy.DefaultGuideline, Number: 3,
		Texts: []advocacy.GuidelineText{{Language: "fr", Title: "Charte", Body: "Soyez honnête."}, {Language: "en", Title: "Guideline", Body: "Be honest."}},
	}
	r.Digest = advocacy.DigestOf(r.Canonical())
	return r
}

// TestGuidelineGuard: a guideline speaks the languages people are spoken to in, each once,
// and its grace is one.
func TestGuidelineGuard(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(r *advocacy.GuidelineRevision)
		reason string
	}{
		"as it is":             {func(*advocacy.GuidelineRevision) {}, ""},
		"another language":     {func(r *advocacy.GuidelineRevision) { r.Texts = append(r.Texts, advocacy.GuidelineText{Language: "de"}) }, ""},
		"a grace":              {func(r *advocacy.GuidelineRevision) { r.GraceEnd = now.AddDate(0, 1, 0) }, ""},
		"English alone":        {func(r *advocacy.GuidelineRevision) { r.Texts = r.Texts[1:] }, "GUIDELINE_LANGUAGES"},
		"French alone":         {func(r *advocacy.GuidelineRevision) { r.Texts = r.Texts[:1] }, "GUIDELINE_LANGUAGES"},
		"Canadian for French":  {func(r *advocacy.GuidelineRevision) { r.Texts[0].Language = "fr-CA" }, "GUIDELINE_LANGUAGES"},
		"a language twice":     {func(r *advocacy.GuidelineRevision) { r.Texts = append(r.Texts, advocacy.GuidelineText{Language: "EN"}) }, "GUIDELINE_LANGUAGES"},
		"a grace that is over": {func(r *advocacy.GuidelineRevision) { r.GraceEnd = now }, "GRACE_INVALID"},
		"a grace of two years": {func(r *advocacy.GuidelineRevision) { r.GraceEnd = now.AddDate(2, 0, 0) }, "GRACE_INVALID"},
		"a review":             {func(r *advocacy.GuidelineRevision) { r.ReviewTime = now.AddDate(2, 0, 0) }, ""},
		"a review long ago":    {func(r *advocacy.GuidelineRevision) { r.ReviewTime = now }, "REVIEW_TIME_INVALID"},
		"a review too late":    {func(r *advocacy.GuidelineRevision) { r.ReviewTime = now.AddDate(6, 0, 0) }, "REVIEW_TIME_INVALID"},
	} {
		r := guideline()
		c.change(r)
		if got := advocacy.ReasonOf(r.Guard(now)); got != c.reason {
			t.Errorf("%s: %q, want %q", name, got, c.reason)
		}
	}
}

// TestGuidelineDigest: the order of the languages says nothing, any other change does.
func TestGuidelineDigest(t *testing.T) {
	t.Parallel()
	const want = `{"schema":"imprimatur.dev/guideline/v1","texts":[{"body":"Be honest.","language":"en","title":"Guideline"},` +
		`{"body":"Soyez honnête.","language":"fr","title":"Charte"}]}`
	r := guideline()
	if diff := cmp.Diff(want, string(r.Canonical())); diff != "" {
		t.Error(diff)
	}
	r.Texts[0], r.Texts[1] = r.Texts[1], r.Texts[0]
	if advocacy.DigestOf(r.Canonical()) != r.Digest {
		t.Error("another order is another digest")
	}
	r.Texts[0].Body += " "
	if advocacy.DigestOf(r.Canonical()) == r.Digest {
		t.Error("other words have the same digest")
	}
}

// TestAcknowledge: a person acknowledges what was on the screen, for nobody else.
func TestAcknowledge(t *testing.T) {
	t.Parallel()
	r, now := guideline(), time.Now()
	person := advocacy.Actor{Kind: advocacy.Human, Workspace: "acme", Person: "ana", Session: "s"}
	got, err := r.Acknowledge(person, 3, r.Digest, now)
	want := advocacy.Acknowledgement{
		Workspace: "acme", Guideline: advocacy.DefaultGuideline, Revision: 3, Digest: r.Digest, Person: "ana", Session: "s", Time: now,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	for name, c := range map[string]struct {
		kind   advocacy.ActorKind
		key    advocacy.KeyID
		number int
		digest advocacy.Digest
		reason string
	}{
		"a machine":           {advocacy.Machine, "k", 3, r.Digest, "MACHINE_CANNOT_ACKNOWLEDGE"},
		"a machine in person": {advocacy.Human, "k", 3, r.Digest, "MACHINE_CANNOT_ACKNOWLEDGE"},
		"the service":         {advocacy.System, "", 3, r.Digest, "MACHINE_CANNOT_ACKNOWLEDGE"},
		"nobody knows whom":   {"", "", 3, r.Digest, "MACHINE_CANNOT_ACKNOWLEDGE"},
		"the one before":      {advocacy.Human, "", 2, r.Digest, "GUIDELINE_CHANGED"},
		"other words":         {advocacy.Human, "", 3, advocacy.DigestOf(nil), "GUIDELINE_CHANGED"},
	} {
		actor := person
		actor.Kind, actor.Key = c.kind, c.key
		if _, err := r.Acknowledge(actor, c.number, c.digest, now); advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
}

// TestAcknowledged: whoever was up to date when a revision came stays so until its grace
// ends, over as many revisions as graces last.
func TestAcknowledged(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	over, on := now, now.Add(time.Second)
	grace := func(ends ...time.Time) (all []advocacy.Grace) {
		for i, end := range ends {
			all = append(all, advocacy.Grace{Revision: len(ends) - i, End: end})
		}
		return all
	}
	for name, c := range map[string]struct {
		revisions []advocacy.Grace
		newest    int
		want      bool
	}{
		"no guideline":                     {nil, 0, true},
		"the one in force":                 {grace(time.Time{}, time.Time{}), 2, true},
		"the one before, without a grace":  {grace(time.Time{}, time.Time{}), 1, false},
		"the one before, within the grace": {grace(on, time.Time{}), 1, true},
		"the one before, after the grace":  {grace(over, time.Time{}), 1, false},
		"nothing, within the grace":        {grace(on, time.Time{}), 0, false},
		"two before, within both graces":   {grace(on, on, time.Time{}), 1, true},
		"two before, one grace over":       {grace(on, over, time.Time{}), 1, false},
		"nothing before the first ends":    {grace(on), 0, true},
		"nothing after the first's ended":  {grace(over), 0, false},
		"nothing, and all graces last":     {grace(on, on, on), 0, true},
		"further back than is looked":      {grace(on, on, on)[:2], 0, false},
	} {
		if got := advocacy.Acknowledged(c.revisions, c.newest, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
