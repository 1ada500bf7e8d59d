// Package feed asks sources for their entries: RSS, Atom and JSON Feed.
//
// It owns the bounds of one fetch, as package linkcheck does for a look, and the reading of
// what is answered: how large a document may be, how deep, how many entries count, and how
// the markup of an entry becomes plain text. It does not know why somebody asks or what
// becomes of an entry, and keeps nothing.
//
// The rule that keeps it so: it connects only to addresses that are public or that the
// operator named, sends nothing but the address and what was read last, and whatever a
// document holds, an answer is an entry in plain text or a code.
package feed
