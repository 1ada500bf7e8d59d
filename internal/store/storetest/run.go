package storetest

import (
	"fmt"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/store"
)

// Open opens a migrated store, with InsertJob as its job engine, and closes it at the end
// of the test.
type Open func(t testing.TB) *store.Store

// suite is everything a store must hold.
var suite = []struct {
	name string
	test func(*testing.T, *store.Store)
}{
	{"RoundTrip", roundTrip},
	{"FailedTransactions", failedTransactions},
	{"CancelledContext", cancelledContext},
	{"SwallowedErrors", swallowedErrors},
	{"NestedUpdate", nestedUpdate},
	{"TransactionTime", transactionTime},
	{"OwnWrites", ownWrites},
	{"NoLostUpdate", noLostUpdate},
	{"SavedAgain", savedAgain},
	{"ChangedInPlace", changedInPlace},
	{"TimesOfTurns", timesOfTurns},
	{"FirstWins", firstWins},
	{"OnePolicyInForce", onePolicyInForce},
	{"PoliciesInForce", policiesInForce},
	{"DocumentsByDigest", documentsByDigest},
	{"SimulationsOf", simulationsOf},
	{"Recomputations", recomputations},
	{"RolesUnderLock", rolesUnderLock},
	{"HoldsAndGates", holdsAndGates},
	{"CalendarRevisions", calendarRevisions},
	{"DelegationsUnderLock", delegationsUnderLock},
	{"DelegationsInForce", delegationsInForce},
	{"Deadlines", deadlines},
	{"StaleVersions", staleVersions},
	{"OldEpoch", oldEpoch},
	{"OtherBytes", otherBytes},
	{"FirstReceipt", firstReceipt},
	{"ReceiptsOfDecisions", receiptsOfDecisions},
	{"VerdictTimes", verdictTimes},
	{"PlanHistory", planHistory},
	{"LinkChecks", linkChecks},
	{"UsedMedia", usedMedia},
	{"MediaParts", mediaParts},
	{"Thumbnails", thumbnails},
	{"ThumbnailAgainstRemoval", thumbnailAgainstRemoval},
	{"Uploads", uploads},
	{"NamedMedia", namedMedia},
	{"UnfinishedUploads", unfinishedUploads},
	{"MediaUsage", mediaUsage},
	{"UseAgainstRemoval", useAgainstRemoval},
	{"BytesAgainstRemoval", bytesAgainstRemoval},
	{"HoldingUp", holdingUp},
	{"SpokenAboutMeanwhile", spokenAboutMeanwhile},
	{"NamedOnce", namedOnce},
	{"WritersList", writersList},
	{"LiveOnce", liveOnce},
	{"DanglingReferences", danglingReferences},
	{"RoleDeletion", roleDeletion},
	{"AppendOnly", appendOnly},
	{"KnownStates", knownStates},
	{"CaseSensitive", caseSensitive},
	{"StablePages", stablePages},
	{"BadTokens", badTokens},
	{"Filters", filters},
	{"Queue", queue},
	{"TurnsOfWhoMay", turnsOfWhoMay},
	{"TurnsBehind", turnsBehind},
	{"Changes", changes},
	{"LateCommit", lateCommit},
	{"EveryChange", everyChange},
	{"Due", due},
	{"ExpiredReviews", expiredReviews},
	{"RejectingRoles", rejectingRoles},
	{"Proofs", proofs},
	{"Library", library},
	{"Topics", topics},
	{"Shelf", shelf},
	{"Offers", offers},
	{"Searches", searches},
	{"ManySearches", manySearches},
	{"OwnersContribute", ownersContribute},
	{"ImportsEndOnce", importsEndOnce},
	{"ImportsThatStandStill", importsThatStandStill},
	{"ImportEndsBeforeItsRows", importEndsBeforeItsRows},
	{"ImportPartsAreOneFile", importPartsAreOneFile},
	{"Indexed", indexed},
	{"AnsweredOnce", answeredOnce},
	{"OpenProposals", openProposals},
	{"FeedEntries", feedEntries},
	{"DueFeeds", dueFeeds},
	{"Handles", registeredHandles},
	{"Impostors", impostors},
	{"Holders", holders},
	{"Wall", wallEntries},
	{"Pairs", pairs},
	{"LexiconsAndGates", lexiconsAndGates},
	{"LexiconBesidePolicy", lexiconBesidePolicy},
	{"DisclosuresAndGates", disclosuresAndGates},
	{"DisclosuresBesidePolicy", disclosuresBesidePolicy},
	{"GuidelineBesidePolicy", guidelineBesidePolicy},
	{"Graces", graces},
	{"FirstAcknowledgement", firstAcknowledgement},
	{"TrainingsOf", trainingsOf},
	{"AttemptsOf", attemptsOf},
	{"Alike", alike},
	{"Sketches", sketched},
	{"AttestedBetween", attestedBetween},
	{"Answerers", answerers},
	{"OwnTexts", ownTexts},
	{"RejectedTexts", rejectedTexts},
	{"RejectionBacklog", rejectionBacklog},
	{"KnownBy", knownBy},
	{"ConnectedAccounts", connectedAccounts},
	{"Connections", connections},
	{"Credentials", credentials},
	{"NetworkApps", networkApps},
	{"Revocations", revocations},
	{"Outgoing", outgoing},
	{"FindFirstUnsent", firstUnsent},
	{"SharingHours", sharingHours},
	{"ShareCounts", shareCounts},
	{"Epochs", epochsBegin},
}

// Run runs the whole suite.
func Run(t *testing.T, open Open) {
	// Package rapid names a generator when it is first used, and two tests that do so at
	// once would race.
	for _, g := range []fmt.Stringer{words, instants, documents, typed, asked} {
		_ = g.String()
	}
	_ = documents.Example(1)
	s := open(t)
	if _, err := s.SQLWriter().ExecContext(t.Context(), "CREATE TABLE storetest_jobs (kind text)"); err != nil {
		t.Fatal(err)
	}
	for _, c := range suite {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, s)
		})
	}
}
