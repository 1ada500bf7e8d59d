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
			`for _, b := range c.contentBlockers() { // guard`, `for _, b := range []Blocker(nil) { // guard`}}},
		// sign under one lexicon; publish another; sent
		{"what an older lexicon let pass is judged again", flow, "TestForbiddenTermNeverGoesOut", []change{{judged,
			`newer := under(review) != beside(rules.policy) // guard`, `newer := false // guard`}}},
		{"a restricted term asks its role", flow, "TestRestrictedTerm$", []change{{routed,
			`out.Plan = out.Plan.WithTerms(a.findings, signed) // guard`, `_ = signed // guard`}}},
		// submit; restrict the term; signed by those asked before
		{"a newly restricted term asks its role", flow, "TestRestrictedTerm$", []change{{judged,
			`cs.Floor = review.Plan.Join(cs.Floor).WithTerms(cs.Found, signed) // guard`, `_ = signed // guard`}}},
		// submit; forbid the term; an admin has it routed again, by the new lexicon
		{"a forbidden term is not routed again", flow, "TestForbiddenTermIsNotRoutedAgain", []change{{"internal/workflow/reroute.go",
			`if err := blocked(about.findings); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
		{"an item with a forbidden term is not in force", flow, "TestRecheckOfItems", []change{{"internal/workflow/recheck.go",
			`if len(advocacy.Stopping(found)) == 0 { // guard`, `if true { // guard`}}},
		// share; forbid a term of the item in another language; sent
		{"an item with a forbidden term stands behind nothing", flow, "TestItemWithForbiddenTerm", []change{{"internal/workflow/source.go",
			`if under(review) != beside(from.rules.policy) { // guard`, `if false { // guard`}}},
		{"nothing is scheduled of an item out of force", flow, "TestRecheckOfItems/an_older_revision", []change{{"internal/workflow/recheck.go",
			`item.InForce, item.InForceRound = 0, 0 // guard`, `item.InForceRound += 0 // guard`}}},
		{"a lexicon is tried before it is published", flow, "TestPublishedLexiconWasTried", []change{{"internal/workflow/trial.go",
			`if trial == "" { // guard`, `if trial == "" { return nil // guard`}}},
		{"a dry run is the service's word", flow, "TestDryRunLeavesNoPageOut", []change{{"internal/workflow/trial.go",
			`return r, subtle.ConstantTimeCompare([]byte(r.token(secrets, c, of)), []byte(token)) == 1 // guard`,
			`return r, subtle.ConstantTimeCompare(nil, nil) == 1 // guard`}}},
		{"a dry run is read to the end", flow, "TestDryRunLeavesNoPageOut", []change{{"internal/workflow/trial.go",
			`if !ok || run.cursor != "" || run.base != of.base { // guard`, `if !ok || run.base != of.base { // guard`}}},
		// try; somebody else publishes; publish what was tried against what was before
		{"a dry run is against what is in force", flow, "TestPublishedLexiconWasTried", []change{{"internal/workflow/trial.go",
			`if !ok || run.cursor != "" || run.base != of.base { // guard`, `if !ok || run.cursor != "" { // guard`}}},
		{"a dry run grows old", flow, "TestPublishedLexiconWasTried", []change{{"internal/workflow/trial.go",
			`if now.After(run.began.Add(trialLife)) { // guard`, `if false { // guard`}}},
		// restrict a term that many have, one of which is broken; the others are never asked of
		{"one that cannot be looked at stops no other", flow, "TestBundleStopsNobody", []change{{"internal/workflow/bundle.go",
			`if err := ctx.Err(); err != nil { // guard`, `if err := failed; err != nil { // guard`}}},
		{"what a term let go of goes on", flow, "TestRecheck$", []change{{"internal/workflow/recheck.go",
			`!slices.EqualFunc(before, found, sameFinding) { // guard`, `len(before) < len(found) { // guard`}}},
		// forbid, which the gate sees first; allow; looked at again by the last two alone
		{"every revision since is compared", flow, "TestRecheckAfterOneThatWasNot", []change{{"internal/workflow/recheck.go",
			`for number := since; number < l.number; number++ { // guard`, `for number := since; number < since+1; number++ { // guard`}}},
		{"a band in common is no repetition", flow, "TestOwnTextIsRepeated", []change{{"internal/workflow/repeat.go",
			`if sketch.Near(o.Sketch) { // guard`, `if sketch.Near(o.Sketch) && false { // guard`}}},
		// reject; write nearly the same again; nobody is told
		{"what was rejected is looked at again", flow, "TestRejectedTextIsRepeated", []change{{"internal/workflow/repeat.go",
			`if slices.ContainsFunc(rejected, sketch.Near) { // guard`, `if slices.ContainsFunc(rejected, sketch.Near) && false { // guard`}}},
		{"old rejections are looked through to the end", flow, "TestEarlierRejectionsAreFound", []change{{"internal/workflow/repeat.go",
			`if len(page) < rejectedAtOnce { // guard`, `if true { // guard`}}},
		{"only restricted terms may be signed", sight, "TestTerms", []change{{"internal/check/terms.go",
			`if t.Grade == advocacy.GradeRestricted { // guard`, `if true { // guard`}}},
		{"one's own name is no imitation", sight, "TestPretenders", []change{{"internal/check/brand.go",
			`if b.own[written] { // guard`, `if b.own[written] && n == 0 { // guard`}}},
		{"keys block", sight, "TestPrivateSeverities|TestCorpus", []change{{"internal/check/secret.go",
			`Code: "SECRET_KEY", Severity: advocacy.Blocks`, `Code: "SECRET_KEY", Severity: advocacy.Advice`}}},
		{"private keys block", sight, "TestCorpus", []change{{"internal/check/secret.go",
			`Finding{Code: "PRIVATE_KEY", Severity: advocacy.Blocks}, from, i)) // guard`, `Finding{Code: "PRIVATE_KEY", Severity: advocacy.Advice}, from, i)) // guard`}}},
		{"passwords block", sight, "TestCorpus", []change{{"internal/check/secret.go",
			`Code: "PASSWORD_IN_ADDRESS", Severity: advocacy.Blocks`, `Code: "PASSWORD_IN_ADDRESS", Severity: advocacy.Advice`}}},
		{"no control characters", sight, "TestRefuseText", []change{{"internal/check/content.go",
			`case unicode.IsControl(r): // guard`, `case false: // guard`}}},
		{"what is signed reads as it is", sight, "TestRefuseText", []change{{"internal/check/content.go",
			`case bidiOverride(r): // guard`, `case false: // guard`}}},
		{"no direction marks where none are needed", sight, "TestRefuseText", []change{{"internal/check/content.go",
			`case bidiMark(r) && !RightToLeft(lang): // guard`, `case false: // guard`}}},
		{"no passwords in links", sight, "TestRefuseLink", []change{{"internal/check/content.go",
			`case u.User != nil: // guard`, `case false: // guard`}}},
		{"no unseen characters in links", sight, "TestRefuseLink", []change{{"internal/check/content.go",
			`case strings.ContainsFunc(link, unseen): // guard`, `case false: // guard`}}},
	}
}
