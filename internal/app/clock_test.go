package app_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// TestWrongClockIsTold (F32): a replica whose clock is five minutes slow says so, and one whose is right
// does not.
func TestWrongClockIsTold(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.DataDir, c.Database = filepath.Join(t.TempDir(), "data"), config.Secret(newPostgres(t))
	for _, off := range []time.Duration{-5 * time.Minute, 0} {
		var log bytes.Buffer
		s, err := app.Open(t.Context(), app.Options{
			Config: c, Logger: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return app.Micros().Add(off) },
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if ahead, err := s.CheckClock(t.Context()); err != nil || (ahead-off).Abs() > time.Minute {
				t.Errorf("it is ahead %v, %v; want %v", ahead, err, off)
			}
		}
		want := 0
		if off != 0 {
			want = 1
		}
		if n := strings.Count(log.String(), "clock of this machine is off"); n != want {
			t.Errorf("a clock that is ahead %v is told of %d times:\n%s", off, n, log.String())
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
