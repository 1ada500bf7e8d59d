package main

// fromRelations are guards about what people state of themselves and share, and about their own hours.
func fromRelations() []mutant {
	return []mutant{
		{"a campaign has its own time", flow, "TestACampaignHasItsOwnSpread", []change{{"internal/advocacy/sharing.go",
			`if i != nil && i.Spread != nil { // guard`, `if false { // guard`}}},
		{"a share of what names the company is told", flow, "TestShareOfWhatNamesTheCompanyIsSigned", []change{{"internal/workflow/relation.go",
			`return made.rules.toldIn(content, relation), plain, nil // guard`,
			`return advocacy.DisclosureNone, plain, nil // guard`}}},
		{"other words than the item's are no relation alone", flow, "TestToldShareOfALockedItem", []change{{"internal/workflow/relation.go",
			`return told && advocacy.OriginOf(plain, from) == advocacy.OriginLibrary // guard`, `return told // guard`}}},
		{"other words are not asked about as a relation", flow, "TestOnlyTheRelationIsAskedAboutApart", []change{{"internal/workflow/facts.go",
			`a.origin == advocacy.OriginLibraryEdited && s.alone(*a.from, a.content, a.manifest)`, `a.origin == advocacy.OriginLibraryEdited`}}},
		// share; state a relation; sent
		{"who said it since has it told", flow, "TestRelationStatedLater", []change{{"internal/workflow/source.go",
			`out.Untold, err = s.leavesOut(ctx, r, cs, head.Content, manifest) // guard`,
			`_, err = s.leavesOut(ctx, r, cs, head.Content, manifest) // guard`}}},
		{"nothing untold stands on an item", rules, "TestLibraryStanding", []change{{"internal/advocacy/count.go",
			`l.Meant && !l.Untold`, `l.Meant`}}},
		// save; state a relation; submit
		{"what was saved before a relation is saved again", flow, "TestRelationStatedLater", []change{{"internal/workflow/relation.go",
			`if err == nil && untold { // guard`, `if err == nil && untold && false { // guard`}}},
		{"what waits is looked at when a relation is stated", flow, "TestDeclaredRelationIsLookedAt", []change{{"internal/workflow/member.go",
			`if relation != before { // guard`, `if relation != before && false { // guard`}}},
		{"a share with its relation alone is one of its item's text", flow, "TestToldSharesAreOneText", []change{{"internal/workflow/crowd.go",
			`alone && !chosen.IsZero() // guard`, `alone && false // guard`}}},
		{"who has own hours is not held to the workspace's", rules, "TestOwnHours", []change{{"internal/advocacy/sharing.go",
			`m.ShareCalendar != "" { // guard`, `m.ShareCalendar == "-" { // guard`}}},
		{"own hours are looked at where the workspace has none", flow, "TestHoursOfOnesOwn", []change{{"internal/advocacy/sharing.go",
			`s.Calendar != "" || s.OwnHours`, `s.Calendar != ""`}}},
	}
}
