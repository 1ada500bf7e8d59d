package main

// fromTheCrashes are guards whose absence the judge of the crash tests sees, with whole processes.
func fromTheCrashes() []mutant {
	return []mutant{
		// two processes claim; both send, with nothing else that would keep the second from it
		{"fencing, as the crash tests see it", house, "TestAwakenedWorker/claimed_webhook", []change{
			{"internal/publish/gate.go", `if x.Epoch != claimed.Epoch || x.State != advocacy.Claimed {`, `if x == nil {`},
			{"internal/workflow/passage.go", `if x, err = tx.PublicationForUpdate(ctx, w, id); err != nil {`,
				`if x, err = tx.PublicationForUpdate(ctx, w, id); err == nil {
		x.Epoch++
	} else {`},
			{"internal/advocacy/transition.go", "	if !ok {\n		return Refuse(\"PUBLICATION_STATE\"", "	if !ok && e == EventSend {\n		to, ok = Sending, true\n	}\n	if !ok {\n		return Refuse(\"PUBLICATION_STATE\""},
		}},
		// signed; altered in the database; sent
		{"digest recomputed at send, as the crash tests see it", house, "TestAlteredBytes", []change{{"internal/advocacy/gate.go", `add(!p.bytesHold(), BlockBytes, "")`, `add(false, BlockBytes, "")`}}},
	}
}
