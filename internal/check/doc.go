// Package check says what a machine can see in what somebody wrote: characters a reader
// cannot see, addresses that are not what they seem, words that are missing, and terms a
// workspace watches for.
//
// It knows no store, no network by name and no person. It objects or asks; it never
// approves. It has no list of bad words of its own: the terms are the workspace's.
//
// The rule that keeps it so: every function is pure and imports only package advocacy
// and Unicode tables.
//
// # How terms are found
//
// A text is read twice: as it is written, and, where letters of it look like Latin ones,
// as somebody would read it who sees those (UTS 39). Each reading takes the text apart
// into units, which are letters without their dress, and keeps where they stand. One walk
// of an automaton over the units finds candidates; each is then compared letter by letter,
// gap by gap, so that what only looks like a term to the automaton is let go.
package check
