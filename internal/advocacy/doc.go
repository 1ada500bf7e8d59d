// Package advocacy is the vocabulary of the service and its rules: what a post, a
// revision, a review and a publication are, which state follows which, who may sign
// what, and when something may leave the house.
//
// It knows no database, no wire format, no network and no clock: the time is always a
// parameter. Everything here is pure, so a rule can be read, tested and explained
// without starting anything.
//
// The rule that keeps it so: this package imports nothing of the house. Everybody else
// imports it.
package advocacy
