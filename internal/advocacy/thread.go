package advocacy

import (
	"slices"
	"strings"
	"time"
)

// ThreadState is where a discussion stands.
type ThreadState string

const (
	// ThreadOpen waits for an answer. Opening sets it, and opening again; a blocking one keeps
	// the post or item from going out.
	ThreadOpen ThreadState = "open"
	// ThreadResolved is answered. The opener or a holder of the same role sets it.
	ThreadResolved ThreadState = "resolved"
)

// ThreadStates lists every state of a thread.
func ThreadStates() []ThreadState { return []ThreadState{ThreadOpen, ThreadResolved} }

// Thread is a discussion of one revision of a post or item. What was said in it stays as
// it was said.
type Thread struct {
	Subject Subject
	ID      ThreadID
	// Revision is what it was opened on, and Anchor where in it.
	Revision int
	Anchor   Anchor
	Text     string
	// Blocking keeps every revision of the subject from going out while it is open.
	Blocking bool
	// Role is the approver's role it was opened under, empty for who holds none.
	Role        Role
	State       ThreadState
	Opener      PersonID
	Resolver    PersonID
	Version     int64
	CreateTime  time.Time
	ResolveTime time.Time
}

// Anchor is the place in a revision that a thread is about. Without a quote it is the whole.
type Anchor struct {
	// Target counts the revision's targets from 0.
	Target int
	// Offset is where the quote begins in the target's text, in characters from 0.
	Offset int
	Quote  string
}

// Comment is one answer in a thread.
type Comment struct {
	Subject    Subject
	Thread     ThreadID
	ID         CommentID
	Person     PersonID
	Text       string
	CreateTime time.Time
}

// Mention asks for one person's attention: somebody named the person in a discussion, or
// opened one about what the person answers for.
type Mention struct {
	Workspace WorkspaceID
	ID        MentionID
	Person    PersonID
	Subject   Subject
	Thread    ThreadID
	// Comment is where it was said, empty for the words the thread was opened with.
	Comment CommentID
	// By is who said it.
	By         PersonID
	CreateTime time.Time
}

// Discussant is a person who is about to say something about a subject: the membership
// now, and whether the person wrote some of it.
type Discussant struct {
	Member *Member
	Wrote  bool
}

// NewDiscussant is who acts, with the membership as it is now. A machine discusses
// nothing.
func NewDiscussant(actor Actor, head *Revision, members map[PersonID]*Member) (Discussant, error) {
	m := members[actor.Person]
	if actor.Kind != Human || m == nil {
		return Discussant{}, Deny("MACHINE_CANNOT_DISCUSS", "only a person in a session can speak about a post")
	}
	c := Case{Contributors: head.Contributors, Members: members}
	return Discussant{Member: m, Wrote: c.contributed(actor.Person)}, nil
}

// GuardOpen judges whether the person may open a thread, and returns the role it is opened
// under: the one asked for, or else the first the person signs with. Only who signs may
// block.
func (d Discussant) GuardOpen(blocking bool, asked Role) (Role, error) {
	held := d.signs()
	switch {
	case asked != "" && !slices.Contains(held, asked):
		return "", Deny("NOT_IN_ROLE", "you do not hold the role %s, under which you would speak", asked)
	case asked != "":
		return asked, nil
	case len(held) > 0:
		return held[0], nil
	case blocking: // guard: only approvers block
		return "", Deny("NOT_AN_APPROVER", "only who may sign can hold it up; open the discussion without blocking")
	case !d.Wrote:
		return "", Deny("NOT_AN_APPROVER", "only who wrote this, or may sign it, may open a discussion about it")
	default:
		return "", nil
	}
}

// signs lists the approver's roles the person holds now, sorted.
func (d Discussant) signs() []Role {
	var out []Role
	for _, r := range d.Member.RoleNames() {
		if r.Approver() && d.Member.Holds(r) {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return out
}

// Resolve answers the thread: its opener may, and whoever holds its role. Who wrote some of
// the words does not lift what somebody else holds them up with.
func (t *Thread) Resolve(d Discussant, now time.Time) error {
	p := d.Member.Person
	switch {
	case t.State == ThreadResolved:
		return Refuse("THREAD_RESOLVED", "the discussion is resolved already")
	case t.Opener == p:
	case t.Role == "" || !d.Member.Holds(t.Role): // guard: opener or the same role
		return Deny("NOT_THE_OPENER", "only who opened the discussion, or holds the same role, may resolve it")
	case t.Blocking && d.Wrote: // guard: nobody lifts a hold-up of their own words
		return Deny("SELF_REVIEW", "you wrote some of this, so somebody else must resolve it")
	}
	t.State, t.Resolver, t.ResolveTime = ThreadResolved, p, now
	return nil
}

// Reopen opens a resolved thread again. To hold something up again takes the role.
func (t *Thread) Reopen(d Discussant) error {
	p := d.Member.Person
	holds := t.Role != "" && d.Member.Holds(t.Role)
	switch {
	case t.State == ThreadOpen:
		return Refuse("THREAD_OPEN", "the discussion is open already")
	case t.Blocking && !holds, t.Opener != p && !holds:
		return Deny("NOT_THE_OPENER", "only who opened the discussion, or holds the same role, may open it again")
	}
	t.State, t.Resolver, t.ResolveTime = ThreadOpen, "", time.Time{}
	return nil
}

// Guard refuses a place that is not in the revision: the quote must stand there, letter by
// letter.
func (a Anchor) Guard(m Manifest) error {
	if a.Quote == "" {
		if a != (Anchor{}) {
			return InvalidField("thread.anchor.quote", "QUOTE_MISSING", "quote the words the discussion is about, or leave the place out")
		}
		return nil
	}
	if a.Target < 0 || a.Target >= len(m.Targets) {
		return InvalidField("thread.anchor.target", "TARGET_UNKNOWN", "the revision has no target %d; they are counted from 0", a.Target)
	}
	text := []rune(m.Targets[a.Target].Rendering.Text)
	if a.Offset < 0 || a.Offset > len(text) || !strings.HasPrefix(string(text[a.Offset:]), a.Quote) {
		return InvalidField("thread.anchor.quote", "QUOTE_MISSING", "these words do not stand there in the text of this target")
	}
	return nil
}
