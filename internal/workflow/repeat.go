package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// repeatedWithin is how long readers are taken to remember what somebody said.
const repeatedWithin = 30 * 24 * time.Hour

// OwnText is a text of somebody that is due or went out.
type OwnText struct {
	Sketch  advocacy.Sketch
	DueTime time.Time
}

// repeats finds what says nearly what its author said lately on the same network, and what says
// nearly what was rejected here, wherever. Of the first only the author's own texts are looked at;
// of the second nothing is told but that there is one. Where a crowd is told of already, the
// author's own text is part of it.
func (s *Service) repeats(ctx context.Context, c Call, w advocacy.WorkspaceID, x *sketch, crowds []Crowd) ([]advocacy.Finding, error) {
	var found []advocacy.Finding
	for _, t := range x.manifest.Targets {
		n := t.Rendering.Network
		told := slices.ContainsFunc(crowds, func(c Crowd) bool { return c.Network == n }) ||
			slices.ContainsFunc(found, func(f advocacy.Finding) bool { return f.Network == n })
		if told {
			continue
		}
		last, err := s.saidBefore(ctx, c.Actor.Person, w, t.Rendering)
		if err != nil {
			return nil, err
		}
		if last.IsZero() {
			continue
		}
		zone, err := zoneOf(ctx, s.Store, w)
		if err != nil {
			return nil, err
		}
		found = append(found, advocacy.Finding{
			Code: "OWN_TEXT_REPEATED", Severity: advocacy.Advice, Field: "content.text", Network: n,
			Args: map[string]string{advocacy.ArgDate: last.In(zone).Format(time.RFC3339)},
		})
	}
	if x.origin == advocacy.OriginLibrary { // its bytes were signed as they are
		return found, nil
	}
	rejected, err := s.rejectedBefore(ctx, w, x)
	if err != nil || !rejected {
		return found, err
	}
	return append(found, advocacy.Finding{Code: "REJECTED_TEXT_REPEATED", Severity: advocacy.NeedsReview, Field: "content.text"}), nil
}

// saidBefore is when the author's newest text near a rendering is due or went out, zero when there
// is none.
func (s *Service) saidBefore(ctx context.Context, author advocacy.PersonID, w advocacy.WorkspaceID, r advocacy.Rendering) (time.Time, error) {
	sketch := advocacy.SketchOf(r)
	own, err := s.Store.OwnTexts(ctx, w, author, sketch.Bands(), s.Now().Add(-repeatedWithin))
	if err != nil {
		return time.Time{}, err
	}
	for _, o := range own { // the newest first
		if sketch.Near(o.Sketch) { // guard: a band in common is no repetition
			return o.DueTime, nil
		}
	}
	return time.Time{}, nil
}

// rejectedBefore tells whether a draft says nearly what was rejected, on whatever network.
func (s *Service) rejectedBefore(ctx context.Context, w advocacy.WorkspaceID, x *sketch) (bool, error) {
	shown := x.manifest.Targets
	if len(shown) == 0 { // no account was chosen yet
		shown = []advocacy.Target{{Rendering: advocacy.Rendering{Text: x.content.Text}}}
	}
	for _, sketch := range anywhere(shown) {
		rejected, err := s.Store.RejectedTexts(ctx, w, sketch.Bands())
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(rejected, sketch.Near) { // guard: what was rejected is looked at again
			return true, nil
		}
	}
	return false, nil
}

// anywhere are the sketches of what targets show, as on no network in particular, each once.
func anywhere(targets []advocacy.Target) []advocacy.Sketch {
	var all []advocacy.Sketch
	seen := make(map[string]bool)
	for _, t := range targets {
		r := t.Rendering
		r.Network = ""
		if seen[r.Text] {
			continue
		}
		seen[r.Text] = true
		sketch := advocacy.SketchOf(r)
		if sketch.Likeness == "" || slices.ContainsFunc(all, func(s advocacy.Sketch) bool { return s.Likeness == sketch.Likeness }) {
			continue
		}
		all = append(all, sketch)
	}
	return all
}

// keepRejected keeps how what was rejected is found by those who would nearly repeat it.
func keepRejected(ctx context.Context, tx Tx, d *advocacy.Decision, m advocacy.Manifest) error {
	if d.Verdict != advocacy.Reject {
		return nil
	}
	return keepTexts(ctx, tx, d.Subject.Workspace, d.Digest, m)
}

// keepTexts keeps how the texts of rejected bytes are found.
func keepTexts(ctx context.Context, tx Tx, w advocacy.WorkspaceID, of advocacy.Digest, m advocacy.Manifest) error {
	for _, sketch := range anywhere(m.Targets) {
		if err := tx.KeepSketch(ctx, w, sketch); err != nil {
			return err
		}
		if err := tx.KeepRejected(ctx, w, sketch.Likeness, of); err != nil {
			return err
		}
	}
	return nil
}

// JobKeepRejected works off what was rejected before its texts were kept. It has no args.
const JobKeepRejected = "keep_rejected"

// RejectedBytes are what somebody rejected.
type RejectedBytes struct {
	Digest   advocacy.Digest
	Manifest []byte
}

// rejectedAtOnce is of how many rejections the texts are kept in one transaction, and backlogsAtOnce
// of how many workspaces one look is.
const (
	rejectedAtOnce = 50
	backlogsAtOnce = 100
)

// KeepRejectedTexts keeps the texts of what was rejected before they were kept, a page after the
// other, and returns of how many rejections it did. When it is interrupted it goes on where it was;
// where nothing is left it does nothing.
func (s *Service) KeepRejectedTexts(ctx context.Context) (kept int, err error) {
	for {
		waiting, err := s.Store.RejectionBacklogs(ctx, backlogsAtOnce)
		if err != nil || len(waiting) == 0 {
			return kept, err
		}
		for _, w := range waiting {
			for more := true; more; {
				page := 0
				err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
					page, more, err = keepRejectedPage(ctx, tx, w)
					return err
				})
				if kept += page; err != nil {
					return kept, err
				}
			}
		}
	}
}

// keepRejectedPage keeps the texts of the next page of a workspace, and tells whether there is
// another. Bytes that this version cannot read say nothing that could be repeated.
func keepRejectedPage(ctx context.Context, tx Tx, w advocacy.WorkspaceID) (kept int, more bool, err error) {
	after, waits, err := tx.RejectionBacklogForUpdate(ctx, w)
	if err != nil || !waits {
		return 0, false, err
	}
	page, err := tx.RejectedBytes(ctx, w, after, rejectedAtOnce)
	if err != nil {
		return 0, false, err
	}
	for _, b := range page {
		m, err := advocacy.ParseManifest(b.Manifest)
		if err != nil {
			continue
		}
		if err := keepTexts(ctx, tx, w, b.Digest, m); err != nil {
			return 0, false, err
		}
	}
	if len(page) < rejectedAtOnce { // guard: to the end
		return len(page), false, tx.EndRejectionBacklog(ctx, w)
	}
	return len(page), true, tx.SaveRejectionBacklog(ctx, w, page[len(page)-1].Digest)
}
