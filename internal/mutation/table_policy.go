package main

// fromThePolicies are guards over what a routing policy may be, and over who is asked by it.
func fromThePolicies() []mutant {
	const policies = "./internal/routing"
	return []mutant{
		{"no honest rule fails of a long post", policies, "TestLongPosts", []change{{"internal/routing/environment.go",
			`return c.always + c.largest*uint64(min(longest, longText))/longText // guard`, `return 200_000 + c.always*0*uint64(longest) // guard`}}},
		{"a condition may cost what it was accepted with", policies, "TestLongPosts", []change{{"internal/routing/environment.go",
			`cel.CostLimit(max(costLimit, estimate.Max))`, `cel.CostLimit(costLimit)`}}},
		{"conditions together are not too dear", policies, "TestLongPosts", []change{{"internal/routing/engine.go",
			`if c.cost.largest > togetherLimit { // guard`, `if false { // guard`}}},
		{"who may not expedite takes the normal route", flow, "TestExpedited", []change{{"internal/workflow/submit.go",
			`case !c.may(mayExpedite): // guard`, `case false: // guard`}}},
		{"who expedites says why", flow, "TestExpedited", []change{{"internal/workflow/submit.go",
			`case strings.TrimSpace(d.Reason) == "": // guard`, `case d.Reason == "": // guard`}}},
	}
}
