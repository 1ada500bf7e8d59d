package main

// fromTheDesk are guards about what people at their turns are told of each other, and of how long
// others take.
func fromTheDesk() []mutant {
	return []mutant{
		{"a look at one round tells of no other", flow, "TestLooksElsewhere", []change{{"internal/workflow/look.go",
			`if t.Subject != sub || t.Round != round { // guard`, `if false { // guard`}}},
		{"who looks is told to who signs", flow, "TestWhoElseLooks", []change{{"internal/workflow/look.go",
			`if !c.may(mayDecide) || !t.signable(c.Actor.Person) { // guard`, `if false { // guard`}}},
		{"who has decided is not told to look any more", flow, "TestWhoElseLooks", []change{{"internal/workflow/look.go",
			`if l.Until.After(now) && t.signable(l.Person) { // guard`, `if l.Until.After(now) { // guard`}}},
		{"a few cases are no habit", flow, "TestUsualTime", []change{{"internal/workflow/usual.go",
			`if len(took) >= usualLeast { // guard`, `if len(took) > 0 { // guard`}}},
	}
}
