package workflow

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Crowd says that on a network one text goes out too often around a time, and what else
// could be done.
type Crowd struct {
	Network advocacy.Network
	// Near is how many posts of the text there are around that time.
	Near int
	// FreeTime is the first minute from then on at which there are few enough.
	FreeTime time.Time
	// Alternatives of the library item are texts there are few enough of.
	Alternatives []string
}

// lookout sees how often texts go out around a time.
type lookout struct {
	reader    Reader
	workspace advocacy.WorkspaceID
	crowding  advocacy.Crowding
	at        time.Time
}

// lookout looks around a time, now when zero, by what is in force.
func (s *Service) lookout(r Reader, inForce *PolicyRevision, at time.Time) lookout {
	if at.IsZero() {
		at = s.now(r)
	}
	return lookout{r, inForce.Workspace, inForce.Sharing.SameText, at}
}

// crowds tells where what would be shown is shown too often already. Of a library item's
// alternatives it names those that are not.
func (l lookout) crowds(ctx context.Context, shown advocacy.Manifest, item *source) ([]Crowd, error) {
	if l.crowding.Limit == 0 {
		return nil, nil
	}
	var found []Crowd
	for _, t := range shown.Targets {
		if slices.ContainsFunc(found, func(c Crowd) bool { return c.Network == t.Rendering.Network }) {
			continue
		}
		near, free, err := l.look(ctx, t.Rendering)
		if err != nil {
			return nil, err
		}
		if free.Equal(l.at) {
			continue
		}
		c := Crowd{Network: t.Rendering.Network, Near: near, FreeTime: free.Add(time.Minute - 1).Truncate(time.Minute)}
		if c.Alternatives, err = l.alternatives(ctx, t.Rendering, item); err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// look tells how often a text, or one near it, goes out around the time, and when it is
// seldom enough.
func (l lookout) look(ctx context.Context, r advocacy.Rendering) (near int, free time.Time, err error) {
	sketch := advocacy.SketchOf(r)
	if sketch.Likeness == "" {
		return 0, l.at, nil
	}
	from := l.at.Add(-time.Duration(l.crowding.Minutes) * time.Minute)
	others, err := l.reader.Sketches(ctx, l.workspace, sketch.Bands(), from)
	if err != nil {
		return 0, l.at, err
	}
	texts := []advocacy.Digest{sketch.Likeness}
	for _, other := range others {
		if other.Likeness != sketch.Likeness && sketch.Near(other) { // guard: a word more is no other text
			texts = append(texts, other.Likeness)
		}
	}
	times, err := l.reader.Alike(ctx, l.workspace, texts, from)
	if err != nil {
		return 0, l.at, err
	}
	near, free = l.crowding.Free(times, l.at)
	return near, free, nil
}

// alternatives names the other texts of an item for the same place that go out seldom
// enough.
func (l lookout) alternatives(ctx context.Context, shown advocacy.Rendering, item *source) ([]string, error) {
	if item == nil {
		return nil, nil
	}
	var names []string
	own := advocacy.SketchOf(shown)
	for _, t := range item.manifest.Targets {
		if t.Rendering.Network != shown.Network || t.Rendering.Language != shown.Language || own.Near(advocacy.SketchOf(t.Rendering)) {
			continue
		}
		_, free, err := l.look(ctx, t.Rendering)
		if err != nil {
			return nil, err
		}
		if free.Equal(l.at) {
			names = append(names, t.Alternative)
		}
	}
	return names, nil
}

// told says of crowds what a share would be refused for, and whoever writes is told. The time is
// one of the workspace's own; asIs: nobody wrote it anew.
func (l lookout) told(ctx context.Context, crowds []Crowd, asIs bool) ([]advocacy.Finding, error) {
	if len(crowds) == 0 {
		return nil, nil
	}
	zone, err := zoneOf(ctx, l.reader, l.workspace)
	if err != nil {
		return nil, err
	}
	severity := advocacy.Advice
	if asIs { // guard: what is refused is told beforehand
		severity = advocacy.Blocks
	}
	found := make([]advocacy.Finding, len(crowds))
	for i, c := range crowds {
		found[i] = advocacy.Finding{
			Code: "SAME_TEXT_CROWDED", Severity: severity, Field: "content.text", Network: c.Network,
			Args: map[string]string{"near": strconv.Itoa(c.Near), "time": c.FreeTime.In(zone).Format(time.RFC3339), "zone": zone.String()},
		}
	}
	return found, nil
}

// zoneOf is the zone a workspace tells times in.
func zoneOf(ctx context.Context, r Reader, w advocacy.WorkspaceID) (*time.Location, error) {
	space, err := r.Workspace(ctx, w)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(space.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", space.Zone, err)
	}
	return zone, nil
}

// itemsOwn tells whether what goes out is its item's text, of which there are others, and when. With
// its author's relation added it is too, but when that goes out is known only where somebody chose it.
func itemsOwn(origin advocacy.Origin, alone bool, chosen time.Time) bool {
	return origin == advocacy.OriginLibrary || alone && !chosen.IsZero() // guard: what the service adds is no other text
}

// guardCrowd refuses an unedited share that would be one too many of the same text, and says
// what else could be shared, and when. Whoever says it in words of his or her own is told so
// while writing, and not refused.
func (s *Service) guardCrowd(ctx context.Context, tx Tx, view *PostView, from *source, asIs bool) error {
	if !asIs {
		return nil
	}
	found, err := s.lookout(tx, view.rules.policy, view.Post.PublishTime).crowds(ctx, view.Manifest, from)
	if err != nil || len(found) == 0 { // guard: one text goes out seldom enough
		return err
	}
	c := found[0]
	refusal := advocacy.Refuse("SAME_TEXT_CROWDED",
		"%d posts say the same on %s around then; choose another text of the item, or %s", c.Near, c.Network, c.FreeTime.UTC().Format(time.RFC3339)).
		With("network", string(c.Network)).With("free_time", c.FreeTime.UTC().Format(time.RFC3339))
	if len(c.Alternatives) > 0 {
		refusal = refusal.With("alternatives", strings.Join(c.Alternatives, ","))
	}
	return refusal
}
