package main

// fromTheChanges are guards about what changes between a submission and its time: who its author is,
// who may sign, and what is in force.
func fromTheChanges() []mutant {
	const (
		facts    = "internal/workflow/facts.go"
		sweep    = "internal/workflow/sweep.go"
		activate = "internal/workflow/activate.go"
		task     = "internal/workflow/task.go"
		explain  = "internal/advocacy/explain.go"
	)
	return []mutant{
		// nobody is left for PR; legal signs, and the explanation says that it is since then
		{"an explanation has the queue's instants", flow, "TestWhoIsNextAndByWhen", []change{{"internal/workflow/explain.go",
			`.given(e.Turns, kept).Since // guard`, `.given(e.Turns, nil).Since // guard`}}},
		// Legal lets PR sign, and legal2 claims the turn: who could sign, by the explanation?
		{"who was lent a signature is told", rules, "TestExplainSaysWhoElse", []change{{explain,
			`out = append(out, c.standIns(r)...) // guard`, `// guard`}}},
		{"who is not named is counted", rules, "TestExplainSaysWhoElse", []change{{explain,
			`out, more = out[:MostCandidates], more+n // guard`, `out = out[:MostCandidates] // guard`}}},
		{"an explanation knows of claims", rules, "TestExplanationAndGuardAgree|TestExplainSaysWhoElse", []change{{explain,
			`asked.Claim = claim`, `asked.Claim = Claim{}`}}},
		{"an explanation knows of stages", rules, "TestExplanationAndGuardAgree|TestExplainSaysWhoElse", []change{{"internal/advocacy/decide.go",
			`if row, _ := t.Requirement(r.Key); !row.Open {`, `if row, _ := t.Requirement(r.Key); !row.Open && actor.Session != "" {`}}},
		{"an explanation reads what is lent", flow, "TestExplanationNamesWhoElse", []change{{"internal/workflow/explain.go",
			`return of, addLent(ctx, r, cs, lent) // guard`, `return of, nil // guard`}}},
		{"an explanation counts whom it does not name", flow, "TestExplanationNamesWhoElse", []change{{"internal/workflow/explain.go",
			`of.More[role] = all[role] - len(of.Holders[role]) // guard`, `of.More[role] = all[role] * 0 // guard`}}},
		{"working hours are read once", flow, "TestStatements", []change{{"internal/workflow/deadline.go",
			`k[""], k[own.ID] = own, own`, `k[own.ID] = own`}}},
		{"what is rare is counted where it is", flow, "TestRareTurns", []change{{task,
			`q.After = next // guard`, `return n, true, nil // guard`}}},
		// PR signs; the author joins the executives; sent without legal
		{"what an author has become is asked about", flow, "TestAuthorBecomesAnother", []change{{facts,
			`m.UpdateTime.After(opened.Add(-authorRecent))) // guard`, `m.UpdateTime.After(opened.Add(-authorRecent)) && false) // guard`}}},
		{"the topic an item stands on now is asked about", flow, "TestItemMovesToAnotherTopic", []change{{facts,
			`a.subject.Kind == advocacy.SubjectItem) { // guard`, `a.subject.Kind == advocacy.SubjectItem) && false { // guard`}}},
		{"what waits is asked again when its item moves", flow, "TestItemMovesToAnotherTopic", []change{{"internal/workflow/library.go",
			`if item.Topic != shelf { // guard`, `if item.Topic != shelf && false { // guard`}}},
		{"a signature that runs out is asked for again", flow, "TestAgesWhileScheduled", []change{{sweep,
			`if first.IsZero() {`, `if !first.IsZero() {`}}},
		{"what ran out is looked at by the clock of the database", flow, "TestAgesWhileScheduled", []change{{sweep,
			`if early := j.Time.Sub(tx.Now()); early > 0 {`, `if early := tx.Now().Sub(j.Time); early > 0 {`}}},
		{"nothing is decided after the time of a round", flow, "TestDecidedAtTheEnd", []change{{"internal/advocacy/decide.go",
			`if c.over() { // guard`, `if c.over() && false { // guard`}}},
		{"nothing is counted after the time of a round", rules, "TestTallyAfterItsTime", []change{{"internal/advocacy/count.go",
			`if c.over() { // guard`, `if c.over() && false { // guard`}}},
		{"what one puts off waits for the others", flow, "TestSnooze", []change{{task, `if !back { // guard`, `if true { // guard`}}},
		{"who is asked sees it", flow, "TestSnooze", []change{{task,
			`return z.Person == to }) // guard`, `return z.Person == "" }) // guard`}}},
		{"what was lent can be put off", flow, "TestSnooze", []change{{task,
			`if err := s.borrow(ctx, tx, &own); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
		{"what nobody scheduled is said to go nowhere", flow, "TestLateSignature", []change{{"internal/workflow/explain.go",
			`target.Publication != passage.Publication { // guard`, `target.Publication != passage.Publication && false { // guard`}}},
		{"a discussion that blocks is read", flow, "TestOpenThreadHoldsUp", []change{{"internal/workflow/case.go",
			`if !of.Undisputed {`, `if !of.Undisputed && false {`}}},
		{"a round is seen by who sees its subject", flow, "TestPostsAreTheAuthorsAlone", []change{{"internal/workflow/decide.go",
			`if !seesAll {`, `if false {`}}},
		{"a batch tells nobody of what he or she does not see", flow, "TestBatchOfWhatIsNotSeen", []change{{"internal/workflow/batch.go",
			`if !c.seesPost(p) { // guard`, `if !c.seesPost(p) && false { // guard`}}},
		{"who submits what was shown before is told which revision to look at", flow, "TestSubmitNamesTheHead", []change{{"internal/advocacy/guard.go",
			`.With("revision", r.Subject.RevisionName(r.Number))`, ``}}},
		{"a batch asks what is asked now", flow, "TestBatchAfterAnotherPolicy", []change{{"internal/workflow/batch.go",
			`return review.Plan.Join(cs.Floor), nil`, `_ = cs
	return review.Plan, nil`}}},
		{"two persons for what nobody here wrote", flow, "TestTwoPersons", []change{{activate,
			`if next.Author == "" && same { // guard`, `if next.Author == "" && same && false { // guard`}}},
		{"a simulation of another day says nothing", flow, "TestTwoPersons", []change{{activate,
			`> simulationLife { // guard`, `> simulationLife && false { // guard`}}},
		{"what cannot be read keeps nobody waiting", flow, "TestOneThatFailsKeepsNobodyWaiting", []change{{sweep,
			`			err = errors.Join(err, one)
			continue`, `			return done, one`}}},
	}
}
