package advocacy

import (
	"slices"
	"time"
)

// RecallScope is how far a recall of a library item reaches.
type RecallScope string

const (
	// RecallLibrary withdraws the item: nobody shares it any more, and what was not sent of it
	// does not go out.
	RecallLibrary RecallScope = "library"
	// RecallQueued stops what was made of the item and was not sent, whoever's words it has.
	RecallQueued RecallScope = "queued"
	// RecallPublished takes back what the networks show of it.
	RecallPublished RecallScope = "published"
)

// RecallScopes lists every scope of a recall.
func RecallScopes() []RecallScope { return []RecallScope{RecallLibrary, RecallQueued, RecallPublished} }

// Recall takes back what came of a library item. It ends when of every copy the end was seen.
type Recall struct {
	Workspace WorkspaceID
	ID        RecallID
	Item      ItemID
	Scopes    []RecallScope
	Reason    string
	// Person ordered it, or answers for the key that did.
	Person     PersonID
	Key        KeyID
	CreateTime time.Time
	// FindTime is when the last copy was found.
	FindTime time.Time
	// EndTime is when the end of the last copy was seen.
	EndTime time.Time
	Version int64
}

// Name is the resource name.
func (r *Recall) Name() string { return r.Workspace.Name() + "/recalls/" + string(r.ID) }

// Covers tells whether the recall has a scope.
func (r *Recall) Covers(s RecallScope) bool { return slices.Contains(r.Scopes, s) }

// CopyState is what became of one publication that a recall takes back.
type CopyState string

const (
	// CopyStopped: it never went out.
	CopyStopped CopyState = "stopped"
	// CopyUnderway: a request is under way; it is recalled as soon as that ends.
	CopyUnderway CopyState = "underway"
	// CopyUnknown: nobody knows whether it is out: a person looks.
	CopyUnknown CopyState = "unknown"
	// CopyRemoving: its network is asked to take it back.
	CopyRemoving CopyState = "removing"
	// CopyFailed: its network did not take it back; it is asked again.
	CopyFailed CopyState = "failed"
	// CopyAwaiting: no machine can take it back; whose account it is does it by hand.
	CopyAwaiting CopyState = "awaiting"
	// CopyRemoved: the network, or a person, said that it is gone; nobody has looked yet.
	CopyRemoved CopyState = "removed"
	// CopyRemains: that was said, and yet it is still shown.
	CopyRemains CopyState = "remains"
	// CopyConfirmed: it was looked for and is gone, or its network cannot be looked at.
	CopyConfirmed CopyState = "confirmed"
)

// CopyStates lists every state of a copy, in the order of its life.
func CopyStates() []CopyState {
	return []CopyState{
		CopyStopped, CopyUnderway, CopyUnknown, CopyRemoving, CopyFailed, CopyAwaiting, CopyRemoved, CopyRemains, CopyConfirmed,
	}
}

// Ended tells whether nothing is left to happen to the copy.
func (s CopyState) Ended() bool { return s == CopyStopped || s == CopyConfirmed }

// The waits of a publication that is to be taken back.
const (
	// WaitRecalling: its network is asked.
	WaitRecalling = "RECALLING"
	// WaitRecallFailed: it did not take it back the last time.
	WaitRecallFailed = "RECALL_FAILED"
)

// CopyState is what became of the publication as a copy; deletable and readable tell what its
// network can be asked.
func (p *Publication) CopyState(deletable, readable bool) CopyState {
	switch p.State {
	case Scheduled, Claimed, Sending, HandedOver:
		return CopyUnderway
	case Unknown:
		return CopyUnknown
	case Published:
		switch {
		case !deletable:
			return CopyAwaiting
		case p.Wait == WaitRecallFailed:
			return CopyFailed
		default:
			return CopyRemoving
		}
	case Recalled:
		switch {
		case !readable || p.ExternalID == "" || p.Shown == ShownGone: // guard: said to be gone is not seen to be gone
			return CopyConfirmed
		case p.Shown == ShownUnseen:
			return CopyRemoved
		default:
			return CopyRemains
		}
	default:
		return CopyStopped
	}
}
