package media_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/media"
)

// slips is what every keeper of slips promises.
type slips interface {
	Make(ctx context.Context, name string, data []byte) (taken []byte, err error)
	Replace(ctx context.Context, name string, data []byte) error
	Read(ctx context.Context, name string) ([]byte, error)
	Each(ctx context.Context, folder string, see func(name string, data []byte) error) error
	Remove(ctx context.Context, name string) error
}

// TestSlips is what every keeper of slips must pass.
func TestSlips(t *testing.T) {
	t.Parallel()
	places := map[string]func(*testing.T) func() slips{
		"dir": func(t *testing.T) func() slips {
			root := filepath.Join(t.TempDir(), "media")
			return func() slips { return openDir(t, root).Slips() }
		},
		"bucket": func(t *testing.T) func() slips {
			s := openStall(t)
			return func() slips { return s.open(t).(*media.Bucket).Slips() }
		},
	}
	for kind, place := range places {
		for name, test := range map[string]func(*testing.T, func() slips){
			"made once": slipsAreMadeOnce, "one of many makes it": oneMakesTheSlip, "replaced, listed, removed": slipsComeAndGo, "names": slipNames,
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				test(t, place(t))
			})
		}
	}
}

func slipsAreMadeOnce(t *testing.T, open func() slips) {
	if taken, err := open().Make(t.Context(), "acme/a.1", []byte("first")); taken != nil || err != nil {
		t.Fatalf("made: %q, %v", taken, err)
	}
	for range 2 {
		if taken, err := open().Make(t.Context(), "acme/a.1", []byte("second")); string(taken) != "first" || err != nil {
			t.Errorf("made again: %q, %v", taken, err)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open().Make(cancelled, "acme/b.1", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if data, err := open().Read(t.Context(), "acme/b.1"); data != nil || err != nil {
		t.Errorf("never made: %q, %v", data, err)
	}
}

func oneMakesTheSlip(t *testing.T, open func() slips) {
	var made atomic.Int32
	var group sync.WaitGroup
	for i := range 16 {
		s := open()
		group.Go(func() {
			mine := fmt.Sprint(i)
			taken, err := s.Make(t.Context(), "acme/a.1", []byte(mine))
			if err != nil {
				t.Error(err)
			}
			if taken == nil {
				made.Add(1)
			}
		})
	}
	group.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("%d made it", n)
	}
}

func slipsComeAndGo(t *testing.T, open func() slips) {
	s := open()
	for _, data := range []string{"one", "two"} {
		if err := s.Replace(t.Context(), "acme/mark", []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Make(t.Context(), "acme/a.1", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Make(t.Context(), "other/b.1", []byte("b")); err != nil {
		t.Fatal(err)
	}
	list := func() (found []string) {
		err := open().Each(t.Context(), "acme", func(name string, data []byte) error {
			found = append(found, name+"="+string(data))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(found)
		return found
	}
	if found := list(); !slices.Equal(found, []string{"acme/a.1=a", "acme/mark=two"}) {
		t.Errorf("found %q", found)
	}
	for range 2 {
		if err := s.Remove(t.Context(), "acme/a.1"); err != nil {
			t.Fatal(err)
		}
	}
	if found := list(); !slices.Equal(found, []string{"acme/mark=two"}) {
		t.Errorf("left %q", found)
	}
	if err := s.Each(t.Context(), "nobody", func(string, []byte) error { return errors.New("found") }); err != nil {
		t.Error(err)
	}
	if err := s.Each(t.Context(), "acme", func(string, []byte) error { return errors.New("enough") }); err == nil {
		t.Error("it went on")
	}
}

func slipNames(t *testing.T, open func() slips) {
	s := open()
	for _, name := range []string{"", "a", "/a", "a/", "../a", "a/..", "a/../b", "a/b/c", "A/b", "a/b c"} {
		_, made := s.Make(t.Context(), name, nil)
		_, read := s.Read(t.Context(), name)
		for what, err := range map[string]error{"make": made, "read": read, "replace": s.Replace(t.Context(), name, nil), "remove": s.Remove(t.Context(), name)} {
			if err == nil {
				t.Errorf("%s took %q", what, name)
			}
		}
	}
}
