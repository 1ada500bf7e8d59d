// Package check says what a machine can see in what somebody wrote: characters a reader
// cannot see, addresses that are not what they seem, words that are missing, and terms a
// workspace watches for.
//
// It knows no store, no network by name and no person. It objects or asks; it never
// approves. It has no list of bad words of its own: the terms are the workspace's.
//
// The rule that keeps it so: every function is pure and imports only package advocacy
// and Unicode tables.
package check
