package main

// fromTheHolds are guards of stopping: what a hold stops, and what becomes of it afterwards.
func fromTheHolds() []mutant {
	const hold, resume = "internal/advocacy/hold.go", "internal/workflow/resume.go"
	return []mutant{
		{"what is queued stops with its item, in the same transaction", flow, "TestWithdrawnItem|TestMovedWindow", []change{{"internal/workflow/stop.go",
			`range shares { // guard`, `range shares[:0] { // guard`}}},
		{"hold on a topic", rules, "TestHoldStops", []change{{hold, `return h.Target == string(b.Topic) // guard`, `return false // guard`}}},
		{"hold on a campaign", rules, "TestHoldStops", []change{{hold, `return h.Target == b.Campaign // guard`, `return false // guard`}}},
		{"hold on a keyword", rules, "TestHoldStops", []change{{hold,
			`return b.Shows == nil || b.Shows(x.Account, h.Target) // guard`, `return false // guard`}}},
		{"a hold that is lifted sends nothing late", rules, "TestGate", []change{{"internal/advocacy/gate.go",
			`add(p.Holds[i].Missed(x, p.Bearing), BlockHeldPastDue`, `add(false, BlockHeldPastDue`}}},
		{"another person lifts a hold", flow, "TestAnotherPersonLiftsAHold", []change{{"internal/workflow/publication.go",
			`if err == nil && own { // guard`, `if err == nil && own && false { // guard`}}},
		{"what a hold kept is seen by who may see posts", flow, "TestResumeRefuses", []change{{resume,
			`if c.may(mayReadAllPosts) { // guard`, `if c.may(mayReadAllPosts) || true { // guard`}}},
		{"no machine says what becomes of what was held", flow, "TestResumeRefuses", []change{{resume,
			`if c.Actor.Kind != advocacy.Human { // guard`, `if c.Actor.Kind != advocacy.Human && false { // guard`}}},
		{"what is sent after a hold leaves one by one", flow, "TestResume$", []change{{resume,
			`after: time.Duration(sends) * resumeGap} // guard`, `after: time.Duration(sends) * 0} // guard`}}},
		{"never all at once after a hold", flow, "TestResumeRefuses", []change{{resume,
			`len(items) > resumeMost { // guard`, `len(items) > resumeMost+1 { // guard`}}},
		{"a hold's word is about what it kept", flow, "TestResumeRefuses", []change{{resume,
			`if x.State != advocacy.Scheduled || !kept { // guard`, `if x.State != advocacy.Scheduled { // guard`}}},
		{"what goes out late is routed by when it does", flow, "TestResumeAsksTheRulesAnew", []change{{"internal/workflow/facts.go",
			`f.Time.Sub(f.PublishTime) > lateGrace { // guard`, `f.Time.Sub(f.PublishTime) > lateGrace && false { // guard`}}},
	}
}
