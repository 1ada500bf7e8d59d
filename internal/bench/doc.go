// Package bench measures the service through its doors: submit, decide, share, the
// queue, the library and a post with its history, over gRPC and REST, on SQLite and
// PostgreSQL, by one client and by sixteen, with a floor measured in the same run.
//
// It knows no way around the doors. It has no code but benchmarks:
//
//	go test -run '^$' -bench . -benchtime 2s ./internal/bench
//	IMPRIMATUR_BENCH_POSTS=1000000 go test -run '^$' -bench 'Service/sqlite/(Queue|Library|Get)' ./internal/bench
//
// The second makes a million posts first, which takes minutes and is not for CI. A third
// signs while every open review is computed anew under another policy:
//
//	go test -run '^$' -bench BesideRecompute -benchtime 1x ./internal/bench
//
// So is a list of words put in force that are in every one of them:
//
//	go test -run '^$' -bench Recheck -benchtime 1x ./internal/bench
//
// A fourth is the load of a launch: what is due at one instant, what is due over ten minutes,
// and a freeze in the middle of it, through the gate to a network on this machine. It tells how
// far it is:
//
//	go test -run '^$' -bench Gate -benchtime 2000x -timeout 30m ./internal/bench
//	go test -run '^$' -bench Due -benchtime 7800x -timeout 60m ./internal/bench
//	go test -run '^$' -bench Freeze -benchtime 10000x -timeout 60m ./internal/bench
//
// The rule that keeps it so: a number is worth something only beside its floor.
package bench
