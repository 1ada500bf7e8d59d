package grpcapi

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// The collections of resource names.
const (
	inWorkspaces     = "workspaces"
	inPosts          = "posts"
	inItems          = "libraryItems"
	inRevisions      = "revisions"
	inReviews        = "reviews"
	inDecisions      = "decisions"
	inThreads        = "threads"
	inComments       = "comments"
	inSuggestions    = "suggestions"
	inProposals      = "proposals"
	inFeeds          = "feeds"
	inHandles        = "registeredHandles"
	inMentions       = "mentions"
	inPublications   = "publications"
	inPolicies       = "routingPolicies"
	inTopics         = "topics"
	inMembers        = "members"
	inRoles          = "roles"
	inKeys           = "apiKeys"
	inAccounts       = "socialAccounts"
	inRecalls        = "recalls"
	inCases          = "cases"
	inHolds          = "holds"
	inTasks          = "reviewTasks"
	inBatches        = "reviewBatches"
	inImports        = "libraryImports"
	inRecords        = "auditRecords"
	inMedia          = "media"
	inUploads        = "uploads"
	inSessions       = "sessions"
	inSimulations    = "simulations"
	inRecomputations = "recomputations"
	inCalendars      = "calendars"
	inDelegations    = "delegations"
	inAbsences       = "absences"
	inReminders      = "reminders"

	inDisclosureTables = "disclosureTables"
	inLexicons         = "lexicons"
	inGuidelines       = "guidelines"
	inAcknowledgements = "acknowledgements"
	inTrainingModules  = "trainingModules"
	inTrainingRecords  = "trainingRecords"
	inTrainingAttempts = "trainingAttempts"
	inCourses          = "courses"
)

const uuidForm = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

var (
	uuidID   = regexp.MustCompile(`^` + uuidForm + `$`)
	slugID   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	numberID = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)
	roleID   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}(-[a-z][a-z0-9_]{0,40})?$`)
)

// idForms says what an id of each collection looks like; anything else is no name.
var idForms = map[string]*regexp.Regexp{
	inWorkspaces:     regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`),
	inPosts:          uuidID,
	inItems:          uuidID,
	inRevisions:      numberID,
	inReviews:        numberID,
	inDecisions:      uuidID,
	inThreads:        uuidID,
	inComments:       uuidID,
	inSuggestions:    uuidID,
	inProposals:      uuidID,
	inFeeds:          uuidID,
	inHandles:        uuidID,
	inMentions:       uuidID,
	inPublications:   uuidID,
	inPolicies:       slugID,
	inTopics:         slugID,
	inMembers:        uuidID,
	inRoles:          roleID,
	inKeys:           uuidID,
	inAccounts:       uuidID,
	inRecalls:        uuidID,
	inCases:          uuidID,
	inHolds:          uuidID,
	inTasks:          uuidID,
	inBatches:        uuidID,
	inImports:        uuidID,
	inRecords:        uuidID,
	inSimulations:    uuidID,
	inRecomputations: uuidID,
	inUploads:        uuidID,
	inMedia:          regexp.MustCompile(`^[0-9a-f]{64}$`),
	inCalendars:      slugID,
	inDelegations:    uuidID,
	inAbsences:       uuidID,
	inReminders:      uuidID,
	inSessions:       regexp.MustCompile(`^(current|` + uuidForm + `)$`),

	inDisclosureTables: slugID,
	inLexicons:         slugID,
	inGuidelines:       slugID,
	inAcknowledgements: uuidID,
	inTrainingModules:  slugID,
	inTrainingRecords:  uuidID,
	inTrainingAttempts: uuidID,
	inCourses:          numberID,
}

// scanName returns the ids of a name made of exactly these collections.
func scanName(name string, collections ...string) (ids []string, ok bool) {
	parts := strings.Split(name, "/")
	if len(parts) != 2*len(collections) {
		return nil, false
	}
	for i, collection := range collections {
		id := parts[2*i+1]
		if parts[2*i] != collection || !idForms[collection].MatchString(id) {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// workspaceOf returns the workspace a name begins with, whatever follows.
func workspaceOf(name string) (w advocacy.WorkspaceID, ok bool) {
	rest, found := strings.CutPrefix(name, inWorkspaces+"/")
	if !found {
		return "", false
	}
	id, _, _ := strings.Cut(rest, "/")
	return advocacy.WorkspaceID(id), idForms[inWorkspaces].MatchString(id)
}

// names writes and reads the names of one workspace's resources. A name of another
// workspace is no name here: nothing in a request may point outside.
type names struct {
	workspace advocacy.WorkspaceID
}

// in writes a name below the workspace. It is empty when any id is, so that what is unset
// stays so. A page holds hundreds of names, so each is written at once.
func (n names) in(pairs ...string) string {
	size := len(inWorkspaces) + len("/") + len(n.workspace)
	for _, part := range pairs {
		if part == "" {
			return ""
		}
		size += len("/") + len(part)
	}
	if n.workspace == "" {
		return ""
	}
	var name strings.Builder
	name.Grow(size)
	name.WriteString(inWorkspaces)
	name.WriteByte('/')
	name.WriteString(string(n.workspace))
	for _, part := range pairs {
		name.WriteByte('/')
		name.WriteString(part)
	}
	return name.String()
}

func (n names) self() string                              { return n.in() }
func (n names) post(id advocacy.PostID) string            { return n.in(inPosts, string(id)) }
func (n names) item(id advocacy.ItemID) string            { return n.in(inItems, string(id)) }
func (n names) topic(id advocacy.TopicID) string          { return n.in(inTopics, string(id)) }
func (n names) proposal(id advocacy.ProposalID) string    { return n.in(inProposals, string(id)) }
func (n names) feed(id advocacy.FeedID) string            { return n.in(inFeeds, string(id)) }
func (n names) handle(id advocacy.HandleID) string        { return n.in(inHandles, string(id)) }
func (n names) member(id advocacy.PersonID) string        { return n.in(inMembers, string(id)) }
func (n names) key(id advocacy.KeyID) string              { return n.in(inKeys, string(id)) }
func (n names) account(id advocacy.AccountID) string      { return n.in(inAccounts, string(id)) }
func (n names) recall(id advocacy.RecallID) string        { return n.in(inRecalls, string(id)) }
func (n names) caseFile(id advocacy.CaseID) string        { return n.in(inCases, string(id)) }
func (n names) hold(id advocacy.HoldID) string            { return n.in(inHolds, string(id)) }
func (n names) task(id advocacy.TaskID) string            { return n.in(inTasks, string(id)) }
func (n names) batch(id advocacy.BatchID) string          { return n.in(inBatches, string(id)) }
func (n names) libraryImport(id advocacy.ImportID) string { return n.in(inImports, string(id)) }
func (n names) record(id advocacy.RecordID) string        { return n.in(inRecords, string(id)) }
func (n names) session(id string) string                  { return n.in(inSessions, id) }
func (n names) policy(id string) string                   { return n.in(inPolicies, id) }
func (n names) role(r advocacy.Role) string {
	return n.in(inRoles, strings.Replace(string(r), ":", "-", 1))
}
func (n names) calendar(id advocacy.CalendarID) string { return n.in(inCalendars, string(id)) }
func (n names) delegation(id advocacy.DelegationID) string {
	return n.in(inDelegations, string(id))
}
func (n names) absence(id advocacy.AbsenceID) string   { return n.in(inAbsences, string(id)) }
func (n names) reminder(id advocacy.ReminderID) string { return n.in(inReminders, string(id)) }
func (n names) lexicon(id advocacy.LexiconID) string   { return n.in(inLexicons, string(id)) }
func (n names) lexiconRevision(id advocacy.LexiconID, r int) string {
	return n.in(inLexicons, string(id), inRevisions, count(r))
}
func (n names) disclosureTable(id advocacy.DisclosureTableID) string {
	return n.in(inDisclosureTables, string(id))
}
func (n names) disclosureRevision(id advocacy.DisclosureTableID, r int) string {
	return n.in(inDisclosureTables, string(id), inRevisions, count(r))
}
func (n names) guideline(id advocacy.GuidelineID) string {
	return n.in(inGuidelines, string(id))
}
func (n names) guidelineRevision(id advocacy.GuidelineID, r int) string {
	return n.in(inGuidelines, string(id), inRevisions, count(r))
}
func (n names) trainingModule(id advocacy.TrainingID) string {
	return n.in(inTrainingModules, string(id))
}
func (n names) trainingCourse(id advocacy.TrainingID, number int) string {
	return n.in(inTrainingModules, string(id), inCourses, count(number))
}
func (n names) trainingAttempt(id advocacy.TrainingAttemptID) string {
	return n.in(inTrainingAttempts, string(id))
}
func (n names) trainingRecord(id advocacy.TrainingRecordID) string {
	return n.in(inTrainingRecords, string(id))
}
func (n names) upload(id advocacy.UploadID) string { return n.in(inUploads, string(id)) }
func (n names) media(blob string) string           { return n.in(inMedia, advocacy.Digest(blob).Hex()) }
func (n names) policyRevision(id string, r int) string {
	return n.in(inPolicies, id, inRevisions, count(r))
}
func (n names) simulation(p advocacy.PolicyRef, id string) string {
	return n.in(inPolicies, p.Policy, inRevisions, count(p.Revision), inSimulations, id)
}
func (n names) recomputation(id string) string            { return n.in(inRecomputations, id) }
func (n names) revision(s advocacy.Subject, r int) string { return n.of(s, inRevisions, count(r)) }
func (n names) review(s advocacy.Subject, round int) string {
	return n.of(s, inReviews, count(round))
}

func (n names) decision(s advocacy.Subject, round int, id advocacy.DecisionID) string {
	return n.of(s, inReviews, count(round), inDecisions, string(id))
}

func (n names) publication(p advocacy.PostID, id advocacy.PublicationID) string {
	return n.in(inPosts, string(p), inPublications, string(id))
}

// of writes the name of a subject, or of something below it.
func (n names) of(s advocacy.Subject, below ...string) string {
	pairs := append(make([]string, 0, 8), subjectCollections[s.Kind], s.ID)
	return n.in(append(pairs, below...)...)
}

func (n names) subject(s advocacy.Subject) string { return n.of(s) }

var subjectCollections = map[advocacy.SubjectKind]string{
	advocacy.SubjectPost: inPosts,
	advocacy.SubjectItem: inItems,
}

// count writes a number that counts from 1; 0 is nothing yet.
func count(number int) string {
	if number <= 0 {
		return ""
	}
	return strconv.Itoa(number)
}
