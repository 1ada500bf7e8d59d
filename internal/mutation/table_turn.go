package main

// aboutTurns are guards about whose turn something is, why, and since when.
func aboutTurns() []mutant {
	return []mutant{
		{"an unknown end is somebody's turn", flow, "TestUnknownIsSomebodysTurn", []change{{"internal/workflow/unknown.go",
			`if is == was { // guard`, `if is == was || is { // guard`}}},
		{"an unknown end is told", flow, "TestUnknownIsSomebodysTurn", []change{{"internal/workflow/explain.go",
			`out.Review.Turns = append(out.Review.Turns, unknown[round]) // guard`, `_ = unknown[round] // guard`}}},
		{"a round that is over answers for no publication", flow, "TestUnknownOutlivesItsRound", []change{{"internal/store/task.go",
			` AND why <> 'publication_unknown'" // guard`, `" // guard`}}},
		{"where nobody may say it, admins are reminded", flow, "TestRemindUnknownOfNobodys", []change{{"internal/workflow/unknown.go",
			`if len(persons) == 0 { // guard`, `if false { // guard`}}},
		// all publications are refused; legal takes the signature back; the last of legal leaves
		{"a round that was opened again is counted again", flow, "TestReopenedRoundIsCountedAgain", []change{{"internal/workflow/activate.go",
			`rounds, next, err = s.reopened(ctx, w, author, p) // guard`, `rounds, next, err = nil, "", nil // guard`}}},
		{"a discussion waits for somebody", rules, "TestWhoseTurnAndWhy", []change{{"internal/advocacy/attention.go",
			`if th.Role == "" || slices.Contains(c.Unanswered, th.Role) { // guard`, `if th.Role == "" { // guard`}}},
		{"nobody is reminded of what is known", flow, "TestRemindUnknown", []change{{"internal/workflow/unknown.go",
			`if err != nil || x.State != advocacy.Unknown || !x.UpdateTime.Equal(j.Since) || `, `if err != nil || `}}},
	}
}
