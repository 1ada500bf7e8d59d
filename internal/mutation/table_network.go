package main

// fromTheNetworks are the guards over what a network would show or refuse.
func fromTheNetworks() []mutant {
	const networks, toots = "./internal/network", "./internal/network/mastodon"
	return []mutant{
		{"a key is forgotten", gate, "TestAForgottenKeyIsNotRepeated", []change{{"internal/network/network.go",
			`(c.KeyLife == 0 || now.Sub(first) < c.KeyLife) // guard`, `(true || now.Sub(first) < c.KeyLife) // guard`}}},
		{"what may be out and would be out twice is not sent again", gate, "TestAForgottenKeyIsNotRepeated", []change{{"internal/publish/gate.go",
			`} else if !again { // guard`, `} else if !again && false { // guard`}}},
		{"what may be out is not called stopped", rules, "TestDoubt", []change{{"internal/advocacy/transition.go",
			`if p.Doubt && (to == Cancelled || to == Expired) { // guard`, `if false && (to == Cancelled || to == Expired) { // guard`}}},
		{"a late no proves nothing", gate, "TestARefusedRepeatProvesNothing", []change{{"internal/publish/receipt.go",
			`if class == network.Permanent && x.Doubt { // guard`, `if class == network.Permanent && false { // guard`}}},
		{"what may be out is not edited", gate, "TestWhatMayBeOutIsNotCalledStopped", []change{{"internal/advocacy/post.go",
			`if x.Doubt { // guard`, `if false { // guard`}}},
		{"what a network's own rule refuses", networks, "TestMeasureFindsByTheRule", []change{{"internal/network/counter.go",
			`for _, p := range rule.Check(t.whole) { // guard`, `for _, p := range rule.Check("") { // guard`}}},
		{"what another is known by is not this one", gate, "TestWhatAnotherIsKnownByIsNotFound", []change{{"internal/publish/receipt.go",
			`if seen.Found && !taken { // guard`, `if seen.Found && (!taken || true) { // guard`}}},
		{"a look passes over what another is known by", toots, "TestLook$", []change{{"internal/network/mastodon/look.go",
			`} else if taken { // guard`, `} else if taken && false { // guard`}}},
		{"a post of somebody else's is no receipt", toots, "TestAnswers", []change{{"internal/network/mastodon/publish.go",
			`made.Account.ID != d.Account.ExternalID: // guard`, `false: // guard`}}},
		{"only Mastodon itself drops a key", toots, "TestRelativesMakeTwo", []change{{"internal/network/mastodon/connect.go",
			`return wrong == nil && info.Software.Name == "mastodon" // guard`, `return wrong == nil // guard`}}},
		{"a link in a text is an address of the web", toots, "TestContract", []change{{"internal/network/composed.go",
			`if link != "" && !WebAddress(link) { // guard`, `if false && !WebAddress(link) { // guard`}}},
		{"the network was asked about this account", flow, "TestConnectAgainstChange", []change{{"internal/workflow/connect.go",
			`if err := stale(before.Version, a.Version); err != nil { // guard`, `if err := stale(before.Version, a.Version); err != nil && false { // guard`}}},
		{"what was signed for one account", flow, "TestConnectAccount", []change{{"internal/workflow/connect.go",
			`a.ExternalID != p.ExternalID { // guard`, `false { // guard`}}},
		{"one account of a network has one owner", flow, "TestConnectAccount", []change{{"internal/workflow/connect.go",
			`if other != nil && other.ID != a.ID { // guard`, `if false && other.ID != a.ID { // guard`}}},
		{"nobody lends another person's voice", flow, "TestConnectWhoMay", []change{{"internal/workflow/connect.go",
			`case own, c.may(mayUpdateAccounts) && !a.Personal: // guard`, `case own, c.may(mayUpdateAccounts): // guard`}}},
		{"who leaves is spoken for no more", flow, "TestWhoLeavesTakesTheTokens", []change{{"internal/workflow/member.go",
			`if err := s.forgetTokensOf(ctx, tx, c, w, id); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
		{"a disclosure takes its length", networks, "TestMeasureReserves", []change{{"internal/network/counter.go",
			`if d.Place == PlaceLast { // guard`, `if false { // guard`}}},
		{"no more than a network takes", "./internal/network/measure", "TestCheck", []change{{"internal/network/measure/rule.go",
			`case b.Most > 0 && len(spans) > b.Most: // guard`, `case false && len(spans) > b.Most: // guard`}}},
	}
}
