package main

// mutant is one guard, and the code without it.
type mutant struct {
	guard string
	file  string
	// with is the guard as it stands, once, in the file; without is what is left.
	with    string
	without string
	// tests are the arguments of go test that must fail.
	tests string
}

const (
	rules = "./internal/advocacy"
	gate  = "./internal/publish"
	edits = "-run TestEdit ./internal/workflow"
	share = "-run TestShare|TestUnsent|TestWithdrawnItem ./internal/workflow"
	keys  = "-run Key ./internal/workflow"
	calls = "-run TestEveryChangeHasOneEffect|TestRequestIDs ./internal/workflow"
)

// mutants are the guards whose removal lets something out, each found by removing it
// from a model: the shortest bad run stands in the test's name or comment.
var mutants = []mutant{
	{"digest named by the client", "internal/advocacy/decide.go",
		`if shown != c.Review.Digest || c.Review.Digest != c.HeadDigest || c.Review.Revision != c.Head {`, `if false {`, rules},
	{"humans decide", "internal/advocacy/decide.go", `if actor.Kind != Human {`, `if false {`, rules},
	{"role held when deciding", "internal/advocacy/decide.go", `if !c.Members[actor.Person].Holds(r.Role) {`, `if false {`, rules},
	{"self review when deciding", "internal/advocacy/decide.go", `if author == p {`, `if author == p && false {`, rules},
	{"assent names the head's digest", "internal/advocacy/guard.go", `if shown != head.Digest { // guard: assent`, `if false { // guard: assent`, rules},
	{"round isolation", "internal/advocacy/count.go", `if d.Round != c.Review.Round { // guard`, `if false { // guard`, rules},
	{"digest of the decision", "internal/advocacy/count.go", `if d.Digest != c.Review.Digest {`, `if false {`, rules},
	{"separation of duties", "internal/advocacy/count.go", `if slices.Contains(c.Contributors, d.Person) {`, `if false {`, rules},
	{"expiry of a signature", "internal/advocacy/count.go", `if known && r.TTL > 0 && !c.Now.Before(d.Time.Add(r.TTL)) {`, `if known && r.TTL < 0 {`, rules},
	{"role at send, without a gap", "internal/advocacy/count.go", `if !c.Members[d.Person].HeldSince(d.Role, d.Time) {`, `if false {`, rules},
	{"sticky veto", "internal/advocacy/count.go", `if d.Verdict.Negative() && !c.superseded(d) && !c.cleared(d) {`, `if false {`, rules},
	{"distinct persons", "internal/advocacy/count.go", `if busy && !m.fill(at, tried) {`, `if false {`, rules},
	{"policy floor", "internal/advocacy/count.go", `return c.Review.Plan.Join(c.Floor) }`, `return c.Review.Plan }`, rules},
	{"hold at send", "internal/advocacy/gate.go", `add(p.Holds[i].Stops(x, p.Post.Author), BlockHold`, `add(false, BlockHold`, rules},
	{"head at send", "internal/advocacy/gate.go", `add(x.Revision != p.Head, BlockNotHead, "")`, `add(false, BlockNotHead, "")`, rules},
	{"digest recomputed at send", "internal/advocacy/gate.go", `add(!p.bytesHold(), BlockBytes, "")`, `add(false, BlockBytes, "")`, rules},
	{"author active at send", "internal/advocacy/gate.go", `add(!p.Author.Active(), BlockAuthorInactive`, `add(false, BlockAuthorInactive`, rules},
	{"window at send", "internal/advocacy/gate.go", `add(p.Now.Before(x.DueTime) || p.windowOver(), BlockWindow, "")`, `add(false, BlockWindow, "")`, rules},
	{"counted again at send", "internal/advocacy/gate.go", `if tally := p.Tally(); !tally.Satisfied {`, `if tally := p.Tally(); false {`, rules},
	{"author's assent", "internal/advocacy/gate.go", `if a.Person != p.Post.Author || a.Digest != p.Publication.Digest {`, `if false {`, rules},
	{"whole re-check at send", "internal/publish/gate.go", `if verdict != advocacy.GateSend {`, `if false {`, gate},
	{"fencing at the gate", "internal/publish/gate.go", `if x.Epoch != claimed.Epoch || x.State != advocacy.Claimed {`, `if x == nil {`, gate},
	{"fencing at the receipt", "internal/publish/receipt.go", `if x.Epoch != mine.Epoch || x.State != advocacy.Sending {`, `if false {`, gate},
	{"no retry from sending", "internal/publish/sweep.go",
		`return w.lost(ctx, tx, p, x, "the worker that sent this did not come back")`, `return w.putBack(ctx, tx, p, x, waitRetry, tx.Now())`, gate},
	{"unknown is never sent again", "internal/publish/receipt.go", `		return w.lost(ctx, tx, p, x, answer.Message)`,
		`		return w.putBack(ctx, tx, p, x, waitRetry, tx.Now())`, gate},
	{"policy in force is asked at send", "internal/workflow/case.go",
		`return compiled.Evaluate(factsOf(review.Subject.Kind, review.Origin, head.Content, manifest)).Plan, nil`,
		`_ = factsOf(review.Subject.Kind, review.Origin, head.Content, manifest); _ = compiled; return advocacy.Plan{}, nil`, gate},
	{"edit cancels what was scheduled", "internal/workflow/post.go",
		`if err := s.cancelUnsent(ctx, tx, c, p, "a new revision was written"); err != nil {`, `if err := error(nil); err != nil {`, edits},
	{"item in force", "internal/workflow/source.go",
		`if item.InForce != chain.Revision || item.InForceRound != chain.Round || !item.Sharable(s.now(r)) {`, `if item == nil {`, share},
	{"machines never hold the right to decide", "internal/workflow/session.go",
		`if p == advocacy.PermissionDecide || !slices.Contains(s.MachinePermissions, p) {`, `if slices.Contains(s.MachinePermissions, "none") {`, keys},
	{"a request id is used once", "internal/workflow/call.go", `if done.Method != c.Method || done.Body != c.Body {`, `if false {`, calls},
}
