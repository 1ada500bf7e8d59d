package main

// judged ends the name of a guard whose absence the judge of the crash tests sees. Each commit tries
// these: that the judge sees what it is there to see is what the crash tests rest on.
const judged = ", as the crash tests see it"

// fromTheCrashes are guards whose absence the judge of the crash tests sees, with whole processes.
func fromTheCrashes() []mutant {
	return []mutant{
		// two processes claim; both send, with nothing else that would keep the second from it
		{"fencing" + judged, house, "TestAwakenedWorker/claimed_webhook", []change{
			{"internal/publish/gate.go", `if x.Epoch != claimed.Epoch || x.State != advocacy.Claimed {`, `if x == nil {`},
			{"internal/workflow/passage.go", `if x, err = tx.PublicationForUpdate(ctx, w, id); err != nil {`,
				`if x, err = tx.PublicationForUpdate(ctx, w, id); err == nil {
		x.Epoch++
	} else {`},
			{"internal/advocacy/transition.go", "	if !ok {\n		return Refuse(\"PUBLICATION_STATE\"", "	if !ok && e == EventSend {\n		to, ok = Sending, true\n	}\n	if !ok {\n		return Refuse(\"PUBLICATION_STATE\""},
		}},
		// the process dies with the next token in hand; the spent one is asked with again
		{"a spent token is not asked with again" + judged, house, "TestKilledAtRefresh/refreshed_x", []change{{"internal/publish/credential.go",
			`case !now.LeaseTime.IsZero() && !adapter.Capabilities().RefreshTwice: // guard`, `case false: // guard`}}},
		// signed; altered in the database; sent
		{"digest recomputed at send" + judged, house, "TestAlteredBytes", []change{{"internal/advocacy/gate.go", `add(!p.bytesHold(), BlockBytes, "")`, `add(false, BlockBytes, "")`}}},
	}
}
