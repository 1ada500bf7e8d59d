package grpcapi

import (
	"context"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (s reviewService) GetReviewTask(ctx context.Context, req *imprimaturv1.GetReviewTaskRequest) (*imprimaturv1.ReviewTask, error) {
	v := enter(ctx, req)
	id, err := v.readTask("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.Task(ctx, v.call, v.workspace, id)
	return s.turn(v, t, err)
}

// turn writes a turn, or passes an error on.
func (s reviewService) turn(v visit, t *workflow.Task, err error) (*imprimaturv1.ReviewTask, error) {
	if err != nil {
		return nil, err
	}
	return v.showTask(t, s.Flow.Now()), nil
}

func (s reviewService) ListReviewTasks(
	ctx context.Context, req *imprimaturv1.ListReviewTasksRequest,
) (*imprimaturv1.ListReviewTasksResponse, error) {
	v := enter(ctx, req)
	q, err := s.taskQuery(ctx, v, req.GetFilter())
	if err != nil {
		return nil, err
	}
	if q.Order, err = readTaskOrder(req.GetOrderBy(), q.State); err != nil {
		return nil, err
	}
	l, err := openOrdered(ctx, req, string(q.Order))
	if err != nil {
		return nil, err
	}
	q.Page = l.page
	tasks, next, err := s.Flow.Tasks(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	now := s.Flow.Now()
	return &imprimaturv1.ListReviewTasksResponse{
		ReviewTasks:   each(tasks, func(t workflow.Task) *imprimaturv1.ReviewTask { return v.showTask(&t, now) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s reviewService) CountReviewTasks(
	ctx context.Context, req *imprimaturv1.CountReviewTasksRequest,
) (*imprimaturv1.CountReviewTasksResponse, error) {
	v := enter(ctx, req)
	q, err := s.taskQuery(ctx, v, req.GetFilter())
	if err != nil {
		return nil, err
	}
	if q.Order, err = readTaskOrder("", q.State); err != nil {
		return nil, err
	}
	n, more, err := s.Flow.CountTasks(ctx, v.call, q)
	return &imprimaturv1.CountReviewTasksResponse{Count: int32(n), More: more}, err
}

// readTaskOrder reads the order of the queue. What is done has no urgency.
func readTaskOrder(orderBy string, state workflow.TaskState) (workflow.TaskOrder, error) {
	open := state == workflow.TaskOpen
	switch order := workflow.TaskOrder(strings.TrimSpace(orderBy)); {
	case order == "" && open:
		return workflow.OrderUrgency, nil
	case order == "":
		return workflow.OrderDue, nil
	case order == workflow.OrderDue, order == workflow.OrderMade, order == workflow.OrderUrgency && open:
		return order, nil
	default:
		return "", advocacy.InvalidField("order_by", "ORDER_INVALID", "order_by must be %q (of open turns), %q or %q",
			workflow.OrderUrgency, workflow.OrderDue, workflow.OrderMade)
	}
}

// permissionReadAll is what it takes to see other people's.
const permissionReadAll advocacy.Permission = "posts.readall"

// everybody stands for all members in the filter of the queue.
const everybody = "*"

// taskFilter is what a filter of the queue says.
type taskFilter struct {
	role      advocacy.Role
	whose     string
	attention bool
}

// taskQuery reads which turns are asked for: the caller's own, or with the right to see
// all posts anybody's.
func (s reviewService) taskQuery(ctx context.Context, v visit, filter string) (workflow.TaskQuery, error) {
	q := workflow.TaskQuery{Workspace: v.workspace, State: workflow.TaskOpen}
	f := taskFilter{whose: me}
	fields := s.taskTerms(v, &q, &f)
	if err := fields.read(filter); err != nil {
		return q, err
	}
	if f.attention && f.whose == everybody {
		return q, fields.refuse("a turn waits for somebody, not for everybody")
	}
	q.Role = f.role
	held := v.principal.Actor.Roles
	switch f.whose {
	case me:
		q.Person = v.principal.Actor.Person
	case everybody:
		q.Roles = []advocacy.Role{f.role}
		if f.role == "" {
			q.Roles = nil
		}
		return q, v.seesAll()
	default:
		if err := v.seesAll(); err != nil {
			return q, err
		}
		person, err := v.readMember("filter", f.whose)
		if err != nil {
			return q, err
		}
		m, err := s.Flow.Member(ctx, v.call, v.workspace, person)
		if err != nil {
			return q, err
		}
		q.Person, held = person, m.RoleNames()
	}
	q.Attention = f.attention
	for _, role := range held {
		if (role.Approver() || q.Attention) && (f.role == "" || role == f.role) {
			q.Roles = append(q.Roles, role)
		}
	}
	return q, s.Flow.PermitTurns(ctx, v.call, &q)
}

func (v visit) seesAll() error {
	if v.call.May(permissionReadAll) {
		return nil
	}
	return advocacy.Deny("PERMISSION_DENIED", "only who may see all posts can see the turns of others").
		With("permission", string(permissionReadAll))
}

// taskTerms are the fields of the queue's filter.
func (s reviewService) taskTerms(v visit, q *workflow.TaskQuery, f *taskFilter) terms {
	word := func(w string) bool { return w != "" }
	return terms{
		"role":  wordTerm(&f.role, func(r string) bool { return advocacy.Role(r).Approver() || advocacy.Role(r) == advocacy.RoleAdmin }, string(advocacy.RoleLegal)),
		"state": enumTerm(taskStates, &q.State, "DONE"),
		"member": wordTerm(&f.whose, func(w string) bool {
			return w == me || w == everybody || strings.HasPrefix(w, v.self()+"/"+inMembers+"/")
		}, me),
		"attention": {example: `"me"`, take: func(o operand) bool {
			f.attention = o.text == me
			return f.attention
		}},
		"subject": {example: `"` + form(inPosts) + `"`, take: func(o operand) bool {
			var err error
			q.Subject, _, err = v.readSubject("filter", o.text)
			return err == nil
		}},
		"author":   nameTerm(v.readMember, &q.Author, form(inMembers)),
		"language": wordTerm(&q.Language, word, "en"),
		"network":  wordTerm(&q.Network, word, "wall"),
		"origin":   enumTerm(origins, &q.Origin, "ORIGIN_LIBRARY_EDITED"),
		"overdue":  trueTerm(func() { q.OverdueAt = s.Flow.Now() }),
	}
}

func (s reviewService) ClaimReviewTask(ctx context.Context, req *imprimaturv1.ClaimReviewTaskRequest) (*imprimaturv1.ReviewTask, error) {
	v := enter(ctx, req)
	id, err := v.readTask("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.ClaimTask(ctx, v.call, v.workspace, id, req.GetTakeOver())
	return s.turn(v, t, err)
}

func (s reviewService) ReleaseReviewTask(ctx context.Context, req *imprimaturv1.ReleaseReviewTaskRequest) (*imprimaturv1.ReviewTask, error) {
	v := enter(ctx, req)
	id, err := v.readTask("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.ReleaseTask(ctx, v.call, v.workspace, id)
	return s.turn(v, t, err)
}

func (s reviewService) ReassignReviewTask(ctx context.Context, req *imprimaturv1.ReassignReviewTaskRequest) (*imprimaturv1.ReviewTask, error) {
	v := enter(ctx, req)
	id, err := v.readTask("name", req.GetName())
	if err != nil {
		return nil, err
	}
	var to advocacy.PersonID
	if req.GetMember() != "" {
		if to, err = v.readMember("member", req.GetMember()); err != nil {
			return nil, err
		}
	}
	t, err := s.Flow.ReassignTask(ctx, v.call, v.workspace, id, to, req.GetReason())
	return s.turn(v, t, err)
}

func (s reviewService) SnoozeReviewTask(ctx context.Context, req *imprimaturv1.SnoozeReviewTaskRequest) (*imprimaturv1.ReviewTask, error) {
	v := enter(ctx, req)
	id, err := v.readTask("name", req.GetName())
	if err != nil {
		return nil, err
	}
	until, err := readTime("snooze_time", req.GetSnoozeTime())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.SnoozeTask(ctx, v.call, v.workspace, id, until)
	return s.turn(v, t, err)
}
