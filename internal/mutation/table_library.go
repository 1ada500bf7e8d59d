package main

// fromTheShelves are guards of the library: who sees what of it.
func fromTheShelves() []mutant {
	const topic, library = "internal/advocacy/topic.go", "internal/workflow/library.go"
	return []mutant{
		{"what stands on a closed topic is not found", flow, "TestClosedTopic", []change{{library, `if !v.Sees(topic) { // guard`, `if !v.Sees(topic) && false { // guard`}}},
		{"the default topic is open", rules, "TestTopicGuards", []change{{topic, `case t.Default && t.Closed: // guard`, `case false: // guard`}}},
		{"nobody leaves a compulsory topic", rules, "TestTopicGuards", []change{{topic, `if t.Compulsory { // guard`, `if false { // guard`}}},
		{"a closed topic is for whom it names", rules, "TestWhoSeesATopic", []change{{topic,
			`return v.Desk || !t.Closed || v.admitted(t)`, `return v.Desk || !t.Closed || true`}}},
		{"a post says one thing in each place", flow, "TestAlternatives", []change{{"internal/workflow/render.go",
			`if v.Alternative != "" { // guard`, `if v.Alternative != "" && false { // guard`}}},
		// one alternative is signed; another is shared and goes out
		{"every alternative is signed", flow, "TestAlternatives", []change{{"internal/workflow/render.go",
			`advocacy.Target{Alternative: name, Rendering: rendering})`, `advocacy.Target{Rendering: rendering})`}}},
	}
}
