// Package codebase holds the tests about the code itself: who may import whom, what
// only one package may call, that everything exported is documented, and that files and
// functions stay small enough to read.
//
// It knows nothing of the service at run time and has no code but tests.
//
// The rule that keeps it so: a law of the house that a compiler cannot check is checked
// here, on the type-checked code and not on its text where that makes a difference.
package codebase
