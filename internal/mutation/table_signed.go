package main

// takenBack are guards about what an admin takes back that somebody else signed, and about whose
// words are signed.
func takenBack() []mutant {
	return []mutant{
		{"humans take back", flow, "TestTakenBackRefuses", []change{{"internal/advocacy/takeback.go",
			`if actor.Kind != Human { // guard`, `if false { // guard`}}},
		{"what may be out is not taken back", flow, "TestTakenBackByAnAdmin", []change{{"internal/advocacy/takeback.go",
			`err := c.guardState(Retract); err != nil { // guard`, `err := error(nil); err != nil { // guard`}}},
		{"no writer takes back", flow, "TestTakenBackRefuses", []change{{"internal/advocacy/takeback.go",
			`if c.contributed(actor.Person) || slices.ContainsFunc(c.Suggesters, same) { // guard`, `if same("") { // guard`}}},
		{"signatures are taken back, and once", flow, "TestTakenBackRefuses", []change{{"internal/advocacy/takeback.go",
			`if i < 0 || c.Decisions[i].Verdict != Approve || c.superseded(&c.Decisions[i]) { // guard`, `if i < 0 { // guard`}}},
		{"who takes back says why", flow, "TestTakenBackRefuses", []change{{"internal/advocacy/takeback.go",
			`if strings.TrimSpace(in.Reason) == "" { // guard`, `if false { // guard`}}},
		{"who suggested an item's words signs no post made of them", flow, "TestStoryOfWordsSuggestedForAnItem", []change{{"internal/workflow/post.go",
			`rev.Suggesters = from.item.Suggesters // guard`, `rev.Suggesters = nil // guard`}}},
		{"nobody waits for who is gone", rules, "TestWhoseTurnAndWhy", []change{{"internal/advocacy/attention.go",
			`&& c.Review.State.Live() { // guard: nobody waits`, `&& false { // guard: nobody waits`}}},
		{"what fails in front hides nothing", flow, "TestWhatFailsInFrontHidesNothing", []change{{"internal/workflow/sweep.go",
			`if !full || failed == nil || done >= most || ctx.Err() != nil { // guard`, `if !full || true { // guard`}}},
	}
}
