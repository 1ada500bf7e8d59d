package departure_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/departure"
	"github.com/imprimatur-hq/imprimatur/internal/media"
)

var began = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func keeper(t *testing.T) *departure.Keeper {
	t.Helper()
	d, err := media.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &departure.Keeper{Slips: d.Slips(), Deployment: "0af3"}
}

func request(number int, mark string) advocacy.Departure {
	return advocacy.Departure{
		Workspace: "acme", Post: "p", Digest: "sha256:1", Account: "a", Number: number, Mark: mark,
		Publication: "x", Network: "ledger", Body: []byte(mark), Time: began.Add(time.Duration(number) * time.Minute),
	}
}

func note(t *testing.T, k *departure.Keeper, d advocacy.Departure) *advocacy.Forgotten {
	t.Helper()
	f, err := k.Note(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNotedOnce(t *testing.T) {
	t.Parallel()
	k := keeper(t)
	for n := 1; n <= 3; n++ {
		if f := note(t, k, request(n, "first life")); f != nil {
			t.Fatalf("request %d: %+v", n, f)
		}
	}
	if f := note(t, k, request(2, "first life")); f != nil {
		t.Errorf("whose answer was lost meets itself: %+v", f)
	}
	want := &advocacy.Forgotten{First: request(2, "first life"), Last: 3}
	if diff := cmp.Diff(want, note(t, k, request(2, "second life"))); diff != "" {
		t.Errorf("forgotten (-want +got):\n%s", diff)
	}
	if f := note(t, k, request(4, "second life")); f != nil {
		t.Errorf("what nobody noted: %+v", f)
	}
	for what, change := range map[string]func(*advocacy.Departure){
		"workspace": func(d *advocacy.Departure) { d.Workspace = "other" }, "post": func(d *advocacy.Departure) { d.Post = "other" },
		"digest": func(d *advocacy.Departure) { d.Digest = "other" }, "account": func(d *advocacy.Departure) { d.Account = "other" },
	} {
		d := request(1, "second life")
		change(&d)
		if f := note(t, k, d); f != nil {
			t.Errorf("another %s: %+v", what, f)
		}
	}
	other := *k
	other.Deployment = "0af4"
	if f := note(t, &other, request(1, "second life")); f != nil {
		t.Errorf("another deployment: %+v", f)
	}
	// Whichever publication it is of.
	d := request(1, "second life")
	d.Publication = "another"
	if f := note(t, k, d); f == nil || f.Last != 4 {
		t.Errorf("another publication: %+v", f)
	}
}

// TestNoGaps: a process died between the first intent and its note, and the second request went out. A
// database of before both meets it.
func TestNoGaps(t *testing.T) {
	t.Parallel()
	k := keeper(t)
	if f := note(t, k, request(3, "first life")); f != nil {
		t.Fatalf("%+v", f)
	}
	for n := 1; n <= 3; n++ {
		if f := note(t, k, request(n, "second life")); f == nil || f.Last != 3 {
			t.Errorf("request %d: %+v", n, f)
		}
	}
}

func TestFirst(t *testing.T) {
	t.Parallel()
	k := keeper(t)
	x := &advocacy.Publication{Workspace: "acme", Post: "p", Digest: "sha256:1", Account: "a"}
	if d, err := k.First(t.Context(), x); d != nil || err != nil {
		t.Errorf("before any: %+v, %v", d, err)
	}
	note(t, k, request(1, "a"))
	note(t, k, request(2, "b"))
	want := request(1, "a")
	if d, err := k.First(t.Context(), x); err != nil || !cmp.Equal(&want, d) {
		t.Errorf("first: %+v, %v", d, err)
	}
}

func TestMarkIsNoDeparture(t *testing.T) {
	t.Parallel()
	k := keeper(t)
	if m, err := k.Mark(t.Context()); m != nil || err != nil {
		t.Errorf("before any: %+v, %v", m, err)
	}
	want := advocacy.Progress{Epoch: 2, Sequence: 7, Time: began}
	if err := errors.Join(k.SetMark(t.Context(), advocacy.Progress{Epoch: 1}), k.SetMark(t.Context(), want)); err != nil {
		t.Fatal(err)
	}
	if m, err := k.Mark(t.Context()); err != nil || !cmp.Equal(&want, m) {
		t.Errorf("mark: %+v, %v", m, err)
	}
	note(t, k, request(1, "a"))
	note(t, k, request(2, "b"))
	numbers := func() (all []int) {
		if err := k.Each(t.Context(), func(d advocacy.Departure) error { all = append(all, d.Number); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(all)
		return all
	}
	if all := numbers(); !slices.Equal(all, []int{1, 2}) {
		t.Errorf("noted %v", all)
	}
	if gone, err := k.Forget(t.Context(), began.Add(2*time.Minute)); gone != 1 || err != nil {
		t.Errorf("%d are forgotten, %v", gone, err)
	}
	if all := numbers(); !slices.Equal(all, []int{2}) {
		t.Errorf("left %v", all)
	}
	if m, err := k.Mark(t.Context()); err != nil || !cmp.Equal(&want, m) {
		t.Errorf("mark: %+v, %v", m, err)
	}
}

// broken answers nothing.
type broken struct{ departure.Slips }

func (broken) Make(context.Context, string, []byte) ([]byte, error) { return nil, errors.New("broken") }
func (broken) Read(context.Context, string) ([]byte, error)         { return nil, errors.New("broken") }

func TestNothingIsNotedWhereNothingCanBe(t *testing.T) {
	t.Parallel()
	k := &departure.Keeper{Slips: broken{}, Deployment: "0af3"}
	for n := 1; n <= 2; n++ {
		if _, err := k.Note(t.Context(), request(n, "a")); err == nil {
			t.Errorf("request %d is noted", n)
		}
	}
	if _, err := k.Mark(t.Context()); err == nil {
		t.Error("there is a mark")
	}
}
