// Package network declares the two ports every place to publish implements: a
// Connector, which is pure and says what a network can show, and a Publisher, which
// talks to it.
//
// It knows no network by name, no database and no approval: a Publisher is given the
// bytes and sends them once. Whether they may be sent is decided by package publish.
//
// The rule that keeps it so: it imports only package advocacy, and no adapter below it
// imports another.
package network
