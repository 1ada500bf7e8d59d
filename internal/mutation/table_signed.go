package main

// takenBack are guards about what an admin takes back that somebody else signed, about whose words are
// signed, and about who is waited for; and what the tables of package advocacy name a test for.
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
		{"whatever changes is on record", flow, "TestLifeOfAPost", []change{{"internal/workflow/call.go",
			`return tx.Record(ctx, records...)`, `return nil`}}},
		{"an open round is always somebody's turn", rules, "TestAlwaysSomebodysTurn", []change{{"internal/advocacy/attention.go",
			`			turns = c.helpersTurns(t)`, `			turns = nil`}}},
		{"a rule that fails asks for what an error asks for", "./internal/routing", "TestStories", []change{{"internal/routing/evaluate.go",
			`out.Plan = out.Plan.Join(advocacy.Plan{Requirements: c.onError()}) // guard`, `_ = c.onError // guard`}}},
		{"nobody waits for who is gone", rules, "TestWhoseTurnAndWhy", []change{{"internal/advocacy/attention.go",
			`&& c.Review.State.Live() { // guard: nobody waits`, `&& false { // guard: nobody waits`}}},
		{"what could not be computed is tried again", flow, "TestRecomputationSkipsNobody", []change{{"internal/workflow/recompute.go",
			`if next == "" && now.Failed == 0 { // guard`, `if next == "" { // guard`}}},
		{"what fails in front hides nothing", flow, "TestWhatFailsInFrontHidesNothing", []change{{"internal/workflow/sweep.go",
			`if !full || failed == nil || done >= most || ctx.Err() != nil { // guard`, `if !full || true { // guard`}}},
	}
}
