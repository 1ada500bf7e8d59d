package main

// fromDisclosures are guards about what readers are told of author and company.
func fromDisclosures() []mutant {
	const networks, told, shape = "./internal/network", "internal/network/disclosure.go", "internal/network/disclosure_guard.go"
	return []mutant{
		{"the words a law wants stay beside a field", networks, "TestTell$", []change{{told,
			`if !by.beside { // guard`, `if true || by.beside { // guard`}}},
		{"signed words of a disclosure stay", networks, "TestTell$", []change{{told,
			`if ownPlace { // guard`, `if false { // guard`}}},
		{"no workspace takes away the words a law wants", networks, "TestOwnRules$", []change{{told,
			`own.Beside = own.Beside || house.Beside // guard`, `_ = house // guard`}}},
		{"the law of the readers, too", networks, "TestTwoCountries", []change{{told,
			`readers != "" && known { // guard`, `readers != "" && known && false { // guard`}}},
		{"no country gets less than its law wants", networks, "TestTwoCountries", []change{{told,
			`t.first || o.first, t.beside || o.beside // guard`, `t.first, t.beside // guard`}}},
		{"an unedited share is told as the item", flow, "TestShareIsToldAsTheItem", []change{{"internal/workflow/render.go",
			`if !a.Personal || v.item != "" && v.tells == advocacy.DisclosureNone { // guard`, `if !a.Personal { // guard`}}},
		// save; move; submit
		{"who has to say so is refused", flow, "TestRequiredDisclosure", []change{{"internal/workflow/rules.go",
			`if by.told.Required() { // guard`, `if by.told.Required() && false { // guard`}}},
		{"nobody speaks of the company as a stranger", flow, "TestRequiredDisclosure", []change{{"internal/workflow/submit.go",
			`return blocked(view.rules.undisclosed(silent, origin, view.Head.Content)) // guard`,
			`return blocked(view.rules.undisclosed(silent && false, origin, view.Head.Content)) // guard`}}},
		{"readers are told by the country the author is in", flow, "TestWhoMovesSignsAgain", []change{{"internal/workflow/submit.go",
			`if err := blocked(moved); err != nil { // guard`, `if err := blocked(moved[:0]); err != nil { // guard`}}},
		// submit; move; sent
		{"who moves does not change what was signed", flow, "TestWhoMovesSignsAgain", []change{{"internal/workflow/rules.go",
			`told := by.told.Of(t.Country) // guard`, `told := by.told // guard`}}},
		{"a stated relation that was signed stays", flow, "TestStatedRelationStaysAsSigned", []change{{"internal/advocacy/content.go",
			`if c.Disclosure == DisclosureNone { // guard`, `if false { // guard`}}},
		{"a stated relation is told of no brand", flow, "TestStatedRelationIsTold", []change{{"internal/workflow/render.go",
			`if a.Personal && by.tells != advocacy.DisclosureNone { // guard`, `if by.tells != advocacy.DisclosureNone { // guard`}}},
		{"a stated relation gives way to what is chosen", flow, "TestShareTellsAStatedRelation", []change{{"internal/workflow/relation.go",
			`case content.Disclosure != advocacy.DisclosureNone: // guard`, `case content.Disclosure == "-": // guard`}}},
		{"a stated relation is told of what is about the company", flow, "TestStatedRelationIsTold", []change{{"internal/workflow/relation.go",
			`len(by.lexicon.Undisclosed(c)) == 0 { // guard`, `by.lexicon == nil { // guard`}}},
		{"a stated relation is one's own", flow, "TestDeclareRelation", []change{{"internal/workflow/member.go",
			`c.Actor.Person != id { // guard: nobody is said`, `c.Actor.Person == "-" { // guard: nobody is said`}}},
		{"no rule takes the telling away", rules, "TestDisclosureRules", []change{{"internal/advocacy/disclosing.go",
			`if rule.Words[spoken] == "" { // guard`, `if rule.Words[spoken] == "-" { // guard`}}},
		{"a record names one rule", flow, "TestPublishDisclosuresRefuses", []change{{shape,
			`return b.Rule == rule.Rule }) { // guard`, `return b.Rule == rule.Rule && false }) { // guard`}}},
		{"a hashtag alone tells nobody", flow, "TestPublishDisclosuresRefuses", []change{{shape,
			`case !strings.ContainsFunc(withoutHashtags(words), unicode.IsLetter): // guard`,
			`case !strings.ContainsFunc(words, unicode.IsLetter): // guard`}}},
		{"nothing hides in what everybody is told", flow, "TestPublishDisclosuresRefuses", []change{{"internal/workflow/disclosure.go",
			`if f.Severity != advocacy.Advice { // guard`, `if false { // guard`}}},
		{"disclosure rules are tried before they are published", flow, "TestPublishedDisclosuresWereTried", []change{{
			"internal/workflow/disclosure.go", `triedDisclosures(r), d.Trial, tx.Now()); err != nil {`, `triedDisclosures(r), d.Trial, tx.Now()); err != nil && false {`}}},
		// save; publish rules; submit what was saved
		{"readers are told by the rules in force", flow, "TestDisclosureIsNotSubmittedByOldRules", []change{{"internal/workflow/rules.go",
			`otherwise := retelling(t.Rendering, now, told); otherwise { // guard`,
			`otherwise := retelling(t.Rendering, now, told); otherwise && false { // guard`}}},
		{"words in a text are told by the rules in force", flow, "TestDisclosureInTheTextIsRetold", []change{{"internal/workflow/retell.go",
			`if !beside && !within { // guard`, `if within = false; !beside && !within { // guard`}}},
		{"what is signed for an account is looked at", flow, "TestTextOfAnAccountIsLookedAtAgain", []change{{"internal/advocacy/content.go",
			`if t.Account != "" { // guard`, `if false { // guard`}}},
		// sign; publish rules; sent
		{"no disclosure of old rules goes out", flow, "TestDisclosureOfOldRulesNeverGoesOut", []change{{"internal/advocacy/lexicon.go",
			`f.Code != FoundRetold // guard`, `true // guard`}}},
		{"what older rules told is judged again", flow, "TestDisclosureOfOldRulesNeverGoesOut", []change{{"internal/workflow/case.go",
			`newer := under(review) != beside(rules.policy) // guard`, `newer := review.Lexicon != rules.policy.Lexicon // guard`}}},
		// share; publish rules; sent
		{"an item told otherwise stands behind nothing", flow, "TestRecheckDisclosuresOfItems", []change{{"internal/workflow/source.go",
			`if under(review) != beside(from.rules.policy) { // guard`, `if review.Lexicon != from.rules.policy.Lexicon { // guard`}}},
		{"an item told otherwise is not in force", flow, "TestRecheckDisclosuresOfItems", []change{{"internal/workflow/recheck.go",
			`if len(advocacy.Stopping(found)) == 0 { // guard`, `if len(advocacy.ForbiddenTerms(found)) == 0 { // guard`}}},
	}
}
