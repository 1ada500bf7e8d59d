package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// clockTolerance is how far the clock of a replica may be off from the database's, whose time
	// decides, before somebody is told, and clockSaid how often.
	clockTolerance = 2 * time.Second
	clockSaid      = time.Minute
)

// CheckClock returns how far the clock of this process is ahead of the database's, and warns when that
// is more than the way to the database explains. Nothing is decided by it: only logs, and what is
// looked at when, follow it. On SQLite there is one clock.
func (s *Service) CheckClock(ctx context.Context) (time.Duration, error) {
	before := s.Flow.Now()
	theirs, has, err := s.Store.Clock(ctx)
	if err != nil || !has {
		return 0, err
	}
	way := s.Flow.Now().Sub(before)
	off := before.Add(way / 2).Sub(theirs)
	s.clockOff.Store(int64(off))
	if off.Abs() > clockTolerance+way && time.Since(s.clockTold) > clockSaid { // guard: a wrong clock is told
		s.clockTold = time.Now()
		s.Logger.WarnContext(ctx, "the clock of this machine is off from the database's; what is decided is not, since the database's time decides", "ahead", off)
	}
	return off, nil
}

// clockGauge shows how far the clock is off.
func (s *Service) clockGauge() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "imprimatur_clock_ahead_seconds", Help: "How far the clock of this process is ahead of the database's.",
	}, func() float64 { return time.Duration(s.clockOff.Load()).Seconds() })
}
