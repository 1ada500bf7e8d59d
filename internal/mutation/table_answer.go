package main

// fromTheAnswerers are guards over who answers for an account of the company, and over what becomes
// of it when one of them leaves.
func fromTheAnswerers() []mutant {
	const rule, succession = "internal/advocacy/succession.go", "internal/workflow/succession.go"
	return []mutant{
		{"nobody inherits another person's voice", rules, "TestSucceed", []change{{rule, `if a.Personal || gone == "" ||`, `if gone == "" ||`}}},
		{"two memberships of one person are not two who answer", flow, "TestMergedAnswerer", []change{{rule,
			`if a.Deputy == a.Owner { // guard`, `if false { // guard`}}},
		{"only who is here takes over", rules, "TestSucceed", []change{{rule,
			`heir != gone && alive(heir): // guard`, `heir != gone: // guard`}}},
		{"nobody speaks for another person beside that person", rules, "TestGuardAnswerers", []change{{rule,
			`case a.Personal && a.Deputy != "": // guard`, `case false: // guard`}}},
		{"an account has somebody to pass to", flow, "TestNobodyAnswers", []change{{rule, `case a.Deputy == "": // guard`, `case false: // guard`}}},
		{"one person does not answer twice", flow, "TestNobodyAnswers", []change{{rule, `case a.Deputy == a.Owner: // guard`, `case false: // guard`}}},
		{"an account has a living owner", flow, "TestNobodyAnswers", []change{{succession,
			`if !people[a.Owner].Active() { // guard`, `if false { // guard`}}},
		{"an account passes to somebody who is here", flow, "TestMergedAnswerer", []change{{succession,
			`if !people[a.Deputy].Active() { // guard`, `if false { // guard`}}},
		{"who takes over can vouch and connect", flow, "TestNobodyAnswers", []change{{succession,
			`if err == nil && !fit { // guard`, `if err == nil && !fit && false { // guard`}}},
		{"no account is left to who left", flow, "TestAccountPassesToItsDeputy/sqlite", []change{{"internal/workflow/member.go",
			`if err := s.succeed(ctx, tx, c, m, stays); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
		{"who may name a deputy knows that one is missing", flow, "TestDeputyLeaves", []change{{succession,
			`return s.tellOf(ctx, tx, a, advocacy.RemindDeputyMissing, occasion, others...) // guard`, `_ = others
		return nil // guard`}}},
		{"whose token is somebody's who left is known", flow, "TestGrantorLeaves/sqlite", []change{{"internal/workflow/member.go",
			`if err := s.grantorLeaves(ctx, tx, c, m, stays); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
		{"where nobody answers, who may name somebody is told of the token", flow, "TestGrantorLeaves/sqlite", []change{{succession,
			`if len(persons) == 0 { // guard`, `if false { // guard`}}},
		{"that nobody answers is told to who may name somebody by then", flow, "TestNobodyAnswersIsRepeated", []change{{succession,
			`fmt.Sprintf("%s %d %d", a.Owner, since.UnixMicro(), waits/thenUnanswered)`, `fmt.Sprintf("%s %d", a.Owner, since.UnixMicro())`}}},
		{"who was told just now is not told again", flow, "TestNobodyAnswersIsRepeated", []change{{succession,
			`if waits < firstUnanswered { // guard`, `if false { // guard`}}},
		{"nothing goes out through an account nobody answers for", flow, "TestNobodyAnswers", []change{{"internal/advocacy/gate.go",
			`p.Account.State == AccountReady && p.Answerable.Active()`, `p.Account.State == AccountReady`}}},
	}
}

// fromTheAnswers are guards over what is said of an answer.
func fromTheAnswers() []mutant {
	const door = "./internal/grpcapi"
	return []mutant{
		{"a person's words stay as they are", door, "TestAnswersAreSaid", []change{{"internal/grpcapi/convert_publication.go",
			`if a.Code == "" { // guard`, `if false { // guard`}}},
		{"other words are no other difference", rules, "TestSameAnswer", []change{{"internal/advocacy/answer.go",
			`return a.Code == b.Code && a.Fact == b.Fact && a.Quote == b.Quote // guard`, `return a == b // guard`}}},
		{"what a network answered is said", door, "TestAnswersOfANetwork", []change{{"internal/grpcapi/status.go",
			`if e.Answer.Code != "" { // guard`, `if false { // guard`}}},
		{"an answer is kept with its code", gate, "TestAnswerIsKept", []change{{"internal/workflow/authorize.go",
			`if a.Code != "" { // guard`, `if false { // guard`}}},
		{"a page tells an answer in the reader's language", "./internal/webtest", "TestPublicationInFrench", []change{{"internal/web/publications.go",
			`cmp.Or(x.GetAnswerDetail().GetMessage(), x.GetAnswer())`, `cmp.Or(x.GetAnswer(), x.GetAnswerDetail().GetMessage())`}}},
	}
}
