// Package worktime counts working time: when a number of working hours that begin now
// are over, and how many lie between two instants, in the hours of a calendar.
//
// An instant is working time when the clock on the wall of the calendar's zone reads a
// time inside one of the hours of that date. Nothing else is said about changes of the
// clock: an hour that happens twice is worked twice, and one that is left out is not
// worked. Durations are what passes, not what the clock on the wall shows.
//
// It knows no workspace, no requirement and no present time. The rule that keeps it so: it
// imports the vocabulary and the standard library, and each function is pure.
package worktime
