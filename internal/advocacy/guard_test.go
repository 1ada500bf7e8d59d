package advocacy_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestGuardPublishTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		time   time.Time
		zone   string
		reason string
	}{
		{"as soon as signed", time.Time{}, "", ""},
		{"tomorrow", morning.Add(day), "Europe/Paris", ""},
		{"this instant", morning, "UTC", ""},
		{"a minute ago, while the request was on its way", morning.Add(-time.Minute), "UTC", ""},
		{"longer ago", morning.Add(-time.Minute - time.Microsecond), "UTC", "PUBLISH_TIME_PAST"},
		{"in a year", morning.Add(365 * day), "UTC", ""},
		{"in more than a year", morning.Add(365*day + time.Microsecond), "UTC", "PUBLISH_TIME_TOO_FAR"},
		{"without a zone", morning, "", "TIME_ZONE_REQUIRED"},
		{"in a zone nobody knows", morning, "Europe/Atlantis", "TIME_ZONE_UNKNOWN"},
		{"in the server's zone", morning, "Local", "TIME_ZONE_UNKNOWN"},
		{"in a file", morning, "../../etc/passwd", "TIME_ZONE_UNKNOWN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := advocacy.GuardPublishTime("publish_time", tt.time, tt.zone, morning)
			if advocacy.ReasonOf(err) != tt.reason {
				t.Errorf("it says %v, want %q", err, tt.reason)
			}
			if e, ok := err.(*advocacy.Error); ok && e.Field == "" {
				t.Errorf("%v names no field", err)
			}
		})
	}
}

// TestSystemNeverAssents: the service cannot submit in an author's name, a machine only
// in the name of who answers for it.
func TestSystemNeverAssents(t *testing.T) {
	t.Parallel()
	p, head := &advocacy.Post{Author: ann}, &advocacy.Revision{Digest: bytesOf("one")}
	for kind, want := range map[advocacy.ActorKind]string{
		advocacy.Human: "", advocacy.Machine: "", advocacy.System: "NOT_THE_AUTHOR",
	} {
		err := p.GuardSubmit(advocacy.Actor{Kind: kind, Person: ann}, head, advocacy.PostDraft, head.Digest)
		if advocacy.ReasonOf(err) != want {
			t.Errorf("%s: %v, want %q", kind, err, want)
		}
	}
}

// TestRecallTwoKeys: the right to recall anyone's post does not make one out of nothing.
func TestRecallTwoKeys(t *testing.T) {
	t.Parallel()
	p := &advocacy.Post{Author: ann}
	for state, want := range map[advocacy.PostState]string{
		advocacy.PostPublished: "", advocacy.PostPartiallyPublished: "", advocacy.PostPublishing: "",
		advocacy.PostFailed: "NOTHING_TO_RECALL", advocacy.PostScheduled: "NOTHING_TO_RECALL",
	} {
		if err := p.GuardRecall(human(bob), true, state); advocacy.ReasonOf(err) != want {
			t.Errorf("%s: %v, want %q", state, err, want)
		}
	}
}
