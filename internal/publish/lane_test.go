package publish_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// two approved posts are due through one account, the first a second before the other.
func two(t *testing.T) (h *workflowtest.House, l *workflowtest.Ledger, first, second *workflow.PostView) {
	t.Helper()
	h, l, first = house(t)
	h.Clock.Advance(time.Second)
	return h, l, first, h.Approved(t, "Signed after it.", h.Ledger)
}

// deliver is what the job of a post's publication does.
func deliver(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
	t.Helper()
	ok(t, h.Worker.Deliver(t.Context(), h.W, only(t, h, v).ID))
}

// waits holds why a scheduled publication waits.
func waits(t *testing.T, h *workflowtest.House, v *workflow.PostView, why string) {
	t.Helper()
	if x := publication(t, h, v, advocacy.Scheduled); x.Wait != why {
		t.Errorf("it waits for %q, want %q", x.Wait, why)
	}
}

// TestAccountKeepsItsOrder: what is due later goes out later, whichever job runs first, and is
// woken when its turn has come.
func TestAccountKeepsItsOrder(t *testing.T) {
	t.Parallel()
	h, l, first, second := two(t)
	deliver(t, h, second)
	waits(t, h, second, advocacy.BlockEarlier)
	sends(t, l, 0)
	l.Answering(network.RateLimited)
	deliver(t, h, first)
	waits(t, h, first, "RATE_LIMITED")
	deliver(t, h, second) // nothing more is asked of a network that has enough
	waits(t, h, second, advocacy.BlockEarlier)
	l.AnsweringWith(nil)
	h.Clock.Advance(10 * time.Second)
	deliver(t, h, first)
	publication(t, h, first, advocacy.Published)
	publication(t, h, second, advocacy.Published) // it was woken
	sends(t, l, 2)
}

// TestOrderLetsBy: what a hold on one post stops, and what ended unknown, is no reason for
// others to wait.
func TestOrderLetsBy(t *testing.T) {
	t.Parallel()
	t.Run("a hold on the first", func(t *testing.T) {
		t.Parallel()
		h, l, first, second := two(t)
		hold(t, h, advocacy.HoldPost, string(first.Post.ID))
		deliver(t, h, second) // nobody has seen the hold yet
		waits(t, h, second, advocacy.BlockEarlier)
		deliver(t, h, first)
		waits(t, h, first, advocacy.BlockHold)
		publication(t, h, second, advocacy.Published)
		sends(t, l, 1)
	})
	t.Run("an unknown end", func(t *testing.T) {
		t.Parallel()
		h, l, first, second := two(t)
		l.Answering(network.UnknownOutcome)
		deliver(t, h, first)
		publication(t, h, first, advocacy.Unknown)
		l.AnsweringWith(nil)
		deliver(t, h, second)
		publication(t, h, second, advocacy.Published)
	})
	t.Run("another account", func(t *testing.T) {
		t.Parallel()
		h, _, first, _ := two(t)
		third := h.Approved(t, "On the wall.", h.Wall)
		deliver(t, h, third)
		publication(t, h, third, advocacy.Published)
		waits(t, h, first, "")
	})
}

// TestOneRequestOfAnAccountAtATime: while a request is under way nothing else begins through the
// account, and what asked meanwhile follows.
func TestOneRequestOfAnAccountAtATime(t *testing.T) {
	t.Parallel()
	h, l, first, second := two(t)
	l.Before(func(d network.Delivery) {
		if d.Post == first.Post.ID {
			deliver(t, h, second)
			waits(t, h, second, advocacy.BlockEarlier)
		}
	})
	deliver(t, h, first)
	publication(t, h, second, advocacy.Published)
}

// TestRestEndsByItself: what waited behind something that was stopped elsewhere, so that nobody
// woke it, goes out when its rest is over.
func TestRestEndsByItself(t *testing.T) {
	t.Parallel()
	h, l, first, second := two(t)
	deliver(t, h, second)
	waits(t, h, second, advocacy.BlockEarlier)
	_, err := h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, first.Post.ID, 0, "")
	ok(t, err)
	h.Work(t)
	waits(t, h, second, advocacy.BlockEarlier)
	h.Clock.Advance(30 * time.Second)
	h.Work(t)
	publication(t, h, second, advocacy.Published)
	sends(t, l, 1)
}

// TestOneServerIsSentSoMuchAtATime: what finds no room comes back, and a server that is slow
// keeps nobody else waiting.
func TestOneServerIsSentSoMuchAtATime(t *testing.T) {
	t.Parallel()
	h, l, first := house(t)
	h.Worker.Lanes = publish.NewLanes(publish.LaneLimits{AtOnce: 1, Failures: 100, Pause: time.Hour})
	other := h.Approved(t, "Another account of the network.", another(t, h))
	apart := h.Approved(t, "On the wall.", h.Wall)
	l.Before(func(d network.Delivery) {
		if d.Post != first.Post.ID {
			return
		}
		deliver(t, h, other)
		waits(t, h, other, advocacy.BlockServerBusy)
		deliver(t, h, apart)
		publication(t, h, apart, advocacy.Published)
	})
	deliver(t, h, first)
	publication(t, h, first, advocacy.Published)
	h.Clock.Advance(30 * time.Second)
	h.Work(t)
	publication(t, h, other, advocacy.Published)
	sends(t, l, 2)
}

// another is a second account on the ledger's network.
func another(t *testing.T, h *workflowtest.House) advocacy.AccountID {
	t.Helper()
	made, _, err := h.Flow.CreateAccount(t.Context(), h.As(h.Admin), h.W, workflow.AccountDraft{
		Network: workflowtest.LedgerName, DisplayName: "Another", Owner: h.Curator, Deputy: h.Both,
	})
	ok(t, err)
	return made.ID
}

// TestSilentServerIsLeftAlone: after so many failures in a row it is asked nothing for a while,
// and then by one request; a no is an answer. What may not go out any more is told so meanwhile.
func TestSilentServerIsLeftAlone(t *testing.T) {
	t.Parallel()
	h, l, first := house(t)
	h.Worker.Lanes = publish.NewLanes(publish.LaneLimits{AtOnce: 8, Failures: 2, Pause: time.Hour})
	asked := 0
	l.AnsweringWith(func(network.Delivery) network.Answer { asked++; return network.Answer{Class: network.Retryable} })
	other := h.Approved(t, "Another account of the network.", another(t, h))
	deliver(t, h, first)
	waits(t, h, first, "RETRY")
	deliver(t, h, other)
	waits(t, h, other, "RETRY")
	h.Clock.Advance(10 * time.Second)
	deliver(t, h, first)
	waits(t, h, first, advocacy.BlockServerDown)
	deliver(t, h, other)
	waits(t, h, other, advocacy.BlockServerDown)
	apart := h.Approved(t, "On the wall.", h.Wall)
	deliver(t, h, apart)
	publication(t, h, apart, advocacy.Published)
	if asked != 2 {
		t.Errorf("the server was asked %d times, want 2", asked)
	}
}

// TestLookWaitsForNoServer: a look takes a seat at its server as a request does. Where there is none, or
// the server does not answer, nothing is asked: what is late is looked for later, and has lost no look.
func TestLookWaitsForNoServer(t *testing.T) {
	t.Parallel()
	h, l, first := house(t)
	l.Answering(network.UnknownOutcome)
	deliver(t, h, first)
	x := publication(t, h, first, advocacy.Unknown)
	asked := 0
	l.SeeingWith(func(network.Delivery) network.Sighting { asked++; return network.Sighting{Readable: true} })
	h.Worker.Lanes = publish.NewLanes(publish.LaneLimits{AtOnce: 0, Failures: 1, Pause: time.Hour})
	toCome := func() (n int) {
		ok(t, h.Store.SQLReader().QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE kind = '"+workflow.JobLook+"'").Scan(&n))
		return n
	}
	before := toCome()
	ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
	if x := publication(t, h, first, advocacy.Unknown); asked != 0 || x.Looks != 0 {
		t.Errorf("asked %d times, and %d looks are gone", asked, x.Looks)
	}
	if n := toCome(); n != before+1 {
		t.Errorf("%d looks are to come, want %d", n, before+1)
	}
	h.Worker.Lanes = publish.NewLanes(publish.LaneLimits{AtOnce: 1, Failures: 1, Pause: time.Hour})
	ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
	if x := publication(t, h, first, advocacy.Unknown); asked != 1 || x.Looks != 1 {
		t.Errorf("asked %d times, and %d looks are gone", asked, x.Looks)
	}
}

// TestServers: an address says which server an account is at, unless the network has one alone.
func TestServers(t *testing.T) {
	t.Parallel()
	at := func(address string) *advocacy.SocialAccount {
		return &advocacy.SocialAccount{Network: "network", Address: address}
	}
	for _, c := range []struct {
		a, b     string
		one, two bool
	}{
		{"https://a.example/one", "https://a.example/two", true, true},
		{"https://a.example", "https://b.example", false, true},
		{"", "https://www.linkedin.com/company/1", false, true},
	} {
		apart := publish.SameServer(at(c.a), at(c.b), network.Capabilities{})
		together := publish.SameServer(at(c.a), at(c.b), network.Capabilities{OneServer: true})
		if apart != c.one || together != c.two {
			t.Errorf("%q and %q: %t, and %t where there is one server", c.a, c.b, apart, together)
		}
	}
	if !linkedin.New(linkedin.Options{}).Capabilities().OneServer {
		t.Error("members and organisations on LinkedIn share no quota")
	}
}

// TestQuotaOfTheApp: a network that has enough of our application is asked for no other account
// either; one that has enough of an account is.
func TestQuotaOfTheApp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wide  bool
		asked int
	}{"the application's": {true, 1}, "the account's": {false, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l, first := house(t)
			h.Worker.Lanes = publish.NewLanes(publish.LaneLimits{AtOnce: 8, Failures: 2, Pause: time.Minute})
			asked := 0
			l.AnsweringWith(func(network.Delivery) network.Answer {
				asked++
				return network.Answer{Class: network.RateLimited, AppWide: c.wide, RetryTime: time.Now().Add(time.Hour)}
			})
			other := h.Approved(t, "Another account of the network.", another(t, h))
			apart := h.Approved(t, "On the wall.", h.Wall)
			for _, v := range []*workflow.PostView{first, other} {
				deliver(t, h, v)
				waits(t, h, v, "RATE_LIMITED")
			}
			deliver(t, h, apart)
			publication(t, h, apart, advocacy.Published)
			if asked != c.asked {
				t.Errorf("the network was asked %d times, want %d", asked, c.asked)
			}
			if x := publication(t, h, other, advocacy.Scheduled); x.LeaseTime.Sub(h.Clock.Now()) < 50*time.Minute {
				t.Errorf("it is tried again at %v", x.LeaseTime)
			}
		})
	}
}

// TestWindowClosesWhileTheServerIsDown: what waits for a server expires with its window.
func TestWindowClosesWhileTheServerIsDown(t *testing.T) {
	t.Parallel()
	ledger := workflowtest.NewLedger()
	h := workflowtest.New(t, ledger)
	h.Worker.Lanes = publish.NewLanes(publish.LaneLimits{AtOnce: 0, Failures: 1, Pause: time.Hour})
	v := h.Approved(t, "Until tonight.", h.Ledger)
	deliver(t, h, v)
	waits(t, h, v, advocacy.BlockServerBusy)
	err := h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		x, err := tx.PublicationForUpdate(ctx, h.W, only(t, h, v).ID)
		if err != nil {
			return err
		}
		x.EndTime = h.Clock.Now().Add(time.Minute)
		return tx.SavePublication(ctx, x)
	})
	ok(t, err)
	h.Clock.Advance(2 * time.Minute)
	h.Work(t)
	publication(t, h, v, advocacy.Expired)
	sends(t, ledger, 0)
}

// TestLanes: failures in a row close a lane and any other answer begins the count anew; after
// the pause one request tries it.
func TestLanes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lanes := publish.NewLanes(publish.LaneLimits{AtOnce: 2, Failures: 2, Pause: time.Minute})
		at := func(address string) *advocacy.SocialAccount {
			return &advocacy.SocialAccount{Network: "mastodon", Address: address}
		}
		ask := func(want string, class network.Class) {
			t.Helper()
			if got := publish.Try(lanes, at("https://a.example"), class); got != want {
				t.Errorf("the lane is %q, want %q", got, want)
			}
		}
		ask("", network.Retryable)
		ask("", network.Permanent)
		ask("", network.UnknownOutcome)
		ask("", "") // nothing was asked
		ask("", network.RateLimited)
		ask("", network.Retryable)
		ask("", network.UnknownOutcome)
		ask(advocacy.BlockServerDown, "")
		if got := publish.Try(lanes, at("https://b.example"), network.Accepted); got != "" {
			t.Errorf("another server is %q", got)
		}
		time.Sleep(time.Minute + time.Second)
		ask("", "") // a trial that asked nothing is none
		ask("", network.Retryable)
		ask(advocacy.BlockServerDown, "")
		time.Sleep(time.Minute + time.Second)
		ask("", network.Accepted)
		ask("", network.Accepted)
	})
}

// TestLaneWaitsForASeat: where the requests under way are young one waits for a seat, and not
// where the server is slow.
func TestLaneWaitsForASeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lanes := publish.NewLanes(publish.LaneLimits{AtOnce: 1, Patience: 2 * time.Second, Failures: 2, Pause: time.Minute})
		at := &advocacy.SocialAccount{Network: "mastodon", Address: "https://a.example"}
		leave := publish.Enter(lanes, at)
		time.AfterFunc(time.Second, leave)
		if got := publish.Try(lanes, at, network.Accepted); got != "" {
			t.Errorf("a seat was free after a second, and the lane is %q", got)
		}
		leave = publish.Enter(lanes, at)
		defer leave()
		time.Sleep(90 * time.Second)
		began := time.Now()
		if got := publish.Try(lanes, at, network.Accepted); got != advocacy.BlockServerBusy || time.Since(began) > 0 {
			t.Errorf("after %v at a slow server the lane is %q", time.Since(began), got)
		}
	})
}

// until looks again and again, for a minute at most, whether something has come to be.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.After(time.Minute); !is(); {
		select {
		case <-deadline:
			t.Fatal(what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// stuck has a request of the first post under way that does not end before end is called, and sweeps
// going on until then. begun receives for each request that begins.
func stuck(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger, v *workflow.PostView) (begun <-chan struct{}, end func()) {
	t.Helper()
	requests, free := make(chan struct{}, 9), make(chan struct{})
	l.Before(func(d network.Delivery) {
		if d.Post == v.Post.ID {
			requests <- struct{}{}
			<-free
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); h.Worker.Run(ctx, 5*time.Millisecond) }()
	<-requests
	return requests, func() {
		t.Helper()
		close(free)
		stop()
		<-done
		publication(t, h, v, advocacy.Published)
	}
}

// TestSweepsTakeAccountsApart: while a request through one account does not end, what is due through
// another of the same network goes out, and what ran out there is over.
func TestSweepsTakeAccountsApart(t *testing.T) {
	t.Parallel()
	h, l, first := house(t)
	begun, end := stuck(t, h, l, first)
	defer end()
	account := another(t, h)
	other := h.Approved(t, "Another account of the network.", account)
	until(t, "it waits for another account", func() bool { return only(t, h, other).State == advocacy.Published })
	l.Answering(network.Retryable)
	late := h.Approved(t, "Until in a minute.", account)
	until(t, "it was not tried", func() bool { return only(t, h, late).Wait == "RETRY" })
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		x, err := tx.PublicationForUpdate(ctx, h.W, only(t, h, late).ID)
		if err != nil {
			return err
		}
		x.EndTime = h.Clock.Now().Add(time.Minute)
		return tx.SavePublication(ctx, x)
	}))
	h.Clock.Advance(5 * time.Minute)
	until(t, "it does not expire for another account", func() bool { return only(t, h, late).State == advocacy.Expired })
	l.AnsweringWith(nil)
	if n := len(begun); n != 0 {
		t.Errorf("%d more requests began through the account that is at it", n)
	}
}

// crowded is a store in which the ledger has more due than a sweep takes up.
type crowded struct {
	workflow.Store
	of advocacy.Publication
}

func (c crowded) Due(ctx context.Context, q workflow.DueQuery) ([]advocacy.Publication, error) {
	if slices.Contains(q.ButNetworks, c.of.Network) {
		return c.Store.Due(ctx, q)
	}
	return slices.Repeat([]advocacy.Publication{c.of}, q.Most), nil
}

// TestMuchOfOneNetworkHidesNoOther: what one network has due may fill sweep after sweep, and the
// others are looked at none the less.
func TestMuchOfOneNetworkHidesNoOther(t *testing.T) {
	t.Parallel()
	h, l, first := house(t)
	h.Flow.Store = crowded{h.Flow.Store, only(t, h, first)}
	h.Approved(t, "On the wall.", h.Wall)
	_, end := stuck(t, h, l, first)
	defer end()
	until(t, "it waits for another network", func() bool { return h.OnWall(t) == 1 })
}

// TestSweepsTakeNetworksApart: while a request of one network does not end, what is due on another
// is taken up, sweep after sweep, and the first network is asked for nothing more meanwhile.
func TestSweepsTakeNetworksApart(t *testing.T) {
	t.Parallel()
	h, l, first := house(t)
	begun, end := stuck(t, h, l, first)
	defer end()
	for i, text := range []string{"On the wall.", "On the wall, too."} {
		h.Approved(t, text, h.Wall)
		until(t, "it waits for another network", func() bool { return h.OnWall(t) > i })
	}
	if n := len(begun); n != 0 {
		t.Errorf("%d more requests began", n)
	}
}
