package advocacy

import "time"

// HoldScope is what a hold stops.
type HoldScope string

const (
	// HoldWorkspace stops everything: a crisis freeze.
	HoldWorkspace HoldScope = "workspace"
	// HoldNetwork stops one network.
	HoldNetwork HoldScope = "network"
	// HoldAccount stops one social account.
	HoldAccount HoldScope = "account"
	// HoldPerson stops what goes out in one person's name.
	HoldPerson HoldScope = "person"
	// HoldPost stops one post.
	HoldPost HoldScope = "post"
)

// HoldScopes lists every scope.
func HoldScopes() []HoldScope {
	return []HoldScope{HoldWorkspace, HoldNetwork, HoldAccount, HoldPerson, HoldPost}
}

// Hold stops publishing by scope until it is released. It takes effect when it is
// acknowledged: no further request begins.
type Hold struct {
	Workspace WorkspaceID
	ID        HoldID
	Scope     HoldScope
	// Target is the network, account, person or post; empty for the workspace.
	Target      string
	Reason      string
	Holder      PersonID
	Key         KeyID
	CreateTime  time.Time
	ReleaseTime time.Time
	Releaser    PersonID
	// ReleaseReason is why it was lifted.
	ReleaseReason string
	Version       int64
}

// Active tells whether the hold still stops.
func (h *Hold) Active() bool { return h.ReleaseTime.IsZero() }

// Stops tells whether the hold stops the publication of a post by an author.
func (h *Hold) Stops(x *Publication, author PersonID) bool {
	if !h.Active() {
		return false
	}
	switch h.Scope {
	case HoldWorkspace:
		return true
	case HoldNetwork:
		return h.Target == string(x.Network)
	case HoldAccount:
		return h.Target == string(x.Account)
	case HoldPerson:
		return h.Target == string(author)
	case HoldPost:
		return h.Target == string(x.Post)
	default:
		// A scope this binary does not know stops everything rather than nothing.
		return true
	}
}
