package authn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func call(t *testing.T, a *Authenticator, credential string) {
	t.Helper()
	if _, err := a.Authenticate(t.Context(), credential); err != nil {
		t.Fatal(err)
	}
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, _, key := open()
		start := time.Now()
		d.key.ExpireTime, d.key.UseTime = start.Add(24*time.Hour), time.Time{}
		a := &Authenticator{Store: d}
		for range 181 {
			call(t, a, key)
			synctest.Wait()
			time.Sleep(time.Second)
		}
		a.Close()
		want := []time.Time{start, start.Add(time.Minute), start.Add(2 * time.Minute), start.Add(3 * time.Minute)}
		if diff := cmp.Diff(want, d.touched); diff != "" {
			t.Errorf("noted (-want +got):\n%s", diff)
		}
	})
}

// TestOtherReplicasNotes: what another replica wrote a moment ago is enough.
func TestOtherReplicasNotes(t *testing.T) {
	t.Parallel()
	d, _, key := open()
	d.key.UseTime = noon.Add(-59 * time.Second)
	a := at(d, noon)
	call(t, a, key)
	a.Close()
	if n := d.touches(); n != 0 {
		t.Errorf("noted %d times, want none", n)
	}
}

// TestStoreThatCannotWrite is tried once a minute, is heard of, and refuses nobody.
func TestStoreThatCannotWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, _, key := open()
		d.key.ExpireTime, d.key.UseTime = time.Now().Add(24*time.Hour), time.Time{}
		tries := 0
		d.touch = func(context.Context, time.Time) error {
			tries++
			if tries%2 == 0 {
				panic("disk on fire")
			}
			return errors.New("disk full")
		}
		var log bytes.Buffer
		a := &Authenticator{Store: d, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		for range 120 {
			call(t, a, key)
			synctest.Wait()
			time.Sleep(time.Second)
		}
		a.Close()
		if tries != 2 {
			t.Errorf("tried %d times, want 2", tries)
		}
		for _, word := range []string{"disk full", "disk on fire", "key=k1"} {
			if !strings.Contains(log.String(), word) {
				t.Errorf("the log lacks %q:\n%s", word, &log)
			}
		}
		if strings.Contains(log.String(), key[12:20]) {
			t.Error("the log quotes the key")
		}
	})
}

// TestHangingStore holds no call, keeps no more than a few goroutines, and none of them
// longer than its time.
func TestHangingStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, _, key := open()
		var mu sync.Mutex
		hanging, most := 0, 0
		d.touch = func(ctx context.Context, _ time.Time) error {
			mu.Lock()
			hanging++
			most = max(most, hanging)
			mu.Unlock()
			<-ctx.Done()
			mu.Lock()
			hanging--
			mu.Unlock()
			return ctx.Err()
		}
		start := time.Now()
		a := &Authenticator{Store: d}
		d.key.ExpireTime, d.key.UseTime = start.Add(24*time.Hour), time.Time{}
		for i := range 100 {
			d.key.ID = advocacy.KeyID(fmt.Sprint("k", i))
			call(t, a, key)
		}
		if since := time.Since(start); since != 0 {
			t.Errorf("the calls waited %v", since)
		}
		a.Close()
		if since := time.Since(start); since != useTimeout || hanging != 0 || most != usesAtOnce {
			t.Errorf("closed after %v with %d hanging, %d at most", since, hanging, most)
		}
		d.key.ID = "late"
		call(t, a, key)
		a.Close()
		if most != usesAtOnce || d.touches() != 0 {
			t.Error("noted after Close")
		}
	})
}

func TestMemoryOfUsesIsBounded(t *testing.T) {
	t.Parallel()
	var u uses
	now := noon
	for i := range 3 * usesKept {
		if u.begin(advocacy.KeyID(fmt.Sprint(i)), now) != (i < usesKept) {
			t.Fatalf("key %d", i)
		}
		if i < usesKept {
			u.end()
		}
	}
	for range 3 {
		now = now.Add(useInterval)
		if !u.begin("again", now) {
			t.Fatal("a new interval must begin")
		}
		u.end()
		if u.begin("again", now.Add(useInterval-1)) {
			t.Fatal("noted twice in an interval")
		}
	}
	if n := len(u.recent) + len(u.earlier); n > 2 {
		t.Errorf("remembers %d", n)
	}
}

func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	d, session, key := open()
	d.key.UseTime = time.Time{}
	a := at(d, noon)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 50 {
				if _, err := a.Authenticate(t.Context(), []string{session, key}[i%2]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	a.Close()
	if n := d.touches(); n != 1 {
		t.Errorf("noted %d times, want once", n)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	d, _, key := open()
	a := at(d, noon)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(b.Context(), key); err != nil {
			b.Fatal(err)
		}
	}
}
