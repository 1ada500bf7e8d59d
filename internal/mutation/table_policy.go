package main

// fromThePolicies are guards over what a routing policy may be, and over who is asked by it.
func fromThePolicies() []mutant {
	const policies = "./internal/routing"
	return []mutant{
		{"no honest rule fails of a long post", policies, "TestLongPosts", []change{{"internal/routing/environment.go",
			`return c.always + c.largest*uint64(min(longest, longText))/longText // guard`, `return 200_000 + c.always*0*uint64(longest) // guard`}}},
		{"a condition may cost what it was accepted with", policies, "TestLongPosts", []change{{"internal/routing/environment.go",
			`cel.CostLimit(max(costLimit, estimate.Max))`, `cel.CostLimit(costLimit)`}}},
		{"conditions together are not too dear", policies, "TestLongPosts", []change{{"internal/routing/engine.go",
			`if c.cost.largest > togetherLimit { // guard`, `if false { // guard`}}},
		{"a job that is running stands for nobody", "./internal/jobs", "TestUniqueDoesNotCountTheRunning/sqlite", []change{{"internal/jobs/insert.go",
			`r.Job.State == rivertype.JobStateRunning {`, `r.Job.State == rivertype.JobStateDiscarded {`}}},
		{"who may not expedite takes the normal route", flow, "TestExpedited", []change{{"internal/workflow/submit.go",
			`case !c.may(mayExpedite): // guard`, `case false: // guard`}}},
		{"who expedites says why", flow, "TestExpedited", []change{{"internal/workflow/submit.go",
			`case strings.TrimSpace(d.Reason) == "": // guard`, `case d.Reason == "": // guard`}}},
		{"no rung lends a signature", policies, "TestBadDocuments", []change{{"internal/routing/lint.go",
			`rung.Role != r.Role { // guard`, `false { // guard`}}},
		{"one key stands at one stage", policies, "TestBadDocuments", []change{{"internal/routing/lint.go",
			`if at >= 0 { // guard`, `if at >= 0 && false { // guard`}}},
		{"a rule that is only tried fails for all to see", flow, "TestSimulationCounts", []change{{"internal/routing/evaluate.go",
			`if failed { // guard`, `if failed && false { // guard`}}},
		{"what nobody could have finished is told", flow, "TestSimulationTellsOfThePast", []change{{"internal/workflow/simulate.go",
			`r.m.Report.PastUnroutable++ // guard`, `_ = short // guard`}}},
		{"a rule says something in each language it has", policies, "TestTranslations", []change{{"internal/routing/lint.go",
			`case strings.TrimSpace(words[tag]) == "": // guard`, `case false: // guard`}}},
		{"nobody comes into another group by a renaming", flow, "TestRenameGroupRefused", []change{{"internal/workflow/group.go",
			`case len(other.Members)+len(other.Topics) > 0: // guard`, `case len(other.Members) < 0: // guard`}}},
		{"a renaming is one transaction", flow, "TestRenameLargeGroup", []change{{"internal/workflow/group.go",
			`case len(g.Members) > MaximumRenamed || len(g.Topics) > MaximumRenamed: // guard`, `case false: // guard`}}},
		{"rules ask of the same people after a renaming", flow, "TestRenameGroupRefused", []change{{"internal/workflow/group.go",
			`rule != "" { // guard`, `rule != "" && false { // guard`}}},
		{"signed items are for the same people after a renaming", flow, "TestRenameGroupRefused", []change{{"internal/workflow/group.go",
			`if item != "" { // guard`, `if item != "" && false { // guard`}}},
		{"what has to be signed again is told again", flow, "TestSignedAgainIsAskedAgain", []change{{"internal/workflow/escalate.go",
			`reason, e.d.Start.UnixMicro()),`, `reason, 0),`}}},
	}
}
