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
	// unseen says why no story can show it: why nobody could bring it about, or see it, through a door.
	unseen string
}

// edgeCases are the cases of the reference catalogue, by its numbers, which have gaps.
var edgeCases = []edgeCase{
	{1, "author edits between opening and approving", "post/stale_decision workflow.TestDecisionNamesBytes", ""},
	{2, "edit and last approval at once", "post/edit_and_last_approval workflow.TestApproveAgainstEdit workflow.TestApproveAgainstEditIsLinear", ""},
	{4, "scheduled, and a comma is changed", "post/schedule post/diff workflow.TestEditOfASignedPost", ""},
	{5, "only an internal note is edited", "post/note workflow.TestWhatIsNotPublishedIsNoRevision", ""},
	{6, "a routing input adds a role", "policy/inputs workflow.TestRoutingInputAddsARole", ""},
	{7, "a routing input would remove a role", "policy/inputs workflow.TestRoutingInputTakesNoRole", ""},
	{9, "the preview of a link changed before sending", "publication/link_changed", ""},
	{10, "a target is added after approval", "post/targets workflow.TestTargetsAreSigned", ""},
	{11, "two posts with the same text", "post/twins workflow.TestTwinsAreStrangers", ""},
	{12, "the author approves", "post/who_may_sign workflow.TestWhoMayNotDecide", ""},
	{15, "an approver edits, then approves", "discussion/outdated_suggestion post/co_author workflow.TestWritersNeverSign workflow.TestNamedSignerStopsCounting", ""},
	{16, "a suggestion is taken unchanged", "discussion/suggestion workflow.TestSuggesterSignsWhereTheRuleSaysSo", ""},
	{18, "one person as legal and as PR", "post/who_may_sign workflow.TestOnePersonFillsOneSlot", ""},
	{20, "everybody's role as an approver's", "member/everybody_signs routing.TestBadDocuments workflow.TestTheAuthorIsNoSigner", ""},
	{21, "a role is lost after approving", "member/role_lost workflow.TestRoleLostBeforeSending", ""},
	{22, "the same, where the role at the decision counts", "library/signers_left workflow.TestSignersOfAnItemMayLeave", ""},
	{23, "a role is lost while the decision is under way", "member/role_taken_while_deciding workflow.TestRolesAreReadWhenDeciding workflow.TestDecideAgainstRevocationIsLinear", ""},
	{24, "an approver leaves the company", "member/disabled_stops workflow.TestRoleLostBeforeSending", ""},
	{27, "a stricter policy a minute before", "policy/stricter workflow.TestStricterWhileScheduled workflow.TestDecideAgainstActivationIsLinear", ""},
	{28, "a looser policy under an open review", "policy/reroute workflow.TestLooserWhileOpen workflow.TestRerouteTakesAway", ""},
	{29, "a rule fails on what is missing", "policy/rules_that_do_not_ask routing.TestErrorsAdd workflow.TestFailedRulesAreKept", ""},
	{31, "no rule matches", "policy/rules_that_do_not_ask routing.TestNeverAnEmptyPlan workflow.TestDefaultRouting", ""},
	{32, "a policy is put in force by its author", "policy/two_persons workflow.TestTwoPersons workflow.TestSecondMembershipIsNoSecondPerson", ""},
	{33, "a shadow rule matches", "policy/rules_that_do_not_ask routing.TestShadowChangesNothing", ""},
	{36, "legal rejects after everybody approved", "post/objection_at_last workflow.TestObjectionAfterAllSigned", ""},
	{37, "a rejection after the request began", "publication/too_late workflow.TestTooLateToObject", ""},
	{39, "a rejection without a veto", "post/stages_and_veto workflow.TestRejectionNeedsAVeto", ""},
	{40, "an approval outlived its time", "time/signature_aged workflow.TestSignaturesAge", ""},
	{41, "nobody attends to a review", "time/unattended workflow.TestReviewExpires advocacy.TestTimeNeverApproves", ""},
	{43, "working time over holidays, half days and breaks", "time/working_hours worktime.TestKnownCases worktime.TestMinuteByMinute", ""},
	{44, "the rules of a time zone change", "workflow.TestZonesChange", "the rules of the time zones come with the machine a process runs on: no caller can bring another version of them"},
	{45, "an absent approver has a delegate", "time/delegation workflow.TestDelegateSeesAndSigns", ""},
	{46, "the delegate is the author", "time/delegation_refused workflow.TestQueueOfAnAuthorsDelegate", ""},
	{48, "what was lent is lent on", "time/delegation_refused advocacy.TestWhoLentASignature", ""},
	{50, "a delegation ends between opening and pressing", "time/delegation_ends workflow.TestDelegationEndsBetween", ""},
	{52, "one claims, another approves", "queue/claim workflow.TestClaimAgainstDecide", ""},
	{54, "one of a batch was edited meanwhile", "queue/batch workflow.TestBatch", ""},
	{55, "a veto in a batch", "queue/batch workflow.TestBatchOfUnequals", ""},
	{56, "a request is repeated after a timeout", "contract/request_ids workflow.TestEveryChangeHasOneEffect", ""},
	{58, "a mail scanner follows every link", "account/mail_scanner grpcapi.TestUnaryMethodsHaveARoute web.TestSignInPageChangesNothing", ""},
	{59, "no step-up where one is asked for", "post/step_up workflow.TestStepUp", ""},
	{60, "an unedited share", "share/unedited workflow.TestShareCitesItsSignatures", ""},
	{61, "the same, and the item is withdrawn", "library/withdrawn workflow.TestLibraryChainIsReadAtTheGate", ""},
	{63, "a share outside of what the item was signed for", "share/outside workflow.TestShareInALanguageTheItemHas workflow.TestShareWindow", ""},
	{65, "an item is changed while it is shared", "library/new_revision workflow.TestNextRevisionHasItsOwnReview", ""},
	{66, "a hold between the signature and the request", "hold/scopes workflow.TestHoldDominates workflow.TestHoldAgainstGateIsLinear", ""},
	{68, "the worker dies in the middle of a request", "publication/worker_dies app.TestKilledAtEachStep publish.TestUnknownIsNeverSentAgainByAMachine", ""},
	{69, "it is found on the network", "publication/unknown workflow.TestUnknownWaitsForAPerson", ""},
	{71, "the clock of one worker is wrong", "publication/wrong_clock store.TestPostgres app.TestThreeReplicasOneKilled", ""},
	{72, "the time has passed before the approval", "time/late_signature workflow.TestLateSignature", ""},
	{73, "two of five targets fail", "publication/some_fail workflow.TestSomeTargetsFail", ""},
	{74, "a published post is edited", "post/new_round workflow.TestNewRoundOfAPublishedPost", ""},
	{75, "a restore from before the approvals", "publication/restored authz.TestRestoredBackup workflow.TestWatchEnds", ""},
	{77, "the queue of somebody without rights", "queue/no_rights contract/isolation", ""},
	{78, "roles or identities cannot be read", "authz.TestStoreErrorsDeny authz.TestStaleRolesAreRefused authn.TestStoreErrorsPass", "that roles or sessions cannot be read is a database that fails under the service: no caller can bring that about"},
	{80, "a recusal leaves nobody", "post/recuse_all member/unroutable workflow.TestRecusal", ""},
	{81, "the author leaves, or the account is switched off", "member/disabled_stops publication/account_off workflow.TestDisabledMember", ""},
	{85, "an item that many have shared is withdrawn", "library/withdrawn_many library/withdrawn workflow.TestWithdrawnItem", ""},
	{88, "everybody signed, and a discussion is open", "discussion/holds_up workflow.TestOpenThreadHoldsUp", ""},
	{89, "a text is too long for one of the networks", "post/too_long webhook.TestEncodeFollowsRender workflow.TestSubmitRefusesWhatIsNotReady", ""},
}

// numbers are those the catalogue has.
var numbers = []int{
	1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 18, 20, 21, 22, 23, 24, 27, 28, 29, 31, 32, 33, 36, 37, 39, 40, 41, 43, 44, 45, 46, 48, 50, 52,
	54, 55, 56, 58, 59, 60, 61, 63, 65, 66, 68, 69, 71, 72, 73, 74, 75, 77, 78, 80, 81, 85, 88, 89,
}

// TestEdgeCasesAreProven: each case of the catalogue names a story, told over both doors and on both
// databases, and tests that exist. What no door can show says why, and has a test.
func TestEdgeCasesAreProven(t *testing.T) {
	t.Parallel()
	var listed []int
	for _, c := range edgeCases {
		listed = append(listed, c.number)
		told, tested := 0, 0
		for proof := range strings.FieldsSeq(c.proof) {
			if !proves(t, proof) {
				t.Errorf("case %d (%s): there is no %s", c.number, c.words, proof)
			}
			if strings.Contains(proof, "/") {
				told++
			} else {
				tested++
			}
		}
		switch {
		case c.unseen == "" && told == 0:
			t.Errorf("no story tells case %d: %s", c.number, c.words)
		case c.unseen != "" && told > 0:
			t.Errorf("case %d (%s) says that no story can tell it, and one does", c.number, c.words)
		case c.unseen != "" && tested == 0:
			t.Errorf("nothing proves case %d: %s", c.number, c.words)
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
