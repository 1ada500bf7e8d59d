package main

// fromTheLinks are guards about where links lead when something is signed, and when it goes out.
func fromTheLinks() []mutant {
	const pin, link, changes = "internal/workflow/pin.go", "internal/advocacy/link.go", "TestLinkChangesBeforeSending"
	return []mutant{
		{"links are looked at before they go out", flow, changes, []change{{"internal/publish/worker.go",
			`later, err := w.Flow.LookAgain(ctx, claimed) // guard`, `later, err := false, ctx.Err() // guard`}}},
		{"nobody sends at once what has fallen silent", flow, "TestLinkNobodyCanTell", []change{{pin,
			`case fell && s.Now().Sub(x.DueTime) < linkPatience: // guard`, `case fell && s.Now().Sub(x.DueTime) < -linkPatience: // guard`}}},
		{"who signed saw where the links lead", flow, changes, []change{{"internal/advocacy/count.go",
			`if slices.ContainsFunc(c.Review.Pins, d.before) { // guard`, `if false { // guard`}}},
		{"a link that leads elsewhere is noted", flow, changes, []change{{pin,
			`moved := repin(u.Review.Pins, found, tx.Now()) // guard`, `moved := repin(nil, found, tx.Now()) // guard`}}},
		{"what was looked at to be pinned is looked at again", flow, "TestLinkChangesBetweenSigningAndSending", []change{{pin,
			`life := min(sendLife, s.Now().Sub(review.OpenTime)) // guard`, `life := sendLife // guard`}}},
		{"a share leads where its item led", flow, "TestLinkOfAShareChanges", []change{{pin,
			`if err == nil && review.Library != nil { // guard`, `if err != nil && review.Library != nil { // guard`}}},
		{"nothing is asked about what has no link", flow, "TestLinkIsPinned", []change{{pin,
			`if len(links) == 0 { // guard`, `if links = append(links, "https://acme.test/"); len(links) == 0 { // guard`}}},
		{"only a definite answer is a change", flow, "TestLinkNobodyCanTell", []change{{link,
			`if found == "" || p.Target == found { // guard`, `if p.Target == found { // guard`},
			{"internal/store/link.go", `CASE WHEN excluded.target <> '' THEN excluded.target ELSE link_checks.target END`, `excluded.target`}}},
		{"a server in trouble says nothing of a link", "./internal/linkcheck", "TestWhatIsReachable", []change{{link,
			`case answered == nil || status == 0 || status >= http.StatusInternalServerError: // guard`, `case answered == nil || status == 0: // guard`}}},
	}
}
