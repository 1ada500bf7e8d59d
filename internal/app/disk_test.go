package app_test

import (
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/publish"
)

// TestDiskFails (F27): the disk stops keeping what it is given in the middle of a delivery. The process
// ends by itself and as failed, nothing more goes out, and the next one goes on from what the disk holds.
func TestDiskFails(t *testing.T) {
	t.Parallel()
	// sent is what the network had when the process ended.
	for step, sent := range map[string]int{publish.StepClaimed: 0, publish.StepIntent: 0, publish.StepAnswered: 1} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			s := sceneOn(t, "", 1, "webhook")
			failing := spawn(t, append(s.environ(), childDisk+"="+step)...)
			select {
			case <-failing.done:
			case <-time.After(time.Minute):
				t.Fatal("the process goes on")
			}
			if end, failed := errors.AsType[*exec.ExitError](failing.end); !failed || end.ExitCode() != 1 {
				t.Errorf("the process ended with %v", failing.end)
			}
			s.receiver.mu.Lock()
			got := len(s.receiver.said)
			s.receiver.mu.Unlock()
			if got != sent {
				t.Errorf("%d requests went out, want %d", got, sent)
			}
			s.finish(t)
			// Published or unknown: of the change that failed both may be true.
			s.judge(t)
		})
	}
}
