package main

// fromRepeats are the guards over what is sent again, and over what is stopped on its way.
func fromRepeats() []mutant {
	const toots = "./internal/network/mastodon"
	return []mutant{
		{"a stop counts until something is visible", toots, "TestContract/publish_of_what_is_stopped_meanwhile", []change{{"internal/network/network.go",
			`if files == 0 || d.Still == nil || d.Still(ctx) { // guard`, `if files == 0 || d.Still == nil || d.Still(ctx) || true { // guard`}}},
		{"what is let out is looked at again while files are sent", gate, "TestStoppedWhileFilesAreSent", []change{{"internal/publish/worker.go",
			`stands = verdict == advocacy.GateSend && x.Epoch`, `stands = (verdict == advocacy.GateSend || true) && x.Epoch`}}},
		{"a key may be known late", gate, "TestARepeatWaitsUntilTheKeyIsKnown", []change{{"internal/publish/gate.go",
			`if until.After(tx.Now()) { // guard`, `if false { // guard`}}},
		{"a key is forgotten", gate, "TestAForgottenKeyIsNotRepeated", []change{{"internal/network/network.go",
			`known := c.KeyLife == 0 || now.Sub(first) < c.KeyLife // guard`, `known := true || now.Sub(first) < c.KeyLife // guard`}}},
		{"what may be out and would be out twice is not sent again", gate, "TestAForgottenKeyIsNotRepeated", []change{{"internal/publish/gate.go",
			`if doubt != "" { // guard`, `if doubt != "" && false { // guard`}}},
	}
}
