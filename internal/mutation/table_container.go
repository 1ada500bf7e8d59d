package main

// inContainers are the guards over what goes out on the networks of Meta's that show containers.
func inContainers() []mutant {
	const posts = "./internal/network/threads"
	return []mutant{
		{"on Threads what was published is not published again", posts, "TestARepeatMakesTwo", []change{{"internal/network/container/publish.go",
			`if d.ExternalID != "" { // guard`, `if false { // guard`}}},
		{"on Threads no receipt without a name", posts, "TestAnswers", []change{{"internal/network/container/publish.go",
			`case !ids.MatchString(got.ID): // guard`, `case false: // guard`}}},
		{"on Threads what was asked to be shown is not made again", posts, "TestOneContainer", []change{{"internal/network/container/made.go",
			`if same && (left.asked || now.Sub(left.begun) < network.LeftFor) { // guard`, `if same && now.Sub(left.begun) < network.LeftFor { // guard`}}},
		{"on Threads what is shown is not shown again", posts, "TestOneContainer", []change{{"internal/network/container/made.go",
			`if c.ready && !c.asked {`, `if c.ready {`}}},
		{"on Threads what is never done is begun again", posts, "TestContainersTakeTime", []change{{"internal/network/container/made.go",
			`case now.Sub(c.begun) >= patience && !c.asked: // guard`, `case false: // guard`}}},
		{"on Threads an account that may make no post is asked for none", posts, "TestADaysPosts", []change{{"internal/network/container/made.go",
			`		return j.room(ctx)`, `		return nil`}}},
		{"on Threads a quota nobody tells stops nobody", posts, "TestAQuotaNobodyTells", []change{{"internal/network/container/quota.go",
			`if wrong != nil || len(got.Data) != 1 { // guard`, `if wrong != nil { return wrong }; if len(got.Data) != 1 { // guard`}}},
		{"on Threads what may be published is not said to wait", posts, "TestNoRoomHidesNoPost", []change{{"internal/network/container/made.go",
			`if c.id != "" { // guard`, `if false { // guard`}}},
		{"on Threads what the network says by codes of its own is heard", posts, "TestAnswers", []change{{"internal/network/graph/answer.go",
			`case known: // guard`, `case false: // guard`}}},
		{"on Threads a video stands alone", posts, "TestContainersFail", []change{{"internal/network/container/body.go",
			`return len(b.Files) == 1 // guard`, `return true // guard`}}},
		{"on Threads a picture nobody can fetch is found before people sign", posts, "TestContainersFail", []change{{"internal/network/container/network.go",
			`case len(content.Media) > 0 && !n.reached: // guard`, `case false: // guard`}}},
		{"on Threads what is not said to be gone is not", posts, "TestReadBack", []change{{"internal/network/container/publish.go",
			`case !gone.Success: // guard`, `case false: // guard`}}},
		{"on Threads what may not be seen is not said to be absent", posts, "TestReadBack", []change{{"internal/network/container/look.go",
			`wrong != nil && wrong.Said.Code == advocacy.AnswerUnknownThere:
		if unread := j.unread(ctx); unread != nil { // guard`, `wrong != nil && wrong.Said.Code == advocacy.AnswerUnknownThere:
		if unread := j.unread(ctx); unread != nil && false { // guard`}}},
		{"on Threads what is published and not shown yet is not absent", posts, "TestReadBack", []change{{"internal/network/container/look.go",
			`case j.published(ctx, d): // guard`, `case false: // guard`}}},
		{"on Threads pictures alone are nobody's", posts, "TestLook", []change{{"internal/network/container/look.go",
			`if ours == "" { // guard`, `if false { // guard`}}},
		{"on Threads an account is connected with its own token", posts, "TestConnect", []change{{"internal/network/container/connect.go",
			`case !strings.EqualFold(name, n.nameIn(a.Address)): // guard`, `case false: // guard`}}},
		{"on Instagram a text alone is found before people sign", "./internal/network/instagram", "TestWhatHasNoPlaceThere", []change{{"internal/network/container/network.go",
			`case len(content.Media) == 0 && n.kind.TextType == "": // guard`, `case false: // guard`}}},
		{"on Instagram no account for what cannot be published", "./internal/network/instagram", "TestWhatHasNoPlaceThere", []change{{"internal/network/container/connect.go",
			`case n.kind.TextType == "" && !n.reached: // guard`, `case false: // guard`}}},
		{"on Threads a token that cannot be used is none", posts, "TestSignIn", []change{{"internal/network/container/connect.go",
			`wrong != nil || err != nil || seconds <= 0 { // guard`, `err != nil || seconds <= 0 { _ = wrong // guard`}}},
		{"on Threads what one app was given is not told to another", posts, "TestSignIn", []change{{"internal/network/container/connect.go",
			`if old.Refresh == "" || old.Client != n.registered.App.ID { // guard`, `if old.Refresh == "" { // guard`}}},
	}
}
