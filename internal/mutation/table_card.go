package main

// fromTheCards are the guards over what is shown of the page a link leads to.
func fromTheCards() []mutant {
	const card, page = "internal/workflow/card.go", "internal/linkcard/linkcard.go"
	return []mutant{
		{"a card leads somewhere", "./internal/network/wall", "TestContract", []change{{"internal/network/plain.go",
			`if c.Cards && r.Link != "" { // guard`, `if c.Cards { // guard`}}},
		{"a card names the site it leads to", "./internal/check", "TestCardFindings", []change{{"internal/check/card.go",
			`of != "" && of != siteOf(u.Hostname()) { // guard`, `of == "none" { // guard`}}},
		{"nobody has others' servers asked without end", flow, "TestPreviewsAreBounded", []change{{card,
			`if p.asked[caller] >= maximumPreviews { // guard`, `if false { // guard`}}},
		{"who may not upload a picture has none kept", flow, "TestPreviewWithoutPicture", []change{{card,
			`case !c.may(mayAddMedia): // guard`, `case c.May == nil: // guard`}}},
		{"a card is short, whatever a character is made of", flow, "TestCardIsShort", []change{{card,
			`utf8.RuneCountInString(cut) <= most { // guard`, `most > 0 { // guard`}}},
		{"a picture has an end", "./internal/linkcard", "TestRead", []change{{page,
			`case picture.more, len(picture.body) == 0: // guard`, `case len(picture.body) == 0: // guard`}}},
		{"nothing is unpacked", "./internal/linkcard", "TestRead", []change{{page,
			`case coding != "" && !strings.EqualFold(coding, "identity"): // guard`, `case coding == "none": // guard`}}},
		{"a head ends where the body begins", "./internal/linkcard", "TestReadHead", []change{{"internal/linkcard/head.go",
			`case atom.Body: // guard`, `case atom.Bdo: // guard`}}},
		{"a card's picture is shown as long as its entry", "./internal/network/wall", "TestCard", []change{{"internal/network/wall/document.go",
			`range d.Rendering.Pictures() {`, `range d.Rendering.Media {`}}},
		{"a card is signed", rules, "TestCardManifestGolden", []change{{"internal/advocacy/canonical.go",
			`if !r.Card.None() {`, `if false {`}}},
	}
}
