package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Store keeps everything. Reads outside Update are single statements that each see a
// consistent state; nothing may be decided from them.
type Store interface {
	Reader
	// Update runs fn in one write transaction and returns when it is durable. fn must be
	// pure but for tx and may run more than once; when it fails or panics nothing of it
	// remains. A transaction that lost a race inside the database is repeated a few times,
	// then reported as Unavailable.
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Reader reads. Get-like methods return a NotFound error when the thing is absent;
// lists return at most Page.Size rows and the key of the next page, "" at the end.
type Reader interface {
	PostReader
	ReviewReader
	ReceiptReader
	DiscussionReader
	SuggestionReader
	ProposalReader
	FeedReader
	HandleReader
	LibraryReader
	SearchReader
	ImportReader
	TopicReader
	MediaReader
	PeopleReader
	GroupReader
	CredentialReader
	PublicationReader
	RecordReader
	PolicyReader
	RecomputationReader
	LinkReader
	TimeReader
	KnowledgeReader
	LexiconReader
	DisclosureReader
	EpochReader
}

// Tx is one write transaction. Lock order: feed or handle → proposal → post or item → review → tasks →
// members → delegations → publication.
type Tx interface {
	Reader
	// Now is the database's time on PostgreSQL and the injected clock's on SQLite: UTC,
	// microseconds, the same during the whole transaction.
	Now() time.Time
	// Enqueue adds jobs that exist exactly if the transaction commits.
	Enqueue(ctx context.Context, jobs ...advocacy.Job) error
	// Record appends audit records, giving them their sequence.
	Record(ctx context.Context, records ...advocacy.AuditRecord) error
	RequestLog
	PostWriter
	ReviewWriter
	ReceiptWriter
	DiscussionWriter
	SuggestionWriter
	ProposalWriter
	FeedWriter
	HandleWriter
	LibraryWriter
	SearchWriter
	ImportWriter
	TopicWriter
	MediaWriter
	PeopleWriter
	CredentialWriter
	PublicationWriter
	PolicyWriter
	RecomputationWriter
	LinkWriter
	TimeWriter
	KnowledgeWriter
	LexiconWriter
	DisclosureWriter
	EpochWriter
}

// Page asks for a part of a list. After is the key a previous page returned, "" for the
// first.
type Page struct {
	Size  int
	After string
	// Oldest orders from oldest to newest; lists are newest first otherwise.
	Oldest bool
}

// Request identifies one call of a client, so that a repetition has no second effect.
type Request struct {
	Workspace advocacy.WorkspaceID
	// Caller is the person or key.
	Caller string
	ID     string
	Method string
	// Body is the digest of the request without its id.
	Body advocacy.Digest
	// Result is the name of what the call made or changed.
	Result string
}

// RequestLog remembers requests.
type RequestLog interface {
	// FindRequest returns the remembered request, or nil.
	FindRequest(ctx context.Context, w advocacy.WorkspaceID, caller, id string) (*Request, error)
	// AddRequest remembers a request; Exists when two calls race with one id.
	AddRequest(ctx context.Context, r Request) error
}

// PostQuery selects posts.
type PostQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	// Author, CoAuthor, State and Item restrict when not empty; CoAuthor to the posts the
	// person may write now.
	Author   advocacy.PersonID
	CoAuthor advocacy.PersonID
	State    advocacy.PostState
	Item     advocacy.ItemID
	Shared   bool // leaves out what came of no library item
}

// PostReader reads posts and revisions of any subject.
type PostReader interface {
	Post(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, error)
	// PostWithHead returns a post with its newest round, nil for a draft, and its head revision, which
	// the round may not be about, in one statement.
	PostWithHead(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, *Reading, error)
	Posts(ctx context.Context, q PostQuery) ([]advocacy.Post, string, error)
	Revision(ctx context.Context, s advocacy.Subject, number int) (*advocacy.Revision, error)
	Revisions(ctx context.Context, s advocacy.Subject, p Page) ([]advocacy.Revision, string, error)
	// RevisionsByNumber returns one revision of each of several subjects of a kind, by the
	// subject's id, in one statement; absent ones are left out.
	RevisionsByNumber(ctx context.Context, w advocacy.WorkspaceID, kind advocacy.SubjectKind, numbers map[string]int) (map[string]*advocacy.Revision, error)
}

// PostWriter writes posts and revisions.
type PostWriter interface {
	// PostForUpdate locks the post until commit.
	PostForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, error)
	// PostInReviewForUpdate locks a post and then one of its rounds, the newest for 0, until commit.
	// It returns no round where there is no such one, and else what ReviewWithHeadForUpdate does.
	PostInReviewForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID, round int, viewer advocacy.PersonID) (*advocacy.Post, *Reading, error)
	// FreeShares returns up to limit posts in a state that were made from an item, and locks them
	// until commit. It leaves out what another transaction holds: who holds the item already, as its
	// caller does, may not wait for a post.
	FreeShares(ctx context.Context, w advocacy.WorkspaceID, item advocacy.ItemID, state advocacy.PostState, limit int) ([]advocacy.PostID, error)
	AddPost(ctx context.Context, p *advocacy.Post) error
	// SavePost writes everything that may change and raises Version; Conflict when Version
	// moved since the read.
	SavePost(ctx context.Context, p *advocacy.Post) error
	AddRevision(ctx context.Context, r *advocacy.Revision) error
	// AddItemOwner makes a contributor of the head of an item of its owner; who came to answer
	// for it before stays one from then on.
	AddItemOwner(ctx context.Context, i *advocacy.LibraryItem, giver advocacy.PersonID) error
	// AddCoAuthor keeps that somebody may write a post, once more for who could before, and
	// makes a contributor of that revision of who never could. SavePost keeps who may now.
	AddCoAuthor(ctx context.Context, a advocacy.CoAuthor) error
	// RemoveCoAuthor keeps since when the person of a may not write the post any more; a
	// contributor stays one.
	RemoveCoAuthor(ctx context.Context, a advocacy.CoAuthor) error
}

// TaskState is whether a turn is still open.
type TaskState string

const (
	// TaskOpen waits for a decision.
	TaskOpen TaskState = "open"
	// TaskDone needs none any more.
	TaskDone TaskState = "done"
)

// Task is one requirement's open turn in the queue: a projection of a review, written
// in the transaction that changed it.
type Task struct {
	Workspace   advocacy.WorkspaceID
	ID          advocacy.TaskID
	Subject     advocacy.Subject
	Round       int
	Requirement string
	Role        advocacy.Role
	State       TaskState
	// Digest, Title, Author, Language, Origin and Networks are what a queue shows without
	// opening the item.
	Digest   advocacy.Digest
	Title    string
	Author   advocacy.PersonID
	Language string
	Origin   advocacy.Origin
	Networks []advocacy.Network
	// Have and Need are the signatures given and asked for.
	Have int
	Need int
	// PublishTime is when it shall go out, zero for as soon as signed.
	PublishTime time.Time
	// DueTime orders the queue: the earlier of the wish to publish and the review's end.
	DueTime    time.Time
	CreateTime time.Time
	// Excluded are the persons whose turn it is not: who wrote it, who signed already, who
	// recused.
	Excluded []advocacy.PersonID
	// Why it is, or was last, whose turn, and since when. Person is the one person who is
	// waited for, empty when any holder of Role will do, and Permission what those may do who
	// are waited for when it is no role's turn.
	Why        advocacy.Why
	Since      time.Time
	Person     advocacy.PersonID
	Permission advocacy.Permission
	Unlocks    int
	// Alone is why a signature is given alone, empty when several can be at once; Rules
	// stands for the rules that asked for it, and is empty where that is not known.
	Alone advocacy.Alone
	Rules string
	// AskedBy are the ids of the rules that asked for the signature.
	AskedBy []string
	TaskMarks
}

// ReviewReader reads reviews, decisions and the queue.
type ReviewReader interface {
	Review(ctx context.Context, s advocacy.Subject, round int) (*advocacy.Review, error)
	// ReviewWithRevision returns a round and the revision it is about in one statement.
	ReviewWithRevision(ctx context.Context, s advocacy.Subject, round int) (*Reading, error)
	// ReviewsByRound returns one round of each of several subjects of a kind, by the subject's id, in
	// one statement; absent ones are left out.
	ReviewsByRound(ctx context.Context, w advocacy.WorkspaceID, kind advocacy.SubjectKind, rounds map[string]int) (map[string]*advocacy.Review, error)
	Reviews(ctx context.Context, s advocacy.Subject, p Page) ([]advocacy.Review, string, error)
	// FormerPlans returns the plans a round had before the one it has, oldest first.
	FormerPlans(ctx context.Context, s advocacy.Subject, round int) ([]advocacy.FormerPlan, error)
	// Decisions returns every decision on the subject, in all rounds, oldest first, each with
	// the time of the receipt it rests on.
	Decisions(ctx context.Context, s advocacy.Subject) ([]advocacy.Decision, error)
	// RejectingRoles returns in which roles exactly these bytes were rejected, on whatever
	// subject, but for rejections that were taken back.
	RejectingRoles(ctx context.Context, w advocacy.WorkspaceID, digest advocacy.Digest) ([]advocacy.Role, error)
	// VerdictTimes returns how long the last n approvals and objections of a role took since
	// their rounds were opened, in no order.
	VerdictTimes(ctx context.Context, w advocacy.WorkspaceID, role advocacy.Role, n int) ([]time.Duration, error)
	Task(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TaskID) (*Task, error)
	// TasksOf returns the turns of a review, open and done.
	TasksOf(ctx context.Context, s advocacy.Subject, round int) ([]Task, error)
	// Tasks lists turns. A page of a query that no index answers can hold fewer than asked
	// for, even none, before the last.
	Tasks(ctx context.Context, q TaskQuery) ([]Task, string, error)
	// TurnsBehind returns so many open turns of the newest rounds of posts, of one author or of
	// everybody, whose state tells what became of publications and not that they wait, in the order
	// of their ids after one.
	TurnsBehind(ctx context.Context, w advocacy.WorkspaceID, author advocacy.PersonID, after advocacy.TaskID, most int) ([]Task, error)
	// TaskClock says how far the order in which turns changed is known.
	TaskClock(ctx context.Context, w advocacy.WorkspaceID) (TaskClock, error)
	// ChangedTasks lists at most so many turns by their last change, after a place, and the
	// place of the last of them. What was left out because it may not be the next yet comes
	// later; nothing ever appears before a place that was returned.
	ChangedTasks(ctx context.Context, w advocacy.WorkspaceID, after TaskPlace, most int) ([]Task, TaskPlace, error)
	// Batch returns a batch with its items in their order.
	Batch(ctx context.Context, w advocacy.WorkspaceID, id advocacy.BatchID) (*Batch, error)
	// ExpiredReviews returns live, unapproved reviews of every workspace whose time ran out
	// at t.
	ExpiredReviews(ctx context.Context, t time.Time, limit int) ([]advocacy.Review, error)
}

// ReviewWriter writes reviews, decisions and the queue.
type ReviewWriter interface {
	// ReviewForUpdate locks the review until commit.
	ReviewForUpdate(ctx context.Context, s advocacy.Subject, round int) (*advocacy.Review, error)
	// ReviewWithHeadForUpdate locks the review until commit and reads the subject's newest
	// revision and a viewer's receipt in the same statement. What it says of discussions holds
	// until commit for who holds the subject, as everybody does who speaks about it.
	ReviewWithHeadForUpdate(ctx context.Context, s advocacy.Subject, round, head int, viewer advocacy.PersonID) (*Reading, error)
	AddReview(ctx context.Context, r *advocacy.Review) error
	// SaveReview writes State, Plan, Policy, FailedRules, Links, Pins, Lexicon, Disclosures, CloseTime and raises Version;
	// Conflict when it moved.
	SaveReview(ctx context.Context, r *advocacy.Review) error
	// AddFormerPlan inserts a plan that is replaced, which never changes.
	AddFormerPlan(ctx context.Context, f *advocacy.FormerPlan) error
	AddDecision(ctx context.Context, d *advocacy.Decision) error
	// TasksForUpdate locks the turns of a review until commit and returns them, and the deadlines of
	// those that have one, in the same statement.
	TasksForUpdate(ctx context.Context, s advocacy.Subject, round int) ([]Task, []advocacy.Deadline, error)
	// TaskForUpdate locks a turn until commit.
	TaskForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TaskID) (*Task, error)
	// PutTasks inserts the turns of a review or updates them by (subject, round,
	// requirement), leaving their marks as they are. One that says nothing new is no change,
	// for the index as for those who watch.
	PutTasks(ctx context.Context, tasks ...Task) error
	// MarkTask writes the marks of a turn.
	MarkTask(ctx context.Context, t *Task) error
	// KeepLooks writes who has a turn open, which is no change of it: nobody who watches is told.
	KeepLooks(ctx context.Context, t *Task) error
	// AddBatch inserts a batch and its items.
	AddBatch(ctx context.Context, b *Batch) error
	// EndBatchItem writes the end of an item once; Conflict when it has ended.
	EndBatchItem(ctx context.Context, w advocacy.WorkspaceID, id advocacy.BatchID, i *BatchItem) error
	// CloseTasks marks every open turn of the subject done, but for those of its publications.
	CloseTasks(ctx context.Context, s advocacy.Subject) error
}

// ItemQuery selects library items.
type ItemQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Topic     advocacy.TopicID
	State     advocacy.ItemState
	Author    advocacy.PersonID
	Owner     advocacy.PersonID
	// SharableAt restricts to items that may be shared at the instant, when not zero.
	SharableAt time.Time
	// Availability restricts to items of which the revision in force is so at Now.
	Availability advocacy.Availability
	Now          time.Time
	// Sharable leaves out announcements.
	Sharable bool
	// Announcements, Pinned, Label and Campaign restrict to what is one, has one, or has that
	// one. Head: it is the newest revision that says whether it is an announcement, and not the
	// one in force.
	Announcements bool
	Head          bool
	Pinned        bool
	// Featured restricts to what stands in the strip at Now.
	Featured bool
	Label    string
	Campaign string
	// Language and Network restrict to items with an offer that meets them, as
	// advocacy.Offer.Meets says: one offer that meets both. Head: an offer of the newest
	// revision, and not of what employees may be shown.
	Language string
	Network  advocacy.Network
	// PinnedFirst orders by Pin first: the first place, the second, and then what has none.
	PinnedFirst bool
	// ByFeature orders by the place in the strip, the first before; of what is Featured alone.
	ByFeature bool
	// Viewer leaves out items that are not for the person, and items of topics the person does
	// not see, as advocacy.Viewer.Finds says, when not empty.
	Viewer advocacy.PersonID
	// Follower leaves out items of topics the person does not follow as advocacy.Viewer.Follows
	// says, when not empty.
	Follower advocacy.PersonID
}

// LibraryReader reads the library.
type LibraryReader interface {
	Item(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.LibraryItem, error)
	Items(ctx context.Context, q ItemQuery) ([]advocacy.LibraryItem, string, error)
}

// LibraryWriter writes the library.
type LibraryWriter interface {
	ItemForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.LibraryItem, error)
	// ItemForShare holds the item against change until commit.
	ItemForShare(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID) (*advocacy.LibraryItem, error)
	AddItem(ctx context.Context, i *advocacy.LibraryItem) error
	// AddReach keeps how far a revision of an item may go, which never changes.
	AddReach(ctx context.Context, item advocacy.Subject, revision int, r advocacy.Reach) error
	// PutLabels replaces the labels of an item by those it has.
	PutLabels(ctx context.Context, i *advocacy.LibraryItem) error
	SaveItem(ctx context.Context, i *advocacy.LibraryItem) error
}

// AccountQuery selects social accounts.
type AccountQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Network   advocacy.Network
	// Unanswered selects those that speak for the company, are not switched off, and of whose owner and
	// deputy one or both are missing: never named, or no active member.
	Unanswered bool
}

// CredentialReader reads API keys and social accounts.
type CredentialReader interface {
	APIKey(ctx context.Context, w advocacy.WorkspaceID, id advocacy.KeyID) (*advocacy.APIKey, error)
	// Session returns a session; whether it still holds is for the caller to judge.
	Session(ctx context.Context, w advocacy.WorkspaceID, id string) (*advocacy.Session, error)
	APIKeys(ctx context.Context, w advocacy.WorkspaceID, owner advocacy.PersonID, p Page) ([]advocacy.APIKey, string, error)
	Account(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.SocialAccount, error)
	Accounts(ctx context.Context, q AccountQuery) ([]advocacy.SocialAccount, string, error)
	// AccountNamed finds the account that was connected as a network's, or nil.
	AccountNamed(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, address, externalID string) (*advocacy.SocialAccount, error)
	// FindRevocation returns a credential that is to be ended, nil when it was.
	FindRevocation(ctx context.Context, w advocacy.WorkspaceID, id string) (*advocacy.Revocation, error)
	// AttestedBetween returns accounts of all workspaces that speak for the company, are not switched
	// off, and were last vouched for after from and until an instant, the longest ago first; those
	// after one of them when it is given.
	AttestedBetween(ctx context.Context, from, until time.Time, after *advocacy.SocialAccount, limit int) ([]advocacy.SocialAccount, error)
	// PersonalBeside returns the accounts that speak for the persons for whom personal ones among
	// some accounts speak, those among them.
	PersonalBeside(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID) ([]advocacy.AccountID, error)
	// AnsweredBy returns the accounts that speak for the company and that a person owns or is the deputy
	// of, in the order of their ids.
	AnsweredBy(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID) ([]advocacy.SocialAccount, error)
	// GrantedBy returns the accounts that speak for the company and that a person connected last.
	GrantedBy(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID) ([]advocacy.SocialAccount, error)
	// ConnectedOf returns the accounts that speak for a person and were connected by a token.
	ConnectedOf(ctx context.Context, w advocacy.WorkspaceID, owner advocacy.PersonID) ([]advocacy.SocialAccount, error)
	// AccountsByID returns those of the accounts that exist.
	AccountsByID(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID) (map[advocacy.AccountID]*advocacy.SocialAccount, error)
}

// CredentialWriter writes what proves who somebody is and where one may publish.
type CredentialWriter interface {
	AddAPIKey(ctx context.Context, k *advocacy.APIKey) error
	SaveAPIKey(ctx context.Context, k *advocacy.APIKey) error
	AddSession(ctx context.Context, s *advocacy.Session) error
	// RevokeSessions ends the person's sessions, or only one of them when id is not empty.
	RevokeSessions(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, id string, at time.Time) error
	AddIdentity(ctx context.Context, i *advocacy.Identity) error
	AddSignInLink(ctx context.Context, l *advocacy.SignInLink) error
	// UseSignInLink marks the unused, unexpired link with the hash as used at t and returns
	// it; NotFound otherwise. Of two calls one succeeds.
	UseSignInLink(ctx context.Context, hash []byte, at time.Time) (*advocacy.SignInLink, error)
	AccountWriter
}

// AccountWriter writes social accounts.
type AccountWriter interface {
	AddAccount(ctx context.Context, a *advocacy.SocialAccount, sealed []byte) error
	// SaveAccount writes the account, and another credential when sealed is not nil.
	SaveAccount(ctx context.Context, a *advocacy.SocialAccount, sealed []byte) error
	// ForgetCredential deletes an account's sealed credential.
	ForgetCredential(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) error
	// SaveCredential writes a credential as it is. The account is held by AccountsForUpdate.
	SaveCredential(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID, c *advocacy.Credential) error
	ConnectionWriter
	// AccountsForUpdate reads as AccountsByID does and locks what it finds until commit, in the
	// order of the ids.
	AccountsForUpdate(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.AccountID) (map[advocacy.AccountID]*advocacy.SocialAccount, error)
	// AccountForShare holds the account against change until commit.
	AccountForShare(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.SocialAccount, error)
}

// ConnectionWriter keeps what is needed to recognise the answer of a network.
type ConnectionWriter interface {
	AddConnection(ctx context.Context, c *advocacy.Connection) error
	// ConnectionForUpdate returns the connection whose secret has the hash and holds it until
	// commit; NotFound when there is none.
	ConnectionForUpdate(ctx context.Context, w advocacy.WorkspaceID, stateHash []byte) (*advocacy.Connection, error)
	// UseConnection writes when the answer came, once.
	UseConnection(ctx context.Context, c *advocacy.Connection) error
	// ForgetConnections deletes what expired before an instant.
	ForgetConnections(ctx context.Context, w advocacy.WorkspaceID, before time.Time) error
	AddRevocation(ctx context.Context, r *advocacy.Revocation) error
	// RemoveRevocation deletes one, with what is sealed in it. It may be repeated.
	RemoveRevocation(ctx context.Context, w advocacy.WorkspaceID, id string) error
}

// AccountOf names an account of a workspace.
type AccountOf struct {
	Workspace advocacy.WorkspaceID
	Account   advocacy.AccountID
}

// DueQuery selects publications that need a worker at a time, Most at most, and none of ButNetworks
// or of ButAccounts.
type DueQuery struct {
	Time        time.Time
	ButNetworks []advocacy.Network
	ButAccounts []AccountOf
	Most        int
}

// PublicationQuery selects publications.
type PublicationQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Post      advocacy.PostID
	Account   advocacy.AccountID
	State     advocacy.PublicationState
	// Writer restricts to the posts the person may write now: his or her own, and those he or
	// she is a co-author of.
	Writer advocacy.PersonID
}

// HoldQuery selects holds.
type HoldQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Active    bool
	Scope     advocacy.HoldScope
}

// PublicationReader reads publications, attempts and holds.
type PublicationReader interface {
	Publication(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PublicationID) (*advocacy.Publication, error)
	// Sketches returns the sketches that have a band in common with one, of texts that are due
	// or went out from an instant on.
	Sketches(ctx context.Context, w advocacy.WorkspaceID, bands []int64, from time.Time) ([]advocacy.Sketch, error)
	// OwnTexts returns those of an author that have a band in common with a text, and are due or
	// went out from an instant on, the newest first. Of his or her posts the newest two hundred are
	// looked at.
	OwnTexts(ctx context.Context, w advocacy.WorkspaceID, author advocacy.PersonID, bands []int64, from time.Time) ([]OwnText, error)
	// RejectedTexts returns the sketches that have a band in common with a text, of what was
	// rejected, but for rejections that were taken back.
	RejectedTexts(ctx context.Context, w advocacy.WorkspaceID, bands []int64) ([]advocacy.Sketch, error)
	// RejectionBacklogs returns some of the workspaces of which what was rejected is still to be looked
	// through, for texts that were rejected before they were kept.
	RejectionBacklogs(ctx context.Context, most int) ([]advocacy.WorkspaceID, error)
	// RejectedBytes returns what was rejected, after a digest and in the order of digests, each once.
	RejectedBytes(ctx context.Context, w advocacy.WorkspaceID, after advocacy.Digest, most int) ([]RejectedBytes, error)
	// Alike returns when publications of the texts are due or went out, from an instant on,
	// the earliest first; those that will not are not among them.
	Alike(ctx context.Context, w advocacy.WorkspaceID, texts []advocacy.Digest, from time.Time) ([]time.Time, error)
	// FindFirstUnsent returns what goes out through an account first, of what waits for nothing
	// or for one of the reasons given; nil when there is none.
	FindFirstUnsent(ctx context.Context, w advocacy.WorkspaceID, a advocacy.AccountID, waits []string) (*advocacy.Publication, error)
	// Outgoing returns when publications through an account are due or went out, from an
	// instant on, the earliest first. Those that a post has waiting are not among them.
	Outgoing(ctx context.Context, w advocacy.WorkspaceID, a advocacy.AccountID, but advocacy.PostID, from time.Time) ([]Outgoing, error)
	Publications(ctx context.Context, q PublicationQuery) ([]advocacy.Publication, string, error)
	// PublicationsOf returns all publications of a post, oldest first.
	PublicationsOf(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PostID) ([]advocacy.Publication, error)
	Attempts(ctx context.Context, w advocacy.WorkspaceID, x advocacy.PublicationID) ([]advocacy.Attempt, error)
	// KnownBy returns the publications through an account that are known by a network's name.
	KnownBy(ctx context.Context, w advocacy.WorkspaceID, a advocacy.AccountID, externalID string) ([]advocacy.PublicationID, error)
	// Due returns publications of every workspace that need a worker: scheduled, due and not resting
	// until a later LeaseTime, or claimed, sending or handed over with a lease that ended.
	Due(ctx context.Context, q DueQuery) ([]advocacy.Publication, error)
	CaseReader
	RecallReader
	Hold(ctx context.Context, w advocacy.WorkspaceID, id advocacy.HoldID) (*advocacy.Hold, error)
	Holds(ctx context.Context, q HoldQuery) ([]advocacy.Hold, string, error)
	// HoldsSince returns the active holds, and then those that were lifted after an instant.
	HoldsSince(ctx context.Context, w advocacy.WorkspaceID, since time.Time) ([]advocacy.Hold, error)
	// Credential returns the credential of an account.
	Credential(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AccountID) (*advocacy.Credential, error)
}

// PublicationWriter writes publications, attempts and holds.
type PublicationWriter interface {
	// PublicationForUpdate locks the publication until commit.
	PublicationForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PublicationID) (*advocacy.Publication, error)
	// KeepSketch keeps what is needed to find a text again among those near it, once.
	KeepSketch(ctx context.Context, w advocacy.WorkspaceID, s advocacy.Sketch) error
	// KeepRejected keeps that a text, whose sketch is kept, was in bytes that were rejected, once.
	KeepRejected(ctx context.Context, w advocacy.WorkspaceID, likeness, digest advocacy.Digest) error
	// RejectionBacklogForUpdate locks the backlog of a workspace until commit, if it has one, and
	// returns up to where it was worked off.
	RejectionBacklogForUpdate(ctx context.Context, w advocacy.WorkspaceID) (after advocacy.Digest, waits bool, err error)
	// SaveRejectionBacklog writes up to where it was worked off, and EndRejectionBacklog that it was.
	SaveRejectionBacklog(ctx context.Context, w advocacy.WorkspaceID, after advocacy.Digest) error
	EndRejectionBacklog(ctx context.Context, w advocacy.WorkspaceID) error
	// AddPublication inserts; Exists when the revision has a live one for the account.
	AddPublication(ctx context.Context, p *advocacy.Publication) error
	// SavePublication writes and raises Version; Conflict when Version or Epoch moved.
	SavePublication(ctx context.Context, p *advocacy.Publication) error
	AddAttempt(ctx context.Context, a *advocacy.Attempt) error
	// EndAttempt writes the receipt of the attempt once; Conflict when it has one.
	EndAttempt(ctx context.Context, a *advocacy.Attempt) error
	// HoldsSinceForShare is HoldsSince and holds the set against change until commit, so that a
	// hold being made waits for the gate, or the gate for it.
	HoldsSinceForShare(ctx context.Context, w advocacy.WorkspaceID, since time.Time) ([]advocacy.Hold, error)
	CaseWriter
	RecallWriter
	// AddHold inserts a hold, excluding every gate that has not committed.
	AddHold(ctx context.Context, h *advocacy.Hold) error
	SaveHold(ctx context.Context, h *advocacy.Hold) error
}

// RecordQuery selects audit records in their order.
type RecordQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	// Parent restricts to the life of one post or item, by its resource name.
	Parent string
	Action string
	// Person restricts to what one person did.
	Person advocacy.PersonID
	// From and Until restrict to what became true from an instant on, and before another,
	// unless they are zero. The list is then by that time, and within it by the sequence.
	From, Until time.Time
}

// Timed tells whether the query is bound to a time.
func (q RecordQuery) Timed() bool { return !q.From.IsZero() || !q.Until.IsZero() }

// RecordReader reads the audit trail.
type RecordReader interface {
	AuditRecord(ctx context.Context, w advocacy.WorkspaceID, id advocacy.RecordID) (*advocacy.AuditRecord, error)
	AuditRecords(ctx context.Context, q RecordQuery) ([]advocacy.AuditRecord, string, error)
}
