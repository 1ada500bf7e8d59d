package grpcapi

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// calendarService answers for working hours.
type calendarService struct {
	imprimaturv1.UnimplementedCalendarServiceServer
	*Server
}

func (s calendarService) GetCalendar(ctx context.Context, req *imprimaturv1.GetCalendarRequest) (*imprimaturv1.Calendar, error) {
	v := enter(ctx, req)
	id, err := v.readCalendar("name", req.GetName())
	if err != nil {
		return nil, err
	}
	c, err := s.Flow.Calendar(ctx, v.call, v.workspace, id)
	return shown(c, err, v.calendarOf)
}

func (s calendarService) ListCalendars(ctx context.Context, req *imprimaturv1.ListCalendarsRequest) (*imprimaturv1.ListCalendarsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	calendars, next, err := s.Flow.Calendars(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListCalendarsResponse{
		Calendars:     each(calendars, func(c advocacy.Calendar) *imprimaturv1.Calendar { return v.calendarOf(&c) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s calendarService) CreateCalendar(ctx context.Context, req *imprimaturv1.CreateCalendarRequest) (*imprimaturv1.Calendar, error) {
	v := enter(ctx, req)
	sent := req.GetCalendar()
	week, err := readWeek("calendar.week", sent.GetWeek())
	if err != nil {
		return nil, err
	}
	days, err := readDays("calendar.special_days", sent.GetSpecialDays())
	if err != nil {
		return nil, err
	}
	c, err := s.Flow.CreateCalendar(ctx, v.call, v.workspace, workflow.CalendarDraft{
		ID: advocacy.CalendarID(req.GetCalendarId()), DisplayName: sent.GetDisplayName(), Default: sent.GetDefault(),
		Hours: advocacy.Hours{Zone: sent.GetTimeZone(), Week: week, Days: days},
	})
	return shown(c, err, v.calendarOf)
}

func (s calendarService) UpdateCalendar(ctx context.Context, req *imprimaturv1.UpdateCalendarRequest) (*imprimaturv1.Calendar, error) {
	v := enter(ctx, req)
	sent := req.GetCalendar()
	id, err := v.readCalendar("calendar.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "display_name", "time_zone", "week", "special_days", "default")
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("calendar.etag", sent.GetEtag())
	if err != nil {
		return nil, err
	}
	week, err := pickRead(named, "week", "calendar.week", readWeek, sent.GetWeek())
	if err != nil {
		return nil, err
	}
	days, err := pickRead(named, "special_days", "calendar.special_days", readDays, sent.GetSpecialDays())
	if err != nil {
		return nil, err
	}
	c, err := s.Flow.UpdateCalendar(ctx, v.call, v.workspace, id, workflow.CalendarChange{
		Version:     version,
		DisplayName: pick(named, "display_name", sent.GetDisplayName()),
		Zone:        pick(named, "time_zone", sent.GetTimeZone()),
		Week:        week,
		Days:        days,
		Default:     pick(named, "default", sent.GetDefault()),
	})
	return shown(c, err, v.calendarOf)
}

func (s calendarService) DeleteCalendar(ctx context.Context, req *imprimaturv1.DeleteCalendarRequest) (*emptypb.Empty, error) {
	v := enter(ctx, req)
	id, err := v.readCalendar("name", req.GetName())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.Flow.DeleteCalendar(ctx, v.call, v.workspace, id)
}
