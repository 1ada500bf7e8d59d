// Package jobs is the durable engine behind everything that happens later: publishing at
// a time, looking again, sending mail. A job is a row, written in the transaction that
// made it necessary, so it exists exactly if that transaction committed.
//
// It owns the mapping to River: kinds, uniqueness, retries, the life of the workers and
// what is repaired after a crash. It does not know what any job means, which tables exist
// beside River's, or who migrates them: handlers are registered by package app, and
// package store gets [Inserter.InsertTx] as a function.
//
// The rule that keeps it so: a job runs at least once, perhaps twice, perhaps twice at the
// same time. The engine decides when a job runs and that it runs; what a second run means
// is the handler's business, decided from rows it locks. No other package imports River.
package jobs
