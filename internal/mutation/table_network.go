package main

// fromTheNetworks are the guards over what a network would show or refuse.
func fromTheNetworks() []mutant {
	const networks = "./internal/network"
	return []mutant{
		{"what a network's own rule refuses", networks, "TestMeasureFindsByTheRule", []change{{"internal/network/counter.go",
			`for _, p := range rule.Check(t.whole) { // guard`, `for _, p := range rule.Check("") { // guard`}}},
		{"a disclosure takes its length", networks, "TestMeasureReserves", []change{{"internal/network/counter.go",
			`if d.Place == PlaceLast { // guard`, `if false { // guard`}}},
		{"the words a law wants stay beside a field", networks, "TestDisclose", []change{{"internal/network/disclosure.go",
			`if !rule.Beside { // guard`, `if true || rule.Beside { // guard`}}},
		{"signed words of a disclosure stay", networks, "TestDisclose", []change{{"internal/network/disclosure.go",
			`if !known || network.OwnDisclosure { // guard`, `if !known { // guard`}}},
		{"no more than a network takes", "./internal/network/measure", "TestCheck", []change{{"internal/network/measure/rule.go",
			`case b.Most > 0 && len(spans) > b.Most: // guard`, `case false && len(spans) > b.Most: // guard`}}},
	}
}
