package main

// fromTheReaders are guards about what people have read and learned.
func fromTheReaders() []mutant {
	const guideline, training = "internal/advocacy/guideline.go", "internal/advocacy/training.go"
	const course = "internal/advocacy/course.go"
	return []mutant{
		{"a guideline speaks both languages", rules, "TestGuidelineGuard", []change{{guideline, `if !seen[tag] { // guard`, `if false { // guard`}}},
		{"no machine acknowledges", rules, "TestAcknowledge", []change{{guideline,
			`if actor.Kind != Human || actor.Key != "" { // guard`, `if false { // guard`}}},
		{"what was shown is acknowledged", rules, "TestAcknowledge", []change{{guideline,
			`if number != r.Number || shown != r.Digest { // guard`, `if false { // guard`}}},
		{"a grace ends", flow, "TestGuidelineBeforeSubmit", []change{{guideline, `if !t.Before(r.End) { // guard`, `if false { // guard`}}},
		{"nobody records own training", rules, "TestTrainingRecordGuard", []change{{training,
			`if actor.Kind == Human && actor.Person == r.Person { // guard`, `if false { // guard`}}},
		{"revoked training does not count", flow, "TestTrainingBeforeSubmit", []change{{training,
			`return r.Revocation == nil && // guard`, `return true && // guard`}}},
		{"expired training does not count", rules, "TestTrained", []change{{training,
			`(r.ExpireTime.IsZero() || t.Before(r.ExpireTime)) // guard`, `true // guard`}}},
		{"no machine answers", rules, "TestAnswerTrainingCourse", []change{{course,
			`if actor.Kind != Human || actor.Key != "" { // guard`, `if false { // guard`}}},
		{"what is in force is answered", rules, "TestAnswerTrainingCourse", []change{{course,
			`if m.Course != c.Number || answers.Shown != c.Digest { // guard`, `if false { // guard`}}},
		{"attempts within a day end", flow, "TestAttemptsWithinADay", []change{{course,
			`len(latest) >= n { // guard`, `false { // guard`}}},
		{"a course has a pass mark", rules, "TestTrainingAttemptIsScored", []change{{course,
			`100*a.right() >= c.PassPercent*len(c.Questions) // guard`, `true // guard`}}},
		{"right answers are right", flow, "TestCourseBeforeSubmit", []change{{course, `if o.Right != chosen[i] { // guard`, `if false && o.Right != chosen[i] { // guard`}}},
		{"right options stay hidden", flow, "TestRightOptionsStayHidden", []change{{"internal/workflow/course.go",
			`!c.may(mayUpdateTrainings) { // guard`, `false { // guard`}}},
		// submit within a grace; the grace ends; sent
		{"what was read is asked again at send", flow, "TestKnowledgeStopsWhatIsScheduled", []change{{"internal/workflow/case.go",
			`needs.Guideline && rules.policy.Guideline > 0 // guard`, `needs.Guideline && rules.policy.Guideline > 0 && false // guard`}}},
		{"where there is no guideline nothing is read of it", flow, "TestStatements", []change{{"internal/workflow/knowledge.go",
			`a.rules.policy.Guideline == 0 {`, `a.rules.policy.Guideline == 0 && false {`}}},
		{"which guideline is in force is read with the policy", flow, "TestTheStarterPolicyAsksForTheGuideline", []change{{"internal/store/policy.go",
			`found.Guideline, found.HandleChanges = lexicon, disclosures, guideline, changes`, `found.Guideline, found.HandleChanges = lexicon, disclosures, guideline*0, changes`}}},
		// submit; the training expires; sent
		{"what was learned is asked again at send", flow, "TestKnowledgeStopsWhatIsScheduled", []change{{"internal/routing/environment.go",
			`needs.Trainings, needs.Time = true, true // guard`, `needs.Trainings = true // guard`}}},
		{"only what is lacking is asked for", "./internal/routing", "TestTrainingsNamed", []change{{"internal/routing/evaluate.go",
			`if !slices.Contains(known, string(id)) { // guard`, `if true { // guard`}}},
		{"a rule that is only tried asks for no training", "./internal/routing", "TestTrainingsNamed", []change{{"internal/routing/evaluate.go",
			`if r.mode() == Enforced { // guard`, `if true { // guard`}}},
		{"in training mode somebody signs", flow, "TestTrainingModeAsksForEveryShare", []change{{"internal/routing/evaluate.go",
			`if f.TrainingMode { // guard`, `if false { // guard`}}},
		// share; the author goes into training mode; sent
		{"training mode at send", flow, "TestTrainingModeStopsWhatIsScheduled", []change{{"internal/workflow/case.go",
			`moved = moved || about.inTraining() // guard`, `_ = moved // guard`}}},
		{"nobody lifts own training mode", flow, "TestNobodyLiftsOwnTrainingMode", []change{{"internal/workflow/member.go",
			`if c.Actor.Person == m.Person && c.Actor.Kind == advocacy.Human { // guard`, `if false { // guard`}}},
		{"a replay knows what was known", flow, "TestReplayKnowsWhatWasKnown", []change{{"internal/workflow/knowledge.go",
			`if !a.at.IsZero() { // guard`, `if false { // guard`}}},
	}
}
