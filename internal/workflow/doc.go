// Package workflow carries out the use cases of the service, one file each.
//
// A use case loads what it needs inside one write transaction, asks package advocacy
// for a decision, and saves the result with its audit records and jobs. It does not
// know how it was called or where things are kept, and it calls nothing outside the
// store: what must reach the world is a publication for package publish.
//
// The rule that keeps it so: exported method = one transaction; unexported function =
// work inside one.
package workflow
