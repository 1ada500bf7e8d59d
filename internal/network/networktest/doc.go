// Package networktest holds the contract every network adapter keeps, as tests an
// adapter runs against itself.
//
// It knows no network: what an adapter is asked here follows from its own
// Capabilities. What only one network does is tested beside that network.
//
// The rule that keeps it so: it uses the two ports of package network and what the
// Subject gives it, and nothing else.
package networktest
