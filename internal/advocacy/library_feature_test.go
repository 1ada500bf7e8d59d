package advocacy

import (
	"testing"
	"time"
)

// TestFeature holds when an item stands in the strip, and that an end is none without a place.
func TestFeature(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		feature Feature
		want    bool
	}{
		{Feature{}, false}, {Feature{Place: 1}, true}, {Feature{Place: 1, End: now.Add(1)}, true},
		{Feature{Place: 1, End: now}, false}, {Feature{End: now.Add(1)}, false},
	} {
		if got := c.feature.Stands(now); got != c.want {
			t.Errorf("%+v stands: %t", c.feature, got)
		}
	}
	if got := (Feature{End: now}).Tidy(); !got.Equal(Feature{}) {
		t.Errorf("an end without a place is %+v", got)
	}
	if f := (Feature{Place: 2, End: now}); !f.Tidy().Equal(f) || f.Equal(Feature{Place: 2}) || f.Equal(Feature{Place: 1, End: now}) {
		t.Error("a feature is not itself")
	}
}
