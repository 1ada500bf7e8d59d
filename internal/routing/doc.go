// Package routing turns a routing policy and the facts of a submission into a plan: who
// must sign what.
//
// It knows no store, no person and no clock. All rules that match add up; none
// subtracts; a rule that cannot be evaluated counts as matched; when nothing asks for
// anything, the defaults do. So there is no input for which nobody is asked.
//
// The rule that keeps it so: it imports only package advocacy and the CEL library, and
// Evaluate is a function of its arguments.
package routing
