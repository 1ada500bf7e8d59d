package main

// fromTheTray are guards of what is proposed for the library.
func fromTheTray() []mutant {
	const proposal, tray = "internal/advocacy/proposal.go", "internal/workflow/proposal.go"
	return []mutant{
		{"open proposals of a person are bounded", rules, "TestWhatIsProposed", []change{{proposal,
			`case open >= MaximumOpenProposals: // guard`, `case false: // guard`}}},
		{"a proposal is answered once", rules, "TestProposalTransitions", []change{{proposal,
			`if !ok { // guard`, `if false && !ok { // guard`}}},
		{"only the proposer withdraws", rules, "TestProposalTransitions", []change{{proposal,
			`if by != p.Proposer || by == "" { // guard`, `if false { // guard`}}},
		// two calls that would each be the last; both are kept
		{"proposals of a person are counted under a lock", flow, "TestOpenProposalsRace", []change{{tray,
			`if _, err := tx.MemberForUpdate(ctx, p.Workspace, p.Proposer); err != nil {`,
			`if _, err := tx.Member(ctx, p.Workspace, p.Proposer); err != nil {`}}},
		{"nobody proposes for a topic he or she does not see", flow, "TestTopicOfProposal", []change{{tray,
			`if advocacy.KindOf(err) == advocacy.NotFound { // guard`, `if err = nil; false { // guard`}}},
		{"nobody sees what others propose", flow, "TestNobodySeesOthersProposals", []change{{tray,
			`if p.Proposer != c.Actor.Person && !c.seesProposals() { // guard`, `if false { // guard`}}},
		{"nobody lists what others propose", flow, "TestNobodySeesOthersProposals", []change{{tray,
			`q.Proposer = c.Actor.Person // guard`, `_ = c.Actor.Person // guard`}}},
		{"who proposed it wrote some of it", flow, "TestProposerWroteSomeOfIt", []change{{"internal/workflow/library.go",
			`if p.Proposer != "" { // guard`, `if false { // guard`}}},
		{"a picture that is proposed is not removed", flow, "TestProposedPictureStays", []change{{"internal/store/proposal.go",
			`if err := t.useMedia(ctx, p.Workspace, p.Content.Media); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
	}
}
