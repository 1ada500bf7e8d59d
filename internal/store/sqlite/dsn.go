package sqlite

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// role says what a pool is for; the two differ in locking and permission.
type role int

const (
	writes role = iota
	reads
)

// pragmas hold for every connection. They are in the data source name, not executed
// once, because database/sql opens connections whenever it likes and a PRAGMA holds
// for one connection only. The driver runs busy_timeout first and the rest in
// alphabetical order.
var pragmas = []string{
	// Wait for another process, such as the migrate command, instead of failing.
	"busy_timeout(5000)",
	// Readers see the last commit while the writer writes, and a commit is one
	// sequential write.
	"journal_mode(WAL)",
	// A commit returns after the log is on disk. NORMAL would be four times as fast
	// and would lose acknowledged approvals at a power cut; group commit pays for FULL.
	"synchronous(FULL)",
	// macOS answers fsync from the drive's cache; only F_FULLFSYNC reaches the disk.
	// Elsewhere these two mean nothing.
	"fullfsync(1)",
	"checkpoint_fullfsync(1)",
	"foreign_keys(1)",
	// Sorts and savepoint journals stay in memory: faster, and no post is left behind
	// in a temporary file. They hold nothing a crash would need.
	"temp_store(MEMORY)",
	// SQLite's own 2 MB. With 600,000 rows a cache of 16 or 64 MB made a random insert
	// 15 to 35 % dearer: the operating system's cache answers quickly, while this one
	// allocates page by page and is swept at each commit. A cache holds nothing durable.
	"cache_size(-2000)",
	// No mapping. It halves the cost of a read, but a bad block then kills the process
	// (SIGBUS) instead of failing one statement, and each of five connections maps the
	// whole file again.
	"mmap_size(0)",
}

// writerPragmas belong to the one connection that writes.
var writerPragmas = []string{
	// Copy the log into the database every 64 MB instead of every 4. The writer stands
	// still meanwhile, so this is sixteen times rarer, and a page changed by many
	// commits is copied once: 20 % more writes and a 99th percentile of 2 ms instead of
	// 18 with random keys. What is in the log is on disk and survives; opening after a
	// crash reads at most this much.
	"wal_autocheckpoint(16000)",
	// A reader that stays too long lets the log grow without bound; when it is next
	// emptied, what is above 128 MB goes back to the disk. Less than two checkpoints
	// would cut and grow the file all the time.
	"journal_size_limit(134217728)",
}

// readerPragmas belong to the connections that read.
var readerPragmas = []string{
	// Defence in depth: a write through the readers' pool is a bug and must fail, not
	// race with the writer.
	"query_only(1)",
}

// dsn is the driver's data source name for a file: a URI, so that no character of the
// path can be taken for a parameter.
func dsn(path string, r role) string {
	params := []string{
		// The driver's own format does not sort and does not scan back.
		"_time_format=sqlite",
		"_timezone=UTC",
		// "a" is a column or an error. By default SQLite takes a misspelt column for a
		// string, and a forgotten migration becomes a wrong answer.
		"_dqs=0",
		// No statement may switch the journal off or write to the schema table.
		"_defensive=1",
	}
	own := readerPragmas
	if r == writes {
		own = writerPragmas
		// With the default, a transaction that reads first and writes later fails with
		// SQLITE_BUSY when another process wrote in between, whatever the timeout.
		params = append(params, "_txlock=immediate")
	}
	for _, p := range slices.Concat(pragmas, own) {
		params = append(params, "_pragma="+url.QueryEscape(p))
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: strings.Join(params, "&")}
	return u.String()
}
