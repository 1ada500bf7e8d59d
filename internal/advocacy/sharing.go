package advocacy

import (
	"time"

	"github.com/cespare/xxhash/v2"
)

// Sharing is how often and when posts go out through people's own accounts, and how often one
// text does, for the sake of those who follow them. The accounts of a brand are planned by
// whoever answers for them.
type Sharing struct {
	// DailyLimit is how many posts go out through one personal account on one day; 0 is any
	// number.
	DailyLimit int
	// Calendar has the hours in which they go out; empty is any time.
	Calendar CalendarID
	// SameText is from when on one text goes out too often.
	SameText Crowding
	// SpreadMinutes is over how long unedited shares are spread for which nobody chose a time; 0
	// is not at all. What many say at one moment looks like machines at work.
	SpreadMinutes int
	// OwnHours: there is somebody with a calendar of his or her own.
	OwnHours bool `json:"-"`
}

// Spread is how long after the first moment a post that shares an item goes out by itself: always
// the same for a post, and any length within the time for many.
func (s Sharing) Spread(p PostID) time.Duration {
	if s.SpreadMinutes == 0 {
		return 0
	}
	seconds := uint64(s.SpreadMinutes) * 60
	return time.Duration(xxhash.Sum64String(string(p))%seconds) * time.Second
}

// OfItem is how an item is shared: over a time of its own, where it has one.
func (s Sharing) OfItem(i *LibraryItem) Sharing {
	if i != nil && i.Spread != nil { // guard: a campaign has its own time
		s.SpreadMinutes = *i.Spread
	}
	return s
}

// Limits tells whether there is any time at which nothing of somebody goes out.
func (s Sharing) Limits() bool { return s.DailyLimit > 0 || s.Calendar != "" || s.OwnHours }

// Of is how a member shares: in a calendar of his or her own, where there is one.
func (s Sharing) Of(m *Member) Sharing {
	if m != nil && m.ShareCalendar != "" { // guard: who has own hours is not held to the workspace's
		s.Calendar = m.ShareCalendar
	}
	return s
}

// Agenda is what a time has to be free in: the days and hours of a person, and what goes out
// through his or her accounts already.
type Agenda struct {
	// DailyLimit is that of [Sharing], and Zone is where its days begin.
	DailyLimit int
	Zone       *time.Location
	// Open returns the first instant from a time on that is within the sharing hours; nil for
	// any time.
	Open func(time.Time) (time.Time, error)
	// Taken are the times at which posts go out already.
	Taken []time.Time
}

// Slot is what is in the way of a time.
type Slot struct {
	// Outside: the time is outside of the sharing hours.
	Outside bool
	// Full: on that day as many posts as may go out of the person already.
	Full bool
	// Time is the first one from then on that is free, in the zone of the days.
	Time time.Time
}

// Free tells whether nothing is in the way.
func (s Slot) Free() bool { return !s.Outside && !s.Full }

// Reason names what is in the way of a time that is not free, as refusals and findings do.
func (s Slot) Reason() string {
	if s.Outside {
		return "SHARE_OUTSIDE_HOURS"
	}
	return "SHARE_LIMIT_REACHED"
}

// Guard refuses a time that is not free, and names the first one that is.
func (s Slot) Guard() error {
	if s.Free() { // guard: a time within the hours, on a day with room
		return nil
	}
	free := s.Time.UTC().Format(time.RFC3339)
	return Refuse(s.Reason(), "a post may not go out then through a personal account; the next free time is %s", free).
		With("free_time", free)
}

// At tells what is in the way of a time, and when nothing is.
func (a *Agenda) At(t time.Time) (Slot, error) {
	open, err := a.open(t)
	if err != nil {
		return Slot{}, err
	}
	slot := Slot{Outside: !open.Equal(t), Full: a.full(t), Time: open}
	for a.full(slot.Time) { // only so many days are
		if slot.Time, err = a.open(a.tomorrow(slot.Time)); err != nil {
			return Slot{}, err
		}
	}
	slot.Time = slot.Time.In(a.Zone)
	return slot, nil
}

// mostTurns is how often a time that is free for everybody is looked for.
const mostTurns = 1000

// Together tells what is in the way of a time for any of several, and when nothing is for all. The
// time is told in the zone of the first.
func Together(agendas []*Agenda, t time.Time) (Slot, error) {
	var together Slot
	at := t
	for turn := range mostTurns {
		free := at
		for _, a := range agendas {
			slot, err := a.At(at)
			if err != nil {
				return Slot{}, err
			}
			if turn == 0 {
				together.Outside, together.Full = together.Outside || slot.Outside, together.Full || slot.Full
			}
			if slot.Time.After(free) {
				free = slot.Time
			}
		}
		if free.Equal(at) {
			if together.Time = at; len(agendas) > 0 {
				together.Time = at.In(agendas[0].Zone)
			}
			return together, nil
		}
		at = free
	}
	return Slot{}, Refuse("SHARE_OUTSIDE_HOURS", "there is no time at which everybody this speaks for shares; choose one account")
}

func (a *Agenda) open(t time.Time) (time.Time, error) {
	if a.Open == nil {
		return t, nil
	}
	return a.Open(t)
}

// full tells whether as much as may goes out on the day of t.
func (a *Agenda) full(t time.Time) bool {
	n := 0
	for _, other := range a.Taken {
		if a.sameDay(other, t) {
			n++
		}
	}
	return a.DailyLimit > 0 && n >= a.DailyLimit
}

func (a *Agenda) sameDay(t, u time.Time) bool {
	y1, m1, d1 := t.In(a.Zone).Date()
	y2, m2, d2 := u.In(a.Zone).Date()
	return y1 == y2 && m1 == m2 && d1 == d2
}

// Day returns when the day of t begins.
func (a *Agenda) Day(t time.Time) time.Time {
	y, m, d := t.In(a.Zone).Date()
	return a.begin(y, m, d)
}

func (a *Agenda) tomorrow(t time.Time) time.Time {
	y, m, d := t.In(a.Zone).Date()
	next := a.begin(y, m, d+1)
	for a.sameDay(next, t) { // where the clock leaves out a whole day
		d++
		next = a.begin(y, m, d+1)
	}
	return next
}

// begin is the first instant of a day, which is not midnight where the clock leaves that out
// or shows it twice.
func (a *Agenda) begin(y int, m time.Month, d int) time.Time {
	noon := time.Date(y, m, d, 12, 0, 0, 0, a.Zone)
	t := time.Date(y, m, d, 0, 0, 0, 0, a.Zone)
	for !a.sameDay(t, noon) {
		t = t.Add(quarter)
	}
	for a.sameDay(t.Add(-quarter), noon) {
		t = t.Add(-quarter)
	}
	return t
}

// quarter is a fraction of every change of the clock.
const quarter = 15 * time.Minute
