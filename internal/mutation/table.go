package main

import "slices"

// mutant is the code without one guard, or without two that cover for each other.
type mutant struct {
	guard string
	// in is the package whose tests must fail; run narrows them, empty for all.
	in, run string
	changes []change
}

// change replaces a text that stands once in a file.
type change struct {
	file string
	// with is the guard as it stands; without is what is left.
	with, without string
}

// Where the tests are.
const (
	rules = "./internal/advocacy"
	flow  = "./internal/workflow"
	gate  = "./internal/publish"
	house = "./internal/app"
)

// The guards that are taken away alone and in pairs.
var (
	selfReviewAtDecide = change{"internal/advocacy/separation.go", `case c.contributed(p), c.suggested(r, p):`, `case c.suggested(r, p):`}
	selfReviewAtCount  = change{"internal/advocacy/count.go", `if slices.ContainsFunc(d.parties(), c.contributed) {`, `if false {`}
	roleAtDecide       = change{"internal/advocacy/separation.go", `case !c.Members[p].Holds(r.Role):`, `case false:`}
	roleAtSend         = change{"internal/advocacy/count.go", `if !c.Members[d.Person].HeldSince(d.Role, d.Time) {`, `if false {`}
	headAtSend         = change{"internal/advocacy/gate.go", `add(x.Revision != p.Head, BlockNotHead, "")`, `add(false, BlockNotHead, "")`}
	editCancels        = change{"internal/workflow/post.go",
		`if err := s.cancelUnsent(ctx, tx, c, p, network.Say(advocacy.AnswerNewRevision)); err != nil {`, `if _, err := network.Say, error(nil); err != nil {`}
)

// mutants are all of them. The watch comes first: its tests wait out their patience, while
// others work.
func mutants() []mutant {
	return slices.Concat(
		fromTheWatch(), fromTheModel(), fromTheHouse(), fromTheDesk(), fromTheBackup(), fromThePeople(), fromThePast(), takenBack(), fromTheReaders(), fromTheMedia(), fromTheFiles(), fromTheCards(),
		fromTheLinks(), fromTheTerms(), fromDisclosures(), fromRelations(), fromTheShelves(), fromTheSearch(), fromTheOwners(), fromTheAnswerers(), fromTheAnswers(), fromTheBounds(), fromTheTray(), fromTheNetworks(), fromTheDeliveries(), fromRepeats(),
		fromFacebook(), inContainers(), overKeys(), fromLinkedIn(), fromX(), fromMattermost(), fromSlack(), fromTeams(), fromWordPress(), byHand(), fromTheHolds(), fromTheChanges(), fromSigningIn(), fromTheCrashes(), underStrain(), onThePages(), fromThePolicies(), ofFeasibility(), aboutTurns(),
	)
}

// fromTheModel is the table of APPROVAL 2.6, in its order: guards whose removal, in a
// model of the rules, let something out. The comments are the shortest bad runs.
func fromTheModel() []mutant {
	return []mutant{
		// author edits; PR approves while showing r0; r1 is sent
		{"digest named by the client", rules, "", []change{{"internal/advocacy/decide.go",
			`if shown != c.Review.Digest || c.Review.Digest != c.HeadDigest || c.Review.Revision != c.Head {`, `if false {`}}},
		{"who decided on stale bytes is told which revision to look at", rules, "TestDecideNamesTheNewRevision", []change{{"internal/advocacy/decide.go",
			`.With("revision", c.Review.Subject.RevisionName(c.Head))`, ``}}},
		// approve A; edit to B; edit back to A; sent on the old approval
		{"round isolation", rules, "", []change{{"internal/advocacy/count.go", `if d.Round != c.Review.Round { // guard`, `if false { // guard`}}},
		// approve; role revoked; sent
		{"role at send, without a gap", rules, "", []change{roleAtSend}},
		// author approves; sent
		{"separation of duties", flow, "TestWritersNeverSign", []change{selfReviewAtDecide, selfReviewAtCount}},
		{"separation of duties, when deciding", rules, "", []change{selfReviewAtDecide}},
		{"separation of duties, when counting", rules, "", []change{selfReviewAtCount}},
		// author's second account approves; sent
		{"separation by person, not by login", flow, "TestMergedMemberships|TestStoryOfASecondMembership", []change{{"internal/advocacy/separation.go",
			`return slices.ContainsFunc(c.Contributors, func(q PersonID) bool { return c.person(q) == c.person(p) })`, `return slices.Contains(c.Contributors, p)`}}},
		// dual-role holder approves as legal and as PR; sent
		{"distinct persons, when deciding", flow, "TestOnePersonFillsOneSlot", []change{{"internal/advocacy/decide.go",
			`in.Verdict == Approve && other != nil && !c.fillsAnother(r, actor.Person) {`, `false && other != nil {`}}},
		{"distinct persons, when counting", flow, "TestEverySignatureCounts", []change{{"internal/advocacy/count.go",
			`at, busy := m.holder[p]`, `at, busy := m.holder[p], false`}}},
		{"distinct persons, by moving", rules, "", []change{{"internal/advocacy/count.go", `if busy && !m.fill(at, tried) {`, `if false {`}}},
		// approve under old policy; policy becomes stricter; sent
		{"policy floor", rules, "", []change{{"internal/advocacy/count.go", `return c.Review.Plan.Join(c.Floor)`, `return c.Review.Plan`}}},
		{"a signature is counted by the policy in force too", rules, "", []change{{"internal/advocacy/count.go",
			`return c.Review.Plan.FindJoined(c.Floor, key) // guard`, `return c.Review.Plan.Find(key) // guard`}}},
		{"precondition, when counting", flow, "TestPreconditionStopsWhatIsScheduled", []change{{"internal/advocacy/count.go",
			`for _, u := range c.Unmet { // guard`, `for _, u := range c.Unmet[:0] { // guard`}}},
		{"precondition, at submit", flow, "TestPreconditionAtSubmit", []change{{"internal/workflow/submit.go",
			`if err := guardPreconditions(routed.Unmet); err != nil {`, `if err := guardPreconditions(nil); err != nil {`}}},
		{"a precondition that fails does not hold", "./internal/routing", "TestStories", []change{{"internal/routing/evaluate.go",
			`failed || !holds { // guard`, `!failed && !holds { // guard`}}},
		{"a rule that fails adds", "./internal/routing", "TestErrorsAdd", []change{{"internal/routing/evaluate.go",
			`out.Plan = out.Plan.Join(advocacy.Plan{Requirements: c.onError()}) // guard`, `_ = c.onError // guard`}}},
		{"two persons for a policy", flow, "TestTwoPersons", []change{{"internal/workflow/activate.go",
			`if same { // guard`, `if same && false { // guard`}}},
		{"simulation of this policy against that", flow, "TestTwoPersons", []change{{"internal/workflow/activate.go",
			`if m.Policy != next.ref() || d.Of != next.ref() || m.Base != now.ref() || m.State != SimulationSucceeded { // guard`, `if false { // guard`}}},
		{"unroutable reviews are acknowledged", flow, "TestUnroutableIsAcknowledged", []change{{"internal/workflow/activate.go",
			`if m.Report.Unroutable > 0 && !d.Acknowledge { // guard`, `if false { // guard`}}},
		{"no expedited route but the policy's", flow, "TestExpedited", []change{{"internal/workflow/submit.go",
			`if review.Expedited && !routed.Expedited { // guard`, `if false { // guard`}}},
		{"policy in force is asked at send", flow, "TestStricterPolicy", []change{{"internal/workflow/case.go",
			`cs.Floor, cs.Unmet = result.Plan, result.Unmet // guard`, `cs.Unmet = result.Unmet // guard`}}},
		// approve; time passes; sent
		{"expiry of a signature", flow, "TestSignaturesAge", []change{{"internal/advocacy/count.go",
			`if known && r.TTL > 0 && !c.Now.Before(d.Time.Add(r.TTL)) {`, `if known && r.TTL < 0 {`}}},
		// PR approves; legal vetoes; sent
		{"sticky veto", flow, "TestObjectionOutlivesTheRound", []change{{"internal/advocacy/count.go",
			`if d.Verdict.Negative() && !c.superseded(d) && !c.cleared(d) {`, `if false {`}}},
		// authorize; hold; sent
		{"hold at send", rules, "", []change{{"internal/advocacy/gate.go", `add(p.Holds[i].Stops(x, p.Bearing), BlockHold`, `add(false, BlockHold`}}},
		// approve; authorize; veto; sent
		{"whole re-check at send", gate, "TestGateLooksAgain", []change{{"internal/publish/gate.go", `if verdict != advocacy.GateSend {`, `if false {`}}},
		{"counted again at send", rules, "", []change{{"internal/advocacy/gate.go", `if tally := p.Tally(); !tally.Satisfied {`, `if tally := p.Tally(); false {`}}},
		// two workers claim; both send
		{"fencing at the gate", gate, "", []change{{"internal/publish/gate.go",
			`if x.Epoch != claimed.Epoch || x.State != advocacy.Claimed {`, `if x == nil {`}}},
		{"fencing at the receipt", gate, "", []change{{"internal/publish/receipt.go",
			`if x.Epoch != mine.Epoch || x.State != advocacy.Sending {`, `if false {`}}},
		// sent, result lost; sent again
		{"an account's posts go out in their order", gate, "TestAccountKeepsItsOrder", []change{{"internal/publish/worker.go",
			"if behind {", "if behind && false {"}}},
		{"no retry from sending", gate, "", []change{{"internal/publish/sweep.go",
			`return w.lost(ctx, tx, p, x, network.Say(advocacy.AnswerWorkerLost))`, `return w.putBack(ctx, tx, p, x, waitRetry, tx.Now())`}}},
		{"unknown is never sent again", flow, "TestUnknownWaitsForAPerson", []change{{"internal/publish/receipt.go",
			`		return w.lost(ctx, tx, p, x, answer.Said)`, `		return w.putBack(ctx, tx, p, x, waitRetry, tx.Now())`}}},
		// commit-send; edit; wrong bytes leave
		{"payload of the publication's own revision", flow, "TestGateReadsThePublicationsBytes", []change{{"internal/workflow/passage.go",
			`revision, err := tx.Revision(ctx, p.Subject(), x.Revision)`, `revision, err := tx.Revision(ctx, p.Subject(), p.Head)`}}},
		// approve; authorize; edit; old revision sent
		{"head at send, and edit cancels", flow, "TestEdit", []change{headAtSend, editCancels}},
		{"head at send", rules, "", []change{headAtSend}},
		{"edit cancels what was scheduled", flow, "TestEditOfASignedPost", []change{editCancels}},
		// non-holder approves; sent
		{"role at decide, and at send", flow, "TestWhoMayNotDecide", []change{roleAtDecide, roleAtSend}},
		{"role held when deciding", rules, "", []change{roleAtDecide}},
	}
}

// fromTheHouse are guards the model had no words for: assent, the library, machines, and
// what must not have a second effect.
func fromTheHouse() []mutant {
	return []mutant{
		{"another time is routed again", flow, "TestRoutingInputAddsARole", []change{{"internal/workflow/authorize.go",
			`if err := s.recount(ctx, tx, c, u); err != nil {`, `if err := error(nil); err != nil {`}}},
		{"open discussions hold up", rules, "", []change{{"internal/advocacy/count.go", `for i := range c.OpenThreads {`, `for i := range c.OpenThreads[:0] {`}}},
		{"a discussion is counted at once", flow, "TestOpenThreadStopsWhatIsScheduled", []change{{"internal/workflow/discussion.go",
			`return t, s.heldUp(ctx, tx, c, f)`, `return t, nil`}}},
		{"a resolved discussion is counted at once", flow, "TestOpenThreadHoldsUp", []change{{"internal/workflow/discussion.go",
			`return t, string(t.ID), s.heldUp(ctx, tx, c, f)`, `return t, string(t.ID), nil`}}},
		{"nothing is held up that is leaving", flow, "TestOpenThreadHoldsUp", []change{{"internal/workflow/discussion.go", `} else if begun {`, `} else if begun && false {`}}},
		{"only approvers hold up", rules, "TestWhoOpensADiscussion", []change{{"internal/advocacy/thread.go", `case blocking: // guard`, `case blocking && false: // guard`}}},
		{"opener or the same role resolves", rules, "TestWhoTurnsADiscussion", []change{{"internal/advocacy/thread.go",
			`case t.Role == "" || !d.Member.Holds(t.Role):`, `case false:`}}},
		{"nobody lifts what holds up their own words", rules, "TestWhoTurnsADiscussion", []change{{"internal/advocacy/thread.go",
			`case t.Blocking && d.Wrote:`, `case false:`}}},
		{"nobody is pointed to what he or she may not see", flow, "TestMentions", []change{{"internal/workflow/forum.go",
			`} else if !may {`, `} else if !may && false {`}}},
		{"suggesters do not sign, when counting", rules, "", []change{{"internal/advocacy/count.go",
			`if slices.ContainsFunc(d.parties(), func(p PersonID) bool { return c.suggested(r, p) }) {`, `if false {`}}},
		{"suggesters do not sign, when deciding", rules, "", []change{{"internal/advocacy/separation.go",
			`case c.contributed(p), c.suggested(r, p):`, `case c.contributed(p):`}}},
		{"digest of the decision", rules, "", []change{{"internal/advocacy/count.go", `if d.Digest != c.Review.Digest {`, `if false {`}}},
		{"assent names the head's digest", flow, "TestSubmitNamesTheHead", []change{{"internal/advocacy/guard.go",
			`if shown != head.Digest { // guard: assent`, `if false { // guard: assent`}}},
		{"author's assent", rules, "", []change{{"internal/advocacy/gate.go",
			`if a.Person != p.Post.Author || a.Digest != p.Publication.Digest {`, `if false {`}}},
		{"no key speaks for a person", flow, "TestMachineSpeaksForNobody", []change{{"internal/workflow/submit.go", `		if a.Personal {`, `		if false {`}}},
		{"digest recomputed at send", rules, "", []change{{"internal/advocacy/gate.go", `add(!p.bytesHold(), BlockBytes, "")`, `add(false, BlockBytes, "")`}}},
		{"author active at send", rules, "", []change{{"internal/advocacy/gate.go", `add(!p.Author.Active(), BlockAuthorInactive`, `add(false, BlockAuthorInactive`}}},
		{"withdrawn at send", flow, "TestEveryFactOfThePassageCounts", []change{{"internal/advocacy/gate.go",
			`add(p.Post.Withdrawn, BlockWithdrawn, "")`, `add(false, BlockWithdrawn, "")`}}},
		{"nothing goes out through an account nobody vouches for", flow, "TestAttestation", []change{{"internal/advocacy/gate.go",
			`!p.Account.Attested(p.Now), BlockAttestation`, `!p.Account.Attested(p.Now) && false, BlockAttestation`}}},
		{"who answers for an account vouches for it", flow, "TestAttestation", []change{{"internal/workflow/account.go",
			`if c.Actor.Kind != advocacy.Human || c.Actor.Person != a.Owner && c.Actor.Person != a.Deputy { // guard`, `if false { // guard`}}},
		{"account ready at send", flow, "TestAccountSwitchedOff", []change{{"internal/advocacy/gate.go",
			`add(!p.accountReady(), BlockAccount`, `add(false, BlockAccount`}}},
		{"window at send", rules, "", []change{{"internal/advocacy/gate.go",
			`add(p.Now.Before(x.DueTime) || p.windowOver(), BlockWindow, "")`, `add(false, BlockWindow, "")`}}},
		{"nothing goes out twice", flow, "TestLostSignatureOfWhatIsLeft", []change{{"internal/workflow/authorize.go", `if r.reached(target.Account) {`, `if r.reached(target.Account) && false {`}}},
		{"rejected bytes never come back", flow, "TestRejectedBytesNeverComeBack", []change{{"internal/workflow/objection.go",
			`if d.Verdict == advocacy.Reject && d.Digest == digest && !taken {`, `if taken && false {`}}},
		{"a time that was missed is not made up for", flow, "TestLateSignature", []change{{"internal/workflow/authorize.go",
			`if chosen && tx.Now().Sub(due) > lateGrace {`, `if false {`}}},
		{"item in force", flow, "TestUnsentShareOfWordsThatCameBack", []change{{"internal/workflow/source.go",
			`if item.InForce != chain.Revision || item.InForceRound != chain.Round {`, `if item == nil {`}}},
		{"unedited", flow, "TestLibraryChainIsReadAtTheGate", []change{{"internal/workflow/source.go",
			`Matches: advocacy.OriginOf(shows, from.manifest) == review.Origin,`, `Matches: true,`}}},
		{"machines never hold the right to decide", flow, "TestNoKeyCanDecide", []change{{"internal/workflow/session.go",
			`if p == advocacy.PermissionDecide || !slices.Contains(s.MachinePermissions, p) {`, `if !slices.Contains(s.MachinePermissions, p) {`}}},
		{"a request id is of one call", flow, "TestEveryChangeHasOneEffect", []change{{"internal/workflow/call.go",
			`if done.Method != c.Method || done.Body != c.Body {`, `if false {`}}},
		{"a request is remembered", flow, "TestEveryChangeHasOneEffect", []change{{"internal/workflow/call.go",
			`return c.remember(ctx, tx, w, result)`, `_ = result; return nil`}}},
		{"a stale read changes nothing", flow, "TestWhoMayEdit|TestDecisionNamesBytes", []change{{"internal/workflow/call.go",
			`if read != 0 && read != now {`, `if false {`}}},
		{"posts of others are not found", flow, "TestPostsAreTheAuthorsAlone", []change{{"internal/workflow/post.go",
			`p.MayWrite(c.Actor.Person) || c.may(mayReadAllPosts)`, `p.MayWrite(c.Actor.Person) || true`}}},
		{"nobody grants to oneself", flow, "TestNobodyGrantsToOneself", []change{{"internal/workflow/member.go",
			`if c.Actor.Kind == advocacy.Human && c.Actor.Person == m.Person {`, `if false {`}}},
		{"no veto in a batch", rules, "TestWhatCanBeDecidedTogether", []change{{"internal/advocacy/batch.go", `return r.Veto }): // guard`, `return r.Veto && false }): // guard`}}},
		{"no objection in a batch", rules, "TestWhatCanBeDecidedTogether", []change{{"internal/advocacy/batch.go",
			`case len(c.Objections()) > 0:`, `case false:`}}},
		{"one rule set in a batch", rules, "TestWhatCanBeDecidedTogether", []change{{"internal/advocacy/batch.go",
			`case c.need().RuleSet() != rules:`, `case false:`}}},
		{"a batch ends with its session", flow, "TestBatchEndsWithItsAuthority", []change{{"internal/workflow/batch.go",
			`if !session.RevokeTime.IsZero() || !now.Before(session.ExpireTime) {`, `if now.IsZero() {`}}},
		{"somebody else's claim", rules, "TestDecidingUnderClaims", []change{{"internal/advocacy/claim.go", `if c.Other(p, now) && !in.OverrideClaim {`, `if false {`}}},
		{"claim epoch", rules, "TestDecidingUnderClaims", []change{{"internal/advocacy/claim.go",
			`if in.ClaimEpoch != 0 && in.ClaimEpoch != c.Epoch {`, `if false {`}}},
		{"only who could sign claims", flow, "TestClaimsStandBesideTheReview", []change{{"internal/workflow/task.go", `case !cs.CanSign(r, p):`, `case false:`}}},
		{"who is asked could sign", flow, "TestReassigned", []change{{"internal/workflow/task.go",
			`if err := s.guardSigner(ctx, tx, t, to); advocacy.KindOf(err) == advocacy.Denied {`, `if err := error(nil); err != nil {`}}},
		{"turns of others are not found", flow, "TestWhoMayClaim", []change{{"internal/workflow/task.go",
			`if c.may(mayReadAllPosts) || t.Author == p || t.Person == p ||`, `if true || t.Author == p || t.Person == p ||`}}},
		{"validate only", flow, "TestCouldI", []change{{"internal/workflow/decide.go", `if v.ValidateOnly { // guard`, `if false { // guard`}}},
		{"snooze within 30 days", flow, "TestSnooze", []change{{"internal/workflow/task.go",
			`!until.IsZero() && (!until.After(now) || until.After(now.Add(snoozeMost))):`, `false:`}}},
		{"one admin stays", flow, "TestOneAdminStays", []change{{"internal/workflow/member.go", `if others[advocacy.RoleAdmin] == 0 {`, `if others == nil {`}}},
	}
}

// fromThePeople are guards about who may sign: that it is a human who saw it, what bars a
// person, what somebody may sign for somebody else, and whose words somebody takes.
func fromThePeople() []mutant {
	return []mutant{
		{"only approvers suggest", rules, "TestWhoSuggests", []change{{"internal/advocacy/suggestion.go",
			`case len(d.signs()) == 0:`, `case false:`}}},
		{"a suggestion is for the head", flow, "TestSuggestionsAreForTheHead", []change{{"internal/advocacy/suggestion.go",
			`if g.Revision != head.Number || g.Digest != head.Digest {`, `if false {`}}},
		{"only who may change items takes words for one", flow, "TestSuggestionForAnItem", []change{{"internal/workflow/suggestion.go",
			`if !c.may(mayUpdateItems) {`, `if false {`}}},
		{"merged memberships are one person", rules, "", []change{{"internal/advocacy/separation.go",
			`if m := c.Members[p]; m != nil && m.MergedInto != "" {`, `if m := c.Members[p]; m != nil && false {`}}},
		{"excluded relations", rules, "", []change{{"internal/advocacy/separation.go", `if c.related(e, p, q) {`, `if c.related(e, p, q) && false {`}}},
		{"a reporting line is between persons", rules, "TestTallyClauses", []change{{"internal/advocacy/separation.go",
			`p, q = c.person(p), c.person(q) // guard`, `p, q = c.person(p), q // guard`}}},
		{"whom a merged membership reports to", rules, "TestTallyClauses", []change{{"internal/advocacy/separation.go",
			`who := c.person(p) // guard`, `who := p // guard`}}},
		{"groups of every membership", rules, "TestTallyClauses", []change{{"internal/advocacy/separation.go",
			`return slices.Concat(c.Members[p].GroupNames(), c.Groups[c.person(p)])`, `return c.Members[p].GroupNames()`}}},
		{"relations of every membership", flow, "TestMergedRelations", []change{{"internal/workflow/case.go",
			`merged, err := r.MergedMembers(ctx, w, fresh)`, `merged, err := r.MergedMembers(ctx, w, nil)`}}},
		{"who recused signs nothing", rules, "", []change{{"internal/advocacy/count.go", `if slices.ContainsFunc(d.parties(), c.Recused) {`, `if false {`}}},
		{"step-up when deciding", rules, "", []change{{"internal/advocacy/decide.go", `if r.StepUp && !actor.SteppedUp(c.Now) {`, `if false {`}}},
		{"no step-up without a factor", rules, "", []change{{"internal/advocacy/separation.go",
			`return r.StepUp && c.Factor == NoFactor`, `return r.StepUp && false`}}},
		{"a step-up by nothing is looked at", flow, "TestStepUpByNothing", []change{{"internal/workflow/case.go",
			`len(cs.Suggesters) == 0 && !cs.Unprovable(req)`, `len(cs.Suggesters) == 0`}}},
		{"step-up when counting", rules, "", []change{{"internal/advocacy/count.go", `if known && r.StepUp && !d.SteppedUp {`, `if false {`}}},
		{"delegation in its interval, not revoked", rules, "", []change{{"internal/advocacy/delegation.go",
			`return g != nil && g.RevokeTime.IsZero() && !t.Before(g.Start) && t.Before(g.End)`, `return g != nil`}}},
		{"delegation of this role, one step", rules, "", []change{{"internal/advocacy/delegation.go",
			`return g != nil && g.Delegate == delegate && g.Delegator == delegator && g.Role == role`, `return g != nil && g.Delegate == delegate`}}},
		{"role held by whom it is for", rules, "", []change{{"internal/advocacy/lending.go",
			`if !c.Members[g.Delegator].HeldSince(r.Role, g.CreateTime) {`, `if false {`}}},
		{"a role that signs when standing in", rules, "", []change{{"internal/advocacy/lending.go",
			`if !c.Members[actor.Person].signs(c.Now) {`, `if false {`}}},
		{"delegator holds the role without a gap", rules, "", []change{{"internal/advocacy/lending.go",
			`if !c.Members[d.OnBehalfOf].HeldSince(d.Role, g.CreateTime) {`, `if false {`}}},
		{"delegate may sign without a gap", rules, "", []change{{"internal/advocacy/lending.go",
			`if !c.Members[d.Person].signs(d.Time) {`, `if false {`}}},
		{"delegator and delegate fill one slot", rules, "", []change{{"internal/advocacy/count.go",
			`if slices.ContainsFunc(used, func(o *Decision) bool { return c.involve(d, o) }) {`, `if false {`}}},
		{"who signs for two, or lets two sign, is one", rules, "", []change{{"internal/advocacy/lending.go",
			`if !slices.ContainsFunc(more, func(o *Decision) bool { return c.involve(d, o) }) {`, `if true {`}}},
		{"delegator and delegate sign once, when deciding", rules, "", []change{{"internal/advocacy/decide.go",
			`if in.Verdict == Approve && c.signedTogether(actor.Person, in.OnBehalfOf, r.Key) {`, `if false {`}}},
		{"nobody takes another's signature", rules, "", []change{{"internal/advocacy/delegation.go",
			`case g.Creator == g.Delegate:`, `case false:`}}},
		{"humans decide", rules, "", []change{{"internal/advocacy/decide.go", `if actor.Kind != Human {`, `if false {`}}},
		{"no verdict on bytes nobody served", rules, "", []change{{"internal/advocacy/decide.go",
			`if c.viewed(actor.Person).IsZero() {`, `if false {`}}},
		{"no signature on bytes nobody served", rules, "", []change{{"internal/advocacy/count.go", `if d.blind() {`, `if false {`}}},
		{"what was taken away from a role stays away", rules, "TestOffer", []change{{"internal/advocacy/people.go",
			`gained := without(own, known)`, `gained := d.Lacks(own)`}}},
		{"an upgrade leaves an admin's roles alone", flow, "TestRolesAreUpgradedOnce", []change{{"internal/workflow/upgrade.go",
			`case role.Builtin:`, `case true:`}}},
		{"humans view", flow, "TestViewLeavesOneReceipt", []change{{"internal/advocacy/receipt.go", `if actor.Kind != Human {`, `if false {`}}},
	}
}

// fromTheWatch are the guards of queues that are followed.
func fromTheWatch() []mutant {
	const watch, door = "internal/workflow/watch.go", "./internal/grpcapi"
	return []mutant{
		{"what differs is written", "./internal/store", "TestSQLite/RoundTrip/HeldPost", []change{{"internal/store/held.go",
			`if !d.held || !sameValue(was[i], d.now[i]) { // guard`, `if !d.held || len(was) == 0 { // guard`}}},
		{"a plan that is kept is nobody's to change", "./internal/store", "TestSQLite/ChangedInPlace", []change{{"internal/store/plan.go",
			`plan.Clone(), text // guard`, `plan, text // guard`}}},
		{"what is due was counted in these hours", flow, "TestTimeIsCountedInItsOwnHours", []change{{"internal/workflow/deadline.go",
			`of := memo.State{Workspace: w, Name: string(id), Number: int64(revision)} // guard`, `of := memo.State{Workspace: w, Name: string(id)} // guard`}}},
		{"the document of this digest", "./internal/store", "TestSQLite/DocumentsByDigest", []change{{"internal/store/policy.go",
			`if row.Digest == known.digest && known.digest != "" { // guard`, `if known.digest != "" { // guard`}}},
		{"what was saved is what is held", "./internal/store", "TestSQLite/SavedAgain", []change{{"internal/store/held.go",
			`if d.held { // guard`, `if false { // guard`}}},
		{"what is known of closed turns is forgotten", "./internal/store", "TestSQLite/SavedAgain", []change{{"internal/store/task.go",
			`clear(t.held) // guard`, `_ = t.held // guard`}}},
		{"nobody is refused for what was never committed", "./internal/store/groupcommit", "TestRefusalWaitsForWhatItSaw",
			[]change{{"internal/store/groupcommit/batch.go", `case len(b.done) == 0:`, `case len(b.done) >= 0:`}}},
		{"nothing is read past a change that may still come", "./internal/store", "TestPostgres/LateCommit", []change{{"internal/store/change.go",
			`l.and("change < " + settled)`, `_ = settled`}}},
		{"a token of a future that is not known", flow, "TestWatchEnds", []change{{watch,
			` || f.From.Change > clock.Latest+1 {`, ` {`}}},
		{"a token of before a restore", flow, "TestWatchEnds", []change{{watch, `f.From.Epoch != clock.Epoch || `, ``}}},
		{"nothing is sent by rights that were lost", flow, "TestWatchEnds", []change{{watch,
			`if err == nil && basis != f.place.Basis {`, `if err == nil && basis == "" {`}}},
		{"a stream ends with its session", "./internal/apitest", "TestWatchEndsWithTheSession", []change{{"internal/grpcapi/watch.go",
			`if err := t.renew(ctx); err != nil {`, `if err := error(nil); err != nil {`}}},
		{"a bound on who follows queues", door, "TestWatchesAreCounted", []change{{"internal/grpcapi/watch.go",
			`if w.all >= mostWatches || w.whose[who] >= mostOwnWatches {`, `if false {`}}},
		{"a token is no older than it may be", door, "TestResumeTokens", []change{{"internal/grpcapi/watch.go",
			`if r.now().Sub(time.Unix(t.Given, 0)) > tokenLife {`, `if false {`}}},
	}
}

// fromThePast are guards about what follows words wherever they turn up again: who wrote
// them, and who objected.
func fromThePast() []mutant {
	return []mutant{
		{"links are looked at only when a rule asks", flow, "TestLinksAreLookedAtOnlyForAPolicyThatAsks", []change{{"internal/workflow/link.go",
			`return compiled.Needs().Links, nil`, `return compiled.Needs().Links || true, nil`}}},
		{"an old look is none", flow, "TestNoLookIsNone", []change{{"internal/workflow/link.go",
			`return a.anew && f.Time.Sub(c.Time) > linkLife`, `return false`}}},
		{"a link nobody checked is not reachable", "./internal/routing", "TestLinkNobodyChecked", []change{{"internal/routing/facts.go",
			`Code: advocacy.LinkNotChecked}`, `Reachable: true}`}}},
		{"redirects end", "./internal/linkcheck", "TestWhatIsReachable", []change{{"internal/fence/client.go",
			`if len(before) > maxRedirects { // guard`, `if false { // guard`}}},
		{"a look is fenced", "./internal/linkcheck", "TestWhatIsReachable", []change{{"internal/fence/client.go",
			`ControlContext: f.Secure, `, ``}}},
		{"humans reroute", flow, "TestRerouteRefuses", []change{{"internal/advocacy/reroute.go",
			`if actor.Kind != Human { // guard`, `if false { // guard`}}},
		{"only an open round is routed again", flow, "TestRerouteRefuses", []change{{"internal/advocacy/reroute.go",
			`if s := c.Review.State; s == ReviewApproved || !s.Live() { // guard`, `if s := c.Review.State; s == "" { // guard`}}},
		{"no writer reroutes", flow, "TestRerouteRefuses", []change{{"internal/advocacy/reroute.go",
			`if c.contributed(actor.Person) || slices.ContainsFunc(c.Suggesters, same) { // guard`, `if same("") { // guard`}}},
		{"preconditions when routed again", flow, "TestRerouteWavesNothingThrough", []change{{"internal/workflow/reroute.go",
			`if err := guardPreconditions(routed.Unmet); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
		{"objections when routed again", flow, "TestRerouteApprovesNothing", []change{{"internal/workflow/reroute.go",
			`openObjections(routed.Plan, cs.Anew())`, `routed.Plan`}}},
		{"signed over objections when routed again", flow, "TestRerouteApprovesNothing", []change{{"internal/workflow/reroute.go",
			`openObjections(routed.Plan, cs.Anew())`, `openObjections(routed.Plan, cs)`}}},
		{"the plan before stays on record", flow, "TestRerouteTakesAway", []change{{"internal/workflow/reroute.go",
			`return tx.AddFormerPlan(ctx, &f)`, `return nil`}}},
		{"nobody waits for what is not asked any more", flow, "TestRerouteTakesAway", []change{{"internal/workflow/case.go",
			`return append(tasks, dropped(tasks, shown.before)...)`, `return tasks`}}},
		{"only one's own approval is reaffirmed", flow, "TestReaffirmRefuses", []change{{"internal/workflow/reaffirm.go",
			`(!same || decisions[i].Verdict != advocacy.Approve) { // guard`, `!same && false { // guard`}}},
		{"the same bytes are reaffirmed", flow, "TestReaffirmRefuses", []change{{"internal/workflow/reaffirm.go",
			`if former.Digest != v.Digest { // guard`, `if false { // guard`}}},
		{"whose turn what the author can mend is", rules, "TestWhoseTurnAndWhy", []change{{"internal/advocacy/attention.go",
			`return len(c.Unmet) > 0 || `, `return `}}},
		{"a turn waits since something that happened", rules, "TestWhoseTurnAndWhy", []change{{"internal/advocacy/attention.go",
			`since := later(signed, th.CreateTime) // guard`, `since := c.Now // guard`}}},
		{"a signature is lost when it happened", rules, "TestSinceIsOfTheState", []change{{"internal/advocacy/attention.go",
			`when = later(when, c.gone(d)) // guard`, `when = later(when, c.Now) // guard`}}},
		{"who signed can answer what they asked", flow, "TestTurnOfWhoCanHelp", []change{{"internal/workflow/case.go",
			`if role.Approver() { // guard`, `if false { // guard`}}},
		{"a delegate is shown what he or she could sign", flow, "TestTurnOfTheDelegator", []change{{"internal/workflow/queue.go",
			`slices.Contains(q.StandsIn[t.Role], t.Person) && !barred // guard`, `slices.Contains(q.StandsIn[t.Role], t.Person) && (barred || true) // guard`}}},
		{"what bars a delegate from claiming", flow, "TestDelegateClaims", []change{{"internal/advocacy/lending.go",
			`|| slices.Contains(c.Excluded(), p) { // guard`, `&& false { // guard`}}},
		{"a delegate who could sign claims", flow, "TestDelegateClaims", []change{{"internal/workflow/task.go",
			`if cs.CanStandIn(r, p, &lent[i]) { // guard`, `if cs.CanStandIn(r, p, &lent[i]) || true { // guard`}}},
		{"a copy inherits objections", flow, "TestCopyLaundersNothing", []change{{"internal/workflow/objection.go",
			`for _, role := range p.Objectors { // guard`, `for _, role := range p.Objectors[:0] { // guard`}}},
		{"a copy inherits its writers", flow, "TestCopyLaundersNothing", []change{{"internal/workflow/copy.go",
			`rev.Contributors = join(rev.Contributors, o.contributors) // guard`, `_ = o.contributors // guard`}}},
		{"only the author and co-authors edit", rules, "TestMayWrite", []change{{"internal/advocacy/guard.go",
			`if !p.MayWrite(actor.Person) { // guard`, `if false { // guard`}}},
		{"only the author chooses the time", rules, "TestMayWrite", []change{{"internal/advocacy/guard.go",
			`if actor.Person != p.Author { // guard`, `if false { // guard`}}},
		{"only the author names co-authors", rules, "TestAddCoAuthor", []change{{"internal/advocacy/coauthor.go",
			`case actor.Kind == System || actor.Person != p.Author: // guard`, `case false: // guard`}}},
		{"nobody wrote what is out already", rules, "TestAddCoAuthor", []change{{"internal/advocacy/coauthor.go",
			`if sent { // guard`, `if false { // guard`}}},
		{"only the author, or oneself, removes a co-author", rules, "TestRemoveCoAuthor", []change{{"internal/advocacy/coauthor.go",
			`case actor.Person != p.Author && actor.Person != who: // guard`, `case false: // guard`}}},
		{"naming a co-author is counted at once", flow, "TestNamedSignerStopsCounting", []change{{"internal/workflow/coauthor.go",
			`err := s.reassess(ctx, tx, p.Subject(), p.Round); err != nil { // guard`, `err := error(nil); err != nil { // guard`}}},
		{"a list shows what may be seen", flow, "TestPostsOfACoAuthor", []change{{"internal/workflow/post.go",
			`!c.may(mayReadAllPosts) && q.CoAuthor != own { // guard`, `!c.may(mayReadAllPosts) && q.CoAuthor == "" { // guard`}}},
		{"a list has the publications of posts that may be seen", flow, "TestPublicationsOfAWriter", []change{{"internal/workflow/publication.go",
			`case !c.may(mayReadAllPosts): // guard`, `case false: // guard`}}},
		{"the end of a time is not in it", "./internal/store", "TestSQLite/Filters", []change{{"internal/store/record.go",
			`l.and("record_time < ?", sorted(q.Until))`, `l.and("record_time <= ?", sorted(q.Until))`}}},
		{"who was named is a contributor", "./internal/store", "TestSQLite/NamedOnce", []change{{"internal/store/post.go",
			`if !slices.Contains(all, p) { // guard`, `if false { // guard`}}},
		{"objections to a copied post follow", rules, "TestObjectors", []change{{"internal/advocacy/copy.go",
			`!c.superseded(d) && (!current || !c.cleared(d)) { // guard`, `!c.superseded(d) && false { // guard`}}},
		{"bytes rejected elsewhere ask their judges again", flow, "TestRejectedInAnotherPost", []change{{"internal/workflow/objection.go",
			`for _, role := range roles { // guard`, `for _, role := range roles[:0] { // guard`}}},
	}
}

// ofFeasibility are the guards of whether a round can be finished.
func ofFeasibility() []mutant {
	return []mutant{
		// who signed could sign another one only when somebody takes the first; the round says open, and nobody can finish it
		{"signatures keep their place in what is feasible", rules, "", []change{{"internal/advocacy/feasible.go",
			`return !elsewhere || c.fillsAnother(r, p)`, `return !elsewhere || elsewhere`}}},
		{"a signature more frees who signed before", rules, "", []change{{"internal/advocacy/feasible.go",
			`return !elsewhere || c.fillsAnother(r, p)`, `return !elsewhere`}}},
		{"a signature can end what is feasible", flow, "TestSignatureThatLeavesNobody", []change{{"internal/workflow/case.go",
			`&& !cs.TakesPlace(&cs.Decisions[len(cs.Decisions)-1])`, ``}}},
		{"whom a merge made the writer is not counted", flow, "TestOnlyHolderMergedWithTheWriter", []change{{"internal/workflow/case.go",
			`roles, cs.Excluded()) // guard`, `roles, cs.Contributors) // guard`}}},
		{"a simulation says what nobody could sign", flow, "TestSimulatedStepUpByNothing", []change{{"internal/workflow/simulate.go",
			`r.m.Report.Short = append(r.m.Report.Short, toldShort(short)) // guard`, `_ = short // guard`}}},
		// everybody who was asked is away, and nothing moves until the round expires
		{"who is away is not waited for", flow, "TestAwayAfterBeingAsked", []change{{"internal/workflow/escalate.go",
			`if slices.Contains(e.d.Asked, p) && !slices.Contains(away, p) {`, `if slices.Contains(e.d.Asked, p) {`}}},
		{"that everybody is away is told", flow, "TestAwayAfterBeingAsked", []change{{"internal/workflow/escalate.go",
			`if !asked && len(away) > 0 {`, `if !asked && len(away) > 99 {`}}},
		{"a turn of who is away passes on", flow, "TestAwayAfterBeingAsked", []change{{"internal/workflow/escalate.go",
			`e.task.Assignee != "" && !slices.Contains(away, e.task.Assignee)`, `e.task.Assignee != ""`}}},
		{"an absence is looked at when it begins", flow, "TestAwayAfterBeingAsked", []change{{"internal/workflow/absence.go",
			`d.Next = earliest(d.Next, tx.Now()) // guard`, `d.Next = earliest(d.Next) // guard`}}},
		{"who wrote it before a merge is no holder", flow, "TestOnlyHolderMergedWithTheWriter", []change{{"internal/advocacy/decide.go",
			`for _, q := range []PersonID{p, c.person(p)} {`, `for _, q := range []PersonID{p} {`}}},
	}
}
