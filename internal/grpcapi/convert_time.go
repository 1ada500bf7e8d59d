package grpcapi

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// stamp writes an instant; the zero time is unset.
func stamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// readTime reads an instant a client sent: UTC, microseconds, the zero time when unset.
// The one instant that Go cannot tell from unset is refused like those that do not
// exist.
func readTime(field string, ts *timestamppb.Timestamp) (time.Time, error) {
	if ts == nil {
		return time.Time{}, nil
	}
	t := ts.AsTime().Truncate(time.Microsecond)
	if !ts.IsValid() || t.IsZero() {
		return time.Time{}, advocacy.InvalidField(field, "TIME_INVALID", "%s must be a time between the years 1 and 9999", field)
	}
	return t, nil
}
