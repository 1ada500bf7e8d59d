// Package measure says how long a text is for a network, by that network's own rule, and
// what in it the network does not take.
//
// It knows nothing of accounts, posts or findings, and nothing of what a network does
// with a text it took. Every number of its table names the source it comes from.
//
// The rule that keeps it so: it is pure, and imports only package advocacy and Unicode
// tables.
package measure
