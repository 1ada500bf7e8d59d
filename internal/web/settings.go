package web

import (
	"slices"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// settingRoutes say what holds for the whole workspace.
var settingRoutes = []route{
	{"GET /w/{workspace}/settings", nil, showSettings},
	{"POST /w/{workspace}/settings", []string{"WorkspaceService/UpdateWorkspace"}, saveSettings},
}

// settingsPage is the page of the workspace's settings.
type settingsPage struct {
	// Workspace is what the fields show.
	*imprimaturv1.Workspace
	Calendars, Modes, Languages []option
	Zones                       []string
	// Changed are what somebody else set meanwhile to something other than the fields show; Again tells
	// that somebody changed the workspace meanwhile.
	Changed []setting
	Again   bool
}

// setting is one of them and how it stands, in words.
type setting struct{ Key, Value string }

// showSettings shows what holds for the whole workspace, to who may change it.
func showSettings(v *visitor) error { return v.settingsPage(v.space, false) }

// settingsPage shows the settings in the fields; again tells that they were refused since somebody
// else changed something meanwhile.
func (v *visitor) settingsPage(shown *imprimaturv1.Workspace, again bool) error {
	if !v.may("workspaces.update") {
		return errMissing
	}
	p := v.bare("settings")
	page := settingsPage{Workspace: shown, Zones: listWith(slices.Clone(usualZones), shown.GetTimeZone()), Again: again}
	for _, l := range p.Languages() {
		page.Languages = append(page.Languages, option{l.Tag, l.Name, l.Tag == shown.GetLanguage()})
	}
	for _, m := range []imprimaturv1.EditPolicy_Mode{imprimaturv1.EditPolicy_MODE_UNSPECIFIED, imprimaturv1.EditPolicy_LOCKED} {
		page.Modes = append(page.Modes, option{m.String(), p.Word("web.desk.mode.", m), m == shown.GetDefaultEditMode()})
	}
	if v.may("calendars.read") {
		listed, err := imprimaturv1.NewCalendarServiceClient(v.conn).ListCalendars(v.ctx, &imprimaturv1.ListCalendarsRequest{Parent: v.parent(), PageSize: deskPage})
		if err != nil {
			return err
		}
		for _, c := range listed.GetCalendars() {
			page.Calendars = append(page.Calendars, option{c.GetName(), c.GetDisplayName(), c.GetName() == shown.GetShareCalendar()})
		}
	}
	if again {
		kept := page.inWords(p, v.space)
		for n, typed := range page.inWords(p, shown) {
			if kept[n] != typed {
				page.Changed = append(page.Changed, kept[n])
			}
		}
	}
	return v.show("settings", "settings", page)
}

// inWords says how a workspace's settings stand.
func (s settingsPage) inWords(p page, w *imprimaturv1.Workspace) []setting {
	calendar := p.T("web.settings.any")
	if name := w.GetShareCalendar(); name != "" {
		calendar = lastPart(name)
		for _, c := range s.Calendars {
			if c.Value == name {
				calendar = c.Text
			}
		}
	}
	number := func(n int32) string { return strconv.Itoa(int(n)) }
	return []setting{
		{"name", w.GetDisplayName()}, {"language", w.GetLanguage()}, {"zone", w.GetTimeZone()},
		{"spread", number(w.GetShareSpreadMinutes())}, {"daily", number(w.GetShareDailyLimit())}, {"hours", calendar},
		{"same", number(w.GetSameTextLimit())}, {"within", number(w.GetSameTextMinutes())},
		{"mode", p.Word("web.desk.mode.", w.GetDefaultEditMode())},
		{"another", p.T("web.settings." + strconv.FormatBool(w.GetHoldReleaseByAnother()))},
	}
}

// saveSettings changes what holds for the whole workspace. Who wrote over what somebody else changed
// meanwhile is shown that first, with everything typed still in its field.
func saveSettings(v *visitor) error {
	w := &imprimaturv1.Workspace{
		Name: v.parent(), Etag: v.form("etag"), DisplayName: v.form("display_name"), Language: v.form("language"), TimeZone: v.form("time_zone"),
		ShareCalendar: v.form("share_calendar"), DefaultEditMode: imprimaturv1.EditPolicy_Mode(imprimaturv1.EditPolicy_Mode_value[v.form("default_edit_mode")]),
		HoldReleaseByAnother: v.form("hold_release_by_another") == "yes",
	}
	for field, number := range map[string]*int32{
		"share_spread_minutes": &w.ShareSpreadMinutes, "share_daily_limit": &w.ShareDailyLimit, "same_text_limit": &w.SameTextLimit, "same_text_minutes": &w.SameTextMinutes,
	} {
		n, err := strconv.ParseInt(v.form(field), 10, 32)
		if err != nil {
			return mistake("web.settings.number")
		}
		*number = int32(n)
	}
	_, err := imprimaturv1.NewWorkspaceServiceClient(v.conn).UpdateWorkspace(v.ctx, &imprimaturv1.UpdateWorkspaceRequest{
		Workspace: w, RequestId: v.requestID(), UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{
			"display_name", "language", "time_zone", "share_spread_minutes", "share_daily_limit", "share_calendar", "same_text_limit", "same_text_minutes",
			"default_edit_mode", "hold_release_by_another",
		}},
	})
	if status.Code(err) == codes.Aborted && v.space.GetEtag() != w.GetEtag() {
		w.Etag = v.space.GetEtag()
		return v.settingsPage(w, true)
	}
	if err != nil {
		return err
	}
	return v.done(v.at("/settings"), "web.said.settings.saved")
}
