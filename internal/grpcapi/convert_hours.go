package grpcapi

import (
	"fmt"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (n names) calendarOf(c *advocacy.Calendar) *imprimaturv1.Calendar {
	return &imprimaturv1.Calendar{
		Name:        n.calendar(c.ID),
		DisplayName: c.DisplayName,
		TimeZone:    c.Hours.Zone,
		Week: each(c.Hours.Week, func(s advocacy.Shift) *imprimaturv1.WeekHours {
			return &imprimaturv1.WeekHours{Day: weekdays.proto(dayWords[s.Day]), Start: clock(s.Start), End: clock(s.End)}
		}),
		SpecialDays: each(c.Hours.Days, func(d advocacy.SpecialDay) *imprimaturv1.SpecialDay {
			return &imprimaturv1.SpecialDay{
				Date: d.Date, DisplayName: d.DisplayName,
				Hours: each(d.Hours, func(h advocacy.Span) *imprimaturv1.DayHours {
					return &imprimaturv1.DayHours{Start: clock(h.Start), End: clock(h.End)}
				}),
			}
		}),
		Default:    c.Default,
		Revision:   int32(c.Revision),
		Etag:       etagOf(c.Version),
		CreateTime: stamp(c.CreateTime),
		UpdateTime: stamp(c.UpdateTime),
	}
}

// clock writes minutes since midnight as people read them.
func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// readClock reads a time that the form of the field has checked.
func readClock(text string) int {
	hour, _ := strconv.Atoi(text[:2])
	minute, _ := strconv.Atoi(text[3:])
	return hour*60 + minute
}

// weekday is a day of the week as a word, for the table of its enum.
type weekday string

var dayWords = func() map[time.Weekday]weekday {
	words := make(map[time.Weekday]weekday)
	for d := time.Sunday; d <= time.Saturday; d++ {
		words[d] = weekday(d.String())
	}
	return words
}()

func readWeek(field string, sent []*imprimaturv1.WeekHours) ([]advocacy.Shift, error) {
	var week []advocacy.Shift
	for i, h := range sent {
		word, err := weekdays.domain(fmt.Sprintf("%s[%d].day", field, i), h.GetDay())
		if err != nil {
			return nil, err
		}
		for day, w := range dayWords {
			if w == word {
				span := advocacy.Span{Start: readClock(h.GetStart()), End: readClock(h.GetEnd())}
				week = append(week, advocacy.Shift{Day: day, Span: span})
			}
		}
	}
	return week, nil
}

func readDays(_ string, sent []*imprimaturv1.SpecialDay) ([]advocacy.SpecialDay, error) {
	var days []advocacy.SpecialDay
	for _, d := range sent {
		day := advocacy.SpecialDay{Date: d.GetDate(), DisplayName: d.GetDisplayName()}
		for _, h := range d.GetHours() {
			day.Hours = append(day.Hours, advocacy.Span{Start: readClock(h.GetStart()), End: readClock(h.GetEnd())})
		}
		days = append(days, day)
	}
	return days, nil
}

// delegationOf writes delegations as they stand now.
func (s *Server) delegationOf(v visit) func(*advocacy.Delegation) *imprimaturv1.Delegation {
	now := s.Flow.Now()
	return func(g *advocacy.Delegation) *imprimaturv1.Delegation {
		return &imprimaturv1.Delegation{
			Name:         v.delegation(g.ID),
			Delegator:    v.member(g.Delegator),
			Delegate:     v.member(g.Delegate),
			Role:         string(g.Role),
			StartTime:    stamp(g.Start),
			EndTime:      stamp(g.End),
			TimeZone:     g.Zone,
			Reason:       g.Reason,
			Active:       g.Covers(now),
			Creator:      v.member(g.Creator),
			CreateTime:   stamp(g.CreateTime),
			RevokeTime:   stamp(g.RevokeTime),
			Revoker:      v.member(g.Revoker),
			RevokeReason: g.RevokeReason,
			Etag:         etagOf(g.Version),
		}
	}
}

func (n names) readDelegationDraft(g *imprimaturv1.Delegation) (d workflow.DelegationDraft, err error) {
	d = workflow.DelegationDraft{Role: advocacy.Role(g.GetRole()), Zone: g.GetTimeZone(), Reason: g.GetReason()}
	if d.Delegator, err = optional(n.readMember, "delegation.delegator", g.GetDelegator()); err != nil {
		return d, err
	}
	if d.Delegate, err = n.readMember("delegation.delegate", g.GetDelegate()); err != nil {
		return d, err
	}
	if d.Start, err = readTime("delegation.start_time", g.GetStartTime()); err != nil {
		return d, err
	}
	d.End, err = readTime("delegation.end_time", g.GetEndTime())
	return d, err
}

// absenceOf writes absences as they stand now.
func (s *Server) absenceOf(v visit) func(*advocacy.Absence) *imprimaturv1.Absence {
	now := s.Flow.Now()
	return func(a *advocacy.Absence) *imprimaturv1.Absence {
		return &imprimaturv1.Absence{
			Name:       v.absence(a.ID),
			Member:     v.member(a.Person),
			StartTime:  stamp(a.Start),
			EndTime:    stamp(a.End),
			TimeZone:   a.Zone,
			Note:       a.Note,
			Active:     a.Covers(now),
			CreateTime: stamp(a.CreateTime),
			Etag:       etagOf(a.Version),
		}
	}
}

func (n names) readAbsenceDraft(a *imprimaturv1.Absence) (d workflow.AbsenceDraft, err error) {
	d = workflow.AbsenceDraft{Zone: a.GetTimeZone(), Note: a.GetNote()}
	if d.Person, err = optional(n.readMember, "absence.member", a.GetMember()); err != nil {
		return d, err
	}
	if d.Start, err = readTime("absence.start_time", a.GetStartTime()); err != nil {
		return d, err
	}
	d.End, err = readTime("absence.end_time", a.GetEndTime())
	return d, err
}

func (v visit) reminderOf(m advocacy.Reminder) *imprimaturv1.Reminder {
	return &imprimaturv1.Reminder{
		Name:       v.reminder(m.ID),
		Code:       string(m.Code),
		Message:    v.say("reminder."+string(m.Code), map[string]string{"subject": m.Subject}, plain(string(m.Code))),
		Subject:    m.Subject,
		DueTime:    stamp(m.DueTime),
		CreateTime: stamp(m.CreateTime),
	}
}
