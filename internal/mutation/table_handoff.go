package main

// byHand are the guards over what a person publishes by hand.
func byHand() []mutant {
	const hands = "./internal/network/handoff"
	return []mutant{
		{"handoff: what a person publishes no machine sends", gate, "TestHandedOverOnce", []change{{"internal/publish/gate.go",
			`if _, byHand := adapter.(network.ByHand); byHand { // guard`, `if _, byHand := adapter.(network.ByHand); byHand && false { // guard`}}},
		{"handoff: nothing waits past its window", rules, "TestHandoffDeadline", []change{{"internal/advocacy/handoff.go",
			`if !p.EndTime.IsZero() && p.EndTime.Before(deadline) { // guard`, `if false && p.EndTime.Before(deadline) { // guard`}}},
		{"handoff: only its person opens", rules, "TestGuardHandoff", []change{{"internal/advocacy/handoff.go",
			`if actor.Person != a.Owner && !deputy { // guard`, `if false && !deputy { // guard`}}},
		{"handoff: a closed package does not open", gate, "TestOpeningIsJudgedAgain", []change{{"internal/advocacy/handoff.go",
			`if p.State != HandedOver { // guard`, `if p.State != HandedOver && false { // guard`}}},
		{"handoff: nothing opens after its deadline", gate, "TestUnopenedPackageExpires", []change{{"internal/advocacy/handoff.go",
			`if !now.Before(p.LeaseTime) { // guard`, `if false { // guard`}}},
		{"handoff: who was given it may have published it", rules, "TestOpenedIsInDoubt", []change{{"internal/advocacy/transition.go",
			`if e == EventOpen { // guard`, `if false { // guard`}}},
		{"handoff: judged again when it is opened", gate, "TestOpeningIsJudgedAgain", []change{{"internal/workflow/handoff.go",
			`verdict != advocacy.GateSend { // guard`, `verdict != advocacy.GateSend && false { // guard`}}},
		{"handoff: what a machine sent is nobody's word", gate, "TestWhatAMachineSentIsNobodysWord", []change{{"internal/workflow/handoff.go",
			`if hand == nil { // guard`, `if hand == nil && x.State == "" { // guard`}}},
		{"handoff: closed not before its time", gate, "TestHandedOverWaits", []change{{"internal/workflow/handoff.go",
			`x.State != advocacy.HandedOver || tx.Now().Before(x.LeaseTime) { // guard`, `x.State != advocacy.HandedOver { // guard`}}},
		{"handoff: nobody publishes what was not judged again", gate, "TestConfirmHandoff", []change{{"internal/workflow/confirm.go",
			`if x.State == advocacy.HandedOver && !x.Doubt { // guard`, `if false { // guard`}}},
		{"handoff: one post is one publication", gate, "TestConfirmedAddress", []change{{"internal/workflow/confirm.go",
			`if id != x.ID { // guard`, `if id != x.ID && false { // guard`}}},
		{"handoff: another text is not called the same", gate, "TestConfirmHandoff", []change{{"internal/workflow/confirm.go",
			`if signed != shown { // guard`, `if false { // guard`}}},
		{"handoff: a told difference is a case", gate, "TestConfirmHandoff", []change{{"internal/workflow/confirm.go",
			`if x.Comparison == advocacy.Differs { // guard`, `if x.Comparison == advocacy.Differs && false { // guard`}}},
		{"handoff: what may be out is among what is taken back", gate, "TestRecallOfWhatWasHandedOver", []change{{"internal/workflow/recall.go",
			`return true, s.Cancel(ctx, tx, SystemCall(r.Workspace), x, recalledItem) // guard`, `return true, nil // guard`}}},
		{"handoff: it goes where it was signed for", gate, "TestItGoesWhereItWasSignedFor", []change{{"internal/workflow/render.go",
			`target.Place = a.Address // guard`, `target.Place = a.Address[:0] // guard`}}},
		{"handoff: what its place would refuse", gate, "TestPlaceDecidesWhatFits", []change{{"internal/workflow/render.go",
			`if hand, ok := adapter.(network.ByHand); ok && place != "" { // guard`, `if hand, ok := adapter.(network.ByHand); ok && false { // guard`}}},
		{"handoff: whom a message goes to is not kept", hands, "TestCheckAddress", []change{{"internal/network/handoff/place.go",
			`return below(hostOf(address), h) }) { // guard`, `return below(hostOf(address), h) }) && webPage(address) == nil { // guard`}}},
		{"handoff: a post is where its account is", hands, "TestCheckPost", []change{{"internal/network/handoff/place.go",
			`return below(host, h) }) { // guard`, `return below(host, h) }) && false { // guard`}}},
	}
}
