package jobs

import (
	"testing"
	"time"
)

func TestPauseDoublesUpToFiveMinutes(t *testing.T) {
	t.Parallel()
	want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}
	for n, seconds := range want {
		if got := pause(n + 1); got != seconds*time.Second {
			t.Errorf("after %d failures %v, want %v", n+1, got, seconds*time.Second)
		}
	}
	if got := pause(1 << 30); got != longestPause {
		t.Errorf("after many failures %v", got)
	}
}
