package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// linkChecks holds that the newest look at a link is the one that is kept, whoever comes
// last, each workspace's for itself, and none of a link nobody asked about is returned.
func linkChecks(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	put := func(checks ...advocacy.LinkCheck) {
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutLinkChecks(ctx, h.ws, checks...) })
	}
	look := func(url string, minute int) advocacy.LinkCheck {
		return advocacy.LinkCheck{URL: url, Code: advocacy.LinkStatus, Status: 400 + minute, Time: start.Add(time.Duration(minute) * time.Minute)}
	}
	put(look("b", 2), advocacy.LinkCheck{URL: "a", Reachable: true, Status: 200, Time: start})
	put(look("b", 1), look("c", 1))
	race(8, func(i int) { put(look("d", i), look("e", i)) })
	want := []advocacy.LinkCheck{{URL: "a", Reachable: true, Status: 200, Time: start}, look("b", 2), look("d", 7), look("e", 7)}
	got, err := s.LinkChecks(ctx(t), h.ws, []string{"e", "d", "b", "a", "none"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the looks differ (-want +got):\n%s", diff)
	}
	ended := func(minute int, target string) advocacy.LinkCheck {
		c := look("f", minute)
		c.Target = target
		return c
	}
	for i, target := range []string{"here", "", "here", "there", ""} {
		put(ended(i, target))
	}
	last := ended(4, "there")
	last.Former, last.ChangeTime = "here", look("f", 3).Time
	if got, err := s.LinkChecks(ctx(t), h.ws, []string{"f"}); err != nil || cmp.Diff([]advocacy.LinkCheck{last}, got) != "" {
		t.Errorf("of a link that moved it says %+v, %v", got, err)
	}
	got, err = s.LinkChecks(ctx(t), other.ws, []string{"a", "b"})
	if err != nil || len(got) != 0 {
		t.Errorf("another workspace sees %+v, %v", got, err)
	}
}
