package main

// fromTheBackup are guards of what a database that was put back to an earlier state has forgotten, and of
// other faults around the service.
func fromTheBackup() []mutant {
	const depart = "internal/publish/depart.go"
	return []mutant{
		// sent; restored; sent again
		{"faults: what the database has forgotten is not sent a second time", gate, "TestForgottenIsNotSentAgain/sqlite", []change{{depart,
			`case forgotten != nil: // guard`, `case forgotten != nil && false: // guard`}}},
		// not noted; sent; restored; sent again
		{"faults: no request begins that is not noted", gate, "TestNothingGoesOutThatIsNotNoted", []change{{depart,
			`case err != nil: // guard`, `case err != nil && false: // guard`}}},
		// withdrawn; restored; sent
		{"faults: what may have gone out before a restore is in doubt", gate, "TestRestoreDrill/sqlite", []change{{"internal/workflow/restored.go",
			`if doubted, err = tx.DoubtDue(ctx); err != nil { // guard`, `if false { // guard`}}},
		// sent; restored; looked for among what is younger
		{"faults: what was forgotten is looked for from its first request on", gate, "TestRestoreDrill/sqlite", []change{{"internal/publish/receipt.go",
			`if first != nil { // guard`, `if first != nil && false { // guard`}}},
		// an intent, killed; sent; restored to before the intent; sent again
		{"faults: the notes of one thing have no gaps", "./internal/departure", "TestNoGaps", []change{{"internal/departure/departure.go",
			`for n := lowest; n < d.Number; n++ { // guard`, `for n := lowest; false; n++ { // guard`}}},
		{"faults: a database that was put back is noticed", house, "TestRestoredAtStart/sqlite", []change{{"internal/app/restored.go",
			`if mark != nil && now.Behind(*mark) { // guard`, `if mark != nil && false { // guard`}}},
		// panics; the process dies, is started again, panics
		{"faults: what breaks one thing leaves the others", gate, "TestWhatBreaksOneLeavesTheOthers", []change{{"internal/publish/broken.go",
			`if p := recover(); p != nil { // guard`, `if p := any(nil); p != nil { // guard`}}},
		// sent, then a panic; sent again
		{"faults: what breaks every time is not tried for ever", gate, "TestWhatBreaksOneLeavesTheOthers", []change{{"internal/publish/broken.go",
			`case before >= 2: // guard`, `case false: // guard`}}},
		{"faults: what broke after its intent may be out", gate, "TestWhatBreaksOneLeavesTheOthers", []change{{"internal/publish/broken.go",
			`case x.State == advocacy.Sending: // guard`, `case x.State == advocacy.Sending && false: // guard`}}},
		{"faults: what breaks whoever takes it up is given up", "./internal/jobs", "TestPanicsEndTheJob/sqlite", []change{{"internal/jobs/worker.go",
			`panics(job.Errors)+1 >= maxPanics { // guard`, `false { // guard`}}},
		{"faults: a wrong clock is told", house, "TestWrongClockIsTold", []change{{"internal/app/clock.go",
			`if off.Abs() > clockTolerance+way && time`, `if false && time`}}},
	}
}
