package publish_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/departure"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// drill is a house that can be put back to an earlier state.
type drill struct {
	*workflowtest.House
	ledger *workflowtest.Ledger
	// back puts the database back to where it is now, later.
	backup func(t *testing.T) (back func() *workflowtest.House)
}

// onBothDrilled runs a test on a house of each database.
func onBothDrilled(t *testing.T, test func(t *testing.T, d *drill)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		l := workflowtest.NewLedger()
		h := workflowtest.New(t, l)
		test(t, &drill{h, l, func(t *testing.T) func() *workflowtest.House {
			copied := filepath.Join(t.TempDir(), "backup.db")
			_, err := h.Store.SQLWriter().ExecContext(t.Context(), "VACUUM INTO '"+copied+"'")
			ok(t, err)
			return func() *workflowtest.House { return h.Replica(t, "sqlite:"+copied, jobs.SQLite, l) }
		}})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		l := workflowtest.NewLedger()
		dsn := testpg.New(t)
		h := workflowtest.Furnish(t, dsn, jobs.Postgres, l).On(t, dsn, jobs.Postgres, l)
		test(t, &drill{h, l, func(t *testing.T) func() *workflowtest.House {
			copied := testpg.Backup(t, dsn)
			return func() *workflowtest.House { return h.Replica(t, copied, jobs.Postgres, l) }
		}})
	})
}

// in has a post signed that is due in so long.
func (d *drill) in(t *testing.T, text string, wait time.Duration) *workflow.PostView {
	t.Helper()
	v := d.half(t, text, wait)
	d.Sign(t, d.PR, v, "pr")
	return v
}

// half has a post signed by legal alone.
func (d *drill) half(t *testing.T, text string, wait time.Duration) *workflow.PostView {
	t.Helper()
	draft := workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: text}, Accounts: []advocacy.AccountID{d.Ledger}}
	if wait > 0 {
		draft.PublishTime, draft.Zone = d.Clock.Now().Add(wait), "Europe/Paris"
	}
	v, err := d.Flow.CreatePost(t.Context(), d.As(d.Author), d.W, draft)
	ok(t, err)
	d.Submit(t, v)
	d.Sign(t, d.Legal, v, "legal")
	return v
}

// booked counts what the network's own books hold of a post.
func (d *drill) booked(v *workflow.PostView) (n int) {
	for _, s := range d.ledger.Sent() {
		if s.Post == v.Post.ID {
			n++
		}
	}
	return n
}

// TestRestoreDrill (F21, F22, T45): a backup is restored after everything went on for twelve minutes. The
// network's own books say that nothing goes out a second time; what may have gone out waits for a
// person, what can be found is found, and what was not due goes out as ever.
func TestRestoreDrill(t *testing.T) {
	onBothDrilled(t, func(t *testing.T, d *drill) {
		due, soon := d.in(t, "Due.", 0), d.in(t, "Soon.", 10*time.Minute)
		dropped, later := d.in(t, "Dropped.", 11*time.Minute), d.in(t, "Later.", 2*time.Hour)
		open := d.half(t, "Open.", 0)
		back := d.backup(t)

		// What the database will have forgotten.
		d.Work(t)
		d.Sign(t, d.PR, open, "pr")
		born := d.in(t, "Born.", 0)
		_, err := d.Flow.WithdrawPost(t.Context(), d.As(d.Author), d.W, dropped.Post.ID, 0, "no more")
		ok(t, err)
		d.Clock.Advance(10*time.Minute + time.Second)
		d.Work(t)
		for _, v := range []*workflow.PostView{due, soon, open, born} {
			if n := d.booked(v); n != 1 {
				t.Fatalf("before the restore %q is out %d times", v.Head.Content.Text, n)
			}
		}
		was, err := d.Store.Progress(t.Context())
		ok(t, err)
		d.Clock.Advance(2 * time.Minute)

		lived := d.House
		d.House = back()
		now, err := d.Store.Progress(t.Context())
		ok(t, err)
		if !now.Behind(was) || was.Behind(now) {
			t.Fatalf("the database is at %+v and was at %+v", now, was)
		}
		restored := workflow.Restored{Epoch: was.Epoch + 1, Cause: advocacy.EpochBehind, Was: was}
		doubted, err := d.Flow.Restored(t.Context(), restored)
		ok(t, err)
		if again, err := d.Flow.Restored(t.Context(), restored); doubted != 3 || again != 0 || err != nil {
			t.Errorf("%d are in doubt, and %d the second time, %v", doubted, again, err)
		}
		d.Work(t)
		for _, v := range []*workflow.PostView{due, soon, dropped} {
			if x := publication(t, d.House, v, advocacy.Unknown); x.Wait != advocacy.BlockRestored {
				t.Errorf("%q waits for %q", v.Head.Content.Text, x.Wait)
			}
		}
		d.Sign(t, d.PR, open, "pr") // nobody knows that it was signed, and is out
		d.Work(t)
		publication(t, d.House, open, advocacy.Unknown)
		d.reconcile(t, lived, []*workflow.PostView{due, soon, open}, dropped, born)
		d.Clock.Advance(3 * time.Hour)
		fresh := d.in(t, "Fresh.", 0)
		for range 3 {
			d.Clock.Advance(time.Minute)
			d.Work(t)
		}
		for _, v := range []*workflow.PostView{due, soon, open, born, later, fresh, dropped} {
			if n := d.booked(v); n != 1 {
				t.Errorf("after the restore %q is out %d times", v.Head.Content.Text, n)
			}
		}
	})
}

// reconcile looks for what is out, has a person decide about what is not, and holds the list of what
// the database knows nothing of against the network's books.
func (d *drill) reconcile(t *testing.T, lived *workflowtest.House, out []*workflow.PostView, not, born *workflow.PostView) {
	t.Helper()
	began := lived.Clock.Now().Add(-15 * time.Minute)
	d.ledger.SeeingWith(func(looked network.Delivery) network.Sighting {
		for _, s := range d.ledger.Sent() {
			// As networks do: by the bytes, and not among what is older than the request.
			if s.Post == looked.Post && string(s.Body) == string(looked.Body) && !s.Time.Before(looked.Time) && looked.Time.After(began) {
				return network.Sighting{Readable: true, Found: true, ExternalID: s.Key, URL: "http://ledger.test/" + s.Key}
			}
		}
		return network.Sighting{Readable: true}
	})
	for _, v := range out {
		ok(t, d.Worker.Look(t.Context(), job(d.House, only(t, d.House, v).ID)))
		if x := publication(t, d.House, v, advocacy.Published); x.Evidence != advocacy.Found {
			t.Errorf("%q is known by %q", v.Head.Content.Text, x.Evidence)
		}
	}
	ok(t, d.Worker.Look(t.Context(), job(d.House, only(t, d.House, not).ID)))
	x := publication(t, d.House, not, advocacy.Unknown)
	_, err := d.Flow.ResolvePublication(t.Context(), d.As(d.PR), d.W, not.Post.ID, x.ID, workflow.Resolve{
		Resolution: advocacy.ResolveSendAgain, Reason: "it is not there", Version: x.Version,
	})
	ok(t, err)
	d.Work(t)
	publication(t, d.House, not, advocacy.Published)
	var unaccounted []advocacy.PostID
	ok(t, d.Worker.Departures.(*departure.Keeper).Each(t.Context(), func(noted advocacy.Departure) error {
		known, err := d.Flow.Accounted(t.Context(), noted)
		if !known {
			unaccounted = append(unaccounted, noted.Post)
		}
		return err
	}))
	slices.Sort(unaccounted)
	unaccounted = slices.Compact(unaccounted)
	if !slices.Equal(unaccounted, []advocacy.PostID{born.Post.ID}) {
		t.Errorf("the list of what is out and nobody knows of is %v, want %v alone", unaccounted, born.Post.ID)
	}
}

// TestForgottenIsNotSentAgain: even where nobody noticed that the database was put back, a request
// that it has forgotten has no second one; the network forgot no key in the meantime, nobody asked it
// for one.
func TestForgottenIsNotSentAgain(t *testing.T) {
	onBothDrilled(t, func(t *testing.T, d *drill) {
		v := d.in(t, "Tomorrow, they said.", 24*time.Hour)
		back := d.backup(t)
		// It is moved up, refused for a while, and goes out with the third request.
		d.ledger.Answering(network.Retryable)
		now := d.Clock.Now()
		_, err := d.Flow.UpdatePost(t.Context(), d.As(d.Author), d.W, v.Post.ID, workflow.PostChange{PublishTime: &now})
		ok(t, err)
		for range 2 {
			d.Work(t)
			d.Clock.Advance(10 * time.Minute)
		}
		d.ledger.AnsweringWith(nil)
		d.Work(t)
		if d.booked(v) != 1 {
			t.Fatalf("it is out %d times", d.booked(v))
		}
		d.House = back()
		var told []int
		d.Worker.Forgot = func(_ context.Context, f *advocacy.Forgotten) { told = append(told, f.Last) }
		d.Clock.Advance(24 * time.Hour)
		d.Work(t)
		x := publication(t, d.House, v, advocacy.Unknown)
		if x.Wait != advocacy.BlockRestored || x.Departures != 3 || !slices.Equal(told, []int{3}) {
			t.Errorf("it waits for %q, %d requests are known of, and told was %v", x.Wait, x.Departures, told)
		}
		for range 3 {
			d.Clock.Advance(time.Hour)
			d.Work(t)
		}
		if d.booked(v) != 1 {
			t.Fatalf("it is out %d times", d.booked(v))
		}
		_, err = d.Flow.ResolvePublication(t.Context(), d.As(d.PR), d.W, v.Post.ID, x.ID, workflow.Resolve{
			Resolution: advocacy.ResolveSendAgain, Reason: "it was taken down", Version: x.Version,
		})
		ok(t, err)
		d.Work(t)
		publication(t, d.House, v, advocacy.Published)
		if d.booked(v) != 2 {
			t.Errorf("a person's word sent it %d times", d.booked(v)-1)
		}
	})
}

// fullSlips cannot write.
type fullSlips struct {
	departure.Slips
	full bool
}

func (s *fullSlips) Make(ctx context.Context, name string, data []byte) ([]byte, error) {
	if s.full {
		return nil, errors.New("no space left on device")
	}
	return s.Slips.Make(ctx, name, data)
}

// TestNothingGoesOutThatIsNotNoted: where the place for the notes is full, nothing begins, people are
// told why, and it goes out by itself when there is room again.
func TestNothingGoesOutThatIsNotNoted(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	keeper := h.Worker.Departures.(*departure.Keeper)
	full := &fullSlips{keeper.Slips, true}
	keeper.Slips = full
	h.Work(t)
	if x := publication(t, h, v, advocacy.Scheduled); x.Wait != "NOT_NOTED" {
		t.Errorf("it waits for %q", x.Wait)
	}
	sends(t, l, 0)
	full.full = false
	h.Clock.Advance(time.Minute)
	h.Work(t)
	publication(t, h, v, advocacy.Published)
	sends(t, l, 1)
}
