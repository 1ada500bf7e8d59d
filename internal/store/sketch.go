package store

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// sketchRow is what is kept of a text, and sketchBandRow one of the bands by which those near
// it are found.
type sketchRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Likeness    string `gorm:"column:likeness"`
	Grams       []byte `gorm:"column:grams"`
}

func (sketchRow) TableName() string { return "sketches" }

type sketchBandRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Band        int64  `gorm:"column:band"`
	Likeness    string `gorm:"column:likeness"`
}

func (sketchBandRow) TableName() string { return "sketch_bands" }

// rejectedTextRow says that a text was in bytes that were rejected.
type rejectedTextRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Likeness    string `gorm:"column:likeness"`
	Digest      string `gorm:"column:digest"`
}

func (rejectedTextRow) TableName() string { return "rejected_texts" }

var (
	sketches      = tableOf[sketchRow]()
	sketchBands   = tableOf[sketchBandRow]()
	rejectedTexts = tableOf[rejectedTextRow]()
)

func newSketchRow(w advocacy.WorkspaceID, s *advocacy.Sketch) sketchRow {
	grams := make([]byte, 0, 4*len(s.Grams))
	for _, g := range s.Grams {
		grams = binary.BigEndian.AppendUint32(grams, g)
	}
	return sketchRow{string(w), string(s.Likeness), grams}
}

func (r *sketchRow) sketch() advocacy.Sketch {
	s := advocacy.Sketch{Likeness: advocacy.Digest(r.Likeness), Grams: make([]uint32, len(r.Grams)/4)}
	for i := range s.Grams {
		s.Grams[i] = binary.BigEndian.Uint32(r.Grams[4*i:])
	}
	return s
}

// KeepSketch keeps what is needed to find a text again among those near it. It is kept once.
func (t *tx) KeepSketch(ctx context.Context, w advocacy.WorkspaceID, s advocacy.Sketch) error {
	query := sketches.insert(1) + " ON CONFLICT (workspace_id, likeness) DO NOTHING"
	n, err := t.exec(ctx, query, sketches.values(newSketchRow(w, &s))...)
	if err != nil || n == 0 {
		return t.wrote(aPublication, err)
	}
	var rows []sketchBandRow
	for _, band := range s.Bands() {
		rows = append(rows, sketchBandRow{string(w), band, string(s.Likeness)})
	}
	return insert(ctx, t, aPublication, sketchBands, rows...)
}

// goesOut is true of a publication that is due or went out.
const goesOut = "state IN ('scheduled', 'claimed', 'sending', 'handed_over', 'published', 'unknown')"

// Sketches returns the sketches that have a band in common with one, of texts that are due or
// went out from an instant on.
func (r reader) Sketches(
	ctx context.Context, w advocacy.WorkspaceID, bands []int64, from time.Time,
) ([]advocacy.Sketch, error) {
	if len(bands) == 0 {
		return nil, nil
	}
	args := append([]any{string(w)}, ofBands(w, bands)...)
	query := "SELECT " + sketches.list + " FROM sketches WHERE workspace_id = ? AND " + banded("likeness", bands) +
		" AND EXISTS (SELECT 1 FROM publications p WHERE p.workspace_id = sketches.workspace_id AND p.likeness = sketches.likeness" +
		" AND due_time > ? AND " + goesOut + ") ORDER BY likeness"
	found, err := every(ctx, r.conn, sketches, (*sketchRow).sketch, query, append(args, sorted(from))...)
	return found, aPublication.failed(err)
}

// KeepRejected keeps that a text was in bytes that were rejected, once.
func (t *tx) KeepRejected(ctx context.Context, w advocacy.WorkspaceID, likeness, digest advocacy.Digest) error {
	query := rejectedTexts.insert(1) + " ON CONFLICT (workspace_id, likeness, digest) DO NOTHING"
	_, err := t.exec(ctx, query, rejectedTexts.values(rejectedTextRow{string(w), string(likeness), string(digest)})...)
	return t.wrote(aDecision, err)
}

// RejectedTexts returns the sketches that have a band in common with a text, of what was rejected,
// but for rejections that were taken back.
func (r reader) RejectedTexts(ctx context.Context, w advocacy.WorkspaceID, bands []int64) ([]advocacy.Sketch, error) {
	if len(bands) == 0 {
		return nil, nil
	}
	query := "SELECT " + sketches.list + " FROM sketches WHERE workspace_id = ? AND " + banded("likeness", bands) +
		" AND EXISTS (SELECT 1 FROM rejected_texts t JOIN decisions d ON d.workspace_id = t.workspace_id AND d.digest = t.digest AND d.verdict = 'reject'" +
		" WHERE t.workspace_id = sketches.workspace_id AND t.likeness = sketches.likeness AND " + stands + ") ORDER BY likeness"
	found, err := every(ctx, r.conn, sketches, (*sketchRow).sketch, query, append([]any{string(w)}, ofBands(w, bands)...)...)
	return found, aDecision.failed(err)
}

// mostOwn is how many of an author's posts are looked at, the newest first.
const mostOwn = 200

// OwnTexts returns those of an author that have a band in common with a text, and are due or went
// out from an instant on, the newest first.
func (r reader) OwnTexts(
	ctx context.Context, w advocacy.WorkspaceID, author advocacy.PersonID, bands []int64, from time.Time,
) ([]workflow.OwnText, error) {
	if len(bands) == 0 {
		return nil, nil
	}
	query := "SELECT s.likeness, s.grams, p.due_time FROM (SELECT id FROM posts WHERE workspace_id = ? AND author = ? ORDER BY id DESC" + limit(mostOwn) + ") of_one" +
		" JOIN publications p ON p.workspace_id = ? AND p.post_id = of_one.id JOIN sketches s ON s.workspace_id = p.workspace_id AND s.likeness = p.likeness" +
		" WHERE p.due_time > ? AND " + goesOut + " AND " + banded("p.likeness", bands)
	var row sketchRow
	var due moment
	var found []workflow.OwnText
	args := append([]any{string(w), string(author), string(w), sorted(from)}, ofBands(w, bands)...)
	err := r.scan(ctx, []any{&row.Likeness, &row.Grams, &due}, func() {
		found = append(found, workflow.OwnText{Sketch: row.sketch(), DueTime: due.time})
	}, query, args...)
	slices.SortFunc(found, func(a, b workflow.OwnText) int { return b.DueTime.Compare(a.DueTime) })
	return found, aPublication.failed(err)
}

// banded is true of a likeness whose text has one of the bands; ofBands are its arguments.
func banded(likeness string, bands []int64) string {
	return likeness + " IN (SELECT likeness FROM sketch_bands WHERE workspace_id = ? AND band IN " + in(len(bands)) + ")"
}

func ofBands(w advocacy.WorkspaceID, bands []int64) []any {
	args := []any{string(w)}
	for _, band := range bands {
		args = append(args, band)
	}
	return args
}

const (
	// mostAlike is how many publications of one text are looked at: as many as a workspace may
	// allow at most.
	mostAlike = 1000
	// textsAtOnce is how many texts one query looks for.
	textsAtOnce = 100
)

// Alike returns when publications of the texts are due or went out, from an instant on, the
// earliest first; those that will not are not among them.
func (r reader) Alike(
	ctx context.Context, w advocacy.WorkspaceID, texts []advocacy.Digest, from time.Time,
) ([]time.Time, error) {
	var due moment
	var found []time.Time
	for some := range slices.Chunk(texts, textsAtOnce) {
		var parts []string
		var args []any
		for _, text := range some {
			parts = append(parts, "SELECT * FROM (SELECT due_time FROM publications WHERE workspace_id = ? AND likeness = ? AND due_time > ?"+
				" AND "+goesOut+" ORDER BY due_time"+limit(mostAlike)+") AS of_one")
			args = append(args, string(w), string(text), sorted(from))
		}
		err := r.scan(ctx, []any{&due}, func() { found = append(found, due.time) }, strings.Join(parts, " UNION ALL "), args...)
		if err != nil {
			return nil, aPublication.failed(err)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	return found, nil
}
