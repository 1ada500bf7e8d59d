package workflow

import (
	"maps"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TaskMarks are what people say of a turn. They stand beside what the review says of it:
// no change of the review loses them, and no guard of a decision counts them.
type TaskMarks struct {
	// Assignee was asked, at AssignTime; empty when nobody in particular was.
	Assignee   advocacy.PersonID
	AssignTime time.Time
	Claim      advocacy.Claim
	// Snoozes are until when persons do not want to see the turn.
	Snoozes []Snooze
	// Looks are who said to have the turn open, the first of them first.
	Looks []Look
}

// Snooze is until when one person does not want to see a turn.
type Snooze struct {
	Person advocacy.PersonID `json:"person"`
	Until  time.Time         `json:"until"`
}

// SnoozedUntil is until when the person does not want to see the turn, zero when he or
// she does.
func (m *TaskMarks) SnoozedUntil(p advocacy.PersonID) time.Time {
	for _, z := range m.Snoozes {
		if z.Person == p {
			return z.Until
		}
	}
	return time.Time{}
}

// Name returns the resource name of the turn.
func (t *Task) Name() string { return t.Workspace.Name() + "/reviewTasks/" + string(t.ID) }

// TaskOrder is an order in which turns are listed.
type TaskOrder string

const (
	// OrderDue lists what should be decided first first.
	OrderDue TaskOrder = "due_time"
	// OrderUrgency lists by advocacy.Urgency; only open turns have one.
	OrderUrgency TaskOrder = "urgency"
	// OrderMade lists the oldest first.
	OrderMade TaskOrder = "create_time"
)

// TaskQuery selects turns: those that Person, holding Roles, could take, or with
// Attention those that wait for Person and no other.
type TaskQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	// Person leaves out the turns that exclude the person; empty leaves out none.
	Person advocacy.PersonID
	Roles  []advocacy.Role
	// Role is the only role asked for, empty for all; it narrows what was lent.
	Role advocacy.Role
	// Lent are the persons for whom Person may sign under those of Roles that he or she does
	// not hold.
	Lent map[advocacy.Role][]advocacy.PersonID
	// StandsIn are all for whom Person may sign, by role, the roles included that Person
	// holds too: what was asked of one of them waits for Person as well.
	StandsIn map[advocacy.Role][]advocacy.PersonID
	// Attention restricts to the turns of Person alone, of any holder of Roles, or of who may
	// do one of Permissions, that are not snoozed at Now.
	Attention bool
	// Permissions are what Person may do, of what turns wait for.
	Permissions []advocacy.Permission
	State       TaskState
	// Subject restricts to one post or item when its ID is not empty.
	Subject advocacy.Subject
	// Order is OrderDue when empty.
	Order TaskOrder
	// Author, Language, Network and Origin restrict when not empty, and OverdueAt, when not
	// zero, to turns that should have been decided before it.
	Author    advocacy.PersonID
	Language  string
	Network   advocacy.Network
	Origin    advocacy.Origin
	OverdueAt time.Time
	Now       time.Time
}

// Nobodys tells whether there can be no such turn: a person without a role has none.
func (q *TaskQuery) Nobodys() bool { return q.Person != "" && len(q.Roles) == 0 && !q.Attention }

// Waits tells whether a turn waits for the person of the query: it is the person's own,
// or that of any holder of a role the person has.
func (q *TaskQuery) waits(t *Task) bool {
	switch {
	case t.Person != "":
		return t.Person == q.Person || q.standsIn(t)
	case t.Permission != "":
		return slices.Contains(q.Permissions, t.Permission)
	}
	return slices.Contains(q.Roles, t.Role) && !slices.Contains(t.Excluded, q.Person) && q.lends(t)
}

// standsIn tells whether a turn was asked of somebody for whom Person may sign it, and
// bars neither.
func (q *TaskQuery) standsIn(t *Task) bool {
	barred := slices.Contains(t.Excluded, q.Person) || slices.Contains(t.Excluded, t.Person)
	return slices.Contains(q.StandsIn[t.Role], t.Person) && !barred // guard: a delegate is shown what he or she could sign
}

// Delegators are all for whom Person may sign, in order.
func (q *TaskQuery) Delegators() []advocacy.PersonID {
	all := slices.Concat(slices.Collect(maps.Values(q.StandsIn))...)
	slices.Sort(all)
	return slices.Compact(all)
}

// lends tells whether Person holds the role of a turn, or somebody lent it who could take
// the turn.
func (q *TaskQuery) lends(t *Task) bool {
	lent := q.Lent[t.Role]
	return len(lent) == 0 || slices.ContainsFunc(lent, func(p advocacy.PersonID) bool { return !slices.Contains(t.Excluded, p) })
}

// Selects tells whether a turn is one that the query asks for.
func (q *TaskQuery) Selects(t *Task) bool {
	switch {
	case q.Nobodys(), q.Subject.ID != "" && t.Subject != q.Subject,
		q.State != "" && t.State != q.State,
		q.Author != "" && t.Author != q.Author,
		q.Language != "" && t.Language != q.Language,
		q.Network != "" && !slices.Contains(t.Networks, q.Network),
		q.Origin != "" && t.Origin != q.Origin,
		!q.OverdueAt.IsZero() && !t.DueTime.Before(q.OverdueAt):
		return false
	case q.Attention:
		return q.waits(t) && !t.SnoozedUntil(q.Person).After(q.Now)
	case len(q.Roles) > 0 && !slices.Contains(q.Roles, t.Role), !q.lends(t):
		return false
	default:
		return q.Person == "" || !slices.Contains(t.Excluded, q.Person)
	}
}

// Narrows tells whether the query asks for less than an index finds.
func (q *TaskQuery) Narrows() bool {
	residual := q.Author != "" || q.Language != "" || q.Network != "" || q.Origin != "" || !q.OverdueAt.IsZero()
	return residual || q.Attention || len(q.Lent) > 0 || q.Order != OrderUrgency && len(q.Roles) > 0
}

// assignments are who was asked for which requirement.
func assignments(tasks []Task) map[string]advocacy.Assignment {
	out := make(map[string]advocacy.Assignment)
	for i := range tasks {
		if t := &tasks[i]; t.Assignee != "" {
			out[t.Requirement] = advocacy.Assignment{Person: t.Assignee, Time: t.AssignTime}
		}
	}
	return out
}

// assignees are the persons who were asked for something.
func assignees(tasks []Task) []advocacy.PersonID {
	var out []advocacy.PersonID
	for i := range tasks {
		if tasks[i].Assignee != "" {
			out = append(out, tasks[i].Assignee)
		}
	}
	return out
}

// besidesPlan are the turns that wait for no signature, now or before, by their role: the
// author's has none.
func besidesPlan(turns []advocacy.Turn, before []Task) []advocacy.Role {
	var roles []advocacy.Role
	add := func(requirement string, role advocacy.Role) {
		if requirement == "" && !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	for i := range turns {
		add(turns[i].Requirement, turns[i].Role)
	}
	for i := range before {
		add(before[i].Requirement, before[i].Role)
	}
	return roles
}

// given is the task as the attention set has it: open for whom it names, done when it
// names nobody. While the reason stays the same it waits since the same instant.
func (t Task) given(turns []advocacy.Turn, before []Task) Task {
	same := func(requirement string, role advocacy.Role) bool {
		return requirement == t.Requirement && role == t.Role
	}
	t.State = TaskDone
	was := slices.IndexFunc(before, func(o Task) bool { return same(o.Requirement, o.Role) })
	if was >= 0 {
		t.Why, t.Since, t.Person = before[was].Why, before[was].Since, before[was].Person
	}
	now := slices.IndexFunc(turns, func(o advocacy.Turn) bool { return same(o.Requirement, o.Role) })
	if now < 0 {
		return t
	}
	turn := turns[now]
	if was < 0 || before[was].State != TaskOpen || t.Why != turn.Why || t.Person != turn.Person {
		t.Since = turn.Since
	}
	t.State, t.Why, t.Person, t.Unlocks = TaskOpen, turn.Why, turn.Person, turn.Unlocks
	return t
}

// sameTurns tells whether a projection says what is kept already.
func sameTurns(tasks, before []Task) bool {
	if len(tasks) != len(before) {
		return false
	}
	for i := range tasks {
		t := &tasks[i]
		kept := slices.ContainsFunc(before, func(o Task) bool {
			return o.Requirement == t.Requirement && o.Role == t.Role && o.State == t.State && o.Why == t.Why &&
				o.Person == t.Person && o.Have == t.Have && o.Need == t.Need && o.Alone == t.Alone && o.Rules == t.Rules &&
				slices.Equal(o.AskedBy, t.AskedBy) && slices.Equal(o.Excluded, t.Excluded)
		})
		if !kept {
			return false
		}
	}
	return true
}

// claimOn is who says to be working on a requirement.
func claimOn(tasks []Task, requirement string) advocacy.Claim {
	for i := range tasks {
		if tasks[i].Requirement == requirement {
			return tasks[i].Claim
		}
	}
	return advocacy.Claim{}
}
