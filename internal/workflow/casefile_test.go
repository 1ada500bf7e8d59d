package workflow_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// displays makes the ledger show a text instead of every post, or, without one, what was signed.
func displays(l *workflowtest.Ledger, text string) {
	l.SeeingWith(func(d network.Delivery) network.Sighting {
		seen := network.Sighting{Readable: true, Found: true, ExternalID: d.ExternalID, Digest: d.Target.Rendering.Fingerprint()}
		if text != "" {
			seen.Digest, seen.Differs, seen.Text, seen.Said = "", true, text, advocacy.Worded("Other words.")
		}
		return seen
	})
}

// vanished makes the ledger show nothing.
func vanished(l *workflowtest.Ledger) {
	l.SeeingWith(func(network.Delivery) network.Sighting {
		return network.Sighting{Readable: true, Said: advocacy.Worded("It is not there.")}
	})
}

// readBack looks at a publication for the nth time.
func readBack(t *testing.T, h *workflowtest.House, x advocacy.Publication, look int) advocacy.ShownState {
	t.Helper()
	job := workflow.ReadBackJob{PublicationJob: workflow.PublicationJob{Workspace: x.Workspace, Publication: x.ID}, Look: look}
	args, err := json.Marshal(job)
	ok(t, err)
	ok(t, h.Worker.ReadBack(t.Context(), args))
	now, err := h.Store.Publication(t.Context(), x.Workspace, x.ID)
	ok(t, err)
	return now.Shown
}

func casesOf(t *testing.T, h *workflowtest.House, x advocacy.Publication) []advocacy.CaseFile {
	t.Helper()
	found, _, err := h.Flow.CaseFiles(t.Context(), h.As(h.PR), workflow.CaseQuery{
		Page: workflow.Page{Size: 10, Oldest: true}, Workspace: x.Workspace, Publication: x.ID,
	})
	ok(t, err)
	return found
}

// wantCases holds that a publication has cases that ended so, the oldest first; an open one has
// not.
func wantCases(t *testing.T, h *workflowtest.House, x advocacy.Publication, want ...advocacy.CaseResolution) []advocacy.CaseFile {
	t.Helper()
	found := casesOf(t, h, x)
	if len(found) != len(want) {
		t.Fatalf("%d cases, want %d: %+v", len(found), len(want), found)
	}
	for i, c := range found {
		if c.Resolution != want[i] || (c.State == advocacy.CaseOpen) != (want[i] == "") {
			t.Errorf("case %d is %s %q, want %q", i, c.State, c.Resolution, want[i])
		}
	}
	return found
}

func closeCase(t *testing.T, h *workflowtest.House, c advocacy.CaseFile, how advocacy.CaseResolution) {
	t.Helper()
	_, err := h.Flow.CloseCase(t.Context(), h.As(h.PR), c.Workspace, c.ID, workflow.CaseClosing{Resolution: how, Reason: "seen", Version: c.Version})
	ok(t, err)
}

// outOn is a publication that the ledger shows.
func outOn(t *testing.T) (*workflowtest.House, *workflowtest.Ledger, advocacy.Publication) {
	t.Helper()
	h, l := house(t)
	v := h.Approved(t, "Signed.", h.Ledger)
	h.Work(t)
	x := h.Post(t, v.Post.ID).Publications[0]
	if x.State != advocacy.Published {
		t.Fatalf("it is %s", x.State)
	}
	return h, l, x
}

// TestDifferenceOpensACase: both texts are there, and one difference is one case.
func TestDifferenceOpensACase(t *testing.T) {
	t.Parallel()
	h, l, x := outOn(t)
	displays(l, "")
	if now := readBack(t, h, x, 0); now != advocacy.ShownSame {
		t.Errorf("it is %q", now)
	}
	wantCases(t, h, x)
	displays(l, "Edited.")
	for range 2 {
		if now := readBack(t, h, x, 1); now != advocacy.ShownDiffers {
			t.Errorf("it is %q", now)
		}
	}
	c := wantCases(t, h, x, "")[0]
	if c.Signed != "Signed." || c.Shown != "Edited." || c.Kind != advocacy.CaseDiffers || c.Post != x.Post {
		t.Errorf("the case is %+v", c)
	}
	displays(l, "Edited again.")
	readBack(t, h, x, 2)
	if c := wantCases(t, h, x, "")[0]; c.Shown != "Edited again." {
		t.Errorf("the case still shows %q", c.Shown)
	}
	records := count(actions(t, h, advocacy.PostSubject(x.Workspace, x.Post).Name()))
	if records["case.opened"] != 1 || records["case.changed"] != 1 {
		t.Errorf("on record are %v", records)
	}
}

func count(words []string) map[string]int {
	n := map[string]int{}
	for _, w := range words {
		n[w]++
	}
	return n
}

// TestCaseEnds: by itself when what was signed is shown again or is taken back; by a person's
// word, which holds as long as the difference stays the same.
func TestCaseEnds(t *testing.T) {
	t.Parallel()
	t.Run("mended", func(t *testing.T) {
		t.Parallel()
		h, l, x := outOn(t)
		displays(l, "Edited.")
		readBack(t, h, x, 1)
		displays(l, "")
		readBack(t, h, x, 2)
		if c := wantCases(t, h, x, advocacy.CaseCorrected)[0]; c.Closer != "" {
			t.Errorf("%s is said to have closed it", c.Closer)
		}
	})
	t.Run("recalled", func(t *testing.T) {
		t.Parallel()
		h, l, x := outOn(t)
		displays(l, "Edited.")
		readBack(t, h, x, 1)
		c := wantCases(t, h, x, "")[0]
		refuses(t, h, advocacy.Precondition, "STILL_PUBLISHED", func() error {
			_, err := h.Flow.CloseCase(t.Context(), h.As(h.PR), c.Workspace, c.ID, workflow.CaseClosing{Resolution: advocacy.CaseRecalled, Version: c.Version})
			return err
		})
		_, err := h.Flow.RecallPublication(t.Context(), h.As(h.PR), h.W, x.Post, x.ID, "away with it")
		ok(t, err)
		ok(t, h.Worker.TakeBack(t.Context(), workflow.PublicationJob{Workspace: x.Workspace, Publication: x.ID}))
		wantCases(t, h, x, advocacy.CaseRecalled)
	})
	t.Run("tolerated", func(t *testing.T) {
		t.Parallel()
		h, l, x := outOn(t)
		displays(l, "Edited.")
		readBack(t, h, x, 1)
		closeCase(t, h, wantCases(t, h, x, "")[0], advocacy.CaseTolerated)
		readBack(t, h, x, 2)
		wantCases(t, h, x, advocacy.CaseTolerated)
		displays(l, "Edited worse.")
		readBack(t, h, x, 2)
		wantCases(t, h, x, advocacy.CaseTolerated, "")
		displays(l, "Edited.")
		readBack(t, h, x, 2)
		if c := wantCases(t, h, x, advocacy.CaseTolerated, "")[1]; c.Shown != "Edited." {
			t.Errorf("the open case still shows %q", c.Shown)
		}
	})
	t.Run("said to be mended", func(t *testing.T) {
		t.Parallel()
		h, l, x := outOn(t)
		displays(l, "Edited.")
		readBack(t, h, x, 1)
		closeCase(t, h, wantCases(t, h, x, "")[0], advocacy.CaseCorrected)
		readBack(t, h, x, 2)
		wantCases(t, h, x, advocacy.CaseCorrected, "")
	})
}

// TestLateNetworksAreNotAccused: what the first look does not find may only be late, and what
// a look cannot tell is nothing.
func TestLateNetworksAreNotAccused(t *testing.T) {
	t.Parallel()
	h, l, x := outOn(t)
	vanished(l)
	if now := readBack(t, h, x, 0); now != advocacy.ShownUnseen {
		t.Errorf("it is %q", now)
	}
	wantCases(t, h, x)
	l.SeeingWith(func(network.Delivery) network.Sighting { return network.Sighting{Said: advocacy.Worded("no answer")} })
	readBack(t, h, x, 1)
	wantCases(t, h, x)
	vanished(l)
	if now := readBack(t, h, x, 1); now != advocacy.ShownGone {
		t.Errorf("it is %q", now)
	}
	if c := wantCases(t, h, x, "")[0]; c.Kind != advocacy.CaseGone || c.Shown != "" {
		t.Errorf("the case is %+v", c)
	}
}

// TestTakenBackIsNotMissed: a look that began before a recall and ends after it says nothing of
// what is recalled.
func TestTakenBackIsNotMissed(t *testing.T) {
	t.Parallel()
	h, l, x := outOn(t)
	_, err := h.Flow.RecallPublication(t.Context(), h.As(h.PR), h.W, x.Post, x.ID, "away with it")
	ok(t, err)
	l.SeeingWith(func(d network.Delivery) network.Sighting {
		ok(t, h.Worker.TakeBack(t.Context(), workflow.PublicationJob{Workspace: x.Workspace, Publication: x.ID}))
		return network.Sighting{Readable: true, Found: true, Digest: d.Target.Rendering.Fingerprint()}
	})
	readBack(t, h, x, 2)
	wantCases(t, h, x)
}

// TestReadBackIsEnqueued: a minute after it was published, then later and later, three times;
// and anew when a difference is said to be mended.
func TestReadBackIsEnqueued(t *testing.T) {
	t.Parallel()
	h, l, x := outOn(t)
	displays(l, "Edited.")
	for i, want := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
		looks := looksToCome(t, h)
		if len(looks) != i+1 {
			t.Fatalf("%d looks are to come, want %d", len(looks), i+1)
		}
		if after := looks[i].Sub(h.Clock.Now()).Round(time.Second); after != want {
			t.Errorf("look %d comes after %v, want %v", i, after, want)
		}
		readBack(t, h, x, i)
	}
	closeCase(t, h, wantCases(t, h, x, "")[0], advocacy.CaseCorrected)
	if n := len(looksToCome(t, h)); n != 4 {
		t.Errorf("%d looks, want one more", n)
	}
}

// looksToCome are the times of the jobs that look at what is out.
func looksToCome(t *testing.T, h *workflowtest.House) (times []time.Time) {
	t.Helper()
	query := "SELECT scheduled_at FROM river_job WHERE kind = '" + workflow.JobReadBack + "' ORDER BY id"
	rows, err := h.Store.SQLWriter().QueryContext(t.Context(), query)
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var at time.Time
		ok(t, rows.Scan(&at))
		times = append(times, at)
	}
	ok(t, rows.Err())
	return times
}

func TestOnlyAPersonClosesACase(t *testing.T) {
	t.Parallel()
	h, l, x := outOn(t)
	displays(l, "Edited.")
	readBack(t, h, x, 1)
	c := wantCases(t, h, x, "")[0]
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_DECIDE", func() error {
		_, err := h.Flow.CloseCase(t.Context(), h.AsKey(h.PR), c.Workspace, c.ID, workflow.CaseClosing{Resolution: advocacy.CaseTolerated, Version: c.Version})
		return err
	})
}
