package advocacy

import (
	"slices"
	"time"
)

// DeadlineState is whether the time of a turn runs.
type DeadlineState string

const (
	// DeadlineRunning: the turn is open, and its working time passes.
	DeadlineRunning DeadlineState = "running"
	// DeadlinePaused: it is somebody else's turn, such as the author's; what was used up
	// stays so.
	DeadlinePaused DeadlineState = "paused"
	// DeadlineOver: nobody is waited for any more.
	DeadlineOver DeadlineState = "over"
)

// DeadlineStates lists every state.
func DeadlineStates() []DeadlineState {
	return []DeadlineState{DeadlineRunning, DeadlinePaused, DeadlineOver}
}

// Deadline is by when a requirement of a round should be signed, and who was asked for it.
// It reminds and escalates, and never decides.
type Deadline struct {
	Subject     Subject
	Round       int
	Requirement string
	State       DeadlineState
	// Business is the working time the turn may take, Spent what was used up before Start.
	Business time.Duration
	Spent    time.Duration
	// Calendar and Revision are what Due was counted in, and ZoneData the rules of the time
	// zones then.
	Calendar CalendarID
	Revision int
	ZoneData string
	// Start is since when the time runs, Due when it is used up.
	Start time.Time
	Due   time.Time
	// Rung counts the rungs of the ladder that were taken, and Next is when to look again,
	// zero for never.
	Rung int
	Next time.Time
	// Asked are the persons who were asked to sign, in the order of their ids. Others may
	// sign all the same.
	Asked []PersonID
}

// Pause stops the time after some more of it was used up.
func (d *Deadline) Pause(to DeadlineState, worked time.Duration) {
	if d.State == DeadlineRunning {
		d.Spent += worked
	}
	d.State, d.Next = to, time.Time{}
}

// Ask adds a person to who was asked.
func (d *Deadline) Ask(p PersonID) {
	d.Asked = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(d.Asked), p))))
}

// Saw tells whether the person judged an earlier round for the requirement: he or she
// knows what has changed.
func (c *Case) Saw(requirement string, p PersonID) bool {
	return slices.ContainsFunc(c.Decisions, func(d Decision) bool {
		return d.Round < c.Review.Round && d.Requirement == requirement && c.person(d.Person) == c.person(p)
	})
}
