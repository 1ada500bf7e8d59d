package advocacy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// GuidelineID names a guideline of a workspace.
type GuidelineID string

// DefaultGuideline is the guideline every workspace can have, and today the only one.
const DefaultGuideline GuidelineID = "default"

// GuidelineText is a guideline in one language.
type GuidelineText struct {
	// Language is a BCP 47 tag.
	Language string `json:"language"`
	Title    string `json:"title"`
	Body     string `json:"body"`
}

// GuidelineRevision is one immutable wording of a guideline in all its languages. The
// newest is the one in force.
type GuidelineRevision struct {
	Workspace WorkspaceID
	Guideline GuidelineID
	// Number counts from 1.
	Number int
	Texts  []GuidelineText
	// Digest names the texts in all languages: what whoever acknowledges was shown.
	Digest Digest
	// GraceEnd is until when having acknowledged the revision before is still enough; zero
	// when it was not enough from the start.
	GraceEnd time.Time
	// ReviewTime is by when somebody should look whether it is still right, zero for never.
	ReviewTime time.Time
	Publisher  PersonID
	CreateTime time.Time
}

// guidelineLanguages are those every guideline is written in at least.
var guidelineLanguages = []string{"en", "fr"}

// maxGrace is how long a grace may last, and maxReview how far away a review may be.
const (
	maxGrace  = 366 * 24 * time.Hour
	maxReview = 5 * maxGrace
)

// Guard refuses a revision that cannot be published now: one that lacks a language
// everybody is spoken to in or has one twice (GUIDELINE_LANGUAGES), whose grace is over
// before it begins or does not end within a year (GRACE_INVALID), or whose review is over
// already or more than five years away (REVIEW_TIME_INVALID).
func (r *GuidelineRevision) Guard(now time.Time) error {
	seen := make(map[string]bool)
	for i, t := range r.Texts {
		tag := strings.ToLower(t.Language)
		if seen[tag] {
			return InvalidField(fmt.Sprintf("guideline_revision.texts[%d].language", i), "GUIDELINE_LANGUAGES", "the language %q is there twice", t.Language)
		}
		seen[tag] = true
	}
	for _, tag := range guidelineLanguages {
		if !seen[tag] { // guard: guideline in both languages
			return InvalidField("guideline_revision.texts", "GUIDELINE_LANGUAGES", "write it in %s as well", tag)
		}
	}
	if g := r.GraceEnd; !g.IsZero() && (!now.Before(g) || g.Sub(now) > maxGrace) {
		return InvalidField("guideline_revision.grace_end_time", "GRACE_INVALID", "the grace must end after now, and within a year")
	}
	if r := r.ReviewTime; !r.IsZero() && (!now.Before(r) || r.Sub(now) > maxReview) {
		return InvalidField("guideline_revision.review_time", "REVIEW_TIME_INVALID", "the review must be after now, and within five years")
	}
	return nil
}

// Canonical is the form of the texts that the digest is of: sorted by language, so that
// their order says nothing.
func (r *GuidelineRevision) Canonical() []byte {
	texts := slices.SortedFunc(slices.Values(r.Texts), func(a, b GuidelineText) int { return strings.Compare(a.Language, b.Language) })
	o := &object{}
	o.text("schema", "imprimatur.dev/guideline/v1")
	elements(o, "texts", texts, func(t GuidelineText, out []byte) []byte {
		o := &object{out: out}
		o.text("body", t.Body)
		o.text("language", t.Language)
		o.text("title", t.Title)
		return o.end()
	})
	return o.end()
}

// Acknowledgement is a person's word to have read one revision of a guideline. It is never
// changed and never taken back.
type Acknowledgement struct {
	Workspace WorkspaceID
	ID        AcknowledgementID
	Guideline GuidelineID
	Revision  int
	Digest    Digest
	Person    PersonID
	Session   string
	Time      time.Time
}

// Acknowledge is the actor's acknowledgement of the revision in force, given the number and
// digest that were on the screen. Nobody acknowledges for somebody else, and no machine for
// anybody (MACHINE_CANNOT_ACKNOWLEDGE); another revision came into force, or something else
// was shown, is GUIDELINE_CHANGED.
func (r *GuidelineRevision) Acknowledge(actor Actor, number int, shown Digest, now time.Time) (Acknowledgement, error) {
	if actor.Kind != Human || actor.Key != "" { // guard: humans acknowledge
		return Acknowledgement{}, Deny("MACHINE_CANNOT_ACKNOWLEDGE", "only a person in a session can have read something")
	}
	if number != r.Number || shown != r.Digest { // guard: acknowledged is what was shown
		return Acknowledgement{}, Clash("GUIDELINE_CHANGED", "this is not what revision %d, the one in force, says; read that one", r.Number)
	}
	return Acknowledgement{
		Workspace: r.Workspace, Guideline: r.Guideline, Revision: r.Number, Digest: r.Digest,
		Person: actor.Person, Session: actor.Session, Time: now,
	}, nil
}

// Grace is until when having acknowledged the revision before still is enough.
type Grace struct {
	Revision int
	End      time.Time
}

// Acknowledged tells whether a person who acknowledged revision newest last, 0 for none, is
// up to date at t. revisions are those of the guideline until then, newest first.
func Acknowledged(revisions []Grace, newest int, t time.Time) bool {
	return newest >= UpToDateFrom(revisions, t)
}

// UpToDateFrom is the oldest revision that is enough to have acknowledged at t, 0 when
// nothing has to be. revisions are those of the guideline until then, newest first.
//
// Whoever was up to date when a revision was published stays so until its grace ends. So
// several graces that run at once reach back over as many revisions, to before the first
// one: where there is no guideline there is nothing to acknowledge.
func UpToDateFrom(revisions []Grace, t time.Time) int {
	for _, r := range revisions {
		if !t.Before(r.End) { // guard: grace ends
			return r.Revision
		}
	}
	if len(revisions) == 0 || revisions[len(revisions)-1].Revision == 1 {
		return 0
	}
	return revisions[len(revisions)-1].Revision
}

// Standing is where a person stands with a guideline.
type Standing struct {
	Person PersonID
	// Acknowledged: the person is up to date.
	Acknowledged bool
	// Last is what the person acknowledged last, nil for nothing.
	Last *Acknowledgement
}
