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
	// HoldTopic stops what is shared from the library items of one topic.
	HoldTopic HoldScope = "topic"
	// HoldCampaign stops what is shared from the library items of one campaign.
	HoldCampaign HoldScope = "campaign"
	// HoldPost stops one post.
	HoldPost HoldScope = "post"
	// HoldKeyword stops what shows a word or phrase.
	HoldKeyword HoldScope = "keyword"
)

// HoldScopes lists every scope.
func HoldScopes() []HoldScope {
	return []HoldScope{
		HoldWorkspace, HoldNetwork, HoldAccount, HoldPerson, HoldTopic, HoldCampaign, HoldPost, HoldKeyword,
	}
}

// Hold stops publishing by scope until it is released. It takes effect when it is
// acknowledged: no further request begins.
type Hold struct {
	Workspace WorkspaceID
	ID        HoldID
	Scope     HoldScope
	// Target is the network, account, person, topic, campaign, post or keyword; empty for the
	// workspace.
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

// Bearing is what holds look at of a revision of a post besides its publications.
type Bearing struct {
	Author PersonID
	// Topic and Campaign are those that the library item the post was made from has now, empty
	// for own words.
	Topic    TopicID
	Campaign string
	// Shows tells whether a word or phrase is found in what an account would show; for no account,
	// in what any would. A nil one has not looked, and every keyword stops.
	Shows func(a AccountID, keyword string) bool
}

// Stops tells whether the hold stops the publication of a post now.
func (h *Hold) Stops(x *Publication, b Bearing) bool { return h.Active() && h.Covers(x, b) }

// Missed tells whether the publication passed its time while the hold stopped it. It does not go
// out because the hold is lifted: a new time, which a person gives it, is after that. What was
// handed over before the hold had kept its time, and its person chooses the hour.
func (h *Hold) Missed(x *Publication, b Bearing) bool {
	return x.State != HandedOver && !h.Active() && h.PastDue(x, h.ReleaseTime) && h.Covers(x, b)
}

// PastDue tells whether the time of a publication that the hold covers has passed under it: by an
// instant while it is active, and by its end afterwards.
func (h *Hold) PastDue(x *Publication, now time.Time) bool {
	if h.Active() {
		return x.DueTime.Before(now)
	}
	return h.ReleaseTime.After(x.DueTime)
}

// Covers tells whether the publication of a post is among what the hold is about.
func (h *Hold) Covers(x *Publication, b Bearing) bool {
	switch h.Scope {
	case HoldWorkspace:
		return true
	case HoldNetwork:
		return h.Target == string(x.Network)
	case HoldAccount:
		return h.Target == string(x.Account)
	case HoldPerson:
		return h.Target == string(b.Author)
	case HoldTopic:
		return h.Target == string(b.Topic) // guard: hold on a topic
	case HoldCampaign:
		return h.Target == b.Campaign // guard: hold on a campaign
	case HoldPost:
		return h.Target == string(x.Post)
	case HoldKeyword:
		return b.Shows == nil || b.Shows(x.Account, h.Target) // guard: hold on a keyword
	default:
		// A scope this binary does not know stops everything rather than nothing.
		return true
	}
}
