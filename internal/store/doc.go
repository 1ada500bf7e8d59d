// Package store keeps everything the service knows, in SQLite or in PostgreSQL.
//
// It owns the tables, their migrations, the rows and the mapping between rows and the
// types of package advocacy, and it is the only place that knows SQL. It implements
// every port named Store.
//
// It does not know the rules: it refuses what would contradict itself (a decision on
// other bytes than the review's, a second live publication, a changed audit record) and
// leaves what is allowed to package advocacy. The time and the ids come from outside.
//
// Rows are structs with GORM tags. Rare writes go through GORM's builder; reads and the
// writes of the hot paths are SQL by hand, in one text for both databases. Neither uses
// hooks, associations, soft delete or AutoMigrate.
//
// # Locks
//
// On SQLite there is one writer, so a transaction has everything to itself. On
// PostgreSQL transactions run at READ COMMITTED and lock rows, in this order:
//
//	workspace → feed → proposal → post or item → review → members → social accounts → publication → uploads → media → media usage → blobs → holds → jobs
//
// A row that will be changed is locked FOR NO KEY UPDATE, one that must only stand still
// FOR SHARE. Holds are no row lock but an advisory one on the workspace's set of holds:
// a gate shares it, a new hold excludes every gate. A transaction that loses a deadlock
// or a serialization race is run again.
//
// The rule that keeps it so: writes hang off Tx, and a statement that changes rows says
// how many it expects.
package store
