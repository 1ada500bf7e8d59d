package workflow

import (
	"log/slog"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// Service carries out the use cases. All fields are required unless they say otherwise;
// it is safe for concurrent use.
type Service struct {
	Store Store
	Blobs Blobs
	// MediaQuota is how many bytes of pictures a workspace may keep; 0 means any number.
	MediaQuota int64
	// MediaLimits are how many bytes a file may have, by its kind.
	MediaLimits advocacy.MediaLimits
	// Thumbnails makes pictures small; a copy of the service shares it.
	Thumbnails *Thumbnailer
	Networks   network.Registry
	Routing    *routing.Engine
	Lexicons   *check.Lexicons
	// Registers keeps the impostors of workspaces ready.
	Registers *check.Registers
	// Disclosures keeps the workspaces' disclosure rules; a copy of the service shares it.
	Disclosures *network.Tables
	// Hours keeps the hours of calendars ready to count with; a copy of the service shares it.
	Hours *Hours
	// Links looks where links lead; nil when nobody can, and then none is reachable.
	Links LinkChecker
	// Feeder asks feeds; nil when nobody can, and then none brings anything.
	Feeder FeedFetcher
	// Cards reads pages for the cards of links; nil when nobody can. A copy of the service shares it.
	Cards *Previewer
	// Secrets mints bearer secrets and Seal locks an account's credential away.
	Secrets Secrets
	// Permissions are all that exist; MachinePermissions those an API key may hold.
	Permissions        []advocacy.Permission
	MachinePermissions []advocacy.Permission
	// NewID makes identifiers: UUIDv7 in lower case.
	NewID func() string
	// Now is the time outside transactions; inside, Tx.Now is.
	Now func() time.Time
	// PublicURL is where people reach the service, without a slash at the end.
	PublicURL string
	// MediaURL gives the address whoever is sent it fetches a blob of a workspace from.
	MediaURL func(w advocacy.WorkspaceID, blob string) string
	// Mails says whether mail is configured: invitations are then sent, not shown.
	Mails bool
	// Factor is by what people prove again who they are: whoever provides one names it here. There
	// is none while it is empty, and then a requirement that asks for such a proof is infeasible.
	Factor advocacy.Factor
	// ReviewLife is how long a review waits before it expires; 0 means 14 days.
	ReviewLife time.Duration
	// WatchEvery is how often a watched queue is looked at; 0 means every second.
	WatchEvery time.Duration
	// ZoneData names the rules of the time zones this process has; deadlines counted with
	// other ones are counted again.
	ZoneData string
	Logger   *slog.Logger
}

// Secrets is what the use cases need of secrets; they never see one of an account.
type Secrets interface {
	// New makes a bearer secret of a kind and the hash to keep.
	New(kind SecretKind) (secret string, hash []byte)
	// Hash returns the hash of a secret somebody sent, or Unauthenticated.
	Hash(secret string) ([]byte, error)
	// Verifier is what a network's code is given back with. It follows from the state it came
	// with and a key of the service's, so that nobody who reads the database has it.
	Verifier(state string) string
	// Mark is what only this service can put under something it said, with another key of its
	// own. What was said is kept by whom it was said to, and known again by its mark.
	Mark(said string) string
	// Seal encrypts an account's credential so that only the publisher can open it, and
	// only for this account.
	Seal(account advocacy.SocialAccount, secret []byte) ([]byte, error)
}

// SecretKind is what a bearer secret is for.
type SecretKind int

const (
	// SecretSession signs a person's calls.
	SecretSession SecretKind = iota
	// SecretKey signs a tool's calls.
	SecretKey
	// SecretLink opens the door once.
	SecretLink
	// SecretState comes back with a network's answer, once.
	SecretState
)

// Call is one call of a client: who, and how to recognise a repetition.
type Call struct {
	Actor advocacy.Actor
	// RequestID is the client's UUID, "" when it sent none. Method and Body tell a
	// repetition from a reuse.
	RequestID string
	Method    string
	Body      advocacy.Digest
	// May tells whether the actor's roles, and a key's scope, give a permission. It was
	// asked once for the method itself before the use case runs.
	May func(advocacy.Permission) bool
}

func (c Call) may(p advocacy.Permission) bool { return c.May != nil && c.May(p) }

// The kinds of jobs the use cases enqueue; app registers their handlers.
const (
	// JobPublish takes one publication to the gate. Args: PublicationJob.
	JobPublish = "publish"
	// JobRecall takes one publication back. Args: PublicationJob.
	JobRecall = "recall"
	// JobLook looks whether a publication whose end is unknown is there. Args: PublicationJob.
	JobLook = "look"
	// JobReadBack looks whether a network still shows what was signed. Args: ReadBackJob.
	JobReadBack = "read_back"
	// JobRevoke ends a credential at its network. Args: ResourceJob.
	JobRevoke = "revoke"
	// JobInvite mails a one-time sign-in link. Args: InviteJob.
	JobInvite = "invite"
	// JobCancelShares cancels the unsent shares of an item that may not go out any more. Args:
	// ItemJob.
	JobCancelShares = "cancel_shares"
	// JobSweepMedia removes pictures and bytes that nothing needs, of all workspaces.
	JobSweepMedia = "sweep_media"
	// JobForgetDepartures removes the notes of requests that began long ago.
	JobForgetDepartures = "forget_departures"
	// JobReassess computes what is not sent yet of a workspace again after roles, groups or topics
	// changed. Args: ResourceJob of a Recomputation.
	JobReassess = "reassess"
	// JobReassessRound counts a round again when a signature on it runs out. Args: RoundJob.
	JobReassessRound = "reassess_round"
	// JobRemindUnknown reminds of a publication whose end is unknown. Args: UnknownJob.
	JobRemindUnknown = "remind_unknown"
	// JobBatch carries out the decisions of a batch. Args: BatchJob.
	JobBatch = "batch"
	// JobReleased looks at once at what rested because of a hold that was lifted. Args:
	// WorkspaceJob.
	JobReleased = "released"
)

// PublicationJob names the publication of a job.
type PublicationJob struct {
	Workspace   advocacy.WorkspaceID   `json:"workspace"`
	Publication advocacy.PublicationID `json:"publication"`
}

// ReadBackJob names a publication, and how often it was looked at before.
type ReadBackJob struct {
	PublicationJob
	Look int `json:"look"`
}

// ItemJob names the library item of a job.
type ItemJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Item      advocacy.ItemID      `json:"item"`
}

// WorkspaceJob names the workspace of a job.
type WorkspaceJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
}

// BatchJob names the batch of a job.
type BatchJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Batch     advocacy.BatchID     `json:"batch"`
}

// InviteJob names whom to send a sign-in link.
type InviteJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Person    advocacy.PersonID    `json:"person"`
}

// PostDraft is what a client says of a new post. Of MediaRef only Blob and AltText are
// read.
type PostDraft struct {
	Content  advocacy.Content
	Accounts []advocacy.AccountID
	Item     advocacy.ItemID
	// Alternative names which of the item's texts a share without words of its own begins with.
	Alternative string
	PublishTime time.Time
	Zone        string
	Note        string
}

// PostChange is what a client wants changed; nil leaves a field as it is. Version is
// the one the client read.
type PostChange struct {
	Version       int64
	Content       *advocacy.Content
	Accounts      *[]advocacy.AccountID
	PublishTime   *time.Time
	Zone          *string
	Note          *string
	StartNewRound bool
	// suggester is whose suggestion the change is.
	suggester advocacy.PersonID
}

// PostView is a post with everything a client is shown of it.
type PostView struct {
	Post     *advocacy.Post
	Head     *advocacy.Revision
	Manifest advocacy.Manifest
	// Review is the newest one, nil before the first submit.
	Review       *advocacy.Review
	Publications []advocacy.Publication
	Findings     []advocacy.Finding
	Held         bool
	// rules are those by which the findings were made.
	rules *rules
}

// Preview is what would go out, without keeping anything.
type Preview struct {
	Content  advocacy.Content
	Manifest advocacy.Manifest
	Digest   advocacy.Digest
	Findings []advocacy.Finding
	Origin   advocacy.Origin
	Plan     advocacy.Plan
	// Usual is how long roles usually take to sign, of which enough is known.
	Usual map[advocacy.Role]time.Duration
	// Unmet are preconditions that a submission would be refused for.
	Unmet []advocacy.Unmet
	// Edit is how far a share differs from its library item, and Changes where; own words differ
	// from nothing.
	Edit    advocacy.Edit
	Changes []diff.Target
	// Crowds are where it is said too often already.
	Crowds []Crowd
	// Slot is what is in the way of the time, nil when nothing is.
	Slot *advocacy.Slot
}

// Submit names the bytes somebody submits. Version 0 is not compared.
type Submit struct {
	Digest  advocacy.Digest
	Version int64
	// Expedited takes the expedited route of the policy, if it has one, and Reason is why.
	Expedited bool
	Reason    string
}

// ItemDraft is what a client says of a new library item.
type ItemDraft struct {
	Title    string
	Topic    advocacy.TopicID
	Content  advocacy.Content
	Networks []advocacy.Network
	advocacy.Reach
	// Editing is nil for what the workspace says of items that say nothing of it.
	Editing  *advocacy.Editing
	Share    advocacy.Window
	Zone     string
	Note     string
	Pin      int
	Feature  advocacy.Feature
	Labels   []string
	Campaign string
	Spread   *int
	// proposal is what the draft is made of, nil for none.
	proposal *advocacy.Proposal
}

// ItemChange is what a client wants changed; nil leaves a field as it is.
type ItemChange struct {
	Version    int64
	Title      *string
	Topic      *advocacy.TopicID
	Content    *advocacy.Content
	Networks   *[]advocacy.Network
	Audience   *advocacy.Audience
	ShareStart *time.Time
	ShareEnd   *time.Time
	Zone       *string
	Note       *string
	Pin        *int
	// FeaturePlace and FeatureEnd: see advocacy.Feature.
	FeaturePlace *int
	FeatureEnd   *time.Time
	Labels       *[]string
	Campaign     *string
	// Spread: see advocacy.LibraryItem; a pointer to nil is the workspace's.
	Spread **int
	// Announcement: see advocacy.Reach.
	Announcement *bool
	Editing      *advocacy.Editing
	// suggester is whose suggestion the change is.
	suggester advocacy.PersonID
}

// ItemView is a library item as the caller may see it: Revision is the head for who may
// change items, the one in force for everybody else.
type ItemView struct {
	Item     *advocacy.LibraryItem
	Revision *advocacy.Revision
	Manifest advocacy.Manifest
	Review   *advocacy.Review
	Findings []advocacy.Finding
	// Sharable tells whether it can be shared now, and Availability what the window says.
	Sharable     bool
	Availability advocacy.Availability
}

// Share says where to share an item, in which language, with which of its texts, and what the
// sharer saw.
type Share struct {
	Accounts    []advocacy.AccountID
	Language    string
	Alternative string
	Digest      advocacy.Digest
	PublishTime time.Time
	Zone        string
}

// Verdict is what a client says about one requirement of the bytes it was shown.
type Verdict struct {
	Verdict     advocacy.Verdict
	Requirement string
	Digest      advocacy.Digest
	// Version is the review's, as the client read it.
	Version int64
	Reason  string
	// ClaimEpoch is that of the claim the client holds, 0 for none. OverrideClaim decides
	// over somebody else's.
	ClaimEpoch    int64
	OverrideClaim bool
	// ValidateOnly asks whether it could be said, without saying it.
	ValidateOnly bool
	// OnBehalfOf is whose signature the caller gives, empty for the caller's own.
	OnBehalfOf advocacy.PersonID
	// Reaffirms is the signature that is given again, empty for none.
	Reaffirms advocacy.DecisionID
	// Batched is the rule set of the batch the verdict is one of, nil for one said alone.
	Batched *string
}

// ReviewView is a review with its standing: the same count the guards use.
type ReviewView struct {
	Review    *advocacy.Review
	Decisions []advocacy.Decision
	Tally     advocacy.Tally
	Manifest  advocacy.Manifest
	// Deadlines say by when requirements should be signed, and who was asked.
	Deadlines []advocacy.Deadline
}

// MemberDraft is what a client says of a new member.
type MemberDraft struct {
	DisplayName string
	Email       string
	Title       string
	Language    string
	Roles       []advocacy.Role
	Groups      []string
	Department  string
	Country     string
	Relation    advocacy.Disclosure
	Manager     advocacy.PersonID
	// ShareCalendar has the person's own sharing hours, empty for the workspace's.
	ShareCalendar advocacy.CalendarID
	// TrainingMode: somebody signs whatever the person posts.
	TrainingMode bool
}

// MemberChange is what a client wants changed; nil leaves a field as it is.
type MemberChange struct {
	Version     int64
	DisplayName *string
	Email       *string
	Title       *string
	Language    *string
	Roles       *[]advocacy.Role
	Groups      *[]string
	Department  *string
	Country     *string
	Relation    *advocacy.Disclosure
	Manager     *advocacy.PersonID
	// ShareCalendar: see MemberDraft.
	ShareCalendar *advocacy.CalendarID
	// TrainingMode: see MemberDraft.
	TrainingMode *bool
}

// Invitation says how a sign-in link reached a person; Link is empty when it was mailed.
type Invitation struct {
	Mailed     bool
	Link       string
	ExpireTime time.Time
}

// RoleChange is what a client wants changed of a role; nil leaves a field as it is.
type RoleChange struct {
	Version     int64
	DisplayName *string
	Permissions *[]advocacy.Permission
}

// KeyDraft is what a client says of a new API key.
type KeyDraft struct {
	DisplayName string
	Permissions []advocacy.Permission
	ExpireTime  time.Time
}

// WorkspaceChange is what a client wants changed; nil leaves a field as it is.
type WorkspaceChange struct {
	Version         int64
	DisplayName     *string
	Language        *string
	Zone            *string
	SameTextLimit   *int
	SameTextMinutes *int
	ShareDailyLimit *int
	ShareCalendar   *advocacy.CalendarID
	ShareSpread     *int
	EditMode        *advocacy.EditMode
	LiftByAnother   *bool
}

// AccountDraft is what a client says of a new social account.
type AccountDraft struct {
	Network      advocacy.Network
	DisplayName  string
	Owner        advocacy.PersonID
	Deputy       advocacy.PersonID
	Personal     bool
	Address      string
	Deduplicates bool
	Purpose      string
}

// AccountChange is what a client wants changed; nil leaves a field as it is.
type AccountChange struct {
	Version      int64
	DisplayName  *string
	Owner        *advocacy.PersonID
	Deputy       *advocacy.PersonID
	Address      *string
	Deduplicates *bool
	Purpose      *string
}

// HoldDraft is what a client says of a new hold.
type HoldDraft struct {
	Scope  advocacy.HoldScope
	Target string
	Reason string
}

// Resolve is a person's word on a publication.
type Resolve struct {
	Resolution advocacy.Resolution
	URL        string
	Reason     string
	Version    int64
}

// PublicationView is a publication with its attempts.
type PublicationView struct {
	Publication *advocacy.Publication
	Attempts    []advocacy.Attempt
}

// SignedIn is a session just made, with its bearer token.
type SignedIn struct {
	Session *advocacy.Session
	Member  *advocacy.Member
	Token   string
}
