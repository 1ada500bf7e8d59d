// Package advocacy is the vocabulary of the service and its rules: what a post, a
// revision, a review and a publication are, which state follows which, who may sign
// what, and when something may leave the house.
//
// It knows no database, no wire format, no network and no clock: the time is always a
// parameter. Everything here is pure, so a rule can be read, tested and explained
// without starting anything.
//
// The rule that keeps it so: this package imports nothing of the house. Everybody else
// imports it.
//
// # A post's life, in the order to read it
//
// Somebody writes. A Post has immutable Revisions; each has a Manifest, the canonical bytes
// of everything the world will see, and their Digest (content.go, manifest.go,
// canonical.go). Whoever wrote any of it is a contributor for ever.
//
// The author submits, naming the digest: that is the Assent. A Review opens with a frozen
// Plan of Requirements (review.go), which package routing made of the policy in force.
// Plans join and never ask for less, but when an admin has an open round routed again
// (reroute.go). Whether anybody can meet one is Case.Shortfalls
// (feasible.go); who never can, and why, is Case.Barred (separation.go).
//
// Approvers are served the bytes, which leaves a Receipt (receipt.go), may claim a turn,
// which grants nothing (claim.go), and decide. Case.Decide is the guard (decide.go); whose
// turn it is and why is Case.Attention (attention.go). A delegate may sign for somebody
// (delegation.go, lending.go); a blocking thread holds everything up until it is resolved
// (thread.go).
//
// Case.Tally counts (count.go, tally.go). It is the only place where signatures become a
// yes: a join of decisions, the round, its bytes, receipts and memberships as they are now,
// matched to slots so that one person fills one. Nothing about it is stored. Case.Outcome
// turns the count into the review's state, Case.Explain into what people are told
// (explain.go), and Passage.Judge into what the gate does in the last instant before a
// request begins (gate.go).
//
// Publications, and nothing else, leave the house; transition.go has every move of reviews
// and publications, and StateOf derives where a post stands (post.go).
//
// # Transitions
//
// Each transition of the reference model, the one function that carries it out and a test
// that holds it. A test of package codebase checks that all of them exist.
//
//	T1   keep a draft             workflow.Service.CreatePost          workflow.TestOwnWordsAreSignedThenPublished
//	T1   copy                     workflow.Service.CopyPost            workflow.TestCopyLaundersNothing
//	T2   edit                     workflow.Service.UpdatePost          workflow.TestEditInEveryState
//	T2   name a co-author         workflow.Service.AddCoAuthor         workflow.TestNamedSignerStopsCounting
//	T3   submit                   workflow.Service.SubmitPost          workflow.TestSubmitNamesTheHead
//	T3   rejected elsewhere       workflow.Service.rejectedElsewhere   workflow.TestRejectedInAnotherPost
//	T4   route                    routing.Compiled.Evaluate            routing.TestRulesOnlyAdd
//	T5   approve                  advocacy.Case.Decide                 advocacy.TestDecideRefuses
//	T6   request changes          advocacy.Case.Outcome                advocacy.TestOutcome
//	T7   reject                   advocacy.Case.Objections             advocacy.TestObjections
//	T8   retract                  workflow.Service.Decide              workflow.TestRetractionReopens
//	T8   taken back by an admin   workflow.Service.RetractDecision     workflow.TestTakenBackByAnAdmin
//	T9   recuse                   advocacy.Case.Recused                workflow.TestRecusalTakesSignaturesAlong
//	T10  sign again               advocacy.Case.standing               workflow.TestSignaturesAge
//	T10  reaffirm                 workflow.Service.Reaffirm            workflow.TestReaffirm
//	T11  claim                    workflow.Service.ClaimTask           workflow.TestClaimAgainstDecide
//	T11  claim for somebody       advocacy.Case.CanStandIn             workflow.TestDelegateClaims
//	T12  reassign                 workflow.Service.ReassignTask        workflow.TestReassigned
//	T13  escalate                 workflow.Service.Escalate            workflow.TestLadder
//	T14  review expires           workflow.Service.ExpireReviews       workflow.TestReviewExpires
//	T15  signature lost           workflow.Service.Reassess            workflow.TestLostWhileScheduled
//	T15  signature ran out        workflow.Service.ReassessRound       workflow.TestAgesWhileScheduled
//	T16  author or topic changed  workflow.Service.Reassess            workflow.TestAuthorBecomesAnother
//	T16  policy activated         workflow.Service.ActivatePolicy      workflow.TestStricterWhileScheduled
//	T16  reroute                  workflow.Service.RerouteReview       workflow.TestRerouteTakesAway
//	T17  item withdrawn           workflow.Service.WithdrawItem        workflow.TestWithdrawnItem
//	T18  authorize                workflow.Service.authorize           workflow.TestEverySignatureCounts
//	T19  claim a publication      publish.Worker.claim                 publish.TestTwoWorkersOnePost
//	T20  commit to send           publish.Worker.gate                  publish.TestGateLooksAgain
//	T20  hand over                workflow.Service.HandOver            publish.TestHandedOverOnce
//	T20  open                     workflow.Service.OpenHandoff         publish.TestOpeningIsJudgedAgain
//	T21  receipt                  publish.Worker.conclude              publish.TestEndings
//	T22  outcome unknown          publish.Worker.lost                  publish.TestUnknownIsNeverSentAgainByAMachine
//	T23  a person resolves        workflow.Service.ResolvePublication  workflow.TestUnknownWaitsForAPerson
//	T23  its person answers       workflow.Service.ConfirmHandoff      publish.TestConfirmHandoff
//	T24  hold, release            workflow.Service.CreateHold          workflow.TestHoldDominates
//	T25  withdraw                 workflow.Service.WithdrawPost        workflow.TestWithdrawAndRecallInEveryState
//	T26  recall                   workflow.Service.RecallPost          publish.TestRecallTakesBack
//
// # Invariants
//
//	I1   bytes                    advocacy.Passage.bytesHold           workflow.TestGateReadsThePublicationsBytes
//	I2   complete                 advocacy.Case.Tally                  advocacy.TestTallyAgreesWithTheOracle
//	I3   no blind approval        advocacy.Case.viewed                 advocacy.TestDecideRefuses
//	I4   head                     advocacy.Passage.Blockers            workflow.TestEveryFactOfThePassageCounts
//	I5   round isolation          advocacy.Case.fault                  workflow.TestEditAwayAndBack
//	I6   append-only              store.tx.AddDecision                 store.TestSQLite
//	I7   separation               advocacy.Case.contributed            workflow.TestWritersNeverSign
//	I8   distinct persons         advocacy.matching.fill               advocacy.TestSignersAreDistinct
//	I9   humans decide            advocacy.Case.Decide                 workflow.TestNoKeyCanDecide
//	I10  authority now            advocacy.Member.HeldSince            workflow.TestRoleLostBeforeSending
//	I11  policy floor             advocacy.Plan.Join                   workflow.TestStricterPolicy
//	I12  non-empty                routing.Compiled.Evaluate            routing.TestNeverAnEmptyPlan
//	I13  fail closed              routing.Compiled.onError             routing.TestStories
//	I14  time is not approval     advocacy.Case.Tally                  advocacy.TestTimeNeverApproves
//	I15  negatives persist        advocacy.Case.cleared                workflow.TestObjectionOutlivesTheRound
//	I16  fresh                    advocacy.Case.fault                  workflow.TestSignaturesAge
//	I17  hold dominates           advocacy.Hold.Stops                  workflow.TestHoldAgainstGateIsLinear
//	I18  at most once             publish.Worker.lost                  workflow.TestWorkersAtOnce
//	I19  fencing                  publish.Worker.receipt               publish.TestOvertakenWorkerDoesNotSend
//	I20  library chain            workflow.Service.standing            workflow.TestLibraryChainIsReadAtTheGate
//	I21  audit                    workflow.Service.record              workflow.TestLifeOfAPost
//	I22  idempotent               workflow.Call.repetition             workflow.TestEveryChangeHasOneEffect
//	I23  choke point              advocacy.Review.Move                 codebase.TestStatesMoveOnlyThroughTransitions
//	I24  honest explanation       advocacy.Case.Explain                advocacy.TestExplanationAndGuardAgree
//	I25  someone's turn           advocacy.Case.Attention              advocacy.TestAlwaysSomebodysTurn
//	I26  feasible or alarmed      advocacy.Case.Shortfalls             advocacy.TestOpenMeansFinishable
//	I27  delegation               advocacy.Case.lendingFault           advocacy.TestLentSignatures
//	I28  claims grant nothing     advocacy.Case.Decide                 advocacy.TestClaimsGrantNothing
//	I29  isolation                store.reader.Post                    workflow.TestWorkspacesAreStrangers
//	I30  derived state            advocacy.StateOf                     workflow.TestAnythingAnybodyDoes
//	I31  author's assent          advocacy.Passage.assented            workflow.TestEveryFactOfThePassageCounts
package advocacy
