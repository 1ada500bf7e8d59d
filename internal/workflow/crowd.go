package workflow

import (
	"context"
	"slices"
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
	// FreeTime is the first time from then on at which there are few enough.
	FreeTime time.Time
	// Alternatives of the library item are texts there are few enough of.
	Alternatives []string
}

// crowds tells where what would be shown at a time, now when zero, is shown too often
// already. Of a library item's alternatives it names those that are not.
func (s *Service) crowds(
	ctx context.Context, r Reader, w advocacy.WorkspaceID, shown advocacy.Manifest, at time.Time, item *advocacy.Revision,
) ([]Crowd, error) {
	space, err := r.Workspace(ctx, w)
	if err != nil || space.SameText.Limit == 0 {
		return nil, err
	}
	if at.IsZero() {
		at = s.now(r)
	}
	around := lookout{reader: r, space: space, at: at}
	var found []Crowd
	for _, t := range shown.Targets {
		if slices.ContainsFunc(found, func(c Crowd) bool { return c.Network == t.Rendering.Network }) {
			continue
		}
		near, free, err := around.look(ctx, t.Rendering)
		if err != nil {
			return nil, err
		}
		if free.Equal(at) {
			continue
		}
		c := Crowd{Network: t.Rendering.Network, Near: near, FreeTime: free}
		if c.Alternatives, err = around.alternatives(ctx, t.Rendering, item); err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// lookout sees how often texts go out around a time.
type lookout struct {
	reader Reader
	space  *advocacy.Workspace
	at     time.Time
}

// look tells how often a text goes out around the time, and when it is seldom enough.
func (l lookout) look(ctx context.Context, r advocacy.Rendering) (near int, free time.Time, err error) {
	likeness := advocacy.Likeness(r)
	if likeness == "" {
		return 0, l.at, nil
	}
	from := l.at.Add(-time.Duration(l.space.SameText.Minutes) * time.Minute)
	times, err := l.reader.Alike(ctx, l.space.ID, likeness, from)
	if err != nil {
		return 0, l.at, err
	}
	near, free = l.space.SameText.Free(times, l.at)
	return near, free, nil
}

// alternatives names the other texts of an item for the same place that go out seldom
// enough.
func (l lookout) alternatives(ctx context.Context, shown advocacy.Rendering, item *advocacy.Revision) ([]string, error) {
	if item == nil {
		return nil, nil
	}
	manifest, err := advocacy.ParseManifest(item.Manifest)
	if err != nil {
		return nil, err
	}
	var names []string
	own := advocacy.Likeness(shown)
	for _, t := range manifest.Targets {
		if t.Rendering.Network != shown.Network || t.Rendering.Language != shown.Language || advocacy.Likeness(t.Rendering) == own {
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

// guardCrowd refuses a share that would be one too many of the same text, and says what
// else could be shared, and when.
func (s *Service) guardCrowd(ctx context.Context, tx Tx, view *PostView, item *advocacy.Revision) error {
	found, err := s.crowds(ctx, tx, view.Post.Workspace, view.Manifest, view.Post.PublishTime, item)
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
