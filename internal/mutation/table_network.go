package main

// fromTheNetworks are the guards over what a network would show or refuse.
func fromTheNetworks() []mutant {
	const networks = "./internal/network"
	return []mutant{
		{"a key is forgotten", gate, "TestAForgottenKeyIsNotRepeated", []change{{"internal/network/network.go",
			`(c.KeyLife == 0 || now.Sub(first) < c.KeyLife) // guard`, `(true || now.Sub(first) < c.KeyLife) // guard`}}},
		{"what may be out and would be out twice is not sent again", gate, "TestAForgottenKeyIsNotRepeated", []change{{"internal/publish/gate.go",
			`} else if !again { // guard`, `} else if !again && false { // guard`}}},
		{"what may be out is not called stopped", rules, "TestDoubt", []change{{"internal/advocacy/transition.go",
			`if p.Doubt && (to == Cancelled || to == Expired) { // guard`, `if false && (to == Cancelled || to == Expired) { // guard`}}},
		{"a late no proves nothing", gate, "TestARefusedRepeatProvesNothing", []change{{"internal/publish/receipt.go",
			`if class == network.Permanent && x.Doubt { // guard`, `if class == network.Permanent && false { // guard`}}},
		{"what may be out is not edited", gate, "TestWhatMayBeOutIsNotCalledStopped", []change{{"internal/advocacy/post.go",
			`if x.Doubt { // guard`, `if false { // guard`}}},
		{"what a network's own rule refuses", networks, "TestMeasureFindsByTheRule", []change{{"internal/network/counter.go",
			`for _, p := range rule.Check(t.whole) { // guard`, `for _, p := range rule.Check("") { // guard`}}},
		{"a disclosure takes its length", networks, "TestMeasureReserves", []change{{"internal/network/counter.go",
			`if d.Place == PlaceLast { // guard`, `if false { // guard`}}},
		{"no more than a network takes", "./internal/network/measure", "TestCheck", []change{{"internal/network/measure/rule.go",
			`case b.Most > 0 && len(spans) > b.Most: // guard`, `case false && len(spans) > b.Most: // guard`}}},
	}
}
