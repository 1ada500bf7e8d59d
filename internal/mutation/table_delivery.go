package main

// fromTheDeliveries are guards over what keeps deliveries apart.
func fromTheDeliveries() []mutant {
	return []mutant{
		{"a slow account keeps no other of its network waiting", gate, "TestSweepsTakeAccountsApart", []change{{"internal/publish/sweep.go",
			`a := workflow.AccountOf{Workspace: due[i].Workspace, Account: due[i].Account}`, `a := workflow.AccountOf{Workspace: due[i].Workspace, Account: advocacy.AccountID(due[i].Network)}`}}},
		{"what one network has due hides no other's", gate, "TestMuchOfOneNetworkHidesNoOther", []change{{"internal/publish/sweep.go",
			`if len(due) < sweepBatch { // guard`, `if true { // guard`}}},
		{"looks at a silent server keep no others waiting", gate, "TestLookWaitsForNoServer", []change{{"internal/publish/receipt.go",
			`if room.closed != "" { // guard`, `if false { // guard`}}},
	}
}
