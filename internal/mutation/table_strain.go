package main

// underStrain are the guards for when the database has no room, or the disk beneath it fails.
func underStrain() []mutant {
	const group, lite, base = "./internal/store/groupcommit", "./internal/store/sqlite", "./internal/store"
	return []mutant{
		{"nobody waits for the writer for ever", group, "TestPatienceEnds", []change{{"internal/store/groupcommit/queue.go",
			`if m.Patience > 0 { // guard`, `if m.Patience < 0 { // guard`}}},
		{"the queue of writes is bounded", group, "TestQueueIsBounded", []change{{"internal/store/groupcommit/queue.go",
			`case m.Patience > 0 && len(q.waiting) >= q.maxWaiting: // guard`, `case m.Patience < 0: // guard`}}},
		{"what stops goes before what waits", group, "TestFirstGoesFirst", []change{{"internal/store/groupcommit/queue.go",
			`case m.First: // guard`, `case m.First && false: // guard`}}},
		{"a call is told that no connection is free", base, "TestEverythingIsTaken", []change{{"internal/store/turn.go",
			`if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) { // guard`, `if err != nil && false { // guard`}}},
		{"what stops has connections of its own", base, "TestEverythingIsTaken", []change{{"internal/store/turn.go",
			`err != nil { // guard: what stops`, `err != nil && false { // guard: what stops`}}},
		{"a hold does not wait with the others", house, "TestHoldWhileEverythingIsTaken", []change{{"internal/grpcapi/chain.go",
			`if stopping[method] { // guard`, `if false { // guard`}}},
		{"who is sent away is told when to come again", house, "TestHoldWhileEverythingIsTaken", []change{{"internal/grpcapi/status.go",
			`if e.Retry > 0 { // guard`, `if e.Retry < 0 { // guard`}}},
		{"nothing is written over a disk that failed", lite, "TestDiskFails", []change{{"internal/store/sqlite/disk.go",
			`code == codeShortRead { // guard`, `code == codeShortRead || true { // guard`}}},
		{"what the log holds is written anew at the start", lite, "TestStartWritesTheLogAnew", []change{{"internal/store/sqlite/open.go",
			`if err := emptyLog(writer); err != nil {`, `if err := error(nil); err != nil {`}}},
		{"a process whose disk failed ends", house, "TestDiskFails/claimed", []change{{"internal/app/serve.go",
			`case <-s.Store.Broken(): // guard`, `case <-(chan int)(nil): // guard`}}},
		{"two that start at once both start", "./internal/vault", "TestClearFileIsSealedByOne", []change{{"internal/vault/file.go",
			`if !errors.Is(err, errUnderWay) { // guard`, `if true { // guard`}}},
	}
}
