package web

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// The clock of a recall runs until the last copy is confirmed to be gone, and stands still from then on.
func TestRecallClock(t *testing.T) {
	t.Parallel()
	begun := time.Now().Add(-2 * time.Hour)
	row := recallRow{Recall: &imprimaturv1.Recall{CreateTime: timestamppb.New(begun)}}
	if s := row.Seconds(); s < 7200 || s > 7260 {
		t.Errorf("it runs for %d seconds", s)
	}
	for took, want := range map[time.Duration]string{
		0: "0:00", -time.Second: "0:00", 4*time.Minute + 5900*time.Millisecond: "4:05", time.Hour + 4*time.Minute + 5*time.Second: "1:04:05",
	} {
		row.EndTime = timestamppb.New(begun.Add(took))
		if got := row.Clock(); got != want {
			t.Errorf("after %v it shows %s, want %s", took, got, want)
		}
	}
}
