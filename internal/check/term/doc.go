// Package term finds the words, phrases and emoji somebody watches for, however they are
// written.
//
// It has no list of its own and knows neither what a text is for nor what follows from
// what it finds.
//
// The rule that keeps it so: a lexicon is made of what it is given and never changes.
//
// # How terms are found
//
// A text is read twice: as it is written, and, where letters of it look like Latin ones,
// as somebody would read it who sees those (UTS 39). Each reading takes the text apart
// into units, which are letters without their dress, and keeps where they stand. One walk
// of an automaton over the units finds candidates; each is then compared letter by letter,
// gap by gap, so that what only looks like a term to the automaton is let go.
package term
