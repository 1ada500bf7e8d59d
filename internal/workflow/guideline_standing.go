package workflow

import (
	"context"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
)

// Standings lists where the active members stand with a guideline: all of them, or only
// those who are up to date or are not.
func (s *Service) Standings(ctx context.Context, _ Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, upToDate *bool, p Page) ([]advocacy.Standing, string, error) {
	if _, err := s.Store.Guideline(ctx, w, g); err != nil {
		return nil, "", err
	}
	graces, err := s.Store.Graces(ctx, w, g, time.Time{})
	if err != nil {
		return nil, "", err
	}
	enough := advocacy.UpToDateFrom(graces, s.Now())
	q := StandingQuery{Workspace: w, Guideline: g, Page: p}
	switch {
	case upToDate == nil:
	case *upToDate:
		q.Least = enough
	case enough == 0: // nothing is missing of anybody
		return nil, "", nil
	default:
		q.Below = enough
	}
	found, next, err := s.Store.Standings(ctx, q)
	for i := range found {
		found[i].Acknowledged = enough == 0 || found[i].Last != nil && found[i].Last.Revision >= enough
	}
	return found, next, err
}

// GuidelineDiff is what changed between two revisions of a guideline.
type GuidelineDiff struct {
	// Base is nil when everything is new to the reader.
	Base, Head *advocacy.GuidelineRevision
	Texts      []GuidelineTextDiff
}

// GuidelineTextDiff is what changed in one language.
type GuidelineTextDiff struct {
	Language    string
	Title, Body []diff.Span
}

// DiffGuideline compares a revision of a guideline with another or, when base is 0, with
// what the caller acknowledged last. To somebody who acknowledged nothing all of it is new.
func (s *Service) DiffGuideline(ctx context.Context, c Call, w advocacy.WorkspaceID, g advocacy.GuidelineID, number, base int) (*GuidelineDiff, error) {
	head, err := s.Store.GuidelineRevision(ctx, w, g, number)
	if err != nil {
		return nil, err
	}
	if base == 0 {
		last, err := s.Store.FindAcknowledgement(ctx, w, g, c.Actor.Person, time.Time{})
		if err != nil {
			return nil, err
		}
		if last != nil {
			base = last.Revision
		}
	}
	d := &GuidelineDiff{Head: head}
	var older []advocacy.GuidelineText
	if base != 0 {
		if d.Base, err = s.Store.GuidelineRevision(ctx, w, g, base); err != nil {
			return nil, err
		}
		older = d.Base.Texts
	}
	d.Texts = textDiffs(older, head.Texts)
	return d, nil
}

// textDiffs compares texts by language: those of the newer ones in their order, then the
// languages that are gone.
func textDiffs(older, newer []advocacy.GuidelineText) []GuidelineTextDiff {
	var out []GuidelineTextDiff
	for _, t := range newer {
		was := in(older, t.Language)
		out = append(out, GuidelineTextDiff{Language: t.Language, Title: diff.Text(was.Title, t.Title), Body: diff.Text(was.Body, t.Body)})
	}
	for _, was := range older {
		if in(newer, was.Language).Language == "" {
			out = append(out, GuidelineTextDiff{Language: was.Language, Title: diff.Text(was.Title, ""), Body: diff.Text(was.Body, "")})
		}
	}
	return out
}

// in is the text in a language, an empty one when there is none.
func in(texts []advocacy.GuidelineText, language string) advocacy.GuidelineText {
	for _, t := range texts {
		if strings.EqualFold(t.Language, language) {
			return t
		}
	}
	return advocacy.GuidelineText{}
}
