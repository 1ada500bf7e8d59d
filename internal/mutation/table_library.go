package main

// fromTheShelves are guards of the library: who sees what of it.
func fromTheShelves() []mutant {
	const topic, library = "internal/advocacy/topic.go", "internal/workflow/library.go"
	return []mutant{
		{"what is not on one's shelf is not found", flow, "TestClosedTopic|TestShareWindow", []change{{library,
			`if !v.Finds(item, topic, s.now(r)) { // guard`, `if !v.Finds(item, topic, s.now(r)) && false { // guard`}}},
		{"what cannot be shared now is not found", flow, "TestShareWindow", []change{{topic, `i.Sharable(at) && i.Audience`, `i.Audience`}}},
		{"what was shared of another revision is looked at", flow, "TestUnsentShareOfAReplacedRevision", []change{{"internal/workflow/decide.go",
			`if shared != 0 && shared != u.item.InForce { // guard`, `if shared != 0 && shared != u.item.InForce && false { // guard`}}},
		{"what is for others is not found", rules, "TestWhoFindsAnItem", []change{{topic, `i.Audience.Includes(v.Traits) && v.Sees(t)`, `v.Sees(t)`}}},
		{"an audience has one of each kind it names", rules, "TestAudience", []change{{"internal/advocacy/audience.go",
			`len(values) > 0 && !slices.ContainsFunc(values, has)`, `len(values) > 0 && !slices.ContainsFunc(values, has) && kind != TraitCountry`}}},
		{"the audience is signed", flow, "TestAudience", []change{{library, `made.manifest.Audience = audience.Tidy() // guard`, `_ = audience.Tidy() // guard`}}},
		{"only who it is for shares an item", flow, "TestLeavesTheAudience", []change{{"internal/workflow/submit.go",
			`from.meantFor(known[p.Author]) { // guard`, `true || from.meantFor(known[p.Author]) { // guard`}}},
		{"who left an audience sends nothing for it", rules, "TestLibraryStanding", []change{{"internal/advocacy/count.go",
			`l.InForce && l.Matches && l.Meant`, `l.InForce && l.Matches`}}},
		{"a share goes out within the window", flow, "TestMovedWindow|TestWindowCloses", []change{{"internal/workflow/source.go",
			`err != nil || !open { // guard`, `err != nil || !open && false { // guard`}}},
		{"a share waits for no time after the window", flow, "TestMovedWindow", []change{{"internal/workflow/sweep.go",
			`if item.Share.Over(u.post.PublishTime) { // guard`, `if item.Share.Over(u.post.PublishTime) && false { // guard`}}},
		{"a time within the window", flow, "TestMovedWindow", []change{{"internal/workflow/submit.go",
			`!item.Share.Contains(publish) { // guard`, `!item.Share.Contains(publish) && false { // guard`}}},
		{"another window stops what waits outside of it", flow, "TestMovedWindow", []change{{library,
			`if !item.Share.Equal(window) { // guard`, `if !item.Share.Equal(window) && false { // guard`}}},
		{"one text goes out seldom enough", flow, "TestSameTextIsCrowded", []change{{"internal/workflow/crowd.go",
			`if err != nil || len(found) == 0 { // guard`, `if err != nil || len(found) >= 0 { // guard`}}},
		{"the default topic is open", rules, "TestTopicGuards", []change{{topic, `case t.Default && t.Closed: // guard`, `case false: // guard`}}},
		{"nobody leaves a compulsory topic", rules, "TestTopicGuards", []change{{topic, `if t.Compulsory { // guard`, `if false { // guard`}}},
		{"a closed topic is for whom it names", rules, "TestWhoSeesATopic", []change{{topic,
			`return v.Desk || !t.Closed || v.admitted(t)`, `return v.Desk || !t.Closed || true`}}},
		{"a post says one thing in each place", flow, "TestAlternatives", []change{{"internal/workflow/render.go",
			`if v.Alternative != "" { // guard`, `if v.Alternative != "" && false { // guard`}}},
		// one alternative is signed; another is shared and goes out
		{"every alternative is signed", flow, "TestAlternatives", []change{{"internal/workflow/render.go",
			`advocacy.Target{Alternative: name, Rendering: rendering})`, `advocacy.Target{Rendering: rendering})`}}},
		{"employees find by what is in force", flow, "TestSearchShowsWhatIsInForce", []change{{"internal/workflow/search.go",
			`texts.Head = documentOf(item, head) // guard`, `texts.Shown = documentOf(item, head) // guard`}}},
		{"a head is searched by the desk", flow, "TestSearchShowsWhatIsInForce", []change{{"internal/workflow/search.go",
			`q.Heads = c.worksOnItems()            // guard`, `q.Heads = true || c.worksOnItems() // guard`}}},
		{"a search shows the shelf", flow, "TestSearchOrder", []change{{"internal/workflow/search.go",
			`q.ItemQuery = s.shelf(c, q.ItemQuery) // guard`, `_ = s.shelf // guard`}}},
	}
}
