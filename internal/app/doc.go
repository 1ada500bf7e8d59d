// Package app puts the house together: it is the only package that knows everybody.
//
// It owns the wiring, the order in which things start and stop, and the adapters
// between ports that were declared apart: who is calling, what a role permits, how a
// credential is sealed. It knows no rule of the service; a decision found here is in the
// wrong place.
//
// The rule that keeps it so: nothing imports it but cmd and tests.
package app
