// Package storetest is what every database must do to be a store of the service.
//
// It owns the conformance suite: what a round trip keeps, what a failed transaction
// leaves, who wins a race, what the schema refuses, and that pages neither repeat nor
// lose a row. It knows package store only from outside.
//
// The rule that keeps it so: a test that holds on one database only does not belong
// here.
package storetest
