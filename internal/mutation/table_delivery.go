package main

// fromTheDeliveries are guards over what keeps deliveries apart, and over what is taken back while one
// is under way.
func fromTheDeliveries() []mutant {
	return []mutant{
		{"a slow account keeps no other of its network waiting", gate, "TestSweepsTakeAccountsApart", []change{{"internal/publish/sweep.go",
			`a := workflow.AccountOf{Workspace: due[i].Workspace, Account: due[i].Account}`, `a := workflow.AccountOf{Workspace: due[i].Workspace, Account: advocacy.AccountID(due[i].Network)}`}}},
		{"what one network has due hides no other's", gate, "TestMuchOfOneNetworkHidesNoOther", []change{{"internal/publish/sweep.go",
			`if len(due) < sweepBatch { // guard`, `if true { // guard`}}},
		{"looks at a silent server keep no others waiting", gate, "TestLookWaitsForNoServer", []change{{"internal/publish/receipt.go",
			`if room.closed != "" { // guard`, `if false { // guard`}}},
		{"what is taken back does not go out again", gate, "TestRecallMeetsARequest", []change{{"internal/workflow/withdraw.go",
			`if x.RecallReason != "" { // guard`, `if false { // guard`}}},
		{"nor does what is stopped with all that is queued of an item", gate, "TestStopMeetsARequest", []change{{"internal/workflow/withdraw.go",
			`if err != nil || !queued { // guard`, `if err != nil || !queued || true { // guard`}}},
		{"what is to be stopped does not leave before the order's run comes to it", gate, "TestStopBeforeItsRun", []change{{"internal/publish/gate.go",
			`if err != nil || stopped { // guard`, `if err != nil || stopped && false { // guard`}}},
		{"who shares an item after it was stopped is not stopped", gate, "TestSharedAfterAnOrder", []change{{"internal/workflow/withdraw.go",
			`if order.CreateTime.Before(review.OpenTime) { // guard`, `if order.CreateTime.Before(review.OpenTime) && false { // guard`}}},
		{"who sends again what was stopped is not stopped", gate, "TestSentAgainAfterAStop", []change{{"internal/workflow/withdraw.go",
			`if order.Covers(advocacy.RecallQueued) && !again { // guard`, `if order.Covers(advocacy.RecallQueued) && (!again || true) { // guard`}}},
		{"what was taken back while its files were sent is not made", gate, "TestRecallMeetsARequest", []change{{"internal/publish/worker.go",
			`x.State == advocacy.Sending && recalled == (advocacy.Answer{})`, `x.State == advocacy.Sending && (recalled == (advocacy.Answer{}) || true)`}}},
		{"what is under way is taken back as well", gate, "TestRecallMeetsARequest", []change{{"internal/workflow/withdraw.go",
			`case (x.State == advocacy.Sending || x.State == advocacy.Unknown) && x.RecallReason == "": // guard`, `case false: // guard`}}},
		{"what was under way is taken back when it is out", gate, "TestRecallMeetsARequest", []change{{"internal/workflow/recall.go",
			`if x.RecallReason != "" { // guard`, `if false { // guard`}}},
	}
}
