package main

// sight is the package of what a machine sees.
const sight = "./internal/check"

// fromTheTerms are guards about what a workspace watches for.
func fromTheTerms() []mutant {
	const judged, routed, shown = "internal/workflow/case.go", "internal/workflow/submit.go", "internal/workflow/render.go"
	return []mutant{
		{"a forbidden term is not submitted", flow, "TestForbiddenTerm$", []change{{shown,
			`if f.Code == advocacy.FoundForbidden { // guard`, `if f.Code == advocacy.FoundForbidden { return nil // guard`}}},
		// sign; forbid the term; sent
		{"no forbidden term goes out", flow, "TestForbiddenTermNeverGoesOut", []change{{"internal/advocacy/count.go",
			`for _, b := range c.termBlockers() { // guard`, `for _, b := range []Blocker(nil) { // guard`}}},
		// sign under one lexicon; publish another; sent
		{"what an older lexicon let pass is judged again", flow, "TestForbiddenTermNeverGoesOut", []change{{judged,
			`newer := review.Lexicon != rules.policy.Lexicon // guard`, `newer := false // guard`}}},
		{"a restricted term asks its role", flow, "TestRestrictedTerm$", []change{{routed,
			`out.Plan = out.Plan.WithTerms(a.findings, signed) // guard`, `_ = signed // guard`}}},
		// submit; restrict the term; signed by those asked before
		{"a newly restricted term asks its role", flow, "TestRestrictedTerm$", []change{{judged,
			`cs.Floor = review.Plan.Join(cs.Floor).WithTerms(cs.Found, signed) // guard`, `_ = signed // guard`}}},
		// submit; forbid the term; an admin has it routed again, by the new lexicon
		{"a forbidden term is not routed again", flow, "TestForbiddenTermIsNotRoutedAgain", []change{{"internal/workflow/reroute.go",
			`if err := blocked(about.findings); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
	}
}
