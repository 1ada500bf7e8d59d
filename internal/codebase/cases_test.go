package codebase

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// edgeCase is one of the cases an approval engine is judged by, and what proves it.
type edgeCase struct {
	number int
	words  string
	// proof are stories ("post/diff") and tests ("workflow.TestEditOfASignedPost").
	proof string
	// later says what of it cannot be reached yet, and what it waits for.
	later string
}

// edgeCases are the cases of the reference catalogue, by its numbers, which have gaps.
var edgeCases = []edgeCase{
	{1, "author edits between opening and approving", "post/stale_decision workflow.TestDecisionNamesBytes", ""},
	{2, "edit and last approval at once", "workflow.TestApproveAgainstEdit workflow.TestApproveAgainstEditIsLinear", ""},
	{4, "scheduled, and a comma is changed", "post/schedule post/diff workflow.TestEditOfASignedPost", ""},
	{5, "only an internal note is edited", "workflow.TestWhatIsNotPublishedIsNoRevision", ""},
	{6, "a routing input adds a role", "workflow.TestRoutingInputAddsARole", ""},
	{7, "a routing input would remove a role", "workflow.TestRoutingInputTakesNoRole", ""},
	{9, "the preview of a link changed before sending", "", "no network shows previews of links: they come with its connector"},
	{10, "a target is added after approval", "post/targets workflow.TestTargetsAreSigned", ""},
	{11, "two posts with the same text", "workflow.TestTwinsAreStrangers", ""},
	{12, "the author approves", "post/who_may_sign workflow.TestWhoMayNotDecide", ""},
	{15, "an approver edits, then approves", "discussion/outdated_suggestion post/co_author workflow.TestWritersNeverSign workflow.TestNamedSignerStopsCounting", ""},
	{16, "a suggestion is taken unchanged", "discussion/suggestion workflow.TestSuggesterSignsWhereTheRuleSaysSo", ""},
	{18, "one person as legal and as PR", "post/who_may_sign workflow.TestOnePersonFillsOneSlot", ""},
	{20, "everybody's role as an approver's", "routing.TestBadDocuments workflow.TestTheAuthorIsNoSigner", ""},
	{21, "a role is lost after approving", "member/roles workflow.TestRoleLostBeforeSending", ""},
	{22, "the same, where the role at the decision counts", "workflow.TestSignersOfAnItemMayLeave", "of a post every signature is counted by the roles of now; no requirement asks for less"},
	{23, "a role is lost while the decision is under way", "workflow.TestRolesAreReadWhenDeciding workflow.TestDecideAgainstRevocationIsLinear", ""},
	{24, "an approver leaves the company", "member/disabled_stops workflow.TestRoleLostBeforeSending", ""},
	{27, "a stricter policy a minute before", "workflow.TestStricterWhileScheduled workflow.TestDecideAgainstActivationIsLinear", ""},
	{28, "a looser policy under an open review", "policy/reroute workflow.TestLooserWhileOpen workflow.TestRerouteTakesAway", ""},
	{29, "a rule fails on what is missing", "routing.TestErrorsAdd workflow.TestFailedRulesAreKept", ""},
	{31, "no rule matches", "routing.TestNeverAnEmptyPlan workflow.TestDefaultRouting", ""},
	{32, "a policy is put in force by its author", "policy/two_persons workflow.TestTwoPersons workflow.TestSecondMembershipIsNoSecondPerson", ""},
	{33, "a shadow rule matches", "routing.TestShadowChangesNothing", ""},
	{36, "legal rejects after everybody approved", "workflow.TestObjectionAfterAllSigned", ""},
	{37, "a rejection after the request began", "publication/unknown workflow.TestTooLateToObject", ""},
	{39, "a rejection without a veto", "post/stages_and_veto workflow.TestRejectionNeedsAVeto", ""},
	{40, "an approval outlived its time", "workflow.TestSignaturesAge", ""},
	{41, "nobody attends to a review", "workflow.TestReviewExpires advocacy.TestTimeNeverApproves", ""},
	{43, "working time over holidays, half days and breaks", "worktime.TestKnownCases worktime.TestMinuteByMinute", ""},
	{44, "the rules of a time zone change", "workflow.TestZonesChange", ""},
	{45, "an absent approver has a delegate", "time/delegation workflow.TestDelegateSeesAndSigns", ""},
	{46, "the delegate is the author", "time/delegation_refused workflow.TestQueueOfAnAuthorsDelegate", ""},
	{48, "what was lent is lent on", "time/delegation_refused advocacy.TestWhoLentASignature", ""},
	{50, "a delegation ends between opening and pressing", "workflow.TestDelegationEndsBetween", ""},
	{52, "one claims, another approves", "queue/claim workflow.TestClaimAgainstDecide", ""},
	{54, "one of a batch was edited meanwhile", "queue/batch workflow.TestBatch", ""},
	{55, "a veto in a batch", "queue/batch workflow.TestBatchOfUnequals", ""},
	{56, "a request is repeated after a timeout", "contract/request_ids workflow.TestEveryChangeHasOneEffect", ""},
	{58, "a mail scanner follows every link", "grpcapi.TestUnaryMethodsHaveARoute web.TestSignInPageChangesNothing", ""},
	{59, "no step-up where one is asked for", "post/step_up workflow.TestStepUp", ""},
	{60, "an unedited share", "share/unedited workflow.TestShareCitesItsSignatures", ""},
	{61, "the same, and the item is withdrawn", "library/withdrawn workflow.TestLibraryChainIsReadAtTheGate", ""},
	{63, "a share outside of what the item was signed for", "workflow.TestShareInALanguageTheItemHas workflow.TestShareWindow", "items have languages, networks and a window; regions come with the library"},
	{65, "an item is changed while it is shared", "library/new_revision workflow.TestNextRevisionHasItsOwnReview", ""},
	{66, "a hold between the signature and the request", "hold/scopes workflow.TestHoldDominates workflow.TestHoldAgainstGateIsLinear", ""},
	{68, "the worker dies in the middle of a request", "app.TestKilledAtEachStep publish.TestUnknownIsNeverSentAgainByAMachine", ""},
	{69, "it is found on the network", "publication/unknown workflow.TestUnknownWaitsForAPerson", ""},
	{71, "the clock of one worker is wrong", "store.TestPostgres app.TestThreeReplicasOneKilled", ""},
	{72, "the time has passed before the approval", "workflow.TestLateSignature", ""},
	{73, "two of five targets fail", "workflow.TestSomeTargetsFail", ""},
	{74, "a published post is edited", "post/new_round workflow.TestNewRoundOfAPublishedPost", ""},
	{75, "a restore from before the approvals", "authz.TestRestoredBackup workflow.TestWatchEnds", "a chain of records to verify comes with the ledger"},
	{77, "the queue of somebody without rights", "queue/no_rights contract/isolation", ""},
	{78, "roles or identities cannot be read", "authz.TestStoreErrorsDeny authz.TestStaleRolesAreRefused authn.TestStoreErrorsPass", ""},
	{80, "a recusal leaves nobody", "post/recuse member/unroutable workflow.TestRecusal", ""},
	{81, "the author leaves, or the account is switched off", "member/disabled_stops publication/account_off workflow.TestDisabledMember", ""},
	{85, "an item that many have shared is withdrawn", "library/withdrawn workflow.TestWithdrawnItem", ""},
	{88, "everybody signed, and a discussion is open", "discussion/holds_up workflow.TestOpenThreadHoldsUp", ""},
	{89, "a text is too long for one of the networks", "webhook.TestEncodeFollowsRender workflow.TestSubmitRefusesWhatIsNotReady", "no connector shortens: what is too long is refused when it is submitted"},
}

// numbers are those the catalogue has.
var numbers = []int{
	1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 18, 20, 21, 22, 23, 24, 27, 28, 29, 31, 32, 33, 36, 37, 39, 40, 41, 43, 44, 45, 46, 48, 50, 52,
	54, 55, 56, 58, 59, 60, 61, 63, 65, 66, 68, 69, 71, 72, 73, 74, 75, 77, 78, 80, 81, 85, 88, 89,
}

// TestEdgeCasesAreProven: each case of the catalogue names stories and tests that exist, or
// what it waits for.
func TestEdgeCasesAreProven(t *testing.T) {
	t.Parallel()
	var listed []int
	for _, c := range edgeCases {
		listed = append(listed, c.number)
		if c.proof == "" && c.later == "" {
			t.Errorf("nothing proves case %d: %s", c.number, c.words)
		}
		for proof := range strings.FieldsSeq(c.proof) {
			if !proves(t, proof) {
				t.Errorf("case %d (%s): there is no %s", c.number, c.words, proof)
			}
		}
	}
	if !slices.Equal(listed, numbers) {
		t.Errorf("the table lists %v, the catalogue has %v", listed, numbers)
	}
}

// proves tells whether a story or a test is there.
func proves(t *testing.T, proof string) bool {
	t.Helper()
	if folder, test, found := strings.Cut(proof, "."); found {
		return tested(t, folder, test) || tested(t, filepath.Join("network", folder), test) || tested(t, filepath.Join("store", folder), test)
	}
	_, err := os.Stat("../apitest/testdata/stories/" + proof + ".yaml")
	return err == nil
}
