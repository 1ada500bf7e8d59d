package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// KnowledgeReader reads what people have read and learned.
type KnowledgeReader interface {
	GuidelineReader
	TrainingReader
}

// KnowledgeWriter writes what people have read and learned. Nothing of it but the modules
// is ever changed.
type KnowledgeWriter interface {
	// AddGuidelineRevision inserts a revision, which is in force as the newest.
	AddGuidelineRevision(ctx context.Context, r *advocacy.GuidelineRevision) error
	// AddAcknowledgement keeps an acknowledgement and tells whether it is the person's first
	// of the revision; a later one leaves no trace. One of other words than the revision's is
	// refused.
	AddAcknowledgement(ctx context.Context, a *advocacy.Acknowledgement) (bool, error)
	// TrainingModuleForUpdate locks the module until commit.
	TrainingModuleForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingID) (*advocacy.TrainingModule, error)
	AddTrainingModule(ctx context.Context, m *advocacy.TrainingModule) error
	// SaveTrainingModule writes Titles, ValidDays, Course, UpdateTime and raises Version;
	// Conflict when it moved.
	SaveTrainingModule(ctx context.Context, m *advocacy.TrainingModule) error
	AddTrainingCourse(ctx context.Context, c *advocacy.TrainingCourse) error
	// AddTrainingAttempt inserts an attempt; one of the same number by the same person is
	// refused.
	AddTrainingAttempt(ctx context.Context, a *advocacy.TrainingAttempt) error
	AddTrainingRecord(ctx context.Context, r *advocacy.TrainingRecord) error
	// AddTrainingRevocation keeps the revocation of a record and tells whether it is the
	// first; a later one leaves no trace.
	AddTrainingRevocation(ctx context.Context, r *advocacy.TrainingRecord) (bool, error)
}

// GuidelineReader reads guidelines and who acknowledged them.
type GuidelineReader interface {
	// Guideline returns the revision in force.
	Guideline(ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID) (*advocacy.GuidelineRevision, error)
	GuidelineRevision(ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, number int) (*advocacy.GuidelineRevision, error)
	GuidelineRevisions(ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, p Page) ([]advocacy.GuidelineRevision, string, error)
	// Graces returns the graces of the newest revisions, newest first; of those published
	// until an instant when it is not zero.
	Graces(ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, until time.Time) ([]advocacy.Grace, error)
	// FindAcknowledgement returns what the person acknowledged last, or nil; until an instant
	// when it is not zero.
	FindAcknowledgement(ctx context.Context, w advocacy.WorkspaceID, g advocacy.GuidelineID, p advocacy.PersonID, until time.Time) (*advocacy.Acknowledgement, error)
	Acknowledgements(ctx context.Context, q AcknowledgementQuery) ([]advocacy.Acknowledgement, string, error)
	// Standings lists the active members, with what each acknowledged last; whether that is
	// enough is not its to say.
	Standings(ctx context.Context, q StandingQuery) ([]advocacy.Standing, string, error)
}

// StandingQuery selects members by what they acknowledged last of a guideline.
type StandingQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Guideline advocacy.GuidelineID
	// Least and Below restrict to those who acknowledged at least that revision, or none as
	// new as that, when not 0.
	Least, Below int
}

// AcknowledgementQuery selects acknowledgements of one revision.
type AcknowledgementQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Guideline advocacy.GuidelineID
	Revision  int
	// Person restricts when not empty.
	Person advocacy.PersonID
}

// TrainingReader reads training modules and who completed them.
type TrainingReader interface {
	TrainingModule(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingID) (*advocacy.TrainingModule, error)
	TrainingModules(ctx context.Context, w advocacy.WorkspaceID, p Page) ([]advocacy.TrainingModule, string, error)
	TrainingCourse(ctx context.Context, w advocacy.WorkspaceID, m advocacy.TrainingID, number int) (*advocacy.TrainingCourse, error)
	TrainingAttempt(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingAttemptID) (*advocacy.TrainingAttempt, error)
	// LatestTrainingAttempts returns a person's latest attempts at a module, newest first.
	LatestTrainingAttempts(ctx context.Context, w advocacy.WorkspaceID, m advocacy.TrainingID, p advocacy.PersonID, most int) ([]advocacy.TrainingAttempt, error)
	TrainingAttempts(ctx context.Context, q TrainingQuery) ([]advocacy.TrainingAttempt, string, error)
	TrainingRecord(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingRecordID) (*advocacy.TrainingRecord, error)
	TrainingRecords(ctx context.Context, q TrainingQuery) ([]advocacy.TrainingRecord, string, error)
	// Trainings returns a person's latest records that have not expired at t, also those
	// that were revoked.
	Trainings(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, t time.Time) ([]advocacy.TrainingRecord, error)
}

// TrainingQuery selects training records or attempts.
type TrainingQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	// Person and Module restrict when not empty.
	Person advocacy.PersonID
	Module advocacy.TrainingID
}
