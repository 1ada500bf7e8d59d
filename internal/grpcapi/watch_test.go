package grpcapi

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestResumeTokens: a token says where its client is, to its own query, for a week.
func TestResumeTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	r := resumption{query: query{method: "m", parent: "workspaces/acme", filter: "f"}, now: func() time.Time { return now }}
	for _, want := range []workflow.WatchPlace{
		{TaskPlace: workflow.TaskPlace{Change: 7}, Basis: "b"},
		{TaskPlace: workflow.TaskPlace{Change: 1 << 62, ID: someID}, Listing: true, After: otherID, Epoch: 3, Basis: "0123456789abcdef"},
	} {
		token, err := r.seal(want)
		if err != nil || len(token) > 1024 {
			t.Fatalf("%d characters, %v", len(token), err)
		}
		got, err := r.open(token)
		if err != nil || !cmp.Equal(*got, want) {
			t.Errorf("%+v comes back as %+v, %v", want, got, err)
		}
		other := r
		other.query.filter = "g"
		if _, err := other.open(token); advocacy.ReasonOf(err) != "RESUME_TOKEN_INVALID" {
			t.Errorf("in another query: %v", err)
		}
		late := r
		late.now = func() time.Time { return now.Add(tokenLife + time.Minute) }
		if _, err := late.open(token); advocacy.ReasonOf(err) != "RESUME_TOKEN_EXPIRED" {
			t.Errorf("after a week: %v", err)
		}
	}
	if place, err := r.open(""); place != nil || err != nil {
		t.Errorf("no token: %v, %v", place, err)
	}
	if _, err := r.open(r.query.seal("no place")); advocacy.ReasonOf(err) != "RESUME_TOKEN_INVALID" {
		t.Errorf("a token without a place: %v", err)
	}
}

// TestWatchesAreCounted: of one caller there are ten at once, of all a thousand.
func TestWatchesAreCounted(t *testing.T) {
	t.Parallel()
	var w watches
	var leave func()
	for i := range mostOwnWatches {
		l, err := w.enter("ana")
		if err != nil {
			t.Fatalf("the %dth: %v", i, err)
		}
		leave = l
	}
	if _, err := w.enter("ana"); advocacy.ReasonOf(err) != "TOO_MANY_WATCHES" {
		t.Errorf("one too many: %v", err)
	}
	leave()
	if _, err := w.enter("ana"); err != nil {
		t.Errorf("after one ended: %v", err)
	}
	for i := w.all; i < mostWatches; i++ {
		if _, err := w.enter(string(rune('а' + i))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.enter("ben"); advocacy.ReasonOf(err) != "TOO_MANY_WATCHES" {
		t.Errorf("more than all: %v", err)
	}
}
