package advocacy

// Identifiers are distinct types so that one cannot be passed for another. All but
// WorkspaceID and those of topics, calendars, guidelines and training modules are made by
// the service (UUIDv7 in lower case).
type (
	// WorkspaceID names one brand or legal entity: the tenant boundary.
	WorkspaceID string
	// PersonID names a human being in one workspace.
	PersonID string
	// PostID names a post.
	PostID string
	// ItemID names a library item.
	ItemID string
	// TopicID names a shelf of the library.
	TopicID string
	// AccountID names a social account.
	AccountID string
	// PublicationID names one revision × one account.
	PublicationID string
	// RecallID names one recall.
	RecallID string
	// CaseID names one case.
	CaseID string
	// HoldID names a stop of publishing.
	HoldID string
	// KeyID names an API key.
	KeyID string
	// DecisionID names one decision.
	DecisionID string
	// ThreadID names one discussion.
	ThreadID string
	// SuggestionID names one suggested edit.
	SuggestionID string
	// ProposalID names one proposal for the library.
	ProposalID string
	// HandleID names one registered handle.
	HandleID string
	// FeedID names one feed.
	FeedID string
	// CommentID names one answer in a discussion.
	CommentID string
	// MentionID names one call for a person's attention.
	MentionID string
	// TaskID names one open turn in the queue.
	TaskID string
	// BatchID names several decisions ordered at once.
	BatchID string
	// ImportID names library items that are brought from elsewhere at once.
	ImportID string
	// RecordID names one audit record.
	RecordID string
	// DelegationID names one delegation.
	DelegationID string
	// AbsenceID names one time a person is away.
	AbsenceID string
	// ReminderID names one reminder.
	ReminderID string
	// AcknowledgementID names one acknowledgement of a guideline.
	AcknowledgementID string
	// TrainingRecordID names one completion of a training module.
	TrainingRecordID string
	// TrainingAttemptID names one time somebody answered the questions of a course.
	TrainingAttemptID string
)

// SubjectKind is what a review is about.
type SubjectKind string

const (
	// SubjectPost is a post: what goes out in somebody's name.
	SubjectPost SubjectKind = "post"
	// SubjectItem is a library item: what employees may share.
	SubjectItem SubjectKind = "library_item"
)

// Subject is the thing under review. Posts and library items go through the same
// revisions, reviews and decisions; only what follows the last signature differs.
type Subject struct {
	Workspace WorkspaceID
	Kind      SubjectKind
	ID        string
}

// PostSubject is the subject of a post.
func PostSubject(w WorkspaceID, id PostID) Subject {
	return Subject{Workspace: w, Kind: SubjectPost, ID: string(id)}
}

// ItemSubject is the subject of a library item.
func ItemSubject(w WorkspaceID, id ItemID) Subject {
	return Subject{Workspace: w, Kind: SubjectItem, ID: string(id)}
}
