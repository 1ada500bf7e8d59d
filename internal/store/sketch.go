package store

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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

var (
	sketches    = tableOf[sketchRow]()
	sketchBands = tableOf[sketchBandRow]()
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
	args := []any{string(w), string(w)}
	for _, band := range bands {
		args = append(args, band)
	}
	query := "SELECT " + sketches.list + " FROM sketches WHERE workspace_id = ? AND likeness IN (SELECT likeness FROM sketch_bands" +
		" WHERE workspace_id = ? AND band IN " + in(len(bands)) + ")" +
		" AND EXISTS (SELECT 1 FROM publications p WHERE p.workspace_id = sketches.workspace_id AND p.likeness = sketches.likeness" +
		" AND due_time > ? AND " + goesOut + ") ORDER BY likeness"
	found, err := every(ctx, r.conn, sketches, (*sketchRow).sketch, query, append(args, sorted(from))...)
	return found, aPublication.failed(err)
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
