package main

// fromDisclosures are guards about what readers are told of author and company.
func fromDisclosures() []mutant {
	const networks, told = "./internal/network", "internal/network/disclosure.go"
	return []mutant{
		{"the words a law wants stay beside a field", networks, "TestTell$", []change{{told,
			`if !rule.Beside { // guard`, `if true || rule.Beside { // guard`}}},
		{"signed words of a disclosure stay", networks, "TestTell$", []change{{told,
			`if ownPlace { // guard`, `if false { // guard`}}},
		{"no workspace takes away the words a law wants", networks, "TestNeverLessIsTold", []change{{told,
			`own.Beside = own.Beside || house.Beside // guard`, `_ = house // guard`}}},
		{"no rule takes the telling away", rules, "TestDisclosureRules", []change{{"internal/advocacy/disclosing.go",
			`if rule.Words[spoken] == "" { // guard`, `if rule.Words[spoken] == "-" { // guard`}}},
	}
}
