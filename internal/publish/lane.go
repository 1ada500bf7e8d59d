package publish

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Lanes keep the servers of networks apart in one process, so that one that is slow or does
// not answer delays nobody else: to each only so many requests are under way, and one that
// failed several times in a row is left alone for a while. They are safe for concurrent use.
type Lanes struct {
	limits LaneLimits
	mu     sync.Mutex
	of     map[server]*lane
}

// LaneLimits are those of each server.
type LaneLimits struct {
	// AtOnce is how many requests are under way at most.
	AtOnce int
	// Patience is how old the oldest of them may be for another one to wait for a seat: a server
	// that answers has one free in a moment.
	Patience time.Duration
	// Failures in a row are how many close the lane for Pause; then one request tries it.
	Failures int
	Pause    time.Duration
}

// NewLanes returns lanes with nothing under way.
func NewLanes(limits LaneLimits) *Lanes {
	return &Lanes{limits: limits, of: map[server]*lane{}}
}

// server is what accounts of a network share: a host, where their addresses are those of servers.
type server struct {
	network advocacy.Network
	host    string
}

func serverOf(a *advocacy.SocialAccount, at network.Capabilities) server {
	s := server{network: a.Network}
	if u, err := url.Parse(a.Address); err == nil && !at.OneServer {
		s.host = u.Host
	}
	return s
}

type lane struct {
	// seats has as many places as requests may be under way, and begun when each of those
	// that are began.
	seats chan struct{}
	begun map[*seat]time.Time
	// rest is until when no account is taken, since the quota of our application is used up.
	rest    time.Time
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
}

var (
	// errSilent counts against a server, errUnasked neither for nor against it.
	errSilent  = errors.New("publish: the server gave no answer")
	errUnasked = errors.New("publish: the server was not asked")
)

func (l *Lanes) lane(s server) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := l.of[s]
	if found == nil {
		found = &lane{
			seats: make(chan struct{}, l.limits.AtOnce), // guard: a slow server does not take all workers
			begun: map[*seat]time.Time{},
			breaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
				Timeout:     l.limits.Pause,
				ReadyToTrip: func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= l.limits.Failures },
				IsExcluded:  func(err error) bool { return errors.Is(err, errUnasked) },
			}),
		}
		l.of[s] = found
	}
	return found
}

// take takes a seat, if one is free or will be in a moment.
func (l *Lanes) take(ctx context.Context, lane *lane) bool {
	select {
	case lane.seats <- struct{}{}:
		return true
	default:
	}
	l.mu.Lock()
	oldest := time.Now()
	for _, begun := range lane.begun {
		if begun.Before(oldest) {
			oldest = begun
		}
	}
	l.mu.Unlock()
	ctx, cancel := context.WithDeadline(ctx, oldest.Add(l.limits.Patience))
	defer cancel()
	select {
	case lane.seats <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// seat is the right to one request to a server, or why there is none at present.
type seat struct {
	// closed is the reason, empty when there is room, and pause how long to stay away.
	closed string
	pause  time.Duration
	leave  func(error)
	// answer is how the request ended, and rest until when the server takes nobody's.
	answer error
	rest   time.Time
}

// enter takes a seat, to be left in any case. A nil Lanes has room for everybody.
func (l *Lanes) enter(ctx context.Context, at server) *seat {
	s := &seat{answer: errUnasked, leave: func(error) {}}
	if l == nil {
		return s
	}
	lane := l.lane(at)
	if left := l.restOf(lane); left > 0 { // guard: a quota all accounts share is used up for all of them
		s.closed, s.pause = waitRateLimited, left+rand.N(l.limits.Pause/2+1)
		return s
	}
	if !l.take(ctx, lane) {
		// Not all come back at once.
		s.closed, s.pause = advocacy.BlockServerBusy, 5*time.Second+rand.N(25*time.Second)
		return s
	}
	done, err := lane.breaker.Allow()
	if err != nil { // guard: a server that does not answer is left alone
		<-lane.seats
		s.closed, s.pause = advocacy.BlockServerDown, l.limits.Pause+rand.N(l.limits.Pause/2+1)
		return s
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lane.begun[s] = time.Now()
	s.leave = func(answer error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(lane.begun, s)
		if s.rest.After(lane.rest) {
			lane.rest = s.rest
		}
		<-lane.seats
		done(answer)
	}
	return s
}

// restOf is how long a lane takes nobody.
func (l *Lanes) restOf(lane *lane) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(lane.rest)
}

// asked notes how the request ended: a server that says no is well.
func (s *seat) asked(answer network.Answer) {
	s.answer = nil
	if answer.Class == network.RateLimited && answer.AppWide {
		s.rest = answer.RetryTime
	}
	if answer.Class == network.Retryable || answer.Class == network.UnknownOutcome {
		s.answer = errSilent
	}
}

func (s *seat) close() { s.leave(s.answer) }
