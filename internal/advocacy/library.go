package advocacy

import "time"

// LibraryItem is pre-approved content employees may share. What it says lives in its
// revisions; an approved revision is never changed, only followed or withdrawn.
type LibraryItem struct {
	Workspace WorkspaceID
	ID        ItemID
	Title     string
	Topic     TopicID
	// Author made it, and stays its author whoever answers for it: what a policy asks because
	// of the author is asked for ever.
	Author PersonID
	// Owner answers for it now.
	Owner PersonID
	// Proposer is who proposed it and is credited, empty when it was not proposed by anybody.
	Proposer PersonID
	// Head is the newest revision.
	Head int
	// InForce is the revision employees share, 0 while none was approved.
	InForce int
	// InForceRound is the review round that approved it.
	InForceRound int
	Round        int
	// Reach is that of the revision in force: what its manifest says, read beside the item and
	// never written with it.
	Reach
	// Share is when the item may be shared and what was shared of it may go out.
	Share Window
	Zone  string
	Note  string
	// Pin is the item's place among those that are shown first, 1 for the first, 0 for none.
	// Neither it nor Feature, Labels and Campaign change what goes out, so nobody signs them.
	Pin int
	// Feature is its place in the strip of what is featured; nobody signs it either.
	Feature   Feature
	Labels    []string
	Campaign  string
	Withdrawn bool
	// Spread is over how many minutes unedited shares of it are spread, in place of the workspace's; nil for the
	// workspace's. Nobody signs it.
	Spread *int
	// Sharers is how many people have something made from it out now. It is counted where
	// publications come and go, read beside the item and never written with it.
	Sharers int
	// State is the stored projection for lists; no guard reads it.
	State      ItemState
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
}

// Subject returns the item as the subject of a review.
func (i *LibraryItem) Subject() Subject { return ItemSubject(i.Workspace, i.ID) }

// Sharable tells whether the item's revision in force may be shared at t.
func (i *LibraryItem) Sharable(t time.Time) bool {
	return !i.Withdrawn && i.InForce > 0 && i.Share.Contains(t)
}

// Availability is whether what is in force of an item can be shared now. State is about the
// newest revision and its review; this is about the one in force and the share window.
type Availability string

const (
	// AvailableNever: nothing is in force, or the item was withdrawn.
	AvailableNever Availability = "none"
	// AvailableLater: the window is not open yet.
	AvailableLater Availability = "scheduled"
	// AvailableNow: it can be shared.
	AvailableNow Availability = "live"
	// AvailableBefore: the window is over.
	AvailableBefore Availability = "expired"
)

// Availabilities lists every availability.
func Availabilities() []Availability {
	return []Availability{AvailableNever, AvailableLater, AvailableNow, AvailableBefore}
}

// Availability derives whether what is in force can be shared at t.
func (i *LibraryItem) Availability(t time.Time) Availability {
	switch {
	case i.Withdrawn || i.InForce == 0:
		return AvailableNever
	case i.Share.Over(t):
		return AvailableBefore
	case t.Before(i.Share.Start):
		return AvailableLater
	default:
		return AvailableNow
	}
}

// MaximumPin is the last place among the pinned, and among the featured.
const MaximumPin = 999

// Feature is an item's place in the strip of what is featured: 1 for the first, 0 for none. What
// is pinned stands before the rest of the library until somebody unpins it; what is featured is
// shown apart, and leaves by itself.
type Feature struct {
	Place int
	// End is when it leaves, zero for when somebody takes it out.
	End time.Time
}

// Tidy leaves out when a feature ends that is none.
func (f Feature) Tidy() Feature {
	if f.Place == 0 {
		return Feature{}
	}
	return f
}

// Stands tells whether it is in the strip at t.
func (f Feature) Stands(t time.Time) bool { return f.Place > 0 && (f.End.IsZero() || t.Before(f.End)) }

// Equal tells whether two features are the same.
func (f Feature) Equal(o Feature) bool { return f.Place == o.Place && f.End.Equal(o.End) }

// ItemState is where the newest revision of an item stands. Whether an older revision
// is in force is a fact of its own.
type ItemState string

// The states of a library item, in the order of its life.
const (
	// ItemDraft: the head revision was never submitted.
	ItemDraft ItemState = "draft"
	// ItemInReview: the head's review waits for signatures.
	ItemInReview ItemState = "in_review"
	// ItemChangesRequested: an approver asked for changes.
	ItemChangesRequested ItemState = "changes_requested"
	// ItemRejected: an approver with a veto said no to these bytes.
	ItemRejected ItemState = "rejected"
	// ItemReviewExpired: nobody finished the review in time.
	ItemReviewExpired ItemState = "review_expired"
	// ItemUnroutable: nobody can give a signature the rules ask for.
	ItemUnroutable ItemState = "unroutable"
	// ItemApproved: the head is signed and in force; the share window says when it shows.
	ItemApproved ItemState = "approved"
	// ItemWithdrawn: taken out of the library for good.
	ItemWithdrawn ItemState = "withdrawn"
)

// ItemStates lists every state of a library item.
func ItemStates() []ItemState {
	return []ItemState{
		ItemDraft, ItemInReview, ItemChangesRequested, ItemRejected, ItemReviewExpired, ItemUnroutable, ItemApproved, ItemWithdrawn,
	}
}

// ItemStateOf derives where an item stands from its head's newest review, nil when the
// head was never submitted.
func ItemStateOf(i *LibraryItem, head *Review) ItemState {
	if i.Withdrawn {
		return ItemWithdrawn
	}
	// Every state a post's review can give has the same name for an item.
	return ItemState(stateOfReview(head))
}

// Media is a picture, a video or a document of a workspace: the blob is shared by digest, the
// right to use it is not.
type Media struct {
	Workspace   WorkspaceID
	Blob        string
	ContentType string
	Width       int
	Height      int
	// Duration is how many milliseconds a video takes, Codecs how it is packed.
	Duration int
	Codecs   string
	// Pages is how many a document has.
	Pages    int
	Size     int64
	Uploader PersonID
	// FileName is what the file was called when somebody first said so, as [FileName] keeps it.
	FileName   string
	CreateTime time.Time
}

// MediaPart is bytes of a file that is kept in parts: one that has more than [LargestPicture].
type MediaPart struct {
	Workspace WorkspaceID
	Media     string
	Offset    int64
	Size      int64
	Blob      string
}

// Parted tells whether the file is kept in parts.
func (m *Media) Parted() bool { return m.Size > LargestPicture }

// GuardPicture refuses what is no picture (MEDIA_NOT_PICTURE).
func (m *Media) GuardPicture(field string) error {
	if MediaKindOf(m.ContentType) == KindPicture { // guard: only a picture is cut, made small or put on a card
		return nil
	}
	return InvalidField(field, "MEDIA_NOT_PICTURE", "this can be done with a picture only, and the file is %s", m.ContentType)
}

// Area is a part of a picture, in pixels from its left upper corner.
type Area struct{ Left, Top, Width, Height int }

// GuardCrop refuses an area that is no part of the picture (AREA_OUTSIDE).
func (m *Media) GuardCrop(a Area) error {
	if err := m.GuardPicture("name"); err != nil {
		return err
	}
	inside := a.Left >= 0 && a.Top >= 0 && a.Width >= 1 && a.Height >= 1 &&
		a.Left <= m.Width-a.Width && a.Top <= m.Height-a.Height
	if inside { // guard: a part of the picture
		return nil
	}
	return InvalidField("area", "AREA_OUTSIDE", "the picture is %d by %d pixels; choose an area within it", m.Width, m.Height)
}

// Whole tells whether the area is all of the picture.
func (m *Media) Whole(a Area) bool { return a == Area{Width: m.Width, Height: m.Height} }

// ThumbnailSides are the sizes of thumbnails: how many pixels the longer side has at most.
func ThumbnailSides() []int { return []int{96, 320, 640} }

// Thumbnail is a small form of a picture, made when it is first asked for and kept as long as
// the picture is.
type Thumbnail struct {
	Workspace WorkspaceID
	// Original is the picture's blob, Side one of ThumbnailSides.
	Original    string
	Side        int
	Blob        string
	ContentType string
	Width       int
	Height      int
}

// SocialAccount is one account on a network.
type SocialAccount struct {
	Workspace   WorkspaceID
	ID          AccountID
	Network     Network
	DisplayName string
	// Owner answers for the account; for a personal account, the person it speaks for.
	Owner  PersonID
	Deputy PersonID
	// Personal accounts speak for their owner alone and need that person's assent.
	Personal bool
	// Address is where the network is reached, such as a webhook's URL. Its secret lives
	// in the vault.
	Address string
	// Deduplicates says that the receiver declared to drop a repeated id.
	Deduplicates bool
	// ExternalID is the network's own name of the account, which never changes; Handle is the
	// one people know. Both are the network's answer when the account was connected.
	ExternalID string
	Handle     string
	// Purpose is what the account is for, in its owner's words.
	Purpose string
	// AttestTime is when its owner or deputy last said that it is needed and stands as recorded; at
	// first, when it was made.
	AttestTime time.Time
	// Grantor connected it at ConnectTime: gave the token it has, or signed in at the network for it.
	// Both are zero while it has none.
	Grantor     PersonID
	ConnectTime time.Time
	State       AccountState
	Version     int64
	CreateTime  time.Time
	UpdateTime  time.Time
}

// SpeaksFor tells whether a post of the person may go out through the account.
func (a *SocialAccount) SpeaksFor(p PersonID) bool { return !a.Personal || a.Owner == p }

// AttestationTerm is how long the word of its owner or deputy holds for an account that speaks for the
// company. Lists of who runs an account go stale; nobody's account is how a stranger comes to speak.
const AttestationTerm = 180 * 24 * time.Hour

// AttestDueTime is when the owner or the deputy has to say again that the account stands as recorded;
// zero for a personal account, whose owner assents to each post.
func (a *SocialAccount) AttestDueTime() time.Time {
	if a.Personal {
		return time.Time{}
	}
	return a.AttestTime.Add(AttestationTerm)
}

// Attested tells whether somebody who answers for the account said recently enough that it stands.
func (a *SocialAccount) Attested(now time.Time) bool {
	return a.Personal || now.Before(a.AttestDueTime())
}

// AccountState is whether an account can be published to.
type AccountState string

const (
	// AccountReady can be published to.
	AccountReady AccountState = "ready"
	// AccountReconnect lost its credential; its owner must connect it again.
	AccountReconnect AccountState = "reconnect"
	// AccountDisabled was switched off by an admin.
	AccountDisabled AccountState = "disabled"
)

// AccountStates lists every state of a social account.
func AccountStates() []AccountState {
	return []AccountState{AccountReady, AccountReconnect, AccountDisabled}
}
