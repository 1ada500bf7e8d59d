package main

// pages is where the tests of the pages are.
const pages = "./internal/web"

// onThePages are guards of the pages: what they may call, where they lead, and what they show.
func onThePages() []mutant {
	return []mutant{
		{"a page that is opened makes no changing call", pages, "TestARouteMakesNoOtherChanges", []change{{"internal/web/door.go",
			`if changes(short) {`, `if false {`}}},
		{"a share in own words is sent with the digest on the screen", pages, "TestTheDigestOnTheScreenIsSent", []change{{"internal/web/library_share.go",
			`SubmitPostRequest{Name: made.GetName(), Digest: v.form("digest"),`, `SubmitPostRequest{Name: made.GetName(), Digest: made.GetDigest(),`}}},
		{"what a colleague signed meanwhile loses nobody's decision", pages, "TestSaidWhileShown", []change{{"internal/web/queue_deeds.go",
			`if n == colleaguesMeanwhile || `, `if n == 0 || `}}},
		{"nothing is said again of bytes that were not seen", pages, "TestSaidWhileShown", []change{{"internal/web/queue_deeds.go",
			`now.GetDigest() != v.form("digest") || `, ``}}},
		{"nothing is said again of links that lead elsewhere", pages, "TestSaidWhileShown", []change{{"internal/web/queue_deeds.go",
			` || ledTo(now) != v.form("leads") {`, ` {`}}},
		{"what was cleared is not told as open", pages, "TestClearedObjection", []change{{"internal/web/posts_page.go",
			` && s.GetRequirement().GetSatisfied() // guard`, ` && false // guard`}}},
		{"a form of another site is refused", pages, "TestWhoIsNotSignedIn|TestCallbackRubbish", []change{{"internal/web/web.go",
			`return secured(http.NewCrossOriginProtection().Handler(mux))`, `return secured(mux)`}}},
		{"a page may be in no other site's frame, and run nothing of its own", pages, "TestPagesKeepThePolicy", []change{{"internal/web/web.go",
			`h.Set("Content-Security-Policy", policy)`, `h.Set("Content-Security-Policy", "")`}}},
		{"a file may be in no other site's frame", pages, "TestNoPageStandsInAFrame", []change{{"internal/web/house.go",
			`frame-ancestors 'none'; sandbox`, `sandbox`}}},
		{"no script reads the session", pages, "TestUseLink", []change{{"internal/web/session.go",
			`HttpOnly: true, SameSite: http.SameSiteLaxMode`, `SameSite: http.SameSiteLaxMode`}}},
		{"signing out ends the session at the service", pages, "TestWhoIsNotSignedIn", []change{{"internal/web/session.go",
			`	_, err := imprimaturv1.NewSessionServiceClient(v.conn).DeleteSession(v.ctx, &imprimaturv1.DeleteSessionRequest{Name: v.name("sessions", "current")})
`, `	var err error
`}}},
		{"the guideline leads back into the workspace only", pages, "TestTheGuidelineLeadsBack", []change{{"internal/web/guideline.go",
			`; v.inside(back) { // guard: back into the workspace`, `; back != "" {`}}},
		{"no page takes a video for a picture", pages, "TestFilesSayWhatTheyAre", []change{{"internal/web/page.go",
			`return "film"`, `return "image"`}}},
		{"no more of a file is held than a part has", pages, "TestPartsArrive", []change{{"internal/web/uploads.go",
			`io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, maxPart)) // guard: no more is held than a part has`, `io.ReadAll(v.r.Body)`}}},
		{"a form that names an upload has its file", "./internal/webtest", "TestVideoIsSentAndPlayed", []change{{"internal/web/uploads.go",
			`if id := v.form("upload"); id != "" {`, `if id := v.form("upload"); id == "-" {`}}},
		{"a grace is not taken for reading", pages, "TestReadIsTheRevisionInForce", []change{{"internal/web/guideline.go",
			`return strings.HasPrefix(`, `return g.GetAcknowledged() || strings.HasPrefix(`}}},
		{"who signed in is led nowhere else", pages, "TestNextStaysHere", []change{{"internal/web/session.go",
			`strings.HasPrefix(next, to+"/") && local(next)`, `next != ""`}}},
		{"a sentence left by another page is one of the catalogue", pages, "TestHeard", []change{{"internal/web/visitor.go",
			` || !strings.HasPrefix(one.Key, "web.said.")`, ``}}},
		{"what nobody sees in a text is shown", pages, "TestMarked", []change{{"internal/web/sheet.go",
			`if unseen(c, before) {`, `if false && unseen(c, before) {`}}},
		{"a span is never cut within a character", pages, "FuzzMarked", []change{{"internal/web/sheet.go",
			`start, end := whole(text, int(f.GetStart()), int(f.GetEnd()))`, `start, end := int(f.GetStart()), int(f.GetEnd())`}}},
		{"a host that is not ASCII is written as machines write it", pages, "TestPlainHost", []change{{"internal/web/hosts.go",
			`if ascii == host {`, `if ascii != "" {`}}},
		{"a host that no browser opens is written so too", pages, "TestPlainHost", []change{{"internal/web/hosts.go",
			`if ascii, err = idna.Punycode.ToASCII(strings.ToLower(host)); err != nil {`, `if err != nil {`}}},
		{"a link that leads elsewhere than it says is told of", pages, "TestLeads", []change{{"internal/web/leads.go",
			`l.Former == "" && asWritten(l.Link, l.Target)`, `l.Former == ""`}}},
		{"the guide comes once, and to each person", pages, "TestTheGuideComesOnce", []change{{"internal/web/house.go",
			`slices.Contains(known, me) ||`, `len(known) > 0 ||`}}},
		{"whose turn it is to mend a post is told by no state", "./internal/webtest", "TestAuthorIsWaitedFor", []change{{"internal/web/posts.go",
			`if view != turnsView {`, `if filter == "" {
		filter = "author = \"me\" AND state = \"CHANGES_REQUESTED\""
	}
	if view != "" {`}}},
		{"a person put into a group stays in the others", "./internal/webtest", "TestGroups", []change{{"internal/web/people_groups.go",
			`names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == one })`, `names = nil`}}},
		{"the fast route is offered to its author where there is one", "./internal/webtest", "TestFastRouteWhileWriting", []change{{"internal/web/compose_view.go",
			`return explained.GetExpediteOffered(), err`, `return explained.GetExpediteOffered() || err == nil, err`}}},
		{"the name of a site in a text is said in letters nobody takes for others", pages, "TestMarked", []change{{"internal/web/hosts.go",
			`d.pieces = append(d.pieces, piece{"host", d.hosts[0].plain, title})`, ``}}},
	}
}
