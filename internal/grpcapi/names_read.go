package grpcapi

import (
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// read returns the ids of a name after its workspace, refusing every other form and
// every other workspace.
func (n names) read(field, name string, collections ...string) ([]string, error) {
	ids, ok := scanName(name, append([]string{inWorkspaces}, collections...)...)
	if !ok {
		return nil, advocacy.InvalidField(field, "NAME_INVALID", "%s must have the form %s", field, form(collections...))
	}
	if ids[0] != string(n.workspace) {
		return nil, advocacy.InvalidField(field, "WORKSPACE_MISMATCH", "%s must be in %s", field, n.self())
	}
	return ids[1:], nil
}

// form shows people what a name of these collections looks like.
func form(collections ...string) string {
	text := inWorkspaces + "/{workspace}"
	for _, c := range collections {
		text += "/" + c + "/{id}"
	}
	return text
}

// one reads the single id of a name directly below the workspace.
func one[ID ~string](n names, field, name, collection string) (ID, error) {
	ids, err := n.read(field, name, collection)
	if err != nil {
		return "", err
	}
	return ID(ids[0]), nil
}

func (n names) readPost(field, name string) (advocacy.PostID, error) {
	return one[advocacy.PostID](n, field, name, inPosts)
}

func (n names) readItem(field, name string) (advocacy.ItemID, error) {
	return one[advocacy.ItemID](n, field, name, inItems)
}

func (n names) readTopic(field, name string) (advocacy.TopicID, error) {
	return one[advocacy.TopicID](n, field, name, inTopics)
}

func (n names) readProposal(field, name string) (advocacy.ProposalID, error) {
	return one[advocacy.ProposalID](n, field, name, inProposals)
}

func (n names) readFeed(field, name string) (advocacy.FeedID, error) {
	return one[advocacy.FeedID](n, field, name, inFeeds)
}

func (n names) readHandle(field, name string) (advocacy.HandleID, error) {
	return one[advocacy.HandleID](n, field, name, inHandles)
}

func (n names) readMember(field, name string) (advocacy.PersonID, error) {
	return one[advocacy.PersonID](n, field, name, inMembers)
}

func (n names) readKey(field, name string) (advocacy.KeyID, error) {
	return one[advocacy.KeyID](n, field, name, inKeys)
}

func (n names) readAccount(field, name string) (advocacy.AccountID, error) {
	return one[advocacy.AccountID](n, field, name, inAccounts)
}

func (n names) readRecall(field, name string) (advocacy.RecallID, error) {
	return one[advocacy.RecallID](n, field, name, inRecalls)
}

func (n names) readCase(field, name string) (advocacy.CaseID, error) {
	return one[advocacy.CaseID](n, field, name, inCases)
}

func (n names) readHold(field, name string) (advocacy.HoldID, error) {
	return one[advocacy.HoldID](n, field, name, inHolds)
}

func (n names) readCalendar(field, name string) (advocacy.CalendarID, error) {
	return one[advocacy.CalendarID](n, field, name, inCalendars)
}

func (n names) readDelegation(field, name string) (advocacy.DelegationID, error) {
	return one[advocacy.DelegationID](n, field, name, inDelegations)
}

func (n names) readAbsence(field, name string) (advocacy.AbsenceID, error) {
	return one[advocacy.AbsenceID](n, field, name, inAbsences)
}

func (n names) readTask(field, name string) (advocacy.TaskID, error) {
	return one[advocacy.TaskID](n, field, name, inTasks)
}

func (n names) readBatch(field, name string) (advocacy.BatchID, error) {
	return one[advocacy.BatchID](n, field, name, inBatches)
}

func (n names) readImport(field, name string) (advocacy.ImportID, error) {
	return one[advocacy.ImportID](n, field, name, inImports)
}

func (n names) readRecord(field, name string) (advocacy.RecordID, error) {
	return one[advocacy.RecordID](n, field, name, inRecords)
}

func (n names) readSession(field, name string) (string, error) {
	return one[string](n, field, name, inSessions)
}

func (n names) readPolicy(field, name string) (string, error) {
	return one[string](n, field, name, inPolicies)
}

func (n names) readUpload(field, name string) (advocacy.UploadID, error) {
	return one[advocacy.UploadID](n, field, name, inUploads)
}

// readMedia returns the digest of the picture's bytes.
func (n names) readMedia(field, name string) (string, error) {
	hex, err := one[string](n, field, name, inMedia)
	if err != nil {
		return "", err
	}
	return "sha256:" + hex, nil
}

// readRole turns the dash of a role's name back into the colon of the role.
func (n names) readRole(field, name string) (advocacy.Role, error) {
	id, err := one[string](n, field, name, inRoles)
	if err != nil {
		return "", err
	}
	return advocacy.Role(strings.Replace(id, "-", ":", 1)), nil
}

func (n names) readLexicon(field, name string) (advocacy.LexiconID, error) {
	return one[advocacy.LexiconID](n, field, name, inLexicons)
}

func (n names) readLexiconRevision(field, name string) (advocacy.LexiconID, int, error) {
	ids, err := n.read(field, name, inLexicons, inRevisions)
	if err != nil {
		return "", 0, err
	}
	return advocacy.LexiconID(ids[0]), number(ids[1]), nil
}

func (n names) readDisclosureTable(field, name string) (advocacy.DisclosureTableID, error) {
	return one[advocacy.DisclosureTableID](n, field, name, inDisclosureTables)
}

func (n names) readDisclosureRevision(field, name string) (advocacy.DisclosureTableID, int, error) {
	ids, err := n.read(field, name, inDisclosureTables, inRevisions)
	if err != nil {
		return "", 0, err
	}
	return advocacy.DisclosureTableID(ids[0]), number(ids[1]), nil
}

func (n names) readGuideline(field, name string) (advocacy.GuidelineID, error) {
	return one[advocacy.GuidelineID](n, field, name, inGuidelines)
}

func (n names) readGuidelineRevision(field, name string) (advocacy.GuidelineID, int, error) {
	ids, err := n.read(field, name, inGuidelines, inRevisions)
	if err != nil {
		return "", 0, err
	}
	return advocacy.GuidelineID(ids[0]), number(ids[1]), nil
}

func (n names) readTrainingModule(field, name string) (advocacy.TrainingID, error) {
	return one[advocacy.TrainingID](n, field, name, inTrainingModules)
}

func (n names) readTrainingCourse(field, name string) (advocacy.TrainingID, int, error) {
	ids, err := n.read(field, name, inTrainingModules, inCourses)
	if err != nil {
		return "", 0, err
	}
	return advocacy.TrainingID(ids[0]), number(ids[1]), nil
}

func (n names) readTrainingAttempt(field, name string) (advocacy.TrainingAttemptID, error) {
	return one[advocacy.TrainingAttemptID](n, field, name, inTrainingAttempts)
}

func (n names) readTrainingRecord(field, name string) (advocacy.TrainingRecordID, error) {
	return one[advocacy.TrainingRecordID](n, field, name, inTrainingRecords)
}

func (n names) readPolicyRevision(field, name string) (policy string, revision int, err error) {
	ids, err := n.read(field, name, inPolicies, inRevisions)
	if err != nil {
		return "", 0, err
	}
	return ids[0], number(ids[1]), nil
}

func (n names) readSimulation(field, name string) (of advocacy.PolicyRef, id string, err error) {
	ids, err := n.read(field, name, inPolicies, inRevisions, inSimulations)
	if err != nil {
		return of, "", err
	}
	return advocacy.PolicyRef{Policy: ids[0], Revision: number(ids[1])}, ids[2], nil
}

func (n names) readPublication(field, name string) (advocacy.PostID, advocacy.PublicationID, error) {
	ids, err := n.read(field, name, inPosts, inPublications)
	if err != nil {
		return "", "", err
	}
	return advocacy.PostID(ids[0]), advocacy.PublicationID(ids[1]), nil
}

// anyPost stands for every post in the parent of a list.
const anyPost = "-"

// readPostOrAny reads the parent of a list of publications; "" means every post.
func (n names) readPostOrAny(field, name string) (advocacy.PostID, error) {
	if name == n.in(inPosts, anyPost) {
		return "", nil
	}
	return n.readPost(field, name)
}

// readSubject reads the name of a post or library item, or of something below it, and
// returns the ids below.
func (n names) readSubject(field, name string, below ...string) (advocacy.Subject, []string, error) {
	for kind, collection := range subjectCollections {
		if ids, ok := scanName(name, append([]string{inWorkspaces, collection}, below...)...); ok && ids[0] == string(n.workspace) {
			return advocacy.Subject{Workspace: n.workspace, Kind: kind, ID: ids[1]}, ids[2:], nil
		}
	}
	_, err := n.read(field, name, append([]string{inPosts}, below...)...)
	if err == nil {
		err = advocacy.InvalidField(field, "NAME_INVALID", "%s must name a post or a library item", field)
	}
	return advocacy.Subject{}, nil, err
}

// readNumbered reads the name of a revision or review and returns its number.
func (n names) readNumbered(field, name, collection string) (advocacy.Subject, int, error) {
	subject, ids, err := n.readSubject(field, name, collection)
	if err != nil {
		return advocacy.Subject{}, 0, err
	}
	return subject, number(ids[0]), nil
}

func (n names) readDecision(field, name string) (advocacy.Subject, int, advocacy.DecisionID, error) {
	subject, ids, err := n.readSubject(field, name, inReviews, inDecisions)
	if err != nil {
		return advocacy.Subject{}, 0, "", err
	}
	return subject, number(ids[0]), advocacy.DecisionID(ids[1]), nil
}

// optional reads a name that may be left out.
func optional[ID ~string](read func(field, name string) (ID, error), field, name string) (ID, error) {
	if name == "" {
		return "", nil
	}
	return read(field, name)
}

// number reads digits that a name's form has checked.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
