package advocacy

import (
	"slices"
	"time"
)

// DefaultTopic is the id of the topic each workspace begins with.
const DefaultTopic TopicID = "general"

// Topic is a shelf of the library.
type Topic struct {
	Workspace   WorkspaceID
	ID          TopicID
	DisplayName string
	Description string
	// Closed topics are seen by whom Viewer.Sees says; open ones by everybody.
	Closed  bool
	Members []PersonID
	// Groups are those whose members see a closed topic too, sorted.
	Groups []string
	// Compulsory topics are followed by everybody who sees them, and left by nobody.
	Compulsory bool
	// Default is the topic of items that name none. It stays open.
	Default    bool
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
}

// MaximumTopicMembers bounds whom a closed topic names one by one; more are a group.
const MaximumTopicMembers = 1000

// Name is the topic's resource name.
func (t *Topic) Name() string { return t.Workspace.Name() + "/topics/" + string(t.ID) }

// Guard refuses a topic under which something would become invisible by accident.
func (t *Topic) Guard() error {
	switch {
	case t.Default && t.Closed: // guard: the default topic is open
		return Refuse("DEFAULT_TOPIC_OPEN", "items that name no topic stand on this one, so that everybody sees it; close another topic")
	case len(t.Members) > MaximumTopicMembers:
		return Refuse("TOPIC_TOO_LARGE", "%d people joined this topic; it can have %d members: name them, or a group", len(t.Members), MaximumTopicMembers)
	default:
		return nil
	}
}

// GuardLeave judges whether a person may stop following the topic.
func (t *Topic) GuardLeave() error {
	if t.Compulsory { // guard: nobody leaves a compulsory topic
		return Refuse("TOPIC_COMPULSORY", "everybody who sees this topic follows it")
	}
	return nil
}

// Subscription is a person's own word on whether he or she follows a topic.
type Subscription struct {
	Workspace  WorkspaceID
	Topic      TopicID
	Person     PersonID
	Joined     bool
	UpdateTime time.Time
}

// Viewer is who looks at the library.
type Viewer struct {
	Person PersonID
	Traits []Trait
	// Desk is who works on the library and sees all of it.
	Desk bool
}

// Sees is the rule of who sees a topic and what stands on it: everybody when it is open; when
// it is closed, its members, the members of its groups, and who works on the library. The
// lists of the store follow it, and a test holds the two together.
func (v Viewer) Sees(t *Topic) bool { return v.Desk || !t.Closed || v.admitted(t) }

// admitted tells whether a closed topic names the viewer.
func (v Viewer) admitted(t *Topic) bool {
	return slices.Contains(t.Members, v.Person) ||
		slices.ContainsFunc(t.Groups, func(g string) bool { return slices.Contains(v.Traits, Trait{TraitGroup, g}) })
}

// Finds is the rule of who finds an item in the library: who works on it finds everything, and
// everybody else what can be shared at an instant, is for an audience he or she is of, and
// stands on a topic that he or she sees.
// The lists of the store follow it, and a test holds the two together.
func (v Viewer) Finds(i *LibraryItem, t *Topic, at time.Time) bool {
	return v.Desk || i.Sharable(at) && i.Audience.Includes(v.Traits) && v.Sees(t)
}

// Follows tells whether the viewer follows a topic, with his or her own word on it, nil for
// none: to follow what one sees is a wish and hides nothing.
func (v Viewer) Follows(t *Topic, word *Subscription) bool {
	switch {
	case !v.Sees(t):
		return false
	case t.Compulsory:
		return true
	case word != nil:
		return word.Joined
	default:
		return t.Closed && v.admitted(t)
	}
}
