package storetest

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

var calendarTrip = trip[advocacy.Calendar]{
	fix: func(_ *rapid.T, h *house, c *advocacy.Calendar) {
		c.Workspace, c.ID, c.Default = h.ws, advocacy.CalendarID(id("calendar")), false
	},
	add:  func(ctx context.Context, tx workflow.Tx, c *advocacy.Calendar) error { return tx.AddCalendar(ctx, c) },
	save: func(ctx context.Context, tx workflow.Tx, c *advocacy.Calendar) error { return tx.SaveCalendar(ctx, c) },
	read: func(ctx context.Context, s *store.Store, c *advocacy.Calendar) (*advocacy.Calendar, error) {
		return s.Calendar(ctx, c.Workspace, c.ID)
	},
	change: func(was, next *advocacy.Calendar) {
		next.ID, next.Version, next.CreateTime, next.Revision = was.ID, was.Version, was.CreateTime, was.Revision
	},
}

var delegationTrip = trip[advocacy.Delegation]{
	fix: func(_ *rapid.T, h *house, g *advocacy.Delegation) {
		g.Workspace, g.ID, g.Delegator, g.Delegate = h.ws, advocacy.DelegationID(id("delegation")), h.approver, h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, g *advocacy.Delegation) error {
		return tx.AddDelegation(ctx, g)
	},
	save: func(ctx context.Context, tx workflow.Tx, g *advocacy.Delegation) error {
		return tx.SaveDelegation(ctx, g)
	},
	read: func(ctx context.Context, s *store.Store, g *advocacy.Delegation) (*advocacy.Delegation, error) {
		byID, err := s.DelegationsByID(ctx, g.Workspace, []advocacy.DelegationID{g.ID})
		if err != nil {
			return nil, err
		}
		return byID[g.ID], nil
	},
	change: func(was, next *advocacy.Delegation) {
		revoked, revoker, reason := next.RevokeTime, next.Revoker, next.RevokeReason
		*next = *was
		next.RevokeTime, next.Revoker, next.RevokeReason = revoked, revoker, reason
	},
}

var absenceTrip = trip[advocacy.Absence]{
	fix: func(_ *rapid.T, h *house, a *advocacy.Absence) {
		a.Workspace, a.ID, a.Person = h.ws, advocacy.AbsenceID(id("absence")), h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, a *advocacy.Absence) error { return tx.AddAbsence(ctx, a) },
	read: func(ctx context.Context, s *store.Store, a *advocacy.Absence) (*advocacy.Absence, error) {
		return s.Absence(ctx, a.Workspace, a.ID)
	},
}

var reminderTrip = trip[advocacy.Reminder]{
	fix: func(_ *rapid.T, h *house, m *advocacy.Reminder) {
		m.Workspace, m.ID, m.Person, m.Dedup = h.ws, advocacy.ReminderID(id("reminder")), h.author, id("dedup")
	},
	// Twice, for the second says what the first said.
	add: func(ctx context.Context, tx workflow.Tx, m *advocacy.Reminder) error {
		again := *m
		again.ID = advocacy.ReminderID(id("reminder"))
		if err := tx.AddReminders(ctx, *m); err != nil {
			return err
		}
		return tx.AddReminders(ctx, again)
	},
	read: func(ctx context.Context, s *store.Store, m *advocacy.Reminder) (*advocacy.Reminder, error) {
		all, _, err := s.Reminders(ctx, m.Workspace, m.Person, workflow.Page{Size: 1000})
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(o advocacy.Reminder) bool { return o.Dedup != m.Dedup })
		if len(all) != 1 {
			return nil, advocacy.Refuse("KEPT_TWICE", "the same reminder is there %d times", len(all))
		}
		return &all[0], nil
	},
}

var deadlineTrip = trip[advocacy.Deadline]{
	fix: func(t *rapid.T, h *house, d *advocacy.Deadline) {
		c := h.calendar()
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCalendar(ctx, c) })
		d.Subject, d.Round, d.Requirement, d.Calendar, d.Revision = h.review.Subject, h.review.Round, id("requirement"), c.ID, c.Revision
		d.State = some(t, advocacy.DeadlineStates(), "state")
		d.Asked = []advocacy.PersonID{h.author, h.approver}[:rapid.IntRange(0, 2).Draw(t, "asked")]
	},
	add:  func(ctx context.Context, tx workflow.Tx, d *advocacy.Deadline) error { return tx.PutDeadlines(ctx, *d) },
	save: func(ctx context.Context, tx workflow.Tx, d *advocacy.Deadline) error { return tx.PutDeadlines(ctx, *d) },
	read: func(ctx context.Context, s *store.Store, d *advocacy.Deadline) (*advocacy.Deadline, error) {
		all, err := s.Deadlines(ctx, d.Subject, d.Round)
		if err != nil {
			return nil, err
		}
		return &all[slices.IndexFunc(all, func(o advocacy.Deadline) bool { return o.Requirement == d.Requirement })], nil
	},
	// Who was asked stays asked.
	change: func(was, next *advocacy.Deadline) {
		next.Requirement = was.Requirement
		if len(was.Asked) > len(next.Asked) {
			next.Asked = was.Asked
		}
	},
}
