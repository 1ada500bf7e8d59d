package main

// fromTheBounds are guards of what may be made of what is in the library, and of what is written.
func fromTheBounds() []mutant {
	return []mutant{
		{"a slow server does not take all workers", gate, "TestOneServerIsSentSoMuchAtATime", []change{{"internal/publish/lane.go",
			"seats: make(chan struct{}, l.limits.AtOnce),", "seats: make(chan struct{}, l.limits.AtOnce+9),"}}},
		{"a server that does not answer is left alone", gate, "TestSilentServerIsLeftAlone", []change{{"internal/publish/lane.go",
			"if err != nil { // guard: a server", "if err != nil && false { // guard: a server"}}},
		{"a quota all accounts share is used up for all of them", gate, "TestQuotaOfTheApp", []change{{"internal/publish/lane.go",
			"if left := l.restOf(lane); left > 0 {", "if left := l.restOf(lane); left > 0 && false {"}}},
		{"the owner lets it go out as it is", rules, "TestEditOf", []change{{"internal/advocacy/manifest.go",
			`item.Editing.Unreviewed: // guard`, `edit != "": // guard`}}},
		{"only words are changed", rules, "TestEditOf", []change{{"internal/advocacy/manifest.go",
			`return shows.Fingerprint() == item.Fingerprint() // guard`, `return shows.Network == item.Network // guard`}}},
		{"no mark on what is locked", rules, "TestWithin", []change{{"internal/advocacy/editing.go",
			`if turns(r) || end == i+1 && (clings(r) || invisible(r)) { // guard`, `if false { // guard`}}},
		{"personal words are harmless", flow, "TestPersonalWordsAreLookedAt", []change{{"internal/workflow/source.go",
			`(slices.ContainsFunc(found, doubt) || saysMore(m, f.manifest)) { // guard`, `(doubt == nil || m.Kind == "") { // guard`}}},
		{"no words are lost", flow, "TestWordsNobodySeesYetAreKept", []change{{"internal/workflow/post.go",
			`&& sameWords(next.Content, head.Content) { // guard`, `{ // guard`}}},
		{"an item speaks for no account", flow, "TestTextForAnAccount", []change{{"internal/workflow/render.go",
			`if v.Account != "" { // guard`, `if v.Account == "none" { // guard`}}},
		{"a locked item is shared as it is", flow, "TestLockedItem", []change{{"internal/workflow/source.go",
			`origin == advocacy.OriginLibrary { // guard`, `origin != "" { // guard`}}},
		{"what may be changed is there", flow, "TestEditPolicyIsSigned", []change{{"internal/workflow/library.go",
			`return e, e.Guard(shown) // guard`, `return e, nil // guard`}}},
	}
}
