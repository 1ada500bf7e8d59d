package advocacy

import (
	"slices"
	"time"
)

// Origin says where the words of a post come from. It is computed, never claimed.
type Origin string

const (
	// OriginOriginal is a post in the author's own words.
	OriginOriginal Origin = "original"
	// OriginLibrary is an unedited share: every target shows exactly what the item's
	// approved revision shows.
	OriginLibrary Origin = "library"
	// OriginLibraryPersonalised is a share that differs only in words that the item's edit
	// policy lets change without another signature.
	OriginLibraryPersonalised Origin = "library_personalised"
	// OriginLibraryEdited is a share whose words differ from the approved ones.
	OriginLibraryEdited Origin = "library_edited"
)

// Post is what goes out in one employee's, or a brand account's, name. What it says
// lives in its revisions; where it stands is derived by StateOf.
type Post struct {
	Workspace WorkspaceID
	ID        PostID
	// Author is the person in whose name it goes out: for a post made with an API key,
	// the person who answers for the key.
	Author PersonID
	// Key is the API key that made the post, empty when a person did.
	Key KeyID
	// Item is the library item the post was made from, empty for own words.
	Item ItemID
	// CopiedFrom is the post whose content it began with, empty for none. Whoever wrote that
	// is a contributor.
	CopiedFrom PostID
	// Objectors are the roles whose objections to that post were open when it was copied,
	// sorted: every round of this one needs a signature of each.
	Objectors []Role
	// CoAuthors are who may write it besides the author, in the order in which they were
	// named. Who was one once stays a contributor.
	CoAuthors []PersonID
	// Head is the number of the newest revision; there is always one.
	Head int
	// Round is the number of the newest review, 0 before the first submit.
	Round int
	// PublishTime is the chosen instant; zero means as soon as everybody has signed.
	PublishTime time.Time
	// Zone is the IANA name of the time zone the instant was chosen in.
	Zone string
	// Note is for approvers; it is never published.
	Note      string
	Withdrawn bool
	// State is the stored projection for lists; no guard reads it (law L8).
	State      PostState
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
}

// Subject returns the post as the subject of a review.
func (p *Post) Subject() Subject { return PostSubject(p.Workspace, p.ID) }

// Revision is one immutable version of a post or a library item, with the canonical
// bytes of what the world would see.
type Revision struct {
	Subject Subject
	// Number counts from 1 within the subject.
	Number  int
	Content Content
	// Targets are the accounts a post goes to, in order; none for an item.
	Targets []AccountID
	// Networks are where an item may be shared; none for a post.
	Networks []Network
	// ItemRevision is the item revision a share was made from, 0 for own words.
	ItemRevision int
	// Contributors are the persons who wrote any of it, or were named to write it while it
	// was the newest; they only grow and never sign.
	Contributors []PersonID
	// Suggesters are the persons whose words came in because a contributor took them as they
	// were suggested. They sign only where a requirement lets them.
	Suggesters []PersonID
	// Editor wrote this revision; Key is set when a machine sent it.
	Editor     PersonID
	Key        KeyID
	Manifest   []byte
	Digest     Digest
	CreateTime time.Time
}

// Contributed tells whether the person wrote any of the revision.
func (r *Revision) Contributed(p PersonID) bool { return slices.Contains(r.Contributors, p) }

// PostState is where a post stands. It is derived by StateOf and never set.
type PostState string

// The states of a post, in the order of its life.
const (
	// PostDraft: the head revision was never submitted.
	PostDraft PostState = "draft"
	// PostInReview: the head's review waits for signatures.
	PostInReview PostState = "in_review"
	// PostChangesRequested: an approver asked for changes; the author's turn.
	PostChangesRequested PostState = "changes_requested"
	// PostRejected: an approver with a veto said no to these bytes.
	PostRejected PostState = "rejected"
	// PostReviewExpired: nobody finished the review in time.
	PostReviewExpired PostState = "review_expired"
	// PostUnroutable: nobody can give a signature the rules ask for; an admin's turn.
	PostUnroutable PostState = "unroutable"
	// PostApproved: everybody signed, and nothing is scheduled.
	PostApproved PostState = "approved"
	// PostScheduled: signed, and at least one publication waits for its time.
	PostScheduled PostState = "scheduled"
	// PostPublishing: a request has begun and its end is not known yet.
	PostPublishing PostState = "publishing"
	// PostPublished: every target shows it.
	PostPublished PostState = "published"
	// PostPartiallyPublished: some targets show it, others do not and will not by themselves.
	PostPartiallyPublished PostState = "partially_published"
	// PostFailed: no target shows it, and none will by itself.
	PostFailed PostState = "failed"
	// PostRecalled: it was out and has been taken back everywhere.
	PostRecalled PostState = "recalled"
	// PostWithdrawn: its author or an admin stopped it for good before it went out.
	PostWithdrawn PostState = "withdrawn"
)

// PostStates lists every state of a post.
func PostStates() []PostState {
	return []PostState{
		PostDraft, PostInReview, PostChangesRequested, PostRejected, PostReviewExpired, PostUnroutable, PostApproved,
		PostScheduled, PostPublishing, PostPublished, PostPartiallyPublished, PostFailed, PostRecalled, PostWithdrawn,
	}
}

// StateOf derives where a post stands from facts alone: whether it was withdrawn, the
// newest review of the head revision (nil when the head was never submitted), and the
// publications of the head revision.
func StateOf(p *Post, head *Review, publications []Publication) PostState {
	if p.Withdrawn {
		return PostWithdrawn
	}
	n := make([]int, len(PublicationStates())+1)
	live := 0
	// An account whose every publication was stopped at home shows nothing.
	reached := make(map[AccountID]bool)
	for _, x := range publications {
		if x.Revision != p.Head {
			continue
		}
		reached[x.Account] = reached[x.Account] || x.State != Cancelled
		if x.State != Cancelled {
			live++
			state := x.State
			if x.Doubt { // guard: what may be out is not edited
				state = Sending
			}
			n[state.index()]++
		}
	}
	everywhere := true
	for _, yes := range reached {
		everywhere = everywhere && yes
	}
	in := func(s PublicationState) int { return n[s.index()] }
	switch {
	case in(Sending)+in(Unknown) > 0:
		return PostPublishing
	case in(Scheduled)+in(Claimed)+in(HandedOver) > 0:
		return PostScheduled
	case live == 0:
		return stateOfReview(head)
	case in(Published) == live && everywhere:
		return PostPublished
	case in(Published) > 0:
		return PostPartiallyPublished
	case in(Recalled) > 0:
		return PostRecalled
	default:
		return PostFailed
	}
}

func stateOfReview(r *Review) PostState {
	if r == nil {
		return PostDraft
	}
	switch r.State {
	case ReviewOpen:
		return PostInReview
	case ReviewChangesRequested:
		return PostChangesRequested
	case ReviewApproved:
		return PostApproved
	case ReviewRejected:
		return PostRejected
	case ReviewExpired:
		return PostReviewExpired
	case ReviewUnroutable:
		return PostUnroutable
	default:
		return PostDraft
	}
}
